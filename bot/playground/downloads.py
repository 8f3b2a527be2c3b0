"""The address where a bot fetches files: streamed block by block, whole or as a fault would have it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import repeat
from typing import Any

from aiohttp import web

from bot.playground.clock import Clock
from bot.playground.errors import Refused
from bot.playground.files import BLOCK, File, Synthetic
from bot.playground.refusals import BREAKS, broken, refusal, spoilt
from bot.playground.telegram import Download, Telegram

Json = dict[str, Any]
LINK_LASTS = timedelta(hours=1)
_PIECES = 10  # of a slow body


@dataclass(frozen=True)
class Plan:
    """How a body goes out. `length` None: in chunks; `pause`: ticks after each block; `breaks`: ends with a break."""

    length: int | None
    blocks: Iterable[bytes]
    pause: float = 0.0
    breaks: bool = False


def _whole(file: File, _options: Json) -> Plan:
    return Plan(file.length, file.blocks())


def _endless(_file: File, _options: Json) -> Plan:
    return Plan(None, repeat(bytes(BLOCK)))


def _too_long(file: File, options: Json) -> Plan:
    return Plan(file.length + int(options.get("by", 1024)), file.blocks(), breaks=True)


def _too_short(file: File, options: Json) -> Plan:
    left = max(0, file.length - int(options.get("by", 1024)))
    return Plan(left, _first(left, file))


def _other_size(file: File, options: Json) -> Plan:
    body = Synthetic(int(options["bytes"]))
    return Plan(body.size, body.blocks())


def _halved(file: File, options: Json) -> Plan:
    return Plan(file.length, _first(int(options.get("after", file.length // 2)), file), breaks=True)


def _slow(file: File, options: Json) -> Plan:
    pieces = _cut(file.blocks(), max(1, -(-file.length // _PIECES)))
    return Plan(file.length, pieces, pause=float(options.get("seconds", 1)) / _PIECES)


FLAWS: dict[str, Callable[[File, Json], Plan]] = {
    "endless": _endless,
    "too_long": _too_long,
    "too_short": _too_short,
    "other_size": _other_size,
    "halved": _halved,
    "slow": _slow,
}


def _first(count: int, file: File) -> Iterator[bytes]:
    for block in file.blocks():
        yield block[:count]
        count -= len(block)
        if count <= 0:
            return


def _cut(blocks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of `size`."""
    rest = b""
    for block in blocks:
        rest += block
        while len(rest) >= size:
            yield rest[:size]
            rest = rest[size:]
    if rest:
        yield rest


class Downloads:
    """Only a path that `getFile` has told within the hour is served; nothing else of the request matters."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """1. A fault may strike. 2. Find the file. 3. Stream it, perhaps wrongly. 4. Note what went out."""
        fault = self._telegram.strike("file", None)
        if fault is not None and fault.kind not in FLAWS:
            return broken(request) if fault.kind in (*BREAKS, "drop_after") else spoilt(fault)
        path = request.match_info["path"]
        file = self._found(path) if request.match_info["token"] == self._telegram.me.token else None
        if file is None:
            self._telegram.fetched(Download(path, 0, 404))
            return refusal(Refused(404, "Not Found"))
        body = _Body(request, _whole(file, {}) if fault is None else FLAWS[fault.kind](file, fault.options))
        await body.send(self._telegram.clock)
        self._telegram.fetched(Download(path, body.sent, 200))
        return body.answer

    def _found(self, path: str) -> File | None:
        file = self._telegram.paths.get(path)
        if file is None or file.gone or file.linked_at is None:
            return None
        return file if self._telegram.clock.now() - file.linked_at <= LINK_LASTS else None


class _Body:
    """One answer on its way out."""

    def __init__(self, request: web.Request, plan: Plan) -> None:
        self.sent = 0
        self.answer = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
        self._request = request
        self._plan = plan

    async def send(self, clock: Clock) -> None:
        """Until all is sent or the client has gone."""
        if self._plan.length is None:
            self.answer.enable_chunked_encoding()
        else:
            self.answer.content_length = self._plan.length
        try:
            await self.answer.prepare(self._request)
            for block in self._plan.blocks:
                await self.answer.write(block)
                self.sent += len(block)
                if self._plan.pause:
                    await clock.sleep(self._plan.pause)
            self._end()
        except ConnectionError:
            pass  # the client has heard enough

    def _end(self) -> None:
        if self._plan.breaks and self._request.transport is not None:
            self._request.transport.close()
