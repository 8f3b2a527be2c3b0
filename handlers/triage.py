"""The team's buttons: claim an incident, read its details in private."""

from __future__ import annotations

from telegram import Update

from bot.domain.errors import Refusal
from bot.domain.presses import Claim, Details, See
from bot.services.casework import incidents
from bot.services.reporting import exhibits
from handlers.context import Context
from storage.groups import TEAM


async def claimed(update: Update, context: Context) -> None:
    """*Nhận xử lý*."""
    press = context.incoming.press
    assert isinstance(press, Claim)
    check_place(context)
    incident = await incidents.claim(context.desk, context.person, press.incident)
    context.toast("claim.done.toast", code=incident.code)


async def detailed(update: Update, context: Context) -> None:
    """*Chi tiết (riêng)*: whatever the place of the button, the details go to the private chat."""
    press = context.incoming.press
    assert isinstance(press, Details)
    check_place(context)
    await incidents.open_details(context.desk, context.person, press.incident)
    if context.group is not None:
        context.toast("details.sent.toast")


async def shown(update: Update, context: Context) -> None:
    """*Xem (riêng)*: the files of an incident go to the private chat."""
    press = context.incoming.press
    assert isinstance(press, See)
    check_place(context)
    await exhibits.show(context.desk, context.person, press)
    if context.group is not None:
        context.toast("exhibit.sent.toast")


def check_place(context: Context) -> None:
    """Team buttons work in the team's group and in private; a released group has none."""
    if context.group is not None and context.group.duty != TEAM:
        raise Refusal("press.stale.toast")
