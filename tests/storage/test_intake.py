"""How much one person sent in a day, and what was refused: counted exactly, forgotten after a week."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.quotas import Excess
from storage import intake, refusals
from storage.intake import Used
from storage.sqlite import SqliteStore
from storage.store import Transaction
from tests.storage.conftest import NOW, someone

# 23:59 and midnight of Hà Nội, in UTC.
LATE = datetime(2026, 11, 22, 16, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)


async def take(tx: Transaction, person: str, size: int, now: datetime = NOW) -> bool:
    return await intake.take(tx, person, size, now, most_files=3, most_bytes=100)


async def test_files_are_counted_until_the_measure_is_full(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        person = await someone(tx)
        assert [await take(tx, person, 1) for _ in range(5)] == [True, True, True, False, False]
        assert await intake.used(tx, person, NOW) == Used(files=3, bytes=3)


async def test_bytes_are_counted_up_to_the_last_one_and_a_smaller_file_still_fits(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        person = await someone(tx)
        assert [await take(tx, person, size) for size in (60, 41, 40)] == [True, False, True]
        assert await intake.used(tx, person, NOW) == Used(files=2, bytes=100)


async def test_each_person_has_a_measure_of_his_own(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        one, other = await someone(tx, 1), await someone(tx, 2)
        assert await take(tx, one, 100)
        assert await take(tx, other, 100)
        assert not await take(tx, one, 1)


async def test_the_measure_is_new_at_midnight_in_ha_noi(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        person = await someone(tx)
        assert await take(tx, person, 100, LATE)
        assert not await take(tx, person, 1, LATE)
        assert await intake.used(tx, person, MIDNIGHT) == Used()
        assert await take(tx, person, 100, MIDNIGHT)


async def test_only_the_first_refusal_of_an_hour_is_the_first(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        hour = timedelta(hours=1)
        first = [await refusals.count(tx, 7, Excess.MESSAGES, NOW, times) for times in (40, 1)]
        assert first == [True, False]
        assert await refusals.count(tx, 7, Excess.FILES, NOW)
        assert await refusals.count(tx, 8, Excess.MESSAGES, NOW)
        assert await refusals.count(tx, 7, Excess.MESSAGES, NOW + hour)
        rows = await tx.rows("SELECT * FROM refusals ORDER BY telegram_id, what, hour")
    assert [tuple(dict(row).values()) for row in rows] == [
        (7, "files", "2026-11-22T03", 1),
        (7, "messages", "2026-11-22T03", 41),
        (7, "messages", "2026-11-22T04", 1),
        (8, "messages", "2026-11-22T03", 1),
    ]


async def test_the_sums_of_a_day_name_every_kind_and_nobody(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        await refusals.count(tx, 7, Excess.MESSAGES, NOW - timedelta(hours=25), 100)
        await refusals.count(tx, 7, Excess.MESSAGES, NOW - timedelta(hours=24), 40)
        await refusals.count(tx, 8, Excess.MESSAGES, NOW, 2)
        await refusals.count(tx, 8, Excess.DISK, NOW)
        sums = await refusals.sums(tx, NOW, timedelta(days=1))
    assert sums == {Excess.MESSAGES: 42, Excess.FILES: 0, Excess.BYTES: 0, Excess.DISK: 1}


async def test_what_was_counted_is_forgotten_after_a_week(store: SqliteStore) -> None:
    week, hour = timedelta(days=7), timedelta(hours=1)
    async with store.transaction() as tx:
        person = await someone(tx)
        await take(tx, person, 1)
        await refusals.count(tx, 7, Excess.MESSAGES, NOW)

        async def left(now: datetime) -> tuple[int, int]:
            await intake.purge(tx, now, week)
            await refusals.purge(tx, now, week)
            rows = [await tx.rows(f"SELECT * FROM {table}") for table in ("intake", "refusals")]
            return len(rows[0]), len(rows[1])

        assert await left(NOW + week) == (1, 1)
        assert await left(NOW + week + hour) == (1, 0)
        assert await left(NOW + week + 24 * hour) == (0, 0)
