"""Groups: one is the team's, an unbound one is answered rarely, and one that moved keeps everything."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.sending import Lane
from storage import cards, groups, outbox, pictures
from storage.pictures import Wall
from storage.sqlite import SqliteStore
from storage.store import Transaction
from tests.storage.conftest import NOW, a_group, an_incident, someone

OLD, NEW = -100, -1001234567890


async def bound(tx: Transaction) -> str:
    """The team's group with a card in it and a message on its way."""
    group = await a_group(tx, OLD)
    await groups.bind(tx, group, "Tổ ứng cứu", await someone(tx), NOW)
    card = await cards.lay(tx, await an_incident(tx), group, NOW)
    await pictures.first_shown(tx, Wall.CARDS, card, 77, 1)
    await said(tx, group)
    return group


async def said(tx: Transaction, group: str, card: str | None = None) -> None:
    message = await outbox.write(tx, outbox.Message("card.incident"), NOW)
    await outbox.address(tx, message, group, NOW, stream=group, lane=Lane.NOTICE, card=card)


async def chats(tx: Transaction) -> set[int | None]:
    """Where waiting messages go."""
    return {one.chat for one in await outbox.heads(tx, NOW, most=9, lowest=Lane.ADVISORY)}


async def test_a_group_is_met_once(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        met = await groups.meet(tx, OLD)
        assert await groups.meet(tx, OLD) == met
        assert (met.title, met.duty) == (None, None)


async def test_binding_another_group_releases_the_one_before(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        admin, first, second = await someone(tx), await a_group(tx, -1), await a_group(tx, -2)
        await groups.bind(tx, first, "Một", admin, NOW)
        await groups.bind(tx, second, "Hai", admin, NOW)
        team = await groups.team(tx)
        assert team is not None
        assert (team.id, team.title) == (second, "Hai")
        assert (await groups.get(tx, first)).duty is None


async def test_an_unbound_group_is_answered_once_a_minute(store: SqliteStore) -> None:
    minute = timedelta(minutes=1)
    async with store.transaction() as tx:
        group = await a_group(tx)
        asked = [await groups.may_answer(tx, group, NOW + timedelta(seconds=at), minute) for at in (0, 1, 59, 60, 61)]
    assert asked == [True, False, False, True, False]


@pytest.mark.parametrize("stranger_first", [False, True], ids=["told before", "met before it was told"])
async def test_a_group_that_moved_keeps_everything_in_either_order(store: SqliteStore, stranger_first: bool) -> None:
    async with store.transaction() as tx:
        group = await bound(tx)
        if stranger_first:
            await said(tx, await a_group(tx, NEW))
        assert await groups.move(tx, OLD, NEW)
        team = await groups.team(tx)
        assert team is not None
        assert (team.id, team.telegram_id, team.title) == (group, NEW, "Tổ ứng cứu")
        assert await groups.find(tx, OLD) is None
        assert await chats(tx) == {NEW}


async def test_a_move_told_twice_changes_nothing_the_second_time(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        group = await bound(tx)
        assert await groups.move(tx, OLD, NEW)
        assert not await groups.move(tx, OLD, NEW)
        team = await groups.team(tx)
        assert team is not None
        assert (team.id, team.telegram_id) == (group, NEW)


@pytest.mark.parametrize("bound_anew", [False, True], ids=["the old row stays", "the new row stays"])
async def test_a_card_that_was_laid_in_both_places_is_one_card_after_the_move(
    store: SqliteStore, bound_anew: bool
) -> None:
    async with store.transaction() as tx:
        old, new, incident = await a_group(tx, OLD), await a_group(tx, NEW), await an_incident(tx)
        for group in (old, new):
            card = await cards.lay(tx, incident, group, NOW)
            await said(tx, group, card)
        if bound_anew:
            await groups.bind(tx, new, "Tổ ứng cứu", await someone(tx), NOW)
        await groups.move(tx, OLD, NEW)
        (kept,) = await tx.rows("SELECT id, group_id FROM cards")
        assert kept["group_id"] == (new if bound_anew else old)
        assert {row["card"] for row in await tx.rows("SELECT card FROM deliveries")} == {kept["id"]}
        assert await chats(tx) == {NEW}


async def test_the_move_of_an_unknown_group_is_nothing(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        await a_group(tx, NEW)
        assert not await groups.move(tx, -555, -666)
        assert await groups.find(tx, -666) is None


async def test_messages_of_the_old_place_mean_nothing_in_the_new_one(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        group = await bound(tx)
        await groups.forget_messages(tx, group)
        rows = await tx.rows("SELECT telegram_id FROM cards")
    assert [row["telegram_id"] for row in rows] == [None]


async def test_a_replacement_is_answered_once_and_a_newer_question_drops_an_older_one(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        admin, group = await someone(tx), await a_group(tx)
        older = await groups.ask_binding(tx, group, "Một", admin, NOW)
        newer = await groups.ask_binding(tx, group, "Hai", admin, NOW)
        assert await groups.close_binding(tx, older, "done") is None
        found = await groups.close_binding(tx, newer, "done")
        assert found is not None
        assert (found.group, found.title, found.asked_by) == (group, "Hai", admin)
        assert await groups.close_binding(tx, newer, "done") is None
