"""A look at the database that changes nothing: for `ungcuu doctor`, also while the bot works on the same file."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

import aiosqlite

from bot.domain.ids import Ids
from bot.domain.people import Person, Role
from storage import contact, groups, marks, people, roles
from storage.contact import ContactPoint
from storage.groups import Group
from storage.migrate import migrations
from storage.sqlite import SqliteTransaction
from storage.store import StoreUnavailable

PATIENCE: Final = 5.0  # seconds for a lock
# Faults of the file's content; no try later will mend them.
_DAMAGED: Final = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT})


class Damaged(Exception):
    """The file is no database, or a broken one."""


class Unreadable(Exception):
    """The file cannot be opened or read now: rights, disk, or a neighbour that holds it."""


@dataclass(frozen=True)
class Found:
    """What a database says of itself. `schema` and `known`: numbers of the newest migration, its and ours.

    The rest is there only where it is `readable`: sound, and of the schema that we know.
    """

    sound: bool
    schema: int
    known: int
    newest_row_at: datetime | None = None
    team: Group | None = None
    administrators: tuple[Person, ...] = ()
    contact_point: ContactPoint | None = None
    roles_broken_at: int | None = None  # the first event of roles that does not fit its chain

    @property
    def readable(self) -> bool:
        return self.sound and self.schema == self.known


def driver_fault(error: BaseException) -> type[Damaged | Unreadable] | None:
    """What a driver's exception means for whoever runs the bot; None where it is no fault of the file."""
    if not isinstance(error, sqlite3.DatabaseError):
        return None
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _DAMAGED:
        return Damaged
    return Unreadable if isinstance(error, sqlite3.OperationalError) and code != sqlite3.SQLITE_ERROR else None


async def examine(path: Path) -> Found:
    """Look at a database file that exists.

    Raises:
        Damaged, Unreadable: as they say.
    """
    try:
        async with _read_only(path) as tx:
            return await _found(tx)
    except StoreUnavailable:
        raise Unreadable from None
    except sqlite3.DatabaseError as error:
        raise (driver_fault(error) or Damaged) from None


def _address(path: Path) -> str:
    # Without a log beside it nobody works on the file; told so, SQLite makes no log of its own and leaves none behind.
    alone = "" if path.with_name(path.name + "-wal").exists() else "&immutable=1"
    return f"file:{quote(str(path.absolute()))}?mode=ro{alone}"


def _no_time() -> datetime:
    raise LookupError("a look writes nothing, so it makes no ids")


@asynccontextmanager
async def _read_only(path: Path) -> AsyncIterator[SqliteTransaction]:
    async with aiosqlite.connect(_address(path), uri=True, isolation_level=None, timeout=PATIENCE) as connection:
        connection.row_factory = sqlite3.Row
        yield SqliteTransaction(connection, Ids(_no_time))


async def _found(tx: SqliteTransaction) -> Found:
    verdict = await tx.row("PRAGMA quick_check(1)")
    sound = verdict is not None and verdict["quick_check"] == "ok"
    known = max(number for number, _ in migrations())
    tables = await tx.row("SELECT count(*) AS n FROM sqlite_master WHERE name = 'migrations'")
    newest = await tx.row("SELECT max(number) AS number FROM migrations") if tables and tables["n"] else None
    schema = int(newest["number"] or 0) if newest else 0
    bare = Found(sound, schema, known)
    if not bare.readable:
        return bare
    return Found(
        sound,
        schema,
        known,
        newest_row_at=await marks.newest_row_at(tx),
        team=await groups.team(tx),
        administrators=tuple(await people.with_roles(tx, (Role.ADMIN,))),
        contact_point=await contact.newest(tx),
        roles_broken_at=await roles.broken_at(tx),
    )
