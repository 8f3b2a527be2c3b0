"""The life of an incident as a table, and the code that people read out over the phone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Refusal
from bot.domain.incidents import OPEN, Move, Status, after, code, read_code

# From, move, to; "-" where the move is refused.
MOVES = {
    (Status.NEW, Move.CLAIM): "claimed",
    (Status.NEW, Move.WITHDRAW): "withdrawn",
    (Status.CLAIMED, Move.CLAIM): "-",
    (Status.CLAIMED, Move.WITHDRAW): "withdrawn",
    (Status.WITHDRAWN, Move.CLAIM): "-",
    (Status.WITHDRAWN, Move.WITHDRAW): "-",
}


def test_every_move_is_decided_for_every_status() -> None:
    assert set(MOVES) == {(status, move) for status in Status for move in Move}


@pytest.mark.parametrize(("status", "move"), MOVES)
def test_a_move_leads_where_the_table_says_or_is_refused(status: Status, move: Move) -> None:
    if MOVES[status, move] == "-":
        with pytest.raises(Refusal) as caught:
            after(status, move)
        assert caught.value.key == f"incident.cannot.{move}"
    else:
        assert after(status, move) == MOVES[status, move]


def test_an_incident_is_open_as_long_as_it_can_still_move() -> None:
    assert {status for status, move in MOVES if MOVES[status, move] != "-"} == set(OPEN)


@given(st.integers(2000, 9999), st.integers(0, 999_999))
def test_a_code_is_read_as_it_is_written(year: int, number: int) -> None:
    assert read_code(code(year, number)) == code(year, number)


@pytest.mark.parametrize("typed", ["SC-2026-000123", "sc 2026 123", "2026-000123", " 2026 - 123 ", "SC2026-123"])
def test_a_code_is_read_however_people_type_it(typed: str) -> None:
    assert read_code(typed) == "SC-2026-000123"


@pytest.mark.parametrize("typed", ["", "123", "2026", "SC-2026-", "SC-2026-1234567", "0912345678", "YC-2026-000123"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


@given(st.text())
def test_any_text_is_a_code_or_none(typed: str) -> None:
    found = read_code(typed)
    assert found is None or read_code(found) == found
