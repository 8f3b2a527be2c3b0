"""Which list of commands somebody sees in a chat, among all that the bot has set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.playground.chats import Chat, User
from bot.playground.errors import bad_request

Json = dict[str, Any]
_WITHOUT_CHAT = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
_WITH_CHAT = ("chat", "chat_administrators", "chat_member")


def scope_key(scope: Json) -> str:
    """A BotCommandScope as one word: `default`, `chat:5`, `chat_member:-100:5` …; Refused where it is none."""
    kind = scope.get("type")
    if kind in _WITHOUT_CHAT:
        return str(kind)
    if kind not in _WITH_CHAT or "chat_id" not in scope:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    if kind != "chat_member":
        return f"{kind}:{scope['chat_id']}"
    if "user_id" not in scope:
        raise bad_request("can't parse BotCommandScope: user_id is missing")
    return f"{kind}:{scope['chat_id']}:{scope['user_id']}"


def menu(commands: dict[tuple[str, str], list[Json]], chat: Chat, user: User) -> list[Json]:
    """The narrowest scope wins; within a scope the person's language, then the list without one."""
    for scope in _scopes(chat, user):
        for language in (user.language or "", ""):
            if (scope, language) in commands:
                return commands[scope, language]
    return []


def _scopes(chat: Chat, user: User) -> Iterator[str]:
    if chat.private:
        yield from (f"chat:{chat.id}", "all_private_chats", "default")
        return
    admin = user.id in chat.admins()
    yield f"chat_member:{chat.id}:{user.id}"
    if admin:
        yield f"chat_administrators:{chat.id}"
    yield f"chat:{chat.id}"
    if admin:
        yield "all_chat_administrators"
    yield from ("all_group_chats", "default")
