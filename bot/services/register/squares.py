"""How systems stand at a glance: a row of squares for each, one for every kind of thing that is owed of any of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain import obligations as domain
from bot.domain.obligations import Anchor, Evidence, Rule, Scope, Standing, State
from bot.services.desk import Desk
from bot.services.obligation import laying
from bot.services.register.gate import today
from locales import Word
from storage import obligations
from storage.agencies import Agency
from storage.obligations import Obligation
from storage.systems import System

# Of several things that one square stands for, the first of these is shown; whole systems are listed in this order.
WORST = (
    Standing.OVERDUE,
    Standing.SOON,
    Standing.UNKNOWN,
    Standing.WAITING,
    Standing.DONE,
    Standing.WAIVED,
    Standing.NONE,
)
TALLIED = (Standing.OVERDUE, Standing.SOON, Standing.UNKNOWN, Standing.WAITING, Standing.DONE)


@dataclass(frozen=True)
class Cell:
    """One rule for one system. `owed` None: the rule does not apply, or nobody can say."""

    rule: Rule
    standing: Standing
    owed: Obligation | None


@dataclass(frozen=True)
class Board:
    """Systems, the worst first, with their cells; `columns` are the kinds of evidence that any of them owes."""

    systems: tuple[System, ...]
    cells: dict[str, tuple[Cell, ...]]
    columns: tuple[Evidence, ...]

    def squares(self, system: System) -> tuple[Standing, ...]:
        """How a system stands in each column."""
        return tuple(
            worst(cell.standing for cell in self.cells[system.id] if cell.rule.evidence is column)
            for column in self.columns
        )

    def whole(self, system: System) -> Standing:
        """How a system stands all in all."""
        return worst(cell.standing for cell in self.cells[system.id])

    def tally(self) -> dict[Standing, int]:
        """How many systems stand how."""
        stand = [self.whole(system) for system in self.systems]
        return {one: stand.count(one) for one in TALLIED if one in stand}


def worst(standings: Any) -> Standing:
    return min(standings, key=WORST.index, default=Standing.NONE)


async def board(desk: Desk, agency: Agency, systems: Sequence[System]) -> Board:
    """How these systems of one agency stand today."""
    rules = [rule for rule in laying.rules(desk) if rule.scope is Scope.SYSTEMS]
    owed = {(one.system, one.rule): one for one in await obligations.of_agency(desk.tx, agency.id) if one.system}
    cells = {
        system.id: tuple(_cell(desk, agency, system, rule, owed.get((system.id, rule.key))) for rule in rules)
        for system in systems
    }
    shown = {cell.rule.evidence for row in cells.values() for cell in row if cell.standing is not Standing.NONE}
    columns = tuple(dict.fromkeys(rule.evidence for rule in rules if rule.evidence in shown))
    whole = {system.id: worst(cell.standing for cell in cells[system.id]) for system in systems}
    ordered = sorted(systems, key=lambda one: WORST.index(whole[one.id]))  # by name among equals, as they came
    return Board(tuple(ordered), cells, columns)


def _cell(desk: Desk, agency: Agency, system: System, rule: Rule, owed: Obligation | None) -> Cell:
    if domain.unclear(rule, laying.subject_of(agency, system)):
        return Cell(rule, Standing.UNKNOWN, None)
    if owed is None or (rule.anchor is Anchor.EVENT and owed.state is State.MET and owed.done_on is None):
        return Cell(rule, Standing.NONE, None)  # what is owed after an event alone, and none has happened
    return Cell(rule, domain.standing(owed.state, owed.due_on, today(desk)), owed)


# Words ----------------------------------------------------------------------------------------------------------------


def glyph(desk: Desk, standing: Standing) -> str:
    return desk.house.texts.plain("vi", f"standing.sign.{standing}", {})


def row(desk: Desk, one: Board, system: System) -> str:
    """The squares of a system, without gaps."""
    return "".join(glyph(desk, standing) for standing in one.squares(system))


def heading(one: Board) -> Any:
    """What the squares stand for, in their order; None where there are none."""
    if not one.columns:
        return None
    return Word("square.order", kinds={"list": [Word(f"square_of.{column}") for column in one.columns]})


def tally(desk: Desk, one: Board) -> Any:
    """How many systems stand how, in one line; None where nothing is owed of any."""
    parts = [Word("square.tally", square=glyph(desk, standing), n=n) for standing, n in one.tally().items()]
    return {"list": parts} if parts else None
