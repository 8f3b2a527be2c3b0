"""The card of an incident in a group; how its newest state gets there is told in `pictures`."""

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
