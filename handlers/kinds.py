"""Every kind of message that the Bot API knows, as one table: what becomes of it when it comes without a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from telegram import Chat, Message, MessageOrigin, User

from bot.domain import redact

Values = Mapping[str, str | None]


@dataclass(frozen=True)
class Words:
    """What a person wrote: text, or the caption of something else."""


@dataclass(frozen=True)
class Evidence:
    """A file; `shows_people` where a picture may show what is sensitive, so that it needs the notice."""

    kind: str
    shows_people: bool = False


@dataclass(frozen=True)
class Told:
    """Something without a file and without words of its own: kept as a sentence of the catalogue.

    `is_clue`: there is something in it to look into, so it may begin a report by itself.
    """

    text: str
    values: Callable[[Any], Values]
    is_clue: bool = True


@dataclass(frozen=True)
class Refused:
    """Not taken; the sentence that says so, and what to do instead."""

    text: str = "message.service"


Kind = Words | Evidence | Told | Refused


def whole(text: object) -> str:
    """A text without halves of letters: JSON can carry a lone surrogate, a database cannot.

    Raises:
        TypeError: it is no text at all. PTB parses without looking at types.
    """
    if not isinstance(text, str):
        raise TypeError("no text")
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def whole_or_none(text: object) -> str | None:
    return whole(text) if text else None


def _joined(*parts: object) -> str:
    return " ".join(whole(part) for part in parts if part)


def _degrees(number: object) -> str:
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise TypeError("no number")
    return f"{number:.4f}".replace(".", ",")


def place(location: Any) -> str:
    """A position as two numbers with four decimals (some ten metres).

    Written so that the mask of groups takes it for one long number: where a person stands is sensitive data (decree
    356/2025, article 4).
    """
    latitude, longitude = _degrees(location.latitude), _degrees(location.longitude)
    return f"{latitude},{longitude}" if longitude.startswith("-") else f"{latitude}, {longitude}"


def hidden(*parts: object) -> str:
    """A name or an address as the mask of groups knows it: between marks that nothing inside can end."""
    return redact.OPENED + _joined(*parts).translate(_NO_MARKS) + redact.CLOSED


_NO_MARKS = dict.fromkeys(map(ord, f"{redact.OPENED}{redact.CLOSED}\r\n"), " ")


def name_of(one: User | Chat) -> str:
    return whole(one.full_name or getattr(one, "title", None) or "")


def who(one: User | Chat) -> str:
    """A person or chat by name and public address."""
    name, username = name_of(one), whole_or_none(one.username)
    return f"{name} (@{username})" if username else name or "?"


# Currencies without hundredths, among those that Telegram knows.
_WHOLE = {"VND", "XTR", "JPY", "KRW"}


def _price(invoice: Any) -> str:
    currency, amount = whole(invoice.currency), invoice.total_amount
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise TypeError("no number")
    return f"{amount if currency in _WHOLE else amount / 100:g} {currency}"


def _listed(things: Any) -> str | None:
    return "; ".join(whole(thing.text) for thing in things) or None


# Field of the API's Message → what becomes of it. The first field of a message that stands here decides; a text or
# caption is kept beside it. An animation also comes as a document, a live photo as a photo, a venue as a location.
KINDS: Mapping[str, Kind] = {
    "animation": Evidence("animation", shows_people=True),
    "live_photo": Evidence("video", shows_people=True),
    "photo": Evidence("photo", shows_people=True),
    "video": Evidence("video", shows_people=True),
    "video_note": Evidence("video_note", shows_people=True),
    "voice": Evidence("voice"),
    "audio": Evidence("audio"),
    "document": Evidence("document"),
    "venue": Told(
        "sent.venue",
        lambda one: {"title": hidden(one.title), "address": hidden(one.address), "place": hidden(place(one.location))},
    ),
    "location": Told("sent.location", lambda one: {"place": hidden(place(one))}),
    "contact": Told(
        "sent.contact", lambda one: {"name": hidden(one.first_name, one.last_name), "phone": whole(one.phone_number)}
    ),
    "poll": Told("sent.poll", lambda one: {"question": whole(one.question), "options": _listed(one.options)}),
    "checklist": Told("sent.checklist", lambda one: {"title": whole(one.title), "tasks": _listed(one.tasks)}),
    "invoice": Told(
        "sent.invoice",
        lambda one: {"title": whole(one.title), "description": whole(one.description), "price": _price(one)},
    ),
    "game": Told("sent.game", lambda one: {"title": whole(one.title), "description": whole(one.description)}),
    "story": Told("sent.story", lambda one: {"who": hidden(who(one.chat))}),
    "giveaway": Told(
        "sent.giveaway",
        lambda one: {"who": ", ".join(map(who, one.chats)), "prize": whole_or_none(one.prize_description)},
    ),
    "giveaway_winners": Told(
        "sent.giveaway", lambda one: {"who": who(one.chat), "prize": whole_or_none(one.prize_description)}
    ),
    "sticker": Told("sent.sticker", lambda one: {"emoji": whole_or_none(one.emoji) or "?"}, is_clue=False),
    "dice": Told("sent.dice", lambda one: {"emoji": whole(one.emoji), "value": str(one.value)}, is_clue=False),
    "paid_media": Refused("message.paid"),
    "passport_data": Refused("message.passport"),
    # What the app writes into a chat by itself: nothing that a person has told.
    **dict.fromkeys(
        (
            *("new_chat_members", "left_chat_member", "chat_owner_left", "chat_owner_changed"),
            *("new_chat_title", "new_chat_photo", "delete_chat_photo", "group_chat_created"),
            *("supergroup_chat_created", "channel_chat_created", "migrate_to_chat_id", "migrate_from_chat_id"),
            *("message_auto_delete_timer_changed", "pinned_message", "chat_background_set", "boost_added"),
            *("successful_payment", "refunded_payment", "users_shared", "chat_shared", "web_app_data"),
            *("gift", "unique_gift", "gift_upgrade_sent", "connected_website", "write_access_allowed"),
            *("proximity_alert_triggered", "checklist_tasks_done", "checklist_tasks_added"),
            *("direct_message_price_changed", "paid_message_price_changed", "managed_bot_created"),
            *("forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened"),
            *("general_forum_topic_hidden", "general_forum_topic_unhidden"),
            *("giveaway_created", "giveaway_completed", "poll_option_added", "poll_option_deleted"),
            *("suggested_post_approved", "suggested_post_approval_failed", "suggested_post_declined"),
            *("suggested_post_paid", "suggested_post_refunded"),
            *("video_chat_scheduled", "video_chat_started", "video_chat_ended", "video_chat_participants_invited"),
        ),
        Refused(),
    ),
    "text": Words(),
    "caption": Words(),
}
# The fields around what is said: when, where, by whom, in answer to what, and how it looks.
FRAME = frozenset(
    {
        *("message_id", "date", "edit_date", "chat", "from_user", "sender_chat", "sender_tag", "sender_boost_count"),
        *("author_signature", "sender_business_bot", "business_connection_id", "via_bot", "is_from_offline"),
        *("guest_bot_caller_user", "guest_bot_caller_chat", "guest_query_id"),
        *("message_thread_id", "is_topic_message", "direct_messages_topic", "media_group_id", "reply_markup"),
        *("reply_to_message", "external_reply", "quote", "reply_to_story", "reply_to_checklist_task_id"),
        *("reply_to_poll_option_id", "forward_origin", "is_automatic_forward"),
        *("entities", "caption_entities", "link_preview_options", "effect_id", "has_media_spoiler"),
        *("show_caption_above_media", "has_protected_content", "is_paid_post", "paid_star_count"),
        "suggested_post_info",
    }
)
UNKNOWN = Refused("message.unsupported")  # what a later version of the Bot API has brought


def kind_of(message: Message) -> tuple[str, Kind]:
    """The field that decides about a message, and its row of the table."""
    for field, kind in KINDS.items():
        value = getattr(message, field)
        if value is not None and value is not False and value != ():
            return field, kind
    return "", UNKNOWN


def origin_of(message: Message) -> Mapping[str, str] | None:
    """Whom something that was sent on came from, and when, as plain data; None where it was not sent on.

    The sender of a forwarded swindle is evidence, and personal data: it is shown in private only. Whoever sends on
    own words is not named: who reports stands in one table alone.
    """
    return _origin(message.forward_origin, message)


def quoted_from(message: Message) -> Mapping[str, str] | None:
    """The same of words that were quoted out of another chat."""
    return _origin(message.external_reply.origin, message) if message.external_reply is not None else None


def _origin(origin: MessageOrigin | None, message: Message) -> Mapping[str, str] | None:
    if origin is None:
        return None
    known = {"type": whole(origin.type), "date": origin.date.isoformat()}
    sources = (getattr(origin, field, None) for field in ("sender_user", "sender_chat", "chat"))
    source: User | Chat | None = next(filter(None, sources), None)
    if source is None:
        return {**known, "name": whole(getattr(origin, "sender_user_name", None) or "")}
    if message.from_user is not None and source.id == message.from_user.id:
        return {**known, "type": "self"}
    username = whole_or_none(source.username)
    return {**known, "name": name_of(source), **({"username": username} if username else {})}
