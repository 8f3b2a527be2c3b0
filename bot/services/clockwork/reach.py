"""Whom the clock can call about an incident: who has it, the duty officer, those above."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.ladder import Rung
from bot.domain.people import Permission, Person, Role
from bot.services.desk import Desk
from bot.services.duty import rota
from storage import incidents, people

ROLES: Mapping[Rung, tuple[Role, ...]] = {
    Rung.DUTY: (Role.DUTY_OFFICER,),
    Rung.DEPUTY: (Role.DEPUTY_LEAD,),
    Rung.LEADER: (Role.TEAM_LEAD,),
    Rung.LEADS: (Role.DEPUTY_LEAD, Role.TEAM_LEAD),
}


async def on_rung(desk: Desk, incident: incidents.Incident, rung: Rung) -> list[Person]:
    """Everybody who stands on a rung now, still belongs to the team and can be written to.

    The duty officer is who has the shift; where nobody has, everybody who is duty officer by role.
    """
    if rung is Rung.OWNER:
        found = await owner(desk, incident)
        return [found] if found is not None else []
    on_duty = await rota.on_duty(desk) if rung is Rung.DUTY else None
    if on_duty is not None:
        return [on_duty]
    return [one for one in await people.with_roles(desk.tx, ROLES[rung]) if one.may(Permission.SEE_QUEUE)]


async def owner(desk: Desk, incident: incidents.Incident) -> Person | None:
    """Who has the incident, as long as that is somebody who may still work and can be written to."""
    found = await reachable(desk, incident.owner)
    return found if found is not None and found.may(Permission.CLAIM) else None


async def reachable(desk: Desk, person: str | None) -> Person | None:
    """Somebody who can be written to; None where the account was erased or has blocked the bot."""
    if person is None:
        return None
    try:
        found = await people.get(desk.tx, person)
    except LookupError:
        return None
    return None if found.unreachable else found
