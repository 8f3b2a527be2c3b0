"""How far the words of people have got, shown honestly: stored, accepted by Telegram, failed and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.domain.sending import Lane, Op, State
from bot.services.desk import KEYS_ONLY, Desk
from locales import Word
from storage import codec, groups, outbox, people, threads
from storage.outbox import Delivery
from storage.store import Transaction

# Texts that carry the words of one side to the other; the dispatcher asks for nothing else's mark.
TO_REPORTER = frozenset({"relay.answer", "relay.enclosed", "relay.corrected", "life.ask"})
TO_TEAM = frozenset({"relay.told", "relay.forwarded", "relay.amended"})
CARRIED = TO_REPORTER | TO_TEAM

# The mark under a message of the team; each is one that Telegram lets a bot choose.
MARKS = {
    State.WAITING: "\u270d",  # a writing hand: stored, on its way
    State.SENDING: "\u270d",
    State.SENT: "\U0001f44d",  # a thumb up: Telegram has it
    State.FAILED: "\U0001f44e",  # a thumb down: it did not arrive, or nobody knows
    State.UNSURE: "\U0001f44e",
    State.EXPIRED: "\U0001f44e",
}
PATIENCE = timedelta(seconds=1)  # most messages are accepted by then, and one mark is enough
BURST = timedelta(minutes=2)  # a reporter who writes several messages reads one receipt

# What the team reads of a failure: by the state, or by the reason of a refusal; anything else is "failed".
_WHY = {
    "blocked": "relay.failed.blocked",
    "no_chat": "relay.failed.blocked",
    "erased": "relay.failed.erased",
    State.EXPIRED: "relay.failed.expired",
    State.UNSURE: "relay.failed.unsure",
}


async def show(desk: Desk, group: groups.Group, incident: str, message: int) -> None:
    """See that a message of the team bears its newest mark: one request, however often the state changes before it."""
    if not group.reactions:
        await desk.redraw(incident)
        return
    stream = f"{group.id}#{message}"
    waiting = await outbox.queued(desk.tx, stream, KEYS_ONLY)
    if waiting is not None:
        await outbox.hasten(desk.tx, waiting.delivery, desk.now)
        return
    way = await threads.way_of(desk.tx, group.id, message)
    due = desk.now + PATIENCE if way in (State.WAITING, State.SENDING) else desk.now
    empty = await outbox.write(desk.tx, outbox.Message(KEYS_ONLY), desk.now)
    await outbox.address(
        desk.tx, empty, group.id, desk.now, stream=stream, lane=Lane.NOTICE, op=Op.REACT, target=message, due=due
    )


async def mark(tx: Transaction, group: str, message: int | None) -> str | None:
    """The mark that a message of the team should bear now."""
    way = await threads.way_of(tx, group, message) if message is not None else None
    return MARKS[way] if way is not None else None


async def settled(desk: Desk, delivery: Delivery, state: State, failure: str | None) -> None:
    """The words of somebody have arrived or never will: whoever wrote them is shown it."""
    thread = await threads.of_delivery(desk.tx, delivery.id)
    if delivery.message.key in TO_TEAM:
        if thread is not None:
            await _tell_reporter(desk, thread, state)
        return
    group = await groups.get(desk.tx, thread.recipient) if thread else None
    if group is None or group.duty is None:
        # Nobody of the team wrote a message of one's own, or the group where it was written has been replaced.
        thread, group = None, await groups.team(desk.tx)
    if group is None:
        return
    if thread is not None:
        await show(desk, group, thread.incident, thread.telegram_id)
    if state is not State.SENT:
        await _tell_why(
            desk, delivery, group, thread, _WHY.get(failure or state) or _WHY.get(state, "relay.failed.other")
        )


async def _tell_why(
    desk: Desk, delivery: Delivery, group: groups.Group, thread: threads.Thread | None, why: str
) -> None:
    """Only a failure needs words."""
    incident = delivery.message.about
    await desk.tell_group(
        group,
        why,
        about=incident,
        extras={"replies_to": thread.telegram_id} if thread else {},
        stream=f"{incident}@{group.id}",
        code=delivery.message.facts.get("code"),
    )


async def _tell_reporter(desk: Desk, thread: threads.Thread, state: State) -> None:
    """A short receipt, one for a burst of messages; never before Telegram has accepted the first of them."""
    key = "relay.passed_on" if state is State.SENT else "relay.not_passed_on"
    await receipt(desk, thread.recipient, thread.incident, key)


async def receipt(desk: Desk, reporter: str, incident: str, key: str) -> None:
    """Say it, unless it was said a moment ago. In a stream of its own: nothing that the team says waits for it."""
    last = await outbox.last_made(desk.tx, incident, key)
    if last is not None and codec.moment(last) > desk.now - BURST:
        return
    message = await outbox.write(desk.tx, outbox.Message(key, about=incident), desk.now)
    stream = f"{reporter}/receipts"
    await outbox.address(desk.tx, message, reporter, desk.now, stream=stream, lane=Lane.NOTICE)


async def tally(tx: Transaction, group: groups.Group, incident: str) -> Any:
    """The line on the card of a group without reactions: how many messages to the reporter have got how far."""
    if group.reactions:
        return None
    ways = await threads.ways(tx, group.id, incident)
    if not ways:
        return None
    arrived, under_way = ways.get(State.SENT, 0), ways.get(State.WAITING, 0) + ways.get(State.SENDING, 0)
    return Word("relay.tally", arrived=arrived, under_way=under_way, failed=sum(ways.values()) - arrived - under_way)


async def reachable(tx: Transaction, reporter: str | None) -> str | None:
    """Why nothing can be sent to the reporter of an incident; None where it can."""
    if reporter is None:
        return "relay.failed.erased"
    try:
        person = await people.get(tx, reporter)
    except LookupError:
        return "relay.failed.erased"
    return "relay.failed.blocked" if person.unreachable else None
