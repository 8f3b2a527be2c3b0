"""The pace keeps every limit whatever the network does, and keeps room for people who wait."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.sending import Lane, Limits, Rate
from jobs.pace import Pace

LIMITS = Limits()
GROUPS = (-101, -102)
PEOPLE = (1, 2, 3)


@dataclass
class Sky:
    """Requests that fly: each reaches Telegram and comes back at its own moments; time passes only by `wait_until`."""

    limits: Limits | None = field(default_factory=lambda: LIMITS)
    now: float = 1000.0
    arrivals: list[tuple[float, int]] = field(default_factory=list)
    flying: list[tuple[float, int, Lane]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pace = Pace(self.limits, lambda: self.now)

    def wait_until(self, moment: float) -> None:
        while self.flying and self.flying[0][0] <= moment:
            self.now, chat, lane = heapq.heappop(self.flying)
            self.pace.landed(chat, lane)
        self.now = max(self.now, moment)

    def may(self, chat: int, lane: Lane) -> bool:
        return self.pace.room(lane) > 0 and chat not in self.pace.blocked(lane)

    def sends(self, chat: int, lane: Lane, out: float = 0.0, back: float = 0.0) -> None:
        self.pace.take(chat, lane)
        self.arrivals.append((self.now + out, chat))
        heapq.heappush(self.flying, (self.now + out + back, chat, lane))

    def tries(self, chat: int, lane: Lane, out: float = 0.0, back: float = 0.0) -> bool:
        allowed = self.may(chat, lane)
        if allowed:
            self.sends(chat, lane, out, back)
        return allowed

    def volley(self, lane: Lane, delay: float) -> None:
        """To as many new chats as may be sent to at this moment, fifty at most."""
        for chat in range(10_000 + len(self.arrivals), 10_050 + len(self.arrivals)):
            if not self.tries(chat, lane, delay, delay):
                return

    def sleeps(self) -> None:
        """What a dispatcher does: sleeps until time or a landing frees something."""
        moments = [self.pace.next_change(), self.flying[0][0] if self.flying else None]
        self.wait_until(min(moment for moment in moments if moment is not None))


def keeps_bucket(times: list[float], rate: Rate) -> bool:
    """In any stretch of time no more than the burst and what the rate adds meanwhile."""
    times = sorted(times)
    return all(
        last - first + 1 <= rate.burst + rate.per_second * (times[last] - times[first]) + 1e-6
        for first in range(len(times))
        for last in range(first, len(times))
    )


def keeps_window(times: list[float], count: int, seconds: float) -> bool:
    times = sorted(times)
    return all(later - earlier >= seconds for earlier, later in zip(times, times[count:], strict=False))


delays = st.one_of(st.just(0.0), st.floats(0, 8))
volleys = st.tuples(
    st.one_of(st.just(0.0), st.floats(0, 0.3), st.floats(0, 70)),  # pause before it
    st.sampled_from((*GROUPS, *PEOPLE, None)),  # None: as many chats as shots
    st.sampled_from(Lane),
    st.integers(1, 45),
    delays,
    delays,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(volleys, max_size=14))
def test_no_limit_is_ever_exceeded_at_telegrams_door_however_requests_are_delayed(
    plan: list[tuple[float, int | None, Lane, int, float, float]],
) -> None:
    sky = Sky()
    for pause, chat, lane, shots, out, back in plan:
        sky.wait_until(sky.now + pause)
        for shot in range(shots):
            sky.tries(chat or 1000 + shot, lane, out, back)
    assert keeps_bucket([at for at, _ in sky.arrivals], LIMITS.overall)
    for person in {chat for _, chat in sky.arrivals if chat > 0}:
        assert keeps_bucket([at for at, chat in sky.arrivals if chat == person], LIMITS.private)
    for group in GROUPS:
        times = [at for at, chat in sky.arrivals if chat == group]
        assert keeps_window(times, LIMITS.group_count, LIMITS.group_seconds)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.21, 1.0), min_size=5, max_size=25), st.floats(0, 0.25))
def test_a_flood_of_advisories_never_makes_a_person_wait(gaps: list[float], delay: float) -> None:
    sky = Sky()
    for person, gap in enumerate(gaps, start=1):
        until = sky.now + gap
        while sky.now < until:
            sky.volley(Lane.ADVISORY, delay)
            sky.wait_until(min(until, sky.now + 0.02))
        assert sky.tries(person, Lane.ANSWER, delay, delay)


def test_a_conversation_may_say_five_things_at_once_and_then_one_a_second() -> None:
    sky = Sky()
    assert [sky.tries(1, Lane.ANSWER) for _ in range(6)] == [True] * 5 + [False]
    sky.wait_until(sky.now + 0.5)
    assert not sky.may(1, Lane.ANSWER)
    sky.wait_until(sky.now + 0.55)
    assert sky.may(1, Lane.ANSWER)


def test_a_group_that_is_full_leaves_every_other_chat_alone() -> None:
    sky = Sky()
    assert [sky.tries(-7, Lane.EMERGENCY) for _ in range(21)] == [True] * 20 + [False]
    sky.wait_until(sky.now)
    assert sky.pace.blocked() == sky.pace.blocked(Lane.EMERGENCY) == {-7}
    assert sky.may(-8, Lane.NOTICE)
    assert sky.may(7, Lane.ADVISORY)
    sky.wait_until(sky.now + 61)
    assert sky.pace.blocked() == frozenset()


def test_a_group_hears_four_lines_at_once_and_then_one_now_and_then() -> None:
    """Seventeen in any minute: the last places are there for emergencies."""
    sky = Sky()
    assert [sky.tries(-7, Lane.ANSWER) for _ in range(5)] == [True] * 4 + [False]
    assert sky.pace.blocked() == {-7}
    assert sky.pace.blocked(Lane.EMERGENCY) == frozenset()
    start, sent = sky.now, 4
    while sky.now < start + 300:
        sky.sleeps()
        sent += sky.tries(-7, Lane.NOTICE)
    assert 5 * 17 <= sent <= 5 * 17 + 2


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.05, 9), min_size=10, max_size=60), st.floats(0, 0.4), st.integers(0, 70))
def test_an_emergency_finds_a_place_whatever_else_is_said(gaps: list[float], delay: float, before: int) -> None:
    """One every 4.5 s, and two more at any moment, in a group to which everything else is said that may be."""
    sky = Sky()
    kept, extra = LIMITS.kept_for_emergencies, LIMITS.kept_for_emergencies.at_once
    due = sky.now + before
    for gap in gaps:
        for _ in range(3):
            sky.tries(-7, Lane.ANSWER, delay, delay)
        sky.wait_until(sky.now + gap)
        while due <= sky.now:
            assert sky.tries(-7, Lane.EMERGENCY, delay, delay)
            due = max(due + kept.every, sky.now + kept.every)
    assert all(sky.tries(-7, Lane.EMERGENCY) for _ in range(extra))


def test_a_group_that_may_hear_little_keeps_nothing_free() -> None:
    sky = Sky(limits=Limits(group_count=12))
    assert [sky.tries(-7, Lane.NOTICE) for _ in range(13)] == [True] * 12 + [False]


def test_a_request_in_the_air_holds_its_place_until_it_has_landed() -> None:
    sky = Sky()
    for _ in range(5):
        sky.sends(1, Lane.ANSWER, out=100, back=0)
    sky.wait_until(sky.now + 50)
    assert sky.pace.blocked() == {1}
    assert sky.pace.next_change() is None, "time alone frees nothing"


def broadcast(lane: Lane, seconds: float, delay: float) -> int:
    sky = Sky()
    end = sky.now + seconds
    while sky.now < end:
        sky.volley(lane, delay)
        sky.sleeps()
    return len(sky.arrivals)


def test_five_minutes_of_answers_use_the_whole_rate() -> None:
    assert 29.5 * 300 < broadcast(Lane.ANSWER, 300, delay=0.1) < 30 * 300 + 30


def test_five_minutes_of_advisories_use_all_but_what_is_kept_for_people() -> None:
    assert 24.5 * 300 < broadcast(Lane.ADVISORY, 300, delay=0.1) < 25 * 300 + 30


def test_who_sleeps_until_the_next_change_wakes_exactly_when_something_is_free() -> None:
    sky = Sky()
    wakes, sent = 0, 0
    start = sky.now
    while sent < 100:
        if sky.tries(-7, Lane.EMERGENCY, 0.05, 0.05):
            sent += 1
            continue
        wakes += 1
        sky.sleeps()
    assert 240 < sky.now - start < 244, "four windows of 60.6 s, and the flights"
    assert wakes < 2 * 100 + 20, "every sleep ends with a landing or with room"


def test_nothing_changes_by_itself_where_nothing_waits() -> None:
    assert Sky().pace.next_change() is None


def test_a_flood_stops_its_own_chat_and_no_other() -> None:
    sky = Sky()
    sky.pace.halt(5, 3)
    assert sky.pace.blocked() == {5}
    assert sky.pace.room(Lane.ADVISORY) > 0
    assert sky.pace.next_change() == sky.now + 3
    sky.wait_until(sky.now + 3)
    assert sky.pace.blocked() == frozenset()


def test_a_shorter_rest_does_not_cut_a_longer_one() -> None:
    sky = Sky()
    sky.pace.halt(5, 30)
    sky.pace.halt(5, 1)
    sky.wait_until(sky.now + 29)
    assert sky.pace.blocked() == {5}


def test_floods_in_three_chats_within_a_second_silence_every_lane_for_the_longest_rest() -> None:
    sky = Sky()
    for chat, seconds in ((5, 3), (6, 9), (-7, 2)):
        sky.pace.halt(chat, seconds)
        sky.wait_until(sky.now + 0.3)
    longest = 1000.3 + 9
    assert [sky.pace.room(lane) for lane in Lane] == [0] * len(Lane)
    assert sky.pace.next_change() == longest
    sky.wait_until(longest)
    assert sky.pace.room(Lane.ADVISORY) > 0


def test_floods_of_one_chat_or_far_apart_silence_nobody_else() -> None:
    sky = Sky()
    for chat in (5, 5, 5, 6):
        sky.pace.halt(chat, 3)
    sky.wait_until(sky.now + 1.1)
    sky.pace.halt(7, 3)
    sky.pace.halt(8, 3)
    assert sky.pace.room(Lane.ANSWER) > 0


def test_without_limits_nothing_is_counted_but_a_flood_still_stops_its_chat() -> None:
    sky = Sky(limits=None)
    assert all(sky.tries(1, Lane.ADVISORY) for _ in range(1000))
    sky.wait_until(sky.now)
    sky.pace.halt(1, 2)
    assert sky.pace.blocked() == {1}


def test_limits_smaller_than_what_is_kept_for_people_still_let_advisories_through() -> None:
    sky = Sky(limits=Limits(overall=Rate(2, 2)))
    assert sky.tries(1, Lane.ADVISORY)
    assert not sky.may(2, Lane.ADVISORY)
    sky.wait_until(sky.now + 10)
    assert sky.may(2, Lane.ADVISORY)


def test_memory_follows_the_pace_and_not_the_number_of_chats_ever_met() -> None:
    sky = Sky()
    sizes = []
    for chat in range(1, 20_001):
        while not sky.tries(chat if chat % 10 else -chat, Lane.ANSWER):
            sky.sleeps()
        sizes.append(len(sky.pace._chats))
    assert max(sizes) < 1024
    assert any(after < before for before, after in pairwise(sizes)), "the recovered are forgotten"
