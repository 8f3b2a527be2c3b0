"""The four forms as data: what their keys carry, and what counts as a fact of an incident."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.domain.forms import REVIEW, Form
from bot.domain.people import Role
from bot.domain.presses import LONGEST, Answer, read
from bot.domain.questions import UNKNOWN, Act, Known
from bot.domain.reports import AGENCY_REPORT, CITIZEN_REPORT, CONTACT, FORMS, WISHES, is_anonymous, story_of

EVERYBODY = Known(datetime(2026, 11, 22, tzinfo=UTC), frozenset(Role), "Nguyễn Thị Ví Dụ", "0912345678")


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_possible_key_of_a_form_fits_into_callback_data(form: Form) -> None:
    places = [*(question.name for question in form.questions), REVIEW]
    values = {option.value for question in form.questions for option in question.options(EVERYBODY)}
    for place in places:
        for act in Act:
            for value in {*values, *places, ""}:
                answer = Answer("ABCDEFGH", place, act, value)
                assert len(answer.data().encode()) <= LONGEST
                assert read(answer.data()) == answer


def test_a_form_is_found_by_a_name_that_bears_its_version() -> None:
    assert all(name == form.name and name.rsplit("_", 1)[1].isdigit() for name, form in FORMS.items())


def test_answers_about_the_reporter_are_known_by_name() -> None:
    asked = {question.name for form in (CITIZEN_REPORT, AGENCY_REPORT) for question in form.questions}
    assert {*CONTACT, *WISHES} <= asked


def test_a_reporter_is_anonymous_by_wish_or_at_the_notice() -> None:
    assert is_anonymous({"contact": "anonymous"})
    assert is_anonymous({"contact": "yes", "consent": "anonymous"})
    assert not is_anonymous({"contact": "yes", "consent": "refuse"})
    assert not is_anonymous({})


def test_the_story_is_found_in_either_report() -> None:
    assert story_of({"story": "a"}) == "a"
    assert story_of({"summary": "b"}) == "b"
    assert story_of({"story": None}) == ""


def test_every_number_of_level_can_be_answered_with_not_knowing() -> None:
    level = AGENCY_REPORT.question("level")
    assert UNKNOWN in {option.value for option in level.options(EVERYBODY)}
