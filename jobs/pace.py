"""How fast we may speak: in memory, exact, and always a little slower than Telegram's limiter would let us."""

from __future__ import annotations

import math
import sys
from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol

from bot.domain.sending import Kept, Lane, Limits, Rate

# Our seconds and Telegram's are not the same clock, so we keep this share off every rate (30/s becomes 29.7/s, a window
# of 60 s becomes 60.6 s) and this share of the overall burst (30 becomes 27) for the direct calls that nobody counts.
SLOWER = 0.01
SMALLER = 0.1

# Floods in so many chats within this many ticks mean that the bot itself is too fast, not its words to one chat.
FLOODED_CHATS = 3
FLOOD_TICKS = 1.0

UNPACED = sys.maxsize
# A sleeper who waited exactly long enough must not fail on the last binary digit.
TOLERANCE = 1e-6


class _Gauge(Protocol):
    """What one of Telegram's counters can hold at most.

    A request reaches Telegram at some moment between its start and its answer, and we never learn which. So it counts
    as *flying* from the start, and only when it has landed does it begin to wear off, as if it had arrived only then.
    Telegram counted it then or earlier, hence has forgotten it then or earlier: its counter never stands above ours,
    however the network squeezes or delays, and whoever obeys ours never sees a 429 from it.
    """

    def take(self, now: float) -> None: ...
    def land(self, now: float) -> None: ...
    def room(self, now: float) -> int: ...
    def free_at(self, now: float) -> float: ...
    def spare_at(self, now: float) -> float: ...
    def idle(self, now: float) -> bool: ...


class _Bucket:
    """`burst` at once, then `per_second`."""

    __slots__ = ("_at", "_burst", "_flying", "_level", "_per_second")

    def __init__(self, per_second: float, burst: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._flying = 0
        self._level = 0.0  # of what has landed, at the moment `_at`
        self._at = 0.0

    def take(self, now: float) -> None:
        self._leak(now)
        self._flying += 1

    def land(self, now: float) -> None:
        self._leak(now)
        self._flying -= 1
        self._level += 1

    def room(self, now: float) -> int:
        self._leak(now)
        return max(0, math.floor(self._burst - self._flying - self._level + TOLERANCE))

    def free_at(self, now: float) -> float:
        """When one more may start if nothing lands before; infinite if only a landing can make room."""
        if self._flying + 1 > self._burst:
            return math.inf
        self._leak(now)
        return now + max(0.0, self._flying + self._level + 1 - self._burst) / self._per_second

    def spare_at(self, now: float) -> float:
        """Nothing is kept free here for emergencies: a private chat has none that could wait for its own talk."""
        return now

    def idle(self, now: float) -> bool:
        self._leak(now)
        return self._flying == 0 and self._level <= 0

    def _leak(self, now: float) -> None:
        self._level = max(0.0, self._level - (now - self._at) * self._per_second)
        self._at = now


class _Window:
    """At most `count` in any `seconds`, and places kept for emergencies."""

    __slots__ = ("_count", "_flying", "_kept", "_landed", "_seconds")

    def __init__(self, count: int, seconds: float, kept: Kept) -> None:
        self._count = count
        self._seconds = seconds
        self._kept = kept if seconds / kept.every + kept.at_once < count - 1 else None  # too few to keep any
        self._flying = 0
        self._landed: deque[float] = deque()

    def take(self, now: float) -> None:
        self._forget(now)
        self._flying += 1

    def land(self, now: float) -> None:
        self._forget(now)
        self._flying -= 1
        self._landed.append(now)

    def room(self, now: float) -> int:
        self._forget(now)
        return max(0, self._count - self._flying - len(self._landed))

    def free_at(self, now: float) -> float:
        self._forget(now)
        excess = self._flying + len(self._landed) + 1 - self._count
        if excess <= 0:
            return now
        return self._landed[excess - 1] + self._seconds if excess <= len(self._landed) else math.inf

    def remember(self, moments: Iterable[float]) -> None:
        """What a process before this one has sent."""
        self._landed = deque(sorted([*self._landed, *moments]))

    def spare_at(self, now: float) -> float:
        """When a request that is no emergency takes no place that is kept.

        After it, so many emergencies must be able to leave at once and another one every so many seconds, until what
        holds the places now is forgotten. At the `step`-th of those moments `step` of them have left besides, so of
        what is here no more than `most - step` may still count: the next one must be forgotten by then.
        """
        self._forget(now)
        if self._kept is None:
            return now
        held = [*self._landed, *[now] * self._flying]
        most = self._count - self._kept.at_once - 2  # beside the request itself and the first of the steady ones
        waits = [
            held[step - most - 1] + self._seconds - step * self._kept.every
            for step in range(math.ceil(self._seconds / self._kept.every))
            if most - step < len(held)
        ]
        return max([now, *waits])

    def idle(self, now: float) -> bool:
        self._forget(now)
        return self._flying == 0 and not self._landed

    def _forget(self, now: float) -> None:
        while self._landed and self._landed[0] + self._seconds <= now + TOLERANCE:
            self._landed.popleft()


class Pace:
    """Says who may be sent to, and how much; every `take` is followed by one `landed`, whatever became of the request.

    `limits` None counts nothing (benches and tests alone); floods stop chats even then. All times are ticks.
    """

    def __init__(self, limits: Limits | None, ticks: Callable[[], float]) -> None:
        self._limits = limits
        self._ticks = ticks
        self._shares = _overall(limits) if limits else None
        self._chats: dict[int, _Gauge] = {}
        self._sweep_at = 256
        self._full: dict[int, float] = {}  # chats without room → when there will be some
        self._spared: dict[int, float] = {}  # chats whose last places are kept for emergencies → until when
        self._halted: dict[int, float] = {}
        self._floods: deque[tuple[float, int, float]] = deque()  # when, chat, until
        self._silent_until = -math.inf

    def blocked(self, lane: Lane = Lane.ANSWER) -> frozenset[int]:
        """The chats that may not be sent to now; emergencies may still where the last places are kept for them."""
        now = self._ticks()
        for closed in (self._full, self._spared, self._halted):
            for chat in [chat for chat, until in closed.items() if until <= now]:
                del closed[chat]
        shut = frozenset(self._full) | frozenset(self._halted)
        return shut if lane is Lane.EMERGENCY else shut | frozenset(self._spared)

    def room(self, lane: Lane) -> int:
        """How many requests may start now in this lane, to chats that are not blocked."""
        now = self._ticks()
        if now < self._silent_until:
            return 0
        return min((gauge.room(now) for gauge in self._shared(lane)), default=UNPACED)

    def take(self, chat: int, lane: Lane) -> None:
        """One request starts. It counts even where there was no room: a direct call asks nobody."""
        if self._limits is None:
            return
        now = self._ticks()
        for gauge in (*self._shared(lane), self._chat(self._limits, chat, now)):
            gauge.take(now)
        self._note(chat, now)

    def landed(self, chat: int, lane: Lane) -> None:
        """A request that was taken has its outcome, good or bad."""
        if self._limits is None:
            return
        now = self._ticks()
        for gauge in (*self._shared(lane), self._chats[chat]):
            gauge.land(now)
        self._note(chat, now)

    def remember(self, group: int, ages: Iterable[float]) -> None:
        """So many seconds ago a process before this one wrote to a group: Telegram still counts it."""
        if self._limits is None:
            return
        now = self._ticks()
        gauge = self._chat(self._limits, group, now)
        assert isinstance(gauge, _Window)
        gauge.remember(now - age for age in ages)
        self._note(group, now)

    def halt(self, chat: int, seconds: float) -> None:
        """Telegram said 429: its chat rests. Floods in several chats at once stop every lane for the longest rest."""
        now = self._ticks()
        until = now + seconds
        self._halted[chat] = max(until, self._halted.get(chat, until))
        self._floods.append((now, chat, until))
        while self._floods[0][0] < now - FLOOD_TICKS:
            self._floods.popleft()
        if len({flooded for _, flooded, _ in self._floods}) >= FLOODED_CHATS:
            self._silent_until = max(self._silent_until, *(rest for _, _, rest in self._floods))

    def next_change(self) -> float | None:
        """The ticks at which time alone frees something; None if nothing waits for time. Landings free things too."""
        now = self._ticks()
        if now < self._silent_until:
            return self._silent_until
        moments = [*self._full.values(), *self._spared.values(), *self._halted.values()]
        moments += [gauge.free_at(now) for gauge in self._shared(Lane.ADVISORY)]
        return min((moment for moment in moments if now < moment < math.inf), default=None)

    def _shared(self, lane: Lane) -> tuple[_Gauge, ...]:
        """What all chats share. Reminders and advisories pass a narrower gate, so that people always find room."""
        if self._shares is None:
            return ()
        return self._shares if lane >= Lane.REMINDER else self._shares[:1]

    def _chat(self, limits: Limits, chat: int, now: float) -> _Gauge:
        if chat not in self._chats:
            self._sweep(now)
            self._chats[chat] = _private(limits.private) if chat > 0 else _group(limits)
        return self._chats[chat]

    def _note(self, chat: int, now: float) -> None:
        gauge = self._chats[chat]
        if gauge.room(now):
            self._full.pop(chat, None)
        else:
            self._full[chat] = gauge.free_at(now)
        spare = gauge.spare_at(now)
        if spare <= now:
            self._spared.pop(chat, None)
        else:
            self._spared[chat] = spare

    def _sweep(self, now: float) -> None:
        """Forget the chats that have recovered, each time their number has doubled: memory follows the pace itself."""
        if len(self._chats) < self._sweep_at:
            return
        self._chats = {chat: gauge for chat, gauge in self._chats.items() if not gauge.idle(now)}
        self._sweep_at = max(256, 2 * len(self._chats))


def _overall(limits: Limits) -> tuple[_Bucket, _Bucket]:
    """The gate for all, and the narrower one for reminders and advisories: what lies between, `kept_for_people` a
    second and as many at once, is there for people who wait. Where limits are too small for it, the crowd gets a tenth.
    """
    rate = limits.overall.per_second * (1 - SLOWER)
    burst = max(1.0, limits.overall.burst * (1 - SMALLER))
    kept = limits.kept_for_people
    return _Bucket(rate, burst), _Bucket(max(rate / 10, rate - kept), max(1.0, burst - kept))


def _private(rate: Rate) -> _Bucket:
    return _Bucket(rate.per_second * (1 - SLOWER), rate.burst)


def _group(limits: Limits) -> _Window:
    return _Window(limits.group_count, limits.group_seconds * (1 + SLOWER), limits.kept_for_emergencies)
