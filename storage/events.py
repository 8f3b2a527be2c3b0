"""The append-only log of an incident: hash-chained (`storage.chain`), and verifiable after a payload was erased."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.incidents import EventKind
from storage import chain, indicators, search
from storage.codec import at, moment, pack, unpack
from storage.store import Row, Transaction

_SALT_BYTES = 16
_OF = (
    "SELECT e.number, e.kind, e.at, e.actor, p.payload FROM events e LEFT JOIN event_payloads p"
    " ON p.incident = e.incident AND p.number = e.number WHERE e.incident = :incident"
)


@dataclass(frozen=True)
class Event:
    """One event. `payload` is None once erased."""

    number: int
    kind: EventKind
    at: datetime
    actor: str | None
    payload: Mapping[str, Any] | None


async def append(
    tx: Transaction, incident: str, kind: EventKind, now: datetime, actor: str | None, payload: Mapping[str, Any]
) -> int:
    """Add an event at the end of the incident's chain; its number."""
    last = await tx.row(
        "SELECT number, hash FROM events WHERE incident = :incident ORDER BY number DESC LIMIT 1",
        {"incident": incident},
    )
    number = last["number"] + 1 if last else 1
    salt, said = secrets.token_hex(_SALT_BYTES), pack(dict(payload))
    commitment = chain.commitment(salt, said)
    values = {"incident": incident, "number": number, "kind": str(kind), "at": at(now), "actor": actor}
    await tx.run(
        "INSERT INTO events (incident, number, kind, at, actor, commitment, hash)"
        " VALUES (:incident, :number, :kind, :at, :actor, :commitment, :hash)",
        {
            **values,
            "commitment": commitment,
            "hash": chain.link(
                last["hash"] if last else chain.GENESIS, incident, number, str(kind), at(now), actor, commitment
            ),
        },
    )
    await tx.run(
        "INSERT INTO event_payloads (incident, number, salt, payload) VALUES (:incident, :number, :salt, :payload)",
        {"incident": incident, "number": number, "salt": salt, "payload": said},
    )
    return int(number)


def _event(row: Row) -> Event:
    return Event(
        number=row["number"],
        kind=EventKind(row["kind"]),
        at=moment(row["at"]),
        actor=row["actor"],
        payload=unpack(row["payload"]) if row["payload"] else None,
    )


async def of(tx: Transaction, incident: str) -> list[Event]:
    """The whole log of an incident, oldest first."""
    rows = await tx.rows(
        f"{_OF} ORDER BY e.number",
        {"incident": incident},
    )
    return [_event(row) for row in rows]


async def page(tx: Transaction, incident: str, below: int, most: int) -> list[Event]:
    """The events with a number under `below`, newest first."""
    rows = await tx.rows(
        f"{_OF} AND e.number < :below ORDER BY e.number DESC LIMIT :most",
        {"incident": incident, "below": below, "most": most},
    )
    return [_event(row) for row in rows]


async def after(tx: Transaction, incident: str, number: int, most: int) -> list[Event]:
    """The events that follow the one with that number, oldest first."""
    rows = await tx.rows(
        f"{_OF} AND e.number > :number ORDER BY e.number LIMIT :most",
        {"incident": incident, "number": number, "most": most},
    )
    return [_event(row) for row in rows]


async def ticks(tx: Transaction, incident: str) -> list[Event]:
    """Steps of the checklist that were ticked and unticked, oldest first."""
    rows = await tx.rows(
        f"{_OF} AND e.kind IN ('ticked', 'unticked') ORDER BY e.number",
        {"incident": incident},
    )
    return [_event(row) for row in rows]


async def notes(tx: Transaction, incident: str, below: int, most: int) -> list[Event]:
    """Notes of colleagues with a number under `below`, newest first."""
    rows = await tx.rows(
        f"{_OF} AND e.kind = 'noted' AND e.number < :below ORDER BY e.number DESC LIMIT :most",
        {"incident": incident, "below": below, "most": most},
    )
    return [_event(row) for row in rows]


async def among(tx: Transaction, incident: str, kinds: Collection[EventKind]) -> list[Event]:
    """The events of some kinds in the log of an incident, oldest first."""
    listed = ", ".join(f"'{kind}'" for kind in sorted(kinds))
    rows = await tx.rows(
        f"{_OF} AND e.kind IN ({listed}) ORDER BY e.number",
        {"incident": incident},
    )
    return [_event(row) for row in rows]


async def last_of(tx: Transaction, incident: str, kind: EventKind) -> Event | None:
    """The last event of a kind in the log of an incident."""
    row = await tx.row(
        f"{_OF} AND e.kind = :kind ORDER BY e.number DESC LIMIT 1",
        {"incident": incident, "kind": kind},
    )
    return _event(row) if row else None


async def said(tx: Transaction, incident: str, number: int) -> Mapping[str, Any]:
    """What one event says; nothing once erased."""
    row = await tx.row(
        "SELECT payload FROM event_payloads WHERE incident = :incident AND number = :number",
        {"incident": incident, "number": number},
    )
    return unpack(row["payload"]) if row and row["payload"] else {}


async def last_number(tx: Transaction, incident: str) -> int:
    """The number of the last event; 0 where there is none."""
    row = await tx.row("SELECT max(number) AS number FROM events WHERE incident = :incident", {"incident": incident})
    return int(row["number"] or 0) if row else 0


async def erase(tx: Transaction, incident: str) -> None:
    """Empty what the events of an incident say; the chain stays, and so does the proof that it was erased."""
    await tx.run("UPDATE event_payloads SET salt = '', payload = '' WHERE incident = :incident", {"incident": incident})
    await search.stale(tx, incident)
    await indicators.erase(tx, incident)
