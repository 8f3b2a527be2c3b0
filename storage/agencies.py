"""The register of agencies: what they are called, since when, what became of them. No row is ever deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.domain.agencies import Kind
from bot.domain.letters import fold
from bot.domain.registering import words_of
from storage.codec import at, pack, unpack
from storage.store import Row, Transaction, Values


@dataclass(frozen=True)
class Published:
    """The contact point that an agency has published: where it stands and of which day it is."""

    phones: tuple[str, ...] = ()
    email: str | None = None
    page: str | None = None
    source: str | None = None
    published_on: date | None = None


@dataclass(frozen=True)
class Agency:
    """One agency. `since` and `until` (the first day without it) are days of effect."""

    id: str
    code: str
    name: str
    kind: Kind
    head: str | None = None
    head_title: str | None = None
    since: date | None = None
    until: date | None = None
    successor: str | None = None
    published: Published = field(default_factory=Published)

    def exists(self, day: date) -> bool:
        return (self.since or date.min) <= day < (self.until or date.max)


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def text(of: date | None) -> str | None:
    return of.isoformat() if of else None


def agency(row: Row) -> Agency:
    return Agency(
        id=row["id"],
        code=row["code"],
        name=row["name"],
        kind=Kind(row["kind"]),
        head=row["head"],
        head_title=row["head_title"],
        since=day(row["since"]),
        until=day(row["until"]),
        successor=row["successor"],
        published=Published(
            tuple(unpack(row["phones"])), row["email"], row["page"], row["source"], day(row["published_on"])
        ),
    )


def _values(one: Agency, now: datetime) -> dict[str, str | None]:
    return {
        "id": one.id,
        "code": one.code,
        "name": one.name,
        "name_key": fold(one.name),
        "kind": str(one.kind),
        "head": one.head,
        "head_title": one.head_title,
        "since": text(one.since),
        "until": text(one.until),
        "successor": one.successor,
        "phones": pack(list(one.published.phones)),
        "email": one.published.email,
        "page": one.published.page,
        "source": one.published.source,
        "published_on": text(one.published.published_on),
        "now": at(now),
    }


_ADD = (
    "INSERT INTO agencies (id, code, name, name_key, kind, head, head_title, since, until, successor, phones,"
    " email, page, source, published_on, added_at, changed_at) VALUES (:id, :code, :name, :name_key, :kind, :head,"
    " :head_title, :since, :until, :successor, :phones, :email, :page, :source, :published_on, :now, :now)"
)
_CHANGE = (
    "UPDATE agencies SET code = :code, name = :name, name_key = :name_key, kind = :kind, head = :head,"
    " head_title = :head_title, since = :since, until = :until, successor = :successor, phones = :phones,"
    " email = :email, page = :page, source = :source, published_on = :published_on, changed_at = :now, laid = 0"
    " WHERE id = :id"
)


async def add(tx: Transaction, one: Agency, now: datetime) -> None:
    await tx.run(_ADD, _values(one, now))


async def change(tx: Transaction, one: Agency, now: datetime) -> None:
    """Write an agency anew; what it owes is laid again."""
    await tx.run(_CHANGE, _values(one, now))


def rows_of(some: Sequence[Agency], now: datetime) -> Sequence[Values]:
    """What `add_all` and `change_all` write: made beforehand, so that nobody waits for it."""
    return [_values(one, now) for one in some]


async def add_all(tx: Transaction, rows: Sequence[Values]) -> None:
    """Add many at once. Successors come before those whom they succeed."""
    await tx.run_many(_ADD, rows)


async def change_all(tx: Transaction, rows: Sequence[Values]) -> None:
    """Write many anew at once, as `change` does."""
    await tx.run_many(_CHANGE, rows)


async def everything(tx: Transaction) -> Sequence[Agency]:
    """The whole table, by code."""
    return [agency(row) for row in await tx.rows("SELECT * FROM agencies ORDER BY code")]


async def changed_at(tx: Transaction) -> str:
    """When the table changed last (`codec.at` text), "" while it is empty. Rows are never deleted, so this tells."""
    row = await tx.row("SELECT max(changed_at) AS at FROM agencies")
    return str(row["at"] or "") if row else ""


async def find(tx: Transaction, identifier: str | None) -> Agency | None:
    row = await tx.row("SELECT * FROM agencies WHERE id = :id", {"id": identifier})
    return agency(row) if row else None


async def get(tx: Transaction, identifier: str) -> Agency:
    """Raises LookupError: there is none."""
    found = await find(tx, identifier)
    if found is None:
        raise LookupError(identifier)
    return found


async def by_code(tx: Transaction, code: str) -> Agency | None:
    row = await tx.row("SELECT * FROM agencies WHERE code = :code", {"code": code})
    return agency(row) if row else None


# Finding one ----------------------------------------------------------------------------------------------------------

_NOW = "(until IS NULL OR until > :on)"


async def counts(tx: Transaction, on: date) -> dict[Kind, int]:
    """How many agencies of each kind there are on a day."""
    rows = await tx.rows(f"SELECT kind, count(*) AS n FROM agencies WHERE {_NOW} GROUP BY kind", {"on": text(on)})
    return {Kind(row["kind"]): row["n"] for row in rows}


async def of_kind(tx: Transaction, kind: Kind, on: date, most: int = 1000, skip: int = 0) -> Sequence[Agency]:
    """Agencies of a kind that exist on a day, by name."""
    rows = await tx.rows(
        f"SELECT * FROM agencies WHERE kind = :kind AND {_NOW} ORDER BY name_key, id LIMIT :most OFFSET :skip",
        {"kind": str(kind), "on": text(on), "most": most, "skip": skip},
    )
    return [agency(row) for row in rows]


async def ended(tx: Transaction, on: date, most: int, skip: int = 0) -> Sequence[Agency]:
    """Agencies that are no more, those that ended last first."""
    rows = await tx.rows(
        "SELECT * FROM agencies WHERE until <= :on ORDER BY until DESC, name_key, id LIMIT :most OFFSET :skip",
        {"on": text(on), "most": most, "skip": skip},
    )
    return [agency(row) for row in rows]


async def count_ended(tx: Transaction, on: date) -> int:
    row = await tx.row("SELECT count(*) AS n FROM agencies WHERE until <= :on", {"on": text(on)})
    assert row is not None
    return int(row["n"])


async def search(
    tx: Transaction, words: str, most: int, *, on: date | None = None, kinds: Sequence[Kind] = ()
) -> Sequence[Agency]:
    """Agencies whose name or code has words that begin with each of the typed ones; the shortest names first.

    `on`: only those that exist on that day (none: ended ones too, after the others). `kinds`: only of these.
    """
    terms = words_of(words)
    if not terms:
        return []
    given = {f"t{number}": f"% {term}%" for number, term in enumerate(terms)}
    fits = " AND ".join(f"' ' || name_key || ' ' || lower(code) LIKE :{name}" for name in given)
    among = {f"k{number}": str(kind) for number, kind in enumerate(kinds)}
    of_kinds = f" AND kind IN ({', '.join(f':{name}' for name in among)})" if among else ""
    rows = await tx.rows(
        f"SELECT * FROM agencies WHERE {fits}{of_kinds} AND (:on IS NULL OR {_NOW})"
        " ORDER BY until IS NOT NULL, length(name_key), name_key, id LIMIT :most",
        {**given, **among, "on": text(on), "most": most},
    )
    return [agency(row) for row in rows]


async def predecessors(tx: Transaction, identifier: str) -> Sequence[Agency]:
    """What was merged into an agency, the newest first."""
    rows = await tx.rows("SELECT * FROM agencies WHERE successor = :id ORDER BY until DESC, id", {"id": identifier})
    return [agency(row) for row in rows]


async def unlaid(tx: Transaction, version: int, today: date, most: int) -> Sequence[str]:
    """Agencies (their ids) whose obligations were laid under older rules, or that begin or end today."""
    rows = await tx.rows(
        "SELECT id FROM agencies WHERE laid < :version UNION ALL"
        " SELECT id FROM agencies WHERE lay_on <= :today LIMIT :most",
        {"version": version, "today": text(today), "most": most},
    )
    return list(dict.fromkeys(row["id"] for row in rows))


async def laid(tx: Transaction, identifier: str, version: int, lay_on: date | None) -> None:
    await tx.run(
        "UPDATE agencies SET laid = :version, lay_on = :lay_on WHERE id = :id",
        {"id": identifier, "version": version, "lay_on": text(lay_on)},
    )
