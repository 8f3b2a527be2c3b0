"""The ladder of reminders: which morning, who hears, and what a missed day, a weekend or Tết does to it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.demo import example_policy
from bot.domain.moments import HANOI
from bot.domain.policy_rows import Words
from bot.domain.reminding import (
    Audience,
    Place,
    Reminders,
    Rung,
    heard_by,
    is_time,
    look_at,
    moment_of,
    morning,
    next_to,
    reached,
    rungs,
    stands_in,
)
from bot.domain.rota import Holiday, holiday

POLICY = example_policy()
REMINDERS, HOLIDAYS = POLICY.reminders, POLICY.holidays
RULES = {rule.key: rule for rule in POLICY.obligations}
SCAN = RULES["scan"]
DAYS = st.dates(date(2026, 1, 1), date(2036, 12, 31))
OFFICER, DEPUTY, HEAD, DEPARTMENT = Audience


def at(day: date, hour: int = 8) -> datetime:
    return datetime.combine(day, time(hour), HANOI).astimezone(UTC)


def test_the_ladder_is_that_of_the_letter() -> None:
    ladder = list(islice(rungs(REMINDERS, SCAN), 11))
    assert [rung.offset for rung in ladder] == [-30, -14, -7, -1, 0, 7, 14, 21, 28, 30, 35]
    assert {rung.offset: rung.to for rung in ladder if rung.to != (OFFICER,)} == {
        7: (OFFICER, DEPUTY),
        14: (OFFICER, HEAD),
        30: (DEPARTMENT,),
    }


def test_a_rule_with_little_time_has_a_ladder_of_its_own() -> None:
    assert [rung.offset for rung in islice(rungs(REMINDERS, RULES["fix"]), 4)] == [-3, -1, 0, 7]


def test_a_ladder_goes_on_from_any_rung() -> None:
    whole = list(islice(rungs(REMINDERS, SCAN), 60))
    for place, rung in enumerate(whole):
        assert next(rungs(REMINDERS, SCAN, rung.offset)) == (whole[place + 1] if place < 59 else Rung(385, (OFFICER,)))


@pytest.mark.parametrize(
    ("offset", "morning_of"),
    [
        (-30, date(2027, 4, 2)),  # 03/04 is a Saturday: the Friday before
        (-7, date(2027, 4, 26)),
        (-1, date(2027, 4, 29)),  # 02/05 is a Sunday after two days off: the Thursday before
        (0, date(2027, 5, 3)),
        (7, date(2027, 5, 10)),
    ],
)
def test_mornings_are_those_of_working_days(offset: int, morning_of: date) -> None:
    """Due on Monday 03/05/2027, after 30/04 (Friday, off), 01/05 and 02/05 (weekend)."""
    place = Place(date(2027, 5, 3), date(2027, 1, 4))
    assert moment_of(REMINDERS, Rung(offset, (OFFICER,)), place, HOLIDAYS) == at(morning_of)


def test_nobody_is_reminded_at_tet() -> None:
    place = Place(date(2027, 2, 8), date(2026, 12, 1))  # in the middle of it
    told = [moment_of(REMINDERS, rung, place, HOLIDAYS) for rung in islice(rungs(REMINDERS, SCAN), 8)]
    assert all(holiday(HOLIDAYS, moment.astimezone(HANOI).date()) is None for moment in told)
    assert at(date(2027, 2, 4)) in told  # the last working morning before it
    assert told == sorted(told)


def test_what_was_overdue_before_it_was_written_down_climbs_from_that_day() -> None:
    place = Place(date(2022, 12, 30), date(2026, 11, 23))
    first = reached(REMINDERS, RULES["plan"], place, at(date(2026, 11, 23)), HOLIDAYS)
    assert first == Rung(0, (OFFICER,))
    week_later = Place(place.due_on, place.opened_on, told=0)
    assert look_at(REMINDERS, RULES["plan"], week_later, HOLIDAYS) == at(date(2026, 11, 30))
    assert reached(REMINDERS, RULES["plan"], week_later, at(date(2026, 11, 30)), HOLIDAYS) == Rung(7, (OFFICER, DEPUTY))


def test_rungs_that_were_missed_are_one_reminder_and_leave_nobody_out() -> None:
    place = Place(date(2026, 11, 2), date(2026, 5, 4), told=-30)
    assert reached(REMINDERS, SCAN, place, at(date(2026, 12, 2), 7), HOLIDAYS) == Rung(28, (OFFICER, DEPUTY, HEAD))
    assert reached(REMINDERS, SCAN, place, at(date(2026, 12, 2)), HOLIDAYS) == Rung(
        30, (OFFICER, DEPUTY, HEAD, DEPARTMENT)
    )


def test_a_reminder_says_who_hears_of_it_next() -> None:
    place = Place(date(2026, 11, 2), date(2026, 5, 4))
    assert next_to(REMINDERS, SCAN, place, -7) == (DEPUTY, date(2026, 11, 9))
    assert next_to(REMINDERS, SCAN, place, 7) == (HEAD, date(2026, 11, 16))
    assert next_to(REMINDERS, SCAN, place, 21) == (DEPARTMENT, date(2026, 12, 2))
    assert next_to(REMINDERS, SCAN, place, 30) is None


@pytest.mark.parametrize("key", sorted(RULES))
@settings(max_examples=50)
@given(opened=DAYS, ahead=st.integers(-2000, 400), told=st.none() | st.integers(-30, 700), later=st.integers(0, 900))
def test_whatever_the_day_the_ladder_goes_up_and_ends_in_the_future(
    key: str, opened: date, ahead: int, told: int | None, later: int
) -> None:
    """What is reached was due, what is next lies ahead; telling one and looking again tells nothing."""
    rule, place = RULES[key], Place(opened + timedelta(days=ahead), opened, told)
    now = at(opened + timedelta(days=later), 9)
    rung = reached(REMINDERS, rule, place, now, HOLIDAYS)
    if rung is None:
        assert look_at(REMINDERS, rule, place, HOLIDAYS) > now
        return
    assert told is None or rung.offset > told
    assert moment_of(REMINDERS, rung, place, HOLIDAYS) <= now
    after = Place(place.due_on, place.opened_on, rung.offset)
    assert reached(REMINDERS, rule, after, now, HOLIDAYS) is None
    assert look_at(REMINDERS, rule, after, HOLIDAYS) > now


@given(opened=DAYS, ahead=st.integers(-900, 400))
def test_mornings_never_go_back(opened: date, ahead: int) -> None:
    place = Place(opened + timedelta(days=ahead), opened)
    after = -1 if place.due_on < place.opened_on else None
    told = [moment_of(REMINDERS, rung, place, HOLIDAYS) for rung in islice(rungs(REMINDERS, SCAN, after), 30)]
    assert all(earlier <= later for earlier, later in pairwise(told))
    for moment in told:
        local = moment.astimezone(HANOI)
        assert (local.hour, local.isoweekday() <= 5) == (8, True)


def test_a_week_off_and_a_single_working_day_are_no_trouble() -> None:
    hurried = Reminders(weekdays=(3,), at=time(7, 30))
    long_rest = (Holiday(**{"from": date(2027, 2, 1), "until": date(2027, 2, 28), "name": Words(vi="x")}),)
    assert morning(hurried, date(2027, 2, 5), long_rest) == at(date(2027, 3, 3), 7) + timedelta(minutes=30)
    assert morning(hurried, date(2027, 2, 5), long_rest, earlier=True) == at(date(2027, 1, 27), 7) + timedelta(
        minutes=30
    )


def test_people_are_written_to_between_the_morning_and_the_end_of_a_working_day_alone() -> None:
    monday = date(2026, 11, 23)
    assert [hour for hour in range(24) if is_time(REMINDERS, at(monday, hour), HOLIDAYS)] == list(range(8, 17))
    assert not is_time(REMINDERS, at(date(2026, 11, 22), 9), HOLIDAYS)
    assert not is_time(REMINDERS, at(date(2027, 1, 1), 9), HOLIDAYS)
    assert is_time(REMINDERS, at(date(2027, 1, 1), 9), ())


def test_a_working_day_ends_after_it_began() -> None:
    with pytest.raises(ValueError, match="later than at"):
        Reminders(at=time(8), until=time(8))


def test_a_post_that_nobody_holds_is_passed_over_upwards_and_nobody_hears_twice() -> None:
    staffed = {OFFICER: ["a", "b"], DEPUTY: ["c"], HEAD: ["d"]}
    assert heard_by((OFFICER, DEPUTY), staffed, "list") == ("a", "b", "c")
    assert heard_by((OFFICER, DEPUTY), {HEAD: ["d"]}, "list") == ("d",)
    assert heard_by((HEAD,), {OFFICER: ["a"]}, "list") == ("list",)
    assert heard_by((OFFICER, DEPARTMENT), {}, "list") == ("list",)
    assert heard_by((), staffed, "list") == ()


def test_an_empty_post_is_passed_over_upwards_in_words_too() -> None:
    assert stands_in(DEPUTY, {OFFICER, DEPUTY}) is DEPUTY
    assert stands_in(DEPUTY, {OFFICER, HEAD}) is HEAD
    assert stands_in(DEPUTY, {OFFICER}) is DEPARTMENT
    assert stands_in(DEPARTMENT, set()) is DEPARTMENT
