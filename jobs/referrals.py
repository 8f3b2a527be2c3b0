"""Referrals that nobody answered come back to the team."""

from __future__ import annotations

from bot.services.casework import referrals
from bot.services.desk import Desk


async def look(desk: Desk) -> int:
    """Everything whose time is over, as many as fit into one transaction; how many those were."""
    return await referrals.lapse(desk)
