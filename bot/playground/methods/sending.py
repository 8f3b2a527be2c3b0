"""Methods that leave a new message, and the file behind one."""

from __future__ import annotations

from typing import Any

from bot.playground.chats import Chat, File, Message
from bot.playground.errors import Refused, bad_request
from bot.playground.media import named, photo_sizes
from bot.playground.methods import reading
from bot.playground.params import Params
from bot.playground.pictures import is_picture
from bot.playground.telegram import Telegram
from bot.playground.texts import Text

Json = dict[str, Any]
MIB = 1024 * 1024
LARGEST_DOWNLOAD = 20 * MIB
LARGEST_PHOTO = 10 * MIB
LARGEST_UPLOAD = 50 * MIB
_DOINGS = (
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker "
    "find_location record_video_note upload_video_note"
)
_ACTIONS = frozenset(_DOINGS.split())


def send_message(telegram: Telegram, params: Params) -> Json:
    chat = reading.chat_to_write(telegram, params)
    return _send(telegram, params, chat, reading.message_text(params), params.text("text")).wire()


def send_photo(telegram: Telegram, params: Params) -> Json:
    chat = reading.chat_to_write(telegram, params)
    file = _file(telegram, params, "photo", "photos")
    if file.size > LARGEST_PHOTO:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    if not is_picture(file.content):
        raise bad_request("IMAGE_PROCESS_FAILED")
    return _send_file(telegram, params, chat, "photo", file, {"photo": photo_sizes(file)})


def send_document(telegram: Telegram, params: Params) -> Json:
    chat = reading.chat_to_write(telegram, params)
    file = _file(telegram, params, "document", "documents")
    return _send_file(telegram, params, chat, "document", file, {"document": named(file)})


def send_chat_action(telegram: Telegram, params: Params) -> bool:
    chat = reading.chat_to_write(telegram, params)
    if params.text("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    telegram.emit("typing", chat=chat.id, action=params.text("action"))
    return True


def get_file(telegram: Telegram, params: Params) -> Json:
    file = telegram.files.get(params.text("file_id"))
    if file is None:
        raise bad_request("invalid file_id")
    if file.size > LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    return {**file.wire(), "file_path": file.path}


def _send_file(telegram: Telegram, params: Params, chat: Chat, kind: str, file: File, content: Json) -> Json:
    text = reading.caption(params)
    return _send(telegram, params, chat, text, params.text("caption"), kind=kind, content=content, file=file).wire()


def _send(telegram: Telegram, params: Params, chat: Chat, text: Text, html: str, **fields: Any) -> Message:
    return telegram.post(
        chat,
        telegram.me,
        text=text.plain,
        entities=text.entities,
        html=html,
        markup=reading.markup(params, chat),
        reply_to=reading.reply(params, chat),
        thread=reading.thread(params, chat),
        protected=params.flag("protect_content"),
        silent=params.flag("disable_notification"),
        **fields,
    )


def _file(telegram: Telegram, params: Params, field: str, folder: str) -> File:
    """An uploaded file (in its own field or by attach://), or one that the server has already."""
    written = params.text(field)
    upload = params.files.get(written.removeprefix("attach://") if written.startswith("attach://") else field)
    if upload is not None:
        if len(upload.content) > LARGEST_UPLOAD:
            raise Refused(413, "Request Entity Too Large")
        if not upload.content:
            raise bad_request("file must be non-empty")
        return telegram.store(upload.content, upload.name, upload.mime, folder)
    if not written:
        raise bad_request(f"there is no {field} in the request")
    if written in telegram.files:
        return telegram.files[written]
    raise bad_request("wrong file identifier/HTTP URL specified")


METHODS = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendChatAction": send_chat_action,
    "getFile": get_file,
}
