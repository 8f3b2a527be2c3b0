"""A playground with a few people and groups, and a plain HTTP client that speaks to it as a bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.playground.chats import Chat, User
from bot.playground.clock import Clock
from bot.playground.server import Server, serve
from bot.playground.telegram import Telegram

TOKEN = "100000:playground"
Json = dict[str, Any]


class Api:
    """The Bot API as a bot without any library sees it."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url
        self.bot = f"{url}/bot{TOKEN}"

    async def asked(self, method: str, **params: Any) -> tuple[int, Json]:
        """HTTP status and body."""
        async with self.session.post(f"{self.bot}/{method}", json=params) as answer:
            return answer.status, await answer.json()

    async def ok(self, method: str, **params: Any) -> Any:
        """The result; the call must succeed."""
        status, body = await self.asked(method, **params)
        assert (status, body["ok"]) == (200, True), body
        return body["result"]

    async def no(self, method: str, **params: Any) -> str:
        """The description of a refusal; status and error_code must agree."""
        status, body = await self.asked(method, **params)
        assert body["ok"] is False, body
        assert body["error_code"] == status
        return str(body["description"])

    async def updates(self, **params: Any) -> list[Json]:
        found: list[Json] = await self.ok("getUpdates", **params)
        return found


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def telegram(clock: Clock) -> Telegram:
    telegram = Telegram(clock)
    telegram.bot(TOKEN, "Ứng cứu", "ungcuu_demo_bot")
    return telegram


@pytest.fixture
async def server(telegram: Telegram) -> AsyncIterator[Server]:
    server = await serve(telegram, page=True)
    yield server
    await server.close()


@pytest.fixture
async def api(server: Server) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as session:
        yield Api(session, server.url)


@pytest.fixture
def anna(telegram: Telegram) -> User:
    """A citizen who has started the bot; its update is confirmed."""
    anna = telegram.person("Nguyễn Thị An", username="nguyenthian")
    telegram.starts(anna)
    telegram.updates.clear()
    return anna


@pytest.fixture
def binh(telegram: Telegram) -> User:
    """A responder who never wrote to the bot in private."""
    return telegram.person("Trần Văn Bình")


@pytest.fixture
def team(telegram: Telegram, binh: User) -> Chat:
    return telegram.group("Đội ứng cứu", admins=[binh])
