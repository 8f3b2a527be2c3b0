"""What the clock does by itself: silence files a story, age erases a draft, old words are forgotten."""

from __future__ import annotations

import random

import pytest

from bot.domain.questions import Act
from bot.playground.chats import Message
from bot.services.desk import Desk
from jobs.schedule import SCHEDULE, Tick
from storage.codec import at
from tests.conftest import Stage
from tests.jobs.citizens import Citizen, answers_under, asks
from tests.jobs.records import becomes, number, rests, rows, shows
from tests.people import Person, Team, code_in

STORY = "Có người xưng công an gọi điện bảo tôi chuyển hai mươi triệu đồng"
FILED = "SELECT count(*) FROM incidents"
DRAFTS = "SELECT count(*) FROM drafts"
MARKED = "SELECT count(*) FROM incidents WHERE incomplete = 1"


def key_of(message: Message, act: Act) -> str:
    return next(data for data, press in answers_under(message) if press.act == act)


async def tells(stage: Stage, reporter: Person) -> Message:
    """Tell a story out of the blue; the question that follows."""
    await reporter.says(STORY)
    await stage.telegram.until(lambda: reporter.messages and asks(reporter.last))
    await rests(stage)
    return reporter.last


async def test_three_minutes_of_silence_file_a_story_with_its_mark(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    """And the form goes on: what is said later belongs to that report, and sending takes the mark away."""
    question = await tells(running_stage, reporter)
    running_stage.clock.move(minutes=2, seconds=50)
    await running_stage.bot.ticker.tick_all()
    assert await number(running_stage, FILED) == 0
    running_stage.clock.move(seconds=11)
    await becomes(running_stage, 1, MARKED)
    code = code_in(await reporter.sees("SC-"))
    await team.sees(code)
    await reporter.says("Tôi còn nhớ người đó nói giọng miền trong và đòi chuyển ngay lập tức cho họ")
    await becomes(running_stage, 1, "SELECT count(*) FROM events WHERE kind = 'supplemented'")
    running_stage.telegram.presses(reporter.user, question, data=key_of(question, Act.SUBMIT))
    await becomes(running_stage, 0, MARKED)
    await rests(running_stage)
    assert await number(running_stage, FILED) == 1
    assert await number(running_stage, DRAFTS) == 0


async def test_every_word_starts_the_silence_anew(running_stage: Stage, reporter: Person) -> None:
    await tells(running_stage, reporter)
    for more in range(4):
        running_stage.clock.move(minutes=2)
        await reporter.says(f"{STORY}, lần thứ {more} họ lại gọi cho tôi")
        await rests(running_stage)
    assert await number(running_stage, FILED) == 0
    running_stage.clock.move(minutes=3)
    await becomes(running_stage, 1, FILED)


async def test_silence_is_heard_by_the_next_process_too(running_stage: Stage, reporter: Person) -> None:
    await tells(running_stage, reporter)
    await running_stage.stop()
    running_stage.clock.move(hours=5)
    await running_stage.start()
    running_stage.clock.move(seconds=1)
    await becomes(running_stage, 1, FILED)


async def test_two_hundred_stories_are_filed_by_one_silence(running_stage: Stage) -> None:
    citizens = [running_stage.person(f"Người {one}") for one in range(200)]
    for citizen in citizens:
        await citizen.says(STORY)
    await rests(running_stage, 60)
    running_stage.clock.move(minutes=3)
    await becomes(running_stage, 200, FILED, 60)
    await rests(running_stage, 60)


async def test_a_draft_without_a_story_is_erased_after_seven_days(running_stage: Stage, reporter: Person) -> None:
    await reporter.says("/baosuco")
    await becomes(running_stage, 1, DRAFTS)
    running_stage.clock.move(days=6, hours=23)
    await running_stage.bot.ticker.tick_all()
    assert await number(running_stage, DRAFTS) == 1
    running_stage.clock.move(hours=2)
    await becomes(running_stage, 0, DRAFTS)
    assert await number(running_stage, FILED) == 0


async def test_an_unfinished_form_of_a_filed_report_ends_after_seven_days_and_the_report_stays(
    running_stage: Stage, reporter: Person
) -> None:
    await tells(running_stage, reporter)
    running_stage.clock.move(minutes=3)
    await becomes(running_stage, 1, FILED)
    running_stage.clock.move(days=7, minutes=1)
    await becomes(running_stage, 0, DRAFTS)
    assert await number(running_stage, MARKED) == 1


async def test_words_of_settled_messages_are_forgotten_after_thirty_days(
    running_stage: Stage, reporter: Person
) -> None:
    await Citizen(reporter, random.Random(2)).files()
    await rests(running_stage)
    assert await number(running_stage, "SELECT count(*) FROM messages WHERE facts IS NOT NULL") > 0
    assert await number(running_stage, "SELECT count(*) FROM inbox WHERE body IS NOT NULL") == 0
    moved = at(running_stage.clock.now())
    running_stage.clock.move(days=31)
    # What the clock says only now, of a report that nobody has taken for a month, is not old.
    await becomes(running_stage, 0, f"SELECT count(*) FROM messages WHERE facts IS NOT NULL AND made_at <= '{moved}'")
    await becomes(running_stage, 0, "SELECT count(*) FROM inbox")
    assert await number(running_stage, "SELECT count(*) FROM deliveries") > 0
    assert await number(running_stage, FILED) == 1


async def test_a_tick_that_fails_stops_no_other(
    running_stage: Stage, reporter: Person, caplog: pytest.LogCaptureFixture
) -> None:
    async def breaks(desk: Desk) -> int:
        await desk.tx.run("DELETE FROM people")
        raise LookupError(STORY)

    await tells(running_stage, reporter)
    await running_stage.bot.ticker.tick(Tick("breaks", breaks, 1))
    assert await number(running_stage, "SELECT count(*) FROM people") > 0
    assert "tick breaks failed" in caplog.text
    running_stage.clock.move(minutes=3)
    await becomes(running_stage, 1, FILED)


async def test_health_hears_the_heart_beat(running_stage: Stage) -> None:
    running_stage.clock.move(hours=1)
    await becomes(running_stage, 1, "SELECT count(*) FROM marks WHERE name = 'heartbeat'")
    await shows(running_stage, ticks="ok", status="ok", telegram="connected")
    (beat,) = await rows(running_stage, "SELECT at FROM marks WHERE name = 'heartbeat'")
    assert beat["at"][:16] == running_stage.clock.now().strftime("%Y-%m-%dT%H:%M")
    assert {tick.name for tick in SCHEDULE} >= {"drafts", "heartbeat", "expire", "forget"}
