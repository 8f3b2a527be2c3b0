"""What the team writes in its group under the card of an incident: on to the reporter, or a word why not."""

from __future__ import annotations

from typing import Any

from telegram import Update

from bot.domain.errors import Refusal
from bot.services.casework import relay
from bot.services.casework.relay import ASIDE
from bot.services.reporting import homes
from handlers.context import Context
from locales import Listed, Word
from storage import incidents, threads


async def answered(update: Update, context: Context) -> None:
    """A reply in the group. What is no business of the bot was left out before it was stored."""
    incoming, group = context.incoming, context.group
    if group is None or group.duty is None or incoming.reply_to is None or incoming.message is None:
        return
    _check_face(context)
    about = await threads.incident_of(context.desk.tx, group.id, incoming.reply_to)
    if about is None or incoming.text == ASIDE:  # its words were left out where it came in
        await _reply(context, "relay.unknown")
        return
    incident = await incidents.get(context.desk.tx, about)
    if not incoming.text and not incoming.media:
        raise Refusal("relay.kind", code=incident.code)
    said: Any = {"text": incoming.text, "message": incoming.message, "media": incoming.media}
    await relay.from_team(context.desk, context.person, group, incident, **said)
    await homes.keep(context.desk, context.person, incoming.media, incident=incident.id)
    await _tell_what_was_masked(context)


async def changed(update: Update, context: Context) -> None:
    """A message that had gone on to the reporter was changed."""
    incoming, group = context.incoming, context.group
    if group is None or group.duty is None or incoming.message is None:
        return
    _check_face(context)
    if incoming.text.startswith(ASIDE):
        await _note_too_late(context, group.id, incoming.message)
        return
    await relay.edited(context.desk, context.person, incoming.message, text=incoming.text, group=group)
    await _tell_what_was_masked(context)


def _check_face(context: Context) -> None:
    """Whoever writes as the group itself cannot be checked for anything."""
    if context.incoming.anonymous:
        raise Refusal("group.anonymous")


async def _note_too_late(context: Context, group: str, message: int) -> None:
    thread = await threads.find(context.desk.tx, group, message)
    if thread is not None:
        incident = await incidents.get(context.desk.tx, thread.incident)
        await _reply(context, "relay.note_too_late", code=incident.code)


async def _tell_what_was_masked(context: Context) -> None:
    """The reporter gets what is left, and so the writer must know what is missing."""
    if context.masked:
        await _reply(context, "relay.masked", kinds=Listed([Word(f"secret.{kind}") for kind in context.masked]))


async def _reply(context: Context, text: str, **facts: Any) -> None:
    assert context.group is not None
    extras = {"replies_to": context.incoming.message}
    await context.desk.tell_group(context.group, text, extras=extras, **facts)
