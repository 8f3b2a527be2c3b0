"""What a button says back: callback data of at most 64 bytes, written and read here and nowhere else.

Data that comes back is never trusted: a modified client can send anything, so every press is checked again for the
actor, the chat and the state of the object.
"""

from __future__ import annotations

from dataclasses import fields

from bot.domain.presses import (
    admin,
    case_file,
    compliance,
    coordination,
    duty,
    incidents,
    obligations,
    people,
    register,
)
from bot.domain.presses.admin import Admit, Bind, Grant, Holder, Invite, Revoke, Roster, Second
from bot.domain.presses.case_file import Chapter, Declare, Dossier, Leaf, Mark, Paper, Pdf, Ready, Tick
from bot.domain.presses.compliance import Compliance, ComplianceFile
from bot.domain.presses.coordination import RequestAnswer, RequestFile, RequestList
from bot.domain.presses.duty import Duty, FillShift, GiveShift, Hand, Handing, OnDuty, PlanWeek, TakeShift
from bot.domain.presses.incidents import Act, Claim, Details, Listing, Rate, Related, Respond, See, Tie, Unfold, Weigh
from bot.domain.presses.obligations import Do, Exempt, Judge, Judging, Owed, OwnEvidence
from bot.domain.presses.people import Answer, Fork, Found, Language, Open, Own, Page, PictureConsent, Privacy, Which
from bot.domain.presses.press import LONGEST, Press
from bot.domain.presses.register import (
    AgencyFile,
    Browse,
    Enrolment,
    KeepAgency,
    KeepSystem,
    Merge,
    OwnPost,
    OwnSystem,
    OwnSystems,
    Providers,
    Relieve,
    SystemFile,
    Tables,
)

__all__ = [
    "LONGEST",
    "PRESSES",
    "Act",
    "Admit",
    "AgencyFile",
    "Answer",
    "Bind",
    "Browse",
    "Chapter",
    "Claim",
    "Compliance",
    "ComplianceFile",
    "Declare",
    "Details",
    "Do",
    "Dossier",
    "Duty",
    "Enrolment",
    "Exempt",
    "FillShift",
    "Fork",
    "Found",
    "GiveShift",
    "Grant",
    "Hand",
    "Handing",
    "Holder",
    "Invite",
    "Judge",
    "Judging",
    "KeepAgency",
    "KeepSystem",
    "Language",
    "Leaf",
    "Listing",
    "Mark",
    "Merge",
    "OnDuty",
    "Open",
    "Owed",
    "Own",
    "OwnEvidence",
    "OwnPost",
    "OwnSystem",
    "OwnSystems",
    "Page",
    "Paper",
    "Pdf",
    "PictureConsent",
    "PlanWeek",
    "Press",
    "Privacy",
    "Providers",
    "Rate",
    "Ready",
    "Related",
    "Relieve",
    "RequestAnswer",
    "RequestFile",
    "RequestList",
    "Respond",
    "Revoke",
    "Roster",
    "Second",
    "See",
    "SystemFile",
    "Tables",
    "TakeShift",
    "Tick",
    "Tie",
    "Unfold",
    "Weigh",
    "Which",
    "read",
]

ROOMS = (people, incidents, case_file, duty, register, obligations, compliance, coordination, admin)
PRESSES: dict[str, type[Press]] = {kind.verb: kind for room in ROOMS for kind in room.KINDS}


def read(data: str) -> Press | None:
    """Read callback data; None where nobody of ours can have written it."""
    verb, *values = data.split(":")
    kind = PRESSES.get(verb)
    if kind is None or len(values) != len(fields(kind)):
        return None
    return kind(*values)
