"""Offered work that nobody answered goes to the deputy; work whose owner has left is offered to the chiefs."""

from __future__ import annotations

from bot.services.desk import Desk
from bot.services.duty import handover_clock


async def look(desk: Desk) -> int:
    """Everything whose time is over, as much as fits into one transaction; how much that was."""
    return await handover_clock.look(desk)
