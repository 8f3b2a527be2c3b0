"""Handovers of work from one of the team to another: offered, accepted, declined, climbed, dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.people import RESPONDERS
from storage.codec import at, maybe_at, maybe_moment, moment
from storage.incidents import OPEN, Incident, of_row
from storage.store import Row, Transaction


@dataclass(frozen=True)
class Handover:
    """One offer to one receiver. Offers of the same work that climbed or were passed on share a `root`.

    `whole`: everything that the giver held; `asked_by` is the giver, or a lead who assigns.
    """

    id: str
    root: str
    giver: str
    receiver: str
    asked_by: str
    note: str | None
    whole: bool
    asked_at: datetime
    answer_by: datetime | None
    state: str = "asked"


def _handover(row: Row) -> Handover:
    return Handover(
        id=row["id"],
        root=row["root"],
        giver=row["giver"],
        receiver=row["receiver"],
        asked_by=row["asked_by"],
        note=row["note"],
        whole=bool(row["whole"]),
        asked_at=moment(row["asked_at"]),
        answer_by=maybe_moment(row["answer_by"]),
        state=row["state"],
    )


async def add(tx: Transaction, made: Handover, items: Sequence[str]) -> None:
    """Offer incidents to somebody."""
    await tx.run(
        "INSERT INTO handovers (id, root, giver, receiver, asked_by, note, whole, asked_at, answer_by, state)"
        " VALUES (:id, :root, :giver, :receiver, :asked_by, :note, :whole, :asked_at, :answer_by, 'asked')",
        {
            "id": made.id,
            "root": made.root,
            "giver": made.giver,
            "receiver": made.receiver,
            "asked_by": made.asked_by,
            "note": made.note,
            "whole": int(made.whole),
            "asked_at": at(made.asked_at),
            "answer_by": maybe_at(made.answer_by),
        },
    )
    await tx.run_many(
        "INSERT INTO handover_items (handover, incident) VALUES (:handover, :incident)",
        [{"handover": made.id, "incident": one} for one in items],
    )


async def find(tx: Transaction, handover: str) -> Handover | None:
    row = await tx.row("SELECT * FROM handovers WHERE id = :id", {"id": handover})
    return _handover(row) if row else None


async def items(tx: Transaction, handover: str) -> list[Incident]:
    """What was offered, as it stands now, the oldest first."""
    rows = await tx.rows(
        "SELECT i.* FROM handover_items h JOIN incidents i ON i.id = h.incident WHERE h.handover = :id"
        " ORDER BY i.filed_at",
        {"id": handover},
    )
    return [of_row(row) for row in rows]


async def settle(tx: Transaction, handover: str, state: str, now: datetime) -> bool:
    """How an offer ended; true for exactly one of all who try."""
    changed = await tx.run(
        "UPDATE handovers SET state = :state, answered_at = :now WHERE id = :id AND state = 'asked'",
        {"id": handover, "state": state, "now": at(now)},
    )
    return changed == 1


async def open_for(tx: Transaction, incident: str) -> Handover | None:
    """The offer that waits for an answer about an incident; there is one at most."""
    row = await tx.row(
        "SELECT h.* FROM handover_items i JOIN handovers h ON h.id = i.handover"
        " WHERE i.incident = :incident AND h.state = 'asked' LIMIT 1",
        {"incident": incident},
    )
    return _handover(row) if row else None


async def open_from(tx: Transaction, giver: str) -> list[Handover]:
    """What somebody has offered and nobody has answered yet."""
    rows = await tx.rows(
        "SELECT * FROM handovers WHERE giver = :giver AND state = 'asked' ORDER BY asked_at, id", {"giver": giver}
    )
    return [_handover(row) for row in rows]


async def asked_of(tx: Transaction, root: str) -> set[str]:
    """Everybody who was asked to take the same work."""
    rows = await tx.rows("SELECT receiver FROM handovers WHERE root = :root", {"root": root})
    return {str(row["receiver"]) for row in rows}


async def due(tx: Transaction, now: datetime, most: int) -> list[Handover]:
    """Offers that nobody answered in time."""
    rows = await tx.rows(
        "SELECT * FROM handovers WHERE state = 'asked' AND answer_by <= :now ORDER BY answer_by LIMIT :most",
        {"now": at(now), "most": most},
    )
    return [_handover(row) for row in rows]


async def postpone(tx: Transaction, handover: str, until: datetime) -> None:
    """Its end could not be dealt with: others come first until then."""
    await tx.run(
        "UPDATE handovers SET answer_by = :until WHERE id = :id AND state = 'asked'",
        {"id": handover, "until": at(until)},
    )


_RESPONDERS = ", ".join(f"'{role}'" for role in sorted(RESPONDERS))


async def left(tx: Transaction, since: datetime, most: int) -> list[Incident]:
    """Open incidents whose owner has no role, no seat or no account any more, and that were not offered since then."""
    rows = await tx.rows(
        "SELECT i.* FROM people p JOIN incidents i ON i.owner = p.id"
        # Only somebody who has held such a role can have taken an incident: few, however many people there are.
        f" WHERE p.id IN (SELECT r.person FROM roles r WHERE r.role IN ({_RESPONDERS}))"
        f" AND i.status IN ({OPEN}) AND (p.telegram_id IS NULL"
        "  OR NOT EXISTS (SELECT 1 FROM roles n WHERE n.person = p.id AND n.ended_at IS NULL"
        f"   AND n.role IN ({_RESPONDERS}))"
        # A seat that nobody knows of yet (the group is new) is asked for within a minute.
        "  OR EXISTS (SELECT 1 FROM groups g JOIN seats s ON s.group_id = g.id AND s.person = p.id"
        "   WHERE g.duty = 'team' AND s.present = 0))"
        " AND NOT EXISTS (SELECT 1 FROM handover_items t JOIN handovers h ON h.id = t.handover"
        "  WHERE t.incident = i.id AND (h.state = 'asked' OR h.asked_at > :since))"
        " ORDER BY i.owner, i.filed_at LIMIT :most",
        {"since": at(since), "most": most},
    )
    return [of_row(row) for row in rows]
