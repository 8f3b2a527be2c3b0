"""Keys of the duties that come round and of what shows that they were done."""

from __future__ import annotations

from bot.domain.presses.press import Press

KINDS: tuple[type[Press], ...] = ()
