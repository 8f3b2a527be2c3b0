"""SIGKILL while a table of a thousand rows is fetched, looked at and written: all of it or nothing, and told once."""

from __future__ import annotations

import asyncio
import random

from bot.domain.ids import Ids
from bot.domain.people import Role
from storage import people, roles
from storage.migrate import migrate
from storage.sqlite import open_store
from tests.conftest import Stage
from tests.jobs.ledger import Ledger
from tests.jobs.process import BotProcess, health, nothing_waits, started
from tests.journeys.steps import asks
from tests.people import Person

AGAIN = "(gửi lại)"
ROWS = 1000
LONGEST_LIFE = 1.5  # seconds that a process works before it is killed
HEADS = "Mã cơ quan;Tên cơ quan;Loại;Kết thúc từ ngày;Mã cơ quan kế thừa\r\n"
STATE = "SELECT count(*) FROM imports WHERE state = '{}'"


async def keeper_of(stage: Stage) -> Person:
    """One who keeps the register, in the database that the processes will open."""
    person = stage.person("Đinh Thị Kim Oanh")
    person.user.started = True
    async with open_store(stage.folder / "demo.db", Ids(stage.clock.now)) as store:
        await migrate(store)
        async with store.transaction() as tx:
            known = await people.add(tx, person.user.id, "vi", stage.clock.now())
            await roles.grant(tx, known.id, Role.STANDING_UNIT, None, stage.clock.now())
    return person


def written(ledger: Ledger) -> int:
    return ledger.number("SELECT count(*) FROM agencies WHERE code LIKE 'NHIEU-%'")


async def until(bot: BotProcess, ledger: Ledger, state: str) -> None:
    async with asyncio.timeout(60):
        while not ledger.number(STATE.format(state)):
            await health(bot.port)


def once(person: Person, words: str) -> None:
    """Said plainly once; what a kill left in doubt comes again and says so."""
    said = [message.text for message in person.messages if words in message.text]
    assert said
    assert len([text for text in said if AGAIN not in text]) <= 1


async def asked(stage: Stage, keeper: Person) -> None:
    table = HEADS + "".join(f"NHIEU-{number};Cơ quan số {number};Sở, ban, ngành;;\r\n" for number in range(ROWS))
    await asks(keeper, "/danhba", "Danh bạ ra và vào bằng tệp")
    await keeper.presses("Nhập cơ quan", "Danh bạ ra và vào bằng tệp")
    await keeper.sees("vào đây (.xlsx hoặc .csv")
    await keeper.sends_document("nhieu.csv", table.encode(), "text/csv")


async def confirmed(bot: BotProcess, stage: Stage, keeper: Person, ledger: Ledger) -> None:
    stage.clock.move(seconds=30)
    await until(bot, ledger, "ready")
    await keeper.sees("không có lỗi")
    once(keeper, "không có lỗi")
    await keeper.presses("Ghi vào danh bạ")


async def test_a_table_outlives_a_kill_as_a_whole(stage: Stage) -> None:
    """Killed while it is fetched and looked at, or while it is written; which of both, chance says."""
    chance = random.Random(random.SystemRandom().randrange(10**9))
    keeper, ledger = await keeper_of(stage), Ledger(stage.folder / "demo.db")
    late = chance.random() < 0.5
    async with started(stage.server.url, stage.folder, "--unpaced") as bot:
        await asked(stage, keeper)
        if late:
            await confirmed(bot, stage, keeper, ledger)
        await bot.lives(chance.uniform(0, LONGEST_LIFE))
        await bot.killed()
    assert written(ledger) in ((0, ROWS) if late else (0,))
    async with started(stage.server.url, stage.folder, "--unpaced") as bot:
        if not late:
            await confirmed(bot, stage, keeper, ledger)
        stage.clock.move(seconds=30)
        await until(bot, ledger, "done")
        await nothing_waits(bot, stage.telegram)
        assert await bot.stopped() == 0
    assert written(ledger) == ROWS
    doubled = "SELECT count(*) - count(DISTINCT agency) FROM register_events WHERE kind = 'agency_added'"
    assert ledger.number(doubled) == 0
    once(keeper, "Đã ghi vào danh bạ")
