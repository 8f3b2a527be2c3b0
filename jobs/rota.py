"""The rota by the clock: what is empty, who comes on duty, who was told of a change, what was offered in vain."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from bot.services import apart
from bot.services.desk import Desk
from bot.services.duty import rota_plans, rota_swaps, rota_watch

# In this order: whoever has gone is not called, and what has become empty by it is asked after at once.
STEPS = (rota_watch.release, rota_watch.make_rows, rota_swaps.lapse, rota_plans.tell, rota_watch.look)


async def look(desk: Desk) -> int:
    """Everything that is due, as much as fits into one transaction; how much that was. A step that fails does nothing
    and holds up no other.
    """
    done: list[int] = []
    for step in STEPS:
        await apart.succeeds(desk, f"{step.__module__}.{step.__name__}", partial(_take, desk, step, done))
    return sum(done)


async def _take(desk: Desk, step: Callable[[Desk], Awaitable[int]], done: list[int]) -> None:
    done.append(await step(desk))
