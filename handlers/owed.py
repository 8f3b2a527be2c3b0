"""`/nghiavu`: what an agency owes, as words, picture and calendar, and what an officer answers to a reminder."""

from __future__ import annotations

from telegram import Update

from bot.domain.errors import Refusal
from bot.domain.presses import Owed
from bot.services.obligation import postponing, views
from handlers.context import Context


async def asked(update: Update, context: Context) -> None:
    """`/nghiavu`."""
    await views.show(context.desk, context.person)


async def pressed(update: Update, context: Context) -> None:
    """A key under a reminder or a board."""
    press = context.incoming.press
    assert isinstance(press, Owed)
    desk, person, agency, message = context.desk, context.person, press.agency, context.incoming.message
    if press.view == "received":
        context.toast("owed.received.toast", n=await views.receive(desk, person, agency, press.page))
        return
    serves = {
        "see": lambda: views.show(desk, person, agency, press.page, message),
        "later": lambda: postponing.ask_later(desk, person, agency),
        "waive": lambda: postponing.ask_waiver(desk, person, agency),
        "picture": lambda: views.order_picture(desk, person, agency),
        "calendar": lambda: views.order_calendar(desk, person, agency),
    }
    if press.view not in serves:
        raise Refusal("press.stale.toast")
    await serves[press.view]()
