"""Silence, restarts, age, second thoughts: what becomes of a form nobody finishes and of a report taken back."""

from __future__ import annotations

import asyncio
import json

from bot.domain.people import Role
from tests.conftest import Stage
from tests.journeys.walks import (
    CLUES,
    CONTACT,
    KIND,
    REVIEW,
    STALE,
    STORY,
    TELL,
    WHEN,
    agrees,
    begins,
    contacts,
    data_of,
    files,
    happened,
    incident,
    is_on_disk,
    quiet,
    rows,
    tells,
    toast,
)
from tests.people import Person, Team, code_in


async def falls_silent(stage: Stage, person: Person) -> str:
    """Three minutes pass after a story; the code."""
    stage.clock.move(minutes=3, seconds=1)
    return code_in(await person.sees("đã được ghi thành tin báo"))


async def facts_of(stage: Stage, code: str) -> dict[str, object]:
    facts: dict[str, object] = json.loads((await incident(stage, code))["facts"])
    return facts


async def test_three_minutes_after_a_story_it_is_filed_with_the_mark_and_without_contact(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await tells(reporter)
    running_stage.clock.move(minutes=2, seconds=30)
    await quiet(running_stage)
    assert await rows(running_stage, "SELECT * FROM incidents") == []
    running_stage.clock.move(seconds=31)
    code = code_in(await reporter.sees("chưa kèm số điện thoại hay tên"))
    card = await team.sees(code)
    assert "Chưa đủ thông tin" in card.text
    assert "Tình trạng: mới" in card.text, "a mark, not a status"
    assert await contacts(running_stage) == []
    assert await happened(running_stage, code) == ["filed"]


async def test_contact_given_before_the_silence_is_not_filed_with_it(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    await tells(reporter)
    await reporter.presses("Không rõ", WHEN)
    await reporter.presses("Bỏ qua", CLUES)
    await agrees(reporter)
    code = await falls_silent(running_stage, reporter)
    assert await contacts(running_stage) == []
    await team.presses(responder, "Chi tiết (riêng)", code)
    details = await responder.sees("không để lại liên hệ")
    assert "0912" not in details.text
    await reporter.presses("Gửi", REVIEW)
    await reporter.sees("Đã ghi phần bổ sung")
    (kept,) = await contacts(running_stage)
    assert kept["phone"] == "0912345678"


async def test_later_answers_are_events_of_the_filed_report_and_sending_takes_the_mark_away(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await tells(reporter)
    code = await falls_silent(running_stage, reporter)
    await team.sees("Chưa đủ thông tin")
    await reporter.presses("Hôm qua", WHEN)
    await reporter.sees(CLUES)
    assert await happened(running_stage, code) == ["filed", "supplemented"]
    await reporter.says("Tài khoản nhận tiền 0123456789 ngân hàng X")
    await reporter.presses("Không, tôi báo ẩn danh", CONTACT)
    await reporter.presses("Gửi bổ sung", REVIEW)
    await reporter.sees("Đã ghi phần bổ sung")
    kinds = await happened(running_stage, code)
    assert kinds[0] == "filed"
    assert kinds.count("supplemented") == 2
    assert kinds[-1] == "completed"
    assert (await facts_of(running_stage, code))["clues"] == "Tài khoản nhận tiền 0123456789 ngân hàng X"
    running_stage.clock.move(seconds=5)
    await running_stage.telegram.until(lambda: "Chưa đủ thông tin" not in _text(team, code))
    assert "Thời điểm:" in _text(team, code), "the card follows"
    assert len(await rows(running_stage, "SELECT * FROM incidents")) == 1


def _text(team: Team, code: str) -> str:
    card = team.showing(code)
    assert card is not None
    return card.text


async def test_more_words_after_silence_join_the_same_report(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await tells(reporter)
    code = await falls_silent(running_stage, reporter)
    await reporter.says("À tôi nhớ ra rồi, họ còn bảo tôi cài một ứng dụng lạ tên là Dịch vụ công")
    await reporter.sees("Đã ghi thêm vào lời kể")
    assert "ứng dụng lạ" in str((await facts_of(running_stage, code))["story"])
    assert await happened(running_stage, code) == ["filed", "supplemented"]
    assert len(await rows(running_stage, "SELECT * FROM incidents")) == 1


async def test_every_word_starts_the_three_minutes_anew(running_stage: Stage, reporter: Person) -> None:
    await tells(reporter)
    running_stage.clock.move(minutes=2)
    await reporter.says("Tôi đang tìm lại số tài khoản của họ, chờ tôi một chút nhé")
    await reporter.sees("Đã ghi thêm vào lời kể")
    running_stage.clock.move(minutes=2)
    await quiet(running_stage)
    assert await rows(running_stage, "SELECT * FROM incidents") == []


async def test_a_draft_without_a_story_is_never_filed_and_is_erased_after_seven_days(
    running_stage: Stage, reporter: Person
) -> None:
    await begins(reporter)
    for days in (3, 3):
        running_stage.clock.move(days=days)
        await quiet(running_stage)
        assert len(await rows(running_stage, "SELECT * FROM drafts")) == 1
    running_stage.clock.move(days=1, seconds=60)
    async with asyncio.timeout(60):
        while await rows(running_stage, "SELECT * FROM drafts"):
            pass
    assert await rows(running_stage, "SELECT * FROM incidents") == []
    assert STALE in toast(await reporter.presses("Huỷ", TELL))


async def test_a_form_goes_on_after_a_restart(running_stage: Stage, reporter: Person, team: Team) -> None:
    await tells(reporter)
    await running_stage.stop()
    await running_stage.start()
    await reporter.presses("Không rõ", WHEN)
    await running_stage.stop()
    await reporter.says("http://congan-giamao.vip")
    await running_stage.start()
    await reporter.sees(CONTACT)
    await reporter.presses("Không, tôi báo ẩn danh", CONTACT)
    await reporter.presses("Gửi", REVIEW)
    code = code_in(await reporter.sees("Mã sự cố"))
    await team.sees(code)
    facts = await facts_of(running_stage, code)
    assert facts["story"] == STORY
    assert facts["clues"] == "http://congan-giamao.vip"


async def test_silence_that_passed_while_the_bot_was_away_files_too(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await tells(reporter)
    await running_stage.stop()
    running_stage.clock.move(hours=2)
    await running_stage.start()
    running_stage.clock.move(seconds=1)
    await team.sees(code_in(await reporter.sees("đã được ghi thành tin báo")))


async def test_a_form_goes_on_after_three_days(running_stage: Stage, reporter: Person, team: Team) -> None:
    await begins(reporter)
    running_stage.clock.move(days=3)
    await reporter.says(STORY)
    await reporter.sees(WHEN)
    code = await falls_silent(running_stage, reporter)
    running_stage.clock.move(days=3)
    await reporter.presses("Không rõ", WHEN)
    await reporter.presses("Bỏ qua", CLUES)
    await reporter.presses("Không, tôi báo ẩn danh", CONTACT)
    await reporter.presses("Gửi bổ sung", REVIEW)
    await reporter.sees("Đã ghi phần bổ sung")
    assert (await happened(running_stage, code))[-1] == "completed"


async def test_baosuco_with_an_open_draft_asks_and_goes_on(running_stage: Stage, reporter: Person) -> None:
    await tells(reporter)
    await reporter.says("/baosuco")
    await reporter.presses("Viết tiếp", "tin báo viết dở")
    await reporter.presses("Gửi ngay", WHEN)
    code = code_in(await reporter.sees("Mã sự cố"))
    assert (await facts_of(running_stage, code))["story"] == STORY


async def test_baosuco_with_an_open_draft_asks_and_begins_anew(running_stage: Stage, reporter: Person) -> None:
    await tells(reporter, "Chuyện cũ về hộp đựng bánh quy màu tím của tôi")
    old = data_of(await reporter.sees(WHEN), "Gửi ngay")
    await reporter.says("/baosuco")
    await reporter.presses("Xóa, viết tin mới", "tin báo viết dở")
    await reporter.sees(KIND)
    assert STALE in toast(await reporter.forges(old))
    (draft,) = await rows(running_stage, "SELECT answers FROM drafts")
    assert json.loads(draft["answers"]) == {}
    running_stage.clock.move(minutes=10)
    await quiet(running_stage)
    assert await rows(running_stage, "SELECT * FROM incidents") == []


async def test_the_fork_is_no_way_out_of_a_form_that_is_gone(running_stage: Stage, reporter: Person) -> None:
    await tells(reporter)
    await reporter.says("/baosuco")
    asked = await reporter.sees("tin báo viết dở")
    await reporter.presses("Gửi ngay", WHEN)
    await reporter.sees("Mã sự cố")
    for label in ("Viết tiếp", "Xóa, viết tin mới"):
        assert STALE in toast(await reporter.forges(data_of(asked, label)))
    assert await rows(running_stage, "SELECT * FROM drafts") == []


async def test_huy_before_filing_leaves_no_word_on_the_disk(running_stage: Stage, reporter: Person) -> None:
    await tells(reporter, "Chuyện riêng của tôi về hộp đựng bánh quy màu tím")
    await reporter.says("số 0987 123 123, hộp bánh màu tím")
    await reporter.says("/huy")
    await reporter.sees("không có gì được gửi đi")
    await quiet(running_stage)
    await running_stage.bot.store.checkpoint()
    for words in ("hộp đựng bánh quy", "0987 123 123", "màu tím"):
        assert not await is_on_disk(running_stage, words)
    running_stage.clock.move(minutes=10)
    await quiet(running_stage)
    assert await rows(running_stage, "SELECT * FROM incidents") == []


async def test_huy_with_nothing_open_says_so(reporter: Person) -> None:
    await reporter.says("/huy")
    await reporter.sees("không có gì viết dở")


async def test_huy_after_filing_asks_and_keeps_what_is_not_withdrawn(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await tells(reporter)
    code = await falls_silent(running_stage, reporter)
    await reporter.says("/huy")
    await reporter.presses("Không, giữ nguyên", f"rút lại tin báo {code}")
    await reporter.sees("vẫn giữ nguyên")
    assert (await incident(running_stage, code))["status"] == "new"
    assert "đã rút" not in _text(team, code)


async def test_a_withdrawn_report_is_marked_on_the_card_and_told_to_its_owner(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    await tells(reporter)
    code = await falls_silent(running_stage, reporter)
    await team.presses(responder, "Nhận xử lý", code)
    await reporter.presses("Huỷ", WHEN)
    await reporter.presses("Có, rút lại tin báo", code)
    await reporter.sees("Đã rút lại tin báo")
    await responder.sees("người báo đã rút lại tin")
    running_stage.clock.move(seconds=5)
    await running_stage.telegram.until(lambda: "người báo đã rút" in _text(team, code))
    card = team.showing(code)
    assert card is not None
    assert not card.keys
    assert await happened(running_stage, code) == ["filed", "claimed", "withdrawn"]


async def test_a_report_is_withdrawn_once_and_only_by_its_reporter(
    running_stage: Stage, reporter: Person, stranger: Person, team: Team
) -> None:
    code = await files(reporter)
    identifier = (await incident(running_stage, code))["id"]
    await stranger.starts()
    await stranger.sees("Xin chào")
    for act in ("see", "add", "ask", "withdraw", "keep"):
        assert STALE in toast(await stranger.forges(f"o:{identifier}:{act}"))
    await reporter.presses("Rút lại tin báo", code)
    asked = await reporter.sees("Anh/Chị muốn rút lại")
    await reporter.presses("Có, rút lại tin báo", code)
    await reporter.sees("Đã rút lại tin báo")
    assert "đã được rút" in toast(await reporter.forges(f"o:{identifier}:withdraw"))
    assert asked.text.startswith("Đã rút")
    assert (await happened(running_stage, code)).count("withdrawn") == 1


async def test_a_filed_report_can_be_added_to(running_stage: Stage, reporter: Person, team: Team) -> None:
    code = await files(reporter)
    await reporter.presses("Bổ sung", "Mã sự cố")
    await reporter.says("Tôi vừa tìm được biên lai chuyển khoản và ảnh chụp cuộc gọi của họ")
    await reporter.sees("Đã ghi thêm")
    assert "biên lai" in str((await facts_of(running_stage, code))["story"])
    assert await happened(running_stage, code) == ["filed", "supplemented"]


async def test_a_colleague_of_the_team_may_report_too(running_stage: Stage, team: Team) -> None:
    lead = await running_stage.staff("Phạm Văn Trưởng (ví dụ)", Role.TEAM_LEAD)
    code = await files(lead)
    await team.sees(code)
