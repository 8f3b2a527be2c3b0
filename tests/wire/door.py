"""Servers of a few lines that stand where Telegram or a proxy would, and behave or misbehave as they are told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from telegram import Bot

from bot.domain.sending import Op, Parcel
from handlers.channel import TelegramChannel
from handlers.http import AiohttpRequest, Timeouts

TOKEN = "100000:keep-me-out-of-errors"
QUICK = Timeouts(read=0.2, write=0.2, connect=0.5, pool=0.05, media_read=1, media_write=1)
MESSAGE = {"message_id": 77, "date": 1_800_000_000, "chat": {"id": 5, "type": "private"}, "text": "a"}
SEND = Parcel(Op.SEND, 5, "a")
EDIT = Parcel(Op.EDIT, 5, "a", target=77)
DELETE = Parcel(Op.DELETE, 5, target=77)
REACT = Parcel(Op.REACT, 5, target=77, reaction="👍")


def ok(result: object) -> tuple[int, bytes]:
    return 200, json.dumps({"ok": True, "result": result}).encode()


def no(status: int, sentence: str, **parameters: object) -> tuple[int, bytes]:
    answer: dict[str, object] = {"ok": False, "error_code": status, "description": sentence}
    if parameters:
        answer["parameters"] = parameters
    return status, json.dumps(answer).encode()


@dataclass
class Asked:
    method: str
    fields: dict[str, Any]
    files: dict[str, tuple[str, bytes]]


@dataclass
class Door:
    """Stands where Telegram would and gives the answers laid ready, the last one for ever."""

    answers: list[tuple[int, bytes]] = field(default_factory=lambda: [ok(MESSAGE)])
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    async def opens(self, request: web.Request) -> web.Response:
        fields: dict[str, Any] = dict(request.query)
        files: dict[str, tuple[str, bytes]] = {}
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                files[name] = (value.filename, value.file.read())
            elif isinstance(value, str):
                fields[name] = value
        self.asked.append(Asked(request.path.rsplit("/", 1)[-1], fields, files))
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return web.Response(status=status, body=body, headers={"Location": "/elsewhere"} if status == 302 else {})


@asynccontextmanager
async def open_door(door: Door) -> AsyncIterator[Door]:
    app = web.Application(client_max_size=20 * 2**20)
    app.router.add_route("*", "/{path:.*}", door.opens)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    door.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield door
    finally:
        await runner.cleanup()


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def open_socket(talk: Talk) -> AsyncIterator[str]:
    """A server that does with each connection what `talk` says and then hangs up."""

    async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the other side hung up first
        finally:
            writer.close()

    server = await asyncio.start_server(hangs_up, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def channel_to(stack: AsyncExitStack, url: str, proxy: str | None = None) -> TelegramChannel:
    request = await stack.enter_async_context(AiohttpRequest(proxy=proxy, timeouts=QUICK))
    return TelegramChannel(Bot(TOKEN, base_url=f"{url}/bot", request=request, get_updates_request=request))


async def reads_a_request(reader: asyncio.StreamReader) -> None:
    await reader.readuntil(b"\r\n\r\n")


async def hangs_up_at_once(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Nothing to do: the server hangs up when we return."""


async def reads_and_hangs_up(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reads_a_request(reader)


async def reads_and_is_silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()  # until the other side hangs up


async def answers_half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reads_a_request(reader)
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"ok": tr')
    await writer.drain()


async def answers_nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reads_a_request(reader)
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    await writer.drain()


BROKEN_LINES: list[Talk] = [hangs_up_at_once, reads_and_hangs_up, reads_and_is_silent, answers_half, answers_nonsense]


async def closed_port() -> str:
    """An address where nobody listens: a server that has just gone."""
    async with open_socket(hangs_up_at_once) as address:
        return address
