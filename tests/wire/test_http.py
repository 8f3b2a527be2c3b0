"""What a broken line, a block page or a proxy does to a request, and that no error shows the token."""

from __future__ import annotations

import asyncio
import traceback
from contextlib import AsyncExitStack

import pytest
from telegram.error import NetworkError, TelegramError

from bot.domain.sending import Later, Unsure
from handlers.http import AiohttpRequest, Foreign, MaybeSent, NotSent
from tests.wire.door import (
    BROKEN_LINES,
    DELETE,
    EDIT,
    MESSAGE,
    QUICK,
    REACT,
    SEND,
    TOKEN,
    Door,
    Talk,
    channel_to,
    closed_port,
    ok,
    open_socket,
    reads_a_request,
    reads_and_is_silent,
)

# The line -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("talk", BROKEN_LINES)
async def test_a_line_that_breaks_after_it_stood_leaves_a_message_in_doubt(stack: AsyncExitStack, talk: Talk) -> None:
    address = await stack.enter_async_context(open_socket(talk))
    channel = await channel_to(stack, f"http://{address}")
    assert isinstance(await channel.deliver(SEND), Unsure)
    for parcel in (EDIT, DELETE, REACT):
        assert isinstance(await channel.deliver(parcel), Later)


async def refuses_the_proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reads_a_request(reader)
    writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()


async def is_a_socks_proxy_that_cannot_connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readexactly(3)
    writer.write(b"\x05\x00")
    await reader.read(300)
    writer.write(b"\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00")
    await writer.drain()


async def test_a_message_that_never_left_is_sent_again_soon(door: Door, stack: AsyncExitStack) -> None:
    closed = await closed_port()
    plain = door.url.removeprefix("http://")
    refusing = await stack.enter_async_context(open_socket(refuses_the_proxy))
    unable = await stack.enter_async_context(open_socket(is_a_socks_proxy_that_cannot_connect))
    silent = await stack.enter_async_context(open_socket(reads_and_is_silent))
    for url, proxy in (
        (f"http://{closed}", None),
        (f"https://{plain}", None),  # no TLS there
        (f"https://{silent}", None),  # nor ever
        (f"ftp://{plain}", None),
        (door.url, f"http://{closed}"),
        (door.url, f"socks5://{closed}"),
        (door.url, f"http://{refusing}"),
        (f"https://{plain}", f"http://{refusing}"),
        (door.url, f"socks5h://{unable}"),
        (door.url, f"socks5://{silent}"),
    ):
        channel = await channel_to(stack, url, proxy)
        outcome = await channel.deliver(SEND)
        assert isinstance(outcome, Later), (url, proxy, outcome)
        assert outcome.seconds <= 5
        assert not outcome.flood
    assert door.asked == []


async def test_who_waits_for_a_free_connection_too_long_has_sent_nothing(stack: AsyncExitStack) -> None:
    address = await stack.enter_async_context(open_socket(reads_and_is_silent))
    request = await stack.enter_async_context(AiohttpRequest(connection_pool_size=1, timeouts=QUICK))
    first, second = await asyncio.gather(
        *(request.post(f"http://{address}/getMe") for _ in range(2)), return_exceptions=True
    )
    assert isinstance(first, MaybeSent)
    assert isinstance(second, NotSent)


async def test_a_backend_that_was_never_or_is_no_longer_open_has_sent_nothing(door: Door) -> None:
    request = AiohttpRequest()
    with pytest.raises(NotSent):
        await request.post(door.url)
    async with request:
        assert await request.post(f"{door.url}/getMe") == MESSAGE
    with pytest.raises(NotSent):
        await request.post(door.url)


async def test_a_backend_can_be_opened_again(door: Door) -> None:
    request = AiohttpRequest()
    for _ in range(2):
        async with request:
            assert await request.post(f"{door.url}/getMe") == MESSAGE


@pytest.mark.parametrize("talk", BROKEN_LINES)
async def test_no_error_of_the_line_shows_the_token(
    stack: AsyncExitStack, talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    address = await stack.enter_async_context(open_socket(talk))
    request = await stack.enter_async_context(AiohttpRequest(timeouts=QUICK))
    for url in (f"http://{address}", f"https://{address}", f"nothing://{address}", "http://[::1:/", "http://"):
        with pytest.raises(NetworkError) as raised:
            await request.post(f"{url}/bot{TOKEN}/getMe")
        shown = "".join(traceback.format_exception(raised.value)) + repr(raised.value.__dict__) + caplog.text
        assert TOKEN not in shown
        assert raised.value.__cause__ is None
        assert raised.value.__suppress_context__


async def test_a_page_that_echoes_the_address_is_not_quoted(
    door: Door, stack: AsyncExitStack, caplog: pytest.LogCaptureFixture
) -> None:
    request = await stack.enter_async_context(AiohttpRequest())
    for status in (200, 404, 502):
        door.answers = [(status, f"<html>/bot{TOKEN}/getMe is blocked</html>".encode())]
        with pytest.raises(Foreign) as raised:
            await request.post(f"{door.url}/bot{TOKEN}/getMe")
        assert raised.value.status == status
        assert TOKEN not in str(raised.value) + caplog.text


# Long polls

# Long polls and little calls ------------------------------------------------------------------------------------------


async def test_a_long_poll_gives_plain_values_and_may_take_its_time(door: Door) -> None:
    door.answers = [ok([{"update_id": 1, "something": {"quite": "new"}}])]
    async with AiohttpRequest(timeouts=QUICK) as request:
        updates = await request.call(
            f"{door.url}/getUpdates", {"offset": 7, "timeout": 25, "allowed_updates": ["message"]}, read_timeout=30
        )
    assert updates == [{"update_id": 1, "something": {"quite": "new"}}]
    assert door.asked[0].fields == {"offset": "7", "timeout": "25", "allowed_updates": '["message"]'}


async def answers_in_drops(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Never silent long enough for the read timeout, never done either."""
    await reads_a_request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n")
    for _ in range(100):
        writer.write(b" ")
        await writer.drain()
        try:
            await asyncio.wait_for(reader.read(1), 0.05)
        except TimeoutError:
            continue
        return


async def test_an_answer_in_drops_does_not_hold_us_for_ever(stack: AsyncExitStack) -> None:
    address = await stack.enter_async_context(open_socket(answers_in_drops))
    async with AiohttpRequest(timeouts=QUICK) as request, asyncio.timeout(4):
        with pytest.raises(MaybeSent):
            await request.post(f"http://{address}/getMe")


async def test_a_delivery_that_is_called_off_is_called_off(stack: AsyncExitStack) -> None:
    reached = asyncio.Event()

    async def waits(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reads_a_request(reader)
        reached.set()
        await reader.read()

    address = await stack.enter_async_context(open_socket(waits))
    channel = await channel_to(stack, f"http://{address}")
    delivery = asyncio.ensure_future(channel.deliver(SEND))
    await asyncio.wait_for(reached.wait(), 5)
    delivery.cancel()
    with pytest.raises(asyncio.CancelledError):
        await delivery


def test_every_error_of_the_backend_is_an_error_of_telegram() -> None:
    assert all(issubclass(kind, TelegramError) for kind in (NotSent, MaybeSent, Foreign))
