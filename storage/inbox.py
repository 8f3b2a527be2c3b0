"""What Telegram told us, until it has had its effect."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.codec import at
from storage.store import Transaction


@dataclass(frozen=True)
class Arrival:
    """One update as it is stored: masked before it came here."""

    update_id: int
    chat: int | None
    body: str
    masked: tuple[str, ...] = ()
    sender: int | None = None  # whose measure it counts against


@dataclass(frozen=True)
class Waiting:
    """One update that is ready to be worked."""

    id: str
    update_id: int
    chat: int | None
    body: str
    masked: tuple[str, ...]
    tries: int


async def known(tx: Transaction, bot: int, update_ids: Collection[int]) -> set[int]:
    """Which of these updates were stored before: Telegram tells again what it does not know to have been taken."""
    names = {f"u{place}": update_id for place, update_id in enumerate(update_ids)}
    rows = await tx.rows(
        f"SELECT update_id FROM inbox WHERE bot = :bot AND update_id IN ({', '.join(f':{name}' for name in names)})",
        {"bot": bot, **names},
    )
    return {row["update_id"] for row in rows}


async def waiting_of(tx: Transaction, sender: int) -> int:
    """How many updates of one person wait to be handled."""
    row = await tx.row(
        "SELECT count(*) AS n FROM inbox WHERE sender = :sender AND state = 'waiting'", {"sender": sender}
    )
    return row["n"] if row else 0


async def store(tx: Transaction, bot: int, arrivals: Sequence[Arrival], now: datetime) -> None:
    """Store updates once, however often Telegram tells them."""
    # Never INSERT OR IGNORE, which would also swallow a NOT NULL violation.
    await tx.run_many(
        "INSERT INTO inbox (id, bot, update_id, chat, sender, received_at, body, masked, state, tries, not_before)"
        " VALUES (:id, :bot, :update_id, :chat, :sender, :now, :body, :masked, 'waiting', 0, :now)"
        " ON CONFLICT (bot, update_id) DO NOTHING",
        [
            {
                "id": tx.new_id(),
                "bot": bot,
                "update_id": arrival.update_id,
                "chat": arrival.chat,
                "sender": arrival.sender,
                "now": at(now),
                "body": arrival.body,
                "masked": ",".join(arrival.masked),
            }
            for arrival in arrivals
        ],
    )


async def ready(tx: Transaction, now: datetime, most: int) -> list[Waiting]:
    """The oldest waiting update of each chat, as many as `most`; a chat whose head must wait gives none."""
    rows = await tx.rows(
        "SELECT id, update_id, chat, body, masked, tries FROM inbox i"
        " WHERE state = 'waiting' AND not_before <= :now AND NOT EXISTS ("
        "  SELECT 1 FROM inbox j WHERE j.state = 'waiting' AND j.chat = i.chat AND j.id < i.id)"
        " ORDER BY id LIMIT :most",
        {"now": at(now), "most": most},
    )
    return [
        Waiting(
            row["id"],
            row["update_id"],
            row["chat"],
            row["body"],
            tuple(row["masked"].split(",")) if row["masked"] else (),
            row["tries"],
        )
        for row in rows
    ]


async def next_moment(tx: Transaction) -> str | None:
    """When the earliest update that heads its chat may be tried (`codec.at` text); None where nothing waits.

    What stands behind a head that must rest is no reason to look again before the head's own time.
    """
    row = await tx.row(
        "SELECT min(not_before) AS earliest FROM inbox i WHERE state = 'waiting' AND NOT EXISTS ("
        " SELECT 1 FROM inbox j WHERE j.state = 'waiting' AND j.chat = i.chat AND j.id < i.id)"
    )
    return row["earliest"] if row else None


async def done(tx: Transaction, ids: Sequence[str]) -> None:
    """Mark as worked; text, chat and sender are gone in the same transaction."""
    await tx.run_many(
        "UPDATE inbox SET state = 'done', body = NULL, chat = NULL, sender = NULL WHERE id = :id",
        [{"id": one} for one in ids],
    )


async def again(tx: Transaction, arrival: str, not_before: datetime) -> None:
    await tx.run(
        "UPDATE inbox SET tries = tries + 1, not_before = :later WHERE id = :id",
        {"id": arrival, "later": at(not_before)},
    )


async def bury(tx: Transaction, arrival: str, reference: str) -> None:
    """All tries failed: the update becomes a dead letter and its chat goes on."""
    await tx.run(
        "UPDATE inbox SET state = 'dead', tries = tries + 1, reference = :reference, chat = NULL, sender = NULL"
        " WHERE id = :id",
        {"id": arrival, "reference": reference},
    )


async def purge(tx: Transaction, now: datetime, keep_bodies: timedelta, keep_ids: timedelta) -> None:
    """Forget bodies of dead letters after `keep_bodies` and ids after `keep_ids` (Telegram may repeat one)."""
    await tx.run(
        "UPDATE inbox SET body = NULL WHERE state = 'dead' AND body IS NOT NULL AND received_at < :before",
        {"before": at(now - keep_bodies)},
    )
    await tx.run("DELETE FROM inbox WHERE state <> 'waiting' AND received_at < :before", {"before": at(now - keep_ids)})


async def counts(tx: Transaction) -> dict[str, int]:
    """How many wait and how many died, for health."""
    rows = await tx.rows("SELECT state, count(*) AS n FROM inbox WHERE state IN ('waiting', 'dead') GROUP BY state")
    return {row["state"]: row["n"] for row in rows}


async def holds(tx: Transaction, chat: int, message: int) -> bool:
    """Whether a message of this number may still wait in a chat; one that only answers it may be taken for it."""
    row = await tx.row(
        "SELECT 1 AS held FROM inbox WHERE chat = :chat AND state = 'waiting' AND body LIKE :told LIMIT 1",
        {"chat": chat, "told": f'%"message_id":{message},%'},
    )
    return row is not None
