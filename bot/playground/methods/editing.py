"""Methods that change what is there: edits, deletion, and the answer to a pressed button."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.playground.chats import Message
from bot.playground.errors import bad_request
from bot.playground.methods import reading
from bot.playground.params import Params
from bot.playground.telegram import Telegram
from bot.playground.texts import Text, units

Json = dict[str, Any]
DELETABLE = timedelta(hours=48)
# Telegram does not say how long a press may be answered; a quarter of an hour is what bots observe.
ANSWERABLE = timedelta(minutes=15)
LONGEST_ANSWER = 200
_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_TOO_LATE = "query is too old and response timeout expired or query ID is invalid"


def edit_message_text(telegram: Telegram, params: Params) -> Json:
    message = _own(telegram, params)
    if message.kind != "text":
        raise bad_request("there is no text in the message to edit")
    return _change(telegram, message, reading.message_text(params), params.text("text"), params)


def edit_message_caption(telegram: Telegram, params: Params) -> Json:
    message = _own(telegram, params)
    if message.kind == "text":
        raise bad_request("there is no caption in the message to edit")
    return _change(telegram, message, reading.caption(params), params.text("caption"), params)


def edit_message_reply_markup(telegram: Telegram, params: Params) -> Json:
    message = _own(telegram, params)
    return _change(telegram, message, Text(message.text, message.entities), message.html, params)


def delete_message(telegram: Telegram, params: Params) -> bool:
    message = reading.message_of(telegram, params, "delete")
    if not _may_delete(telegram, message):
        raise bad_request("message can't be deleted")
    message.deleted = True
    telegram.shown("deleted", message)
    return True


def answer_callback_query(telegram: Telegram, params: Params) -> bool:
    """A press may be answered once, and not for long."""
    press = telegram.press(params.text("callback_query_id"))
    if press is None or press.answers or telegram.clock.now() - press.at > ANSWERABLE:
        raise bad_request(_TOO_LATE)
    text, alert = params.text("text"), params.flag("show_alert")
    if units(text) > LONGEST_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    press.answers.append((text, alert))
    telegram.emit("toast", user=press.user.id, chat=press.message.chat.id, text=text, alert=alert)
    telegram.changed(press.message.chat.id)
    return True


def _own(telegram: Telegram, params: Params) -> Message:
    """A message of the bot without an ordinary keyboard: only these can be edited."""
    message = reading.message_of(telegram, params, "edit")
    if message.sender is not telegram.me or (message.markup and "inline_keyboard" not in message.markup):
        raise bad_request("message can't be edited")
    return message


def _change(telegram: Telegram, message: Message, text: Text, html: str, params: Params) -> Json:
    """An edit without reply_markup takes the keyboard away."""
    markup = reading.markup(params, message.chat)
    if (text.plain, text.entities, markup) == (message.text, message.entities, message.markup):
        raise bad_request(_SAME)
    message.text, message.entities, message.html, message.markup = text.plain, text.entities, html, markup
    message.edited += 1
    message.edited_at = telegram.clock.now()
    telegram.shown("edited", message)
    return message.wire()


def _may_delete(telegram: Telegram, message: Message) -> bool:
    if telegram.clock.now() - message.at > DELETABLE:
        return False
    return message.chat.private or message.sender is telegram.me or telegram.me.id in message.chat.admins()


METHODS = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_callback_query,
}
