"""The index of words (FTS5), the one place where SQL is not written once: found by what was said, newest first.

An incident is indexed again after something was said about it: `stale` remembers which ones wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.codec import at
from storage.incidents import Incident, of_row
from storage.store import Transaction

_PAGES = 200  # of the index that one step of folding writes at most


@dataclass(frozen=True)
class Search:
    """What somebody searched for, so that a key can turn the page."""

    id: str
    person: str
    query: str
    words: str


async def stale(tx: Transaction, incident: str) -> None:
    """What is said about an incident has changed."""
    await tx.run(
        "INSERT INTO search_stale (incident) VALUES (:incident) ON CONFLICT (incident) DO NOTHING",
        {"incident": incident},
    )


async def waiting(tx: Transaction, now: datetime, most: int) -> list[str]:
    """Incidents that are to be indexed again, the oldest first."""
    rows = await tx.rows(
        "SELECT incident FROM search_stale WHERE not_before IS NULL OR not_before <= :now"
        " ORDER BY incident LIMIT :most",
        {"now": at(now), "most": most},
    )
    return [row["incident"] for row in rows]


async def postpone(tx: Transaction, incident: str, until: datetime) -> None:
    """It could not be indexed: nothing else waits for it."""
    await tx.run(
        "UPDATE search_stale SET not_before = :until WHERE incident = :incident",
        {"incident": incident, "until": at(until)},
    )


async def index(tx: Transaction, incident: str, shared: str, personal: str) -> None:
    """Put the words of an incident in place of those before: `shared` without what leads to a person."""
    await tx.run(
        "INSERT INTO search_rows (incident) VALUES (:incident) ON CONFLICT (incident) DO NOTHING",
        {"incident": incident},
    )
    number = "(SELECT number FROM search_rows WHERE incident = :incident)"
    await tx.run(f"DELETE FROM search WHERE rowid = {number}", {"incident": incident})
    await tx.run(
        f"INSERT INTO search (rowid, shared, personal) VALUES ({number}, :shared, :personal)",
        {"incident": incident, "shared": shared, "personal": personal},
    )
    await tx.run("DELETE FROM search_stale WHERE incident = :incident", {"incident": incident})


async def find(
    tx: Transaction,
    query: str,
    *,
    personal: bool,
    most: int,
    skip: int,
    reader: str | None = None,
    everything: bool = False,
) -> list[Incident]:
    """Incidents whose words fit a `searching.query`, the newest first; not `personal`: in shared words alone.

    Of those that are TLP:RED the reader finds the own ones, or with `everything` all: a hit is an answer too.
    """
    column = "personal" if personal else "shared"
    rows = await tx.rows(
        "SELECT i.* FROM search s CROSS JOIN search_rows r ON r.number = s.rowid"
        " CROSS JOIN incidents i ON i.id = r.incident WHERE search MATCH :query"
        " AND (i.tlp <> 'RED' OR i.owner = :reader OR :everything = 1)"
        " ORDER BY s.rowid DESC LIMIT :most OFFSET :skip",
        {
            "query": f"{{{column}}} : ({query})",
            "most": most,
            "skip": skip,
            "reader": reader,
            "everything": int(everything),
        },
    )
    return [of_row(row) for row in rows]


async def remember(tx: Transaction, person: str, query: str, words: str, now: datetime) -> Search:
    """Keep a search for its pages."""
    search = Search(tx.new_id(), person, query, words)
    await tx.run(
        "INSERT INTO searches (id, person, query, words, made_at) VALUES (:id, :person, :query, :words, :now)",
        {"id": search.id, "person": person, "query": query, "words": words, "now": at(now)},
    )
    return search


async def recall(tx: Transaction, search: str) -> Search | None:
    row = await tx.row("SELECT * FROM searches WHERE id = :id", {"id": search})
    return Search(row["id"], row["person"], row["query"], row["words"]) if row else None


async def forget(tx: Transaction, before: datetime) -> None:
    """Old searches."""
    await tx.run("DELETE FROM searches WHERE made_at < :before", {"before": at(before)})


async def merge(tx: Transaction) -> None:
    """Fold a part of the index: only then the words of rows that were replaced or erased are gone from the disk."""
    await tx.run(f"INSERT INTO search (search, rank) VALUES ('merge', {-_PAGES})")
