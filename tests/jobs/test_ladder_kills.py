"""SIGKILL while a deadline climbs: the next process goes on where the last one stood, in order and once a rung."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import pairwise

from bot.demo import example_policy
from bot.domain import reports
from bot.domain.ids import Ids
from bot.domain.incidents import Severity
from bot.domain.people import Role
from bot.playground.chats import Message
from bot.services.casework import incidents as desk_incidents
from bot.services.desk import Desk, House
from locales import Texts
from storage import groups, incidents, people, roles, seats
from storage.codec import moment
from storage.migrate import migrate
from storage.sqlite import open_store
from tests.conftest import Stage
from tests.jobs.ledger import Ledger
from tests.jobs.process import nothing_waits, start, started
from tests.people import Person

RANKS = {Role.DUTY_OFFICER: "Trực Ban", Role.DEPUTY_LEAD: "Đội Phó", Role.TEAM_LEAD: "Đội Trưởng"}
AGAIN = "(gửi lại)"
MISSED = "Đã quá hạn nhận xử lý"
LONGEST_LIFE = 0.8  # seconds that a process works before it is killed


async def frozen_team(stage: Stage) -> list[Person]:
    """A report that nobody takes, and the three above, in the database that the processes will open."""
    chat = stage.telegram.group("Đội ứng cứu (thử)")
    now, ranks = stage.clock.now(), [stage.person(name) for name in RANKS.values()]
    async with open_store(stage.folder / "demo.db", Ids(stage.clock.now)) as store:
        await migrate(store)
        async with store.transaction() as tx:
            group = await groups.meet(tx, chat.id)
            who = await people.add(tx, stage.person("Nguyễn Thị Mận").user.id, "vi", now)
            await groups.bind(tx, group.id, chat.title or "", who.id, now)
            for person, role in zip(ranks, RANKS, strict=True):
                person.user.started = True
                known = await people.add(tx, person.user.id, "vi", now)
                await roles.grant(tx, known.id, role, None, now)
                await seats.put(tx, group.id, known.id, True, now)
                chat.members[person.user.id] = "member"
            desk = Desk(tx, now, House(example_policy(), Texts.load()))
            told = {"kind": "fake_site", "story": "Trang giả mạo cổng dịch vụ công"}
            one = await desk_incidents.file(desk, who, reports.CITIZEN_REPORT, told, incomplete=False)
            await incidents.propose(tx, one.id, Severity.ORDINARY, None)
            await incidents.look_at(tx, one.id, now)
            return ranks


def missed(person: Person) -> list[Message]:
    return [message for message in person.messages if MISSED in message.text]


async def test_a_ladder_that_is_killed_again_and_again_reaches_the_top_in_order_and_once_a_rung(stage: Stage) -> None:
    chance = random.Random(random.SystemRandom().randrange(10**9))
    ranks = await frozen_team(stage)
    stage.clock.move(hours=3)
    for _ in range(3):
        bot = await start(stage.server.url, stage.folder, "--unpaced")
        try:
            await bot.is_ready()
            stage.clock.move(hours=1, minutes=1)  # every tick at once, and the next rung is due
            await bot.lives(chance.uniform(0, LONGEST_LIFE))
        finally:
            await bot.killed()
    async with started(stage.server.url, stage.folder, "--unpaced") as bot:
        for person in ranks:
            if not missed(person):
                stage.clock.move(hours=1, minutes=1)
            await person.sees(MISSED)
        await nothing_waits(bot, stage.telegram)
        assert await bot.stopped() == 0
    once_and_in_order(Ledger(stage.folder / "demo.db"), ranks)


def once_and_in_order(ledger: Ledger, ranks: list[Person]) -> None:
    """In the log and on paper once; what left twice says so, and each time a kill had left it in doubt."""
    trodden = ledger.rows("SELECT rung, at, people FROM rungs WHERE clock = 'claim' AND rung <> 'nearly' ORDER BY at")
    assert [row["rung"] for row in trodden] == ["owner", "duty", "deputy", "leader"]
    assert [row["people"] == "[]" for row in trodden] == [True, False, False, False]
    times = [moment(row["at"]) for row in trodden[1:]]
    assert all(later - earlier >= timedelta(hours=1) for earlier, later in pairwise(times))
    assert ledger.number("SELECT count(*) FROM events WHERE kind = 'climbed'") == 3
    plain = [[message for message in missed(person) if AGAIN not in message.text] for person in ranks]
    doubts = ledger.number("SELECT sum(doubts) FROM deliveries")
    assert sum(len(missed(person)) for person in ranks) <= 3 + doubts
    assert all(len(messages) <= 1 for messages in plain)
