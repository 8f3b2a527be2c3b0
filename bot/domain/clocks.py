"""Every deadline of an incident as one function of its log, the policy and the time; nothing here is stored.

A clock starts with the incident and ends with what its row of `MEETS` names; its length follows from how grave the
incident is now, counted from the start: rating anew moves a deadline, it never begins one again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from bot.domain import levels
from bot.domain.incidents import EventKind, Severity, Source, Status
from bot.domain.levels import LegalClock, Times
from bot.domain.moves import MOVES
from bot.domain.policy import Policy
from bot.domain.vietnamese import HANOI


class Clock(StrEnum):
    """The clocks of the team; legal ones go by the keys of the policy."""

    CLAIM = "claim"  # somebody takes it
    ANSWER = "answer"  # the reporter hears more than that it was taken
    UPDATE = "update"  # and hears again
    RESOLVE = "resolve"


class PauseReason(StrEnum):
    """What one may wait for."""

    REPORTER = "reporter"
    THIRD_PARTY = "third_party"


class Moment(Protocol):
    """One event of the log, as far as clocks look at it. `payload` is None once erased."""

    @property
    def kind(self) -> EventKind: ...
    @property
    def at(self) -> datetime: ...
    @property
    def actor(self) -> str | None: ...
    @property
    def payload(self) -> Mapping[str, Any] | None: ...


@dataclass(frozen=True)
class Happened:
    """A `Moment` of its own."""

    kind: EventKind
    at: datetime
    actor: str | None = None
    payload: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Case:
    """What clocks need to know of an incident besides its log. `detected_at` None: nobody knows."""

    source: Source
    severity: Severity  # confirmed, else proposed
    filed_at: datetime
    detected_at: datetime | None = None
    flags: tuple[str, ...] = ()
    reporter: str | None = None
    awaited: bool = True  # by a reporter; an outbreak was laid by the team, and nobody waits for a word about it


@dataclass(frozen=True)
class Span:
    """A time in which clocks rest."""

    starts: datetime
    ends: datetime
    reason: PauseReason


@dataclass(frozen=True)
class Deadline:
    """One deadline. `pauses` are those in its time; a running one counts to its planned end, so `due` is the latest."""

    clock: str
    starts: datetime
    due: datetime
    met_at: datetime | None = None
    paused: bool = False
    round: int = 1
    pauses: tuple[Span, ...] = ()
    legal: LegalClock | None = None
    assumed: bool = False  # the start is not known: counted from filing at the latest

    @property
    def at_once(self) -> bool:
        return self.legal is not None and self.legal.hours == 0

    def is_over(self, now: datetime) -> bool:
        """Missed and still not met."""
        return self.met_at is None and now >= self.due

    def fraction(self, now: datetime) -> float:
        """How much of its time is gone, without pauses: 0 at the start, 1 when due, more after that."""
        until = min(now, self.met_at) if self.met_at else now
        whole = _active(self.starts, self.due, self.pauses)
        return _active(self.starts, until, self.pauses) / whole if whole else 1.0

    def at(self, share: float) -> datetime:
        """When that much of its time is gone."""
        return _after(self.starts, _active(self.starts, self.due, self.pauses) * share, self.pauses)


SHARES: Final = (0.5, 0.8, 1.0)  # where the state of a deadline changes

# What the reporter hears of: each of these is an answer. A claim alone says only that somebody has it.
_TELLS: Final = frozenset(
    {
        EventKind.ASKED,
        EventKind.RELAYED,
        EventKind.STARTED,
        EventKind.RESOLVED,
        EventKind.CLOSED,
        EventKind.REJECTED,
        EventKind.MERGED,
        EventKind.REFERRED,
        EventKind.ACCEPTED,
        EventKind.REOPENED,
    }
)
_ENDS: Final = frozenset({EventKind.CLOSED, EventKind.REJECTED, EventKind.MERGED, EventKind.WITHDRAWN})
_DONE: Final = _ENDS | {EventKind.RESOLVED, EventKind.ACCEPTED}
# Which events meet which clock. A referral that is only offered has not resolved anything (`_meets`).
MEETS: Final[Mapping[Clock, frozenset[EventKind]]] = {
    Clock.CLAIM: _TELLS | _DONE | {EventKind.CLAIMED, EventKind.HANDED},
    Clock.ANSWER: _TELLS | _DONE,
    Clock.UPDATE: _TELLS | _DONE,
    Clock.RESOLVE: _DONE | {EventKind.REFERRED},
}
# Which events start a clock again that was met. *Nobody has it any more* is not a kind: see `_orphaned`.
_BACK: Final = frozenset({EventKind.REOPENED, EventKind.OBJECTED, EventKind.SPLIT, EventKind.RETURNED})
STARTS_AGAIN: Final[Mapping[Clock, frozenset[EventKind]]] = {
    Clock.CLAIM: frozenset({EventKind.RELEASED}),
    Clock.ANSWER: frozenset({EventKind.OBJECTED}),
    Clock.RESOLVE: _BACK,
}
# Taking an incident and a first answer need nobody else: they never wait for anybody.
RESTING: Final = frozenset({Clock.UPDATE, Clock.RESOLVE})
TO_REPORTER: Final = frozenset({Clock.ANSWER, Clock.UPDATE})
_MOVED: Final = frozenset(rule.event for rule in MOVES.values()) | {EventKind.RELEASED, EventKind.SPLIT}
# A pause that somebody asked for is over with the next move.
ENDS_PAUSE: Final = _MOVED | {EventKind.RESUMED}
# Every event that says anything about a deadline.
READ: Final = (
    frozenset().union(*MEETS.values(), *STARTS_AGAIN.values())
    | ENDS_PAUSE
    | {EventKind.FILED, EventKind.SUPPLEMENTED, EventKind.PROPOSED, EventKind.RATED}
    | {EventKind.PAUSED, EventKind.DECLARED}
)


def deadlines(case: Case, events: Sequence[Moment], policy: Policy, now: datetime) -> tuple[Deadline, ...]:
    """The latest round of every clock that has started: those of the team first, then what the owner owes by law."""
    told = sorted((event for event in events if event.at <= now), key=lambda event: event.at)
    times = levels.times_on(policy.levels, case.severity, case.filed_at.astimezone(HANOI).date())
    rests = tuple(pauses(told, policy))
    kept = [clock for clock in Clock if case.awaited or clock not in TO_REPORTER]
    team = (_team_deadline(clock, case, told, times, rests, now) for clock in kept)
    return (*(one for one in team if one is not None), *_legal_deadlines(case, told, policy))


def next_change(deadlines: Iterable[Deadline], now: datetime) -> datetime | None:
    """When something about these deadlines changes without anybody doing anything; None where nothing will."""
    ahead = (moment for one in deadlines if one.met_at is None for moment in _turns(one) if moment > now)
    return min(ahead, default=None)


def nearest(deadlines: Iterable[Deadline]) -> Deadline | None:
    """The open deadline that comes first."""
    return min((one for one in deadlines if one.met_at is None), key=lambda one: one.due, default=None)


def start_of_legal(case: Case) -> datetime:
    """T0: detection; where nobody knows it or it lies ahead, filing is the latest that it can be."""
    return min(case.detected_at or case.filed_at, case.filed_at)


def pauses(events: Iterable[Moment], policy: Policy) -> Iterator[Span]:
    """Every time in which the clocks of the team rest, in order, none overlapping another.

    Asked for: `PAUSED` until what it says. By themselves: while the reporter is asked, or another body. Each ends with
    the next move of the incident, with `RESUMED`, and at the latest after the longest time that the policy allows.
    """
    longest = {
        PauseReason.REPORTER: timedelta(hours=policy.pauses.reporter_hours),
        PauseReason.THIRD_PARTY: timedelta(hours=policy.pauses.third_party_hours),
    }
    running: Span | None = None
    for event in events:
        begins = _begins(event, longest)
        if running is not None and (begins or event.kind in ENDS_PAUSE):
            yield from _cut(running, event.at)
            running = None
        running = begins or running
    if running is not None:
        yield running


def _begins(event: Moment, longest: Mapping[PauseReason, timedelta]) -> Span | None:
    said = event.payload or {}
    if event.kind is EventKind.PAUSED:
        reason = PauseReason(said.get("reason", PauseReason.REPORTER))
        last = event.at + longest[reason]
        until = datetime.fromisoformat(said["until"]) if said.get("until") else last
        return Span(event.at, min(max(until, event.at), last), reason)
    if event.kind is EventKind.ASKED:
        return Span(event.at, event.at + longest[PauseReason.REPORTER], PauseReason.REPORTER)
    if event.kind is EventKind.REFERRED and _offered(event):
        return Span(event.at, event.at + longest[PauseReason.THIRD_PARTY], PauseReason.THIRD_PARTY)
    return None


def _cut(span: Span, at: datetime) -> Iterator[Span]:
    if span.starts < at:
        yield Span(span.starts, min(span.ends, at), span.reason)


def _team_deadline(
    clock: Clock, case: Case, events: Sequence[Moment], times: Times, rests: tuple[Span, ...], now: datetime
) -> Deadline | None:
    current = _repeated(case, events) if clock is Clock.UPDATE else _once(clock, case, events)
    if current is None:
        return None
    number, starts, met_at = current
    mine = tuple(span for span in rests if span.ends > starts) if clock in RESTING else ()
    length: timedelta = getattr(times, clock)
    due = _after(starts, length, mine)
    paused = met_at is None and now < due and any(span.starts <= now < span.ends for span in mine)
    return Deadline(clock, starts, due, met_at, paused, number, mine)


_Round = tuple[int, datetime, datetime | None]


def _once(clock: Clock, case: Case, events: Sequence[Moment]) -> _Round:
    """The last round of a clock that runs from filing, and again after something undid what had met it."""
    number, starts, met_at = 1, case.filed_at, None
    for event in events:
        if met_at is None and _meets(clock, event, case):
            met_at = event.at
        elif met_at is not None and (event.kind in STARTS_AGAIN[clock] or (clock is Clock.CLAIM and _orphaned(event))):
            number, starts, met_at = number + 1, event.at, None
    return number, starts, met_at


def _repeated(case: Case, events: Sequence[Moment]) -> _Round | None:
    """The clock of updates: each word to the reporter meets the round that runs and begins the next."""
    current: _Round | None = None
    number = 0
    for event in events:
        if not _meets(Clock.UPDATE, event, case):
            continue
        if _is_done(event):
            current = (*current[:2], event.at) if current and current[2] is None else current
        else:
            number += 1
            current = (number, event.at, None)
    return current


def _meets(clock: Clock, event: Moment, case: Case) -> bool:
    if event.kind not in MEETS[clock]:
        return False
    if event.kind is EventKind.STARTED:  # also what the log says when the reporter answers
        return event.actor is not None and event.actor != case.reporter
    return not (clock is Clock.RESOLVE and _offered(event))


def _is_done(event: Moment) -> bool:
    return event.kind in _DONE or (event.kind is EventKind.REFERRED and not _offered(event))


def _offered(event: Moment) -> bool:
    """Referred to a body that has not answered yet."""
    return event.kind is EventKind.REFERRED and (event.payload or {}).get("after") == Status.REFERRING


def _orphaned(event: Moment) -> bool:
    """After this nobody has it."""
    return event.kind in _MOVED and (event.payload or {}).get("after") == Status.NEW


def _legal_deadlines(case: Case, events: Sequence[Moment], policy: Policy) -> Iterator[Deadline]:
    """They never rest, and only the word of the owner ends them. Which rows hold is decided by the day of detection."""
    starts = start_of_legal(case)
    assumed = case.detected_at is None
    for row in policy.legal_clocks_on(starts.astimezone(HANOI).date()):
        if row.runs_for(case.source, case.severity, case.flags):
            due = starts + timedelta(hours=row.hours)
            yield Deadline(row.key, starts, due, _declared(row.key, events), legal=row, assumed=assumed)


def _declared(key: str, events: Iterable[Moment]) -> datetime | None:
    said = (event for event in events if event.kind is EventKind.DECLARED)
    return next((event.at for event in said if (event.payload or {}).get("clock") == key), None)


def _turns(one: Deadline) -> Iterator[datetime]:
    yield from (one.at(share) for share in SHARES)
    yield from (span.ends for span in one.pauses if span.starts < one.due)


def _after(starts: datetime, length: timedelta, rests: Iterable[Span]) -> datetime:
    """When so much time has gone since `starts` that was no rest."""
    now, left = starts, length
    for span in rests:
        if span.ends <= now:
            continue
        running = max(span.starts - now, timedelta())
        if running >= left:
            break
        now, left = max(span.ends, now), left - running
    return now + left


def _active(starts: datetime, ends: datetime, rests: Iterable[Span]) -> timedelta:
    """How much of the time between two moments was no rest."""
    rested = (min(span.ends, ends) - max(span.starts, starts) for span in rests)
    whole = max(ends - starts, timedelta())
    return whole - sum((max(one, timedelta()) for one in rested), timedelta())
