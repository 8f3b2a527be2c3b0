"""Passwords in natural language: a value that a text gives for "mật khẩu", "mk", "pass" …, never the words alone."""

import re
from collections.abc import Iterator

from bot.domain.letters import Reading
from bot.domain.secrets.kinds import Found, Secret
from bot.domain.secrets.values import Strength, Value, credible, read_value, sounds_vietnamese

_WORD = re.compile(
    r"(?<![a-z0-9])(?:(?P<plain>mat ?khau|m?khau(?= la)|mkhau|pass ?words?|passwd|passw|pass ?code|pwd|pw|pass|ma (?:so )?pin|mat ma)"
    r"|(?P<weak>mk|m\.k|mkh|pin|ps))(?![a-z0-9])"
)
_REACH = 120  # characters after the word that are looked at
_STOP = re.compile(r"[!?;](?=\s|$)|\.(?=\s|$)|\n")
# What joins a name to its value. Everything between the word and the link says whose password it is.
_LINK = re.compile(
    r"(?P<strong>[:=]+>?|->|=>|→|⇒)|(?<![a-z0-9])(?P<soft>la|is|was|thanh|sang|nhu sau|ghi|dat|lay|xai|dung)(?![a-z0-9])"
)
_AFTER_LINK = re.compile(r"[\s:=>\-–]*")
_BREAKS = re.compile(
    r"(?<![a-z])(?:xong|roi|bao|noi|hoi|nen|neu|nhung|goi|link|bam|thong bao|loi|http\S*|www\S*|yeu cau|de nghi|huong dan|thi ra|tuc la|otp|ma xac|nguoi|lien he)(?![a-z])"
)
_FOR_ACCOUNT = re.compile(
    r"(?:cho|cua|vao|gui ve|ve|qua) (?:[a-z]+ ){0,2}?(?:tai khoan|user|nick|tk|email|gmail|mail|so|sdt|zalo|dia chi|facebook|fb)$"
)
# Words that may stand between "là" and the value: "mật khẩu là em đặt ngày sinh con 12052010".
_FILLERS = frozenset(
    "em minh toi chau con no hay van dat de dung xai lay cai day nay do ngay thang sinh nam ten so dien thoai sdt cua chong vo me bo ba ong "
    "chu thuong hoa viet lien cu moi cong voi va gom day tu mac dinh nhu sau the kem chinh dau cuoi la tao tui anh chi nha toan moi nguoi "
    "mat khau pass mk wifi fb facebook zalo email".split()
)
_QUALIFIERS = frozenset(
    "moi cu wifi wi-fi fb facebook face zalo gmail email mail ngan hang bank cua em minh toi nha con me bo ba ong chong vo cau co chu bac anh chi "
    "dang nhap may tinh icloud vneid he thong quan tri admin root tk tai khoan vao mang la day nay ne nhe dien thoai laptop bkav vpn server "
    "web website app ung dung the atm nick acc ins tiktok telegram tele chau no smartbanking internet banking mo mobile mac dinh lop 2 cap 1 "
    "dat tao nhap go thu gom co hien tai".split()
)
_TOKEN = re.compile(r"\S+")
_PAIR_BEFORE = re.compile(
    r"(?:tk|tai khoan|user(?: ?name)?|acc(?:ount)?|id|login|ten dang nhap|ten|email|mail|gmail|nick|u|sdt)\s?(?:/|,|&|\+|-|\||va|and|\s)\s?$"
)
_PAIR = re.compile(r"\S*?[^\s/|,;]\s?(?:[/|,;]|\s-|\s)\s?(?=\S)")
_CHAIN = re.compile(
    r"\s*(?:,|/|\||;|\(|&|\+)?\s*(?:(?:hoac|va|or|and|hay|voi|roi|xong|sau do|tiep|lan 2|thu 2|cu|moi|doi|sang|thanh|la)\s+){0,3}"
)
_REVERSED = re.compile(
    r"(?<!\S)(?P<value>\S{4,64})\s+(?:la|=|is|chinh la|dang la)\s+(?:cai )?(?:(?:mat khau|password|pass|mk)(?![a-z0-9])|mk (?:fb|facebook|zalo|cua))"
)
_COMBINATION = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}\s?[:|]\s?(?P<value>[^\s:|]{4,64})", re.ASCII
)


def passwords(reading: Reading) -> Iterator[Found]:
    """Find values that a text gives for a password.

    1. The word ("mật khẩu"), unless its marks make it another ("mất mà" folds like "mật mã").
    2. A link ("là", ":", "="), not across a sentence or into another clause; or nothing, before a value that
       could be nothing else.
    3. The value, by how it looks and by how strongly the link promises one.
    """
    for word in _WORD.finditer(reading.folded):
        if _really_means_it(reading, word):
            yield from _values_after(reading, word)
    for match in _REVERSED.finditer(reading.folded):
        value = read_value(reading, match.start("value"), match.end("value"))
        if value and value.strength >= Strength.DIGITS and value.length >= 4 and not value.phone_like:
            yield Found(Secret.PASSWORD, value.start, value.end)
    for match in _COMBINATION.finditer(reading.folded):
        value = read_value(reading, *match.span("value"))
        if value and value.strength >= Strength.DIGITS:
            yield Found(Secret.PASSWORD, value.start, value.end)


def _really_means_it(reading: Reading, word: re.Match[str]) -> bool:
    written = reading.original(*word.span()).lower()
    if word[0] == "mat ma":
        return written == "mật mã"
    if word[0] in {"pin", "ma pin", "ma so pin"}:
        return not re.match(
            r"\s*(?:la|:|=)?\s*\d+ ?(?:mah|%|phan tram|gio|h)", reading.folded[word.end() : word.end() + 20]
        )
    return not written.startswith(("mặt", "mắt"))


def _values_after(reading: Reading, word: re.Match[str]) -> Iterator[Found]:
    value = _linked(reading, word) or _direct(reading, word)
    for _ in range(4):
        if value is None:
            return
        yield Found(Secret.PASSWORD, value.start, value.end)
        value = _chained(reading, value.end)


# --- with a link ------------------------------------------------------------------------------------------------


def _linked(reading: Reading, word: re.Match[str]) -> Value | None:
    """Try every link of the sentence in turn, until one leads to a value."""
    folded, start = reading.folded, word.end()
    end = _sentence_end(folded, start)
    for link in list(_LINK.finditer(folded, start, end))[:6]:
        gap = folded[start : link.start()]
        if _BREAKS.search(gap) or (gap.count(",") and not link["soft"]) or gap.count(",") > 1:
            return None
        if link["strong"] and _FOR_ACCOUNT.search(gap.strip()):
            return None
        after = _AFTER_LINK.match(folded, link.end())
        at = after.end() if after else link.end()
        strong = bool(link["strong"]) or bool(after and re.search("[:=]", after[0]))
        if strong and _PAIR_BEFORE.search(folded[max(0, word.start() - 20) : word.start()]):
            at = _second(folded, at)
        value = _promised(reading, at, strong=strong, weak=bool(word["weak"]), verb=link[0] in _VERBS)
        if value:
            return value
    return None


_VERBS = frozenset({"thanh", "sang", "ghi", "dat", "lay", "xai", "dung", "was"})


def _sentence_end(folded: str, start: int) -> int:
    """Find where the sentence of a password ends; a line break directly after the link does not end it."""
    limit = min(len(folded), start + _REACH)
    for stop in _STOP.finditer(folded, start, limit):
        if stop[0] != "\n" or folded[start : stop.start()].rstrip()[-1:] not in {":", "=", ""}:
            return stop.start()
    return limit


def _second(folded: str, at: int) -> int:
    """Skip the user name in "tk/mk: lan123 / abc456"."""
    pair = _PAIR.match(folded, at, at + 80)
    return pair.end() if pair else at


def _promised(reading: Reading, at: int, *, strong: bool, weak: bool, verb: bool) -> Value | None:
    """Read the value after a link: at once, in quotes, as a short phrase, or after words that lead to it."""
    value = read_value(reading, at)
    if value is None:
        return None
    if value.quoted:
        return value
    least = Strength.DIGITS if verb or (weak and not strong) else Strength.GLUED
    if value.strength >= least and value.length >= (4 if verb else 3) and credible(reading, value, linked=True):
        return value
    if weak and not strong:
        return _after_fillers(reading, at)
    if strong:
        return _phrase(reading, at) or _after_fillers(reading, at)
    return _after_fillers(reading, at)


_NO_VALUE = frozenset(
    "khong ko k kh hok hong chua quen co bi da het mat lo doi em toi gi nao roi dung sai cu moi yeu manh day ok none null nil yes no trong tu nhu xem "
    "lien hoi cung dang thi ma nen phai can hay cho de duoc dc vi neu vay the sao chi nhieu it ca moi van con giong nhau cai nguoi ho minh ai a "
    "tuyet vui cam doc gui vao ra len nhap dat ghi an giu rat la toan thay bao xin nho truoc sau tai bao chac khac binh dang ngan dai kho de abc xyz hide n/a".split()
)


def _phrase(reading: Reading, at: int) -> Value | None:
    """Take a whole short rest of line after a colon: "pass: admin", "pass: nha trang 2019"; no sentence."""
    rest = re.compile(r"[^\n,;|()]{1,40}").match(reading.folded, at)
    if rest is None:
        return None
    words = rest[0].strip(" .!?").split()
    if (
        not 1 <= len(words) <= 4
        or any(word.strip(".!?:") in _NO_VALUE for word in words)
        or not reading.folded[at].isalnum()
    ):
        return None
    if len(words) > 1 and not words[-1].isdigit():
        return None
    if len(words) == 1 and (len(words[0]) < 3 or rest.end() - rest.start() == 40):
        return None
    end = at + len(rest[0].rstrip(" .!?"))
    whole = Value(at, end, Strength.GLUED, reading.folded[at:end])
    return whole if credible(reading, whole, linked=True) else None


def _after_fillers(reading: Reading, at: int) -> Value | None:
    birthday = False
    for _ in range(9):
        token = _TOKEN.match(reading.folded, at)
        if token is None:
            return None
        value = read_value(reading, at)
        if value and value.strength >= Strength.DIGITS and value.length >= 4 and not value.quoted:
            return value if credible(reading, value, linked=True) else None
        if birthday and (date := re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}").match(reading.folded, at)):
            return Value(at, date.end(), Strength.DIGITS, date[0])
        word = token[0].strip(",:.\"'()")
        if word not in _FILLERS:
            return None
        birthday = birthday or word == "sinh"
        gap = re.compile(r"[ \t]*").match(reading.folded, token.end())
        at = gap.end() if gap else token.end()
    return None


# --- without one ------------------------------------------------------------------------------------------------


def _direct(reading: Reading, word: re.Match[str]) -> Value | None:
    """Take a value right after the word ("pass 12345", "mật khẩu wifi Abc@123") that could be nothing else."""
    folded, at = reading.folded, word.end()
    for _ in range(6):
        gap = re.compile(r"[ \t(\-–/>]{0,4}\n?[ \t]{0,3}").match(folded, at)
        at = gap.end() if gap else at
        token = _TOKEN.match(folded, at)
        if token is None:
            return None
        value = read_value(reading, at)
        if value and value.quoted:
            return value if not sounds_vietnamese(value.text) else None
        if value and value.strength >= Strength.DIGITS:
            least = 5 if word["weak"] else 4
            fits = value.strength is Strength.MIXED or least <= value.length <= 9
            return value if fits and value.length >= 4 and credible(reading, value, linked=False) else None
        if token[0].strip(",:.()") not in _QUALIFIERS or token[0][-1] in ",.:;":
            return None
        at = token.end()
    return None


def _chained(reading: Reading, at: int) -> Value | None:
    """Take what follows on a value: "abc123 hoặc abc456"."""
    gap = _CHAIN.match(reading.folded, at)
    if gap is None or gap.end() == at or "\n" in gap[0]:
        return None
    value = read_value(reading, gap.end())
    if value is None or value.strength < Strength.DIGITS or value.length < 4 or value.quoted or value.length > 20:
        return None
    digits_alone = value.strength is Strength.DIGITS and not gap[0].strip()
    return value if not value.phone_like and not digits_alone and credible(reading, value, linked=False) else None
