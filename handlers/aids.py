"""Working aids: steps that are ticked, ready replies, older pages of the case file, `/xacminh`."""

from __future__ import annotations

from telegram import Update

from bot.domain.people import Permission
from bot.domain.presses import Chapter, Ready, Tick
from bot.services.casework import chains, checklists, incidents, notes, ready_replies, timeline_files, timelines
from handlers.context import Context

LONGEST_NUMBER = 16  # digits


async def verified(update: Update, context: Context) -> None:
    """`/xacminh SC-…`."""
    await chains.verify(context.desk, context.person, " ".join(context.args or ()), context.group)


async def ticked(update: Update, context: Context) -> None:
    """The number of a step."""
    press = context.incoming.press
    assert isinstance(press, Tick)
    name, words = await checklists.tick(context.desk, context.person, press, context.incoming.message)
    context.toast(name, words=words)


async def replied(update: Update, context: Context) -> None:
    """A ready reply: see, send, reword."""
    press = context.incoming.press
    assert isinstance(press, Ready)
    context.toast(await ready_replies.press(context.desk, context.person, press, context.incoming.message))


async def turned(update: Update, context: Context) -> None:
    """Older and newer events and notes; the whole as a file."""
    press = context.incoming.press
    assert isinstance(press, Chapter)
    pages = {"timeline": timelines.page, "notes": notes.page}
    desk, person = context.desk, context.person
    incident = await incidents.seen_by(desk, person, Permission.SEE_DETAILS, press.incident)
    if press.of == "file":
        await timeline_files.order(desk, person, incident)
    elif press.of in pages and press.below.isdecimal() and len(press.below) <= LONGEST_NUMBER:
        await pages[press.of](desk, person, incident, int(press.below), context.incoming.message)
    else:
        context.toast("press.stale.toast")
