"""A flood from one person slows that person only."""

from __future__ import annotations

import aiohttp

from bot.domain.policy import Intake
from bot.domain.quotas import LEAST_ROOM
from tests.conftest import PLENTY, Stage
from tests.jobs.process import health
from tests.jobs.records import number, rests, rows, told
from tests.people import Person

SENTENCE = "những tin sau 60 tin đầu chưa nhận được"
TURN = (
    "SELECT d.id, m.key, COALESCE(p.telegram_id, 0) AS who FROM deliveries d JOIN messages m ON m.id = d.message"
    " LEFT JOIN people p ON p.id = d.recipient ORDER BY d.id"
)


async def said_before_the_bot_came(stage: Stage, flooder: Person, count: int) -> None:
    for place in range(count):
        await flooder.says(f"Tin số {place}")


async def test_a_flood_is_cut_counted_and_told_in_one_sentence(stage: Stage) -> None:
    flooder = stage.person("Trần Văn Vội")
    await said_before_the_bot_came(stage, flooder, 90)
    await stage.start()
    await flooder.sees(SENTENCE)
    await rests(stage)
    assert (await told(stage, flooder)).count("flood.told") == 1
    (refused,) = await rows(stage, "SELECT telegram_id, what, count FROM refusals")
    assert dict(refused) == {"telegram_id": flooder.user.id, "what": "messages", "count": 30}
    assert await number(stage, "SELECT count(*) FROM inbox") == 60
    await flooder.says("/trogiup")  # and then the person is served as before
    await flooder.sees("/baosuco")


async def test_who_speaks_english_reads_it_in_english(stage: Stage) -> None:
    await stage.start()
    flooder = stage.person("Anna")
    await flooder.says("/language")
    await flooder.presses("English")
    await rests(stage)
    await stage.stop()
    await said_before_the_bot_came(stage, flooder, 61)
    await stage.start()
    await flooder.sees("those after the first 60 were not received")


async def test_another_person_is_answered_in_the_next_round(stage: Stage) -> None:
    flooder, other = stage.person("Trần Văn Vội"), stage.person("Nguyễn Thị Mận")
    await said_before_the_bot_came(stage, flooder, 90)
    await other.says("/trogiup")
    await stage.start()
    await other.sees("/baosuco")
    await rests(stage)
    turns = await rows(stage, TURN)
    answer = next(place for place, turn in enumerate(turns) if turn["who"] == other.user.id)
    before = [turn["key"] for turn in turns[:answer] if turn["who"] == flooder.user.id]
    # One update of each chat a round: the sentence and what the flooder's first message had to say.
    assert before[0] == "flood.told"
    served = [turn["key"] for turn in turns[answer:] if turn["who"] == flooder.user.id]
    assert len(before) <= 3 < len(served)


async def test_who_floods_the_teams_group_leaves_the_others_their_word(stage: Stage) -> None:
    stage.policy = stage.policy.model_copy(update={"intake": Intake(waiting_messages=5)})
    await stage.start()
    loud, calm = await stage.staff("Đỗ Minh Khôi"), await stage.staff("Lê Thu Hà")
    team = await stage.team(loud, calm)
    await stage.stop()
    for _ in range(40):
        await team.says(loud, "/trogiup")
    await team.says(calm, "/trogiup")
    await stage.start()
    await loud.sees("những tin sau 5 tin đầu chưa nhận được")
    await rests(stage)
    assert team.showing("chưa nhận được") is None  # nobody is shown up before the others
    assert await number(stage, "SELECT sum(count) FROM refusals") == 35
    assert await number(stage, "SELECT count(*) FROM inbox") == 5 + 1
    assert len(team.messages) == 5 + 1


async def test_presses_of_a_key_are_cut_too(stage: Stage) -> None:
    stage.policy = stage.policy.model_copy(update={"intake": Intake(waiting_messages=5)})
    await stage.start()
    flooder = stage.person("Trần Văn Vội")
    await flooder.says("/language")
    message = await flooder.sees("Tiếng Việt")
    await rests(stage)
    await stage.stop()
    for _ in range(20):
        stage.telegram.presses(flooder.user, message, "Tiếng Việt")
    await stage.start()
    await flooder.sees("những tin sau 5 tin đầu chưa nhận được")
    assert await number(stage, "SELECT sum(count) FROM refusals") == 15


async def test_health_and_metrics_count_what_was_refused_and_name_nobody(stage: Stage) -> None:
    flooder = stage.person("Trần Văn Vội", 987_654_321)
    await said_before_the_bot_came(stage, flooder, 90)
    await stage.start()
    await flooder.sees(SENTENCE)
    facts = await health(stage.bot.port)
    assert [facts[f"refused_{what}"] for what in ("messages", "files", "bytes", "disk")] == [30, 0, 0, 0]
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{stage.bot.port}/metrics") as answer,
    ):
        metrics = await answer.text()
    assert "ungcuu_refused_messages 30\n" in metrics
    assert f"ungcuu_free_bytes {PLENTY}\n" in metrics
    assert "987654321" not in metrics + str(facts)


async def test_little_room_is_a_warning_in_health(stage: Stage) -> None:
    free = LEAST_ROOM
    stage.room = lambda: free
    await stage.start()
    await rests(stage)
    facts = await health(stage.bot.port)
    assert (facts["disk"], facts["free_bytes"]) == ("ok", LEAST_ROOM)
    free = LEAST_ROOM - 1
    facts = await health(stage.bot.port)
    assert (facts["disk"], facts["status"], facts["free_bytes"]) == ("low", "degraded", LEAST_ROOM - 1)


# Files ---------------------------------------------------------------------------------------------------------------

STORY = "Hôm qua tôi bị lừa chuyển 20 triệu đồng cho một người lạ qua điện thoại."


async def kept(stage: Stage) -> list[str]:
    return [row["name"] for row in await rows(stage, "SELECT name FROM evidence ORDER BY id")]


async def test_files_beyond_the_day_s_measure_are_refused_once_an_hour_and_their_words_stay(stage: Stage) -> None:
    stage.policy = stage.policy.model_copy(update={"intake": Intake(files_a_day=2)})
    await stage.start()
    reporter = stage.person("Nguyễn Thị Mận")
    await reporter.says(STORY)
    for place in range(5):
        await reporter.sends_document(f"{place}.pdf", mime="application/pdf", caption=f"Lời kèm tệp {place}")
        await rests(stage)
    assert await kept(stage) == ["0.pdf", "1.pdf"]
    assert (await told(stage, reporter)).count("file.too_many") == 1
    assert await number(stage, "SELECT count FROM refusals WHERE what = 'files'") == 3
    story = await rows(stage, "SELECT answers FROM drafts")
    assert all(f"Lời kèm tệp {place}" in story[0]["answers"] for place in range(5))
    stage.clock.move(days=1)
    await reporter.sends_document("later.pdf", mime="application/pdf")
    await rests(stage)
    assert await kept(stage) == ["0.pdf", "1.pdf", "later.pdf"]


async def test_one_person_s_files_use_up_nobody_else_s_measure(stage: Stage) -> None:
    stage.policy = stage.policy.model_copy(update={"intake": Intake(files_a_day=1)})
    await stage.start()
    for name in ("Trần Văn Vội", "Nguyễn Thị Mận"):
        person = stage.person(name)
        await person.says(STORY)
        for place in range(2):
            await person.sends_document(f"{name} {place}.pdf", mime="application/pdf")
        await person.sees("nên tệp này chưa nhận được")
    assert await kept(stage) == ["Trần Văn Vội 0.pdf", "Nguyễn Thị Mận 0.pdf"]


async def test_programs_that_are_only_listed_count_too(stage: Stage) -> None:
    stage.policy = stage.policy.model_copy(update={"intake": Intake(files_a_day=1)})
    await stage.start()
    reporter = stage.person("Nguyễn Thị Mận")
    await reporter.says(STORY)
    for place in range(3):
        await reporter.sends_document(f"{place}.exe")
    await reporter.sees("nên tệp này chưa nhận được")
    await rests(stage)
    assert await kept(stage) == ["0.exe"]


async def test_where_little_room_is_left_files_are_refused_and_words_are_not(stage: Stage) -> None:
    free = LEAST_ROOM - 1
    stage.room = lambda: free
    await stage.start()
    reporter = stage.person("Nguyễn Thị Mận")
    await reporter.sends_document("bien-lai.pdf", mime="application/pdf", caption=STORY)
    await reporter.sees("chỗ chứa sắp đầy")
    await rests(stage)
    assert await kept(stage) == []
    (draft,) = await rows(stage, "SELECT answers FROM drafts")
    assert STORY in draft["answers"]
    free = LEAST_ROOM
    await reporter.sends_document("bien-lai.pdf", mime="application/pdf")
    await rests(stage)
    assert await kept(stage) == ["bien-lai.pdf"]
