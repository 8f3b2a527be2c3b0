"""Messages of somebody with several open incidents: the person says which one each belongs to, or silence decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.domain import forms, reports
from bot.domain.errors import Refusal
from bot.domain.people import Permission, Person
from bot.domain.presses import Which
from bot.domain.questions import Said
from bot.services.casework import incidents as desk_incidents
from bot.services.desk import Desk, key
from bot.services.paper.formbook import form_of
from bot.services.reporting import conversations, evidence, homes, sayings
from bot.services.reporting.sayings import BURST, Item
from locales import Word
from storage import drafts, incidents, people, strays

NONE_OF_THESE = "new"
NOTHING = "drop"
TOGETHER = 20  # people whose messages are placed in one transaction


async def ask(desk: Desk, person: Person, mine: Sequence[incidents.Incident], item: Item) -> None:
    """Keep the message, and ask once for all that come together."""
    before = await strays.of(desk.tx, person.id)
    stray = await strays.keep(desk.tx, person.id, item.message, item.said.text, item.origin, desk.now)
    await homes.keep(desk, person, item.pieces, stray=stray)
    if before and before[-1].at > desk.now - BURST:
        return
    picks = [
        [key(Word("which.pick", code=one.code, kind=Word(f"kind.{one.kind}.label")), Which(one.id))] for one in mine
    ]
    await desk.say(person, "which.ask", buttons=[*picks, [key("button.which_new", Which(NONE_OF_THESE))]])


async def ask_colleague(desk: Desk, person: Person, item: Item) -> None:
    """One of the team writes loose words in private: a report, or words for somebody whom they cannot reach so?"""
    before = await strays.of(desk.tx, person.id)
    await strays.keep(desk.tx, person.id, item.message, item.said.text, item.origin, desk.now)
    if before and before[-1].at > desk.now - BURST:
        return
    keys = [[key("button.which_report", Which(NONE_OF_THESE))], [key("button.which_drop", Which(NOTHING))]]
    await desk.say(person, "which.colleague", buttons=keys)


async def choose(desk: Desk, person: Person, incident_id: str, message: int | None) -> None:
    """The person says where the waiting messages belong.

    Raises:
        Refusal: nothing waits any more, or that incident is not theirs.
    """
    waiting = await strays.of(desk.tx, person.id)
    if not waiting:
        raise Refusal("press.stale.toast")
    if incident_id == NOTHING:
        await _drop(desk, person, message)
        return
    if incident_id == NONE_OF_THESE:
        if message is not None:
            await desk.bare(person, message)
        await _begin(desk, person, waiting)
        return
    incident = await desk_incidents.own(desk, person, incident_id)
    if not homes.takes_words(desk, incident):
        raise Refusal("press.stale.toast")
    await _place(desk, person, incident, waiting)
    await desk.say(person, "which.placed", edits=message, about=incident.id, code=incident.code)


async def _drop(desk: Desk, person: Person, message: int | None) -> None:
    """It was no report, says one of the team; for everybody else what was said is kept.

    Raises:
        Refusal: not of the team.
    """
    if not person.may(Permission.CLAIM) or await homes.open_to(desk, person):
        raise Refusal("press.stale.toast")
    await strays.forget(desk.tx, person.id)
    await desk.say(person, "which.dropped", edits=message)


async def _place(desk: Desk, person: Person, incident: incidents.Incident, waiting: Sequence[strays.Stray]) -> None:
    """Give an incident what waited, in the order in which it was sent."""
    for stray in waiting:
        await homes.add(desk, person, incident, _item(stray))
        await evidence.attach(desk, incident.id, stray=stray.id)
    await strays.forget(desk.tx, person.id)


async def _begin(desk: Desk, person: Person, waiting: Sequence[strays.Stray]) -> None:
    """What waited is something new: it begins a report, or joins the one that was begun meanwhile."""
    one = await drafts.find(desk.tx, person.id)
    items = [_item(stray) for stray in waiting]
    if one is not None and one.incident is None and one.draft.form in reports.REPORTS:
        one = await _join(desk, person, one, items)
    else:
        one = await homes.begin_with(desk, person, items)
    for stray in waiting:
        await strays.move_evidence(desk.tx, stray.id, draft=one.id)
    await strays.forget(desk.tx, person.id)


async def _join(desk: Desk, person: Person, one: drafts.Open, items: Sequence[Item]) -> drafts.Open:
    name = form_of(desk, one).story
    assert name is not None
    story = one.draft.answers.get(name)
    for item in items:
        story = forms.joined(story, item.said.text)
        await sayings.note(desk, person, one, item, name, item.said.text)
    return await conversations.correct(desk, person, one, name, story, note="form.noted")


def _item(stray: strays.Stray) -> Item:
    return Item(stray.telegram_id, Said(stray.words), origin=stray.origin)


async def place_silent(desk: Desk) -> int:
    """Nobody said where: after the silence that files a report, it goes to the newest of the incidents in question.

    So nothing waits unread for longer than a report does, and nothing is lost; how many people were served.
    """
    before = desk.now - timedelta(minutes=desk.policy.silence_minutes)
    silent = await strays.silent(desk.tx, before, TOGETHER)
    for identifier in silent:
        await _place_silent(desk, await people.get(desk.tx, identifier))
    return len(silent)


async def _place_silent(desk: Desk, person: Person) -> None:
    waiting, mine = await strays.of(desk.tx, person.id), await homes.open_to(desk, person)
    if not mine and person.may(Permission.CLAIM):
        await _drop(desk, person, None)
        return
    if not mine:
        await _begin(desk, person, waiting)
        return
    await _place(desk, person, mine[0], waiting)
    await desk.say(person, "which.placed_in_silence", about=mine[0].id, code=mine[0].code)
