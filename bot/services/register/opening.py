"""Keys that open the forms of the register: who may, what is known already, what may be chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.agencies import Kind
from bot.domain.errors import Refusal
from bot.domain.forms import Form
from bot.domain.listed import LISTS
from bot.domain.people import Permission, Person
from bot.domain.presses import KeepAgency, KeepSystem, OwnSystem
from bot.domain.registering import (
    AGENCY,
    AGENCY_END,
    AGENCY_MERGE,
    AGENCY_POINT,
    SYSTEM,
    SYSTEM_LEVEL,
    SYSTEM_STOP,
    SYSTEM_UPDATE,
)
from bot.services.desk import Desk, check
from bot.services.register import agency_changes, agency_pages, gate, system_changes, system_pages
from bot.services.register.agency_changes import BEFORE, OF
from bot.services.register.gate import today
from bot.services.register.keying import cut
from bot.services.reporting import conversations
from storage import agencies
from storage.agencies import Agency
from storage.systems import System

PROVIDERS = 30  # that keys can offer


async def keep_agency(desk: Desk, person: Person, press: KeepAgency) -> None:
    """The department's forms about agencies.

    Raises:
        Refusal: no right, nothing there or no more, or an unsent report of one's own is open.
    """
    check(person, Permission.KEEP_REGISTER)
    if (press.agency, press.act) == ("", "add"):
        await _begin(desk, person, AGENCY, {})
        return
    agency = await agency_pages.known(desk, press.agency)
    if not agency.exists(today(desk)):
        raise Refusal("press.stale.toast")
    if press.act == "system":
        await _begin(desk, person, SYSTEM, {**await _new_system(desk, agency), system_changes.KEPT: "yes"})
    elif press.act in _AGENCY_FORMS:
        known = _known_of(agency, press.act)
        await _begin(desk, person, _AGENCY_FORMS[press.act], {**known, BEFORE: known, OF: agency.id})
    else:
        raise Refusal("press.stale.toast")


_AGENCY_FORMS: Mapping[str, Form] = {
    "edit": AGENCY,
    "point": AGENCY_POINT,
    "merge": AGENCY_MERGE,
    "end": AGENCY_END,
}


def _known_of(agency: Agency, act: str) -> dict[str, Any]:
    """What the form shows as answered: everything in a form that changes, nothing in one that asks anew."""
    if act == "edit":
        return agency_changes.values(agency)
    return agency_changes.point_values(agency.published) if act == "point" else {}


async def keep_system(desk: Desk, person: Person, press: KeepSystem, message: int | None) -> None:
    """The department's forms about systems.

    Raises:
        Refusal: no right, nothing there, or an unsent report of one's own is open.
    """
    check(person, Permission.KEEP_REGISTER)
    system = await system_pages.known(desk, press.system)
    if press.act == "resume":
        await system_changes.resume(desk, person, system, message)
        return
    await _about(
        desk, person, system, {**_OWN_FORMS, "level": SYSTEM_LEVEL}.get(press.act), {system_changes.KEPT: "yes"}
    )


async def own_system(desk: Desk, person: Person, press: OwnSystem, message: int | None) -> None:
    """An officer looks at a system, adds, changes or stops one.

    Raises:
        Refusal: no right, somebody else's, or an unsent report of one's own is open.
    """
    if press.act == "":
        await system_pages.own_page(desk, person, press.of, message)
    elif press.act == "add":
        agency, _ = await gate.own_agency(desk, person, Permission.DO_OBLIGATIONS, press.of)
        await _begin(desk, person, SYSTEM, await _new_system(desk, agency))
    else:
        system = await gate.own_system(desk, person, Permission.DO_OBLIGATIONS, press.of)
        await _about(desk, person, system, _OWN_FORMS.get(press.act), {})


_OWN_FORMS: Mapping[str, Form] = {"edit": SYSTEM, "update": SYSTEM_UPDATE, "stop": SYSTEM_STOP}


async def _about(desk: Desk, person: Person, system: System, form: Form | None, given: Mapping[str, Any]) -> None:
    if form is None or not system.exists(today(desk)):
        raise Refusal("press.stale.toast")
    known = system_changes.values(system) if form is SYSTEM else {}
    lists = await _lists(desk, system) if form is SYSTEM else {}
    await _begin(desk, person, form, {**known, **given, BEFORE: known, OF: system.id, LISTS: lists})


async def _new_system(desk: Desk, agency: Agency) -> dict[str, Any]:
    return {system_changes.AGENCY: agency.id, LISTS: await _lists(desk)}


async def _lists(desk: Desk, system: System | None = None) -> dict[str, Sequence[Sequence[str]]]:
    """The enterprises that a system may be connected by; of a system that is changed, its operator with its name."""
    providers = await agencies.of_kind(desk.tx, Kind.PROVIDER, today(desk), PROVIDERS)
    operator = await agencies.find(desk.tx, system.operator) if system else None
    named = {"provider": providers, "operator": [operator] if operator else []}
    return {name: [[one.id, cut(one.name)] for one in some] for name, some in named.items() if some}


async def _begin(desk: Desk, person: Person, form: Form, given: Mapping[str, Any]) -> None:
    await conversations.check_free(desk, person)
    await conversations.begin(desk, person, form, given)
