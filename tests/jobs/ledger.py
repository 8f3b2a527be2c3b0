"""What stands in the bot's database, read from outside while no bot works on it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Ledger:
    path: Path

    def rows(self, sql: str) -> list[Mapping[str, Any]]:
        with closing(sqlite3.connect(self.path)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql)]

    def number(self, sql: str) -> int:
        (row,) = self.rows(sql)
        return int(next(iter(row.values())) or 0)

    def flying(self) -> int:
        """Messages in doubt: claimed for sending, and nobody has written down how it ended."""
        return self.number("SELECT count(*) FROM deliveries WHERE state = 'sending' AND op = 'send'")

    def left_over(self) -> list[Mapping[str, Any]]:
        """Updates without effect and messages that never left, for a person to read."""
        updates = self.rows("SELECT state, chat, tries, reference FROM inbox WHERE state <> 'done'")
        sends = "SELECT d.state, d.op, d.lane, d.doubts, d.failure, m.key, p.telegram_id FROM deliveries d"
        joins = " JOIN messages m ON m.id = d.message LEFT JOIN people p ON p.id = d.recipient"
        return updates + self.rows(f"{sends}{joins} WHERE d.state <> 'sent'")

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Be somebody else who writes, and does not end."""
        with closing(sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)) as connection:
            # In a thread: the bot under test shares our loop and must be able to end what it is writing.
            await asyncio.to_thread(connection.execute, "BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")
