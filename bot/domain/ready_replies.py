"""Replies that are written once and sent often: words of the policy, with places that are filled for each incident."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from bot.domain.checklists import KINDS
from bot.domain.policy_rows import Dated, Key, ShortKey, Table

# What may stand in braces: number, kind, the officer as reporters read one, when the reporter hears again, the
# published phone numbers, the team's name.
PLACES: Final = ("ma", "loai", "can_bo", "han", "dau_moi", "doi")
_PLACE = re.compile(r"\{([a-z_]*)\}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def _clean(text: str) -> str:
    if _CONTROL.search(text):
        raise PydanticCustomError("malformed", "no control characters but line breaks")
    return unicodedata.normalize("NFC", text)


Letter = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1500), AfterValidator(_clean)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), AfterValidator(_clean)]


class Letters(Table):
    """The words in the languages of reporters; where English is missing, Vietnamese serves."""

    vi: Letter
    en: Letter | None = None

    def language(self, wanted: str) -> str:
        """The language in which a reporter who speaks `wanted` reads it."""
        return "en" if wanted == "en" and self.en else "vi"

    def in_language(self, language: str) -> str:
        return self.en if language == "en" and self.en else self.vi


class ReadyReply(Dated):
    """One reply. Without `kinds` it suits every kind of incident."""

    key: ShortKey
    title: Title
    kinds: tuple[Key, ...] = Field(default=())
    words: Letters

    def suits(self, kind: str, day: date) -> bool:
        return self.holds(day) and (not self.kinds or kind in self.kinds)


class Unfilled(Exception):
    """A place of the reply for which nothing is known now. `place` is its name."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


def filled(words: str, values: Mapping[str, str | None]) -> str:
    """The words with every place filled.

    Raises:
        Unfilled: there is nothing to put into one of them.
    """

    def value(place: re.Match[str]) -> str:
        known = values.get(place[1])
        if not known:
            raise Unfilled(place[1])
        return known

    return _PLACE.sub(value, words)


def suiting(replies: Sequence[ReadyReply], kind: str, day: date) -> list[ReadyReply]:
    """What may be sent about an incident of this kind today, in the order of the policy; what is meant for it first."""
    return sorted((one for one in replies if one.suits(kind, day)), key=lambda one: not one.kinds)


def faults(replies: Sequence[ReadyReply]) -> Iterator[tuple[str, str, str]]:
    """What no single row can know: the key of the fault, where it stands, what is meant."""
    for number, one in enumerate(replies, start=1):
        where = f"reply[{number}]"
        for place, kind in enumerate(one.kinds, start=1):
            if kind not in KINDS:
                yield "policy.unknown_value", f"{where}.kinds[{place}]", ", ".join(KINDS)
        for language, words in (("vi", one.words.vi), ("en", one.words.en or "")):
            if not _is_sound(words):
                yield "policy.unknown_place", f"{where}.words.{language}", ", ".join(f"{{{name}}}" for name in PLACES)
        for earlier, before in enumerate(replies[: number - 1], start=1):
            if before.key == one.key and before.overlaps(one):
                yield "policy.overlap", where, f"reply[{earlier}]"


def _is_sound(words: str) -> bool:
    """Only known places, and no brace that is none."""
    rest = _PLACE.sub(lambda place: "" if place[1] in PLACES else place[0], words)
    return "{" not in rest and "}" not in rest
