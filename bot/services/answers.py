"""Answers as people read them: in the review, in the details for the team, in a published contact point."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from bot.domain import attaching, coordination, papers, tasks, vietnamese, work
from bot.domain.forms import Form
from bot.domain.listed import ManyListed, OneListed
from bot.domain.questions import UNKNOWN, Choice, Day, Moment, Phone, Phones, Question, Several
from locales import At, Listed, Word

LONGEST_DENSE = 60
LONGEST_SHOWN = 500  # of one answer in a review: the person knows the rest


def midnight(day: str) -> datetime:
    """The beginning of a day (YYYY-MM-DD) on the clock of Ha Noi."""
    return datetime.combine(date.fromisoformat(day), time(), vietnamese.HANOI)


def moment(answer: Any) -> Any:
    """An answer about a moment; None where there is none."""
    if not answer or answer == UNKNOWN:
        return None
    said = vietnamese.Moment.from_text(str(answer))
    return At(said.at, "moment" if said.precise else "date")


def _label(question: Choice, value: Any) -> Any:
    return Word(f"{question.label}.{value}{question.suffix}")


def reason(question: tasks.Reason, said: str) -> Any:
    """A quick reason by its label, words as they are."""
    return Word(f"{question.label}.{said}") if said in question.quick else said


_Shown = Callable[[Any, Any], Any]

# The first row whose class fits; a question that is not here has words for an answer.
_SHOWN: tuple[tuple[type[Question], _Shown], ...] = (
    (papers.ManyBoxes, lambda question, answer: "; ".join(question.names.get(one, one) for one in answer)),
    (papers.Boxes, lambda question, answer: question.names.get(answer, answer)),
    (Several, lambda question, answer: Listed([_label(question, value) for value in answer])),
    (Choice, _label),
    (tasks.Reason, lambda question, answer: reason(question, str(answer))),
    (Moment, lambda _, answer: moment(answer)),
    (coordination.Deadline, lambda _, answer: moment(answer)),
    (Day, lambda _, answer: At(midnight(str(answer)), "date")),
    (attaching.Attached, lambda _, answer: answer["name"] or Word(f"evidence.{answer['kind']}", n=1)),
    (Phone, lambda _, answer: vietnamese.show_phone(str(answer))),
    (work.Money, lambda _, answer: Word("money.dong", n=answer)),
    (work.OtherBody, lambda _, answer: str(answer["name"])),
    (Phones, lambda _, answer: ", ".join(vietnamese.show_phone(str(phone)) for phone in answer)),
)


def shown(form: Form, name: str, answer: Any, lists: Mapping[str, Sequence[Sequence[str]]] | None = None) -> Any:
    """One answer in words. An answer of an older version of the form is shown as it stands. `lists` are the draft's."""
    if answer is None:
        return Word("answer.skipped")
    if not form.has(name):
        return str(answer)
    question = form.question(name)
    if isinstance(question, OneListed | ManyListed):
        source = question.source if isinstance(question, ManyListed) else name
        words = {row[0]: row[1] for row in (lists or {}).get(source, ())}
        chosen = answer if isinstance(answer, list) else [answer]
        return Listed([words.get(value, value) for value in chosen])
    if answer == UNKNOWN and not isinstance(question, Choice):
        return Word("answer.unknown")
    show = next((show for kind, show in _SHOWN if isinstance(question, kind)), lambda _, said: str(said))
    return show(question, answer)


def brief(value: Any, *, dense: bool = False) -> Any:
    """Long words cut for a review; shorter still where it is `dense` with answers."""
    longest = LONGEST_DENSE if dense else LONGEST_SHOWN
    if isinstance(value, str) and len(value) > longest:
        return value[: longest - 1] + "…"
    return value
