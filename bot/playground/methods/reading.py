"""Parameters that many methods share: which chat, which message, which words, which keyboard."""

from __future__ import annotations

import re
from typing import Any

from bot.playground.chats import Chat, Message
from bot.playground.errors import bad_request
from bot.playground.markup import checked_markup
from bot.playground.params import Params
from bot.playground.telegram import Telegram
from bot.playground.texts import Text, parse_html, plain, units, with_entities

Json = dict[str, Any]
LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
_WHOLE = re.compile(r"-?\d+$")


def chat_id_of(params: Params) -> int | str:
    """The id or @name as sent; Refused where it is neither."""
    value = params.values.get("chat_id")
    if value is None or value == "":
        raise bad_request("chat_id is empty")
    written = str(value)
    if _WHOLE.match(written):
        return int(written)
    if isinstance(value, str) and written.startswith("@"):
        return written
    raise bad_request("chat not found")


def chat_to_write(telegram: Telegram, params: Params) -> Chat:
    return telegram.open_chat(chat_id_of(params))


def message_of(telegram: Telegram, params: Params, what: str) -> Message:
    """The message that a call is about; Refused "message to … not found"."""
    chat = chat_to_write(telegram, params)
    number = params.number("message_id")
    if number is None:
        raise bad_request("message identifier is not specified")
    message = chat.messages.get(number)
    if message is None or message.deleted:
        raise bad_request(f"message to {what} not found")
    return message


def words(params: Params, name: str = "text") -> Text:
    """Text with its entities, by parse_mode, by list, or as Telegram finds them. Only HTML is understood here."""
    raw = params.text(name)
    mode = params.text("parse_mode")
    if mode:
        if mode.lower() != "html":
            raise bad_request("unsupported parse_mode")
        return parse_html(raw)
    entities = params.array("entities" if name == "text" else f"{name}_entities")
    return with_entities(raw, entities) if entities else plain(raw)


def message_text(params: Params) -> Text:
    text = words(params)
    if not text.plain:
        raise bad_request("message text is empty")
    if units(text.plain) > LONGEST_TEXT:
        raise bad_request("message is too long")
    return text


def caption(params: Params) -> Text:
    text = words(params, "caption")
    if units(text.plain) > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    return text


def markup(params: Params, chat: Chat) -> Json | None:
    return checked_markup(params.values.get("reply_markup"), private=chat.private)


def reply(params: Params, chat: Chat) -> Message | None:
    """The message that is answered; Refused where it is gone, unless the sender does not mind."""
    asked = params.object("reply_parameters") or {}
    number = asked.get("message_id", params.number("reply_to_message_id"))
    if number is None:
        return None
    message = chat.messages.get(int(number))
    if message is not None and not message.deleted:
        return message
    if asked.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def thread(params: Params, chat: Chat) -> int | None:
    number = params.number("message_thread_id")
    if number is not None and number not in chat.topics:
        raise bad_request("message thread not found")
    return number
