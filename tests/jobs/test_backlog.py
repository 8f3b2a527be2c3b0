"""Much is overdue at once: after a long silence, and after the upgrade that began to watch deadlines."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from bot.demo import example_policy
from bot.domain import reports
from bot.domain.ids import Ids
from bot.domain.people import Role
from bot.domain.searching import query
from bot.services.casework import incidents as files
from bot.services.casework import searching
from bot.services.desk import Desk, House
from jobs import clocks
from locales import Texts
from storage import groups, incidents, people, roles, search, seats
from storage import migrate as road
from storage.codec import at
from storage.sqlite import SqliteStore, open_store
from storage.store import Transaction
from tests.storage.conftest import NOW

HOUSE = House(example_policy(), Texts.load())
MANY = 60
CROWD = (Role.RESPONDER, Role.DUTY_OFFICER, Role.DEPUTY_LEAD, Role.TEAM_LEAD)


async def _team(tx: Transaction) -> None:
    group = await groups.meet(tx, -1001)
    for number, role in enumerate(CROWD):
        one = await people.add(tx, number + 1, "vi", NOW)
        await roles.grant(tx, one.id, role, None, NOW)
        await seats.put(tx, group.id, one.id, True, NOW)
    await groups.bind(tx, group.id, "Đội", one.id, NOW)


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[SqliteStore]:
    async with open_store(folder / "bot.db", Ids(lambda: NOW)) as store:
        await road.migrate(store)
        async with store.transaction() as tx:
            await _team(tx)
        yield store


async def looks(store: SqliteStore, now: datetime) -> None:
    """Until nothing is due, as the tick does."""
    for _ in range(2 * MANY):
        async with store.transaction() as tx:
            if not await clocks.look(Desk(tx, now, HOUSE)):
                return
    raise AssertionError("the clocks find no rest")


async def said(store: SqliteStore) -> Counter[tuple[str, str]]:
    """How many messages of which name wait for whom: the roles of staff, the group, or somebody else."""
    async with store.reading() as tx:
        rows = await tx.rows(
            "SELECT m.key, coalesce(r.role, g.duty, 'other') AS who FROM deliveries d"
            " JOIN messages m ON m.id = d.message"
            " LEFT JOIN roles r ON r.person = d.recipient LEFT JOIN groups g ON g.id = d.recipient"
            " WHERE d.state = 'waiting' AND m.key NOT LIKE 'card%' AND m.key NOT LIKE 'digest%'"
        )
    return Counter((row["who"], row["key"]) for row in rows)


async def leaves(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        await tx.run("UPDATE deliveries SET state = 'sent' WHERE state = 'waiting'")


async def test_months_of_silence_end_in_a_list_for_each_who_must_know_and_not_in_a_flood(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        async with store.transaction() as tx:
            who = await people.add(tx, 99, "vi", NOW)
            for number in range(MANY):
                desk = Desk(tx, NOW + timedelta(minutes=number), HOUSE)
                facts = {"kind": "fake_site", "story": f"Trang giả mạo {number}"}
                await files.file(desk, who, reports.CITIZEN_REPORT, facts, incomplete=False)
        await leaves(store)
        later = NOW + timedelta(days=200)
        await looks(store, later)
        first = await said(store)
        assert first["duty_officer", "ladder.many"] == 1
        assert first["team", "ladder.many_lines"] == 1
        assert {key for who, key in first if who != "other"} == {"ladder.many", "ladder.many_lines"}
        await leaves(store)
        await looks(store, later + timedelta(hours=4))
        assert (await said(store))["deputy_lead", "ladder.many"] == 1
        async with store.reading() as tx:
            rows = await tx.rows("SELECT rung, count(*) AS n FROM rungs WHERE clock = 'claim' GROUP BY rung")
        assert {row["rung"]: row["n"] for row in rows} == dict.fromkeys(("owner", "duty", "deputy"), MANY)


OLD = (
    "INSERT INTO incidents (id, code, form, source, kind, status, reporter, anonymous, incomplete, facts, summary,"
    " filed_at, changed_at, owner, claimed_at) VALUES (:id, :code, 'citizen_report_1', 'citizen', 'fake_site', :status,"
    " 'reporter', 0, 0, :facts, 'x', :at, :at, :owner, :claimed)"
)


async def _before(store: SqliteStore) -> None:
    """A database of the version before, with incidents of last month and one of this hour."""
    async with store.transaction() as tx:
        await tx.run("CREATE TABLE migrations (number INTEGER PRIMARY KEY)")
        for number, sql in road.migrations()[:2]:
            for statement in road.statements(sql):
                await tx.run(statement)
            await tx.run("INSERT INTO migrations (number) VALUES (:number)", {"number": number})
        await tx.run(
            "INSERT INTO people (id, telegram_id, language, first_seen_at) VALUES ('reporter', 99, 'vi', :at)",
            {"at": at(NOW)},
        )
        await _team(tx)
        owner = (await people.with_roles(tx, (Role.RESPONDER,)))[0].id
        for number in range(12):
            filed = NOW - (timedelta(days=30) if number else timedelta(hours=1))
            claimed = number % 3 == 2
            await tx.run(
                OLD,
                {
                    "id": f"n{number:02d}",
                    "code": f"SC-2026-{number + 1:06d}",
                    "status": "claimed" if claimed else "closed" if number % 3 == 1 else "new",
                    "facts": f'{{"story": "Trang lừa đảo số {number}"}}',
                    "at": at(filed),
                    "owner": owner if claimed else None,
                    "claimed": at(filed) if claimed else None,
                },
            )


async def test_what_ran_out_before_deadlines_were_watched_rings_nobody_up_and_can_be_found(tmp_path: Path) -> None:
    async with open_store(tmp_path / "bot.db", Ids(lambda: NOW)) as store:
        await _before(store)
        assert await road.migrate(store) == len(road.migrations()) - 2
        await looks(store, NOW)
        assert await said(store) == {("team", "ladder.adopted"): 1}
        async with store.transaction() as tx:
            await searching.index(Desk(tx, NOW, HOUSE))
        async with store.reading() as tx:
            assert len(await search.find(tx, query("lua dao") or "", personal=True, most=20, skip=0)) == 12
            assert (await incidents.get(tx, "n02")).status == "claimed", "its owner has the whole time from now on"
            fresh = (await incidents.get(tx, "n00")).look_at
        assert fresh is not None
        assert fresh > NOW, "what is still ahead is watched"
        await leaves(store)
        await looks(store, NOW + timedelta(hours=24))
        told = await said(store)
        assert told["duty_officer", "ladder.missed"] == 1, "the one of this hour alone"
        assert ("duty_officer", "ladder.many") not in told
