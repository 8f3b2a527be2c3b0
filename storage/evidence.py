"""What came with stories and messages: from the notice to the file on the disk, and what is to be removed from it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.domain.evidence import Piece, State
from bot.domain.file_types import Reason
from storage import indicators
from storage.codec import at, maybe_moment, moment
from storage.store import Row, Transaction


@dataclass(frozen=True)
class Evidence:
    """One file, as it stands. `sha256` is that of its content and its name on the disk."""

    id: str
    person: str | None
    draft: str | None
    stray: str | None
    incident: str | None
    album: str | None
    kind: str
    file_id: str | None
    name: str | None
    mime: str | None
    size: int | None
    state: State
    consent: str | None
    sent_at: datetime
    tries: int
    failure: Reason | None
    sha256: str | None
    stored_at: datetime | None
    submission: str | None = None

    @property
    def piece(self) -> Piece:
        return Piece(self.kind, self.file_id or "", self.size, self.name, self.mime, self.album)


def from_row(row: Row) -> Evidence:
    return Evidence(
        id=row["id"],
        person=row["person"],
        draft=row["draft"],
        stray=row["stray"],
        incident=row["incident"],
        album=row["album"],
        kind=row["kind"],
        file_id=row["file_id"],
        name=row["name"],
        mime=row["mime"],
        size=row["size"],
        state=State(row["state"]),
        consent=row["consent"],
        sent_at=moment(row["sent_at"]),
        tries=row["tries"],
        failure=Reason(row["failure"]) if row["failure"] else None,
        sha256=row["sha256"],
        stored_at=maybe_moment(row["stored_at"]),
        submission=row["submission"],
    )


@dataclass(frozen=True)
class Place:
    """What a piece belongs to: an open form, an incident, a message whose incident is not known yet."""

    draft: str | None = None
    incident: str | None = None
    stray: str | None = None


async def add(
    tx: Transaction,
    person: str,
    place: Place,
    piece: Piece,
    state: State,
    now: datetime,
    *,
    consent: str | None = None,
    failure: Reason | None = None,
) -> str:
    """Note one piece; its id."""
    identifier = tx.new_id()
    await tx.run(
        "INSERT INTO evidence (id, person, draft, stray, incident, album, kind, file_id, name, mime, size, state,"
        " consent, sent_at, due_at, tries, failure) VALUES (:id, :person, :draft, :stray, :incident, :album, :kind,"
        " :file_id, :name, :mime, :size, :state, :consent, :now, :now, 0, :failure)",
        {
            "id": identifier,
            "person": person,
            "draft": place.draft,
            "stray": place.stray,
            "incident": place.incident,
            "album": piece.album,
            "kind": piece.kind,
            "file_id": piece.file_id,
            "name": piece.name,
            "mime": piece.mime,
            "size": piece.size,
            "state": state,
            "consent": consent,
            "now": at(now),
            "failure": failure,
        },
    )
    return identifier


async def find(tx: Transaction, evidence: str) -> Evidence | None:
    row = await tx.row("SELECT * FROM evidence WHERE id = :id", {"id": evidence})
    return from_row(row) if row else None


async def has(tx: Transaction, person: str, file_id: str) -> bool:
    """Whether a file of this person was noted before."""
    row = await tx.row(
        "SELECT 1 AS has FROM evidence WHERE person = :person AND file_id = :file_id LIMIT 1",
        {"person": person, "file_id": file_id},
    )
    return row is not None


# Three looks, each by an index of its own; NULL equals nothing, so a place that is not given finds nothing.
_THERE = (
    "SELECT {what} FROM evidence e {joined} WHERE e.draft = :draft AND {which}"
    " UNION SELECT {what} FROM evidence e {joined} WHERE e.incident = :incident AND {which}"
    " UNION SELECT {what} FROM evidence e {joined} WHERE e.stray = :stray AND {which}"
)


def _there(place: Place, person: str) -> dict[str, str | None]:
    return {"draft": place.draft, "incident": place.incident, "stray": place.stray, "person": person}


async def asked(tx: Transaction, person: str, place: Place) -> list[str]:
    """The pieces of one person in one place that await the answer to the notice, oldest first."""
    sql = _THERE.format(what="e.id", joined="", which="e.person = :person AND e.state = 'asked'")
    return [row["id"] for row in await tx.rows(f"{sql} ORDER BY 1", _there(place, person))]


async def consented(tx: Transaction, person: str, place: Place) -> str | None:
    """The consent that this person has given for pictures in this place and has not withdrawn."""
    which = "e.person = :person AND s.withdrawn_at IS NULL"
    sql = _THERE.format(what="e.consent", joined="JOIN consents s ON s.id = e.consent", which=which)
    row = await tx.row(f"{sql} ORDER BY 1 DESC LIMIT 1", _there(place, person))
    return row["consent"] if row else None


async def told(tx: Transaction, person: str, place: Place, album: str, failure: Reason) -> bool:
    """Whether a piece of the same album was refused for the same reason before: it is said once."""
    which = "e.person = :person AND e.album = :album AND e.failure = :failure"
    sql = _THERE.format(what="e.id", joined="", which=which)
    return bool(await tx.rows(f"{sql} LIMIT 1", {**_there(place, person), "album": album, "failure": failure}))


async def keep(tx: Transaction, evidence: str, consent: str, now: datetime) -> bool:
    """The notice was agreed to: it may be fetched."""
    changed = await tx.run(
        "UPDATE evidence SET state = 'waiting', consent = :consent, due_at = :now WHERE id = :id AND state = 'asked'",
        {"id": evidence, "consent": consent, "now": at(now)},
    )
    return changed == 1


async def drop(tx: Transaction, evidence: str) -> bool:
    """The notice was not agreed to."""
    return await tx.run("DELETE FROM evidence WHERE id = :id AND state = 'asked'", {"id": evidence}) == 1


async def drop_unanswered(tx: Transaction, before: datetime) -> int:
    """Forget pictures whose notice nobody has answered: silence is no consent (law 91/2025, article 9.4)."""
    return await tx.run("DELETE FROM evidence WHERE state = 'asked' AND sent_at < :before", {"before": at(before)})


async def attach(tx: Transaction, incident: str, *, draft: str | None = None, stray: str | None = None) -> list[str]:
    """What came with a draft or a stray message belongs to an incident now; those that did not before."""
    rows = await tx.rows(
        "UPDATE evidence SET incident = :incident WHERE incident IS NULL AND id IN ("
        " SELECT id FROM evidence WHERE draft = :draft UNION SELECT id FROM evidence WHERE stray = :stray)"
        " RETURNING id",
        {"draft": draft, "stray": stray, "incident": incident},
    )
    return sorted(row["id"] for row in rows)


async def erase_of_draft(tx: Transaction, draft: str) -> None:
    """A draft that is given up takes along what came with it."""
    await erase_where(tx, "draft = :draft AND incident IS NULL AND submission IS NULL", {"draft": draft})


async def erase_of_consents(tx: Transaction, person: str) -> None:
    """What was kept by the consents of a person."""
    await erase_where(tx, "consent IN (SELECT id FROM consents WHERE person = :person)", {"person": person})


async def erase_where(tx: Transaction, which: str, values: dict[str, str]) -> None:
    """Rows go now; their files are noted, to be removed as soon as this is committed."""
    await tx.run(
        "INSERT INTO discards (sha256) SELECT DISTINCT sha256 FROM evidence WHERE sha256 IS NOT NULL AND"
        f" {which} ON CONFLICT (sha256) DO NOTHING",
        values,
    )
    hashes = await tx.rows(f"SELECT incident, sha256 FROM evidence WHERE sha256 IS NOT NULL AND {which}", values)
    await indicators.erase_hashes(tx, [(row["incident"], row["sha256"]) for row in hashes if row["incident"]])
    await tx.run(f"DELETE FROM evidence WHERE {which}", values)


# What is shown ------------------------------------------------------------------------------------------------------


async def of_incident(tx: Transaction, incident: str, *, after: str = "", most: int = 50) -> list[Evidence]:
    """The pieces of an incident that were agreed to or needed no consent, in the order in which they came."""
    rows = await tx.rows(
        "SELECT * FROM evidence WHERE incident = :incident AND id > :after AND state <> 'asked' ORDER BY id"
        " LIMIT :most",
        {"incident": incident, "after": after, "most": most},
    )
    return [from_row(row) for row in rows]


async def counts(tx: Transaction, incident: str) -> dict[str, int]:
    """How many of each kind there are."""
    rows = await tx.rows(
        "SELECT kind, count(*) AS n FROM evidence WHERE incident = :incident AND state <> 'asked' GROUP BY kind",
        {"incident": incident},
    )
    return {row["kind"]: row["n"] for row in rows}


async def counted_by_state(tx: Transaction, incident: str, person: str) -> dict[State, int]:
    """How many pieces of one person there are for an incident, by where they stand."""
    rows = await tx.rows(
        "SELECT state, count(*) AS n FROM evidence WHERE incident = :incident AND person = :person GROUP BY state",
        {"incident": incident, "person": person},
    )
    return {State(row["state"]): row["n"] for row in rows}


# Fetching -----------------------------------------------------------------------------------------------------------


async def due(tx: Transaction, now: datetime, most: int) -> list[Evidence]:
    """What may be fetched now and nobody is fetching, the longest waiting first."""
    rows = await tx.rows(
        "SELECT * FROM evidence WHERE state = 'waiting' AND due_at <= :now"
        " AND (lease_until IS NULL OR lease_until <= :now) ORDER BY due_at LIMIT :most",
        {"now": at(now), "most": most},
    )
    return [from_row(row) for row in rows]


async def next_due(tx: Transaction, after: datetime) -> str | None:
    """When the earliest piece may be fetched that might not be at `after` (`codec.at` text)."""
    row = await tx.row(
        "SELECT min(due_at) AS due FROM evidence WHERE state = 'waiting' AND due_at > :after", {"after": at(after)}
    )
    return row["due"] if row else None


async def lease(tx: Transaction, evidence: str, until: datetime) -> None:
    """Somebody fetches it now; who is still silent at `until` has died."""
    await tx.run(
        "UPDATE evidence SET lease_until = :until, tries = tries + 1 WHERE id = :id AND state = 'waiting'",
        {"id": evidence, "until": at(until)},
    )


async def release(tx: Transaction) -> int:
    """End every lease: the process that held them is known to be dead."""
    return await tx.run("UPDATE evidence SET lease_until = NULL WHERE state = 'waiting' AND lease_until IS NOT NULL")


async def store(tx: Transaction, evidence: str, size: int, sha256: str, now: datetime) -> bool:
    """It lies on the disk; false where the row has gone meanwhile."""
    changed = await tx.run(
        "UPDATE evidence SET state = 'stored', size = :size, sha256 = :sha256, stored_at = :now, lease_until = NULL,"
        " failure = NULL WHERE id = :id AND state = 'waiting'",
        {"id": evidence, "size": size, "sha256": sha256, "now": at(now)},
    )
    return changed == 1


async def postpone(tx: Transaction, evidence: str, due: datetime, reason: Reason, tries: int) -> None:
    """Again at `due`; so many tries count so far."""
    await tx.run(
        "UPDATE evidence SET due_at = :due, failure = :reason, tries = :tries, lease_until = NULL"
        " WHERE id = :id AND state = 'waiting'",
        {"id": evidence, "due": at(due), "reason": reason, "tries": tries},
    )


async def give_up(tx: Transaction, evidence: str, state: State, reason: Reason) -> bool:
    """It is not kept, for this reason; false where the row has gone meanwhile."""
    changed = await tx.run(
        "UPDATE evidence SET state = :state, failure = :reason, lease_until = NULL WHERE id = :id"
        " AND state = 'waiting'",
        {"id": evidence, "state": state, "reason": reason},
    )
    return changed == 1


async def discards(tx: Transaction, most: int) -> list[str]:
    """Files that belonged to rows that were erased."""
    return [row["sha256"] for row in await tx.rows("SELECT sha256 FROM discards LIMIT :most", {"most": most})]


async def discard(tx: Transaction, sha256: str) -> None:
    """A file came for which there is no row any more."""
    await tx.run("INSERT INTO discards (sha256) VALUES (:sha256) ON CONFLICT (sha256) DO NOTHING", {"sha256": sha256})


async def discarded(tx: Transaction, sha256: str) -> None:
    """It is gone from the disk, or another row needs it."""
    await tx.run("DELETE FROM discards WHERE sha256 = :sha256", {"sha256": sha256})


async def known(tx: Transaction, hashes: Collection[str]) -> set[str]:
    """Those of the hashes that some row has."""
    found = set()
    for one in hashes:
        if await tx.row("SELECT 1 AS known FROM evidence WHERE sha256 = :one LIMIT 1", {"one": one}):
            found.add(one)
    return found
