"""Our own ids: text of 20 letters that sorts by time, and never twice the same in one process."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
LENGTH = 20
SHORT = 8
_RANDOM_BITS = 52


def encode(number: int, length: int = LENGTH) -> str:
    """Write `number` (0 <= number < 32**length) in base 32, most significant letter first."""
    letters = []
    for _ in range(length):
        number, rest = divmod(number, 32)
        letters.append(ALPHABET[rest])
    return "".join(reversed(letters))


class Ids:
    """Makes ids of 48 bits of milliseconds and 52 random bits; counts on where time stands or goes back."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._last = 0

    def new(self) -> str:
        milliseconds = int(self._now().timestamp() * 1000)
        drawn = (milliseconds << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
        # The same millisecond must not shuffle two messages to one person: time first, then plain counting.
        if drawn >> _RANDOM_BITS <= self._last >> _RANDOM_BITS:
            drawn = self._last + 1
        self._last = drawn
        return encode(drawn)


def short(identifier: str) -> str:
    """The last eight letters: enough to tell a stale button from a live one, never enough to find a row by."""
    return identifier[-SHORT:]
