"""Methods about chats and who is in them."""

from __future__ import annotations

from typing import Any

from bot.playground.chats import Chat
from bot.playground.errors import bad_request, forbidden
from bot.playground.methods import reading
from bot.playground.params import Params
from bot.playground.standings import standing
from bot.playground.telegram import Telegram

Json = dict[str, Any]
_GIFTS = dict.fromkeys(
    (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    ),
    False,
)
_PERMISSIONS = dict.fromkeys(
    (
        "can_send_messages",
        "can_send_audios",
        "can_send_documents",
        "can_send_photos",
        "can_send_videos",
        "can_send_video_notes",
        "can_send_voice_notes",
        "can_send_polls",
        "can_send_other_messages",
        "can_add_web_page_previews",
        "can_change_info",
        "can_invite_users",
        "can_pin_messages",
        "can_manage_topics",
    ),
    True,
)


def get_chat(telegram: Telegram, params: Params) -> Json:
    chat = telegram.found_chat(reading.chat_id_of(params))
    if chat.person is not None and not chat.person.started:
        raise bad_request("chat not found")
    body = chat.wire() | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _GIFTS}
    _inside(telegram, chat)
    if chat.reactions is not None:
        body["available_reactions"] = [{"type": "emoji", "emoji": one} for one in sorted(chat.reactions)]
    return body if chat.private else body | {"permissions": _PERMISSIONS}


def get_chat_member(telegram: Telegram, params: Params) -> Json:
    """What somebody is in a chat; who never was there has left it.

    The API promises an answer about others to administrators only. In truth any bot of a group gets one, unless
    the group hides its members; so it is here.
    """
    chat = _inside(telegram, telegram.found_chat(reading.chat_id_of(params)))
    number = params.number("user_id")
    if number is None or number <= 0:
        raise bad_request("invalid user_id specified")
    me = telegram.me.id
    if chat.hides_members and number != me and me not in chat.admins():
        raise bad_request("CHAT_ADMIN_REQUIRED")
    user = telegram.users.get(number)
    if user is None:
        raise bad_request("member not found")
    if chat.private:
        return standing(user, "member")
    return standing(user, chat.standing(user.id) or "left")


def get_chat_administrators(telegram: Telegram, params: Params) -> list[Json]:
    chat = _group(telegram, params)
    return [standing(telegram.users[user], chat.members[user]) for user in chat.admins()]


def get_chat_member_count(telegram: Telegram, params: Params) -> int:
    chat = _inside(telegram, telegram.found_chat(reading.chat_id_of(params)))
    return 2 if chat.private else len(chat.present())


def leave_chat(telegram: Telegram, params: Params) -> bool:
    chat = _group(telegram, params)
    telegram.bot_leaves(chat)
    return True


def _group(telegram: Telegram, params: Params) -> Chat:
    chat = telegram.found_chat(reading.chat_id_of(params))
    if chat.private:
        raise bad_request("there are no administrators in the private chat")
    return _inside(telegram, chat)


def _inside(telegram: Telegram, chat: Chat) -> Chat:
    """The same chat; 403 where the bot was put out of it."""
    if not chat.private and telegram.me.id not in chat.present():
        how = "was kicked from" if chat.standing(telegram.me.id) == "kicked" else "is not a member of"
        raise forbidden(f"bot {how} the {chat.type} chat")
    return chat


METHODS = {
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "leaveChat": leave_chat,
}
