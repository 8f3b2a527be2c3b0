"""Live pictures in groups, cards and digests alike: whoever changes something raises `wanted`, the dispatcher shows the
newest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from storage.codec import at, maybe_moment, moment
from storage.outbox import Delivery
from storage.store import Row, Transaction

LATE = timedelta(seconds=5)  # a picture that has waited so long for its turn goes before messages


class Wall(StrEnum):
    """Where a picture hangs: its table."""

    CARDS = "cards"
    DIGESTS = "digests"


@dataclass(frozen=True)
class Hung:
    """A picture in its group."""

    wall: Wall
    id: str
    group: str
    telegram_id: int | None
    wanted: int
    shown: int
    urgent: bool  # it shows emergencies: nothing goes before it
    settled: bool  # nothing is added to it any more


@dataclass(frozen=True)
class Stale(Hung):
    """One whose newest state is not shown yet, with the chat that shows it."""

    chat: int


def shown_by(delivery: Delivery) -> tuple[Wall, str] | None:
    """The picture that a delivery shows for the first time, or edits."""
    if delivery.card is not None:
        return Wall.CARDS, delivery.card
    return (Wall.DIGESTS, delivery.digest) if delivery.digest is not None else None


# Each wall in the same columns.
_HUNG = {
    Wall.CARDS: "SELECT 'cards' AS wall, p.id, p.group_id, p.telegram_id, p.wanted, p.shown, p.edit_at,"
    " 0 AS urgent, 0 AS settled FROM cards p",
    Wall.DIGESTS: "SELECT 'digests' AS wall, p.id, p.group_id, p.telegram_id, p.wanted, p.shown, p.edit_at,"
    " CASE p.kind WHEN 'emergency' THEN 1 ELSE 0 END AS urgent,"
    " CASE WHEN p.closed_at IS NULL THEN 0 ELSE 1 END AS settled FROM digests p",
}


def _hung(row: Row) -> Hung:
    return Hung(
        Wall(row["wall"]),
        row["id"],
        row["group_id"],
        row["telegram_id"],
        row["wanted"],
        row["shown"],
        bool(row["urgent"]),
        bool(row["settled"]),
    )


async def find(tx: Transaction, wall: Wall, picture: str) -> Hung | None:
    row = await tx.row(f"{_HUNG[wall]} WHERE p.id = :id", {"id": picture})
    return _hung(row) if row else None


async def first_shown(tx: Transaction, wall: Wall, picture: str, telegram_id: int | None, version: int) -> None:
    await tx.run(
        f"UPDATE {wall} SET telegram_id = :telegram_id, shown = :version WHERE id = :id",
        {"id": picture, "telegram_id": telegram_id, "version": version},
    )


async def shown(tx: Transaction, wall: Wall, picture: str, version: int) -> None:
    await tx.run(
        f"UPDATE {wall} SET shown = :version WHERE id = :id AND shown < :version", {"id": picture, "version": version}
    )


async def later(tx: Transaction, wall: Wall, picture: str, edit_at: datetime) -> None:
    await tx.run(f"UPDATE {wall} SET edit_at = :at WHERE id = :id", {"id": picture, "at": at(edit_at)})


async def lost(tx: Transaction, wall: Wall, picture: str) -> None:
    """Somebody deleted the message: the picture has no place any more until it is sent anew."""
    await tx.run(f"UPDATE {wall} SET telegram_id = NULL WHERE id = :id", {"id": picture})


async def stale(tx: Transaction, now: datetime, most: int, *, pressing: bool = False) -> list[Stale]:
    """Pictures that may be edited now, those with emergencies first. `pressing`: only these, and what is `LATE`."""
    due = "p.wanted > p.shown AND p.telegram_id IS NOT NULL AND p.edit_at <= :{limit}"
    cards = due.format(limit="due")
    digests = f"{due.format(limit='now')} AND (p.edit_at <= :due OR p.kind = 'emergency')"
    rows = await tx.rows(
        "SELECT s.*, g.telegram_id AS chat FROM ("
        f"SELECT * FROM ({_HUNG[Wall.CARDS]} WHERE {cards} ORDER BY p.edit_at LIMIT :most)"
        f" UNION ALL SELECT * FROM ({_HUNG[Wall.DIGESTS]} WHERE {digests} ORDER BY p.edit_at LIMIT :most)"
        # One that was on its way when another group took the place of this one stays as it is.
        ") s JOIN groups g ON g.id = s.group_id WHERE g.duty IS NOT NULL ORDER BY s.urgent DESC, s.edit_at LIMIT :most",
        {"now": at(now), "due": at(now - LATE if pressing else now), "most": most},
    )
    return [Stale(**vars(_hung(row)), chat=row["chat"]) for row in rows]


async def said_since(tx: Transaction, group: str, since: datetime) -> list[datetime]:
    """When deliveries to a group came to their end lately."""
    rows = await tx.rows(
        "SELECT settled_at FROM deliveries WHERE recipient = :group AND settled_at > :since",
        {"group": group, "since": at(since)},
    )
    return [moment(row["settled_at"]) for row in rows]


@dataclass(frozen=True)
class Rest:
    """A picture of a group that rests after an edit: until when, and since when it hangs there."""

    wall: Wall
    urgent: bool
    until: datetime
    since: datetime | None  # of lists alone


async def resting(tx: Transaction, group: str, since: datetime) -> list[Rest]:
    """The pictures of a group that were edited lately, or may have been."""
    rows = await tx.rows(
        "SELECT 'cards' AS wall, 0 AS urgent, edit_at, NULL AS opened_at FROM cards"
        " WHERE group_id = :group AND telegram_id IS NOT NULL AND edit_at > :since"
        " UNION ALL SELECT 'digests', CASE kind WHEN 'emergency' THEN 1 ELSE 0 END, edit_at, opened_at FROM digests"
        " WHERE group_id = :group AND telegram_id IS NOT NULL AND edit_at > :since",
        {"group": group, "since": at(since)},
    )
    return [
        Rest(Wall(row["wall"]), bool(row["urgent"]), moment(row["edit_at"]), maybe_moment(row["opened_at"]))
        for row in rows
    ]


async def next_edit(tx: Transaction, after: datetime) -> str | None:
    """When the earliest of those stale pictures may be edited that could not be at `after` (`codec.at` text)."""
    waits = "wanted > shown AND telegram_id IS NOT NULL AND edit_at > :after"
    each = " UNION ALL ".join(f"SELECT min(edit_at) AS edit_at FROM {wall} WHERE {waits}" for wall in Wall)
    row = await tx.row(f"SELECT min(edit_at) AS edit_at FROM ({each}) s", {"after": at(after)})
    return row["edit_at"] if row else None
