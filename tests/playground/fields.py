"""Which fields a message has, as a library says that knows nothing of us, and which of them say what is in it."""

from __future__ import annotations

import inspect

import telegram

# What any message may have besides its content: whose it is, what it answers, how it looks.
_BESIDE = """
    message_id date chat from sender_chat sender_boost_count sender_business_bot sender_tag business_connection_id
    forward_origin is_topic_message message_thread_id direct_messages_topic is_automatic_forward reply_to_message
    external_reply quote reply_to_story reply_to_checklist_task_id reply_to_poll_option_id via_bot edit_date
    has_protected_content is_from_offline is_paid_post media_group_id author_signature paid_star_count entities
    link_preview_options suggested_post_info effect_id caption caption_entities show_caption_above_media
    has_media_spoiler reply_markup guest_bot_caller_user guest_bot_caller_chat guest_query_id
"""
ENVELOPE = frozenset(_BESIDE.split())


def message_fields() -> frozenset[str]:
    """Every field of the Bot API's Message, by the library of the version whose API that is (see the constant)."""
    names = set(inspect.signature(telegram.Message.__init__).parameters) - {"self", "api_kwargs", "from_user"}
    return frozenset(names | {"from"})


def content_fields() -> frozenset[str]:
    """Those of which a message has one (some have a second one for bots of old): what it is."""
    return message_fields() - ENVELOPE
