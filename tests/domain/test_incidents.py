"""The life of an incident as a table, and the code that people read out over the phone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.incidents import ENDED, FINISHED, OPEN, WORKABLE, Move, Source, Status, after, code, read_code
from bot.domain.moves import MOVES
from bot.domain.work import FORMS_OF, MOVE_OF

# The life as people read it: a row a status, and in it where each move leads. What a row does not name is refused.
LIFE = {
    Status.NEW: {
        Move.CLAIM: "claimed",
        Move.ASK: "waiting",
        Move.START: "working",
        Move.RESOLVE: "resolved",
        Move.CLOSE: "closed",
        Move.REJECT: "not_incident",
        Move.MERGE: "duplicate",
        Move.REFER: "referring",
        Move.POST: "referred",
        Move.WITHDRAW: "withdrawn",
    },
    Status.CLAIMED: {
        Move.RELEASE: "new",
        Move.ASK: "waiting",
        Move.START: "working",
        Move.RESOLVE: "resolved",
        Move.CLOSE: "closed",
        Move.REJECT: "not_incident",
        Move.MERGE: "duplicate",
        Move.REFER: "referring",
        Move.POST: "referred",
        Move.WITHDRAW: "withdrawn",
    },
    Status.WORKING: {
        Move.ASK: "waiting",
        Move.RESOLVE: "resolved",
        Move.CLOSE: "closed",
        Move.REJECT: "not_incident",
        Move.MERGE: "duplicate",
        Move.REFER: "referring",
        Move.POST: "referred",
        Move.WITHDRAW: "withdrawn",
    },
    Status.WAITING: {
        Move.ASK: "waiting",
        Move.REPLY: "working",
        Move.START: "working",
        Move.RESOLVE: "resolved",
        Move.CLOSE: "closed",
        Move.REJECT: "not_incident",
        Move.MERGE: "duplicate",
        Move.REFER: "referring",
        Move.POST: "referred",
        Move.WITHDRAW: "withdrawn",
    },
    Status.RESOLVED: {Move.CLOSE: "closed", Move.REOPEN: "working", Move.OBJECT: "working"},
    Status.CLOSED: {Move.REOPEN: "working", Move.OBJECT: "working"},
    Status.NOT_INCIDENT: {Move.REOPEN: "working", Move.OBJECT: "working"},
    Status.DUPLICATE: {Move.REOPEN: "working", Move.SPLIT: "working"},
    Status.REFERRING: {Move.ACCEPT: "referred", Move.RETURN: "claimed", Move.LAPSE: "claimed"},
    Status.REFERRED: {Move.RETURN: "claimed", Move.REOPEN: "working"},
    Status.WITHDRAWN: {},
}
# Moves of the reporter and of the clock: no permission is asked for.
THEIRS = (Move.REPLY, Move.LAPSE, Move.RELEASE, Move.OBJECT, Move.WITHDRAW)
EVERYTHING = [(status, move) for status in Status for move in Move]


def test_every_status_has_its_row() -> None:
    assert set(LIFE) == set(Status)


@pytest.mark.parametrize(("status", "move"), EVERYTHING)
def test_a_move_leads_where_the_table_says_or_nowhere(status: Status, move: Move) -> None:
    assert after(status, move) == LIFE[status].get(move)


def test_an_incident_is_open_as_long_as_the_team_has_something_to_do() -> None:
    at_work = (Move.START, Move.ASK, Move.RESOLVE, Move.CLOSE, Move.ACCEPT)
    assert {status for status in Status if not LIFE[status].keys().isdisjoint(at_work)} == set(OPEN)
    assert set(OPEN) | set(ENDED) == set(Status)


def test_only_what_is_worked_on_can_be_withdrawn_and_only_what_is_finished_objected_to() -> None:
    assert {status for status in Status if Move.WITHDRAW in LIFE[status]} == set(WORKABLE)
    assert {status for status in Status if Move.OBJECT in LIFE[status]} == set(FINISHED)


def test_nothing_but_a_withdrawal_is_for_ever() -> None:
    assert [status for status in Status if not LIFE[status]] == [Status.WITHDRAWN]


def test_every_move_has_its_rule() -> None:
    assert set(MOVES) == set(Move)
    for move, rule in MOVES.items():
        assert (rule.permission is None) == (move in THEIRS), move
        assert rule.by_clock == (move in (Move.LAPSE, Move.RELEASE))
        assert rule.redirects == (move is Move.MERGE)


def test_whoever_decides_about_a_new_incident_takes_it_by_that() -> None:
    """Without an owner nobody would hear of what comes after."""
    deciding = {move for move in Move if Move.WITHDRAW is not move and move in LIFE[Status.NEW]}
    assert {move for move, rule in MOVES.items() if rule.takes} == deciding | {Move.REOPEN, Move.SPLIT}


def test_whatever_comes_back_to_work_comes_back_to_an_owner_who_still_works() -> None:
    ended = (*FINISHED, Status.REFERRING, Status.REFERRED, Status.DUPLICATE)
    coming_back = {move for status in ended for move, to in LIFE[status].items() if to in WORKABLE}
    assert {move for move, rule in MOVES.items() if rule.returns} == coming_back | {Move.REPLY}


@pytest.mark.parametrize("move", FORMS_OF)
def test_a_form_of_the_team_belongs_to_one_move_and_serves_every_source(move: Move) -> None:
    assert set(FORMS_OF[move]) == set(Source)
    assert {MOVE_OF[form.name] for form in FORMS_OF[move].values()} == {move}


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
