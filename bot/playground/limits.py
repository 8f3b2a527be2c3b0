"""How fast a bot may speak: Telegram's rates, measured in ticks."""

from __future__ import annotations

import math
from collections import deque
from typing import Protocol

from bot.playground.clock import Clock
from bot.playground.errors import Refused

# Methods that leave or change something in a chat for others to see: only these use up a chat's rate.
_COUNTED = (
    "sendMessage sendPhoto sendVideo sendAnimation sendAudio sendDocument sendVoice sendVideoNote sendSticker "
    "sendLocation sendVenue sendContact editMessageText editMessageCaption editMessageReplyMarkup "
    "setMessageReaction"
)
COUNTED = frozenset(_COUNTED.split())


class Rate(Protocol):
    @property
    def per_second(self) -> float: ...
    @property
    def burst(self) -> int: ...


class Limits(Protocol):
    """Any object with these fields will do."""

    @property
    def overall(self) -> Rate: ...
    @property
    def private(self) -> Rate: ...
    @property
    def group_count(self) -> int: ...
    @property
    def group_seconds(self) -> float: ...


class _Bucket:
    """`burst` at once, then `per_second`."""

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._left = float(rate.burst)
        self._at = now

    def wait(self, now: float) -> float:
        """Ticks until one more is allowed; 0 when it is now."""
        self._left = min(float(self._rate.burst), self._left + (now - self._at) * self._rate.per_second)
        self._at = now
        # The tolerance keeps a sender who waited exactly long enough from failing on the last binary digit.
        return 0.0 if self._left >= 1 - 1e-9 else (1 - self._left) / self._rate.per_second

    def take(self, _now: float) -> None:
        self._left -= 1


class _Window:
    """At most `count` in any `seconds`."""

    def __init__(self, count: int, seconds: float) -> None:
        self._count = count
        self._seconds = seconds
        self._times: deque[float] = deque()

    def wait(self, now: float) -> float:
        while self._times and self._times[0] <= now - self._seconds + 1e-9:
            self._times.popleft()
        return 0.0 if len(self._times) < self._count else self._times[0] + self._seconds - now

    def take(self, now: float) -> None:
        self._times.append(now)


class Limiter:
    """Counts what a bot sends and refuses with 429 what comes too fast; without limits it counts nothing."""

    def __init__(self, clock: Clock, limits: Limits | None) -> None:
        self._clock = clock
        self.limits = limits
        self.floods = 0
        self._overall: _Bucket | None = None
        self._chats: dict[int, _Bucket | _Window] = {}

    def admit(self, method: str, chat: int | None) -> None:
        """Count one call, or Refused 429 with the whole seconds to wait. What was refused does not count."""
        if self.limits is None or chat is None or method not in COUNTED:
            return
        now = self._clock.ticks()
        gates = (self._everything(self.limits, now), self._chat(self.limits, chat, now))
        wait = max(gate.wait(now) for gate in gates)
        if wait > 0:
            self.floods += 1
            raise too_many(math.ceil(wait))
        for gate in gates:
            gate.take(now)

    def _everything(self, limits: Limits, now: float) -> _Bucket:
        if self._overall is None:
            self._overall = _Bucket(limits.overall, now)
        return self._overall

    def _chat(self, limits: Limits, chat: int, now: float) -> _Bucket | _Window:
        if chat not in self._chats:
            group = _Window(limits.group_count, limits.group_seconds)
            self._chats[chat] = group if chat < 0 else _Bucket(limits.private, now)
        return self._chats[chat]


def too_many(seconds: int) -> Refused:
    return Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
