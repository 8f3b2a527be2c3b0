"""The playground over HTTP, on this machine only."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bot.playground.api import BotApi
from bot.playground.methods.intake import LOOPBACK
from bot.playground.telegram import Telegram

LARGEST_BODY = 64 * 1024 * 1024


@dataclass(frozen=True)
class Server:
    """A running playground: its address, and how to end it."""

    url: str
    port: int
    telegram: Telegram
    runner: web.AppRunner

    async def close(self) -> None:
        """Answer whoever waits and stop."""
        self.telegram.updates.end_polls()
        await self.runner.cleanup()


async def serve(telegram: Telegram, host: str = "127.0.0.1", port: int = 0, page: bool = False) -> Server:
    """Serve the Bot API; with `page` also the page and its control. ValueError for a host that others could reach."""
    if host not in LOOPBACK:
        raise ValueError(f"the playground listens on this machine only, not on {host}")
    app = web.Application(client_max_size=LARGEST_BODY)
    app.add_routes(BotApi(telegram).routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    await site.start()
    bound = runner.addresses[0][1]
    shown = f"[{host}]" if ":" in host else host
    return Server(f"http://{shown}:{bound}", bound, telegram, runner)
