"""The duty rota as pure time: when shifts change, holidays, whole weeks, and what the clock must say about a shift."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from bot.domain.moments import HANOI
from bot.domain.policy_rows import Table, Words

WEEK = timedelta(days=7)
LONGEST = timedelta(days=1)  # of a shift: there is a change-over every day


def _on_the_minute(moment: time) -> time:
    if moment.tzinfo is not None or moment.second or moment.microsecond:
        raise PydanticCustomError("changeovers", "a whole minute on the clock of Ha Noi")
    return moment


ClockTime = Annotated[time, AfterValidator(_on_the_minute)]


class Rota(Table):
    """When one shift ends and the next begins, and how long the bot waits before it tells somebody else."""

    changeovers: tuple[ClockTime, ...] = (time(7, 30), time(19, 30))
    acknowledge_minutes: int = Field(default=15, ge=1, le=120)  # for each person who is asked to come on duty
    announce_hours: int = Field(default=24, ge=2, le=168)  # how long before its start an empty shift is announced
    remind_hours: int = Field(default=2, ge=1, le=24)  # and when it is announced again

    @model_validator(mode="after")
    def _rises(self) -> Rota:
        if not 1 <= len(self.changeovers) <= 4:
            raise PydanticCustomError("changeovers", "one to four a day")
        if any(later <= earlier for earlier, later in zip(self.changeovers, self.changeovers[1:], strict=False)):
            raise PydanticCustomError("changeovers", "each later than the one before")
        if self.remind_hours >= self.announce_hours:
            raise PydanticCustomError("remind_hours", "less than announce_hours")
        return self


class Holiday(Table):
    """Days off by one name: from `from` until the day before `until`; without `until` it is that one day."""

    since: date = Field(alias="from")
    until: date | None = None
    name: Words

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> Holiday:
        if self.until and self.until <= self.since:
            raise PydanticCustomError("until_before_from", "until must come after from")
        return self

    def holds(self, day: date) -> bool:
        return self.since <= day < (self.until or self.since + timedelta(days=1))


@dataclass(frozen=True, order=True)
class Slot:
    """A stretch of duty, in UTC: `ends` is the first moment after it."""

    starts: datetime
    ends: datetime

    @property
    def day(self) -> date:
        """The day in Ha Noi on which it begins, under which a week shows it."""
        return self.starts.astimezone(HANOI).date()

    def covers(self, moment: datetime) -> bool:
        return self.starts <= moment < self.ends

    def overlaps(self, other: Slot) -> bool:
        return self.starts < other.ends and other.starts < self.ends


def monday_of(moment: datetime) -> date:
    """The first day of the week in which a moment lies on the clock of Ha Noi."""
    day = moment.astimezone(HANOI).date()
    return day - timedelta(days=day.weekday())


def midnight(day: date) -> datetime:
    """The beginning of a day in Ha Noi, in UTC."""
    return datetime.combine(day, time(), HANOI).astimezone(UTC)


def of_pattern(rota: Rota, since: datetime, until: datetime) -> tuple[Slot, ...]:
    """Every shift that the pattern lets begin in [since, until), in order."""
    first = since.astimezone(HANOI).date()
    days = (until.astimezone(HANOI).date() - first).days + 2  # the last one's end may lie on the day after
    starts = [
        datetime.combine(first + timedelta(days=number), change, HANOI).astimezone(UTC)
        for number in range(days)
        for change in rota.changeovers
    ]
    ends = starts[1:]
    return tuple(Slot(start, end) for start, end in zip(starts, ends, strict=False) if since <= start < until)


def laid(rota: Rota, since: datetime, until: datetime, planned: Iterable[Slot]) -> tuple[Slot, ...]:
    """Every shift that begins in [since, until): the planned ones as they were planned, the pattern around them.

    A pattern that was changed does not move what is planned already: of its shifts there remains what is still free.
    """
    held = sorted(planned)
    free = [piece for slot in of_pattern(rota, since - LONGEST, until) for piece in _remaining(slot, held)]
    return tuple(sorted(slot for slot in (*free, *held) if since <= slot.starts < until))


def _remaining(slot: Slot, held: Sequence[Slot]) -> Iterator[Slot]:
    """What is left of a shift beside those that are planned."""
    start = slot.starts
    for other in held:
        if other.overlaps(slot):
            if start < other.starts:
                yield Slot(start, other.starts)
            start = max(start, other.ends)
    if start < slot.ends:
        yield Slot(start, slot.ends)


def week(rota: Rota, monday: date, planned: Iterable[Slot] = ()) -> tuple[Slot, ...]:
    """The shifts that begin between Monday and Sunday."""
    return laid(rota, midnight(monday), midnight(monday + WEEK), planned)


def holiday(holidays: Sequence[Holiday], day: date) -> Holiday | None:
    """What is celebrated that day; of two rows the later in the policy speaks: it was added to say more."""
    return next((row for row in reversed(holidays) if row.holds(day)), None)


# What the clock says about a shift -----------------------------------------------------------------------------------


class Say(StrEnum):
    """One thing that is due to be said about a shift."""

    EMPTY = "empty"  # nobody has it yet: to all who plan
    EMPTY_NOW = "empty_now"  # it begins, and nobody has it: to deputy and leader at once
    CALL = "call"  # it begins: the person is asked to come on duty
    CLIMB = "climb"  # no answer: to who was on duty before, and to the deputy
    CLIMB_AGAIN = "climb_again"  # still no answer: to the leader


@dataclass(frozen=True)
class Duty:
    """A shift as far as the clock asks after it."""

    slot: Slot
    is_empty: bool
    announced_at: datetime | None = None
    called_at: datetime | None = None
    acknowledged_at: datetime | None = None
    climbed: int = 0  # how many rungs have heard of the missing answer


def due(rota: Rota, duty: Duty, now: datetime) -> Say | None:
    """What must be said now; of several things that were missed the one that still matters.

    Saying is written down (`announced_at`, `called_at`, `climbed`), so nothing is said twice, whoever restarts.
    """
    if now >= duty.slot.ends:
        return None
    return _due_of_empty(rota, duty, now) if duty.is_empty else _due_of_held(rota, duty, now)


def _due_of_empty(rota: Rota, duty: Duty, now: datetime) -> Say | None:
    passed = [moment for moment in _announcements(rota, duty) if moment <= now]
    if not passed or (duty.announced_at is not None and duty.announced_at >= passed[-1]):
        return None
    return Say.EMPTY_NOW if passed[-1] == duty.slot.starts else Say.EMPTY


def _due_of_held(rota: Rota, duty: Duty, now: datetime) -> Say | None:
    if now < duty.slot.starts or duty.acknowledged_at is not None:
        return None
    if duty.called_at is None:
        return Say.CALL
    if duty.climbed >= len(_CLIMBS) or now < _patience_ends(rota, duty, duty.called_at):
        return None
    return _CLIMBS[duty.climbed]


_CLIMBS = (Say.CLIMB, Say.CLIMB_AGAIN)


def look_at(rota: Rota, duty: Duty, now: datetime) -> datetime | None:
    """When something may be due next; None where the clock has nothing more to say about this shift."""
    if now >= duty.slot.ends:
        return None
    if due(rota, duty, now) is not None:
        return now
    if duty.is_empty:
        return next((moment for moment in _announcements(rota, duty) if moment > now), None)
    if duty.acknowledged_at is not None:
        return None
    if duty.called_at is None:
        return duty.slot.starts
    return _patience_ends(rota, duty, duty.called_at) if duty.climbed < len(_CLIMBS) else None


def _announcements(rota: Rota, duty: Duty) -> tuple[datetime, ...]:
    starts = duty.slot.starts
    return (starts - timedelta(hours=rota.announce_hours), starts - timedelta(hours=rota.remind_hours), starts)


def _patience_ends(rota: Rota, duty: Duty, called_at: datetime) -> datetime:
    return called_at + (duty.climbed + 1) * timedelta(minutes=rota.acknowledge_minutes)
