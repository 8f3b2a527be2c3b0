"""How the register is kept: what may happen to it, and what is typed into it."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from bot.domain.letters import fold

MOST_WORDS = 6  # of what somebody types to find an agency
_WORD = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")


class Event(StrEnum):
    """One kind of change of the register."""

    AGENCY_ADDED = "agency_added"
    AGENCY_CHANGED = "agency_changed"
    AGENCY_ENDED = "agency_ended"
    AGENCY_MERGED = "agency_merged"  # into a successor: the row of the predecessor
    AGENCY_JOINED = "agency_joined"  # by a predecessor: the row of the successor
    SYSTEM_ADDED = "system_added"
    SYSTEM_CHANGED = "system_changed"
    SYSTEM_MOVED = "system_moved"  # to another owner
    SYSTEM_UPDATED = "system_updated"  # a new version, a new vendor: plans are to be looked at again
    SYSTEM_STOPPED = "system_stopped"
    SYSTEM_RESUMED = "system_resumed"
    LEVEL_SET = "level_set"


PERSONAL: Final = frozenset({"head", "head_title", "phones", "email"})
"""Fields whose change is logged by name alone."""


def words_of(text: str) -> tuple[str, ...]:
    """What somebody types to find an agency or a system, as it is compared: "Phủ Lý" and "phu ly" are equal."""
    return tuple(_WORD.findall(fold(text))[:MOST_WORDS])
