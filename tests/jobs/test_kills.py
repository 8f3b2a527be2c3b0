"""SIGKILL: a process that dies at random moments while fifty people fill forms loses nothing and does nothing twice."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from dataclasses import dataclass, field

import pytest

from bot.playground.telegram import Call
from jobs.dispatcher import HANDS
from locales import Texts
from tests.conftest import Stage
from tests.jobs.citizens import Citizen, Report
from tests.jobs.ledger import Ledger
from tests.jobs.process import nothing_waits, start, started
from tests.jobs.settled import settled_team
from tests.people import CODE, Team

log = logging.getLogger(__name__)

PEOPLE = 50
LONGEST_LIFE = 1.2  # seconds that a process works before it is killed
PATIENCE = 300.0  # seconds that somebody waits while one process after the other dies
STILLBORN = 0.1  # this share is killed before it is up


@dataclass
class Town:
    """Fifty people who report for as long as processes die."""

    stage: Stage
    team: Team
    chance: random.Random
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    flying: int = 0  # messages that were in doubt at the kills
    citizens: list[Citizen] = field(default_factory=list)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.stage.folder / "demo.db")

    @property
    def reports(self) -> list[Report]:
        return [report for citizen in self.citizens for report in citizen.reports]

    async def works(self) -> None:
        """Everybody files one report after the other, and finishes the last one when it is enough."""
        for number in range(PEOPLE):
            chance = random.Random(self.chance.random())
            self.citizens.append(Citizen(self.stage.person(f"Người {number}"), chance, PATIENCE))
        async with asyncio.TaskGroup() as group:
            for citizen in self.citizens:
                group.create_task(self._lives(citizen))

    async def _lives(self, citizen: Citizen) -> None:
        await citizen.files()
        while not self.enough.is_set():
            await citizen.files()

    async def dies(self, times: int) -> None:
        """Start and kill, again and again; the last process is left alone until everybody has an answer."""
        for _ in range(times):
            bot = await start(self.stage.server.url, self.stage.folder, "--unpaced")
            try:
                if self.chance.random() >= STILLBORN:
                    await bot.is_ready()
                await bot.lives(self.chance.uniform(0, LONGEST_LIFE))
            finally:
                await bot.killed()
            in_doubt = self.ledger.flying()
            assert in_doubt <= HANDS
            self.flying += in_doubt
        self.enough.set()

    async def survives(self, kills: int) -> None:
        life = asyncio.create_task(self.works())
        await self.dies(kills)
        async with started(self.stage.server.url, self.stage.folder, "--unpaced") as bot:
            try:
                await life
            except BaseExceptionGroup:
                log.error("left over: %s", self.ledger.left_over())
                raise
            await nothing_waits(bot, self.stage.telegram)
            assert await bot.stopped() == 0


@dataclass(frozen=True)
class Sends:
    """The messages that Telegram took from the bot, told apart by chat, words and keys."""

    plain: Counter[tuple[object, ...]]
    marked: Counter[tuple[object, ...]]

    @classmethod
    def of(cls, calls: list[Call]) -> Sends:
        mark = "\n" + Texts.load().render("vi", "sending.again", {})
        plain: Counter[tuple[object, ...]] = Counter()
        marked: Counter[tuple[object, ...]] = Counter()
        for call in calls:
            if call.method == "sendMessage" and call.status == 200:
                text = str(call.params["text"])
                told = (call.chat, text.removesuffix(mark), str(call.params.get("reply_markup")))
                (marked if text.endswith(mark) else plain)[told] += 1
        return cls(plain, marked)


async def survives(stage: Stage, kills: int) -> None:
    """Kill so often, let the last process finish, and compare what people know with what is stored."""
    seed = random.SystemRandom().randrange(10**9)
    log.info("seed %d", seed)
    town = Town(stage, await settled_team(stage), random.Random(seed))
    await town.survives(kills)
    everybody_was_heard_once(town)
    nobody_was_told_twice_without_a_mark(town)
    log.info("%d kills, %d reports, %d messages in doubt", kills, len(town.reports), town.flying)


def everybody_was_heard_once(town: Town) -> None:
    """Each dialogue is one incident with its own words, numbered without gaps, with its card or on a list of the team's
    group; no update is left.
    """
    ledger = town.ledger
    filed = {row["code"]: row for row in ledger.rows("SELECT code, kind, facts FROM incidents")}
    assert len(filed) == len(town.reports)
    year = town.stage.clock.now().year
    assert sorted(filed) == [f"SC-{year}-{number:06d}" for number in range(1, len(filed) + 1)]
    for report in town.reports:
        row = filed[report.code]
        assert row["kind"] == report.kind
        assert report.story in row["facts"]
        assert report.clues is None or report.clues in row["facts"]
    logged = ledger.rows("SELECT kind, count(*) AS n FROM events GROUP BY kind")
    assert {row["kind"]: row["n"] for row in logged} == dict.fromkeys(("filed", "proposed"), len(filed))
    assert ledger.number("SELECT count(*) FROM inbox WHERE state <> 'done'") == 0
    assert ledger.number("SELECT count(*) FROM drafts") == 0
    assert ledger.number("SELECT count(*) FROM deliveries WHERE state <> 'sent'") == 0
    told = town.stage.telegram.updates.next_id - 100_001
    assert ledger.number("SELECT count(*) FROM inbox") == told
    cards = {found for message in town.team.messages for found in CODE.findall(message.text)}
    listed = ledger.rows(
        "SELECT i.code FROM digests g JOIN digest_items d ON d.digest = g.id JOIN incidents i ON i.id = d.incident"
        " WHERE g.telegram_id IS NOT NULL"
    )
    assert cards | {row["code"] for row in listed} == set(filed)


def nobody_was_told_twice_without_a_mark(town: Town) -> None:
    """A message that left twice says so, and each time a kill had left it in doubt."""
    sends = Sends.of(list(town.stage.telegram.calls))
    assert [told for told, times in sends.plain.items() if times > 1] == []
    doubts = town.ledger.number("SELECT sum(doubts) FROM deliveries WHERE op = 'send'")
    assert sends.marked.total() <= doubts <= town.flying


async def test_ten_kills_lose_nothing_and_double_nothing_in_silence(stage: Stage) -> None:
    await survives(stage, 10)


@pytest.mark.torture
async def test_two_hundred_kills_lose_nothing_and_double_nothing_in_silence(stage: Stage) -> None:
    await survives(stage, 200)
