"""What a person may do through the page: one entry a deed, each by one act of the playground."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.playground.chats import Chat, Message, Press, User
from bot.playground.files import Content, Synthetic
from bot.playground.kinds import MEDIA
from bot.playground.media import Item
from bot.playground.origins import from_channel
from bot.playground.params import Upload
from bot.playground.telegram import Telegram

Json = dict[str, Any]
_KEPT_KINDS = {"image": "photo", "video": "video", "audio": "audio"}  # of a file dropped into an album, by its type


@dataclass(frozen=True)
class Deed:
    """Who does it, where, and with what; ValueError where a field is missing or wrong."""

    telegram: Telegram
    user: User
    chat: Chat
    fields: Json
    files: Sequence[Upload] = ()

    @property
    def text(self) -> str:
        return str(self.fields.get("text") or "")

    @property
    def message(self) -> Message:
        found = self.found("message")
        if found is None:
            raise ValueError("which message?")
        return found

    @property
    def whom(self) -> User:
        """Another person, by id."""
        user = self.telegram.users.get(int(str(self.fields.get("whom") or 0)))
        if user is None:
            raise ValueError("whom?")
        return user

    @property
    def about(self) -> Json:
        """What any message may have besides its own: here, what it answers."""
        return {"reply_to": self.found("reply_to"), "quote": str(self.fields.get("quote") or "")}

    def number(self, field: str, otherwise: float) -> float:
        return float(self.fields.get(field) or otherwise)

    def flag(self, field: str) -> bool:
        return str(self.fields.get(field, "")).lower() in ("true", "1")

    def found(self, field: str, chat: Chat | None = None) -> Message | None:
        number = self.fields.get(field)
        if number in (None, ""):
            return None
        found = (chat or self.chat).messages.get(int(str(number)))
        if found is None:
            raise ValueError(f"there is no message {number} there")
        return found


def _says(deed: Deed) -> Message:
    anonymous = deed.flag("anonymous")
    return deed.telegram.says(deed.user, deed.chat, deed.text, anonymous_admin=anonymous, **deed.about)


def _presses(deed: Deed) -> Press:
    data = deed.fields.get("data")
    return deed.telegram.presses(deed.user, deed.message, deed.text or None, data=None if data is None else str(data))


def _contact(deed: Deed) -> Message:
    phone, of = str(deed.fields.get("phone") or "+84900000000"), deed.fields.get("of")
    return deed.telegram.shares_contact(deed.user, deed.chat, phone, None if of is None else str(of), **deed.about)


def _sends(kind: str, *, needs_file: bool = False) -> Callable[[Deed], Message]:
    """One file of this kind: from the form, `bytes` grown from a `seed`, or (where none is needed) a made-up one."""

    def act(deed: Deed) -> Message:
        file = deed.files[0] if deed.files else None
        size = deed.fields.get("bytes")
        content: Content | None = None if file is None else file.content
        if file is None and size is not None:
            content = Synthetic(int(str(size)), int(deed.number("seed", 0)), MEDIA[kind].head)
        if content is None and needs_file:
            raise ValueError("there is no file")
        name = str(deed.fields.get("name") or "") or (None if file is None else file.name)
        mime = None if file is None or kind != "document" else file.mime
        return deed.telegram.sends_file(
            deed.user, deed.chat, kind, content, deed.text, name=name, mime=mime, **deed.about
        )

    return act


def _album(deed: Deed) -> list[Message]:
    """All files of the form; as documents where one of them is neither picture nor film."""
    kinds = [_KEPT_KINDS.get(file.mime.partition("/")[0], "document") for file in deed.files]
    if not set(kinds) <= {"photo", "video"} and set(kinds) != {"audio"}:
        kinds = ["document"] * len(kinds)
    items = [
        Item(kind, file.content, file.name, None if kind == "photo" else file.mime)
        for kind, file in zip(kinds, deed.files, strict=True)
    ]
    return deed.telegram.sends_album(deed.user, deed.chat, items, deed.text, **deed.about)


def _anything(deed: Deed) -> Message:
    kind = str(deed.fields.get("kind") or "")
    return deed.telegram.sends(deed.user, deed.chat, kind, deed.fields.get("content"), deed.text, **deed.about)


def _location(deed: Deed) -> Message:
    latitude, longitude = deed.number("latitude", 21.0285), deed.number("longitude", 105.8542)
    live = int(deed.number("live", 0)) or None
    return deed.telegram.sends_location(deed.user, deed.chat, latitude, longitude, live=live, **deed.about)


def _poll(deed: Deed) -> Message:
    question, *options = deed.text.splitlines() or [""]
    if not question or len(options) < 2:
        raise ValueError("a question, and at least two answers, each on a line of its own")
    return deed.telegram.sends_poll(deed.user, deed.chat, question, *options, **deed.about)


def _sticker(deed: Deed) -> Message:
    return deed.telegram.sends_sticker(deed.user, deed.chat, deed.text or "👍", **deed.about)


def _forwards(deed: Deed) -> Message | list[Message]:
    """One message, or with its whole album; `channel`: as if it came from a channel of that name."""
    whence = deed.telegram.chat(int(str(deed.fields.get("from_chat") or deed.chat.id)))
    message = deed.found("message", whence)
    if message is None:
        raise ValueError("which message?")
    channel = deed.fields.get("channel")
    origin = from_channel(str(channel)) if channel else None
    if message.album is not None and deed.flag("album"):
        album = [one for one in deed.telegram.messages(whence) if one.album == message.album]
        return deed.telegram.forwards_album(deed.user, deed.chat, album, deed.flag("hidden"), origin=origin)
    return deed.telegram.forwards(deed.user, deed.chat, message, deed.flag("hidden"), origin=origin)


def _migrates(deed: Deed) -> None:
    deed.telegram.migrates(deed.chat, "error" if deed.fields.get("told_first") == "error" else "update")


def _forbids_reactions(deed: Deed) -> None:
    deed.telegram.forbids_reactions(deed.chat, deed.text.split())


Act = Callable[[Deed], Message | Press | list[Message] | None]
DEEDS: dict[str, Act] = {
    "say": _says,
    "press": _presses,
    "start": lambda deed: deed.telegram.starts(deed.user, str(deed.fields.get("payload") or "")),
    "edit": lambda deed: deed.telegram.edits(deed.user, deed.message, deed.text),
    "delete": lambda deed: deed.telegram.deletes(deed.user, deed.message),
    "react": lambda deed: deed.telegram.reacts(deed.user, deed.message, *deed.text.split()),
    "contact": _contact,
    "photo": _sends("photo", needs_file=True),
    "document": _sends("document", needs_file=True),
    "voice": _sends("voice"),
    "video": _sends("video"),
    "audio": _sends("audio"),
    "animation": _sends("animation"),
    "video_note": _sends("video_note"),
    "sticker": _sticker,
    "album": _album,
    "location": _location,
    "poll": _poll,
    "send": _anything,
    "pin": lambda deed: deed.telegram.pins(deed.user, deed.message),
    "forward": _forwards,
    "block": lambda deed: deed.telegram.blocks(deed.user),
    "unblock": lambda deed: deed.telegram.unblocks(deed.user),
    "migrate": _migrates,
    "join": lambda deed: deed.telegram.joins(deed.user, deed.chat),
    "leave": lambda deed: deed.telegram.leaves(deed.user, deed.chat),
    "add": lambda deed: deed.telegram.adds(deed.whom, deed.chat, deed.user),
    "kick": lambda deed: deed.telegram.kicks(deed.whom, deed.chat, deed.user),
    "unban": lambda deed: deed.telegram.unbans(deed.whom, deed.chat, deed.user),
    "restrict": lambda deed: deed.telegram.restricts(deed.whom, deed.chat, deed.user, not deed.flag("off")),
    "promote": lambda deed: deed.telegram.promotes(deed.whom, deed.chat, deed.user, not deed.flag("off")),
    "forbid_reactions": _forbids_reactions,
    "add_bot": lambda deed: deed.telegram.adds_bot(deed.chat, deed.user, bool(deed.fields.get("admin"))),
    "remove_bot": lambda deed: deed.telegram.removes_bot(deed.chat, deed.user),
}


def do(deed: Deed, name: str) -> Message | Press | list[Message] | None:
    """Do it; ValueError or LookupError with the reason where no client would let a person."""
    if name not in DEEDS:
        raise ValueError(f"no such deed: {name}")
    return DEEDS[name](deed)
