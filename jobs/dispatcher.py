"""The one way out: settles what came back, claims the heads of streams, lets the requests fly.

A message is here because a committed transaction decided it. A crash leaves in doubt no more than what was flying.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.bell import Bell
from bot.clock import Clock
from bot.domain.people import Permission
from bot.domain.sending import Channel, Gone, Lane, Later, Moved, Op, Outcome, Parcel, Refused, Sent, State, Unsure
from bot.services.cards import send_anew
from bot.services.desk import Desk, House
from bot.services.rendering import View, look, parcel
from bot.services.teams import moved
from jobs.pace import Pace
from storage import cards, codec, groups, outbox, people
from storage.outbox import Delivery, Settled
from storage.store import Store, StoreUnavailable, Transaction

log = logging.getLogger(__name__)

HANDS = 32  # requests under way at once; so many can be in doubt after a crash
IDLE = 30.0  # seconds: the longest sleep, should a bell be lost
BREATH = 0.002  # seconds: the writer is taken at most once in that time
REST = 2.0  # seconds while the database cannot be written
DOUBT_REST = timedelta(seconds=2)  # before a doubtful answer is sent once more
CARD_REST = timedelta(seconds=3)  # a card is edited at most so often
TOKEN_REST = timedelta(seconds=60)  # while Telegram refuses the token nothing is lost, only late
MOST_KILLS = 20  # a message that itself brings the process down must end some day
RESENT = (Lane.ANSWER, Lane.NOTICE)


@dataclass(frozen=True)
class Flight:
    """One request under way: a delivery, or the newest state of a card."""

    delivery: Delivery | None
    card: cards.Stale | None
    chat: int
    lane: Lane
    version: int = 0  # of the card that is shown


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
        self._flying: set[asyncio.Task[None]] = set()
        self._cards_flying: set[str] = set()
        self._landed: list[tuple[Flight, Outcome]] = []
        self._looked_at = clock.now()
        self._turning: asyncio.Task[int] | None = None
        self._recovered = False
        self.bell = Bell()
        self.link: str | None = None
        self.trouble: str | None = None  # what is wrong with the line, in a word; None where requests get through
        self.stalled = False

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
            await self._settle(tx, tuple(self._landed))

    async def _recover(self) -> None:
        """Once, before anything is sent: doubt what the last process left flying."""
        if self._recovered:
            return
        async with self._store.transaction() as tx:
            for delivery in await outbox.in_flight(tx):
                await self._doubt(tx, delivery, "killed", most=MOST_KILLS)
        self._recovered = True

    async def turn(self) -> int:
        """One transaction: settle everything that came back, claim what may go. How many requests were started."""
        landed = tuple(self._landed)
        taken: list[Flight] = []
        try:
            async with self._store.transaction() as tx:
                await self._settle(tx, landed)
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
                await outbox.settle(tx, [Settled(delivery.id, State.EXPIRED)], now)
            elif delivery.chat is None:
                await outbox.settle(tx, [Settled(delivery.id, State.FAILED, failure="erased")], now)
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

    # Settling -------------------------------------------------------------------------------------------------------

    async def _settle(self, tx: Transaction, landed: Sequence[tuple[Flight, Outcome]]) -> None:
        """Write down how every landed request ended."""
        now = self._clock.now()
        sent = []
        for flight, outcome in landed:
            if flight.card is not None:
                await self._settle_card(tx, flight, flight.card, outcome)
            elif flight.delivery is not None and isinstance(outcome, Sent) and flight.delivery.card is None:
                sent.append(Settled(flight.delivery.id, State.SENT, outcome.message_id or flight.delivery.target))
                self.trouble = None
            elif flight.delivery is not None:
                await self._settle_delivery(tx, flight, flight.delivery, outcome)
            if flight.delivery is not None and isinstance(outcome, Sent | Gone) and _holds_a_secret(flight.delivery):
                await outbox.forget(tx, flight.delivery.id)
        await outbox.settle(tx, sent, now)

    async def _settle_delivery(self, tx: Transaction, flight: Flight, delivery: Delivery, outcome: Outcome) -> None:
        now = self._clock.now()
        match outcome:
            case Sent(message_id):
                await outbox.settle(tx, [Settled(delivery.id, State.SENT, message_id)], now)
                assert delivery.card is not None
                await cards.first_shown(tx, delivery.card, message_id, flight.version)
            case Later(seconds):
                if outcome.flood:
                    self._pace.halt(flight.chat, seconds)
                else:
                    self.trouble = "network"
                await self._again(tx, delivery, now + timedelta(seconds=seconds))
            case Moved(chat):
                await moved(Desk(tx, now, self._house), flight.chat, chat)
                await self._again(tx, delivery, now)
            case Unsure(reason):
                await self._doubt(tx, delivery, reason)
            case Gone(reason):
                await self._gone(tx, delivery, reason)

    async def _again(self, tx: Transaction, delivery: Delivery, due: datetime, op: Op | None = None) -> None:
        await outbox.postpone(tx, delivery.id, delivery.stream, due, doubted=False, op=op or delivery.op)

    async def _doubt(self, tx: Transaction, delivery: Delivery, reason: str, most: int = 1) -> None:
        """Telegram may or may not have acted. What is done twice without harm is done again; an answer or a notice is
        sent once more, marked; a second doubt, and every doubt about reminders and advisories, is for a person.

        A kill says less than a line that broke: the request may never have left, and two kills in a row would
        silence somebody who waits. So after kills it is sent again up to `MOST_KILLS` times.
        """
        now = self._clock.now()
        if delivery.op is not Op.SEND:
            await self._again(tx, delivery, now)
        elif delivery.lane in RESENT and delivery.doubts < most:
            due = now + DOUBT_REST
            await outbox.postpone(tx, delivery.id, delivery.stream, due, doubted=True, op=delivery.op)
        else:
            await outbox.settle(tx, [Settled(delivery.id, State.UNSURE, failure=reason)], now)

    async def _gone(self, tx: Transaction, delivery: Delivery, reason: str) -> None:
        now = self._clock.now()
        if reason == Refused.TOKEN:
            self.trouble = "token"
            await self._again(tx, delivery, now + TOKEN_REST)
            return
        if reason == Refused.NO_MESSAGE and delivery.op is Op.EDIT:
            # The person deleted the message that was to be changed: what it should say is sent anew.
            await self._again(tx, delivery, now, Op.SEND)
            return
        if reason == Refused.MALFORMED:
            log.error("Telegram refused the text %s as malformed", delivery.message.key)
        await outbox.settle(tx, [Settled(delivery.id, State.FAILED, failure=reason)], now)
        await self._unreachable(tx, delivery, reason, now)

    async def _unreachable(self, tx: Transaction, delivery: Delivery, reason: str, now: datetime) -> None:
        """Remember who blocked the bot; tell the administrators that the team's group cannot be written to."""
        if reason in (Refused.BLOCKED, Refused.NO_CHAT) and not delivery.is_group:
            await people.reach(tx, delivery.recipient, now)
        elif reason in (Refused.NO_CHAT, Refused.NO_RIGHTS, Refused.BLOCKED) and delivery.is_group:
            group = await groups.get(tx, delivery.recipient)
            if group.duty is not None:
                desk = Desk(tx, now, self._house)
                await desk.tell_those_who_may(Permission.BIND_GROUP, "admin.group_unreachable", reason=reason)

    async def _settle_card(self, tx: Transaction, flight: Flight, card: cards.Stale, outcome: Outcome) -> None:
        now = self._clock.now()
        match outcome:
            case Sent():
                await cards.shown(tx, card.id, flight.version)
            case Later(seconds):
                if outcome.flood:
                    self._pace.halt(flight.chat, seconds)
                await cards.later(tx, card.id, now + timedelta(seconds=seconds))
            case Moved(chat):
                await moved(Desk(tx, now, self._house), flight.chat, chat)
            case Gone(Refused.NO_MESSAGE):
                await cards.lost(tx, card.id)
                await send_anew(tx, card, now)
            case Gone(Refused.MALFORMED):
                await cards.shown(tx, card.id, flight.version)  # an edit that can never succeed is not tried for ever
            case _:
                await cards.later(tx, card.id, now + TOKEN_REST)


def _holds_a_secret(delivery: Delivery) -> bool:
    """A one-time link: what is settled must not stay readable."""
    return bool(delivery.message.extras.get("once"))


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
