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
    """Any of what was listed for this person when the form was opened.

    With `within`, any of what was chosen under that question; the list is that question's.
    """

    of: Sequence[str] = ()
    within: str | None = None

    @property
    def source(self) -> str:
        """By which name its list stands in the draft."""
        return self.within or self.name

    def listed(self, known: Known) -> Sequence[Sequence[str]]:
        """What may be chosen now."""
        rows = known.lists.get(self.source, ())
        chosen = known.given.get(self.within) or () if self.within else ()
        return [row for row in rows if row[0] in chosen] if self.within else rows

    def options(self, known: Known) -> Sequence[Option]:
        return [Option(row[0], "answer.words", values={"words": row[1]}) for row in self.listed(known)]

    def toggled(self, chosen: Json, value: str, known: Known) -> list[str]:
        (value,) = self.read_press(value, known)
        kept = {*(chosen or ())} ^ {value}
        return [row[0] for row in self.listed(known) if row[0] in kept]


@dataclass(frozen=True, kw_only=True)
class Sought(OneListed):
    """One of what typed words have found, in `among`: words list it anew as often as one likes, a key picks one."""

    among: str
