"""Where a private message can live: in an own incident, in a report that it begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.domain import vietnamese
from bot.domain.errors import Refusal
from bot.domain.evidence import Piece
from bot.domain.incidents import OPEN, Status
from bot.domain.people import Person
from bot.services.casework import relay
from bot.services.desk import Desk
from bot.services.reporting import conversations, evidence, menu, quotas, sayings
from bot.services.reporting.sayings import Item
from storage import drafts, incidents, threads

OFFERED = 6  # own incidents between which one can choose


async def open_to(desk: Desk, person: Person) -> list[incidents.Incident]:
    """The person's incidents of which there may be more to say: open, or ended so lately that one may object."""
    since = desk.now - timedelta(days=desk.policy.objection_days)
    return await incidents.answerable(desk.tx, person.id, since, OFFERED)


def takes_words(desk: Desk, incident: incidents.Incident) -> bool:
    if incident.status in OPEN:
        return True
    lately = desk.now - timedelta(days=desk.policy.objection_days)
    return incident.status is not Status.WITHDRAWN and incident.ended_at is not None and incident.ended_at > lately


async def add(desk: Desk, person: Person, incident: incidents.Incident, item: Item) -> None:
    """Words and files go to an incident that is filed."""
    if item.said.text:
        await relay.from_reporter(desk, person, incident, text=item.said.text, message=item.message, origin=item.origin)
    else:
        await threads.note(desk.tx, person.id, item.message, incident.id, desk.now)
        if item.origin is not None:
            await sayings.note_origin(desk, person, incident.id, item.origin)
    await keep(desk, person, item.pieces, incident=incident.id)


async def begin_with(desk: Desk, person: Person, items: Sequence[Item]) -> drafts.Open:
    """Begin a report whose story is told already, by one message or by several."""
    form = menu.report_form(person)
    assert form.story is not None
    told = [vietnamese.nfc(item.said.text).strip() for item in items]
    story = "\n".join(filter(None, told))
    one = await conversations.begin(desk, person, form, {form.story: story}, note="form.story_taken")
    for item, words in zip(items, told, strict=True):
        await sayings.note(desk, person, one, item, form.story, words)
    return one


async def keep(
    desk: Desk,
    person: Person,
    pieces: Sequence[Piece],
    *,
    draft: str | None = None,
    incident: str | None = None,
    stray: str | None = None,
) -> None:
    """Files, where their message has gone. One that cannot be taken is refused in words; the words beside it stay."""
    for piece in pieces:
        try:
            async with desk.tx.savepoint():
                await evidence.receive(desk, person, piece, draft=draft, incident=incident, stray=stray)
        except Refusal as no:
            if await quotas.is_said(desk, person, no):
                await desk.say(person, no.key, **no.values)
