"""`/dieuphoi`: requests to agencies and providers, for those who ask and for those who answer."""

from __future__ import annotations

from telegram import Update

from bot.domain.presses import RequestAnswer, RequestFile, RequestList
from bot.services.coordination import pages
from handlers.context import Context


async def asked(update: Update, context: Context) -> None:
    """`/dieuphoi`."""
    await pages.show(context.desk, context.person)


async def listed(update: Update, context: Context) -> None:
    """Another page of the list, or a new request."""
    press = context.incoming.press
    assert isinstance(press, RequestList)
    await pages.listed(context.desk, context.person, press, context.incoming.message)


async def pressed(update: Update, context: Context) -> None:
    """A request, for those who ask."""
    press = context.incoming.press
    assert isinstance(press, RequestFile)
    await pages.pressed(context.desk, context.person, press, context.incoming.message)


async def answered(update: Update, context: Context) -> None:
    """What an agency answers."""
    press = context.incoming.press
    assert isinstance(press, RequestAnswer)
    await pages.answered(context.desk, context.person, press, context.incoming.message)
