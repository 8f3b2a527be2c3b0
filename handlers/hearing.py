"""What is kept of what a group says: a command that the bot may serve, bare of everything else that was said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Raw = Mapping[str, Any]

# What a group that is not the team's may ask of the bot.
ANYWHERE = ("/daumoi", "/trogiup", "/help", "/gannhom")
WITH_WORDS = ("/tracuu",)  # the words after these commands are needed
NAMES_ITS_ROOM = ("/gannhom",)
MOVES = ("migrate_to_chat_id", "migrate_from_chat_id")


def heard(raw: Raw, *, bound: bool) -> Raw | None:
    """An update of a group as it may be stored; None where it does not concern the bot.

    Names, replies, captions and the words behind a command stay unwritten: they are no business of ours.
    """
    if "callback_query" in raw:
        return raw
    message = raw.get("message")
    if not isinstance(message, Mapping):
        return None
    moves = {name: message[name] for name in MOVES if name in message}
    if moves:
        return {"update_id": raw.get("update_id"), "message": {**_frame(message), **moves}}
    called = _command(message)
    if called is None or (not bound and _name(called) not in ANYWHERE):
        return None
    return {"update_id": raw.get("update_id"), "message": {**_frame(message), **_words(message, called)}}


def _command(message: Raw) -> str | None:
    """The command with which a message begins, as Telegram marked it; it may name a bot."""
    text, entities = message.get("text"), message.get("entities")
    first = entities[0] if isinstance(entities, list) and entities else None
    if not isinstance(text, str) or not isinstance(first, Mapping):
        return None
    length = first.get("length")
    if first.get("type") != "bot_command" or first.get("offset") != 0 or not isinstance(length, int):
        return None
    return text[:length]


def _name(called: str) -> str:
    return called.split("@", maxsplit=1)[0].lower()


def _words(message: Raw, called: str) -> dict[str, Any]:
    """The command, and what is needed besides."""
    text = message["text"] if _name(called) in WITH_WORDS else called
    return {
        "text": text,
        "entities": [{"type": "bot_command", "offset": 0, "length": len(called)}],
        "chat": _chat(message, named=_name(called) in NAMES_ITS_ROOM),
    }


def _frame(message: Raw) -> dict[str, Any]:
    """When, where and by whom; people keep their names."""
    frame = {name: message[name] for name in ("message_id", "date") if name in message}
    frame["chat"] = _chat(message, named=False)
    if isinstance(sender := message.get("from"), Mapping):
        frame["from"] = {"id": sender.get("id"), "is_bot": sender.get("is_bot", False), "first_name": ""}
    if isinstance(mask := message.get("sender_chat"), Mapping):
        frame["sender_chat"] = {"id": mask.get("id"), "type": mask.get("type")}
    return frame


def _chat(message: Raw, *, named: bool) -> Any:
    chat = message.get("chat")
    if named or not isinstance(chat, Mapping):
        return chat
    return {"id": chat.get("id"), "type": chat.get("type")}
