"""Forms as data, and the one pure function that walks every one of them.

A draft is what JSON can hold, so it is the same before and after a restart. Answers to questions that are no longer
asked do not count. Words typed where a key was expected are never lost: they join the story.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.domain import redact, vietnamese
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
LONGEST_STORY = 20_000  # characters: what is told in pieces is kept up to here


@dataclass(frozen=True)
class Wording:
    """The words of a form that is a file: its catalogue is itself, in Vietnamese alone. All by name of question."""

    title: str
    labels: Mapping[str, str]  # short, for keys and the review
    asks: Mapping[str, str]
    hints: Mapping[str, str]


@dataclass(frozen=True)
class Form:
    """A list of questions. The name carries a version, so that old drafts and incidents stay readable.

    With `wording` it has its words with it, and most of its answers are known before it is opened: its review is short.
    """

    name: str
    questions: Sequence[Question]
    wording: Wording | None = None

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

    def step(self, name: str) -> tuple[int, int]:
        """Which number of how many a question bears; parts share the number of their question. How many there are
        never changes on the way: a number whose question need not be asked is passed over.
        """
        numbered = list(dict.fromkeys(question.part_of or question.name for question in self.questions))
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

    1. A key of another question than the one that stands now is stale.
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
    if press.question != draft.at:
        return Step(draft, "stale")
    if press.act is Act.CANCEL:
        return Step(draft, "cancel")
    if press.act is Act.SUBMIT:
        return _submit(form, draft, known)
    if draft.at == REVIEW:
        return _press_in_review(form, draft, press, known)
    return _press_under_question(form, draft, press, known)


def _press_under_question(form: Form, draft: Draft, press: Pressed, known: Known) -> Step:
    question = form.question(draft.at)
    if press.act is Act.BACK:
        return _back(form, draft, known)
    if press.act is Act.TOGGLE and isinstance(question, Several):
        chosen = question.toggled(draft.answers.get(question.name), press.value, known)
        return Step(_with(draft, question.name, chosen) if chosen else _without(draft, question.name), "ask")
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
    if draft.editing and draft.at in draft.answers:
        return _go_on(form, draft, known)
    earlier = []
    for question in form.asked(draft.answers, known):
        if question.name == draft.at:
            break
        earlier.append(question.name)
    return Step(replace(draft, at=earlier[-1] if earlier else draft.at, editing=False), "ask")


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
        if form.story and _belongs_to_story(question, said):
            return _tell_more(form, draft, said, question)
        raise
    if isinstance(question, Text):
        return _answered(form, draft, question, _written(draft, question, answer), known)
    if form.story and _tells_beside(question, said):
        told = _tell_more(form, draft, said, question)
        return replace(_answered(form, told.draft, question, answer, known), noted=True)
    return _answered(form, draft, question, answer, known)


def _belongs_to_story(question: Question, said: Said) -> bool:
    """Whether words (or a picture without words) that are no answer to `question` join the story.

    Long words under a question for words are told back instead, so that they can be shortened. A number that is no
    number stays out of the story: it is the reporter's own.
    """
    if isinstance(question, Text):
        return bool(said.media) and not said.text.strip()
    return said.is_story and (not question.private or bool(said.media) or said.is_wordy)


def _tells_beside(question: Question, said: Said) -> bool:
    """Whether an answer holds more than itself: much text, or a phone or link beside a date."""
    return said.is_long if question.private else said.is_long or said.names_something


def _written(draft: Draft, question: Text, answer: str) -> str:
    """Words under a question for words: the story grows, others are replaced; a picture alone replaces nothing."""
    before = draft.answers.get(question.name)
    if isinstance(question, Story) and not draft.editing:
        return _grown(before, answer)
    return answer or str(before or "")


def _tell_more(form: Form, draft: Draft, said: Said, question: Question | None = None) -> Step:
    """Add words to the story; how to reach the reporter is masked there, for it is erased with the consent."""
    turn: Literal["ask", "review"] = "review" if draft.at == REVIEW else "ask"
    words = vietnamese.nfc(said.text).strip()
    if form.story is None or not (words or said.media):
        raise Unclear("unclear.choose")
    if question is not None and question.private:
        words = redact.mask_personal(words)
    return Step(_with(draft, form.story, _grown(draft.answers.get(form.story), words)), turn, noted=True)


def _grown(story: Json, more: str) -> str:
    """The story and what was added.

    Raises:
        Unclear: it would be longer than anybody reads.
    """
    told = joined(story, more)
    if len(told) > LONGEST_STORY and more:
        raise Unclear("unclear.too_long")
    return told


def joined(story: Json, more: str) -> str:
    """The story so far and what was added, each told part on lines of its own."""
    return "\n".join(part for part in (story, more) if part and part != UNKNOWN)


def _with(draft: Draft, name: str, answer: Json) -> Draft:
    return replace(draft, answers={**draft.answers, name: answer})


def _without(draft: Draft, name: str) -> Draft:
    return replace(draft, answers={kept: answer for kept, answer in draft.answers.items() if kept != name})


def _answered(form: Form, draft: Draft, question: Question, answer: Json, known: Known) -> Step:
    return replace(_go_on(form, _with(draft, question.name, answer), known), answered=question.name)


def _go_on(form: Form, draft: Draft, known: Known) -> Step:
    """The first question that counts and has no answer, or the review."""
    for question in form.asked(draft.answers, known):
        if question.name not in draft.answers:
            return Step(replace(draft, at=question.name), "ask")
    return Step(replace(draft, at=REVIEW, editing=False), "review")
