"""A doctor's questions to Telegram and to the way there: answers are values, troubles are words, no address is told."""

from __future__ import annotations

import errno
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final

import aiohttp
from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from handlers.http import TUNNELS, AiohttpRequest, Foreign, connector

PATIENCE: Final = 10.0  # seconds for one question


@dataclass(frozen=True)
class Way:
    """How far a bare request came. `date` is the server's clock, from the header of its answer."""

    trouble: str | None
    date: datetime | None = None


@dataclass(frozen=True)
class Answer:
    """What the Bot API answered to one method; `trouble` is None where it is a result."""

    result: Any = None
    trouble: str | None = None


# The first row that fits names the trouble; NetworkError is a kind of TelegramError, so that stands last.
_REFUSALS: Final[tuple[tuple[type[TelegramError], str], ...]] = (
    (InvalidToken, "token"),
    (Foreign, "foreign"),
    (RetryAfter, "flood"),
    (ChatMigrated, "moved"),
    (Forbidden, "forbidden"),
    (BadRequest, "refused"),
    (TelegramError, "network"),
)


async def ask(request: AiohttpRequest, method_url: str, **values: object) -> Answer:
    """One method of the Bot API, asked once."""
    try:
        return Answer(await request.call(method_url, values, read_timeout=PATIENCE))
    except TelegramError as error:
        return Answer(trouble=next(word for kind, word in _REFUSALS if isinstance(error, kind)))


async def walk(url: str, proxy: str | None) -> Way:
    """Knock at a server without saying who we are: any answer at all means that the way is free."""
    plain = proxy if proxy and TUNNELS[proxy.partition(":")[0]] is None else None
    limits = aiohttp.ClientTimeout(total=PATIENCE)
    try:
        async with (
            aiohttp.ClientSession(connector=connector(proxy), proxy=plain, timeout=limits, trust_env=False) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            refused = answer.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED
            return Way("proxy_password" if refused else None, _date(answer.headers.get("Date")))
    except Exception as fault:  # noqa: BLE001  whatever it is, it says how far the request came
        return Way(next(word for kind, word in _BREAKS if kind(fault)))


def _date(told: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(told or "")
    except ValueError:
        return None
    return date if date.tzinfo else None


def _is(*kinds: type[BaseException]) -> Callable[[BaseException], bool]:
    return lambda fault: isinstance(fault, kinds)


def _system(*numbers: int) -> Callable[[BaseException], bool]:
    return lambda fault: isinstance(fault, OSError) and fault.errno in numbers


def _proxy_asks(fault: BaseException) -> bool:
    return isinstance(fault, aiohttp.ClientHttpProxyError) and fault.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED


# The first row that fits. Many of aiohttp's errors are kinds of one another: the narrow ones stand first.
_BREAKS: Final[tuple[tuple[Callable[[BaseException], bool], str], ...]] = (
    (_proxy_asks, "proxy_password"),
    (_is(aiohttp.ClientHttpProxyError, ProxyError), "proxy_refuses"),
    (_is(aiohttp.ClientProxyConnectionError, ProxyConnectionError, ProxyTimeoutError), "proxy"),
    (_is(aiohttp.ClientConnectorDNSError), "dns"),
    (_is(aiohttp.ClientConnectorCertificateError, ssl.SSLCertVerificationError), "certificate"),
    (_is(aiohttp.ClientSSLError, ssl.SSLError), "tls"),
    (_system(errno.ECONNREFUSED), "refused"),
    (_system(errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN), "unreachable"),
    (_is(TimeoutError), "silent"),
    (_is(BaseException), "broken"),
)
