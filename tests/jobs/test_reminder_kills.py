"""SIGKILL around the tick of reminders: the ledger has each rung once, and each message leaves once or says that it may
have come before."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime

from bot.demo import example_policy
from bot.domain import reminding
from bot.domain.ids import Ids
from bot.domain.moments import HANOI
from bot.services.desk import Desk, House
from bot.services.obligation import laying
from locales import Texts
from storage import people
from storage.codec import at, moment
from storage.migrate import migrate
from storage.sqlite import open_store
from tests.conftest import Stage
from tests.jobs.ledger import Ledger
from tests.jobs.process import BotProcess, health, nothing_waits, start, started
from tests.journeys import two_years
from tests.people import Person

AGAIN = "(gửi lại)"
HEADING = "Nhắc việc an ninh mạng"
LONGEST_LIFE = 0.8  # seconds that a process works before it is killed


async def frozen_agency(stage: Stage) -> list[Person]:
    """Twelve systems and all that is owed for them, in the database that the processes will open."""
    three = [stage.person(name) for name in ("Lê Văn Công", "Trần Thị Hòa", "Phạm Văn Bình")]
    house = House(example_policy(), Texts.load())
    async with open_store(stage.folder / "demo.db", Ids(stage.clock.now)) as store:
        await migrate(store)
        async with store.transaction() as tx:
            known = []
            for person in three:
                person.user.started = True
                known.append(await people.add(tx, person.user.id, "vi", stage.clock.now()))
            officer, deputy, head = known
            await two_years.settle(tx, stage.clock.now(), officer, deputy, head)
            desk = Desk(tx, stage.clock.now(), house)
            while await laying.look(desk):
                pass
    return three


def next_morning(ledger: Ledger) -> datetime:
    """When something is to be told next: a morning on which it may be."""
    policy = example_policy()
    (row,) = ledger.rows("SELECT min(look_at) AS look_at FROM obligations")
    day = moment(row["look_at"]).astimezone(HANOI).date()
    return reminding.morning(policy.reminders, day, policy.holidays)


def go_on(stage: Stage, ledger: Ledger) -> None:
    """To the next morning on which somebody hears something; to no earlier one than now."""
    stage.clock.move(seconds=max(1.0, (next_morning(ledger) - stage.clock.now()).total_seconds() + 1))


async def test_reminders_that_are_killed_again_and_again_are_each_told_once(stage: Stage) -> None:
    chance = random.Random(random.SystemRandom().randrange(10**9))
    three, ledger = await frozen_agency(stage), Ledger(stage.folder / "demo.db")
    for _ in range(2):
        go_on(stage, ledger)
        bot = await start(stage.server.url, stage.folder, "--unpaced")
        try:
            await bot.is_ready()
            stage.clock.move(seconds=30)  # every tick at once
            await bot.lives(chance.uniform(0, LONGEST_LIFE))
        finally:
            await bot.killed()
    async with started(stage.server.url, stage.folder, "--unpaced") as bot:
        go_on(stage, ledger)
        await all_is_told(bot, stage, ledger)
        await nothing_waits(bot, stage.telegram)
        assert await bot.stopped() == 0
    each_once(ledger, three)


async def all_is_told(bot: BotProcess, stage: Stage, ledger: Ledger) -> None:
    """Wait until the tick has dealt with this morning."""
    waits = (
        "SELECT (SELECT count(*) FROM obligations WHERE look_at <= '{now}')"
        " + (SELECT count(*) FROM reminders WHERE sent IS NULL AND person <> 'department')"
    )
    async with asyncio.timeout(60):
        while ledger.number(waits.format(now=at(stage.clock.now()))):
            await health(bot.port)


def each_once(ledger: Ledger, three: list[Person]) -> None:
    """1. What was climbed is in the ledger, for all systems alike, and none of it waits.
    2. The newest of each obligation has left; what did not leave was overtaken by something newer.
    3. Nobody read more messages than left, but for those that a kill has left in doubt and that say so.
    """
    assert ledger.number("SELECT count(*) FROM reminders") > 0
    assert ledger.number("SELECT count(*) FROM reminders WHERE sent IS NULL AND person <> 'department'") == 0
    uneven = (
        "SELECT o.rule, r.rung, r.person FROM reminders r JOIN obligations o ON o.id = r.obligation GROUP BY 1, 2, 3"
        " HAVING count(*) <> (SELECT count(*) FROM obligations p WHERE p.rule = o.rule)"
    )
    assert ledger.rows(uneven) == []
    newest = (
        "SELECT o.rule, o.told, d.state FROM obligations o JOIN reminders r ON r.obligation = o.id AND r.rung = o.told"
        " JOIN deliveries d ON d.id = r.sent WHERE r.person <> 'department' AND d.state <> 'sent'"
    )
    assert ledger.rows(newest) == []
    assert ledger.number("SELECT count(*) FROM obligations WHERE told IS NOT NULL AND look_at IS NULL") == 0
    digests = "SELECT count(*) FROM deliveries d JOIN messages m ON m.id = d.message WHERE m.key = 'owed.digest'"
    left = ledger.number(f"{digests} AND d.state = 'sent'")
    read = [message.text for person in three for message in person.messages if HEADING in message.text]
    plain = [text for text in read if AGAIN not in text]
    assert left <= len(read) <= left + ledger.number("SELECT sum(doubts) FROM deliveries")
    assert len(plain) <= left
