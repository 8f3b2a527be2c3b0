"""Official papers that were made: what they say, under which number, and the head of the chain that they print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.codec import at, moment, pack, unpack
from storage.store import Row, Transaction


@dataclass(frozen=True)
class Paper:
    """`number`: the how-manieth of its form for the incident. `answers` may name people; erased with their data."""

    id: str
    incident: str
    form: str
    number: int
    answers: Mapping[str, Any]
    head: str
    made_by: str
    made_at: datetime


def _paper(row: Row) -> Paper:
    return Paper(
        id=row["id"],
        incident=row["incident"],
        form=row["form"],
        number=row["number"],
        answers=unpack(row["answers"]),
        head=row["head"],
        made_by=row["made_by"],
        made_at=moment(row["made_at"]),
    )


async def add(
    tx: Transaction, incident: str, form: str, answers: Mapping[str, Any], head: str, by: str, now: datetime
) -> Paper:
    """Keep what a paper says, under the next number of its form."""
    row = await tx.row(
        "INSERT INTO papers (id, incident, form, number, answers, head, made_by, made_at)"
        " SELECT :id, :incident, :form, 1 + count(*), :answers, :head, :by, :now FROM papers"
        " WHERE incident = :incident AND form = :form RETURNING *",
        {
            "id": tx.new_id(),
            "incident": incident,
            "form": form,
            "answers": pack(dict(answers)),
            "head": head,
            "by": by,
            "now": at(now),
        },
    )
    assert row is not None
    return _paper(row)


async def find(tx: Transaction, paper: str) -> Paper | None:
    row = await tx.row("SELECT * FROM papers WHERE id = :id", {"id": paper})
    return _paper(row) if row else None


async def of(tx: Transaction, incident: str) -> list[Paper]:
    """The papers of an incident, newest first."""
    rows = await tx.rows("SELECT * FROM papers WHERE incident = :incident ORDER BY id DESC", {"incident": incident})
    return [_paper(row) for row in rows]


async def erase_answers(tx: Transaction, incident: str) -> None:
    """What papers said is forgotten; that they were made, and what heads they print, stays."""
    await tx.run("UPDATE papers SET answers = '{}' WHERE incident = :incident", {"incident": incident})
