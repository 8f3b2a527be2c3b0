"""Rows of a table that was looked at are written into the register, all of them or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from bot.domain.agencies import Exposure, Kind
from bot.domain.imports import Findings, Register
from bot.domain.registering import PERSONAL, Event
from bot.domain.tables import Entry, Value, What
from storage import agencies, register, systems
from storage.agencies import Agency, Published
from storage.store import Transaction, Values
from storage.systems import System


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(value: Value) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def _text(value: Value) -> str | None:
    return str(value) if value is not None else None


def _list(value: Value) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else ()


@dataclass(frozen=True)
class Shelf:
    """The register as it stands, with what its codes mean."""

    agencies: Mapping[str, Agency]
    systems: Mapping[str, System]
    code_of: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "code_of", {one.id: code for code, one in self.agencies.items()})

    def register(self) -> Register:
        """The same as the rows of the tables would say it."""
        return Register(
            {code: self._of_agency(one) for code, one in self.agencies.items()},
            {code: self._of_system(one) for code, one in self.systems.items()},
        )

    def _code(self, identifier: str | None) -> str | None:
        return self.code_of[identifier] if identifier else None

    def _of_agency(self, one: Agency) -> dict[str, Value]:
        return {
            "code": one.code,
            "name": one.name,
            "kind": str(one.kind),
            "head": one.head,
            "head_title": one.head_title,
            "since": _iso(one.since),
            "until": _iso(one.until),
            "successor": self._code(one.successor),
            "phones": list(one.published.phones),
            "email": one.published.email,
            "page": one.published.page,
            "source": one.published.source,
            "published_on": _iso(one.published.published_on),
        }

    def _of_system(self, one: System) -> dict[str, Value]:
        return {
            "code": one.code,
            "name": one.name,
            "agency": self._code(one.agency),
            "operator": self._code(one.operator),
            "level": one.level,
            "exposure": str(one.exposure),
            "tags": list(one.tags),
            "provider": self._code(one.provider),
            "vendor": one.vendor,
            "since": _iso(one.since),
            "until": _iso(one.until),
        }


async def shelf(tx: Transaction) -> Shelf:
    """Read the whole register."""
    return Shelf(
        {one.code: one for one in await agencies.everything(tx)},
        {one.code: one for one in await systems.everything(tx)},
    )


async def version(tx: Transaction) -> str:
    """Another text whenever anybody has changed the register."""
    return f"{await agencies.changed_at(tx)}|{await systems.changed_at(tx)}"


@dataclass(frozen=True)
class Row:
    """One row that is to be written: into which row of the register (None: a new one), and what it changes there."""

    id: str | None
    entry: Entry
    changes: Mapping[str, Sequence[Value]]

    @property
    def code(self) -> str:
        return str(self.entry["code"])


@dataclass(frozen=True)
class Plan:
    """Everything that is to be written, with the ids of the agencies that are named. Good as long as nobody else
    changes the register: JSON can hold it, so that writing needs to read nothing.
    """

    what: What
    rows: Sequence[Row]
    ids: Mapping[str, str]

    @classmethod
    def of(cls, what: What, findings: Findings, kept: Shelf) -> Plan:
        """What a dry run found, ready to be written."""
        there: Mapping[str, Agency | System] = kept.agencies if what is What.AGENCIES else kept.systems
        changes = {one.code: one.changes for one in findings.told}
        rows = [
            Row(there[code].id if (code := str(entry["code"])) in there else None, entry, changes[code])
            for entry in findings.entries
        ]
        named = {str(entry[column]) for entry in findings.entries for column in _NAMES[what] if entry[column]}
        return cls(what, rows, {code: kept.agencies[code].id for code in sorted(named) if code in kept.agencies})

    @property
    def new(self) -> int:
        """How many rows are new."""
        return sum(row.id is None for row in self.rows)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Plan:
        return cls(What(told["what"]), [Row(*row) for row in told["rows"]], told["ids"])

    def to_json(self) -> dict[str, Any]:
        rows = [[row.id, row.entry, {name: list(both) for name, both in row.changes.items()}] for row in self.rows]
        return {"what": self.what, "rows": rows, "ids": self.ids}


_NAMES: Mapping[What, tuple[str, ...]] = {
    What.AGENCIES: ("successor",),
    What.SYSTEMS: ("agency", "operator", "provider"),
}


@dataclass(frozen=True)
class Batch:
    """A plan as rows of the database, so that writing them is all that the writer is held for."""

    what: What
    new: Sequence[Values]
    changed: Sequence[Values]
    new_tags: Sequence[Values]
    changed_tags: Sequence[Values]
    notes: Sequence[Values]
    updated: Sequence[str]  # systems that got another vendor: their plans are to be looked at again


def prepare(
    plan: Plan, fresh: Iterable[str], now: datetime, actor: str | None = None, because: str | None = None
) -> Batch:
    """Rows for everything that is to be written, and for the log; `fresh` are ids for what is new, `because` is the
    import. Slow for many rows (a quarter of a second for 5,000): for a thread.
    """
    ids = iter(fresh)
    own = {row.code: row.id or next(ids) for row in plan.rows}
    blank = register.Entry(0, Event.AGENCY_ADDED, now, actor, None, None, {})
    notes = register.rows_of([_note(blank, plan, row, own[row.code], because) for row in plan.rows])
    if plan.what is What.AGENCIES:
        return _agencies(plan, own, now, notes)
    new = [_system(row.entry, own[row.code], plan.ids) for row in plan.rows if row.id is None]
    changed = [_system(row.entry, own[row.code], plan.ids) for row in plan.rows if row.id]
    return Batch(
        plan.what,
        systems.rows_of(new, now),
        systems.rows_of(changed, now),
        systems.tags_of(new),
        systems.tags_of(changed),
        notes,
        [own[row.code] for row in plan.rows if _other_vendor(row)],
    )


def _agencies(plan: Plan, own: Mapping[str, str], now: datetime, notes: Sequence[Values]) -> Batch:
    """A successor may stand below those whom it succeeds: new rows are linked once all of them are there."""
    ids = {**plan.ids, **own}
    new = [_agency(row.entry, own[row.code], ids) for row in plan.rows if row.id is None]
    changed = [_agency(row.entry, own[row.code], ids) for row in plan.rows if row.id]
    linked = [one for one in new if one.successor is not None]
    alone = agencies.rows_of([replace(one, successor=None) for one in new], now)
    return Batch(plan.what, alone, agencies.rows_of([*linked, *changed], now), [], [], notes, [])


async def write(tx: Transaction, batch: Batch) -> None:
    """Write everything."""
    if batch.what is What.AGENCIES:
        await agencies.add_all(tx, batch.new)
        await agencies.change_all(tx, batch.changed)
    else:
        await systems.add_all(tx, batch.new, batch.new_tags)
        await systems.change_all(tx, batch.changed, batch.changed_tags)
    await register.note_all(tx, batch.notes)


def _agency(entry: Entry, identifier: str, ids: Mapping[str, str]) -> Agency:
    published = Published(
        _list(entry["phones"]),
        _text(entry["email"]),
        _text(entry["page"]),
        _text(entry["source"]),
        _day(entry["published_on"]),
    )
    return Agency(
        id=identifier,
        code=str(entry["code"]),
        name=str(entry["name"]),
        kind=Kind(str(entry["kind"])),
        head=_text(entry["head"]),
        head_title=_text(entry["head_title"]),
        since=_day(entry["since"]),
        until=_day(entry["until"]),
        successor=ids[str(entry["successor"])] if entry["successor"] else None,
        published=published,
    )


def _system(entry: Entry, identifier: str, ids: Mapping[str, str]) -> System:
    return System(
        id=identifier,
        code=str(entry["code"]),
        name=str(entry["name"]),
        agency=ids[str(entry["agency"])],
        operator=ids[str(entry["operator"])] if entry["operator"] else None,
        level=entry["level"] if isinstance(entry["level"], int) else None,
        exposure=Exposure(str(entry["exposure"])),
        provider=ids[str(entry["provider"])] if entry["provider"] else None,
        vendor=_text(entry["vendor"]),
        since=_day(entry["since"]),
        until=_day(entry["until"]),
        tags=_list(entry["tags"]),
    )


def _other_vendor(row: Row) -> bool:
    """One vendor went and another came; one that was only written down at last changes nothing."""
    before, after = row.changes.get("vendor", (None, None))
    return bool(before and after)


def _note(blank: register.Entry, plan: Plan, row: Row, identifier: str, because: str | None) -> register.Entry:
    fields = {
        name: None if name in PERSONAL else [_logged(value) for value in both] for name, both in row.changes.items()
    }
    details = {"code": row.code, "import": because, **({"fields": fields} if fields else {})}
    if plan.what is What.AGENCIES:
        kind = Event.AGENCY_CHANGED if row.id else Event.AGENCY_ADDED
        return replace(blank, kind=kind, agency=identifier, details=details)
    kind = _kind_of_change(row) if row.id else Event.SYSTEM_ADDED
    owner = plan.ids[str(row.entry["agency"])]
    return replace(blank, kind=kind, agency=owner, system=identifier, details=details)


def _logged(value: Value) -> str | int | None:
    return "; ".join(value) if isinstance(value, list) else value


def _kind_of_change(row: Row) -> Event:
    if _other_vendor(row):
        return Event.SYSTEM_UPDATED
    return Event.LEVEL_SET if row.changes.keys() == {"level"} else Event.SYSTEM_CHANGED
