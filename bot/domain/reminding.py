"""When who is reminded of what is owed: a ladder of mornings before and after the due day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from itertools import count
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from bot.domain.moments import HANOI
from bot.domain.obligations import DAY, Rule
from bot.domain.policy_rows import Table
from bot.domain.rota import ClockTime, Holiday, holiday

_WORKDAYS = (1, 2, 3, 4, 5)


class Reminders(Table):
    """When who is reminded. Mornings of working days alone; what falls on another day comes on the nearest morning:
    before the due day earlier, after it later."""

    at: ClockTime = time(8, 0)
    until: ClockTime = time(17, 0)  # what comes up later waits for the next morning
    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = _WORKDAYS  # 1 is Monday
    before: tuple[Annotated[int, Field(ge=1, le=365)], ...] = (30, 14, 7, 1)  # days
    again_days: int = Field(default=7, ge=1, le=90)  # overdue: every so often
    deputy_days: int = Field(default=7, ge=1, le=365)
    head_days: int = Field(default=14, ge=1, le=365)
    department_days: int = Field(default=30, ge=1, le=365)
    snooze_days: int = Field(default=7, ge=1, le=31)  # at most
    snoozes: int = Field(default=2, ge=0, le=10)  # in one round
    silent_days: int = Field(default=60, ge=7, le=365)  # an officer who pressed nothing for so long is out of reach
    affirm_months: int = Field(default=3, ge=1, le=24)  # how often officers say that they are still in charge

    @model_validator(mode="after")
    def _has_a_morning(self) -> Reminders:
        if not self.weekdays:
            raise PydanticCustomError("weekdays", "at least one of 1 to 7")
        if self.until <= self.at:
            raise PydanticCustomError("until", "later than at")
        return self


class Audience(StrEnum):
    """Who hears of a rung, from the officer upwards."""

    OFFICER = "officer"
    DEPUTY = "deputy"
    HEAD = "head"
    DEPARTMENT = "department"


@dataclass(frozen=True)
class Rung:
    """One step of the ladder: days from the due day (negative: before it), and who hears of it."""

    offset: int
    to: tuple[Audience, ...]


@dataclass(frozen=True)
class Place:
    """How far the ladder of one round was climbed. `told` is the offset of the last rung; None: none yet.

    What was overdue already when it was written down climbs from that day on: nobody's head is told of a duty on the
    day on which its officer hears of it first.
    """

    due_on: date
    opened_on: date
    told: int | None = None


def rungs(reminders: Reminders, rule: Rule, after: int | None = None) -> Iterator[Rung]:
    """The ladder without end, in order, from above the offset `after` (None: from its foot)."""
    before = reminders.before if rule.before is None else rule.before
    for days in sorted(set(before), reverse=True):
        if after is None or -days > after:
            yield Rung(-days, (Audience.OFFICER,))
    climbs = _climbs(reminders)
    for offset in count(0 if after is None or after < 0 else after + 1):
        officer = (Audience.OFFICER,) if offset % reminders.again_days == 0 else ()
        to = (*officer, *(who for days, who in climbs if days == offset))
        if to:
            yield Rung(offset, to)


def moment_of(reminders: Reminders, rung: Rung, place: Place, holidays: Sequence[Holiday]) -> datetime:
    """When a rung is told: a morning in Ha Noi, in UTC."""
    if rung.offset > 0 or place.due_on < place.opened_on:
        base = max(place.due_on, place.opened_on)
        return morning(reminders, base + max(rung.offset, 0) * DAY, holidays)
    earlier = morning(reminders, place.due_on + rung.offset * DAY, holidays, earlier=True)
    return max(earlier, morning(reminders, place.opened_on, holidays)) if rung.offset == 0 else earlier


def morning(reminders: Reminders, day: date, holidays: Sequence[Holiday], *, earlier: bool = False) -> datetime:
    """The morning of a working day: that day, or the nearest one after it (before it where `earlier`), in UTC."""
    while day.isoweekday() not in reminders.weekdays or holiday(holidays, day) is not None:
        day += -DAY if earlier else DAY
    return datetime.combine(day, reminders.at, HANOI).astimezone(UTC)


def is_time(reminders: Reminders, now: datetime, holidays: Sequence[Holiday]) -> bool:
    """Whether people may be reminded now: on a working day, between its morning and its end."""
    here = now.astimezone(HANOI)
    if not reminders.at <= here.time() < reminders.until:
        return False
    return here.isoweekday() in reminders.weekdays and holiday(holidays, here.date()) is None


def heard_by(to: Sequence[Audience], posts: Mapping[Audience, Sequence[str]], nobody: str) -> tuple[str, ...]:
    """Who hears of a rung. A post that nobody holds is passed over upwards at once; above all posts stands `nobody`."""
    heard: list[str] = []
    order = tuple(Audience)
    for who in to:
        above = (posts.get(one, ()) for one in order[order.index(who) :])
        heard += next((held for held in above if held), (nobody,))
    return tuple(dict.fromkeys(heard))


def stands_in(who: Audience, staffed: Collection[Audience]) -> Audience:
    """Who hears in place of a post that nobody holds: the next one up, above all the department."""
    order = tuple(Audience)
    return next((one for one in order[order.index(who) :] if one in staffed), Audience.DEPARTMENT)


def reached(
    reminders: Reminders, rule: Rule, place: Place, now: datetime, holidays: Sequence[Holiday] = ()
) -> Rung | None:
    """The latest rung whose time has come and that was not told; those that were missed before it are not made up.

    Whoever a missed rung would have told hears of this one: a deputy is not left out because the machine stood still.
    """
    passed = []
    for rung in _ahead(reminders, rule, place):
        if moment_of(reminders, rung, place, holidays) > now:
            break
        passed.append(rung)
    if not passed:
        return None
    missed = [who for rung in passed for who in rung.to]
    return Rung(passed[-1].offset, tuple(who for who in Audience if who in missed))


def look_at(reminders: Reminders, rule: Rule, place: Place, holidays: Sequence[Holiday] = ()) -> datetime:
    """When the next rung is told."""
    return moment_of(reminders, next(_ahead(reminders, rule, place)), place, holidays)


def next_to(reminders: Reminders, rule: Rule, place: Place, offset: int) -> tuple[Audience, date] | None:
    """Who above the officer hears of it next after a rung, and from which day on; None where all have heard."""
    base = max(place.due_on, place.opened_on)
    later = [(days, who) for days, who in _climbs(reminders) if days > offset]
    return (min(later)[1], base + min(later)[0] * DAY) if later else None


def _climbs(reminders: Reminders) -> tuple[tuple[int, Audience], ...]:
    return (
        (reminders.deputy_days, Audience.DEPUTY),
        (reminders.head_days, Audience.HEAD),
        (reminders.department_days, Audience.DEPARTMENT),
    )


def _ahead(reminders: Reminders, rule: Rule, place: Place) -> Iterator[Rung]:
    """The rungs that were not told yet. What was due before it was written down begins with the due day's."""
    overdue = -1 if place.due_on < place.opened_on else None
    return rungs(reminders, rule, overdue if place.told is None else place.told)
