"""What the ladder has to know of a stored incident: whom its emergency comes from, and when something is due next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain import ladder, levels
from bot.domain.clocks import Deadline
from bot.domain.incidents import EventKind, Severity, Status
from bot.domain.ladder import Standing
from bot.domain.people import OFFICERS, TEAM
from bot.domain.vietnamese import HANOI
from storage import events, incidents, marks, people, rungs, ties

if TYPE_CHECKING:  # the desk itself asks when to look again
    from bot.services.desk import Desk

TRUSTED = OFFICERS | TEAM
WATCHED_SINCE = "watched_since"  # the mark of when the last incident from before was taken up; how many had run out


async def of(desk: Desk, incident: incidents.Incident, severity: Severity) -> Standing:
    """How an incident stands. Who has reported it matters for emergencies alone."""
    outbreak = await ties.open_parent(desk.tx, incident.id)
    carried = outbreak is not None and outbreak.owner is not None
    if severity is not Severity.EMERGENCY:
        return Standing(severity, incident.filed_at, carried=carried)
    confirmed = await _confirmed_at(desk, incident)
    trusted = await _is_trusted(desk, incident)
    refused = confirmed is None and not trusted and await _was_refused(desk, incident)
    return Standing(severity, incident.filed_at, confirmed, trusted, refused, carried)


async def _confirmed_at(desk: Desk, incident: incidents.Incident) -> datetime | None:
    if incident.severity is not Severity.EMERGENCY:
        return None
    rated = await events.last_of(desk.tx, incident.id, EventKind.RATED)
    return rated.at if rated is not None else incident.filed_at


async def _is_trusted(desk: Desk, incident: incidents.Incident) -> bool:
    if incident.reporter is None:
        return False
    try:
        reporter = await people.get(desk.tx, incident.reporter)
    except LookupError:
        return False
    return not TRUSTED.isdisjoint(reporter.roles)


async def _was_refused(desk: Desk, incident: incidents.Incident) -> bool:
    """Whether too many emergencies of this reporter turned out to be none of late."""
    if incident.reporter is None:
        return False
    policy = desk.policy.climbing
    since, most = desk.now - timedelta(days=policy.refused_days), policy.refused_emergencies
    return await rungs.refused_emergencies(desk.tx, incident.reporter, since, most) >= most


def answer_time(desk: Desk, incident: incidents.Incident, severity: Severity) -> timedelta:
    """How long a first answer may take, which is also how long a claim may rest."""
    return levels.times_on(desk.policy.levels, severity, incident.filed_at.astimezone(HANOI).date()).answer


def claimed_at(incident: incidents.Incident) -> datetime | None:
    """Since when its owner could have begun: it may have come back to a claim of long ago."""
    if incident.owner is None or incident.claimed_at is None:
        return None
    return max(incident.claimed_at, incident.moved_at or incident.claimed_at)


async def idle_since(desk: Desk, incident: incidents.Incident) -> datetime | None:
    """Since when a claim may lapse: not for a time in which nobody knew that claims lapse."""
    since = claimed_at(incident)
    watched = await marks.written_at(desk.tx, WATCHED_SINCE) if since is not None else None
    return since if since is None or watched is None else max(since, watched)


async def next_look(
    desk: Desk, incident: incidents.Incident, severity: Severity, deadlines: Iterable[Deadline]
) -> datetime | None:
    """When the next rung is due, or a claim lapses: what no deadline knows. A rung may be due already."""
    standing = await of(desk, incident, severity)
    past = await rungs.of(desk.tx, incident.id)
    due = [
        ahead[1]
        for one in deadlines
        if (climb := ladder.climb_of(one, standing, desk.policy.climbing)) is not None
        and (ahead := ladder.next_rung(climb, past.get((one.clock, one.round), {}))) is not None
    ]
    idle = await idle_since(desk, incident) if incident.status is Status.CLAIMED else None
    lapse = ladder.lapses_at(incident.status, idle, (), answer_time(desk, incident, severity))
    return min([*due, *([lapse] if lapse is not None and lapse > desk.now else [])], default=None)
