"""The ledger of reminders: who is to hear of which rung, once; and in which message it was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from storage.agencies import text
from storage.codec import at, pack
from storage.obligations import Obligation, obligation
from storage.store import Transaction

DEPARTMENT = "department"  # instead of a person: the list of the department


@dataclass(frozen=True)
class Note:
    """Somebody is to hear of a rung. `again` counts how often it had been put off."""

    obligation: str
    round: int
    rung: int
    again: int
    person: str


async def note(tx: Transaction, notes: Sequence[Note], now: datetime) -> None:
    """Write down who is to hear; what stands there already is told once."""
    moment = at(now)
    await tx.run_many(
        "INSERT INTO reminders (obligation, round, rung, again, person, at)"
        " VALUES (:obligation, :round, :rung, :again, :person, :now)"
        " ON CONFLICT (obligation, round, rung, again, person) DO NOTHING",
        [{**vars(one), "now": moment} for one in notes],
    )


async def waiting(tx: Transaction, most: int) -> Sequence[str]:
    """People to whom something is to be told; the department is none of them."""
    rows = await tx.rows(
        "SELECT DISTINCT person FROM reminders WHERE sent IS NULL AND person > '' AND person <> :department"
        " LIMIT :most",
        {"department": DEPARTMENT, "most": most},
    )
    return [row["person"] for row in rows]


async def sent(tx: Transaction, person: str, delivery: str) -> None:
    """All that waited for somebody is told by one message."""
    await tx.run(
        "UPDATE reminders SET sent = :delivery WHERE person = :person AND sent IS NULL",
        {"person": person, "delivery": delivery},
    )


async def release(tx: Transaction, delivery: str) -> None:
    """What a message was to tell waits for another one."""
    await tx.run("UPDATE reminders SET sent = NULL WHERE sent = :delivery", {"delivery": delivery})


async def under_way(tx: Transaction, people: Sequence[str], key: str) -> dict[str, str | None]:
    """The newest message of this name that is under way to each of these people; None where it flies or may have been
    seen. People to whom none is are left out.
    """
    names = {f"s{number}": person for number, person in enumerate(people)}
    rows = await tx.rows(
        "SELECT d.stream, d.id, d.state = 'waiting' AND d.doubts = 0 AS unseen FROM deliveries d"
        f" JOIN messages m ON m.id = d.message WHERE d.stream IN ({', '.join(f':{name}' for name in names)})"
        " AND d.state IN ('waiting', 'sending') AND m.key = :key ORDER BY d.id",
        {**names, "key": key},
    )
    return {row["stream"]: row["id"] if row["unseen"] else None for row in rows}


async def reword(tx: Transaction, delivery: str, facts: Mapping[str, Any]) -> None:
    """Other values for what a delivery that has not left will say."""
    await tx.run(
        "UPDATE messages SET facts = :facts WHERE id = (SELECT message FROM deliveries WHERE id = :id)",
        {"id": delivery, "facts": pack(dict(facts))},
    )


@dataclass(frozen=True)
class Tally:
    """What has newly reached the list of the department."""

    obligations: int
    agencies: int


async def reached_department(tx: Transaction) -> Tally:
    """What the department has not heard of yet and what is still owed."""
    row = await tx.row(
        "SELECT count(*) AS n, count(DISTINCT o.agency) AS agencies FROM reminders r"
        " JOIN obligations o ON o.id = r.obligation"
        " WHERE r.sent IS NULL AND r.person = :department AND o.state = 'open' AND o.round = r.round",
        {"department": DEPARTMENT},
    )
    return Tally(row["n"], row["agencies"]) if row else Tally(0, 0)


async def department_waits(tx: Transaction) -> bool:
    row = await tx.row(
        "SELECT 1 FROM reminders WHERE sent IS NULL AND person = :department LIMIT 1", {"department": DEPARTMENT}
    )
    return row is not None


async def told_by(tx: Transaction, delivery: str) -> Sequence[Obligation]:
    """What a message is about, as it stands now: what is still owed, and of which its reader was told nothing newer.

    What others were told since changes nothing: a deputy's rung is not lost because the head's was reached meanwhile.
    """
    rows = await tx.rows(
        "SELECT o.* FROM reminders r JOIN obligations o ON o.id = r.obligation"
        " WHERE r.sent = :delivery AND o.round = r.round AND o.state = 'open' AND NOT EXISTS ("
        "  SELECT 1 FROM reminders n WHERE n.obligation = r.obligation AND n.round = r.round AND n.person = r.person"
        "  AND n.rung > r.rung)",
        {"delivery": delivery},
    )
    return [obligation(row) for row in rows]


async def snooze(tx: Transaction, one: Obligation, person: str, until: date, reason: str, now: datetime) -> None:
    """Write down that somebody has put a reminder off; its number is in `one`."""
    await tx.run(
        "INSERT INTO snoozes (obligation, round, number, person, at, until, reason)"
        " VALUES (:obligation, :round, :number, :person, :now, :until, :reason)",
        {
            "obligation": one.id,
            "round": one.round,
            "number": one.snoozes,
            "person": person,
            "now": at(now),
            "until": text(until),
            "reason": reason,
        },
    )
