"""What keys of the register show and carry: names cut to a key's width, numbers of pages, stale keys."""

from __future__ import annotations

from datetime import date
from typing import Any

from bot.domain.errors import Refusal
from bot.services import answers
from locales import At

LONGEST_NAME = 40  # letters of a name on a key
LAST = 100_000


def cut(name: str, longest: int = LONGEST_NAME) -> str:
    """A name as a key shows it."""
    return name if len(name) <= longest else name[: longest - 1] + "…"


def number(said: str, most: int = LAST) -> int:
    """A number that a key carries.

    Raises:
        Refusal: it is none.
    """
    if not (said.isascii() and said.isdecimal() and len(said) <= 6):
        raise Refusal("press.stale.toast")
    return min(int(said), most)


def shown_day(day: date | None) -> Any:
    """A day of effect as people read it; None where there is none."""
    return At(answers.midnight(day.isoformat()), "date") if day else None
