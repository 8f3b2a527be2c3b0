"""Telegram's rates: overall, for a person, for a group; measured in ticks that a test may run faster."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp

from bot.playground.clock import Clock
from bot.playground.errors import Refused
from bot.playground.limits import Limiter
from bot.playground.server import serve
from bot.playground.telegram import Telegram
from tests.playground.conftest import TOKEN


@dataclass(frozen=True)
class Bucket:
    per_second: float
    burst: int


@dataclass(frozen=True)
class Rates:
    overall: Bucket = Bucket(30, 30)
    private: Bucket = Bucket(1, 5)
    group_count: int = 20
    group_seconds: float = 60.0


class StillClock(Clock):
    """Ticks only when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.at = 0.0

    def ticks(self) -> float:
        return self.at


class Meter:
    """A limiter and how many calls it lets through."""

    def __init__(self) -> None:
        self.clock = StillClock()
        self.limiter = Limiter(self.clock, Rates())
        self.retry_after = 0

    def taken(self, times: int, chat: int, method: str = "sendMessage") -> int:
        return sum(self._taken(chat, method) for _ in range(times))

    def _taken(self, chat: int, method: str) -> bool:
        try:
            self.limiter.admit(method, chat)
        except Refused as no:
            self.retry_after = no.parameters["retry_after"]
            return False
        return True


def test_a_person_gets_five_at_once_and_then_one_a_second() -> None:
    meter = Meter()
    assert meter.taken(8, chat=1) == 5
    assert (meter.retry_after, meter.limiter.floods) == (1, 3)
    meter.clock.at += 1
    assert meter.taken(2, chat=1) == 1
    meter.clock.at += 100
    assert meter.taken(8, chat=1) == 5


def test_a_group_gets_twenty_in_any_minute() -> None:
    meter = Meter()
    for _ in range(20):
        assert meter.taken(1, chat=-1) == 1
        meter.clock.at += 1
    assert meter.taken(1, chat=-1) == 0
    assert meter.retry_after == 40
    meter.clock.at += 40
    assert meter.taken(2, chat=-1) == 1


def test_all_chats_together_get_thirty_a_second() -> None:
    meter = Meter()
    assert sum(meter.taken(1, chat) for chat in range(1, 60)) == 30
    meter.clock.at += 1
    assert sum(meter.taken(1, chat) for chat in range(100, 160)) == 30


def test_edits_count_and_what_leaves_no_message_does_not() -> None:
    meter = Meter()
    assert meter.taken(6, chat=1, method="editMessageText") == 5
    assert meter.taken(50, chat=1, method="sendChatAction") == 50
    assert meter.taken(50, chat=1, method="deleteMessage") == 50


def test_what_was_refused_does_not_count() -> None:
    meter = Meter()
    assert meter.taken(500, chat=1) == 5
    meter.clock.at += 1
    assert meter.taken(1, chat=1) == 1


async def test_a_flood_is_answered_with_429_and_the_seconds_to_wait() -> None:
    telegram = Telegram(StillClock(), Rates())
    telegram.bot(TOKEN)
    anna = telegram.person("An")
    telegram.starts(anna)
    server = await serve(telegram)
    async with aiohttp.ClientSession() as session:
        for expected in [200] * 5 + [429]:
            form = {"chat_id": str(anna.id), "text": "x"}
            async with session.post(f"{server.url}/bot{TOKEN}/sendMessage", data=form) as answer:
                assert answer.status == expected
                body = await answer.json()
    await server.close()
    assert body["description"] == "Too Many Requests: retry after 1"
    assert body["parameters"] == {"retry_after": 1}
    assert telegram.floods == 1


def test_without_limits_nothing_is_counted() -> None:
    limiter = Limiter(StillClock(), None)
    for _ in range(1000):
        limiter.admit("sendMessage", 1)
    assert limiter.floods == 0
