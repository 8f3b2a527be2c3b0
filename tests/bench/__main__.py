"""`make bench`: tables, measured here and now; `make bench ARGS=--long` measures memory over 15,000 reports."""

from __future__ import annotations

import argparse
import asyncio
import platform
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from tests.bench import compliance, imports, machine, many, real_limits, relay, reminders, storm
from tests.bench.machine import Plan
from tests.bench.table import Table

LONG = replace(Plan(), our_rounds=(5, 3), stock_rounds=(5, 3), seconds=60.0, memory=(1000, 5000, 10_000, 15_000))


PARTS: dict[str, Callable[[], Awaitable[Table]]] = {
    "telegram": lambda: real_limits.measured(real_limits.Plan()),
    "relay": lambda: relay.measured(relay.Plan()),
    "storm": lambda: storm.measured(storm.Plan()),
    "many": lambda: many.measured(many.Plan()),
    "reminders": lambda: reminders.measured(reminders.Plan()),
    "compliance": lambda: compliance.measured(compliance.Plan()),
    "import": lambda: imports.measured(imports.Plan()),
}


async def _measure(plan: Plan, only: str | None) -> None:
    began = time.monotonic()
    measured = []
    if only in (None, "machine"):
        measured.append(await machine.measured(plan))
    if only == "memory":
        measured.append(Table("Memory", await machine.memory(plan)))
    for name, measure in PARTS.items():
        if only in (None, name):
            measured.append(await measure())
    minutes, seconds = divmod(int(time.monotonic() - began), 60)
    print(f"\nPython {platform.python_version()}, {platform.machine()}; {minutes} min {seconds} s")
    for table in measured:
        print(f"\n{table.text()}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--long", action="store_true", help="more rounds, and memory over 15,000 reports")
    parser.add_argument("--only", choices=("machine", "memory", *PARTS), help="one part alone")
    told = parser.parse_args()
    asyncio.run(_measure(LONG if told.long else Plan(), told.only))


if __name__ == "__main__":
    main()
