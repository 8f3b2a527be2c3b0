"""People, chats and messages, and how the Bot API writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bot.playground.files import File

Json = dict[str, Any]
ChatType = Literal["private", "group", "supergroup"]
# Telegram's stand-in for an administrator who writes as the group.
ANONYMOUS_ADMIN: Json = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
PRESENT = ("creator", "administrator", "member", "restricted")
ADMINS = ("creator", "administrator")


@dataclass(eq=False)
class User:
    """A person, or the bot. `note` is shown on the playground's page only."""

    id: int
    name: str
    username: str | None = None
    language: str | None = "vi"
    note: str = ""
    is_bot: bool = False
    started: bool = False  # has written to the bot in private at least once
    blocked: bool = False

    def wire(self) -> Json:
        body: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.name}
        if self.username:
            body["username"] = self.username
        if self.language:
            body["language_code"] = self.language
        return body


@dataclass(eq=False)
class Bot(User):
    """The one bot of a playground. `privacy`: in groups it sees only what is meant for it, unless it is an admin."""

    token: str = ""
    privacy: bool = True
    # Names and descriptions by language; "" is the one for everybody else.
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)

    def wire_me(self) -> Json:
        return self.wire() | {
            "can_join_groups": True,
            "can_read_all_group_messages": not self.privacy,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }


@dataclass(eq=False)
class Chat:
    """`members` holds the standing of everybody who is or was there, the bot included, by user id."""

    id: int
    type: ChatType
    title: str = ""
    username: str | None = None
    person: User | None = None
    members: dict[int, str] = field(default_factory=dict)
    topics: set[int] = field(default_factory=set)
    migrated_to: int | None = None
    reactions: frozenset[str] | None = None  # the emoji that may be put under messages; None: all
    hides_members: bool = False  # only administrators may ask who is there
    messages: dict[int, Message] = field(default_factory=dict)

    @property
    def private(self) -> bool:
        return self.type == "private"

    def standing(self, user: int) -> str | None:
        return self.members.get(user)

    def present(self) -> list[int]:
        return [user for user, standing in self.members.items() if standing in PRESENT]

    def admins(self) -> list[int]:
        return [user for user, standing in self.members.items() if standing in ADMINS]

    def wire(self) -> Json:
        if self.person is not None:
            body: Json = {"id": self.id, "type": self.type, "first_name": self.person.name}
            username = self.person.username
        else:
            body = {"id": self.id, "type": self.type, "title": self.title}
            username = self.username
        if username:
            body["username"] = username
        if self.topics:
            body["is_forum"] = True
        return body


@dataclass(eq=False)
class Message:
    """One message of a chat. `text` is plain (of a picture: its caption), `html` is what the bot sent for it."""

    id: int
    chat: Chat
    sender: User | None
    at: datetime
    text: str = ""
    html: str = ""
    entities: list[Json] = field(default_factory=list)
    kind: str = "text"  # text, photo, document, contact, location …, service
    album: str | None = None  # media_group_id
    content: Json = field(default_factory=dict)  # what the Bot API writes besides text and caption
    file: File | None = None
    markup: Json | None = None  # reply_markup as it was sent, of whichever kind
    reply_to: Message | None = None
    beside: Json = field(default_factory=dict)  # more fields of the API's message: quote, external_reply …
    sender_chat: Chat | None = None
    thread: int | None = None
    origin: Json | None = None
    reactions: list[Json] = field(default_factory=list)
    edited: int = 0
    edited_at: datetime | None = None
    deleted: bool = False
    protected: bool = False
    silent: bool = False

    @property
    def service(self) -> bool:
        """Whether the app wrote it by itself."""
        return self.kind == "service"

    @property
    def by_bot(self) -> bool:
        return self.sender is not None and self.sender.is_bot

    @property
    def keys(self) -> list[list[Json]]:
        """The inline keyboard, as the Bot API writes it."""
        keys: list[list[Json]] = (self.markup or {}).get("inline_keyboard", [])
        return keys

    @property
    def buttons(self) -> list[list[str]]:
        """The labels of the inline keyboard, row by row."""
        return [[key["text"] for key in row] for row in self.keys]

    @property
    def reply_keys(self) -> list[list[Json]] | None:
        """The ordinary keyboard that came with this message; None where there is none."""
        keyboard: Sequence[Sequence[Any]] | None = (self.markup or {}).get("keyboard")
        if keyboard is None:
            return None
        return [[{"text": key} if isinstance(key, str) else key for key in row] for row in keyboard]

    @property
    def reply_keyboard(self) -> list[list[str]] | None:
        """The labels of the ordinary keyboard."""
        return None if self.reply_keys is None else [[key["text"] for key in row] for row in self.reply_keys]

    @property
    def photo(self) -> bytes | None:
        """The picture itself, all of it."""
        return self.file.content if self.file is not None and self.kind == "photo" else None

    @property
    def document(self) -> bytes | None:
        return self.file.content if self.file is not None and self.kind == "document" else None

    def wire(self, *, with_reply: bool = True) -> Json:
        """As in an update or result: keyboards are shown only where they are inline, replies one level deep."""
        body: Json = {"message_id": self.id, "date": int(self.at.timestamp()), "chat": self.chat.wire()}
        body |= self._wire_sender()
        if self.thread is not None:
            body |= {"message_thread_id": self.thread, "is_topic_message": True}
        if self.origin is not None:
            body["forward_origin"] = self.origin
        if self.album is not None:
            body["media_group_id"] = self.album
        if with_reply and self.reply_to is not None and not self.reply_to.deleted:
            body["reply_to_message"] = self.reply_to.wire(with_reply=False)
        if self.edited_at is not None:
            body["edit_date"] = int(self.edited_at.timestamp())
        if self.protected:
            body["has_protected_content"] = True
        body |= self.beside | self.content
        body |= self._wire_text()
        if self.keys:
            body["reply_markup"] = {"inline_keyboard": self.keys}
        return body

    def _wire_sender(self) -> Json:
        if self.sender_chat is not None:
            return {"from": ANONYMOUS_ADMIN, "sender_chat": self.sender_chat.wire()}
        return {} if self.sender is None else {"from": self.sender.wire()}

    def _wire_text(self) -> Json:
        if not self.text:
            return {}
        name, entities = ("text", "entities") if self.kind == "text" else ("caption", "caption_entities")
        return {name: self.text, entities: self.entities} if self.entities else {name: self.text}


@dataclass(eq=False)
class Press:
    """A pressed inline button; `answers` are the toasts that the bot gave, as (text, shown as an alert)."""

    id: str
    user: User
    message: Message
    data: str
    at: datetime
    answers: list[tuple[str, bool]] = field(default_factory=list)
