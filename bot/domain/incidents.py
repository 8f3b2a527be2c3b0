"""What happened and where it stands: kinds, status, the moves between them, codes."""

from __future__ import annotations

import re
from enum import StrEnum


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


class Severity(StrEnum):
    """How grave it is, for the team's own order of work; what the law asks stands beside it, never instead."""

    EMERGENCY = "emergency"
    SERIOUS = "serious"
    ORDINARY = "ordinary"
    EVENT = "event"


class Flag(StrEnum):
    """Signs that an agency ticks; they decide what its owner owes by law."""

    PERSONAL_DATA = "personal_data"
    OUTAGE = "outage"
    BEYOND_US = "beyond_us"
    SECURITY = "security"


class Status(StrEnum):
    """Where an incident stands."""

    NEW = "new"
    CLAIMED = "claimed"
    WORKING = "working"
    WAITING = "waiting"  # for an answer of the reporter
    RESOLVED = "resolved"
    CLOSED = "closed"
    NOT_INCIDENT = "not_incident"
    DUPLICATE = "duplicate"
    REFERRING = "referring"  # offered to another body, which has not answered yet
    REFERRED = "referred"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    """What somebody does with an incident."""

    CLAIM = "claim"
    ASK = "ask"
    REPLY = "reply"  # the reporter answers what was asked
    START = "start"
    RESOLVE = "resolve"
    CLOSE = "close"
    REJECT = "reject"
    MERGE = "merge"
    SPLIT = "split"  # a merge is taken back
    REFER = "refer"
    POST = "post"  # referred by a paper: nobody of the other body can be reached here
    ACCEPT = "accept"
    RETURN = "return"
    LAPSE = "lapse"  # nobody of the other body answered in time
    RELEASE = "release"  # who claimed it did nothing with it in time
    REOPEN = "reopen"
    OBJECT = "object"  # the reporter says that all is not well
    WITHDRAW = "withdraw"


IN_HAND = (Status.CLAIMED, Status.WORKING, Status.WAITING)
WORKABLE = (Status.NEW, *IN_HAND)
OPEN = (*WORKABLE, Status.RESOLVED, Status.REFERRING)
FINISHED = (Status.RESOLVED, Status.CLOSED, Status.NOT_INCIDENT)
ENDED = tuple(status for status in Status if status not in OPEN)

# The whole life cycle as a table: from which states a move is possible, and where it leads. Whoever decides about a new
# incident takes it by that.
LIFE: dict[Move, tuple[tuple[Status, ...], Status]] = {
    Move.CLAIM: ((Status.NEW,), Status.CLAIMED),
    Move.ASK: (WORKABLE, Status.WAITING),
    Move.REPLY: ((Status.WAITING,), Status.WORKING),
    Move.START: ((Status.NEW, Status.CLAIMED, Status.WAITING), Status.WORKING),
    Move.RESOLVE: (WORKABLE, Status.RESOLVED),
    Move.CLOSE: ((*WORKABLE, Status.RESOLVED), Status.CLOSED),
    Move.REJECT: (WORKABLE, Status.NOT_INCIDENT),
    Move.MERGE: (WORKABLE, Status.DUPLICATE),
    Move.SPLIT: ((Status.DUPLICATE,), Status.WORKING),
    Move.REFER: (WORKABLE, Status.REFERRING),
    Move.POST: (WORKABLE, Status.REFERRED),
    Move.ACCEPT: ((Status.REFERRING,), Status.REFERRED),
    Move.RETURN: ((Status.REFERRING, Status.REFERRED), Status.CLAIMED),
    Move.LAPSE: ((Status.REFERRING,), Status.CLAIMED),
    Move.RELEASE: ((Status.CLAIMED,), Status.NEW),
    Move.REOPEN: ((*FINISHED, Status.DUPLICATE, Status.REFERRED), Status.WORKING),
    Move.OBJECT: (FINISHED, Status.WORKING),
    Move.WITHDRAW: (WORKABLE, Status.WITHDRAWN),
}
TRANSITIONS: dict[tuple[Status, Move], Status] = {
    (before, move): after for move, (befores, after) in LIFE.items() for before in befores
}


def after(status: Status, move: Move) -> Status | None:
    """The status that `move` leads to; None where the table does not allow it from here."""
    return TRANSITIONS.get((status, move))


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
    ASKED = "asked"
    STARTED = "started"
    RATED = "rated"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REJECTED = "rejected"
    MERGED = "merged"
    REFERRED = "referred"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    LAPSED = "lapsed"
    REOPENED = "reopened"
    OBJECTED = "objected"
    ANSWERED = "answered"  # what the body wrote to which the incident was referred
    TOLD = "told"  # the reporter's words to the team
    RELAYED = "relayed"  # the team's words to the reporter
    FORWARDED = "forwarded"  # whom something came from that the reporter has sent on
    EDITED = "edited"  # words that were changed later; the old ones stay
    RECEIVED = "received"  # a piece of evidence
    FETCHED = "fetched"
    VIEWED = "viewed"  # a piece of evidence was opened by somebody
    ERASED = "erased"
    PROPOSED = "proposed"  # how grave the answers say it is
    PAUSED = "paused"
    RESUMED = "resumed"
    WARNED = "warned"  # a clock is half over, nearly over, or over
    CLIMBED = "climbed"  # somebody higher was told
    RELEASED = "released"  # a claim without work has lapsed
    DECLARED = "declared"  # the owner of the system says that the official report is made
    OFFERED = "offered"  # to a colleague, who has not accepted yet
    HANDED = "handed"
    DECLINED = "declined"
    FOLDED = "folded"  # the same was said again
    TIED = "tied"  # to a parent incident
    UNTIED = "untied"
    SPLIT = "split"  # a merge was taken back
    TICKED = "ticked"
    UNTICKED = "unticked"
    NOTED = "noted"  # for colleagues alone
    MARKED = "marked"  # with another TLP
    PRINTED = "printed"  # an official paper was made
    REQUESTED = "requested"  # an agency or a provider was asked to help
    REQUEST_ANSWERED = "request_answered"


# Events that hold words of people: what is searched.
WORDED = frozenset(
    {
        EventKind.FILED,
        EventKind.SUPPLEMENTED,
        EventKind.TOLD,
        EventKind.EDITED,
        EventKind.RELAYED,
        EventKind.ASKED,
        EventKind.ANSWERED,
        EventKind.CLOSED,
        EventKind.REJECTED,
        EventKind.REFERRED,
        EventKind.REOPENED,
        EventKind.NOTED,
        EventKind.REQUESTED,
        EventKind.REQUEST_ANSWERED,
    }
)
