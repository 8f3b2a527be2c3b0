"""What happened to the register, row by row and for ever: who changed what, without personal data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.registering import Event
from storage.codec import at, moment, pack, unpack
from storage.store import Row, Transaction, Values


@dataclass(frozen=True)
class Entry:
    """One change. `actor` None: an import at the start, or the clock."""

    number: int
    kind: Event
    at: datetime
    actor: str | None
    agency: str | None
    system: str | None
    details: Mapping[str, Any]


def _entry(row: Row) -> Entry:
    return Entry(
        number=row["number"],
        kind=Event(row["kind"]),
        at=moment(row["at"]),
        actor=row["actor"],
        agency=row["agency"],
        system=row["system"],
        details=unpack(row["details"]),
    )


_NOTE = (
    "INSERT INTO register_events (kind, at, actor, agency, system, details)"
    " VALUES (:kind, :now, :actor, :agency, :system, :details)"
)


async def note(
    tx: Transaction,
    kind: Event,
    actor: str | None,
    now: datetime,
    *,
    agency: str | None = None,
    system: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add a row to the log. `details` must hold no personal data: what belongs to people is named, not quoted."""
    await note_all(tx, rows_of([Entry(0, kind, now, actor, agency, system, details or {})]))


def rows_of(entries: Sequence[Entry]) -> Sequence[Values]:
    """What `note_all` writes: made beforehand, so that nobody waits for it."""
    return [
        {
            "kind": str(one.kind),
            "now": at(one.at),
            "actor": one.actor,
            "agency": one.agency,
            "system": one.system,
            "details": pack(dict(one.details)),
        }
        for one in entries
    ]


async def note_all(tx: Transaction, rows: Sequence[Values]) -> None:
    """Add many rows at once, numbered as they come."""
    await tx.run_many(_NOTE, rows)


async def of_agency(tx: Transaction, agency: str, most: int) -> Sequence[Entry]:
    """What happened to an agency and its systems, the newest first."""
    rows = await tx.rows(
        "SELECT * FROM register_events WHERE agency = :agency ORDER BY number DESC LIMIT :most",
        {"agency": agency, "most": most},
    )
    return [_entry(row) for row in rows]


async def of_system(tx: Transaction, system: str, most: int) -> Sequence[Entry]:
    """What happened to a system, the newest first."""
    rows = await tx.rows(
        "SELECT * FROM register_events WHERE system = :system ORDER BY number DESC LIMIT :most",
        {"system": system, "most": most},
    )
    return [_entry(row) for row in rows]
