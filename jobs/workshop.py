"""Makes the files that were ordered: two at a time, outside of any transaction, woken by a bell."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.domain.errors import Refusal
from bot.domain.sending import Enclosure
from bot.services import workshop
from bot.services.desk import Desk, House
from bot.services.workshop import Maker
from jobs.hands import HANDS, IDLE, Hands
from storage import codec, orders, people
from storage.orders import Order
from storage.store import Store

log = logging.getLogger(__name__)

SIGN_EVERY = 4.0  # seconds: Telegram shows "sending a file…" for five

# Until the next try. When the last of them has failed too, the person is told.
RESTS = (timedelta(seconds=2), timedelta(seconds=10), timedelta(seconds=60))
PATIENCE = 1  # failures after which the person hears that it takes longer


class Workshop(Hands):
    """`signal` shows a chat that something is being made; `ring` wakes the dispatcher."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        house: House,
        makers: Mapping[str, Maker[Any]],
        signal: Callable[[int], Awaitable[object]],
        ring: Callable[[], None],
    ) -> None:
        super().__init__("workshop")
        self._store = store
        self._clock = clock
        self._house = house
        self._makers = makers
        self._signal = signal
        self._ring = ring

    async def recover(self) -> None:
        """Nothing to do: what a dead process had begun still waits, and is begun anew."""

    async def turn(self) -> float:
        """Begin as many orders as there are free hands; seconds until time alone changes that."""
        now = self._clock.now()
        async with self._store.reading() as tx:
            waiting = await orders.due(tx, now, HANDS + len(self._flying))
            due = await orders.next_due(tx, now)
        for one in [one for one in waiting if one.id not in self._flying][: self.free()]:
            self.launch(one.id, self._work(one))
        return IDLE if due is None else min(IDLE, (codec.moment(due) - now).total_seconds())

    async def _work(self, one: Order) -> None:
        """One try, from the first look to the delivery; how it ends is always written down."""
        async with self._store.transaction() as tx:
            if not await orders.begin(tx, one.id):
                return
            if one.tries > len(RESTS):  # every try before brought the process down
                await workshop.give_up(Desk(tx, self._clock.now(), self._house), one)
                self._ring()
                return
        try:
            await self._make(one, self._makers[one.what])
        except Refusal as no:
            async with self._store.transaction() as tx:
                await workshop.give_up(Desk(tx, self._clock.now(), self._house), one, no.key, **no.values)
        except Exception as error:
            log.error("%s could not be made", one.what, exc_info=error)
            await self._fail(one)
        self._ring()

    async def _make(self, one: Order, maker: Maker[Any]) -> None:
        async with self._store.reading() as tx:
            material = await maker.gather(Desk(tx, self._clock.now(), self._house), one)
            chat = (await people.get(tx, one.person)).telegram_id
        async with self._showing(chat):
            file: Enclosure = await asyncio.to_thread(maker.make, material)
            if maker.finish is not None:
                file = await maker.finish(material, file)
        async with self._store.transaction() as tx:
            await workshop.deliver(Desk(tx, self._clock.now(), self._house), one, maker, material, file)

    async def _fail(self, one: Order) -> None:
        async with self._store.transaction() as tx:
            desk = Desk(tx, self._clock.now(), self._house)
            if one.tries >= len(RESTS):
                await workshop.give_up(desk, one)
                return
            await orders.postpone(tx, one.id, desk.now + RESTS[one.tries])
            if one.tries == PATIENCE:
                await workshop.tell_slow(desk, one)

    @asynccontextmanager
    async def _showing(self, chat: int | None) -> AsyncIterator[None]:
        """While something is made its person sees that it is: a fast file is there before the first sign."""

        async def sign() -> None:
            while chat is not None:
                await asyncio.sleep(1.0)
                await self._signal(chat)
                await asyncio.sleep(SIGN_EVERY - 1.0)

        task = asyncio.create_task(sign())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})
