"""What is forgotten, and when: bodies, ids, values of settled messages, unanswered pictures, counts."""

from __future__ import annotations

from datetime import timedelta

from bot.services.desk import Desk
from storage import enclosures, evidence, inbox, intake, marks, orders, outbox, refusals, search

BODIES = timedelta(days=7)  # of dead letters, masked
IDS = timedelta(days=30)  # Telegram keeps updates for a day; ids restart at random after a quiet week
VALUES = timedelta(days=30)  # of messages that were settled
WORDS = timedelta(days=7)  # of reporter and team, that were passed on: the log of the incident has them
FILES = timedelta(hours=1)  # that we made, once nothing carries them any more
ORDERS = timedelta(days=30)  # of files, that were settled
ATTEMPTS = timedelta(days=2)
SEARCHES = timedelta(days=1)
MEASURES = timedelta(days=7)  # how much each person sent in a day, and what was refused


async def forget(desk: Desk) -> int:
    """Forget what is old; always done in one go."""
    await inbox.purge(desk.tx, desk.now, BODIES, IDS)
    await outbox.blank(desk.tx, desk.now, VALUES)
    await outbox.blank(desk.tx, desk.now, WORDS, named="relay.%")
    await enclosures.purge(desk.tx, desk.now, FILES)
    await orders.purge(desk.tx, desk.now, ORDERS)
    await evidence.drop_unanswered(desk.tx, desk.now - timedelta(days=desk.policy.draft_days))
    await marks.purge_attempts(desk.tx, desk.now, ATTEMPTS)
    await intake.purge(desk.tx, desk.now, MEASURES)
    await refusals.purge(desk.tx, desk.now, MEASURES)
    await search.forget(desk.tx, desk.now - SEARCHES)
    await search.merge(desk.tx)
    return 0


async def expire(desk: Desk) -> int:
    """Messages past their time are not sent any more."""
    await outbox.expire(desk.tx, desk.now)
    return 0


async def heartbeat(desk: Desk) -> int:
    """Prove that the clock's edge is alive; health reads it."""
    await marks.put(desk.tx, "heartbeat", "alive", desk.now)
    return 0
