"""The measure of one person's files, as whoever receives a file asks for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.domain.errors import Refusal
from bot.domain.ids import Ids
from bot.domain.people import Person
from bot.domain.policy import Intake, Policy
from bot.domain.quotas import LARGEST_FILE, LEAST_ROOM, MEGABYTE, Beyond, Excess
from bot.playground.clock import Clock
from bot.services.desk import Desk, House
from bot.services.reporting import quotas
from locales import Texts
from storage import intake, people
from storage.intake import Used
from storage.migrate import migrate
from storage.sqlite import SqliteStore, open_store


@dataclass
class Counter:
    """Where files are handed in."""

    store: SqliteStore
    clock: Clock
    house: House
    person: Person
    free: int = LEAST_ROOM

    async def hands_in(self, *sizes: int | None) -> str | None:
        """The name of the sentence with which the first of these files was refused."""
        for size in sizes:
            try:
                async with self.store.transaction() as tx:
                    await quotas.take(Desk(tx, self.clock.now(), self.house), self.person, size)
            except Beyond as no:
                self.house.texts.render("vi", no.key, {**no.values, "hotline": ""})  # it has all that it needs
                return no.key
        return None

    async def used(self) -> Used:
        async with self.store.reading() as tx:
            return await intake.used(tx, self.person.id, self.clock.now())


@pytest.fixture
async def counter(tmp_path: Path) -> AsyncIterator[Counter]:
    clock = Clock()
    async with open_store(tmp_path / "bot.db", Ids(clock.now)) as store:
        await migrate(store)
        async with store.transaction() as tx:
            person = await people.add(tx, 7, "vi", clock.now())
        policy = Policy(intake=Intake(files_a_day=4, megabytes_a_day=50))
        one = Counter(store, clock, House(policy, Texts.load(), (), lambda: one.free), person)
        yield one


async def test_the_first_file_too_many_is_refused_and_not_counted(counter: Counter) -> None:
    assert await counter.hands_in(1, 1, 1, 1) is None
    assert await counter.hands_in(1) == "file.too_many"
    assert await counter.used() == Used(files=4, bytes=4)


async def test_the_first_byte_too_many_is_refused_and_what_fits_is_taken(counter: Counter) -> None:
    assert await counter.hands_in(50 * MEGABYTE - 1) is None
    assert await counter.hands_in(2) == "file.too_much"
    assert await counter.hands_in(1) is None


async def test_a_file_that_does_not_say_its_size_counts_as_the_largest(counter: Counter) -> None:
    assert await counter.hands_in(None, None) is None
    assert await counter.hands_in(None) == "file.too_much"
    assert await counter.used() == Used(files=2, bytes=2 * LARGEST_FILE)


async def test_tomorrow_is_another_day(counter: Counter) -> None:
    assert await counter.hands_in(1, 1, 1, 1, 1) == "file.too_many"
    counter.clock.move(days=1)
    assert await counter.hands_in(1) is None


async def test_below_the_least_room_files_are_refused_and_use_up_nothing(counter: Counter) -> None:
    counter.free = LEAST_ROOM - 1
    assert await counter.hands_in(1) == "disk.low"
    assert await counter.used() == Used()
    counter.free = LEAST_ROOM
    assert await counter.hands_in(1) is None


async def test_a_file_that_is_only_listed_needs_no_room_but_counts(counter: Counter) -> None:
    counter.free = 0
    assert await counter.hands_in(0, 0, 0, 0) is None
    assert await counter.hands_in(0) == "file.too_many"


async def test_each_refusal_is_said_once_an_hour_and_counted_every_time(counter: Counter) -> None:
    async def said(excess: Excess) -> bool:
        async with counter.store.transaction() as tx:
            no = Beyond(excess, "file.too_many", most=4)
            return await quotas.is_said(Desk(tx, counter.clock.now(), counter.house), counter.person, no)

    assert [await said(Excess.FILES) for _ in range(3)] == [True, False, False]
    assert [await said(Excess.DISK) for _ in range(2)] == [True, False]
    counter.clock.move(hours=1)
    assert await said(Excess.FILES)
    async with counter.store.reading() as tx:
        rows = await tx.rows("SELECT what, sum(count) AS n FROM refusals GROUP BY what ORDER BY what")
    assert [(row["what"], row["n"]) for row in rows] == [("disk", 2), ("files", 4)]


async def test_an_ordinary_refusal_is_always_said_and_never_counted(counter: Counter) -> None:
    async with counter.store.transaction() as tx:
        desk = Desk(tx, counter.clock.now(), counter.house)
        assert [await quotas.is_said(desk, counter.person, Refusal("invite.none")) for _ in range(3)] == [True] * 3
        assert await tx.rows("SELECT * FROM refusals") == []
