"""One of many pieces of work of a tick: where it fails, nothing of it is kept and the others go on."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.services.desk import Desk
from storage.store import StoreUnavailable

log = logging.getLogger(__name__)

LATER = timedelta(minutes=5)  # until one that failed is tried again


async def succeeds(desk: Desk, what: str, work: Callable[[], Awaitable[object]]) -> bool:
    """Do it in a savepoint; false where it failed, which is written to the log and undone.

    Raises:
        StoreUnavailable: the database itself cannot be written; then nothing else can go on either.
    """
    try:
        async with desk.tx.savepoint():
            await work()
    except StoreUnavailable:
        raise
    except Exception as error:
        log.error("%s failed", what, exc_info=error)
        return False
    return True
