"""How much room is left where files are kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bot.domain.quotas import LEAST_ROOM

FRESH: Final = 5.0  # seconds for which one look at the disk is believed


def free_bytes(folder: Path) -> int:
    """What its owner may still write there; a folder that does not exist yet stands where its nearest parent does."""
    there = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
    return shutil.disk_usage(there).free


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
