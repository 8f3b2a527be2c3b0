"""What becomes of a private message without a command: nobody who needs help has to learn where to put it."""

from __future__ import annotations

from bot.domain import reports
from bot.domain.incidents import Status
from bot.domain.people import Permission, Person
from bot.services.casework import referrals
from bot.services.coordination import replies
from bot.services.desk import Desk
from bot.services.obligation import attachments
from bot.services.paper.formbook import form_of
from bot.services.register import imports
from bot.services.reporting import conversations, homes, menu, sayings, strays
from bot.services.reporting.conversations import Heard
from bot.services.reporting.sayings import BURST, Item
from storage import codec, drafts, incidents, outbox, threads
from storage import sayings as noted


async def receive(desk: Desk, person: Person, item: Item) -> None:
    """Take a message in. A table that the register waits for is none of the following.

    1. An answer to a message about an incident belongs to that incident.
    2. Else it answers the open form, unless the team has spoken last about the report which that form filed.
    3. Else it belongs to the only own incident of which there may be more to say; of several, the person says which.
    4. Else it begins a report, if it tells anything; one of the team is asked first, who may have meant a colleague.
    """
    if item.reply_to is not None and await _replied(desk, person, item, item.reply_to):
        return
    if await imports.receive(desk, person, item.pieces):
        return
    one = await drafts.find(desk.tx, person.id)
    if one is not None and not await _is_asked_by_team(desk, one):
        await _answer(desk, person, one, item)
        return
    mine = await homes.open_to(desk, person)
    if len(mine) == 1:
        await homes.add(desk, person, mine[0], item)
    elif mine:
        await strays.ask(desk, person, mine, item)
    elif item.said.is_story and person.may(Permission.CLAIM) and not item.pieces:
        await strays.ask_colleague(desk, person, item)
    elif item.said.is_story:
        one = await homes.begin_with(desk, person, [item])
        await homes.keep(desk, person, item.pieces, draft=one.id)
    else:
        await menu.too_short(desk, person)


async def awaits(desk: Desk, person: Person) -> bool:
    """Whether a message without a story has somewhere to go: an open form, an own incident."""
    return await drafts.find(desk.tx, person.id) is not None or bool(await homes.open_to(desk, person))


# An answer to a message about an incident --------------------------------------------------------------------------


async def _replied(desk: Desk, person: Person, item: Item, reply_to: int) -> bool:
    """True where the message that it answers is about an incident, whosesoever that is."""
    about = await threads.incident_of(desk.tx, person.id, reply_to)
    incident = await incidents.find(desk.tx, about) if about else None
    if incident is None:
        return bool(about and item.said.text) and await _request_answered(desk, person, str(about), item)
    if incident.reporter == person.id and homes.takes_words(desk, incident):
        await homes.add(desk, person, incident, item)
    elif incident.reporter == person.id:
        await desk.say(person, "intake.ended", code=incident.code)
    elif person.may(Permission.ANSWER_REFERRAL):
        await _liaison_replied(desk, person, incident, item)
    elif person.may(Permission.RELAY):
        await desk.say(person, "intake.in_group", code=incident.code)
    else:
        return False
    return True


async def _request_answered(desk: Desk, person: Person, about: str, item: Item) -> bool:
    """True where an agency answers a request in words; files are asked for elsewhere."""
    if not await replies.replied(desk, person, about, item.said.text):
        return False
    if item.pieces:
        await desk.say(person, "intake.words_only")
    return True


async def _liaison_replied(desk: Desk, person: Person, incident: incidents.Incident, item: Item) -> None:
    """What another body writes about an incident that was referred to it; it is asked for words alone."""
    if item.said.text:
        await referrals.spoke(desk, person, incident, item.said.text, item.message)
    if item.pieces:
        await desk.say(person, "intake.words_only")


# An open form -------------------------------------------------------------------------------------------------------


async def _is_asked_by_team(desk: Desk, one: drafts.Open) -> bool:
    """The form was filed in silence and is still open, but the team waits for an answer, or has written since the
    form was touched last: whoever spoke last is answered."""
    if one.incident is None:
        return False
    if (await incidents.get(desk.tx, one.incident)).status is Status.WAITING:
        return True
    written = await outbox.last_made(desk.tx, one.incident, "relay.answer")
    return written is not None and codec.moment(written) > one.touched_at


async def _answer(desk: Desk, person: Person, one: drafts.Open, item: Item) -> None:
    """An answer to the open form, or more for its story; pictures that come in a row are one answer."""
    form = form_of(desk, one)
    if item.pieces and attachments.takes(desk, one):
        await attachments.receive(desk, person, one, item)
        return
    if not await _follows(desk, person, one, item):
        await conversations.hear(desk, person, one, Heard(item.said))
    now = await drafts.find(desk.tx, person.id)
    assert now is not None
    question, words = sayings.part_of(form, one.draft, now.draft)
    await sayings.note(desk, person, now, item, question, words, changed=now.draft.answers != one.draft.answers)
    if form.name in reports.REPORTS:
        await homes.keep(desk, person, item.pieces, draft=now.id, incident=now.incident)
    elif item.pieces:
        await desk.say(person, "intake.words_only")


async def _follows(desk: Desk, person: Person, one: drafts.Open, item: Item) -> bool:
    """Whether a picture without words only goes on with those before it."""
    if item.said.text or not item.pieces or one.draft.form not in reports.REPORTS:
        return False
    last = await noted.newest(desk.tx, person.id)
    if last is not None and last.draft == one.id:
        return last.at > desk.now - BURST or (item.album is not None and last.album == item.album)
    newest = await threads.newest(desk.tx, person.id)
    return newest is not None and newest[0].incident == one.incident and newest[1] > desk.now - BURST
