"""Incidents from before deadlines were watched: what ran out long ago is history and rings nobody up, as a whole it is
told once; what runs out now or later is watched like everything else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from bot.domain import ladder
from bot.domain.clocks import Deadline
from bot.domain.incidents import ENDED
from bot.domain.ladder import Rung
from bot.services import apart
from bot.services.clockwork import clocks
from bot.services.clockwork.standings import WATCHED_SINCE
from bot.services.desk import Desk
from storage import groups, incidents, marks, rungs
from storage.incidents import Incident

TOGETHER = 5
HISTORY = timedelta(days=1)  # what has been over for so long is told as a whole alone
EVERY_RUNG = (*(rung for rung, _ in ladder.MARKS), Rung.REPORTER, Rung.LEADS, *ladder.UP)


async def adopt(desk: Desk) -> int:
    """Take up some of them; how many."""
    found = await rungs.unwatched(desk.tx, TOGETHER)
    late: list[str] = []
    for incident in found:
        if not await apart.succeeds(desk, f"taking up {incident.code}", partial(_take_up, desk, incident, late)):
            await incidents.look_at(desk.tx, incident.id, desk.now + apart.LATER)
        await rungs.watched(desk.tx, incident.id)
    if found:
        before = await marks.get(desk.tx, WATCHED_SINCE) or "0"
        await marks.put(desk.tx, WATCHED_SINCE, str(int(before) + len(late)), desk.now)
        if not await rungs.unwatched(desk.tx, 1):
            await _tell(desk, int(before) + len(late))
    return len(found)


async def _take_up(desk: Desk, incident: Incident, late: list[str]) -> None:
    if incident.status in ENDED:
        return
    over = [one for one in await clocks.of(desk, incident) if one.is_over(desk.now - HISTORY)]
    await _pass_over(desk, incident, over)
    if over:
        late.append(incident.code)
    await incidents.look_at(desk.tx, incident.id, desk.now)


async def _pass_over(desk: Desk, incident: Incident, over: Iterable[Deadline]) -> None:
    """Every rung counts as trodden by nobody: that round says nothing any more."""
    for one in over:
        for rung in EVERY_RUNG:
            await rungs.tread(desk.tx, incident.id, one.clock, one.round, rung, (), desk.now)


async def _tell(desk: Desk, late: int) -> None:
    team = await groups.team(desk.tx)
    if team is not None and late:
        await desk.tell_group(team, "ladder.adopted", n=late)
