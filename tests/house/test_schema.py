"""The schema: its picture is where the road of migrations leads, and nobody walks the road backwards."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from bot.domain.ids import Ids
from storage import migrate as road
from storage.sqlite import SqliteStore, open_store
from tests.storage.conftest import NOW

PICTURE = Path(road.__file__).parent / "schema.sql"


def plain(sql: str) -> str:
    """A statement without comments, spaces at brackets and line breaks."""
    bare = re.sub(r"\s+", " ", re.sub(r"--[^\n]*", "", sql.replace("IF NOT EXISTS ", ""))).strip()
    return re.sub(r" ?([(),]) ?", r"\1", bare)


def objects(connection: sqlite3.Connection) -> dict[str, str]:
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {f"{kind} {name}": plain(sql) for kind, name, sql in rows}


def drawn() -> dict[str, str]:
    """What a database made from the picture holds."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(PICTURE.read_text("utf-8"))
    found = objects(connection)
    connection.close()
    return found


async def migrated(path: Path) -> SqliteStore:
    async with open_store(path, Ids(lambda: NOW)) as store:
        await road.migrate(store)
        return store


async def test_the_migrations_lead_to_the_picture(tmp_path: Path) -> None:
    await migrated(tmp_path / "bot.db")
    connection = sqlite3.connect(tmp_path / "bot.db")
    walked = objects(connection)
    connection.close()
    assert walked == drawn()


def test_the_picture_explains_itself() -> None:
    """Comments are why there is a picture besides the road."""
    picture = PICTURE.read_text("utf-8")
    tables = re.findall(r"^CREATE TABLE .*?^\);", picture, re.MULTILINE | re.DOTALL)
    virtual = re.findall(
        r"^CREATE VIRTUAL TABLE (\w+)", picture, re.MULTILINE
    )  # SQLite keeps them in tables of its own
    kept = re.compile(rf"table ({'|'.join(virtual)})(_(data|idx|content|docsize|config))?")
    assert len(tables) == len([name for name in drawn() if name.startswith("table ") and not kept.fullmatch(name)])
    explained = [table for table in tables if "--" in table]
    assert len(explained) > len(tables) * 0.7


def test_there_is_no_boolean_and_no_local_time_in_the_schema() -> None:
    for name, sql in drawn().items():
        assert not re.search(r"\b(BOOL|BOOLEAN|DATETIME|TIMESTAMP|CURRENT_TIMESTAMP|AUTOINCREMENT)\b", sql), name


async def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    async with open_store(tmp_path / "bot.db", Ids(lambda: NOW)) as store:
        assert await road.migrate(store) == len(road.migrations())
        assert await road.migrate(store) == 0


async def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    async with open_store(tmp_path / "bot.db", Ids(lambda: NOW)) as store:
        await road.migrate(store)
        async with store.transaction() as tx:
            await tx.run("INSERT INTO migrations (number) VALUES (9999)")
        with pytest.raises(road.NewerDatabase):
            await road.migrate(store)
        async with store.reading() as tx:
            assert [row["number"] for row in await tx.rows("SELECT number FROM migrations")][-1] == 9999


def test_the_files_of_the_road_are_numbered_without_gaps() -> None:
    assert [number for number, _ in road.migrations()] == list(range(1, len(road.migrations()) + 1))


@pytest.mark.parametrize(("number", "sql"), road.migrations())
def test_a_migration_is_cut_into_statements_that_are_whole(number: int, sql: str) -> None:
    for statement in road.statements(sql):
        assert sqlite3.complete_statement(f"{statement};"), number
        assert "--" not in statement
