"""Keys about reports of one matter: what the bot suggests, what belongs together, and who ties and unties it."""

from __future__ import annotations

from telegram import Update

from bot.domain.presses import Related, Tie, Weigh
from bot.services.outbreak import offers, related
from handlers.context import Context
from handlers.triage import check_place


async def weighed(update: Update, context: Context) -> None:
    """*Gộp vào…*, *Lập sự cố chung*, *Gắn vào…*, *Không phải*: under the line of the group, or in the case file."""
    press = context.incoming.press
    assert isinstance(press, Weigh)
    check_place(context)
    desk, person, message = context.desk, context.person, context.incoming.message
    offer, became = await offers.weigh(desk, person, press)
    context.toast("offer.done.toast", what=became)
    if context.group is None:
        await related.show(desk, person, Related(offer.incident), message)
    elif message is not None:
        await offers.settle(desk, context.group, offer, became, message)


async def opened(update: Update, context: Context) -> None:
    """*Tin liên quan*, and its pages."""
    press = context.incoming.press
    assert isinstance(press, Related)
    await related.show(context.desk, context.person, press, context.incoming.message)


async def tied(update: Update, context: Context) -> None:
    """*Lập sự cố chung*, *Bỏ gắn*."""
    press = context.incoming.press
    assert isinstance(press, Tie)
    await related.act(context.desk, context.person, press, context.incoming.message)
