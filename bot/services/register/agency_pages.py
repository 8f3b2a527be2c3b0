"""An agency as the department and the team see it: who speaks for it, what it uses, how that stands, what happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain import vietnamese
from bot.domain.errors import Refusal
from bot.domain.people import Permission, Person
from bot.domain.presses import AgencyFile, Browse, KeepAgency
from bot.services.desk import Desk, Key, Keys, check, key, rows
from bot.services.register import chronicle, contacts, squares, system_pages
from bot.services.register.gate import today
from bot.services.register.keying import shown_day
from locales import Lines, Listed, Word
from storage import agencies, systems
from storage.agencies import Agency

LOGGED = 12  # changes that are shown
LISTED = 8  # predecessors that are named


async def press(desk: Desk, person: Person, press: AgencyFile, message: int | None) -> None:
    """The page of an agency, its systems, or what happened to it.

    Raises:
        Refusal: no right, or nothing there.
    """
    check(person, Permission.SEE_REGISTER)
    agency = await known(desk, press.agency)
    if press.view == "":
        await show(desk, person, agency, message)
    elif press.view == "systems":
        await system_pages.show_to_staff(desk, person, agency, press.page, message)
    elif press.view == "log":
        await _show_log(desk, person, agency, message)
    else:
        raise Refusal("press.stale.toast")


async def known(desk: Desk, identifier: str) -> Agency:
    """An agency that a key names. Raises Refusal: there is none."""
    found = await agencies.find(desk.tx, identifier)
    if found is None:
        raise Refusal("press.stale.toast")
    return found


async def show(desk: Desk, person: Person, agency: Agency, edits: int | None = None) -> None:
    """The page. The caller has checked who may see it."""
    in_use = await systems.running(desk.tx, agency.id, today(desk))
    board = await squares.board(desk, agency, in_use)
    exists = agency.exists(today(desk))
    await desk.say(
        person,
        "agency.page",
        buttons=await _keys(desk, person, agency, len(in_use)),
        edits=edits,
        **await _facts(desk, agency),
        contacts=Word("agency.contacts", lines=await contacts.of_agency(desk, agency.id)) if exists else None,
        n=len(in_use),
        tally=squares.tally(desk, board),
    )


async def _facts(desk: Desk, agency: Agency) -> dict[str, Any]:
    successor = await agencies.find(desk.tx, agency.successor)
    before = await agencies.predecessors(desk.tx, agency.id)
    return {
        "name": agency.name,
        "code": agency.code,
        "kind": Word(f"table.kind.{agency.kind}"),
        "since": shown_day(agency.since),
        "until": shown_day(agency.until),
        "successor": Word("agency.named", name=successor.name, code=successor.code) if successor else None,
        "predecessors": Listed([Word("agency.named", name=one.name, code=one.code) for one in before[:LISTED]])
        if before
        else None,
        "head": headed(agency),
        "point": published(agency),
    }


def headed(agency: Agency) -> Any:
    """Who is responsible before the province; None where nobody is named."""
    if agency.head is None or agency.head_title is None:
        return agency.head
    return Word("agency.headed", name=agency.head, title=agency.head_title)


def published(agency: Agency) -> Any:
    """The contact point that an agency has published, with its date and source; None where there is none."""
    point = agency.published
    ways = [*map(vietnamese.show_phone, point.phones), *(way for way in (point.email, point.page) if way)]
    if not ways:
        return None
    return Word("agency.point", ways=Listed(ways), source=point.source, day=shown_day(point.published_on))


async def _keys(desk: Desk, person: Person, agency: Agency, count: int) -> Keys:
    shown: list[Sequence[Key]] = []
    if count:
        shown.append([key(Word("agency.systems_key", n=count), AgencyFile(agency.id, "systems"))])
    if person.may(Permission.KEEP_REGISTER):
        shown += rows(_keeping(desk, agency), 2)
    if person.may(Permission.CONFIRM_CONTACTS):
        shown += rows(await contacts.relieving(desk, agency.id))
    if agency.successor:
        shown.append([key("button.agency_successor", AgencyFile(agency.successor))])
    shown.append([key("button.register_log", AgencyFile(agency.id, "log")), key("button.register", Browse())])
    return shown


def _keeping(desk: Desk, agency: Agency) -> Sequence[Key]:
    """What the department can change; an agency that is no more keeps its page as it was."""
    if not agency.exists(today(desk)):
        return []
    acts = ("edit", "point", "system", "merge", "end")
    return [key(f"button.agency_{act}", KeepAgency(agency.id, act), _STYLES.get(act)) for act in acts]


_STYLES = {"merge": "danger", "end": "danger"}


async def _show_log(desk: Desk, person: Person, agency: Agency, message: int | None) -> None:
    lines = await chronicle.lines(desk, agency.id, LOGGED)
    await desk.say(
        person,
        "agency.log",
        buttons=[[key("button.agency_back", AgencyFile(agency.id))]],
        edits=message,
        name=agency.name,
        lines=Lines(lines) if lines else Word("agency.log_empty"),
    )
