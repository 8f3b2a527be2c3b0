"""What is stored about me: see, withdraw consent, ask for correction or erasure."""

from __future__ import annotations

from telegram import Update

from bot.domain import reports
from bot.domain.presses import Privacy
from bot.services.reporting import conversations, requests
from handlers.context import Context


async def asked(update: Update, context: Context) -> None:
    """`/riengtu`."""
    await requests.menu(context.desk, context.person)


async def pressed(update: Update, context: Context) -> None:
    press = context.incoming.press
    assert isinstance(press, Privacy)
    desk, person = context.desk, context.person
    match press.act:
        case "see":
            await requests.see(desk, person)
        case "withdraw":
            await requests.withdraw(desk, person)
        case "request":
            await conversations.check_free(desk, person)
            await conversations.begin(desk, person, reports.PRIVACY_REQUEST)
        case _:
            context.toast("press.stale.toast")
