"""The list of a storm in private: its pages."""

from __future__ import annotations

from telegram import Update

from bot.domain.presses import Listing
from bot.services.outbreak import digests
from handlers.context import Context


async def paged(update: Update, context: Context) -> None:
    """*Mới hơn*, *Cũ hơn*."""
    press = context.incoming.press
    assert isinstance(press, Listing)
    if not press.page.isdecimal():
        context.toast("press.stale.toast")
        return
    page = min(int(press.page), 1_000_000)
    await digests.open_list(context.desk, context.person, press.digest, page, context.incoming.message)
