"""Keys of the register: agencies, systems, who speaks for them."""

from __future__ import annotations

from bot.domain.presses.press import Press

KINDS: tuple[type[Press], ...] = ()
