"""What people send besides text: any kind of message, with a file or without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.playground.acts import Acts
from bot.playground.chats import Message, User
from bot.playground.examples import SERVICE, told
from bot.playground.files import Content, File, Synthetic
from bot.playground.kinds import MEDIA, written
from bot.playground.texts import plain
from bot.playground.world import Json, Where

_SAMPLE = 2048  # bytes of a file that nobody gave
_MIXED = frozenset({"photo", "video"})
_ALBUM = range(2, 11)


@dataclass(frozen=True)
class Item:
    """One file of an album: photo or video (these may mix), document or audio."""

    kind: str = "photo"
    content: Content | None = None
    name: str | None = None
    mime: str | None = None
    caption: str = ""
    size: int | None = None


class MediaActs(Acts):
    """A file that is not given is made up, of the right sort. `size` lets a file claim another size than it has.

    Captions are written like any text; `more` is of `puts`: reply_to, quote, topic, anonymous_admin, origin, beside.
    """

    def sends(self, user: User, chat: Where, kind: str, content: Any = None, caption: str = "", **more: Any) -> Message:
        """A message whose field `kind` of the Bot API's Message holds `content`; None: an example, or a made-up file.

        Service messages too, and kinds that the API does not know yet.
        """
        if kind == "text":
            return self.says(user, chat, caption if content is None else str(content), **more)
        if kind in MEDIA and content is None:
            return self.sends_file(user, chat, kind, caption=caption, **more)
        sort = "service" if kind in SERVICE else kind
        return self._sends(user, chat, sort, told(kind, content), caption, **more)

    def sends_file(
        self,
        user: User,
        chat: Where,
        kind: str,
        content: Content | None = None,
        caption: str = "",
        *,
        name: str | None = None,
        mime: str | None = None,
        size: int | None = None,
        facts: Json | None = None,
        **more: Any,
    ) -> Message:
        """A photo, video, animation, audio, document, voice, video_note or sticker; `facts`: duration and the like."""
        if caption and not MEDIA[kind].captioned:
            raise ValueError(f"a {kind} has no caption")
        file = self._file(kind, content, name, mime, size)
        return self._sends(user, chat, kind, written(kind, file, **(facts or {})), caption, file=file, **more)

    def sends_album(
        self, user: User, chat: Where, items: Sequence[Item | Content], caption: str = "", **more: Any
    ) -> list[Message]:
        """Two to ten files at once: as many updates with one media_group_id. `caption` is that of the first."""
        album = [item if isinstance(item, Item) else Item(content=item) for item in items]
        kinds = {item.kind for item in album}
        if len(album) not in _ALBUM or not (kinds <= _MIXED or kinds in ({"document"}, {"audio"})):
            raise ValueError("an album is two to ten photos and videos, or documents, or audio files")
        number = self.next_id()
        sent: list[Message] = []
        for item in album:
            words = item.caption or ("" if sent else caption)
            about: Json = {"name": item.name, "mime": item.mime, "size": item.size, "album": number}
            sent.append(self.sends_file(user, chat, item.kind, item.content, words, **about, **more))
        return sent

    def sends_photo(
        self,
        user: User,
        chat: Where,
        content: Content | None = None,
        caption: str = "",
        *,
        size: int | None = None,
        **more: Any,
    ) -> Message:
        return self.sends_file(user, chat, "photo", content, caption, size=size, **more)

    def sends_document(
        self,
        user: User,
        chat: Where,
        name: str = "file.bin",
        content: Content | None = None,
        mime: str = "application/octet-stream",
        caption: str = "",
        *,
        size: int | None = None,
        **more: Any,
    ) -> Message:
        return self.sends_file(user, chat, "document", content, caption, name=name, mime=mime, size=size, **more)

    def sends_voice(
        self, user: User, chat: Where, content: Content | None = None, seconds: int = 3, **more: Any
    ) -> Message:
        return self.sends_file(user, chat, "voice", content, facts={"duration": seconds}, **more)

    def sends_video(
        self,
        user: User,
        chat: Where,
        content: Content | None = None,
        caption: str = "",
        seconds: int = 3,
        **more: Any,
    ) -> Message:
        return self.sends_file(user, chat, "video", content, caption, facts={"duration": seconds}, **more)

    def sends_sticker(self, user: User, chat: Where, emoji: str = "👍", **more: Any) -> Message:
        return self.sends_file(user, chat, "sticker", facts={"emoji": emoji}, **more)

    def sends_location(
        self,
        user: User,
        chat: Where,
        latitude: float = 21.0285,
        longitude: float = 105.8542,
        *,
        live: int | None = None,
        **more: Any,
    ) -> Message:
        """A place; with `live` seconds it may move (`moves`)."""
        place: Json = {"latitude": latitude, "longitude": longitude}
        if live is not None:
            place |= {"live_period": live, "horizontal_accuracy": 10.0}
        return self.sends(user, chat, "location", place, **more)

    def sends_poll(self, user: User, chat: Where, question: str, *options: str, **more: Any) -> Message:
        number = self.next_id()
        answers = [
            {"persistent_id": f"{number}-{place}", "text": option, "voter_count": 0}
            for place, option in enumerate(options)
        ]
        poll = {
            "id": number,
            "question": question,
            "options": answers,
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": False,
            "members_only": False,
        }
        return self.sends(user, chat, "poll", poll, **more)

    def shares_contact(
        self, user: User, chat: Where, phone: str = "+84900000000", of: User | str | None = None, **more: Any
    ) -> Message:
        """One's own contact, or `of` another person: a user of Telegram, or just a name from the address book."""
        who: Json
        if isinstance(of, str):
            who = {"first_name": of}
        else:
            whom = of or user
            who = {"first_name": whom.name, "user_id": whom.id}
        return self.sends(user, chat, "contact", {"phone_number": phone, **who}, **more)

    def pins(self, user: User, message: Message) -> Message:
        """Pin a message: the chat shows it by a message of its own."""
        return self.sends(user, message.chat, "pinned_message", message.wire(with_reply=False))

    def forgets(self, file: File | Message) -> None:
        """From now on Telegram says that it has no such file."""
        gone = file.file if isinstance(file, Message) else file
        if gone is None:
            raise ValueError("there is no file in that message")
        gone.gone = True

    def _file(self, kind: str, content: Content | None, name: str | None, mime: str | None, size: int | None) -> File:
        medium = MEDIA[kind]
        if not medium.named:  # Telegram keeps neither name nor type of such a file
            name = mime = None
        if content is None:
            content = Synthetic(_SAMPLE, len(self.files), medium.head)
        return self.store(content, name or medium.name, mime or medium.mime, medium.folder, size)

    def _sends(self, user: User, chat: Where, kind: str, content: Json, caption: str = "", **more: Any) -> Message:
        read = plain(caption)
        return self.puts(user, chat, kind=kind, content=content, text=read.plain, entities=read.entities, **more)
