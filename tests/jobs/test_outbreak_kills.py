"""SIGKILL while forty reports end with their outbreak and work changes hands: each exactly once, nobody left out."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

from bot.demo import example_policy
from bot.domain import reports
from bot.domain.ids import Ids
from bot.domain.incidents import Move
from bot.domain.indicators import Indicator, Kind
from bot.domain.people import Role
from bot.services.casework import incidents as files
from bot.services.casework import lives
from bot.services.desk import Desk, House
from bot.services.duty import handover
from bot.services.outbreak import outbreaks
from locales import Texts
from storage import groups, people, roles, seats
from storage.handovers import Handover
from storage.incidents import Incident
from storage.migrate import migrate
from storage.sqlite import open_store
from storage.store import Transaction
from tests.conftest import Stage
from tests.jobs.ledger import Ledger
from tests.jobs.process import nothing_waits, start, started
from tests.people import Person

CHILDREN, HANDED = 40, 10
AGAIN = "(gửi lại)"
LONGEST_LIFE = 0.3  # seconds between a step of the clock and the kill
RESULT = "Đã chặn trang lừa đảo, Anh/Chị đừng chuyển thêm tiền"
SHARED = Indicator(Kind.DOMAIN, "lua-dao.top")


async def _member(stage: Stage, tx: Transaction, name: str, group: str, *held: Role) -> tuple[Person, str]:
    person = stage.person(name)
    person.user.started = True
    known = await people.add(tx, person.user.id, "vi", stage.clock.now())
    await people.introduce(tx, known.id, name, "0900000001")
    for role in held:
        await roles.grant(tx, known.id, role, None, stage.clock.now())
        await seats.put(tx, group, known.id, True, stage.clock.now())
    return person, known.id


async def _filed(stage: Stage, desk: Desk, group: str, story: str, number: int) -> tuple[Person, Incident]:
    reporter, known = await _member(stage, desk.tx, f"Người {number}", group)
    told = {"kind": "scam_loss", "story": f"{number}: {story}"}
    who = await people.get(desk.tx, known)
    return reporter, await files.file(desk, who, reports.CITIZEN_REPORT, told, incomplete=False)


async def _night(stage: Stage) -> tuple[list[Person], Person]:
    """An outbreak that was closed a moment ago, and ten incidents that are offered to a colleague."""
    chat, now = stage.telegram.group("Đội ứng cứu (thử)"), stage.clock.now()
    async with open_store(stage.folder / "demo.db", Ids(stage.clock.now)) as store:
        await migrate(store)
        async with store.transaction() as tx:
            desk = Desk(tx, now, House(example_policy(), Texts.load()))
            group = (await groups.meet(tx, chat.id)).id
            _, lead = await _member(stage, tx, "Đội Trưởng", group, Role.TEAM_LEAD)
            receiver, taker = await _member(stage, tx, "Phạm Thị Lan", group, Role.RESPONDER)
            chat.members |= {receiver.user.id: "member"}
            await groups.bind(tx, group, chat.title or "", lead, now)
            closer = await people.get(tx, lead)
            town = [(await _filed(stage, desk, group, "https://lua-dao.top", one))[0] for one in range(CHILDREN)]
            outbreak = await outbreaks.lay_for(desk, closer, SHARED)
            await outbreaks.tie_all(desk, closer, outbreak, SHARED)
            while await outbreaks.sweep_on(desk):
                pass
            closed = await lives.move(desk, closer, outbreak, Move.CLOSE, result=RESULT)
            await outbreaks.close_children(desk, closer, closed, {"result": RESULT})
            held = [(await _filed(stage, desk, group, "Mất máy", one))[1] for one in range(100, 100 + HANDED)]
            held = [await lives.move(desk, closer, one, Move.CLAIM) for one in held]
            new = tx.new_id()
            made = Handover(new, new, lead, taker, lead, None, True, now, now + timedelta(minutes=15))
            await handover.offer(desk, made, held, "asked")
        return town, receiver


async def test_a_closing_and_a_handover_that_are_killed_again_and_again_happen_once_and_to_everybody(
    stage: Stage,
) -> None:
    chance = random.Random(random.SystemRandom().randrange(10**9))
    town, receiver = await _night(stage)
    for _ in range(4):
        bot = await start(stage.server.url, stage.folder, "--unpaced")
        try:
            await bot.is_ready()
            await stage.telegram.until(lambda: receiver.messages)
            stage.clock.move(seconds=4)  # every tick at once
            await _takes(receiver)
            await bot.lives(chance.uniform(0, LONGEST_LIFE))
        finally:
            await bot.killed()
    async with started(stage.server.url, stage.folder, "--unpaced") as bot:
        stage.clock.move(seconds=4)
        await _takes(receiver)
        for reporter in town:
            await reporter.sees(RESULT)
        await nothing_waits(bot, stage.telegram)
        assert await bot.stopped() == 0
    _once_and_to_everybody(Ledger(stage.folder / "demo.db"), town)


async def _takes(receiver: Person) -> None:
    """Press without waiting for an answer, as long as the offer has its key."""
    offer = receiver.with_key("Nhận bàn giao")
    if offer is not None:
        receiver.telegram.presses(receiver.user, offer, "Nhận bàn giao")


def _once_and_to_everybody(ledger: Ledger, town: list[Person]) -> None:
    logged = "SELECT incident, count(*) AS n FROM events WHERE kind = '{}' GROUP BY incident"
    assert Counter(row["n"] for row in ledger.rows(logged.format("closed"))) == {1: CHILDREN + 1}
    assert Counter(row["n"] for row in ledger.rows(logged.format("handed"))) == {1: HANDED}
    assert ledger.number("SELECT count(*) FROM sweeps") == 0
    assert ledger.number("SELECT count(*) FROM handovers WHERE state = 'accepted'") == 1
    assert ledger.number("SELECT count(*) FROM deliveries WHERE state <> 'sent'") == 0
    for reporter in town:
        told = [message.text for message in reporter.messages if RESULT in message.text]
        assert len([text for text in told if AGAIN not in text]) <= 1
        assert len(told) >= 1
    doubts = ledger.number("SELECT sum(doubts) FROM deliveries")
    assert sum(RESULT in message.text for reporter in town for message in reporter.messages) <= CHILDREN + doubts
