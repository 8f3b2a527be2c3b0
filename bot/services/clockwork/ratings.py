"""How grave an incident is: the answers propose; one of the team confirms with a press, or picks another and why."""

from __future__ import annotations

from typing import Any

from bot.domain import redact
from bot.domain import severity as domain
from bot.domain.incidents import OPEN, EventKind, Severity
from bot.domain.people import Permission, Person
from bot.domain.presses import Dossier
from bot.domain.tasks import RATING, Reason
from bot.services import answers
from bot.services.casework import lives
from bot.services.clockwork import clocks, degrees, duties
from bot.services.desk import Desk, check, key, named
from bot.services.outbreak import digests
from locales import At, Word
from storage import events, incidents, people


def proposal(incident: incidents.Incident) -> domain.Proposal:
    return domain.propose(incident.source, incident.kind, incident.facts, incident.filed_at)


async def propose(desk: Desk, incident: incidents.Incident) -> None:
    """What the answers of a report that was just filed say, and by which rule."""
    said = proposal(incident)
    await desk.log(incident.id, EventKind.PROPOSED, None, severity=said.severity, rule=said.rule)


async def propose_again(desk: Desk, before: incidents.Incident) -> None:
    """More is known. A degree that a person has confirmed stays; since when it is known counts in any case."""
    known = await incidents.get(desk.tx, before.id)
    said = proposal(known)
    await incidents.propose(desk.tx, known.id, said.severity, domain.detected_at(known.facts))
    if known.severity is None and said != proposal(before):
        await desk.log(known.id, EventKind.PROPOSED, None, severity=said.severity, rule=said.rule)
    await clocks.touched(desk, known.id, EventKind.SUPPLEMENTED)
    await duties.renew(desk, before, await incidents.get(desk.tx, known.id))


async def rate(
    desk: Desk, person: Person, incident: incidents.Incident, severity: Severity, reason: str | None = None
) -> incidents.Incident:
    """Say how grave it is; the reporter hears of it only where a promised time moves or the law asks for more.

    Raises:
        Refusal: no right, or it has ended.
    """
    check(person, Permission.RATE)
    if incident.status not in OPEN:
        raise await lives.overtaken(desk, person, incident)
    await desk.redraw(incident.id)
    if severity is incident.severity:
        return incident
    await incidents.rate(desk.tx, incident.id, severity, desk.now)
    said = {"before": incident.severity, "after": severity, "proposed": incident.proposed, "reason": reason}
    await desk.log(incident.id, EventKind.RATED, person, **{name: one for name, one in said.items() if one})
    rated = await incidents.get(desk.tx, incident.id)
    await duties.renew(desk, incident, rated)
    await digests.risen(desk, rated)
    return rated


async def show_page(desk: Desk, person: Person, incident: incidents.Incident, edits: int | None = None) -> None:
    """The page of the case file: what holds, who said so and why, what the answers say, and what each degree means."""
    rates = person.may(Permission.RATE) and incident.status in OPEN
    said = proposal(incident)
    await desk.say(
        person,
        "degree.page",
        buttons=[*(degrees.keys(incident) if rates else ()), [key("button.dossier_back", Dossier(incident.id))]],
        edits=edits,
        about=incident.id,
        code=incident.code,
        severity=degrees.label(incident),
        rated=await _rated(desk, incident, personal=person.may(Permission.SEE_CONTACT)),
        proposed=Word(f"severity.{said.severity}"),
        rule=Word(f"severity_rule.{said.rule}"),
        criteria=degrees.criteria(desk),
    )


async def _rated(desk: Desk, incident: incidents.Incident, *, personal: bool) -> Any:
    """Who said it last, when, and why; words of a colleague as this reader may see them."""
    event = await events.last_of(desk.tx, incident.id, EventKind.RATED)
    if event is None or event.actor is None:
        return None
    reason = (event.payload or {}).get("reason")
    question = RATING.question("reason")
    assert isinstance(question, Reason)
    why = answers.reason(question, str(reason)) if reason else None
    if isinstance(why, str):
        why = redact.defang(why if personal else redact.mask_personal(why))
    return Word("degree.rated", who=await _name(desk, event.actor), at=At(event.at), reason=why)


async def _name(desk: Desk, person: str) -> Any:
    try:
        return named(await people.get(desk.tx, person))
    except LookupError:
        return Word("staff.unnamed")
