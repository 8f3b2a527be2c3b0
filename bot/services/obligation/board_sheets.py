"""The words of a board's picture, and its row in the workshop."""

from __future__ import annotations

from typing import Any, Final

from bot.domain.obligations import Rule, Standing
from bot.domain.people import Permission
from bot.domain.sending import Enclosure
from bot.services.desk import Desk
from bot.services.obligation import boards
from bot.services.obligation.board_pictures import Chart, Line, Square, board_picture
from bot.services.obligation.boards import Board, Cell, Row
from bot.services.register import gate
from bot.services.workshop import Caption, Maker
from locales import DEFAULT, At, Listed, Word
from storage import people
from storage.orders import Order

WHAT: Final = "board"
MOST: Final = 16  # systems on one picture, the worst: Telegram makes photos so small that more are not read on a phone


async def gather(desk: Desk, order: Order) -> Chart:
    """A board in words; the right may have ended since it was ordered.

    Raises:
        Refusal: the person speaks for that agency no more.
    """
    person = await people.get(desk.tx, order.person)
    agency, _ = await gate.own_agency(desk, person, Permission.DO_OBLIGATIONS, str(order.details["agency"]), "text")
    return chart(desk, await boards.board(desk, agency))


def chart(desk: Desk, board: Board) -> Chart:
    rest = len(board.rows) - MOST
    counted = board.count()
    tally = [
        Word("owed.sheet.tally", n=counted[one], what=Word(f"standing.{one}"))
        for one in (*boards.PRESSING, Standing.WAITING)
        if counted[one]
    ]
    made, more = At(desk.now), Word("owed.sheet.more", n=rest) if rest > 0 else None
    return Chart(
        title=_said(desk, "owed.sheet.title", agency=board.agency.name),
        subtitle=_said(desk, "owed.sheet.subtitle", tally=Listed(tally) if tally else Word("owed.sheet.calm")),
        columns=tuple(rule.name.vi for rule in board.columns),
        lines=tuple(_line(desk, row, board) for row in board.rows[:MOST]),
        own=tuple(_own(desk, rule, cell, board) for rule, cell in board.own),
        footnote=_said(desk, "owed.sheet.footnote", made=made, more=more),
    )


def _said(desk: Desk, text: str, **values: Any) -> str:
    return desk.house.texts.plain(DEFAULT, text, values)


def _line(desk: Desk, row: Row, board: Board) -> Line:
    level = row.system.level
    note = _said(desk, "owed.level", level=level) if level else _said(desk, "owed.no_level")
    return Line(row.system.name, note, tuple(_square(desk, cell, board) for cell in row.cells))


def _own(desk: Desk, rule: Rule, cell: Cell, board: Board) -> Line:
    return Line(rule.name.vi, _said(desk, "owed.sheet.own"), (_square(desk, cell, board),))


def _square(desk: Desk, cell: Cell, board: Board) -> Square:
    """Days where somebody has to do something, the last day where there is time, else how it stands."""
    due_on = cell.one.due_on if cell.one is not None else None
    if due_on is None or cell.standing not in (*boards.PRESSING, Standing.DONE):
        text = "owed.sheet.met" if cell.standing is Standing.DONE else f"standing.{cell.standing}"
        return Square(cell.standing, _said(desk, text))
    days = (due_on - board.day).days
    if cell.standing is Standing.DONE:
        return Square(cell.standing, _said(desk, "owed.sheet.due", day=f"{due_on:%d/%m/%Y}"))
    if days == 0:
        return Square(cell.standing, _said(desk, "owed.sheet.today"))
    return Square(cell.standing, _said(desk, "owed.sheet.left" if days > 0 else "owed.sheet.over", n=abs(days)))


def make(chart: Chart) -> Enclosure:
    return Enclosure("viec-phai-lam.png", "image/png", board_picture(chart))


async def _caption(desk: Desk, order: Order, chart: Chart, file: Enclosure) -> Caption:
    return Caption({"title": chart.title, "tally": chart.subtitle})


BOARD = Maker(text="owed.picture", gather=gather, make=make, shown_as="photo", hand_over=_caption)
