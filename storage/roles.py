"""Who holds which role, since when, until when and by whom; every grant and every end stands in a chain of events."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from bot.domain.people import RESPONDERS, Person, Role
from storage import people
from storage.codec import at, maybe_moment, moment, pack
from storage.store import Row, Transaction

GENESIS = "0" * 64


@dataclass(frozen=True)
class Held:
    """A role that somebody holds now."""

    person: str
    role: Role
    since: datetime
    by: str | None  # None: the settings, or the installation
    by_name: str | None
    expires_at: datetime | None
    scope: str | None


@dataclass(frozen=True)
class RoleEvent:
    """One link of the chain. `kind`: granted, ended, expired. `actor` None: the settings, or the clock."""

    number: int
    kind: str
    at: datetime
    actor: str | None
    person: str
    role: Role


async def grant(
    tx: Transaction,
    person: str,
    role: Role,
    by: str | None,
    now: datetime,
    *,
    expires_at: datetime | None = None,
    scope: str | None = None,
) -> bool:
    """Grant a role and chain the event; false where it is held already, which changes nothing.

    The first role of a responder brings a badge with it: the number that reporters read instead of a name.
    """
    until = at(expires_at) if expires_at else None
    changed = await tx.run(
        "INSERT INTO roles (person, role, granted_at, granted_by, expires_at, scope)"
        " SELECT :person, :role, :now, :by, :until, :scope WHERE NOT EXISTS ("
        "  SELECT 1 FROM roles WHERE person = :person AND role = :role AND ended_at IS NULL)",
        {"person": person, "role": role, "now": at(now), "by": by, "until": until, "scope": scope},
    )
    if changed != 1:
        return False
    await _chain(tx, "granted", now, by, person, role, scope, until)
    if role in RESPONDERS:
        await _badge(tx, person)
    return True


async def _badge(tx: Transaction, person: str) -> None:
    row = await tx.row("SELECT badge FROM people WHERE id = :person", {"person": person})
    if row is None or row["badge"] is not None:
        return
    counted = await tx.row(
        "INSERT INTO counters (name, value) VALUES ('badge', 1)"
        " ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value"
    )
    assert counted is not None
    await tx.run("UPDATE people SET badge = :badge WHERE id = :person", {"person": person, "badge": counted["value"]})


async def end(tx: Transaction, person: str, role: Role, by: str | None, now: datetime, kind: str = "ended") -> bool:
    """End a role and chain the event; true for exactly one caller."""
    changed = await tx.run(
        "UPDATE roles SET ended_at = :now, ended_by = :by WHERE person = :person AND role = :role AND ended_at IS NULL",
        {"person": person, "role": role, "by": by, "now": at(now)},
    )
    if changed != 1:
        return False
    await _chain(tx, kind, now, by, person, role, None, None)
    return True


_HELD = (
    "SELECT r.person, r.role, r.granted_at, r.granted_by, r.expires_at, r.scope, b.name AS by_name"
    " FROM roles r LEFT JOIN people b ON b.id = r.granted_by"
)


def _held(row: Row) -> Held:
    return Held(
        person=row["person"],
        role=Role(row["role"]),
        since=moment(row["granted_at"]),
        by=row["granted_by"],
        by_name=row["by_name"],
        expires_at=maybe_moment(row["expires_at"]),
        scope=row["scope"],
    )


async def held_by(tx: Transaction, person: str) -> list[Held]:
    """Every role that a person holds now, the oldest first."""
    rows = await tx.rows(
        f"{_HELD} WHERE r.person = :person AND r.ended_at IS NULL ORDER BY r.granted_at, r.role", {"person": person}
    )
    return [_held(row) for row in rows]


async def holders(tx: Transaction, limit: int, offset: int) -> list[str]:
    """People who hold any role, one page; who was known first stands first."""
    rows = await tx.rows(
        "SELECT DISTINCT person FROM roles WHERE ended_at IS NULL ORDER BY person LIMIT :limit OFFSET :offset",
        {"limit": limit, "offset": offset},
    )
    return [row["person"] for row in rows]


async def count(tx: Transaction, role: Role) -> int:
    """How many hold a role now, whether they can be written to or not."""
    row = await tx.row("SELECT count(*) AS n FROM roles WHERE role = :role AND ended_at IS NULL", {"role": role})
    return int(row["n"]) if row else 0


async def scope_of(tx: Transaction, person: str, role: Role) -> str | None:
    """For whom somebody holds a role: the body of a liaison."""
    row = await tx.row(
        "SELECT scope FROM roles WHERE person = :person AND role = :role AND ended_at IS NULL",
        {"person": person, "role": role},
    )
    return row["scope"] if row else None


async def liaisons_of(tx: Transaction, body: str) -> list[Person]:
    """Everyone who speaks for a body now and can be written to."""
    rows = await tx.rows(
        "SELECT person FROM roles WHERE role = 'liaison' AND scope = :body AND ended_at IS NULL ORDER BY person",
        {"body": body},
    )
    found = [await people.get(tx, row["person"]) for row in rows]
    return [person for person in found if not person.unreachable]


async def expired(tx: Transaction, now: datetime, limit: int) -> list[Held]:
    """Roles whose last day is over."""
    rows = await tx.rows(
        f"{_HELD} WHERE r.ended_at IS NULL AND r.expires_at IS NOT NULL AND r.expires_at <= :now"
        " ORDER BY r.expires_at LIMIT :limit",
        {"now": at(now), "limit": limit},
    )
    return [_held(row) for row in rows]


# The chain ----------------------------------------------------------------------------------------------------------


def _hash(previous: str, event: dict[str, str | int | None]) -> str:
    return hashlib.sha256(f"{previous}\n{pack(event)}".encode()).hexdigest()


async def _chain(
    tx: Transaction,
    kind: str,
    now: datetime,
    actor: str | None,
    person: str,
    role: Role,
    scope: str | None,
    until: str | None,
) -> None:
    last = await tx.row("SELECT number, hash FROM role_events WHERE number = (SELECT max(number) FROM role_events)")
    event: dict[str, str | int | None] = {
        "number": last["number"] + 1 if last else 1,
        "kind": kind,
        "at": at(now),
        "actor": actor,
        "person": person,
        "role": str(role),
        "scope": scope,
        "expires_at": until,
    }
    await tx.run(
        "INSERT INTO role_events (number, kind, at, actor, person, role, scope, expires_at, hash)"
        " VALUES (:number, :kind, :at, :actor, :person, :role, :scope, :expires_at, :hash)",
        {**event, "hash": _hash(last["hash"] if last else GENESIS, event)},
    )


_LINKED = ("number", "kind", "at", "actor", "person", "role", "scope", "expires_at")


async def broken_at(tx: Transaction) -> int | None:
    """The number of the first event that does not fit the chain; None where all of them do."""
    previous = GENESIS
    for expected, row in enumerate(await tx.rows("SELECT * FROM role_events ORDER BY number"), start=1):
        event = {name: row[name] for name in _LINKED}
        if row["number"] != expected or row["hash"] != _hash(previous, event):
            return expected
        previous = row["hash"]
    return None


async def events_of(tx: Transaction, person: str) -> list[RoleEvent]:
    """What happened to the roles of a person, oldest first."""
    rows = await tx.rows("SELECT * FROM role_events WHERE person = :person ORDER BY number", {"person": person})
    return [
        RoleEvent(row["number"], row["kind"], moment(row["at"]), row["actor"], row["person"], Role(row["role"]))
        for row in rows
    ]


# Proposals ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Proposal:
    """A role that waits for the word of a second administrator."""

    id: str
    person: str
    role: Role
    scope: str | None
    asked_by: str
    expires_at: datetime


def _proposal(row: Row) -> Proposal:
    return Proposal(
        row["id"], row["person"], Role(row["role"]), row["scope"], row["asked_by"], moment(row["expires_at"])
    )


async def propose(
    tx: Transaction, person: str, role: Role, scope: str | None, by: str, now: datetime, expires_at: datetime
) -> str | None:
    """Ask for a role; None where the same is asked for already and has not lapsed."""
    row = await tx.row(
        "SELECT 1 FROM proposals WHERE person = :person AND role = :role AND state = 'asked' AND expires_at > :now",
        {"person": person, "role": role, "now": at(now)},
    )
    if row is not None:
        return None
    proposal = tx.new_id()
    await tx.run(
        "INSERT INTO proposals (id, person, role, scope, asked_by, asked_at, expires_at, state)"
        " VALUES (:id, :person, :role, :scope, :by, :now, :expires, 'asked')",
        {
            "id": proposal,
            "person": person,
            "role": role,
            "scope": scope,
            "by": by,
            "now": at(now),
            "expires": at(expires_at),
        },
    )
    return proposal


async def find_proposal(tx: Transaction, proposal: str) -> Proposal | None:
    row = await tx.row("SELECT * FROM proposals WHERE id = :id", {"id": proposal})
    return _proposal(row) if row else None


async def settle(tx: Transaction, proposal: str, state: str, by: str, now: datetime) -> bool:
    """Agree or refuse once, before it lapses; true for exactly one administrator."""
    changed = await tx.run(
        "UPDATE proposals SET state = :state, decided_by = :by, decided_at = :now"
        " WHERE id = :id AND state = 'asked' AND expires_at > :now",
        {"id": proposal, "state": state, "by": by, "now": at(now)},
    )
    return changed == 1
