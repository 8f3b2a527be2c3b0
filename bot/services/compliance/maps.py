"""The words of the heat map, and its row in the workshop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.domain import compliance as domain
from bot.domain.agencies import Kind
from bot.domain.compliance import Tally
from bot.domain.errors import Refusal
from bot.domain.obligations import Rule, Standing
from bot.domain.people import Permission
from bot.domain.presses import ComplianceFile
from bot.domain.sending import Enclosure
from bot.services.compliance import sums
from bot.services.compliance.heat_maps import Chart, Line, Square, heat_map
from bot.services.compliance.sums import Survey
from bot.services.desk import Desk, Keys, check, key, rows
from bot.services.workshop import Caption, Maker
from locales import DEFAULT, At, Word
from storage import people
from storage.orders import Order

WHAT = "compliance_map"
_KINDS = list(Kind)
SHEET = 150  # lines on one picture


@dataclass(frozen=True)
class Sheet:
    """One picture, and which of how many it is."""

    chart: Chart
    facts: dict[str, Any]
    kind: str
    page: int
    pages: int


async def gather(desk: Desk, order: Order) -> Sheet:
    """The cells in words; the right may have ended since it was ordered.

    Raises:
        Refusal: not of those who see it (any more), nothing is owed, or there is no such sheet.
    """
    check(await people.get(desk.tx, order.person), Permission.SEE_COMPLIANCE, "text")
    survey = await sums.survey(desk, sums.kind_named(order.details["kind"]))
    page = int(order.details["page"])
    shown = _shown(survey)
    if not shown:
        raise Refusal("compliance.no_map")
    lines = _lines(desk, survey, shown)
    pages = max(1, -(-len(lines) // SHEET))
    if page >= pages:
        raise Refusal("register.not_yours.text")
    facts = {"scope": sums.scope_word(survey.kind), "sum": sums.parts(survey.tally)}
    chart = Chart(
        title=_said(desk, "compliance.map.title"),
        subtitle=_subtitle(desk, survey, facts, page, pages),
        heads=tuple(sums.rule_name(rule) for rule in shown),
        lines=tuple(lines[page * SHEET : (page + 1) * SHEET]),
        legend=tuple((one, _said(desk, f"compliance.state.{one}")) for one in _LEGEND),
        footnote=_said(desk, "compliance.map.footnote", made=At(desk.now)),
    )
    return Sheet(chart, facts, order.details["kind"], page, pages)


_LEGEND = (
    Standing.DONE,
    Standing.SOON,
    Standing.OVERDUE,
    Standing.WAITING,
    Standing.WAIVED,
    Standing.UNKNOWN,
)


def _subtitle(desk: Desk, survey: Survey, facts: dict[str, Any], page: int, pages: int) -> str:
    said = _said(desk, "compliance.map.subtitle", day=f"{survey.today:%d/%m/%Y}", **facts)
    return said if pages == 1 else f"{said}. {_said(desk, 'compliance.map.page', page=page + 1, pages=pages)}"


def _shown(survey: Survey) -> list[Rule]:
    """The obligations of which there is at least one."""
    present = {row.rule for row in survey.rows}
    return [rule for rule in survey.rules if rule.key in present]


def _lines(desk: Desk, survey: Survey, shown: list[Rule]) -> list[Line]:
    cells = domain.tallies(survey.rows, lambda row: (row.agency, row.rule))
    lines: list[Line] = []
    kind = None
    for agency in sorted(survey.agencies.values(), key=lambda one: _KINDS.index(one.kind)):
        if agency.kind is not kind:
            kind = agency.kind
            n = sum(one.kind is kind for one in survey.agencies.values())
            lines.append(Line(_said(desk, "compliance.map.many", name=sums.scope_word(kind), n=n)))
        lines.append(Line(agency.name, tuple(_square(cells.get((agency.id, rule.key))) for rule in shown)))
    return lines


def _square(tally: Tally | None) -> Square:
    return Square(tally.worst, tally.of(tally.worst)) if tally else Square(Standing.NONE)


def _said(desk: Desk, text: str, **values: Any) -> str:
    return desk.house.texts.plain(DEFAULT, text, values)


def make(sheet: Sheet) -> Enclosure:
    number = f"-{sheet.page + 1}" if sheet.pages > 1 else ""
    return Enclosure(f"bang-mau{number}.png", "image/png", heat_map(sheet.chart))


async def _caption(desk: Desk, order: Order, sheet: Sheet, file: Enclosure) -> Caption:
    """The other sheets are a key away."""
    keys: Keys = rows(
        (
            key(Word("button.compliance_sheet", n=page + 1), ComplianceFile("map", sheet.kind, str(page)))
            for page in range(sheet.pages)
            if page != sheet.page
        ),
        width=4,
    )
    return Caption(sheet.facts, keys)


# As a document: Telegram would shrink a photo until nobody could read the names.
MAP = Maker(text="compliance.map_caption", gather=gather, make=make, hand_over=_caption)
