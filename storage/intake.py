"""How many files and bytes each person has sent on each day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.quotas import day_of
from storage.store import Transaction


@dataclass(frozen=True)
class Used:
    """What one person has sent today."""

    files: int = 0
    bytes: int = 0


async def take(tx: Transaction, person: str, size: int, now: datetime, *, most_files: int, most_bytes: int) -> bool:
    """Count one file of `size` bytes; false, and nothing counted, where a measure of the day would be passed."""
    values = {"person": person, "day": day_of(now), "size": size, "files": most_files, "bytes": most_bytes}
    await tx.run(
        "INSERT INTO intake (person, day, files, bytes) VALUES (:person, :day, 0, 0)"
        " ON CONFLICT (person, day) DO NOTHING",
        values,
    )
    changed = await tx.run(
        "UPDATE intake SET files = files + 1, bytes = bytes + :size"
        " WHERE person = :person AND day = :day AND files < :files AND bytes + :size <= :bytes",
        values,
    )
    return changed == 1


async def used(tx: Transaction, person: str, now: datetime) -> Used:
    row = await tx.row(
        "SELECT files, bytes FROM intake WHERE person = :person AND day = :day", {"person": person, "day": day_of(now)}
    )
    return Used(row["files"], row["bytes"]) if row else Used()


async def purge(tx: Transaction, now: datetime, keep: timedelta) -> None:
    await tx.run("DELETE FROM intake WHERE day < :before", {"before": day_of(now - keep)})
