"""What we need of an update, narrowed once; nobody else reads Telegram's many optional fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from telegram import Message, Update

from bot.domain import presses
from bot.domain.evidence import Piece, may_show_people
from bot.domain.questions import Said
from handlers.kinds import Evidence, Refused, Told, Values, kind_of, origin_of, quoted_from, whole, whole_or_none

ANONYMOUS_ADMIN = 1087968824  # GroupAnonymousBot: every anonymous administrator of every group
PRIVATE = "private"
GROUPS = ("group", "supergroup")


@dataclass(frozen=True)
class Sentence:
    """Something told without words of the person's own: a text of the catalogue with its values."""

    text: str
    values: Values
    is_clue: bool


@dataclass(frozen=True)
class Incoming:
    """An update, narrowed."""

    chat: int | None = None
    chat_type: str = PRIVATE
    user: int | None = None
    user_language: str | None = None
    first_name: str = ""
    message: int | None = None  # the message that came, or whose key was pressed
    text: str = ""
    media: tuple[Piece, ...] = ()
    told: tuple[Sentence, ...] = ()
    refused: str | None = None  # the sentence that says why this kind of message is not taken
    album: str | None = None  # the same for all files that were sent as one
    origin: Mapping[str, str] | None = None  # whom it was sent on from, and when: never shown in a group
    reply_to: int | None = None
    edited: bool = False
    moving: bool = False  # a live position: Telegram tells each step as an edit
    contact_phone: str | None = None
    contact_is_own: bool = False
    anonymous: bool = False
    query: str | None = None  # id of the pressed button's query
    press: presses.Press | None = None
    title: str = ""
    public: bool = False

    @property
    def in_private(self) -> bool:
        return self.chat_type == PRIVATE

    def said(self, told: str = "") -> Said:
        """The message as an answer to a form, `told` in words. A shared contact counts as its number, too."""
        own = self.contact_phone if self.contact_is_own else None
        words = "\n".join(part for part in (own or told, self.text) if part)
        is_clue = any(sentence.is_clue for sentence in self.told)
        return Said(words, len(self.media), self.origin is not None, self.contact_phone, is_clue, self.contact_is_own)


def media_of(message: Message) -> tuple[Piece, ...]:
    """The media that one message carries (an album comes as several messages)."""
    field, kind = kind_of(message)
    if not isinstance(kind, Evidence):
        return ()
    held = getattr(message, field)
    file = held[-1] if field == "photo" else held
    name, mime = (whole_or_none(getattr(file, said, None)) for said in ("file_name", "mime_type"))
    shows_people = kind.shows_people or may_show_people(name, mime)
    album = message.media_group_id
    return (Piece(kind.kind, file.file_id, file.file_size, name, mime, album, shows_people, message.message_id),)


def told_of(message: Message) -> tuple[Sentence, ...]:
    """What a message tells besides files and words: a place, a poll, a passage out of another chat."""
    field, kind = kind_of(message)
    told = []
    if isinstance(kind, Told):
        told.append(Sentence(kind.text, kind.values(getattr(message, field)), kind.is_clue))
    if message.external_reply is not None and message.quote is not None:
        told.append(Sentence("sent.quote", {"words": whole(message.quote.text)}, is_clue=True))
    return tuple(told)


def narrow(update: Update) -> Incoming:
    """Read an update.

    Raises:
        TypeError, ValueError, AttributeError: it is not what the Bot API promises; no handler must see it.
    """
    incoming = _read(update)
    _check(incoming)
    return incoming


_LARGEST = 2**63  # what a database can hold


def _check(incoming: Incoming) -> None:
    """PTB parses without looking at types: what is stored or compared later is looked at here."""
    if incoming.in_private and incoming.message is not None and incoming.user is None:
        raise ValueError("nobody has written this")
    sizes = (medium.size for medium in incoming.media)
    for number in (incoming.chat, incoming.user, incoming.message, incoming.reply_to, *sizes):
        if number is not None and not (isinstance(number, int) and abs(number) < _LARGEST):
            raise TypeError("not a number of Telegram")
    words = (incoming.chat_type, incoming.first_name, incoming.text, incoming.title)
    maybe = (incoming.user_language, incoming.contact_phone, incoming.query, incoming.album)
    for word in (*words, *(one for one in maybe if one is not None), *(one.file_id for one in incoming.media)):
        word.encode()  # text and nothing else has this, and half a surrogate pair has no bytes


def _read(update: Update) -> Incoming:
    if update.callback_query is not None:
        return _press(update)
    message = update.message or update.edited_message
    if message is not None:
        return _message(message)
    chat = update.effective_chat
    user = update.effective_user
    return Incoming(
        chat=chat.id if chat else None,
        chat_type=chat.type if chat else PRIVATE,
        user=user.id if user else None,
        user_language=user.language_code if user else None,
    )


def _message(message: Message) -> Incoming:
    user, contact = message.from_user, message.contact
    _, kind = kind_of(message)
    return Incoming(
        chat=message.chat.id,
        chat_type=message.chat.type,
        user=user.id if user else None,
        user_language=user.language_code if user else None,
        first_name=whole(user.full_name or "") if user else "",
        message=message.message_id,
        text=whole(message.text or message.caption or ""),
        media=media_of(message),
        told=told_of(message),
        refused=kind.text if isinstance(kind, Refused) else None,
        album=message.media_group_id,
        origin=origin_of(message) or quoted_from(message),
        reply_to=message.reply_to_message.message_id if message.reply_to_message else None,
        edited=message.edit_date is not None,
        moving=message.location is not None and message.location.live_period is not None,
        contact_phone=whole_or_none(contact.phone_number) if contact else None,
        contact_is_own=bool(contact and user and contact.user_id == user.id),
        anonymous=message.sender_chat is not None or (user is not None and user.id == ANONYMOUS_ADMIN),
        title=whole(message.chat.title or ""),
        public=bool(message.chat.username),
    )


def _press(update: Update) -> Incoming:
    query = update.callback_query
    assert query is not None
    message = query.message
    return Incoming(
        chat=message.chat.id if message else None,
        chat_type=message.chat.type if message else PRIVATE,
        user=query.from_user.id,
        user_language=query.from_user.language_code,
        first_name=query.from_user.full_name or "",
        message=message.message_id if message else None,
        query=query.id,
        press=presses.read(query.data or ""),
        title=(message.chat.title or "") if message else "",
    )
