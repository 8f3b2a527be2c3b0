"""What is owed for each system and by each agency, how far its reminders have climbed, and the ledger of who heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.obligations import State
from storage.agencies import day, text
from storage.codec import at, maybe_moment
from storage.store import Row, Transaction


@dataclass(frozen=True)
class Obligation:
    """One rule for one subject. `told` is the offset (days from the due day) of the last rung; None: none yet."""

    id: str
    rule: str
    subject: str
    agency: str
    system: str | None
    round: int
    state: State
    opened_on: date
    due_on: date | None
    done_on: date | None = None
    told: int | None = None
    received_at: datetime | None = None
    snoozes: int = 0
    quiet_until: date | None = None
    look_at: datetime | None = None
    happened_on: date | None = None  # what set it off: nothing that was done before counts


def obligation(row: Row) -> Obligation:
    return Obligation(
        id=row["id"],
        rule=row["rule"],
        subject=row["subject"],
        agency=row["agency"],
        system=row["system"],
        round=row["round"],
        state=State(row["state"]),
        opened_on=date.fromisoformat(row["opened_on"]),
        due_on=day(row["due_on"]),
        done_on=day(row["done_on"]),
        told=row["told"],
        received_at=maybe_moment(row["received_at"]),
        snoozes=row["snoozes"],
        quiet_until=day(row["quiet_until"]),
        look_at=maybe_moment(row["look_at"]),
        happened_on=day(row["happened_on"]),
    )


async def put(tx: Transaction, one: Obligation) -> None:
    """Write an obligation, new or changed."""
    await tx.run(
        "INSERT INTO obligations (id, rule, subject, agency, system, round, state, opened_on, happened_on, due_on,"
        " done_on, told, received_at, snoozes, quiet_until, look_at) VALUES (:id, :rule, :subject, :agency, :system,"
        " :round, :state, :opened_on, :happened_on, :due_on, :done_on, :told, :received_at, :snoozes, :quiet_until,"
        " :look_at) ON CONFLICT (id) DO UPDATE SET agency = :agency, round = :round, state = :state,"
        " opened_on = :opened_on, happened_on = :happened_on, due_on = :due_on, done_on = :done_on, told = :told,"
        " received_at = :received_at, snoozes = :snoozes, quiet_until = :quiet_until, look_at = :look_at",
        {
            "id": one.id,
            "rule": one.rule,
            "subject": one.subject,
            "agency": one.agency,
            "system": one.system,
            "round": one.round,
            "state": str(one.state),
            "opened_on": text(one.opened_on),
            "happened_on": text(one.happened_on),
            "due_on": text(one.due_on),
            "done_on": text(one.done_on),
            "told": one.told,
            "received_at": at(one.received_at) if one.received_at else None,
            "snoozes": one.snoozes,
            "quiet_until": text(one.quiet_until),
            "look_at": at(one.look_at) if one.look_at else None,
        },
    )


# The clock ------------------------------------------------------------------------------------------------------------

_FEW_ROWS = 2000  # are looked through for the agencies whose turn it is


def _named(agencies: Sequence[str]) -> tuple[str, dict[str, str]]:
    names = {f"agency{number}": agency for number, agency in enumerate(agencies)}
    return ", ".join(f":{name}" for name in names), names


async def agencies_due(tx: Transaction, now: datetime, most: int) -> Sequence[str]:
    """Agencies of which something is to be looked at now."""
    rows = await tx.rows(
        "SELECT DISTINCT agency FROM (SELECT agency FROM obligations WHERE look_at IS NOT NULL AND look_at <= :now"
        " ORDER BY look_at LIMIT :rows) LIMIT :most",
        {"now": at(now), "rows": _FEW_ROWS, "most": most},
    )
    return [row["agency"] for row in rows]


async def due(tx: Transaction, agencies: Sequence[str], now: datetime) -> Sequence[Obligation]:
    """What is to be looked at now, of these agencies."""
    marks, names = _named(agencies)
    rows = await tx.rows(
        # The sign keeps the index of moments out of it: after a long holiday all of it is due.
        f"SELECT * FROM obligations WHERE agency IN ({marks}) AND +look_at <= :now",
        {**names, "now": at(now)},
    )
    return [obligation(row) for row in rows]


async def climb(tx: Transaction, climbed: Sequence[Obligation]) -> None:
    """How far the reminders of these have come."""
    await tx.run_many(
        "UPDATE obligations SET told = :told, received_at = :received_at, quiet_until = :quiet_until,"
        " look_at = :look_at WHERE id = :id",
        [
            {
                "id": one.id,
                "told": one.told,
                "received_at": at(one.received_at) if one.received_at else None,
                "quiet_until": text(one.quiet_until),
                "look_at": at(one.look_at) if one.look_at else None,
            }
            for one in climbed
        ],
    )


async def put_off(tx: Transaction, agency: str, now: datetime, until: datetime) -> None:
    """What cannot be worked now is tried again later, so that it holds up nobody else."""
    await tx.run(
        "UPDATE obligations SET look_at = :until WHERE agency = :agency AND +look_at <= :now",
        {"agency": agency, "now": at(now), "until": at(until)},
    )


async def receive(tx: Transaction, agency: str, person: str, until: datetime, now: datetime) -> int:
    """Somebody has seen what was told to them up to a moment: quiet until the next rung. How many those were."""
    return await tx.run(
        "UPDATE obligations SET received_at = :now WHERE agency = :agency AND state = 'open' AND told IS NOT NULL"
        " AND received_at IS NULL AND EXISTS (SELECT 1 FROM reminders r WHERE r.obligation = obligations.id"
        "  AND r.round = obligations.round AND r.rung = obligations.told AND r.person = :person AND r.at <= :until)",
        {"agency": agency, "person": person, "until": at(until), "now": at(now)},
    )


# Looking --------------------------------------------------------------------------------------------------------------


async def find(tx: Transaction, identifier: str) -> Obligation | None:
    row = await tx.row("SELECT * FROM obligations WHERE id = :id", {"id": identifier})
    return obligation(row) if row else None


async def of_subject(tx: Transaction, subject: str) -> Sequence[Obligation]:
    """All that was ever owed for one system, or by one agency itself."""
    rows = await tx.rows("SELECT * FROM obligations WHERE subject = :subject ORDER BY rule", {"subject": subject})
    return [obligation(row) for row in rows]


async def of_agency(tx: Transaction, agency: str) -> Sequence[Obligation]:
    """All that an agency owes or has fulfilled, systems included, without what is ended; the most urgent first."""
    rows = await tx.rows(
        "SELECT * FROM obligations WHERE agency = :agency AND state <> 'ended' ORDER BY due_on IS NULL, due_on, id",
        {"agency": agency},
    )
    return [obligation(row) for row in rows]
