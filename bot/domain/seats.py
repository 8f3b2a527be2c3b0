"""What Telegram says of somebody's place in a group, and the port through which it is asked."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class Standing(StrEnum):
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    ABSENT = "absent"
    UNKNOWN = "unknown"  # no answer, or none that says anything: what was known before stands

    @property
    def present(self) -> bool:
        return self in (Standing.ADMINISTRATOR, Standing.MEMBER)


class Usher(Protocol):
    """Knows who sits where; asked outside of every transaction."""

    async def standing(self, chat: int, user: int | None = None) -> Standing:
        """Where somebody stands in a group; the bot itself without `user`. Never raises for what a network does."""
        ...
