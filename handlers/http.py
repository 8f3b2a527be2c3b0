"""Requests to the Bot API over aiohttp; an error says whether Telegram can have seen the request, never the address."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

import aiohttp
from aiohttp_socks import ProxyConnector, ProxyType
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, RetryAfter
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import RequestParameter

# Shorter than Telegram's own, so that we never write into a connection that the server is closing.
KEEPALIVE_SECONDS = 15.0
# A 429 without `retry_after` (Telegram's front servers do that) still means: not now.
FLOOD_SECONDS = 5
# Statuses that PTB tells apart; every other 4xx of the Bot API is a refusal like 400.
KNOWN_REFUSALS = frozenset({400, 401, 403, 404, 409, 429})

TUNNELS = {
    "http": None,
    "https": None,
    "socks4": ProxyType.SOCKS4,
    "socks5": ProxyType.SOCKS5,
    "socks5h": ProxyType.SOCKS5,
}


class NotSent(NetworkError):
    """The request never left: no connection, no name, no TLS, no proxy, no free place. Safe to send again."""


class MaybeSent(NetworkError):
    """The line broke after a connection stood: Telegram may have acted or not."""


class Foreign(NetworkError):
    """What answered with `status` did not speak Bot API: a block page, a gateway, a captive portal."""

    def __init__(self, status: int) -> None:
        super().__init__(f"not a Bot API answer, status {status}")
        self.status = status


def check_proxy(url: str) -> str:
    """Give `url` back if it is a proxy that we can use; else ValueError, which shows no password."""
    parts = urlsplit(url)
    if parts.scheme not in TUNNELS:
        raise ValueError(f"a proxy address begins with one of: {', '.join(f'{scheme}://' for scheme in TUNNELS)}")
    if not parts.hostname or not _port(url):
        raise ValueError("a proxy address names host and port, like socks5://127.0.0.1:1080")
    return url


@dataclass(frozen=True)
class Timeouts:
    """Seconds. `media_…` hold while a file is uploaded; `pool` is the wait for a free connection."""

    read: float = 20.0
    write: float = 10.0
    connect: float = 10.0
    pool: float = 5.0
    media_read: float = 60.0
    media_write: float = 60.0


@dataclass
class _Flight:
    """One request under way. `connected` is the moment from which Telegram may have seen it."""

    connected: bool = False


class AiohttpRequest(BaseRequest):
    """PTB's request backend. Only its own arguments decide about proxies, and it follows no redirect."""

    def __init__(self, *, proxy: str | None = None, connection_pool_size: int = 64, timeouts: Timeouts | None = None):
        self._proxy = check_proxy(proxy) if proxy else None
        self._timeouts = timeouts or Timeouts()
        self._places = asyncio.Semaphore(connection_pool_size)
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return self._timeouts.read

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=connector(self._proxy),
                proxy=self._proxy if self._proxy and _tunnel(self._proxy) is None else None,
                trace_configs=[_tracing()],
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                trust_env=False,
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def call(self, url: str, values: Mapping[str, object], read_timeout: float | None = None) -> Any:
        """POST `values` and give back the plain `result`, parsed by nobody but `json`. For long polls: `read_timeout`
        is the poll's own timeout and some seconds. Raises TelegramError only.
        """
        parameters = [RequestParameter(name, value, None) for name, value in values.items()]
        return await self.post(
            url,
            request_data=RequestData(parameters),
            read_timeout=self.DEFAULT_NONE if read_timeout is None else read_timeout,
        )

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body of a Bot API answer, or of any 2xx to a GET; raises NotSent, MaybeSent or Foreign."""
        known = self._timeouts
        has_files = request_data is not None and request_data.contains_files
        limits = _client_timeout(
            connect=_given(connect_timeout, known.connect),
            write=_given(write_timeout, known.media_write if has_files else known.write),
            read=_given(read_timeout, known.media_read if has_files else known.read),
        )
        async with self._place(_given(pool_timeout, known.pool)):
            status, body = await self._exchange(method, url, request_data, limits)
        if method == "GET" and HTTPStatus(200) <= status < HTTPStatus.MULTIPLE_CHOICES:
            return status, body
        return _checked(status, body), body

    @asynccontextmanager
    async def _place(self, seconds: float | None) -> AsyncIterator[None]:
        """A free place among the connections, waited for at most `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._places.acquire()
        except TimeoutError:
            raise NotSent("no free connection") from None
        try:
            yield
        finally:
            self._places.release()

    async def _exchange(
        self, method: str, url: str, request_data: RequestData | None, limits: aiohttp.ClientTimeout
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise NotSent("the request backend is not initialized")
        flight = _Flight()
        try:
            async with self._session.request(
                method,
                url,
                data=_form(request_data),
                timeout=limits,
                allow_redirects=False,
                trace_request_ctx=flight,
            ) as response:
                return response.status, await response.read()
        except Exception as fault:  # noqa: BLE001  whatever it is: its text may hold the token, its class cannot
            raise (MaybeSent if flight.connected else NotSent)(type(fault).__name__) from None

    @asynccontextmanager
    async def stream(self, url: str, seconds: float) -> AsyncIterator[Stream]:
        """A GET whose body is read piece by piece, by whoever asks, for at most so many `seconds`.

        Raises NotSent or MaybeSent, here and while the body is read.
        """
        if self._session is None:
            raise NotSent("the request backend is not initialized")
        known, flight = self._timeouts, _Flight()
        limits = aiohttp.ClientTimeout(seconds, known.connect, sock_connect=known.connect, sock_read=known.read)
        async with self._place(known.pool), AsyncExitStack() as stack:
            asked = self._session.get(
                url,
                timeout=limits,
                allow_redirects=False,
                headers={"Accept-Encoding": "identity"},
                trace_request_ctx=flight,
            )
            try:
                response = await stack.enter_async_context(asked)
            except Exception as fault:  # noqa: BLE001  as in _exchange: its text may hold the token
                raise (MaybeSent if flight.connected else NotSent)(type(fault).__name__) from None
            # Whoever has heard enough hangs up: the rest of an endless body must not be read.
            stack.callback(response.close)
            yield Stream(response)


class Stream:
    """An answer whose body has not come yet."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.status = response.status
        self.length = response.content_length
        self.packed = response.headers.get("Content-Encoding", "identity") != "identity"

    async def blocks(self, most: int) -> AsyncGenerator[bytes, None]:
        """The body in pieces of at most `most` bytes. Raises MaybeSent where it breaks off."""
        pieces = self._response.content.iter_chunked(most)
        while True:
            try:
                block = await anext(pieces)
            except StopAsyncIteration:
                return
            except Exception as fault:  # noqa: BLE001  as above
                raise MaybeSent(type(fault).__name__) from None
            yield block


def _checked(status: int, body: bytes) -> int:
    """The status as PTB shall read it. Raises what PTB cannot tell: a foreign answer, a 429 that names no time."""
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        raise NotSent("the proxy wants a password")
    answer = _bot_api(body)
    if answer is None or (status < HTTPStatus.MULTIPLE_CHOICES and "result" not in answer):
        raise Foreign(status)
    if status == HTTPStatus.TOO_MANY_REQUESTS and not (answer.get("parameters") or {}).get("retry_after"):
        raise RetryAfter(FLOOD_SECONDS)
    other_refusal = 400 <= status < 500 and status not in KNOWN_REFUSALS
    return HTTPStatus.BAD_REQUEST if other_refusal else status


def _bot_api(body: bytes) -> dict[str, Any] | None:
    """The answer, if it is one: an object with `ok`, whose `parameters` are an object if there are any."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict) or "ok" not in answer:
        return None
    return answer if isinstance(answer.get("parameters") or {}, dict) else None


def _form(request_data: RequestData | None) -> bytes | aiohttp.FormData | None:
    if request_data is None:
        return None
    if not request_data.contains_files:
        return aiohttp.FormData(request_data.json_parameters)
    form = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in request_data.multipart_data.items():
        # aiohttp warns about big bare bytes, and would copy them at once.
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, stream, filename=filename, content_type=kind)
    return form


def _client_timeout(connect: float | None, write: float | None, read: float | None) -> aiohttp.ClientTimeout:
    """aiohttp knows no limit for writing: the whole may take as long as the three together."""
    parts = (connect, write, read)
    total = None if None in parts else sum(part for part in parts if part is not None)
    return aiohttp.ClientTimeout(total=total, connect=connect, sock_connect=connect, sock_read=read)


def _given(value: ODVInput[float], known: float) -> float | None:
    return known if isinstance(value, DefaultValue) else value


def _tunnel(proxy: str) -> ProxyType | None:
    return TUNNELS[urlsplit(proxy).scheme]


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        return None


def connector(proxy: str | None) -> aiohttp.TCPConnector:
    """The pool itself is unbounded: places are counted before, so that waiting for one has its own time and error."""
    kind = _tunnel(proxy) if proxy else None
    if proxy is None or kind is None:
        return aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEPALIVE_SECONDS)
    parts = urlsplit(proxy)
    return ProxyConnector(
        host=parts.hostname or "",
        port=parts.port or 0,
        proxy_type=kind,
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        # Names are asked at the far end: where Telegram is blocked, the near end's answers are not to be trusted.
        rdns=kind is ProxyType.SOCKS5,
        limit=0,
        keepalive_timeout=KEEPALIVE_SECONDS,
    )


def _tracing() -> aiohttp.TraceConfig:
    """Marks a flight as connected just before the first byte of its request is written."""

    async def connected(session: aiohttp.ClientSession, context: SimpleNamespace, params: object) -> None:
        context.trace_request_ctx.connected = True

    tracing = aiohttp.TraceConfig()
    tracing.on_connection_create_end.append(connected)
    tracing.on_connection_reuseconn.append(connected)
    return tracing
