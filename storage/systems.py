"""The register of information systems: whose they are, of which level, what they are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.agencies import Exposure
from bot.domain.letters import fold
from bot.domain.registering import words_of
from storage.agencies import day, text
from storage.codec import at
from storage.store import Row, Transaction, Values


@dataclass(frozen=True)
class System:
    """One information system. `level` None: nobody has determined it. `tags` are technologies ("Exchange")."""

    id: str
    code: str
    name: str
    agency: str
    operator: str | None = None
    level: int | None = None
    exposure: Exposure = Exposure.UNKNOWN
    provider: str | None = None
    vendor: str | None = None
    since: date | None = None
    until: date | None = None
    tags: tuple[str, ...] = ()

    def exists(self, on: date) -> bool:
        return (self.since or date.min) <= on < (self.until or date.max)


_TAGS = "(SELECT group_concat(tag, char(10)) FROM (SELECT tag FROM system_tags WHERE system = s.id ORDER BY tag_key))"
_SELECT = f"SELECT s.*, {_TAGS} AS tags FROM systems s"


def system(row: Row) -> System:
    return System(
        id=row["id"],
        code=row["code"],
        name=row["name"],
        agency=row["agency"],
        operator=row["operator"],
        level=row["level"],
        exposure=Exposure(row["exposure"]),
        provider=row["provider"],
        vendor=row["vendor"],
        since=day(row["since"]),
        until=day(row["until"]),
        tags=tuple((row["tags"] or "").splitlines()),
    )


def _values(one: System, now: datetime) -> dict[str, str | int | None]:
    return {
        "id": one.id,
        "code": one.code,
        "name": one.name,
        "name_key": fold(one.name),
        "agency": one.agency,
        "operator": one.operator,
        "level": one.level,
        "exposure": str(one.exposure),
        "provider": one.provider,
        "vendor": one.vendor,
        "since": text(one.since),
        "until": text(one.until),
        "now": at(now),
    }


_ADD = (
    "INSERT INTO systems (id, code, name, name_key, agency, operator, level, exposure, provider, vendor, since,"
    " until, added_at, changed_at) VALUES (:id, :code, :name, :name_key, :agency, :operator, :level, :exposure,"
    " :provider, :vendor, :since, :until, :now, :now)"
)
_CHANGE = (
    "UPDATE systems SET code = :code, name = :name, name_key = :name_key, agency = :agency, operator = :operator,"
    " level = :level, exposure = :exposure, provider = :provider, vendor = :vendor, since = :since,"
    " until = :until, changed_at = :now, laid = 0 WHERE id = :id"
)
_TAG = "INSERT INTO system_tags (system, tag, tag_key) VALUES (:id, :tag, :key)"


async def add(tx: Transaction, one: System, now: datetime) -> None:
    await add_all(tx, rows_of([one], now), tags_of([one]))


async def change(tx: Transaction, one: System, now: datetime) -> None:
    """Write a system anew; what is owed for it is laid again."""
    await change_all(tx, rows_of([one], now), tags_of([one]))


def rows_of(some: Sequence[System], now: datetime) -> Sequence[Values]:
    """What `add_all` and `change_all` write: made beforehand, so that nobody waits for it."""
    return [_values(one, now) for one in some]


def tags_of(some: Sequence[System]) -> Sequence[Values]:
    """The technologies that go with such rows."""
    return [
        {"id": one.id, "tag": tag, "key": key}
        for one in some
        for key, tag in {fold(tag): tag for tag in one.tags}.items()
    ]


async def add_all(tx: Transaction, rows: Sequence[Values], tags: Sequence[Values]) -> None:
    """Add many at once."""
    await tx.run_many(_ADD, rows)
    await tx.run_many(_TAG, tags)


async def change_all(tx: Transaction, rows: Sequence[Values], tags: Sequence[Values]) -> None:
    """Write many anew at once, as `change` does."""
    await tx.run_many(_CHANGE, rows)
    await tx.run_many("DELETE FROM system_tags WHERE system = :id", [{"id": row["id"]} for row in rows])
    await tx.run_many(_TAG, tags)


async def everything(tx: Transaction) -> Sequence[System]:
    """The whole table, by code."""
    return [system(row) for row in await tx.rows(f"{_SELECT} ORDER BY s.code")]


async def changed_at(tx: Transaction) -> str:
    """When the table changed last (`codec.at` text), "" while it is empty. Rows are never deleted, so this tells."""
    row = await tx.row("SELECT max(changed_at) AS at FROM systems")
    return str(row["at"] or "") if row else ""


async def find(tx: Transaction, identifier: str | None) -> System | None:
    row = await tx.row(f"{_SELECT} WHERE s.id = :id", {"id": identifier})
    return system(row) if row else None


async def get(tx: Transaction, identifier: str) -> System:
    """Raises LookupError: there is none."""
    found = await find(tx, identifier)
    if found is None:
        raise LookupError(identifier)
    return found


async def by_code(tx: Transaction, code: str) -> System | None:
    row = await tx.row(f"{_SELECT} WHERE s.code = :code", {"code": code})
    return system(row) if row else None


async def of_agency(tx: Transaction, agency: str, most: int = 1000) -> Sequence[System]:
    """What an agency owns or owned, by name."""
    rows = await tx.rows(
        f"{_SELECT} WHERE s.agency = :agency ORDER BY s.name_key, s.id LIMIT :most", {"agency": agency, "most": most}
    )
    return [system(row) for row in rows]


async def running(tx: Transaction, agency: str, on: date) -> Sequence[System]:
    """What an agency uses on a day, by name."""
    rows = await tx.rows(
        f"{_SELECT} WHERE s.agency = :agency AND (s.until IS NULL OR s.until > :on) ORDER BY s.name_key, s.id",
        {"agency": agency, "on": text(on)},
    )
    return [system(row) for row in rows]


async def stopped(tx: Transaction, agency: str, on: date, most: int) -> Sequence[System]:
    """What an agency uses no more, the newest first."""
    rows = await tx.rows(
        f"{_SELECT} WHERE s.agency = :agency AND s.until <= :on ORDER BY s.until DESC, s.id LIMIT :most",
        {"agency": agency, "on": text(on), "most": most},
    )
    return [system(row) for row in rows]


async def count(tx: Transaction, agency: str, on: date) -> int:
    """How many systems an agency uses on a day."""
    row = await tx.row(
        "SELECT count(*) AS n FROM systems WHERE agency = :agency AND (until IS NULL OR until > :on)",
        {"agency": agency, "on": text(on)},
    )
    assert row is not None
    return int(row["n"])


async def search(tx: Transaction, words: str, most: int, *, agencies: Sequence[str] = ()) -> Sequence[System]:
    """Systems whose name or code has words that begin with each of the typed ones; the shortest names first.

    `agencies`: only those of these owners.
    """
    terms = words_of(words)
    if not terms:
        return []
    given = {f"t{number}": f"% {term}%" for number, term in enumerate(terms)}
    fits = " AND ".join(f"' ' || s.name_key || ' ' || lower(s.code) LIKE :{name}" for name in given)
    among = {f"a{number}": agency for number, agency in enumerate(agencies)}
    of_them = f" AND s.agency IN ({', '.join(f':{name}' for name in among)})" if among else ""
    rows = await tx.rows(
        f"{_SELECT} WHERE {fits}{of_them} ORDER BY s.until IS NOT NULL, length(s.name_key), s.name_key, s.id"
        " LIMIT :most",
        {**given, **among, "most": most},
    )
    return [system(row) for row in rows]


async def next_code(tx: Transaction) -> str:
    """A code for a system that has none of its own ("HT-000123"), never given before."""
    while True:
        row = await tx.row(
            "INSERT INTO counters (name, value) VALUES ('system', 1)"
            " ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value"
        )
        assert row is not None
        code = f"HT-{row['value']:06d}"
        if await tx.row("SELECT 1 FROM systems WHERE code = :code", {"code": code}) is None:  # an import may have it
            return code


async def unlaid(tx: Transaction, version: int, today: date, most: int) -> Sequence[str]:
    """Systems (their ids) whose obligations were laid under older rules, or that begin or end today."""
    rows = await tx.rows(
        "SELECT id FROM systems WHERE laid < :version UNION ALL"
        " SELECT id FROM systems WHERE lay_on <= :today LIMIT :most",
        {"version": version, "today": text(today), "most": most},
    )
    return list(dict.fromkeys(row["id"] for row in rows))


async def unlay(tx: Transaction, agency: str) -> None:
    """What an agency owns is laid anew: the agency has changed."""
    await tx.run("UPDATE systems SET laid = 0 WHERE agency = :agency", {"agency": agency})


async def laid(tx: Transaction, identifier: str, version: int, lay_on: date | None) -> None:
    await tx.run(
        "UPDATE systems SET laid = :version, lay_on = :lay_on WHERE id = :id",
        {"id": identifier, "version": version, "lay_on": text(lay_on)},
    )
