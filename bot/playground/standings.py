"""What the Bot API says of somebody's place in a chat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.playground.chats import User

Json = dict[str, Any]
_RIGHTS: Sequence[str] = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
    "can_manage_direct_messages",
    "can_manage_tags",
    "can_send_welcome_messages",
)
_FREEDOMS: Sequence[str] = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


def standing(user: User, status: str) -> Json:
    """A ChatMember of the Bot API."""
    body: Json = {"user": user.wire(), "status": status}
    if status == "creator":
        body["is_anonymous"] = False
    if status == "administrator":
        body |= {"can_be_edited": False, "is_anonymous": False, **dict.fromkeys(_RIGHTS, True)}
    if status == "restricted":
        body |= {"is_member": True, **dict.fromkeys(_FREEDOMS, False)}
    if status in ("kicked", "restricted"):
        body["until_date"] = 0  # for ever
    return body
