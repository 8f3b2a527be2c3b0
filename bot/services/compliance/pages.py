"""`/tuanthu`: the province on one page, and by keys down to a kind of agency, an agency, a system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from bot.domain import compliance as domain
from bot.domain.agencies import Kind
from bot.domain.compliance import Counted, Reach, Tally
from bot.domain.errors import Refusal
from bot.domain.obligations import Rule
from bot.domain.people import Permission, Person
from bot.domain.presses import Compliance, ComplianceFile
from bot.services.compliance import sums
from bot.services.compliance.sums import EVERYONE, Owed, Survey
from bot.services.desk import Desk, Key, check, key, rows
from bot.services.obligation import laying
from bot.services.register.gate import today
from locales import Lines, Listed, Rows, Word
from storage import compliance, systems
from storage.compliance import Entry

WORST = 5  # agencies on the first page
PAGE = 8  # agencies or systems to a page
MOST_RULES = 20  # lines of one page; the workbook has all
ON_KEY = 36  # letters of a name on a key


async def asked(desk: Desk, person: Person, edits: int | None = None) -> None:
    """The province on one page.

    Raises:
        Refusal: not of those who see it.
    """
    check(person, Permission.SEE_COMPLIANCE, "text" if edits is None else "toast")
    survey = await sums.survey(desk)
    if not survey.agencies:
        await desk.say(person, "compliance.empty_register", edits=edits)
        return
    kinds = domain.tallies(survey.rows, lambda row: row.kind)
    await desk.say(
        person,
        "compliance.province",
        buttons=[*rows([_kind_key(survey, kind, kinds.get(kind, Tally())) for kind in _kinds(survey)]), *_files(None)],
        edits=edits,
        **_head(survey),
        levels=Lines(_levels(survey)),
        worst=_worst(survey),
    )


async def press(desk: Desk, person: Person, pressed: Compliance, edits: int | None) -> None:
    """One page further down or up.

    Raises:
        Refusal: not of those who see it, or there is no such page.
    """
    check(person, Permission.SEE_COMPLIANCE)
    page = _page(pressed.page)
    match pressed.of:
        case "all":
            await asked(desk, person, edits)
        case "kind" if (kind := sums.kind_named(pressed.id)) is not None:
            await _show_kind(desk, person, kind, page, edits)
        case "agency":
            await _show_agency(desk, person, pressed.id, page, edits)
        case "system":
            await _show_system(desk, person, pressed.id, edits)
        case _:
            raise Refusal("press.stale.toast")


# Pages ----------------------------------------------------------------------------------------------------------------


async def _show_kind(desk: Desk, person: Person, kind: Kind, page: int, edits: int | None) -> None:
    survey = await sums.survey(desk, kind)
    worst = survey.worst_first()
    shown = worst[page * PAGE : (page + 1) * PAGE]
    if not shown:
        raise Refusal("press.stale.toast")
    keys = [key(_on_key(one.name), Compliance("agency", one.id)) for one, _ in shown]
    await desk.say(
        person,
        "compliance.kind_page",
        buttons=[
            *rows(keys),
            *_turning("kind", kind, page, len(worst)),
            *_files(kind),
            [key("button.compliance_all", Compliance())],
        ],
        edits=edits,
        **_head(survey),
        lines=Rows([_agency_line(one, tally) for one, tally in shown]),
        first=page * PAGE + 1,
        last=page * PAGE + len(shown),
    )


async def _show_agency(desk: Desk, person: Person, identifier: str, page: int, edits: int | None) -> None:
    agency = await _agency(desk, identifier)
    owed = await sums.of_agency(desk, agency)
    by_system = _by_system(owed)
    worst = sorted(by_system, key=lambda code: (-by_system[code][1].overdue, code))
    shown = worst[page * PAGE : (page + 1) * PAGE]
    if page and not shown:
        raise Refusal("press.stale.toast")
    keys = [
        key(_on_key(f"{code} {by_system[code][0].name}"), Compliance("system", by_system[code][0].system or ""))
        for code in shown
    ]
    await desk.say(
        person,
        "compliance.agency",
        buttons=[
            *rows(keys),
            *_turning("agency", agency.id, page, len(worst)),
            [key("button.compliance_kind", Compliance("kind", agency.kind))],
        ],
        edits=edits,
        name=agency.name,
        code=agency.code,
        kind=sums.scope_word(agency.kind),
        sum=sums.parts(domain.tally(one.counted for one in owed)),
        reach=_reach(agency),
        rules=Lines(_rules(laying.rules(desk), [one.counted for one in owed])),
        systems=Rows([_system_line(code, *by_system[code]) for code in shown]) if shown else Word("compliance.empty"),
    )


async def _show_system(desk: Desk, person: Person, identifier: str, edits: int | None) -> None:
    system = await systems.find(desk.tx, identifier)
    if system is None or not system.exists(today(desk)):
        raise Refusal("press.stale.toast")
    agency = await _agency(desk, system.agency)
    owed = [one for one in await sums.of_agency(desk, agency) if one.system == identifier]
    named = {rule.key: rule for rule in laying.rules(desk)}
    await desk.say(
        person,
        "compliance.system",
        buttons=[[key("button.compliance_agency", Compliance("agency", agency.id))]],
        edits=edits,
        name=system.name,
        code=system.code,
        agency=agency.name,
        level=sums.level_word(system.level),
        lines=Rows([_owed_line(named[one.counted.rule], one) for one in owed]) if owed else Word("compliance.nothing"),
    )


async def _agency(desk: Desk, identifier: str) -> Entry:
    found = await compliance.agency(desk.tx, identifier, today(desk))
    if found is None:
        raise Refusal("press.stale.toast")
    return found


def _by_system(owed: Sequence[Owed]) -> Mapping[str, tuple[Owed, Tally]]:
    """By the code of each system: one of its obligations (for its name and level), and how all of them stand."""
    first = {one.code: one for one in owed if one.code is not None}
    return {
        code: (one, domain.tally(other.counted for other in owed if other.code == code)) for code, one in first.items()
    }


# Words ----------------------------------------------------------------------------------------------------------------


def _head(survey: Survey) -> Mapping[str, Any]:
    """What every page about many agencies begins with."""
    return {
        "scope": sums.scope_word(survey.kind),
        "day": f"{survey.today:%d/%m/%Y}",
        "agencies": len(survey.agencies),
        "systems": survey.systems,
        "sum": sums.parts(survey.tally),
        "rules": Lines(_rules(survey.rules, survey.rows)),
        "nobody": survey.reached(Reach.NOBODY),
        "red": survey.reached(Reach.RED),
        "listed": len({one.agency for one in survey.unanswered}),
    }


def _rules(rules: Sequence[Rule], counted: Iterable[Counted]) -> list[Any]:
    by_rule = domain.tallies(counted, lambda row: row.rule)
    lines = [
        Word("compliance.line", what=sums.rule_name(rule), parts=sums.parts(by_rule[rule.key]))
        for rule in rules
        if rule.key in by_rule
    ]
    more = len(lines) - MOST_RULES
    return lines if more <= 0 else [*lines[:MOST_RULES], Word("compliance.more", n=more)]


def _levels(survey: Survey) -> list[Any]:
    """Systems alone: an agency has no level."""
    by_level = domain.tallies((row for row in survey.rows if row.of_system), lambda row: row.level)
    return [
        Word("compliance.line", what=sums.level_word(level), parts=sums.parts(by_level[level]))
        for level in sorted(by_level, key=lambda level: level or 0, reverse=True)
    ]


def _worst(survey: Survey) -> Any:
    worst = [_agency_line(one, tally) for one, tally in survey.worst_first()[:WORST] if tally.overdue]
    return Word("compliance.worst", lines=Rows(worst)) if worst else None


def _agency_line(agency: Entry, tally: Tally) -> Any:
    reach = sums.reach_of(agency)
    short = None if reach is Reach.REACHED else Word(f"compliance.reach_short.{reach}")
    return Word(
        "compliance.agency_line",
        mark=Word(f"standing.sign.{tally.worst}"),
        name=sums.brief(agency.name),
        parts=Listed([sums.parts(tally), _since(tally.oldest), short]),
    )


def _system_line(code: str, one: Owed, tally: Tally) -> Any:
    return Word(
        "compliance.system_line",
        mark=Word(f"standing.sign.{tally.worst}"),
        name=sums.brief(f"{code} {one.name}"),
        level=sums.level_word(one.counted.level),
        parts=sums.parts(tally),
    )


def _owed_line(rule: Rule, one: Owed) -> Any:
    stands = one.counted.standing
    due = Word("compliance.due", day=f"{one.due_on:%d/%m/%Y}") if one.due_on else None
    done = Word("compliance.done", day=f"{one.done_on:%d/%m/%Y}") if one.done_on else None
    return Word(
        "compliance.owed",
        mark=Word(f"standing.sign.{stands}"),
        what=sums.rule_name(rule),
        parts=Listed([Word(f"compliance.state.{stands}"), due, done]),
    )


def _since(day: date | None) -> Any:
    return Word("compliance.since", day=f"{day:%d/%m/%Y}") if day else None


def _reach(agency: Entry) -> Any:
    return Word(f"compliance.reach.{sums.reach_of(agency)}", n=agency.contacts, red=agency.red)


# Keys -----------------------------------------------------------------------------------------------------------------


def _kinds(survey: Survey) -> list[Kind]:
    present = {one.kind for one in survey.agencies.values()}
    return [kind for kind in Kind if kind in present]


def _kind_key(survey: Survey, kind: Kind, tally: Tally) -> Key:
    n = sum(one.kind is kind for one in survey.agencies.values())
    label = Word("compliance.kind_key", kind=sums.scope_word(kind), n=n, overdue=tally.overdue)
    return key(label, Compliance("kind", kind))


def _on_key(name: str) -> Any:
    return Word("compliance.pick", name=sums.brief(name, ON_KEY))


def _files(kind: Kind | None) -> list[list[Key]]:
    of = kind or EVERYONE
    return [
        [
            key("button.compliance_map", ComplianceFile("map", of)),
            key("button.compliance_book", ComplianceFile("book", of)),
        ],
        [key("button.compliance_silent", ComplianceFile("silent", of))],
    ]


def _turning(of: str, identifier: str, page: int, total: int) -> list[list[Key]]:
    turns = []
    if page:
        turns.append(key("button.newer", Compliance(of, identifier, str(page - 1))))
    if (page + 1) * PAGE < total:
        turns.append(key("button.older", Compliance(of, identifier, str(page + 1))))
    return [turns] if turns else []


def _page(text: str) -> int:
    """Raises Refusal: nobody of ours has written it."""
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise Refusal("press.stale.toast")
    return int(text)
