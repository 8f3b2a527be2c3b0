"""Which message said what: for an open form, and once it is filed, as messages of its incident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.evidence import Piece
from bot.domain.forms import Draft, Form
from bot.domain.incidents import EventKind
from bot.domain.people import Person
from bot.domain.questions import Said
from bot.services.desk import Desk
from locales import At, Listed, Word
from storage import drafts, events, incidents, sayings, threads

Origin = Mapping[str, str]
BURST = timedelta(seconds=30)  # what follows so quickly is one piece: it is answered once


@dataclass(frozen=True)
class Item:
    """One message: its number in the chat, what it says, what came with it, whom it was sent on from."""

    message: int
    said: Said
    pieces: Sequence[Piece] = ()
    origin: Origin | None = None
    reply_to: int | None = None
    album: str | None = None


def part_of(form: Form, before: Draft, after: Draft) -> tuple[str, str]:
    """The question that a message has answered, and which words of the story are its own.

    Words that joined the story are the story's, whatever was asked when they were said.
    """
    if form.story is not None and after.answers.get(form.story) != before.answers.get(form.story):
        told, tells = str(before.answers.get(form.story) or ""), str(after.answers[form.story] or "")
        return form.story, tells.removeprefix(told).lstrip("\n")
    return before.at, ""


async def note(
    desk: Desk, person: Person, one: drafts.Open, item: Item, question: str, words: str, *, changed: bool = True
) -> None:
    """Remember which message said what for a form, so that it can be changed later."""
    if one.incident is None:
        said = sayings.Saying(item.message, one.id, question, words, item.album, item.origin, desk.now)
        await sayings.note(desk.tx, person.id, said)
        return
    number = await events.last_number(desk.tx, one.incident) if changed else None
    await threads.note(desk.tx, person.id, item.message, one.incident, desk.now, number=number)
    if item.origin is not None:
        await note_origin(desk, person, one.incident, item.origin)


async def file(desk: Desk, person: Person, incident: incidents.Incident) -> None:
    """A form was filed: the messages that told it belong to its incident, whose first event keeps what they say."""
    for said in await sayings.of(desk.tx, person.id):
        await threads.note(desk.tx, person.id, said.telegram_id, incident.id, desk.now, number=1)
        if said.origin is not None:
            await note_origin(desk, person, incident.id, said.origin)
    await sayings.forget(desk.tx, person.id)


async def note_origin(desk: Desk, person: Person, incident: str, origin: Origin) -> None:
    """Whom something came from that was sent on: evidence, and somebody's personal data."""
    await desk.log(incident, EventKind.FORWARDED, person, origin=dict(origin))


async def origins(desk: Desk, incident: str) -> Any:
    """Everyone from whom the reporter of an incident has sent something on; for private eyes only. None: nobody."""
    found: dict[str, Any] = {}
    for event in await events.of(desk.tx, incident):
        origin = (event.payload or {}).get("origin")
        if origin:
            found.setdefault(str(sorted(origin.items())), shown(origin))
    return Listed(found.values()) if found else None


def shown(origin: Origin) -> Any:
    """One line about whom something came from, and when."""
    at = At(datetime.fromisoformat(origin["date"]))
    if origin["type"] == "self":
        return Word("origin.self", at=at)
    name, username = origin.get("name") or "?", origin.get("username")
    return Word("origin.other", name=f"{name} (@{username})" if username else name, at=at)
