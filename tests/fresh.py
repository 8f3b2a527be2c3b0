"""A database as the migrations leave it: they run once in each process that tests, every other test copies the file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.domain.ids import Ids
from storage.migrate import migrate
from storage.sqlite import open_store, prepare

_KEPT: list[bytes] = []


async def lay_database(path: Path) -> None:
    """A migrated database without a row, closed, in a file of its own at `path`."""
    if _KEPT:
        prepare(path)
        path.write_bytes(_KEPT[0])
        return
    async with open_store(path, Ids(lambda: datetime.now(UTC))) as store:
        await migrate(store)
    _KEPT.append(path.read_bytes())  # closing has folded the log into the file
