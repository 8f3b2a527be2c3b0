"""The one file of a form of an agency: taken where it is a letter, refused in words that name the official way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.domain import attaching
from bot.domain.attaching import FILE
from bot.domain.errors import Refusal
from bot.domain.evidence import Piece, State, shown_name, unwelcome
from bot.domain.people import Person
from bot.services.desk import Desk
from bot.services.paper.formbook import form_of
from bot.services.reporting import conversations, quotas
from bot.services.reporting.conversations import Heard
from bot.services.reporting.sayings import Item
from locales import Word
from storage import drafts, evidence

MARK = "submission.file"  # where the sentences stand


def takes(desk: Desk, one: drafts.Open) -> bool:
    """Whether the open form has room for a file."""
    return form_of(desk, one).has(FILE)


async def receive(desk: Desk, person: Person, one: drafts.Open, item: Item) -> None:
    """Files under such a form, wherever it stands: the first that fits is its file, in place of an earlier one.

    It is fetched and hashed like any other evidence. Nobody is asked for a consent: a letter of an agency shows what
    the agency did. Words beside a file answer no question, and whoever wrote them is told.
    """
    if await _is_of_the_same_album(desk, one, item):
        await desk.say(person, f"{MARK}.only_one")
        return
    kept = await _first(desk, person, one, item.pieces)
    if kept is None:
        await conversations.show(desk, person, one)
        return
    note = f"{MARK}.words_left" if item.said.text else f"{MARK}.noted"
    if one.draft.at == FILE:
        await conversations.hear(desk, person, one, Heard(replace(item.said, kept=kept)))
    else:
        await conversations.correct(desk, person, one, FILE, dict(kept), note=note)


async def _is_of_the_same_album(desk: Desk, one: drafts.Open, item: Item) -> bool:
    """Telegram sends an album picture by picture: the first was taken, the others are told that there is room for
    one."""
    before = await _before(desk, one)
    return before is not None and before.album is not None and before.album == item.album


async def _before(desk: Desk, one: drafts.Open) -> evidence.Evidence | None:
    answer = one.draft.answers.get(FILE)
    return await evidence.find(desk.tx, answer["id"]) if answer else None


async def _first(desk: Desk, person: Person, one: drafts.Open, pieces: Sequence[Piece]) -> Mapping[str, Any] | None:
    """The first piece that can be taken, noted to be fetched; each that cannot is refused in words."""
    for piece in pieces:
        try:
            async with desk.tx.savepoint():
                return await _take(desk, person, one, piece)
        except Refusal as no:
            if await quotas.is_said(desk, person, no):
                await desk.say(person, no.key, **no.values)
    return None


async def _take(desk: Desk, person: Person, one: drafts.Open, piece: Piece) -> Mapping[str, Any]:
    """Note a piece for the draft.

    Raises:
        Refusal: it is no letter, or one that Telegram or the disk cannot give us, or the measure of the day is used up.
    """
    name = shown_name(piece.name)
    shown = name or Word(f"evidence.{piece.kind}", n=1)
    unfit = attaching.unfit(piece)
    if unfit is not None:
        raise Refusal(f"{MARK}.refused", file=shown, reason=Word(f"{MARK}.{unfit}"))
    reason = unwelcome(piece, programs=False)
    if reason is not None:
        raise Refusal(f"{MARK}.refused", file=shown, reason=Word(f"file.reason.{reason}"))
    await quotas.take(desk, person, piece.size)
    await evidence.erase_of_draft(desk.tx, one.id)  # there is room for one
    kept = replace(piece, name=name)
    identifier = await evidence.add(desk.tx, person.id, evidence.Place(one.id), kept, State.WAITING, desk.now)
    return {"id": identifier, "kind": piece.kind, "name": name}
