"""Incidents whose clocks change: looked at a few at a time, each for itself, however long the process was away."""

from __future__ import annotations

from functools import partial

from bot.services import apart
from bot.services.clockwork import adoption, ladder, notices
from bot.services.clockwork.notices import Said
from bot.services.desk import Desk
from storage import incidents, rungs
from storage.incidents import Incident

TOGETHER = 4  # the writer is held for a fraction of a tenth of a second; what is said is gathered all the same


async def look(desk: Desk) -> int:
    """Look at what is due; how many those were. One that fails holds up no other."""
    adopted = await adoption.adopt(desk)
    if adopted:
        return adopted
    due = await rungs.due(desk.tx, desk.now, TOGETHER)
    said: list[Said] = []
    for incident in due:
        if not await apart.succeeds(desk, f"the clocks of {incident.code}", partial(_attend, desk, incident, said)):
            await incidents.look_at(desk.tx, incident.id, desk.now + apart.LATER)
    await notices.post(desk, said)
    return len(due)


async def _attend(desk: Desk, incident: Incident, said: list[Said]) -> None:
    said += await ladder.attend(desk, incident)
