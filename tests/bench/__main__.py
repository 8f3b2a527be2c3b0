"""`make bench`: tables, measured here and now; `make bench ARGS=--long` measures memory over 15,000 reports."""

from __future__ import annotations

import argparse
import asyncio
import platform
import time
from dataclasses import replace

from tests.bench import compliance, imports, machine, many, real_limits, relay, reminders, storm
from tests.bench.machine import Plan
from tests.bench.table import Table

LONG = replace(Plan(), our_rounds=(5, 3), stock_rounds=(5, 3), seconds=60.0, memory=(1000, 5000, 10_000, 15_000))


async def _measure(plan: Plan, tables: str) -> None:
    began = time.monotonic()
    measured = []
    if "machine" in tables:
        measured.append(await machine.measured(plan))
    if tables == "memory":
        measured.append(Table("Memory", await machine.memory(plan)))
    if "telegram" in tables:
        measured.append(await real_limits.measured(real_limits.Plan()))
    if "relay" in tables:
        measured.append(await relay.measured(relay.Plan()))
    if "storm" in tables:
        measured.append(await storm.measured(storm.Plan()))
    if "many" in tables:
        measured.append(await many.measured(many.Plan()))
    if "reminders" in tables:
        measured.append(await reminders.measured(reminders.Plan()))
    if "compliance" in tables:
        measured.append(await compliance.measured(compliance.Plan()))
    if "import" in tables:
        measured.append(await imports.measured(imports.Plan()))
    minutes, seconds = divmod(int(time.monotonic() - began), 60)
    print(f"\nPython {platform.python_version()}, {platform.machine()}; {minutes} min {seconds} s")
    for table in measured:
        print(f"\n{table.text()}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--long", action="store_true", help="more rounds, and memory over 15,000 reports")
    parts = ("machine", "telegram", "relay", "memory", "storm", "many", "reminders", "compliance", "import")
    parser.add_argument("--only", choices=parts, help="one part alone")
    told = parser.parse_args()
    usual = "machine telegram relay storm many reminders compliance import"
    asyncio.run(_measure(LONG if told.long else Plan(), told.only or usual))


if __name__ == "__main__":
    main()
