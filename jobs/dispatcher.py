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
from bot.services.desk import KEYS_ONLY, House
from bot.services.rendering import View, look, parcel
from jobs.pace import Pace
from jobs.settling import Flight, Settling
from storage import codec, groups, outbox, pictures
from storage.outbox import Delivery
from storage.pictures import Rest, Stale, Wall
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
        self._pictures_flying: set[str] = set()
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
                await self.recover()
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

    async def recover(self) -> None:
        """Once, before anything is sent: doubt what the last process left flying."""
        if self._recovered:
            return
        async with self._store.transaction() as tx:
            flying = await outbox.in_flight(tx)
            for delivery in flying:
                await self._settling.doubt(tx, delivery, "killed", most=MOST_KILLS)
            await self._remember(tx, flying)
        self._recovered = True

    async def _remember(self, tx: Transaction, flying: Sequence[Delivery]) -> None:
        """Telegram counts what the last process sent to the team's group. Of edits only the last one is written down:
        a list is taken to have been edited as often as it may be.
        """
        team, now = await groups.team(tx), self._clock.now()
        if team is None:
            return
        since = now - timedelta(minutes=1)
        moments = [now for delivery in flying if delivery.recipient == team.id]
        moments += await pictures.said_since(tx, team.id, since)
        for picture in await pictures.resting(tx, team.id, since):
            rest = self._rest_of(picture)
            edited = picture.until - rest
            while edited > max(since, picture.since or edited - rest):
                moments.append(min(edited, now))
                edited -= rest
        self._pace.remember(team.telegram_id, [(now - moment).total_seconds() for moment in moments])

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
            due = (await outbox.next_due(tx, self._looked_at), await pictures.next_edit(tx, self._looked_at))
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
        everything = Lane.ADVISORY if self._pace.room(Lane.ADVISORY) > 0 else Lane.NOTICE
        # What shows emergencies, and a picture that has been overtaken for long enough, goes before what is said.
        await self._claim_pictures(tx, most, now, taken, pressing=True)
        for lowest in (Lane.EMERGENCY, everything):
            await self._claim_heads(tx, most - len(taken), now, taken, lowest)
        await self._claim_pictures(tx, most - len(taken), now, taken)

    async def _claim_heads(self, tx: Transaction, most: int, now: datetime, taken: list[Flight], lowest: Lane) -> None:
        """The first of each stream, down to a lane; a chat that keeps its last places lets emergencies through."""
        if most <= 0:
            return
        started = []
        for delivery in await outbox.heads(tx, now, most=most, lowest=lowest, held=self._pace.blocked(lowest)):
            if delivery.message.not_after is not None and delivery.message.not_after < now:
                await self._settling.end(tx, delivery, State.EXPIRED)
            elif delivery.op in (Op.DELETE, Op.EDIT) and delivery.target is None:
                await self._settling.end(tx, delivery, State.EXPIRED)  # what was to be taken away was never sent
            elif delivery.chat is None:
                await self._settling.end(tx, delivery, State.FAILED, "erased")
            elif delivery.chat not in self._pace.blocked(delivery.lane) and self._pace.room(delivery.lane) > 0:
                which = pictures.shown_by(delivery)
                shown = await pictures.find(tx, *which) if which else None
                version = shown.wanted if shown else 0
                self._take(taken, Flight(delivery, None, delivery.chat, delivery.lane, version))
                started.append(delivery.id)
        await outbox.start(tx, started)

    async def _claim_pictures(
        self, tx: Transaction, most: int, now: datetime, taken: list[Flight], *, pressing: bool = False
    ) -> None:
        """Pictures whose newest state is not shown: nobody queued the changes, so ten of them are one edit."""
        if most <= 0:
            return
        for picture in await pictures.stale(tx, now, most, pressing=pressing):
            lane = Lane.EMERGENCY if picture.urgent else Lane.NOTICE
            # Two edits of one picture under way could arrive in the wrong order.
            free = picture.id not in self._pictures_flying and picture.chat not in self._pace.blocked(lane)
            if free and self._pace.room(lane) > 0:
                await pictures.later(tx, picture.wall, picture.id, now + self._rest_of(picture))
                self._take(taken, Flight(None, picture, picture.chat, lane, picture.wanted))

    def _rest_of(self, picture: Stale | Rest) -> timedelta:
        """Between two edits of one picture."""
        if picture.wall is Wall.CARDS:
            return CARD_REST
        return self._house.policy.storms.rest(urgent=picture.urgent)

    def _take(self, taken: list[Flight], flight: Flight) -> None:
        self._pace.take(flight.chat, flight.lane)
        taken.append(flight)

    async def _render(self, flights: Sequence[Flight]) -> list[tuple[Flight, Parcel | Gone | None]]:
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

    def _launch(self, flight: Flight, ready: Parcel | Gone | None) -> None:
        async def fly() -> None:
            try:
                outcome = await self._deliver(flight, ready)
            finally:
                self._pace.landed(flight.chat, flight.lane)
                self._pictures_flying.discard(flight.picture.id if flight.picture else "")
            self._landed.append((flight, outcome))

        def down(task: asyncio.Task[None]) -> None:
            self._flying.discard(task)
            self.bell.ring()

        if flight.picture is not None:
            self._pictures_flying.add(flight.picture.id)
        task = asyncio.create_task(fly())
        self._flying.add(task)
        task.add_done_callback(down)

    async def _deliver(self, flight: Flight, ready: Parcel | Gone | None) -> Outcome:
        """A message in doubt is sent again only over a line that stands: it has one more try, not one more outage."""
        if ready is None:
            return Gone(Refused.MALFORMED, "not rendered")
        if isinstance(ready, Gone):
            return ready
        doubted = flight.delivery is not None and flight.delivery.doubts > 0 and flight.delivery.op is Op.SEND
        if doubted and not await self._channel.stands():
            return Later(REST, "the line is down")
        return await self._channel.deliver(ready)


async def _parcel(view: View, flight: Flight) -> Parcel | Gone | None:
    """The request in words; None where rendering fails, which is a bug of ours and stops nobody else."""
    try:
        return await parcel(view, flight.delivery or _edit_of(flight))
    except StoreUnavailable:
        raise
    except Exception as error:
        log.error("a message could not be rendered", exc_info=error)
        return None


def _edit_of(flight: Flight) -> Delivery:
    """The edit of a picture, in the shape that the renderer reads."""
    picture = flight.picture
    assert picture is not None
    return Delivery(
        id="",
        message=outbox.Message(KEYS_ONLY),  # painted when it leaves
        recipient=picture.group,
        is_group=True,
        chat=flight.chat,
        language="vi",
        stream="",
        lane=flight.lane,
        op=Op.EDIT,
        card=picture.id if picture.wall is Wall.CARDS else None,
        digest=picture.id if picture.wall is Wall.DIGESTS else None,
        target=picture.telegram_id,
        attempts=0,
        doubts=0,
    )
