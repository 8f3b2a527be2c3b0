"""How agencies stand with what they owe: sums that text, picture, workbook and lists all take from here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple, TypeVar

from bot.domain.agencies import Kind
from bot.domain.obligations import Rule, Standing, State, Subject, standing, unclear

# What a cell of many obligations shows: the first of these that is among them.
URGENCY: Final = (
    Standing.OVERDUE,
    Standing.UNKNOWN,
    Standing.SOON,
    Standing.WAITING,
    Standing.DONE,
    Standing.WAIVED,
)


class Reach(StrEnum):
    """Whether somebody at an agency reads what the bot writes."""

    REACHED = "reached"
    RED = "red"  # there are contacts, and none of them can be reached
    NOBODY = "nobody"  # nobody is confirmed


class Counted(NamedTuple):
    """So many obligations of one agency that stand alike. `level`: of their systems; None: not determined.

    A tuple, for there are tens of thousands of them.
    """

    agency: str
    kind: Kind
    rule: str
    standing: Standing
    of_system: bool = False
    level: int | None = None
    n: int = 1
    oldest: date | None = None  # the earliest of their due days


@dataclass(frozen=True)
class Tally:
    """How many stand how, and the earliest day on which an overdue one was due."""

    counts: Mapping[Standing, int] = field(default_factory=dict)
    oldest: date | None = None

    def of(self, *standings: Standing) -> int:
        return sum(self.counts.get(one, 0) for one in standings)

    @property
    def on_time(self) -> int:
        """Done, or not yet due."""
        return self.of(Standing.DONE, Standing.SOON)

    @property
    def overdue(self) -> int:
        return self.of(Standing.OVERDUE)

    @property
    def total(self) -> int:
        return self.of(*URGENCY)

    @property
    def judged(self) -> int:
        """What can be on time at all: neither what was waived nor what nobody can say."""
        return self.on_time + self.of(Standing.OVERDUE, Standing.WAITING)

    @property
    def share(self) -> int | None:
        """Per cent that are on time, rounded down: a hundred means all. None where nothing can be judged."""
        return self.on_time * 100 // self.judged if self.judged else None

    @property
    def worst(self) -> Standing:
        return next((one for one in URGENCY if self.counts.get(one)), Standing.NONE)


def tally(rows: Iterable[Counted]) -> Tally:
    """The one place where obligations are counted."""
    counts: dict[Standing, int] = {}
    overdue = []
    for row in rows:
        counts[row.standing] = counts.get(row.standing, 0) + row.n
        if row.standing is Standing.OVERDUE and row.oldest is not None:
            overdue.append(row.oldest)
    return Tally({one: counts[one] for one in URGENCY if counts.get(one)}, min(overdue, default=None))


_K = TypeVar("_K")


def tallies(rows: Iterable[Counted], key: Callable[[Counted], _K]) -> dict[_K, Tally]:
    """A tally for each value of `key` that occurs, in the order in which they come."""
    groups: dict[_K, list[Counted]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return {value: tally(group) for value, group in groups.items()}


def counts(state: State, done_on: date | None) -> bool:
    """Whether an obligation is counted. One that waits for an event that never came is neither late nor on time."""
    return state is not State.ENDED and not (state is State.MET and done_on is None)


def counted(state: State, due_on: date | None, done_on: date | None, today: date) -> Standing:
    """How an obligation is counted; NONE where it is not."""
    return standing(state, due_on, today) if counts(state, done_on) else Standing.NONE


def unknowns(rules: Sequence[Rule], agency: str, kind: Kind, systems: int) -> list[Counted]:
    """What so many systems of undetermined level may owe: nobody can say, so it is shown and never judged."""
    subject = Subject(is_system=True, kind=kind)
    return [
        Counted(agency, kind, rule.key, Standing.UNKNOWN, of_system=True, n=systems)
        for rule in rules
        if systems and unclear(rule, subject)
    ]


def reach(contacts: int, red: int) -> Reach:
    """From how many contacts are confirmed, and how many of them are out of reach."""
    if contacts == 0:
        return Reach.NOBODY
    return Reach.RED if red >= contacts else Reach.REACHED
