"""The one way out: messages, and their deliveries in streams and lanes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.domain.sending import Lane, Op, State
from storage.codec import at, maybe_moment, pack, unpack
from storage.store import Row, Transaction


@dataclass(frozen=True)
class Message:
    """What is said: the name of a text, its values, its keys. Rendered when it leaves, in the recipient's language."""

    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    buttons: Sequence[Sequence[Mapping[str, Any]]] = ()
    extras: Mapping[str, Any] = field(default_factory=dict)
    about: str | None = None
    not_after: datetime | None = None


@dataclass(frozen=True)
class Delivery:
    """One message on its way to one recipient, as the dispatcher claims it."""

    id: str
    message: Message
    recipient: str
    is_group: bool
    chat: int | None
    language: str
    stream: str
    lane: Lane
    op: Op
    card: str | None
    target: int | None
    attempts: int
    doubts: int
    digest: str | None = None


async def write(tx: Transaction, message: Message, now: datetime) -> str:
    identifier = tx.new_id()
    await tx.run(
        "INSERT INTO messages (id, key, facts, buttons, extras, about, made_at, not_after)"
        " VALUES (:id, :key, :facts, :buttons, :extras, :about, :now, :not_after)",
        {
            "id": identifier,
            "key": message.key,
            "facts": pack(dict(message.facts)),
            "buttons": pack(message.buttons),
            "extras": pack(dict(message.extras)),
            "about": message.about,
            "now": at(now),
            "not_after": at(message.not_after) if message.not_after else None,
        },
    )
    return identifier


async def address(
    tx: Transaction,
    message: str,
    recipient: str,
    now: datetime,
    *,
    stream: str,
    lane: Lane,
    op: Op = Op.SEND,
    target: int | None = None,
    after: str | None = None,
    card: str | None = None,
    digest: str | None = None,
    due: datetime | None = None,
) -> str:
    """Put one message on its way to one recipient, not before `due`."""
    identifier = tx.new_id()
    await tx.run(
        "INSERT INTO deliveries (id, message, recipient, stream, lane, op, card, digest, target, after, state, due_at,"
        " attempts, doubts) VALUES (:id, :message, :recipient, :stream, :lane, :op, :card, :digest, :target, :after,"
        " 'waiting', :due, 0, 0)",
        {
            "id": identifier,
            "message": message,
            "recipient": recipient,
            "stream": stream,
            "lane": int(lane),
            "op": op,
            "card": card,
            "digest": digest,
            "target": target,
            "after": after,
            "due": at(due or now),
        },
    )
    return identifier


_CLAIM = (
    "SELECT d.id, d.recipient, d.stream, d.lane, d.op, d.card, d.digest, d.attempts, d.doubts,"
    " COALESCE(d.target, a.telegram_id) AS target, COALESCE(p.telegram_id, g.telegram_id) AS chat,"
    " p.language AS language, g.id AS group_id, m.key, m.facts, m.buttons, m.extras, m.about, m.not_after"
    " FROM deliveries d JOIN messages m ON m.id = d.message"
    " LEFT JOIN people p ON p.id = d.recipient LEFT JOIN groups g ON g.id = d.recipient"
    " LEFT JOIN deliveries a ON a.id = d.after"
    " WHERE d.state = 'waiting' AND d.due_at <= :now AND d.lane <= :lane"
    " AND (d.after IS NULL OR a.state IN ('sent', 'failed', 'unsure', 'expired'))"
    " AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.stream = d.stream"
    "  AND e.state IN ('waiting', 'sending') AND e.id < d.id)"
)


def _delivery(row: Row) -> Delivery:
    return Delivery(
        id=row["id"],
        message=Message(
            key=row["key"],
            facts=unpack(row["facts"]) if row["facts"] else {},
            buttons=unpack(row["buttons"]),
            extras=unpack(row["extras"]),
            about=row["about"],
            not_after=maybe_moment(row["not_after"]),
        ),
        recipient=row["recipient"],
        is_group=row["group_id"] is not None,
        chat=row["chat"],
        language=row["language"] or "vi",
        stream=row["stream"],
        lane=Lane(row["lane"]),
        op=Op(row["op"]),
        card=row["card"],
        target=row["target"],
        attempts=row["attempts"],
        doubts=row["doubts"],
        digest=row["digest"],
    )


async def heads(
    tx: Transaction, now: datetime, *, most: int, lowest: Lane, held: Collection[int] = ()
) -> list[Delivery]:
    """The first waiting delivery of each stream that may go now; none to a chat in `held`, none below `lowest`."""
    values: dict[str, Any] = {"now": at(now), "lane": int(lowest), "most": most}
    names = {f"held{number}": chat for number, chat in enumerate(held)}
    spared = f" AND COALESCE(p.telegram_id, g.telegram_id, 0) NOT IN ({', '.join(f':{name}' for name in names)})"
    sql = f"{_CLAIM}{spared if names else ''} ORDER BY d.lane, d.id LIMIT :most"
    return [_delivery(row) for row in await tx.rows(sql, {**values, **names})]


async def start(tx: Transaction, ids: Sequence[str]) -> None:
    """Mark as flying: from here on a crash leaves them in doubt."""
    await tx.run_many(
        "UPDATE deliveries SET state = 'sending', attempts = attempts + 1 WHERE id = :id", [{"id": one} for one in ids]
    )


@dataclass(frozen=True)
class Settled:
    """How a delivery ended."""

    id: str
    state: State
    telegram_id: int | None = None
    failure: str | None = None


async def settle(tx: Transaction, settled: Sequence[Settled], now: datetime) -> None:
    await tx.run_many(
        "UPDATE deliveries SET state = :state, telegram_id = :telegram_id, failure = :failure, settled_at = :now"
        " WHERE id = :id",
        [
            {
                "id": one.id,
                "state": one.state,
                "telegram_id": one.telegram_id,
                "failure": one.failure,
                "now": at(now),
            }
            for one in settled
        ],
    )


async def postpone(tx: Transaction, delivery: str, stream: str, due: datetime, *, doubted: bool, op: Op) -> None:
    """Try again at `due`; the whole stream waits, so that order is kept and nobody scans it in vain."""
    await tx.run(
        "UPDATE deliveries SET state = 'waiting', op = :op, doubts = doubts + :doubt WHERE id = :id",
        {"id": delivery, "doubt": int(doubted), "op": op},
    )
    await tx.run(
        # Named twice, so that the index of open streams is used.
        "UPDATE deliveries SET due_at = :due WHERE stream = :stream AND state IN ('waiting', 'sending')"
        " AND state = 'waiting' AND due_at < :due",
        {"stream": stream, "due": at(due)},
    )


async def in_flight(tx: Transaction) -> list[Delivery]:
    """Deliveries that a crash left in doubt; asked once at start, before anything is sent."""
    sql = _CLAIM.split(" WHERE ", maxsplit=1)[0] + " WHERE d.state = 'sending' ORDER BY d.id"
    return [_delivery(row) for row in await tx.rows(sql)]


async def expire(tx: Transaction, now: datetime) -> int:
    """What is past its time is not sent any more."""
    return await tx.run(
        "UPDATE deliveries SET state = 'expired', settled_at = :now WHERE state = 'waiting' AND message IN ("
        " SELECT id FROM messages WHERE not_after IS NOT NULL AND not_after < :now)"
        # The words of people expire in the dispatcher's hands: whoever wrote them is told.
        " AND NOT EXISTS (SELECT 1 FROM threads t WHERE t.delivery = deliveries.id)",
        {"now": at(now)},
    )


async def next_due(tx: Transaction, after: datetime) -> str | None:
    """When the earliest of those waiting deliveries may go that were not due yet at `after` (`codec.at` text)."""
    row = await tx.row(
        "SELECT min(due_at) AS due FROM deliveries WHERE state = 'waiting' AND due_at > :after", {"after": at(after)}
    )
    return row["due"] if row else None


async def counts(tx: Transaction) -> dict[str, int]:
    """How many wait, fly, failed or are unsure: for health and metrics."""
    rows = await tx.rows(
        "SELECT state, count(*) AS n FROM deliveries WHERE state IN ('waiting', 'sending') GROUP BY state"
        " UNION ALL SELECT state, count(*) FROM deliveries WHERE state = 'unsure' GROUP BY state"
    )
    return {row["state"]: row["n"] for row in rows}


async def blank(tx: Transaction, now: datetime, after: timedelta, *, named: str = "%") -> int:
    """Forget the values of messages that were settled long ago, or of those `named` so (a pattern of LIKE); the rows
    stay as proof of delivery."""
    return await tx.run(
        "UPDATE messages SET facts = NULL WHERE facts IS NOT NULL AND made_at < :before AND key LIKE :named"
        " AND NOT EXISTS ("
        " SELECT 1 FROM deliveries d WHERE d.message = messages.id AND d.state IN ('waiting', 'sending'))",
        {"before": at(now - after), "named": named},
    )


async def forget(tx: Transaction, delivery: str) -> None:
    """Blank a message that has left: nobody else may read what it held. One that is to be sent anew keeps it."""
    await tx.run(
        "UPDATE messages SET facts = NULL, buttons = '[]' WHERE id = ("
        " SELECT message FROM deliveries WHERE id = :delivery AND state <> 'waiting')",
        {"delivery": delivery},
    )


@dataclass(frozen=True)
class Queued:
    """A delivery that has not left yet, and the values of its message."""

    delivery: str
    message: str
    facts: Mapping[str, Any]
    last: bool  # nothing follows it in its stream, and it has certainly not been seen


async def queued(tx: Transaction, stream: str, key: str) -> Queued | None:
    """The last message of this name that still waits in a stream: it may be changed instead of followed by another."""
    row = await tx.row(
        "SELECT d.id, d.message, m.facts, d.doubts = 0 AND NOT EXISTS (SELECT 1 FROM deliveries e"
        "  WHERE e.stream = d.stream AND e.state IN ('waiting', 'sending') AND e.id > d.id) AS last"
        " FROM deliveries d JOIN messages m ON m.id = d.message"
        # Named twice, so that the index of open streams is used.
        " WHERE d.stream = :stream AND d.state IN ('waiting', 'sending') AND d.state = 'waiting' AND m.key = :key"
        " ORDER BY d.id DESC LIMIT 1",
        {"stream": stream, "key": key},
    )
    if row is None:
        return None
    return Queued(row["id"], row["message"], unpack(row["facts"]) if row["facts"] else {}, bool(row["last"]))


async def rewrite(tx: Transaction, message: str, facts: Mapping[str, Any]) -> None:
    """Other values for a message that has not left."""
    await tx.run("UPDATE messages SET facts = :facts WHERE id = :id", {"id": message, "facts": pack(dict(facts))})


async def detach(tx: Transaction, message: Message, delivery: str, names: Collection[str]) -> None:
    """A message that has not left goes without these extras."""
    kept = {name: value for name, value in message.extras.items() if name not in names}
    await tx.run(
        "UPDATE messages SET extras = :kept WHERE id = (SELECT message FROM deliveries WHERE id = :delivery)",
        {"kept": pack(kept), "delivery": delivery},
    )


async def hasten(tx: Transaction, delivery: str, now: datetime) -> None:
    """There is nothing more to wait for."""
    await tx.run(
        "UPDATE deliveries SET due_at = :now WHERE id = :id AND state = 'waiting' AND attempts = 0",
        {"id": delivery, "now": at(now)},
    )


async def last_made(tx: Transaction, about: str, key: str) -> str | None:
    """When a message of this name about an incident was made last (`codec.at` text)."""
    row = await tx.row(
        "SELECT max(made_at) AS made FROM messages WHERE about = :about AND key = :key", {"about": about, "key": key}
    )
    return row["made"] if row else None


async def call_back(tx: Transaction, incident: str, key: str, now: datetime) -> int:
    """Texts of this name about an incident that still wait are not sent any more: what they say holds no longer.

    One that is on its way just now is not sent again, should it come back.
    """
    await tx.run(
        "UPDATE messages SET not_after = :now, facts = NULL WHERE about = :incident AND key = :key AND EXISTS ("
        " SELECT 1 FROM deliveries d WHERE d.message = messages.id AND d.state = 'sending')",
        {"incident": incident, "key": key, "now": at(now)},
    )
    return await tx.run(
        "UPDATE deliveries SET state = 'expired', settled_at = :now WHERE state = 'waiting' AND message IN ("
        " SELECT id FROM messages WHERE about = :incident AND key = :key)",
        {"incident": incident, "key": key, "now": at(now)},
    )


async def forget_about(tx: Transaction, incident: str) -> None:
    """Blank what was said about an incident and has left; what still waits is blanked after it was sent."""
    await tx.run(
        "UPDATE messages SET facts = NULL WHERE about = :incident AND NOT EXISTS ("
        " SELECT 1 FROM deliveries d WHERE d.message = messages.id AND d.state IN ('waiting', 'sending'))",
        {"incident": incident},
    )


async def forget_recipient(tx: Transaction, recipient: str) -> None:
    """Erasure: values of everything that was sent to this person."""
    await tx.run(
        "UPDATE messages SET facts = NULL WHERE id IN (SELECT message FROM deliveries d WHERE d.recipient = :recipient)"
        " AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.message = messages.id"
        "  AND d.state IN ('waiting', 'sending'))",
        {"recipient": recipient},
    )
