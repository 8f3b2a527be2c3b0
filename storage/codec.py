"""How values stand in rows: times as UTC text of fixed width, JSON as compact text."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any


def at(moment: datetime) -> str:
    """An aware time as text that sorts: 2026-11-22T01:30:00.000000Z."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def moment(text: str) -> datetime:
    """The aware UTC time that `at` wrote."""
    return datetime.fromisoformat(text)


def maybe_moment(text: str | None) -> datetime | None:
    return None if text is None else moment(text)


def maybe_at(moment: datetime | None) -> str | None:
    return None if moment is None else at(moment)


def pack(value: Any) -> str:
    """JSON in one canonical form: sorted keys, no spaces, letters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def unpack(text: str) -> Any:
    return json.loads(text)
