"""The proof of a log: whoever changes a byte of it is found and named, whoever erases what it says is not."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.domain.incidents import EventKind
from storage import chain, events
from storage.chain import Fault
from storage.codec import at
from storage.sqlite import SqliteStore
from storage.store import Transaction
from tests.storage.conftest import NOW, an_incident

ERASED, LENGTH = 2, 5
COLUMNS = {
    "events": ("incident", "number", "kind", "at", "actor", "commitment", "hash"),
    "event_payloads": ("incident", "number", "salt", "payload"),
}


class Undo(Exception):
    """Nobody wants to keep what was done."""


async def logged(tx: Transaction) -> str:
    """A log of five events; what the first two said is erased."""
    incident = await an_incident(tx)
    for number in range(LENGTH):
        if number == ERASED:
            await events.erase(tx, incident)
        actor = "somebody" if number % 2 else None
        said = {"before": number, "said": "Đã sửa"}
        await events.append(tx, incident, EventKind.SUPPLEMENTED, NOW + timedelta(hours=number), actor, said)
    return incident


@asynccontextmanager
async def tampered(store: SqliteStore) -> AsyncIterator[tuple[Transaction, str]]:
    """A log that may be changed past all foreign keys; nothing of it is kept."""
    with contextlib.suppress(Undo):
        async with store.transaction() as tx:
            incident = await logged(tx)
            await tx.run("PRAGMA defer_foreign_keys = ON")
            yield tx, incident
            raise Undo


async def test_an_untouched_log_fits_and_says_how_much_of_it_is_erased(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        incident, other = await logged(tx), await logged(tx)
        proof = await chain.verify(tx, incident)
        assert (proof.broken, proof.events, proof.erased) == (None, LENGTH, ERASED)
        assert proof.head == await chain.head(tx, incident)
        assert proof.head != (await chain.verify(tx, other)).head
        await events.append(tx, incident, EventKind.OPENED, NOW, None, {})
        assert (await chain.verify(tx, incident)).head == await chain.head(tx, incident) != proof.head


async def flip(tx: Transaction, table: str, column: str, incident: str, number: int, place: int, mask: int) -> bool:
    """Change one byte as it stands on the disk; false where the database itself would not take it."""
    where = {"incident": incident, "number": number}
    found = await tx.row(
        f"SELECT {column} AS plain, CAST({column} AS BLOB) AS bytes FROM {table}"
        " WHERE incident = :incident AND number = :number",
        where,
    )
    assert found is not None
    whole = isinstance(found["plain"], int)
    old = found["plain"].to_bytes(8, "big", signed=True) if whole else found["bytes"]
    if not old:
        return False
    new = bytearray(old)
    new[place % len(old)] ^= mask
    value = ":value" if whole else "CAST(:value AS TEXT)"
    changed = int.from_bytes(new, "big", signed=True) if whole else bytes(new)
    with contextlib.suppress(sqlite3.IntegrityError):
        return bool(
            await tx.run(
                f"UPDATE {table} SET {column} = {value} WHERE incident = :incident AND number = :number",
                {**where, "value": changed},
            )
        )
    return False


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    where=st.sampled_from([(table, column) for table, columns in COLUMNS.items() for column in columns]),
    number=st.integers(1, LENGTH),
    place=st.integers(0, 200),
    mask=st.integers(1, 255),
)
async def test_one_flipped_byte_is_found_and_its_event_named(
    store: SqliteStore, where: tuple[str, str], number: int, place: int, mask: int
) -> None:
    async with tampered(store) as (tx, incident):
        assume(await flip(tx, *where, incident, number, place, mask))
        broken = (await chain.verify(tx, incident)).broken
        assert broken is not None
        assert broken.number == number


@pytest.mark.parametrize("number", range(1, LENGTH))
@pytest.mark.parametrize("words", [True, False], ids=["with its words", "alone"])
async def test_an_event_that_is_missing_is_named(store: SqliteStore, number: int, words: bool) -> None:
    async with tampered(store) as (tx, incident):
        for table in ("events", "event_payloads") if words else ("events",):
            await tx.run(f"DELETE FROM {table} WHERE incident = :i AND number = :n", {"i": incident, "n": number})
        broken = (await chain.verify(tx, incident)).broken
        assert broken is not None
        assert (broken.number, broken.fault) == (number, Fault.MISSING)


async def test_words_that_are_gone_without_having_been_erased_are_named_with_their_event(store: SqliteStore) -> None:
    async with tampered(store) as (tx, incident):
        await tx.run("DELETE FROM event_payloads WHERE incident = :i AND number = 4", {"i": incident})
        broken = (await chain.verify(tx, incident)).broken
        assert broken is not None
        assert (broken.number, broken.fault, broken.kind) == (4, Fault.UNSAID, "supplemented")
        assert broken.at == at(NOW + timedelta(hours=3))


async def test_a_salt_counts_only_as_it_was_written(store: SqliteStore) -> None:
    """Capitals and spaces would make the same bytes of it."""
    for changed in ("upper(salt)", "substr(salt, 1, 2) || ' ' || substr(salt, 3)"):
        async with tampered(store) as (tx, incident):
            await tx.run(f"UPDATE event_payloads SET salt = {changed} WHERE incident = :i", {"i": incident})
            assert not (await chain.verify(tx, incident)).fits


async def test_two_events_that_change_places_and_one_of_another_incident_are_found(store: SqliteStore) -> None:
    async with tampered(store) as (tx, incident):
        for before, after in ((3, 99), (4, 3), (99, 4)):
            values = {"i": incident, "before": before, "after": after}
            for table in COLUMNS:
                sql = f"UPDATE {table} SET number = :after WHERE incident = :i AND number = :before"
                await tx.run(sql, values)
        broken = (await chain.verify(tx, incident)).broken
        assert broken is not None
        assert (broken.number, broken.fault) == (3, Fault.CHANGED)
        other = await an_incident(tx)
        for table in COLUMNS:
            await tx.run(f"UPDATE {table} SET incident = :other WHERE incident = :i", {"i": incident, "other": other})
        for one in (incident, other):
            broken = (await chain.verify(tx, one)).broken
            assert broken is not None
            assert broken.number == 1


async def test_what_stands_before_the_first_event_is_found(store: SqliteStore) -> None:
    async with tampered(store) as (tx, incident):
        await tx.run(
            "INSERT INTO events SELECT incident, -3, kind, at, actor, commitment, hash FROM events"
            " WHERE incident = :i AND number = 1",
            {"i": incident},
        )
        broken = (await chain.verify(tx, incident)).broken
        assert broken is not None
        assert (broken.number, broken.fault) == (-3, Fault.STRAY)


async def test_an_end_that_was_cut_off_is_seen_where_a_paper_has_printed_it(store: SqliteStore) -> None:
    async with tampered(store) as (tx, incident):
        await tx.run(
            "INSERT INTO papers (id, incident, form, number, answers, head, made_by, made_at)"
            " VALUES ('x', :i, 'x', 1, '{}', :head, 'x', 'x')",
            {"i": incident, "head": await chain.head(tx, incident)},
        )
        await events.append(tx, incident, EventKind.OPENED, NOW, None, {})
        assert (await chain.verify(tx, incident)).fits
        for table in COLUMNS:
            await tx.run(f"DELETE FROM {table} WHERE incident = :i AND number >= :n", {"i": incident, "n": LENGTH})
        broken = (await chain.verify(tx, incident)).broken
        assert broken is not None
        assert (broken.number, broken.fault) == (LENGTH, Fault.CUT)


async def test_a_long_chain_is_read_in_chunks(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        incident = await an_incident(tx)
        for _ in range(chain.CHUNK + 1):
            await events.append(tx, incident, EventKind.VIEWED, NOW, "somebody", {})
        assert (await chain.verify(tx, incident)).events == chain.CHUNK + 1
        await tx.run("UPDATE events SET actor = 'else' WHERE number = :n", {"n": chain.CHUNK + 1})
        broken = (await chain.verify(tx, incident)).broken
        assert broken is not None
        assert broken.number == chain.CHUNK + 1
