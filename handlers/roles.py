"""`/quyen`: who holds which role, and the keys by which roles are given and taken back."""

from __future__ import annotations

from telegram import Update

from bot.domain.errors import Refusal
from bot.domain.presses import Grant, Holder, Revoke, Roster, Second
from bot.services.staffing import roles, roster
from handlers.context import Context

LAST_PAGE = 1_000_000


async def asked(update: Update, context: Context) -> None:
    """`/quyen`, in private only: names and roles are no matter for a group."""
    if context.group is not None:
        await context.desk.tell_group(context.group, "roles.in_private")
        return
    await roster.show(context.desk, context.person)


async def paged(update: Update, context: Context) -> None:
    press = context.incoming.press
    assert isinstance(press, Roster)
    if not (press.page.isascii() and press.page.isdecimal()):
        raise Refusal("press.stale.toast")
    page = min(int(press.page[:9]), LAST_PAGE)
    await roster.show(context.desk, context.person, page, context.incoming.message)


async def opened(update: Update, context: Context) -> None:
    press = context.incoming.press
    assert isinstance(press, Holder)
    await roster.person(context.desk, context.person, press.person, context.incoming.message)


async def granted(update: Update, context: Context) -> None:
    press = context.incoming.press
    assert isinstance(press, Grant)
    await roster.grant(context.desk, context.person, press, context.incoming.message)


async def revoked(update: Update, context: Context) -> None:
    press = context.incoming.press
    assert isinstance(press, Revoke)
    await roster.revoke(context.desk, context.person, press, context.incoming.message)


async def seconded(update: Update, context: Context) -> None:
    """The second administrator's word."""
    press = context.incoming.press
    assert isinstance(press, Second)
    await roles.second(context.desk, context.person, press.proposal, press.answer, context.incoming.message)
