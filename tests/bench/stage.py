"""A playground in this process and one bot in a process of its own, with what each costs."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bot.demo import TOKEN, Province, example_policy, open_chats, people_telegram, settings, settle_province
from bot.domain.ids import Ids
from bot.domain.sending import Limits
from bot.playground.faults import Fault
from bot.playground.server import serve
from bot.playground.telegram import Call, Telegram
from storage.migrate import migrate
from storage.sqlite import open_store

Which = Literal["ours", "stock"]
READY_WITHIN = 30.0  # seconds
STOP_WITHIN = 30.0
_CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


class SlowTelegram(Telegram):
    """A Telegram that takes `answer_time` seconds over every answer, the poll's included."""

    def __init__(self, answer_time: float, limits: Limits | None) -> None:
        super().__init__(limits=limits, calls=1, keep=30)
        self._slow = Fault("delay", "*", times=None, options={"seconds": answer_time}) if answer_time else None

    def strike(self, method: str, chat: int | None) -> Fault | None:
        return self._slow


@dataclass
class Stage:
    """A running bot on its playground."""

    telegram: Telegram
    process: asyncio.subprocess.Process
    calls: Counter[str] = field(default_factory=Counter)

    def cpu(self) -> float:
        """Seconds of processor that the bot's process has used."""
        numbers = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(numbers[11]) + int(numbers[12])) / _CLOCK_TICKS

    def resident(self) -> float:
        """MiB of memory that the bot's process holds."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        kib = next(line for line in lines if line.startswith("VmRSS:")).split()[1]
        return int(kib) / 1024


@dataclass
class Watch:
    """Time and processor that a measurement took: of the bot, and of playground and people together."""

    stage: Stage
    seconds: float = 0.0
    bot_cpu: float = 0.0
    own_cpu: float = 0.0

    def __enter__(self) -> Watch:
        self._began = (time.perf_counter(), self.stage.cpu(), time.process_time())
        return self

    def __exit__(self, *_: object) -> None:
        began, bot, own = self._began
        self.seconds = time.perf_counter() - began
        self.bot_cpu, self.own_cpu = self.stage.cpu() - bot, time.process_time() - own

    @property
    def shares(self) -> str:
        """How much of one core each process used; what is near 100 % is the bottleneck."""
        return f"{self.bot_cpu / self.seconds:.0%} / {self.own_cpu / self.seconds:.0%}"


async def _seed(folder: Path, telegram: Telegram) -> None:
    """Lay our bot's database with the example province, its team's group bound, so that cards are sent."""
    province = Province.example()
    group = people_telegram(telegram, province)
    open_chats(telegram, province)
    path = settings("http://127.0.0.1:1", folder).database_path
    async with open_store(path, Ids(telegram.clock.now)) as store:
        await migrate(store)
        await settle_province(store, telegram.clock, province, group, example_policy())


def _command(which: Which, api: str, folder: Path, paced: bool) -> list[str]:
    if which == "stock":
        return ["-m", "tests.bench.stock", "--api", api, "--folder", str(folder), "--token", TOKEN]
    return ["-m", "bot.demo", "--api", api, "--folder", str(folder), *([] if paced else ["--unpaced", "--calm"])]


@asynccontextmanager
async def staged(which: Which, *, answer_time: float = 0.0, limits: Limits | None = None) -> AsyncIterator[Stage]:
    """A bot that polls; with `limits` both the bot and Telegram keep them, without neither does."""
    telegram = SlowTelegram(answer_time, limits)
    server = await serve(telegram)
    try:
        with tempfile.TemporaryDirectory(prefix="ungcuu-bench-") as name:
            folder = Path(name)
            if which == "ours":
                await _seed(folder, telegram)
            async with _process(which, server.url, folder, limits is not None) as process:
                stage = Stage(telegram, process)
                telegram.on_call.append(_counter(stage))
                try:
                    await telegram.until(lambda: telegram.updates.polling, READY_WITHIN)
                    yield stage
                except TimeoutError as stuck:
                    raise RuntimeError(f"{stuck}; the bot's log:\n{(folder / 'log').read_text()[-3000:]}") from None
    finally:
        await server.close()


def _counter(stage: Stage) -> Callable[[Call], None]:
    def count(call: Call) -> None:
        stage.calls[call.method] += 1

    return count


@asynccontextmanager
async def _process(which: Which, api: str, folder: Path, paced: bool) -> AsyncIterator[asyncio.subprocess.Process]:
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *_command(which, api, folder, paced), stdout=log, stderr=log
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), STOP_WITHIN)
            except TimeoutError:
                process.kill()
                await process.wait()
