"""When an agency is reminded of a request, and until when it may be asked to answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.coordination import COORDINATION, LADDER, LONGEST_TERM, URGENT, code, look_at, moment_of, next_step
from bot.domain.errors import Unclear
from bot.domain.moments import HANOI, Moment
from bot.domain.questions import Known, Said

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # ten in the morning in Hà Nội
DUE = COORDINATION.question("due")

asked = st.integers(0, 700 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
terms = st.timedeltas(timedelta(minutes=5), LONGEST_TERM)


@given(asked_at=asked, term=terms)
def test_every_step_is_taken_once_in_order_and_nobody_is_woken_where_there_is_time(
    asked_at: datetime, term: timedelta
) -> None:
    due_at, told, taken = asked_at + term, "", []
    while (look := look_at(told, asked_at, due_at)) is not None:
        step = next_step(told, asked_at, due_at, look)
        assert step is not None, "what is looked at has come"
        assert moment_of(step, asked_at, due_at) <= look
        if term >= URGENT and step.name != "due":
            assert 7 <= look.astimezone(HANOI).hour < 21
        taken.append(step.name)
        told = step.name
    assert taken == [step.name for step in LADDER if step.name in taken]
    assert taken[-1] == LADDER[-1].name
    assert next_step(told, asked_at, due_at, due_at + timedelta(days=999)) is None


@given(asked_at=asked, term=terms)
def test_what_was_missed_while_the_machine_stood_still_is_one_step(asked_at: datetime, term: timedelta) -> None:
    due_at = asked_at + term
    step = next_step("", asked_at, due_at, due_at + timedelta(days=2))
    assert step is not None
    assert step.name == "day_1"
    assert step.department


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("16h chiều nay", datetime(2026, 11, 23, 9, 0, tzinfo=UTC)),
        ("10h sáng mai", datetime(2026, 11, 24, 3, 0, tzinfo=UTC)),
        ("30/11", datetime(2026, 11, 30, 10, 0, tzinfo=UTC)),
        ("15/1", datetime(2027, 1, 15, 10, 0, tzinfo=UTC)),
    ],
)
def test_a_deadline_lies_ahead_and_a_bare_day_ends_with_its_office_hours(words: str, until: datetime) -> None:
    assert Moment.from_text(DUE.read(Said(words), Known(NOW))).at == until


@pytest.mark.parametrize("words", ["hôm qua 9h tối", "8h sáng nay", "20/11", "ngày 1/6/2027", "sớm nhé", ""])
def test_a_deadline_that_is_over_too_far_or_unreadable_is_told_back(words: str) -> None:
    with pytest.raises(Unclear, match=r"unclear\.deadline"):
        DUE.read(Said(words), Known(NOW))


def test_requests_are_numbered_by_the_year() -> None:
    assert code(2026, 1) == "DP-2026-0001"
