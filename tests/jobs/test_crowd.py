"""What is stored of a crowd: each person's measure, counted through one batch and across batches."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.domain.ids import Ids
from bot.domain.policy import Intake, Policy
from bot.playground.clock import Clock
from bot.services.desk import House
from handlers.crowd import sender_of
from handlers.ingest import Inlet
from locales import Texts
from storage import groups, people
from storage.migrate import migrate
from storage.sqlite import SqliteStore, open_store

MOST = 5
NEWS = ("my_chat_member", "chat_member")
ANONYMOUS = 1087968824  # the account behind every anonymous administrator of every group
TEAM, OTHER_GROUP = -1001, -1002


@dataclass
class Gate:
    """The way in, and nobody who works what came in."""

    store: SqliteStore
    clock: Clock
    inlet: Inlet
    rung: list[None]
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def update(self, body: dict[str, Any], kind: str = "message") -> dict[str, Any]:
        return {"update_id": next(self._numbers), kind: body}

    def said(self, who: int, count: int = 1, chat: int | None = None, text: str = "/trogiup") -> list[dict[str, Any]]:
        """Commands of one person, in private or in a group."""
        room = {"id": chat, "type": "supergroup", "title": "Nhóm"} if chat else {"id": who, "type": "private"}
        entities = [{"type": "bot_command", "offset": 0, "length": len(text)}]
        words = {"message_id": 1, "date": 1, "chat": room, "text": text, "entities": entities}
        return [self.update({**words, "from": account(who)}) for _ in range(count)]

    def masked(self, chat: int, count: int) -> list[dict[str, Any]]:
        """Commands of an anonymous administrator."""
        said = self.said(ANONYMOUS, count, chat)
        for raw in said:
            raw["message"]["sender_chat"] = {"id": chat, "type": "supergroup"}
        return said

    async def holds(self) -> dict[int | None, int]:
        """How many updates of each sender were stored."""
        async with self.store.reading() as tx:
            return {row["sender"]: row["n"] for row in await tx.rows("SELECT sender, count(*) n FROM inbox GROUP BY 1")}

    async def refused(self) -> dict[int, int]:
        async with self.store.reading() as tx:
            rows = await tx.rows("SELECT telegram_id, what, sum(count) AS n FROM refusals GROUP BY 1, 2")
        assert all(row["what"] == "messages" for row in rows)
        return {row["telegram_id"]: row["n"] for row in rows}

    async def told(self) -> list[int | None]:
        """Whom a sentence about a flood was posted to; None stands for a group."""
        async with self.store.reading() as tx:
            rows = await tx.rows(
                "SELECT p.telegram_id AS who, m.key FROM deliveries d JOIN messages m ON m.id = d.message"
                " LEFT JOIN people p ON p.id = d.recipient ORDER BY d.id"
            )
        assert all(row["key"] == "flood.told" for row in rows)
        return [row["who"] for row in rows]


def account(who: int) -> dict[str, Any]:
    return {"id": who, "is_bot": False, "first_name": "Người"}


@pytest.fixture
async def gate(tmp_path: Path) -> AsyncIterator[Gate]:
    clock, rung = Clock(), list[None]()
    house = House(Policy(intake=Intake(waiting_messages=MOST)), Texts.load())
    async with open_store(tmp_path / "bot.db", Ids(clock.now)) as store:
        await migrate(store)
        async with store.transaction() as tx:
            admin = await people.add(tx, 1, "vi", clock.now())
            await groups.bind(tx, (await groups.meet(tx, TEAM)).id, "Đội", admin.id, clock.now())
        inlet = Inlet(store, clock, house, 42, lambda: None, lambda: rung.append(None))
        yield Gate(store, clock, inlet, rung)


async def test_a_batch_holds_no_more_of_one_person_than_the_measure_and_all_of_the_others(gate: Gate) -> None:
    await gate.inlet.take([*gate.said(7, 60), *gate.said(8, MOST), *gate.said(7, 34), *gate.said(9)])
    assert await gate.holds() == {7: MOST, 8: MOST, 9: 1}
    assert await gate.refused() == {7: 94 - MOST}
    assert await gate.told() == [7]
    assert len(gate.rung) == 1  # whoever sends was woken


async def test_what_waits_from_earlier_batches_counts(gate: Gate) -> None:
    for raw in gate.said(7, 3) + gate.said(8) + gate.said(7, 4):
        await gate.inlet.take([raw])
    assert await gate.holds() == {7: MOST, 8: 1}
    assert await gate.refused() == {7: 2}
    assert await gate.told() == [7]


async def test_there_is_room_again_as_soon_as_something_was_worked(gate: Gate) -> None:
    await gate.inlet.take(gate.said(7, MOST + 1))
    async with gate.store.transaction() as tx:
        await tx.run("UPDATE inbox SET state = 'done', body = NULL, chat = NULL, sender = NULL WHERE update_id <= 2")
    await gate.inlet.take(gate.said(7, 3))
    assert await gate.holds() == {None: 2, 7: MOST}
    assert await gate.refused() == {7: 2}


async def test_the_sentence_comes_once_an_hour_and_the_count_goes_on(gate: Gate) -> None:
    await gate.inlet.take(gate.said(7, MOST + 1))
    await gate.inlet.take(gate.said(7, 10))
    assert await gate.told() == [7]
    gate.clock.move(hours=1)
    await gate.inlet.take(gate.said(7, 10))
    await gate.inlet.take(gate.said(7, 10))
    assert await gate.told() == [7, 7]
    assert await gate.refused() == {7: 31}


async def test_what_telegram_tells_again_is_neither_refused_nor_stored_twice(gate: Gate) -> None:
    batch = gate.said(7, MOST)
    await gate.inlet.take(batch)
    await gate.inlet.take([*batch, *batch])
    assert await gate.holds() == {7: MOST}
    assert await gate.refused() == {}


async def test_in_a_group_each_member_has_a_measure_and_the_group_none(gate: Gate) -> None:
    async with gate.store.transaction() as tx:
        await people.add(tx, 7, "vi", gate.clock.now())
    said = [raw for who in range(7, 30) for raw in gate.said(who, 3, TEAM)]
    await gate.inlet.take([*gate.said(7, 60, TEAM), *said])
    assert await gate.holds() == {7: MOST, **dict.fromkeys(range(8, 30), 3)}
    assert await gate.told() == [7]  # in private: the group hears nothing of it


async def test_a_stranger_in_a_group_is_counted_and_gets_neither_a_row_nor_a_message(gate: Gate) -> None:
    await gate.inlet.take(gate.said(7, MOST + 3, OTHER_GROUP))
    assert await gate.refused() == {7: 3}
    assert await gate.told() == []
    async with gate.store.reading() as tx:
        assert await people.find(tx, 7) is None


async def test_what_the_bot_does_not_hear_in_a_group_uses_up_nobodys_measure(gate: Gate) -> None:
    chat = gate.said(7, 50, OTHER_GROUP, text="/mayman")
    await gate.inlet.take([*chat, *gate.said(7, MOST)])
    assert await gate.holds() == {7: MOST}
    assert await gate.refused() == {}


async def test_anonymous_administrators_of_one_group_do_not_silence_those_of_another(gate: Gate) -> None:
    await gate.inlet.take([*gate.masked(OTHER_GROUP, 60), *gate.masked(TEAM, 2)])
    assert await gate.holds() == {OTHER_GROUP: MOST, TEAM: 2}
    assert await gate.told() == []


async def test_news_about_groups_is_never_refused(gate: Gate) -> None:
    room = {"id": TEAM, "type": "supergroup", "title": "Nhóm"}
    seats = {"old_chat_member": {"status": "member"}, "new_chat_member": {"status": "left"}, "date": 1}
    news = [gate.update({"chat": {"id": 7, "type": "private"}, "from": account(7), **seats}, kind) for kind in NEWS]
    moved = gate.update({"message_id": 1, "date": 1, "chat": room, "migrate_to_chat_id": -1009, "from": account(7)})
    await gate.inlet.take([*gate.said(7, MOST), *news, moved, *gate.said(7)])
    assert await gate.holds() == {7: MOST + len(NEWS) + 1}
    assert await gate.refused() == {7: 1}


async def test_presses_edits_and_reactions_count_as_messages_do(gate: Gate) -> None:
    chat = {"id": 7, "type": "private"}
    message = {"message_id": 1, "date": 1, "chat": chat}
    many = [
        raw
        for _ in range(MOST)
        for raw in (
            gate.update({"id": "1", "message": message, "data": "x", "from": account(7)}, "callback_query"),
            gate.update({**message, "text": "x", "from": account(7)}, "edited_message"),
            gate.update({**message, "user": account(7)}, "message_reaction"),
        )
    ]
    await gate.inlet.take(many)
    assert await gate.holds() == {7: MOST}
    assert await gate.refused() == {7: 2 * MOST}
    assert await gate.told() == [7]


@pytest.mark.parametrize(
    "raw",
    [
        {"update_id": 1},
        {"update_id": 1, "message": []},
        {"update_id": 1, "message": {"from": "somebody"}},
        {"update_id": 1, "message": {"from": {"id": True}}},
        {"update_id": 1, "message": {"from": {"id": 2**63}}},
        {"update_id": 1, "message": {"from": {"id": None}, "sender_chat": {"id": "7"}}},
    ],
)
def test_nobody_sends_what_names_nobody(raw: dict[str, Any]) -> None:
    assert sender_of(raw) is None
