"""The bot as a process of its own, which can be killed like one."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot.playground.telegram import Telegram

HOUSE = Path(__file__).parents[2]
STARTS_WITHIN = 30.0
ENDS_WITHIN = 30.0


@dataclass
class BotProcess:
    """A running `python -m bot.demo`. What it writes to stderr is appended to `log`."""

    process: Process
    log: Path
    port: int = 0

    async def is_ready(self) -> int:
        """Wait for the line that tells the web port."""
        assert self.process.stdout is not None
        async with asyncio.timeout(STARTS_WITHIN):
            line = (await self.process.stdout.readline()).decode()
        assert line.startswith("ready "), f"{line!r}: {self.log.read_text('utf-8')[-2000:]}"
        self.port = int(line.split()[1])
        return self.port

    async def lives(self, seconds: float) -> None:
        """Let it work for a while; nothing happens if it ends before."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.process.wait(), seconds)

    async def killed(self) -> None:
        """SIGKILL: nothing of it runs any more when this returns."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    async def stopped(self) -> int:
        """SIGTERM: its return code."""
        self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), ENDS_WITHIN)


async def start(api: str, folder: Path, *more: str) -> BotProcess:
    log = folder / "bot.log"
    with log.open("ab") as stderr:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.demo", "--api", api, "--folder", str(folder), *more),
            stdout=PIPE,
            stderr=stderr,
            cwd=HOUSE,
        )
    return BotProcess(process, log)


@asynccontextmanager
async def started(api: str, folder: Path, *more: str) -> AsyncIterator[BotProcess]:
    """A process that is ready, and gone at the end whatever happens."""
    bot = await start(api, folder, *more)
    try:
        await bot.is_ready()
        yield bot
    finally:
        await bot.killed()


async def health(port: int) -> dict[str, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/healthz", timeout=aiohttp.ClientTimeout(total=10)) as answer,
    ):
        facts: dict[str, Any] = await answer.json()
        return facts


WAITING = ("inbox_waiting", "outbox_waiting", "outbox_sending")


async def nothing_waits(bot: BotProcess, telegram: Telegram, within: float = 60.0) -> None:
    """Until the bot has taken every update, every one has had its effect, and every message has left."""
    await telegram.until(lambda: telegram.updates.pending == 0, within)
    async with asyncio.timeout(within):
        while (facts := await health(bot.port)) and any(facts[name] for name in WAITING):
            pass
