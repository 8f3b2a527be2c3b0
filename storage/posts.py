"""Who speaks for which agency, as the department has confirmed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.agencies import Post
from storage.codec import at, maybe_moment, moment
from storage.store import Row, Transaction


@dataclass(frozen=True)
class Held:
    """One person at one agency. `red_since`: out of reach since then (blocked the bot, left, silent for long)."""

    id: str
    agency: str
    person: str
    post: Post
    title: str | None
    confirmed_at: datetime
    pressed_at: datetime
    affirmed_at: datetime
    asked_at: datetime | None = None
    red_since: datetime | None = None


def held(row: Row) -> Held:
    return Held(
        id=row["id"],
        agency=row["agency"],
        person=row["person"],
        post=Post(row["post"]),
        title=row["title"],
        confirmed_at=moment(row["confirmed_at"]),
        pressed_at=moment(row["pressed_at"]),
        affirmed_at=moment(row["affirmed_at"]),
        asked_at=maybe_moment(row["asked_at"]),
        red_since=maybe_moment(row["red_since"]),
    )


async def confirm(
    tx: Transaction, agency: str, person: str, post: Post, title: str | None, by: str | None, now: datetime
) -> bool:
    """Somebody speaks for an agency from now on; false where they do already."""
    changed = await tx.run(
        "INSERT INTO posts (id, agency, person, post, title, confirmed_at, confirmed_by, pressed_at, affirmed_at,"
        " look_at) VALUES (:id, :agency, :person, :post, :title, :now, :by, :now, :now, :now)"
        " ON CONFLICT (agency, person) WHERE ended_at IS NULL DO NOTHING",
        {
            "id": tx.new_id(),
            "agency": agency,
            "person": person,
            "post": str(post),
            "title": title,
            "by": by,
            "now": at(now),
        },
    )
    return changed == 1


async def of_person(tx: Transaction, person: str) -> Sequence[Held]:
    """For which agencies somebody speaks now, the oldest first."""
    rows = await tx.rows(
        "SELECT * FROM posts WHERE person = :person AND ended_at IS NULL ORDER BY id", {"person": person}
    )
    return [held(row) for row in rows]


async def of_agency(tx: Transaction, agency: str) -> Sequence[Held]:
    """Who speaks for an agency now: officers, deputies, heads, in this order."""
    rows = await tx.rows(
        "SELECT * FROM posts WHERE agency = :agency AND ended_at IS NULL ORDER BY id", {"agency": agency}
    )
    order = list(Post)
    return sorted((held(row) for row in rows), key=lambda one: order.index(one.post))
