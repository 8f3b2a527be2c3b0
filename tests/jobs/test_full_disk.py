"""A disk that takes nothing more: Telegram keeps what it has, health turns red and says why, and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bot.disk import FRESH, Room, free_bytes, standing
from bot.domain.policy import Intake
from bot.web import SECRET_HEADER, webhook_secret
from tests.conftest import Stage
from tests.jobs.process import health
from tests.jobs.records import number, rests, shows

# Longer than every free byte of the pages that are there: it needs pages of its own.
STORY = "Tôi nhận được cuộc gọi tự xưng là công an và đã chuyển tiền. " * 60
STORED = "SELECT count(*) FROM inbox"


@asynccontextmanager
async def full(stage: Stage) -> AsyncIterator[None]:
    """SQLite's own limit of pages: the same SQLITE_FULL as on a full disk, raised by the real file."""
    async with stage.bot.store.transaction() as tx:
        pages = await tx.row("PRAGMA page_count")
        assert pages is not None
        await tx.row(f"PRAGMA max_page_count = {pages['page_count']}")
    try:
        yield
    finally:
        async with stage.bot.store.transaction() as tx:
            await tx.row("PRAGMA max_page_count = 1000000")


async def test_polling_leaves_with_telegram_what_the_disk_does_not_take(running_stage: Stage) -> None:
    stage = running_stage
    reporter = stage.person("Nguyễn Thị Mận")
    await shows(stage, status="ok", telegram="connected")
    async with full(stage):
        await reporter.says(STORY)
        red = await shows(stage, status="down")
        assert (red["database"], red["reason"], red["telegram"]) == ("cannot be written", "disk_full", "connected")
        assert (await health(stage.bot.port))["reason"] == "disk_full"
        assert stage.telegram.updates.pending == 1
        assert await number(stage, STORED) == 0
    await rests(stage)
    assert await number(stage, STORED) == 1
    assert (await shows(stage, status="ok"))["reason"] is None
    assert stage.telegram.updates.pending == 0
    assert reporter.messages  # and the story is being served


async def test_health_is_red_for_machines_too_and_the_webhook_answers_that_it_must_come_again(
    stage: Stage,
) -> None:
    stage.webhook_url = "http://127.0.0.1:9/hook"  # nobody is there: the test brings the updates itself
    await stage.start()
    await shows(stage, telegram="connected")
    person = {"id": 7, "is_bot": False, "first_name": "Người"}
    message = {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "from": person, "text": STORY}
    update = json.dumps({"update_id": 1, "message": message})
    base = f"http://127.0.0.1:{stage.bot.port}"
    secret = {SECRET_HEADER: webhook_secret(stage.settings())}
    async with aiohttp.ClientSession() as line:

        async def brought() -> int:
            async with line.post(f"{base}/hook", data=update, headers=secret) as answer:
                return answer.status

        async def said() -> tuple[int, str]:
            async with line.get(f"{base}/healthz") as answer:
                return answer.status, (await answer.json())["status"]

        async with full(stage):
            assert await brought() == 503
            assert await brought() == 503
            assert await said() == (503, "down")
            assert await number(stage, STORED) == 0
        assert await brought() == 200
        assert await said() == (200, "ok")
        assert await number(stage, STORED) == 1


async def test_a_flood_against_a_full_disk_counts_nobody_twice(stage: Stage) -> None:
    """What could not be stored was not refused either: it comes again and is judged then."""
    stage.policy = stage.policy.model_copy(update={"intake": Intake(waiting_messages=5)})
    await stage.start()
    flooder = stage.person("Trần Văn Vội")
    async with full(stage):
        for _ in range(8):
            await flooder.says(STORY)
        await shows(stage, status="down")
        assert await number(stage, "SELECT count(*) FROM refusals") == 0
    await flooder.sees("những tin sau 5 tin đầu chưa nhận được")
    await rests(stage)
    counted = await number(stage, "SELECT sum(count) FROM refusals")
    assert (await number(stage, STORED)) + counted == 8


# Room ----------------------------------------------------------------------------------------------------------------


class Ticks:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_room_is_what_the_disk_has_where_the_files_will_stand(tmp_path: Path) -> None:
    later = tmp_path / "files" / "not" / "there" / "yet"
    assert standing(later) == tmp_path
    assert free_bytes(later) > 0


def test_where_nobody_may_look_there_is_no_room(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / ("x" * 300)) == 0


def test_a_look_at_the_disk_is_believed_for_some_seconds(tmp_path: Path) -> None:
    ticks, folder = Ticks(), tmp_path / "files"
    room = Room(folder, ticks)
    seen = room()
    assert seen > 0
    (tmp_path / "big").write_bytes(b"x" * 8_000_000)
    assert room() == seen
    ticks.now += FRESH
    assert room() != seen
