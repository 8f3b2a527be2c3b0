"""Files for the register: who sent what, what a dry run found, what became of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.tables import What
from storage.codec import at, moment, pack, unpack
from storage.store import Row, Transaction

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Import:
    """One file, without its bytes and findings.

    State: waiting (for the file while `file_id` is None, then to be looked at) · ready (to be confirmed) or faulty (not
    to be written) · writing (confirmed) · done · dropped.
    """

    id: str
    person: str
    what: What
    name: str
    file_id: str | None
    state: str
    asked_at: datetime
    tries: int


def _import(row: Row) -> Import:
    return Import(
        id=row["id"],
        person=row["person"],
        what=What(row["what"]),
        name=row["name"],
        file_id=row["file_id"],
        state=row["state"],
        asked_at=moment(row["asked_at"]),
        tries=row["tries"],
    )


_COLUMNS = "id, person, what, name, file_id, state, asked_at, tries"


async def begin(tx: Transaction, person: str, what: What, now: datetime) -> str:
    """Somebody is about to send a file; what they had not finished before is dropped. The id of the import."""
    await tx.run(
        "UPDATE imports SET state = 'dropped', content = NULL, findings = NULL, settled_at = :now"
        " WHERE person = :person AND state IN ('waiting', 'ready', 'faulty')",
        {"person": person, "now": at(now)},
    )
    identifier = tx.new_id()
    await tx.run(
        "INSERT INTO imports (id, person, what, name, state, asked_at, due_at)"
        " VALUES (:id, :person, :what, '', 'waiting', :now, :now)",
        {"id": identifier, "person": person, "what": str(what), "now": at(now)},
    )
    return identifier


async def awaiting(tx: Transaction, person: str, since: datetime) -> Import | None:
    """The import for which somebody has yet to send the file, asked for at `since` or later; or a better one
    after a faulty one, unless a form is open that a file may belong to.
    """
    row = await tx.row(
        f"SELECT {_COLUMNS} FROM imports WHERE person = :person AND asked_at >= :since"
        " AND (state = 'waiting' AND file_id IS NULL OR state = 'faulty'"
        " AND NOT EXISTS (SELECT 1 FROM drafts WHERE drafts.person = imports.person)) ORDER BY asked_at DESC LIMIT 1",
        {"person": person, "since": at(since)},
    )
    return _import(row) if row else None


async def take(tx: Transaction, identifier: str, name: str, file_id: str, now: datetime) -> None:
    """The file has come, or its name at Telegram has; it takes the place of one that was faulty."""
    await tx.run(
        "UPDATE imports SET name = :name, file_id = :file_id, due_at = :now, asked_at = :now, state = 'waiting',"
        " content = NULL, findings = NULL, tries = 0 WHERE id = :id AND state IN ('waiting', 'faulty')",
        {"id": identifier, "name": name, "file_id": file_id, "now": at(now)},
    )


async def again(tx: Transaction, identifier: str, now: datetime) -> bool:
    """A file that was looked at is to be looked at anew; false where it cannot be any more."""
    changed = await tx.run(
        "UPDATE imports SET state = 'waiting', findings = NULL, tries = 0, due_at = :now"
        " WHERE id = :id AND state IN ('ready', 'faulty', 'writing') AND content IS NOT NULL",
        {"id": identifier, "now": at(now)},
    )
    return changed == 1


async def confirm(tx: Transaction, identifier: str, now: datetime) -> bool:
    """What a dry run found good is to be written; false where there is no such thing."""
    changed = await tx.run(
        "UPDATE imports SET state = 'writing', tries = 0, due_at = :now WHERE id = :id AND state = 'ready'",
        {"id": identifier, "now": at(now)},
    )
    return changed == 1


async def due(tx: Transaction, now: datetime, most: int) -> Sequence[Import]:
    """What may be looked at now, the longest waiting first."""
    rows = await tx.rows(
        f"SELECT {_COLUMNS} FROM imports WHERE state IN ('waiting', 'writing') AND file_id IS NOT NULL"
        " AND due_at <= :now ORDER BY due_at, id LIMIT :most",
        {"now": at(now), "most": most},
    )
    return [_import(row) for row in rows]


async def next_due(tx: Transaction, after: datetime) -> str | None:
    """When the earliest may be looked at that may not be at `after` (`codec.at` text)."""
    row = await tx.row(
        "SELECT min(due_at) AS due FROM imports"
        " WHERE state IN ('waiting', 'writing') AND file_id IS NOT NULL AND due_at > :after",
        {"after": at(after)},
    )
    return row["due"] if row else None


async def try_once(tx: Transaction, identifier: str, state: str) -> bool:
    """Count one try, before it is made: a file that brings the process down must end some day."""
    changed = await tx.run(
        "UPDATE imports SET tries = tries + 1 WHERE id = :id AND state = :state", {"id": identifier, "state": state}
    )
    return changed == 1


async def postpone(tx: Transaction, identifier: str, due: datetime) -> None:
    await tx.run(
        "UPDATE imports SET due_at = :due WHERE id = :id AND state IN ('waiting', 'writing')",
        {"id": identifier, "due": at(due)},
    )


async def looked_at(
    tx: Transaction, identifier: str, state: str, content: bytes | None, findings: Mapping[str, Any] | None
) -> bool:
    """What a dry run found; false where nobody waits for it any more. Without `content` what is kept of it stays."""
    changed = await tx.run(
        "UPDATE imports SET state = :state, content = coalesce(:content, content), findings = :findings"
        " WHERE id = :id AND state = 'waiting'",
        {"id": identifier, "state": state, "content": content, "findings": pack(findings) if findings else None},
    )
    return changed == 1


async def find(tx: Transaction, identifier: str) -> Import | None:
    row = await tx.row(f"SELECT {_COLUMNS} FROM imports WHERE id = :id", {"id": identifier})
    return _import(row) if row else None


async def content(tx: Transaction, identifier: str) -> bytes | None:
    """The bytes of the file, where they are kept."""
    row = await tx.row("SELECT content FROM imports WHERE id = :id", {"id": identifier})
    return row["content"] if row else None


async def findings(tx: Transaction, identifier: str) -> Mapping[str, Any] | None:
    """What a dry run found, where it is kept."""
    row = await tx.row("SELECT findings FROM imports WHERE id = :id", {"id": identifier})
    return unpack(row["findings"]) if row and row["findings"] else None


async def settle(tx: Transaction, identifier: str, state: str, now: datetime, left: Sequence[str] = ()) -> bool:
    """It is "done" or "dropped", and its bytes are forgotten; false where it was before. `left` are systems that have
    yet to be followed up.
    """
    changed = await tx.run(
        "UPDATE imports SET state = :state, content = NULL, findings = :left, settled_at = :now"
        " WHERE id = :id AND state NOT IN ('done', 'dropped')",
        {"id": identifier, "state": state, "now": at(now), "left": pack(list(left)) if left else None},
    )
    return changed == 1


async def unfollowed(tx: Transaction) -> tuple[str, Sequence[str]] | None:
    """A finished import after which systems have yet to be followed up, and which."""
    row = await tx.row(
        "SELECT id, findings FROM imports WHERE state = 'done' AND findings IS NOT NULL ORDER BY settled_at LIMIT 1"
    )
    if row is None:
        return None
    try:
        return row["id"], list(unpack(row["findings"]))
    except ValueError as error:
        log.error("what follows from the import %s cannot be read and is given up", row["id"], exc_info=error)
        return row["id"], []


async def followed(tx: Transaction, identifier: str, left: Sequence[str]) -> None:
    """Some of them were; these are left."""
    await tx.run(
        "UPDATE imports SET findings = :left WHERE id = :id AND state = 'done'",
        {"id": identifier, "left": pack(list(left)) if left else None},
    )


async def purge(tx: Transaction, before: datetime) -> int:
    """Forget what was asked for before a moment, with the bytes and findings that nobody used."""
    return await tx.run("DELETE FROM imports WHERE asked_at < :before", {"before": at(before)})
