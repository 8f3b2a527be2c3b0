"""Who sits in the team's group, as far as the bot knows: told by Telegram, proved by deeds, asked once a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.people import RESPONDERS
from storage.codec import at
from storage.store import Transaction


async def put(tx: Transaction, group: str, person: str, present: bool, known_at: datetime) -> None:
    """What is known of a seat. Older knowledge never takes the place of newer."""
    await tx.run(
        "INSERT INTO seats (group_id, person, present, known_at) VALUES (:group, :person, :present, :at)"
        " ON CONFLICT (group_id, person) DO UPDATE SET present = :present, known_at = :at WHERE seats.known_at <= :at",
        {"group": group, "person": person, "present": int(present), "at": at(known_at)},
    )


async def prove(tx: Transaction, group: str, person: str, now: datetime, *, by_message: bool) -> bool:
    """Somebody acts inside the group; whether that proves a seat.

    Only a member can write there. A key can be pressed by whoever kept a message of the group, so a press proves a
    seat only of somebody who is not known to have left.
    """
    changed = await tx.run(
        "INSERT INTO seats (group_id, person, present, known_at) VALUES (:group, :person, 1, :now)"
        " ON CONFLICT (group_id, person) DO UPDATE SET present = 1, known_at = :now WHERE :sure = 1",
        {"group": group, "person": person, "now": at(now), "sure": int(by_message)},
    )
    return changed == 1


async def is_present(tx: Transaction, group: str, person: str) -> bool | None:
    """None where nothing is known."""
    row = await tx.row(
        "SELECT present FROM seats WHERE group_id = :group AND person = :person", {"group": group, "person": person}
    )
    return None if row is None else bool(row["present"])


async def doubt(tx: Transaction, person: str) -> None:
    """A role was granted: what is known of the seat stands, and Telegram is asked again soon."""
    await tx.run(
        "UPDATE seats SET known_at = '' WHERE person = :person"
        " AND group_id = (SELECT id FROM groups WHERE duty = 'team')",
        {"person": person},
    )


async def doubt_all(tx: Transaction, group: str) -> None:
    """A group was bound: whoever was known there is asked after again."""
    await tx.run("UPDATE seats SET known_at = '' WHERE group_id = :group", {"group": group})


@dataclass(frozen=True)
class Due:
    """A seat that Telegram is to be asked about."""

    group: str
    person: str
    telegram_id: int


_RESPONDERS = ", ".join(f"'{role}'" for role in sorted(RESPONDERS))


async def due(tx: Transaction, group: str, before: datetime, limit: int) -> list[Due]:
    """Holders of a responder's role of whom nothing is known since `before`; the longest unknown first."""
    rows = await tx.rows(
        "SELECT DISTINCT p.id, p.telegram_id, s.known_at FROM roles r JOIN people p ON p.id = r.person"
        " LEFT JOIN seats s ON s.group_id = :group AND s.person = p.id"
        f" WHERE r.ended_at IS NULL AND r.role IN ({_RESPONDERS}) AND p.telegram_id IS NOT NULL"
        " AND (s.known_at IS NULL OR s.known_at <= :before) ORDER BY s.known_at, p.id LIMIT :limit",
        {"group": group, "before": at(before), "limit": limit},
    )
    return [Due(group, row["id"], row["telegram_id"]) for row in rows]
