"""Rolling lists of the team's group: which incidents of a storm they show instead of a card each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.codec import at, maybe_moment, moment
from storage.incidents import Incident, of_row
from storage.store import Row, Transaction


class Kind(StrEnum):
    STORM = "storm"  # many reports at once
    EMERGENCY = "emergency"  # many emergencies at once


@dataclass(frozen=True)
class Digest:
    id: str
    group: str
    kind: Kind
    telegram_id: int | None
    opened_at: datetime
    closed_at: datetime | None


def _digest(row: Row) -> Digest:
    return Digest(
        row["id"],
        row["group_id"],
        Kind(row["kind"]),
        row["telegram_id"],
        moment(row["opened_at"]),
        maybe_moment(row["closed_at"]),
    )


async def open_one(tx: Transaction, group: str, kind: Kind, now: datetime, edit_at: datetime) -> Digest:
    """A new one, without any incident yet; its first showing is a delivery."""
    digest = tx.new_id()
    await tx.run(
        "INSERT INTO digests (id, group_id, kind, opened_at, wanted, shown, edit_at)"
        " VALUES (:id, :group, :kind, :now, 1, 0, :edit_at)",
        {"id": digest, "group": group, "kind": kind, "now": at(now), "edit_at": at(edit_at)},
    )
    return Digest(digest, group, kind, None, now, None)


async def find(tx: Transaction, digest: str) -> Digest | None:
    row = await tx.row("SELECT * FROM digests WHERE id = :id", {"id": digest})
    return _digest(row) if row else None


async def current(tx: Transaction, group: str, kind: Kind) -> Digest | None:
    """The one that new incidents are added to."""
    row = await tx.row(
        "SELECT * FROM digests WHERE group_id = :group AND kind = :kind AND closed_at IS NULL",
        {"group": group, "kind": kind},
    )
    return _digest(row) if row else None


async def still_open(tx: Transaction, group: str) -> list[Digest]:
    rows = await tx.rows(
        "SELECT * FROM digests WHERE group_id = :group AND closed_at IS NULL ORDER BY kind", {"group": group}
    )
    return [_digest(row) for row in rows]


async def homeless(tx: Transaction, group: str) -> list[Digest]:
    """Open ones that have no message in their group and that no delivery is about to send."""
    rows = await tx.rows(
        "SELECT * FROM digests g WHERE g.group_id = :group AND g.closed_at IS NULL AND g.telegram_id IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.digest = g.id AND d.state IN ('waiting', 'sending'))"
        " ORDER BY g.kind, g.id",  # emergencies first
        {"group": group},
    )
    return [_digest(row) for row in rows]


async def add(tx: Transaction, digest: str, incident: str) -> bool:
    """One row more; false where it is there already."""
    added = await tx.run(
        "INSERT INTO digest_items (digest, incident) VALUES (:digest, :incident)"
        " ON CONFLICT (digest, incident) DO NOTHING",
        {"digest": digest, "incident": incident},
    )
    return added == 1


async def touch(tx: Transaction, digest: str, edit_at: datetime) -> None:
    """It shows something else now; what changes before `edit_at` is shown with it."""
    await tx.run(f"{_TOUCH} WHERE id = :digest", {"digest": digest, "at": at(edit_at)})


async def touch_with(tx: Transaction, incident: str, edit_at: datetime) -> None:
    """An incident has changed: so have the digests that list it."""
    await tx.run(
        f"{_TOUCH} WHERE id IN (SELECT i.digest FROM digest_items i WHERE i.incident = :incident)",
        {"incident": incident, "at": at(edit_at)},
    )


_TOUCH = (
    "UPDATE digests SET wanted = wanted + 1,"
    " edit_at = CASE WHEN wanted = shown AND edit_at < :at THEN :at ELSE edit_at END"
)


async def mark(tx: Transaction, incident: str, group: str) -> bool:
    """Something was said or happened that no line under a card tells; false where no open digest of the group lists
    the incident.
    """
    marked = await tx.run(
        "UPDATE digest_items SET said = said + 1 WHERE incident = :incident AND digest IN ("
        " SELECT g.id FROM digests g WHERE g.id = digest_items.digest AND g.group_id = :group AND g.closed_at IS NULL)",
        {"incident": incident, "group": group},
    )
    return marked > 0


async def listed(tx: Transaction, incident: str, group: str) -> bool:
    """Whether an open digest of the group shows the incident."""
    row = await tx.row(
        "SELECT 1 FROM digest_items i JOIN digests g ON g.id = i.digest"
        " WHERE i.incident = :incident AND g.group_id = :group AND g.closed_at IS NULL LIMIT 1",
        {"incident": incident, "group": group},
    )
    return row is not None


async def said(tx: Transaction, incident: str) -> int:
    """How often something was marked instead of told by a line."""
    row = await tx.row(
        "SELECT max(i.said) AS n FROM digest_items i WHERE i.incident = :incident", {"incident": incident}
    )
    return int(row["n"] or 0) if row else 0


@dataclass(frozen=True)
class Tally:
    """How many incidents a digest lists, how many of them nobody has claimed, and when the last came."""

    all: int
    waiting: int
    last_at: datetime | None


async def tally(tx: Transaction, digest: str) -> Tally:
    row = await tx.row(
        "SELECT count(*) AS n, sum(CASE i.status WHEN 'new' THEN 1 ELSE 0 END) AS waiting, max(i.filed_at) AS last"
        " FROM digest_items d JOIN incidents i ON i.id = d.incident WHERE d.digest = :digest",
        {"digest": digest},
    )
    assert row is not None
    return Tally(row["n"], row["waiting"] or 0, maybe_moment(row["last"]))


@dataclass(frozen=True)
class Entry:
    """One row of a digest. `said`: how often something was marked on it."""

    incident: Incident
    said: int


async def _entries(tx: Transaction, rest: str, digest: str, most: int, skip: int) -> list[Entry]:
    rows = await tx.rows(
        "SELECT i.*, d.said AS said_there FROM digest_items d JOIN incidents i ON i.id = d.incident"
        f" WHERE d.digest = :digest {rest} LIMIT :most OFFSET :skip",
        {"digest": digest, "most": most, "skip": skip},
    )
    return [Entry(of_row(row), row["said_there"]) for row in rows]


async def waiting(tx: Transaction, digest: str, most: int, *, newest: bool = False) -> list[Entry]:
    """Those that nobody has claimed: the graver first, then the longer waiting; or the newest first."""
    order = "i.filed_at DESC, i.id DESC" if newest else f"{_GRAVITY}, i.filed_at, i.id"
    return await _entries(tx, f"AND i.status = 'new' ORDER BY {order}", digest, most, 0)


async def entries(tx: Transaction, digest: str, most: int, skip: int) -> list[Entry]:
    """All of them, the newest first: a page stays the same while people claim what stands on it."""
    return await _entries(tx, "ORDER BY i.filed_at DESC, i.id DESC", digest, most, skip)


_GRAVITY = "CASE COALESCE(i.severity, i.proposed) WHEN 'emergency' THEN 0 WHEN 'serious' THEN 1 ELSE 2 END"


async def close(tx: Transaction, digest: str, now: datetime) -> None:
    """The storm is over: nothing is added to it any more."""
    await tx.run(
        "UPDATE digests SET closed_at = :now, wanted = wanted + 1 WHERE id = :id AND closed_at IS NULL",
        {"id": digest, "now": at(now)},
    )


async def move(tx: Transaction, old: str, new: str, now: datetime) -> None:
    """Another group takes the place of one: what is still open hangs there from now on."""
    await tx.run(
        "UPDATE digests SET group_id = :new, telegram_id = NULL, shown = 0 WHERE group_id = :old"
        " AND closed_at IS NULL AND kind NOT IN ("
        "  SELECT o.kind FROM digests o WHERE o.group_id = :new AND o.closed_at IS NULL)",
        {"old": old, "new": new},
    )
    await tx.run(
        "UPDATE digests SET closed_at = :now WHERE group_id = :old AND closed_at IS NULL", {"old": old, "now": at(now)}
    )


async def last_rung(tx: Transaction, digest: str, key: str) -> datetime | None:
    """When a message of this name about a digest left last, or will."""
    row = await tx.row(
        "SELECT max(d.due_at) AS due FROM messages m JOIN deliveries d ON d.message = m.id"
        " WHERE m.about = :digest AND m.key = :key",
        {"digest": digest, "key": key},
    )
    return maybe_moment(row["due"]) if row else None
