"""What the running bot has written down, and waiting until it has."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from bot.app import report
from tests.conftest import Stage
from tests.people import Person


async def rows(stage: Stage, sql: str, **values: Any) -> list[Mapping[str, Any]]:
    async with stage.bot.store.reading() as tx:
        return list(await tx.rows(sql, values))


async def number(stage: Stage, sql: str, **values: Any) -> int:
    """The one number that a query gives; 0 for NULL."""
    (row,) = await rows(stage, sql, **values)
    return int(next(iter(dict(row).values())) or 0)


async def told(stage: Stage, person: Person) -> list[str]:
    """The names of the texts that this person was sent, in order."""
    found = await rows(
        stage,
        "SELECT m.key FROM deliveries d JOIN messages m ON m.id = d.message JOIN people p ON p.id = d.recipient"
        " WHERE p.telegram_id = :user AND d.state = 'sent' ORDER BY d.id",
        user=person.user.id,
    )
    return [row["key"] for row in found]


PATIENCE = 60.0  # seconds; only a fault, or a machine with other things to do, takes as long


def waiting() -> str:
    """Where every task stands: for a time-out that must explain itself."""
    lines = []
    for task in asyncio.all_tasks():
        inner: Any = task.get_coro()
        chain = []
        while (frame := getattr(inner, "cr_frame", None)) is not None:
            chain.append(f"{frame.f_code.co_qualname}:{frame.f_lineno}")
            inner = inner.cr_await
        lines.append(" > ".join(chain))
    return "\n".join(sorted(lines))


async def shows(stage: Stage, within: float = PATIENCE, **facts: object) -> dict[str, object]:
    """Wait until health shows these facts; all that it shows then."""
    shown: dict[str, object] = {}
    try:
        async with asyncio.timeout(within):
            while {name: (shown := await report(stage.bot)).get(name) for name in facts} != facts:
                pass
    except TimeoutError:
        raise TimeoutError(f"wanted {facts}, health shows {shown}; waiting:\n{waiting()}") from None
    return shown


async def becomes(stage: Stage, wanted: int, sql: str, within: float = PATIENCE, **values: Any) -> None:
    """Wait until a query gives this number."""
    found = -1
    try:
        async with asyncio.timeout(within):
            while (found := await number(stage, sql, **values)) != wanted:
                pass
    except TimeoutError:
        raise TimeoutError(f"wanted {wanted}, there is {found}: {sql} {values}; waiting:\n{waiting()}") from None


async def rests(stage: Stage, within: float = PATIENCE) -> None:
    """Wait until Telegram has told everything, nothing is to be worked and nothing to be sent."""
    await stage.telegram.until(lambda: stage.telegram.updates.pending == 0, within)
    await shows(stage, within, inbox_waiting=0, outbox_waiting=0, outbox_sending=0)
