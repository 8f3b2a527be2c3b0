"""A table of 5,000 systems: how long its dry run takes in a thread, and how long the writer is held for it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bot.domain import grids
from bot.domain.ids import Ids
from bot.domain.tables import TABLES, What
from bot.services.register import imports, workbooks, writing
from bot.services.register.workbooks import Sheet
from bot.services.register.writing import Plan as Rows
from locales import Texts
from storage.migrate import migrate
from storage.sqlite import SqliteStore, open_store
from tests.bench.table import Row, Table

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
HELD = 0.5  # seconds for which nobody else may write
LOOKED = 5.0  # seconds that somebody waits for a dry run


@dataclass(frozen=True)
class Plan:
    rows: int = 5000
    agencies: int = 500


@dataclass(frozen=True)
class Taken:
    """Seconds."""

    looked: float
    prepared: float
    held: float


def files(what: What, entries: list[dict[str, Any]]) -> tuple[bytes, bytes]:
    """The table as CSV and as XLSX."""
    texts = Texts.load()

    def say(name: str) -> str:
        return texts.plain("vi", name)

    table = TABLES[what]
    labels = [say(f"table.{what}.{column.name}") for column in table.columns]
    rows = [table.write(entry, say) for entry in entries]
    return grids.write_csv([labels, *rows]), workbooks.write([Sheet("x", [(one, 20) for one in labels], rows)])


def agencies(count: int) -> list[dict[str, Any]]:
    return [{"code": f"CQ-{n}", "name": f"Cơ quan số {n}", "kind": "commune", "phones": []} for n in range(count)]


def systems(plan: Plan, vendor: str) -> list[dict[str, Any]]:
    common = {"exposure": "internet", "tags": ["Exchange", "Linux"], "vendor": vendor}
    return [
        {
            "code": f"HT-{n}",
            "name": f"Hệ thống số {n}",
            "agency": f"CQ-{n % plan.agencies}",
            "level": n % 5 + 1,
            **common,
        }
        for n in range(plan.rows)
    ]


async def through(store: SqliteStore, what: What, content: bytes, *, write: bool = True) -> Taken:
    """One table all the way, as the bot's own job does it."""
    began = time.perf_counter()
    async with store.reading() as tx:
        kept = await writing.shelf(tx)
        findings, rows = imports.look(content, what, kept, TODAY)
        assert not findings.faults
        looked = time.perf_counter()
        if not write:
            return Taken(looked - began, 0, 0)
        assert rows is not None
        rows = Rows.from_json(rows.to_json())
        batch = writing.prepare(rows, [tx.new_id() for _ in range(rows.new)], NOW)
    prepared = time.perf_counter()
    async with store.transaction() as tx:
        await writing.write(tx, batch)
    return Taken(looked - began, prepared - looked, time.perf_counter() - prepared)


async def times(plan: Plan) -> dict[str, Taken]:
    taken = {}
    with tempfile.TemporaryDirectory(prefix="ungcuu-bench-") as folder:
        async with open_store(Path(folder) / "bench.db", Ids(lambda: NOW)) as store:
            await migrate(store)
            await through(store, What.AGENCIES, files(What.AGENCIES, agencies(plan.agencies))[0])
            csv, xlsx = files(What.SYSTEMS, systems(plan, "A"))
            taken["new, XLSX, looked at"] = await through(store, What.SYSTEMS, xlsx, write=False)
            taken["new, CSV"] = await through(store, What.SYSTEMS, csv)
            taken["changed, CSV"] = await through(store, What.SYSTEMS, files(What.SYSTEMS, systems(plan, "B"))[0])
    return taken


async def measured(plan: Plan) -> Table:
    rows = []
    shown: Callable[[float], str] = "{:.2f} s".format
    for name, taken in (await times(plan)).items():
        note = f"{plan.rows} rows, in a thread"
        rows.append(Row(f"{name}: dry run", shown(taken.looked), f"≤ {LOOKED:.0f} s", note, taken.looked > LOOKED))
        if taken.held:
            rows.append(
                Row(f"{name}: made ready", shown(taken.prepared), "", "in a thread, before the writer is taken")
            )
            rows.append(Row(f"{name}: writer held", shown(taken.held), f"≤ {HELD} s", "", taken.held > HELD))
    return Table("Tables of the register", rows)
