"""What people say in private, and any form, walked over Telegram: one handler for messages, one for their keys."""

from __future__ import annotations

from telegram import Update

from bot.domain.presses import Answer, Fork, PictureConsent, Which
from bot.services.reporting import conversations, corrections, endings, evidence, intake, menu, strays
from bot.services.reporting.sayings import Item
from handlers.context import Context
from locales import DEFAULT
from storage import drafts


async def said(update: Update, context: Context) -> None:
    """A message in private that is no command: taken in wherever it belongs, or refused in plain words."""
    incoming = context.incoming
    if incoming.refused is not None:
        await context.desk.say(context.person, incoming.refused)
    if incoming.refused is None or incoming.text:
        await intake.receive(context.desk, context.person, item(context))


async def edited(update: Update, context: Context) -> None:
    """A message in private was changed. A live position changes by itself: where it began is kept."""
    if context.incoming.moving:
        return
    if context.incoming.text.startswith("/"):
        await context.desk.say(context.person, "message.edited_command")
        return
    await corrections.edited(context.desk, context.person, item(context))


def item(context: Context) -> Item:
    """A message as the services see it. What it tells without words is told in the language of the team."""
    incoming, texts = context.incoming, context.desk.house.texts
    assert incoming.message is not None
    told = "\n".join(texts.plain(DEFAULT, one.text, one.values) for one in incoming.told)
    return Item(
        incoming.message, incoming.said(told), incoming.media, incoming.origin, incoming.reply_to, incoming.album
    )


async def placed(update: Update, context: Context) -> None:
    """The person says to which own incident the waiting messages belong."""
    press = context.incoming.press
    assert isinstance(press, Which)
    await strays.choose(context.desk, context.person, press.incident, context.incoming.message)


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
