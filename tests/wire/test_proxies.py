"""Proxies: which are accepted, and what they get to see."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest

from handlers.http import AiohttpRequest, check_proxy
from tests.wire.door import (
    MESSAGE,
    Door,
    closed_port,
    open_socket,
)

# Proxies --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["http", "https", "socks4", "socks5", "socks5h"])
def test_a_usable_proxy_is_accepted_as_it_is(scheme: str) -> None:
    assert check_proxy(f"{scheme}://a:b@127.0.0.1:1080") == f"{scheme}://a:b@127.0.0.1:1080"


@pytest.mark.parametrize(
    "url",
    ["ftp://u:secret@h:1", "socks://u:secret@h:1", "u:secret@h", "", "socks5://u:secret@h", "http://u:secret@h:x"],
)
def test_an_unusable_proxy_is_refused_without_showing_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="a proxy address") as raised:
        AiohttpRequest(proxy=url) if url else check_proxy(url)
    assert "secret" not in str(raised.value)


async def test_the_environment_does_not_choose_a_proxy(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://{await closed_port()}")
    async with AiohttpRequest() as request:
        assert await request.post(f"{door.url}/getMe") == MESSAGE


@dataclass
class SocksProxy:
    """Leads every caller to `port` on this machine and remembers the name that was asked for and who asked."""

    port: int
    names: list[bytes] = field(default_factory=list)
    credentials: list[bytes] = field(default_factory=list)

    async def leads(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        writer.write(b"\x05\x02")
        user = await reader.readexactly((await reader.readexactly(2))[1])
        password = await reader.readexactly((await reader.readexactly(1))[0])
        self.credentials.append(user + b":" + password)
        writer.write(b"\x01\x00")
        length = (await reader.readexactly(5))[4]
        self.names.append(await reader.readexactly(length))
        await reader.readexactly(2)
        writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            await asyncio.gather(_pours(reader, far_writer), _pours(far_reader, writer))
        finally:
            far_writer.close()


async def _pours(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while data := await source.read(65536):
        sink.write(data)
        await sink.drain()
    sink.close()


async def test_a_socks_proxy_finds_the_name_at_its_own_end(door: Door, stack: AsyncExitStack) -> None:
    proxy = SocksProxy(int(door.url.rsplit(":", 1)[1]))
    address = await stack.enter_async_context(open_socket(proxy.leads))
    request = await stack.enter_async_context(AiohttpRequest(proxy=f"socks5://an:a%40b@{address}"))
    assert await request.post("http://api.telegram.invalid/getMe") == MESSAGE
    assert proxy.names == [b"api.telegram.invalid"]
    assert proxy.credentials == [b"an:a@b"]
    await request.shutdown()


async def test_an_http_proxy_is_asked_for_the_whole_address(door: Door, stack: AsyncExitStack) -> None:
    request = await stack.enter_async_context(AiohttpRequest(proxy=door.url.replace("http://", "http://an:bi@")))
    assert await request.post("http://api.telegram.invalid/getMe") == MESSAGE
