"""The deadlines of stored incidents, and when somebody has to look at them again: the seam to `bot.domain.clocks`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bot.domain import clocks, severity
from bot.domain.clocks import Case, Deadline, PauseReason
from bot.domain.incidents import ENDED, EventKind, Severity, Status
from bot.domain.people import Person
from bot.domain.reports import OUTBREAK
from bot.services.clockwork import standings
from storage import events, incidents

if TYPE_CHECKING:  # the desk itself calls `touched`
    from bot.services.desk import Desk


def severity_of(incident: incidents.Incident) -> Severity:
    """How grave it counts as: what a person confirmed, else what the answers say."""
    said = incident.severity or incident.proposed
    return said or severity.propose(incident.source, incident.kind, incident.facts, incident.filed_at).severity


def case_of(incident: incidents.Incident) -> Case:
    return Case(
        source=incident.source,
        severity=severity_of(incident),
        filed_at=incident.filed_at,
        detected_at=incident.detected_at,
        flags=severity.flags_of(incident.facts),
        reporter=incident.reporter,
        awaited=incident.form != OUTBREAK.name,
    )


async def of(desk: Desk, incident: incidents.Incident) -> tuple[Deadline, ...]:
    """Every deadline of an incident as it stands now."""
    told = await events.among(desk.tx, incident.id, clocks.READ)
    return clocks.deadlines(case_of(incident), told, desk.policy, desk.now)


async def look_again(desk: Desk, incident_id: str) -> None:
    """Store when its deadlines change next by themselves: whoever has just looked at them calls this.

    A pause that has run out is ended here. Nothing is looked at once the incident has ended.
    """
    incident = await incidents.get(desk.tx, incident_id)
    if incident.paused_until is not None and incident.paused_until <= desk.now:
        await resume(desk, incident)
    following = None if incident.status in ENDED else await _next_look(desk, incident, await of(desk, incident))
    await incidents.look_at(desk.tx, incident_id, following)


async def _next_look(desk: Desk, incident: incidents.Incident, found: tuple[Deadline, ...]) -> datetime | None:
    """When a deadline changes, the next rung of a ladder is due, or a claim lapses: whatever comes first."""
    changes = clocks.next_change(found, desk.now)
    climbs = await standings.next_look(desk, incident, severity_of(incident), found)
    return min((moment for moment in (changes, climbs) if moment is not None), default=None)


async def touched(desk: Desk, incident_id: str, kind: EventKind) -> None:
    """An event was logged: one place for all of them.

    Where a deadline is half over it is looked at without delay: the event may have moved it there (rated higher), or a
    look was due and had not come yet.
    """
    if kind not in clocks.READ:
        return
    if kind in clocks.ENDS_PAUSE:
        await incidents.pause(desk.tx, incident_id, None)
    incident = await incidents.get(desk.tx, incident_id)
    if incident.status in ENDED:
        await incidents.look_at(desk.tx, incident_id, None)
        return
    now = await of(desk, incident)
    pressing = any(one.met_at is None and one.fraction(desk.now) >= clocks.SHARES[0] for one in now)
    await incidents.look_at(desk.tx, incident_id, desk.now if pressing else await _next_look(desk, incident, now))


async def resume(desk: Desk, incident: incidents.Incident, person: Person | None = None) -> None:
    """The clocks of the team go on: somebody says so, or (`person` None) the pause has run out."""
    await incidents.pause(desk.tx, incident.id, None)
    await desk.log(incident.id, EventKind.RESUMED, person)
    await desk.redraw(incident.id)


async def answered(desk: Desk, incident: incidents.Incident) -> None:
    """The reporter has written: what waited for that goes on."""
    pause = await events.last_of(desk.tx, incident.id, EventKind.PAUSED) if incident.paused_until else None
    waited = pause is not None and (pause.payload or {}).get("reason") == PauseReason.REPORTER
    if waited and incident.status is not Status.WAITING:
        await resume(desk, incident)
