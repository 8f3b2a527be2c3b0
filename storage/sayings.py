"""Which message said what for an open form, so that an edited message changes its own words and nothing else.

A row lives as long as its form is open and unsent; from then on the message is found in `threads`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storage.codec import at, moment, pack, unpack
from storage.store import Row, Transaction


@dataclass(frozen=True)
class Saying:
    """One message of an open form. `words` are the part of the answer that it gave."""

    telegram_id: int
    draft: str
    question: str
    words: str
    album: str | None
    origin: Mapping[str, str] | None
    at: datetime


def _saying(row: Row) -> Saying:
    return Saying(
        telegram_id=row["telegram_id"],
        draft=row["draft"],
        question=row["question"],
        words=row["words"],
        album=row["album"],
        origin=unpack(row["origin"]) if row["origin"] else None,
        at=moment(row["at"]),
    )


async def note(tx: Transaction, person: str, one: Saying) -> None:
    """Remember a message, or what it says now."""
    await tx.run(
        "INSERT INTO sayings (person, telegram_id, draft, question, words, album, origin, at)"
        " VALUES (:person, :telegram_id, :draft, :question, :words, :album, :origin, :at)"
        " ON CONFLICT (person, telegram_id) DO UPDATE SET draft = :draft, question = :question, words = :words",
        {
            "person": person,
            "telegram_id": one.telegram_id,
            "draft": one.draft,
            "question": one.question,
            "words": one.words,
            "album": one.album,
            "origin": pack(dict(one.origin)) if one.origin else None,
            "at": at(one.at),
        },
    )


async def find(tx: Transaction, person: str, telegram_id: int) -> Saying | None:
    row = await tx.row(
        "SELECT * FROM sayings WHERE person = :person AND telegram_id = :telegram_id",
        {"person": person, "telegram_id": telegram_id},
    )
    return _saying(row) if row else None


async def newest(tx: Transaction, person: str) -> Saying | None:
    """The message that said something last."""
    row = await tx.row(
        "SELECT * FROM sayings WHERE person = :person ORDER BY telegram_id DESC LIMIT 1", {"person": person}
    )
    return _saying(row) if row else None


async def of(tx: Transaction, person: str) -> list[Saying]:
    """Everything said for the form that is open, in the order of the chat."""
    rows = await tx.rows("SELECT * FROM sayings WHERE person = :person ORDER BY telegram_id", {"person": person})
    return [_saying(row) for row in rows]


async def forget(tx: Transaction, person: str) -> None:
    """The form is closed, or another one is opened."""
    await tx.run("DELETE FROM sayings WHERE person = :person", {"person": person})
