"""Files around the tables of the register: the tables themselves, an empty one to fill in, what a dry run found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.domain import grids
from bot.domain.errors import Refusal
from bot.domain.people import Permission, Person
from bot.domain.sending import Enclosure
from bot.domain.tables import TABLES, Column, Entry, Fault, Table, What, letter
from bot.services.desk import Desk, check
from bot.services.register import imports as desk_imports
from bot.services.register import workbooks, writing
from bot.services.register.workbooks import Sheet
from bot.services.workshop import Caption, Maker
from bot.services.workshop import order as ordered
from locales import DEFAULT, Texts
from storage import imports, people
from storage.imports import Import
from storage.orders import Order

TABLE, BLANK, REPORT = "register_table", "register_blank", "register_report"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"
WIDTHS: Final[Mapping[str, int]] = {
    "name": 44,
    "head": 28,
    "email": 28,
    "page": 32,
    "source": 32,
    "tags": 24,
    "vendor": 28,
}
WIDTH: Final = 18  # letters
GUIDE: Final = ((24, "column"), (70, "rule"))

Say = Callable[[str], str]


# Ordering -------------------------------------------------------------------------------------------------------------


async def order_table(desk: Desk, person: Person, named: str) -> None:
    """Ask for a table: "agencies.csv", "systems.xlsx".

    Raises:
        Refusal: not one who keeps the register, or no such table.
    """
    check(person, Permission.KEEP_REGISTER)
    what, _, form = named.partition(".")
    await ordered(desk, TABLE, person, what=desk_imports.table_named(what), form=_form(form))


async def order_blank(desk: Desk, person: Person, what: str) -> None:
    """Ask for an empty table with its rules.

    Raises:
        Refusal: as for `order_table`.
    """
    check(person, Permission.KEEP_REGISTER)
    await ordered(desk, BLANK, person, what=desk_imports.table_named(what))


async def order_report(desk: Desk, person: Person, identifier: str) -> None:
    """Ask for everything that a dry run found.

    Raises:
        Refusal: not theirs, or nothing is kept of it.
    """
    one = await desk_imports.reported(desk, person, identifier)
    await ordered(desk, REPORT, person, **{"import": one.id})


def _form(said: str) -> str:
    if said not in desk_imports.FORMS:
        raise Refusal("press.stale.toast")
    return said


# The tables -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stock:
    """What a table is made of."""

    texts: Texts
    table: Table
    form: str
    entries: Sequence[Entry]

    def say(self, name: str) -> str:
        return self.texts.plain(DEFAULT, name)


async def _may(desk: Desk, order: Order) -> Person:
    """Whoever ordered, who may keep the register still."""
    person = await people.get(desk.tx, order.person)
    check(person, Permission.KEEP_REGISTER, "text")
    return person


async def gather_table(desk: Desk, order: Order) -> Stock:
    """All rows of a table.

    Raises:
        Refusal: the right has ended since.
    """
    await _may(desk, order)
    what = What(order.details["what"])
    register = (await writing.shelf(desk.tx)).register()
    return Stock(desk.house.texts, TABLES[what], order.details["form"], list(register.of(what).values()))


async def gather_blank(desk: Desk, order: Order) -> Stock:
    """A table without rows.

    Raises:
        Refusal: the right has ended since.
    """
    await _may(desk, order)
    return Stock(desk.house.texts, TABLES[What(order.details["what"])], "xlsx", ())


def make_table(stock: Stock) -> Enclosure:
    """The table as a file that can be sent back as it is."""
    say, table = stock.say, stock.table
    rows = [table.write(entry, say) for entry in stock.entries]
    name = say(f"import.file.{table.what}")
    labels = [_label(table, column, say) for column in table.columns]
    if stock.form == "csv":
        return Enclosure(f"{name}.csv", CSV, grids.write_csv([labels, *rows]))
    widths = [WIDTHS.get(column.name, WIDTH) for column in table.columns]
    guide = [(say(f"import.guide.{part}"), width) for width, part in GUIDE]
    sheets = (
        Sheet(say(f"import.sheet.{table.what}"), list(zip(labels, widths, strict=True)), rows),
        Sheet(say("import.sheet.guide"), guide, list(_rules(table, say))),
    )
    return Enclosure(f"{name}.xlsx", XLSX, workbooks.write(sheets))


def _label(table: Table, column: Column, say: Say) -> str:
    return say(f"table.{table.what}.{column.name}")


def _rules(table: Table, say: Say) -> Iterator[Sequence[str]]:
    """What may stand in each column; then what holds for all of them."""
    for column in table.columns:
        yield _label(table, column, say), say(f"import.rule.{table.what}.{column.name}")
    yield say("import.rule.all.head"), say("import.rule.all.words")


async def _caption_table(desk: Desk, order: Order, stock: Stock, file: Enclosure) -> Caption:
    return Caption({"n": len(stock.entries), "name": file.name})


async def _caption_blank(desk: Desk, order: Order, stock: Stock, file: Enclosure) -> Caption:
    return Caption({"name": file.name})


# What a dry run found -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """All findings of one dry run."""

    texts: Texts
    one: Import
    found: Mapping[str, Any]

    def say(self, name: str, **values: Any) -> str:
        return self.texts.plain(DEFAULT, name, values)


async def gather_report(desk: Desk, order: Order) -> Report:
    """What is kept of a dry run.

    Raises:
        Refusal: the right has ended since, or the import was settled.
    """
    person = await _may(desk, order)
    one = await imports.find(desk.tx, order.details["import"])
    found = await imports.findings(desk.tx, one.id) if one is not None else None
    if one is None or one.person != person.id or found is None or one.state == "done":
        raise Refusal("import.report_gone")
    return Report(desk.house.texts, one, found)


def make_report(report: Report) -> Enclosure:
    """A sheet of faults, and one with the fate of every row."""
    say = report.say
    faults = [Fault(**fault) for fault in report.found["faults"]]
    sheets = (
        Sheet(say("import.sheet.faults"), _heads(say, row=8, cell=8, column=26, words=90), _faults(report, faults)),
        Sheet(
            say("import.sheet.rows"), _heads(say, row=8, fate=16, code=18, name=44, words=90), _fates(report, faults)
        ),
    )
    sheets = sheets if faults else sheets[::-1]
    return Enclosure(f"{say('import.file.report')}.xlsx", XLSX, workbooks.write(sheets))


def _heads(say: Callable[..., str], **widths: int) -> list[tuple[str, int]]:
    return [(say(f"import.head.{name}"), width) for name, width in widths.items()]


def _faults(report: Report, faults: Sequence[Fault]) -> Iterator[Sequence[str]]:
    for fault in faults:
        cell = f"{letter(fault.place)}{fault.row}" if fault.place >= 0 else ""
        yield str(fault.row), cell, _column(report, fault.column), _words(report, fault)


def _column(report: Report, name: str) -> str:
    return report.say(f"table.{report.one.what}.{name}") if name else ""


def _words(report: Report, fault: Fault) -> str:
    return report.say(f"import.fault.{fault.reason}", **fault.values)


def _fates(report: Report, faults: Sequence[Fault]) -> Iterator[Sequence[str]]:
    wrong: dict[int, list[str]] = {}
    for fault in faults:
        wrong.setdefault(fault.row, []).append(_words(report, fault))
    for row, code, name, fate, changes in report.found["told"]:
        details = wrong.get(row) or [_change(report, column, *both) for column, both in changes.items()]
        yield str(row), report.say(f"import.fate.{fate}"), code, name, " ".join(details)


def _change(report: Report, name: str, before: Any, after: Any) -> str:
    column = next(one for one in TABLES[report.one.what].columns if one.name == name)
    nothing = report.say("import.nothing")
    was, will = (column.write(value, report.say) or nothing for value in (before, after))
    return report.say("import.change", column=_column(report, name), before=was, after=will)


async def _caption_report(desk: Desk, order: Order, report: Report, file: Enclosure) -> Caption:
    return Caption({"name": report.one.name, "n": len(report.found["faults"])})


TABLE_FILE = Maker("import.table_file", gather_table, make_table, hand_over=_caption_table)
BLANK_FILE = Maker("import.blank_file", gather_blank, make_table, hand_over=_caption_blank)
REPORT_FILE = Maker("import.report_file", gather_report, make_report, hand_over=_caption_report)
