"""The question for the own system: asked where there is something to choose, read from keys and from typed words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.domain.errors import Unclear
from bot.domain.forms import REVIEW, Draft, advance
from bot.domain.own_systems import MOST_KEYS, OWN_SYSTEM, OwnSystem
from bot.domain.questions import Act, Known, Pressed, Said
from bot.domain.reports import AGENCY_REPORT

QUESTION = OwnSystem(name=OWN_SYSTEM)
ROWS = [["1", "Cổng thi (cấp độ 3)", "3"], ["2", "Cổng thi thử", ""], ["3", "Thư công vụ", ""], ["a", "Hệ thống khác"]]


def known(rows: list[list[str]]) -> Known:
    return Known(datetime(2026, 11, 23, tzinfo=UTC), lists={OWN_SYSTEM: rows})


@pytest.mark.parametrize(("words", "value"), [("thu cong vu", "3"), ("CỔNG THI THỬ", "2"), ("thi thu", "2")])
def test_typed_words_find_the_only_system_that_has_them(words: str, value: str) -> None:
    assert QUESTION.read(Said(words), known(ROWS)) == value


@pytest.mark.parametrize("words", ["cong thi", "he thong khac", "kho bac", " "])
def test_words_that_fit_none_or_several_are_told_back(words: str) -> None:
    with pytest.raises(Unclear, match=r"unclear\.listed"):
        QUESTION.read(Said(words), known(ROWS))


def test_a_long_list_keeps_its_way_out_on_the_keyboard() -> None:
    many = [[str(number), f"Hệ thống {number}", ""] for number in range(MOST_KEYS * 2)]
    shown = QUESTION.options(known([*many, ["a", "Hệ thống khác"]]))
    assert len(shown) == MOST_KEYS
    assert shown[-1].value == "a"
    assert QUESTION.read(Said(f"hệ thống {MOST_KEYS + 9}"), known(many)) == str(MOST_KEYS + 9)


def test_a_draft_from_before_the_register_goes_on_without_the_question() -> None:
    told = {"kind": "dos", "secrecy": "read", "summary": "Cổng thông tin không vào được từ sáng"}
    bare = Known(datetime(2026, 11, 23, tzinfo=UTC))
    step = advance(AGENCY_REPORT, Draft(AGENCY_REPORT.name, "system", told), Said("Cổng"), bare)
    assert step.draft.at == "level"
    assert AGENCY_REPORT.facts({**told, OWN_SYSTEM: "1"}, bare) == told, "a value that no list offered does not count"


@pytest.mark.parametrize(("value", "then"), [("1", "detected_at"), ("2", "level"), ("a", "system")])
def test_what_the_register_knows_is_not_asked_and_what_it_does_not_know_is(value: str, then: str) -> None:
    told = {"kind": "dos", "secrecy": "read", "summary": "Cổng thông tin không vào được từ sáng"}
    draft = Draft(AGENCY_REPORT.name, OWN_SYSTEM, told)
    step = advance(AGENCY_REPORT, draft, Pressed(OWN_SYSTEM, Act.ANSWER, value), known(ROWS))
    assert step.draft.at == then != REVIEW
