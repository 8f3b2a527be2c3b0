"""The questions that only the team's forms ask: a code, a sum, a body of the policy."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.domain.errors import Unclear
from bot.domain.forms import Draft, advance, begin
from bot.domain.questions import Act, Known, Pressed, Said
from bot.domain.work import CLOSING, MERGING, REFERRING, Code, Money, OtherBody

KNOWN = Known(datetime(2026, 11, 22, tzinfo=UTC), bodies=(("police", "Công an tỉnh"), ("army", "Quân sự tỉnh")))


@pytest.mark.parametrize("typed", ["SC-2026-000123", "sc 2026 123", "2026-123"])
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    assert Code(name="main").read(Said(typed), KNOWN) == "SC-2026-000123"


@pytest.mark.parametrize("typed", ["", "trùng với cái hôm qua", "YC-2026-000123"])
def test_what_is_no_code_is_asked_again(typed: str) -> None:
    with pytest.raises(Unclear, match=r"unclear\.code"):
        Code(name="main").read(Said(typed), KNOWN)


@pytest.mark.parametrize(("typed", "dong"), [("1tr5", 1_500_000), ("2 tỷ", 2_000_000_000), ("0", 0), ("không", 0)])
def test_a_sum_is_kept_in_whole_dong(typed: str, dong: int) -> None:
    assert Money(name="damage").read(Said(typed), KNOWN) == dong


@pytest.mark.parametrize("typed", ["chưa tính", "500 usd", ""])
def test_what_is_no_sum_is_asked_again(typed: str) -> None:
    with pytest.raises(Unclear, match=r"unclear\.money"):
        Money(name="damage").read(Said(typed), KNOWN)


def test_a_body_is_chosen_from_those_of_the_day_and_kept_with_its_name() -> None:
    question = OtherBody(name="body")
    assert [(option.value, option.values["name"]) for option in question.options(KNOWN)] == list(KNOWN.bodies)
    assert question.read_press("police", KNOWN) == {"key": "police", "name": "Công an tỉnh"}


@pytest.mark.parametrize("forged", ["", "court", "Công an tỉnh"])
def test_a_body_that_the_policy_does_not_name_is_refused(forged: str) -> None:
    step = begin(REFERRING, KNOWN)
    after = advance(REFERRING, step.draft, Pressed("body", Act.ANSWER, forged), KNOWN)
    assert after.unclear == "unclear.choose"
    assert after.draft == step.draft


def test_a_result_of_less_than_twenty_characters_closes_nothing() -> None:
    step = begin(CLOSING, KNOWN)
    assert advance(CLOSING, step.draft, Said("đã xong rồi nhé"), KNOWN).unclear == "unclear.too_short"
    assert advance(CLOSING, step.draft, Said("Đã khôi phục từ bản sao lưu"), KNOWN).draft.at == "cause"


def test_who_helped_is_asked_only_where_somebody_did() -> None:
    for handled, asked in (("self", False), ("helped", True), ("abroad", True), ("coordinator", False)):
        names = [question.name for question in CLOSING.asked({"handled": handled}, KNOWN)]
        assert ("helped_by" in names) == asked, handled


def test_a_form_without_a_story_is_sent_from_its_review_alone() -> None:
    at_question = Draft(MERGING.name, "main")
    assert advance(MERGING, at_question, Pressed("main", Act.SUBMIT), KNOWN).unclear == "unclear.story"
    at_review = advance(MERGING, at_question, Said("SC-2026-000001"), KNOWN).draft
    assert advance(MERGING, at_review, Pressed("review", Act.SUBMIT), KNOWN).turn == "submit"
