"""What wakes a loop that has something to do; nobody polls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Bell:
    """Wakes one loop; rings that come while it works are not lost."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        self._event.set()

    async def wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(max(seconds, 0.0)):
                await self._event.wait()
        except TimeoutError:
            pass
        self._event.clear()


def chime(*bells: Bell) -> Callable[[], None]:
    """Rings them all: what was committed may be work for several loops."""

    def ring() -> None:
        for bell in bells:
            bell.ring()

    return ring
