"""The playground's two clocks: civil time that may be moved forward, and ticks that only run (perhaps faster)."""

from __future__ import annotations

import asyncio
import calendar
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """`now()` is for dates and retention, `ticks()` for rates, long polls and waiting."""

    def __init__(self, start: datetime | None = None, speed: float = 1.0) -> None:
        self.speed = speed
        self.version = 0
        self.on_move: list[Callable[[], None]] = []
        self._offset = timedelta() if start is None else start - datetime.now(UTC)

    def now(self) -> datetime:
        """Civil time, aware, in UTC: the system's plus all that was moved."""
        return datetime.now(UTC) + self._offset

    def ticks(self) -> float:
        """Monotonic seconds times `speed`; moving the civil time never touches them."""
        return time.monotonic() * self.speed

    @property
    def offset(self) -> float:
        """Seconds by which civil time is ahead of the system's."""
        return self._offset.total_seconds()

    def move(self, *, months: int = 0, **delta: float) -> None:
        """Forward by calendar months and then by the arguments of `timedelta`; ValueError for a step back."""
        now = self.now()
        there = _months_later(now, months) + timedelta(**delta)
        if there < now:
            raise ValueError("the clock only moves forward")
        self._offset += there - now
        self.version += 1
        for listener in tuple(self.on_move):
            listener()

    async def sleep(self, ticks: float) -> None:
        """Let so many ticks pass."""
        await asyncio.sleep(ticks / self.speed)


def _months_later(moment: datetime, months: int) -> datetime:
    """The same day of a later month, or that month's last day where it is shorter."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
