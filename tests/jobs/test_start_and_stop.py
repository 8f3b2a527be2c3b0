"""Start and stop: Telegram may be away, lie or be slow; the bot is up, says so, and loses nothing."""

from __future__ import annotations

import asyncio
import random

import pytest

from bot.app import ClockWentBack, report
from bot.lock import AlreadyRunning
from bot.playground.server import serve
from tests.conftest import Stage, set_stage
from tests.jobs.citizens import Citizen
from tests.jobs.ledger import Ledger
from tests.jobs.process import health, start, started
from tests.jobs.records import number, rests, shows
from tests.jobs.settled import settled_team

FLYING_TO = (
    "SELECT count(*) FROM deliveries d JOIN people p ON p.id = d.recipient"
    " WHERE d.state = 'sending' AND p.telegram_id = :user"
)


def citizen_of(stage: Stage, name: str = "Nguyễn Thị Mận") -> Citizen:
    return Citizen(stage.person(name), random.Random(3))


# Telegram is away -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "word", "rest"),
    [
        ("unreachable", "telegram", 10),
        ("drop_before", "telegram", 10),
        ("404html", "foreign", 10),
        ("502", "foreign", 10),
        ("garbage", "foreign", 10),
        ("500", "telegram", 10),
        ("401", "token", 60),
        ("429", "flood", 10),
    ],
)
async def test_the_bot_is_up_without_telegram_and_connects_by_itself(
    stage: Stage, kind: str, word: str, rest: int
) -> None:
    """What people wrote meanwhile is answered."""
    stage.telegram.fails(kind, "*", times=None)
    citizen = citizen_of(stage)
    await citizen.person.says("/baosuco")
    await stage.start()
    facts = await shows(stage, telegram=f"away: {word}", status="degraded")
    assert facts["telegram_since"]
    assert (await health(stage.bot.port))["status"] == "degraded"
    stage.telegram.heals()
    stage.clock.move(seconds=rest)
    await citizen.sees()
    await shows(stage, telegram="connected", status="ok")


async def test_nobody_listens_at_telegrams_address_until_somebody_does(stage: Stage) -> None:
    citizen = citizen_of(stage)
    await citizen.person.says("/baosuco")
    port = stage.server.port
    await stage.server.close()
    await stage.start()
    await shows(stage, telegram="away: network", status="degraded")
    stage.server = await serve(stage.telegram, port=port)
    stage.clock.move(seconds=10)
    await citizen.sees()
    await stage.stop()
    await stage.server.close()


async def test_telegram_goes_away_for_a_while_and_comes_back(stage: Stage) -> None:
    await stage.start()
    await shows(stage, telegram="connected")
    stage.telegram.fails("unreachable")
    citizen = citizen_of(stage)
    await citizen.person.says("/baosuco")
    await shows(stage, telegram="away: network", status="degraded")
    stage.telegram.heals()
    await citizen.files()
    await shows(stage, telegram="connected", status="ok")


async def test_slow_answers_make_nothing_late_but_themselves(stage: Stage) -> None:
    """Telegram takes two seconds for each message to one person; another is served meanwhile."""
    await stage.start()
    slow, quick = citizen_of(stage, "Chậm"), citizen_of(stage, "Nhanh")
    stage.telegram.fails("delay", "sendMessage", slow.person.chat, times=1, seconds=5)
    await slow.person.says("/baosuco")
    await stage.telegram.until(lambda: slow.person.messages)
    assert await asyncio.wait_for(quick.files(), 4)
    assert await number(stage, FLYING_TO, user=slow.person.user.id) == 1
    assert await slow.files()


async def test_a_slow_poll_is_waited_for(stage: Stage) -> None:
    stage.telegram.fails("delay", "getUpdates", times=1, seconds=3)
    await stage.start()
    citizen = citizen_of(stage)
    assert await citizen.files()
    assert (await report(stage.bot))["telegram"] == "connected"


# Stopping -------------------------------------------------------------------------------------------------------------


async def test_sigterm_lets_what_flies_land_and_loses_nothing(stage: Stage) -> None:
    """The process is stopped while Telegram is slow to answer twenty people: none of them is told anything twice."""
    await settled_team(stage)
    citizens = [citizen_of(stage, f"Người {number}") for number in range(20)]
    async with started(stage.server.url, stage.folder) as bot:
        for citizen in citizens:
            stage.telegram.fails("delay", "sendMessage", citizen.person.chat, times=1, seconds=1.5)
            await citizen.person.says("/baosuco")
        await stage.telegram.until(lambda: all(citizen.person.messages for citizen in citizens))
        async with asyncio.timeout(30):
            assert await bot.stopped() == 0
    ledger = Ledger(stage.folder / "demo.db")
    assert ledger.number("SELECT count(*) FROM deliveries WHERE state = 'sending'") == 0
    assert ledger.number("SELECT count(*) FROM inbox WHERE state <> 'done'") == 0
    assert ledger.number("SELECT sum(doubts) FROM deliveries") == 0
    assert len([call for call in stage.telegram.calls if call.method == "sendMessage"]) == 20


async def is_busy(stage: Stage, calls: int) -> None:
    """Wait until the bot has called so often."""
    wanted = len(stage.telegram.calls) + calls
    await stage.telegram.until(lambda: len(stage.telegram.calls) > wanted, 30)


async def test_ten_stops_under_load_leave_nothing_in_doubt(stage: Stage) -> None:
    """However busy the moment, a graceful stop knows of every message how it ended."""
    citizens = [citizen_of(stage, f"Người {number}") for number in range(20)]
    enough = asyncio.Event()

    async def goes_on(citizen: Citizen) -> None:
        while not enough.is_set():
            await citizen.files()

    async with asyncio.TaskGroup() as group:
        for citizen in citizens:
            group.create_task(goes_on(citizen))
        for stop in range(10):
            await stage.start()
            await is_busy(stage, calls=40 + 13 * stop)
            await stage.stop()
            assert (
                Ledger(stage.folder / "bot.db").number("SELECT count(*) FROM deliveries WHERE state = 'sending'") == 0
            )
        enough.set()
        await stage.start()
    await rests(stage)
    assert await number(stage, "SELECT sum(doubts) FROM deliveries") == 0
    assert await number(stage, "SELECT count(*) FROM incidents") == sum(len(one.reports) for one in citizens)


async def test_a_stop_while_telegram_is_away_takes_no_time(stage: Stage) -> None:
    stage.telegram.fails("unreachable")
    bot = await start(stage.server.url, stage.folder)
    try:
        # The clock of the playground is asked before all else; it is beyond the fault panel.
        await bot.is_ready()
        assert (await health(bot.port))["status"] == "degraded"
        async with asyncio.timeout(20):
            assert await bot.stopped() == 0
    finally:
        await bot.killed()


# What must not start --------------------------------------------------------------------------------------------------


async def test_a_second_process_on_the_same_database_refuses(stage: Stage) -> None:
    await stage.start()
    first = stage.bot
    with pytest.raises(AlreadyRunning):
        await Stage(stage.telegram, stage.server, stage.folder, stage.judge).start()
    assert await citizen_of(stage).files()
    assert stage.bot is first
    await stage.stop()
    await stage.start()


async def test_a_clock_that_was_set_back_is_named_and_nothing_starts(stage: Stage) -> None:
    stage.clock.move(days=1)
    await stage.start()
    await citizen_of(stage).files()
    await stage.stop()
    async with set_stage(stage.folder) as earlier:
        earlier.folder = stage.folder
        with pytest.raises(ClockWentBack):
            await earlier.start()
        earlier.clock.move(days=1)
        await earlier.start()


async def test_ten_minutes_are_forgiven(stage: Stage) -> None:
    """Clocks drift and are set right; nobody should have to wait for that."""
    stage.clock.move(minutes=9)
    await stage.start()
    await citizen_of(stage).files()
    await stage.stop()
    async with set_stage(stage.folder) as earlier:
        earlier.telegram.next_update_id = 500_000
        await earlier.start()
        assert await citizen_of(earlier).files()


async def test_a_restart_goes_on_where_everybody_was(stage: Stage) -> None:
    await stage.start()
    citizen = citizen_of(stage)
    await citizen.person.says("/baosuco")
    await citizen.sees()
    await stage.stop()
    stage.clock.move(days=3)
    await stage.start()
    assert await citizen.goes_on()
