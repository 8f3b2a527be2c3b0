"""How a request ended, written down: sent, later, moved, in doubt, refused; and who is told of it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.domain.people import Permission
from bot.domain.sending import Gone, Lane, Later, Moved, Op, Outcome, Refused, Sent, State, Unsure
from bot.services import workshop
from bot.services.casework import relay, relay_marks
from bot.services.coordination import chasing, faces
from bot.services.desk import Desk, House
from bot.services.obligation import digests as reminding
from bot.services.obligation import queues
from bot.services.reporting import exhibits
from bot.services.staffing.teams import hang_anew, lay_what_is_missing, moved
from jobs.pace import Pace
from storage import enclosures, groups, marks, outbox, people, pictures
from storage.outbox import Delivery, Settled
from storage.pictures import Stale
from storage.store import Transaction

log = logging.getLogger(__name__)

DOUBT_REST = timedelta(seconds=2)  # before a doubtful answer is sent once more
TOKEN_REST = timedelta(seconds=60)  # while Telegram refuses the token nothing is lost, only late
UNREACHABLE = "group_unreachable"  # the mark of which group administrators have heard that nothing reaches it, and why
TOLD_EVERY = timedelta(hours=1)
ANSWERS = frozenset({"under_card", "under_digest", "replies_to"})  # extras of a message that answers another
RESENT = (Lane.EMERGENCY, Lane.ANSWER, Lane.NOTICE)

# What is said instead of a file that Telegram will not send.
INSTEAD: Mapping[str, Callable[[Desk, Delivery, str | None], Awaitable[None]]] = {
    "exhibit.file": exhibits.tell_unsent,
    "judging.file": queues.tell_unsent,
    "relay.picture": relay.picture_unshown,
    faces.ASKED: chasing.unsent,
}


@dataclass(frozen=True)
class Flight:
    """One request under way: a delivery, or the newest state of a live picture."""

    delivery: Delivery | None
    picture: Stale | None
    chat: int
    lane: Lane
    version: int = 0  # of the picture that is shown


class Settling:
    """Writes down outcomes, in the transaction of a turn. `trouble`: what is wrong with the line, in a word."""

    def __init__(self, clock: Clock, house: House, pace: Pace) -> None:
        self._clock = clock
        self._house = house
        self._pace = pace
        self.trouble: str | None = None

    async def all(self, tx: Transaction, landed: Sequence[tuple[Flight, Outcome]]) -> None:
        """Write down how every landed request ended."""
        sent = []
        for flight, outcome in landed:
            if flight.picture is not None:
                await self._settle_picture(tx, flight, flight.picture, outcome)
            elif (
                flight.delivery is not None and isinstance(outcome, Sent) and pictures.shown_by(flight.delivery) is None
            ):
                number = await self._number(tx, flight, flight.delivery, outcome)
                sent.append((flight.delivery, Settled(flight.delivery.id, State.SENT, number)))
                self.trouble = None
            elif flight.delivery is not None:
                await self._settle_delivery(tx, flight, flight.delivery, outcome)
            if flight.delivery is not None and isinstance(outcome, Sent | Gone) and _holds_a_secret(flight.delivery):
                await outbox.forget(tx, flight.delivery.id)
        await outbox.settle(tx, [settled for _, settled in sent], self._clock.now())
        for delivery, settled in sent:
            await self._tell(tx, delivery, settled)

    async def _number(self, tx: Transaction, flight: Flight, delivery: Delivery, outcome: Sent) -> int | None:
        """Telegram's id of the message. One that reached a group which has moved since means nothing any more, or
        another message, whose answers would go to another reporter."""
        if delivery.is_group and delivery.message.about is not None:
            group = await groups.find(tx, flight.chat)
            if group is None or group.id != delivery.recipient:
                return None
        return outcome.message_id or delivery.target

    async def end(self, tx: Transaction, delivery: Delivery, state: State, failure: str | None = None) -> None:
        """It will never arrive, or nobody will ever know."""
        settled = Settled(delivery.id, state, failure=failure)
        await outbox.settle(tx, [settled], self._clock.now())
        await self._tell(tx, delivery, settled)

    async def _tell(self, tx: Transaction, delivery: Delivery, settled: Settled) -> None:
        """Whoever wrote what was carried is shown how it ended, and whoever waits for a file that it does not come."""
        desk, key = Desk(tx, self._clock.now(), self._house), delivery.message.key
        if key in relay_marks.CARRIED and delivery.op is Op.SEND:
            await relay_marks.settled(desk, delivery, settled.state, settled.failure)
        elif key in INSTEAD and settled.state is State.FAILED:
            await INSTEAD[key](desk, delivery, settled.failure)
        elif key == reminding.DIGEST:
            await reminding.unsent(desk, delivery, settled.state)
        enclosure = delivery.message.extras.get("enclosure")
        if enclosure is not None:
            await enclosures.erase(tx, enclosure)
            if settled.state is State.FAILED:
                await workshop.tell_unsent(desk, delivery)

    async def _settle_delivery(self, tx: Transaction, flight: Flight, delivery: Delivery, outcome: Outcome) -> None:
        now = self._clock.now()
        match outcome:
            case Sent():
                await self._picture_sent(tx, flight, delivery, outcome)
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
                await self.doubt(tx, delivery, reason)
            case Gone(reason):
                await self._gone(tx, delivery, reason)

    async def _picture_sent(self, tx: Transaction, flight: Flight, delivery: Delivery, outcome: Sent) -> None:
        """The picture has its message; one that reached a group which has moved since is laid in the new one."""
        number = await self._number(tx, flight, delivery, outcome)
        await outbox.settle(tx, [Settled(delivery.id, State.SENT, number)], self._clock.now())
        which = pictures.shown_by(delivery)
        picture = await pictures.find(tx, *which) if which else None
        if picture is not None and number is None:
            group = await groups.get(tx, picture.group)
            await lay_what_is_missing(Desk(tx, self._clock.now(), self._house), group)
        elif picture is not None:
            await pictures.first_shown(tx, picture.wall, picture.id, number, flight.version)

    async def _again(self, tx: Transaction, delivery: Delivery, due: datetime, op: Op | None = None) -> None:
        await outbox.postpone(tx, delivery.id, delivery.stream, due, doubted=False, op=op or delivery.op)

    async def doubt(self, tx: Transaction, delivery: Delivery, reason: str, most: int = 1) -> None:
        """Telegram may or may not have acted. What is done twice without harm is done again; an answer or a notice is
        sent once more, marked; a second doubt, and every doubt about what hurries less, is for a person.

        A kill says less than a line that broke: the request may never have left, and two kills in a row would
        silence somebody who waits. So after kills it is sent again up to `MOST_KILLS` times.
        """
        now = self._clock.now()
        if delivery.op is not Op.SEND:
            await self._again(tx, delivery, now)
        elif _may_be_resent(delivery) and delivery.doubts < most:
            due = now + DOUBT_REST
            await outbox.postpone(tx, delivery.id, delivery.stream, due, doubted=True, op=delivery.op)
        else:
            await self.end(tx, delivery, State.UNSURE, reason)

    async def _gone(self, tx: Transaction, delivery: Delivery, reason: str) -> None:
        now = self._clock.now()
        if reason == Refused.TOKEN:
            self.trouble = "token"
            await self._again(tx, delivery, now + TOKEN_REST)
            return
        if reason == Refused.OVERTAKEN:
            await self.end(tx, delivery, State.EXPIRED, reason)
            return
        if reason == Refused.NO_MESSAGE and delivery.op is Op.EDIT:
            # The person deleted the message that was to be changed: what it should say is sent anew.
            await self._again(tx, delivery, now, Op.SEND)
            return
        if reason == Refused.NO_MESSAGE and delivery.op is Op.SEND and delivery.message.extras.keys() & ANSWERS:
            # What it answers is gone: its words stand by themselves.
            await outbox.detach(tx, delivery.message, delivery.id, ANSWERS)
            await self._again(tx, delivery, now)
            return
        if reason == Refused.MALFORMED:
            log.error("Telegram refused the text %s as malformed", delivery.message.key)
        if reason == Refused.NO_REACTION:
            await groups.forbid_reactions(tx, delivery.recipient)
        await self.end(tx, delivery, State.FAILED, reason)
        if delivery.op is not Op.DELETE:  # what is too old to be deleted says nothing about its chat
            await self._unreachable(tx, delivery, reason, now)

    async def _unreachable(self, tx: Transaction, delivery: Delivery, reason: str, now: datetime) -> None:
        """Remember who blocked the bot; tell the administrators that the team's group cannot be written to."""
        if reason in (Refused.BLOCKED, Refused.NO_CHAT) and not delivery.is_group:
            await people.reach(tx, delivery.recipient, now)
        elif reason in (Refused.NO_CHAT, Refused.NO_RIGHTS, Refused.BLOCKED) and delivery.is_group:
            group = await groups.get(tx, delivery.recipient)
            if group.duty is not None and await self._is_news(tx, group.id, reason, now):
                desk = Desk(tx, now, self._house)
                await desk.tell_those_who_may(Permission.BIND_GROUP, "admin.group_unreachable", reason=reason)

    async def _is_news(self, tx: Transaction, group: str, reason: str, now: datetime) -> bool:
        """Of everything that fails for the same reason within an hour the first is told."""
        what = f"{group}:{reason}"
        said, when = await marks.get(tx, UNREACHABLE), await marks.written_at(tx, UNREACHABLE)
        if said == what and when is not None and when > now - TOLD_EVERY:
            return False
        await marks.put(tx, UNREACHABLE, what, now)
        return True

    async def _settle_picture(self, tx: Transaction, flight: Flight, picture: Stale, outcome: Outcome) -> None:
        now, which = self._clock.now(), (picture.wall, picture.id)
        match outcome:
            case Sent():
                await pictures.shown(tx, *which, flight.version)
            case Later(seconds):
                if outcome.flood:
                    self._pace.halt(flight.chat, seconds)
                await pictures.later(tx, *which, now + timedelta(seconds=seconds))
            case Moved(chat):
                await moved(Desk(tx, now, self._house), flight.chat, chat)
            case Gone(Refused.NO_MESSAGE):
                await pictures.lost(tx, *which)
                await hang_anew(Desk(tx, now, self._house), picture)
            case Gone(Refused.MALFORMED):
                await pictures.shown(tx, *which, flight.version)  # an edit that can never succeed is not tried for ever
            case _:
                await pictures.later(tx, *which, now + TOKEN_REST)


def _may_be_resent(delivery: Delivery) -> bool:
    """What people wait for; and the morning's reminders, which say then what still holds, and that they come again."""
    return delivery.lane in RESENT or delivery.message.key == reminding.DIGEST


def _holds_a_secret(delivery: Delivery) -> bool:
    """A one-time link: what is settled must not stay readable."""
    return bool(delivery.message.extras.get("once"))
