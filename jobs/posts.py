"""Those who speak for agencies, by the clock: who is silent, and who is to say again that they are in charge."""

from __future__ import annotations

from bot.services.desk import Desk
from bot.services.register import enrolling, reach


async def look(desk: Desk) -> int:
    """Every post that is due, as many as fit into one transaction, and who waits for the department; how many."""
    return await reach.look(desk) + await enrolling.remind(desk)
