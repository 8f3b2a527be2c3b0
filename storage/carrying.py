"""What goes over to the successor of a merged agency: counted before, moved at once. History stays where it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from storage.agencies import text
from storage.codec import at
from storage.posts import Held
from storage.store import Transaction

_RUNNING = "agency = :old AND (until IS NULL OR until > :on)"


@dataclass(frozen=True)
class Load:
    """How much of each there is."""

    systems: int
    obligations: int  # of those systems, still owed
    submissions: int  # that wait for a reviewer
    requests: int  # of coordination, not answered yet


async def counted(tx: Transaction, agency: str, on: date) -> Load:
    """What a merger would move."""
    row = await tx.row(
        f"SELECT (SELECT count(*) FROM systems WHERE {_RUNNING}) AS systems,"
        " (SELECT count(*) FROM obligations WHERE agency = :old AND system IS NOT NULL"
        "  AND state IN ('open', 'submitted')) AS obligations,"
        " (SELECT count(*) FROM submissions WHERE agency = :old AND state = 'submitted') AS submissions,"
        " (SELECT count(*) FROM coordinations WHERE agency = :old AND state IN ('sent', 'received')) AS requests",
        {"old": agency, "on": text(on)},
    )
    assert row is not None
    return Load(row["systems"], row["obligations"], row["submissions"], row["requests"])


async def carry(tx: Transaction, old: str, new: str, on: date, now: datetime) -> None:
    """Move everything that goes on: systems in use with what is owed of them, what waits for an answer."""
    moved = {"old": old, "new": new, "on": text(on), "now": at(now)}
    for statement in _MOVES:
        await tx.run(statement, {name: value for name, value in moved.items() if f":{name}" in statement})


# Obligations follow their systems in the same moment: nobody is reminded at an agency that is no more.
_MOVES = (
    f"UPDATE systems SET agency = :new, changed_at = :now, laid = 0 WHERE {_RUNNING}",
    "UPDATE systems SET operator = :new, changed_at = :now WHERE operator = :old",
    "UPDATE systems SET provider = :new, changed_at = :now WHERE provider = :old",
    (
        "UPDATE obligations SET agency = :new"
        " WHERE agency = :old AND system IN (SELECT id FROM systems WHERE agency = :new)"
    ),
    "UPDATE submissions SET agency = :new WHERE agency = :old AND state = 'submitted'",
    "UPDATE coordinations SET agency = :new WHERE agency = :old AND state IN ('sent', 'received')",
    # Whoever asked for both agencies is asked about once.
    (
        "UPDATE enrolments SET state = 'dropped', decided_at = :now, name = '', title = NULL, phone = NULL"
        " WHERE agency = :old AND state = 'asked'"
        " AND person IN (SELECT person FROM enrolments WHERE agency = :new AND state = 'asked')"
    ),
    "UPDATE enrolments SET agency = :new WHERE agency = :old AND state = 'asked'",
)


async def move_post(tx: Transaction, held: Held, new: str, by: str, now: datetime) -> bool:
    """A post ends and goes on at the successor, confirmed by whoever merged; false where somebody is there already."""
    await tx.run(
        "UPDATE posts SET ended_at = :now, ended_by = :by, look_at = NULL WHERE id = :id",
        {"id": held.id, "by": by, "now": at(now)},
    )
    changed = await tx.run(
        "INSERT INTO posts (id, agency, person, post, title, confirmed_at, confirmed_by, pressed_at, affirmed_at,"
        " asked_at, red_since, look_at) SELECT :new_id, :new, person, post, title, :now, :by, pressed_at, affirmed_at,"
        " asked_at, red_since, :now FROM posts WHERE id = :id"
        " ON CONFLICT (agency, person) WHERE ended_at IS NULL DO NOTHING",
        {"id": held.id, "new_id": tx.new_id(), "new": new, "by": by, "now": at(now)},
    )
    return changed == 1
