"""Live pictures in groups: whoever changes something raises `wanted`, the dispatcher shows the newest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.codec import at
from storage.incidents import OPEN
from storage.store import Row, Transaction


@dataclass(frozen=True)
class Card:
    id: str
    incident: str
    group: str
    telegram_id: int | None
    wanted: int
    shown: int
    view: str = ""  # which keys it shows besides the first ones


@dataclass(frozen=True)
class Stale(Card):
    """A card whose newest state is not shown yet, with the chat that shows it."""

    chat: int = 0


def _card(row: Row) -> Card:
    return Card(
        row["id"], row["incident"], row["group_id"], row["telegram_id"], row["wanted"], row["shown"], row["view"]
    )


async def lay(tx: Transaction, incident: str, group: str, now: datetime) -> str:
    """A card for an incident in a group; its first showing is a delivery of its own."""
    row = await tx.row(
        "INSERT INTO cards (id, incident, group_id, wanted, shown, edit_at)"
        " VALUES (:id, :incident, :group, 1, 0, :now)"
        # A group that was the team's before has an old message of it, which is left to itself.
        " ON CONFLICT (incident, group_id) DO UPDATE SET telegram_id = NULL, shown = 0 RETURNING id",
        {"id": tx.new_id(), "incident": incident, "group": group, "now": at(now)},
    )
    assert row is not None
    return str(row["id"])


async def find(tx: Transaction, card: str) -> Card | None:
    row = await tx.row("SELECT * FROM cards WHERE id = :id", {"id": card})
    return _card(row) if row else None


async def of(tx: Transaction, incident: str, group: str) -> Card | None:
    """The card of an incident in a group."""
    row = await tx.row(
        "SELECT * FROM cards WHERE incident = :incident AND group_id = :group", {"incident": incident, "group": group}
    )
    return _card(row) if row else None


async def touch(tx: Transaction, incident: str, edit_at: datetime) -> None:
    """Something on the cards of this incident has changed: unfolded keys fold again, and what else changes before
    `edit_at` is shown with it.
    """
    await tx.run(
        "UPDATE cards SET wanted = wanted + 1, view = '',"
        " edit_at = CASE WHEN wanted = shown AND edit_at < :at THEN :at ELSE edit_at END WHERE incident = :incident",
        {"incident": incident, "at": at(edit_at)},
    )


async def unfold(tx: Transaction, incident: str, view: str, now: datetime) -> None:
    """Show other keys on the cards of this incident, without the rest between two edits: somebody waits for them."""
    await tx.run(
        "UPDATE cards SET wanted = wanted + 1, view = :view, edit_at = :now"
        " WHERE incident = :incident AND view <> :view",
        {"incident": incident, "view": view, "now": at(now)},
    )


async def first_shown(tx: Transaction, card: str, telegram_id: int | None, version: int) -> None:
    await tx.run(
        "UPDATE cards SET telegram_id = :telegram_id, shown = :version WHERE id = :id",
        {"id": card, "telegram_id": telegram_id, "version": version},
    )


async def shown(tx: Transaction, card: str, version: int) -> None:
    await tx.run(
        "UPDATE cards SET shown = :version WHERE id = :id AND shown < :version", {"id": card, "version": version}
    )


async def later(tx: Transaction, card: str, edit_at: datetime) -> None:
    await tx.run("UPDATE cards SET edit_at = :at WHERE id = :id", {"id": card, "at": at(edit_at)})


async def lost(tx: Transaction, card: str) -> None:
    """Somebody deleted the message: the card has no place any more until it is sent anew."""
    await tx.run("UPDATE cards SET telegram_id = NULL WHERE id = :id", {"id": card})


async def stale(tx: Transaction, now: datetime, most: int) -> list[Stale]:
    rows = await tx.rows(
        "SELECT c.*, g.telegram_id AS chat FROM cards c JOIN groups g ON g.id = c.group_id"
        " WHERE c.wanted > c.shown AND c.telegram_id IS NOT NULL AND c.edit_at <= :now"
        # One that was on its way when another group took the place of this one stays as it is.
        " AND g.duty IS NOT NULL ORDER BY c.edit_at LIMIT :most",
        {"now": at(now), "most": most},
    )
    return [
        Stale(
            row["id"],
            row["incident"],
            row["group_id"],
            row["telegram_id"],
            row["wanted"],
            row["shown"],
            row["view"],
            row["chat"],
        )
        for row in rows
    ]


async def homeless(tx: Transaction, group: str) -> list[Card]:
    """Cards of open incidents in a group that have no message there and that no delivery is about to send."""
    rows = await tx.rows(
        "SELECT c.* FROM cards c JOIN incidents i ON i.id = c.incident"
        f" WHERE c.group_id = :group AND c.telegram_id IS NULL AND i.status IN ({OPEN}) AND NOT EXISTS ("
        "  SELECT 1 FROM deliveries d WHERE d.card = c.id AND d.state IN ('waiting', 'sending'))"
        " ORDER BY i.filed_at",
        {"group": group},
    )
    return [_card(row) for row in rows]


async def next_edit(tx: Transaction, after: datetime) -> str | None:
    """When the earliest of those stale cards may be edited that could not be at `after` (`codec.at` text)."""
    row = await tx.row(
        "SELECT min(edit_at) AS edit_at FROM cards"
        " WHERE wanted > shown AND telegram_id IS NOT NULL AND edit_at > :after",
        {"after": at(after)},
    )
    return row["edit_at"] if row else None
