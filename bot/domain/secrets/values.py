"""What a password looks like, and what only looks like one: sums, times, dates, links, product names."""

import re
from dataclasses import dataclass
from enum import IntEnum

from bot.domain.letters import Reading


class Strength(IntEnum):
    """How surely a token is no word of the language."""

    WORD = 0
    GLUED = 1  # ASCII letters that are no Vietnamese syllable: "iloveyou", "hoahong"
    DIGITS = 2
    MIXED = 3  # letters with digits or signs, or capitals inside


@dataclass(frozen=True)
class Value:
    """A token that may be a password; `start` and `end` are places in the reading."""

    start: int
    end: int
    strength: Strength
    text: str
    quoted: bool = False

    @property
    def length(self) -> int:
        return len(self.text)

    @property
    def phone_like(self) -> bool:
        digits = re.sub(r"\D", "", self.text)
        return bool(re.fullmatch(r"(?:0|84)\d{8,10}|1[89]00\d{4,6}", digits)) and len(digits) >= len(self.text) - 3


_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "`": "`", "”": "”", "<": ">", "[": "]"}
_QUOTED = re.compile(r"[^\n]{2,64}?(?=[\"'”’»`>\]](?:\W|$))")
_TOKEN = re.compile(r"[^\s,;|\"“”•]+")
_CUT = re.compile(
    r"/(?=(?:user|tk|tai|email|mail|sdt|nick|acc|id|otp|pin|mk|pass|mat)\b)|&(?=\w+=)|[?.!](?=[a-z]{2,} )"
)
_LEADING, _TRAILING = "([{<'`*_", ".?)]}>'`:…*_"
_SPACED_DIGITS = re.compile(r"\d{1,4}(?:[ .\-]\d{1,4}){1,9}(?!\w|[/:]\d)", re.ASCII)
_SIGN = re.compile(r"[@#$%^&*!_+~?=\\.\-]")
_ONSET = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvxfjwz]"
_SYLLABLE = re.compile(rf"(?:{_ONSET})?(?:[aeiouy]{{1,3}})(?:ch|ng|nh|[cmnptgkh])?")
_REPEATS = re.compile(r"(.)\1+$")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TEENCODE = _words(
    """khg hok hong dc vs ntn tks thik bik bit lun rui roy ntnao ck vk nch bth trc nx cx ns lm trl cmt ib klq"""
)
_COMMON = _words(
    """facebook zalo gmail google email wifi internet telegram icloud vneid banking smartbanking ebanking online offline
    website web link app account user username login otp messenger tiktok youtube iphone samsung android windows
    microsoft office outlook chrome excel word server vpn laptop camera router security mobile digital instagram shopee
    lazada twitter hacker spam scam check please strong weak required incorrect wrong invalid expired protected policy
    manager reset changed change forgot forgotten hashed stored leaked stolen being still very your correct needed empty
    short simple same always never should with that this from what which where when about because easily compromised
    encrypted unknown hidden private public system default nothing something"""
)
_NOT_SECRET = re.compile(
    r"\d+(?:[.,]\d+)*(?:k|tr|trieu|ty|d|vnd|dong|usd|cu|ng|nghin|ngan|lit|m)\d{0,3}"  # sums
    r"|\d{1,2}(?:h|g|gio)\d{0,2}(?:p|ph|')?|\d{1,3}(?:p|ph|phut|s|giay|'|%|\+)|\d{1,2}:\d{2}(?::\d{2})?"  # times
    r"|\d{1,2}[/.\-]\d{1,2}(?:[/.\-]\d{2,4})?|\d{1,2}/\d{4}|(?:19|20)\d\d-\d{1,2}-\d{1,2}"  # dates
    r"|\d+(?:gb|mb|tb|kb|mah|ghz|mhz|px|cm|km|kg|bit|ky|kytu|so|lan|nguoi|ngay|thang|nam)|[2-6]g|\d?k\d{1,2}|[2-6]fa"
    r"|t[2-7]|f\d|\d+x\d+"
    r"|(?:iphone|ip|win|windows|office|ios|android|galaxy|note|sha|md|aes|covid|vneid|web|zalo|top|mp|b|lop|k|so|cap"
    r"|muc|level|lv)-?\d{1,4}[a-z]{0,4}"
    r"|(?:https?|hxxps?|ftp)\S*|www\.\S*"  # addresses, mentions, commands
    r"|[\w.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+){0,4}\.[a-z]{2,24}|@\w+|#\S*|/\S*|\S+/"
    r"|(?:[a-z0-9-]+\.)+(?:com|vn|net|org|info|xyz|top|me|io|gov|edu|app|site|online|shop|club|vip|cc|link|ly"
    r"|co)(?:/\S*)?"
    r"|\d{1,4}[/\-]\w*(?:[a-z]{2,}-[a-z]+)\S*|\d+/(?:nd|qd|tt|ub|ct|bc|tb|cv)\S*"  # numbers of official papers
    r"|cve-\S*|\d{1,3}(?:\.\d{1,3}){3}(?:[/:]\d+)?|\d{1,3}(?:[.,]\d{3})+|[x*•.\-_#]+|a-z\S*|[a-z]+-[a-z]+"
    r"|[a-z]+/[a-z]+(?:/[a-z]+)*|\w+\.{2,}\w*"
    r"|[a-z]+[.!?:]+[a-z]*|wi-?fi|e-?mail|\d+[a-z]?-\d+[a-z]?"
)
_UNIT = re.compile(
    r"\s?(?:d|dong|k|tr|trieu|ty|nghin|ngan|vnd|vnđ|cu|usd|phut|gio|giay|ngay|tuan|thang|nam|lan|nguoi|tai khoan"
    r"|ky tu|ki tu|kytu|chu so|so|lop|buoc|chu cai|chu"
    r"|nick|may|may tinh|truong hop|can bo|don vi|mat khau|cau|dong|email|the|khach|nhan vien|hoc sinh|%|phan tram"
    r"|gb|mb)(?![a-z0-9])"
)
_YEAR = re.compile(r"(?:19|20)\d\d")


def read_value(reading: Reading, at: int, end: int | None = None) -> Value | None:
    """Read the token at a place: what stands in quotes, digits in groups, or all up to a space or comma."""
    folded = reading.folded
    if at >= len(folded):
        return None
    if end is None and folded[at] in _QUOTES and (quoted := _quoted(folded, at)):
        return quoted
    token = _TOKEN.match(folded, at, end if end is not None else min(len(folded), at + 128))
    if token is None:
        return None
    start, stop = _trimmed(folded, token.start(), token.end())
    if start >= stop:
        return None
    if (
        end is None
        and (groups := _SPACED_DIGITS.match(folded, start))
        and groups.end() > stop
        and folded[start:stop].isdigit()
    ):
        stop = groups.end()
    return Value(start, stop, _strength(reading, start, stop), folded[start:stop])


def _quoted(folded: str, at: int) -> Value | None:
    inner = _QUOTED.match(folded, at + 1)
    if inner is None or _QUOTES[folded[at]] not in {folded[inner.end()], "”", "’"}:
        return None
    if len(inner[0].split()) > 5 or "•" in inner[0] or not any(map(str.isalnum, inner[0])):
        return None
    return Value(inner.start(), inner.end(), Strength.MIXED, inner[0], quoted=True)


def _trimmed(folded: str, start: int, end: int) -> tuple[int, int]:
    """Leave off brackets and the punctuation of the sentence; "!" is kept where signs or digits stand before it."""
    cut = _CUT.search(folded, start + 1, end)
    end = cut.start() if cut else end
    while start < end and folded[start] in _LEADING:
        start += 1
    while start < end and folded[end - 1] in _TRAILING:
        end -= 1
    if end - start > 1 and folded[end - 1] == "!" and not re.search(r"[\d@#$%^&*_]", folded[start:end]):
        end = start + len(folded[start:end].rstrip("!"))
    return start, end


def _strength(reading: Reading, start: int, end: int) -> Strength:
    folded, cased = reading.folded[start:end], reading.cased[start:end]
    if folded.replace(" ", "").replace("-", "").replace(".", "").isdigit():
        return Strength.DIGITS
    has_letter, has_digit = any(map(str.isalpha, folded)), any(map(str.isdigit, folded))
    if (has_letter or _SIGN.search(folded)) and has_digit:
        return Strength.MIXED
    if has_letter and _SIGN.search(folded) and not re.fullmatch(r"[a-z]+[.\-?!=]+[a-z]*", folded):
        return Strength.MIXED
    if re.search(r"[a-z][A-Z]", cased) and reading.original(start, end).isascii():
        return Strength.MIXED
    return Strength.WORD if sounds_vietnamese(folded) or not reading.original(start, end).isascii() else Strength.GLUED


def sounds_vietnamese(text: str) -> bool:
    """Say whether every word could be a syllable, chat shorthand, or a foreign word at home in such talk."""
    return all(
        _SYLLABLE.fullmatch(_REPEATS.sub(r"\1", word))
        or _SYLLABLE.fullmatch(word)
        or word in _TEENCODE
        or word in _COMMON
        or len(word) < 3
        for word in re.findall(r"[^\W_]+", text)
    )


def credible(reading: Reading, value: Value, *, linked: bool) -> bool:
    """Refuse what only looks like a password: a sum, a time, a link, "8 ký tự", without a link also a year."""
    if value.text in _COMMON or _NOT_SECRET.fullmatch(value.text) or not any(map(str.isalnum, value.text)):
        return False
    if value.strength is Strength.DIGITS:
        if _UNIT.match(reading.folded, value.end) or re.match(r"[/:.]\d", reading.folded[value.end :][:2]):
            return False
        return linked or not (_YEAR.fullmatch(value.text) or value.phone_like)
    return True
