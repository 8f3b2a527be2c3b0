"""Every form, walked by people who answer anything: no reply breaks it, and nothing that was told is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import vietnamese
from bot.domain.forms import LONGEST_STORY, REVIEW, Draft, Form, Step, advance, begin
from bot.domain.people import Role
from bot.domain.questions import (
    NONE,
    UNKNOWN,
    Act,
    Choice,
    Known,
    Notice,
    Pressed,
    Question,
    Reply,
    Said,
    Several,
    Text,
)
from bot.domain.redact import mask_personal
from bot.domain.reports import AGENCY_REPORT, CITIZEN_REPORT, FORMS, PRIVACY_REQUEST

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # ten in the morning of a Sunday in Hà Nội
CITIZEN = Known(NOW)
OFFICER = Known(NOW, frozenset({Role.AGENCY_CONTACT}), "Nguyễn Thị Ví Dụ", "0912345678")
PROVIDER = Known(NOW, frozenset({Role.ISP_CONTACT}))
PEOPLE = (CITIZEN, OFFICER, PROVIDER)
STEPS = {CITIZEN_REPORT.name: 5, AGENCY_REPORT.name: 11}
TALE = "Sáng nay có người gọi, xưng là công an, bắt tôi chuyển tiền"

every_form = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


def told(form: Form, draft: Draft, *replies: Reply, known: Known = CITIZEN) -> Step:
    """Where a draft stands after some replies."""
    step = Step(draft, "ask")
    for reply in replies:
        step = advance(form, step.draft, reply, known)
    return step


def key(question: str, act: Act, value: str = "") -> Pressed:
    return Pressed(question, act, value)


# Arbitrary people -------------------------------------------------------------------------------------------------

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
    "Text": "Trung tâm",
    "Story": TALE,
    "Phone": "0912 345 678",
    "Phones": "0912345678",
    "Email": "vi.du@example.vn",
    "Address": "https://vi-du.example",
}


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
    return [Said(SPOKEN[type(question).__name__])]


def completed(form: Form, draft: Draft, known: Known) -> Draft:
    """A draft whose open questions were all answered: it stands at the review."""
    for _ in range(2 * len(form.questions)):
        if draft.at == REVIEW:
            break
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
        shown = st.sampled_from(offered(form, draft, known))
        willing = shown if draft.at == REVIEW else st.sampled_from(answers(form, draft, known))
        reply = data.draw(willing | willing | shown | messages | strange)
        step = advance(form, draft, reply, known)
        yield Walk(form, known, draft, reply, step)
        draft = fresh if step.turn in {"submit", "cancel"} else step.draft


def arbitrarily(test: Any) -> Any:
    """Each form by itself, walked a few thousand steps in all."""
    limited = settings(max_examples=5, deadline=None, database=None)
    return every_form(limited(given(data=st.data())(test)))


@arbitrarily
def test_a_draft_is_the_same_after_a_restart(form: Form, data: st.DataObject) -> None:
    for one in walk(form, data):
        draft = one.step.draft
        assert json.loads(json.dumps(dict(draft.answers))) == draft.answers


@arbitrarily
def test_a_draft_stands_at_a_question_that_is_asked_or_at_a_review_without_gaps(
    form: Form, data: st.DataObject
) -> None:
    for one in walk(form, data):
        draft = one.step.draft
        asked = [question.name for question in form.asked(draft.answers, one.known)]
        if draft.at == REVIEW:
            assert set(asked) <= set(draft.answers)
            assert not draft.editing
        else:
            assert draft.at in asked


@arbitrarily
def test_every_question_bears_a_number_of_the_same_whole(form: Form, data: st.DataObject) -> None:
    for one in walk(form, data, length=60):
        if one.step.draft.at == REVIEW:
            continue
        number, of = form.step(one.step.draft.at, one.step.draft.answers, one.known)
        assert 1 <= number <= of
        assert of == STEPS.get(form.name, of)


@arbitrarily
def test_what_was_answered_stays_until_its_own_question_is_answered_anew(form: Form, data: st.DataObject) -> None:
    for one in walk(form, data):
        if one.step.turn == "cancel":
            continue
        touched = {one.before.at, form.story} if isinstance(one.reply, Said) else {one.before.at}
        if isinstance(one.reply, Said) and one.before.at != REVIEW and _is_notice(form, one.before.at):
            touched |= {name for name in one.step.draft.answers if name not in one.before.answers}
        for name, answer in one.before.answers.items():
            if name not in touched:
                assert one.step.draft.answers.get(name, "lost") == answer, (name, one.reply)


def _is_notice(form: Form, name: str) -> bool:
    return isinstance(form.question(name), Notice)


@arbitrarily
def test_a_story_only_grows_unless_it_is_edited(form: Form, data: st.DataObject) -> None:
    for one in walk(form, data):
        if form.story is None or (one.before.editing and one.before.at == form.story):
            continue
        before = one.before.answers.get(form.story)
        if before:
            assert str(one.step.draft.answers[form.story]).startswith(before)


@arbitrarily
def test_what_was_said_is_an_answer_or_in_the_story_or_told_back(form: Form, data: st.DataObject) -> None:
    for one in walk(form, data):
        if not isinstance(one.reply, Said):
            continue
        step, words = one.step, vietnamese.nfc(one.reply.text).strip()
        if step.unclear:
            assert step.draft == one.before  # told back: nothing was taken, and a reason is given
            continue
        assert step.answered or step.noted
        assert step.answered is None or step.answered in step.draft.answers
        if form.story and step.noted:
            story = step.draft.answers[form.story]
            assert words in story or mask_personal(words) in story
        if step.answered and words and isinstance(form.question(step.answered), Text):
            assert words in step.draft.answers[step.answered]


@arbitrarily
def test_a_key_of_another_question_changes_nothing(form: Form, data: st.DataObject) -> None:
    for one in walk(form, data):
        if isinstance(one.reply, Pressed) and one.reply.question != one.before.at:
            assert one.step == Step(one.before, "stale")


@arbitrarily
def test_a_reply_that_is_unclear_or_stale_changes_nothing(form: Form, data: st.DataObject) -> None:
    for one in walk(form, data):
        if one.step.unclear or one.step.turn in {"stale", "submit", "cancel"}:
            assert one.step.draft == one.before


@arbitrarily
def test_every_path_ends_in_the_review(form: Form, data: st.DataObject) -> None:
    """From wherever an arbitrary walk has led, answering what is asked leads to the review, and from there out."""
    for one in walk(form, data, length=25):
        draft = completed(form, one.step.draft, one.known)
        assert draft.at == REVIEW
        assert advance(form, draft, key(REVIEW, Act.SUBMIT), one.known).turn == "submit"


# Single rules -----------------------------------------------------------------------------------------------------


def _every_answer(form: Form, known: Known) -> Iterator[tuple[Question, str]]:
    for question in form.questions:
        for option in question.options(known):
            yield question, option.value


@every_form
def test_every_key_of_a_closed_list_is_an_answer(form: Form) -> None:
    for question, value in _every_answer(form, OFFICER):
        step = advance(form, Draft(form.name, question.name), key(question.name, _act(question), value), OFFICER)
        assert step.unclear is None
        assert question.name in step.draft.answers


def _act(question: Question) -> Act:
    return Act.TOGGLE if isinstance(question, Several) else Act.ANSWER


@every_form
def test_a_question_that_may_be_missing_shares_the_number_of_one_that_is_always_asked(form: Form) -> None:
    for question in form.questions:
        if question.when is not None:
            assert question.part_of is not None, question.name
            assert form.question(question.part_of).when is None, question.name


def test_a_citizen_walks_five_questions_to_the_review() -> None:
    step = begin(CITIZEN_REPORT, CITIZEN)
    numbers = []
    for reply in (
        key("kind", Act.ANSWER, "scam_loss"),
        Said(TALE),
        key("happened_at", Act.ANSWER, "yesterday"),
        key("clues", Act.SKIP),
        key("contact", Act.ANSWER, "anonymous"),
    ):
        numbers.append(CITIZEN_REPORT.step(step.draft.at, step.draft.answers, CITIZEN))
        step = advance(CITIZEN_REPORT, step.draft, reply, CITIZEN)
    assert numbers == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]
    assert (step.turn, step.draft.at) == ("review", REVIEW)


def test_a_story_that_came_first_is_not_asked_for_again() -> None:
    step = begin(CITIZEN_REPORT, CITIZEN, {"story": TALE})
    assert step.draft.at == "kind"
    step = advance(CITIZEN_REPORT, step.draft, key("kind", Act.ANSWER, "sim"), CITIZEN)
    assert step.draft.at == "happened_at"


def test_the_ransom_note_is_asked_after_ransomware_only() -> None:
    asked = {
        kind: [question.name for question in AGENCY_REPORT.asked({"kind": kind}, OFFICER)]
        for kind in ("ransomware", "dos")
    }
    assert "ransom_note" in asked["ransomware"]
    assert "ransom_note" not in asked["dos"]


def test_the_number_of_subscribers_is_asked_of_providers_only() -> None:
    assert "subscribers" in [question.name for question in AGENCY_REPORT.asked({}, PROVIDER)]
    assert "subscribers" not in [question.name for question in AGENCY_REPORT.asked({}, OFFICER)]


def test_contact_data_count_only_with_consent() -> None:
    given_once = {"contact": "yes", "consent": "agree", "phone": "0912345678", "name": "Nguyễn Thị Ví Dụ"}
    assert CITIZEN_REPORT.facts(given_once, CITIZEN) == given_once
    refused = {**given_once, "consent": "refuse"}
    assert CITIZEN_REPORT.facts(refused, CITIZEN) == {"contact": "yes", "consent": "refuse"}
    assert CITIZEN_REPORT.facts({**given_once, "contact": "anonymous"}, CITIZEN) == {"contact": "anonymous"}


REVIEWED = Draft(
    CITIZEN_REPORT.name,
    REVIEW,
    {"kind": "sim", "story": TALE, "happened_at": UNKNOWN, "clues": "vi-du.example", "contact": "anonymous"},
)


def test_back_goes_through_the_questions_one_by_one_and_keeps_their_answers() -> None:
    draft = replace(REVIEWED, at="contact", answers={**REVIEWED.answers})
    seen = []
    for _ in range(6):
        seen.append(draft.at)
        draft = advance(CITIZEN_REPORT, draft, key(draft.at, Act.BACK), CITIZEN).draft
    assert seen == ["contact", "clues", "happened_at", "story", "kind", "kind"]
    assert draft.answers == REVIEWED.answers


def test_an_edited_answer_leads_back_to_the_review() -> None:
    step = told(CITIZEN_REPORT, REVIEWED, key(REVIEW, Act.EDIT, "clues"), Said("0987654321"))
    assert step.draft.at == REVIEW
    assert step.draft.answers == {**REVIEWED.answers, "clues": "0987654321"}


def test_back_from_an_edit_changes_nothing() -> None:
    step = told(CITIZEN_REPORT, REVIEWED, key(REVIEW, Act.EDIT, "story"), key("story", Act.BACK))
    assert (step.turn, step.draft) == ("review", REVIEWED)


def test_a_story_is_replaced_when_it_is_edited() -> None:
    step = told(CITIZEN_REPORT, REVIEWED, key(REVIEW, Act.EDIT, "story"), Said("Chuyện khác hẳn, xảy ra ở cơ quan tôi"))
    assert step.draft.answers["story"] == "Chuyện khác hẳn, xảy ra ở cơ quan tôi"


def test_a_question_that_an_edit_opened_can_be_left_backwards() -> None:
    opened = told(CITIZEN_REPORT, REVIEWED, key(REVIEW, Act.EDIT, "contact"), key("contact", Act.ANSWER, "yes"))
    assert opened.draft.at == "consent"
    left = advance(CITIZEN_REPORT, opened.draft, key("consent", Act.BACK), CITIZEN)
    assert left.draft.at == "contact"
    closed = advance(CITIZEN_REPORT, left.draft, key("contact", Act.ANSWER, "anonymous"), CITIZEN)
    assert closed.draft == REVIEWED


def test_words_at_the_review_join_the_story() -> None:
    step = advance(CITIZEN_REPORT, REVIEWED, Said("nó vừa gọi lại"), CITIZEN)
    assert (step.turn, step.noted) == ("review", True)
    assert step.draft.answers["story"] == f"{TALE}\nnó vừa gọi lại"


def test_a_story_told_where_a_key_was_expected_joins_the_story() -> None:
    draft = begin(CITIZEN_REPORT, CITIZEN).draft
    step = advance(CITIZEN_REPORT, draft, Said(TALE), CITIZEN)
    assert (step.draft.at, step.noted, step.draft.answers) == ("kind", True, {"story": TALE})


def test_a_number_told_beside_a_date_joins_the_story() -> None:
    draft = replace(REVIEWED, at="happened_at", answers={"kind": "sim", "story": TALE})
    step = advance(CITIZEN_REPORT, draft, Said("hôm qua 9h tối, nó gọi từ số 0987654321"), CITIZEN)
    assert step.draft.answers["happened_at"]
    assert step.draft.answers["story"].endswith("nó gọi từ số 0987654321")
    assert step.noted


@pytest.mark.parametrize("date", ["21-11-2026 20h15", "21/11/2026 lúc 20:15", "khoảng 9 giờ 15 phút tối ngày hôm qua"])
def test_a_date_alone_is_no_story(date: str) -> None:
    draft = replace(REVIEWED, at="happened_at", answers={"kind": "sim", "story": TALE})
    step = advance(CITIZEN_REPORT, draft, Said(date), CITIZEN)
    assert step.draft.answers["happened_at"]
    assert step.draft.answers["story"] == TALE


ASKED_FOR_PHONE = replace(
    REVIEWED, at="phone", answers={**REVIEWED.answers, "contact": "yes", "consent": "agree", "name": "Ví Dụ"}
)


@pytest.mark.parametrize(
    "words",
    [
        "0912 345 678",
        "số của tôi là 0912345678, còn nó gọi từ 0987654321",
        "gọi tôi 0912345678 sau 17h nhé, tôi đi làm về muộn lắm các anh chị ạ, cảm ơn nhiều",
        "+1 415 555 2671",
    ],
)
def test_the_reporters_own_number_never_stands_in_the_story(words: str) -> None:
    """The story outlives the consent; the number must not."""
    step = advance(CITIZEN_REPORT, ASKED_FOR_PHONE, Said(words), CITIZEN)
    assert not any(number in step.draft.answers["story"] for number in ("0912345678", "415 555 2671"))
    assert step.answered == "phone" or step.noted or step.unclear == "unclear.phone"


def test_a_shared_contact_answers_the_question_for_a_phone() -> None:
    step = advance(CITIZEN_REPORT, ASKED_FOR_PHONE, Said("+84912345678", contact_phone="+84912345678"), CITIZEN)
    assert step.draft.answers["phone"] == "0912345678"
    assert step.draft.answers["story"] == TALE


def test_a_picture_alone_replaces_no_words() -> None:
    draft = replace(REVIEWED, at="clues")
    assert advance(CITIZEN_REPORT, draft, Said(media=1), CITIZEN).draft.answers["clues"] == "vi-du.example"
    edited = told(CITIZEN_REPORT, REVIEWED, key(REVIEW, Act.EDIT, "story"), Said(media=1))
    assert edited.draft.answers["story"] == TALE


def test_the_rest_of_an_album_is_no_answer_to_a_question_for_words() -> None:
    draft = Draft(AGENCY_REPORT.name, "system", {"kind": "dos", "secrecy": "read", "summary": TALE})
    step = advance(AGENCY_REPORT, draft, Said(media=1), OFFICER)
    assert (step.draft.at, step.noted) == ("system", True)
    assert "system" not in step.draft.answers


def test_a_story_of_one_picture_is_a_story() -> None:
    step = told(CITIZEN_REPORT, begin(CITIZEN_REPORT, CITIZEN).draft, key("kind", Act.ANSWER, "sim"), Said(media=1))
    assert step.draft.at == "happened_at"
    assert advance(CITIZEN_REPORT, step.draft, key("happened_at", Act.SUBMIT), CITIZEN).turn == "submit"


def test_a_story_told_without_end_is_told_back_before_it_is_longer_than_anybody_reads() -> None:
    draft = begin(CITIZEN_REPORT, CITIZEN).draft
    for _ in range(8):
        step = advance(CITIZEN_REPORT, draft, Said("chuyện dài " * 300), CITIZEN)
        draft = step.draft
    assert step.unclear == "unclear.too_long"
    assert LONGEST_STORY - 3500 < len(draft.answers["story"]) <= LONGEST_STORY


def test_whoever_writes_at_a_notice_has_read_it_and_answers_the_next_question() -> None:
    draft = Draft(AGENCY_REPORT.name, "secrecy", {"kind": "dos"})
    step = advance(AGENCY_REPORT, draft, Said(TALE), OFFICER)
    assert step.draft.answers == {"kind": "dos", "secrecy": "read", "summary": TALE}


FOUND_BY = Draft(AGENCY_REPORT.name, "found_by", {"kind": "dos", "secrecy": "read", "summary": TALE})


def test_what_was_put_in_and_taken_out_again_is_no_answer() -> None:
    toggle = key("found_by", Act.TOGGLE, "logs")
    step = told(AGENCY_REPORT, FOUND_BY, toggle, toggle, known=OFFICER)
    assert step.draft == FOUND_BY
    assert advance(AGENCY_REPORT, step.draft, key("found_by", Act.FINISH), OFFICER).unclear


def test_nothing_of_these_stands_alone() -> None:
    flags = replace(FOUND_BY, at="flags")
    chosen = told(
        AGENCY_REPORT, flags, key("flags", Act.TOGGLE, "outage"), key("flags", Act.TOGGLE, NONE), known=OFFICER
    )
    assert chosen.draft.answers["flags"] == [NONE]
    other = advance(AGENCY_REPORT, chosen.draft, key("flags", Act.TOGGLE, "security"), OFFICER)
    assert other.draft.answers["flags"] == ["security"]


def test_several_answers_stand_in_the_order_of_the_keys() -> None:
    toggles = [key("found_by", Act.TOGGLE, value) for value in ("users", "monitoring", "logs")]
    assert told(AGENCY_REPORT, FOUND_BY, *toggles, known=OFFICER).draft.answers["found_by"] == [
        "monitoring",
        "logs",
        "users",
    ]


def test_a_double_tap_on_skip_skips_once() -> None:
    draft = replace(REVIEWED, at="clues", answers={"kind": "sim", "story": TALE, "happened_at": UNKNOWN})
    once = advance(CITIZEN_REPORT, draft, key("clues", Act.SKIP), CITIZEN)
    twice = advance(CITIZEN_REPORT, once.draft, key("clues", Act.SKIP), CITIZEN)
    assert twice == Step(once.draft, "stale")


@pytest.mark.parametrize("act", [Act.SUBMIT, Act.CANCEL])
def test_a_key_of_an_answered_question_neither_sends_nor_cancels(act: Act) -> None:
    assert advance(CITIZEN_REPORT, REVIEWED, key("clues", act), CITIZEN) == Step(REVIEWED, "stale")


def test_nothing_is_sent_before_the_story_is_told() -> None:
    draft = begin(CITIZEN_REPORT, CITIZEN).draft
    assert advance(CITIZEN_REPORT, draft, key("kind", Act.SUBMIT), CITIZEN).unclear == "unclear.story"
    told_already = replace(draft, answers={"story": TALE})
    assert advance(CITIZEN_REPORT, told_already, key("kind", Act.SUBMIT), CITIZEN).turn == "submit"


def test_a_form_without_a_story_is_sent_from_its_review_only() -> None:
    draft = begin(PRIVACY_REQUEST, CITIZEN).draft
    assert advance(PRIVACY_REQUEST, draft, key("want", Act.SUBMIT), CITIZEN).turn == "ask"


def test_the_known_number_is_offered_only_where_name_and_phone_are_on_record() -> None:
    contact = AGENCY_REPORT.question("contact")
    assert isinstance(contact, Choice)
    assert "known" in [option.value for option in contact.options(OFFICER)]
    assert "known" not in [option.value for option in contact.options(PROVIDER)]
    draft = Draft(AGENCY_REPORT.name, "contact")
    assert advance(AGENCY_REPORT, draft, key("contact", Act.ANSWER, "known"), PROVIDER).unclear == "unclear.choose"


def test_what_iphones_type_is_stored_composed() -> None:
    decomposed = "Su\u031b\u0323 co\u0302\u0301 xa\u0309y ra lu\u0301c na\u0300o tha\u0302\u0323t kho\u0301 no\u0301i"
    step = told(CITIZEN_REPORT, begin(CITIZEN_REPORT, CITIZEN).draft, Said(decomposed))
    assert step.draft.answers["story"] == "Sự cố xảy ra lúc nào thật khó nói"
