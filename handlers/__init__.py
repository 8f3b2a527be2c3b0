"""The edge to people. `HANDLERS` is the whole routing table; the first row that fits serves the update."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from telegram import Update
from telegram.ext import (
    BaseHandler,
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
    compliance,
    contact,
    conversation,
    coordination,
    digests,
    enrolment,
    handover,
    imports,
    menu,
    outbreaks,
    owed,
    papers,
    privacy,
    register,
    relay,
    roles,
    rota,
    seats,
    submissions,
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


def said(where: filters.BaseFilter, callback: Callback) -> Handler:
    return MessageHandler(where, callback)


# Commands for everyone, in private and in groups.
EVERYWHERE: Mapping[str, Callback] = {
    "daumoi": contact.asked,
    "trogiup": menu.helped,
    "help": menu.helped,
    "gannhom": admin.bound,
    "moi": admin.invited,
    "quyen": roles.asked,
    "baosuco": menu.reported,
    "tracuu": tracking.tracked,
    "hangdoi": tracking.queued,
    "cuatoi": tracking.mine,
    "xacminh": aids.verified,
    "bangiao": handover.asked,
    "trucban": rota.asked,
}
# Commands for the private chat.
IN_PRIVATE: Mapping[str, Callback] = {
    "start": menu.started,
    "huy": conversation.cancelled,
    "ngonngu": menu.language_asked,
    "language": menu.language_asked,
    "riengtu": privacy.asked,
    "chiase": menu.shared,
    "capnhatdaumoi": contact.published,
    "baocao": papers.asked,
    "danhba": imports.asked,
    "dieuphoi": coordination.asked,
    "coquan": register.agencies_asked,
    "hethong": register.systems_asked,
    "tuanthu": compliance.asked,
    "raquet": submissions.scanned,
    "phuongan": submissions.planned,
    "dientap": submissions.drilled,
    "duyet": submissions.asked,
    "dangky": enrolment.asked,
    "nghiavu": owed.asked,
}
KEYS: Mapping[type[presses.Press], Callback] = {
    presses.Answer: conversation.pressed,
    presses.Claim: triage.claimed,
    presses.Details: triage.detailed,
    presses.See: triage.shown,
    presses.Act: work.acted,
    presses.Rate: work.rated,
    presses.Unfold: work.unfolded,
    presses.Respond: work.responded,
    presses.Dossier: work.filed,
    presses.Weigh: outbreaks.weighed,
    presses.Related: outbreaks.opened,
    presses.Tie: outbreaks.tied,
    presses.Paper: papers.chosen,
    presses.Pdf: papers.converted,
    presses.Leaf: work.turned,
    presses.Chapter: aids.turned,
    presses.Tick: aids.ticked,
    presses.Ready: aids.replied,
    presses.Declare: work.declared,
    presses.Mark: work.marked,
    presses.Hand: handover.picked,
    presses.Handing: handover.answered,
    presses.Open: menu.opened,
    presses.Fork: conversation.forked,
    presses.Own: tracking.own_pressed,
    presses.Page: tracking.paged,
    presses.Listing: digests.paged,
    presses.Found: tracking.turned,
    presses.Language: menu.language_chosen,
    presses.Privacy: privacy.pressed,
    presses.PictureConsent: conversation.picture_answered,
    presses.Which: conversation.placed,
    presses.Invite: admin.role_chosen,
    presses.Admit: admin.admitted,
    presses.Roster: roles.paged,
    presses.Holder: roles.opened,
    presses.Grant: roles.granted,
    presses.Revoke: roles.revoked,
    presses.Second: roles.seconded,
    presses.Bind: admin.binding_answered,
    presses.Enrolment: enrolment.decided,
    presses.OwnPost: enrolment.pressed,
    presses.Relieve: enrolment.relieved,
    presses.Providers: enrolment.providers,
    presses.Owed: owed.pressed,
    presses.Browse: register.browsed,
    presses.AgencyFile: register.agency_seen,
    presses.KeepAgency: register.agency_kept,
    presses.Merge: register.merged,
    presses.SystemFile: register.system_seen,
    presses.KeepSystem: register.system_kept,
    presses.OwnSystems: register.own_listed,
    presses.OwnSystem: register.own_seen,
    presses.Tables: imports.pressed,
    presses.Duty: rota.turned,
    presses.PlanWeek: rota.planned,
    presses.FillShift: rota.filled,
    presses.GiveShift: rota.given,
    presses.TakeShift: rota.taken,
    presses.OnDuty: rota.came,
    presses.RequestList: coordination.listed,
    presses.RequestFile: coordination.pressed,
    presses.RequestAnswer: coordination.answered,
    presses.Compliance: compliance.turned,
    presses.ComplianceFile: compliance.ordered,
    presses.Do: submissions.done,
    presses.OwnEvidence: submissions.own,
    presses.Judging: submissions.turned,
    presses.Judge: submissions.judged,
    presses.Exempt: submissions.exempted,
}
# Keys of the team's cards. Every other key stands in a private chat, wherever a modified client presses it.
IN_GROUPS = (presses.Claim, presses.Details, presses.See, presses.Act, presses.Rate, presses.Unfold, presses.Weigh)


class Pressed(BaseHandler[Update, Any, None]):
    """Every key. PTB's own handler takes each press without data for its own, whatever its pattern."""

    def __init__(self) -> None:
        super().__init__(_pressed)

    def check_update(self, update: object) -> bool:
        return isinstance(update, Update) and update.callback_query is not None


async def _pressed(update: Update, context: Context) -> None:
    """The callback of the key, where it may stand; what nobody of ours wrote, or wrote for another place, is stale."""
    press = context.incoming.press
    in_its_place = type(press) in IN_GROUPS or context.incoming.in_private
    callback = KEYS.get(type(press)) if press is not None and in_its_place else None
    await (callback or team.stale_press)(update, context)


def handlers() -> tuple[Handler, ...]:
    """The routing table, in order, with the reason where the order matters."""
    return (
        # A group that moves is told before anything else in it can be understood.
        said(GROUP & filters.StatusUpdate.MIGRATE, team.migrated),
        ChatMemberHandler(team.membership_changed, ChatMemberHandler.MY_CHAT_MEMBER),
        ChatMemberHandler(seats.changed, ChatMemberHandler.CHAT_MEMBER),
        # Whoever acts as the group itself cannot be checked for anything.
        said(GROUP & filters.COMMAND & (filters.SenderChat.ALL | filters.User(ANONYMOUS_ADMIN)), team.faceless),
        *(CommandHandler(name, callback, filters=NEW) for name, callback in EVERYWHERE.items()),
        *(CommandHandler(name, callback, filters=PRIVATE) for name, callback in IN_PRIVATE.items()),
        *(CommandHandler(name, team.led_away, filters=GROUP) for name in IN_PRIVATE),
        Pressed(),
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
