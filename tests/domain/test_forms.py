"""The rules of the form engine, one by one: what an answer, a picture, a step back or a key of yesterday does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.forms import LONGEST_STORY, REVIEW, Draft, Form, Step, advance, begin
from bot.domain.listed import ManyListed, OneListed
from bot.domain.own_systems import OwnSystem, Unlevelled
from bot.domain.people import Role
from bot.domain.questions import (
    NONE,
    UNKNOWN,
    Act,
    Choice,
    Known,
    Pressed,
    Question,
    Reply,
    Said,
    Several,
)
from bot.domain.reports import AGENCY_REPORT, CITIZEN_REPORT, FORMS, PRIVACY_REQUEST

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # ten in the morning of a Sunday in Hà Nội
BODIES = (("police", "Công an tỉnh (ví dụ)"), ("military", "Bộ Chỉ huy Quân sự tỉnh (ví dụ)"))
# What the drafts of these people list. Nobody of them has systems in the register: that has tests of its own.
LISTS = {
    question.name: [["1", "Mục thứ nhất", "MUC-1"], ["2", "Mục thứ hai", "MUC-2"]]
    for form in FORMS.values()
    for question in form.questions
    if isinstance(question, OneListed | ManyListed) and not isinstance(question, OwnSystem)
}
CITIZEN = Known(NOW, bodies=BODIES, lists=LISTS)
OFFICER = Known(NOW, frozenset({Role.AGENCY_CONTACT}), "Nguyễn Thị Ví Dụ", "0912345678", BODIES, lists=LISTS)
PROVIDER = Known(NOW, frozenset({Role.ISP_CONTACT}), bodies=BODIES, lists=LISTS)
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
        # The level of a system is a number of its own; where the register knows it, there is one question less.
        if question.when is not None and not isinstance(question.when, Unlevelled):
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
        numbers.append(CITIZEN_REPORT.step(step.draft.at))
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
