"""Who comes to the team's group and who leaves it, and what the bot itself may do there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telegram import ChatMember, Update

from bot.services.staffing import seats
from handlers.context import Context
from storage import groups

Raw = Mapping[str, Any]

PRESENT = (ChatMember.OWNER, ChatMember.ADMINISTRATOR, ChatMember.MEMBER)
ADMINISTRATOR = (ChatMember.OWNER, ChatMember.ADMINISTRATOR)


def bare(raw: Raw) -> Raw | None:
    """What is kept of a change in a bound group: ids and whether somebody is there. None where nobody came or went."""
    if isinstance(change := raw.get("my_chat_member"), Mapping):
        standing = {name: change.get(name) for name in ("old_chat_member", "new_chat_member")}  # the bot's own
        return {"update_id": raw.get("update_id"), "my_chat_member": {**_frame(change), **standing}}
    if isinstance(change := raw.get("chat_member"), Mapping):
        return _told(raw, change, change.get("new_chat_member"))
    message = raw.get("message")
    gone = message.get("left_chat_member") if isinstance(message, Mapping) else None
    if isinstance(message, Mapping) and isinstance(gone, Mapping):
        # Every bot of a group is told this, administrator or not (not in very large groups).
        return _told(raw, message, {"user": gone, "status": ChatMember.LEFT})
    return None


def _told(raw: Raw, change: Raw, standing: Any) -> Raw | None:
    user = standing.get("user") if isinstance(standing, Mapping) else None
    if not isinstance(user, Mapping):
        return None
    status = standing.get("status")
    inside = status in PRESENT or (status == ChatMember.RESTRICTED and standing.get("is_member") is True)
    now = {"user": _who(user), "status": ChatMember.MEMBER if inside else ChatMember.LEFT}
    before = {"user": _who(user), "status": ChatMember.LEFT if inside else ChatMember.MEMBER}
    told = {**_frame(change), "old_chat_member": before, "new_chat_member": now}
    return {"update_id": raw.get("update_id"), "chat_member": told}


def _who(user: Raw) -> dict[str, Any]:
    return {"id": user.get("id"), "is_bot": user.get("is_bot", False), "first_name": ""}


def _frame(change: Raw) -> dict[str, Any]:
    chat, by = change.get("chat"), change.get("from")
    return {
        "date": change.get("date"),
        "chat": {"id": chat.get("id"), "type": chat.get("type")} if isinstance(chat, Mapping) else None,
        "from": _who(by) if isinstance(by, Mapping) else None,
    }


async def changed(update: Update, context: Context) -> None:
    """Somebody came to the group, or left it."""
    change = update.chat_member
    assert change is not None
    if context.group is not None:
        present = change.new_chat_member.status == ChatMember.MEMBER
        await seats.learn(context.desk, context.group, change.new_chat_member.user.id, present=present)


async def own_changed(update: Update, context: Context) -> None:
    """The bot came, was put out, or was made an administrator: only then is it told who leaves."""
    change = update.my_chat_member
    assert change is not None
    if context.group is not None:
        await groups.sees(context.desk.tx, context.group.id, change.new_chat_member.status in ADMINISTRATOR)
