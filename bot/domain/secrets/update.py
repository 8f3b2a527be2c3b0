"""The guard over a whole update as Telegram sends it: every string that a person may have written, at any depth."""

import re
from collections.abc import Callable
from typing import Any

from bot.domain.secrets.guard import guard
from bot.domain.secrets.kinds import Secret

_NAME = re.compile(r"[A-Za-z0-9_]{0,64}", re.ASCII)
_TOKEN = re.compile(r"[A-Za-z0-9_:.+/=-]{0,512}", re.ASCII)
_PICTURE = re.compile(r"[0-9#*]?[^A-Za-z0-9]{0,20}")
_FILE_KIND = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,100}", re.ASCII)
_PHONE = re.compile(r"\+?\d{3,16}", re.ASCII)

# What stays as it is, and why. Anything else is taken for human words. A value that does not look as its key
# promises is guarded too, so a strange server cannot hide words under a harmless key.
_KEPT: dict[str, re.Pattern[str]] = {
    # The protocol's own words: routing compares them.
    **dict.fromkeys(("type", "status", "chat_type", "language_code", "currency", "language", "source"), _TOKEN),
    # Identifiers by which we or Telegram find the thing again.
    **dict.fromkeys(
        (
            "id", "file_id", "file_unique_id", "chat_instance", "inline_message_id", "media_group_id", "poll_id",
            "custom_emoji_id", "icon_custom_emoji_id", "result_id", "business_connection_id", "business_message_id",
            "set_name", "game_short_name", "telegram_payment_charge_id", "provider_payment_charge_id",
            "shipping_option_id", "google_place_id", "foursquare_id", "gift_id", "owned_gift_id", "boost_id",
            "persistent_id", "option_persistent_ids", "query_id", "offset", "start_parameter", "google_place_type",
            "foursquare_type", "callback_query_id", "guest_query_id",
        ),
        _TOKEN,
    ),
    # Public names, and what roles are bound to.
    **dict.fromkeys(("username", "active_usernames", "country_codes"), _NAME),
    "phone_number": _PHONE,  # a shared contact: an answer we asked for, never a secret of §6.3
    # Facts of a file that its player needs.
    "mime_type": _FILE_KIND,
    **dict.fromkeys(("emoji", "emojis"), _PICTURE),
}  # fmt: skip
# Data of a button comes back byte for byte as we wrote it; `data` elsewhere (a web app's) is written by people.
_KEPT_IN = {("callback_query", "data")}


def guard_update(raw: object, *, agency: bool) -> tuple[object, tuple[Secret, ...]]:
    """Give a copy of an update's JSON with every secret masked, and the kinds found. Never raises, however deep."""
    kinds: dict[Secret, None] = {}

    def guarded(text: str) -> str:
        found = guard(text, agency=agency)
        kinds.update(dict.fromkeys(found.kinds))
        return found.text

    return _copied(raw, guarded), tuple(kinds)


def _copied(raw: object, guarded: Callable[[str], str]) -> object:
    """Walk without recursion: a thousand nested lists are a cheap attack on a recursive walk."""
    root: list[Any] = [None]
    waiting: list[tuple[object, Any, Any, str, str]] = [(raw, root, 0, "", "")]
    while waiting:
        value, into, place, parent, key = waiting.pop()
        if isinstance(value, dict):
            into[place] = copy = dict.fromkeys(value)
            waiting += [(inner, copy, name, key, str(name)) for name, inner in reversed(value.items())]
        elif isinstance(value, list):
            into[place] = row = [None] * len(value)
            waiting += [(inner, row, index, parent, key) for index, inner in reversed(list(enumerate(value)))]
        elif isinstance(value, str) and not _kept(value, parent, key):
            into[place] = guarded(value)
        else:
            into[place] = value
    return root[0]


def _kept(value: str, parent: str, key: str) -> bool:
    if (parent, key) in _KEPT_IN:
        return True
    shape = _KEPT.get(key)
    return shape is not None and shape.fullmatch(value) is not None
