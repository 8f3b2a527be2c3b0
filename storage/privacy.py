"""Consents, contact data and requests: what is kept about a person besides the account itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage import evidence
from storage.codec import at, maybe_moment, moment
from storage.store import Transaction


@dataclass(frozen=True)
class Consent:
    """Proof of consent (decree 356/2025, article 6): who, when, and which text."""

    id: str
    covers: str
    version: str
    given_at: datetime
    withdrawn_at: datetime | None


async def consent(
    tx: Transaction, person: str, covers: str, version: str, text_hash: str, language: str, now: datetime
) -> str:
    identifier = tx.new_id()
    await tx.run(
        "INSERT INTO consents (id, person, covers, version, text_hash, language, given_at)"
        " VALUES (:id, :person, :covers, :version, :text_hash, :language, :now)",
        {
            "id": identifier,
            "person": person,
            "covers": covers,
            "version": version,
            "text_hash": text_hash,
            "language": language,
            "now": at(now),
        },
    )
    return identifier


async def keep_text(tx: Transaction, digest: str, text: str) -> None:
    """The very words that people agreed to, kept once for each version of them."""
    await tx.run(
        "INSERT INTO consent_texts (hash, text) VALUES (:hash, :text) ON CONFLICT (hash) DO NOTHING",
        {"hash": digest, "text": text},
    )


async def consents(tx: Transaction, person: str) -> list[Consent]:
    rows = await tx.rows(
        "SELECT * FROM consents WHERE person = :person ORDER BY given_at DESC LIMIT 20", {"person": person}
    )
    return [
        Consent(row["id"], row["covers"], row["version"], moment(row["given_at"]), maybe_moment(row["withdrawn_at"]))
        for row in rows
    ]


async def valid_consent(tx: Transaction, person: str, covers: str) -> str | None:
    """The newest consent that was not withdrawn."""
    row = await tx.row(
        "SELECT id FROM consents WHERE person = :person AND covers = :covers AND withdrawn_at IS NULL"
        " ORDER BY given_at DESC LIMIT 1",
        {"person": person, "covers": covers},
    )
    return row["id"] if row else None


async def withdraw_consents(tx: Transaction, person: str, now: datetime) -> list[str]:
    """End every consent of a person and erase what it covered at once; the incidents that lost data."""
    rows = await tx.rows(
        "SELECT DISTINCT incident FROM ("
        " SELECT c.incident FROM contacts c JOIN consents s ON s.id = c.consent WHERE s.person = :person"
        " UNION SELECT e.incident FROM evidence e JOIN consents s ON s.id = e.consent WHERE s.person = :person)"
        " WHERE incident IS NOT NULL",
        {"person": person},
    )
    await tx.run(
        "DELETE FROM contacts WHERE consent IN (SELECT id FROM consents WHERE person = :person)", {"person": person}
    )
    await evidence.erase_of_consents(tx, person)
    await tx.run(
        "UPDATE consents SET withdrawn_at = :now WHERE person = :person AND withdrawn_at IS NULL",
        {"person": person, "now": at(now)},
    )
    return [row["incident"] for row in rows]


async def keep_contact(tx: Transaction, incident: str, consent_id: str, contact: Mapping[str, Any]) -> None:
    """Who may be called about an incident; the newest word replaces an older one."""
    await tx.run(
        "INSERT INTO contacts (incident, consent, name, title, phone, email)"
        " VALUES (:incident, :consent, :name, :title, :phone, :email)"
        " ON CONFLICT (incident) DO UPDATE SET consent = :consent, name = :name, title = :title,"
        " phone = :phone, email = :email",
        {
            "incident": incident,
            "consent": consent_id,
            **{name: contact.get(name) for name in ("name", "title", "phone", "email")},
        },
    )


async def drop_contact(tx: Transaction, incident: str) -> bool:
    return await tx.run("DELETE FROM contacts WHERE incident = :incident", {"incident": incident}) == 1


async def contact(tx: Transaction, incident: str) -> dict[str, Any] | None:
    row = await tx.row("SELECT name, title, phone, email FROM contacts WHERE incident = :id", {"id": incident})
    return {name: row[name] for name in ("name", "title", "phone", "email")} if row else None


async def request(
    tx: Transaction,
    *,
    person: str,
    want: str,
    details: str | None,
    year: int,
    now: datetime,
    reply_by: datetime,
    done_by: datetime,
) -> str:
    """A request about one's own data; its number."""
    row = await tx.row(
        "INSERT INTO counters (name, value) VALUES (:name, 1)"
        " ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value",
        {"name": f"request-{year}"},
    )
    assert row is not None
    code = f"YC-{year:04d}-{row['value']:06d}"
    await tx.run(
        "INSERT INTO requests (id, code, person, want, details, made_at, reply_by, done_by)"
        " VALUES (:id, :code, :person, :want, :details, :now, :reply_by, :done_by)",
        {
            "id": tx.new_id(),
            "code": code,
            "person": person,
            "want": want,
            "details": details,
            "now": at(now),
            "reply_by": at(reply_by),
            "done_by": at(done_by),
        },
    )
    return code


@dataclass(frozen=True)
class Shown:
    """A message of the bot that stands in a chat, or will in a moment: then without `telegram_id` and `since`."""

    delivery: str
    recipient: str
    stream: str
    telegram_id: int | None
    since: datetime | None


async def take_back(tx: Transaction, incident: str, text: str) -> list[Shown]:
    """Every message of this name about an incident that somebody can read, once: from now on it is to be removed."""
    rows = await tx.rows(
        "SELECT d.id, d.recipient, d.stream, d.telegram_id, d.settled_at FROM messages m"
        " JOIN deliveries d ON d.message = m.id WHERE m.about = :incident AND m.key = :text"
        " AND d.op IN ('send', 'edit')"
        " AND (d.telegram_id IS NOT NULL OR d.state = 'sending') ORDER BY d.id",
        {"incident": incident, "text": text},
    )
    await tx.run(
        "UPDATE deliveries SET telegram_id = NULL WHERE op IN ('send', 'edit') AND message IN ("
        " SELECT id FROM messages WHERE about = :incident AND key = :text)",
        {"incident": incident, "text": text},
    )
    shown = {
        (row["recipient"], row["telegram_id"] or row["id"]): Shown(
            row["id"], row["recipient"], row["stream"], row["telegram_id"], maybe_moment(row["settled_at"])
        )
        for row in rows
    }
    return list(shown.values())


async def stored_about(tx: Transaction, person: str) -> dict[str, int]:
    """How many rows of each kind are kept about somebody."""
    counted: dict[str, int] = {}
    for name, sql in {
        "incidents": "SELECT count(*) AS n FROM incidents WHERE reporter = :person",
        "contacts": "SELECT count(*) AS n FROM contacts c JOIN consents s ON s.id = c.consent WHERE s.person = :person",
        "evidence": "SELECT count(*) AS n FROM evidence WHERE person = :person",
        "requests": "SELECT count(*) AS n FROM requests WHERE person = :person",
        "drafts": "SELECT count(*) AS n FROM drafts WHERE person = :person",
        "enrolled": "SELECT (SELECT count(*) FROM enrolments WHERE person = :person)"
        " + (SELECT count(*) FROM posts WHERE person = :person AND ended_at IS NULL) AS n",
        "handed": "SELECT (SELECT count(*) FROM submissions WHERE person = :person)"
        " + (SELECT count(*) FROM exemptions WHERE asked_by = :person)"
        " + (SELECT count(*) FROM snoozes WHERE person = :person)"
        " + (SELECT count(*) FROM coordinations WHERE asked_by = :person)"
        " + (SELECT count(*) FROM coordinations WHERE received_by = :person OR answered_by = :person) AS n",
        "duty": "SELECT (SELECT count(*) FROM shifts WHERE person = :person)"
        " + (SELECT count(*) FROM handovers WHERE giver = :person) AS n",
        "asked": "SELECT (SELECT count(*) FROM orders WHERE person = :person)"
        " + (SELECT count(*) FROM searches WHERE person = :person)"
        " + (SELECT count(*) FROM imports WHERE person = :person) AS n",
        "messages": "SELECT (SELECT count(*) FROM threads WHERE recipient = :person)"
        " + (SELECT count(*) FROM sayings WHERE person = :person)"
        " + (SELECT count(*) FROM strays WHERE person = :person) AS n",
    }.items():
        row = await tx.row(sql, {"person": person})
        counted[name] = int(row["n"]) if row else 0
    return counted
