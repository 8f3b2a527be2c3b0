"""What was referred to other bodies, and what they answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.codec import at, maybe_at, maybe_moment, moment
from storage.store import Row, Transaction


@dataclass(frozen=True)
class Referral:
    """One offer to one body. `state`: offered, accepted, returned, lapsed, or outside where nobody was reachable."""

    id: str
    incident: str
    body: str
    reason: str | None
    made_by: str
    made_at: datetime
    answer_by: datetime | None
    state: str
    answered_by: str | None = None
    answered_at: datetime | None = None


def _referral(row: Row) -> Referral:
    return Referral(
        id=row["id"],
        incident=row["incident"],
        body=row["body"],
        reason=row["reason"],
        made_by=row["made_by"],
        made_at=moment(row["made_at"]),
        answer_by=maybe_moment(row["answer_by"]),
        state=row["state"],
        answered_by=row["answered_by"],
        answered_at=maybe_moment(row["answered_at"]),
    )


async def add(tx: Transaction, referral: Referral) -> None:
    await tx.run(
        "INSERT INTO referrals (id, incident, body, reason, made_by, made_at, answer_by, state)"
        " VALUES (:id, :incident, :body, :reason, :made_by, :made_at, :answer_by, :state)",
        {
            "id": referral.id,
            "incident": referral.incident,
            "body": referral.body,
            "reason": referral.reason,
            "made_by": referral.made_by,
            "made_at": at(referral.made_at),
            "answer_by": maybe_at(referral.answer_by),
            "state": referral.state,
        },
    )


async def find(tx: Transaction, referral: str) -> Referral | None:
    row = await tx.row("SELECT * FROM referrals WHERE id = :id", {"id": referral})
    return _referral(row) if row else None


async def newest(tx: Transaction, incident: str) -> Referral | None:
    """The last offer of an incident."""
    row = await tx.row(
        "SELECT * FROM referrals WHERE incident = :incident ORDER BY made_at DESC, id DESC LIMIT 1",
        {"incident": incident},
    )
    return _referral(row) if row else None


async def answer(tx: Transaction, referral: Referral, state: str, by: str | None, now: datetime) -> bool:
    """Write down an answer, or that none came in time; true for exactly one of all who try."""
    changed = await tx.run(
        "UPDATE referrals SET state = :state, answered_by = :by, answered_at = :now WHERE id = :id AND state = :before",
        {"id": referral.id, "state": state, "before": referral.state, "by": by, "now": at(now)},
    )
    return changed == 1


async def due(tx: Transaction, now: datetime, most: int) -> list[Referral]:
    """Offers that nobody answered in time."""
    rows = await tx.rows(
        "SELECT * FROM referrals WHERE state = 'offered' AND answer_by <= :now ORDER BY answer_by LIMIT :most",
        {"now": at(now), "most": most},
    )
    return [_referral(row) for row in rows]
