"""The work of the team on a card, and the answers of liaisons: each press is checked for place, person and state."""

from __future__ import annotations

import re

from telegram import Update

from bot.domain.incidents import Severity
from bot.domain.presses import Act, Declare, Dossier, Leaf, Mark, Rate, Respond, Unfold
from bot.services.casework import dossier, incidents, markings, work
from bot.services.casework.tasks import TASKS
from bot.services.clockwork import degrees, duties
from bot.services.outbreak import digests
from handlers.context import Context
from handlers.triage import check_place
from locales import Word
from storage.incidents import Incident

LINK = re.compile(r"w-([a-z]+)-([0-9A-Z]{20})")  # what a key that opens the private chat starts the bot with
FILE = "file"


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
    if incident is None:
        context.toast("degree.why.toast")
        return
    await _shown(context, incident)
    severity = Severity(press.severity)
    context.toast(
        "degree.settled.toast",
        code=incident.code,
        severity=Word(f"severity.{severity}"),
        criterion=degrees.criterion(context.desk, severity),
    )


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


async def filed(update: Update, context: Context) -> None:
    """*Hồ sơ*: back to the case file."""
    press = context.incoming.press
    assert isinstance(press, Dossier)
    await dossier.press(context.desk, context.person, press, context.incoming.message)


async def turned(update: Update, context: Context) -> None:
    """A page of the case file."""
    press = context.incoming.press
    assert isinstance(press, Leaf)
    await dossier.turn(context.desk, context.person, press, context.incoming.message)


async def declared(update: Update, context: Context) -> None:
    """*Đã báo cáo …*, pressed by whoever reported."""
    press = context.incoming.press
    assert isinstance(press, Declare)
    desk, person = context.desk, context.person
    incident = await incidents.own(desk, person, press.incident)
    name = await duties.declare(desk, person, incident, press.clock, context.incoming.message)
    context.toast("legal.declared.toast", name=name)


async def marked(update: Update, context: Context) -> None:
    """*TLP*, and one of its labels."""
    press = context.incoming.press
    assert isinstance(press, Mark)
    await markings.press(context.desk, context.person, press, context.incoming.message)


async def opened(context: Context, payload: str) -> bool:
    """A deep link from a card: the case file, the list of a storm, or a form of a move or a task; false where the
    payload is none.
    """
    link = LINK.fullmatch(payload)
    if link is None:
        return False
    desk, person, (name, incident) = context.desk, context.person, link.groups()
    if name == FILE:
        await dossier.show(desk, person, incident)
    elif name == digests.DOOR:
        await digests.open_list(desk, person, incident)
    elif name in TASKS:
        await dossier.open_form(desk, person, name, incident)
    else:
        await work.open_form(desk, person, name, incident)
    return True


async def _settled(context: Context, incident: Incident, now: str) -> None:
    """The popup says it at once; the living card follows within seconds, and a copy in private is shown anew."""
    context.toast("work.settled.toast", code=incident.code, now=Word(now))
    await _shown(context, incident)


async def _shown(context: Context, incident: Incident) -> None:
    if context.group is None:
        await work.show(context.desk, context.person, incident, edits=context.incoming.message)
