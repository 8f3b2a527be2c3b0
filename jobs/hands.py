"""Work that takes longer than a transaction: turn after turn, a few pieces at once, woken by a bell."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Coroutine

from bot.bell import Bell
from storage.store import StoreUnavailable

log = logging.getLogger(__name__)

HANDS = 2  # pieces under way at once: one that is slow must not hold up all others
IDLE = 30.0  # seconds: the longest sleep, should a bell be lost
REST = 2.0  # seconds after a turn that failed


class Hands(ABC):
    """`what` names the work in the log. Whatever a stop cuts off is begun anew after the next start."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._flying: dict[str, asyncio.Task[None]] = {}
        self.bell = Bell()
        self.stalled = False

    @abstractmethod
    async def turn(self) -> float:
        """Begin as many pieces as there are free hands; seconds until time alone changes that."""

    @abstractmethod
    async def recover(self) -> None:
        """Once, before the first turn: deal with what the last process left behind."""

    async def run(self) -> None:
        """A bug with one piece, or a database that cannot be written now, ends nothing for good."""
        try:
            recovered = False
            while True:
                try:
                    if not recovered:
                        await self.recover()
                        recovered = True
                    wait = await self.turn()
                    self.stalled = False
                except StoreUnavailable as error:
                    wait = self._trouble("the database cannot be written", error)
                except Exception as error:  # noqa: BLE001  as above
                    wait = self._trouble("a turn failed", error)
                await self.bell.wait(wait)
        finally:
            await self._hang_up()

    def _trouble(self, what: str, error: Exception) -> float:
        self.stalled = True
        log.error("%s: %s", self._what, what, exc_info=error)
        return REST

    async def _hang_up(self) -> None:
        tasks = list(self._flying.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def free(self) -> int:
        return HANDS - len(self._flying)

    def launch(self, identifier: str, work: Coroutine[None, None, None]) -> None:
        """Let a piece be worked on; the bell rings when it is done."""

        def down(task: asyncio.Task[None]) -> None:
            self._flying.pop(identifier, None)
            if not task.cancelled() and (fault := task.exception()) is not None:
                log.error("%s: a piece could not be settled", self._what, exc_info=fault)
            self.bell.ring()

        task = asyncio.create_task(work, name=f"{self._what} {identifier}")
        self._flying[identifier] = task
        task.add_done_callback(down)
