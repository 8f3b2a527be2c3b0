"""The chain that binds the events of an incident to each other, and the proof that nobody has touched it.

hash = sha256(previous hash, newline, canonical JSON of the event with its commitment);
commitment = sha256(salt, payload). An erased payload leaves an empty row: what was said is gone for good, that and when
something was said stays proven, and a payload that went missing in any other way is no erased one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from storage.codec import pack
from storage.store import Row, Transaction

GENESIS = "0" * 64
CHUNK = 500  # events that are held in memory at once


class Fault(StrEnum):
    """In which way an event does not fit."""

    CHANGED = "changed"  # not what was written then
    MISSING = "missing"  # the chain goes on without it, or only its words are left
    UNSAID = "unsaid"  # its words are gone, and nobody has erased them
    STRAY = "stray"  # stands outside of the numbers
    CUT = "cut"  # a paper prints a head of the chain that is not there any more


@dataclass(frozen=True)
class Break:
    """The first event that does not fit. `kind` and `at` as they stand in the row, which may be what was changed."""

    number: int
    fault: Fault
    kind: str | None = None
    at: str | None = None


@dataclass(frozen=True)
class Proof:
    """What a look through the whole chain found: how many events fit, of how many the words are erased, its head."""

    events: int
    erased: int
    head: str
    broken: Break | None = None

    @property
    def fits(self) -> bool:
        return self.broken is None


def commitment(salt: str, payload: str) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + payload.encode()).hexdigest()


def link(previous: str, incident: str, number: int, kind: str, when: str, actor: str | None, committed: str) -> str:
    """The hash of an event that follows the one with the hash `previous`."""
    event = {"incident": incident, "number": number, "kind": kind, "at": when, "actor": actor, "commitment": committed}
    return hashlib.sha256(f"{previous}\n{pack(event)}".encode()).hexdigest()


async def head(tx: Transaction, incident: str) -> str:
    """The hash of the last event: whoever has it on paper can prove everything before it."""
    row = await tx.row(
        "SELECT hash FROM events WHERE incident = :incident ORDER BY number DESC LIMIT 1", {"incident": incident}
    )
    return str(row["hash"]) if row else GENESIS


async def verify(tx: Transaction, incident: str) -> Proof:
    """Go through the chain from its first event, a chunk at a time, up to the first one that does not fit."""
    previous, last, erased = GENESIS, 0, 0
    printed = await _printed(tx, incident)
    while rows := await _chunk(tx, incident, last):
        for row in rows:
            broken = _fault(row, incident, last + 1, previous)
            if broken is not None:
                return Proof(last, erased, previous, broken)
            previous, last = _text(row["hash"]), last + 1
            erased += row["payload"] == b""
            printed.discard(previous)
    return Proof(last, erased, previous, await _loose_end(tx, incident, last, printed))


# Read as bytes: a changed one need not be text any more.
_COLUMNS = ", ".join(
    f"CAST({column} AS BLOB) AS {column.partition('.')[2]}"
    for column in ("e.kind", "e.at", "e.actor", "e.commitment", "e.hash", "p.salt", "p.payload")
)


async def _chunk(tx: Transaction, incident: str, after: int) -> list[Row]:
    return await tx.rows(
        f"SELECT e.number, {_COLUMNS} FROM events e LEFT JOIN event_payloads p"
        " ON p.incident = e.incident AND p.number = e.number"
        " WHERE e.incident = :incident AND e.number > :after ORDER BY e.number LIMIT :most",
        {"incident": incident, "after": after, "most": CHUNK},
    )


def _text(stored: bytes) -> str:
    return stored.decode()


def _fault(row: Row, incident: str, expected: int, previous: str) -> Break | None:
    """What is wrong with the event that should have the number `expected`."""
    if row["number"] != expected:
        return Break(expected, Fault.MISSING)
    seen = {name: row[name].decode(errors="replace") for name in ("kind", "at")}
    if row["payload"] is None:
        return Break(expected, Fault.UNSAID, **seen)
    try:
        sound = _is_chained(row, incident, previous) and _is_as_said(row)
    except ValueError:  # bytes that are no text, or no salt
        sound = False
    return None if sound else Break(expected, Fault.CHANGED, **seen)


def _is_chained(row: Row, incident: str, previous: str) -> bool:
    actor = None if row["actor"] is None else _text(row["actor"])
    kind, when, committed = _text(row["kind"]), _text(row["at"]), _text(row["commitment"])
    return link(previous, incident, row["number"], kind, when, actor, committed) == _text(row["hash"])


def _is_as_said(row: Row) -> bool:
    salt, payload = _text(row["salt"]), _text(row["payload"])
    if not salt and not payload:
        return True  # erased
    # Capitals and spaces make the same salt: it counts only as it was written.
    return bytes.fromhex(salt).hex() == salt and commitment(salt, payload) == _text(row["commitment"])


async def _loose_end(tx: Transaction, incident: str, last: int, printed: set[str]) -> Break | None:
    """What lies beyond the events: words without one, numbers before the first, heads that only papers know."""
    words = await tx.row(
        "SELECT min(number) AS number FROM event_payloads WHERE incident = :incident AND number > :last",
        {"incident": incident, "last": last},
    )
    if words is not None and words["number"] is not None:
        return Break(int(words["number"]), Fault.MISSING)
    stray = await tx.row(
        "SELECT number FROM events WHERE incident = :incident AND number < 1"
        " UNION ALL SELECT number FROM event_payloads WHERE incident = :incident AND number < 1 LIMIT 1",
        {"incident": incident},
    )
    if stray is not None:
        return Break(int(stray["number"]), Fault.STRAY)
    if last == 0:
        return Break(1, Fault.MISSING)  # every incident has at least the event that it was filed
    return Break(last + 1, Fault.CUT) if printed else None


async def _printed(tx: Transaction, incident: str) -> set[str]:
    """Heads that stand on papers."""
    rows = await tx.rows("SELECT DISTINCT head FROM papers WHERE incident = :incident", {"incident": incident})
    return {str(row["head"]) for row in rows}
