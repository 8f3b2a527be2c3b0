"""Which incidents belong to which outbreak."""

from __future__ import annotations

from datetime import datetime

from bot.domain.indicators import Indicator
from storage.codec import at
from storage.incidents import OPEN, Incident, of_row
from storage.store import Transaction

_TIED = "SELECT n.* FROM ties t JOIN incidents n ON n.id = t."
MOST_PARENTS = 20  # of one child


async def tie(tx: Transaction, child: str, parent: str, by: str | None, now: datetime) -> bool:
    """False where it is tied already."""
    known = await tx.row(
        "SELECT 1 AS known FROM ties WHERE child = :child AND parent = :parent AND untied_at IS NULL",
        {"child": child, "parent": parent},
    )
    if known is not None:
        return False
    await tx.run(
        "INSERT INTO ties (child, parent, tied_at, tied_by) VALUES (:child, :parent, :now, :by)"
        " ON CONFLICT (child, parent, tied_at) DO UPDATE SET untied_at = NULL, tied_by = :by",
        {"child": child, "parent": parent, "now": at(now), "by": by},
    )
    return True


async def untie(tx: Transaction, child: str, parent: str, now: datetime) -> bool:
    """False where it is not tied."""
    changed = await tx.run(
        "UPDATE ties SET untied_at = :now WHERE child = :child AND parent = :parent AND untied_at IS NULL",
        {"child": child, "parent": parent, "now": at(now)},
    )
    return changed == 1


async def children(tx: Transaction, parent: str, most: int, *, after: str = "", skip: int = 0) -> list[Incident]:
    """In the order of filing, from after that one on."""
    rows = await tx.rows(
        f"{_TIED}child WHERE t.parent = :parent AND t.untied_at IS NULL AND t.child > :after"
        " ORDER BY t.child LIMIT :most OFFSET :skip",
        {"parent": parent, "after": after, "most": most, "skip": skip},
    )
    return [of_row(row) for row in rows]


async def count(tx: Transaction, parent: str) -> int:
    row = await tx.row(
        "SELECT count(*) AS n FROM ties WHERE parent = :parent AND untied_at IS NULL", {"parent": parent}
    )
    return int(row["n"]) if row else 0


async def parents(tx: Transaction, child: str) -> list[Incident]:
    """Every outbreak to which an incident belongs, the newest tie first."""
    rows = await tx.rows(
        f"{_TIED}parent WHERE t.child = :child AND t.untied_at IS NULL ORDER BY t.tied_at DESC LIMIT :most",
        {"child": child, "most": MOST_PARENTS},
    )
    return [of_row(row) for row in rows]


async def open_parent(tx: Transaction, child: str, *, apart: str = "") -> Incident | None:
    """An outbreak that is still worked on and to which it belongs, besides one that is not meant."""
    row = await tx.row(
        f"{_TIED}parent WHERE t.child = :child AND t.untied_at IS NULL AND t.parent <> :apart"
        f" AND n.status IN ({OPEN}) ORDER BY t.tied_at DESC LIMIT 1",
        {"child": child, "apart": apart},
    )
    return of_row(row) if row else None


async def known(tx: Transaction, child: str, parent: str) -> bool:
    """Whether it is tied to it, or was and somebody has untied it."""
    row = await tx.row(
        "SELECT 1 AS known FROM ties WHERE child = :child AND parent = :parent LIMIT 1",
        {"child": child, "parent": parent},
    )
    return row is not None


async def open_parent_by(tx: Transaction, why: Indicator, since: datetime) -> str | None:
    """An outbreak that is still worked on and to which something with this indicator belongs."""
    row = await tx.row(
        "SELECT t.parent FROM indicators i JOIN ties t ON t.child = i.incident AND t.untied_at IS NULL"
        " JOIN incidents n ON n.id = t.parent WHERE i.kind = :kind AND i.value = :value AND i.at > :since"
        f" AND n.status IN ({OPEN}) LIMIT 1",
        {"kind": why.kind, "value": why.value, "since": at(since)},
    )
    return row["parent"] if row else None
