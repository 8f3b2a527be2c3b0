"""The published contact point; every version is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from storage.codec import at, pack, unpack
from storage.store import Row, Transaction


@dataclass(frozen=True)
class ContactPoint:
    """What the department has published. `hours` is "always", "office" or the words themselves."""

    version: int
    phones: tuple[str, ...]
    email: str | None
    hours: str
    portal: str | None
    published_on: date


def _contact_point(row: Row) -> ContactPoint:
    return ContactPoint(
        version=row["version"],
        phones=tuple(unpack(row["phones"])),
        email=row["email"],
        hours=row["hours"],
        portal=row["portal"],
        published_on=date.fromisoformat(row["published_on"]),
    )


async def newest(tx: Transaction) -> ContactPoint | None:
    row = await tx.row("SELECT * FROM contact_points ORDER BY version DESC LIMIT 1")
    return _contact_point(row) if row else None


async def publish(
    tx: Transaction,
    *,
    phones: list[str],
    email: str | None,
    hours: str,
    portal: str | None,
    published_on: date,
    by: str | None,
    now: datetime,
) -> None:
    await tx.run(
        "INSERT INTO contact_points (version, phones, email, hours, portal, published_on, entered_by, entered_at)"
        " SELECT COALESCE(max(version), 0) + 1, :phones, :email, :hours, :portal, :day, :by, :now FROM contact_points",
        {
            "phones": pack(phones),
            "email": email,
            "hours": hours,
            "portal": portal,
            "day": published_on.isoformat(),
            "by": by,
            "now": at(now),
        },
    )
