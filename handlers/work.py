"""The work of the team on a card, and the answers of liaisons: each press is checked for place, person and state."""

from __future__ import annotations

import re

from telegram import Update

from bot.domain.presses import Act, Rate, Respond, Unfold
from bot.services import work
from handlers.context import Context
from handlers.triage import check_place
from locales import Word
from storage import incidents

LINK = re.compile(r"w-([a-z]+)-([0-9A-Z]{20})")  # what a key of a card that opens a form starts the bot with


async def acted(update: Update, context: Context) -> None:
    """*Đang xử lý*, *Khắc phục xong*."""
    press = context.incoming.press
    assert isinstance(press, Act)
    check_place(context)
    incident = await work.act(context.desk, context.person, press.incident, press.move)
    await _settled(context, incident, f"status.{incident.status}")


async def rated(update: Update, context: Context) -> None:
    """One of the four degrees under *Đổi mức độ*."""
    press = context.incoming.press
    assert isinstance(press, Rate)
    check_place(context)
    incident = await work.rate(context.desk, context.person, press.incident, press.severity)
    await _settled(context, incident, f"severity.{incident.severity}")


async def unfolded(update: Update, context: Context) -> None:
    """*Việc khác…*, *Đổi mức độ*, *Thu gọn*."""
    press = context.incoming.press
    assert isinstance(press, Unfold)
    check_place(context)
    message = context.incoming.message
    await work.unfold(context.desk, context.person, press.incident, press.view, context.group, message)


async def responded(update: Update, context: Context) -> None:
    """A liaison's *Tiếp nhận* and *Chuyển trả*."""
    press = context.incoming.press
    assert isinstance(press, Respond)
    message = context.incoming.message
    await work.respond(context.desk, context.person, press.referral, press.answer, message)


async def opened(context: Context, payload: str) -> bool:
    """A deep link from a card; false where the payload is none."""
    link = LINK.fullmatch(payload)
    if link is None:
        return False
    await work.open_form(context.desk, context.person, link[1], link[2])
    return True


async def _settled(context: Context, incident: incidents.Incident, now: str) -> None:
    """The popup says it at once; the living card follows within seconds, and a copy in private is shown anew."""
    context.toast("work.settled.toast", code=incident.code, now=Word(now))
    if context.group is None:
        await work.show(context.desk, context.person, incident, edits=context.incoming.message)
