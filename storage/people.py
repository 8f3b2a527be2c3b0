"""People as they are now, and the one-time links by which they become staff."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.domain.people import RESPONDERS, Person, Role
from storage.codec import at, moment
from storage.store import Row, Transaction

# `present` is NULL where no group is the team's: then nobody can have a seat, and nobody is asked for one.
_PERSON = (
    "SELECT p.id, p.telegram_id, p.language, p.name, p.phone, p.unreachable_since, p.badge,"
    " (SELECT group_concat(r.role) FROM roles r WHERE r.person = p.id AND r.ended_at IS NULL) AS roles,"
    " (SELECT coalesce(s.present, 0) FROM groups g LEFT JOIN seats s ON s.group_id = g.id AND s.person = p.id"
    "  WHERE g.duty = 'team') AS present FROM people p"
)


def _person(row: Row) -> Person:
    granted = {Role(role) for role in (row["roles"] or "").split(",") if role}
    return Person(
        id=row["id"],
        telegram_id=row["telegram_id"],
        language=row["language"],
        name=row["name"],
        phone=row["phone"],
        roles=frozenset(granted | {Role.CITIZEN}),
        unreachable=row["unreachable_since"] is not None,
        seated=granted.isdisjoint(RESPONDERS) or row["present"] in (None, 1),
        badge=row["badge"],
    )


async def find(tx: Transaction, telegram_id: int) -> Person | None:
    row = await tx.row(f"{_PERSON} WHERE p.telegram_id = :telegram_id", {"telegram_id": telegram_id})
    return _person(row) if row else None


async def get(tx: Transaction, person: str) -> Person:
    row = await tx.row(f"{_PERSON} WHERE p.id = :id AND p.telegram_id IS NOT NULL", {"id": person})
    if row is None:
        raise LookupError("person")
    return _person(row)


async def add(tx: Transaction, telegram_id: int, language: str, now: datetime) -> Person:
    person = tx.new_id()
    await tx.run(
        "INSERT INTO people (id, telegram_id, language, first_seen_at) VALUES (:id, :telegram_id, :language, :now)",
        {"id": person, "telegram_id": telegram_id, "language": language, "now": at(now)},
    )
    return Person(id=person, telegram_id=telegram_id, language=language)


async def speak(tx: Transaction, person: str, language: str) -> None:
    await tx.run("UPDATE people SET language = :language WHERE id = :id", {"id": person, "language": language})


async def reach(tx: Transaction, person: str, unreachable_since: datetime | None) -> None:
    """Remember that somebody blocked the bot, or can be reached again."""
    await tx.run(
        "UPDATE people SET unreachable_since = :since WHERE id = :id",
        {"id": person, "since": at(unreachable_since) if unreachable_since else None},
    )
    if unreachable_since is not None:  # whoever speaks for an agency is looked after at once
        await tx.run(
            "UPDATE posts SET look_at = :since WHERE person = :id AND ended_at IS NULL",
            {"id": person, "since": at(unreachable_since)},
        )


async def introduce(tx: Transaction, person: str, name: str, phone: str) -> None:
    """Staff alone: the name that colleagues read, and the phone that Telegram's contact button vouched for."""
    await tx.run(
        "UPDATE people SET name = :name, phone = :phone WHERE id = :id", {"id": person, "name": name, "phone": phone}
    )


async def with_roles(tx: Transaction, roles: Collection[Role]) -> list[Person]:
    """Everyone who holds one of `roles` now and can be written to."""
    names = {f"role{number}": str(role) for number, role in enumerate(roles)}
    marks = ", ".join(f":{name}" for name in names)
    rows = await tx.rows(
        f"{_PERSON} WHERE p.telegram_id IS NOT NULL AND p.unreachable_since IS NULL AND p.id IN ("
        f" SELECT person FROM roles WHERE ended_at IS NULL AND role IN ({marks})) ORDER BY p.id",
        names,
    )
    return [_person(row) for row in rows]


@dataclass(frozen=True)
class Invitation:
    """A one-time link: open → used → asked (contact shared) → confirmed or refused."""

    id: str
    role: Role
    state: str
    made_by: str
    expires_at: datetime
    used_by: str | None
    name: str | None
    phone: str | None
    scope: str | None = None  # of a liaison: the body
    days: int | None = None  # of an expert: how long the role will last


def _invitation(row: Row) -> Invitation:
    return Invitation(
        id=row["id"],
        role=Role(row["role"]),
        state=row["state"],
        made_by=row["made_by"],
        expires_at=moment(row["expires_at"]),
        used_by=row["used_by"],
        name=row["name"],
        phone=row["phone"],
        scope=row["scope"],
        days=row["role_days"],
    )


async def invite(
    tx: Transaction,
    *,
    token_hash: str,
    role: Role,
    by: str,
    now: datetime,
    expires_at: datetime,
    scope: str | None = None,
    days: int | None = None,
) -> None:
    await tx.run(
        "INSERT INTO invitations (id, token_hash, role, made_by, made_at, expires_at, state, scope, role_days)"
        " VALUES (:id, :hash, :role, :by, :now, :expires, 'open', :scope, :days)",
        {
            "id": tx.new_id(),
            "hash": token_hash,
            "role": role,
            "by": by,
            "now": at(now),
            "expires": at(expires_at),
            "scope": scope,
            "days": days,
        },
    )


async def use(tx: Transaction, token_hash: str, person: str, now: datetime) -> bool:
    """Use a link up; true for exactly one caller, before it expires."""
    changed = await tx.run(
        "UPDATE invitations SET state = 'used', used_by = :person"
        " WHERE token_hash = :hash AND state = 'open' AND expires_at > :now",
        {"hash": token_hash, "person": person, "now": at(now)},
    )
    return changed == 1


async def pending_invitation(tx: Transaction, person: str) -> Invitation | None:
    """The link that this person used and whose contact is still awaited; the newest where there are several."""
    row = await tx.row(
        "SELECT * FROM invitations WHERE used_by = :person AND state = 'used' ORDER BY id DESC LIMIT 1",
        {"person": person},
    )
    return _invitation(row) if row else None


async def ask_admission(tx: Transaction, invitation: str, name: str, phone: str) -> bool:
    changed = await tx.run(
        "UPDATE invitations SET state = 'asked', name = :name, phone = :phone WHERE id = :id AND state = 'used'",
        {"id": invitation, "name": name, "phone": phone},
    )
    return changed == 1


async def find_invitation(tx: Transaction, invitation: str) -> Invitation | None:
    row = await tx.row("SELECT * FROM invitations WHERE id = :id", {"id": invitation})
    return _invitation(row) if row else None


async def decide(tx: Transaction, invitation: str, state: str, by: str, now: datetime) -> bool:
    """Confirm or refuse once; true for exactly one administrator. Name and phone move to `people` or are dropped."""
    changed = await tx.run(
        "UPDATE invitations SET state = :state, decided_by = :by, decided_at = :now, name = NULL, phone = NULL"
        " WHERE id = :id AND state = 'asked'",
        {"id": invitation, "state": state, "by": by, "now": at(now)},
    )
    return changed == 1
