"""The real command line in processes of their own, whose environment holds nothing of this machine's settings."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from locales import Texts, Value

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds: a busy machine may need long to start Python


def words(key: str, **values: Value) -> str:
    return Texts.load().plain("vi", key, values)


@dataclass(frozen=True)
class Ended:
    status: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err


@dataclass
class Process:
    """A command under way, and what it has said so far."""

    process: asyncio.subprocess.Process
    out: str = ""
    err: str = ""
    _heard: asyncio.Event = field(default_factory=asyncio.Event)
    _ears: list[asyncio.Task[None]] = field(default_factory=list)

    def listen(self) -> None:
        self._ears = [asyncio.create_task(self._hear("out")), asyncio.create_task(self._hear("err"))]

    async def _hear(self, what: str) -> None:
        stream = self.process.stdout if what == "out" else self.process.stderr
        assert stream is not None
        while line := await stream.readline():
            setattr(self, what, getattr(self, what) + line.decode())
            self._heard.set()

    async def says(self, words: str) -> None:
        """Wait until it has said this on either stream."""
        async with asyncio.timeout(PATIENCE):
            while words not in self.out + self.err:
                self._heard.clear()
                await self._heard.wait()

    def told(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def ends(self) -> Ended:
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*self._ears)
            status = await self.process.wait()
        return Ended(status, self.out, self.err)


@asynccontextmanager
async def started(folder: Path, *arguments: str, given: Mapping[str, str] | None = None) -> AsyncIterator[Process]:
    """`python -m bot …` in `folder`; killed at the end, should it still run."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **(given or {})},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    command = Process(process)
    command.listen()
    try:
        yield command
    finally:
        if process.returncode is None:
            process.kill()
        await command.ends()


async def ungcuu(folder: Path, *arguments: str, given: Mapping[str, str] | None = None) -> Ended:
    """A command that ends by itself."""
    async with started(folder, *arguments, given=given) as command:
        return await command.ends()
