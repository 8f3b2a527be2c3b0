"""What the bot has suggested because indicators meet, and what people made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.indicators import Indicator, Kind
from storage.codec import at, maybe_moment, moment
from storage.store import Row, Transaction

MERGE, PARENT = "merge", "parent"


@dataclass(frozen=True)
class Offer:
    """Merge `incident` into `other`; or tie it, and all that share the indicator, to the outbreak `other`: to one
    that is yet to be laid where `other` is None.
    """

    id: str
    incident: str
    other: str | None
    kind: str
    indicator: Indicator
    made_at: datetime
    state: str = "open"
    decided_by: str | None = None
    decided_at: datetime | None = None


def _offer(row: Row) -> Offer:
    return Offer(
        id=row["id"],
        incident=row["incident"],
        other=row["other"],
        kind=row["kind"],
        indicator=Indicator(Kind(row["indicator"]), row["value"]),
        made_at=moment(row["made_at"]),
        state=row["state"],
        decided_by=row["decided_by"],
        decided_at=maybe_moment(row["decided_at"]),
    )


async def make(tx: Transaction, kind: str, incident: str, other: str | None, why: Indicator, now: datetime) -> str:
    identifier = tx.new_id()
    await tx.run(
        "INSERT INTO offers (id, incident, other, kind, indicator, value, made_at, state)"
        " VALUES (:id, :incident, :other, :kind, :indicator, :value, :now, 'open')",
        {
            "id": identifier,
            "incident": incident,
            "other": other,
            "kind": kind,
            "indicator": why.kind,
            "value": why.value,
            "now": at(now),
        },
    )
    return identifier


async def find(tx: Transaction, offer: str) -> Offer | None:
    row = await tx.row("SELECT * FROM offers WHERE id = :id", {"id": offer})
    return _offer(row) if row else None


async def decide(tx: Transaction, offer: str, state: str, by: str, now: datetime, other: str | None = None) -> bool:
    """Of two who decide at once one wins. `other`: the outbreak that was laid."""
    changed = await tx.run(
        "UPDATE offers SET state = :state, decided_by = :by, decided_at = :now, other = COALESCE(:other, other)"
        " WHERE id = :id AND state = 'open'",
        {"id": offer, "state": state, "by": by, "now": at(now), "other": other},
    )
    return changed == 1


async def of(tx: Transaction, incident: str, state: str, most: int) -> list[Offer]:
    """What was suggested about an incident and stands so, the newest first."""
    rows = await tx.rows(
        "SELECT * FROM offers WHERE incident = :incident AND state = :state ORDER BY id DESC LIMIT :most",
        {"incident": incident, "state": state, "most": most},
    )
    return [_offer(row) for row in rows]


async def was_made(tx: Transaction, incident: str, other: str) -> bool:
    """Whether the merge of the one into the other was suggested before, whatever became of it."""
    row = await tx.row(
        "SELECT 1 AS made FROM offers WHERE incident = :incident AND other = :other AND kind = 'merge'"
        " AND state IN ('open', 'taken', 'dismissed', 'stale') LIMIT 1",
        {"incident": incident, "other": other},
    )
    return row is not None


async def newest_of_parent(tx: Transaction, why: Indicator, state: str) -> Offer | None:
    """The newest suggestion to lay an outbreak for an indicator, or to tie to one, that stands so."""
    row = await tx.row(
        "SELECT * FROM offers WHERE indicator = :indicator AND value = :value AND state = :state AND kind = 'parent'"
        " ORDER BY id DESC LIMIT 1",
        {"indicator": why.kind, "value": why.value, "state": state},
    )
    return _offer(row) if row else None
