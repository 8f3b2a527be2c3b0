"""Methods that leave a new message, and the file behind one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.playground.chats import Chat, Message
from bot.playground.errors import Refused, bad_request
from bot.playground.examples import told
from bot.playground.files import File
from bot.playground.kinds import MEDIA, written
from bot.playground.methods import reading
from bot.playground.params import Params
from bot.playground.pictures import is_picture
from bot.playground.refusals import GONE
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


def send_media(kind: str) -> Callable[[Telegram, Params], Json]:
    """The method that sends this kind of file."""

    def send(telegram: Telegram, params: Params) -> Json:
        chat = reading.chat_to_write(telegram, params)
        file = _file(telegram, params, kind)
        if kind == "photo":
            _check_photo(file)
        about = {"kind": kind, "content": written(kind, file), "file": file}
        if not MEDIA[kind].captioned:
            return _send(telegram, params, chat, Text("", []), "", **about).wire()
        return _send(telegram, params, chat, reading.caption(params), params.text("caption"), **about).wire()

    return send


def send_location(telegram: Telegram, params: Params) -> Json:
    return _send_thing(telegram, params, "location", _place(params))


def send_venue(telegram: Telegram, params: Params) -> Json:
    venue = {"location": _place(params), "title": _needed(params, "title"), "address": _needed(params, "address")}
    return _send_thing(telegram, params, "venue", venue)


def send_contact(telegram: Telegram, params: Params) -> Json:
    contact = {name: _needed(params, name) for name in ("phone_number", "first_name")}
    return _send_thing(telegram, params, "contact", contact)


def send_chat_action(telegram: Telegram, params: Params) -> bool:
    chat = reading.chat_to_write(telegram, params)
    if params.text("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    telegram.emit("typing", chat=chat.id, action=params.text("action"))
    return True


def get_file(telegram: Telegram, params: Params) -> Json:
    """The path is good for an hour; then it must be asked for again."""
    file = telegram.files.get(params.text("file_id"))
    if file is None:
        raise bad_request("invalid file_id")
    if file.gone:
        raise bad_request(GONE)
    if file.size > LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    file.linked_at = telegram.clock.now()
    return {**file.wire(), "file_path": file.path}


def _send_thing(telegram: Telegram, params: Params, kind: str, content: Json) -> Json:
    chat = reading.chat_to_write(telegram, params)
    return _send(telegram, params, chat, Text("", []), "", kind=kind, content=told(kind, content)).wire()


def _place(params: Params) -> Json:
    try:
        place = {name: float(_needed(params, name)) for name in ("latitude", "longitude")}
    except ValueError:
        raise bad_request("can't parse location") from None
    if abs(place["latitude"]) > 90 or abs(place["longitude"]) > 180:
        raise bad_request("wrong location specified")
    return place


def _needed(params: Params, name: str) -> str:
    text = params.text(name)
    if not text:
        raise bad_request(f'parameter "{name}" is required')
    return text


def _check_photo(file: File) -> None:
    if file.size > LARGEST_PHOTO:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    if not is_picture(file.head):
        raise bad_request("IMAGE_PROCESS_FAILED")


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


def _file(telegram: Telegram, params: Params, kind: str) -> File:
    """An uploaded file (in its own field or by attach://), or one that the server has already, of the same kind."""
    named, medium = params.text(kind), MEDIA[kind]
    upload = params.files.get(named.removeprefix("attach://") if named.startswith("attach://") else kind)
    if upload is not None:
        if len(upload.content) > LARGEST_UPLOAD:
            raise Refused(413, "Request Entity Too Large")
        if not upload.content:
            raise bad_request("file must be non-empty")
        return telegram.store(upload.content, upload.name, upload.mime, medium.folder)
    if not named:
        raise bad_request(f"there is no {kind} in the request")
    file = telegram.files.get(named)
    if file is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if file.folder != medium.folder:
        was = next(one.type for one in MEDIA.values() if one.folder == file.folder)
        raise bad_request(f"can't use file of type {was} as {medium.type}")
    if file.gone:
        raise bad_request(GONE)
    return file


METHODS: dict[str, Callable[[Telegram, Params], object]] = {
    "sendMessage": send_message,
    "sendPhoto": send_media("photo"),
    "sendVideo": send_media("video"),
    "sendAnimation": send_media("animation"),
    "sendAudio": send_media("audio"),
    "sendDocument": send_media("document"),
    "sendVoice": send_media("voice"),
    "sendVideoNote": send_media("video_note"),
    "sendSticker": send_media("sticker"),
    "sendLocation": send_location,
    "sendVenue": send_venue,
    "sendContact": send_contact,
    "sendChatAction": send_chat_action,
    "getFile": get_file,
}
