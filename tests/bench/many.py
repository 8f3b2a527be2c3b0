"""Years of incidents: what the team asks for most, among a thousand and among a hundred thousand of them."""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.demo import example_policy
from bot.domain.ids import Ids
from bot.domain.incidents import code
from bot.domain.people import Person, Role
from bot.domain.searching import document
from bot.services.casework import searching, timelines, tracking
from bot.services.desk import Desk, House
from jobs import clocks
from locales import Texts
from storage import groups, incidents, people, roles, seats
from storage.codec import at
from storage.migrate import migrate
from storage.sqlite import open_store
from storage.store import Store
from tests.bench.loads import percentile
from tests.bench.table import Row, Table

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
EVENTS_EACH = 10
OPEN_SHARE = 20  # one of so many is still open
# Words of reports, from those that stand in nearly all of them to those that stand in few.
COMMON = ["lừa", "đảo", "chuyển", "tiền", "tài", "khoản", "ngân", "hàng", "công", "an", "gọi", "điện"]
SELDOM = [f"trang{number}" for number in range(500)]
LIMIT = 0.05  # seconds, p95
RATIO = 3.0


class Undo(Exception):
    """Ends a transaction whose changes nobody wants."""


@dataclass(frozen=True)
class Plan:
    few: int = 1_000
    many: int = 100_000
    rounds: int = 200


@dataclass(frozen=True)
class Archive:
    """A database with so many incidents, and one of the team who asks."""

    store: Store
    incidents: int
    officer: Person
    house: House

    async def asks(self, act: Act, chance: random.Random) -> float:
        """Seconds that one question takes. What it wrote is undone, so that the next one finds the same."""
        began = time.perf_counter()
        with suppress(Undo):
            async with self.store.transaction() as tx:
                await act(Desk(tx, NOW, self.house), self.officer, self, chance)
                raise Undo
        return time.perf_counter() - began

    def any_code(self, chance: random.Random) -> str:
        return code(2026, chance.randrange(1, self.incidents + 1))


Act = Callable[[Desk, Person, Archive, random.Random], Awaitable[object]]


def _story(chance: random.Random) -> str:
    return " ".join(chance.choices(COMMON, k=14) + chance.choices(SELDOM, k=2))


def _fill(path: Path, count: int, chance: random.Random) -> None:
    """Rows as years of work leave them; what is not asked for here stays as small as it may be."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; BEGIN")
        reporters = ({"id": f"p{number:019d}", "telegram": 10_000 + number} for number in range(count))
        db.executemany(
            "INSERT INTO people (id, telegram_id, language, first_seen_at) VALUES (:id, :telegram, 'vi', :at)",
            ({**one, "at": at(NOW)} for one in reporters),
        )
        for number in range(1, count + 1):
            _incident(db, number, chance)
        db.execute("COMMIT")


def _incident(db: sqlite3.Connection, number: int, chance: random.Random) -> None:
    identifier, story = f"N{number:019d}", _story(chance)
    is_open = number % OPEN_SHARE == 0
    filed = NOW - timedelta(minutes=5 * (200_000 - number))
    values = {"id": identifier, "code": code(2026, number), "story": story, "at": at(filed)}
    db.execute(
        "INSERT INTO incidents (id, code, form, source, kind, status, reporter, anonymous, incomplete, facts, summary,"
        " filed_at, changed_at, severity, look_at) VALUES (:id, :code, 'citizen_report_1', 'citizen', 'scam_loss',"
        " :status, :reporter, 1, 0, json_object('story', :story), :story, :at, :at, 'event', :look)",
        {
            **values,
            "status": "new" if is_open else "closed",
            "reporter": f"p{number - 1:019d}",
            # Most open ones are looked at later; twenty are due whatever the number of all of them.
            "look": at(NOW + timedelta(hours=1 if number > OPEN_SHARE * 20 else -1)) if is_open else None,
        },
    )
    rows = [{**values, "number": event, "kind": "filed" if event == 1 else "opened"} for event in range(1, 11)]
    db.executemany(
        "INSERT INTO events (incident, number, kind, at, commitment, hash) VALUES (:id, :number, :kind, :at, 'x', 'x')",
        rows,
    )
    db.executemany(
        "INSERT INTO event_payloads (incident, number, salt, payload) VALUES (:id, :number, '00', '{}')", rows
    )
    db.execute("INSERT INTO search_rows (number, incident) VALUES (:number, :id)", {"number": number, "id": identifier})
    told = document([values["code"], story])
    db.execute(
        "INSERT INTO search (rowid, shared, personal) VALUES (:number, :told, :told)", {"number": number, "told": told}
    )


@asynccontextmanager
async def archive(count: int) -> AsyncIterator[Archive]:
    with tempfile.TemporaryDirectory(prefix="ungcuu-bench-") as folder:
        path = Path(folder) / "bot.db"
        async with open_store(path, Ids(lambda: NOW)) as store:
            await migrate(store)
        _fill(path, count, random.Random(count))
        async with open_store(path, Ids(lambda: NOW)) as store:
            async with store.transaction() as tx:
                officer = await people.add(tx, 1, "vi", NOW)
                group = await groups.meet(tx, -1)
                await groups.bind(tx, group.id, "Đội", officer.id, NOW)
                await seats.put(tx, group.id, officer.id, True, NOW)
                await roles.grant(tx, officer.id, Role.TEAM_LEAD, None, NOW)
                officer = await people.get(tx, officer.id)
            yield Archive(store, count, officer, House(example_policy(), Texts.load()))


async def _queue(desk: Desk, officer: Person, among: Archive, chance: random.Random) -> None:
    await tracking.queue(desk, officer, page=chance.randrange(4))


async def _code(desk: Desk, officer: Person, among: Archive, chance: random.Random) -> None:
    await tracking.by_code(desk, officer, among.any_code(chance), None)


async def _common(desk: Desk, officer: Person, among: Archive, chance: random.Random) -> None:
    await searching.find(desk, officer, " ".join(chance.sample(COMMON, 2)), None)


async def _seldom(desk: Desk, officer: Person, among: Archive, chance: random.Random) -> None:
    await searching.find(desk, officer, f"{chance.choice(COMMON)} {chance.choice(SELDOM)}", None)


async def _tick(desk: Desk, officer: Person, among: Archive, chance: random.Random) -> None:
    assert await clocks.look(desk) == clocks.TOGETHER


async def _timeline(desk: Desk, officer: Person, among: Archive, chance: random.Random) -> None:
    incident = await incidents.find_by_code(desk.tx, among.any_code(chance))
    assert incident is not None
    await timelines.show_page(desk, officer, incident)


# An index has to look at every report for this one, whoever writes it: its time is bounded, its ratio is only told.
WORST = "search, a phrase that nobody said"


async def _never(desk: Desk, officer: Person, among: Archive, chance: random.Random) -> None:
    """The worst for an index: words of every report in an order in which nobody said them."""
    await searching.find(desk, officer, '"ngân hàng lừa đảo công an"', None)


ACTS: Mapping[str, Act] = {
    "/hangdoi": _queue,
    "/tracuu SC-…": _code,
    "one tick of the clocks": _tick,
    "opening a timeline": _timeline,
    "search, words of every report": _common,
    "search, a word of few reports": _seldom,
    WORST: _never,
}


async def times(count: int, rounds: int) -> dict[str, float]:
    """p95 in seconds of each act among so many incidents."""
    async with archive(count) as among:
        chance = random.Random(1)
        return {
            name: percentile([await among.asks(act, chance) for _ in range(rounds)], 0.95) for name, act in ACTS.items()
        }


async def measured(plan: Plan) -> Table:
    few, many = await times(plan.few, plan.rounds), await times(plan.many, plan.rounds)
    rows = []
    for name in ACTS:
        ratio = many[name] / few[name]
        rows.append(
            Row(
                name,
                f"{many[name] * 1000:.1f} ms, ratio {ratio:.2f}",
                f"≤ {LIMIT * 1000:.0f} ms" + (f", ratio < {RATIO:.0f}" if name != WORST else ""),
                f"p95; among {plan.few:,}: {few[name] * 1000:.1f} ms",
                missed=many[name] > LIMIT or (ratio >= RATIO and name != WORST),
            )
        )
    return Table(f"Among {plan.many:,} incidents and {plan.many * EVENTS_EACH:,} events", rows)
