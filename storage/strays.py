"""Messages of somebody with several open incidents, until it is known which of them each belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storage.codec import at, moment, pack, unpack
from storage.store import Row, Transaction


@dataclass(frozen=True)
class Stray:
    """One message that waits for its place."""

    id: str
    person: str
    telegram_id: int
    words: str
    origin: Mapping[str, str] | None
    at: datetime


def _stray(row: Row) -> Stray:
    return Stray(
        id=row["id"],
        person=row["person"],
        telegram_id=row["telegram_id"],
        words=row["words"],
        origin=unpack(row["origin"]) if row["origin"] else None,
        at=moment(row["at"]),
    )


async def keep(
    tx: Transaction, person: str, telegram_id: int, words: str, origin: Mapping[str, str] | None, now: datetime
) -> str:
    """Keep a message; its id, which evidence that came with it names."""
    identifier = tx.new_id()
    await tx.run(
        "INSERT INTO strays (id, person, telegram_id, words, origin, at)"
        " VALUES (:id, :person, :telegram_id, :words, :origin, :now)",
        {
            "id": identifier,
            "person": person,
            "telegram_id": telegram_id,
            "words": words,
            "origin": pack(dict(origin)) if origin else None,
            "now": at(now),
        },
    )
    return identifier


async def of(tx: Transaction, person: str) -> list[Stray]:
    """Everything of one person that waits, in the order in which it came."""
    rows = await tx.rows("SELECT * FROM strays WHERE person = :person ORDER BY id", {"person": person})
    return [_stray(row) for row in rows]


async def reword(tx: Transaction, person: str, telegram_id: int, words: str) -> str | None:
    """The message was edited before it was placed; its id where it waits."""
    row = await tx.row(
        "UPDATE strays SET words = :words WHERE person = :person AND telegram_id = :telegram_id RETURNING id",
        {"person": person, "telegram_id": telegram_id, "words": words},
    )
    return str(row["id"]) if row else None


async def forget(tx: Transaction, person: str) -> None:
    """They have their place."""
    await tx.run("DELETE FROM strays WHERE person = :person", {"person": person})


async def silent(tx: Transaction, before: datetime, most: int) -> list[str]:
    """Whose strays wait and have had no company since `before`."""
    rows = await tx.rows(
        "SELECT s.person FROM strays s WHERE s.at <= :before AND NOT EXISTS"
        " (SELECT 1 FROM strays n WHERE n.person = s.person AND n.at > :before) ORDER BY s.at LIMIT :most",
        {"before": at(before), "most": most},
    )
    return list(dict.fromkeys(row["person"] for row in rows))


async def move_evidence(tx: Transaction, stray: str, *, draft: str) -> int:
    """Files go with their message into a form; how many those were."""
    return await tx.run(
        "UPDATE evidence SET stray = NULL, draft = :draft WHERE stray = :stray AND incident IS NULL",
        {"stray": stray, "draft": draft},
    )
