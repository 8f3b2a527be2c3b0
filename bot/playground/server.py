"""The playground over HTTP, on this machine only."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

from aiohttp import web

from bot.playground.api import BotApi
from bot.playground.control import Control, only_this_machine
from bot.playground.telegram import Telegram
from bot.playground.webhook import LOOPBACK, Deliveries

LARGEST_BODY = 64 * 1024 * 1024


@dataclass(frozen=True)
class Server:
    """A running playground: its address, and how to end it."""

    url: str
    port: int
    runner: web.AppRunner
    deliveries: asyncio.Task[None]

    async def close(self) -> None:
        """Answer whoever waits and stop."""
        self.deliveries.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.deliveries
        await self.runner.cleanup()


async def serve(telegram: Telegram, host: str = "127.0.0.1", port: int = 0, page: bool = False) -> Server:
    """Serve the Bot API and its control; with `page` also the page. ValueError for a host that others could reach.

    A playground is served once at a time: two servers would deliver to a webhook twice.
    """
    if host not in LOOPBACK:
        raise ValueError(f"the playground listens on this machine only, not on {host}")
    runner = web.AppRunner(_app(telegram, page), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    bound = runner.addresses[0][1]
    shown = f"[{host}]" if ":" in host else host
    deliveries = asyncio.create_task(Deliveries(telegram.updates, telegram.clock).run())
    return Server(f"http://{shown}:{bound}", bound, runner, deliveries)


def _app(telegram: Telegram, page: bool) -> web.Application:
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[only_this_machine])
    control = Control(telegram)
    app.add_routes([*BotApi(telegram).routes(), *control.routes(page)])

    async def end_waits(_app: web.Application) -> None:
        telegram.updates.end_polls()
        control.close()

    app.on_shutdown.append(end_waits)
    return app
