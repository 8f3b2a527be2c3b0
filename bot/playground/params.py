"""The parameters of one call, narrowed once: forms write everything as text, JSON does not."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from bot.playground.errors import bad_request

# Parameters that a form carries as JSON text.
STRUCTURED = frozenset(
    {
        "allowed_updates",
        "caption_entities",
        "commands",
        "entities",
        "link_preview_options",
        "reaction",
        "reply_markup",
        "reply_parameters",
        "scope",
    }
)
_TRUE = ("true", "yes", "1")


@dataclass(frozen=True)
class Upload:
    name: str
    content: bytes
    mime: str


@dataclass(frozen=True)
class Params:
    """Unknown parameters are ignored, as Telegram does; mistyped ones are Refused with 400."""

    values: dict[str, Any]
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The text as sent; "" where it is missing."""
        value = self.values.get(name)
        if isinstance(value, (dict, list)):
            raise bad_request(f'field "{name}" must be a String')
        text = "" if value is None else str(value)
        if not _is_unicode(text):
            raise bad_request("strings must be encoded in UTF-8")
        return text

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in _TRUE

    def number(self, name: str) -> int | None:
        """A whole number; None where it is missing, Refused where it is something else."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
            raise bad_request(f'field "{name}" must be a Number')
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad_request(f'field "{name}" must be a Number') from None

    def object(self, name: str) -> dict[str, Any] | None:
        """A JSON object; None where it is missing."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, dict):
            raise bad_request(f"can't parse {name} JSON object")
        return value

    def array(self, name: str) -> list[Any] | None:
        """A JSON array; None where it is missing."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, list):
            raise bad_request(f"can't parse {name}: expected an Array")
        return value


def decoded(values: dict[str, Any]) -> dict[str, Any]:
    """Structured parameters read from their JSON text; what is no JSON stays text and is refused where it is used."""
    return {name: _read(value) if name in STRUCTURED else value for name, value in values.items()}


def _is_unicode(text: str) -> bool:
    """Half of a surrogate pair, which JSON can write, is no text."""
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def _read(value: Any) -> Any:
    if not isinstance(value, str) or not value:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
