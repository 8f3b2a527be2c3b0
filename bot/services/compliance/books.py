"""The workbook over all agencies: sums by formulas over the data, who has let things lie, and what each word means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.domain import compliance as domain
from bot.domain.agencies import LEVELS
from bot.domain.compliance import Reach, Tally
from bot.domain.obligations import SOON, Standing
from bot.domain.people import Permission
from bot.domain.sending import Enclosure
from bot.services.compliance import silent, sums
from bot.services.compliance.silent import Item
from bot.services.compliance.sums import Owed, Survey
from bot.services.compliance.workbooks import MIME, Cell, Formula, Line, Sheet, write
from bot.services.desk import Desk, check
from bot.services.workshop import Caption, Maker
from locales import DEFAULT, At, Texts
from storage import compliance, people
from storage.compliance import Entry
from storage.orders import Order
from storage.store import Row

WHAT = "compliance_book"
STATES: Final = (
    Standing.DONE,
    Standing.SOON,
    Standing.OVERDUE,
    Standing.WAITING,
    Standing.WAIVED,
    Standing.UNKNOWN,
)
_HEADS: Final = ("agency_code", "agency", "kind", "system_code", "system", "level", "rule_code", "rule", "state")
# Columns of the data by which formulas count.
AGENCY, KIND, LEVEL, RULE, STATE = "A", "C", "F", "G", "I"


@dataclass(frozen=True)
class Material:
    """All that the workbook says, as the database has it: it becomes rows outside of the event loop."""

    survey: Survey
    each: Sequence[Row]
    unlevelled: Sequence[Row]
    items: Sequence[Item]
    laws: dict[str, str]
    texts: Texts
    made: datetime

    def said(self, text: str, **values: Any) -> str:
        return self.texts.plain(DEFAULT, text, values)

    def heads(self, *names: str) -> list[Cell]:
        return [self.said(f"compliance.head.{name}") for name in names]

    def states(self) -> list[Cell]:
        return [self.said(f"compliance.state.{one}") for one in STATES]


async def gather(desk: Desk, order: Order) -> Material:
    """Everything that is counted; the right may have ended since it was ordered.

    Raises:
        Refusal: not of those who see it (any more).
    """
    check(await people.get(desk.tx, order.person), Permission.SEE_COMPLIANCE, "text")
    survey = await sums.survey(desk, sums.kind_named(order.details["kind"]))
    return Material(
        survey=survey,
        each=await compliance.each(desk.tx, survey.today),
        unlevelled=await compliance.unlevelled(desk.tx, survey.today),
        items=await silent.items(desk, survey),
        laws={rule.key: sums.basis(desk, rule) or "" for rule in survey.rules},
        texts=desk.house.texts,
        made=desk.now,
    )


def make(material: Material) -> Enclosure:
    owed = list(_owed(material))
    sheets = [
        _summary(material, len(owed)),
        _agencies(material, len(owed)),
        _data(material, owed),
        _silent(material),
        _definitions(material),
    ]
    return Enclosure(f"tinh-hinh-thuc-hien-{material.survey.today:%Y-%m-%d}.xlsx", MIME, write(sheets))


# The data -------------------------------------------------------------------------------------------------------------


def _owed(material: Material) -> Iterator[Owed]:
    """One by one what the sums have counted together."""
    survey = material.survey
    known = {rule.key for rule in survey.rules}
    for row in material.each:
        agency = survey.agencies.get(row["agency"])
        if agency is not None and row["rule"] in known:
            yield sums.read(row, agency.kind, survey.today)
    for row in material.unlevelled:
        agency = survey.agencies.get(row["agency"])
        if agency is not None:
            yield from sums.unclear(survey.rules, row, agency.kind)


def _data(material: Material, owed: Sequence[Owed]) -> Sheet:
    heads = Line(material.heads(*_HEADS, "due", "done", "days"), "head")
    widths = (14, 34, 24, 14, 38, 16, 14, 30, 16, 13, 13, 10)
    rows = _data_rows(material, owed)
    return Sheet(material.said("compliance.book.data"), (heads, *rows), widths, head=1)


def _data_rows(material: Material, owed: Sequence[Owed]) -> Iterator[Line]:
    survey = material.survey
    names = {rule.key: sums.rule_name(rule) for rule in survey.rules}
    states = {one: material.said(f"compliance.state.{one}") for one in STATES}
    kinds = {one.kind: _kind(material, one) for one in survey.agencies.values()}
    levels = {level: material.said(f"level.{level or 'unknown'}") for level in (None, *LEVELS)}
    agencys = material.said("compliance.book.of_agency")
    for one in owed:
        row, agency = one.counted, survey.agencies[one.counted.agency]
        late = (survey.today - one.due_on).days if row.standing is Standing.OVERDUE and one.due_on else None
        yield Line(
            (
                *(agency.code, agency.name, kinds[agency.kind], one.code, one.name),
                levels[row.level] if row.of_system else agencys,
                *(row.rule, names[row.rule], states[row.standing], one.due_on, one.done_on, late),
            )
        )


def _kind(material: Material, agency: Entry) -> str:
    return material.said(f"table.kind.{agency.kind}")


# Sums as formulas -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counter:
    """Makes the formulas that count rows of the data in which a column holds what a cell names."""

    sheet: str
    rows: int

    def range(self, column: str) -> str:
        return f"'{self.sheet}'!${column}$2:${column}${max(self.rows, 1) + 1}"

    def cells(self, column: str, criterion: str, head: int, tally: Tally, first: str = "C") -> list[Cell]:
        """Six states, their sum and the share. `criterion`: the cell that names what is counted, as in `$A5`."""
        letters = [chr(ord(first) + place) for place in range(len(STATES) + 1)]
        counts: list[Cell] = [
            Formula(f"COUNTIFS({self.range(column)},{criterion},{self.range(STATE)},{letter}${head})", tally.of(state))
            for letter, state in zip(letters, STATES, strict=False)
        ]
        return [*counts, *_sum_and_share(letters, int(criterion[2:]), tally)]


def _sum_and_share(letters: Sequence[str], row: int, tally: Tally) -> list[Cell]:
    done, soon, overdue, waiting, _, last, _ = letters
    on_time = f"({done}{row}+{soon}{row})"
    judged = f"({done}{row}+{soon}{row}+{overdue}{row}+{waiting}{row})"
    share = None if tally.share is None else tally.share / 100
    return [
        Formula(f"SUM({done}{row}:{last}{row})", tally.total),
        Formula(f'IF({judged}=0,"",INT(100*{on_time}/{judged})/100)', share, is_share=True),
    ]


_Named = tuple[str, str, Tally]  # the code in the data (empty: it holds the name), the name, how it stands


def _summary(material: Material, rows: int) -> Sheet:
    survey = material.survey
    counter = Counter(material.said("compliance.book.data"), rows)
    day, made = f"{survey.today:%d/%m/%Y}", At(material.made)
    lines = [
        Line([material.said("compliance.book.title", scope=sums.scope_word(survey.kind))], "title"),
        Line([material.said("compliance.book.until", day=day, made=made)]),
    ]
    for title, column, named in (
        ("by_rule", RULE, _by_rule(survey)),
        ("by_level", LEVEL, _by_level(material)),
        ("by_kind", KIND, _by_kind(material)),
    ):
        lines += _section(material, counter, title, column, named, len(lines))
    lines += _contacts(material, len(lines))
    widths = (14, 40, *([13] * len(STATES)), 10, 12)
    return Sheet(material.said("compliance.book.summary"), lines, widths)


def _section(
    material: Material, counter: Counter, title: str, column: str, named: Sequence[_Named], above: int
) -> list[Line]:
    """A table of sums with its total. `above`: how many rows stand over it."""
    head = above + 2
    words = [material.said(f"compliance.book.{name}") for name in (title, "total", "share")]
    lines = [Line([]), Line([None, words[0], *material.states(), *words[1:]], "head")]
    for row, (code, name, tally) in enumerate(named, head + 1):
        criterion = f"${'A' if code else 'B'}{row}"
        lines.append(Line([code or None, name, *counter.cells(column, criterion, head, tally)]))
    last = head + len(named)
    letters = [chr(ord("C") + place) for place in range(len(STATES) + 1)]
    whole = _whole(named)
    counts: list[Cell] = [
        Formula(f"SUM({letter}{head + 1}:{letter}{max(last, head + 1)})", whole.of(state))
        for letter, state in zip(letters, STATES, strict=False)
    ]
    return [*lines, Line([None, words[1], *counts, *_sum_and_share(letters, last + 1, whole)], "total")]


def _whole(named: Sequence[_Named]) -> Tally:
    return Tally({state: sum(tally.of(state) for _, _, tally in named) for state in STATES})


def _by_rule(survey: Survey) -> list[_Named]:
    found = domain.tallies(survey.rows, lambda row: row.rule)
    return [(rule.key, sums.rule_name(rule), found[rule.key]) for rule in survey.rules if rule.key in found]


def _by_level(material: Material) -> list[_Named]:
    """Systems by level; what agencies themselves owe has a row of its own, so that the total is the same."""
    rows = material.survey.rows
    found = domain.tallies((row for row in rows if row.of_system), lambda row: row.level)
    named: list[_Named] = [
        ("", material.said(f"level.{level}"), found[level]) for level in reversed(LEVELS) if level in found
    ]
    if None in found:
        named.append(("", material.said("level.unknown"), found[None]))
    others = domain.tally(row for row in rows if not row.of_system)
    words = material.said("compliance.book.of_agency")
    return [*named, ("", words, others)] if others.total else named


def _by_kind(material: Material) -> list[_Named]:
    survey = material.survey
    found = domain.tallies(survey.rows, lambda row: row.kind)
    kinds = {one.kind: _kind(material, one) for one in survey.agencies.values()}
    return [("", words, found.get(kind, Tally())) for kind, words in kinds.items()]


def _contacts(material: Material, above: int) -> list[Line]:
    """How many agencies can be reached."""
    sheet = material.said("compliance.book.agencies")
    column = f"'{sheet}'!$D$2:$D${max(len(material.survey.agencies), 1) + 1}"
    words = material.said("compliance.book.contacts")
    lines = [Line([]), Line([None, words, material.said("compliance.book.total")], "head")]
    for row, reach in enumerate(Reach, above + 3):
        name = material.said(f"compliance.contact.{reach}")
        lines.append(Line([None, name, Formula(f"COUNTIF({column},$B{row})", material.survey.reached(reach))]))
    return lines


def _agencies(material: Material, rows: int) -> Sheet:
    survey = material.survey
    counter = Counter(material.said("compliance.book.data"), rows)
    last = [material.said(f"compliance.book.{name}") for name in ("total", "share")]
    heads = [*material.heads("agency_code", "agency", "kind", "reach"), *material.states(), *last]
    lines = [Line(heads, "head")]
    for row, (key, tally) in enumerate(survey.by_agency().items(), 2):
        agency = survey.agencies[key]
        reach = material.said(f"compliance.contact.{sums.reach_of(agency)}")
        cells = counter.cells(AGENCY, f"$A{row}", 1, tally, first="E")
        lines.append(Line([agency.code, agency.name, _kind(material, agency), reach, *cells]))
    widths = (14, 40, 26, 18, *([12] * len(STATES)), 8, 12)
    return Sheet(material.said("compliance.book.agencies"), lines, widths, head=1)


# Lists ----------------------------------------------------------------------------------------------------------------


def _silent(material: Material) -> Sheet:
    heads = material.heads("number", "agency_code", "agency", "what", "n", "since", "days", "told")
    lines = [Line(heads, "head")]
    for number, item in enumerate(material.items, 1):
        told = "\n".join(silent.told_words(material.texts, item))
        days = (material.survey.today - item.due_on).days
        what = silent.what_words(material.texts, item, whole=True)
        lines.append(Line([number, item.agency.code, item.agency.name, what, item.n, item.due_on, days, told]))
    widths = (6, 14, 34, 50, 9, 15, 10, 50)
    return Sheet(material.said("compliance.book.silent"), lines, widths, head=1, wraps=True)


_MEANT: Final = ("work", *STATES, "share", "listed", "contact")


def _definitions(material: Material) -> Sheet:
    lines = [Line(material.heads("term", "meaning"), "head")]
    lines += [Line([_term(material, name), material.said(f"compliance.meaning.{name}", days=SOON)]) for name in _MEANT]
    lines += [Line([sums.rule_name(rule), material.laws[rule.key]]) for rule in material.survey.rules]
    return Sheet(material.said("compliance.book.definitions"), lines, (32, 110), head=1, wraps=True)


def _term(material: Material, name: str) -> str:
    if name in STATES:
        return material.said(f"compliance.state.{name}")
    return material.said("compliance.book.share" if name == "share" else f"compliance.term.{name}")


async def _caption(desk: Desk, order: Order, material: Material, file: Enclosure) -> Caption:
    survey = material.survey
    return Caption({"scope": sums.scope_word(survey.kind), "sum": sums.parts(survey.tally)})


BOOK = Maker(text="compliance.book_caption", gather=gather, make=make, hand_over=_caption)
