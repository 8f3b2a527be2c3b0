"""How the Bot API says no on the wire, and what a fault says in its place."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.playground.errors import Refused, bad_request
from bot.playground.faults import Fault
from bot.playground.limits import too_many

BLOCK_PAGE = "<html><head><title>Blocked</title></head><body><h1>This page is blocked</h1></body></html>"
PROXY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
GONE = "wrong file_id or the file is temporarily unavailable"
BREAKS = ("drop_before", "unreachable")
AFTERWARDS = ("drop_after", "delay", "file_path")
_PAGES = {"502": (502, PROXY_PAGE), "404html": (404, BLOCK_PAGE), "garbage": (200, "<!doctype html>")}
_REFUSALS = {
    "401": Refused(401, "Unauthorized"),
    "404": Refused(404, "Not Found"),
    "unavailable": bad_request(GONE),
}


class Broken(web.Response):
    """An answer that nobody will read: the connection is gone."""


def broken(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return Broken()


def refusal(no: Refused) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": no.code, "description": no.description}
    if no.parameters:
        body["parameters"] = no.parameters
    return web.json_response(body, status=no.code)


def spoilt(fault: Fault) -> web.Response:
    """The answer of a fault that answers."""
    if fault.kind in _PAGES:
        status, page = _PAGES[fault.kind]
        return web.Response(status=status, text=page, content_type="text/html")
    if fault.kind == "429":
        return refusal(too_many(int(fault.options.get("retry_after", 1))))
    return refusal(_REFUSALS.get(fault.kind) or Refused(500, "Internal Server Error"))
