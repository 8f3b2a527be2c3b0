"""Incidents whose clocks change: looked at a few at a time, each for itself, however long the process was away."""

from __future__ import annotations

import logging
from datetime import timedelta

from bot.services import ladder, notices
from bot.services.desk import Desk
from bot.services.notices import Notice
from storage import incidents, rungs
from storage.store import StoreUnavailable

log = logging.getLogger(__name__)

TOGETHER = 20
LATER = timedelta(minutes=5)  # until one that failed is looked at again


async def look(desk: Desk) -> int:
    """Look at what is due; how many those were. One that fails holds up no other."""
    due = await rungs.due(desk.tx, desk.now, TOGETHER)
    said: list[Notice] = []
    for incident in due:
        try:
            async with desk.tx.savepoint():
                said += await ladder.attend(desk, incident)
        except StoreUnavailable:
            raise
        except Exception as error:
            log.error("the clocks of %s failed", incident.code, exc_info=error)
            await incidents.look_at(desk.tx, incident.id, desk.now + LATER)
    await notices.post(desk, said)
    return len(due)
