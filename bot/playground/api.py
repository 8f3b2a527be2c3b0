"""The Bot API on the wire: how a call is read, struck by a fault or a limit, answered and logged."""

from __future__ import annotations

import inspect
import json
from typing import Any

from aiohttp import web
from aiohttp.multipart import BodyPartReader

from bot.playground.chats import Chat
from bot.playground.downloads import Downloads
from bot.playground.errors import Refused, bad_request
from bot.playground.faults import Fault
from bot.playground.methods import METHODS, NAMES
from bot.playground.methods.intake import Raw
from bot.playground.params import Params, Upload, decoded
from bot.playground.refusals import AFTERWARDS, BREAKS, Broken, broken, refusal, spoilt
from bot.playground.telegram import Call, Telegram


class BotApi:
    """The two addresses that a bot knows: its methods and its files."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self._downloads = Downloads(telegram)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/bot{token}/{method}", self.call),
            web.get("/file/bot{token}/{path:.+}", self._downloads.serve, allow_head=False),
        ]

    async def call(self, request: web.Request) -> web.StreamResponse:
        """1. Read the parameters. 2. A fault may strike. 3. Act. 4. A fault may spoil the answer. 5. Log."""
        method = request.match_info["method"]
        name = NAMES.get(method.lower(), method)
        params, unread = await _read(request)
        chat = self._chat(params)
        fault = self._telegram.strike(name.lower(), chat)
        if fault is not None and fault.kind not in AFTERWARDS and not fault.options.get("applied"):
            answer = broken(request) if fault.kind in BREAKS else spoilt(fault)
        else:
            answer = await self._act(request, name, params, unread)
            answer = await self._aftermath(request, fault, answer)
        files = {field: (file.name, len(file.content)) for field, file in params.files.items()}
        status = 0 if isinstance(answer, Broken) else answer.status
        self._telegram.log(Call(name, params.values, files, self._telegram.clock.ticks(), status, chat))
        return answer

    async def _act(self, request: web.Request, name: str, params: Params, unread: Refused | None) -> web.Response:
        try:
            if request.match_info["token"] != self._telegram.me.token:
                raise Refused(401, "Unauthorized")
            if name not in METHODS:
                raise Refused(404, "Not Found")
            if unread is not None:
                raise unread
            self._telegram.limiter.admit(name, self._chat(params))
            result = METHODS[name](self._telegram, params)
            return _ok(await result if inspect.isawaitable(result) else result)
        except Refused as no:
            return refusal(no)

    async def _aftermath(self, request: web.Request, fault: Fault | None, answer: web.Response) -> web.Response:
        """What becomes of an answer after the act was done."""
        if fault is None:
            # A long poll may have begun before the line went dead.
            return broken(request) if self._telegram.faults.dead else answer
        if fault.kind == "drop_after":
            return broken(request)
        if fault.kind == "delay":
            await self._telegram.clock.sleep(float(fault.options.get("seconds", 1)))
            return answer
        if fault.kind == "file_path":
            return _elsewhere(answer, str(fault.options.get("path", "/etc/passwd")))
        return spoilt(fault)

    def _chat(self, params: Params) -> int | None:
        """The chat that a call is about, for limits, faults and log; None where there is none to be known."""
        value = params.values.get("chat_id")
        if isinstance(value, str) and value.startswith("@"):
            chat: Chat | None = self._telegram.chat_named(value)
            return None if chat is None else chat.id
        try:
            return None if value is None else int(value)
        except (TypeError, ValueError):
            return None


async def _read(request: web.Request) -> tuple[Params, Refused | None]:
    """The parameters, or why there are none: the body is not what it says it is."""
    try:
        return await _params(request), None
    except Refused as no:
        return Params({}), no
    except ValueError:
        return Params({}), bad_request("can't parse the request")


async def _params(request: web.Request) -> Params:
    """Query, form, JSON or multipart."""
    values: dict[str, Any] = dict(request.query)
    files: dict[str, Upload] = {}
    kind = request.content_type
    if kind == "application/json":
        values |= _json_object(await request.read())
    elif kind == "multipart/form-data":
        await _read_parts(request, values, files)
    elif kind == "application/x-www-form-urlencoded":
        values |= {name: str(value) for name, value in (await request.post()).items()}
    return Params(decoded(values), files)


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body or b"{}")
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(values, dict):
        raise bad_request("can't parse JSON object: expected an Object")
    return values


async def _read_parts(request: web.Request, values: dict[str, Any], files: dict[str, Upload]) -> None:
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        content = bytes(await part.read(decode=True))
        if part.filename is None:
            values[part.name] = content.decode("utf-8", "replace")
        else:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            files[part.name] = Upload(part.filename, content, kind)


def _ok(result: object) -> web.Response:
    body = result if isinstance(result, Raw) else json.dumps(result, ensure_ascii=False, separators=(",", ":"))
    return web.Response(text=f'{{"ok":true,"result":{body}}}', content_type="application/json")


def _elsewhere(answer: web.Response, path: str) -> web.Response:
    """The answer of getFile with another path in it."""
    body = json.loads(answer.text or "{}")
    if body.get("ok"):
        body["result"]["file_path"] = path
    return web.json_response(body, status=answer.status)
