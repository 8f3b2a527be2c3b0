"""The rota as pure time: ten years without a gap, whatever the pattern; and what the clock says, once each."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.demo import example_policy
from bot.domain import rota
from bot.domain.policy import Policy
from bot.domain.policy_faults import PolicyError
from bot.domain.rota import WEEK, Duty, Holiday, Rota, Say, Slot
from bot.domain.vietnamese import HANOI

MONDAY = date(2026, 11, 23)
USUAL = Rota()

minutes = st.times().map(lambda one: time(one.hour, one.minute))
patterns = st.lists(minutes, min_size=1, max_size=4, unique=True).map(lambda one: Rota(changeovers=tuple(sorted(one))))
mondays = st.integers(0, 521).map(lambda weeks: date(2026, 1, 5) + weeks * WEEK)  # ten years


def hanoi(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), HANOI)


def joins(slots: tuple[Slot, ...]) -> bool:
    return all(one.ends == other.starts for one, other in pairwise(slots))


@given(patterns, mondays)
@settings(deadline=None)
def test_weeks_follow_each_other_without_a_gap_and_without_an_overlap(pattern: Rota, monday: date) -> None:
    this, following = rota.week(pattern, monday), rota.week(pattern, monday + WEEK)
    assert joins(this + following)
    assert len(this) == 7 * len(pattern.changeovers)
    assert {slot.day for slot in this} == {monday + timedelta(days=number) for number in range(7)}
    for slot in this:
        start = slot.starts.astimezone(HANOI)
        assert start.time() in pattern.changeovers
        assert timedelta(0) < slot.ends - slot.starts <= rota.LONGEST


def test_ten_years_of_the_usual_pattern_are_one_chain() -> None:
    weeks = [rota.week(USUAL, date(2026, 1, 5) + number * WEEK) for number in range(522)]
    chain = tuple(slot for week in weeks for slot in week)
    assert joins(chain)
    assert len(chain) == 522 * 14


@given(patterns, patterns, mondays, st.data())
@settings(max_examples=60, deadline=None)
def test_a_new_pattern_moves_nothing_that_is_planned_and_leaves_no_gap(
    old: Rota, new: Rota, monday: date, data: st.DataObject
) -> None:
    before = rota.week(old, monday)
    planned = data.draw(st.sets(st.sampled_from(before), max_size=6))
    since, until = rota.midnight(monday), rota.midnight(monday + WEEK)
    slots = rota.laid(new, since, until, planned)
    assert planned <= set(slots)
    assert joins(slots)
    after = rota.laid(new, until, until + WEEK, planned)
    assert slots[-1].ends == after[0].starts


@given(st.integers(0, 10 * 366 * 24 * 60), patterns)
@settings(deadline=None)
def test_every_moment_lies_in_one_shift_of_its_week_or_of_the_week_before(minute: int, pattern: Rota) -> None:
    now = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=minute)
    monday = rota.monday_of(now)
    assert monday.weekday() == 0
    slots = rota.week(pattern, monday - WEEK) + rota.week(pattern, monday)
    assert sum(slot.covers(now) for slot in slots) == 1


def test_a_night_shift_belongs_to_the_day_on_which_it_begins_in_ha_noi() -> None:
    first, second, *_ = rota.week(USUAL, MONDAY)
    assert (first.starts, first.ends) == (hanoi(MONDAY, 7, 30), hanoi(MONDAY, 19, 30))
    assert second.ends == hanoi(MONDAY + timedelta(days=1), 7, 30)
    assert second.day == MONDAY
    assert first.starts.tzinfo is UTC


def test_days_off_are_found_by_their_dates_and_of_two_the_later_row_speaks() -> None:
    policy = Policy.parse(
        "[[holiday]]\nfrom = 2027-02-05\nuntil = 2027-02-11\nname = { vi = 'Nghỉ Tết' }\n"
        "[[holiday]]\nfrom = 2027-02-06\nname = { vi = 'Mùng 1 Tết' }\n"
    )
    shown = [rota.holiday(policy.holidays, date(2027, 2, day)) for day in range(4, 12)]
    names = [row.name.vi if row else None for row in shown]
    assert names == [None, "Nghỉ Tết", "Mùng 1 Tết", "Nghỉ Tết", "Nghỉ Tết", "Nghỉ Tết", "Nghỉ Tết", None]


@given(mondays, st.integers(0, 6), st.integers(1, 9), st.integers(0, 6))
def test_a_day_off_holds_from_its_first_day_until_the_day_before_its_end(
    monday: date, shift: int, length: int, asked: int
) -> None:
    since, day = monday + timedelta(days=shift), monday + timedelta(days=asked)
    row = Holiday.model_validate({"from": since, "until": since + timedelta(days=length), "name": {"vi": "Nghỉ"}})
    assert (rota.holiday([row], day) is not None) == (0 <= (day - since).days < length)


@pytest.mark.parametrize(
    ("year", "mid_tet"), [(2026, date(2026, 2, 17)), (2027, date(2027, 2, 6)), (2028, date(2028, 1, 26))]
)
def test_the_example_knows_tet_and_the_days_that_never_move(year: int, mid_tet: date) -> None:
    holidays = example_policy().holidays
    days = (mid_tet, date(year, 1, 1), date(year, 4, 30), date(year, 5, 1), date(year, 9, 2))
    assert all(rota.holiday(holidays, day) for day in days)
    assert rota.holiday(holidays, date(year, 11, 23)) is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('changeovers = ["19:30", "07:30"]', "policy.changeovers"),
        ("changeovers = []", "policy.changeovers"),
        ('changeovers = ["07:30:15"]', "policy.changeovers"),
        ('changeovers = ["bảy giờ"]', "policy.not_time"),
        ("announce_hours = 2\nremind_hours = 2", "policy.remind_hours"),
        ("acknowledge_minutes = 0", "policy.too_small"),
    ],
)
def test_a_pattern_that_cannot_be_is_named_with_its_fault(text: str, key: str) -> None:
    with pytest.raises(PolicyError) as wrong:
        Policy.parse(f"[rota]\n{text}")
    assert key in {fault.key for fault in wrong.value.faults}


def test_a_day_off_that_ends_before_it_begins_is_a_fault() -> None:
    with pytest.raises(PolicyError) as wrong:
        Policy.parse("[[holiday]]\nfrom = 2027-02-05\nuntil = 2027-02-05\nname = { vi = 'Tết' }")
    assert [fault.key for fault in wrong.value.faults] == ["policy.until_before_from"]


# What the clock says -------------------------------------------------------------------------------------------------

SHIFT = rota.week(USUAL, MONDAY)[1]  # Monday's night


def said_by(duty: Duty, moments: list[datetime]) -> list[Say]:
    """Ask at each of these moments, as the clock does, and write down what was said."""
    said = []
    for now in moments:
        while (say := rota.due(USUAL, duty, now)) is not None:
            said.append(say)
            duty = noted(duty, say, now)
            assert len(said) < 10, "said without end"
        later = rota.look_at(USUAL, duty, now)
        assert later is None or later > now
    return said


def noted(duty: Duty, say: Say, now: datetime) -> Duty:
    told = {
        "announced_at": now if say in (Say.EMPTY, Say.EMPTY_NOW) else duty.announced_at,
        "called_at": now if say is Say.CALL else duty.called_at,
        "climbed": duty.climbed + (say in (Say.CLIMB, Say.CLIMB_AGAIN)),
    }
    return Duty(duty.slot, duty.is_empty, told["announced_at"], told["called_at"], None, told["climbed"])  # type: ignore[arg-type]


asked_at = st.lists(
    st.integers(-30 * 60, 14 * 60).map(lambda after: SHIFT.starts + timedelta(minutes=after)), max_size=40
).map(sorted)


@given(asked_at)
def test_an_empty_shift_is_announced_a_day_before_two_hours_before_and_when_it_begins_once_each(
    moments: list[datetime],
) -> None:
    said = said_by(Duty(SHIFT, is_empty=True), moments)
    marks = (SHIFT.starts - timedelta(hours=24), SHIFT.starts - timedelta(hours=2), SHIFT.starts, SHIFT.ends)
    asked = [any(begin <= now < end for now in moments) for begin, end in pairwise(marks)]
    assert said.count(Say.EMPTY) == asked[0] + asked[1]
    assert said.count(Say.EMPTY_NOW) == asked[2]
    assert len(said) == sum(asked)


@given(asked_at)
def test_nobody_who_answers_late_is_passed_over_and_no_rung_hears_twice(moments: list[datetime]) -> None:
    said = said_by(Duty(SHIFT, is_empty=False), moments)
    assert said == [Say.CALL, Say.CLIMB, Say.CLIMB_AGAIN][: len(said)]
    assert bool(said) == any(SHIFT.covers(now) for now in moments)


def test_every_minute_asked_the_call_climbs_after_a_quarter_and_after_half_an_hour() -> None:
    heard = {}
    duty = Duty(SHIFT, is_empty=False)
    for minute in range(120):
        now = SHIFT.starts + timedelta(minutes=minute)
        while (say := rota.due(USUAL, duty, now)) is not None:
            heard[say] = minute
            duty = noted(duty, say, now)
    assert heard == {Say.CALL: 0, Say.CLIMB: 15, Say.CLIMB_AGAIN: 30}


def test_who_has_answered_is_asked_no_more_and_a_shift_that_is_over_says_nothing() -> None:
    here = Duty(SHIFT, is_empty=False, called_at=SHIFT.starts, acknowledged_at=SHIFT.starts)
    assert rota.due(USUAL, here, SHIFT.starts + timedelta(hours=1)) is None
    assert rota.look_at(USUAL, here, SHIFT.starts + timedelta(hours=1)) is None
    assert rota.due(USUAL, Duty(SHIFT, is_empty=True), SHIFT.ends) is None
    assert rota.look_at(USUAL, Duty(SHIFT, is_empty=False), SHIFT.ends) is None
