"""How incidents ended: the core of form 04 and what the statistics need, one row an incident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.codec import at, moment, pack, unpack
from storage.store import Transaction


@dataclass(frozen=True)
class Closing:
    """What the officer wrote. `damage` is in dong; None where nobody knows it."""

    incident: str
    facts: Mapping[str, Any]
    damage: int | None
    closed_at: datetime
    closed_by: str


async def keep(
    tx: Transaction, incident: str, facts: Mapping[str, Any], damage: int | None, by: str, now: datetime
) -> None:
    """Write how it ended; what was written at an earlier end stays in the log alone."""
    await tx.run(
        "INSERT INTO closings (incident, facts, damage, closed_at, closed_by)"
        " VALUES (:incident, :facts, :damage, :now, :by)"
        " ON CONFLICT (incident) DO UPDATE SET facts = :facts, damage = :damage, closed_at = :now, closed_by = :by",
        {"incident": incident, "facts": pack(dict(facts)), "damage": damage, "now": at(now), "by": by},
    )


async def find(tx: Transaction, incident: str) -> Closing | None:
    row = await tx.row("SELECT * FROM closings WHERE incident = :incident", {"incident": incident})
    if row is None:
        return None
    return Closing(row["incident"], unpack(row["facts"]), row["damage"], moment(row["closed_at"]), row["closed_by"])
