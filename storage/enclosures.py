"""Files that we made, from their making until they have left: what is in them is kept nowhere else."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.sending import Enclosure
from storage.codec import at
from storage.store import Transaction


async def keep(tx: Transaction, enclosure: str, delivery: str, file: Enclosure, now: datetime) -> None:
    """Store a file under its id, for the delivery that carries it."""
    await tx.run(
        "INSERT INTO enclosures (id, name, mime, content, made_at, delivery)"
        " VALUES (:id, :name, :mime, :content, :now, :delivery)",
        {
            "id": enclosure,
            "name": file.name,
            "mime": file.mime,
            "content": file.content,
            "now": at(now),
            "delivery": delivery,
        },
    )


async def find(tx: Transaction, enclosure: str) -> Enclosure | None:
    """The file; None once it has left."""
    row = await tx.row("SELECT name, mime, content FROM enclosures WHERE id = :id", {"id": enclosure})
    return Enclosure(row["name"], row["mime"], row["content"]) if row else None


async def erase(tx: Transaction, enclosure: str) -> None:
    """Its delivery is settled: whoever was to have it has it, or never will."""
    await tx.run("DELETE FROM enclosures WHERE id = :id", {"id": enclosure})


async def purge(tx: Transaction, now: datetime, after: timedelta) -> int:
    """Files whose delivery ended without anybody telling us (expired, called back, erased with its person)."""
    return await tx.run(
        "DELETE FROM enclosures WHERE made_at < :before AND NOT EXISTS ("
        " SELECT 1 FROM deliveries d WHERE d.id = enclosures.delivery AND d.state IN ('waiting', 'sending'))",
        {"before": at(now - after)},
    )
