"""Who has the duty: the seam for everything that must reach somebody now."""

from __future__ import annotations

from datetime import datetime

from bot.domain.people import Permission, Person
from bot.services.desk import Desk
from storage import people, rota


async def on_duty(desk: Desk, at: datetime | None = None) -> Person | None:
    """Who can be called now, or at a moment.

    None where the shift is empty or not planned, and where its person was erased, lost the right or cannot be reached.
    """
    shift = await rota.at_moment(desk.tx, at or desk.now)
    if shift is None or shift.person is None:
        return None
    person = await known(desk, shift.person)
    reached = person is not None and not person.unreachable and person.may(Permission.STAND_DUTY)
    return person if reached else None


async def known(desk: Desk, person: str) -> Person | None:
    """Somebody by our id; None where the account was erased."""
    try:
        return await people.get(desk.tx, person)
    except LookupError:
        return None
