"""Incidents as they stand now; how they came to stand there is in `events`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain import incidents as domain
from bot.domain.incidents import Severity, Source, Status
from bot.domain.tlp import Tlp
from storage.codec import at, maybe_at, maybe_moment, moment, pack, unpack
from storage.store import Row, Transaction

OPEN = ", ".join(f"'{status}'" for status in domain.OPEN)  # for SQL: the team still has something to do


@dataclass(frozen=True)
class Incident:
    """One incident. `facts` holds no answer about the reporter; `summary` is fit for a group."""

    id: str
    code: str
    form: str
    source: Source
    kind: str
    status: Status
    reporter: str | None
    anonymous: bool
    incomplete: bool
    facts: Mapping[str, Any]
    summary: str
    owner: str | None
    filed_at: datetime
    claimed_at: datetime | None
    severity: Severity | None = None
    moved_at: datetime | None = None
    moved_by: str | None = None
    ended_at: datetime | None = None
    duplicate_of: str | None = None
    proposed: Severity | None = None  # what the answers suggest, until somebody confirms one
    detected_at: datetime | None = None  # T0 of the legal clocks
    paused_until: datetime | None = None
    tlp: Tlp = Tlp.AMBER
    look_at: datetime | None = None
    agency: str | None = None  # of the register; None: a citizen's report, or one from before the register
    system: str | None = None


def of_row(row: Row) -> Incident:
    """A row of the table as what it is."""
    return Incident(
        id=row["id"],
        code=row["code"],
        form=row["form"],
        source=Source(row["source"]),
        kind=row["kind"],
        status=Status(row["status"]),
        reporter=row["reporter"],
        anonymous=bool(row["anonymous"]),
        incomplete=bool(row["incomplete"]),
        facts=unpack(row["facts"]),
        summary=row["summary"],
        owner=row["owner"],
        filed_at=moment(row["filed_at"]),
        claimed_at=maybe_moment(row["claimed_at"]),
        severity=Severity(row["severity"]) if row["severity"] else None,
        moved_at=maybe_moment(row["moved_at"]),
        moved_by=row["moved_by"],
        ended_at=maybe_moment(row["ended_at"]),
        duplicate_of=row["duplicate_of"],
        proposed=Severity(row["proposed"]) if row["proposed"] else None,
        detected_at=maybe_moment(row["detected_at"]),
        paused_until=maybe_moment(row["paused_until"]),
        tlp=Tlp(row["tlp"]),
        look_at=maybe_moment(row["look_at"]),
        agency=row["agency"],
        system=row["system"],
    )


async def next_code(tx: Transaction, year: int) -> str:
    """The next number of the year; numbers are never used twice and leave no gap."""
    row = await tx.row(
        "INSERT INTO counters (name, value) VALUES (:name, 1)"
        " ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value",
        {"name": f"incident-{year}"},
    )
    assert row is not None
    return domain.code(year, row["value"])


async def add(tx: Transaction, incident: Incident) -> None:
    await tx.run(
        "INSERT INTO incidents (id, code, form, source, kind, status, reporter, anonymous, incomplete, facts,"
        " summary, filed_at, changed_at, proposed, detected_at, agency, system) VALUES (:id, :code, :form, :source,"
        " :kind, :status, :reporter, :anonymous, :incomplete, :facts, :summary, :filed_at, :filed_at, :proposed,"
        " :detected_at, :agency, :system)",
        {
            "id": incident.id,
            "code": incident.code,
            "form": incident.form,
            "source": incident.source,
            "kind": incident.kind,
            "status": incident.status,
            "reporter": incident.reporter,
            "anonymous": int(incident.anonymous),
            "incomplete": int(incident.incomplete),
            "facts": pack(dict(incident.facts)),
            "summary": incident.summary,
            "filed_at": at(incident.filed_at),
            "proposed": incident.proposed,
            "detected_at": maybe_at(incident.detected_at),
            "agency": incident.agency,
            "system": incident.system,
        },
    )


async def rewrite(
    tx: Transaction,
    incident: str,
    *,
    kind: str,
    facts: Mapping[str, Any],
    summary: str,
    anonymous: bool,
    incomplete: bool,
    now: datetime,
) -> None:
    """What is known has changed."""
    await tx.run(
        "UPDATE incidents SET kind = :kind, facts = :facts, summary = :summary, anonymous = :anonymous,"
        " incomplete = :incomplete, changed_at = :now WHERE id = :id",
        {
            "id": incident,
            "kind": kind,
            "facts": pack(dict(facts)),
            "summary": summary,
            "anonymous": int(anonymous),
            "incomplete": int(incomplete),
            "now": at(now),
        },
    )


async def place(tx: Transaction, incident: str, agency: str | None, system: str | None) -> None:
    """At which agency and which of its systems it happened, by the register."""
    await tx.run(
        "UPDATE incidents SET agency = :agency, system = :system WHERE id = :id",
        {"id": incident, "agency": agency, "system": system},
    )


async def find(tx: Transaction, incident: str) -> Incident | None:
    row = await tx.row("SELECT * FROM incidents WHERE id = :id", {"id": incident})
    return of_row(row) if row else None


async def get(tx: Transaction, incident: str) -> Incident:
    found = await find(tx, incident)
    if found is None:
        raise LookupError("incident")
    return found


async def find_by_code(tx: Transaction, code: str) -> Incident | None:
    row = await tx.row("SELECT * FROM incidents WHERE code = :code", {"code": code})
    return of_row(row) if row else None


async def move(tx: Transaction, before: Incident, now: Incident) -> bool:
    """Change status and owner from what `before` says; false where somebody was quicker."""
    changed = await tx.run(
        "UPDATE incidents SET status = :status, owner = :owner, claimed_at = :claimed_at, moved_at = :moved_at,"
        " moved_by = :moved_by, ended_at = :ended_at, duplicate_of = :duplicate_of, changed_at = :moved_at"
        " WHERE id = :id AND status = :before AND owner IS NOT DISTINCT FROM :owner_before",
        {
            "id": before.id,
            "before": before.status,
            "owner_before": before.owner,
            "status": now.status,
            "owner": now.owner,
            "claimed_at": maybe_at(now.claimed_at),
            "moved_at": maybe_at(now.moved_at),
            "moved_by": now.moved_by,
            "ended_at": maybe_at(now.ended_at),
            "duplicate_of": now.duplicate_of,
        },
    )
    return changed == 1


async def rate(tx: Transaction, incident: str, severity: Severity, now: datetime) -> None:
    """How grave it is, in the eyes of the team."""
    await tx.run(
        "UPDATE incidents SET severity = :severity, changed_at = :now WHERE id = :id",
        {"id": incident, "severity": severity, "now": at(now)},
    )


async def propose(tx: Transaction, incident: str, severity: Severity, detected_at: datetime | None) -> None:
    """What the answers say now: how grave it is, and since when it is known."""
    await tx.run(
        "UPDATE incidents SET proposed = :severity, detected_at = :detected_at WHERE id = :id",
        {"id": incident, "severity": severity, "detected_at": maybe_at(detected_at)},
    )


async def pause(tx: Transaction, incident: str, until: datetime | None) -> None:
    """Until when the clocks of the team rest because somebody asked for it; None: they run."""
    await tx.run(
        "UPDATE incidents SET paused_until = :until WHERE id = :id", {"id": incident, "until": maybe_at(until)}
    )


async def look_at(tx: Transaction, incident: str, moment: datetime | None) -> None:
    """When its deadlines are looked at again; None: nothing changes by itself."""
    await tx.run("UPDATE incidents SET look_at = :moment WHERE id = :id", {"id": incident, "moment": maybe_at(moment)})


async def duplicates_of(tx: Transaction, incident: str, most: int, *, after: str = "") -> list[Incident]:
    """What was merged into an incident, in the order of filing, from after that one on."""
    rows = await tx.rows(
        "SELECT * FROM incidents WHERE duplicate_of = :id AND duplicate_of IS NOT NULL AND id > :after ORDER BY id"
        " LIMIT :most",
        {"id": incident, "most": most, "after": after},
    )
    return [of_row(row) for row in rows]


async def queue(tx: Transaction, most: int, skip: int) -> list[Incident]:
    """Those that nobody has claimed, the longest waiting first."""
    rows = await tx.rows(
        "SELECT * FROM incidents WHERE status = 'new' ORDER BY filed_at LIMIT :most OFFSET :skip",
        {"most": most, "skip": skip},
    )
    return [of_row(row) for row in rows]


async def owned_by(tx: Transaction, person: str, most: int, skip: int) -> list[Incident]:
    rows = await tx.rows(
        f"SELECT * FROM incidents WHERE owner = :person AND status IN ({OPEN})"
        " ORDER BY filed_at LIMIT :most OFFSET :skip",
        {"person": person, "most": most, "skip": skip},
    )
    return [of_row(row) for row in rows]


async def reported_by(tx: Transaction, person: str, most: int, skip: int) -> list[Incident]:
    rows = await tx.rows(
        "SELECT * FROM incidents WHERE reporter = :person ORDER BY filed_at DESC LIMIT :most OFFSET :skip",
        {"person": person, "most": most, "skip": skip},
    )
    return [of_row(row) for row in rows]


async def answerable(tx: Transaction, person: str, since: datetime, most: int) -> list[Incident]:
    """A reporter's incidents of which there may be more to say, the newest first: open, or ended after `since`.

    What the reporter has taken back is not among them.
    """
    rows = await tx.rows(
        f"SELECT * FROM incidents WHERE reporter = :person AND (status IN ({OPEN})"
        " OR (ended_at > :since AND status <> 'withdrawn')) ORDER BY filed_at DESC LIMIT :most",
        {"person": person, "since": at(since), "most": most},
    )
    return [of_row(row) for row in rows]


async def filed_since(tx: Transaction, since: datetime, *, emergencies: bool = False) -> int:
    """How many reports came after `since`; or how many of them count as emergencies."""
    only = " AND COALESCE(severity, proposed) = 'emergency'" if emergencies else ""
    row = await tx.row(f"SELECT count(*) AS n FROM incidents WHERE filed_at > :since{only}", {"since": at(since)})
    return int(row["n"]) if row else 0


async def waiting_count(tx: Transaction) -> int:
    """How many nobody has claimed."""
    row = await tx.row("SELECT count(*) AS n FROM incidents WHERE status = 'new'")
    return int(row["n"]) if row else 0


@dataclass(frozen=True)
class Mark:
    """How far an incident may be passed on, and who stands nearest to it: asked of every message about one."""

    code: str
    tlp: Tlp
    owner: str | None
    reporter: str | None


async def mark_of(tx: Transaction, incident: str) -> Mark | None:
    row = await tx.row("SELECT code, tlp, owner, reporter FROM incidents WHERE id = :id", {"id": incident})
    return Mark(row["code"], Tlp(row["tlp"]), row["owner"], row["reporter"]) if row else None


async def mark(tx: Transaction, incident: str, tlp: Tlp, before: Tlp, now: datetime) -> bool:
    """Say how far it may be passed on; false where somebody has said otherwise meanwhile."""
    changed = await tx.run(
        "UPDATE incidents SET tlp = :tlp, changed_at = :now WHERE id = :id AND tlp = :before",
        {"id": incident, "tlp": tlp, "before": before, "now": at(now)},
    )
    return changed == 1


async def hand(tx: Transaction, before: Incident, owner: str, now: datetime) -> bool:
    """Another owner takes it as it stands; false where it has moved or changed hands meanwhile."""
    changed = await tx.run(
        "UPDATE incidents SET owner = :owner, claimed_at = :now, changed_at = :now"
        " WHERE id = :id AND status = :status AND owner = :before",
        {"id": before.id, "owner": owner, "now": at(now), "status": before.status, "before": before.owner},
    )
    return changed == 1
