"""What people send besides text."""

from __future__ import annotations

from typing import Any

from bot.playground.acts import Acts
from bot.playground.chats import File, Message, User
from bot.playground.pictures import measured
from bot.playground.texts import plain
from bot.playground.world import Json, Where


class MediaActs(Acts):
    """`size` lets a file claim more bytes than it carries. Captions are written like any text."""

    def sends_photo(
        self, user: User, chat: Where, content: bytes = b"", caption: str = "", *, size: int | None = None, **more: Any
    ) -> Message:
        file = self.store(content, "photo.jpg", "image/jpeg", "photos", size)
        return self._sends(user, chat, "photo", {"photo": photo_sizes(file)}, caption, file=file, **more)

    def sends_document(
        self,
        user: User,
        chat: Where,
        name: str = "file.bin",
        content: bytes = b"",
        mime: str = "application/octet-stream",
        caption: str = "",
        *,
        size: int | None = None,
        **more: Any,
    ) -> Message:
        file = self.store(content, name, mime, "documents", size)
        return self._sends(user, chat, "document", {"document": named(file)}, caption, file=file, **more)

    def sends_voice(self, user: User, chat: Where, content: bytes = b"", seconds: int = 3, **more: Any) -> Message:
        file = self.store(content, "voice.ogg", "audio/ogg", "voice")
        body = {**file.wire(), "duration": seconds, "mime_type": file.mime}
        return self._sends(user, chat, "voice", {"voice": body}, file=file, **more)

    def sends_video(
        self, user: User, chat: Where, content: bytes = b"", caption: str = "", seconds: int = 3, **more: Any
    ) -> Message:
        file = self.store(content, "video.mp4", "video/mp4", "videos")
        body = {**named(file), "duration": seconds, "width": 640, "height": 360}
        return self._sends(user, chat, "video", {"video": body}, caption, file=file, **more)

    def sends_sticker(self, user: User, chat: Where, emoji: str = "👍", **more: Any) -> Message:
        file = self.store(b"", "sticker.webp", "image/webp", "stickers")
        look: Json = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._sends(user, chat, "sticker", {"sticker": file.wire() | look | {"emoji": emoji}}, file=file, **more)

    def sends_location(
        self, user: User, chat: Where, latitude: float = 21.0285, longitude: float = 105.8542, **more: Any
    ) -> Message:
        place = {"latitude": latitude, "longitude": longitude}
        return self._sends(user, chat, "location", {"location": place}, **more)

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
        return self._sends(user, chat, "poll", {"poll": poll}, **more)

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
        return self._sends(user, chat, "contact", {"contact": {"phone_number": phone, **who}}, **more)

    def forwards(self, user: User, chat: Where, message: Message, hidden: bool = False) -> Message:
        """Pass a message on; `hidden`: its writer's account is not shown. ValueError where it is protected."""
        if message.protected:
            raise ValueError("a protected message cannot be forwarded")
        return self.puts(
            user,
            chat,
            kind=message.kind,
            text=message.text,
            entities=message.entities,
            content=message.content,
            file=message.file,
            origin=_origin(message, hidden),
        )

    def _sends(self, user: User, chat: Where, kind: str, content: Json, caption: str = "", **more: Any) -> Message:
        read = plain(caption)
        return self.puts(user, chat, kind=kind, content=content, text=read.plain, entities=read.entities, **more)


def photo_sizes(file: File) -> list[Json]:
    """Telegram keeps a picture in several sizes, the greatest last; here they share one content."""
    width, height = measured(file.content)
    small = {"file_id": file.id, "file_unique_id": f"{file.unique}s", "file_size": min(file.size, 1500)}
    return [
        {**small, "width": min(width, 90), "height": min(height, 90)},
        {**file.wire(), "width": width, "height": height},
    ]


def named(file: File) -> Json:
    return {**file.wire(), "file_name": file.name, "mime_type": file.mime}


def _origin(message: Message, hidden: bool) -> Json:
    date = {"date": int(message.at.timestamp())}
    if message.sender_chat is not None:
        return {"type": "chat", "sender_chat": message.sender_chat.wire(), **date}
    if message.sender is None or hidden:
        return {"type": "hidden_user", "sender_user_name": message.sender.name if message.sender else "", **date}
    return {"type": "user", "sender_user": message.sender.wire(), **date}
