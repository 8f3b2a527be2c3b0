"""How the register is kept: words that find an agency, technologies of a system, what the log says of a change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import enrolment, submissions, tables
from bot.domain.questions import Json, Known, Line, Question, Said, Text
from bot.domain.registering import FORMS, MOST_TAGS, MOST_WORDS, PERSONAL, difference, read_tags, words_of


@pytest.mark.parametrize("typed", ["Phủ Lý", "phu ly", " PHỦ  lý? ", "phủ, lý"])
def test_words_are_compared_without_marks_case_and_stops(typed: str) -> None:
    assert words_of(typed) == ("phu", "ly")


def test_a_code_stays_one_word() -> None:
    assert words_of("XP-13285") == ("xp-13285",)


@given(st.text(max_size=80))
def test_no_word_holds_what_the_database_would_read_as_any_letter(typed: str) -> None:
    words = words_of(typed)
    assert len(words) <= MOST_WORDS
    assert not any(set("%_ '\\") & set(word) for word in words)


def test_technologies_are_told_apart_by_commas_and_each_counts_once() -> None:
    assert read_tags("Exchange,  Windows   Server; exchange\nWordPress,") == ("exchange", "Windows Server", "WordPress")


def test_too_many_technologies_or_a_story_instead_of_one_are_none() -> None:
    assert read_tags(",".join(f"t{number}" for number in range(MOST_TAGS + 1))) == ()
    assert read_tags("a" * 41) == ()
    assert read_tags(" , ;") == ()


@given(st.dictionaries(st.sampled_from(["name", "level", *PERSONAL]), st.text(max_size=5)))
def test_the_log_never_quotes_what_belongs_to_a_person(after: dict[str, str]) -> None:
    said = difference({}, after)
    assert said.keys() == after.keys()
    assert all((value is None) is (name in PERSONAL) for name, value in said.items())


def test_what_did_not_change_is_not_logged() -> None:
    assert difference({"name": "A", "level": 3}, {"name": "A", "level": None}) == {"level": [3, None]}


# In front of other people ---------------------------------------------------------------------------------------------

LOOKS_LIKE_OURS = "Sở\u202e Y tế\n✅ Đã duyệt\u2028\u200b"
HARMLESS = "Sở Y tế ✅ Đã duyệt"
NAMES: list[Question] = [
    question
    for forms in (FORMS, enrolment.FORMS, submissions.FORMS)
    for form in forms.values()
    for question in form.questions
    if isinstance(question, Text) and question.name != "reason"  # a reason stands alone
]


@pytest.mark.parametrize("question", NAMES, ids=lambda question: str(question.name))
def test_what_stands_in_lists_of_others_cannot_look_like_lines_of_ours(question: Question) -> None:
    known = Known(datetime(2026, 11, 23, tzinfo=UTC))
    said: Json = question.read(Said(LOOKS_LIKE_OURS), known)
    assert isinstance(question, Line)
    assert said == HARMLESS


def test_nor_can_what_a_table_brings() -> None:
    assert tables.words(LOOKS_LIKE_OURS) == HARMLESS
    assert read_tags("Ex\u202echange") == ("Exchange",)
