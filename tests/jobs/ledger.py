"""What stands in the bot's database, read from outside while no bot works on it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
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

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be somebody else who writes, and does not end."""
        with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")
