"""What leads from one incident to another; erased with what people said."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.incidents import Source, Status
from bot.domain.indicators import WEIGHT, Indicator, Kind
from storage.codec import at, moment
from storage.incidents import OPEN
from storage.store import Row, Transaction

MOST = 200  # of one incident, however much its reporter tells


@dataclass(frozen=True)
class Sharer:
    """An incident that has an indicator: as much of it as a decision needs."""

    id: str
    code: str
    form: str
    source: Source
    kind: str
    status: Status
    duplicate_of: str | None
    noted_at: datetime  # when the indicator was told


def _sharer(row: Row) -> Sharer:
    return Sharer(
        id=row["id"],
        code=row["code"],
        form=row["form"],
        source=Source(row["source"]),
        kind=row["kind"],
        status=Status(row["status"]),
        duplicate_of=row["duplicate_of"],
        noted_at=moment(row["at"]),
    )


async def note(tx: Transaction, incident: str, found: Iterable[Indicator], now: datetime) -> list[Indicator]:
    """Those that are new for the incident; the first time of each stays."""
    row = await tx.row("SELECT count(*) AS n FROM indicators WHERE incident = :id", {"id": incident})
    room = MOST - int(row["n"] if row else 0)
    fresh: list[Indicator] = []
    for one in found:
        values = {"incident": incident, "kind": one.kind, "value": one.value, "now": at(now)}
        sql = (
            "INSERT INTO indicators (incident, kind, value, at) VALUES (:incident, :kind, :value, :now)"
            " ON CONFLICT (incident, kind, value) DO NOTHING"
        )
        if len(fresh) < room and await tx.run(sql, values) == 1:
            fresh.append(one)
    return fresh


async def of(tx: Transaction, incident: str) -> list[Indicator]:
    """All of one incident, the weightiest first."""
    rows = await tx.rows("SELECT kind, value FROM indicators WHERE incident = :id LIMIT :most", _most(incident))
    return sorted((Indicator(Kind(row["kind"]), row["value"]) for row in rows), key=lambda one: WEIGHT[one.kind])


def _most(incident: str) -> dict[str, str | int]:
    return {"id": incident, "most": MOST}


async def sharing(
    tx: Transaction, one: Indicator, since: datetime, most: int, *, after: str = "", apart: str = ""
) -> list[Sharer]:
    """Who has told of an indicator since then, in the order of filing, from after that one on: incidents that are
    open, or that go on in another one. `apart`: an incident that is not meant.

    None that is TLP:RED: that it shares something says what it is about, to whoever reads of the others.
    """
    rows = await tx.rows(
        "SELECT n.id, n.code, n.form, n.source, n.kind, n.status, n.duplicate_of, i.at FROM indicators i"
        " JOIN incidents n ON n.id = i.incident WHERE i.kind = :kind AND i.value = :value AND i.at > :since"
        " AND n.id > :after AND n.id <> :apart AND n.tlp <> 'RED'"
        f" AND (n.status IN ({OPEN}) OR n.status = 'duplicate')"
        " ORDER BY n.id LIMIT :most",
        {
            "kind": one.kind,
            "value": one.value,
            "since": at(since),
            "after": after,
            "apart": apart,
            "most": most,
        },
    )
    return [_sharer(row) for row in rows]


async def shared_by_children(tx: Transaction, parent: str, most: int, looked_at: int) -> list[tuple[Indicator, int]]:
    """What most of an outbreak's children have in common, and how many have it; so many children are looked at."""
    rows = await tx.rows(
        "SELECT kind, value, count(*) AS n FROM indicators WHERE incident IN"
        " (SELECT child FROM ties WHERE parent = :parent AND untied_at IS NULL ORDER BY child LIMIT :looked_at)"
        " GROUP BY kind, value HAVING count(*) > 1 ORDER BY n DESC, kind, value LIMIT :most",
        {"parent": parent, "most": most, "looked_at": looked_at},
    )
    return [(Indicator(Kind(row["kind"]), row["value"]), int(row["n"])) for row in rows]


async def erase(tx: Transaction, incident: str) -> None:
    """Of one incident, with what was offered because of them."""
    await tx.run("DELETE FROM indicators WHERE incident = :id", {"id": incident})
    await tx.run("UPDATE offers SET value = '' WHERE incident = :id", {"id": incident})
    await tx.run("UPDATE offers SET value = '' WHERE other = :id", {"id": incident})


async def erase_hashes(tx: Transaction, gone: Collection[tuple[str, str]]) -> None:
    """Of files that were erased: (incident, hash)."""
    rows = [{"incident": incident, "sha256": sha256} for incident, sha256 in gone]
    if rows:
        await tx.run_many(
            "DELETE FROM indicators WHERE incident = :incident AND kind = 'sha256' AND value = :sha256", rows
        )
        for column in ("incident", "other"):
            await tx.run_many(
                f"UPDATE offers SET value = '' WHERE {column} = :incident AND indicator = 'sha256' AND value = :sha256",
                rows,
            )
