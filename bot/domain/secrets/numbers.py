"""Numbers that belong to a person: bank cards and citizen identity numbers, however they are spaced."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from bot.domain.letters import Reading
from bot.domain.secrets.kinds import Found, Secret

_RUN = re.compile(r"\d(?:[ .\-_]{0,3}\d)*", re.ASCII)
_GROUP = re.compile(r"\d+", re.ASCII)
_REACH = 30  # characters before a number in which a word says what it is

BANKS = (
    "vietcombank|vcb|vietinbank|ctg|bidv|agribank|agb|techcombank|tcb|mb ?bank|mb|acb|vpbank|vp ?bank|tpbank|tp ?bank"
    "|sacombank|stb|hdbank|hd ?bank|vib|shb|msb|ocb|sea ?bank|lp ?bank|lienvietpostbank|lien ?viet|eximbank"
    "|nam ?a ?bank|bac ?a ?bank"
    "|pvcombank|ab ?bank|viet ?bank|kien ?long ?bank|bao ?viet ?bank|scb|ncb|ocean ?bank|pg ?bank|bv ?bank"
    "|viet ?a ?bank|saigonbank|cake|timo|tnex|momo|zalo ?pay|viettel ?(?:money|pay)|vnpay|shopee ?pay|shinhan"
    "|woori|hsbc|uob|cimb|standard chartered|vrb|gpbank|vbsp|co-?op ?bank|ngan hang|nhnn|nh|bank|vi dien tu"
)
_ACCOUNT = re.compile(
    rf"\b(?:stk|s\.t\.k|so tk|so tai khoan|tai khoan|tknh|tk|ctk|chu tk|account|acc(?:ount)? no|{BANKS}"
    r"|chuyen (?:khoan|tien)?(?: ?\w{1,6}){0,2} ?(?:vao|cho|toi|den|qua)|ck (?:vao|cho|toi|den|qua))(?=\b|\d)"
)
_BANK_AFTER = re.compile(rf"[ ,;:()\-/|\n]{{0,4}}(?:(?:tai|cua|o|thuoc) )?(?:{BANKS})\b")
_CODE = re.compile(
    r"\b(?:ma (?:don|van|giao|kh|khach|hang|hoa|buu|tham|tra|gd|hd|vd|phieu|bao|ho so|su co|sp|san|so (?:thue|don"
    r"|khach|giao|ho so)|lo|vach|may|tb)"
    r"|van don|don hang|hoa don|bien lai|phieu|buu (?:kien|pham)|bill|so seri|seri(?:al)?|imei|hop dong|giao dich"
    r"|so gd|so hd"
    r"|ref|trace|order|tracking|invoice|sdt|so dt|dien thoai|dt|zalo|hotline|so phieu|so lo|barcode|the cao"
    r"|ma the cao|nap the|so khung|so may|cong to)(?=\b|\d)"
)
_IDENTITY = re.compile(
    r"\b(?:cccd|c\.c\.c\.d|cmnd|cmt|cmtnd|can cuoc|cancuoc|cc cong dan|dinh danh|chung minh|so cc|the cc|cc|vneid"
    r"|citizen id|identity|id card|giay to tuy than|ddcn)(?=\b|\d)"
)
_CARD_WORD = re.compile(
    r"\b(?:so the|the|card|visa|master ?card|master|jcb|napas|amex|atm|cvv|tin dung|ghi no)(?=\b|\d)"
)
_GLUED_TO = re.compile(r"(?:cccd|cmnd|cmt|cc|so|the|la|visa|card|atm|id|dd)$")
_SECURITY_CODE = re.compile(
    r"\b(?:cvv2?|cvc2?|csc|ma cvv|ma cvc|ma bao mat(?: (?:3|ba|cua|the|tren|mat|sau|so|atm|visa))*|(?:3"
    r"|ba) (?:chu )?so (?:mat )?(?:sau|cuoi|o mat sau)(?: (?:cua|the|lung|tren))*)"
    r"(?:\s*(?:[:=]|la|cua em|em|no|the|nay|do|ghi))*\s*(?P<value>\d{3,4})(?!\d|[.,/:]\d|\s?(?:k|tr|trieu|ty|d|dong"
    r"|phut|gio|so|nam|lan)\b)"
)
_OLD_IDENTITY = re.compile(
    r"\b(?:cmnd|cmt|cmtnd|chung minh(?: nhan dan| thu)?)\D{0,25}?(?P<value>\d{3}[ .\-]?\d{3}[ .\-]?\d{3})(?![\d.]"
    r"|\s?(?:dong|d|vnd)\b)"
)


@dataclass(frozen=True)
class _Number:
    """Some neighbouring groups of one run of digits, tried as one number."""

    start: int
    end: int
    sizes: tuple[int, ...]
    gaps: frozenset[str]
    whole: bool  # it is all of its run

    @property
    def tidy(self) -> bool:
        """Written as one number is: unbroken, or in equal groups with equal gaps (the last may be shorter)."""
        if len(self.sizes) == 1:
            return True
        even = len(set(self.sizes[:-1])) == 1 and self.sizes[-1] <= self.sizes[0]
        return len(self.gaps) == 1 and (even or self.sizes in _KNOWN_SHAPES)


_KNOWN_SHAPES = {(4, 6, 5), (6, 10), (6, 13), (4, 12), (3, 9), (3, 3, 6), (3, 1, 2, 6), (1, 2, 3, 6), (8, 11)}


def _numbers(folded: str, lengths: frozenset[int], accepts: Callable[[str], bool]) -> Iterator[_Number]:
    """Try every sequence of neighbouring groups whose digits add up to a wanted length and are acceptable."""
    for run in _RUN.finditer(folded):
        if run.end() - run.start() < min(lengths):
            continue
        groups = [group.span() for group in _GROUP.finditer(folded, run.start(), run.end())]
        digits = "".join(folded[start:end] for start, end in groups)
        for first, last, at, length in _sums(groups, lengths):
            if accepts(digits[at : at + length]):
                yield _number(folded, groups, first, last)


def _sums(groups: list[tuple[int, int]], lengths: frozenset[int]) -> Iterator[tuple[int, int, int, int]]:
    """Give first and last group, the place among all digits and the length of each sequence that adds up."""
    at = 0
    for first, (start, end) in enumerate(groups):
        total = 0
        for last in range(first, len(groups)):
            total += groups[last][1] - groups[last][0]
            if total in lengths:
                yield first, last, at, total
            if total >= max(lengths):
                break
        at += end - start


def _number(folded: str, groups: list[tuple[int, int]], first: int, last: int) -> _Number:
    own = groups[first : last + 1]
    return _Number(
        own[0][0],
        own[-1][1],
        tuple(end - start for start, end in own),
        frozenset(folded[left[1] : right[0]] for left, right in pairwise(own)),
        first == 0 and last == len(groups) - 1,
    )


def _stands_alone(folded: str, number: _Number) -> bool:
    """Refuse digits inside a code ("VN4111…", "…567AB", "+84…"); words that people glue on do not count."""
    before = folded[max(0, number.start - 6) : number.start]
    if before and (before[-1].isalpha() or before[-1] == "_") and not _GLUED_TO.search(before):
        return False
    return not re.match(r"[a-z_]{2}|[b-z_](?![a-z])|[/:]\d|,\d{3}(?!\d)", folded[number.end : number.end + 5])


# --- cards ------------------------------------------------------------------------------------------------------

_CARD_LENGTHS = frozenset({15, 16, 19})


def cards(reading: Reading) -> Iterator[Found]:
    """Find numbers with the prefix, the length and the check digit (Luhn) of a payment card, and security codes."""
    for number in _numbers(reading.folded, _CARD_LENGTHS, is_card):
        if _stands_alone(reading.folded, number):
            near = reading.folded[max(0, number.start - _REACH) : number.start]
            if number.tidy or _CARD_WORD.search(near):
                yield Found(Secret.CARD, number.start, number.end)
    for code in _SECURITY_CODE.finditer(reading.folded):
        yield Found(Secret.CARD, *code.span("value"))


def is_card(digits: str) -> bool:
    """Check prefix and length of the schemes in use here (Visa, Mastercard, UnionPay, Napas, Amex), then Luhn."""
    if len(digits) == 16:
        known = digits[0] == "4" or 51 <= int(digits[:2]) <= 55 or 2221 <= int(digits[:4]) <= 2720
        known = known or digits.startswith(("62", "9704", "35"))
    elif len(digits) == 19:
        known = digits.startswith("9704")
    else:
        known = digits.startswith(("34", "37"))
    return known and _luhn(digits)


def _luhn(digits: str) -> bool:
    doubled = (2 * int(digit) if place % 2 else int(digit) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


# --- citizens ---------------------------------------------------------------------------------------------------


def citizen_ids(reading: Reading) -> Iterator[Found]:
    """Find identity numbers: 12 digits, province 001–096, century and sex 0–3; a bank account with that look stays."""
    for number in _numbers(reading.folded, frozenset({12}), _has_province):
        if _stands_alone(reading.folded, number) and _is_identity(reading.folded, number):
            yield Found(Secret.CITIZEN_ID, number.start, number.end)
    for old in _OLD_IDENTITY.finditer(reading.folded):
        yield Found(Secret.CITIZEN_ID, *old.span("value"))


def _has_province(digits: str) -> bool:
    return 1 <= int(digits[:3]) <= 96 and digits[3] in "0123"


def _is_identity(folded: str, number: _Number) -> bool:
    """Ask the words around: the nearest one before decides, a bank's name after it makes it an account."""
    near = folded[max(0, number.start - _REACH) : number.start]
    identity, other = _last(_IDENTITY, near), max(_last(_ACCOUNT, near), _last(_CODE, near))
    if identity >= 0 and identity >= other:
        return True
    if other >= 0 or near.endswith("+"):
        return False
    return number.tidy and (number.whole or len(number.sizes) == 1) and not _BANK_AFTER.match(folded, number.end)


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((match.end() for match in pattern.finditer(text)), default=-1)
