"""What we need of an update, narrowed once; nobody else reads Telegram's many optional fields."""

from __future__ import annotations

from dataclasses import dataclass, field

from telegram import Message, Update

from bot.domain import presses
from bot.domain.questions import Said

ANONYMOUS_ADMIN = 1087968824  # GroupAnonymousBot: every anonymous administrator of every group
PRIVATE = "private"
GROUPS = ("group", "supergroup")


@dataclass(frozen=True)
class Medium:
    """One thing that came with a message: what it is and how Telegram calls it."""

    kind: str
    file_id: str
    size: int | None
    shows_people: bool  # a picture may show what is sensitive: it needs the notice


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
    media: tuple[Medium, ...] = ()
    forwarded: bool = False
    contact_phone: str | None = None
    contact_is_own: bool = False
    anonymous: bool = False
    query: str | None = None  # id of the pressed button's query
    press: presses.Press | None = None
    title: str = ""
    public: bool = False
    reply_to_bot: bool = field(default=False)

    @property
    def in_private(self) -> bool:
        return self.chat_type == PRIVATE

    def said(self) -> Said:
        """The message as an answer to a form. A shared contact counts as its number."""
        text = self.text or self.contact_phone or ""
        return Said(text, len(self.media), self.forwarded, self.contact_phone if self.contact_is_own else None)


# Attribute of the message → our word for it, and whether it shows people.
_MEDIA = (
    ("video", "video", True),
    ("animation", "animation", True),
    ("video_note", "video_note", True),
    ("voice", "voice", False),
    ("audio", "audio", False),
    ("document", "document", False),
)


def media_of(message: Message) -> tuple[Medium, ...]:
    """The media that one message carries (an album comes as several messages)."""
    if message.photo:
        largest = message.photo[-1]
        return (Medium("photo", largest.file_id, largest.file_size, shows_people=True),)
    for attribute, kind, shows_people in _MEDIA:
        medium = getattr(message, attribute)
        # An animation also comes as a document; the first name in the table counts.
        if medium is not None:
            picture = shows_people or str(getattr(medium, "mime_type", "") or "").startswith(("image/", "video/"))
            return (Medium(kind, medium.file_id, medium.file_size, shows_people=picture),)
    return ()


def whole(text: str) -> str:
    """The text without halves of letters: JSON can carry a lone surrogate, a database cannot."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


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
    for number in (incoming.chat, incoming.user, incoming.message, *(medium.size for medium in incoming.media)):
        if number is not None and not (isinstance(number, int) and abs(number) < _LARGEST):
            raise TypeError("not a number of Telegram")
    words = (incoming.chat_type, incoming.first_name, incoming.text, incoming.title)
    maybe = (incoming.user_language, incoming.contact_phone, incoming.query)
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
    return Incoming(
        chat=message.chat.id,
        chat_type=message.chat.type,
        user=user.id if user else None,
        user_language=user.language_code if user else None,
        first_name=whole(user.full_name or "") if user else "",
        message=message.message_id,
        text=whole(message.text or message.caption or ""),
        media=media_of(message),
        forwarded=message.forward_origin is not None,
        contact_phone=contact.phone_number if contact else None,
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
