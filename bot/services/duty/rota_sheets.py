"""The words of the week's picture, and its row in the workshop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.domain import rota as domain
from bot.domain.people import Permission
from bot.domain.policy import Body
from bot.domain.sending import Enclosure
from bot.services.desk import Desk, check
from bot.services.duty import rota as boards
from bot.services.duty.rota import Turn
from bot.services.duty.rota_pictures import Cell, Day, Sheet, week_picture
from bot.services.workshop import Caption, Maker
from locales import DEFAULT, At
from storage import people
from storage.orders import Order


async def gather(desk: Desk, order: Order) -> Sheet:
    """A week in words; the right may have ended since it was ordered.

    Raises:
        Refusal: not of the house (any more).
    """
    check(await people.get(desk.tx, order.person), Permission.SEE_ROTA, "text")
    monday = boards.monday_named(desk, order.details["week"])
    turns = await boards.week(desk, monday)
    days = sorted({turn.slot.day for turn in turns})
    team = desk.policy.name_of(Body.RESPONSE_TEAM, monday)
    dates = _said(desk, "rota.sheet.week", **boards.dates(monday))
    return Sheet(
        title=_said(desk, "rota.sheet.title"),
        subtitle=_said(desk, "rota.sheet.subtitle", week=dates, team=team) if team else dates,
        days=tuple(_day(desk, day, [turn for turn in turns if turn.slot.day == day]) for day in days),
        footnote=_said(desk, "rota.sheet.footnote", made=At(desk.now)),
    )


def _said(desk: Desk, text: str, **values: Any) -> str:
    return desk.house.texts.plain(DEFAULT, text, values)


def _day(desk: Desk, day: date, turns: Sequence[Turn]) -> Day:
    off = domain.holiday(desk.policy.holidays, day)
    name = _said(desk, f"weekday.{day.isoweekday()}")
    cells = tuple(_cell(desk, turn) for turn in turns)
    return Day(name, f"{day:%d/%m}", off.name.in_language(DEFAULT) if off else "", cells)


def _cell(desk: Desk, turn: Turn) -> Cell:
    hours = _said(desk, "rota.sheet.hours", start=At(turn.slot.starts, "time"), end=At(turn.slot.ends, "time"))
    mark = _said(desk, "rota.sheet.now") if turn.slot.covers(desk.now) else ""
    return Cell(hours, _said(desk, "rota.sheet.who", who=boards.who(turn)), turn.is_empty, mark)


def make(sheet: Sheet) -> Enclosure:
    return Enclosure("lich-truc.png", "image/png", week_picture(sheet))


async def _caption(desk: Desk, order: Order, sheet: Sheet, file: Enclosure) -> Caption:
    return Caption(boards.dates(boards.monday_named(desk, order.details["week"])))


ROTA = Maker(text="rota.picture", gather=gather, make=make, shown_as="photo", hand_over=_caption)
