"""Work on many incidents that one decision has set off: done some at a time, and gone on with after a crash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.codec import at, moment, pack, unpack
from storage.store import Row, Transaction


@dataclass(frozen=True)
class Sweep:
    """`after`: the incident that was done last. `state` is what its own work needs to remember, as plain data."""

    id: str
    what: str
    incident: str
    person: str | None
    state: Mapping[str, Any]
    begun_at: datetime
    after: str = ""


def _sweep(row: Row) -> Sweep:
    return Sweep(
        id=row["id"],
        what=row["what"],
        incident=row["incident"],
        person=row["person"],
        state=unpack(row["state"]),
        begun_at=moment(row["begun_at"]),
        after=row["after"],
    )


async def begin(
    tx: Transaction, what: str, incident: str, person: str | None, state: Mapping[str, Any], now: datetime
) -> Sweep:
    one = Sweep(tx.new_id(), what, incident, person, state, now)
    await tx.run(
        "INSERT INTO sweeps (id, what, incident, person, state, begun_at, after, due_at)"
        " VALUES (:id, :what, :incident, :person, :state, :now, '', :now)",
        {
            "id": one.id,
            "what": what,
            "incident": incident,
            "person": person,
            "state": pack(dict(state)),
            "now": at(now),
        },
    )
    return one


async def next_one(tx: Transaction, now: datetime) -> Sweep | None:
    """The one that was begun first, is not done and does not rest after a fault."""
    row = await tx.row("SELECT * FROM sweeps WHERE due_at <= :now ORDER BY id LIMIT 1", {"now": at(now)})
    return _sweep(row) if row else None


async def postpone(tx: Transaction, sweep: str, until: datetime) -> None:
    """Its step failed: others come first until then."""
    await tx.run("UPDATE sweeps SET due_at = :until WHERE id = :id", {"id": sweep, "until": at(until)})


async def go_on(tx: Transaction, sweep: str, after: str, state: Mapping[str, Any]) -> None:
    """So far it has come."""
    await tx.run(
        "UPDATE sweeps SET after = :after, state = :state WHERE id = :id",
        {"id": sweep, "after": after, "state": pack(dict(state))},
    )


async def end(tx: Transaction, sweep: str) -> None:
    await tx.run("DELETE FROM sweeps WHERE id = :id", {"id": sweep})
