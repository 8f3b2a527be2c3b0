"""Two clocks: one that is moved, one that only runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.playground.clock import Clock


def test_a_moved_clock_is_ahead_and_ticks_stay() -> None:
    clock = Clock()
    before, ticks = clock.now(), clock.ticks()
    clock.move(days=7, minutes=15)
    assert timedelta(days=7, minutes=15) <= clock.now() - before < timedelta(days=7, minutes=16)
    assert clock.ticks() - ticks < 60
    assert (round(clock.offset), clock.version) == (7 * 86400 + 900, 1)


def test_calendar_months_end_on_the_last_day_where_they_must() -> None:
    clock = Clock(datetime(2026, 8, 31, 8, tzinfo=UTC))
    clock.move(months=6)
    assert clock.now().date().isoformat() == "2027-02-28"


def test_the_clock_never_goes_back() -> None:
    clock = Clock()
    with pytest.raises(ValueError, match="forward"):
        clock.move(days=-1)
    assert clock.version == 0


def test_ticks_may_run_faster() -> None:
    slow, fast = Clock(), Clock(speed=1000)
    assert fast.ticks() > slow.ticks() * 900


def test_who_listens_hears_of_each_move() -> None:
    clock = Clock()
    heard: list[float] = []
    clock.on_move.append(lambda: heard.append(round(clock.offset)))
    clock.move(hours=1)
    clock.move(hours=1)
    assert heard == [3600, 7200]
