"""The log of the register as people read it, and the one way to write into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain.people import Person
from bot.domain.registering import PERSONAL, Event
from bot.services.desk import Desk, named
from locales import At, Listed, Word
from storage import people, register, systems
from storage.register import Entry

LONGEST = 60  # letters of a value that is quoted


async def note(desk: Desk, kind: Event, actor: Person | None, agency: str, /, **details: Any) -> None:
    """Log a change of an agency, or with `system` of one of its systems. Fields that are personal are never quoted."""
    system = details.pop("system", None)
    assert not PERSONAL & details.keys()
    await register.note(
        desk.tx, kind, actor.id if actor else None, desk.now, agency=agency, system=system, details=details
    )


async def lines(desk: Desk, agency: str, most: int) -> Sequence[Any]:
    """What happened to an agency and its systems, the newest first."""
    return [await _line(desk, entry) for entry in await register.of_agency(desk.tx, agency, most)]


async def _line(desk: Desk, entry: Entry) -> Any:
    system = await systems.find(desk.tx, entry.system)
    return Word(
        "chronicle.line",
        at=At(entry.at, "date"),
        what=Word(f"register_event.{entry.kind}"),
        details=Listed([system.name if system else None, *_details(entry)]),
        by=await _by(desk, entry),
    )


async def _by(desk: Desk, entry: Entry) -> Any:
    if entry.actor is None:
        return Word("chronicle.nobody")
    try:
        return named(await people.get(desk.tx, entry.actor))
    except LookupError:
        return Word("staff.unnamed")


def _details(entry: Entry) -> Sequence[Any]:
    """What the log says beside the kind of the change: other agencies by their codes, fields by their names."""
    said = [_shown(entry.details[name]) for name in _QUOTED if entry.details.get(name)]
    table = "systems" if entry.system else "agencies"
    fields = entry.details.get("fields") or {}
    return [*said, *(_field(table, name, both) for name, both in fields.items())]


_QUOTED = ("code", "successor", "predecessor", "reason", "basis")


def _field(table: str, name: str, both: Any) -> Any:
    label = Word(f"table.{table}.{name}")
    if both is None:
        return label
    before, after = (_coded(name, value) for value in both)
    return Word("chronicle.field", field=label, before=before, after=after)


def _coded(name: str, value: Any) -> Any:
    """A value of a field; what is a code is told by its word."""
    table = _CODED.get(name)
    if table is not None and (value or name == "level"):
        return Word(f"{table}.{value or 'unknown'}")
    return _shown(value)


_CODED = {"kind": "table.kind", "exposure": "table.exposure", "level": "level"}


def _shown(value: Any) -> Any:
    if value in (None, "", []):
        return Word("chronicle.none")
    said = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"
