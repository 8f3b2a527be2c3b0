"""The card of an incident in the team's group: nothing of the reporter, and of the story what a group may see."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.domain import redact
from bot.domain.incidents import OPEN, Status
from bot.domain.presses import Claim, Details
from bot.domain.questions import UNKNOWN
from bot.domain.sending import Lane
from bot.services import answers
from bot.services.desk import House, Key, key, named
from locales import At, Word
from storage import cards, incidents, outbox, people
from storage.store import Transaction

LONGEST_SYSTEM = 80


async def owner_name(tx: Transaction, incident: incidents.Incident) -> Any:
    if incident.owner is None:
        return Word("card.nobody")
    return named(await people.get(tx, incident.owner))


async def facts(tx: Transaction, incident: incidents.Incident) -> dict[str, Any]:
    """What a card may show. Free words pass `for_group`: phones and numbers masked, links made harmless."""
    system = incident.facts.get("system")
    return {
        "code": incident.code,
        "source": Word(f"source.{incident.source}"),
        "kind": Word(f"kind.{incident.kind}.label"),
        "mark": Word("card.incomplete") if incident.incomplete else None,
        "system": redact.for_group(str(system), LONGEST_SYSTEM) if system and system != UNKNOWN else None,
        "detected": answers.moment(incident.facts.get("detected_at") or incident.facts.get("happened_at")),
        "summary": incident.summary or Word("card.no_words"),
        "filed": At(incident.filed_at),
        "status": Word(f"status.{incident.status}"),
        "owner": await owner_name(tx, incident),
    }


def buttons(incident: incidents.Incident) -> list[list[Key]]:
    keys = [key("button.claim", Claim(incident.id), "primary")] if incident.status is Status.NEW else []
    if incident.status in OPEN:
        keys.append(key("button.details", Details(incident.id)))
    return [keys] if keys else []


async def message(tx: Transaction, house: House, card: str) -> outbox.Message:
    """The card as it should look now."""
    laid = await cards.find(tx, card)
    assert laid is not None
    incident = await incidents.get(tx, laid.incident)
    return outbox.Message("card.incident", await facts(tx, incident), buttons(incident), {}, incident.id)


async def send_anew(tx: Transaction, card: cards.Card, now: datetime) -> None:
    """The message of a card is gone (deleted, or left behind by a group that moved): its newest state is sent."""
    again = await outbox.write(tx, outbox.Message("card.incident", about=card.incident), now)
    stream = f"{card.incident}@{card.group}"
    await outbox.address(tx, again, card.group, now, stream=stream, lane=Lane.NOTICE, card=card.id)
