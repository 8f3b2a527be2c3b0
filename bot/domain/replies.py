"""What comes back from a person: a message or a key; and what a question may know of who sent it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain import vietnamese
from bot.domain.redact import STORY_LETTERS, has_indicator, is_story

Json = Any  # what JSON can hold
Answers = Mapping[str, Json]


@dataclass(frozen=True)
class Known:
    """What a question may know of the world: the time, and the person who answers."""

    now: datetime
    roles: Set[str] = frozenset()
    name: str | None = None
    phone: str | None = None
    bodies: tuple[tuple[str, str], ...] = ()  # to whom incidents are referred today: key and name
    lists: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)  # of this draft: value and words
    given: Answers = field(default_factory=dict)  # what was answered so far


_DATE = re.compile(r"(?<!\d)\d{1,2}[-./]\d{1,2}(?:[-./](?:\d{4}|\d{2}))?(?!\d)")
_LONG_ANSWER = 60  # characters: a date or a number with so many words around it tells a story too


@dataclass(frozen=True)
class Said:
    """A message: its text (already guarded) and how many media came with it."""

    text: str = ""
    media: int = 0
    forwarded: bool = False
    contact_phone: str | None = None  # the number of a shared contact card
    is_clue: bool = False  # a place, a poll, somebody's contact: something to look into by itself
    contact_is_own: bool = False  # Telegram vouches that `contact_phone` belongs to the account that wrote
    kept: Answers | None = None  # what was kept of the file that came with it, under a form that takes one

    @property
    def is_story(self) -> bool:
        """Issue rule: 20 letters or more, or any media, forward, link, phone or account number."""
        return bool(self.media) or self.forwarded or self.is_clue or is_story(self.text)

    @property
    def is_wordy(self) -> bool:
        return sum(map(str.isalpha, self.text)) >= STORY_LETTERS

    @property
    def is_long(self) -> bool:
        """Longer than the longest way to say a date."""
        return len(self.text) > _LONG_ANSWER and self.is_story

    @property
    def names_something(self) -> bool:
        """A phone, link or account beside a date ("22-11-2026 20h" names none)."""
        return bool(vietnamese.find_phones(self.text)) or has_indicator(_DATE.sub("", self.text))


class Act(StrEnum):
    """What a key under a question can do."""

    ANSWER = "a"
    TOGGLE = "t"
    FINISH = "d"
    SKIP = "s"
    UNKNOWN = "u"
    BACK = "b"
    EDIT = "e"
    SUBMIT = "g"
    CANCEL = "x"


@dataclass(frozen=True)
class Pressed:
    """A key under a question: which question, which act, which value."""

    question: str
    act: Act
    value: str = ""


Reply = Said | Pressed
