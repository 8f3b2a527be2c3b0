"""Who says to speak for an agency and waits for the department's word. Once it is said, no personal data stays here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.agencies import Post
from storage.codec import at, moment
from storage.store import Row, Transaction


@dataclass(frozen=True)
class Enrolment:
    """One person's word: asked → confirmed, refused, or dropped by the person. `phone` is vouched for by Telegram."""

    id: str
    person: str
    agency: str
    post: Post
    name: str
    title: str | None
    phone: str | None
    asked_at: datetime
    state: str = "asked"


def _enrolment(row: Row) -> Enrolment:
    return Enrolment(
        id=row["id"],
        person=row["person"],
        agency=row["agency"],
        post=Post(row["post"]),
        name=row["name"],
        title=row["title"],
        phone=row["phone"],
        asked_at=moment(row["asked_at"]),
        state=row["state"],
    )


async def ask(tx: Transaction, one: Enrolment) -> bool:
    """Write an enrolment down; false where the same person waits for the same agency already."""
    changed = await tx.run(
        "INSERT INTO enrolments (id, person, agency, post, name, title, phone, asked_at, state)"
        " VALUES (:id, :person, :agency, :post, :name, :title, :phone, :now, 'asked')"
        " ON CONFLICT (person, agency) WHERE state = 'asked' DO NOTHING",
        {
            "id": one.id,
            "person": one.person,
            "agency": one.agency,
            "post": str(one.post),
            "name": one.name,
            "title": one.title,
            "phone": one.phone,
            "now": at(one.asked_at),
        },
    )
    return changed == 1


async def find(tx: Transaction, identifier: str) -> Enrolment | None:
    row = await tx.row("SELECT * FROM enrolments WHERE id = :id", {"id": identifier})
    return _enrolment(row) if row else None


async def open_of(tx: Transaction, person: str) -> Sequence[Enrolment]:
    """What somebody waits for, the oldest first."""
    rows = await tx.rows(
        "SELECT * FROM enrolments WHERE person = :person AND state = 'asked' ORDER BY asked_at", {"person": person}
    )
    return [_enrolment(row) for row in rows]


async def waiting(tx: Transaction, most: int) -> Sequence[Enrolment]:
    """What the department has not answered yet, the oldest first."""
    rows = await tx.rows(
        "SELECT * FROM enrolments WHERE state = 'asked' ORDER BY asked_at, id LIMIT :most", {"most": most}
    )
    return [_enrolment(row) for row in rows]


async def settle(tx: Transaction, identifier: str, state: str, by: str, now: datetime) -> bool:
    """Confirm, refuse or drop once; true for exactly one caller. Name, title and phone go: `people` has them, or
    nobody needs them any more.
    """
    changed = await tx.run(
        "UPDATE enrolments SET state = :state, decided_by = :by, decided_at = :now, name = '', title = NULL,"
        " phone = NULL WHERE id = :id AND state = 'asked'",
        {"id": identifier, "state": state, "by": by, "now": at(now)},
    )
    return changed == 1
