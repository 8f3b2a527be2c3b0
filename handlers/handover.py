"""/bangiao and the keys of a handover; all of it happens in private."""

from __future__ import annotations

from telegram import Update

from bot.domain.presses import Hand, Handing
from bot.services.duty import handover_pages
from handlers.context import Context


async def asked(update: Update, context: Context) -> None:
    """`/bangiao`; in a group it leads to the private chat."""
    if context.group is not None:
        await context.desk.tell_group(context.group, "handover.in_private")
        return
    await handover_pages.show(context.desk, context.person)


async def picked(update: Update, context: Context) -> None:
    """*Bàn giao*, *Giao người khác*, or a colleague."""
    press = context.incoming.press
    assert isinstance(press, Hand)
    await handover_pages.picked(context.desk, context.person, press, context.incoming.message)


async def answered(update: Update, context: Context) -> None:
    """*Nhận bàn giao*, *Không nhận*, *Nói lý do*, *Rút lại*."""
    press = context.incoming.press
    assert isinstance(press, Handing)
    await handover_pages.answered(context.desk, context.person, press, context.incoming.message)
