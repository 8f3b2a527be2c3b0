"""Forms as data, and the one pure function that walks every one of them.

A draft is what JSON can hold, so it is the same before and after a restart. Answers to questions that are no longer
asked do not count. Words typed where a key was expected are never lost: they join the story.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.domain.errors import Unclear
from bot.domain.questions import (
    UNKNOWN,
    Act,
    Json,
    Known,
    Notice,
    Pressed,
    Question,
    Reply,
    Said,
    Several,
    Story,
    Text,
)

REVIEW = "review"


@dataclass(frozen=True)
class Form:
    """A list of questions. The name carries a version, so that old drafts and incidents stay readable."""

    name: str
    questions: Sequence[Question]

    def __post_init__(self) -> None:
        names = [question.name for question in self.questions]
        assert len(set(names)) == len(names), f"{self.name}: a name stands twice"
        for question in self.questions:
            assert question.name != REVIEW
            assert question.part_of is None or question.part_of in names

    @property
    def story(self) -> str | None:
        """The name of the question that holds the story, where the form has one."""
        return next((question.name for question in self.questions if isinstance(question, Story)), None)

    def question(self, name: str) -> Question:
        return next(question for question in self.questions if question.name == name)

    def has(self, name: str) -> bool:
        return any(question.name == name for question in self.questions)

    def asked(self, answers: Mapping[str, Json], known: Known) -> list[Question]:
        """The questions that count now, in order. A question that depends on an uncounted one does not count."""
        counted: dict[str, Json] = {}
        asked = []
        for question in self.questions:
            if question.asked(counted, known):
                asked.append(question)
                if question.name in answers:
                    counted[question.name] = answers[question.name]
        return asked

    def facts(self, answers: Mapping[str, Json], known: Known) -> dict[str, Json]:
        """The answers that count."""
        return {
            question.name: answers[question.name] for question in self.asked(answers, known) if question.name in answers
        }

    def step(self, name: str, answers: Mapping[str, Json], known: Known) -> tuple[int, int]:
        """Which number of how many a question bears; parts share the number of their question."""
        heads = [question.part_of or question.name for question in self.asked(answers, known)]
        numbered = list(dict.fromkeys(heads))
        question = self.question(name)
        return numbered.index(question.part_of or question.name) + 1, len(numbered)


@dataclass(frozen=True)
class Draft:
    """Where one person is in one form. `at` is a question's name or `REVIEW`."""

    form: str
    at: str
    answers: Mapping[str, Json] = field(default_factory=dict)
    editing: bool = False  # came from the review and goes back to it


@dataclass(frozen=True)
class Step:
    """What follows from a reply: the new draft, what happened, and a reason or note for the person."""

    draft: Draft
    turn: Literal["ask", "review", "submit", "cancel", "stale"]
    unclear: str | None = None  # a sentence's name: why the reply was no answer
    noted: bool = False  # words were added to the story
    answered: str | None = None  # the question that this reply answered


def begin(form: Form, known: Known, answers: Mapping[str, Json] | None = None) -> Step:
    """Open a form, perhaps with answers that are known already."""
    return _go_on(form, Draft(form.name, at=form.questions[0].name, answers=dict(answers or {})), known)


def advance(form: Form, draft: Draft, reply: Reply, known: Known) -> Step:
    """Walk one step. Never raises for any reply; what cannot be read changes nothing and says why.

    1. A key of another question than the one that stands now is stale, but for the keys of the review.
    2. A message answers the question; where a key was expected, a story joins the story.
    3. Then the first question that counts and has no answer is next; when none is left, the review.
    """
    try:
        if isinstance(reply, Pressed):
            return _press(form, draft, reply, known)
        return _say(form, draft, reply, known)
    except Unclear as unclear:
        return Step(draft, "review" if draft.at == REVIEW else "ask", unclear=unclear.reason)


def _press(form: Form, draft: Draft, press: Pressed, known: Known) -> Step:
    if press.act is Act.CANCEL:
        return Step(draft, "cancel")
    if press.act is Act.SUBMIT:
        return _submit(form, draft, known)
    if draft.at == REVIEW:
        return _press_in_review(form, draft, press, known)
    if press.question != draft.at:
        return Step(draft, "stale")
    return _press_under_question(form, draft, press, known)


def _press_under_question(form: Form, draft: Draft, press: Pressed, known: Known) -> Step:
    question = form.question(draft.at)
    if press.act is Act.BACK:
        return _back(form, draft, known)
    if press.act is Act.TOGGLE and isinstance(question, Several):
        chosen = question.toggled(draft.answers.get(question.name), press.value, known)
        return Step(_with(draft, question.name, chosen), "ask")
    return _answered(form, draft, question, _value(question, draft, press, known), known)


def _value(question: Question, draft: Draft, press: Pressed, known: Known) -> Json:
    """The answer that a key stands for.

    Raises:
        Unclear: this question has no such key.
    """
    if press.act is Act.ANSWER and not isinstance(question, Several):
        return question.read_press(press.value, known)
    if press.act is Act.FINISH and isinstance(question, Several) and draft.answers.get(question.name):
        return draft.answers[question.name]
    if press.act is Act.SKIP and question.optional:
        return None
    if press.act is Act.UNKNOWN and question.unknown:
        return UNKNOWN
    raise Unclear("unclear.choose")


def _press_in_review(form: Form, draft: Draft, press: Pressed, known: Known) -> Step:
    if press.act is Act.EDIT and press.value in {question.name for question in form.asked(draft.answers, known)}:
        return Step(replace(draft, at=press.value, editing=True), "ask")
    if press.act is Act.BACK:
        last = form.asked(draft.answers, known)[-1]
        return Step(replace(draft, at=last.name, editing=True), "ask")
    return Step(draft, "stale")


def _submit(form: Form, draft: Draft, known: Known) -> Step:
    """From the review, or early once the story is told."""
    if draft.at != REVIEW and (form.story is None or draft.answers.get(form.story) is None):
        raise Unclear("unclear.story")
    return Step(draft, "submit")


def _back(form: Form, draft: Draft, known: Known) -> Step:
    if draft.editing:
        return _go_on(form, draft, known)
    earlier = []
    for question in form.asked(draft.answers, known):
        if question.name == draft.at:
            break
        earlier.append(question.name)
    return Step(replace(draft, at=earlier[-1] if earlier else draft.at), "ask")


def _say(form: Form, draft: Draft, said: Said, known: Known) -> Step:
    if draft.at == REVIEW:
        return _tell_more(form, draft, said)
    question = form.question(draft.at)
    if isinstance(question, Notice):
        return _say(form, _go_on(form, _with(draft, question.name, "read"), known).draft, said, known)
    try:
        answer = question.read(said, known)
    except Unclear:
        # Words that are no answer here are still the person's words: a story is kept wherever it is told.
        if said.is_story and form.story and not isinstance(question, Text):
            return _tell_more(form, draft, said)
        raise
    if isinstance(question, Story):
        answer = joined(draft.answers.get(question.name), answer) if not draft.editing else answer
    elif not isinstance(question, Text) and said.is_story and len(said.text) > _LONG_ANSWER and form.story:
        draft = _with(draft, form.story, joined(draft.answers.get(form.story), said.text.strip()))
    return _answered(form, draft, question, answer, known)


_LONG_ANSWER = 60  # characters: a date or a number with so many words around it tells a story too


def _tell_more(form: Form, draft: Draft, said: Said) -> Step:
    turn: Literal["ask", "review"] = "review" if draft.at == REVIEW else "ask"
    if form.story is None or not (said.text.strip() or said.media):
        raise Unclear("unclear.choose")
    story = joined(draft.answers.get(form.story), said.text.strip())
    return Step(_with(draft, form.story, story), turn, noted=True)


def joined(story: Json, more: str) -> str:
    """The story so far and what was added, each told part on lines of its own."""
    return "\n".join(part for part in (story, more) if part and part != UNKNOWN)


def _with(draft: Draft, name: str, answer: Json) -> Draft:
    return replace(draft, answers={**draft.answers, name: answer})


def _answered(form: Form, draft: Draft, question: Question, answer: Json, known: Known) -> Step:
    return replace(_go_on(form, _with(draft, question.name, answer), known), answered=question.name)


def _go_on(form: Form, draft: Draft, known: Known) -> Step:
    """The first question that counts and has no answer, or the review."""
    for question in form.asked(draft.answers, known):
        if question.name not in draft.answers:
            return Step(replace(draft, at=question.name), "ask")
    return Step(replace(draft, at=REVIEW, editing=False), "review")
