"""Two clocks in one small object: civil time for people, law and rows; monotonic ticks for pace and leases."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """`now` may be moved forward in a demo or test; `ticks` never jumps, but a test may run it faster."""

    def now(self) -> datetime: ...

    def ticks(self) -> float: ...


class SystemClock:
    """The clock of `ungcuu run`: nothing can move it."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def ticks(self) -> float:
        return time.monotonic()
