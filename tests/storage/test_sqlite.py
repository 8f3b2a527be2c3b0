"""The writer: whatever interrupts a transaction, nothing half is kept and the next one works."""

from __future__ import annotations

import asyncio
import random
import resource
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.domain.ids import Ids
from storage import marks
from storage.migrate import migrate
from storage.sqlite import SqliteStore, open_store
from storage.store import StoreUnavailable, Transaction
from tests.storage.conftest import NOW

CANCELLATIONS = 300


async def put(tx: Transaction, name: str, value: str = "x") -> None:
    await marks.put(tx, name, value, NOW)


async def names(store: SqliteStore) -> set[str]:
    async with store.reading() as tx:
        return {str(row["name"]) for row in await tx.rows("SELECT name FROM marks")}


async def write(store: SqliteStore, *written: tuple[str, str], then: type[Exception] | None = None) -> None:
    """Put marks in one transaction, the last one in a savepoint; perhaps fail at its end."""
    async with store.transaction() as tx:
        for name, value in written[:-1]:
            await put(tx, name, value)
        async with tx.savepoint():
            await put(tx, *written[-1])
        if then is not None:
            raise then


async def put_and_fail(tx: Transaction, name: str) -> None:
    """Put a mark in a savepoint, one more in a savepoint within it, and fail."""
    async with tx.savepoint():
        await put(tx, name)
        async with tx.savepoint():
            await put(tx, f"deep in {name}")
        raise LookupError


async def test_a_transaction_that_raises_leaves_nothing(store: SqliteStore) -> None:
    with pytest.raises(LookupError):
        await write(store, ("half", "x"), ("other half", "x"), then=LookupError)
    assert await names(store) == set()


async def test_a_reader_sees_what_is_committed_and_never_waits_for_the_writer(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        await put(tx, "one")
        assert await names(store) == set()
    assert await names(store) == {"one"}


async def test_transactions_wait_for_each_other(store: SqliteStore) -> None:
    async def count() -> None:
        async with store.transaction() as tx:
            before = int(await marks.get(tx, "count") or 0)
            await put(tx, "count", str(before + 1))

    await asyncio.gather(*(count() for _ in range(50)))
    async with store.reading() as tx:
        assert await marks.get(tx, "count") == "50"


async def _interrupted(store: SqliteStore, number: int, dice: random.Random) -> bool:
    """One transaction, cancelled (sometimes twice) after a random number of turns; whether it ended by itself."""

    task = asyncio.create_task(write(store, (f"a{number}", "x"), (f"b{number}", "x")))
    for _ in range(dice.choice((1, 1, 2))):
        done, _pending = await asyncio.wait([task], timeout=dice.uniform(0, 0.003))
        if done:
            break
        task.cancel()
    await asyncio.wait([task])
    return not task.cancelled()


async def test_a_cancellation_at_any_moment_leaves_the_writer_usable(store: SqliteStore) -> None:
    """Inside BEGIN, the body, a savepoint, COMMIT or the undoing itself."""
    dice = random.Random(20261122)
    completed = [number for number in range(CANCELLATIONS) if await _interrupted(store, number, dice)]
    kept = await names(store)
    assert {f"a{number}" for number in completed} <= kept
    # A cancellation that came while COMMIT was under way keeps all or nothing.
    assert {name[1:] for name in kept if name[0] == "a"} == {name[1:] for name in kept if name[0] == "b"}
    assert 0 < len(completed) < CANCELLATIONS
    async with asyncio.timeout(5), store.transaction() as tx:
        await put(tx, "alive")
    assert "alive" in await names(store)


async def test_cancelling_everybody_who_waits_for_the_writer_leaves_it_usable(store: SqliteStore) -> None:
    tasks = [asyncio.create_task(write(store, (f"a{number}", "x"))) for number in range(40)]
    await asyncio.wait(tasks, timeout=0.004)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    async with asyncio.timeout(5), store.transaction() as tx:
        await put(tx, "alive")
    finished = {f"a{number}" for number, task in enumerate(tasks) if not task.cancelled()}
    assert finished | {"alive"} <= await names(store)


async def test_a_savepoint_that_raises_is_undone_alone(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        await put(tx, "before")
        with pytest.raises(LookupError):
            await put_and_fail(tx, "inside")
        await put(tx, "after")
    assert await names(store) == {"before", "after"}


async def test_an_inner_savepoint_may_fail_within_an_outer_one(store: SqliteStore) -> None:
    async with store.transaction() as tx, tx.savepoint():
        await put(tx, "outer")
        with pytest.raises(LookupError):
            await put_and_fail(tx, "inner")
    assert await names(store) == {"outer"}


async def test_a_wrong_statement_stays_the_bug_that_it_is(store: SqliteStore) -> None:
    with pytest.raises(sqlite3.OperationalError):
        async with store.transaction() as tx:
            await tx.run("UPDATE nothing SET nowhere = 1")
    with pytest.raises(sqlite3.IntegrityError):
        async with store.transaction() as tx:
            await tx.run("INSERT INTO drafts (id) VALUES ('1')")
    async with store.transaction() as tx:
        await put(tx, "alive")


async def test_a_database_at_its_largest_size_refuses_and_changes_nothing(store: SqliteStore) -> None:
    """SQLite's own limit of pages: the same SQLITE_FULL as on a full disk, raised by the real file."""
    async with store.transaction() as tx:
        await put(tx, "before")
        pages = await tx.row("PRAGMA page_count")
        assert pages is not None
        await tx.run(f"PRAGMA max_page_count = {pages['page_count']}")
    with pytest.raises(StoreUnavailable):
        await write(store, ("half", "x"), ("huge", "x" * 100_000))  # inside a savepoint: nothing of it is left either
    assert await names(store) == {"before"}
    async with store.transaction() as tx:
        await tx.run("PRAGMA max_page_count = 1000000")
        await put(tx, "huge", "x" * 100_000)
    assert await names(store) == {"before", "huge"}


@contextmanager
def no_file_grows_beyond(size: int) -> Iterator[None]:
    """The operating system refuses every write past `size` bytes, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_disk_that_takes_no_more_refuses_and_changes_nothing(store: SqliteStore, path: Path) -> None:
    async with store.transaction() as tx:
        await put(tx, "before")
    log = path.with_name("bot.db-wal")
    with no_file_grows_beyond(log.stat().st_size + 4096), pytest.raises(StoreUnavailable):
        async with store.transaction() as tx:
            await put(tx, "huge", "x" * 200_000)
    assert await names(store) == {"before"}
    async with store.transaction() as tx:
        await put(tx, "after")
    assert await names(store) == {"before", "after"}


async def test_another_process_that_holds_the_database_makes_it_unavailable(store: SqliteStore, path: Path) -> None:
    async with store.transaction() as tx:
        await tx.run("PRAGMA busy_timeout = 1")  # milliseconds, instead of five seconds
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable):
        async with store.transaction() as tx:
            await put(tx, "half")
    other.execute("ROLLBACK")
    other.close()
    async with store.transaction() as tx:
        await put(tx, "alive")
    assert await names(store) == {"alive"}


async def test_the_file_is_its_owners_alone_and_its_promises_are_switched_on(store: SqliteStore, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    async with store.transaction() as tx:
        settings = {
            name: [next(iter(dict(row).values())) for row in await tx.rows(f"PRAGMA {name}")]
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert settings == {"journal_mode": ["wal"], "synchronous": [2], "foreign_keys": [1], "secure_delete": [1]}


async def test_what_was_committed_is_there_after_reopening(path: Path) -> None:
    for _ in range(2):
        async with open_store(path, Ids(lambda: NOW)) as store:
            await migrate(store)
            async with store.transaction() as tx:
                await put(tx, tx.new_id())
    async with open_store(path, Ids(lambda: NOW)) as store:
        assert len(await names(store)) == 2
