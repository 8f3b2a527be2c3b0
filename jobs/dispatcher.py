"""The one way out: settles what came back, claims the heads of streams, lets the requests fly.

A message is here because a committed transaction decided it. A crash leaves in doubt no more than what was flying.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.bell import Bell
from bot.clock import Clock
from bot.domain.sending import Channel, Gone, Lane, Later, Op, Outcome, Parcel, Refused, State
from bot.services.desk import House
from bot.services.rendering import View, look, parcel
from jobs.pace import Pace
from jobs.settling import Flight, Settling
from storage import cards, codec, outbox
from storage.outbox import Delivery
from storage.store import Store, StoreUnavailable, Transaction

log = logging.getLogger(__name__)

HANDS = 32  # requests under way at once; so many can be in doubt after a crash
IDLE = 30.0  # seconds: the longest sleep, should a bell be lost
BREATH = 0.002  # seconds: the writer is taken at most once in that time
REST = 2.0  # seconds while the database cannot be written
CARD_REST = timedelta(seconds=3)  # a card is edited at most so often
MOST_KILLS = 20  # a message that itself brings the process down must end some day


class Dispatcher:
    """Owns the queue. `link` is the bot's own address once it is known."""

    def __init__(
        self, store: Store, clock: Clock, house: House, channel: Channel, pace: Pace, hands: int = HANDS
    ) -> None:
        self._store = store
        self._clock = clock
        self._house = house
        self._channel = channel
        self._pace = pace
        self._hands = hands
        self._settling = Settling(clock, house, pace)
        self._flying: set[asyncio.Task[None]] = set()
        self._cards_flying: set[str] = set()
        self._landed: list[tuple[Flight, Outcome]] = []
        self._looked_at = clock.now()
        self._turning: asyncio.Task[int] | None = None
        self._recovered = False
        self.bell = Bell()
        self.link: str | None = None
        self.stalled = False

    @property
    def trouble(self) -> str | None:
        """What is wrong with the line, in a word; None where requests get through."""
        return self._settling.trouble

    async def run(self) -> None:
        """1. What flew when the last process died is in doubt. 2. Turn after turn, woken by the bell."""
        while True:
            try:
                await self._recover()
                # A turn is never cut in two: what it has claimed must fly, or the next start would doubt it.
                self._turning = asyncio.create_task(self.turn())
                started = await asyncio.shield(self._turning)
                wait = None if started or self._landed else await self._until_next()
                self.stalled = False
            except StoreUnavailable as error:
                await self._rest("the database cannot be written", error)
                continue
            except Exception as error:  # noqa: BLE001  a bug in one turn must not end the only way out
                await self._rest("a turn of the dispatcher failed", error)
                continue
            if wait is None:
                await asyncio.sleep(BREATH)
            else:
                await self.bell.wait(wait)

    async def _rest(self, what: str, error: Exception) -> None:
        self.stalled = True
        log.error("%s", what, exc_info=error)
        await asyncio.sleep(REST)

    async def land(self) -> None:
        """Wait for what is under way and settle it; used by a graceful stop."""
        if self._turning is not None:
            await asyncio.wait([self._turning])
        if self._flying:
            await asyncio.wait(self._flying, timeout=25)
        async with self._store.transaction() as tx:
            await self._settling.all(tx, tuple(self._landed))

    async def _recover(self) -> None:
        """Once, before anything is sent: doubt what the last process left flying."""
        if self._recovered:
            return
        async with self._store.transaction() as tx:
            for delivery in await outbox.in_flight(tx):
                await self._settling.doubt(tx, delivery, "killed", most=MOST_KILLS)
        self._recovered = True

    async def turn(self) -> int:
        """One transaction: settle everything that came back, claim what may go. How many requests were started."""
        landed = tuple(self._landed)
        taken: list[Flight] = []
        try:
            async with self._store.transaction() as tx:
                await self._settling.all(tx, landed)
                await self._claim(tx, taken, unsettled=len(self._landed) - len(landed))
        except BaseException:
            for flight in taken:
                self._pace.landed(flight.chat, flight.lane)
            raise
        # Only now: what could not be committed is settled again in the next turn.
        del self._landed[: len(landed)]
        for flight, ready in await self._render(taken):
            self._launch(flight, ready)
        return len(taken)

    async def _until_next(self) -> float:
        """Seconds until time alone makes something possible; landings and new messages ring before that.

        What was due at the last look and was not claimed waits for a landing, a free hand or the pace, so it says
        nothing about when to look again: only what has become due since, or will, does.
        """
        async with self._store.reading() as tx:
            due = (await outbox.next_due(tx, self._looked_at), await cards.next_edit(tx, self._looked_at))
        now = self._clock.now()
        waits = [(codec.moment(one) - now).total_seconds() for one in due if one is not None]
        freed = self._pace.next_change()
        if freed is not None:
            waits.append(freed - self._clock.ticks())
        return min([IDLE, *waits])

    # Claiming -------------------------------------------------------------------------------------------------------

    async def _claim(self, tx: Transaction, taken: list[Flight], unsettled: int) -> None:
        """Take what may go now; `taken` knows every request that the pace has counted, however this ends.

        What landed while this transaction was at work is not written down yet: it counts as flying.
        """
        now = self._looked_at = self._clock.now()
        most = min(self._hands - len(self._flying) - unsettled, self._pace.room(Lane.ANSWER))
        if most <= 0:
            return
        lowest = Lane.ADVISORY if self._pace.room(Lane.ADVISORY) > 0 else Lane.NOTICE
        for delivery in await outbox.heads(tx, now, most=most, lowest=lowest, held=self._pace.blocked()):
            if delivery.message.not_after is not None and delivery.message.not_after < now:
                await self._settling.end(tx, delivery, State.EXPIRED)
            elif delivery.op in (Op.DELETE, Op.EDIT) and delivery.target is None:
                await self._settling.end(tx, delivery, State.EXPIRED)  # what was to be taken away was never sent
            elif delivery.chat is None:
                await self._settling.end(tx, delivery, State.FAILED, "erased")
            elif delivery.chat not in self._pace.blocked() and self._pace.room(delivery.lane) > 0:
                card = await cards.find(tx, delivery.card) if delivery.card else None
                version = card.wanted if card else 0
                self._take(taken, Flight(delivery, None, delivery.chat, delivery.lane, version))
        await outbox.start(tx, [flight.delivery.id for flight in taken if flight.delivery is not None])
        await self._claim_cards(tx, most - len(taken), now, taken)

    async def _claim_cards(self, tx: Transaction, most: int, now: datetime, taken: list[Flight]) -> None:
        """Cards whose newest state is not shown: nobody queued the changes, so ten of them are one edit."""
        for card in await cards.stale(tx, now, max(most, 0)):
            # Two edits of one card under way could arrive in the wrong order.
            free = card.id not in self._cards_flying and card.chat not in self._pace.blocked()
            if free and self._pace.room(Lane.NOTICE) > 0:
                await cards.later(tx, card.id, now + CARD_REST)
                self._take(taken, Flight(None, card, card.chat, Lane.NOTICE, card.wanted))

    def _take(self, taken: list[Flight], flight: Flight) -> None:
        self._pace.take(flight.chat, flight.lane)
        taken.append(flight)

    async def _render(self, flights: Sequence[Flight]) -> list[tuple[Flight, Parcel | None]]:
        """Every claimed flight gets its request; where the database fails now, they land again as not sent."""
        if not flights:
            return []
        try:
            async with self._store.reading() as tx:
                view = await look(tx, self._house, self._clock.now(), self.link)
                return [(flight, await _parcel(view, flight)) for flight in flights]
        except StoreUnavailable:
            for flight in flights:
                self._pace.landed(flight.chat, flight.lane)
                self._landed.append((flight, Later(REST, "database")))
            return []

    def _launch(self, flight: Flight, ready: Parcel | None) -> None:
        async def fly() -> None:
            try:
                outcome = await self._deliver(flight, ready)
            finally:
                self._pace.landed(flight.chat, flight.lane)
                self._cards_flying.discard(flight.card.id if flight.card else "")
            self._landed.append((flight, outcome))

        def down(task: asyncio.Task[None]) -> None:
            self._flying.discard(task)
            self.bell.ring()

        if flight.card is not None:
            self._cards_flying.add(flight.card.id)
        task = asyncio.create_task(fly())
        self._flying.add(task)
        task.add_done_callback(down)

    async def _deliver(self, flight: Flight, ready: Parcel | None) -> Outcome:
        """A message in doubt is sent again only over a line that stands: it has one more try, not one more outage."""
        if ready is None:
            return Gone(Refused.MALFORMED, "not rendered")
        doubted = flight.delivery is not None and flight.delivery.doubts > 0 and flight.delivery.op is Op.SEND
        if doubted and not await self._channel.stands():
            return Later(REST, "the line is down")
        return await self._channel.deliver(ready)


async def _parcel(view: View, flight: Flight) -> Parcel | None:
    """The request in words; None where rendering fails, which is a bug of ours and stops nobody else."""
    try:
        return await parcel(view, flight.delivery or _edit_of(flight))
    except StoreUnavailable:
        raise
    except Exception as error:
        log.error("a message could not be rendered", exc_info=error)
        return None


def _edit_of(flight: Flight) -> Delivery:
    """The edit of a card, in the shape that the renderer reads."""
    card = flight.card
    assert card is not None
    return Delivery(
        id="",
        message=outbox.Message("card.incident", about=card.incident),
        recipient=card.group,
        is_group=True,
        chat=card.chat,
        language="vi",
        stream="",
        lane=Lane.NOTICE,
        op=Op.EDIT,
        card=card.id,
        target=card.telegram_id,
        attempts=0,
        doubts=0,
    )
