"""Who was told that a clock of an incident runs out: one row a rung and round, so that nobody is told twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.ladder import Past, Rung, Trodden
from storage import incidents
from storage.codec import at, moment, pack, unpack
from storage.store import Transaction


async def of(tx: Transaction, incident: str) -> dict[tuple[str, int], Past]:
    """What was done so far, by clock and round."""
    rows = await tx.rows("SELECT * FROM rungs WHERE incident = :incident", {"incident": incident})
    found: dict[tuple[str, int], dict[Rung, Trodden]] = {}
    for row in rows:
        trodden = Trodden(moment(row["at"]), tuple(unpack(row["people"])))
        found.setdefault((row["clock"], row["round"]), {})[Rung(row["rung"])] = trodden
    return {**found}


async def tread(
    tx: Transaction, incident: str, clock: str, number: int, rung: Rung, people: Sequence[str], now: datetime
) -> bool:
    """Write down that a rung is dealt with; true for exactly one caller."""
    changed = await tx.run(
        "INSERT INTO rungs (incident, clock, round, rung, at, people)"
        " VALUES (:incident, :clock, :round, :rung, :now, :people)"
        " ON CONFLICT (incident, clock, round, rung) DO NOTHING",
        {
            "incident": incident,
            "clock": clock,
            "round": number,
            "rung": rung,
            "now": at(now),
            "people": pack(list(people)),
        },
    )
    return changed == 1


async def due(tx: Transaction, now: datetime, most: int) -> list[incidents.Incident]:
    """Incidents with a clock that changes now or has changed since, the longest waiting first."""
    rows = await tx.rows(
        "SELECT * FROM incidents WHERE look_at IS NOT NULL AND look_at <= :now ORDER BY look_at LIMIT :most",
        {"now": at(now), "most": most},
    )
    return [incidents.of_row(row) for row in rows]


async def unwatched(tx: Transaction, most: int) -> list[incidents.Incident]:
    """Incidents that were open before anybody watched deadlines, the oldest first."""
    rows = await tx.rows(
        "SELECT i.* FROM unwatched u CROSS JOIN incidents i ON i.id = u.incident ORDER BY u.incident LIMIT :most",
        {"most": most},
    )
    return [incidents.of_row(row) for row in rows]


async def watched(tx: Transaction, incident: str) -> None:
    """From now on it is looked at like every other."""
    await tx.run("DELETE FROM unwatched WHERE incident = :incident", {"incident": incident})


async def refused_emergencies(tx: Transaction, person: str, since: datetime, most: int) -> int:
    """How many emergencies of a reporter turned out to be none since then; it is not counted beyond `most`."""
    rows = await tx.rows(
        "SELECT id FROM incidents WHERE reporter = :person AND status = 'not_incident' AND ended_at > :since"
        " AND (severity = 'emergency' OR proposed = 'emergency') LIMIT :most",
        {"person": person, "since": at(since), "most": most},
    )
    return len(rows)
