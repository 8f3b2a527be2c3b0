"""How work changes hands: how long a colleague has to answer, who is asked next, and what is asked on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import Field

from bot.domain.forms import Form
from bot.domain.people import Permission, Person, Role
from bot.domain.policy_rows import Table
from bot.domain.questions import Text

LONGEST_NOTE = 500


class Handing(Table):
    """The times of a handover."""

    accept_minutes: int = Field(default=15, ge=1, le=240)  # unanswered for so long it goes to the deputy
    remind_minutes: int = Field(default=60, ge=5, le=1_440)  # work whose owner has left is offered again after that


# Who is asked when a colleague does not answer, and about work whose owner has left: in this order.
CHIEFS: Final = (Role.DEPUTY_LEAD, Role.TEAM_LEAD, Role.DUTY_OFFICER)

HANDING = Form("handing_1", (Text(name="note", optional=True, longest=LONGEST_NOTE),))
DECLINING = Form("declining_1", (Text(name="reason", shortest=2, longest=LONGEST_NOTE),))
FORMS: Final[Mapping[str, Form]] = {form.name: form for form in (HANDING, DECLINING)}


def can_take(person: Person) -> bool:
    """Whether somebody may be given work now: the right, the seat, and a chat that can be reached."""
    return person.may(Permission.CLAIM) and not person.unreachable


def rank(person: Person) -> int:
    """Where somebody stands among those who are asked when others do not answer; the number of chiefs for others."""
    return next((place for place, role in enumerate(CHIEFS) if role in person.roles), len(CHIEFS))
