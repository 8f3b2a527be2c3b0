"""Who is told next: in the right order, once a rung, whatever time does and whoever is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.climbing import Climbing
from bot.domain.clocks import Clock, Deadline
from bot.domain.incidents import EventKind, Severity, Status
from bot.domain.ladder import (
    UP,
    Past,
    Rung,
    Standing,
    Trodden,
    breaks_promise,
    climb_of,
    is_vain,
    lapses_at,
    mark_of,
    new_time,
    next_rung,
    quiet,
    steps,
)
from bot.domain.levels import LegalClock
from bot.domain.policy_rows import Words

T0 = datetime(2026, 11, 22, 2, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TEN_YEARS = timedelta(days=3652)
POLICY = Climbing()
EVERYBODY: Mapping[Rung, Sequence[str]] = {rung: (str(rung),) for rung in UP}


def standing(severity: Severity = Severity.ORDINARY, **more: object) -> Standing:
    return Standing(severity, T0, **more)  # type: ignore[arg-type]


def answer(hours: float = 8) -> Deadline:
    return Deadline(Clock.ANSWER, T0, T0 + hours * HOUR)


ALARM = Deadline(Clock.CLAIM, T0, T0 + 15 * MINUTE)
DOUBTED = standing(Severity.EMERGENCY)


class Story:
    """A ladder through time: looked at now and then, everything that it did written down."""

    def __init__(self, one: Deadline, how: Standing, who: Mapping[Rung, Sequence[str]] = EVERYBODY) -> None:
        self.one, self.how, self.who = one, how, who
        self.past: dict[Rung, Trodden] = {}
        self.told: list[tuple[Rung, timedelta]] = []

    def look(self, now: datetime) -> None:
        climb = climb_of(self.one, self.how, POLICY)
        for step in steps(climb, self.past, self.who, now) if climb is not None else ():
            assert step.rung not in self.past, "a rung is trodden once"
            self.past[step.rung] = Trodden(now, step.people)
            if step.people:
                self.told.append((step.rung, now - T0))

    def watch(self, until: timedelta, every: timedelta = MINUTE) -> list[tuple[Rung, int]]:
        """Look so often for so long; who was told, at which minute."""
        now = T0
        while now <= T0 + until:
            self.look(now)
            now += every
        return [(rung, int(at / MINUTE)) for rung, at in self.told]


def test_a_frozen_team_lets_the_ladder_reach_the_top_an_hour_a_rung() -> None:
    assert Story(answer(), standing()).watch(20 * HOUR) == [
        (Rung.OWNER, 480),
        (Rung.DUTY, 540),
        (Rung.DEPUTY, 600),
        (Rung.LEADER, 660),
    ]


def test_empty_rungs_are_passed_at_once() -> None:
    alone = Story(answer(), standing(), {Rung.LEADER: ("lead",)})
    assert alone.watch(9 * HOUR) == [(Rung.LEADER, 480)]
    assert list(alone.past) == list(UP)


def test_whoever_stands_on_two_rungs_is_told_once_and_the_next_one_waits_for_nobody_more() -> None:
    both = {**EVERYBODY, Rung.OWNER: ("duty",)}
    assert Story(answer(), standing(), both).watch(20 * HOUR) == [
        (Rung.OWNER, 480),
        (Rung.DEPUTY, 540),
        (Rung.LEADER, 600),
    ]


def test_whoever_was_only_warned_is_still_told_that_it_is_missed() -> None:
    story = Story(answer(), standing())
    story.past = {Rung.NEARLY: Trodden(T0, ("owner",)), Rung.HALF: Trodden(T0, ("duty",))}
    assert [rung for rung, _ in story.watch(20 * HOUR)] == list(UP)


def test_a_ladder_on_which_nobody_stands_is_vain() -> None:
    story = Story(answer(), standing(), {})
    story.watch(9 * HOUR)
    climb = climb_of(story.one, story.how, POLICY)
    assert climb is not None
    assert is_vain(climb, story.past)
    assert not is_vain(climb, {**story.past, Rung.DUTY: Trodden(T0, ("duty",))})
    assert not is_vain(climb, {})


def test_after_an_outage_the_ladder_goes_on_rung_by_rung_and_leaves_nobody_out() -> None:
    story = Story(answer(), standing())
    story.look(T0 + 30 * HOUR)
    story.look(T0 + 30 * HOUR)
    story.look(T0 + 31 * HOUR)
    assert [rung for rung, _ in story.told] == [Rung.OWNER, Rung.DUTY]


@pytest.mark.parametrize(
    "one",
    [
        Deadline(Clock.ANSWER, T0, T0 + HOUR, met_at=T0 + 2 * HOUR),
        Deadline(Clock.RESOLVE, T0, T0 + HOUR, paused=True),
        Deadline("law", T0, T0 + HOUR, legal=LegalClock(key="law", name=Words(vi="x"), hours=24)),
    ],
)
def test_what_was_met_or_rests_or_is_the_duty_of_others_does_not_climb(one: Deadline) -> None:
    assert climb_of(one, standing(), POLICY) is None
    assert Story(one, standing()).watch(9 * HOUR) == []


# Emergencies --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "told"),
    [
        (DOUBTED, [(Rung.DUTY, 0), (Rung.DEPUTY, 15), (Rung.LEADER, 20)]),
        (standing(Severity.EMERGENCY, trusted=True), [(Rung.DUTY, 0), (Rung.DEPUTY, 5), (Rung.LEADER, 10)]),
        (standing(Severity.EMERGENCY, confirmed_at=T0 + 8 * MINUTE), [(Rung.DUTY, 0), (Rung.DEPUTY, 8)]),
        (standing(Severity.EMERGENCY, confirmed_at=T0 + 40 * MINUTE), [(Rung.DUTY, 0), (Rung.DEPUTY, 15)]),
        (standing(Severity.EMERGENCY, refused=True), [(Rung.DUTY, 0)]),
        (standing(Severity.EMERGENCY, refused=True, confirmed_at=T0 + 3 * MINUTE), [(Rung.DUTY, 0), (Rung.DEPUTY, 5)]),
    ],
)
def test_an_emergency_rings_the_duty_officer_at_once_and_goes_higher_when_somebody_vouches_for_it(
    how: Standing, told: list[tuple[Rung, int]]
) -> None:
    found = Story(ALARM, how).watch(3 * HOUR)
    assert found[: len(told)] == told
    assert len(found) == (1 if how.refused and how.confirmed_at is None else 3)


def test_an_emergency_without_duty_officer_rings_whoever_comes_first_and_then_waits_as_well() -> None:
    nobody_on_duty = {Rung.DEPUTY: ("deputy",), Rung.LEADER: ("leader",)}
    assert Story(ALARM, DOUBTED, nobody_on_duty).watch(HOUR) == [(Rung.DEPUTY, 0), (Rung.LEADER, 15)]


def test_what_is_doubted_and_often_refused_climbs_no_higher_by_any_clock() -> None:
    doubted = standing(Severity.EMERGENCY, refused=True)
    assert [rung for rung, _ in Story(answer(0.5), doubted).watch(9 * HOUR)] == [Rung.OWNER, Rung.DUTY]


# Marks, promises, claims --------------------------------------------------------------------------------------------


def test_the_latest_mark_is_said_and_older_ones_are_not_made_up_for() -> None:
    one, how = answer(10), standing()
    assert mark_of(one, {}, how, T0 + 4.9 * HOUR) is None
    assert mark_of(one, {}, how, T0 + 5 * HOUR) is Rung.HALF
    assert mark_of(one, {Rung.HALF: Trodden(T0)}, how, T0 + 6 * HOUR) is None
    assert mark_of(one, {}, how, T0 + 9 * HOUR) is Rung.NEARLY
    assert mark_of(one, {Rung.NEARLY: Trodden(T0)}, how, T0 + 9 * HOUR) is None
    assert mark_of(one, {}, how, T0 + 10 * HOUR) is None


def test_of_what_the_law_asks_it_is_said_when_it_is_over_but_not_what_the_receipt_has_said() -> None:
    row = LegalClock(key="law", name=Words(vi="x"), hours=24)
    late = Deadline("law", T0 - 20 * HOUR, T0 + 4 * HOUR, legal=row)
    assert mark_of(late, {}, standing(), T0) is None
    assert mark_of(late, {}, standing(), T0 + 4 * HOUR) is Rung.OVER
    over = Deadline("law", T0 - 30 * HOUR, T0 - 6 * HOUR, legal=row)
    assert mark_of(over, {}, standing(), T0 + 90 * HOUR) is None


def test_a_promise_is_taken_back_before_it_is_missed_once_and_with_a_time_ahead() -> None:
    one, how = answer(10), standing()
    assert not breaks_promise(one, {}, T0 + 7.9 * HOUR)
    assert breaks_promise(one, {}, T0 + 8 * HOUR)
    assert not breaks_promise(one, {Rung.REPORTER: Trodden(T0)}, T0 + 9 * HOUR)
    assert not breaks_promise(Deadline(Clock.RESOLVE, T0, T0 + HOUR), {}, T0 + HOUR)
    assert new_time(one, how, POLICY, T0 + 8 * HOUR) == T0 + 18 * HOUR
    assert new_time(one, how, POLICY, T0 + 90 * HOUR) == T0 + 98 * HOUR


def test_a_claim_lapses_unless_something_was_done_and_reading_is_nothing_done() -> None:
    read = [(EventKind.CLAIMED, T0), (EventKind.OPENED, T0 + MINUTE), (EventKind.VIEWED, T0 + MINUTE)]
    assert lapses_at(Status.CLAIMED, T0, read, HOUR) == T0 + HOUR
    assert lapses_at(Status.CLAIMED, T0, [*read, (EventKind.NOTED, T0 + MINUTE)], HOUR) is None
    assert lapses_at(Status.CLAIMED, T0, [(EventKind.NOTED, T0 - MINUTE)], HOUR) == T0 + HOUR
    assert lapses_at(Status.WORKING, T0, read, HOUR) is None
    assert lapses_at(Status.CLAIMED, None, [], HOUR) is None


def test_what_is_grave_rings_at_night_and_the_rest_makes_no_sound() -> None:
    assert [hour for hour in range(24) if quiet(Severity.ORDINARY, hour, POLICY)] == [0, 1, 2, 3, 4, 5, 22, 23]
    assert not any(quiet(Severity.EMERGENCY, hour, POLICY) for hour in range(24))
    never = Climbing(quiet_from=6, quiet_until=6)
    assert not any(quiet(Severity.EVENT, hour, never) for hour in range(24))
    assert quiet(Severity.EVENT, 13, Climbing(quiet_from=12, quiet_until=14))


# Ten years ----------------------------------------------------------------------------------------------------------

crews = st.fixed_dictionaries({rung: st.lists(st.sampled_from("abcd"), max_size=2, unique=True) for rung in UP})
lengths = st.integers(1, 60 * 24 * 30).map(lambda minutes: minutes * MINUTE)
gaps = st.lists(st.timedeltas(timedelta(), TEN_YEARS / 40), min_size=1, max_size=40)
hows = st.builds(
    Standing,
    st.sampled_from(Severity),
    st.just(T0),
    st.none() | st.just(T0 + HOUR),
    st.booleans(),
    st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(clock=st.sampled_from(Clock), length=lengths, how=hows, who=crews, gaps=gaps)
def test_whenever_the_clock_is_looked_at_people_are_told_upwards_once_and_never_two_rungs_at_a_time(
    clock: Clock, length: timedelta, how: Standing, who: Mapping[Rung, Sequence[str]], gaps: list[timedelta]
) -> None:
    one, past, now = Deadline(clock, T0, T0 + length), dict[Rung, Trodden](), T0
    climb = climb_of(one, how, POLICY)
    assert climb is not None
    told: list[tuple[Rung, datetime]] = []
    heard: list[str] = []
    for gap in gaps:
        now += gap
        before = next_rung(climb, past)
        found = steps(climb, past, who, now)
        assert bool(found) == (before is not None and before[1] <= now), "what is due is done, and nothing else"
        assert sum(1 for step in found if step.people) <= 1
        for step in found:
            past[step.rung] = Trodden(now, step.people)
            heard += step.people
            told += [(step.rung, now)] if step.people else []
    assert heard == list(dict.fromkeys(heard)), "nobody hears it twice"
    order = [climb.rungs.index(rung) for rung, _ in told]
    assert order == sorted(set(order))
    assert all(later - earlier >= climb.step for (_, earlier), (_, later) in pairwise(told))
    assert all(at >= climb.begins for _, at in told)
    if climb.beyond is None:
        assert len(told) <= 1
    else:
        assert all(at >= climb.beyond for _, at in told[1:])


@settings(max_examples=150, deadline=None)
@given(length=lengths, who=crews, late=st.timedeltas(timedelta(), TEN_YEARS))
def test_looking_when_the_last_look_said_so_reaches_the_top_and_then_rests(
    length: timedelta, who: Mapping[Rung, Sequence[str]], late: timedelta
) -> None:
    """However late the first look comes; a restart between two looks changes nothing, for all is in what was told."""
    climb = climb_of(Deadline(Clock.RESOLVE, T0, T0 + length), standing(), POLICY)
    assert climb is not None
    past: Past = {}
    now, looks = T0 + late, 0
    while (ahead := next_rung(climb, past)) is not None:
        now = max(now, ahead[1])
        past = {**past, **{step.rung: Trodden(now, step.people) for step in steps(climb, past, who, now)}}
        looks += 1
        assert looks <= len(UP)
    assert list(past) == list(UP)
    assert {person for one in past.values() for person in one.people} == {one for crew in who.values() for one in crew}


def test_an_outbreak_that_somebody_has_climbs_for_its_reports() -> None:
    """Forty reports of one matter are one case: only what a reporter was promised is still said to each."""
    for severity in Severity:
        carried = standing(severity, carried=True)
        for one in (answer(), ALARM):
            assert climb_of(one, standing(severity), POLICY) is not None
            assert climb_of(one, carried, POLICY) is None
            assert mark_of(one, {}, carried, one.at(0.8)) is None
    assert mark_of(answer(), {}, standing(), answer().at(0.8)) is not None
    assert breaks_promise(answer(), {}, answer().at(0.8))
