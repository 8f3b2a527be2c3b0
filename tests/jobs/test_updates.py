"""Arbitrary updates: any kind and shape of the Bot API, odd ones among them; nothing gets stuck, all are answered."""

from __future__ import annotations

import io
import json
import logging
import random
import re
from collections.abc import Iterator

import aiohttp
import pytest

from bot.app import report
from bot.domain.people import Role
from bot.logs import Formatter
from bot.web import SECRET_HEADER, webhook_secret
from tests.conftest import Stage
from tests.jobs.citizens import Citizen
from tests.jobs.records import becomes, number, rests, rows, shows, told
from tests.jobs.shapes import STORY, Json, Shapes
from tests.jobs.test_webhook import Hooked
from tests.people import Person, Team

# PTB says so when it reads what Telegram still sends.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")

WAITING = "SELECT count(*) FROM inbox WHERE state = 'waiting'"
DEAD = "SELECT count(*) FROM inbox WHERE state = 'dead'"
REFERENCE = re.compile(r"\b[0-9a-f]{6}\b")
SETTLES_WITHIN = 30.0  # seconds, the customer's own limit
BATCH = 100


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the program writes to its log, in its own form."""
    paper = io.StringIO()
    handler = logging.StreamHandler(paper)
    handler.setFormatter(Formatter())
    logging.getLogger().addHandler(handler)
    yield paper
    logging.getLogger().removeHandler(handler)


@pytest.fixture
async def running_stage(stage: Stage) -> Stage:
    await stage.start()
    await shows(stage, telegram="connected")
    # Whatever is pressed or written here, some people have never opened the bot: a refusal is no fault.
    return stage


@pytest.fixture
async def admin(running_stage: Stage) -> Person:
    return await running_stage.staff("Lò Văn Quản", Role.ADMIN)


@pytest.fixture
def crowd(running_stage: Stage, team: Team) -> Shapes:
    """Ten people who have opened the bot, the team's group and another one."""
    people = [running_stage.telegram.person(f"Dân {one}") for one in range(10)]
    for person in people:
        person.started = True
    other = running_stage.telegram.group("Chợ", members=people[:2])
    return Shapes(random.Random(), [person.id for person in people], [team.chat.id, other.id])


async def settles(stage: Stage, within: float = SETTLES_WITHIN) -> None:
    """Everything is worked or buried; the clock is moved for those that rest between their tries."""
    await stage.telegram.until(lambda: stage.telegram.updates.pending == 0, within)
    for rest in (1, 5, 1, 5):
        await becomes(stage, 0, f"{WAITING} AND not_before <= :now", within, now=at(stage))
        stage.clock.move(seconds=rest + 0.01)
    await becomes(stage, 0, WAITING, within)


def at(stage: Stage) -> str:
    return stage.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")


async def serves(stage: Stage, team: Team, name: str = "Nguyễn Thị Mận") -> None:
    """A normal journey from beginning to end."""
    report = await Citizen(stage.person(name), random.Random(4)).files()
    await team.sees(report.code)


async def goes_through(stage: Stage, crowd: Shapes, many: int) -> None:
    """Half of them as the Bot API promises, half of them odd, a hundred at a time."""
    seed = random.SystemRandom().randrange(10**9)
    logging.getLogger(__name__).warning("seed %d", seed)
    crowd.chance = random.Random(seed)
    for _ in range(many // BATCH):
        for _ in range(BATCH):
            stage.telegram.injects(crowd.odd() if crowd.chance.random() < 0.5 else crowd.update())
        await settles(stage)
    await rests(stage, 120)


async def nothing_is_stuck(stage: Stage, many: int) -> None:
    states = {row["state"]: row["n"] for row in await rows(stage, "SELECT state, count(*) AS n FROM inbox GROUP BY 1")}
    assert set(states) <= {"done", "dead"}
    assert 0 < states["dead"] < many
    assert await number(stage, "SELECT count(*) FROM inbox WHERE state = 'dead' AND reference IS NULL") == 0
    assert await number(stage, "SELECT count(*) FROM inbox WHERE state = 'done' AND body IS NOT NULL") == 0


async def test_five_hundred_updates_of_any_shape_leave_nothing_stuck(
    running_stage: Stage, crowd: Shapes, team: Team, written: io.StringIO
) -> None:
    await goes_through(running_stage, crowd, 500)
    await nothing_is_stuck(running_stage, 500)
    await serves(running_stage, team)
    assert (await report(running_stage.bot))["status"] == "ok"
    assert STORY not in written.getvalue()
    assert "100000:playground" not in written.getvalue()


@pytest.mark.torture
async def test_ten_thousand_updates_of_any_shape_leave_nothing_stuck(
    running_stage: Stage, crowd: Shapes, team: Team, written: io.StringIO
) -> None:
    await goes_through(running_stage, crowd, 10_000)
    await nothing_is_stuck(running_stage, 10_000)
    await serves(running_stage, team)
    assert STORY not in written.getvalue()
    assert "100000:playground" not in written.getvalue()


async def test_what_the_bot_api_promises_is_never_buried(running_stage: Stage, crowd: Shapes) -> None:
    """No update of a shape that the models allow fails in any handler."""
    seed = random.SystemRandom().randrange(10**9)
    logging.getLogger(__name__).warning("seed %d", seed)
    crowd.chance = random.Random(seed)
    for _ in range(300):
        running_stage.telegram.injects(crowd.update())
    await settles(running_stage)
    assert [row["body"] for row in await rows(running_stage, "SELECT body FROM inbox WHERE state = 'dead'")] == []


async def test_one_odd_update_in_a_batch_stops_none_of_the_others(running_stage: Stage, team: Team) -> None:
    """Things without a readable number, numbers beyond any database, and text that is no update at all."""
    citizens = [running_stage.person(f"Người {one}") for one in range(10)]
    numbers: list[Json] = ["7", None, -1, 1.5, [], True]
    odd: list[Json] = [{"update_id": number} for number in numbers]
    odd += ["17", '"x"', "[]", {"message": None}]
    for citizen, one in zip(citizens, odd, strict=True):
        await citizen.says("/trogiup")
        running_stage.telegram.injects(one)
    await settles(running_stage)
    await rests(running_stage)
    assert all(citizen.messages for citizen in citizens)
    assert (await report(running_stage.bot))["malformed_updates"] == 8
    await serves(running_stage, team)


async def test_a_number_beyond_all_numbers_is_refused_for_ever_and_serves_nobody_ill(
    running_stage: Stage, team: Team
) -> None:
    """It cannot be stored, and confirming it would let Telegram forget all that is smaller."""
    running_stage.telegram.injects({"update_id": 2**70})
    await serves(running_stage, team)
    polls = sum(call.method == "getUpdates" for call in running_stage.telegram.calls)
    assert polls < 100, "asked at leisure, and not as fast as the machine can"


async def test_a_dead_letter_tells_person_and_administrator_the_same_number(
    running_stage: Stage, reporter: Person, admin: Person, written: io.StringIO
) -> None:
    """And its words are kept for a week, masked, for whoever looks into it."""
    await reporter.says("/trogiup")
    await reporter.sees("/")
    chat = reporter.chat.wire()
    who = reporter.user.wire()
    running_stage.telegram.injects(
        {"message": {"message_id": 9, "date": 1, "chat": chat, "from": who, "text": STORY, "entities": [{}]}}
    )
    await becomes(running_stage, 1, DEAD)
    await rests(running_stage)
    assert (await told(running_stage, reporter))[-1] == "bug.told"
    assert (await told(running_stage, admin))[-1] == "bug.admin"
    (row,) = await rows(running_stage, "SELECT reference, body FROM inbox WHERE state = 'dead'")
    for person in (reporter, admin):
        assert row["reference"] in REFERENCE.findall(person.last.text)
    assert row["reference"] in written.getvalue()
    assert json.loads(row["body"])["message"]["text"] == STORY
    assert STORY not in written.getvalue()
    await reporter.says("/baosuco")
    await rests(running_stage)
    assert (await told(running_stage, reporter))[-1] == "form.question", "the chat goes on"
    running_stage.clock.move(days=7, minutes=1)
    await becomes(running_stage, 0, "SELECT count(*) FROM inbox WHERE body IS NOT NULL")


async def test_a_bug_is_tried_three_times_and_holds_up_nobody_else(
    running_stage: Stage, reporter: Person, stranger: Person, admin: Person
) -> None:
    """The update is sound and the bot is not: again after one second and after five, then it is buried."""
    await reporter.says("/trogiup")
    await reporter.sees("/")
    async with running_stage.bot.store.transaction() as tx:
        # A draft of a form that no release knows: whatever this person says now runs into it.
        await tx.run(
            "INSERT INTO drafts (id, person, form, at, answers, editing, touched_at, look_at)"
            " SELECT 'DRAFT', id, 'no_such_form', 'kind', '{}', 0, first_seen_at, '9999' FROM people"
            " WHERE telegram_id = :user",
            {"user": reporter.user.id},
        )
    await reporter.says(STORY)
    await reporter.says("/daumoi")
    tried = "SELECT count(*) FROM inbox WHERE tries = :tries"
    await becomes(running_stage, 1, tried, tries=1)
    running_stage.clock.move(seconds=1)
    await becomes(running_stage, 1, tried, tries=2)
    await Citizen(stranger, random.Random(3)).files()
    assert "contact.show" not in await told(running_stage, reporter), "order in a chat is kept"
    assert await number(running_stage, WAITING) == 2
    running_stage.clock.move(seconds=5)
    await becomes(running_stage, 1, DEAD)
    await rests(running_stage)
    assert (await told(running_stage, reporter))[-2:] == ["bug.told", "contact.show"]
    assert "bug.admin" in await told(running_stage, admin)


async def test_updates_of_any_shape_come_in_by_webhook_too(stage: Stage) -> None:
    hooked = Hooked(stage.telegram, stage.server, stage.folder, stage.judge)
    hooked.webhook_url = f"http://127.0.0.1:{hooked.port}/hook"
    await hooked.start()
    await shows(hooked, telegram="connected")
    team = await hooked.team()
    people = [hooked.telegram.person(f"Dân {one}").id for one in range(5)]
    shapes = Shapes(random.Random(), people, [team.chat.id])
    headers = {SECRET_HEADER: webhook_secret(hooked.settings())}
    async with aiohttp.ClientSession(headers=headers) as line:
        for one in range(200):
            body = json.dumps({"update_id": 900_000 + one, **(shapes.odd() if one % 2 else shapes.update())})
            async with line.post(hooked.webhook_url, data=io.BytesIO(body.encode())) as answer:
                assert answer.status == 200
    await settles(hooked)
    await rests(hooked, 60)
    await serves(hooked, team)
    await hooked.stop()
