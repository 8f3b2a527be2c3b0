"""Finding incidents by words: what was said, a phone, an account, a link, a system; each reader where they may read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from bot.domain import redact, reports
from bot.domain.errors import Refusal
from bot.domain.incidents import WORDED
from bot.domain.people import Permission, Person
from bot.domain.presses import Details, Found
from bot.domain.questions import UNKNOWN, Text
from bot.domain.searching import document, query
from bot.domain.tlp import Tlp, may_read
from bot.services import apart
from bot.services.casework import cards as faces
from bot.services.casework import sites
from bot.services.confines import extras
from bot.services.desk import Desk, Keys, check, key
from locales import Lines, Word
from storage import events, groups, incidents, search

PAGE = 6
LAST_PAGE = 50  # whoever turns further should search for more words
TOGETHER = 20  # incidents that one transaction indexes

# Where the words of an event stand.
WORDS = ("text", "question", "result", "reason", "cause", "consequence", "measures", "helped_by", "papers")


async def index(desk: Desk) -> int:
    """Index what was said since the last look; how many incidents that concerned. One that fails holds up no other."""
    waiting = await search.waiting(desk.tx, desk.now, TOGETHER)
    for identifier in waiting:
        if not await apart.succeeds(desk, f"the index of {identifier}", partial(_index, desk, identifier)):
            await search.postpone(desk.tx, identifier, desk.now + apart.LATER)
    return len(waiting)


async def _index(desk: Desk, identifier: str) -> None:
    incident = await incidents.get(desk.tx, identifier)
    told = [*_known(desk, incident), *await sites.words(desk.tx, incident)]
    told += _said(await events.of(desk.tx, identifier))
    shared = document(redact.mask_personal(text) for text in told)
    await search.index(desk.tx, identifier, shared, document(told))


def _known(desk: Desk, incident: incidents.Incident) -> Iterator[str]:
    yield incident.code
    yield desk.house.texts.plain("vi", f"kind.{incident.kind}.label", {})
    form = reports.FORMS.get(incident.form)
    written = [one.name for one in form.questions if isinstance(one, Text)] if form else incident.facts.keys()
    yield from (str(incident.facts[name]) for name in written if incident.facts.get(name) not in (None, UNKNOWN))


def _said(log: list[events.Event]) -> Iterator[str]:
    for event in log:
        if event.kind in WORDED and event.payload:
            yield from (str(event.payload[name]) for name in WORDS if event.payload.get(name))


async def find(desk: Desk, person: Person, words: str, group: groups.Group | None) -> None:
    """`/tracuu` with words, by one of the team.

    In a group only what the group may read is searched: an answer would tell whose number somebody typed.

    Raises:
        Refusal: no right, or nothing that can be searched for.
    """
    check(person, Permission.SEARCH, "text")
    expression = query(words)
    if expression is None:
        raise Refusal("search.empty")
    if group is not None:
        found = await search.find(desk.tx, expression, personal=False, most=PAGE + 1, skip=0)
        await desk.tell_group(
            group, "search.list", buttons=_picks(found), extras=extras(found), **await _shown(desk, found, None)
        )
        return
    kept = await search.remember(desk.tx, person.id, expression, words[:80], desk.now)
    await _show(desk, person, kept, 0, None)


async def turn(desk: Desk, person: Person, press: Found, message: int | None) -> None:
    """Another page of one's own search.

    Raises:
        Refusal: no right, or the search is not one's own or long gone.
    """
    check(person, Permission.SEARCH)
    kept = await search.recall(desk.tx, press.search)
    if kept is None or kept.person != person.id or not press.page.isdecimal() or int(press.page) > LAST_PAGE:
        raise Refusal("press.stale.toast")
    await _show(desk, person, kept, int(press.page), message)


async def _show(desk: Desk, person: Person, kept: search.Search, page: int, edits: int | None) -> None:
    personal = person.may(Permission.SEE_CONTACT)
    found = await search.find(
        desk.tx,
        kept.query,
        personal=personal,
        most=PAGE + 1,
        skip=page * PAGE,
        reader=person.id,
        everything=may_read(person, None, Tlp.RED),
    )
    turns = [key("button.newer", Found(kept.id, str(page - 1)))] if page else []
    if len(found) > PAGE and page < LAST_PAGE:
        turns.append(key("button.older", Found(kept.id, str(page + 1))))
    buttons = [*_picks(found), *([turns] if turns else [])]
    await desk.say(
        person, "search.list", buttons=buttons, edits=edits, extras=extras(found), **await _shown(desk, found, person)
    )


async def _shown(desk: Desk, found: list[incidents.Incident], reader: Person | None) -> dict[str, Any]:
    """What is listed to one reader; without one, to the group."""
    lines = [Word("search.line", **await faces.facts(desk.tx, one, reader)) for one in found[:PAGE]]
    more = Word("search.more") if reader is None and len(found) > PAGE else None
    return {"lines": Lines(lines) if lines else Word("search.none"), "more": more}


def _picks(found: list[incidents.Incident]) -> Keys:
    return [[key({"text": "queue.pick", "values": {"code": one.code}}, Details(one.id))] for one in found[:PAGE]]
