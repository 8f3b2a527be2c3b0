"""Who speaks for which agency: `/dangky`, the department's word, one's own posts, the directory of providers."""

from __future__ import annotations

from telegram import Update

from bot.domain.enrolment import ENROLMENT
from bot.domain.people import Permission
from bot.domain.presses import Enrolment, OwnPost, Providers, Relieve
from bot.services.register import contacts, directory, enrolling
from bot.services.reporting import conversations
from handlers.context import Context


async def asked(update: Update, context: Context) -> None:
    """`/dangky`: what waits, for the department; the own posts, for who has some; the form for all others."""
    desk, person = context.desk, context.person
    if person.may(Permission.CONFIRM_CONTACTS):
        await enrolling.waiting(desk, person)
    elif not await contacts.own(desk, person):
        await open_form(context)


async def open_form(context: Context, way: str = "text") -> None:
    """Open the form, for the first agency or for another one."""
    await enrolling.check_free(context.desk, context.person, way)
    await conversations.check_free(context.desk, context.person)
    await conversations.begin(context.desk, context.person, ENROLMENT)


async def decided(update: Update, context: Context) -> None:
    """*Xác nhận*, *Từ chối*."""
    press = context.incoming.press
    assert isinstance(press, Enrolment)
    await enrolling.decide(context.desk, context.person, press, context.incoming.message)


async def pressed(update: Update, context: Context) -> None:
    """*Tôi vẫn phụ trách*, *Tôi không còn phụ trách*, *Tôi nhận làm đầu mối*."""
    press = context.incoming.press
    assert isinstance(press, OwnPost)
    await contacts.press(context.desk, context.person, press, context.incoming.message)


async def relieved(update: Update, context: Context) -> None:
    """The department ends a post."""
    press = context.incoming.press
    assert isinstance(press, Relieve)
    await contacts.relieve(context.desk, context.person, press, context.incoming.message)


async def providers(update: Update, context: Context) -> None:
    """*Nhà mạng*, and its pages."""
    press = context.incoming.press
    assert isinstance(press, Providers)
    message = None if press.page == directory.NEW else context.incoming.message
    await directory.show(context.desk, context.person, press.page, message)
