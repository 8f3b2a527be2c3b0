"""The bot's own reactions under messages."""

from __future__ import annotations

from typing import Any

from bot.playground.chats import Message
from bot.playground.errors import bad_request
from bot.playground.methods import reading
from bot.playground.params import Params
from bot.playground.telegram import Telegram

Json = dict[str, Any]
# Those that Telegram lets a bot choose, as its documentation writes them: mostly without a variation selector.
_REACTIONS = (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤\u200d🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 "
    "🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨\u200d💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 "
    "🤷\u200d♂ 🤷 🤷\u200d♀ 😡 ❤\ufe0f\u200d🔥 🤷\u200d♂\ufe0f 🤷\u200d♀\ufe0f"
)
EMOJI = frozenset(_REACTIONS.split())
_INVALID = "REACTION_INVALID"


def set_message_reaction(telegram: Telegram, params: Params) -> bool:
    """An empty list takes the bot's reaction away; a bot may show one, and the same again changes nothing.

    In an album the first message that is left bears the reactions of all.
    """
    wanted = [_reaction(one) for one in params.array("reaction") or []]
    message = _bearer(reading.message_of(telegram, params, "react"))
    if len(wanted) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    allowed = message.chat.reactions
    if message.service or not all(one in EMOJI and (allowed is None or one in allowed) for one in wanted):
        raise bad_request(_INVALID)
    me = telegram.me.id
    others = [one for one in message.reactions if one["user"] != me]
    after = others + [{"user": me, "type": {"type": "emoji", "emoji": one}} for one in wanted]
    if after != message.reactions:
        message.reactions = after
        telegram.shown("edited", message)
    return True


def _reaction(one: Any) -> str:
    """The emoji; Refused where it is another type of reaction or none at all."""
    if not isinstance(one, dict):
        raise bad_request("can't parse ReactionType: expected an Object")
    if one.get("type") == "custom_emoji":
        raise bad_request(_INVALID)
    if one.get("type") != "emoji":
        raise bad_request("can't parse ReactionType: invalid reaction type specified")
    if not one.get("emoji"):
        raise bad_request("invalid reaction type specified")
    return str(one["emoji"])


def _bearer(message: Message) -> Message:
    if message.album is None:
        return message
    album = (one for one in message.chat.messages.values() if one.album == message.album and not one.deleted)
    return min(album, key=lambda one: one.id)


METHODS = {"setMessageReaction": set_message_reaction}
