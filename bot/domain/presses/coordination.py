"""Keys of requests to agencies and providers."""

from __future__ import annotations

from bot.domain.presses.press import Press

KINDS: tuple[type[Press], ...] = ()
