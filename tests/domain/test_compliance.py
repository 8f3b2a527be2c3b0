"""Sums over what is owed: nothing is lost, nothing is counted twice, a hundred per cent means all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import compliance
from bot.domain.agencies import Kind
from bot.domain.compliance import URGENCY, Counted, Reach, Tally
from bot.domain.obligations import Evidence, Rule, Standing, State
from bot.domain.policy_rows import Words

TODAY = date(2026, 11, 23)
ROWS = st.lists(
    st.builds(
        Counted,
        agency=st.sampled_from("abc"),
        kind=st.just(Kind.COMMUNE),
        rule=st.sampled_from(["scan", "plan"]),
        standing=st.sampled_from(URGENCY),
        of_system=st.booleans(),
        level=st.sampled_from([None, 1, 3]),
        n=st.integers(1, 40),
        oldest=st.dates(date(2026, 1, 1), TODAY),
    ),
    max_size=30,
)


def drill(**changes: object) -> Rule:
    told: dict[str, object] = {"key": "drill", "name": Words(vi="Diễn tập"), "evidence": Evidence.DRILL, "months": 12}
    return Rule.model_validate({**told, "min_level": 3, **changes})


@given(ROWS)
@settings(max_examples=40)
def test_a_whole_is_the_sum_of_its_parts_however_it_is_cut(rows: list[Counted]) -> None:
    whole = compliance.tally(rows)
    assert whole.total == sum(row.n for row in rows)
    for parts in (
        compliance.tallies(rows, lambda row: row.agency),
        compliance.tallies(rows, lambda row: row.rule),
        compliance.tallies(rows, lambda row: (row.of_system, row.level)),
    ):
        for standing in Standing:
            assert sum(part.of(standing) for part in parts.values()) == whole.of(standing)
        assert min((part.oldest for part in parts.values() if part.oldest), default=None) == whole.oldest


@given(ROWS)
@settings(max_examples=40)
def test_only_all_on_time_is_a_hundred_per_cent(rows: list[Counted]) -> None:
    tally = compliance.tally(rows)
    late = tally.of(Standing.OVERDUE, Standing.WAITING)
    if tally.share is None:
        assert tally.on_time == late == 0
    else:
        assert (tally.share == 100) == (late == 0)
        assert 0 <= tally.share <= 100


@pytest.mark.parametrize(
    ("counts", "share"),
    [
        ({Standing.DONE: 2, Standing.OVERDUE: 1}, 66),
        ({Standing.DONE: 199, Standing.SOON: 0, Standing.OVERDUE: 1}, 99),
        ({Standing.SOON: 1, Standing.WAITING: 1}, 50),
        ({Standing.WAIVED: 3, Standing.UNKNOWN: 4}, None),
        ({Standing.DONE: 1, Standing.WAIVED: 99, Standing.UNKNOWN: 99}, 100),
        ({}, None),
    ],
)
def test_what_is_waived_or_unknown_moves_no_share(counts: dict[Standing, int], share: int | None) -> None:
    assert Tally(counts).share == share


def test_a_cell_shows_the_most_urgent_and_nothing_where_nothing_is_owed() -> None:
    everything = dict.fromkeys(reversed(URGENCY), 1)
    for standing in URGENCY:
        assert Tally(everything).worst is standing
        del everything[standing]
    assert Tally({}).worst is Standing.NONE


@pytest.mark.parametrize(
    ("state", "due", "done", "stands"),
    [
        (State.OPEN, -1, None, Standing.OVERDUE),
        (State.OPEN, 0, None, Standing.SOON),
        (State.OPEN, 30, None, Standing.SOON),
        (State.OPEN, 31, None, Standing.DONE),
        (State.SUBMITTED, -1, None, Standing.WAITING),
        (State.WAIVED, -1, None, Standing.WAIVED),
        (State.MET, None, -5, Standing.DONE),
        (State.MET, None, None, Standing.NONE),  # waits for an event that never came
        (State.ENDED, -1, None, Standing.NONE),
    ],
)
def test_each_state_is_counted_as_it_is_shown(
    state: State, due: int | None, done: int | None, stands: Standing
) -> None:
    def day(days: int | None) -> date | None:
        return None if days is None else TODAY + timedelta(days)

    assert compliance.counted(state, day(due), day(done), TODAY) is stands


def test_what_goes_by_a_level_that_nobody_has_determined_is_unknown_and_nothing_else_is() -> None:
    rules = [drill(), drill(key="scan", min_level=None), drill(key="report", scope="agencies", min_level=None)]
    (unknown,) = compliance.unknowns(rules, "a", Kind.COMMUNE, 7)
    assert (unknown.rule, unknown.n, unknown.standing, unknown.level) == ("drill", 7, Standing.UNKNOWN, None)
    assert compliance.unknowns(rules, "a", Kind.COMMUNE, 0) == []
    assert compliance.unknowns(rules, "a", Kind.PROVIDER, 7) == []


def test_an_agency_is_out_of_reach_where_all_its_contacts_are() -> None:
    assert [compliance.reach(*one) for one in ((0, 0), (2, 2), (2, 1), (1, 0))] == [
        *(Reach.NOBODY, Reach.RED, Reach.REACHED, Reach.REACHED)
    ]
