"""Requests to agencies and providers, and what they answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain import coordination as domain
from bot.domain.coordination import State
from storage.codec import at, maybe_at, maybe_moment, moment
from storage.store import Row, Transaction

_OPEN = ", ".join(f"'{state}'" for state in domain.OPEN)


@dataclass(frozen=True)
class Request:
    """One request. `told` is the last step of the ladder; `answer` what the agency wrote in the end."""

    id: str
    code: str
    agency: str
    incident: str | None
    words: str
    due_at: datetime
    asked_by: str
    asked_at: datetime
    state: State = State.SENT
    received_at: datetime | None = None
    received_by: str | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    answer: str | None = None
    told: str = ""
    look_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.state in domain.OPEN


def _request(row: Row) -> Request:
    return Request(
        id=row["id"],
        code=row["code"],
        agency=row["agency"],
        incident=row["incident"],
        words=row["words"],
        due_at=moment(row["due_at"]),
        asked_by=row["asked_by"],
        asked_at=moment(row["asked_at"]),
        state=State(row["state"]),
        received_at=maybe_moment(row["received_at"]),
        received_by=row["received_by"],
        answered_at=maybe_moment(row["answered_at"]),
        answered_by=row["answered_by"],
        answer=row["answer"],
        told=row["told"],
        look_at=maybe_moment(row["look_at"]),
    )


async def next_code(tx: Transaction, year: int) -> str:
    """The next number of the year; numbers are never used twice and leave no gap."""
    row = await tx.row(
        "INSERT INTO counters (name, value) VALUES (:name, 1)"
        " ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value",
        {"name": f"coordination-{year}"},
    )
    assert row is not None
    return domain.code(year, row["value"])


async def add(tx: Transaction, request: Request) -> None:
    await tx.run(
        "INSERT INTO coordinations (id, code, agency, incident, words, due_at, asked_by, asked_at, state, look_at)"
        " VALUES (:id, :code, :agency, :incident, :words, :due_at, :asked_by, :asked_at, :state, :look_at)",
        {
            "id": request.id,
            "code": request.code,
            "agency": request.agency,
            "incident": request.incident,
            "words": request.words,
            "due_at": at(request.due_at),
            "asked_by": request.asked_by,
            "asked_at": at(request.asked_at),
            "state": str(request.state),
            "look_at": maybe_at(request.look_at),
        },
    )


async def find(tx: Transaction, identifier: str | None) -> Request | None:
    row = await tx.row("SELECT * FROM coordinations WHERE id = :id", {"id": identifier})
    return _request(row) if row else None


async def receive(tx: Transaction, identifier: str, by: str, now: datetime) -> bool:
    """Somebody of the agency has it; true for the first who says so."""
    changed = await tx.run(
        "UPDATE coordinations SET state = 'received', received_at = :now, received_by = :by"
        " WHERE id = :id AND state = 'sent'",
        {"id": identifier, "by": by, "now": at(now)},
    )
    return changed == 1


async def settle(
    tx: Transaction, identifier: str, state: State, by: str, now: datetime, answer: str | None = None
) -> bool:
    """It is done, refused or withdrawn: nobody is reminded any more. True for exactly one of all who try."""
    changed = await tx.run(
        "UPDATE coordinations SET state = :state, answered_at = :now, answered_by = :by,"
        f" answer = COALESCE(:answer, answer), look_at = NULL WHERE id = :id AND state IN ({_OPEN})",
        {"id": identifier, "state": str(state), "by": by, "now": at(now), "answer": answer},
    )
    return changed == 1


async def say(tx: Transaction, identifier: str, answer: str) -> None:
    """What the agency has written, all of it."""
    await tx.run("UPDATE coordinations SET answer = :answer WHERE id = :id", {"id": identifier, "answer": answer})


async def climb(tx: Transaction, identifier: str, told: str, look: datetime | None) -> None:
    """A step of the ladder was taken; when the next one is."""
    await tx.run(
        f"UPDATE coordinations SET told = :told, look_at = :look WHERE id = :id AND state IN ({_OPEN})",
        {"id": identifier, "told": told, "look": maybe_at(look)},
    )


async def due(tx: Transaction, now: datetime, most: int) -> Sequence[Request]:
    """Requests that are to be looked at, the longest due first."""
    rows = await tx.rows(
        "SELECT * FROM coordinations WHERE look_at <= :now ORDER BY look_at LIMIT :most", {"now": at(now), "most": most}
    )
    return [_request(row) for row in rows]


async def open_ones(tx: Transaction, most: int, skip: int = 0) -> Sequence[Request]:
    """Requests that wait for an answer, the oldest first."""
    rows = await tx.rows(
        f"SELECT * FROM coordinations WHERE state IN ({_OPEN}) ORDER BY asked_at LIMIT :most OFFSET :skip",
        {"most": most, "skip": skip},
    )
    return [_request(row) for row in rows]


async def count_open(tx: Transaction) -> int:
    row = await tx.row(f"SELECT count(*) AS n FROM coordinations WHERE state IN ({_OPEN})")
    return int(row["n"]) if row else 0


async def of_agency(tx: Transaction, agency: str, most: int) -> Sequence[Request]:
    """What an agency was asked, the newest first."""
    rows = await tx.rows(
        "SELECT * FROM coordinations WHERE agency = :agency ORDER BY asked_at DESC LIMIT :most",
        {"agency": agency, "most": most},
    )
    return [_request(row) for row in rows]


async def of_incident(tx: Transaction, incident: str, most: int) -> Sequence[Request]:
    """What was asked about an incident, in that order."""
    rows = await tx.rows(
        "SELECT * FROM coordinations WHERE incident = :incident ORDER BY id LIMIT :most",
        {"incident": incident, "most": most},
    )
    return [_request(row) for row in rows]
