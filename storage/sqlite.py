"""SQLite under asyncio: one writer (BEGIN IMMEDIATE, WAL, synchronous FULL) and one reader beside it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import aiosqlite

from bot.domain.ids import Ids
from storage.store import Row, StoreUnavailable, Values

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # what is acknowledged to Telegram survives a power cut
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA secure_delete = ON",  # what is erased is overwritten
    "PRAGMA cache_size = -16000",
)

# Faults of disk and neighbours, not of ours: the same statement may succeed later.
_PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)


@contextmanager
def _told_apart() -> Iterator[None]:
    """Raise `StoreUnavailable` for what passes; a wrong statement stays the bug that it is."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in _PASSING:
            raise StoreUnavailable(error.sqlite_errorname) from None
        raise


class SqliteTransaction:
    """An open transaction on one connection."""

    def __init__(self, connection: aiosqlite.Connection, ids: Ids) -> None:
        self._connection = connection
        self._ids = ids
        self._savepoints = 0

    def new_id(self) -> str:
        return self._ids.new()

    async def rows(self, sql: str, values: Values | None = None) -> list[Row]:
        with _told_apart():
            return list(await self._connection.execute_fetchall(sql, dict(values or {})))  # type: ignore[arg-type]

    async def row(self, sql: str, values: Values | None = None) -> Row | None:
        found = await self.rows(sql, values)
        return found[0] if found else None

    async def run(self, sql: str, values: Values | None = None) -> int:
        with _told_apart():
            cursor = await self._connection.execute(sql, dict(values or {}))
        return cursor.rowcount

    async def run_many(self, sql: str, values: Sequence[Values]) -> None:
        if values:
            with _told_apart():
                await self._connection.executemany(sql, [dict(one) for one in values])

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        self._savepoints += 1
        name = f"s{self._savepoints}"
        await self._connection.execute(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            # Where SQLite has already undone everything (disk full) there is no savepoint left to go back to.
            if self._connection.in_transaction:
                await self._connection.execute(f"ROLLBACK TO {name}")
                await self._connection.execute(f"RELEASE {name}")
            raise
        await self._connection.execute(f"RELEASE {name}")


class SqliteStore:
    """The two connections. Made by `open_store` alone, which closes them."""

    def __init__(self, writer: aiosqlite.Connection, reader: aiosqlite.Connection, ids: Ids) -> None:
        self._writer = writer
        self._reader = reader
        self._ids = ids
        self._turn = asyncio.Lock()
        self._reading = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqliteTransaction]:
        async with self._turn:
            # BEGIN, body and COMMIT in one `try`: a cancellation inside BEGIN would leave the only writer dead.
            try:
                with _told_apart():
                    await self._writer.execute("BEGIN IMMEDIATE")
                yield SqliteTransaction(self._writer, self._ids)
                with _told_apart():
                    await self._writer.execute("COMMIT")
            except BaseException:
                await asyncio.shield(self._roll_back())
                raise

    async def _roll_back(self) -> None:
        try:
            await self._writer.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return  # no transaction is active: SQLite has undone it already

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SqliteTransaction]:
        async with self._reading:
            yield SqliteTransaction(self._reader, self._ids)

    async def checkpoint(self) -> None:
        """Fold the write-ahead log into the database and cut it, so that erased text is gone from disk."""
        async with self._turn:
            with _told_apart():
                await self._writer.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")


async def _connect(path: Path, stack: AsyncExitStack) -> aiosqlite.Connection:
    connection = await stack.enter_async_context(aiosqlite.connect(path, isolation_level=None))
    connection.row_factory = sqlite3.Row
    for pragma in _PRAGMAS:
        await connection.execute_fetchall(pragma)
    return connection


def prepare(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)


@asynccontextmanager
async def open_store(path: Path, ids: Ids) -> AsyncIterator[SqliteStore]:
    """Open the database file (made where missing, readable by its owner alone) and close it at the end."""
    prepare(path)
    async with AsyncExitStack() as stack:
        writer = await _connect(path, stack)
        reader = await _connect(path, stack)
        yield SqliteStore(writer, reader, ids)
