"""What was said and changed later: an unsent form takes the new words; what is filed keeps the old ones beside them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.domain.people import Role
from tests.conftest import Stage
from tests.journeys.test_any_message import payloads
from tests.journeys.walks import CLUES, CONTACT, STORY, WHEN, agrees, comes_to_contact, quiet, rows, tells
from tests.people import Person, Team, code_in

CORRECTED = "Đã ghi theo lời Anh/Chị vừa sửa"
NOT_TAKEN = "chưa được ghi"


async def answers(stage: Stage) -> dict[str, Any]:
    (draft,) = await rows(stage, "SELECT answers FROM drafts")
    kept: dict[str, Any] = json.loads(draft["answers"])
    return kept


async def test_the_story_of_an_unsent_report_takes_the_new_words(running_stage: Stage, reporter: Person) -> None:
    said = await reporter.says(STORY)
    await reporter.sees("Đã ghi lại lời kể")
    await reporter.edits(said, STORY.replace("20 triệu", "25 triệu"))
    await reporter.sees(CORRECTED)
    story = (await answers(running_stage))["story"]
    assert "25 triệu" in story
    assert "20 triệu" not in story


async def test_only_the_own_words_of_a_message_change(running_stage: Stage, reporter: Person) -> None:
    """Three messages told the story; the second is corrected."""
    await reporter.says(STORY)
    await reporter.sees("Đã ghi lại lời kể")
    second = await reporter.says("Họ dùng số 0911222333 để gọi cho tôi")
    await reporter.says("Sau đó họ còn dọa bắt tôi ngay trong đêm")
    await running_stage.telegram.until(lambda: len(reporter.messages) >= 3)
    await reporter.edits(second, "Họ dùng số 0911222444 để gọi cho tôi")
    await reporter.sees(CORRECTED)
    assert (await answers(running_stage))["story"].split("\n") == [
        STORY,
        "Họ dùng số 0911222444 để gọi cho tôi",
        "Sau đó họ còn dọa bắt tôi ngay trong đêm",
    ]


async def test_an_answer_that_was_given_already_is_read_again(running_stage: Stage, reporter: Person) -> None:
    await tells(reporter)
    await reporter.presses("Không rõ", WHEN)
    await reporter.sees(CLUES)
    clue = await reporter.says("STK 0123456789 ngân hàng X")
    await reporter.sees(CONTACT)
    await reporter.edits(clue, "STK 9876543210 ngân hàng Y")
    await reporter.sees(CORRECTED)
    assert (await answers(running_stage))["clues"] == "STK 9876543210 ngân hàng Y"


async def test_an_answer_that_could_not_be_read_is_heard_again(running_stage: Stage, reporter: Person) -> None:
    await comes_to_contact(reporter)
    await reporter.presses("Có, xin gọi lại cho tôi", CONTACT)
    await reporter.presses("Tôi đồng ý", "đồng ý như trên")
    await reporter.sees("theo số nào")
    wrong = await reporter.says("091234")
    await reporter.sees("chưa đúng")
    await reporter.edits(wrong, "0912 345 678")
    await reporter.sees("xưng hô với Anh/Chị")
    assert (await answers(running_stage))["phone"] == "0912345678"


async def test_a_correction_that_cannot_be_read_changes_nothing_and_says_why(
    running_stage: Stage, reporter: Person
) -> None:
    await comes_to_contact(reporter)
    await reporter.presses("Có, xin gọi lại cho tôi", CONTACT)
    await reporter.presses("Tôi đồng ý", "đồng ý như trên")
    await reporter.sees("theo số nào")
    phone = await reporter.says("0912 345 678")
    await reporter.sees("xưng hô với Anh/Chị")
    await reporter.edits(phone, "không nhớ")
    await reporter.sees("chưa đúng")
    assert (await answers(running_stage))["phone"] == "0912345678"


async def test_a_filed_story_keeps_its_words_and_the_team_reads_the_new_ones(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    said = await reporter.says(STORY)
    await reporter.presses("Gửi ngay", "Đã ghi lại lời kể")
    code = code_in(await reporter.sees("Mã sự cố"))
    await reporter.edits(said, STORY.replace("20 triệu", "25 triệu"))
    line = await team.sees("đính chính")
    assert code in line.text
    assert "25 triệu" in line.text
    first, *_, last = await payloads(running_stage)
    assert first["kind"] == "filed"
    assert first["facts"]["story"] == STORY
    assert (last["kind"], last["of"]) == ("edited", 1)


async def test_words_that_had_gone_to_the_team_are_corrected_there(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await reporter.says(STORY)
    await reporter.presses("Gửi ngay", "Đã ghi lại lời kể")
    await reporter.sees("Mã sự cố")
    said = await reporter.says("Họ vừa gọi lại cho tôi")
    await team.sees("gọi lại")
    await reporter.edits(said, "Họ vừa nhắn lại cho tôi")
    await team.sees("nhắn lại")
    *_, told, changed = await payloads(running_stage)
    assert (told["kind"], changed["kind"]) == ("told", "edited")
    assert told["text"] == "Họ vừa gọi lại cho tôi"
    assert changed["text"] == "Họ vừa nhắn lại cho tôi"


async def test_what_was_added_after_silence_had_filed_it_is_an_event_when_it_changes(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await tells(reporter)
    running_stage.clock.move(minutes=3, seconds=1)
    await reporter.sees("đã được ghi thành tin báo")
    more = await reporter.says("À tôi nhớ ra rồi, họ còn bảo tôi cài một ứng dụng lạ")
    await reporter.sees("Đã ghi thêm vào lời kể")
    await reporter.edits(more, "À tôi nhớ ra rồi, họ còn bảo tôi cài hai ứng dụng lạ")
    await team.sees("hai ứng dụng lạ")
    kept = await payloads(running_stage)
    assert [event["kind"] for event in kept] == ["filed", "proposed", "supplemented", "edited"]
    assert kept[3]["of"] == 3
    assert "một ứng dụng" in str(kept[2])


async def test_a_change_of_what_belongs_to_nothing_is_not_taken_and_says_so(
    running_stage: Stage, reporter: Person
) -> None:
    hello = await reporter.says("alo")
    await reporter.sees("ngắn quá")
    await reporter.edits(hello, STORY)
    await reporter.sees(NOT_TAKEN)
    assert await rows(running_stage, "SELECT * FROM drafts") == []


async def test_a_command_that_was_edited_does_nothing(running_stage: Stage, reporter: Person) -> None:
    hello = await reporter.says("alo")
    await reporter.sees("ngắn quá")
    await reporter.edits(hello, "/baosuco")
    await reporter.sees("Lệnh sửa lại thì không có tác dụng")
    assert await rows(running_stage, "SELECT * FROM drafts") == []


async def test_a_word_of_a_cancelled_report_comes_back_by_no_edit(running_stage: Stage, reporter: Person) -> None:
    said = await reporter.says(STORY)
    await reporter.sees("Đã ghi lại lời kể")
    await reporter.says("/huy")
    await reporter.sees("không có gì được gửi đi")
    await reporter.edits(said, STORY + " nhé")
    await reporter.sees(NOT_TAKEN)
    assert await rows(running_stage, "SELECT * FROM sayings") == []
    assert await rows(running_stage, "SELECT * FROM drafts") == []


async def test_what_was_taken_away_at_telegram_stays(running_stage: Stage, reporter: Person, team: Team) -> None:
    """Telegram never tells a bot that a message was deleted."""
    said = await reporter.says(STORY)
    await reporter.sees("Đã ghi lại lời kể")
    running_stage.telegram.deletes(reporter.user, said)
    await reporter.presses("Gửi ngay", "Đã ghi lại lời kể")
    await team.sees(code_in(await reporter.sees("Mã sự cố")))
    assert (await payloads(running_stage))[0]["facts"]["story"] == STORY


async def test_a_secret_that_comes_by_an_edit_is_masked_too(running_stage: Stage, reporter: Person) -> None:
    said = await reporter.says(STORY)
    await reporter.sees("Đã ghi lại lời kể")
    await reporter.edits(said, f"{STORY}. Mật khẩu: Hoasua@1987")
    await reporter.sees(CORRECTED)
    assert "Hoasua" not in str(await answers(running_stage))


async def test_a_colleague_who_corrects_a_published_form_begins_no_report(running_stage: Stage) -> None:
    """Words of a form that is closed are nobody's story."""
    unit = await running_stage.staff("Lê Thị Hoa", Role.STANDING_UNIT)
    await unit.says("/capnhatdaumoi")
    phones = await unit.says("0226 3851 111")
    await quiet(running_stage)
    await unit.says("/huy")
    await quiet(running_stage)
    await unit.edits(phones, "Số mới của chúng tôi là 0226 3851 112, xin ghi lại giúp")
    await unit.sees(NOT_TAKEN)
    assert await rows(running_stage, "SELECT * FROM drafts") == []


async def test_contact_data_is_not_kept_beside_the_form(running_stage: Stage, reporter: Person) -> None:
    """What tells which message said what holds no answer about the reporter."""
    await comes_to_contact(reporter)
    await agrees(reporter)
    kept = await rows(running_stage, "SELECT question, words FROM sayings WHERE question IN ('phone', 'name')")
    assert [row["words"] for row in kept] == ["", ""]


@pytest.mark.parametrize("filed", [False, True])
async def test_a_file_that_takes_the_place_of_another_is_kept_beside_it(
    running_stage: Stage, reporter: Person, stranger: Person, team: Team, filed: bool
) -> None:
    await reporter.says(STORY)
    await reporter.sees("Đã ghi lại lời kể")
    if filed:
        await reporter.presses("Gửi ngay", "Đã ghi lại lời kể")
        await reporter.sees("Mã sự cố")
    first = await reporter.sends_document("cũ.pdf", b"x", caption="biên lai của tôi")
    other = await stranger.sends_document("mới.pdf", b"y")
    await quiet(running_stage)
    changed = {**first.wire(), "document": other.wire()["document"], "edit_date": int(first.at.timestamp())}
    for _ in range(2):  # Telegram may tell it twice
        running_stage.telegram.updates.push("edited_message", changed)
        await quiet(running_stage)
    kept = await rows(
        running_stage,
        "SELECT e.name FROM evidence e JOIN people p ON p.id = e.person WHERE p.telegram_id = :id ORDER BY e.id",
        id=reporter.user.id,
    )
    assert [row["name"] for row in kept] == ["cũ.pdf", "mới.pdf"]
