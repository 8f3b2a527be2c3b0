"""Parcels through a Telegram that behaves like one: what people see, what its faults become, what its limits let by."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from telegram import Bot

from bot.domain.sending import (
    Button,
    Gone,
    Lane,
    Later,
    Limits,
    Moved,
    Op,
    Outcome,
    Parcel,
    Picture,
    Refused,
    Sent,
    Unsure,
)
from bot.playground.chats import Chat, User
from bot.playground.clock import Clock
from bot.playground.server import serve
from bot.playground.telegram import Telegram
from handlers.channel import TelegramChannel
from handlers.http import AiohttpRequest, Timeouts
from jobs.pace import Pace

TOKEN = "100000:playground"


@dataclass
class Office:
    """A bot that has been written to by one person, and the Telegram around it."""

    telegram: Telegram
    channel: TelegramChannel
    an: User

    @property
    def chat(self) -> Chat:
        return self.telegram.private(self.an)

    async def sends(self, html: str) -> int:
        outcome = await self.channel.deliver(Parcel(Op.SEND, self.chat.id, html))
        assert isinstance(outcome, Sent)
        assert outcome.message_id is not None
        return outcome.message_id

    def seen(self) -> list[str]:
        return [message.text for message in self.telegram.messages(self.chat) if message.by_bot]


@asynccontextmanager
async def opened(telegram: Telegram, timeouts: Timeouts | None = None) -> AsyncIterator[Office]:
    telegram.bot(token=TOKEN, name="Đội ứng cứu", username="ungcuu_demo_bot")
    an = telegram.person("Nguyễn Thị An")
    telegram.starts(an)
    server = await serve(telegram)
    try:
        async with AiohttpRequest(timeouts=timeouts) as request:
            bot = Bot(TOKEN, base_url=f"{server.url}/bot", request=request, get_updates_request=request)
            yield Office(telegram, TelegramChannel(bot), an)
    finally:
        await server.close()


@pytest.fixture(autouse=True)
def _seconds_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with opened(Telegram(Clock()), Timeouts(read=0.5)) as office:
        yield office


async def test_a_message_is_sent_edited_and_taken_away(office: Office) -> None:
    chat = office.chat.id
    parcel = Parcel(Op.SEND, chat, "<b>Đã nhận</b> &lt;1&gt;", buttons=((Button("Nhận xử lý", press="c:1"),),))
    sent = await office.channel.deliver(parcel)
    assert isinstance(sent, Sent)
    (message,) = (message for message in office.telegram.messages(chat) if message.by_bot)
    assert (message.id, message.text, message.buttons) == (sent.message_id, "Đã nhận <1>", [["Nhận xử lý"]])

    edit = Parcel(Op.EDIT, chat, "Đã xong", target=sent.message_id)
    assert await office.channel.deliver(edit) == sent
    assert office.seen() == ["Đã xong"]
    assert office.telegram.messages(chat)[-1].buttons == []
    assert await office.channel.deliver(edit) == Sent(), "not modified is what was wanted"

    delete = Parcel(Op.DELETE, chat, target=sent.message_id)
    assert await office.channel.deliver(delete) == Sent()
    assert office.seen() == []
    assert await office.channel.deliver(delete) == Sent(), "gone is gone"
    gone = await office.channel.deliver(edit)
    assert isinstance(gone, Gone)
    assert gone.reason == Refused.NO_MESSAGE


async def test_a_picture_keeps_its_bytes_and_its_caption_can_be_edited(office: Office) -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(64)
    parcel = Parcel(Op.SEND, office.chat.id, "Thẻ", picture=Picture(png, "the.png"))
    sent = await office.channel.deliver(parcel)
    assert isinstance(sent, Sent)
    assert office.telegram.messages(office.chat)[-1].photo == png
    await office.channel.deliver(replace(parcel, op=Op.EDIT, html="Thẻ mới", target=sent.message_id))
    assert office.telegram.messages(office.chat)[-1].wire()["caption"] == "Thẻ mới"


async def test_an_answer_reaches_the_person_even_if_the_question_was_deleted(office: Office) -> None:
    question = office.telegram.says(office.an, office.chat, "Xin giúp")
    office.telegram.deletes(office.an, question)
    assert isinstance(
        await office.channel.deliver(Parcel(Op.SEND, office.chat.id, "Vâng", replies_to=question.id)), Sent
    )
    assert office.seen() == ["Vâng"]


async def test_a_person_who_blocks_the_bot_is_told_from_a_chat_that_never_was(office: Office) -> None:
    office.telegram.blocks(office.an)
    blocked = await office.channel.deliver(Parcel(Op.SEND, office.chat.id, "a"))
    unknown = await office.channel.deliver(Parcel(Op.SEND, 424242, "a"))
    assert [outcome.reason for outcome in (blocked, unknown) if isinstance(outcome, Gone)] == [
        Refused.BLOCKED,
        Refused.NO_CHAT,
    ]


async def test_a_group_that_moved_says_where_it_is_now(office: Office) -> None:
    team = office.telegram.group("Đội", members=[office.an], type="group")
    parcel = Parcel(Op.SEND, team.id, "a")
    moved_to = office.telegram.migrates(team, told_first="error")
    assert await office.channel.deliver(parcel) == Moved(moved_to.id)


@pytest.mark.parametrize(
    ("kind", "kind_of_outcome", "arrived"),
    [
        ("drop_before", Unsure, 0),
        ("drop_after", Unsure, 1),
        ("500", Unsure, None),
        ("502", Unsure, 0),
        ("garbage", Unsure, None),
        ("unreachable", Unsure, 0),
        ("404html", Later, 0),
        ("429", Later, 0),
        ("401", Gone, 0),
    ],
)
async def test_a_fault_becomes_the_outcome_that_is_true_of_it(
    office: Office, kind: str, kind_of_outcome: type[Outcome], arrived: int | None
) -> None:
    office.telegram.fails(kind)
    assert isinstance(await office.channel.deliver(Parcel(Op.SEND, office.chat.id, "a")), kind_of_outcome)
    assert arrived is None or len(office.seen()) == arrived
    office.telegram.heals()
    assert await office.sends("b")


async def test_an_answer_that_comes_too_late_leaves_the_message_in_doubt(office: Office) -> None:
    office.telegram.fails("delay", seconds=30)
    assert isinstance(await office.channel.deliver(Parcel(Op.SEND, office.chat.id, "a")), Unsure)


async def test_whoever_keeps_our_pace_never_meets_telegrams_limits() -> None:
    """Four groups and sixty people want more than they may have, and everything is asked for as early as allowed."""
    limits = Limits(group_seconds=6.0)
    clock = Clock(speed=8)
    telegram = Telegram(clock, limits)
    async with opened(telegram) as office:
        groups = [telegram.group(f"Đội {n}", members=[office.an]).id for n in range(4)]
        people = [telegram.person(f"Người {n}") for n in range(60)]
        for person in people:
            telegram.starts(person)
        chats = groups * 40 + [telegram.private(person).id for person in people[:10]] * 12
        await Sender(office.channel, Pace(limits, clock.ticks), clock).empties(
            chats + [telegram.private(person).id for person in people] * 2
        )
        assert sum(call.status == 200 for call in telegram.calls) == 400
        assert telegram.floods == 0


@dataclass
class Sender:
    """The least that a dispatcher does: takes what may go, lets it fly, wakes when something lands or gets free."""

    channel: TelegramChannel
    pace: Pace
    clock: Clock

    async def empties(self, chats: list[int]) -> None:
        flying: set[asyncio.Task[None]] = set()
        async with asyncio.timeout(60):
            while chats or flying:
                for chat in self._may_go(chats):
                    chats.remove(chat)
                    self.pace.take(chat, Lane.ANSWER)
                    flying.add(asyncio.create_task(self._flies(chat)))
                await self._wakes(flying)
                flying = {task for task in flying if not task.done()}

    def _may_go(self, chats: list[int]) -> list[int]:
        """One to each chat: who takes more must ask again."""
        blocked = self.pace.blocked()
        return [chat for chat in dict.fromkeys(chats) if chat not in blocked][: self.pace.room(Lane.ANSWER)]

    async def _flies(self, chat: int) -> None:
        outcome = await self.channel.deliver(Parcel(Op.SEND, chat, "a"))
        self.pace.landed(chat, Lane.ANSWER)
        assert isinstance(outcome, Sent)

    async def _wakes(self, flying: set[asyncio.Task[None]]) -> None:
        change = self.pace.next_change()
        wait = None if change is None else max(0.0, change - self.clock.ticks()) / self.clock.speed
        if flying:
            await asyncio.wait(flying, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
        elif wait is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.Event().wait(), wait)
