"""A real SQLite file for each test, and the few people and groups that live in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.ids import Ids
from bot.domain.incidents import Source, Status
from storage import groups, incidents, people
from storage.sqlite import SqliteStore, open_store
from storage.store import Transaction
from tests.fresh import lay_database

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    await lay_database(path)
    async with open_store(path, Ids(lambda: NOW)) as opened:
        yield opened


async def someone(tx: Transaction, telegram_id: int = 1) -> str:
    return (await people.add(tx, telegram_id, "vi", NOW)).id


async def a_group(tx: Transaction, telegram_id: int = -100) -> str:
    return (await groups.meet(tx, telegram_id)).id


async def the_team(tx: Transaction, telegram_id: int = -100) -> str:
    """The team's group; its id."""
    group = await a_group(tx, telegram_id)
    await groups.bind(tx, group, "", await someone(tx), NOW)
    return group


async def an_incident(tx: Transaction, reporter: str | None = None, year: int = 2026) -> str:
    """A new incident with the next code of the year; its id."""
    identifier = tx.new_id()
    await incidents.add(
        tx,
        incidents.Incident(
            id=identifier,
            code=await incidents.next_code(tx, year),
            form="citizen_report_1",
            source=Source.CITIZEN,
            kind="sim",
            status=Status.NEW,
            reporter=reporter,
            anonymous=False,
            incomplete=False,
            facts={"story": "Một câu chuyện"},
            summary="Một câu chuyện",
            owner=None,
            filed_at=NOW,
            claimed_at=None,
        ),
    )
    return identifier
