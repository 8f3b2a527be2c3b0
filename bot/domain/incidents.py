"""What happened and where it stands: kinds, status, the moves between them, codes."""

from __future__ import annotations

import re
from enum import StrEnum

from bot.domain.errors import Refusal


class CitizenKind(StrEnum):
    """What happened to a citizen, in the order of the buttons: where minutes count comes first."""

    SCAM_LOSS = "scam_loss"
    SCAM_CONTACT = "scam_contact"
    ACCOUNT_TAKEOVER = "account_takeover"
    SIM = "sim"
    DEVICE_MALWARE = "device_malware"
    FAKE_SITE = "fake_site"
    DEEPFAKE = "deepfake"
    PERSONAL_LEAK = "personal_leak"
    HARMFUL = "harmful"
    GOV_SITE = "gov_site"
    OTHER = "other"


class AgencyKind(StrEnum):
    """What happened to a system: the rows of form 05 of circular 20/2017 in plain words, and what comes before one."""

    RANSOMWARE = "ransomware"
    INTRUSION = "intrusion"
    MALWARE = "malware"
    DATA_LEAK = "data_leak"
    DEFACEMENT = "defacement"
    DOS = "dos"
    ACCOUNT_OFFICIAL = "account_official"
    PHISHING_AGENCY = "phishing_agency"
    SABOTAGE_DATA = "sabotage_data"
    MIXED = "mixed"
    VULNERABILITY = "vulnerability"
    SCAN_BRUTEFORCE = "scan_bruteforce"
    SUPPLY_CHAIN = "supply_chain"
    OUTAGE = "outage"
    UNKNOWN = "unknown"


class Source(StrEnum):
    CITIZEN = "citizen"
    AGENCY = "agency"


class Status(StrEnum):
    """Where an incident stands. Later moves come with the life of an incident; these are those of the spine."""

    NEW = "new"
    CLAIMED = "claimed"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    CLAIM = "claim"
    WITHDRAW = "withdraw"


# The whole life cycle as a table: what is not here is not possible.
TRANSITIONS: dict[tuple[Status, Move], Status] = {
    (Status.NEW, Move.CLAIM): Status.CLAIMED,
    (Status.NEW, Move.WITHDRAW): Status.WITHDRAWN,
    (Status.CLAIMED, Move.WITHDRAW): Status.WITHDRAWN,
}

OPEN = (Status.NEW, Status.CLAIMED)


def after(status: Status, move: Move) -> Status:
    """The status that `move` leads to.

    Raises:
        Refusal: the table does not allow it from here.
    """
    if (status, move) not in TRANSITIONS:
        raise Refusal(f"incident.cannot.{move}", status=status)
    return TRANSITIONS[status, move]


_CODE = re.compile(r"^\s*(?:SC)?[\s-]*(\d{4})[\s-]+(\d{1,6})\s*$", re.IGNORECASE)


def code(year: int, number: int) -> str:
    """The number that people read out over the phone: SC-2026-000123."""
    return f"SC-{year:04d}-{number:06d}"


def read_code(text: str) -> str | None:
    """Read a code as people type it ("sc 2026 123", "2026-000123"); None where it is none."""
    found = _CODE.match(text)
    return code(int(found[1]), int(found[2])) if found else None


class EventKind(StrEnum):
    """What the log of an incident can hold."""

    FILED = "filed"
    SUPPLEMENTED = "supplemented"
    COMPLETED = "completed"
    CLAIMED = "claimed"
    OPENED = "opened"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
