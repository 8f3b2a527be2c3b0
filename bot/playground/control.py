"""The page and its control: state, events, deeds of people, clock, faults and log, for this machine only."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.playground import deeds, view
from bot.playground.chats import Message
from bot.playground.clock import Clock
from bot.playground.params import Upload
from bot.playground.telegram import Telegram
from bot.playground.webhook import LOOPBACK

PAGE = Path(__file__).with_name("page.html")
CLOCK_PATIENCE = 20.0  # real seconds that a follower of the clock waits for a change
PULSE = 5.0  # real seconds after which a page is told whether the bot lives
_UNITS = frozenset({"seconds", "minutes", "hours", "days", "weeks", "months"})
_NO_STORE = {"Cache-Control": "no-store"}
Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def only_this_machine(request: web.Request, handler: Handler) -> web.StreamResponse:
    """403 for a name that is not this machine's (DNS rebinding) and for pages of other origins."""
    host = request.host
    if (
        urlsplit(f"//{host}").hostname not in LOOPBACK
        or request.headers.get("Origin", f"http://{host}") != f"http://{host}"
    ):
        return web.json_response({"ok": False, "error_code": 403, "description": "Forbidden"}, status=403)
    return await handler(request)


class Control:
    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self._watchers: set[asyncio.Queue[Json | None]] = set()
        self._closed = False

    def routes(self, page: bool) -> list[web.RouteDef]:
        return [
            *([web.get("/", self.page)] if page else []),
            web.get("/_state", self.state),
            web.get("/_events", self.events),
            web.post("/_u", self.deed),
            web.post("/_clock", self.move),
            web.get("/_clock", self.clock),
            web.post("/_fault", self.fault),
            web.delete("/_fault", self.heal),
            web.get("/_log", self.log),
            web.get("/_file/{id}", self.file),
        ]

    def close(self) -> None:
        """End every stream and every wait."""
        self._closed = True
        self._telegram.changed()
        for watcher in self._watchers:
            watcher.put_nowait(None)

    async def page(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE, headers=_NO_STORE)

    async def state(self, _request: web.Request) -> web.Response:
        return _json(view.state_of(self._telegram))

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Everything that happens, from now on, as server-sent events."""
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", **_NO_STORE})
        await stream.prepare(request)
        watcher: asyncio.Queue[Json | None] = asyncio.Queue()
        self._watchers.add(watcher)
        watch = _watch(watcher)
        self._telegram.on_event.append(watch)
        try:
            await stream.write(b": here\n\n")
            await self._pour(watcher, stream)
        except ConnectionResetError:
            pass  # the page was closed
        finally:
            self._telegram.on_event.remove(watch)
            self._watchers.discard(watcher)
        return stream

    async def _pour(self, watcher: asyncio.Queue[Json | None], stream: web.StreamResponse) -> None:
        while not self._closed:
            try:
                event = await asyncio.wait_for(watcher.get(), PULSE)
            except TimeoutError:
                event = {"type": "bot", "alive": self._telegram.alive}
            if event is None:
                return
            await stream.write(f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode())

    async def deed(self, request: web.Request) -> web.Response:
        try:
            done = deeds.do(*await self._deed(request))
        except (ValueError, LookupError) as no:
            return _refused(no)
        if isinstance(done, list):
            return _json({"ok": True, "messages": [message.id for message in done]})
        number = None if done is None else done.id
        return _json({"ok": True, "message" if isinstance(done, Message) else "press": number})

    async def _deed(self, request: web.Request) -> tuple[deeds.Deed, str]:
        fields, files = await _fields(request)
        user = self._telegram.users.get(int(str(fields.get("as") or 0)))
        chat = self._telegram.chats.get(int(str(fields.get("chat") or fields.get("as") or 0)))
        if user is None or user.is_bot or chat is None:
            raise ValueError("who, and where?")
        return deeds.Deed(self._telegram, user, chat, fields, files), str(fields.get("do"))

    async def move(self, request: web.Request) -> web.Response:
        """Forward by `{"days": 7}` and the like; 400 for a step back or an unknown unit."""
        try:
            steps, _ = await _fields(request)
            if not steps or not steps.keys() <= _UNITS:
                raise ValueError(f"units are {', '.join(sorted(_UNITS))}")
            months = int(steps.pop("months", 0))
            self._telegram.clock.move(months=months, **{unit: float(step) for unit, step in steps.items()})
        except (ValueError, TypeError, OverflowError) as no:
            return _refused(no)
        return _json({"ok": True, **_followed(self._telegram.clock)})

    async def clock(self, request: web.Request) -> web.Response:
        """Where the clock stands; with `after` = its present version, once it has moved (or after 20 s)."""
        if request.query.get("after") == str(self._telegram.clock.version):
            await self._moved()
        return _json(_followed(self._telegram.clock))

    async def _moved(self) -> None:
        version = self._telegram.clock.version
        with contextlib.suppress(TimeoutError):
            await self._telegram.until(
                lambda: self._closed or self._telegram.clock.version != version, within=CLOCK_PATIENCE
            )

    async def fault(self, request: web.Request) -> web.Response:
        try:
            fields, _ = await _fields(request)
            kind, method, chat = str(fields.pop("kind", "")), fields.pop("method", None), fields.pop("chat", None)
            times = fields.pop("times", 1)
            where = None if chat in (None, "") else int(str(chat))
            count = None if times is None else int(str(times))
            fault = self._telegram.fails(kind, method or None, where, count, **fields)
        except (ValueError, LookupError) as no:
            return _refused(no)
        return _json({"ok": True, "fault": fault.wire()})

    async def heal(self, _request: web.Request) -> web.Response:
        self._telegram.heals()
        return _json({"ok": True})

    async def log(self, request: web.Request) -> web.Response:
        last = request.query.get("last", "200")
        calls = list(self._telegram.calls)[-int(last) :] if last.isdigit() and last != "0" else []
        return _json({"ok": True, "calls": [view.call_of(call) for call in calls]})

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A file as it was sent. A browser is told to save it unless it is a picture, sound or film."""
        file = self._telegram.files.get(request.match_info["id"])
        if file is None:
            return _refused(LookupError("no such file"), status=404)
        shown = file.mime.startswith(("image/", "audio/", "video/")) and "svg" not in file.mime
        kind = file.mime if shown else "application/octet-stream"
        safe = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
        answer = web.StreamResponse(headers={"Content-Type": kind, **safe})
        answer.content_length = file.length
        with contextlib.suppress(ConnectionError):  # the page was closed
            await answer.prepare(request)
            for block in file.blocks():
                await answer.write(block)
        return answer


def _watch(watcher: asyncio.Queue[Json | None]) -> Callable[[Json], None]:
    """A listener that writes each event out at once, as things are at that moment."""
    return lambda event: watcher.put_nowait(view.event_of(event))


async def _fields(request: web.Request) -> tuple[Json, list[Upload]]:
    """A JSON object, or a form with perhaps files; ValueError for anything else."""
    if request.content_type == "application/json":
        body = await request.json()
        if not isinstance(body, dict):
            raise ValueError("a JSON object is wanted")
        return body, []
    fields: Json = {}
    files = []
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files.append(Upload(value.filename, value.file.read(), value.content_type))
        else:
            fields[name] = value
    return fields, files


def _followed(clock: Clock) -> Json:
    return {"version": clock.version, "offset": clock.offset, "speed": clock.speed, "now": clock.now().isoformat()}


def _refused(no: Exception, status: int = 400) -> web.Response:
    return _json({"ok": False, "error": str(no)}, status)


def _json(body: Json, status: int = 200) -> web.Response:
    text = json.dumps(body, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type="application/json", headers=_NO_STORE)
