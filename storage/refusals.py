"""What was refused to whom beyond a measure: counted by the hour, and nothing else is known of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.quotas import Excess
from storage.codec import at
from storage.store import Transaction


def _hour(now: datetime) -> str:
    """The hour in which something happened: 2026-11-22T03, in UTC."""
    return at(now)[:13]


async def count(tx: Transaction, telegram_id: int, what: Excess, now: datetime, times: int = 1) -> bool:
    """Count what was refused; true where it is the first of its kind in this hour."""
    values = {"who": telegram_id, "what": what, "hour": _hour(now), "times": times}
    first = await tx.run(
        "INSERT INTO refusals (telegram_id, what, hour, count) VALUES (:who, :what, :hour, :times)"
        " ON CONFLICT (telegram_id, what, hour) DO NOTHING",
        values,
    )
    if first == 1:
        return True
    await tx.run(
        "UPDATE refusals SET count = count + :times WHERE telegram_id = :who AND what = :what AND hour = :hour", values
    )
    return False


async def sums(tx: Transaction, now: datetime, within: timedelta) -> dict[Excess, int]:
    """How much of each kind was refused lately, everybody together."""
    rows = await tx.rows(
        "SELECT what, sum(count) AS n FROM refusals WHERE hour >= :since GROUP BY what", {"since": _hour(now - within)}
    )
    known = {row["what"]: row["n"] for row in rows}
    return {what: known.get(what, 0) for what in Excess}


async def purge(tx: Transaction, now: datetime, keep: timedelta) -> None:
    await tx.run("DELETE FROM refusals WHERE hour < :before", {"before": _hour(now - keep)})
