"""Incidents whose clocks change: looked at a few at a time, each for itself, however long the process was away."""

from __future__ import annotations

from functools import partial

from bot.services import apart
from bot.services.clockwork import ladder, notices
from bot.services.clockwork.notices import Notice
from bot.services.desk import Desk
from storage import incidents, rungs
from storage.incidents import Incident

TOGETHER = 20


async def look(desk: Desk) -> int:
    """Look at what is due; how many those were. One that fails holds up no other."""
    due = await rungs.due(desk.tx, desk.now, TOGETHER)
    said: list[Notice] = []
    for incident in due:
        if not await apart.succeeds(desk, f"the clocks of {incident.code}", partial(_attend, desk, incident, said)):
            await incidents.look_at(desk.tx, incident.id, desk.now + apart.LATER)
    await notices.post(desk, said)
    return len(due)


async def _attend(desk: Desk, incident: Incident, said: list[Notice]) -> None:
    said += await ladder.attend(desk, incident)
