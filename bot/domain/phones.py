"""Vietnamese telephone numbers: found in what people write, shown as people read them, masked where others look on."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.letters import Reading

_GAP = r"[ \t.\-()]{0,3}"
_COUNTRY = rf"(?:\(?\+?84\)?{_GAP}(?:\(?0\)?{_GAP})?|\(?00{_GAP}84\)?{_GAP}|\(?0\)?{_GAP})"


def _digits(count: int) -> str:
    return rf"(?:{_GAP}\d){{{count}}}"


class PhoneKind(StrEnum):
    """What kind of line a number leads to."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    SERVICE = "service"
    SHORT = "short"


# Numbers that the State or its portals publish: police, fire, ambulance, rescue, children, spam, cyber fraud, services.
SHORT_NUMBERS = frozenset(
    {"111", "112", "113", "114", "115", "156", "1022", "5656", "9656", "119", "116", "1080", "18001096"}
)

_NUMBER = re.compile(
    rf"(?<![\w+])(?:(?P<mobile>{_COUNTRY}[35789]{_digits(8)})"
    rf"|(?P<landline>{_COUNTRY}2{_digits(9)})"
    rf"|(?P<service>1{_GAP}[89]{_GAP}0{_GAP}0(?:(?:{_GAP}\d){{6}}|(?:{_GAP}\d){{4}}(?!{_GAP}\d\b)))"
    r")(?![0-9])",
    re.ASCII,
)
_NOT_DIGIT = re.compile(r"\D+", re.ASCII)
_SHORT = re.compile(r"\D*(\d{3,5})\D*", re.ASCII)


@dataclass(frozen=True)
class Phone:
    """One number in the one form we store: digits only, beginning with 0 or 1."""

    digits: str
    kind: PhoneKind


@dataclass(frozen=True)
class FoundPhone:
    """A number and where it stands in the text."""

    phone: Phone
    start: int
    end: int


def parse_phone(text: str) -> Phone | None:
    """Read the one number of an answer; two different numbers or none are no answer."""
    found = set(find_phones(text))
    if len(found) == 1:
        return found.pop()
    short = _SHORT.fullmatch(Reading.of(text).folded) if not found else None
    return Phone(short[1], PhoneKind.SHORT) if short and short[1] in SHORT_NUMBERS else None


def find_phones(text: str) -> tuple[Phone, ...]:
    """Find the numbers in a story, in order. Short ones (113) are left out: "113 triệu" is no call for the police."""
    return tuple(found.phone for found in locate_phones(text))


def locate_phones(text: str) -> tuple[FoundPhone, ...]:
    """Find numbers with their places in the original text."""
    reading = Reading.of(text)
    return tuple(
        FoundPhone(_normal(match), *reading.span(match.start(), match.end()))
        for match in _NUMBER.finditer(reading.folded)
    )


def _normal(match: re.Match[str]) -> Phone:
    digits = _NOT_DIGIT.sub("", match[0])
    kind = PhoneKind(str(match.lastgroup))
    if kind is PhoneKind.SERVICE:
        return Phone(digits, kind)
    own = 9 if kind is PhoneKind.MOBILE else 10
    return Phone("0" + digits[-own:], kind)


def show_phone(digits: str) -> str:
    """Group a stored number as it is read aloud: 0912 345 678 · 0226 3852 123 · 024 3826 1234 · 1900 1234 · 113."""
    if len(digits) <= 5:
        return digits
    if digits.startswith(("024", "028")):  # the two area codes of three digits
        return _grouped(digits, (3, 4, 4))
    return _grouped(digits, (4, 3, 3) if len(digits) == 10 else (4, 4, 3))


def mask_phone(digits: str) -> str:
    """Leave the first two and the last three digits, as in 09•• ••• 678; a public short number stays."""
    if len(digits) <= 5:
        return digits
    shown = show_phone(digits)
    first, last = 2, [place for place, letter in enumerate(shown) if letter != " "][-3]
    return "".join("•" if letter != " " and first <= place < last else letter for place, letter in enumerate(shown))


def _grouped(digits: str, groups: tuple[int, ...]) -> str:
    parts, start = [], 0
    for size in groups:
        parts.append(digits[start : start + size])
        start += size
    return " ".join(part for part in parts if part)
