"""The log of an incident: what is written, read in pages, and erased."""

from __future__ import annotations

from datetime import timedelta

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
    assert [one.number for one in found] == [1, 2, 3, 4, 5]
    assert (found[0].actor, found[1].actor) == (None, "somebody")
    assert found[2].at == NOW + timedelta(hours=2)
    assert found[2].payload == {"before": 2, "said": "Đã sửa"}


async def test_an_erased_log_goes_on(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        one, other = await logged(tx), await logged(tx)
        await events.erase(tx, one)
        await events.append(tx, one, EventKind.ERASED, NOW, None, {"what": "contact"})
        found = await events.of(tx, one)
        assert [event.payload for event in found] == [None] * LENGTH + [{"what": "contact"}]
        assert await events.said(tx, one, 3) == {}
        assert all(event.payload for event in await events.of(tx, other))


async def test_a_long_log_is_read_in_pages_from_both_ends(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        incident = await logged(tx)
        await events.append(tx, incident, EventKind.NOTED, NOW, "somebody", {"text": "Gọi lại lúc chín giờ"})
        await events.append(tx, incident, EventKind.TICKED, NOW, "somebody", {"step": "call_back"})
        assert [one.number for one in await events.page(tx, incident, 8, 3)] == [7, 6, 5]
        assert [one.number for one in await events.page(tx, incident, 2, 3)] == [1]
        assert [one.number for one in await events.after(tx, incident, 5, 9)] == [6, 7]
        assert [one.payload for one in await events.notes(tx, incident, 99, 5)] == [{"text": "Gọi lại lúc chín giờ"}]
        assert await events.notes(tx, incident, 6, 5) == []
        assert [one.kind for one in await events.ticks(tx, incident)] == [EventKind.TICKED]


async def test_equal_payloads_have_unequal_commitments(store: SqliteStore) -> None:
    """Otherwise whoever guesses an erased payload could prove the guess."""
    async with store.transaction() as tx:
        incident = await an_incident(tx)
        for _ in range(2):
            await events.append(tx, incident, EventKind.OPENED, NOW, None, {})
        rows = await tx.rows("SELECT DISTINCT commitment FROM events")
    assert len(rows) == 2
