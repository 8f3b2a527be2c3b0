"""Where each person stands in a form: one open draft a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.forms import Draft
from storage import sayings
from storage.codec import at, moment, pack, unpack
from storage.store import Row, Transaction


@dataclass(frozen=True)
class Open:
    """A draft as it is stored. `incident` is set once silence or the person has filed it."""

    id: str
    person: str
    draft: Draft
    incident: str | None
    touched_at: datetime
    look_at: datetime
    about: str | None = None  # the incident that a form of the team speaks of


def _open(row: Row) -> Open:
    return Open(
        id=row["id"],
        person=row["person"],
        draft=Draft(row["form"], row["at"], unpack(row["answers"]), bool(row["editing"])),
        incident=row["incident"],
        touched_at=moment(row["touched_at"]),
        look_at=moment(row["look_at"]),
        about=row["about"],
    )


async def find(tx: Transaction, person: str) -> Open | None:
    row = await tx.row("SELECT * FROM drafts WHERE person = :person", {"person": person})
    return _open(row) if row else None


async def keep(tx: Transaction, one: Open) -> None:
    """Write a draft, new or changed."""
    await tx.run(
        "INSERT INTO drafts (id, person, form, at, answers, editing, incident, touched_at, look_at, about)"
        " VALUES (:id, :person, :form, :at, :answers, :editing, :incident, :touched_at, :look_at, :about)"
        " ON CONFLICT (person) DO UPDATE SET id = :id, form = :form, at = :at, answers = :answers,"
        " editing = :editing, incident = :incident, touched_at = :touched_at, look_at = :look_at,"
        " about = :about",
        {
            "id": one.id,
            "person": one.person,
            "form": one.draft.form,
            "at": one.draft.at,
            "answers": pack(dict(one.draft.answers)),
            "editing": int(one.draft.editing),
            "incident": one.incident,
            "touched_at": at(one.touched_at),
            "look_at": at(one.look_at),
            "about": one.about,
        },
    )


async def erase(tx: Transaction, person: str) -> None:
    """The draft, and which message said what for it."""
    await sayings.forget(tx, person)
    await tx.run("DELETE FROM drafts WHERE person = :person", {"person": person})


async def of_forms(tx: Transaction, prefix: str) -> list[Open]:
    """Drafts of the forms whose names begin so; asked at the start, and where somebody's data is erased."""
    rows = await tx.rows("SELECT * FROM drafts WHERE substr(form, 1, length(:prefix)) = :prefix", {"prefix": prefix})
    return [_open(row) for row in rows]


async def due(tx: Transaction, now: datetime, most: int) -> list[Open]:
    """Drafts whose time to be looked at has come."""
    rows = await tx.rows(
        "SELECT * FROM drafts WHERE look_at <= :now ORDER BY look_at LIMIT :most", {"now": at(now), "most": most}
    )
    return [_open(row) for row in rows]
