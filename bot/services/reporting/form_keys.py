"""The keys under a question of a form: its options, other doors, and what else one may do."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import reports
from bot.domain.forms import Form
from bot.domain.ids import short
from bot.domain.people import Person
from bot.domain.presses import Answer, Open
from bot.domain.questions import Act, Question, Several
from bot.services.desk import Desk, Key, Keys, key, rows
from bot.services.reporting import endings
from locales import Word
from storage import drafts

NARROW = 16  # letters: labels up to here stand two in a row
TINY = 4  # and up to here three


def under(desk: Desk, person: Person, form: Form, one: drafts.Open, question: Question) -> Keys:
    """The keys under a question: its options, then what else one may do."""
    return [
        *_option_rows(desk, person, one, question),
        *_other_doors(form, question),
        *rows(_moves(desk, person, form, one, question), width=2),
        *rows(_ends(form, one), width=2),
    ]


def _other_doors(form: Form, question: Question) -> Keys:
    """An officer may have something to tell as a citizen."""
    as_citizen = form.name == reports.AGENCY_REPORT.name and question.name == "kind"
    return [[key("button.as_citizen", Open("citizen"))]] if as_citizen else []


def press(one: drafts.Open, question: str, act: Act, value: str = "") -> Answer:
    """What a key of an open form says back."""
    return Answer(short(one.id), question, act, value)


def _option_rows(desk: Desk, person: Person, one: drafts.Open, question: Question) -> Keys:
    options = question.options(endings.known(desk, person, one.draft.answers))
    chosen = one.draft.answers.get(question.name) or ()
    several = isinstance(question, Several)
    laid = []
    for option in options:
        label = Word(option.label, **option.values)
        marked = Word("mark.on", label=label) if several and option.value in chosen else label
        act = Act.TOGGLE if several else Act.ANSWER
        laid.append(key(marked, press(one, question.name, act, option.value), option.style))
    widest = max(
        (len(desk.house.texts.plain(person.language, option.label, option.values)) for option in options), default=0
    )
    return rows(laid, width=3 if widest <= TINY else 2 if widest <= NARROW else 1)


def _moves(desk: Desk, person: Person, form: Form, one: drafts.Open, question: Question) -> Sequence[Key]:
    moves = []
    if isinstance(question, Several) and one.draft.answers.get(question.name):
        moves.append(key("button.finish", press(one, question.name, Act.FINISH), "primary"))
    if question.unknown:
        moves.append(key("button.unknown", press(one, question.name, Act.UNKNOWN)))
    if question.optional:
        moves.append(key("button.skip", press(one, question.name, Act.SKIP)))
    if (
        one.draft.editing
        or form.asked(one.draft.answers, endings.known(desk, person, one.draft.answers))[0].name != question.name
    ):
        moves.append(key("button.back", press(one, question.name, Act.BACK)))
    return moves


def _ends(form: Form, one: drafts.Open) -> Sequence[Key]:
    """Send now, as soon as the story is told; cancel at any time."""
    ends = []
    if form.story is not None and one.draft.answers.get(form.story) is not None:
        label = "button.send_now" if one.incident is None else "button.send_rest"
        ends.append(key(label, press(one, one.draft.at, Act.SUBMIT), "success"))
    ends.append(key("button.cancel", press(one, one.draft.at, Act.CANCEL)))
    return ends
