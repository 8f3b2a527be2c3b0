"""The tick of reminders: first the ledger is written for all that is due, then each person gets one message."""

from __future__ import annotations

from bot.domain import reminding
from bot.services.desk import Desk
from bot.services.obligation import climbs, digests


async def look(desk: Desk) -> int:
    """One step; how much that was. A person's message is written when nothing more is to be added to it."""
    if not reminding.is_time(desk.policy.reminders, desk.now, desk.policy.holidays):
        return 0
    return await climbs.climb(desk) or await digests.send(desk)
