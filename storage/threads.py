"""Which message of people belongs to which incident. What the bot itself sent is found by its delivery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.sending import State
from storage.codec import at, maybe_moment, moment, unpack
from storage.outbox import Message
from storage.store import Row, Transaction


@dataclass(frozen=True)
class Thread:
    """One message in one chat, and the incident that it belongs to. `recipient` is people.id or groups.id."""

    recipient: str
    telegram_id: int
    incident: str
    number: int | None  # the event that keeps what it says
    delivery: str | None  # where it went on to


def _thread(row: Row) -> Thread:
    return Thread(row["recipient"], row["telegram_id"], row["incident"], row["number"], row["delivery"])


async def note(
    tx: Transaction,
    recipient: str,
    telegram_id: int,
    incident: str,
    now: datetime,
    *,
    number: int | None = None,
    delivery: str | None = None,
) -> None:
    """Remember a message; the same one noted again takes the newest event and delivery."""
    await tx.run(
        "INSERT INTO threads (recipient, telegram_id, incident, number, delivery, at)"
        " VALUES (:recipient, :telegram_id, :incident, :number, :delivery, :now)"
        " ON CONFLICT (recipient, telegram_id) DO UPDATE SET incident = :incident, number = :number,"
        " delivery = :delivery",
        {
            "recipient": recipient,
            "telegram_id": telegram_id,
            "incident": incident,
            "number": number,
            "delivery": delivery,
            "now": at(now),
        },
    )


async def find(tx: Transaction, recipient: str, telegram_id: int) -> Thread | None:
    """A message of people that was noted."""
    row = await tx.row(
        "SELECT * FROM threads WHERE recipient = :recipient AND telegram_id = :telegram_id",
        {"recipient": recipient, "telegram_id": telegram_id},
    )
    return _thread(row) if row else None


async def incident_of(tx: Transaction, recipient: str, telegram_id: int) -> str | None:
    """The incident that a message in this chat belongs to, whoever wrote it; None where it belongs to none."""
    noted = await find(tx, recipient, telegram_id)
    if noted is not None:
        return noted.incident
    row = await tx.row(
        "SELECT m.about FROM deliveries d JOIN messages m ON m.id = d.message"
        " WHERE d.recipient = :recipient AND d.telegram_id = :telegram_id AND m.about IS NOT NULL"
        " AND m.key <> 'form.review'"  # what answers a form is for the form
        " ORDER BY d.id DESC LIMIT 1",
        {"recipient": recipient, "telegram_id": telegram_id},
    )
    return str(row["about"]) if row else None


async def newest(tx: Transaction, recipient: str) -> tuple[Thread, datetime] | None:
    """The message that people wrote last in this chat, of those that belong to an incident; and when it was noted."""
    row = await tx.row(
        "SELECT * FROM threads WHERE recipient = :recipient ORDER BY telegram_id DESC LIMIT 1",
        {"recipient": recipient},
    )
    return (_thread(row), moment(row["at"])) if row else None


async def of_delivery(tx: Transaction, delivery: str) -> Thread | None:
    """The message of people that went on as this delivery."""
    row = await tx.row("SELECT * FROM threads WHERE delivery = :delivery", {"delivery": delivery})
    return _thread(row) if row else None


async def known(tx: Transaction, recipient: str, telegram_id: int) -> bool:
    """Whether the bot knows a message in this chat as its own."""
    row = await tx.row(
        "SELECT 1 AS known FROM deliveries WHERE recipient = :recipient AND telegram_id = :telegram_id LIMIT 1",
        {"recipient": recipient, "telegram_id": telegram_id},
    )
    return row is not None


async def is_written_to(tx: Transaction, recipient: str) -> bool:
    """Whether something is on its way to this chat, whose number is not known yet."""
    row = await tx.row(
        "SELECT 1 AS flies FROM deliveries WHERE state = 'sending' AND recipient = :recipient AND op = 'send' LIMIT 1",
        {"recipient": recipient},
    )
    return row is not None


async def way_of(tx: Transaction, recipient: str, telegram_id: int) -> State | None:
    """How far a message of people has got on its way to the other side; None where it went nowhere."""
    row = await tx.row(
        "SELECT d.state FROM threads t JOIN deliveries d ON d.id = t.delivery"
        " WHERE t.recipient = :recipient AND t.telegram_id = :telegram_id",
        {"recipient": recipient, "telegram_id": telegram_id},
    )
    return State(row["state"]) if row else None


async def ways(tx: Transaction, recipient: str, incident: str) -> dict[State, int]:
    """How many messages of this chat about an incident have got how far."""
    rows = await tx.rows(
        "SELECT d.state, count(*) AS n FROM threads t JOIN deliveries d ON d.id = t.delivery"
        " WHERE t.incident = :incident AND t.recipient = :recipient GROUP BY d.state",
        {"recipient": recipient, "incident": incident},
    )
    return {State(row["state"]): row["n"] for row in rows}


async def forget_chat(tx: Transaction, recipient: str) -> None:
    """The chat numbers its messages anew: an old number would be another message, perhaps of another incident."""
    await tx.run("DELETE FROM threads WHERE recipient = :recipient", {"recipient": recipient})
    await tx.run(
        "UPDATE deliveries SET telegram_id = NULL WHERE recipient = :recipient AND telegram_id IS NOT NULL",
        {"recipient": recipient},
    )
    await tx.run(
        "UPDATE deliveries SET state = 'expired', settled_at = due_at"
        " WHERE recipient = :recipient AND op = 'react' AND state = 'waiting'",
        {"recipient": recipient},
    )


@dataclass(frozen=True)
class Said:
    """Something about an incident that a chat can read, or will in a moment: then without `telegram_id` and `since`."""

    delivery: str
    telegram_id: int | None
    since: datetime | None
    message: Message


async def said_in(tx: Transaction, recipient: str, incident: str) -> list[Said]:
    """What was said to one recipient about an incident, its living card left out; the oldest first."""
    rows = await tx.rows(
        "SELECT d.id, d.telegram_id, d.settled_at, m.key, m.facts, m.buttons, m.extras, m.about FROM messages m"
        " JOIN deliveries d ON d.message = m.id WHERE m.about = :incident AND d.recipient = :recipient"
        " AND d.op = 'send' AND d.card IS NULL AND (d.telegram_id IS NOT NULL OR d.state = 'sending') ORDER BY d.id",
        {"incident": incident, "recipient": recipient},
    )
    return [
        Said(
            delivery=row["id"],
            telegram_id=row["telegram_id"],
            since=maybe_moment(row["settled_at"]),
            message=Message(
                row["key"],
                unpack(row["facts"]) if row["facts"] else {},
                unpack(row["buttons"]),
                unpack(row["extras"]),
                row["about"],
            ),
        )
        for row in rows
    ]
