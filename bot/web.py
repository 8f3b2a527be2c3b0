"""The web port: Telegram's webhook, health and metrics. No file and no incident is ever served here."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from bot.config import Settings
from handlers.ingest import Inlet, is_update
from storage.store import StoreUnavailable

LARGEST_UPDATE = 1024 * 1024  # bytes; Telegram's own updates are far smaller
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105

Report = Callable[[], Awaitable[dict[str, object]]]


def webhook_secret(settings: Settings) -> str:
    """What Telegram must send with every update; derived from the token, so that nothing more has to be kept."""
    token = settings.token.get_secret_value().encode()
    return hmac.new(token, b"ungcuu webhook", hashlib.sha256).hexdigest()


def webhook_path(settings: Settings) -> str | None:
    return (urlsplit(settings.webhook_url).path or "/") if settings.webhook_url else None


class Port:
    """The routes. `report` gives the facts of health."""

    def __init__(self, settings: Settings, inlet: Inlet, report: Report) -> None:
        self._secret = webhook_secret(settings).encode()
        self._path = webhook_path(settings)
        self._inlet = inlet
        self._report = report

    def application(self) -> web.Application:
        app = web.Application(client_max_size=LARGEST_UPDATE)
        app.router.add_get("/healthz", self.health)
        app.router.add_get("/metrics", self.metrics)
        if self._path is not None:
            app.router.add_post(self._path, self.webhook)
        return app

    async def webhook(self, request: web.Request) -> web.Response:
        """403 without the secret, 400 or 413 for no update, 503 while nothing can be stored, 200 after the commit."""
        told = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(told, self._secret):
            return web.Response(status=403)
        try:
            raw = json.loads(await request.read())
        except web.HTTPRequestEntityTooLarge:
            self._inlet.malformed += 1
            raise
        except (ValueError, RecursionError):
            raw = None
        if not is_update(raw):
            self._inlet.malformed += 1
            return web.Response(status=400)
        try:
            await self._inlet.take([raw])
        except StoreUnavailable:
            return web.Response(status=503)
        return web.Response(status=200)

    async def health(self, request: web.Request) -> web.Response:
        facts = await self._report()
        return web.json_response(facts, status=200 if facts["status"] != "down" else 503)

    async def metrics(self, request: web.Request) -> web.Response:
        """The numbers of health in Prometheus' text form."""
        facts = await self._report()
        lines = [
            f"ungcuu_{name} {int(value)}" for name, value in sorted(facts.items()) if isinstance(value, bool | int)
        ]
        return web.Response(text="\n".join(lines) + "\n", content_type="text/plain")
