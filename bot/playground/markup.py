"""Keyboards under messages, checked as strictly as Telegram checks them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from bot.playground.errors import Refused, bad_request

Json = dict[str, Any]

_PROTOCOLS = ("http", "https", "tg", "ton", "tonsite")
_STYLES = ("danger", "success", "primary")
_ACTIONS = ("callback_data", "url", "copy_text", "switch_inline_query", "switch_inline_query_current_chat")
_PRIVATE_KEYS = {
    "request_contact": "phone number can be requested in private chats only",
    "request_location": "location can be requested in private chats only",
}
_NOT_JSON = "can't parse reply keyboard markup JSON object"


def checked_markup(markup: Any, *, private: bool) -> Json | None:
    """The markup to keep, or Refused. None where an empty inline keyboard takes the old one away."""
    if markup in (None, ""):
        return None
    if not isinstance(markup, dict):
        raise bad_request(_NOT_JSON)
    if "inline_keyboard" in markup:
        rows = _rows(markup["inline_keyboard"], _checked_key)
        return {"inline_keyboard": rows} if rows else None
    if "keyboard" in markup:
        return {**markup, "keyboard": _rows(markup["keyboard"], _PlainKeys(private))}
    if markup.get("remove_keyboard") or markup.get("force_reply"):
        return markup
    return None


def _rows(rows: Any, check: Callable[[Any], Json]) -> list[list[Json]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(_NOT_JSON)
    return [[check(key) for key in row] for row in rows if row]


class _PlainKeys:
    """Checks keys of an ordinary keyboard; some kinds are for private chats only."""

    def __init__(self, private: bool) -> None:
        self._private = private

    def __call__(self, key: Any) -> Json:
        body = {"text": key} if isinstance(key, str) else key
        if not isinstance(body, dict) or not isinstance(body.get("text"), str) or not body["text"].strip():
            raise bad_request('can\'t parse keyboard button: Field "text" must be a non-empty String')
        for name, refusal in _PRIVATE_KEYS.items():
            if body.get(name) and not self._private:
                raise bad_request(refusal)
        return body


def _checked_key(key: Any) -> Json:
    if not isinstance(key, dict) or not isinstance(key.get("text"), str) or not key["text"].strip():
        raise bad_request("can't parse inline keyboard button: Text buttons must have a non-empty text")
    actions = [name for name in _ACTIONS if name in key]
    if not actions:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request("can't parse inline keyboard button: exactly one optional field must be used")
    if key.get("style") not in (None, *_STYLES):
        raise bad_request("can't parse inline keyboard button: invalid button style specified")
    if check := _CHECKS.get(actions[0]):
        check(key)
    return key


def _check_data(key: Json) -> None:
    data = key["callback_data"]
    if not isinstance(data, str) or not 1 <= len(data.encode()) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")


def _check_url(key: Json) -> None:
    url = key["url"]
    if not isinstance(url, str) or not url:
        raise bad_request("BUTTON_URL_INVALID")
    parts = urlsplit(url if ":" in url else f"http://{url}")
    if parts.scheme not in _PROTOCOLS:
        raise _bad_url(url, "Unsupported URL protocol")
    if parts.scheme in ("http", "https") and "." not in (parts.hostname or ""):
        raise _bad_url(url, "Wrong HTTP URL")


def _check_copy(key: Json) -> None:
    copied = key["copy_text"]
    if not isinstance(copied, dict) or not 1 <= len(str(copied.get("text", ""))) <= 256:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _bad_url(url: str, why: str) -> Refused:
    return bad_request(f"inline keyboard button URL '{url}' is invalid: {why}")


_CHECKS: dict[str, Callable[[Json], None]] = {
    "callback_data": _check_data,
    "url": _check_url,
    "copy_text": _check_copy,
}
