"""Any form, walked over Telegram: one handler for every message in private, one for every key under a question."""

from __future__ import annotations

from telegram import Update

from bot.domain import vietnamese
from bot.domain.presses import Answer, Fork, PictureConsent
from bot.services import conversations, endings, evidence, menu
from bot.services.conversations import Heard
from handlers.context import Context
from storage import drafts


async def said(update: Update, context: Context) -> None:
    """A message in private that is no command: an answer to the open form, the beginning of a report, or small talk."""
    desk, person, incoming = context.desk, context.person, context.incoming
    reply = incoming.said()
    one = await drafts.find(desk.tx, person.id)
    if one is None and not reply.is_story:
        await menu.too_short(desk, person)
        return
    if one is None:
        form = menu.report_form(person)
        assert form.story is not None
        one = await conversations.begin(
            desk, person, form, {form.story: vietnamese.nfc(reply.text).strip()}, note="form.story_taken"
        )
    else:
        await conversations.hear(desk, person, one, Heard(reply))
    for medium in incoming.media:
        await evidence.receive(
            desk, person, one, medium.kind, medium.file_id, medium.size, shows_people=medium.shows_people
        )


async def pressed(update: Update, context: Context) -> None:
    """A key under a question."""
    press = context.incoming.press
    assert isinstance(press, Answer)
    one = await drafts.find(context.desk.tx, context.person.id)
    if one is None:
        context.toast("press.stale.toast")
        return
    context.toast(await conversations.press(context.desk, context.person, one, press, context.incoming.message))


async def forked(update: Update, context: Context) -> None:
    """Go on with an open form, or begin anew."""
    press = context.incoming.press
    assert isinstance(press, Fork)
    context.toast(await menu.fork(context.desk, context.person, press, context.incoming.message))


async def cancelled(update: Update, context: Context) -> None:
    """`/huy`."""
    one = await drafts.find(context.desk.tx, context.person.id)
    if one is None:
        await context.desk.say(context.person, "cancel.nothing", buttons=menu.doors())
        return
    await endings.cancel(context.desk, context.person, one, None)


async def picture_answered(update: Update, context: Context) -> None:
    """The answer to the notice about sensitive pictures."""
    press = context.incoming.press
    assert isinstance(press, PictureConsent)
    context.toast(
        await evidence.answer(context.desk, context.person, press.evidence, press.answer, context.incoming.message)
    )
