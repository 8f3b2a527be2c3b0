"""What others may see of a report: personal data masked, links made unclickable, cut to length."""

import re
import unicodedata

from bot.domain.letters import Reading, nfc
from bot.domain.phones import locate_phones, mask_phone
from bot.domain.secrets import Guarded, Secret, guard, guard_update
from bot.domain.secrets.numbers import BANKS
from bot.domain.vietnamese import EMAIL

__all__ = [
    "Guarded",
    "Secret",
    "defang",
    "for_group",
    "guard",
    "guard_update",
    "has_indicator",
    "is_story",
    "leads_to_nobody",
    "mask_personal",
]

STORY_LETTERS = 20
# Around what is known to be a name or an address, because it came in a field of its own.
OPENED, CLOSED = "\u2039", "\u203a"
_MARKED = re.compile(f"{OPENED}[^{OPENED}{CLOSED}\n]*{CLOSED}")
_LAST_SHOWN = 3

_IPV4 = re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?!\d|\.\d)", re.ASCII)
_LONG_NUMBER = re.compile(r"(?<![\d•])\d(?:[ .,\-_]{0,2}\d){8,}", re.ASCII)
_SUM = re.compile(r"[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3}){0,4}(?:[.,]\d{1,2})?")
_CURRENCY = re.compile(r"\s?(?:d|dong|vnd|usd|nghin|ngan|trieu|ty)\b")
_PAPER = re.compile(r"[a-z]{2,}-\d{4}-\d{4,7}")  # SC-2026-000123, CVE-2026-12345
# Wider than a valid address: a line cut in the middle must not turn into one.
_EMAIL = re.compile(
    r"(?<![a-z0-9._+%-])(?P<who>[a-z0-9._+%-])[a-z0-9._+%-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE | re.ASCII
)
_ACCOUNT = re.compile(
    r"\b(?:(?:stk|so tk|tk|so tai khoan|tai khoan|so the|account|cccd|cmnd|can cuoc)\b[^\d\n•]{0,25}?"
    rf"|(?:{BANKS})[ :\-(]{{1,4}})(?P<number>\d(?:[ .\-]?\d){{4,}})",
    re.ASCII,
)


def mask_personal(text: str) -> str:
    """Mask phones (09•• ••• 123), emails (a•••@…), accounts and other long numbers (at most their last 3 digits stay),
    and whatever stands between `OPENED` and `CLOSED`.

    Sums of money, incident codes, CVE numbers and IP addresses are no personal data and stay.
    """
    text = _MARKED.sub(f"{OPENED}•••{CLOSED}", _visible(text))
    for found in reversed(locate_phones(text)):
        text = text[: found.start] + mask_phone(found.phone.digits) + text[found.end :]
    text = _without_emails(text)
    reading = Reading.of(text)
    for start, end in (reading.span(*run) for run in _numbers(reading.folded)):  # a mask is as long as what it hides
        text = text[:start] + _dotted(text[start:end]) + text[end:]
    return _without_emails(text)


def _without_emails(text: str) -> str:
    return _EMAIL.sub(lambda match: f"{match['who'][0]}•••@…", text)


def _visible(text: str) -> str:
    """Compose, and drop what nobody sees but a link finder may stumble over: zero-width and direction marks."""
    return "".join(
        str(unicodedata.decimal(letter, letter))
        for letter in nfc(text)
        if unicodedata.category(letter) not in {"Cf", "Cs"}
    )


def _numbers(folded: str) -> list[tuple[int, int]]:
    """Find accounts and other long numbers; what a word calls an account may be as short as five digits."""
    long = [match.span() for match in _LONG_NUMBER.finditer(folded)]
    named = [match.span("number") for match in _ACCOUNT.finditer(folded)]
    return [run for run in (*long, *named) if not leads_to_nobody(folded, *run)]


def leads_to_nobody(folded: str, start: int, end: int) -> bool:
    """Tell sums, codes of incidents and weaknesses, and IP addresses from numbers that lead to a person."""
    number, around = folded[start:end], folded[max(0, start - 8) : end]
    if _IPV4.search(number) or any(paper.end() == len(around) for paper in _PAPER.finditer(around)):
        return True
    in_money = _CURRENCY.match(folded, end) and number.isdigit() and number[0] != "0"
    return bool(in_money or _SUM.fullmatch(number))


def _dotted(number: str) -> str:
    shown = 0
    letters: list[str] = []
    for letter in reversed(number):
        hidden = letter.isdigit() and shown >= _LAST_SHOWN
        shown += letter.isdigit()
        letters.append("•" if hidden else letter)
    return "".join(reversed(letters))


# --- links ------------------------------------------------------------------------------------------------------

_WEB = re.compile(r"(?P<scheme>https?|ftp)\s?:\s?//", re.IGNORECASE | re.ASCII)
_SAFE = {"http": "hxxp", "https": "hxxps", "ftp": "fxp"}
_OTHER_SCHEME = re.compile(r"(?<=[a-z0-9])(?<!hxxp)(?<!hxxps)(?<!fxp)\s?:\s?//", re.IGNORECASE | re.ASCII)
_OTHER_SCRIPT = r"[^\W\d_\u0041-\u024f\u1e00-\u1eff]{2,24}"
_DOTTED = re.compile(
    rf"(?<=\w)[.．。｡](?=(?:[\w-]{{1,63}}[.．。｡]){{0,8}}(?:[a-z]{{2,24}}|xn--[a-z0-9-]{{1,59}}"
    rf"|{_OTHER_SCRIPT})(?![a-z0-9\u00c0-\u1eff]))",
    re.IGNORECASE,
)
_LAST_LABEL = re.compile(r"[.@][^.@\s]{0,30}$")  # "x.com" cut out of "x.company" would be a link again
_MENTION = re.compile(r"(?<!\w)@(?=[a-z]\w{3,31})", re.IGNORECASE | re.ASCII)
_LONE_SCHEME = re.compile(r"(?<![a-z])(?P<scheme>mailto|tel|tg|sms)\s?:(?=[\w+@])", re.IGNORECASE | re.ASCII)


def defang(text: str) -> str:
    """Make links unclickable and leave them readable: hxxps://vi-du[.]com/a, 1[.]2[.]3[.]4; twice is as once."""
    text = _WEB.sub(lambda match: f"{_SAFE[match['scheme'].lower()]}://", nfc(text))
    text = _OTHER_SCHEME.sub("[:]//", text)
    text = _LONE_SCHEME.sub(lambda match: f"{match['scheme']}[:]", text)
    text = _IPV4.sub(lambda match: match[0].replace(".", "[.]"), text)
    text = _DOTTED.sub("[.]", text)
    return _MENTION.sub("[@]", text)


def for_group(text: str, longest: int = 200) -> str:
    """Give one line for a shared place: masked, defanged, at most `longest` characters, cut at a word with "…"."""
    line = " ".join(defang(mask_personal(text)).split())
    if len(line) <= longest:
        return line
    head = line[: max(0, longest - 1)]
    head = head.rsplit(" ", 1)[0] if " " in head[longest // 2 :] else _LAST_LABEL.sub("", head)
    while defang(head) != head:  # the cut has made an address of what was none
        head = _LAST_LABEL.sub("", head) if _LAST_LABEL.search(head) else head[:-1]
    return head.rstrip(" ,.;:-") + "…"


# --- what a message is worth --------------------------------------------------------------------------------------

# Last labels of domains, as an alternation: what people write in a message is no domain with any other.
ENDINGS = (
    "com|vn|net|org|info|biz|xyz|top|club|vip|app|site|online|shop|store|live|cc|me|ly|io|co|link|click|icu|pw|tk|ml|ga|cf|gq|ru|cn|asia|win"
    "|bet|fun|pro|world|today|tech|space|website|work|life|cloud|page|dev|gov|edu|us|uk|kr|jp|tw|hk|sg|kh|la|th|my|eu|de|fr|in|to|gg|gl|tv|ws"
    "|mobi|name|bond|cfd|sbs|buzz|rest|monster|quest|cyou|lol|mom|loan|bid|men|news|blog|group|ltd|center|support|help|ai|so|sh|is|at|be"
)
_LINK = re.compile(
    rf"(?:h(?:tt|xx)ps?|ftp|tg)\s?:\s?//\S|www\.\w|(?<![\w@.])(?:[a-z0-9](?:[a-z0-9-]{{0,62}})(?:\."
    rf"|\[\.\])){{1,6}}(?:{ENDINGS})(?![\w-])(?!\.\w)"
    rf"|(?<!\w)@[a-z]\w{{4,31}}",
    re.IGNORECASE | re.ASCII,
)


def has_indicator(text: str) -> bool:
    """Say whether a text holds something to follow up: a link, domain, IP, email, phone or account number."""
    text = _visible(text)
    if locate_phones(text) or EMAIL.search(text) or _LINK.search(text) or _IPV4.search(text):
        return True
    return bool(_numbers(Reading.of(text).folded))


def is_story(text: str) -> bool:
    """Say whether a message tells enough to be filed: 20 letters, or something to follow up."""
    return sum(map(str.isalpha, nfc(text))) >= STORY_LETTERS or has_indicator(text)
