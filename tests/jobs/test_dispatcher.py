"""The way out: lanes, order inside a stream, what is too late, and what wakes it."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.sending import Lane, Limits, Rate
from bot.playground.chats import User
from bot.services.desk import Desk, House
from locales import Texts
from storage import outbox, people
from tests.conftest import Stage, set_stage
from tests.jobs.citizens import Citizen
from tests.jobs.records import becomes, number, rests, shows
from tests.people import Person

SENT = "SELECT count(*) FROM deliveries WHERE state = 'sent' AND lane = :lane"
LIMITS = Limits(overall=Rate(30, 30), private=Rate(1, 5))


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """With Telegram's own limits on both sides: whoever is too fast meets a 429."""
    async with set_stage(tmp_path, limits=LIMITS) as one:
        await one.start()
        await shows(one, telegram="connected")
        yield one
        one.judge.accepts_all()
        assert one.telegram.floods == 0


async def post(
    stage: Stage, users: Sequence[User], references: Sequence[object], lane: Lane, minutes: float | None = None
) -> None:
    """Post one text for each reference to each person, in one transaction; perhaps only good for some minutes."""
    now = stage.clock.now()
    async with stage.bot.store.transaction() as tx:
        desk = Desk(tx, now, House(stage.policy, Texts.load()))
        for user in users:
            user.started = True
            person = await people.find(tx, user.id) or await people.add(tx, user.id, "vi", now)
            for reference in references:
                late = now + timedelta(minutes=minutes) if minutes else None
                await desk.say(person, "bug.admin", lane=lane, not_after=late, reference=str(reference))
    stage.bot.dispatcher.bell.ring()


def seen(person: Person) -> list[str]:
    return [message.text for message in person.messages]


async def test_an_answer_overtakes_five_hundred_advisories(stage: Stage) -> None:
    crowd = [stage.telegram.person(f"Dân {one}") for one in range(500)]
    await post(stage, crowd, ["1"], Lane.ADVISORY)
    await stage.telegram.until(lambda: sum(bool(stage.telegram.messages(user)) for user in crowd) > 40)
    citizen = Citizen(stage.person("Nguyễn Thị Mận"), random.Random(1))
    assert await citizen.files()
    told = await number(stage, SENT, lane=int(Lane.ADVISORY))
    assert 40 < told < 400, "the advisories went on, and nobody waited for them"


async def test_lanes_are_served_in_their_order(stage: Stage) -> None:
    """Posted in the wrong order and in one moment: emergencies leave first, advisories last."""
    crowd = {lane: [stage.telegram.person(f"{lane.name} {one}") for one in range(30)] for lane in Lane}
    now = stage.clock.now()
    async with stage.bot.store.transaction() as tx:
        desk = Desk(tx, now, House(stage.policy, Texts.load()))
        for lane in reversed(Lane):
            for user in crowd[lane]:
                user.started = True
                await desk.say(await people.add(tx, user.id, "vi", now), "bug.admin", lane=lane, reference="1")
    stage.bot.dispatcher.bell.ring()
    await rests(stage)

    def last(lane: Lane) -> datetime:
        return max(stage.telegram.messages(user)[-1].at for user in crowd[lane])

    first = [call.chat for call in stage.telegram.calls if call.method == "sendMessage"][:20]
    assert set(first) <= {user.id for user in crowd[Lane.EMERGENCY]}
    assert last(Lane.EMERGENCY) < last(Lane.ANSWER) < last(Lane.NOTICE) < last(Lane.ADVISORY)


@pytest.mark.parametrize(("kind", "options"), [("502", {}), ("429", {"retry_after": 1}), ("drop_before", {})])
async def test_order_inside_a_stream_survives_retries(stage: Stage, kind: str, options: dict[str, int]) -> None:
    """The second of four is struck: the third and the fourth wait for it, another person waits for nobody."""
    struck, other = stage.person("Một"), stage.person("Hai")

    def strikes(event: dict[str, object]) -> None:
        if event["type"] == "message" and len(struck.messages) == 1 and not stage.telegram.faults.waiting:
            stage.telegram.on_event.remove(strikes)
            stage.telegram.fails(kind, "sendMessage", struck.chat, times=1, **options)

    stage.telegram.on_event.append(strikes)
    await post(stage, [struck.user, other.user], ["11", "22", "33", "44"], Lane.ANSWER)
    await stage.telegram.until(lambda: len(other.messages) == 4)
    assert len(struck.messages) == 1
    await rests(stage)
    for person in (struck, other):
        order = [next(one for one in ("11", "22", "33", "44") if one in text) for text in seen(person)]
        assert order == ["11", "22", "33", "44"]


async def test_what_is_due_is_not_late_because_something_else_cannot_go(stage: Stage) -> None:
    """One person's stream is stuck behind a slow request; another's repetition comes after two seconds all the same."""
    stuck, doubted = stage.person("Một"), stage.person("Hai")
    stage.telegram.fails("delay", "sendMessage", stuck.chat, times=1, seconds=6)
    await post(stage, [stuck.user], ["1", "2"], Lane.ANSWER)
    await stage.telegram.until(lambda: stuck.messages)
    stage.telegram.fails("drop_before", "sendMessage", doubted.chat)
    await post(stage, [doubted.user], ["1"], Lane.ANSWER)
    await stage.telegram.until(lambda: not stage.telegram.faults.waiting)
    await stage.telegram.until(lambda: doubted.messages, within=6)
    assert len(stuck.messages) == 1
    await rests(stage)


async def test_what_is_too_late_is_not_sent(stage: Stage) -> None:
    """A block page holds everything back; one message was good for a minute, the other for an hour."""
    person = stage.person("Một")
    stage.telegram.fails("404html", "sendMessage", person.chat, times=None)
    await post(stage, [person.user], ["11"], Lane.ANSWER, minutes=1)
    await post(stage, [person.user], ["22"], Lane.ANSWER, minutes=60)
    await becomes(stage, 1, "SELECT count(*) FROM deliveries WHERE state = 'waiting' AND attempts > 0")
    stage.telegram.heals()
    stage.clock.move(minutes=2)
    await rests(stage)
    assert len(person.messages) == 1
    assert "22" in person.last.text
    assert await number(stage, "SELECT count(*) FROM deliveries WHERE state = 'expired'") == 1


async def test_moving_the_clock_wakes_what_rests(stage: Stage) -> None:
    person = stage.person("Một")
    stage.telegram.fails("404html", "sendMessage", person.chat)
    await post(stage, [person.user], ["11"], Lane.ANSWER)
    await becomes(stage, 1, "SELECT count(*) FROM deliveries WHERE state = 'waiting' AND attempts = 1")
    stage.clock.move(seconds=30)
    await stage.telegram.until(lambda: person.messages, within=20)


async def test_a_doubtful_advisory_is_for_a_person_to_judge(stage: Stage) -> None:
    """Nobody is warned twice because a line broke; health counts what is unsure."""
    person = stage.person("Một")
    stage.telegram.fails("drop_after", "sendMessage", person.chat)
    await post(stage, [person.user], ["11", "22"], Lane.ADVISORY)
    await rests(stage)
    assert len(person.messages) == 2
    await shows(stage, outbox_unsure=1)


async def test_whom_the_bot_has_forgotten_is_sent_nothing(stage: Stage) -> None:
    person = stage.person("Một")
    now = stage.clock.now()
    async with stage.bot.store.transaction() as tx:
        message = await outbox.write(tx, outbox.Message("bug.admin", {"reference": "1"}), now)
        await outbox.address(tx, message, "NOBODY", now, stream="NOBODY", lane=Lane.ANSWER)
    await post(stage, [person.user], ["22"], Lane.ANSWER)
    await rests(stage)
    assert await number(stage, "SELECT count(*) FROM deliveries WHERE state = 'failed' AND failure = 'erased'") == 1
    assert len(person.messages) == 1


async def test_a_message_that_cannot_be_rendered_stops_nobody(stage: Stage) -> None:
    person = stage.person("Một")
    now = stage.clock.now()
    await post(stage, [person.user], ["11"], Lane.ANSWER)
    async with stage.bot.store.transaction() as tx:
        known = await people.find(tx, person.user.id)
        assert known is not None
        message = await outbox.write(tx, outbox.Message("no.such.text"), now)
        await outbox.address(tx, message, known.id, now, stream=known.id, lane=Lane.ANSWER)
    await post(stage, [person.user], ["22"], Lane.ANSWER)
    await rests(stage)
    assert len(person.messages) == 2
    assert (await shows(stage, status="ok"))["outbox_waiting"] == 0
