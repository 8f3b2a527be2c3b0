"""The edge to people. `HANDLERS` is the whole routing table; the first row that fits serves the update."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Update
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.domain import presses
from handlers import (
    admin,
    aids,
    contact,
    conversation,
    digests,
    handover,
    menu,
    outbreaks,
    papers,
    privacy,
    relay,
    roles,
    rota,
    seats,
    team,
    tracking,
    triage,
    work,
)
from handlers.context import Context
from handlers.incoming import ANONYMOUS_ADMIN

Callback = Callable[[Update, Context], Coroutine[Any, Any, None]]
Handler = BaseHandler[Update, Any, None]

# Edited messages and channel posts also reach PTB's message filters: every row asks for new messages alone.
NEW = filters.UpdateType.MESSAGE & (filters.ChatType.PRIVATE | filters.ChatType.GROUPS)
PRIVATE = NEW & filters.ChatType.PRIVATE
GROUP = NEW & filters.ChatType.GROUPS


def command(name: str, callback: Callback, where: filters.BaseFilter = NEW) -> Handler:
    return CommandHandler(name, callback, filters=where)


def said(where: filters.BaseFilter, callback: Callback) -> Handler:
    return MessageHandler(where, callback)


class Pressed(BaseHandler[Update, Any, None]):
    """Keys of one kind. PTB's own handler takes every press without data for its own, whatever its pattern."""

    def __init__(self, kind: type[presses.Press], callback: Callback) -> None:
        super().__init__(callback)
        self._kind = kind

    def check_update(self, update: object) -> bool:
        query = update.callback_query if isinstance(update, Update) else None
        return query is not None and isinstance(presses.read(query.data or ""), self._kind)


# Keys of the team's cards. Every other key stands in a private chat, wherever a modified client presses it.
IN_GROUPS = (presses.Claim, presses.Details, presses.See, presses.Act, presses.Rate, presses.Unfold, presses.Weigh)


def pressed(kind: type[presses.Press], callback: Callback) -> Handler:
    async def in_its_place(update: Update, context: Context) -> None:
        known = kind in IN_GROUPS or context.incoming.in_private
        await (callback if known else team.stale_press)(update, context)

    return Pressed(kind, in_its_place)


def handlers() -> tuple[Handler, ...]:
    """The routing table, in order, with the reason where the order matters."""
    return (
        # A group that moves is told before anything else in it can be understood.
        said(GROUP & filters.StatusUpdate.MIGRATE, team.migrated),
        ChatMemberHandler(team.membership_changed, ChatMemberHandler.MY_CHAT_MEMBER),
        ChatMemberHandler(seats.changed, ChatMemberHandler.CHAT_MEMBER),
        # Whoever acts as the group itself cannot be checked for anything.
        said(GROUP & filters.COMMAND & (filters.SenderChat.ALL | filters.User(ANONYMOUS_ADMIN)), team.faceless),
        # Commands for everyone, in private and in groups.
        command("daumoi", contact.asked),
        command("trogiup", menu.helped),
        command("help", menu.helped),
        command("gannhom", admin.bound),
        command("moi", admin.invited),
        command("quyen", roles.asked),
        command("baosuco", menu.reported),
        command("tracuu", tracking.tracked),
        command("hangdoi", tracking.queued),
        command("cuatoi", tracking.mine),
        command("xacminh", aids.verified),
        command("bangiao", handover.asked),
        command("trucban", rota.asked),
        # Commands for the private chat.
        command("start", menu.started, PRIVATE),
        command("huy", conversation.cancelled, PRIVATE),
        command("ngonngu", menu.language_asked, PRIVATE),
        command("language", menu.language_asked, PRIVATE),
        command("riengtu", privacy.asked, PRIVATE),
        command("chiase", menu.shared, PRIVATE),
        command("capnhatdaumoi", contact.published, PRIVATE),
        command("baocao", papers.asked, PRIVATE),
        # Keys.
        pressed(presses.Answer, conversation.pressed),
        pressed(presses.Claim, triage.claimed),
        pressed(presses.Details, triage.detailed),
        pressed(presses.See, triage.shown),
        pressed(presses.Act, work.acted),
        pressed(presses.Rate, work.rated),
        pressed(presses.Unfold, work.unfolded),
        pressed(presses.Respond, work.responded),
        pressed(presses.Dossier, work.filed),
        pressed(presses.Weigh, outbreaks.weighed),
        pressed(presses.Related, outbreaks.opened),
        pressed(presses.Tie, outbreaks.tied),
        pressed(presses.Paper, papers.chosen),
        pressed(presses.Pdf, papers.converted),
        pressed(presses.Leaf, work.turned),
        pressed(presses.Chapter, aids.turned),
        pressed(presses.Tick, aids.ticked),
        pressed(presses.Ready, aids.replied),
        pressed(presses.Declare, work.declared),
        pressed(presses.Mark, work.marked),
        pressed(presses.Hand, handover.picked),
        pressed(presses.Handing, handover.answered),
        pressed(presses.Open, menu.opened),
        pressed(presses.Fork, conversation.forked),
        pressed(presses.Own, tracking.own_pressed),
        pressed(presses.Page, tracking.paged),
        pressed(presses.Listing, digests.paged),
        pressed(presses.Found, tracking.turned),
        pressed(presses.Language, menu.language_chosen),
        pressed(presses.Privacy, privacy.pressed),
        pressed(presses.PictureConsent, conversation.picture_answered),
        pressed(presses.Which, conversation.placed),
        pressed(presses.Invite, admin.role_chosen),
        pressed(presses.Admit, admin.admitted),
        pressed(presses.Roster, roles.paged),
        pressed(presses.Holder, roles.opened),
        pressed(presses.Grant, roles.granted),
        pressed(presses.Revoke, roles.revoked),
        pressed(presses.Second, roles.seconded),
        pressed(presses.Bind, admin.binding_answered),
        pressed(presses.Duty, rota.turned),
        pressed(presses.PlanWeek, rota.planned),
        pressed(presses.FillShift, rota.filled),
        pressed(presses.GiveShift, rota.given),
        pressed(presses.TakeShift, rota.taken),
        pressed(presses.OnDuty, rota.came),
        CallbackQueryHandler(team.stale_press),
        # Messages: an own contact card may complete an invitation; everything else belongs to a form or begins one.
        said(PRIVATE & filters.CONTACT, admin.contact_shared),
        said(PRIVATE & filters.COMMAND, menu.helped),
        # What becomes of each kind of message stands in one table, handlers/kinds.py: none ends in silence.
        said(PRIVATE, conversation.said),
        MessageHandler(filters.UpdateType.EDITED_MESSAGE & filters.ChatType.PRIVATE, conversation.edited),
        # In the team's group only what is meant for a reporter was stored at all.
        said(GROUP & filters.REPLY, relay.answered),
        MessageHandler(filters.UpdateType.EDITED_MESSAGE & filters.ChatType.GROUPS, relay.changed),
        # Whatever else Telegram may invent is settled in silence.
        TypeHandler(Update, team.overheard),
    )
