"""Requests to be left out of a duty, and what a reviewer said to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.codec import at, maybe_moment, moment
from storage.store import Row, Transaction


@dataclass(frozen=True)
class Exemption:
    """One request. `state`: asked, agreed, refused; lapsed when an agreement was taken back."""

    id: str
    obligation: str
    reason: str
    asked_by: str
    asked_at: datetime
    state: str
    decided_by: str | None = None
    decided_at: datetime | None = None
    answer: str | None = None


def exemption(row: Row) -> Exemption:
    return Exemption(
        id=row["id"],
        obligation=row["obligation"],
        reason=row["reason"],
        asked_by=row["asked_by"],
        asked_at=moment(row["asked_at"]),
        state=row["state"],
        decided_by=row["decided_by"],
        decided_at=maybe_moment(row["decided_at"]),
        answer=row["answer"],
    )


async def ask(tx: Transaction, obligation: str, reason: str, by: str, now: datetime) -> str | None:
    """A new request; its id, None where one for the same obligation waits already."""
    identifier = tx.new_id()
    changed = await tx.run(
        "INSERT INTO exemptions (id, obligation, reason, asked_by, asked_at, state) VALUES (:id, :obligation, :reason,"
        " :by, :now, 'asked') ON CONFLICT (obligation) WHERE state = 'asked' DO NOTHING",
        {"id": identifier, "obligation": obligation, "reason": reason, "by": by, "now": at(now)},
    )
    return identifier if changed == 1 else None


async def find(tx: Transaction, identifier: str) -> Exemption | None:
    row = await tx.row("SELECT * FROM exemptions WHERE id = :id", {"id": identifier})
    return exemption(row) if row else None


async def newest_of(tx: Transaction, obligation: str) -> str | None:
    """The state of the last request about an obligation; None where there never was one."""
    row = await tx.row(
        "SELECT state FROM exemptions WHERE obligation = :obligation ORDER BY asked_at DESC, id DESC LIMIT 1",
        {"obligation": obligation},
    )
    return row["state"] if row else None


async def settle(
    tx: Transaction, identifier: str, before: str, state: str, by: str | None, answer: str | None, now: datetime
) -> bool:
    """From one state to another; false where it stands in the first no more."""
    changed = await tx.run(
        "UPDATE exemptions SET state = :state, decided_by = :by, decided_at = :now, answer = :answer"
        " WHERE id = :id AND state = :before",
        {"id": identifier, "before": before, "state": state, "by": by, "answer": answer, "now": at(now)},
    )
    return changed == 1


async def waiting(tx: Transaction, most: int, skip: int = 0) -> Sequence[Exemption]:
    """What waits for a reviewer, the longest waiting first."""
    rows = await tx.rows(
        "SELECT * FROM exemptions WHERE state = 'asked' ORDER BY asked_at, id LIMIT :most OFFSET :skip",
        {"most": most, "skip": skip},
    )
    return [exemption(row) for row in rows]


async def count_waiting(tx: Transaction) -> int:
    """How many wait for a reviewer."""
    row = await tx.row("SELECT count(*) AS n FROM exemptions WHERE state = 'asked'")
    return int(row["n"]) if row else 0


async def agreed(tx: Transaction, most: int, skip: int = 0) -> Sequence[Exemption]:
    """What a reviewer has agreed to and nobody has taken back, the newest first."""
    rows = await tx.rows(
        "SELECT * FROM exemptions WHERE state = 'agreed' ORDER BY asked_at DESC, id DESC LIMIT :most OFFSET :skip",
        {"most": most, "skip": skip},
    )
    return [exemption(row) for row in rows]
