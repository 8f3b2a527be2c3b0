"""Reminders where the line is down, an officer cannot be written to, or the night has come before a message left."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.domain.moments import HANOI
from bot.domain.sending import Gone, Lane, Refused, State
from bot.services import rendering
from jobs.pace import Pace
from jobs.settling import Settling
from storage import outbox, people
from storage.store import Row
from tests.jobs.test_reminders import World, opened
from tests.journeys import two_years


@dataclass(frozen=True)
class Still(Clock):
    """A clock that stands."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def ticks(self) -> float:
        return 0.0


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with opened(tmp_path) as one:
        yield one


async def waiting(world: World) -> list[outbox.Delivery]:
    async with world.store.transaction() as tx:
        return await outbox.heads(tx, world.now, most=50, lowest=Lane.ADVISORY)


async def ends(world: World, delivery: outbox.Delivery, state: State, failure: str | None = None) -> None:
    """Written down as the dispatcher does it."""
    settling = Settling(Still(world.now), world.house, Pace(None, lambda: 0.0))
    async with world.store.transaction() as tx:
        await settling.end(tx, delivery, state, failure)


def read(told: list[tuple[str, str]], person: str) -> list[str]:
    return [two_years.told(text) for who, text in told if who == person]


async def test_three_days_without_a_line_end_in_one_message_that_speaks_of_all(world: World) -> None:
    await world.ticks(two_years.BEGIN)
    for day in ("2031-11-24", "2031-12-01", "2031-12-05", "2031-12-10"):
        await world.ticks(two_years.morning(day))
    told = await world.delivers()
    assert read(told, world.agency.officer) == ["d6 p12 r1 s12"]
    assert read(told, world.agency.deputy) == ["p12"]
    assert await world.ticks(world.now + timedelta(minutes=1)) == 0


async def test_a_message_that_flies_is_not_added_to_and_what_is_new_waits_until_it_has_landed(world: World) -> None:
    await world.ticks(two_years.BEGIN)
    await world.ticks(two_years.morning("2031-11-24"))
    (flying,) = await waiting(world)
    async with world.store.transaction() as tx:
        await outbox.start(tx, [flying.id])
    await world.ticks(two_years.morning("2031-12-01"))
    assert [row["person"] for row in await unsent(world)] == [world.agency.officer]
    await ends(world, flying, State.UNSURE)
    await world.ticks(world.now + timedelta(seconds=20))
    assert read(await world.delivers(), world.agency.officer) == ["d6 p12 r1 s12"]


async def unsent(world: World) -> list[Row]:
    return await world.rows("SELECT DISTINCT person FROM reminders WHERE sent IS NULL AND person <> 'department'")


async def test_a_message_that_the_evening_overtook_is_told_the_next_morning_and_never_at_night(world: World) -> None:
    await world.ticks(two_years.BEGIN)
    await world.ticks(two_years.morning("2031-11-28"))  # a Friday
    world.now = datetime(2031, 11, 29, 3, 0, tzinfo=HANOI)
    for delivery in await waiting(world):
        async with world.store.transaction() as tx:
            view = await rendering.look(tx, world.house, world.now, None)
            assert await rendering.parcel(view, delivery) == Gone(Refused.OVERTAKEN)
        await ends(world, delivery, State.EXPIRED, Refused.OVERTAKEN)
    await world.ticks(two_years.morning("2031-12-01"))
    assert read(await world.delivers(), world.agency.officer) == ["d6 p12 r1 s12"]


async def test_what_an_officer_who_blocked_the_bot_cannot_read_is_told_to_the_deputy_once(world: World) -> None:
    await world.ticks(two_years.BEGIN)
    await world.ticks(two_years.morning("2031-11-24"))
    (delivery,) = await waiting(world)
    await ends(world, delivery, State.FAILED, Refused.BLOCKED)
    async with world.store.transaction() as tx:
        await people.reach(tx, world.agency.officer, world.now)
    await world.ticks(world.now + timedelta(seconds=20))
    told = await world.delivers()
    assert [person for person, _ in told] == [world.agency.deputy]
    assert read(told, world.agency.deputy) == ["p12 r1 s12"]
    assert await world.ticks(world.now + timedelta(minutes=1)) == 0
    assert await world.delivers() == []


async def test_the_line_of_the_department_survives_three_days_and_is_one(world: World) -> None:
    department = next(iter(world.agency.names))
    await world.ticks(two_years.BEGIN)
    for day in ("2031-12-24", "2032-01-23", "2032-01-30", "2032-02-02"):
        await world.ticks(two_years.morning(day))
    lines = [text for person, text in await world.delivers() if person == department]
    assert len(lines) == 1
    owed = await world.rows("SELECT count(*) AS n FROM obligations WHERE state = 'open' AND told >= 30")
    assert lines[0].split()[0] == str(owed[0]["n"])
