"""Who is told next that a deadline runs out: pure decisions over deadlines and what was told before.

A deadline that nobody met climbs rung by rung: whoever has the incident, the duty officer, the deputy, the leader. An
empty rung is passed at once, nobody is told twice in one round, and each rung is trodden once. A rung that could not be
trodden in time is trodden late, never out of order: the next one waits its minutes from then on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.domain.climbing import Climbing
from bot.domain.clocks import Clock, Deadline
from bot.domain.incidents import EventKind, Severity, Status


class Rung(StrEnum):
    """Whom a clock tells, or when: the keys under which it is remembered that this was done."""

    HALF = "half"  # marks of a deadline that is still to be met
    NEARLY = "nearly"
    OVER = "over"  # of a legal one alone: those of the team climb
    REPORTER = "reporter"  # told before a promise is missed
    LEADS = "leads"  # told of a missed legal one
    OWNER = "owner"
    DUTY = "duty"
    DEPUTY = "deputy"
    LEADER = "leader"


UP: Final = (Rung.OWNER, Rung.DUTY, Rung.DEPUTY, Rung.LEADER)
ALARM: Final = (Rung.DUTY, Rung.DEPUTY, Rung.LEADER)
MARKS: Final[tuple[tuple[Rung, float], ...]] = ((Rung.HALF, 0.5), (Rung.NEARLY, 0.8), (Rung.OVER, 1.0))
PROMISED: Final = frozenset({Clock.ANSWER, Clock.UPDATE})  # clocks of which the reporter was given a time


@dataclass(frozen=True)
class Trodden:
    """A rung that was dealt with; without people it was empty."""

    at: datetime
    people: tuple[str, ...] = ()


Past = Mapping[Rung, Trodden]


@dataclass(frozen=True)
class Standing:
    """What the ladder knows of an incident besides its deadlines."""

    severity: Severity
    filed_at: datetime
    confirmed_at: datetime | None = None  # when one of the team said that it is this grave
    trusted: bool = False  # a confirmed officer, or one of the team, has reported it
    refused: bool = False  # its reporter has had too many emergencies refused
    carried: bool = False  # belongs to an outbreak that somebody has: whoever works on that one works on this one

    @property
    def doubted(self) -> bool:
        """So far one person alone, whom nobody knows, calls it an emergency."""
        return self.severity is Severity.EMERGENCY and not self.trusted and self.confirmed_at is None


@dataclass(frozen=True)
class Climb:
    """A ladder at work. Before `beyond` the first rung that anybody stands on is enough; None: for ever."""

    rungs: tuple[Rung, ...]
    begins: datetime
    step: timedelta
    beyond: datetime | None


@dataclass(frozen=True)
class Step:
    """One rung to tread now; without people it is passed."""

    rung: Rung
    people: tuple[str, ...]


# Climbing -----------------------------------------------------------------------------------------------------------


def is_alarm(one: Deadline, standing: Standing) -> bool:
    """An emergency that nobody has taken rings from the first moment on, not only when its time is over."""
    return one.clock == Clock.CLAIM and standing.severity is Severity.EMERGENCY


def climb_of(one: Deadline, standing: Standing, policy: Climbing) -> Climb | None:
    """The ladder of a deadline of the team; None where it rests, was met, or is a duty of somebody else."""
    if one.legal is not None or one.met_at is not None or one.paused or standing.carried:
        return None
    step = policy.step_minutes.of(standing.severity)
    if is_alarm(one, standing):
        return Climb(ALARM, one.starts, step, _beyond(one, standing, policy))
    kept = standing.doubted and standing.refused
    return Climb(UP[:2] if kept else UP, one.due, step, one.due)


def _beyond(one: Deadline, standing: Standing, policy: Climbing) -> datetime | None:
    """From when on an alarm may go higher than the first who was told."""
    if standing.trusted:
        return one.starts
    unclaimed = one.starts + timedelta(minutes=policy.unclaimed_minutes)
    if standing.confirmed_at is not None:
        return min(max(standing.confirmed_at, one.starts), unclaimed)
    return None if standing.refused else unclaimed


def next_rung(climb: Climb, past: Past) -> tuple[Rung, datetime] | None:
    """The next rung and when it is due, which may lie behind; None at the top, or where it must not go on."""
    due, reached = climb.begins, False
    for rung in climb.rungs:
        trodden = past.get(rung)
        if trodden is None:
            if not reached:
                return rung, due
            return (rung, max(due, climb.beyond)) if climb.beyond is not None else None
        if trodden.people:
            due, reached = max(due, trodden.at + climb.step), True
    return None


def steps(climb: Climb, past: Past, who: Mapping[Rung, Sequence[str]], now: datetime) -> tuple[Step, ...]:
    """What is due now: empty rungs, and after them at most one with people on it.

    `who`: everybody who stands on a rung and can be written to. Whoever was told in this round is told no second time.
    """
    trodden, found = dict(past), list[Step]()
    known = {person for rung in UP if rung in past for person in past[rung].people}  # a warning is no rung
    while (ahead := next_rung(climb, trodden)) is not None and ahead[1] <= now:
        rung = ahead[0]
        people = tuple(person for person in who.get(rung, ()) if person not in known)
        trodden[rung] = Trodden(now, people)
        found.append(Step(rung, people))
    return tuple(found)


def is_vain(climb: Climb, past: Past) -> bool:
    """Every rung was trodden and nobody stood on any of them."""
    return all(rung in past and not past[rung].people for rung in climb.rungs)


# Marks and promises -------------------------------------------------------------------------------------------------


def mark_of(one: Deadline, past: Past, standing: Standing, now: datetime) -> Rung | None:
    """The latest mark that a deadline has passed and of which nobody heard; older ones are not made up for.

    A deadline of the team that is over climbs instead. What had passed when the report came in stood in its receipt.
    """
    ours = one.legal is None
    if one.met_at is not None or one.paused or (ours and (standing.carried or one.is_over(now))):
        return None
    reached = [(rung, at) for rung, share in MARKS if (at := one.at(share)) <= now]
    if not reached or reached[-1][1] <= standing.filed_at or any(rung in past for rung, _ in _from(reached[-1][0])):
        return None
    return reached[-1][0]


def _from(mark: Rung) -> Iterable[tuple[Rung, float]]:
    """This mark and those after it."""
    return MARKS[[rung for rung, _ in MARKS].index(mark) :]


def breaks_promise(one: Deadline, past: Past, now: datetime) -> bool:
    """The reporter was given a time that may well be missed, and has not been told so."""
    open_ = one.clock in PROMISED and one.legal is None and one.met_at is None and not one.paused
    return open_ and Rung.REPORTER not in past and one.at(0.8) <= now


def new_time(one: Deadline, standing: Standing, policy: Climbing, now: datetime) -> datetime:
    """What the reporter is promised instead: always ahead."""
    return max(one.due, now) + policy.more_minutes.of(standing.severity)


# A claim without work -----------------------------------------------------------------------------------------------

READING: Final = frozenset({EventKind.CLAIMED, EventKind.OPENED, EventKind.VIEWED, EventKind.HANDED})


def lapses_at(
    status: Status, claimed_at: datetime | None, acts: Iterable[tuple[EventKind, datetime]], answer: timedelta
) -> datetime | None:
    """When a claim ends by itself: after the time of a first answer in which its owner did nothing but read.

    `acts`: what the owner did, by the log. None where there is no claim to end, or something was done.
    """
    if status is not Status.CLAIMED or claimed_at is None:
        return None
    if any(kind not in READING and at >= claimed_at for kind, at in acts):
        return None
    return claimed_at + answer


def quiet(severity: Severity, hour: int, policy: Climbing) -> bool:
    """Whether a message about it makes no sound: what is grave rings at night too."""
    return severity not in (Severity.EMERGENCY, Severity.SERIOUS) and policy.is_quiet(hour)
