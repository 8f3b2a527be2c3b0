"""At which of the officer's own systems something happened, and what need not be asked once that is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import Unclear
from bot.domain.letters import fold
from bot.domain.listed import OneListed
from bot.domain.questions import Answers, Json, Known, Option, Said

OWN_SYSTEM = "own_system"  # the name of the question
MOST_KEYS = 40  # of a keyboard that a phone still shows; whatever is beyond is found by typed words

# A row is (id of a system, words, level or "" where nobody has determined it), or (id of an agency, words): another
# system of that agency, which the register does not have.
_SYSTEM = 3


@dataclass(frozen=True, kw_only=True)
class OwnSystem(OneListed):
    """One of the systems for which somebody speaks, or none of them; asked where there is anything to choose from."""

    def asked(self, answers: Answers, known: Known) -> bool:
        return bool(known.lists.get(self.name)) and super().asked(answers, known)

    def options(self, known: Known) -> Sequence[Option]:
        every = super().options(known)
        others = [one for one, row in zip(every, known.lists.get(self.name, ()), strict=True) if len(row) < _SYSTEM]
        systems = [one for one in every if one not in others]
        return [*systems[: MOST_KEYS - len(others)], *others]

    def read(self, said: Said, known: Known) -> Json:
        """Typed words: the only system whose name holds them; the very name comes before longer ones.

        Raises:
            Unclear: they fit none, or several.
        """
        words = fold(said.text).strip()
        named = [(row[0], fold(row[1])) for row in known.lists.get(self.name, ()) if len(row) >= _SYSTEM]
        for fits in (lambda name: name == words, lambda name: name.startswith(words), lambda name: words in name):
            found = [value for value, name in named if words and fits(name)]
            if len(found) == 1:
                return found[0]
        raise Unclear("unclear.listed")


@dataclass(frozen=True)
class Unregistered:
    """Holds unless the answer to `question` is a system of the register: its name is still to be asked."""

    question: str

    def holds(self, answers: Answers, known: Known) -> bool:
        return len(_chosen(self.question, answers, known)) < _SYSTEM


@dataclass(frozen=True)
class Unlevelled:
    """Holds unless the register knows the level of the chosen system: unknown is asked, never guessed."""

    question: str

    def holds(self, answers: Answers, known: Known) -> bool:
        row = _chosen(self.question, answers, known)
        return len(row) < _SYSTEM or not row[2]


def _chosen(question: str, answers: Answers, known: Known) -> Sequence[str]:
    return next((row for row in known.lists.get(question, ()) if row[0] == answers.get(question)), ())
