"""The view over all agencies: how long it takes to count a hundred systems and ten thousand, and to make the files."""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.demo import example_policy
from bot.domain.ids import Ids
from bot.domain.people import Person, Role
from bot.services.compliance import books, maps, silent, sums
from bot.services.desk import Desk, House
from locales import Texts
from storage import people, roles
from storage.codec import at
from storage.migrate import migrate
from storage.orders import Order
from storage.sqlite import open_store
from tests.bench.loads import percentile
from tests.bench.table import Row, Table

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
AGENCIES = 140
RULES = ("scan", "plan", "plan_review", "report")  # of systems: four of each
LIMIT = 0.5  # seconds for the sums of ten thousand systems
BOOK = 20.0  # seconds for a workbook of forty thousand rows, in a thread of its own


@dataclass(frozen=True)
class Plan:
    few: int = 100
    many: int = 10_000
    rounds: int = 10


@dataclass(frozen=True)
class Province:
    """A register of so many systems, and one of the department who asks."""

    desk: Desk
    officer: Person

    def order(self, what: str) -> Order:
        return Order("o", what, self.officer.id, None, {"kind": "", "page": 0}, NOW)


Act = Callable[[Province], Awaitable[object]]


def _state(chance: random.Random) -> tuple[str, str | None, str | None]:
    """State, due day, day on which it was done."""
    due = (TODAY + timedelta(days=chance.randrange(-200, 200))).isoformat()
    done = (TODAY - timedelta(days=chance.randrange(1, 300))).isoformat()
    return chance.choice(
        [("open", due, done), ("open", due, None), ("submitted", due, None), ("waived", due, None), ("met", None, done)]
    )


def fill(path: Path, systems: int, chance: random.Random, agencies: int = AGENCIES) -> None:
    """Rows as a register and its rules leave them; one in three obligations that are overdue is on the list."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; BEGIN")
        db.executemany(
            "INSERT INTO agencies (id, code, name, name_key, kind, added_at, changed_at, laid)"
            " VALUES (:id, :code, :name, :name, :kind, :at, :at, 1)",
            (
                {
                    "id": f"y{number:019d}",
                    "code": f"XP-{number:05d}",
                    "name": f"Ủy ban nhân dân xã số {number}",
                    "kind": "commune" if number % 12 else "department",
                    "at": at(NOW),
                }
                for number in range(agencies)
            ),
        )
        for number in range(systems):
            _system(db, number, number % agencies, chance)
        db.execute("COMMIT")


def _system(db: sqlite3.Connection, number: int, agency: int, chance: random.Random) -> None:
    system, owner = f"s{number:019d}", f"y{agency:019d}"
    values = {"id": system, "code": f"HT-{number:05d}", "name": f"Hệ thống số {number}", "owner": owner, "at": at(NOW)}
    db.execute(
        "INSERT INTO systems (id, code, name, name_key, agency, level, exposure, added_at, changed_at, laid)"
        " VALUES (:id, :code, :name, :name, :owner, :level, 'internet', :at, :at, 1)",
        {**values, "level": chance.choice([1, 2, 2, 3, 4, None])},
    )
    for place, rule in enumerate(RULES):
        obligation = f"q{number * len(RULES) + place:019d}"
        state, due_on, done_on = _state(chance)
        db.execute(
            "INSERT INTO obligations (id, rule, subject, agency, system, round, state, opened_on, due_on, done_on)"
            " VALUES (:id, :rule, :system, :owner, :system, 1, :state, '2026-01-01', :due_on, :done_on)",
            {"id": obligation, "rule": rule, "system": system, "owner": owner}
            | {"state": state, "due_on": due_on, "done_on": done_on},
        )
        if state == "open" and chance.random() < 0.33:
            db.execute(
                "INSERT INTO reminders (obligation, round, rung, again, person, at) VALUES (:id, 1, 30, 0,"
                " 'department', :at)",
                {"id": obligation, "at": at(NOW)},
            )


@asynccontextmanager
async def province(systems: int) -> AsyncIterator[Province]:
    with tempfile.TemporaryDirectory(prefix="ungcuu-bench-") as folder:
        path = Path(folder) / "bot.db"
        async with open_store(path, Ids(lambda: NOW)) as store:
            await migrate(store)
        fill(path, systems, random.Random(systems))
        async with open_store(path, Ids(lambda: NOW)) as store:
            async with store.transaction() as tx:
                officer = await people.add(tx, 1, "vi", NOW)
                await roles.grant(tx, officer.id, Role.STANDING_UNIT, None, NOW)
                officer = await people.get(tx, officer.id)
            async with store.reading() as tx:
                yield Province(Desk(tx, NOW, House(example_policy(), Texts.load())), officer)


async def _sums(one: Province) -> None:
    await sums.survey(one.desk)


async def _map(one: Province) -> None:
    maps.make(await maps.gather(one.desk, one.order(maps.WHAT)))


async def _book_gathered(one: Province) -> None:
    await books.gather(one.desk, one.order(books.WHAT))


async def _book(one: Province) -> None:
    books.make(await books.gather(one.desk, one.order(books.WHAT)))


async def _silent(one: Province) -> None:
    silent.make(await silent.gather(one.desk, one.order(silent.WHAT)))


ACTS: Mapping[str, tuple[Act, int, float]] = {
    "the sums (gather of /tuanthu and of every file)": (_sums, 10, LIMIT),
    "gather of the workbook": (_book_gathered, 5, 3 * LIMIT),
    "heat map, gathered and drawn": (_map, 2, BOOK),
    "workbook, gathered and written": (_book, 1, BOOK),
    "list for a letter, gathered and written": (_silent, 1, BOOK),
}


async def times(systems: int, rounds: int) -> dict[str, float]:
    """Median in seconds of each act over so many systems, four obligations each."""
    async with province(systems) as one:
        taken = {}
        for name, (act, most, _) in ACTS.items():
            waits = []
            for _round in range(min(most, rounds)):
                began = time.perf_counter()
                await act(one)
                waits.append(time.perf_counter() - began)
            taken[name] = percentile(waits, 0.5)
        return taken


async def measured(plan: Plan) -> Table:
    few, many = await times(plan.few, plan.rounds), await times(plan.many, plan.rounds)
    rows = [
        Row(
            name,
            f"{many[name] * 1000:.0f} ms, ratio {many[name] / few[name]:.1f}",
            f"≤ {limit * 1000:.0f} ms",
            f"median; {plan.few:,} systems: {few[name] * 1000:.0f} ms",
            missed=many[name] > limit,
        )
        for name, (_, _, limit) in ACTS.items()
    ]
    return Table(f"Compliance: {plan.many:,} systems × {len(RULES)} obligations, {AGENCIES} agencies", rows)
