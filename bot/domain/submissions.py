"""What shows that a duty was done, as forms: when, who, which document, how many; never what was found in detail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from bot.domain.attaching import Attached
from bot.domain.errors import Unclear
from bot.domain.forms import Form
from bot.domain.letters import fold
from bot.domain.listed import ManyListed
from bot.domain.obligations import Evidence
from bot.domain.questions import Choice, Condition, Day, Is, Json, Known, Line, Option, Question, Said, Text

SYSTEMS: Final = "systems"  # the question for what was done: systems, or the agency itself
SHOWN: Final = 40  # keys under one question; of more, whoever answers types the codes
EARLIEST: Final = date(2000, 1, 1)
MOST: Final = 99_999


class State(StrEnum):
    """Where evidence stands with its reviewer."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class Subjects(ManyListed):
    """Which systems: by keys, the most urgent first, or by typed codes. A row lists value, words and code."""

    name: str = SYSTEMS

    def options(self, known: Known) -> Sequence[Option]:
        return super().options(known)[:SHOWN]

    def read(self, said: Said, known: Known) -> Json:
        by_code = {fold(row[2]): row[0] for row in self.listed(known)}
        typed = [fold(word) for word in re.split(r"[\s,;]+", said.text) if word]
        if not typed or any(code not in by_code for code in typed):
            raise Unclear("unclear.system_codes")
        chosen = {by_code[code] for code in typed}
        return [row[0] for row in self.listed(known) if row[0] in chosen]


@dataclass(frozen=True, kw_only=True)
class DoneOn(Day):
    """The day on which something was done: none in the future, none from before there was anything to do."""

    quick: Sequence[str] = ("today", "yesterday")

    def read(self, said: Said, known: Known) -> Json:
        day = super().read(said, known)
        if date.fromisoformat(day) < EARLIEST:
            raise Unclear("unclear.too_old")
        return day


@dataclass(frozen=True, kw_only=True)
class Count(Question):
    """How many; stored as a number."""

    def options(self, known: Known) -> Sequence[Option]:
        return [Option("0", "count.none")]

    def read(self, said: Said, known: Known) -> Json:
        text = fold(said.text).replace(".", "").replace(" ", "")
        if text in _NONE:
            return 0
        if not (text.isascii() and text.isdigit()) or int(text[:6]) > MOST or len(text) > len(str(MOST)):
            raise Unclear("unclear.count")
        return int(text)

    def read_press(self, value: str, known: Known) -> Json:
        return int(super().read_press(value, known))


_NONE = frozenset({"khong", "khongco", "none", "0"})


@dataclass(frozen=True)
class MoreThanOne:
    """Holds where several were chosen under `question`, and `also` holds."""

    question: str
    also: Condition

    def holds(self, answers: Mapping[str, Json], known: Known) -> bool:
        return len(answers.get(self.question) or ()) > 1 and self.also.holds(answers, known)


def _form(kind: Evidence, *questions: Question) -> Form:
    return Form(f"evidence_{kind}_1", (Subjects(), *questions, Attached()))


_DONE = DoneOn(name="done_on")
_BY = Line(name="by", shortest=2, longest=200)
_LETTER = Line(name="number", optional=True, longest=100)  # số, ký hiệu văn bản
_NUMBER = Line(name="number", shortest=2, longest=100)

FORM_OF: Mapping[Evidence, Form] = {
    Evidence.SCAN: _form(
        Evidence.SCAN,
        _DONE,
        _BY,
        _LETTER,
        Count(name="serious"),
        Count(name="high", part_of="serious"),
        Count(name="left", part_of="serious"),
        # Letter 3446 item 1.5: whoever finds a way in fixes it and hunts at the same time. Which way is not asked.
        Choice(name="hole", of=("no", "yes"), label="hole", danger={"yes"}),
        Subjects(name="holed", within=SYSTEMS, part_of="hole", when=MoreThanOne(SYSTEMS, Is("hole", "yes"))),
    ),
    Evidence.PLAN: _form(Evidence.PLAN, _NUMBER, _DONE, _BY),
    Evidence.DRILL: _form(
        Evidence.DRILL, Choice(name="form", of=("live", "tabletop"), label="drill_form"), _DONE, _BY, _LETTER
    ),
    Evidence.HUNT: _form(
        Evidence.HUNT, _DONE, _BY, _LETTER, Choice(name="found", of=("no", "yes"), label="hunt_found", danger={"yes"})
    ),
    Evidence.FIX: _form(Evidence.FIX, _DONE, _BY, _LETTER, Count(name="left")),
    Evidence.LEVEL: _form(
        Evidence.LEVEL, Choice(name="level", of=("1", "2", "3", "4", "5"), label="level"), _NUMBER, _DONE, _BY
    ),
    Evidence.REPORT: _form(Evidence.REPORT, _NUMBER, _DONE, Line(name="to", shortest=2, longest=200)),
    Evidence.TRAINING: _form(Evidence.TRAINING, _DONE, _BY, Count(name="people"), _LETTER),
}
KIND_OF: Mapping[str, Evidence] = {form.name: kind for kind, form in FORM_OF.items()}

RETURNING = Form("evidence_return_1", (Text(name="reason", shortest=5, longest=1000),))
REFUSING = Form("exemption_refusal_1", (Text(name="reason", shortest=5, longest=1000),))
FORMS: Mapping[str, Form] = {form.name: form for form in (*FORM_OF.values(), RETURNING, REFUSING)}


def holed(facts: Mapping[str, Json]) -> Sequence[str]:
    """The systems in which a scan found a way in; all that were scanned where nobody said in which."""
    if facts.get("hole") != "yes":
        return ()
    systems: Sequence[str] = facts.get(SYSTEMS) or ()
    return [one for one in facts.get("holed") or () if one in systems] or systems


def kind_named(kind: str) -> Evidence | None:
    """A kind of evidence that has a form; None where nobody of ours can have named it."""
    return next((one for one in FORM_OF if one == kind), None)


def in_order(rows: Iterable[tuple[date | None, Sequence[str]]]) -> list[Sequence[str]]:
    """The rows of a list, the most urgent first; what is due at no day comes last."""
    return [row for _, row in sorted(rows, key=lambda one: (one[0] or date.max, one[1][1]))]
