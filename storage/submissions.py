"""What agencies handed in to show that something was done, what it answers, and what became of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.domain.obligations import Evidence
from bot.domain.submissions import State
from storage.codec import at, maybe_moment, moment, pack, unpack
from storage.store import Row, Transaction

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Submission:
    """One form that was handed in. `facts` are its answers; `person` handed it in."""

    id: str
    kind: Evidence
    agency: str
    person: str
    done_on: date
    facts: Mapping[str, Any]
    state: State
    submitted_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Item:
    """One obligation that is to be answered, and the round for which it was."""

    obligation: str
    round: int


def submission(row: Row) -> Submission:
    return Submission(
        id=row["id"],
        kind=Evidence(row["kind"]),
        agency=row["agency"],
        person=row["person"],
        done_on=date.fromisoformat(row["done_on"]),
        facts=_facts(row),
        state=State(row["state"]),
        submitted_at=moment(row["submitted_at"]),
        decided_by=row["decided_by"],
        decided_at=maybe_moment(row["decided_at"]),
        reason=row["reason"],
    )


def _facts(row: Row) -> Mapping[str, Any]:
    """The answers; none where they cannot be read: whatever else waits is judged, and this one can be returned."""
    try:
        return dict(unpack(row["facts"]))
    except ValueError as error:
        log.error("what was handed in as %s cannot be read", row["id"], exc_info=error)
        return {}


async def add(tx: Transaction, one: Submission, items: Sequence[Item]) -> None:
    await tx.run(
        "INSERT INTO submissions (id, kind, agency, person, done_on, facts, state, submitted_at) VALUES (:id, :kind,"
        " :agency, :person, :done_on, :facts, :state, :submitted_at)",
        {
            "id": one.id,
            "kind": str(one.kind),
            "agency": one.agency,
            "person": one.person,
            "done_on": one.done_on.isoformat(),
            "facts": pack(dict(one.facts)),
            "state": str(one.state),
            "submitted_at": at(one.submitted_at),
        },
    )
    await tx.run_many(
        "INSERT INTO submission_items (submission, obligation, round) VALUES (:submission, :obligation, :round)",
        [{"submission": one.id, "obligation": item.obligation, "round": item.round} for item in items],
    )


async def find(tx: Transaction, identifier: str) -> Submission | None:
    row = await tx.row("SELECT * FROM submissions WHERE id = :id", {"id": identifier})
    return submission(row) if row else None


async def items(tx: Transaction, identifier: str) -> Sequence[Item]:
    """What it is to answer."""
    rows = await tx.rows(
        "SELECT obligation, round FROM submission_items WHERE submission = :id ORDER BY obligation", {"id": identifier}
    )
    return [Item(row["obligation"], row["round"]) for row in rows]


async def carry_over(tx: Transaction, obligation: str, number: int) -> bool:
    """What still waits for a reviewer is to answer this round of an obligation; false where nothing does."""
    changed = await tx.run(
        "UPDATE submission_items SET round = :number WHERE obligation = :obligation AND submission IN ("
        " SELECT id FROM submissions WHERE state = 'submitted')",
        {"obligation": obligation, "number": number},
    )
    return changed > 0


async def settle(
    tx: Transaction, identifier: str, state: State, by: str | None, reason: str | None, now: datetime
) -> bool:
    """Decide on what still waits; false where somebody has decided already."""
    changed = await tx.run(
        "UPDATE submissions SET state = :state, decided_by = :by, decided_at = :now, reason = :reason"
        " WHERE id = :id AND state = 'submitted'",
        {"id": identifier, "state": str(state), "by": by, "reason": reason, "now": at(now)},
    )
    return changed == 1


async def waiting(tx: Transaction, most: int, skip: int = 0) -> Sequence[Submission]:
    """What waits for a reviewer, the longest waiting first."""
    rows = await tx.rows(
        "SELECT * FROM submissions WHERE state = 'submitted' ORDER BY submitted_at, id LIMIT :most OFFSET :skip",
        {"most": most, "skip": skip},
    )
    return [submission(row) for row in rows]


async def count_waiting(tx: Transaction) -> int:
    """How many wait for a reviewer."""
    row = await tx.row("SELECT count(*) AS n FROM submissions WHERE state = 'submitted'")
    return int(row["n"]) if row else 0


async def latest_of(tx: Transaction, obligation: str) -> Submission | None:
    """What was handed in last for an obligation."""
    row = await tx.row(
        "SELECT s.* FROM submission_items i JOIN submissions s ON s.id = i.submission WHERE i.obligation = :obligation"
        " ORDER BY s.submitted_at DESC, s.id DESC LIMIT 1",
        {"obligation": obligation},
    )
    return submission(row) if row else None
