"""The log of an incident: whoever changes a byte of it is found, whoever erases what it says is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.incidents import EventKind
from storage import events
from storage.sqlite import SqliteStore
from storage.store import Transaction
from tests.storage.conftest import NOW, an_incident

LENGTH = 5


async def logged(tx: Transaction) -> str:
    """An incident with a log of five events."""
    incident = await an_incident(tx)
    for number in range(LENGTH):
        actor = "somebody" if number else None
        said = {"before": number, "said": "Đã sửa"}
        await events.append(tx, incident, EventKind.SUPPLEMENTED, NOW + timedelta(hours=number), actor, said)
    return incident


async def test_a_log_reads_as_it_was_written(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        incident = await logged(tx)
        found = await events.of(tx, incident)
        assert await events.broken_at(tx, incident) is None
    assert [one.number for one in found] == [1, 2, 3, 4, 5]
    assert (found[0].actor, found[1].actor) == (None, "somebody")
    assert found[2].at == NOW + timedelta(hours=2)
    assert found[2].payload == {"before": 2, "said": "Đã sửa"}


# Every column of an event and of its payload, and what somebody might write into it.
CHANGES = {
    "kind": "UPDATE events SET kind = 'claimed'",
    "at": "UPDATE events SET at = '2026-11-22T05:00:00.000001Z'",
    "actor": "UPDATE events SET actor = 'somebody else'",
    "no actor": "UPDATE events SET actor = NULL",
    "commitment": "UPDATE events SET commitment = replace(commitment, substr(commitment, 1, 1), 'x')",
    "hash": "UPDATE events SET hash = replace(hash, substr(hash, 1, 1), 'x')",
    "payload": "UPDATE event_payloads SET payload = replace(payload, 'sửa', 'xem')",
    "salt": "UPDATE event_payloads SET salt = '00000000000000000000000000000000'",
}


@pytest.mark.parametrize("number", [1, 3, LENGTH])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_changed_byte_is_found_at_its_number(store: SqliteStore, change: str, number: int) -> None:
    if number == 1 and change == CHANGES["no actor"]:
        change = CHANGES["actor"]
    async with store.transaction() as tx:
        incident = await logged(tx)
        changed = await tx.run(
            f"{change} WHERE incident = :incident AND number = :number", {"incident": incident, "number": number}
        )
        assert changed == 1
        assert await events.broken_at(tx, incident) == number


@pytest.mark.parametrize("number", range(1, LENGTH))
async def test_an_event_that_is_missing_is_found(store: SqliteStore, number: int) -> None:
    async with store.transaction() as tx:
        incident = await logged(tx)
        await events.erase(tx, incident)
        await tx.run("DELETE FROM events WHERE incident = :i AND number = :n", {"i": incident, "n": number})
        assert await events.broken_at(tx, incident) == number


async def test_two_events_that_change_places_are_found(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        incident = await logged(tx)
        await events.erase(tx, incident)
        for before, after in ((2, 99), (3, 2), (99, 3)):
            values = {"i": incident, "before": before, "after": after}
            await tx.run("UPDATE events SET number = :after WHERE incident = :i AND number = :before", values)
        assert await events.broken_at(tx, incident) == 2


async def test_an_event_of_another_incident_does_not_fit(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        one, other = await logged(tx), await an_incident(tx)
        await events.erase(tx, one)
        await tx.run("UPDATE events SET incident = :other WHERE incident = :one", {"one": one, "other": other})
        assert await events.broken_at(tx, other) == 1


async def test_an_erased_log_still_verifies_and_goes_on(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        one, other = await logged(tx), await logged(tx)
        await events.erase(tx, one)
        await events.append(tx, one, EventKind.ERASED, NOW, None, {"what": "contact"})
        found = await events.of(tx, one)
        assert [event.payload for event in found] == [None] * LENGTH + [{"what": "contact"}]
        assert await events.broken_at(tx, one) is None
        assert all(event.payload for event in await events.of(tx, other))


async def test_equal_payloads_have_unequal_commitments(store: SqliteStore) -> None:
    """Otherwise whoever guesses an erased payload could prove the guess."""
    async with store.transaction() as tx:
        incident = await an_incident(tx)
        for _ in range(2):
            await events.append(tx, incident, EventKind.OPENED, NOW, None, {})
        rows = await tx.rows("SELECT DISTINCT commitment FROM events")
    assert len(rows) == 2
