"""What a person may do through the page: one entry a deed, each by one act of the playground."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.playground.chats import Chat, Message, Press, User
from bot.playground.params import Upload
from bot.playground.telegram import Telegram


@dataclass(frozen=True)
class Deed:
    """Who does it, where, and with what; ValueError where a field is missing or wrong."""

    telegram: Telegram
    user: User
    chat: Chat
    fields: dict[str, Any]
    file: Upload | None = None

    @property
    def text(self) -> str:
        return str(self.fields.get("text") or "")

    @property
    def message(self) -> Message:
        found = self._message("message")
        if found is None:
            raise ValueError("which message?")
        return found

    @property
    def reply_to(self) -> Message | None:
        return self._message("reply_to")

    @property
    def content(self) -> Upload:
        if self.file is None:
            raise ValueError("there is no file")
        return self.file

    def _message(self, field: str) -> Message | None:
        number = self.fields.get(field)
        if number in (None, ""):
            return None
        found = self.chat.messages.get(int(str(number)))
        if found is None:
            raise ValueError(f"there is no message {number} there")
        return found


def _says(deed: Deed) -> Message:
    anonymous = str(deed.fields.get("anonymous", "")).lower() in ("true", "1")
    return deed.telegram.says(deed.user, deed.chat, deed.text, deed.reply_to, anonymous_admin=anonymous)


def _presses(deed: Deed) -> Press:
    data = deed.fields.get("data")
    return deed.telegram.presses(deed.user, deed.message, deed.text or None, data=None if data is None else str(data))


def _contact(deed: Deed) -> Message:
    phone = str(deed.fields.get("phone") or "+84900000000")
    return deed.telegram.shares_contact(deed.user, deed.chat, phone, reply_to=deed.reply_to)


def _photo(deed: Deed) -> Message:
    return deed.telegram.sends_photo(deed.user, deed.chat, deed.content.content, deed.text, reply_to=deed.reply_to)


def _document(deed: Deed) -> Message:
    file = deed.content
    return deed.telegram.sends_document(
        deed.user, deed.chat, file.name, file.content, file.mime, deed.text, reply_to=deed.reply_to
    )


def _location(deed: Deed) -> Message:
    latitude = float(deed.fields.get("latitude") or 21.0285)
    longitude = float(deed.fields.get("longitude") or 105.8542)
    return deed.telegram.sends_location(deed.user, deed.chat, latitude, longitude)


def _forwards(deed: Deed) -> Message:
    whence = deed.telegram.chat(int(str(deed.fields.get("from_chat") or deed.chat.id)))
    message = whence.messages.get(int(str(deed.fields.get("message") or 0)))
    if message is None:
        raise ValueError("which message?")
    return deed.telegram.forwards(deed.user, deed.chat, message, hidden=bool(deed.fields.get("hidden")))


def _migrates(deed: Deed) -> None:
    deed.telegram.migrates(deed.chat, "error" if deed.fields.get("told_first") == "error" else "update")


Act = Callable[[Deed], Message | Press | None]
DEEDS: dict[str, Act] = {
    "say": _says,
    "press": _presses,
    "start": lambda deed: deed.telegram.starts(deed.user, str(deed.fields.get("payload") or "")),
    "edit": lambda deed: deed.telegram.edits(deed.user, deed.message, deed.text),
    "delete": lambda deed: deed.telegram.deletes(deed.user, deed.message),
    "react": lambda deed: deed.telegram.reacts(deed.user, deed.message, *deed.text.split()),
    "contact": _contact,
    "photo": _photo,
    "document": _document,
    "location": _location,
    "voice": lambda deed: deed.telegram.sends_voice(deed.user, deed.chat),
    "video": lambda deed: deed.telegram.sends_video(deed.user, deed.chat, caption=deed.text),
    "sticker": lambda deed: deed.telegram.sends_sticker(deed.user, deed.chat),
    "forward": _forwards,
    "block": lambda deed: deed.telegram.blocks(deed.user),
    "unblock": lambda deed: deed.telegram.unblocks(deed.user),
    "migrate": _migrates,
    "join": lambda deed: deed.telegram.joins(deed.user, deed.chat),
    "leave": lambda deed: deed.telegram.leaves(deed.user, deed.chat),
    "add_bot": lambda deed: deed.telegram.adds_bot(deed.chat, deed.user, bool(deed.fields.get("admin"))),
    "remove_bot": lambda deed: deed.telegram.removes_bot(deed.chat, deed.user),
}


def do(deed: Deed, name: str) -> Message | Press | None:
    """Do it; ValueError or LookupError with the reason where no client would let a person."""
    if name not in DEEDS:
        raise ValueError(f"no such deed: {name}")
    return DEEDS[name](deed)
