"""What an edited message does: words of an unsent form are replaced; what is filed stays, and the change is an event.

That a message was deleted is never told to a bot: what was kept of it stays.
"""

from __future__ import annotations

from bot.domain import forms, vietnamese
from bot.domain.errors import Unclear
from bot.domain.forms import LONGEST_STORY, Form
from bot.domain.people import Person
from bot.domain.questions import Json, Said
from bot.services.casework import relay
from bot.services.desk import Desk
from bot.services.paper.formbook import form_of
from bot.services.reporting import conversations, endings, homes, sayings
from bot.services.reporting.conversations import Heard
from bot.services.reporting.sayings import Item
from locales import Word
from storage import drafts, evidence, incidents, strays, threads
from storage import sayings as noted


async def edited(desk: Desk, person: Person, item: Item) -> None:
    """A private message was changed: its words, its file, or both. The file that was replaced stays too."""
    said = await noted.find(desk.tx, person.id, item.message)
    one = await drafts.find(desk.tx, person.id)
    thread = await threads.find(desk.tx, person.id, item.message)
    fresh = [piece for piece in item.pieces if not await evidence.has(desk.tx, person.id, piece.file_id)]
    if said is not None and one is not None and one.id == said.draft:
        await _correct(desk, person, one, said, item)
        await homes.keep(desk, person, fresh, draft=one.id)
    elif thread is not None and (await incidents.get(desk.tx, thread.incident)).reporter == person.id:
        await relay.edited(desk, person, item.message, text=item.said.text)
        await homes.keep(desk, person, fresh, incident=thread.incident)
    elif (stray := await strays.reword(desk.tx, person.id, item.message, item.said.text)) is not None:
        await desk.say(person, "intake.reworded")
        await homes.keep(desk, person, fresh, stray=stray)
    else:
        await desk.say(person, "message.edited")


async def _correct(desk: Desk, person: Person, one: drafts.Open, said: noted.Saying, item: Item) -> None:
    """The message was said for the open form: its own words are changed there, or it is heard again."""
    form = form_of(desk, one)
    if said.question != form.story and said.question not in one.draft.answers:
        await conversations.hear(desk, person, one, Heard(item.said))
        now = await drafts.find(desk.tx, person.id)
        assert now is not None
        await sayings.note(desk, person, now, item, *sayings.part_of(form, one.draft, now.draft))
        return
    words = vietnamese.nfc(item.said.text).strip()
    if said.question == form.story and words == said.words:
        return  # Telegram also tells of changes that nobody can read
    try:
        answer = _changed(desk, person, form, one, said, item.said)
    except Unclear as unclear:
        await conversations.show(desk, person, one, note=Word(f"{unclear.reason}.note"))
        return
    await sayings.note(desk, person, one, item, said.question, words if said.question == form.story else "")
    await conversations.correct(desk, person, one, said.question, answer, note="form.corrected")


def _changed(desk: Desk, person: Person, form: Form, one: drafts.Open, said: noted.Saying, now: Said) -> Json:
    """The answer with the words of now.

    Raises:
        Unclear: they are no answer, or too many.
    """
    if said.question != form.story:
        return form.question(said.question).read(now, endings.known(desk, person, one.draft.answers))
    story, words = str(one.draft.answers.get(said.question) or ""), vietnamese.nfc(now.text).strip()
    told = story.replace(said.words, words, 1) if said.words else forms.joined(story, words)
    if len(told) > LONGEST_STORY:
        raise Unclear("unclear.too_long")
    return told
