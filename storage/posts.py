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


async def reachable(tx: Transaction, agencies: Sequence[str]) -> dict[str, dict[Post, list[str]]]:
    """Who can be written to for these agencies, by post: whoever blocked the bot or was erased is nobody."""
    names = {f"agency{number}": agency for number, agency in enumerate(agencies)}
    rows = await tx.rows(
        "SELECT b.agency, b.post, b.person FROM posts b JOIN people p ON p.id = b.person"
        f" WHERE b.ended_at IS NULL AND b.agency IN ({', '.join(f':{name}' for name in names)})"
        " AND p.unreachable_since IS NULL AND p.telegram_id IS NOT NULL ORDER BY b.id",
        names,
    )
    found: dict[str, dict[Post, list[str]]] = {}
    for row in rows:
        found.setdefault(row["agency"], {}).setdefault(Post(row["post"]), []).append(row["person"])
    return found


async def find(tx: Transaction, identifier: str) -> Held | None:
    """A post that somebody holds now; None where it has ended or never was."""
    row = await tx.row("SELECT * FROM posts WHERE id = :id AND ended_at IS NULL", {"id": identifier})
    return held(row) if row else None


async def end(tx: Transaction, identifier: str, by: str | None, now: datetime) -> bool:
    """Somebody speaks for the agency no more; true for exactly one caller. The row stays."""
    changed = await tx.run(
        "UPDATE posts SET ended_at = :now, ended_by = :by, look_at = NULL WHERE id = :id AND ended_at IS NULL",
        {"id": identifier, "by": by, "now": at(now)},
    )
    return changed == 1


async def change_post(tx: Transaction, identifier: str, post: Post) -> None:
    """A deputy takes over, or an officer becomes one."""
    await tx.run("UPDATE posts SET post = :post WHERE id = :id", {"id": identifier, "post": str(post)})


# Whether somebody is still there --------------------------------------------------------------------------------------


async def pressed(tx: Transaction, person: str, now: datetime, before: datetime) -> bool:
    """Somebody did something: all their posts are within reach again. Where that was written down after `before`
    already, nothing is written.
    """
    changed = await tx.run(
        "UPDATE posts SET pressed_at = :now, red_since = NULL, look_at = :now"
        " WHERE person = :person AND ended_at IS NULL AND (pressed_at <= :before OR red_since IS NOT NULL)",
        {"person": person, "now": at(now), "before": at(before)},
    )
    return changed > 0


async def affirm(tx: Transaction, identifier: str, now: datetime) -> None:
    """Somebody says to be still in charge."""
    await tx.run(
        "UPDATE posts SET affirmed_at = :now, pressed_at = :now, asked_at = NULL, red_since = NULL, look_at = :now"
        " WHERE id = :id",
        {"id": identifier, "now": at(now)},
    )


async def due(tx: Transaction, now: datetime, most: int) -> Sequence[Held]:
    """Posts that are to be looked at, the longest due first."""
    rows = await tx.rows(
        "SELECT * FROM posts WHERE look_at <= :now ORDER BY look_at LIMIT :most", {"now": at(now), "most": most}
    )
    return [held(row) for row in rows]


async def note(tx: Transaction, one: Held, look: datetime | None) -> None:
    """Write down what a look has found (asked when, red since when), and when to look next; None: not by the clock."""
    await tx.run(
        "UPDATE posts SET asked_at = :asked, red_since = :red, look_at = :look WHERE id = :id",
        {
            "id": one.id,
            "asked": at(one.asked_at) if one.asked_at else None,
            "red": at(one.red_since) if one.red_since else None,
            "look": at(look) if look else None,
        },
    )
