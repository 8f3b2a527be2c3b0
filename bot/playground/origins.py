"""Where a passed-on message comes from, and what an answer says of the message that it answers."""

from __future__ import annotations

from typing import Any

from bot.playground.chats import Chat, Message, User
from bot.playground.texts import units

Json = dict[str, Any]
# What an answer to a message of another chat repeats of that message.
_THINGS = (
    "animation audio document paid_media photo sticker story video video_note voice checklist contact dice game "
    "giveaway giveaway_winners invoice location poll venue"
)
_REPEATED = frozenset(_THINGS.split())


def from_user(user: User) -> Json:
    return {"type": "user", "sender_user": user.wire()}


def from_hidden(name: str) -> Json:
    """Somebody whose account is not shown to those who get forwarded messages."""
    return {"type": "hidden_user", "sender_user_name": name}


def from_group(chat: Chat, signature: str = "") -> Json:
    """An administrator who wrote in the group's name."""
    return {"type": "chat", "sender_chat": chat.wire(), **({"author_signature": signature} if signature else {})}


def from_channel(title: str, username: str | None = None, message: int = 7, signature: str = "") -> Json:
    """A post of a channel where nobody of this playground need be."""
    chat: Json = {"id": -1_007_000_000_000 - sum(title.encode()), "type": "channel", "title": title}
    if username:
        chat["username"] = username
    return {
        "type": "channel",
        "chat": chat,
        "message_id": message,
        **({"author_signature": signature} if signature else {}),
    }


def origin_of(message: Message, *, hidden: bool = False) -> Json:
    """The first origin stays, however often a message is passed on; `hidden`: its writer does not show the account."""
    if message.origin is not None:
        return message.origin
    return {**_writer(message, hidden), "date": int(message.at.timestamp())}


def answering(chat: Chat, to: Message | None, quote: str) -> Json:
    """What an answer says besides `reply_to_message`; ValueError for a quotation of words that are not there."""
    if to is None:
        return {}
    said: Json = {}
    if quote:
        start = to.text.find(quote)
        if start < 0:
            raise ValueError(f"there is no {quote!r} in that message")
        said["quote"] = {"text": quote, "position": units(to.text[:start]), "is_manual": True}
    if to.chat is not chat:
        said["external_reply"] = _external(to)
    return said


def _writer(message: Message, hidden: bool) -> Json:
    if message.sender_chat is not None:
        return from_group(message.sender_chat)
    if message.sender is None or hidden:
        return from_hidden(message.sender.name if message.sender is not None else "")
    return from_user(message.sender)


def _external(to: Message) -> Json:
    """Which chat it was is told of supergroups only."""
    body: Json = {"origin": origin_of(to), **{name: to.content[name] for name in to.content.keys() & _REPEATED}}
    if to.chat.type == "supergroup":
        body |= {"chat": to.chat.wire(), "message_id": to.id}
    return body
