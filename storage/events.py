"""The append-only log of an incident: hash-chained, and still verifiable after a payload was erased.

hash = sha256(previous hash, newline, canonical JSON of the event with its commitment);
commitment = sha256(salt, payload). Erasing deletes payload and salt: what was said is gone for good, that and when
something was said stays proven.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.incidents import EventKind
from storage.codec import at, moment, pack, unpack
from storage.store import Row, Transaction

GENESIS = "0" * 64
_SALT_BYTES = 16


@dataclass(frozen=True)
class Event:
    """One event. `payload` is None once erased."""

    number: int
    kind: EventKind
    at: datetime
    actor: str | None
    payload: Mapping[str, Any] | None


def _commitment(salt: str, payload: str) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + payload.encode()).hexdigest()


def _hash(previous: str, incident: str, number: int, kind: str, when: str, actor: str | None, commitment: str) -> str:
    event = {
        "incident": incident,
        "number": number,
        "kind": kind,
        "at": when,
        "actor": actor,
        "commitment": commitment,
    }
    return hashlib.sha256(f"{previous}\n{pack(event)}".encode()).hexdigest()


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
    commitment = _commitment(salt, said)
    values = {"incident": incident, "number": number, "kind": str(kind), "at": at(now), "actor": actor}
    await tx.run(
        "INSERT INTO events (incident, number, kind, at, actor, commitment, hash)"
        " VALUES (:incident, :number, :kind, :at, :actor, :commitment, :hash)",
        {
            **values,
            "commitment": commitment,
            "hash": _hash(last["hash"] if last else GENESIS, incident, number, str(kind), at(now), actor, commitment),
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
        payload=unpack(row["payload"]) if row["payload"] is not None else None,
    )


async def of(tx: Transaction, incident: str) -> list[Event]:
    """The whole log of an incident, oldest first."""
    rows = await tx.rows(
        "SELECT e.number, e.kind, e.at, e.actor, p.payload FROM events e LEFT JOIN event_payloads p"
        " ON p.incident = e.incident AND p.number = e.number WHERE e.incident = :incident ORDER BY e.number",
        {"incident": incident},
    )
    return [_event(row) for row in rows]


async def last_of(tx: Transaction, incident: str, kind: EventKind) -> Event | None:
    """The last event of a kind in the log of an incident."""
    row = await tx.row(
        "SELECT e.number, e.kind, e.at, e.actor, p.payload FROM events e LEFT JOIN event_payloads p"
        " ON p.incident = e.incident AND p.number = e.number WHERE e.incident = :incident AND e.kind = :kind"
        " ORDER BY e.number DESC LIMIT 1",
        {"incident": incident, "kind": kind},
    )
    return _event(row) if row else None


async def said(tx: Transaction, incident: str, number: int) -> Mapping[str, Any]:
    """What one event says; nothing once erased."""
    row = await tx.row(
        "SELECT payload FROM event_payloads WHERE incident = :incident AND number = :number",
        {"incident": incident, "number": number},
    )
    return unpack(row["payload"]) if row else {}


async def last_number(tx: Transaction, incident: str) -> int:
    """The number of the last event; 0 where there is none."""
    row = await tx.row("SELECT max(number) AS number FROM events WHERE incident = :incident", {"incident": incident})
    return int(row["number"] or 0) if row else 0


async def erase(tx: Transaction, incident: str) -> None:
    """Delete what the events of an incident say; the chain stays."""
    await tx.run("DELETE FROM event_payloads WHERE incident = :incident", {"incident": incident})


async def broken_at(tx: Transaction, incident: str) -> int | None:
    """The number of the first event that does not fit the chain; None where all of them do."""
    rows = await tx.rows(
        "SELECT e.*, p.salt, p.payload FROM events e LEFT JOIN event_payloads p"
        " ON p.incident = e.incident AND p.number = e.number WHERE e.incident = :incident ORDER BY e.number",
        {"incident": incident},
    )
    previous = GENESIS
    for expected, row in enumerate(rows, start=1):
        told = row["payload"] is not None
        fits = not told or _commitment(row["salt"], row["payload"]) == row["commitment"]
        chained = _hash(previous, incident, row["number"], row["kind"], row["at"], row["actor"], row["commitment"])
        if row["number"] != expected or not fits or chained != row["hash"]:
            return expected
        previous = row["hash"]
    return None
