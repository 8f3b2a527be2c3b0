"""The bench can be run: small versions of each measurement, in seconds; their numbers mean nothing."""

from __future__ import annotations

import pytest

from bot.demo import example_policy
from tests.bench import compliance, imports, many, relay, reminders
from tests.bench.loads import OpenLoop, percentile
from tests.bench.machine import throughput
from tests.bench.people import Crowd, our_walk
from tests.bench.stage import Which, staged
from tests.bench.table import Row, Table


@pytest.mark.parametrize(("which", "requests"), [("ours", 15), ("stock", 13)])
async def test_both_bots_lead_the_same_dialogue_to_its_end(which: Which, requests: int) -> None:
    """Ours sends two requests more: the card to the team's group, and the end of the sent form's keys."""
    measured = await throughput(which, 0.0, people=3, reports=6, note="small")
    assert measured.reports_per_second > 0
    assert measured.calls == pytest.approx(requests, abs=1)


async def test_updates_at_a_fixed_rate_are_all_answered_within_the_real_limits() -> None:
    async with staged("ours", limits=example_policy().pace.limits()) as stage:
        crowd = Crowd(stage.telegram, our_walk())
        load = OpenLoop(crowd)
        await load.lead_in(10, 20)
        waits = await load.measure(10, 2)
        assert len(waits) == 20
        assert stage.telegram.floods == 0
        assert stage.resident() > 10


async def test_words_go_to_the_group_and_back() -> None:
    rows = await relay.unlimited(relay.Plan(at_once=3, rounds=1, alone=2))
    assert [row.note.split(";")[0] for row in rows] == ["2 messages", "2 messages", "3 messages", "3 messages"]


async def test_the_team_is_answered_among_ten_thousand_incidents() -> None:
    taken = await many.times(10_000, rounds=2)
    assert taken.keys() == many.ACTS.keys()
    assert min(taken.values()) > 0


async def test_a_morning_fires_every_reminder_once_and_the_next_tick_none() -> None:
    morning = await reminders.morning(60, empty=1)
    assert (morning.reminders, morning.digests) == (120, 10)


async def test_all_agencies_are_counted_and_written_down() -> None:
    taken = await compliance.times(20, rounds=1)
    assert taken.keys() == compliance.ACTS.keys()
    assert min(taken.values()) > 0


async def test_a_table_comes_into_the_register() -> None:
    taken = await imports.times(imports.Plan(rows=20, agencies=3))
    assert [one.held > 0 for one in taken.values()] == [False, True, True]


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(n) for n in range(100, 0, -1)]
    assert percentile(values, 0.5) == 50
    assert percentile(values, 0.95) == 95
    assert percentile([7.0], 0.95) == 7


def test_a_table_marks_what_was_missed() -> None:
    text = Table("Machine", [Row("fast", "9", "≥ 10", missed=True), Row("small", "1 MiB", "≤ 2 MiB", "note")]).text()
    assert "≥ 10  MISSED" in text
    assert text.count("MISSED") == 1
