"""What the rest of the house needs of a database: transactions with named values, and nothing of its driver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

Row = Mapping[str, Any]
Values = Mapping[str, Any]


class StoreUnavailable(Exception):
    """The database cannot be written now (disk full, read-only, locked). Nothing was changed; try again later."""


class Transaction(Protocol):
    """An open transaction. Statements name their values (`:name`)."""

    async def rows(self, sql: str, values: Values = ...) -> list[Row]: ...

    async def row(self, sql: str, values: Values = ...) -> Row | None:
        """The first row, or None."""
        ...

    async def run(self, sql: str, values: Values = ...) -> int:
        """Run one statement; the number of rows that it changed."""
        ...

    async def run_many(self, sql: str, values: Sequence[Values]) -> None: ...

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """Everything inside is undone alone where the block raises."""
        ...

    def new_id(self) -> str:
        """An id of ours that sorts after every earlier one of this process."""
        ...


class Store(Protocol):
    """One writer, readers apart."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """The writer's transaction: committed at the end of the block, undone where it raises.

        Raises:
            StoreUnavailable: the database cannot be written now.
        """
        ...

    def reading(self) -> AbstractAsyncContextManager[Transaction]:
        """A reader's view; it never waits for the writer."""
        ...

    async def checkpoint(self) -> None:
        """Fold the log of changes into the database, so that erased text is gone from disk."""
        ...
