"""Where it happened: the agency and the system of the register that a report belongs to, and how that is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain import redact
from bot.domain.forms import Form
from bot.domain.listed import LISTS
from bot.domain.own_systems import OWN_SYSTEM
from bot.domain.people import Person
from bot.domain.questions import UNKNOWN
from bot.services.desk import Desk
from bot.services.register.gate import today
from locales import DEFAULT, Word
from storage import agencies, incidents, posts, systems
from storage.store import Transaction
from storage.systems import System

LONGEST = 80  # characters of a name, as a card shows it
MOST = 300  # systems of one draft: whoever has more types the name of the others

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Site:
    """The agency and the system of the register; None where that is not known."""

    agency: str | None = None
    system: str | None = None


# In the form --------------------------------------------------------------------------------------------------------


async def offered(desk: Desk, person: Person, form: Form, given: Facts, incident: str | None) -> Facts:
    """What a draft is opened with: beside what is given, the own systems to choose from, and the one chosen before."""
    if not form.has(OWN_SYSTEM) or LISTS in given:
        return given
    rows = await _rows(desk, person)
    if not rows:
        return given
    before = await incidents.find(desk.tx, incident) if incident else None
    chosen = (before.system or before.agency) if before else None
    if chosen not in {row[0] for row in rows}:
        return {**given, LISTS: {OWN_SYSTEM: rows}}
    return {**given, LISTS: {OWN_SYSTEM: rows}, OWN_SYSTEM: chosen}


async def _rows(desk: Desk, person: Person) -> list[list[str]]:
    """The systems of every agency for which somebody speaks, then "another one" for each. Nothing where that is all."""
    own = [await agencies.get(desk.tx, one.agency) for one in await posts.of_person(desk.tx, person.id)]
    rows, others = [], []
    for agency in own:
        rows += [
            [one.id, _in_list(desk, one), str(one.level or "")]
            for one in await systems.of_agency(desk.tx, agency.id, MOST)
            if one.exists(today(desk))
        ]
        text = "own_system.other" if len(own) == 1 else "own_system.other_of"
        others.append([agency.id, desk.house.texts.plain(DEFAULT, text, {"agency": agency.name})])
    return [*rows[:MOST], *others] if rows or len(own) > 1 else []


def _in_list(desk: Desk, one: System) -> str:
    text = "own_system.levelled" if one.level else "own_system.unlevelled"
    return desk.house.texts.plain(DEFAULT, text, {"system": one.name, "level": one.level})


async def settle(desk: Desk, reporter: Person, form: Form, facts: Facts) -> tuple[Site | None, Facts]:
    """The site of a report, with its facts as everything else reads them: the system by name, its level by number.

    None: nothing was said about it that would change what is known. Whoever speaks for one agency alone reports for it.
    """
    if not form.has(OWN_SYSTEM):
        return None, facts
    rest = {name: answer for name, answer in facts.items() if name != OWN_SYSTEM}
    own = [one.agency for one in await posts.of_person(desk.tx, reporter.id)]
    chosen = facts.get(OWN_SYSTEM)
    if chosen is None:
        return (Site(own[0]) if len(own) == 1 else None), rest
    system = await systems.find(desk.tx, chosen)
    if system is None:
        return (Site(chosen) if chosen in own else None), rest
    rest["system"] = system.name
    if system.level:
        rest["level"] = str(system.level)
    return (Site(system.agency, system.id) if system.agency in own else None), rest


# Shown --------------------------------------------------------------------------------------------------------------


def named(incident: incidents.Incident) -> str | None:
    """The system in the reporter's words or the register's, as a group may see it."""
    system = incident.facts.get("system")
    return redact.for_group(str(system), LONGEST) if system and system != UNKNOWN else None


async def agency_of(tx: Transaction, incident: incidents.Incident) -> str | None:
    """What the agency is called today, as a group may see it."""
    found = await agencies.find(tx, incident.agency)
    return redact.for_group(found.name, LONGEST) if found else None


async def shown(tx: Transaction, incident: incidents.Incident) -> Any:
    """A line for a card: agency, system and level as far as they are known; None where nothing is."""
    agency, system = await agency_of(tx, incident), named(incident)
    level = incident.facts.get("level")
    known_level = level if level not in (None, UNKNOWN) else None
    if system and known_level and incident.system:
        return _line(agency, Word("card.site.levelled", system=system, level=known_level))
    return _line(agency, system)


def _line(agency: str | None, system: Any) -> Any:
    if agency and system:
        return Word("card.site.both", agency=agency, system=system)
    if agency:
        return Word("card.site.agency", agency=agency)
    return Word("card.site.system", system=system) if system else None


async def words(tx: Transaction, incident: incidents.Incident) -> list[str]:
    """What somebody may search for: names and codes of agency and system."""
    agency, system = await agencies.find(tx, incident.agency), await systems.find(tx, incident.system)
    return [word for found in (agency, system) if found for word in (found.name, found.code)]
