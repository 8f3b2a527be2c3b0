"""Names of colleagues for colleagues, by the ids that the log keeps."""

from __future__ import annotations

from typing import Any

from bot.services.desk import named
from locales import Word
from storage import people
from storage.store import Transaction


async def name_of(tx: Transaction, person: str | None) -> Any:
    """Who that is; nobody where the clock acted, and a word for somebody whose data is erased."""
    if person is None:
        return Word("mover.nobody")
    try:
        return named(await people.get(tx, person))
    except LookupError:
        return Word("staff.unnamed")
