"""Keys of the view over all agencies."""

from __future__ import annotations

from bot.domain.presses.press import Press

KINDS: tuple[type[Press], ...] = ()
