"""What people write in Vietnamese, read as data: letters, moments, telephone numbers, amounts, addresses."""

import re

from bot.domain.letters import Reading, fold, nfc
from bot.domain.moments import HANOI, Moment, parse_moment
from bot.domain.money import parse_money
from bot.domain.phones import Phone, PhoneKind, find_phones, mask_phone, parse_phone, show_phone

__all__ = [
    "EMAIL",
    "HANOI",
    "Moment",
    "Phone",
    "PhoneKind",
    "cited",
    "find_phones",
    "fold",
    "mask_phone",
    "nfc",
    "parse_email",
    "parse_moment",
    "parse_money",
    "parse_phone",
    "show_phone",
]

EMAIL = re.compile(
    r"(?<![\w.+%-])(?P<who>[a-z0-9_+%-](?:[a-z0-9._+%-]{0,62}[a-z0-9_+%-])?)@(?P<at>(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24})(?![a-z0-9-])",
    re.IGNORECASE | re.ASCII,
)


def parse_email(text: str) -> str | None:
    """Read the one address of an answer, in small letters; two different ones or none are no answer."""
    found = {match[0].lower() for match in EMAIL.finditer(Reading.of(text).cased) if ".." not in match[0]}
    return found.pop() if len(found) == 1 else None


# Kinds of document whose number stands behind the kind; that of a law stands behind its whole name.
_NUMBERED = (
    *("Nghị định", "Thông tư liên tịch", "Thông tư", "Quyết định"),
    *("Nghị quyết", "Chỉ thị", "Kế hoạch", "Công văn"),
)


def cited(name: str, number: str) -> str:
    """A legal document as a paper cites it: name and number in the order in which officials write them."""
    kind = next((one for one in _NUMBERED if name.startswith(f"{one} ")), None)
    return f"{name} số {number}" if kind is None else f"{kind} số {number}{name.removeprefix(kind)}"
