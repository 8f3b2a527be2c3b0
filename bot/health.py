"""How the bot is: one picture for /healthz, /metrics and the log. It holds no personal data and no token."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


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
