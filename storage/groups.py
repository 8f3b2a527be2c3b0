"""Groups that the bot has met, and the one that is the response team's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.codec import at
from storage.pictures import Wall
from storage.store import Row, Transaction

TEAM = "team"


@dataclass(frozen=True)
class Group:
    id: str
    telegram_id: int
    title: str | None
    duty: str | None
    reactions: bool = True  # False once the group has refused one
    sees_members: bool = False  # Telegram tells the bot who leaves: it is an administrator there


def _group(row: Row) -> Group:
    return Group(
        row["id"],
        row["telegram_id"],
        row["title"],
        row["duty"],
        reactions=bool(row["reactions"]),
        sees_members=bool(row["sees_members"]),
    )


async def find(tx: Transaction, telegram_id: int) -> Group | None:
    row = await tx.row("SELECT * FROM groups WHERE telegram_id = :chat", {"chat": telegram_id})
    return _group(row) if row else None


async def get(tx: Transaction, group: str) -> Group:
    row = await tx.row("SELECT * FROM groups WHERE id = :id", {"id": group})
    assert row is not None
    return _group(row)


async def meet(tx: Transaction, telegram_id: int) -> Group:
    """The row of a group, made where it is new. Nothing but the id is kept of an unbound one."""
    found = await find(tx, telegram_id)
    if found:
        return found
    group = tx.new_id()
    await tx.run(
        "INSERT INTO groups (id, telegram_id) VALUES (:id, :telegram_id)", {"id": group, "telegram_id": telegram_id}
    )
    return Group(group, telegram_id, None, None)


async def team(tx: Transaction) -> Group | None:
    row = await tx.row("SELECT * FROM groups WHERE duty = 'team'")
    return _group(row) if row else None


async def bind(tx: Transaction, group: str, title: str, by: str, now: datetime) -> None:
    """Make `group` the team's; the one that was it before is no longer."""
    await tx.run("UPDATE groups SET duty = NULL WHERE duty = 'team'")
    await tx.run(
        "UPDATE groups SET duty = 'team', title = :title, bound_by = :by, bound_at = :now, reactions = 1"
        " WHERE id = :id",
        {"id": group, "title": title, "by": by, "now": at(now)},
    )


async def sees(tx: Transaction, group: str, sees_members: bool) -> None:
    """Remember whether the bot is told who leaves a group."""
    await tx.run(
        "UPDATE groups SET sees_members = :sees WHERE id = :id AND sees_members <> :sees",
        {"id": group, "sees": int(sees_members)},
    )


async def may_answer(tx: Transaction, group: str, now: datetime, every: timedelta) -> bool:
    """Whether an unbound group may be answered now; at most once in `every`."""
    changed = await tx.run(
        "UPDATE groups SET answered_at = :now WHERE id = :id AND (answered_at IS NULL OR answered_at <= :before)",
        {"id": group, "now": at(now), "before": at(now - every)},
    )
    return changed == 1


async def move(tx: Transaction, old: int, new: int) -> str | None:
    """A group became a supergroup: its row, and so all that refers to it, follows. Safe to be told twice.

    Gives the id of the row that has moved; None where nothing was to be moved any more.
    """
    known, stranger = await find(tx, old), await find(tx, new)
    if known is None:
        return None
    # The new id may have been met before the move was told, and the old one again after it: one row remains, and a
    # duty is never lost.
    told_before = stranger is not None and stranger.duty is not None and known.duty is None
    kept, gone = (stranger, known) if told_before else (known, stranger)
    assert kept is not None
    if gone is not None:
        await _merge(tx, kept.id, gone.id)
    await tx.run("UPDATE groups SET telegram_id = :new WHERE id = :id", {"new": new, "id": kept.id})
    return None if told_before else kept.id


async def _merge(tx: Transaction, kept: str, gone: str) -> None:
    # Where both showed the same incident, one card remains: there is one for each incident and group.
    await tx.run(
        "UPDATE deliveries SET card = (SELECT k.id FROM cards g JOIN cards k ON k.incident = g.incident"
        "  WHERE g.id = deliveries.card AND k.group_id = :kept)"
        " WHERE card IN (SELECT g.id FROM cards g JOIN cards k ON k.incident = g.incident"
        "  WHERE g.group_id = :gone AND k.group_id = :kept)",
        {"kept": kept, "gone": gone},
    )
    await tx.run(
        "DELETE FROM cards WHERE group_id = :gone AND incident IN (SELECT incident FROM cards WHERE group_id = :kept)",
        {"kept": kept, "gone": gone},
    )
    # Only the team's group has open digests; the other one may have had that duty before.
    await tx.run(
        "UPDATE digests SET closed_at = opened_at WHERE group_id = :gone AND closed_at IS NULL AND kind IN ("
        " SELECT o.kind FROM digests o WHERE o.group_id = :kept AND o.closed_at IS NULL)",
        {"kept": kept, "gone": gone},
    )
    await tx.run(
        "DELETE FROM seats WHERE group_id = :gone AND person IN (SELECT person FROM seats WHERE group_id = :kept)",
        {"kept": kept, "gone": gone},
    )
    for table, column in (
        ("seats", "group_id"),
        ("deliveries", "recipient"),
        ("cards", "group_id"),
        ("digests", "group_id"),
        ("bindings", "group_id"),
    ):
        await tx.run(f"UPDATE {table} SET {column} = :kept WHERE {column} = :gone", {"kept": kept, "gone": gone})
    await tx.run("DELETE FROM groups WHERE id = :id", {"id": gone})


async def forget_messages(tx: Transaction, group: str) -> None:
    """Message ids of a group that moved mean nothing in the new one, or another message."""
    for wall in Wall:
        await tx.run(f"UPDATE {wall} SET telegram_id = NULL WHERE group_id = :id", {"id": group})


async def redirect(tx: Transaction, old: str, new: str, now: datetime) -> None:
    """Another group takes the place of one: lines about incidents that still wait go there, and nothing else leaves."""
    waiting = "recipient = :old AND state = 'waiting'"
    await tx.run(
        "UPDATE deliveries SET recipient = :new,"
        " stream = (SELECT m.about FROM messages m WHERE m.id = deliveries.message) || '@' || :new"
        f" WHERE {waiting} AND op = 'send' AND card IS NULL AND digest IS NULL"
        " AND message IN (SELECT m.id FROM messages m WHERE m.id = deliveries.message AND m.about IS NOT NULL)",
        {"old": old, "new": new},
    )
    await tx.run(
        f"UPDATE deliveries SET state = 'expired', settled_at = :now WHERE {waiting}", {"old": old, "now": at(now)}
    )


async def forbid_reactions(tx: Transaction, group: str) -> None:
    """The group has refused a mark: those that wait are dropped, and the cards that they were about say it instead."""
    waiting = "d.recipient = :id AND d.op = 'react' AND d.state IN ('waiting', 'sending')"
    await tx.run("UPDATE groups SET reactions = 0 WHERE id = :id", {"id": group})
    await tx.run(
        "UPDATE cards SET wanted = wanted + 1 WHERE group_id = :id AND incident IN (SELECT t.incident FROM deliveries d"
        f" JOIN threads t ON t.recipient = d.recipient AND t.telegram_id = d.target WHERE {waiting})",
        {"id": group},
    )
    await tx.run(
        "UPDATE deliveries SET state = 'expired', settled_at = due_at"
        " WHERE recipient = :id AND op = 'react' AND state = 'waiting'",
        {"id": group},
    )


@dataclass(frozen=True)
class Binding:
    id: str
    group: str
    title: str
    asked_by: str


async def ask_binding(tx: Transaction, group: str, title: str, by: str, now: datetime) -> str:
    binding = tx.new_id()
    await tx.run("UPDATE bindings SET state = 'dropped' WHERE state = 'asked'")
    await tx.run(
        "INSERT INTO bindings (id, group_id, title, asked_by, asked_at, state)"
        " VALUES (:id, :group, :title, :by, :now, 'asked')",
        {"id": binding, "group": group, "title": title, "by": by, "now": at(now)},
    )
    return binding


async def close_binding(tx: Transaction, binding: str, state: str) -> Binding | None:
    """Answer a pending replacement once; None where it is no longer pending."""
    changed = await tx.run(
        "UPDATE bindings SET state = :state WHERE id = :id AND state = 'asked'", {"id": binding, "state": state}
    )
    if changed != 1:
        return None
    row = await tx.row("SELECT * FROM bindings WHERE id = :id", {"id": binding})
    return Binding(row["id"], row["group_id"], row["title"], row["asked_by"]) if row else None
