"""The outbox: order inside a stream, freedom between streams, and nothing kept longer than it is needed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from bot.domain.sending import Lane, Op, State
from storage import outbox, privacy
from storage.codec import at
from storage.outbox import Message, Settled
from storage.sqlite import SqliteStore
from storage.store import Transaction
from tests.storage.conftest import NOW, a_group, someone

SECOND = timedelta(seconds=1)


async def post(
    tx: Transaction,
    text: str,
    to: str,
    *,
    stream: str | None = None,
    lane: Lane = Lane.ANSWER,
    after: str | None = None,
    op: Op = Op.SEND,
    not_after: datetime | None = None,
) -> str:
    """Put a text on its way; the id of the delivery."""
    message = await outbox.write(tx, Message(text, {"said": text}, about="an incident", not_after=not_after), NOW)
    return await outbox.address(tx, message, to, NOW, stream=stream or to, lane=lane, after=after, op=op)


async def heads(
    tx: Transaction, now: datetime = NOW, *, most: int = 32, lowest: Lane = Lane.ADVISORY, held: Sequence[int] = ()
) -> list[str]:
    """The texts that may go now."""
    return [one.message.key for one in await outbox.heads(tx, now, most=most, lowest=lowest, held=held)]


async def sent(tx: Transaction, delivery: str, telegram_id: int = 1000) -> None:
    await outbox.start(tx, [delivery])
    await outbox.settle(tx, [Settled(delivery, State.SENT, telegram_id)], NOW)


async def values_of(tx: Transaction) -> dict[str, bool]:
    """Which texts still have their values."""
    return {row["key"]: row["facts"] is not None for row in await tx.rows("SELECT key, facts FROM messages")}


async def test_only_the_head_of_a_stream_may_go(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        one, other = await someone(tx, 1), await someone(tx, 2)
        first = await post(tx, "first", one)
        await post(tx, "second", one)
        await post(tx, "to another", other)
        assert await heads(tx) == ["first", "to another"]
        await outbox.start(tx, [first])
        assert await heads(tx) == ["to another"]  # what flies holds its stream
        await outbox.settle(tx, [Settled(first, State.SENT, 5)], NOW)
        assert await heads(tx) == ["second", "to another"]


@pytest.mark.parametrize("end", [State.SENT, State.FAILED, State.UNSURE, State.EXPIRED])
async def test_however_a_delivery_ends_its_stream_goes_on(store: SqliteStore, end: State) -> None:
    async with store.transaction() as tx:
        person = await someone(tx)
        first = await post(tx, "first", person)
        await post(tx, "second", person)
        await outbox.start(tx, [first])
        await outbox.settle(tx, [Settled(first, end)], NOW)
        assert await heads(tx) == ["second"]


async def test_one_recipient_may_have_several_streams(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        group = await a_group(tx)
        for incident in ("a", "b"):
            await post(tx, f"{incident}1", group, stream=f"{incident}@{group}")
            await post(tx, f"{incident}2", group, stream=f"{incident}@{group}")
        assert await heads(tx) == ["a1", "b1"]


async def test_a_delivery_waits_for_the_one_that_it_follows_and_edits_it(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        person = await someone(tx)
        first = await post(tx, "first", person, stream="a")
        await post(tx, "edit", person, stream="b", after=first, op=Op.EDIT)
        assert await heads(tx) == ["first"]
        await outbox.start(tx, [first])
        assert await heads(tx) == []
        await outbox.settle(tx, [Settled(first, State.SENT, 777)], NOW)
        (edit,) = await outbox.heads(tx, NOW, most=5, lowest=Lane.ANSWER)
        assert (edit.op, edit.target) == (Op.EDIT, 777)


async def test_postponing_holds_the_whole_stream_and_nothing_else(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        one, other = await someone(tx, 1), await someone(tx, 2)
        first = await post(tx, "first", one)
        await post(tx, "second", one)
        await post(tx, "to another", other)
        await outbox.start(tx, [first])
        await outbox.postpone(tx, first, one, NOW + 5 * SECOND, doubted=True, op=Op.SEND)
        assert await heads(tx) == ["to another"]
        assert await heads(tx, NOW + 5 * SECOND) == ["first", "to another"]
        again = (await outbox.heads(tx, NOW + 5 * SECOND, most=1, lowest=Lane.ANSWER))[0]
        assert (again.attempts, again.doubts) == (1, 1)
        assert await outbox.next_due(tx, NOW - SECOND) == at(NOW)
        assert await outbox.next_due(tx, NOW) == at(NOW + 5 * SECOND)
        assert await outbox.next_due(tx, NOW + 5 * SECOND) is None


async def test_lanes_go_before_each_other_and_may_be_shut(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        for number, lane in enumerate((Lane.ADVISORY, Lane.REMINDER, Lane.NOTICE, Lane.ANSWER), start=1):
            await post(tx, lane.name, await someone(tx, number), lane=lane)
        assert await heads(tx) == ["ANSWER", "NOTICE", "REMINDER", "ADVISORY"]
        assert await heads(tx, most=1) == ["ANSWER"]
        assert await heads(tx, lowest=Lane.NOTICE) == ["ANSWER", "NOTICE"]


async def test_a_held_chat_gets_nothing_and_the_others_do_not_wait_for_it(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        await post(tx, "to one", await someone(tx, 11))
        await post(tx, "to another", await someone(tx, 12))
        await post(tx, "to the group", await a_group(tx, -100))
        assert await heads(tx, held=[11, -100]) == ["to another"]


async def test_a_delivery_knows_chat_and_language_of_its_recipient(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        await post(tx, "a", await someone(tx, 11))
        await post(tx, "b", await a_group(tx, -100))
        await post(tx, "c", "somebody who was erased")
        found = await outbox.heads(tx, NOW, most=5, lowest=Lane.ANSWER)
    assert [(one.chat, one.is_group, one.language) for one in found] == [
        (11, False, "vi"),
        (-100, True, "vi"),
        (None, False, "vi"),
    ]


async def test_after_a_crash_what_flew_is_in_doubt_and_nothing_else(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        person = await someone(tx)
        flying = await post(tx, "flying", person)
        await post(tx, "waiting", person)
        await sent(tx, await post(tx, "sent", await someone(tx, 2)))
        await outbox.start(tx, [flying])
    async with store.transaction() as tx:
        assert [one.message.key for one in await outbox.in_flight(tx)] == ["flying"]
        assert await outbox.counts(tx) == {"sending": 1, "waiting": 1}


async def test_what_is_past_its_time_expires_and_frees_its_stream(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        person = await someone(tx)
        await post(tx, "late", person, not_after=NOW + SECOND)
        await post(tx, "timeless", person)
        assert await outbox.expire(tx, NOW + SECOND) == 0
        assert await outbox.expire(tx, NOW + 2 * SECOND) == 1
        assert await heads(tx) == ["timeless"]


async def test_values_are_blanked_when_they_are_old_and_nobody_waits_for_them(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        person = await someone(tx)
        await sent(tx, await post(tx, "sent", person))
        await post(tx, "waiting", person)
        month = timedelta(days=30)
        assert await outbox.blank(tx, NOW + month, month) == 0
        assert await outbox.blank(tx, NOW + month + SECOND, month) == 1
        assert await values_of(tx) == {"sent": False, "waiting": True}
        assert await heads(tx) == ["waiting"]


async def test_a_one_time_link_is_forgotten_when_it_has_left_and_kept_when_it_is_sent_anew(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        delivery = await post(tx, "link", await someone(tx))
        await outbox.forget(tx, delivery)
        assert await values_of(tx) == {"link": True}
        await sent(tx, delivery)
        await outbox.forget(tx, delivery)
        row = await tx.row("SELECT facts, buttons FROM messages")
    assert row is not None
    assert (row["facts"], row["buttons"]) == (None, "[]")


async def test_erasure_forgets_what_was_said_to_somebody_and_keeps_what_still_waits(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        one, other = await someone(tx, 1), await someone(tx, 2)
        await sent(tx, await post(tx, "said", one))
        await post(tx, "waits", one)
        await sent(tx, await post(tx, "said to another", other))
        await outbox.forget_recipient(tx, one)
        assert await values_of(tx) == {"said": False, "waits": True, "said to another": True}


async def test_erasure_forgets_what_was_said_about_an_incident(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        person = await someone(tx)
        await sent(tx, await post(tx, "said", person))
        await post(tx, "waits", person)
        await outbox.forget_about(tx, "another incident")
        assert await values_of(tx) == {"said": True, "waits": True}
        await outbox.forget_about(tx, "an incident")
        assert await values_of(tx) == {"said": False, "waits": True}


async def test_a_message_comes_back_as_it_was_written(store: SqliteStore) -> None:
    message = Message(
        "report.received",
        {"code": "SC-2026-000001", "lines": [{"text": "Một dòng"}]},
        [[{"label": {"text": "button.add"}, "press": "o:1:add"}]],
        {"protected": True},
        "an incident",
        NOW + timedelta(hours=1),
    )
    async with store.transaction() as tx:
        person = await someone(tx)
        await outbox.address(tx, await outbox.write(tx, message, NOW), person, NOW, stream=person, lane=Lane.NOTICE)
        (found,) = await outbox.heads(tx, NOW, most=5, lowest=Lane.NOTICE)
    assert found.message == message
    assert (found.stream, found.lane, found.op, found.card, found.target) == (person, Lane.NOTICE, Op.SEND, None, None)


async def test_what_is_called_back_in_mid_flight_is_not_sent_again_and_is_removed_where_it_lands(
    store: SqliteStore,
) -> None:
    async with store.transaction() as tx:
        one = await someone(tx, 1)
        flying, landed = await post(tx, "contact", one), await post(tx, "contact", one)
        await sent(tx, landed, 77)
        await outbox.start(tx, [flying])
        await outbox.call_back(tx, "an incident", "contact", NOW)
        first, second = await privacy.take_back(tx, "an incident", "contact")
        assert [first.telegram_id, second.telegram_id] == [None, 77]
        assert await privacy.take_back(tx, "an incident", "contact") == [first]
        await outbox.postpone(tx, flying, one, NOW, doubted=False, op=Op.SEND)
        (again,) = await outbox.heads(tx, NOW + SECOND, most=1, lowest=Lane.ANSWER)
        assert again.message.facts == {}
        assert again.message.not_after is not None
        assert again.message.not_after < NOW + SECOND, "the dispatcher lets it expire"
