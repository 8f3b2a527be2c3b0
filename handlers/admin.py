"""Administrators: invitations, admissions, the team's group."""

from __future__ import annotations

from dataclasses import replace

from telegram import ChatMember, ChatMemberRestricted, Update
from telegram.error import TelegramError

from bot.domain.errors import Refusal
from bot.domain.presses import Admit, Bind, Invite
from bot.services.register import enrolling
from bot.services.reporting import intake
from bot.services.staffing import staff, teams
from handlers import conversation
from handlers.context import Context


async def invited(update: Update, context: Context) -> None:
    """`/moi`, in private only: a link in a group would be everybody's."""
    if context.group is not None:
        await context.desk.tell_group(context.group, "invite.in_private")
        return
    await staff.offer(context.desk, context.person)


async def role_chosen(update: Update, context: Context) -> None:
    press = context.incoming.press
    assert isinstance(press, Invite)
    _check_private(context)
    await staff.invite(context.desk, context.person, press, context.link, context.incoming.message)


async def contact_shared(update: Update, context: Context) -> None:
    """A contact card: the own one may complete an invitation, an enrolment, or both; any other is an answer like
    every message.
    """
    incoming = context.incoming
    introduced = (
        incoming.contact_is_own
        and incoming.contact_phone
        and await staff.introduce(context.desk, context.person, incoming.first_name, incoming.contact_phone)
    )
    if introduced and not await enrolling.asks_phone(context.desk, context.person):
        return
    if incoming.contact_is_own and not await intake.awaits(context.desk, context.person):
        await context.desk.say(context.person, "invite.none")
        return
    await conversation.said(update, context)


async def admitted(update: Update, context: Context) -> None:
    press = context.incoming.press
    assert isinstance(press, Admit)
    _check_private(context)
    await staff.decide(context.desk, context.person, press.invitation, press.answer, context.incoming.message)


async def bound(update: Update, context: Context) -> None:
    """`/gannhom`, inside the group and as a person."""
    incoming = context.incoming
    if context.group is None or incoming.chat is None:
        await context.desk.say(context.person, "bind.in_group")
        return
    room = teams.Room(incoming.chat, incoming.title, public=incoming.public)
    await teams.bind(context.desk, context.person, room)
    look_around(context, incoming.chat)


async def binding_answered(update: Update, context: Context) -> None:
    press = context.incoming.press
    assert isinstance(press, Bind)
    _check_private(context)
    room = await teams.confirm(context.desk, context.person, press.binding, press.answer, context.incoming.message)
    if room is not None:
        look_around(context, room)


def look_around(context: Context, chat: int) -> None:
    """After the commit, ask Telegram what the bot may do in the group, and tell it there."""
    desk, store = context.desk, context.store

    async def look() -> None:
        try:
            me = await context.bot.get_chat_member(chat, context.bot.id)
        except TelegramError:
            return  # the binding stands; `ungcuu doctor` asks the same again
        is_admin = me.status in (ChatMember.ADMINISTRATOR, ChatMember.OWNER)
        seen = teams.Seen(
            is_admin=is_admin,
            may_write=is_admin or not isinstance(me, ChatMemberRestricted) or me.can_send_messages,
            reads_everything=is_admin or bool(context.bot.can_read_all_group_messages),
        )
        async with store.transaction() as tx:
            await teams.report_sight(replace(desk, tx=tx), chat, seen)
        context.ring()

    context.after.append(look)


def _check_private(context: Context) -> None:
    if context.group is not None:
        raise Refusal("press.stale.toast")
