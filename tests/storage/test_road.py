"""A database of an older release is brought to the newest schema with everything in it, and is read as before."""

from __future__ import annotations

from pathlib import Path

from bot.demo import example_policy
from bot.domain import reports
from bot.domain.ids import Ids
from bot.services.casework import cards, incidents
from bot.services.desk import Desk, House
from locales import Texts
from storage import groups, people
from storage import incidents as files
from storage.migrate import migrate, migrations, statements
from storage.sqlite import open_store
from storage.store import Store, Transaction
from tests.storage.conftest import NOW

HOUSE = House(example_policy(), Texts.load())
STORIES = ("Trang giả mạo cổng dịch vụ công", "Cuộc gọi đòi tiền thuế")


async def columns(tx: Transaction, table: str) -> list[str]:
    return [row["name"] for row in await tx.rows(f"PRAGMA table_info({table})")]


async def filed(tx: Transaction) -> list[str]:
    """Incidents as they come in today, in a group that has their cards."""
    who, group = await people.add(tx, 7, "vi", NOW), await groups.meet(tx, -1000)
    await groups.bind(tx, group.id, "Đội ứng cứu", who.id, NOW)
    desk = Desk(tx, NOW, HOUSE)
    return [
        (
            await incidents.file(
                desk, who, reports.CITIZEN_REPORT, {"kind": "fake_site", "story": story}, incomplete=False
            )
        ).id
        for story in STORIES
    ]


async def lay(store: Store, last: int) -> None:
    """The schema of an older release."""
    async with store.transaction() as tx:
        await tx.run("CREATE TABLE migrations (number INTEGER PRIMARY KEY)")
        for number, sql in migrations():
            if number <= last:
                for statement in statements(sql):
                    await tx.run(statement)
                await tx.run("INSERT INTO migrations (number) VALUES (:number)", {"number": number})


async def copy(source: Transaction, target: Transaction) -> None:
    """Every row that the older release could have held."""
    tables = [
        row["name"]
        for row in await target.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
            " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%_config' AND name NOT LIKE '%_data'"
            " AND name NOT LIKE '%_idx' AND name NOT LIKE '%_docsize' AND name NOT LIKE '%_content'"
            " AND name <> 'migrations' ORDER BY rowid"
        )
    ]
    await target.run("PRAGMA defer_foreign_keys = ON")
    for table in tables:
        held = await columns(target, table)
        found = await source.rows(f"SELECT {', '.join(held)} FROM {table}")
        names = ", ".join(f":{name}" for name in held)
        await target.run(f"DELETE FROM {table}")
        await target.run_many(f"INSERT INTO {table} ({', '.join(held)}) VALUES ({names})", [dict(row) for row in found])


async def test_incidents_of_before_agencies_are_read_and_their_cards_are_drawn(tmp_path: Path) -> None:
    async with open_store(tmp_path / "new.db", Ids(lambda: NOW)) as today:
        await migrate(today)
        async with today.transaction() as tx:
            ids = await filed(tx)
        async with open_store(tmp_path / "old.db", Ids(lambda: NOW)) as store:
            await lay(store, 3)
            async with today.reading() as source, store.transaction() as target:
                assert "agency" not in await columns(target, "incidents")
                await copy(source, target)
            assert await migrate(store) == len(migrations()) - 3
            async with store.transaction() as tx:
                for one, story in zip(ids, STORIES, strict=True):
                    incident = await files.get(tx, one)
                    assert (incident.agency, incident.system, incident.facts["story"]) == (None, None, story)
                    (row,) = await tx.rows("SELECT id FROM cards WHERE incident = :id", {"id": one})
                    assert story in str((await cards.message(tx, HOUSE, row["id"], NOW)).facts)
                assert await tx.rows("PRAGMA foreign_key_check") == []
