"""Files that somebody waits for: ordered in one transaction, made outside of any, settled in another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from storage.codec import at, moment, pack, unpack
from storage.store import Row, Transaction


@dataclass(frozen=True)
class Order:
    """One file for one person. `notice` is the delivery that said that it is being made."""

    id: str
    what: str
    person: str
    incident: str | None
    details: Mapping[str, Any]
    ordered_at: datetime
    tries: int = 0
    notice: str | None = None
    state: str = field(default="waiting")


def _order(row: Row) -> Order:
    return Order(
        id=row["id"],
        what=row["what"],
        person=row["person"],
        incident=row["incident"],
        details=unpack(row["details"]),
        ordered_at=moment(row["ordered_at"]),
        tries=row["tries"],
        notice=row["notice"],
        state=row["state"],
    )


async def add(tx: Transaction, order: Order) -> None:
    await tx.run(
        "INSERT INTO orders (id, what, person, incident, details, ordered_at, due_at, tries, state, notice)"
        " VALUES (:id, :what, :person, :incident, :details, :at, :at, :tries, :state, :notice)",
        {
            "id": order.id,
            "what": order.what,
            "person": order.person,
            "incident": order.incident,
            "details": pack(dict(order.details)),
            "at": at(order.ordered_at),
            "tries": order.tries,
            "state": order.state,
            "notice": order.notice,
        },
    )


async def due(tx: Transaction, now: datetime, most: int) -> list[Order]:
    """What may be made now, the longest waiting first."""
    rows = await tx.rows(
        "SELECT * FROM orders WHERE state = 'waiting' AND due_at <= :now ORDER BY due_at, id LIMIT :most",
        {"now": at(now), "most": most},
    )
    return [_order(row) for row in rows]


async def next_due(tx: Transaction, after: datetime) -> str | None:
    """When the earliest order may be made that may not be at `after` (`codec.at` text)."""
    row = await tx.row(
        "SELECT min(due_at) AS due FROM orders WHERE state = 'waiting' AND due_at > :after", {"after": at(after)}
    )
    return row["due"] if row else None


async def waiting_of(tx: Transaction, person: str, since: datetime) -> list[Order]:
    """What one person waits for, ordered at `since` or later."""
    rows = await tx.rows(
        "SELECT * FROM orders WHERE person = :person AND ordered_at >= :since AND state = 'waiting' ORDER BY id",
        {"person": person, "since": at(since)},
    )
    return [_order(row) for row in rows]


async def begin(tx: Transaction, order: str) -> bool:
    """Count one try, before it is made: an order that brings the process down must end some day."""
    return await tx.run("UPDATE orders SET tries = tries + 1 WHERE id = :id AND state = 'waiting'", {"id": order}) == 1


async def postpone(tx: Transaction, order: str, due: datetime) -> None:
    await tx.run("UPDATE orders SET due_at = :due WHERE id = :id AND state = 'waiting'", {"id": order, "due": at(due)})


async def settle(tx: Transaction, order: str, state: str, now: datetime) -> bool:
    """It is "done" or "failed"; false where it was settled before, and nothing more may be sent for it."""
    changed = await tx.run(
        "UPDATE orders SET state = :state, settled_at = :now WHERE id = :id AND state = 'waiting'",
        {"id": order, "state": state, "now": at(now)},
    )
    return changed == 1


async def purge(tx: Transaction, now: datetime, after: timedelta) -> int:
    """Forget orders that were settled long ago."""
    return await tx.run(
        "DELETE FROM orders WHERE settled_at IS NOT NULL AND settled_at < :before", {"before": at(now - after)}
    )
