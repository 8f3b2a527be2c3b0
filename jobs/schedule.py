"""`SCHEDULE`: everything that the clock starts. APScheduler only ticks; what is due stands in the database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Clock
from bot.services.casework import searching
from bot.services.coordination import chasing
from bot.services.desk import Desk, House
from bot.services.obligation import laying
from bot.services.outbreak import digests, outbreaks
from bot.services.register import imports
from bot.services.staffing import roles
from jobs import clocks, drafts, handovers, posts, referrals, reminders, rota, upkeep
from storage.store import Store, StoreUnavailable

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tick:
    """One job: it works in one transaction and says how much it did; as long as it did something, it is asked again."""

    name: str
    work: Callable[[Desk], Awaitable[int]]
    every: float  # seconds


SCHEDULE = (
    Tick("drafts", drafts.look, 5),
    Tick("strays", drafts.place_strays, 5),
    Tick("clocks", clocks.look, 3),
    Tick("referrals", referrals.look, 30),
    Tick("handovers", handovers.look, 20),
    Tick("rota", rota.look, 20),
    Tick("storms", digests.look, 15),
    Tick("obligations", laying.look, 5),
    Tick("imports", imports.follow, 30),
    Tick("reminders", reminders.look, 20),
    Tick("posts", posts.look, 60),
    Tick("coordination", chasing.look, 20),
    Tick("expire", upkeep.expire, 60),
    Tick("roles", roles.expire, 60),
    Tick("search", searching.index, 5),
    Tick("sweeps", outbreaks.sweep_on, 3),
    Tick("heartbeat", upkeep.heartbeat, 15),
    Tick("forget", upkeep.forget, 3600),
)

FOLD_EVERY = 3600.0  # seconds


class Ticker:
    """APScheduler around the table. Nothing is kept in its memory that a restart could lose."""

    def __init__(self, store: Store, clock: Clock, house: House, ring: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._house = house
        self._ring = ring
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._working: set[asyncio.Task[object]] = set()

    def start(self) -> None:
        for tick in SCHEDULE:
            self._scheduler.add_job(
                self.tick,
                "interval",
                args=[tick],
                seconds=tick.every,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        self._scheduler.add_job(
            self.fold, "interval", seconds=FOLD_EVERY, coalesce=True, max_instances=1, misfire_grace_time=None
        )
        self._scheduler.start()

    async def stop(self) -> None:
        """No more ticks; returns when the one that works now has ended, for the database closes after that."""
        self._scheduler.shutdown(wait=False)
        if self._working:
            await asyncio.wait(set(self._working))

    @contextmanager
    def _known(self) -> Iterator[None]:
        task = asyncio.current_task()
        assert task is not None
        self._working.add(task)
        try:
            yield
        finally:
            self._working.discard(task)

    async def tick(self, tick: Tick) -> None:
        """Run one job until it finds nothing more. A fault of one tick never stops the next."""
        try:
            with self._known():
                while await self._once(tick):
                    pass
        except StoreUnavailable as error:
            log.error("tick %s: the database cannot be written: %s", tick.name, error)
        except Exception as error:
            log.error("tick %s failed", tick.name, exc_info=error)
        self._ring()

    async def fold(self) -> None:
        """What was erased must not live on in the database's log of changes."""
        try:
            with self._known():
                await self._store.checkpoint()
        except StoreUnavailable as error:
            log.error("the log of changes cannot be folded: %s", error)

    async def tick_all(self) -> None:
        """Everything at once: the clock was moved."""
        for tick in SCHEDULE:
            await self.tick(tick)

    async def _once(self, tick: Tick) -> int:
        async with self._store.transaction() as tx:
            return await tick.work(Desk(tx, self._clock.now(), self._house))
