"""All obligations at once, for the view over every agency. What is counted stands in one condition, for every list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.agencies import Kind, Post
from storage.agencies import text
from storage.codec import moment
from storage.store import Row, Transaction

# `bot.domain.compliance.counts`, in the language of the database.
_COUNTS = "o.state <> 'ended' AND NOT (o.state = 'met' AND o.done_on IS NULL)"
_EXISTS = "({0}.since IS NULL OR {0}.since <= :today) AND ({0}.until IS NULL OR {0}.until > :today)"
_SYSTEM = f"LEFT JOIN systems s ON s.id = o.system WHERE (o.system IS NULL OR {_EXISTS.format('s')}) AND {_COUNTS}"
_OVERDUE = "o.state = 'open' AND o.due_on < :today"
_LISTED = "SELECT 1 FROM reminders l WHERE l.obligation = o.id AND l.round = o.round AND l.person = 'department'"
# A message that never left has told nobody.
_HEARD = (
    "r.sent IS NOT NULL AND r.person <> 'department' AND NOT EXISTS"
    " (SELECT 1 FROM deliveries d WHERE d.id = r.sent AND d.state IN ('failed', 'expired'))"
)


@dataclass(frozen=True)
class Entry:
    """An agency as it stands today: its contacts, and how many of them are out of reach."""

    id: str
    code: str
    name: str
    kind: Kind
    contacts: int
    red: int


_CONTACTS = (
    "(SELECT count(*) FROM posts p WHERE p.agency = a.id AND p.ended_at IS NULL AND p.post IN ('officer', 'deputy'){0})"
)
_AGENCIES = (
    f"SELECT a.id, a.code, a.name, a.kind, {_CONTACTS.format('')} AS contacts,"
    f" {_CONTACTS.format(' AND p.red_since IS NOT NULL')} AS red FROM agencies a WHERE {_EXISTS.format('a')}"
)


def _entry(row: Row) -> Entry:
    return Entry(row["id"], row["code"], row["name"], Kind(row["kind"]), row["contacts"], row["red"])


async def agencies(tx: Transaction, today: date) -> Sequence[Entry]:
    """Every agency that exists, by kind and name."""
    rows = await tx.rows(f"{_AGENCIES} ORDER BY a.kind, a.name_key, a.id", {"today": text(today)})
    return [_entry(row) for row in rows]


async def agency(tx: Transaction, identifier: str, today: date) -> Entry | None:
    """One of them; None where there is none today."""
    row = await tx.row(f"{_AGENCIES} AND a.id = :id", {"today": text(today), "id": identifier})
    return _entry(row) if row else None


async def systems(tx: Transaction, today: date) -> Mapping[str, Mapping[int | None, int]]:
    """How many systems of which level each agency has."""
    rows = await tx.rows(
        "SELECT s.agency, s.level, count(*) AS n FROM systems s"
        f" WHERE {_EXISTS.format('s')} GROUP BY s.agency, s.level",
        {"today": text(today)},
    )
    found: dict[str, dict[int | None, int]] = {}
    for row in rows:
        found.setdefault(row["agency"], {})[row["level"]] = row["n"]
    return found


async def groups(tx: Transaction, today: date, soon: date) -> Sequence[Row]:
    """All that is counted, in groups of those that are alike; `due_on` is the earliest of their days, all on the same
    side of today and of `soon`, the last day that is shown as coming. There are thousands: rows as the database has
    them.
    """
    return await tx.rows(
        "SELECT o.agency, s.level, o.system IS NOT NULL AS of_system, o.rule, o.state, CASE WHEN o.due_on IS NULL"
        " THEN 0 WHEN o.due_on < :today THEN 1 WHEN o.due_on <= :soon THEN 2 ELSE 3 END AS side,"
        f" min(o.due_on) AS due_on, count(*) AS n FROM obligations o {_SYSTEM}"
        " GROUP BY o.agency, s.level, of_system, o.rule, o.state, side",
        {"today": text(today), "soon": text(soon)},
    )


_EACH = (
    "SELECT o.agency, s.code, s.name, s.level, o.system, o.rule, o.state, o.due_on, o.done_on"
    f" FROM obligations o {_SYSTEM}"
)
_UNLEVELLED = (
    f"SELECT s.agency, s.code, s.name, s.id AS system FROM systems s WHERE s.level IS NULL AND {_EXISTS.format('s')}"
)


async def each(tx: Transaction, today: date) -> Sequence[Row]:
    """All that is counted, one row each as the database has it: whoever asks reads them outside of the event loop."""
    return await tx.rows(f"{_EACH} ORDER BY o.agency, s.code, o.rule", {"today": text(today)})


async def each_of(tx: Transaction, agency: str, today: date) -> Sequence[Row]:
    """The same of one agency."""
    return await tx.rows(f"{_EACH} AND o.agency = :agency", {"today": text(today), "agency": agency})


async def unlevelled(tx: Transaction, today: date) -> Sequence[Row]:
    """Systems whose level nobody has determined."""
    return await tx.rows(f"{_UNLEVELLED} ORDER BY s.agency, s.code", {"today": text(today)})


async def unlevelled_of(tx: Transaction, agency: str, today: date) -> Sequence[Row]:
    """The same of one agency."""
    return await tx.rows(f"{_UNLEVELLED} AND s.agency = :agency", {"today": text(today), "agency": agency})


# Those who are overdue for so long that the department writes to them -----------------------------------------------


@dataclass(frozen=True)
class Unanswered:
    """One kind of obligation that an agency has let lie: for which systems (codes), and since when the oldest."""

    agency: str
    rule: str
    n: int
    codes: tuple[str, ...]
    due_on: date


@dataclass(frozen=True)
class Heard:
    """Who was told of it, and when last."""

    agency: str
    rule: str
    name: str | None
    post: Post | None
    at: datetime


async def unanswered(tx: Transaction, today: date) -> Sequence[Unanswered]:
    """What is overdue and has come on the department's list."""
    rows = await tx.rows(
        "SELECT o.agency, o.rule, count(*) AS n, group_concat(s.code, char(10)) AS codes, min(o.due_on) AS due_on"
        f" FROM obligations o {_SYSTEM} AND {_OVERDUE} AND EXISTS ({_LISTED}) GROUP BY o.agency, o.rule",
        {"today": text(today)},
    )
    return [
        Unanswered(
            row["agency"],
            row["rule"],
            row["n"],
            tuple(sorted((row["codes"] or "").splitlines())),
            date.fromisoformat(row["due_on"]),
        )
        for row in rows
    ]


async def heard(tx: Transaction, today: date) -> Sequence[Heard]:
    """Who was told of what stands on that list, the first told first."""
    rows = await tx.rows(
        "SELECT o.agency, o.rule, p.name, max(r.at) AS at, (SELECT w.post FROM posts w WHERE w.agency = o.agency"
        " AND w.person = r.person ORDER BY w.ended_at IS NOT NULL, w.id DESC LIMIT 1) AS post"
        " FROM obligations o JOIN reminders r ON r.obligation = o.id AND r.round = o.round"
        f" JOIN people p ON p.id = r.person WHERE {_OVERDUE} AND EXISTS ({_LISTED}) AND {_HEARD}"
        " GROUP BY o.agency, o.rule, r.person ORDER BY at, r.person",
        {"today": text(today)},
    )
    return [
        Heard(row["agency"], row["rule"], row["name"], Post(row["post"]) if row["post"] else None, moment(row["at"]))
        for row in rows
    ]
