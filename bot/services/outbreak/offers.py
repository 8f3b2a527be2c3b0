"""What the team makes of a suggestion: reports merged, an outbreak laid, reports tied to it, or nothing of the kind."""

from __future__ import annotations

from typing import Any

from bot.domain.errors import Refusal
from bot.domain.incidents import OPEN
from bot.domain.people import Permission, Person
from bot.domain.presses import Weigh
from bot.domain.sending import Lane, Op
from bot.services.casework import incidents as files
from bot.services.casework import lives
from bot.services.desk import Desk, check, named
from bot.services.outbreak import matches, mergers, outbreaks
from locales import Word
from storage import groups, incidents, indicators, offers, outbox, people
from storage.offers import Offer


async def weigh(desk: Desk, person: Person, press: Weigh) -> tuple[Offer, Any]:
    """*Gộp vào…*, *Lập sự cố chung*, *Gắn vào…* or *Không phải*; the offer, and what became of it in words.

    Raises:
        Refusal: no right, no such offer, settled already, or the merge is no longer possible.
    """
    offer = await offers.find(desk.tx, press.offer)
    merges = offer is None or offer.kind == offers.MERGE
    check(person, Permission.MERGE if merges else Permission.TIE)
    if offer is None or press.answer not in ("take", "no"):
        raise Refusal("press.stale.toast")
    permission = Permission.MERGE if merges else Permission.TIE
    incident = await files.seen_by(desk, person, permission, offer.incident)
    if offer.state != "open":
        raise Refusal("offer.settled_before.toast", code=incident.code, by=await _decider(desk, person, offer))
    if press.answer == "no":
        return offer, await _dismiss(desk, person, offer, incident)
    return offer, await _take(desk, person, offer, incident)


async def settle(desk: Desk, group: groups.Group, offer: Offer, became: Any, message: int) -> None:
    """The line of the group says what became of the suggestion, and has no keys any more."""
    incident = await incidents.get(desk.tx, offer.incident)
    said = {"code": incident.code, "what": became}
    identifier = await outbox.write(desk.tx, outbox.Message("offer.settled", said, about=incident.id), desk.now)
    stream = f"{incident.id}@{group.id}"
    await outbox.address(
        desk.tx, identifier, group.id, desk.now, stream=stream, lane=Lane.NOTICE, op=Op.EDIT, target=message
    )


async def _decider(desk: Desk, asker: Person, offer: Offer) -> Any:
    if offer.decided_by == asker.id:
        return Word("claim.you")
    try:
        return named(await people.get(desk.tx, str(offer.decided_by)))
    except LookupError:
        return Word("staff.unnamed")


async def _dismiss(desk: Desk, person: Person, offer: Offer, incident: incidents.Incident) -> Any:
    """It is remembered: the same two are not compared again, the same indicator proposes no outbreak for a while."""
    await offers.decide(desk.tx, offer.id, "dismissed", person.id, desk.now)
    if offer.kind == offers.MERGE:
        await matches.consider(desk, incident, await indicators.of(desk.tx, incident.id))
    return Word("offer.dismissed", by=named(person))


async def _take(desk: Desk, person: Person, offer: Offer, incident: incidents.Incident) -> Any:
    if offer.kind == offers.MERGE:
        return await _merge(desk, person, offer, incident)
    if offer.other is None:
        outbreak = await outbreaks.lay_for(desk, person, offer.indicator)
        said = Word("offer.laid", code=outbreak.code, by=named(person))
    else:
        outbreak = await incidents.get(desk.tx, offer.other)
        if outbreak.status not in OPEN:
            raise await lives.overtaken(desk, person, outbreak)
        said = Word("offer.tied", code=outbreak.code, by=named(person))
    await offers.decide(desk.tx, offer.id, "taken", person.id, desk.now, other=outbreak.id)
    await matches.tie(desk, person, incident.id, outbreak)  # at once; whatever else shares the indicator follows
    await outbreaks.tie_all(desk, person, outbreak, offer.indicator)
    return said


async def _merge(desk: Desk, person: Person, offer: Offer, incident: incidents.Incident) -> Any:
    main = await incidents.get(desk.tx, str(offer.other))
    shared = {"kind": offer.indicator.kind, "value": offer.indicator.value}
    await mergers.merge(desk, person, incident, main.code, way="toast", shared=shared)
    await offers.decide(desk.tx, offer.id, "taken", person.id, desk.now)
    return Word("offer.merged", code=main.code, by=named(person))
