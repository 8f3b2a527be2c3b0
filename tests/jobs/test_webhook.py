"""Webhook: what is no update is refused and counted, what is one is stored before Telegram may forget it."""

from __future__ import annotations

import io
import json
import random
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from bot.config import Settings
from bot.web import LARGEST_UPDATE, SECRET_HEADER, webhook_secret
from tests.conftest import Stage
from tests.jobs.citizens import Citizen
from tests.jobs.ledger import Ledger
from tests.jobs.process import health, start, started
from tests.jobs.records import becomes, number, rests, shows
from tests.people import Team

PATH = "/telegram/hook"
STORED = "SELECT count(*) FROM inbox"


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@dataclass
class Hooked(Stage):
    """A stage whose bot listens where its webhook says."""

    port: int = field(default_factory=free_port)

    def settings(self) -> Settings:
        return super().settings().model_copy(update={"listen": f"127.0.0.1:{self.port}"})


@pytest.fixture
async def hooked(stage: Stage) -> AsyncIterator[Stage]:
    """The bot behind a webhook, which the playground delivers to."""
    one = Hooked(stage.telegram, stage.server, stage.folder, stage.judge)
    one.webhook_url = f"http://127.0.0.1:{one.port}{PATH}"
    await one.start()
    await shows(one, telegram="connected")
    yield one
    await one.stop()


@pytest.fixture
async def team_of_hook(hooked: Stage) -> Team:
    return await hooked.team()


@pytest.fixture
async def line() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def secret_of(stage: Stage) -> dict[str, str]:
    return {SECRET_HEADER: webhook_secret(stage.settings())}


def update(number: int, text: str, user: int = 700_000_009) -> dict[str, Any]:
    person = {"id": user, "is_bot": False, "first_name": "Người"}
    chat = {"id": user, "type": "private", "first_name": "Người"}
    entities = [{"type": "bot_command", "offset": 0, "length": len(text)}] if text.startswith("/") else []
    body = {"message_id": number, "date": 1, "chat": chat, "from": person, "text": text, "entities": entities}
    return {"update_id": number, "message": body}


async def post(stage: Stage, line: aiohttp.ClientSession, body: bytes, headers: dict[str, str] | None = None) -> int:
    told = secret_of(stage) if headers is None else headers
    assert stage.webhook_url is not None
    async with line.post(stage.webhook_url, data=io.BytesIO(body), headers=told) as answer:
        return answer.status


async def test_a_report_comes_in_by_webhook_and_reaches_the_team(hooked: Stage, team_of_hook: Team) -> None:
    citizen = Citizen(hooked.person("Nguyễn Thị Mận"), random.Random(5))
    report = await citizen.files()
    await team_of_hook.sees(report.code)
    await rests(hooked)
    assert not [call for call in hooked.telegram.calls if call.method == "getUpdates"]
    assert hooked.telegram.updates.pending == 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {SECRET_HEADER: ""},
        {SECRET_HEADER: "guessed"},
        {SECRET_HEADER: "0" * 64},
        {SECRET_HEADER: "mật khẩu"},
        {"Authorization": "Bearer 100000:playground"},
    ],
)
async def test_without_the_secret_nothing_comes_in(
    hooked: Stage, line: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    body = json.dumps(update(1, "/start")).encode()
    assert await post(hooked, line, body, headers) == 403
    assert await number(hooked, STORED) == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe\x00", 400),
        (b"null", 400),
        (b"17", 400),
        (b"[]", 400),
        (b"{}", 400),
        (b'{"update_id": "1"}', 400),
        (b'{"update_id": true}', 400),
        (b'{"update_id": 1.5}', 400),
        (b'{"update_id": null, "message": {}}', 400),
        (b'{"update_id": 99999999999999999999999}', 400),
        (b'{"update_id": ' + b"9" * 5000 + b"}", 400),
        (b"[" * 100_000, 400),
        (b'{"update_id": 1, "message": ' + b'{"a":' * 3000 + b"1" + b"}" * 3001, 400),
        (b'{"update_id": 1, "x": "' + b"a" * LARGEST_UPDATE + b'"}', 413),
    ],
)
async def test_what_is_no_update_is_refused_and_counted(
    hooked: Stage, line: aiohttp.ClientSession, body: bytes, status: int
) -> None:
    assert await post(hooked, line, body) == status
    assert await number(hooked, STORED) == 0
    assert (await health(hooked.bot.port))["malformed_updates"] == 1
    assert (await health(hooked.bot.port))["status"] == "ok"


async def test_nothing_but_the_hook_takes_updates(hooked: Stage, line: aiohttp.ClientSession) -> None:
    base = f"http://127.0.0.1:{hooked.bot.port}"
    for path in ("/", "/healthz", "/telegram", PATH + "/x", "/100000:playground"):
        async with line.post(base + path, json=update(1, "/start"), headers=secret_of(hooked)) as answer:
            assert answer.status in (404, 405)
    async with line.get(base + PATH, headers=secret_of(hooked)) as answer:
        assert answer.status == 405
    assert await number(hooked, STORED) == 0


async def test_an_update_that_comes_again_is_stored_once(hooked: Stage, line: aiohttp.ClientSession) -> None:
    person = hooked.person("Nguyễn Thị Mận", 700_000_009)
    person.user.started = True
    body = json.dumps(update(77, "/trogiup")).encode()
    assert [await post(hooked, line, body) for _ in range(5)] == [200] * 5
    await rests(hooked)
    assert await post(hooked, line, body) == 200
    await rests(hooked)
    assert await number(hooked, STORED) == 1
    assert len(person.messages) == 1


async def test_after_the_answer_the_update_survives_everything(stage: Stage, line: aiohttp.ClientSession) -> None:
    """Killed right after each 200, before anything can have been done: after the next start everything is done."""
    person = stage.person("Nguyễn Thị Mận", 700_000_009)
    person.user.started = True
    port = free_port()
    url = f"http://127.0.0.1:{port}{PATH}"
    hook = ("--listen", f"127.0.0.1:{port}", "--webhook", url)
    for number_ in range(1, 4):
        bot = await start(stage.server.url, stage.folder, *hook)
        try:
            await bot.is_ready()
            body = json.dumps(update(number_, f"/trogiup {number_}")).encode()
            async with line.post(url, data=body, headers=secret_of(stage)) as answer:
                assert answer.status == 200
        finally:
            await bot.killed()
    ledger = Ledger(stage.folder / "demo.db")
    assert ledger.number(STORED) == 3
    async with started(stage.server.url, stage.folder, *hook):
        await stage.telegram.until(lambda: len(person.messages) >= 3, 20)
    assert ledger.number("SELECT count(*) FROM inbox WHERE state = 'done'") == 3


async def test_while_nothing_can_be_stored_telegram_keeps_it(hooked: Stage, line: aiohttp.ClientSession) -> None:
    """Somebody holds the database: 503, and the update comes again when it is free."""
    citizen = Citizen(hooked.person("Nguyễn Thị Mận"), random.Random(5))
    ledger = Ledger(hooked.folder / "bot.db")
    async with ledger.held():
        await citizen.person.says("/baosuco")
        await hooked.telegram.until(lambda: hooked.telegram.updates.webhook.last_error, 20)  # type: ignore[union-attr]
    hook = hooked.telegram.updates.webhook
    assert hook is not None
    assert hook.last_error == "Wrong response from the webhook: 503 Service Unavailable"
    assert await citizen.files()


def test_the_secret_tells_nothing_of_the_token(tmp_path: Any) -> None:
    one, other = (Settings(token=f"100000:{name}", data=tmp_path) for name in ("playground", "other"))
    assert webhook_secret(one) != webhook_secret(other)
    assert "playground" not in webhook_secret(one)
    assert 1 <= len(webhook_secret(one)) <= 256


async def test_the_hook_is_told_to_telegram_with_its_secret(hooked: Stage) -> None:
    hook = hooked.telegram.updates.webhook
    assert hook is not None
    assert (hook.url, hook.secret) == (hooked.webhook_url, webhook_secret(hooked.settings()))
    await becomes(hooked, 0, STORED)
