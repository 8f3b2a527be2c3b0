"""Small facts of the installation, and what somebody may do only so often."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.codec import at, moment
from storage.store import Transaction


async def put(tx: Transaction, name: str, value: str, now: datetime) -> None:
    await tx.run(
        "INSERT INTO marks (name, value, at) VALUES (:name, :value, :now)"
        " ON CONFLICT (name) DO UPDATE SET value = :value, at = :now",
        {"name": name, "value": value, "now": at(now)},
    )


async def get(tx: Transaction, name: str) -> str | None:
    row = await tx.row("SELECT value FROM marks WHERE name = :name", {"name": name})
    return row["value"] if row else None


async def written_at(tx: Transaction, name: str) -> datetime | None:
    row = await tx.row("SELECT at FROM marks WHERE name = :name", {"name": name})
    return moment(row["at"]) if row else None


async def newest_row_at(tx: Transaction) -> datetime | None:
    """The time of the newest row that the clock wrote; in the future only where the clock was set back."""
    row = await tx.row(
        "SELECT max(at) AS newest FROM (SELECT max(at) AS at FROM marks"
        " UNION ALL SELECT max(received_at) FROM inbox UNION ALL SELECT max(made_at) FROM messages)"
    )
    return moment(row["newest"]) if row and row["newest"] else None


async def attempt(tx: Transaction, person: str, what: str, now: datetime, *, most: int, within: timedelta) -> bool:
    """Count one attempt; false where `most` were made within that time (the one that fails is not counted)."""
    row = await tx.row(
        "SELECT count(*) AS n FROM attempts WHERE person = :person AND what = :what AND at > :since",
        {"person": person, "what": what, "since": at(now - within)},
    )
    if row and row["n"] >= most:
        return False
    await tx.run(
        "INSERT INTO attempts (id, person, what, at) VALUES (:id, :person, :what, :now)",
        {"id": tx.new_id(), "person": person, "what": what, "now": at(now)},
    )
    return True


async def purge_attempts(tx: Transaction, now: datetime, keep: timedelta) -> None:
    await tx.run("DELETE FROM attempts WHERE at < :before", {"before": at(now - keep)})
