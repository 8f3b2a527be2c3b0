"""An example of each kind of message that carries no file, and of each service message, of the Bot API 10.0."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
_USER: Json = {"id": 5_000_000_001, "is_bot": False, "first_name": "Ann"}
_BOT: Json = {"id": 5_000_000_002, "is_bot": True, "first_name": "Bot", "username": "other_bot"}
_CHANNEL: Json = {"id": -1_005_000_000_003, "type": "channel", "title": "News"}
_SIZE: Json = {"file_id": "EXAMPLE", "file_unique_id": "E", "width": 90, "height": 90}
_FILE: Json = {"file_id": "EXAMPLE", "file_unique_id": "E"}
_PLACE: Json = {"latitude": 21.0285, "longitude": 105.8542}
_LATER = 1_790_000_000  # a moment long after any message
_STICKER: Json = {**_FILE, "type": "regular", "width": 9, "height": 9, "is_animated": False, "is_video": False}
_GIFT: Json = {"gift": {"id": "1", "sticker": _STICKER, "star_count": 15}}
_PART: Json = {"name": "Lotus", "sticker": _STICKER, "rarity_per_mille": 5}
_COLOURS: Json = {"center_color": 1, "edge_color": 2, "symbol_color": 3, "text_color": 4}
_UNIQUE_GIFT: Json = {
    "gift_id": "1",
    "base_name": "Lotus",
    "name": "Lotus-1",
    "number": 1,
    "model": _PART,
    "symbol": _PART,
    "backdrop": {"name": "Green", "colors": _COLOURS, "rarity_per_mille": 5},
}
_PAYMENT: Json = {
    "currency": "XTR",
    "total_amount": 5,
    "invoice_payload": "x",
    "telegram_payment_charge_id": "1",
    "provider_payment_charge_id": "2",
}
_TASKS: list[Json] = [{"id": 1, "text": "Change the password"}]
_PRICE: Json = {"currency": "XTR", "amount": 5}
_OPTION: Json = {"option_persistent_id": "1", "option_text": "yes"}

# What people send.
CONTENTS: dict[str, Any] = {
    "contact": {"phone_number": "+84900000000", "first_name": "Ann"},
    "dice": {"emoji": "🎲", "value": 3},
    "location": _PLACE,
    "venue": {"location": _PLACE, "title": "Town hall", "address": "1 Main Street"},
    "game": {"title": "Chess", "description": "A game", "photo": [_SIZE]},
    "story": {"chat": _CHANNEL, "id": 7},
    "checklist": {"title": "To do", "tasks": _TASKS},
    "invoice": {
        "title": "Ticket",
        "description": "A ticket",
        "start_parameter": "x",
        "currency": "VND",
        "total_amount": 10_000,
    },
    "paid_media": {"star_count": 5, "paid_media": [{"type": "preview", "width": 90, "height": 90}]},
    "live_photo": {**_SIZE, "duration": 2},
    "giveaway": {"chats": [_CHANNEL], "winners_selection_date": _LATER, "winner_count": 1},
    "giveaway_winners": {
        "chat": _CHANNEL,
        "giveaway_message_id": 7,
        "winners_selection_date": _LATER,
        "winner_count": 1,
        "winners": [_USER],
    },
    "passport_data": {"data": [], "credentials": {"data": "x", "hash": "x", "secret": "x"}},
}
# What the API repeats in an older field, for bots of old.
REPEATED: dict[str, Callable[[Json], Json]] = {
    "venue": lambda venue: {"location": venue["location"]},
    "live_photo": lambda film: {"photo": [{name: film[name] for name in _SIZE}]},
}

# What the app writes into a chat by itself.
SERVICE: dict[str, Any] = {
    "new_chat_members": [_USER],
    "left_chat_member": _USER,
    "chat_owner_left": {"new_owner": _USER},
    "chat_owner_changed": {"new_owner": _USER},
    "new_chat_title": "New name",
    "new_chat_photo": [_SIZE],
    "delete_chat_photo": True,
    "group_chat_created": True,
    "supergroup_chat_created": True,
    "channel_chat_created": True,
    "message_auto_delete_timer_changed": {"message_auto_delete_time": 86_400},
    "migrate_to_chat_id": -1_005_000_000_004,
    "migrate_from_chat_id": -5_000_004,
    "pinned_message": {"chat": _CHANNEL, "message_id": 7, "date": 0},
    "successful_payment": _PAYMENT,
    "refunded_payment": _PAYMENT,
    "users_shared": {"request_id": 1, "users": [{"user_id": _USER["id"]}]},
    "chat_shared": {"request_id": 1, "chat_id": _CHANNEL["id"]},
    "gift": _GIFT,
    "unique_gift": {"gift": _UNIQUE_GIFT, "origin": "upgrade"},
    "gift_upgrade_sent": _GIFT,
    "connected_website": "example.vn",
    "write_access_allowed": {"from_request": True},
    "proximity_alert_triggered": {"traveler": _USER, "watcher": _USER, "distance": 50},
    "boost_added": {"boost_count": 1},
    "chat_background_set": {"type": {"type": "chat_theme", "theme_name": "🌿"}},
    "checklist_tasks_done": {"marked_as_done_task_ids": [1]},
    "checklist_tasks_added": {"tasks": _TASKS},
    "direct_message_price_changed": {"are_direct_messages_enabled": True, "direct_message_star_count": 5},
    "forum_topic_created": {"name": "SC-1", "icon_color": 7_322_096},
    "forum_topic_edited": {"name": "SC-2"},
    "forum_topic_closed": {},
    "forum_topic_reopened": {},
    "general_forum_topic_hidden": {},
    "general_forum_topic_unhidden": {},
    "giveaway_created": {"prize_star_count": 5},
    "giveaway_completed": {"winner_count": 1},
    "managed_bot_created": {"bot": _BOT},
    "paid_message_price_changed": {"paid_message_star_count": 5},
    "poll_option_added": _OPTION,
    "poll_option_deleted": _OPTION,
    "suggested_post_approved": {"send_date": _LATER},
    "suggested_post_approval_failed": {"price": _PRICE},
    "suggested_post_declined": {"comment": "No"},
    "suggested_post_paid": {"currency": "XTR", "amount": 5},
    "suggested_post_refunded": {"reason": "post_deleted"},
    "video_chat_scheduled": {"start_date": _LATER},
    "video_chat_started": {},
    "video_chat_ended": {"duration": 60},
    "video_chat_participants_invited": {"users": [_USER]},
    "web_app_data": {"data": "x", "button_text": "Open"},
}


def told(kind: str, content: Any = None) -> Json:
    """The fields of a message of this kind, which may be one that nobody knows yet; without `content` the example.

    ValueError where there is no example.
    """
    if content is None:
        content = CONTENTS.get(kind, SERVICE.get(kind))
    if content is None:
        raise ValueError(f"there is no example of {kind}: what is in it?")
    repeat = REPEATED.get(kind)
    return {kind: content} if repeat is None else {kind: content, **repeat(content)}
