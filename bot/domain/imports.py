"""A table against the register: what each row would change, and all that is wrong with it. Nothing is written."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from bot.domain.agencies import Exposure, Kind
from bot.domain.grids import HEAD_WITHIN, MOST_CELLS, Grid, Line
from bot.domain.lettering import Unreadable, spoilt
from bot.domain.tables import TABLES, Column, Entry, Fault, Table, Unfit, Value, What, heads, is_running


class Fate(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    FAULTY = "faulty"


@dataclass(frozen=True)
class Read:
    """A row; `entry` has what could be read of it, which is all of it where it is `sound`."""

    row: int
    entry: Entry
    sound: bool = True


@dataclass(frozen=True)
class Told:
    """The fate of one row; `changes` are what stood in a column before, and what would."""

    row: int
    code: str
    name: str
    fate: Fate
    changes: Mapping[str, tuple[Value, Value]] = field(default_factory=dict)


@dataclass(frozen=True)
class Register:
    """What is there already, by code."""

    agencies: Mapping[str, Entry] = field(default_factory=dict)
    systems: Mapping[str, Entry] = field(default_factory=dict)

    def of(self, what: What) -> Mapping[str, Entry]:
        return self.agencies if what is What.AGENCIES else self.systems


@dataclass(frozen=True)
class Findings:
    """The outcome of a dry run. `entries` are the whole rows that are to be written, none where anything is wrong."""

    told: Sequence[Told] = ()
    faults: Sequence[Fault] = ()
    entries: Sequence[Entry] = ()

    @property
    def counts(self) -> Mapping[Fate, int]:
        counted = Counter(one.fate for one in self.told)
        return {fate: counted[fate] for fate in Fate}


# Reading ------------------------------------------------------------------------------------------------------------


def read(grid: Grid, table: Table) -> tuple[list[Read], list[Fault], Mapping[str, int]]:
    """The rows below the heads, what cannot be read, and in which place each column stands.

    Raises:
        Unreadable: no heads, the heads of the other table, or no row below them.
    """
    head, below = _below_heads(grid, table)
    columns, faults = _columns(head, table)
    if faults:
        return [], faults, {}
    rows: list[Read] = []
    found = False
    for line in below:
        if any(line.cells) or line.troubles:
            found = True
            rows.append(_entry(line, columns, faults))
    if not found:
        raise Unreadable("no_rows")
    return rows, faults, {column.name: place for place, column in columns.items()}


def _below_heads(grid: Grid, table: Table) -> tuple[Line, Sequence[Line]]:
    other = next(one for one in TABLES.values() if one is not table)
    for place, line in enumerate(grid[:HEAD_WITHIN]):
        ours, theirs = heads(table, line.cells), heads(other, line.cells)
        if max(ours, theirs) < 2:
            continue
        if theirs > ours:
            raise Unreadable("other_table")
        return line, grid[place + 1 :]
    if not any(any(line.cells) for line in grid):
        raise Unreadable("empty")
    raise Unreadable(spoilt(" ".join(cell for line in grid[:HEAD_WITHIN] for cell in line.cells)) or "no_heads")


def _columns(head: Line, table: Table) -> tuple[dict[int, Column], list[Fault]]:
    """Which column stands where; heads that are unknown, twice or missing."""
    columns: dict[int, Column] = {}
    faults = []
    for place, cell in enumerate(head.cells):
        column = table.column(cell)
        if column is None:
            if not is_running(cell):
                faults.append(Fault(head.number, "head_unknown", "", place, {"head": cell[:60]}))
        elif column in columns.values():
            faults.append(Fault(head.number, "head_twice", column.name, place))
        else:
            columns[place] = column
    missing = [column for column in table.columns if column.needed and column not in columns.values()]
    faults += [Fault(head.number, "head_missing", column.name) for column in missing]
    return columns, faults[:MOST_CELLS]


def _entry(line: Line, columns: Mapping[int, Column], faults: list[Fault]) -> Read:
    """One row; what cannot be read of it is added to the faults."""
    before = len(faults)
    merged = min((place for place, why in line.troubles.items() if why == "merged"), default=None)
    if merged is not None:
        faults.append(Fault(line.number, "merged", columns[merged].name if merged in columns else "", merged))
        return Read(line.number, {}, sound=False)
    entry = {}
    for place, column in columns.items():
        cell = line.cells[place] if place < len(line.cells) else ""
        try:
            if place in line.troubles:
                raise Unfit(line.troubles[place])
            value = column.read(cell)
            if column.needed and value is None and not cell:
                raise Unfit("needed")
            entry[column.name] = value
        except Unfit as no:
            faults.append(Fault(line.number, no.reason, column.name, place, no.values))
    beyond = max(columns) + 1
    surplus = [place for place, cell in enumerate(line.cells) if place >= beyond and cell]
    if surplus:
        faults.append(Fault(line.number, "surplus", "", surplus[0]))
    return Read(line.number, entry, sound=len(faults) == before)


# Weighing -----------------------------------------------------------------------------------------------------------

_BLANK: Mapping[What, Entry] = {
    What.AGENCIES: {column.name: None for column in TABLES[What.AGENCIES].columns} | {"phones": []},
    What.SYSTEMS: {column.name: None for column in TABLES[What.SYSTEMS].columns}
    | {"tags": [], "exposure": str(Exposure.UNKNOWN)},
}


def weigh(grid: Grid, what: What, register: Register, today: date) -> Findings:
    """Compare a table with the register. A column that the file has not leaves what is there as it is; an empty cell
    takes it away.

    Raises:
        Unreadable: as for `read`.
    """
    rows, faults, places = read(grid, TABLES[what])
    known = register.of(what)
    first: dict[str, int] = {}
    pending: dict[str, tuple[Read, dict[str, Value]]] = {}
    told: list[Told] = []
    for one in rows:
        if "code" not in one.entry:
            continue
        code = str(one.entry["code"])
        if first.setdefault(code, one.row) != one.row:
            faults.append(Fault(one.row, "twice", "code", places["code"], {"other": first[code]}))
            continue
        whole = {**known.get(code, _BLANK[what]), **one.entry}
        if one.sound and known.get(code) == whole:
            told.append(Told(one.row, code, str(whole["name"]), Fate.SAME))
        else:
            pending[code] = (one, whole)
    after = {**known, **{code: whole for code, (_, whole) in pending.items()}}
    check = _Checks(what, register, after, pending, today)
    for code, (one, whole) in pending.items():
        wrong = [replace(fault, place=places.get(fault.column, -1)) for fault in check.all(one, whole)]
        faults += wrong
        if one.sound and not wrong:
            told.append(_told(one, whole, known.get(code)))
    return _findings(told, faults, [whole for _, whole in pending.values()])


def _told(one: Read, whole: Entry, before: Entry | None) -> Told:
    code, name = str(whole["code"]), str(whole["name"])
    if before is None:
        return Told(one.row, code, name, Fate.NEW)
    changes = {column: (before[column], value) for column, value in whole.items() if before[column] != value}
    return Told(one.row, code, name, Fate.CHANGED, changes)


def _findings(told: Sequence[Told], faults: Sequence[Fault], entries: Sequence[Entry]) -> Findings:
    wrong = sorted(faults, key=lambda fault: (fault.row, fault.place))
    rows = {fault.row for fault in wrong}
    faulty = [Told(row, "", "", Fate.FAULTY) for row in rows]
    fates = sorted([*(one for one in told if one.row not in rows), *faulty], key=lambda one: one.row)
    return Findings(fates, wrong, () if wrong else entries)


def _written(name: Value) -> str:
    return unicodedata.normalize("NFC", str(name)).casefold()


def _span(entry: Entry) -> tuple[str, str]:
    return str(entry["since"] or ""), str(entry["until"] or "9999")


@dataclass
class _Checks:
    """What must hold between a row, the other rows, and the register as it would be afterwards."""

    what: What
    register: Register
    after: Mapping[str, Entry]
    pending: Mapping[str, tuple[Read, Entry]]
    today: date
    _names: dict[tuple[Value, str], list[Entry]] = field(init=False, default_factory=lambda: defaultdict(list))
    _living: Counter[Value] = field(init=False, default_factory=Counter)

    def __post_init__(self) -> None:
        for entry in self.after.values():
            self._names[self._place(entry)].append(entry)
        if self.what is What.AGENCIES:
            day = self.today.isoformat()
            self._living.update(one["agency"] for one in self.register.systems.values() if _span(one)[1] > day)

    def _place(self, entry: Entry) -> tuple[Value, str]:
        """Agencies share one room for names; a system only that of its owner."""
        return (entry["agency"] if self.what is What.SYSTEMS else None), _written(entry["name"])

    def all(self, one: Read, whole: Entry) -> Iterator[Fault]:
        if whole["since"] and whole["until"] and str(whole["until"]) <= str(whole["since"]):
            yield Fault(one.row, "until_before_since", "until")
        yield from self._same_name(one, whole)
        yield from self._of_agency(one, whole) if self.what is What.AGENCIES else self._of_system(one, whole)

    def _same_name(self, one: Read, whole: Entry) -> Iterator[Fault]:
        if whole["name"] is None:
            return
        since, until = _span(whole)
        for other in self._names[self._place(whole)]:
            begins, ends = _span(other)
            if other["code"] != whole["code"] and begins < until and since < ends:
                yield Fault(one.row, "same_name", "name", values={"code": str(other["code"])})
                return

    def _of_agency(self, one: Read, whole: Entry) -> Iterator[Fault]:
        code, successor = str(whole["code"]), whole["successor"]
        if successor is not None:
            if str(successor) not in self.after:
                yield Fault(one.row, "no_agency", "successor", values={"code": str(successor)})
            elif not whole["until"]:
                yield Fault(one.row, "successor_of_living", "successor")
            elif self._circles(code):
                yield Fault(one.row, "circle", "successor")
        if whole["until"] and str(whole["until"]) <= self.today.isoformat() and self._living[code]:
            yield Fault(one.row, "still_has_systems", "until", values={"n": self._living[code]})

    def _circles(self, code: str) -> bool:
        """Whether the successors of an agency lead back to it."""
        at, seen = code, {code}
        while (following := self.after.get(at, {}).get("successor")) is not None:
            at = str(following)
            if at in seen:
                return True
            seen.add(at)
        return False

    def _of_system(self, one: Read, whole: Entry) -> Iterator[Fault]:
        for column in ("agency", "operator", "provider"):
            code = whole[column]
            agency = self.register.agencies.get(str(code)) if code is not None else None
            if code is not None and agency is None:
                yield Fault(one.row, "no_agency", column, values={"code": str(code)})
            elif agency is not None and column == "provider" and agency["kind"] != Kind.PROVIDER:
                yield Fault(one.row, "no_provider", column, values={"code": str(code)})
            elif agency is not None and _span(agency)[1] <= self.today.isoformat() < _span(whole)[1]:
                yield Fault(one.row, "agency_ended", column, values={"code": str(code)})
