"""One kind of key: a row of values that travels in the callback data of a button."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar

LONGEST = 64  # bytes, Bot API: InlineKeyboardButton.callback_data


@dataclass(frozen=True)
class Press:
    """A kind of button. Its fields travel in order, joined by ':'."""

    verb: ClassVar[str]

    def data(self) -> str:
        text = ":".join([self.verb, *(str(getattr(self, field.name)) for field in fields(self))])
        assert len(text.encode()) <= LONGEST, text
        return text
