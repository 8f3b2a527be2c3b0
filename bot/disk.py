"""How much room is left where files are kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bot.domain.quotas import LEAST_ROOM

FRESH: Final = 5.0  # seconds for which one look at the disk is believed


def standing(path: Path) -> Path:
    """The path itself, or its nearest parent that exists."""
    return next(one for one in (path.absolute(), *path.absolute().parents) if one.exists())


def free_bytes(folder: Path) -> int:
    """What we may still write under a folder; one that cannot be looked at has no room."""
    try:
        return shutil.disk_usage(standing(folder)).free
    except OSError:
        return 0


class Room:
    """Free bytes under a folder, looked at every few seconds however often it is asked."""

    def __init__(self, folder: Path, ticks: Callable[[], float]) -> None:
        self._folder = folder
        self._ticks = ticks
        self._looked_at: float | None = None
        self._free = 0

    def __call__(self) -> int:
        now = self._ticks()
        if self._looked_at is None or now - self._looked_at >= FRESH:
            self._free, self._looked_at = free_bytes(self._folder), now
        return self._free


def is_low(free: int) -> bool:
    return free < LEAST_ROOM
