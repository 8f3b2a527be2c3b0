"""Duties that come round as data: what is owed by whom, and when it falls due.

Everything here is pure. Days are civil days in Ha Noi; "06 tháng" are calendar months, never 180 days.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from bot.domain.agencies import LEVELS, Kind
from bot.domain.policy_rows import Dated, Key, ShortKey, Table, Words

DAY = timedelta(days=1)
SOON = 30  # days: from here on something that is due is shown as coming


class Scope(StrEnum):
    """What an obligation is counted by: each system, or each agency."""

    SYSTEMS = "systems"
    AGENCIES = "agencies"


class Anchor(StrEnum):
    """From where its time is counted."""

    LAST = "last"  # so many months after it was done last
    YEARLY = "yearly"  # on a day of every year
    ONCE = "once"  # it must be there from a day on
    EVENT = "event"  # so many days after something happened


class Trigger(StrEnum):
    """What makes an obligation of the anchor EVENT due."""

    HOLE_FOUND = "hole_found"  # a scan found a hole through which one can get in (directive 18, letter 3446 item 1.5)
    SYSTEM_CHANGED = "system_changed"  # a new version, a new vendor


class Evidence(StrEnum):
    """What shows that it was done. Each kind is a form; one form can answer several obligations at once."""

    SCAN = "scan"
    PLAN = "plan"
    DRILL = "drill"
    HUNT = "hunt"
    FIX = "fix"
    LEVEL = "level"
    REPORT = "report"
    TRAINING = "training"
    CONTACTS = "contacts"


SELF_EVIDENT: Final = frozenset({Evidence.CONTACTS})  # whoever says so has done it: nobody has to judge it


class State(StrEnum):
    """Where one obligation of one system or agency stands."""

    OPEN = "open"
    SUBMITTED = "submitted"  # evidence, or a request to be left out, waits for a reviewer: nobody is reminded
    WAIVED = "waived"  # a reviewer agreed that it does not apply
    MET = "met"  # nothing is owed until something happens
    ENDED = "ended"  # the rule, the system or the agency is gone


class Standing(StrEnum):
    """What a cell of the grid shows."""

    NONE = "none"  # does not apply
    DONE = "done"
    SOON = "soon"
    OVERDUE = "overdue"
    WAITING = "waiting"  # for a reviewer
    WAIVED = "waived"
    UNKNOWN = "unknown"  # nobody has determined the level, so nobody can say


def _month_day(text: str) -> str:
    try:
        date.fromisoformat(f"2023-{text}")  # not a leap year: 29 February is no day of every year
    except ValueError:
        raise PydanticCustomError("month_day", "MM-DD, a day that every year has") from None
    return text


MonthDay = Annotated[str, AfterValidator(_month_day)]
Level = Annotated[int, Field(ge=LEVELS[0], le=LEVELS[-1])]


class Stricter(Table):
    """What other sources ask of systems of some levels; the shortest period counts."""

    levels: tuple[Level, ...] = Field(min_length=1)
    months: int = Field(ge=1, le=120)
    law: Key | None = None
    article: Words | None = None


class Rule(Dated):
    """One obligation. Its key is stored with what hangs on it and never changes its meaning."""

    key: ShortKey
    name: Words
    why: Words | None = None  # what is asked, as a phrase: "tối thiểu 01 lần/06 tháng"
    evidence: Evidence
    scope: Scope = Scope.SYSTEMS
    kinds: tuple[Kind, ...] = ()  # of agencies; none named: all but providers and the team
    min_level: Level | None = None
    level_unknown: bool = False  # owed exactly while nobody has determined the level
    anchor: Anchor = Anchor.LAST
    months: int | None = Field(default=None, ge=1, le=120)
    day: MonthDay | None = None
    by: date | None = None
    trigger: Trigger | None = None
    days: int | None = Field(default=None, ge=0, le=365)
    first_days: int = Field(default=0, ge=0, le=365)  # LAST: until the first one, where none is on record
    first_day: MonthDay | None = None  # LAST: or until this day of the year
    before: tuple[Annotated[int, Field(ge=1, le=365)], ...] | None = None  # days; None: as [reminders] says
    stricter: tuple[Stricter, ...] = ()
    law: Key | None = None
    article: Words | None = None

    @model_validator(mode="after")
    def _has_what_its_anchor_needs(self) -> Rule:
        needed = _NEEDS[self.anchor]
        for name in ("months", "day", "by", "trigger", "days"):
            if (getattr(self, name) is not None) != (name in needed):
                raise PydanticCustomError("anchor", "{needed}", {"needed": f"{self.anchor}: {', '.join(needed)}"})
        if self.scope is Scope.AGENCIES and (self.min_level or self.level_unknown or self.stricter):
            raise PydanticCustomError("scope", "levels belong to systems")
        return self

    def shortest(self, level: int | None) -> int:
        """Months until it is due again, of all sources the strictest."""
        assert self.months is not None
        return min([self.months, *(row.months for row in self.stricter if level in row.levels)])

    def source(self, level: int | None) -> tuple[str | None, Words | None]:
        """The legal basis of the period that counts: key of a law, and article."""
        for row in self.stricter:
            if level in row.levels and row.months == self.shortest(level) != self.months:
                return row.law, row.article
        return self.law, self.article


_NEEDS: dict[Anchor, tuple[str, ...]] = {
    Anchor.LAST: ("months",),
    Anchor.YEARLY: ("day",),
    Anchor.ONCE: ("by",),
    Anchor.EVENT: ("trigger", "days"),
}


# Who owes what --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Subject:
    """A system (`level` counts) or an agency. `since`: the day from which it exists, where that is known."""

    is_system: bool
    kind: Kind  # of the agency that owns it, or that it is
    level: int | None = None
    since: date | None = None


def applies(rule: Rule, subject: Subject) -> bool:
    """Whether a rule is about this subject. Where the level decides and is unknown, it is not: `unclear` says so."""
    if subject.is_system is not (rule.scope is Scope.SYSTEMS) or not _of_its_kind(rule, subject):
        return False
    if rule.level_unknown:
        return subject.level is None
    return rule.min_level is None or (subject.level is not None and subject.level >= rule.min_level)


def unclear(rule: Rule, subject: Subject) -> bool:
    """Nobody has determined the level, and the rule goes by it."""
    level_decides = rule.min_level is not None and rule.scope is Scope.SYSTEMS
    return level_decides and subject.is_system and subject.level is None and _of_its_kind(rule, subject)


def _of_its_kind(rule: Rule, subject: Subject) -> bool:
    if rule.kinds:
        return subject.kind in rule.kinds
    return subject.kind not in (Kind.PROVIDER, Kind.TEAM)


def add_months(day: date, months: int) -> date:
    """So many calendar months later: 31/08 and six months is the last day of February."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def first_due(rule: Rule, subject: Subject, today: date) -> date | None:
    """The last day for what was never done; None where something must happen first."""
    match rule.anchor:
        case Anchor.ONCE:
            assert rule.by is not None
            return max(rule.by, subject.since or rule.by)
        case Anchor.YEARLY:
            assert rule.day is not None
            return _next_day_of_year(rule.day, today)
        case Anchor.EVENT:
            return None
        case Anchor.LAST:
            return _next_day_of_year(rule.first_day, today) if rule.first_day else today + rule.first_days * DAY


def next_due(rule: Rule, subject: Subject, due_on: date | None, done_on: date) -> date | None:
    """The last day for the next time; None where nothing is owed any more until something happens."""
    match rule.anchor:
        case Anchor.LAST:
            return add_months(done_on, rule.shortest(subject.level))
        case Anchor.YEARLY:
            assert rule.day is not None
            return _next_day_of_year(rule.day, (due_on or done_on) + DAY)
        case Anchor.ONCE | Anchor.EVENT:
            return None


def triggered_due(rule: Rule, happened_on: date) -> date:
    """The last day for what a trigger set off."""
    assert rule.days is not None
    return happened_on + rule.days * DAY


def _next_day_of_year(day: str, since: date) -> date:
    this_year = date.fromisoformat(f"{since.year:04d}-{day}")
    return this_year if this_year >= since else date.fromisoformat(f"{since.year + 1:04d}-{day}")


def standing(state: State, due_on: date | None, today: date) -> Standing:
    """What is shown of an obligation that applies."""
    fixed = _FIXED.get(state)
    if fixed is not None:
        return fixed
    if due_on is None or due_on > today + SOON * DAY:
        return Standing.DONE
    return Standing.OVERDUE if due_on < today else Standing.SOON


_FIXED = {
    State.SUBMITTED: Standing.WAITING,
    State.WAIVED: Standing.WAIVED,
    State.MET: Standing.DONE,
    State.ENDED: Standing.NONE,
}


def rules_on(rules: Iterable[Rule], day: date) -> tuple[Rule, ...]:
    """What is owed by the rules of that day, in the order of the policy."""
    return tuple(rule for rule in rules if rule.holds(day))
