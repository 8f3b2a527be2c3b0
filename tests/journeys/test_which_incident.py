"""One who has several open incidents is asked which one; what waits for the answer is neither lost nor misplaced."""

from __future__ import annotations

from typing import Any

from bot.domain.people import Role
from tests.conftest import Stage
from tests.journeys.steps import asks, new
from tests.journeys.test_any_message import payloads
from tests.journeys.walks import STALE, STORY, happened, incident, quiet, rows, toast
from tests.people import Person, Team, code_in, visible

ASKED = "Tin vừa rồi nói về sự cố nào?"
TAKEN = "Đã ghi lại lời kể"
OTHER = "Facebook của tôi bị mất, kẻ gian nhắn tin vay tiền bạn bè"


async def has_two(person: Person) -> tuple[str, str]:
    """Two open incidents; their codes."""
    codes = []
    for story in (STORY, OTHER):
        await person.says("/baosuco")
        await person.presses("Chuyện khác / Tôi chưa rõ", "đang gặp chuyện gì")
        await person.says(story)
        await person.presses("Gửi ngay", "Chuyện xảy ra khi nào")
        codes.append(code_in(await person.sees("Mã sự cố")))
        await person.telegram.until(
            lambda: len([one for one in person.messages if "Mã sự cố" in one.text]) == len(codes)
        )
        codes[-1] = code_in(next(one for one in reversed(person.messages) if "Mã sự cố" in one.text))
    return codes[0], codes[1]


def label_of(person: Person, code: str) -> str:
    asked = person.showing(ASKED)
    assert asked is not None
    return next(str(key["text"]) for row in asked.keys for key in row if code in str(key["text"]))


async def waiting(stage: Stage) -> list[dict[str, Any]]:
    return await rows(stage, "SELECT words FROM strays ORDER BY id")


async def told(stage: Stage, code: str) -> list[str]:
    found = await rows(
        stage,
        "SELECT y.payload FROM events e JOIN event_payloads y ON y.incident = e.incident AND y.number = e.number"
        " JOIN incidents i ON i.id = e.incident WHERE e.kind = 'told' AND i.code = :code ORDER BY e.number",
        code=code,
    )
    return [row["payload"] for row in found]


async def test_with_one_open_incident_nobody_is_asked(running_stage: Stage, reporter: Person, team: Team) -> None:
    await reporter.says(STORY)
    await reporter.presses("Gửi ngay", TAKEN)
    code = code_in(await reporter.sees("Mã sự cố"))
    await reporter.says("Họ vừa gọi lại cho tôi")
    assert code in (await team.sees("Họ vừa gọi lại")).text
    assert reporter.showing(ASKED) is None
    assert len(await rows(running_stage, "SELECT * FROM incidents")) == 1


async def test_what_is_pressed_gets_everything_that_waited_in_order(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    first, second = await has_two(reporter)
    await reporter.says("Họ vừa gọi lại cho tôi")
    await reporter.says("Lần này họ xưng là ngân hàng")
    await quiet(running_stage)
    assert len([one for one in reporter.messages if ASKED in one.text]) == 1, "asked once for both"
    await reporter.presses(label_of(reporter, first), ASKED)
    await reporter.sees(f"Đã ghi vào {first}")
    line = await team.sees("xưng là ngân hàng")
    assert first in line.text
    assert [("gọi lại" in one, "ngân hàng" in one) for one in await told(running_stage, first)] == [
        (True, False),
        (False, True),
    ]
    assert await told(running_stage, second) == []
    assert await waiting(running_stage) == []


async def test_the_question_answered_twice_changes_nothing_the_second_time(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    first, second = await has_two(reporter)
    await reporter.says("Họ vừa gọi lại cho tôi")
    asked = await reporter.sees(ASKED)
    labels = [label_of(reporter, first), label_of(reporter, second)]
    presses = [running_stage.telegram.presses(reporter.user, asked, label) for label in labels]
    await running_stage.telegram.until(lambda: all(press.answers for press in presses))
    assert [STALE in toast(press) for press in presses] == [False, True]
    assert len(await told(running_stage, first)) == 1
    assert await told(running_stage, second) == []


async def test_what_is_new_begins_a_report_with_all_its_words(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await has_two(reporter)
    await reporter.says("Hôm nay mẹ tôi lại bị gọi lừa cài ứng dụng")
    await reporter.says("Mẹ tôi đã mất 5 triệu")
    await reporter.presses("Chuyện mới", ASKED)
    await reporter.presses("Gửi ngay", TAKEN)
    await running_stage.telegram.until(lambda: len([one for one in reporter.messages if "Mã sự cố" in one.text]) == 3)
    (third,) = await rows(running_stage, "SELECT facts FROM incidents ORDER BY id DESC LIMIT 1")
    assert "cài ứng dụng" in third["facts"]
    assert "5 triệu" in third["facts"]
    assert await waiting(running_stage) == []


async def test_a_file_goes_where_its_message_goes(running_stage: Stage, reporter: Person, team: Team) -> None:
    _, second = await has_two(reporter)
    await reporter.sends_document("bienlai.pdf", b"%PDF-1.4 x")
    await reporter.sees(ASKED)
    await reporter.presses(label_of(reporter, second), ASKED)
    await reporter.sees(f"Đã ghi vào {second}")
    (kept,) = await rows(running_stage, "SELECT incident FROM evidence")
    assert kept["incident"] == (await incident(running_stage, second))["id"]
    await team.sees("1 tệp")


async def test_silence_gives_it_to_the_newest_incident_and_says_so(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    """Nothing waits unread for longer than an unfinished report does."""
    first, second = await has_two(reporter)
    await reporter.says("Họ vừa gọi lại cho tôi")
    await reporter.sees(ASKED)
    running_stage.clock.move(minutes=3, seconds=1)
    await reporter.sees(f"đã được ghi vào {second}")
    await team.sees("Họ vừa gọi lại")
    assert await told(running_stage, first) == []
    assert STALE in toast(await reporter.presses(label_of(reporter, first), ASKED))


async def test_silence_with_nothing_open_any_more_begins_a_report(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    first, second = await has_two(reporter)
    await reporter.says("Họ vừa gọi lại cho tôi lần nữa rồi")
    await reporter.sees(ASKED)
    async with running_stage.bot.store.transaction() as tx:
        await tx.run("UPDATE incidents SET status = 'withdrawn'")
    running_stage.clock.move(minutes=3, seconds=1)
    await reporter.sees(TAKEN)
    running_stage.clock.move(minutes=3, seconds=1)
    third = code_in(await reporter.sees("đã được ghi thành tin báo"))
    assert third not in (first, second)
    assert "gọi lại cho tôi lần nữa" in str((await incident(running_stage, third))["facts"])


async def test_a_reply_needs_no_question(running_stage: Stage, reporter: Person, team: Team) -> None:
    first, second = await has_two(reporter)
    receipt = next(one for one in reporter.messages if first in one.text and "Mã sự cố" in one.text)
    await reporter.replies(receipt, "Họ vừa gọi lại cho tôi")
    assert first in (await team.sees("Họ vừa gọi lại")).text
    assert reporter.showing(ASKED) is None
    assert await told(running_stage, second) == []


async def test_a_reply_to_an_own_earlier_word_finds_its_incident(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    """The story itself is a message of its incident as soon as it is filed."""
    await reporter.says("/baosuco")
    await reporter.presses("Chuyện khác / Tôi chưa rõ", "đang gặp chuyện gì")
    story = await reporter.says(STORY)
    await reporter.presses("Gửi ngay", "Chuyện xảy ra khi nào")
    first = code_in(await reporter.sees("Mã sự cố"))
    await reporter.says("/baosuco")
    await reporter.presses("Chuyện khác / Tôi chưa rõ", "đang gặp chuyện gì")
    await reporter.replies(story, "Số của họ là 0911222333")
    assert first in (await team.sees("Số của họ là")).text


async def test_strangers_cannot_choose_for_somebody_else(
    running_stage: Stage, reporter: Person, stranger: Person, team: Team
) -> None:
    first, _ = await has_two(reporter)
    identifier = (await incident(running_stage, first))["id"]
    await reporter.says("Họ vừa gọi lại cho tôi")
    await reporter.sees(ASKED)
    await stranger.starts()
    await stranger.sees("Xin chào")
    for data in (f"w:{identifier}", "w:new", "w:"):
        assert STALE in toast(await stranger.forges(data))
    await has_two(stranger)
    await stranger.says("Tôi cũng có chuyện muốn hỏi")
    await stranger.sees(ASKED)
    assert STALE in toast(await stranger.forges(f"w:{identifier}"))
    assert await told(running_stage, first) == []
    assert len(await waiting(running_stage)) == 2


async def test_an_incident_that_the_reporter_took_back_is_not_offered(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    first, second = await has_two(reporter)
    await reporter.presses("Rút lại tin báo", second)
    await reporter.presses("Có, rút lại tin báo", second)
    await reporter.sees("Đã rút lại tin báo")
    await reporter.says("Họ vừa gọi lại cho tôi")
    assert first in (await team.sees("Họ vừa gọi lại")).text


async def test_words_soon_after_the_end_belong_to_what_has_ended(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await reporter.says(STORY)
    await reporter.presses("Gửi ngay", TAKEN)
    code = code_in(await reporter.sees("Mã sự cố"))
    await quiet(running_stage)
    now = running_stage.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    async with running_stage.bot.store.transaction() as tx:
        await tx.run("UPDATE incidents SET status = 'closed', ended_at = :now", {"now": now})
    await reporter.says("Họ lại gọi cho tôi rồi")
    await team.sees("Họ lại gọi")
    assert (await happened(running_stage, code))[-1] == "told"
    running_stage.clock.move(days=8)
    await reporter.says("Hôm nay lại có người khác xưng công an gọi cho tôi")
    await reporter.sees(TAKEN)


async def test_an_edited_message_that_waits_is_placed_as_it_reads_now(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    first, _ = await has_two(reporter)
    said = await reporter.says("Họ vừa gọi lại cho tôi")
    await reporter.sees(ASKED)
    await reporter.edits(said, "Họ vừa nhắn lại cho tôi")
    await reporter.sees("theo lời vừa sửa")
    await reporter.presses(label_of(reporter, first), ASKED)
    await team.sees("Họ vừa nhắn lại")
    assert "gọi lại" not in str(await payloads(running_stage))
    assert "gọi lại" not in "".join(map(visible, team.messages))


async def test_loose_words_of_an_officer_become_a_report_only_when_they_are_meant_as_one(running_stage: Stage) -> None:
    officer = await running_stage.staff("Cán bộ viết nhầm", Role.RESPONDER)
    await running_stage.team(officer)
    said = "Anh Khôi ơi ca này chị xử lý giúp em, người dân bị lừa 20 triệu"
    await asks(officer, said, "chưa gửi cho ai")
    await officer.presses("Không phải, bỏ lời này")
    await officer.sees("không được ghi thành tin báo")

    await asks(officer, said, "chưa gửi cho ai")
    since = len(officer.messages)
    running_stage.clock.move(minutes=4)
    await new(officer, "không được ghi thành tin báo", since)

    await asks(officer, said, "chưa gửi cho ai")
    await officer.presses("Phải, đây là tin báo mới")
    await officer.sees("Câu 1/")
