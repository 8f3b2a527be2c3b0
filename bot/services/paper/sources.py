"""What is known of an incident and may be printed in a paper: nothing here is made up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.domain import vietnamese
from bot.domain.incidents import Source
from bot.domain.people import OFFICERS
from bot.domain.policy import Body
from bot.domain.questions import UNKNOWN
from bot.services.desk import Desk
from bot.services.register.gate import today
from locales import DEFAULT
from storage import agencies, closings, privacy, roles, systems, ties
from storage.incidents import Incident

Values = Mapping[str, Any]


async def at_hand(desk: Desk, incident: Incident, *, whole: bool = True) -> dict[str, Any]:
    """Everything that a field may name as its source, as `group.name`: nothing here is made up.

    `incident`, `facts` (the report), `agency` and `system` (of the register), `contact` (of officers alone, with
    consent), `body` (the policy of the day), `closing` (what the team wrote at the end). Not `whole`: of a closing
    that was written for many reports together only the result, which their reporters were told; the rest may speak of
    another agency.
    """
    closing = await closings.find(desk.tx, incident.id)
    if closing is not None and not whole and await ties.parents(desk.tx, incident.id):
        closing = replace(closing, facts={"result": closing.facts.get("result")})
    names = {str(body): desk.policy.name_of(body, today(desk)) for body in Body}
    ended: dict[str, Any] = {**closing.facts, "damage": _dong(desk, closing.damage)} if closing else {}
    groups: dict[str, Values] = {
        "incident": _of_incident(desk, incident),
        "facts": {**incident.facts, "story": incident.facts.get("summary") or incident.facts.get("story")},
        "body": names,
        "closing": ended,
        **(await _of_officer(desk, incident)),
    }
    return {f"{group}.{name}": value for group, values in groups.items() for name, value in values.items()}


def _of_incident(desk: Desk, incident: Incident) -> Values:
    texts = desk.house.texts
    grave = incident.severity or incident.proposed
    said = str(incident.facts.get("detected_at") or incident.facts.get("happened_at") or UNKNOWN)
    moment = None if said == UNKNOWN else vietnamese.Moment.from_text(said)
    local = moment.at.astimezone(vietnamese.HANOI) if moment else None
    return {
        "code": incident.code,
        "kind": texts.plain(DEFAULT, f"kind.{incident.kind}.label"),
        "severity": texts.plain(DEFAULT, f"severity.{grave}") if grave else None,
        "filed_on": incident.filed_at.astimezone(vietnamese.HANOI).date().isoformat(),
        "detected_on": local.date().isoformat() if local else None,
        "detected_time": local.strftime("%H:%M") if local and moment and moment.precise else None,
    }


async def _of_officer(desk: Desk, incident: Incident) -> dict[str, Values]:
    """Who reported for an agency. A citizen is never named in a paper of an office."""
    if incident.source is not Source.AGENCY or incident.reporter is None:
        return {}
    return {
        "agency": {"name": await _agency_name(desk, incident)},
        "system": await _of_system(desk, incident),
        "contact": await privacy.contact(desk.tx, incident.id) or {},
    }


async def _agency_name(desk: Desk, incident: Incident) -> str | None:
    """By the register; else as it was written down when the officer was invited."""
    agency = await agencies.find(desk.tx, incident.agency)
    if agency is not None or incident.reporter is None:
        return agency.name if agency else None
    held = await roles.held_by(desk.tx, incident.reporter)
    return next((one.scope for one in held if one.role in OFFICERS and one.scope), None)


async def _of_system(desk: Desk, incident: Incident) -> Values:
    """Who owns a system of the register, runs it, connects it to the Internet."""
    system = await systems.find(desk.tx, incident.system)
    if system is None:
        return {}
    parties = {"owner": system.agency, "operator": system.operator, "provider": system.provider}
    found = {name: await agencies.find(desk.tx, one) for name, one in parties.items()}
    return {name: agency.name for name, agency in found.items() if agency}


def _dong(desk: Desk, damage: int | None) -> str | None:
    return None if damage is None else desk.house.texts.plain(DEFAULT, "money.dong", {"n": damage})
