"""What one agency owes, side by side: its systems down, its obligations across, and what hangs on the agency itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from bot.domain import obligations as domain
from bot.domain.obligations import Anchor, Rule, Scope, Standing, State, Subject
from bot.domain.reminding import Audience
from bot.services.desk import Desk
from bot.services.obligation import laying
from bot.services.register.gate import today
from bot.services.register.squares import WORST
from storage import obligations, posts, systems
from storage.agencies import Agency
from storage.obligations import Obligation
from storage.systems import System

# Rows stand the worst first, and a row is as bad as its worst cell.
PRESSING = (Standing.OVERDUE, Standing.SOON)


@dataclass(frozen=True)
class Cell:
    """One obligation of one subject as it stands today; `one` None: there is none, or nobody can say."""

    standing: Standing
    one: Obligation | None = None


@dataclass(frozen=True)
class Row:
    """A system with a cell for each column of the board."""

    system: System
    cells: tuple[Cell, ...]

    @property
    def gravity(self) -> tuple[int, int]:
        worst = min((WORST.index(cell.standing) for cell in self.cells), default=len(WORST))
        return worst, -sum(cell.standing is WORST[worst] for cell in self.cells) if self.cells else 0


@dataclass(frozen=True)
class Group:
    """Obligations of one rule that somebody has to do something about, the most urgent first."""

    rule: Rule
    owed: tuple[Obligation, ...]

    def overdue(self, day: date) -> int:
        return sum(one.due_on is not None and one.due_on < day for one in self.owed)


@dataclass(frozen=True)
class Board:
    """All of one agency, the worst row first. `columns` are the rules of systems that say anything here."""

    agency: Agency
    day: date
    columns: tuple[Rule, ...]
    rows: tuple[Row, ...]
    own: tuple[tuple[Rule, Cell], ...]
    systems: Mapping[str, System]  # by id
    staffed: Collection[Audience]  # posts that somebody holds who can be written to

    @property
    def cells(self) -> tuple[Cell, ...]:
        return (*(cell for row in self.rows for cell in row.cells), *(cell for _, cell in self.own))

    def count(self) -> Counter[Standing]:
        return Counter(cell.standing for cell in self.cells)

    def groups(self, spoken_of: Collection[str] | None = None) -> tuple[Group, ...]:
        """What is due soon or overdue, by rule, the worst rule first; `spoken_of`: of these obligations alone."""
        pressing: dict[str, list[Obligation]] = {}
        for cell in self.cells:
            one = cell.one
            if one is not None and cell.standing in PRESSING and (spoken_of is None or one.id in spoken_of):
                pressing.setdefault(one.rule, []).append(one)
        rules = {rule.key: rule for rule in (*self.columns, *(rule for rule, _ in self.own))}
        found = [Group(rules[key], tuple(sorted(owed, key=_urgency))) for key, owed in pressing.items()]
        return tuple(sorted(found, key=lambda group: (-group.overdue(self.day), *_urgency(group.owed[0]))))


def _urgency(one: Obligation) -> tuple[date, str]:
    return one.due_on or date.max, one.id


async def board(desk: Desk, agency: Agency) -> Board:
    """The board of an agency as of today."""
    day, rules = today(desk), laying.rules(desk)
    owned = [one for one in await systems.of_agency(desk.tx, agency.id) if one.exists(day)]
    owed = {(one.subject, one.rule): one for one in await obligations.of_agency(desk.tx, agency.id)}
    across = {
        rule: [_cell(rule, laying.subject_of(agency, one), owed.get((one.id, rule.key)), day) for one in owned]
        for rule in rules
        if rule.scope is Scope.SYSTEMS
    }
    columns = {rule: cells for rule, cells in across.items() if any(map(_says, cells))}
    rows = [Row(one, tuple(cells[place] for cells in columns.values())) for place, one in enumerate(owned)]
    own = [
        (rule, _cell(rule, laying.subject_of(agency), owed.get((agency.id, rule.key)), day))
        for rule in rules
        if rule.scope is Scope.AGENCIES
    ]
    return Board(
        agency,
        day,
        tuple(columns),
        tuple(sorted(rows, key=lambda row: (row.gravity, row.system.name, row.system.id))),
        tuple((rule, cell) for rule, cell in own if _says(cell)),
        {one.id: one for one in owned},
        [Audience(post) for post in (await posts.reachable(desk.tx, [agency.id])).get(agency.id, {})],
    )


def _cell(rule: Rule, subject: Subject, one: Obligation | None, day: date) -> Cell:
    if one is None:
        return Cell(Standing.UNKNOWN if domain.unclear(rule, subject) else Standing.NONE)
    if rule.anchor is Anchor.EVENT and one.state is State.MET and one.done_on is None:
        return Cell(Standing.NONE)  # what is owed only after an event says nothing until there was one
    return Cell(standing(one, day), one)


def standing(one: Obligation, day: date) -> Standing:
    """How it is shown. What somebody was told of is coming, even where a weekend brought the first rung forward."""
    shown = domain.standing(one.state, one.due_on, day)
    return Standing.SOON if shown is Standing.DONE and one.state is State.OPEN and one.told is not None else shown


def _says(cell: Cell) -> bool:
    """Whether a cell is worth a column."""
    return cell.standing is not Standing.NONE


def presses(one: Obligation, day: date) -> bool:
    """Whether it is due soon, or overdue."""
    return standing(one, day) in PRESSING


def waits(one: Obligation, day: date) -> bool:
    """Whether somebody was told and has neither seen it nor put it off."""
    quiet = one.quiet_until is not None and day < one.quiet_until
    return one.state is State.OPEN and one.told is not None and one.received_at is None and not quiet
