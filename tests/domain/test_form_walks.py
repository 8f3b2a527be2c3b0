"""Every form, walked by people who answer anything: no reply breaks it, and nothing that was told is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import vietnamese
from bot.domain.attaching import Attached
from bot.domain.enrolment import OwnPhone
from bot.domain.forms import REVIEW, Draft, Form, Step, advance, begin
from bot.domain.letters import one_line
from bot.domain.questions import (
    NONE,
    UNKNOWN,
    Act,
    Known,
    Line,
    Notice,
    Pressed,
    Question,
    Reply,
    Said,
    Several,
    Text,
)
from bot.domain.redact import mask_personal
from tests.domain.test_forms import OFFICER, PEOPLE, STEPS, TALE, every_form, key, told

PHRASES = (
    "hôm qua 9h tối",
    "hôm qua 9h tối, nó gọi từ số 0987654321",
    "20 giờ 15",
    "22/11",
    "31/02/2026",
    "ngày mai",
    "0912345678",
    "số của tôi là 0912345678, còn nó gọi từ 0987654321",
    "0912345678, 02363123456",
    "vi.du@example.vn",
    "https://vi-du.example/lua-dao",
    "ok",
    "Không",
    TALE,
    "Su\u031b\u0323 co\u0302\u0301 xa\u0309y ra lu\u0301c no\u0300 kho\u0302ng ai bie\u0302\u0301t",  # iPhones type so
    "tôi bị mất tài khoản " * 20,
    "x" * 3501,
)

texts = st.sampled_from(PHRASES) | st.text(max_size=80)
messages = st.builds(
    Said,
    text=texts,
    media=st.sampled_from((0, 0, 0, 1, 3)),
    forwarded=st.booleans(),
    contact_phone=st.sampled_from((None, None, "0912345678", "84912345678", "+1 415 555 2671", "")),
)


def offered(form: Form, draft: Draft, known: Known) -> list[Pressed]:
    """The keys that a person can see where the draft stands."""
    if draft.at == REVIEW:
        edits = [key(REVIEW, Act.EDIT, question.name) for question in form.asked(draft.answers, known)]
        return [*edits, *edits, key(REVIEW, Act.BACK), key(REVIEW, Act.SUBMIT), key(REVIEW, Act.CANCEL)]
    question = form.question(draft.at)
    act = Act.TOGGLE if isinstance(question, Several) else Act.ANSWER
    moves = [Act.BACK, Act.BACK, Act.FINISH, Act.SKIP, Act.UNKNOWN, Act.SUBMIT]
    options = [key(draft.at, act, option.value) for option in question.options(known)]
    return [*options, *(key(draft.at, move) for move in moves)]


# What is read by a question of each kind, where it has no keys.
SPOKEN = {
    "Text": "Trung tâm tin học của tỉnh",
    "Line": "Trung tâm tin học của tỉnh",
    "Story": TALE,
    "Phone": "0912 345 678",
    "Phones": "0912345678",
    "Email": "vi.du@example.vn",
    "Address": "https://vi-du.example",
    "Code": "SC-2026-000123",
    "Money": "20 triệu",
    "Tags": "nginx, PHP",
}


def spoken(question: Question) -> Said:
    if isinstance(question, OwnPhone):
        return Said(contact_phone="0912345678", contact_is_own=True)
    if isinstance(question, Attached):
        return Said(media=1, kept={"id": "x", "kind": "pdf", "name": "cong-van.pdf"})
    return Said(SPOKEN[type(question).__name__])


def answers(form: Form, draft: Draft, known: Known) -> list[Reply]:
    """Replies that answer where the draft stands."""
    question = form.question(draft.at)
    if isinstance(question, Several):
        chosen = draft.answers.get(question.name)
        value = question.options(known)[0].value
        picks = [] if chosen else [key(question.name, Act.TOGGLE, value)]
        return [*picks, key(question.name, Act.FINISH)]
    options = question.options(known)
    if options:
        return [key(question.name, Act.ANSWER, options[0].value)]
    return [spoken(question)]


def completed(form: Form, draft: Draft, known: Known) -> Draft:
    """A draft whose open questions were all answered: it stands at the review."""
    for _ in range(2 * len(form.questions)):
        if draft.at == REVIEW:
            break
        known = replace(known, given=draft.answers)
        draft = told(form, draft, *answers(form, draft, known), known=known).draft
    return draft


def forged(form: Form) -> st.SearchStrategy[Pressed]:
    """Whatever a modified client may send: other questions, other acts, other values."""
    names = [question.name for question in form.questions]
    values = {option.value for question in form.questions for option in question.options(OFFICER)}
    return st.builds(
        Pressed,
        question=st.sampled_from([*names, REVIEW, "", "nothing"]),
        act=st.sampled_from(Act),
        value=st.sampled_from([*sorted(values), *names, "", UNKNOWN, NONE]) | st.text(max_size=10),
    )


@dataclass
class Walk:
    """One step of an arbitrary walk: where somebody stood, what they did, what followed."""

    form: Form
    known: Known
    before: Draft
    reply: Reply
    step: Step


def walk(form: Form, data: st.DataObject, length: int = 120) -> Iterator[Walk]:
    """Answer anything for `length` steps, from the first question or from a full review.

    A form that was sent or cancelled is begun anew.
    """
    known = data.draw(st.sampled_from(PEOPLE))
    strange = forged(form)
    fresh = begin(form, known).draft
    draft = data.draw(st.sampled_from((fresh, completed(form, fresh, known))))
    for _ in range(length):
        known = replace(known, given=draft.answers)
        shown = st.sampled_from(offered(form, draft, known))
        willing = shown if draft.at == REVIEW else st.sampled_from(answers(form, draft, known))
        reply = data.draw(willing | willing | shown | messages | strange)
        step = advance(form, draft, reply, known)
        yield Walk(form, known, draft, reply, step)
        draft = fresh if step.turn in {"submit", "cancel"} else step.draft


def arbitrarily(test: Any) -> Any:
    """Each form by itself, walked more than a thousand steps."""
    limited = settings(max_examples=10, deadline=None, database=None)
    return every_form(limited(given(data=st.data())(test)))


# What holds at every step ---------------------------------------------------------------------------------------------


def a_draft_is_the_same_after_a_restart(one: Walk) -> None:
    draft = one.step.draft
    assert json.loads(json.dumps(dict(draft.answers))) == draft.answers


def a_draft_stands_at_a_question_that_is_asked_or_at_a_review_without_gaps(one: Walk) -> None:
    draft = one.step.draft
    asked = [question.name for question in one.form.asked(draft.answers, one.known)]
    if draft.at == REVIEW:
        assert set(asked) <= set(draft.answers)
        assert not draft.editing
    else:
        assert draft.at in asked


def every_question_bears_a_number_of_the_same_whole(one: Walk) -> None:
    if one.step.draft.at == REVIEW:
        return
    number, of = one.form.step(one.step.draft.at)
    assert 1 <= number <= of
    assert of == STEPS.get(one.form.name, of)


def what_was_answered_stays_until_its_own_question_is_answered_anew(one: Walk) -> None:
    if one.step.turn == "cancel":
        return
    touched = {one.before.at, one.form.story} if isinstance(one.reply, Said) else {one.before.at}
    if isinstance(one.reply, Said) and one.before.at != REVIEW and _is_notice(one.form, one.before.at):
        touched |= {name for name in one.step.draft.answers if name not in one.before.answers}
    for name, answer in one.before.answers.items():
        if name not in touched:
            assert one.step.draft.answers.get(name, "lost") == answer, (name, one.reply)


def _is_notice(form: Form, name: str) -> bool:
    return isinstance(form.question(name), Notice)


def a_story_only_grows_unless_it_is_edited(one: Walk) -> None:
    if one.form.story is None or (one.before.editing and one.before.at == one.form.story):
        return
    before = one.before.answers.get(one.form.story)
    if before:
        assert str(one.step.draft.answers[one.form.story]).startswith(before)


def what_was_said_is_an_answer_or_in_the_story_or_told_back(one: Walk) -> None:
    if not isinstance(one.reply, Said):
        return
    step, words = one.step, vietnamese.nfc(one.reply.text).strip()
    if step.unclear:
        assert step.draft == one.before  # told back: nothing was taken, and a reason is given
        return
    assert step.answered or step.noted
    assert step.answered is None or step.answered in step.draft.answers
    if one.form.story and step.noted:
        story = step.draft.answers[one.form.story]
        assert words in story or mask_personal(words) in story
    if step.answered and words and isinstance(question := one.form.question(step.answered), Text):
        kept = one_line(words) if isinstance(question, Line) else words
        assert kept in step.draft.answers[step.answered]


def a_key_of_another_question_changes_nothing(one: Walk) -> None:
    if isinstance(one.reply, Pressed) and one.reply.question != one.before.at:
        assert one.step == Step(one.before, "stale")


def a_reply_that_is_unclear_or_stale_changes_nothing(one: Walk) -> None:
    if one.step.unclear or one.step.turn in {"stale", "submit", "cancel"}:
        assert one.step.draft == one.before


ALWAYS = (
    a_draft_is_the_same_after_a_restart,
    a_draft_stands_at_a_question_that_is_asked_or_at_a_review_without_gaps,
    every_question_bears_a_number_of_the_same_whole,
    what_was_answered_stays_until_its_own_question_is_answered_anew,
    a_story_only_grows_unless_it_is_edited,
    what_was_said_is_an_answer_or_in_the_story_or_told_back,
    a_key_of_another_question_changes_nothing,
    a_reply_that_is_unclear_or_stale_changes_nothing,
)


@arbitrarily
def test_at_every_step_of_an_arbitrary_walk_all_that_always_holds_does(form: Form, data: st.DataObject) -> None:
    """A walk costs far more than looking at it, so that all the properties look at the same walks."""
    for one in walk(form, data):
        for holds in ALWAYS:
            holds(one)


@arbitrarily
def test_every_path_ends_in_the_review(form: Form, data: st.DataObject) -> None:
    """From wherever an arbitrary walk has led, answering what is asked leads to the review, and from there out."""
    for one in walk(form, data, length=25):
        draft = completed(form, one.step.draft, one.known)
        assert draft.at == REVIEW
        assert advance(form, draft, key(REVIEW, Act.SUBMIT), one.known).turn == "submit"
