"""The job that fetches: a hundred megabytes in constant memory, and no interruption that it does not survive."""

from __future__ import annotations

import asyncio
import itertools
import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.playground.files import Synthetic
from jobs.fetcher import RESTS
from jobs.hands import HANDS
from tests.conftest import Stage
from tests.jobs.ledger import Ledger
from tests.jobs.process import BotProcess, nothing_waits, started
from tests.jobs.settled import settled_team
from tests.journeys.pieces import PDF, fetched, folder, on_disk, paper, pieces, swept, told, tried
from tests.journeys.walks import files, rows, tells
from tests.people import Person, Team

log = logging.getLogger(__name__)

MB = 1024 * 1024
SLACK = 25 * MB  # that a process may grow while files come through it: far less than two of them


async def sends_papers(person: Person, count: int, size: int, seeds: itertools.count[int]) -> list[str]:
    """Send so many documents; their hashes."""
    messages = [
        await person.sends_document(f"{seed}.pdf", paper(size, seed), "application/pdf")
        for seed in itertools.islice(seeds, count)
    ]
    return [message.file.sha256() for message in messages if message.file is not None]


def resident(bot: BotProcess) -> int:
    """Bytes of memory that the process holds at its worst so far."""
    status = Path(f"/proc/{bot.process.pid}/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


async def all_stored(ledger: Ledger, count: int, within: float) -> None:
    async with asyncio.timeout(within):
        while ledger.number("SELECT count(*) FROM evidence WHERE state = 'stored'") < count:
            await asyncio.get_running_loop().run_in_executor(None, ledger.number, "SELECT 1")


async def fetches_in_constant_memory(stage: Stage, people: int, each: int, size: int, within: float) -> None:
    await settled_team(stage)
    seeds = itertools.count()
    async with started(stage.server.url, stage.folder, "--unpaced") as bot:
        cast = [stage.person(f"Người {number}") for number in range(people)]
        for person in cast:
            await files(person)
        # The first file pays for what is loaded once.
        hashes = await sends_papers(cast[0], 1, 2 * MB, seeds)
        ledger = Ledger(stage.folder / "demo.db")
        await all_stored(ledger, 1, 30)
        before = resident(bot)
        for person in cast:
            hashes += await sends_papers(person, each, size, seeds)
        await nothing_waits(bot, stage.telegram, within)
        await all_stored(ledger, len(hashes), within)
        grown = resident(bot) - before
        log.info("grown by %.1f MB", grown / MB)
        assert grown < SLACK
    assert {row["sha256"] for row in ledger.rows("SELECT sha256 FROM evidence")} == set(hashes)
    assert on_disk(stage) == {one: one for one in hashes}


async def test_a_hundred_megabytes_come_in_constant_memory(stage: Stage) -> None:
    await fetches_in_constant_memory(stage, people=1, each=6, size=18 * MB, within=60)


@pytest.mark.torture
async def test_two_gigabytes_come_in_constant_memory(stage: Stage) -> None:
    await fetches_in_constant_memory(stage, people=12, each=10, size=18 * MB, within=900)


# Interrupted ----------------------------------------------------------------------------------------------------------


async def sends_one(stage: Stage, size: int = 600_000, seed: int = 0) -> str:
    """A document of somebody who has just told a story; its hash."""
    reporter = stage.person("Nguyễn Thị Mận")
    await tells(reporter)
    message = await reporter.sends_document("a.pdf", paper(size, seed), "application/pdf")
    assert message.file is not None
    return message.file.sha256()


BROKEN: dict[str, dict[str, Any]] = {
    "halved": {},
    "drop_before": {"method": "file", "times": 2},  # a broken connection is tried once more at once,
    "500": {"method": "getFile"},
    "429": {"method": "getFile", "retry_after": 3},
    "502": {"method": "file"},
    "garbage": {"method": "getFile"},
    "404html": {"method": "file"},
}


@pytest.mark.parametrize("fault", BROKEN)
async def test_what_passes_is_tried_again_until_the_file_is_there(running_stage: Stage, fault: str) -> None:
    running_stage.telegram.fails(fault, **BROKEN[fault])
    digest = await sends_one(running_stage)
    await told(running_stage, "unreachable")
    assert on_disk(running_stage) == {}
    running_stage.clock.move(minutes=1)
    (kept,) = await fetched(running_stage)
    assert (kept["state"], kept["tries"], kept["failure"]) == ("stored", 2, None)
    assert on_disk(running_stage) == {digest: digest}


async def test_a_server_that_never_answers_is_given_up_after_days_and_told(running_stage: Stage) -> None:
    running_stage.telegram.fails("500", "getFile", times=None)
    await sends_one(running_stage)
    await told(running_stage, "unreachable")
    for times in range(2, len(RESTS) + 2):
        running_stage.clock.move(days=1)
        await tried(running_stage, times)
    (kept,) = await fetched(running_stage)
    assert (kept["state"], kept["failure"]) == ("failed", "unreachable")
    reporter = next(chat for chat in running_stage.telegram.chats.values() if chat.type == "private")
    said = [message.text for message in running_stage.telegram.messages(reporter)]
    assert any("Chưa lưu được: a.pdf" in text for text in said)


async def test_a_kill_in_the_middle_of_a_file_is_survived(stage: Stage) -> None:
    """The next process finds what the dead one was fetching, and leaves none of its half files behind."""
    await settled_team(stage)
    ledger = Ledger(stage.folder / "demo.db")
    stage.telegram.fails("slow", seconds=600)
    async with started(stage.server.url, stage.folder, "--unpaced") as bot:
        digest = await sends_one(stage, 3 * MB)
        async with asyncio.timeout(60):
            while not any(path.stat().st_size for path in (folder(stage) / "tmp").glob("*")):
                await asyncio.get_running_loop().run_in_executor(None, ledger.number, "SELECT 1")
        assert ledger.number("SELECT count(*) FROM evidence WHERE lease_until IS NOT NULL") == 1
        await bot.killed()
    async with started(stage.server.url, stage.folder, "--unpaced") as bot:
        await all_stored(ledger, 1, 30)
        assert on_disk(stage) == {digest: digest}
        assert await bot.stopped() == 0


async def test_a_graceful_stop_in_the_middle_of_a_file_is_survived(stage: Stage) -> None:
    await stage.start()
    stage.telegram.fails("slow", seconds=600)
    digest = await sends_one(stage, 3 * MB)
    async with asyncio.timeout(60):
        while not any(path.stat().st_size for path in (folder(stage) / "tmp").glob("*")):
            await pieces(stage)
    await stage.stop()
    assert on_disk(stage) == {}
    await stage.start()
    assert [one["state"] for one in await fetched(stage)] == ["stored"]
    assert on_disk(stage) == {digest: digest}


# What lies on the disk ------------------------------------------------------------------------------------------------


async def test_leftovers_of_a_crash_are_removed_at_the_start_and_nothing_else(stage: Stage) -> None:
    await stage.start()
    digest = await sends_one(stage)
    await fetched(stage)
    await stage.stop()
    orphan = "ab" * 32
    for path in (folder(stage) / "ab" / orphan, folder(stage) / "tmp" / "half"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    await stage.start()
    async with asyncio.timeout(60):
        while sum(path.is_file() for path in folder(stage).rglob("*")) > 1:
            await pieces(stage)
    assert on_disk(stage) == {digest: digest}


async def test_a_file_that_nobody_wants_any_more_when_it_comes_is_not_kept(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await tells(reporter)
    running_stage.telegram.fails("slow", seconds=1)
    await reporter.sends_document("a.pdf", paper(500_000), "application/pdf")
    async with asyncio.timeout(60):
        while not running_stage.bot.fetcher._flying:
            await pieces(running_stage)
    await reporter.presses("Huỷ", "Chuyện xảy ra khi nào")
    await reporter.sees("không có gì được gửi đi")
    await running_stage.telegram.until(lambda: running_stage.telegram.downloads)
    async with asyncio.timeout(60):
        while running_stage.bot.fetcher._flying:
            await pieces(running_stage)
    await swept(running_stage)
    assert await pieces(running_stage) == []
    assert on_disk(running_stage) == {}


async def test_two_files_come_at_once_and_no_more(running_stage: Stage, reporter: Person) -> None:
    await tells(reporter)
    running_stage.telegram.fails("slow", seconds=0.4, times=4)
    for seed in range(4):
        await reporter.sends_document(f"{seed}.pdf", Synthetic(100_000, seed, PDF), "application/pdf")
    most = 0
    async with asyncio.timeout(60):
        while len(stored := await rows(running_stage, "SELECT id FROM evidence WHERE state = 'stored'")) < 4:
            leased = await rows(running_stage, "SELECT id FROM evidence WHERE lease_until IS NOT NULL")
            most = max(most, len(leased))
    assert len(stored) == 4
    assert most == HANDS == 2


# What is waited out ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [{"kind": "429", "retry_after": 1}, {"kind": "401"}])
async def test_a_flood_that_lasts_is_waited_out_like_an_outage(running_stage: Stage, fault: dict[str, Any]) -> None:
    """Telegram names a short pause each time; two days of patience must not be used up in a minute."""
    running_stage.telegram.fails(method="getFile", times=None, **fault)
    await sends_one(running_stage)
    await told(running_stage, "unreachable")
    for times, rest in enumerate(RESTS[:6], start=1):
        await tried(running_stage, times)
        (waiting,) = await pieces(running_stage)
        due = datetime.fromisoformat(waiting["due_at"])
        assert due > running_stage.clock.now() + rest - timedelta(seconds=5), f"after {times} tries"
        running_stage.clock.move(seconds=max(rest.total_seconds(), 61))


async def test_the_time_without_room_is_no_try(running_stage: Stage) -> None:
    """The disk was full for hours; the first hiccup of the line after that must not be the last."""
    running_stage.telegram.fails("500", "getFile")
    await sends_one(running_stage)
    await told(running_stage, "unreachable")
    async with running_stage.bot.store.transaction() as tx:
        await tx.run("UPDATE evidence SET failure = 'disk', tries = 100")
    running_stage.telegram.fails("500", "getFile")
    running_stage.clock.move(minutes=6)
    await told(running_stage, "unreachable")
    running_stage.clock.move(minutes=6)
    assert [one["state"] for one in await fetched(running_stage)] == ["stored"]
