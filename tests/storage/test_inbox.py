"""The inbox: everything once, in order within a chat, and gone from the disk when it has had its effect."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from storage import inbox
from storage.codec import at
from storage.inbox import Arrival
from storage.sqlite import SqliteStore
from tests.storage.conftest import NOW

BOT = 42
SECRET = "chuyen-rieng-cua-toi-" * 30  # long enough for pages of its own


def said(
    update_id: int, chat: int | None = 1, body: str = "{}", masked: tuple[str, ...] = (), sender: int | None = None
) -> Arrival:
    return Arrival(update_id, chat, body, masked, sender)


async def stored(store: SqliteStore, *arrivals: Arrival) -> None:
    async with store.transaction() as tx:
        await inbox.store(tx, BOT, arrivals, NOW)


async def ready(store: SqliteStore, most: int = 20, after: timedelta = timedelta()) -> list[int]:
    async with store.reading() as tx:
        return [one.update_id for one in await inbox.ready(tx, NOW + after, most)]


async def id_of(store: SqliteStore, update_id: int) -> str:
    async with store.reading() as tx:
        row = await tx.row("SELECT id FROM inbox WHERE update_id = :update", {"update": update_id})
    assert row is not None
    return str(row["id"])


async def test_an_update_told_twice_is_stored_once(store: SqliteStore) -> None:
    await stored(store, said(7, body="first"))
    await stored(store, said(7, body="again"), said(7, body="and again"))
    async with store.reading() as tx:
        waiting = await inbox.ready(tx, NOW, 20)
    assert [(one.update_id, one.body) for one in waiting] == [(7, "first")]


async def test_an_update_that_was_worked_is_not_worked_again_when_it_is_told_again(store: SqliteStore) -> None:
    await stored(store, said(7))
    async with store.transaction() as tx:
        await inbox.done(tx, [await id_of(store, 7)])
    await stored(store, said(7))
    assert await ready(store) == []


async def test_two_bots_may_have_updates_of_the_same_number(store: SqliteStore) -> None:
    await stored(store, said(7))
    async with store.transaction() as tx:
        await inbox.store(tx, BOT + 1, [said(7, chat=2)], NOW)
    assert await ready(store) == [7, 7]


async def test_each_chat_gives_its_oldest_update_in_the_order_of_arrival(store: SqliteStore) -> None:
    # Numbers restart at random after a quiet week: our own order counts.
    await stored(store, said(900, chat=1), said(20, chat=2), said(3, chat=1), said(21, chat=2), said(1, chat=3))
    assert await ready(store) == [900, 20, 1]
    assert await ready(store, most=2) == [900, 20]
    async with store.transaction() as tx:
        await inbox.done(tx, [await id_of(store, 900)])
    assert await ready(store) == [20, 3, 1]


async def test_updates_without_a_chat_wait_for_nobody(store: SqliteStore) -> None:
    await stored(store, said(1, chat=None), said(2, chat=None))
    assert await ready(store) == [1, 2]


async def test_a_chat_waits_while_its_head_rests_and_no_other_does(store: SqliteStore) -> None:
    await stored(store, said(1, chat=1), said(2, chat=1), said(3, chat=2))
    async with store.transaction() as tx:
        await inbox.again(tx, await id_of(store, 1), NOW + timedelta(seconds=5))
    assert await ready(store) == [3]
    assert await ready(store, after=timedelta(seconds=5)) == [1, 3]
    async with store.reading() as tx:
        assert await inbox.next_moment(tx) == at(NOW)
        assert (await inbox.ready(tx, NOW + timedelta(seconds=5), 1))[0].tries == 1
    async with store.transaction() as tx:
        await inbox.done(tx, [await id_of(store, 3)])
        # What stands behind a head that rests is no reason to look earlier.
        assert await inbox.next_moment(tx) == at(NOW + timedelta(seconds=5))


async def test_what_one_person_has_waiting_is_counted_wherever_it_was_said(store: SqliteStore) -> None:
    await stored(store, said(1, chat=1, sender=1), said(2, chat=-5, sender=1), said(3, chat=-5, sender=2), said(4))
    async with store.transaction() as tx:
        assert [await inbox.waiting_of(tx, sender) for sender in (1, 2, 3)] == [2, 1, 0]
        await inbox.done(tx, [await id_of(store, 1)])
        await inbox.bury(tx, await id_of(store, 3), "3f9a1c")
        assert [await inbox.waiting_of(tx, sender) for sender in (1, 2, 3)] == [1, 0, 0]


async def test_what_was_stored_is_known_whether_it_waits_or_was_worked(store: SqliteStore) -> None:
    await stored(store, said(1), said(2))
    async with store.transaction() as tx:
        await inbox.done(tx, [await id_of(store, 1)])
        assert await inbox.known(tx, BOT, [1, 2, 3]) == {1, 2}
        assert await inbox.known(tx, BOT + 1, [1, 2, 3]) == set()


async def test_the_kinds_of_what_was_masked_travel_with_an_update(store: SqliteStore) -> None:
    await stored(store, said(1, masked=("otp", "card")), said(2, chat=2))
    async with store.reading() as tx:
        assert [one.masked for one in await inbox.ready(tx, NOW, 2)] == [("otp", "card"), ()]


async def test_a_worked_update_keeps_neither_text_nor_chat_nor_sender(store: SqliteStore) -> None:
    await stored(store, said(1, chat=555, body="Một chuyện riêng", sender=555))
    async with store.transaction() as tx:
        await inbox.done(tx, [await id_of(store, 1)])
    async with store.reading() as tx:
        row = await tx.row("SELECT * FROM inbox")
    assert row is not None
    assert (row["state"], row["body"], row["chat"], row["sender"]) == ("done", None, None, None)


def remains(path: Path) -> list[str]:
    """The files of the database that still hold the secret."""
    return [file.name for file in sorted(path.parent.iterdir()) if SECRET[:60].encode() in file.read_bytes()]


async def test_the_text_of_a_worked_update_is_gone_from_every_file_after_a_checkpoint(
    store: SqliteStore, path: Path
) -> None:
    await stored(store, *(said(number, chat=number, body=f"{number}{SECRET}") for number in range(40)))
    assert remains(path)
    async with store.transaction() as tx:
        await inbox.done(tx, [one.id for one in await inbox.ready(tx, NOW, 40)])
    assert remains(path)  # the write-ahead log still holds it
    await store.checkpoint()
    assert remains(path) == []


async def test_a_dead_letter_lets_its_chat_go_on(store: SqliteStore) -> None:
    await stored(store, said(1), said(2))
    async with store.transaction() as tx:
        await inbox.bury(tx, await id_of(store, 1), "3f9a1c")
    assert await ready(store) == [2]
    async with store.reading() as tx:
        row = await tx.row("SELECT * FROM inbox WHERE update_id = 1")
        assert row is not None
        assert (row["state"], row["reference"], row["chat"], row["body"]) == ("dead", "3f9a1c", None, "{}")
        assert await inbox.counts(tx) == {"waiting": 1, "dead": 1}


async def test_bodies_of_dead_letters_are_forgotten_after_a_week_and_numbers_after_a_month(store: SqliteStore) -> None:
    await stored(store, said(1, chat=1), said(2, chat=2), said(3, chat=3))
    async with store.transaction() as tx:
        await inbox.bury(tx, await id_of(store, 1), "3f9a1c")
        await inbox.done(tx, [await id_of(store, 2)])

    async def left(days: int) -> dict[int, str | None]:
        async with store.transaction() as tx:
            await inbox.purge(tx, NOW + timedelta(days=days), timedelta(days=7), timedelta(days=30))
            return {row["update_id"]: row["body"] for row in await tx.rows("SELECT * FROM inbox")}

    assert await left(7) == {1: "{}", 2: None, 3: "{}"}
    assert await left(8) == {1: None, 2: None, 3: "{}"}
    assert await left(31) == {3: "{}"}  # what was never worked is never forgotten
