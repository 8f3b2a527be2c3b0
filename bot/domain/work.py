"""The forms of the team and of liaisons as data: closing, questions, reasons; and the questions that only they ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain import incidents
from bot.domain.errors import Unclear
from bot.domain.forms import Form
from bot.domain.incidents import Move, Source
from bot.domain.money import parse_money
from bot.domain.questions import Choice, Is, Json, Known, Option, Question, Said, Text


@dataclass(frozen=True, kw_only=True)
class Code(Question):
    """The number of another incident; whether there is one is for whoever acts on it to find out."""

    def read(self, said: Said, known: Known) -> Json:
        code = incidents.read_code(said.text)
        if code is None:
            raise Unclear("unclear.code")
        return code


@dataclass(frozen=True, kw_only=True)
class Money(Question):
    """A sum; stored in whole dong."""

    def read(self, said: Said, known: Known) -> Json:
        amount = parse_money(said.text)
        if amount is None:
            raise Unclear("unclear.money")
        return amount


@dataclass(frozen=True, kw_only=True)
class OtherBody(Question):
    """One of the bodies that the policy of the day refers to; stored with its name, as policies change."""

    def options(self, known: Known) -> Sequence[Option]:
        return [Option(key, "referral.body", values={"name": name}) for key, name in known.bodies]

    def read_press(self, value: str, known: Known) -> Json:
        super().read_press(value, known)
        return {"key": value, "name": dict(known.bodies)[value]}


# How it was handled and what it cost are columns of form 05 (circular 20/2017), the half-yearly statistics.
_HANDLED = (
    Choice(name="handled", of=("self", "helped", "abroad", "coordinator"), label="handled"),
    Text(name="helped_by", part_of="handled", longest=255, when=Is("handled", "helped", "abroad")),
    Money(name="damage", optional=True),
)
_RESULT = Text(name="result", shortest=20, longest=2000)
_REASON = Text(name="reason", shortest=5, longest=1000)

# The core of form 04 of the same circular, with what decree 333/2026, article 9.7, wants in a final report.
CLOSING = Form(
    "closing_1",
    (
        _RESULT,
        Text(name="cause", longest=1000, unknown=True),
        Text(name="consequence", longest=1000, unknown=True),
        Text(name="measures", longest=1000),
        *_HANDLED,
        Text(name="papers", optional=True, longest=1000),
    ),
)
# A citizen's report owes nobody an official report: the result, and what the statistics count.
CITIZEN_CLOSING = Form("closing_citizen_1", (_RESULT, *_HANDLED))
REJECTING = Form("rejecting_1", (_REASON,))
MERGING = Form("merging_1", (Code(name="main"),))
REFERRING = Form("referring_1", (OtherBody(name="body"), _REASON))
REOPENING = Form("reopening_1", (_REASON,))
ASKING = Form("asking_1", (Text(name="question", shortest=5, longest=2000),))
RETURNING = Form("returning_1", (_REASON,))

# The form of each move that needs words, by what kind of report the incident came from.
FORMS_OF: Mapping[Move, Mapping[Source, Form]] = {
    Move.CLOSE: {Source.AGENCY: CLOSING, Source.CITIZEN: CITIZEN_CLOSING},
    **{
        move: dict.fromkeys(Source, form)
        for move, form in (
            (Move.REJECT, REJECTING),
            (Move.MERGE, MERGING),
            (Move.REFER, REFERRING),
            (Move.REOPEN, REOPENING),
            (Move.ASK, ASKING),
            (Move.RETURN, RETURNING),
        )
    },
}
MOVE_OF: Mapping[str, Move] = {form.name: move for move, forms in FORMS_OF.items() for form in forms.values()}
FORMS: Mapping[str, Form] = {form.name: form for forms in FORMS_OF.values() for form in forms.values()}
