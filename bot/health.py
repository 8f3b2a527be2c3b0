"""How the bot is: one picture for /healthz, /metrics and the log. It holds no personal data and no token."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

# What the database says when it cannot be written, by how that begins, and the word for it.
_REASONS: Final = {
    "SQLITE_FULL": "disk_full",
    "SQLITE_READONLY": "read_only",
    "SQLITE_BUSY": "locked",
    "SQLITE_LOCKED": "locked",
}


def reason(fault: str) -> str:
    """Why nothing can be stored, in a word that a machine and an operator can read."""
    return next((word for begins, word in _REASONS.items() if fault.startswith(begins)), "disk_error")


@dataclass
class Health:
    """Facts that the parts report. `telegram_since` tells since when the present state of the line holds."""

    started_at: datetime
    connected: bool = False
    telegram_since: datetime | None = None
    trouble: str | None = "starting"
    malformed: int = 0
    counters: dict[str, int] = field(default_factory=dict)

    def line(self, now: datetime, trouble: str | None) -> bool:
        """Note the state of the line to Telegram; true where it changed."""
        if self.telegram_since is not None and trouble == self.trouble:
            return False
        self.trouble, self.connected, self.telegram_since = trouble, trouble is None, now
        return True
