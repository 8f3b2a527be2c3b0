"""The department keeps the register of agencies: what becomes of its forms. No row is ever deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bot.domain.agencies import Kind
from bot.domain.errors import Refusal
from bot.domain.people import Permission, Person
from bot.domain.registering import AGENCY, AGENCY_END, AGENCY_MERGE, AGENCY_POINT, Event, difference
from bot.services.desk import Desk, check
from bot.services.obligation import laying
from bot.services.register import agency_pages, chronicle, contacts, merging
from bot.services.register.gate import today
from storage import agencies, posts, systems
from storage.agencies import Agency, Published
from storage.agencies import text as iso

Facts = Mapping[str, Any]
Answers = Mapping[str, Any]

OF, BEFORE = "of", "before"  # answers that no question asks for: what a form is about, and how it stood when opened


async def submit(desk: Desk, person: Person, form: str, answers: Answers, facts: Facts, message: int | None) -> None:
    """*Gửi* under a form about an agency; the right is checked again, for it may have ended meanwhile.

    Raises:
        Refusal: no right, or what was answered cannot be.
    """
    check(person, Permission.KEEP_REGISTER)
    if OF not in answers:
        await _add(desk, person, facts, message)
        return
    agency = await agencies.find(desk.tx, str(answers[OF]))
    if agency is None or not agency.exists(today(desk)):
        raise Refusal("agency.gone.toast")
    await _SUBMITS[form](desk, person, agency, answers, facts, message)


async def _add(desk: Desk, person: Person, facts: Facts, message: int | None) -> None:
    await _check_code(desk, facts["code"])
    agency = _with(Agency(desk.tx.new_id(), facts["code"], "", Kind.OTHER), facts)
    await agencies.add(desk.tx, agency, desk.now)
    await laying.lay_agency(desk, agency)
    await chronicle.note(desk, Event.AGENCY_ADDED, person, agency.id, code=agency.code)
    await agency_pages.show(desk, person, agency, message)


async def _check_code(desk: Desk, code: str) -> None:
    """Raises Refusal: another agency has it, or had it."""
    if await agencies.by_code(desk.tx, code) is not None:
        raise Refusal("agency.code_taken.toast")


def values(agency: Agency) -> dict[str, Any]:
    """An agency as the answers of its form."""
    return {
        "agency_kind": str(agency.kind),
        "code": agency.code,
        "name": agency.name,
        "since": iso(agency.since),
        "head": agency.head,
        "head_title": agency.head_title,
    }


def _with(agency: Agency, facts: Facts) -> Agency:
    """An agency with these answers in place of its own."""
    said = {**values(agency), **facts}
    return replace(
        agency,
        kind=Kind(said["agency_kind"]),
        code=said["code"],
        name=said["name"],
        since=date.fromisoformat(said["since"]) if said["since"] else None,
        head=said["head"],
        head_title=said["head_title"],
    )


def changed(answers: Answers, facts: Facts) -> dict[str, Any]:
    """The answers that differ from how it stood when the form was opened: others may have changed the rest since."""
    before = answers.get(BEFORE) or {}
    return {name: value for name, value in facts.items() if value != before.get(name)}


async def _change(
    desk: Desk, person: Person, agency: Agency, answers: Answers, facts: Facts, message: int | None
) -> None:
    said = changed(answers, facts)
    if said.get("code", agency.code) != agency.code:
        await _check_code(desk, said["code"])
    after = _with(agency, said)
    if (after.kind is Kind.PROVIDER) is not (agency.kind is Kind.PROVIDER) and await posts.of_agency(
        desk.tx, agency.id
    ):
        raise Refusal("agency.kind_with_posts.toast")
    if after != agency:
        await _write(desk, person, agency, after)
    await agency_pages.show(desk, person, after, message)


async def _write(desk: Desk, person: Person, before: Agency, after: Agency) -> None:
    """Write a change; where it may change what is owed, systems are laid anew too."""
    await agencies.change(desk.tx, after, desk.now)
    await laying.lay_agency(desk, after)
    if (before.kind, before.since) != (after.kind, after.since):
        await systems.unlay(desk.tx, after.id)
    fields = difference(_columns(before), _columns(after))
    await chronicle.note(desk, Event.AGENCY_CHANGED, person, after.id, fields=fields)


def _columns(agency: Agency) -> dict[str, Any]:
    """An agency as the log names its fields."""
    point = agency.published
    said = values(agency)
    return {
        **{"kind" if name == "agency_kind" else name: value for name, value in said.items()},
        "phones": list(point.phones),
        "email": point.email,
        "page": point.page,
        "source": point.source,
        "published_on": iso(point.published_on),
    }


def point_values(point: Published) -> dict[str, Any]:
    """A published contact point as the answers of its form; nothing where nothing is published."""
    if point == Published():
        return {}
    return {
        "phones": list(point.phones) or None,
        "email": point.email,
        "page": point.page,
        "source": point.source or "",
        "published_on": iso(point.published_on) or "",
    }


async def _publish(
    desk: Desk, person: Person, agency: Agency, answers: Answers, facts: Facts, message: int | None
) -> None:
    """Without any way to reach it, the contact point is taken off the lists."""
    ways = [facts.get(name) for name in ("phones", "email", "page")]
    point = Published()
    if any(ways):
        point = Published(
            tuple(facts.get("phones") or ()),
            facts.get("email"),
            facts.get("page"),
            facts["source"],
            date.fromisoformat(facts["published_on"]),
        )
    after = replace(agency, published=point)
    if after != agency:
        await _write(desk, person, agency, after)
    await agency_pages.show(desk, person, after, message)


async def _end(desk: Desk, person: Person, agency: Agency, answers: Answers, facts: Facts, message: int | None) -> None:
    """It is no more, and nobody takes its place: its systems are to be stopped first, its posts end with it."""
    until = date.fromisoformat(facts["until"])
    if until <= (agency.since or date.min):
        raise Refusal("agency.wrong_day.toast")
    if await systems.count(desk.tx, agency.id, today(desk)):
        raise Refusal("agency.has_systems.toast")
    await contacts.end_of_agency(desk, person, agency)
    ended = replace(agency, until=until)
    await agencies.change(desk.tx, ended, desk.now)
    await laying.lay_agency(desk, ended)
    await chronicle.note(desk, Event.AGENCY_ENDED, person, agency.id, day=until.isoformat())
    await agency_pages.show(desk, person, ended, message)


async def _merge(
    desk: Desk, person: Person, agency: Agency, answers: Answers, facts: Facts, message: int | None
) -> None:
    until = date.fromisoformat(facts["until"])
    await merging.ask(desk, person, agency.id, str(facts["successor"]), until, message)


_SUBMITS = {AGENCY.name: _change, AGENCY_POINT.name: _publish, AGENCY_END.name: _end, AGENCY_MERGE.name: _merge}
