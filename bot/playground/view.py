"""What the page is shown: messages, people, chats, menus, clock and faults as JSON."""

from __future__ import annotations

from typing import Any

from bot.playground.chats import Chat, Message, User
from bot.playground.telegram import Call, Telegram

Json = dict[str, Any]
_SHOWN_LAST = 500  # messages a chat that a page opens with


def state_of(telegram: Telegram) -> Json:
    chats = list(telegram.chats.values())
    return {
        "bot": bot_of(telegram),
        "clock": clock_of(telegram),
        "people": [person_of(user) for user in telegram.users.values() if not user.is_bot],
        "chats": [chat_of(telegram, chat) for chat in chats],
        "messages": {
            str(chat.id): [message_of(m) for m in list(chat.messages.values())[-_SHOWN_LAST:]] for chat in chats
        },
        "commands": menus_of(telegram),
        "faults": [fault.wire() for fault in telegram.faults.waiting],
        "version": telegram.version,
    }


def bot_of(telegram: Telegram) -> Json:
    me = telegram.me
    return {
        "id": me.id,
        "name": me.name,
        "username": me.username,
        "alive": telegram.alive,
        "commands": telegram.commands.get(("default", ""), []),
        "description": me.descriptions.get("", ""),
        "short_description": me.short_descriptions.get("", ""),
    }


def clock_of(telegram: Telegram) -> Json:
    """`speed` belongs to ticks; the civil time that a page shows runs as everywhere."""
    return {"now": telegram.clock.now().isoformat(), "offset": telegram.clock.offset}


def menus_of(telegram: Telegram) -> dict[str, list[Json]]:
    """By scope, and by `scope:language` where a list is for one language."""
    return {f"{scope}:{language}" if language else scope: menu for (scope, language), menu in telegram.commands.items()}


def person_of(user: User) -> Json:
    return {
        "id": user.id,
        "name": user.name,
        "username": user.username,
        "language": user.language,
        "blocked": user.blocked,
        "note": user.note,
    }


def chat_of(telegram: Telegram, chat: Chat) -> Json:
    me = telegram.me.id
    members = [chat.id] if chat.private else [user for user in chat.present() if user != me]
    return {
        "id": chat.id,
        "type": chat.type,
        "title": chat.person.name if chat.person is not None else chat.title,
        "members": members,
        "admins": [user for user in chat.admins() if user != me],
        "bot_admin": me in chat.admins(),
        "migrated_to": chat.migrated_to,
        "restricted": [user for user, standing in chat.members.items() if standing == "restricted"],
        "reactions": None if chat.reactions is None else sorted(chat.reactions),
    }


def message_of(message: Message) -> Json:
    """The Bot API's message and what only a client sees besides."""
    body = message.wire()
    body |= {
        "deleted": message.deleted,
        "edited": message.edited > 0,
        "by_bot": message.by_bot,
        "protected": message.protected,
        "buttons": [[_button(key) for key in row] for row in message.keys],
        "reply_keyboard": _keyboard(message),
        "reactions": [{**one["type"], "user": one["user"]} for one in message.reactions],
        "kind": message.kind,
    }
    if message.html:
        body["html"] = message.html
    if message.markup and message.markup.get("one_time_keyboard"):
        body["one_time_keyboard"] = True
    if message.file is not None:
        body["file_url"] = f"/_file/{message.file.id}"
        body["file"] = {"name": message.file.name, "mime": message.file.mime, "size": message.file.size}
    return body


def call_of(call: Call) -> Json:
    return {
        "method": call.method,
        "params": call.params,
        "files": call.files,
        "at_ticks": call.at_ticks,
        "status": call.status,
        "chat": call.chat,
    }


def event_of(event: Json) -> Json:
    """An event as the page reads it: a message is written out."""
    message = event.get("message")
    return {**event, "message": message_of(message)} if isinstance(message, Message) else event


def _button(key: Json) -> Json:
    body: Json = {"text": key["text"], "kind": "press", "style": key.get("style")}
    if "url" in key:
        body |= {"kind": "url", "url": key["url"]}
    elif "copy_text" in key:
        body |= {"kind": "copy", "copy": key["copy_text"]["text"]}
    else:
        body["data"] = key.get("callback_data")
    return body


def _keyboard(message: Message) -> list[list[Json]] | None:
    """An empty list takes the keyboard away, None leaves it."""
    if message.markup and message.markup.get("remove_keyboard"):
        return []
    return message.reply_keys
