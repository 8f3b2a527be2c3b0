"""How the bot is: one picture for /healthz, /metrics and the log. It holds no personal data and no token."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from storage import inbox, marks, outbox, refusals
from storage.store import Store

STALE_HEARTBEAT: Final = timedelta(minutes=2)
REFUSED_WITHIN: Final = timedelta(days=1)

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


async def counted(store: Store, now: datetime) -> dict[str, object]:
    """What the database counts; `late` where the clock's edge has not been heard of for a while.

    Of refusals only how many there were of each kind in a day, never whose.
    """
    async with store.reading() as tx:
        waiting = await inbox.counts(tx)
        out = await outbox.counts(tx)
        beat = await marks.written_at(tx, "heartbeat")
        refused = await refusals.sums(tx, now, REFUSED_WITHIN)
    return {
        "inbox_waiting": waiting.get("waiting", 0),
        "inbox_dead": waiting.get("dead", 0),
        "outbox_waiting": out.get("waiting", 0),
        "outbox_sending": out.get("sending", 0),
        "outbox_unsure": out.get("unsure", 0),
        **{f"refused_{what}": count for what, count in refused.items()},
        "late": beat is not None and now - beat > STALE_HEARTBEAT,
    }
