"""What goes wrong on purpose, and whether Telegram had acted by then."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from bot.playground.chats import Chat, User
from bot.playground.telegram import Telegram
from tests.playground.conftest import Api


async def _sent(api: Api, chat: int) -> int:
    """The HTTP status of one message sent, 0 where the connection broke."""
    try:
        async with api.session.post(f"{api.bot}/sendMessage", data={"chat_id": chat, "text": "x"}) as answer:
            await answer.read()
            return answer.status
    except aiohttp.ClientConnectionError:
        return 0


def _delivered(telegram: Telegram, who: User) -> int:
    return sum(message.by_bot for message in telegram.messages(who))


@pytest.mark.parametrize(
    ("kind", "options", "status", "delivered"),
    [
        ("429", {"retry_after": 7}, 429, 0),
        ("500", {}, 500, 0),
        ("500", {"applied": True}, 500, 1),
        ("502", {}, 502, 0),
        ("401", {}, 401, 0),
        ("404html", {}, 404, 0),
        ("garbage", {}, 200, 0),
        ("drop_before", {}, 0, 0),
        ("drop_after", {}, 0, 1),
        ("delay", {"seconds": 0.01}, 200, 1),
    ],
)
async def test_each_fault_strikes_once_as_it_says(
    api: Api, telegram: Telegram, anna: User, kind: str, options: dict[str, Any], status: int, delivered: int
) -> None:
    telegram.fails(kind, **options)
    assert (await _sent(api, anna.id), _delivered(telegram, anna)) == (status, delivered)
    assert telegram.calls[-1].status == status
    assert (await _sent(api, anna.id), _delivered(telegram, anna)) == (200, delivered + 1)
    assert telegram.floods == 0


async def test_a_flood_fault_says_how_long(api: Api, telegram: Telegram, anna: User) -> None:
    telegram.fails("429", retry_after=7)
    status, body = await api.asked("sendMessage", chat_id=anna.id, text="x")
    assert (status, body["parameters"]) == (429, {"retry_after": 7})


async def test_pages_of_proxies_are_no_json(api: Api, telegram: Telegram) -> None:
    for kind in ("502", "404html", "garbage"):
        telegram.fails(kind)
        async with api.session.get(f"{api.bot}/getMe") as answer:
            assert answer.content_type == "text/html"


async def test_a_fault_may_be_for_one_method_one_chat_and_several_times(
    api: Api, telegram: Telegram, anna: User, team: Chat
) -> None:
    telegram.fails("500", method="sendMessage", chat=team, times=2)
    await api.ok("getChat", chat_id=team.id)
    assert [await _sent(api, chat) for chat in (anna.id, team.id, team.id, team.id)] == [200, 500, 500, 200]


async def test_polls_are_spared_unless_they_are_meant(api: Api, telegram: Telegram) -> None:
    telegram.fails("502")
    await api.updates()
    telegram.fails("502", method="getUpdates")
    async with api.session.get(f"{api.bot}/getUpdates") as answer:
        assert answer.status == 502


async def test_unreachable_lasts_until_it_is_healed_and_breaks_waiting_polls(
    api: Api, telegram: Telegram, anna: User
) -> None:
    poll = asyncio.create_task(api.updates(timeout=50))
    await telegram.until(lambda: telegram.updates.polling)
    telegram.fails("unreachable")
    telegram.says(anna, anna, "Chào")
    with pytest.raises(aiohttp.ClientConnectionError):
        await poll
    assert [await _sent(api, anna.id) for _ in range(3)] == [0, 0, 0]
    telegram.heals()
    assert await _sent(api, anna.id) == 200
    assert len(await api.updates()) == 1


async def test_a_download_breaks_too(api: Api, telegram: Telegram, anna: User) -> None:
    sent = telegram.sends_document(anna, anna, "log.txt", b"x").file
    assert sent is not None
    address = f"{api.url}/file/{api.bot.rpartition('/')[2]}/{sent.path}"
    telegram.fails("500", method="file")
    async with api.session.get(address) as answer:
        assert answer.status == 500
    telegram.fails("drop_before", method="file", times=2)  # a client repeats a GET once by itself
    with pytest.raises(aiohttp.ClientConnectionError):
        await api.session.get(address)


def test_an_unknown_fault_is_refused(telegram: Telegram) -> None:
    with pytest.raises(ValueError, match="no such fault: earthquake"):
        telegram.fails("earthquake")
