"""A morning on which much is due: one tick that fires every reminder into digests, and one that finds nothing."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.demo import example_policy
from bot.domain.ids import Ids
from bot.domain.sending import Lane
from bot.services.desk import Desk, House
from bot.services.obligation import digests
from jobs import reminders
from locales import Texts
from storage import outbox
from storage.codec import at
from storage.migrate import migrate
from storage.sqlite import open_store
from storage.store import Store
from tests.bench.loads import percentile
from tests.bench.table import Row, Table

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # eight on a Monday morning in Ha Noi
TODAY = date(2026, 11, 23)
EACH = 12  # systems of one agency
PERSON = {"officer": "p", "deputy": "d"}
# Four obligations of each system. Of two a rung has come this morning; the others are looked at another day.
OWED = {
    "scan": (TODAY + timedelta(days=7), -14, NOW),
    "plan_review": (TODAY - timedelta(days=7), 0, NOW),  # from here on the deputy hears, too
    "drill": (TODAY + timedelta(days=60), None, NOW + timedelta(days=30)),
    "plan": (TODAY - timedelta(days=1400), 7, NOW + timedelta(days=7)),
}


@dataclass(frozen=True)
class Plan:
    few: int = 100  # systems
    many: int = 10_000
    rounds: int = 5  # of the morning; the best one counts, as the machine has other things to do
    empty: int = 200  # empty ticks
    total: float = 2.0  # seconds that the morning may take
    nothing: float = 0.005  # seconds that an empty tick may take


@dataclass(frozen=True)
class Morning:
    """What one tick cost."""

    reminders: int
    digests: int
    seconds: float
    longest: float  # the longest transaction
    nothing: float  # an empty tick afterwards, p95
    rendering: float  # the words of one digest


def _fill(path: Path, systems: int) -> None:
    """Agencies with their officers, systems and obligations, as the register lays them."""
    agencies = -(-systems // EACH)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; BEGIN")
        values = {"now": at(NOW), "agencies": agencies, "systems": systems}
        counted = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :{})"
        db.execute(
            f"{counted.format('agencies')} INSERT INTO agencies (id, code, name, name_key, kind, added_at, changed_at,"
            " laid) SELECT printf('y%019d', i), printf('XP-%05d', i), printf('Xa %d', i), 'xa', 'commune', :now, :now,"
            " 1 FROM n",
            values,
        )
        for place, (post, letter) in enumerate(PERSON.items(), 1):
            db.execute(
                f"{counted.format('agencies')} INSERT INTO people (id, telegram_id, language, first_seen_at)"
                f" SELECT printf('{letter}%019d', i), i * 10 + {place}, 'vi', :now FROM n",
                values,
            )
            db.execute(
                f"{counted.format('agencies')} INSERT INTO posts (id, agency, person, post, confirmed_at, pressed_at,"
                f" affirmed_at) SELECT printf('{place}%019d', i), printf('y%019d', i), printf('{letter}%019d', i),"
                f" '{post}', :now, :now, :now FROM n",
                values,
            )
        db.execute(
            f"{counted.format('systems')} INSERT INTO systems (id, code, name, name_key, agency, level, exposure,"
            " added_at, changed_at, laid) SELECT printf('j%019d', i), printf('HT-%05d', i), printf('He thong %d', i),"
            f" 'he thong', printf('y%019d', 1 + (i - 1) / {EACH}), 3, 'internet', :now, :now, 1 FROM n",
            values,
        )
        for rule, (due_on, told, look) in OWED.items():
            db.execute(
                f"{counted.format('systems')} INSERT INTO obligations (id, rule, subject, agency, system, round, state,"
                f" opened_on, due_on, told, look_at) SELECT printf('{rule[:2]}{rule[-1]}%017d', i), '{rule}',"
                f" printf('j%019d', i), printf('y%019d', 1 + (i - 1) / {EACH}), printf('j%019d', i), 1, 'open',"
                " '2022-12-21', :due, :told, :look FROM n",
                {**values, "due": due_on.isoformat(), "told": told, "look": at(look)},
            )
        db.execute("COMMIT")


@asynccontextmanager
async def _register(systems: int) -> AsyncIterator[Store]:
    with tempfile.TemporaryDirectory(prefix="ungcuu-bench-") as folder:
        path = Path(folder) / "bot.db"
        async with open_store(path, Ids(lambda: NOW)) as store:
            await migrate(store)
        _fill(path, systems)
        async with open_store(path, Ids(lambda: NOW)) as store:
            yield store


async def _number(store: Store, sql: str) -> int:
    async with store.reading() as tx:
        row = await tx.row(sql)
        return int(next(iter(dict(row or {}).values())))


async def _tick(store: Store, house: House) -> tuple[int, float]:
    """One transaction, as the ticker asks for it; how much it did, and its seconds."""
    began = time.perf_counter()
    async with store.transaction() as tx:
        did = await reminders.look(Desk(tx, NOW, house))
    return did, time.perf_counter() - began


async def morning(systems: int, empty: int) -> Morning:
    house = House(example_policy(), Texts.load())
    async with _register(systems) as store:
        began, took = time.perf_counter(), []
        while True:
            did, seconds = await _tick(store, house)
            took.append(seconds)
            if not did:
                break
        total = time.perf_counter() - began
        nothing = [(await _tick(store, house))[1] for _ in range(empty)]
        return Morning(
            await _number(
                store, "SELECT count(*) FROM (SELECT DISTINCT obligation FROM reminders WHERE sent NOT NULL)"
            ),
            await _number(store, "SELECT count(*) FROM deliveries"),
            total,
            max(took),
            percentile(nothing, 0.95),
            await _rendering(store, house),
        )


async def _rendering(store: Store, house: House) -> float:
    """Seconds that the words of one digest take, when it leaves."""
    async with store.reading() as tx:
        waiting = await outbox.heads(tx, NOW, most=50, lowest=Lane.ADVISORY)
        began = time.perf_counter()
        for delivery in waiting:
            said = await digests.message(tx, house, delivery, NOW)
            assert said is not None
        return (time.perf_counter() - began) / len(waiting)


async def measured(plan: Plan) -> Table:
    few = await _best(plan.few, plan)
    many = await _best(plan.many, plan)
    ratio = (many.seconds / many.reminders) / (few.seconds / few.reminders)
    still = many.nothing / few.nothing
    return Table(
        f"Reminders ({plan.many:,} systems × {len(OWED)} obligations)",
        [
            Row(
                f"one tick, {many.reminders:,} reminders into {many.digests:,} digests",
                f"{many.seconds:.2f} s, ratio {ratio:.2f}",
                f"≤ {plan.total:g} s",
                f"each reminder against {plan.few} systems ({few.reminders} reminders, {few.seconds * 1000:.0f} ms)",
                missed=many.seconds > plan.total or many.reminders != 2 * plan.many,
            ),
            Row("its longest transaction", f"{many.longest * 1000:.0f} ms", "", "so long others wait for the writer"),
            Row(
                "an empty tick, p95",
                f"{many.nothing * 1000:.2f} ms, ratio {still:.2f}",
                f"≤ {plan.nothing * 1000:g} ms",
                f"{plan.few} systems: {few.nothing * 1000:.2f} ms",
                missed=many.nothing > plan.nothing,
            ),
            Row("the words of one digest, when it leaves", f"{many.rendering * 1000:.1f} ms"),
        ],
    )


async def _best(systems: int, plan: Plan) -> Morning:
    mornings = [await morning(systems, plan.empty) for _ in range(plan.rounds)]
    return min(mornings, key=lambda one: one.seconds)
