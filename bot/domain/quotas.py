"""What is refused beyond a person's measure: which kinds there are, and the day that is measured."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.domain.errors import Refusal
from bot.domain.moments import HANOI

MEGABYTE: Final = 1_000_000  # bytes
LARGEST_FILE: Final = 20 * MEGABYTE  # what a bot may fetch; a file that does not say its size counts as one of these
LEAST_ROOM: Final = 1_000 * MEGABYTE  # free bytes below which files are refused, so that words still find room


class Excess(StrEnum):
    """What was refused; `value` is what the database and the metrics call it."""

    MESSAGES = "messages"
    FILES = "files"
    BYTES = "bytes"
    DISK = "disk"  # nobody's fault


class Beyond(Refusal):
    """A refusal that is said once an hour to one person and counted every time."""

    def __init__(self, excess: Excess, key: str, **values: int) -> None:
        super().__init__(key, **values)
        self.excess = excess


def day_of(now: datetime) -> str:
    """The day of Hà Nội on which a person's files are counted."""
    return now.astimezone(HANOI).date().isoformat()
