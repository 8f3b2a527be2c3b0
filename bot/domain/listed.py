"""Questions whose choices were listed for one person when the form was opened: own systems, found agencies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.questions import Json, Known, Option, Question, Several

LISTS = "lists"  # the answer that no question asks for: what the lists of this draft offer, fixed when it was opened


@dataclass(frozen=True, kw_only=True)
class OneListed(Question):
    """One of what was listed for this person when the form was opened: a system, an agency. Its words are its own."""

    def options(self, known: Known) -> Sequence[Option]:
        return [Option(row[0], "answer.words", values={"words": row[1]}) for row in known.lists.get(self.name, ())]


@dataclass(frozen=True, kw_only=True)
class ManyListed(Several):
    """Any of what was listed for this person when the form was opened."""

    of: Sequence[str] = ()

    def options(self, known: Known) -> Sequence[Option]:
        return [Option(row[0], "answer.words", values={"words": row[1]}) for row in known.lists.get(self.name, ())]

    def toggled(self, chosen: Json, value: str, known: Known) -> list[str]:
        (value,) = self.read_press(value, known)
        kept = {*(chosen or ())} ^ {value}
        return [row[0] for row in known.lists.get(self.name, ()) if row[0] in kept]
