"""Pictures and files: noted with the story, a picture only with its own consent, and gone when it is refused."""

from __future__ import annotations

from bot.playground.chats import Message
from bot.playground.media import Item
from tests.conftest import Stage
from tests.journeys.pieces import NO, NOTICE, YES, fetched, pieces, states
from tests.journeys.walks import STALE, WHEN, consents, quiet, sends, tells, toast
from tests.people import Person, Team, code_in


def shows(stage: Stage, person: Person, caption: str = "") -> Message:
    return stage.telegram.sends_photo(person.user, person.chat, caption=caption)


async def test_a_picture_waits_for_the_answer_to_its_notice(running_stage: Stage, reporter: Person) -> None:
    await tells(reporter)
    shows(running_stage, reporter)
    notice = await reporter.sees(NOTICE)
    assert [[key["text"] for key in row] for row in notice.keys] == [[YES], [NO]]
    (kept,) = await pieces(running_stage)
    assert kept["state"] == "asked"
    await reporter.presses(YES, NOTICE)
    await reporter.sees("Đã nhận 1 ảnh")
    (kept,) = await fetched(running_stage)
    (given,) = await consents(running_stage, "picture")
    assert (kept["state"], kept["consent"]) == ("stored", given["id"])
    assert NOTICE in given["text"]
    assert given["version"] == running_stage.policy.privacy.version


async def test_a_refused_picture_is_gone(running_stage: Stage, reporter: Person, team: Team) -> None:
    await tells(reporter)
    shows(running_stage, reporter)
    await reporter.presses(NO, NOTICE)
    await reporter.sees("không được giữ lại")
    assert await pieces(running_stage) == []
    assert await consents(running_stage, "picture") == []
    await reporter.presses("Gửi ngay", WHEN)
    await team.sees(code_in(await reporter.sees("Mã sự cố")))


async def test_a_second_press_under_the_notice_changes_nothing(running_stage: Stage, reporter: Person) -> None:
    await tells(reporter)
    shows(running_stage, reporter)
    notice = await reporter.sees(NOTICE)
    presses = [running_stage.telegram.presses(reporter.user, notice, label) for label in (YES, YES, NO)]
    await running_stage.telegram.until(lambda: all(press.answers for press in presses))
    assert [STALE in toast(press) for press in presses] == [False, True, True]
    assert [one["state"] for one in await fetched(running_stage)] == ["stored"]
    assert len(await consents(running_stage, "picture")) == 1


async def test_pictures_of_one_story_share_one_notice_and_one_answer(running_stage: Stage, reporter: Person) -> None:
    await tells(reporter)
    shows(running_stage, reporter, "Biên lai thứ nhất tôi chuyển cho họ")
    await reporter.sends_album([Item(), Item(), Item("video")])
    await quiet(running_stage)
    (notice,) = [message for message in reporter.messages if NOTICE in message.text]
    assert await states(running_stage) == ["asked"] * 4
    running_stage.telegram.presses(reporter.user, notice, YES)
    await reporter.sees("Đã nhận 3 ảnh, 1 video")
    assert [one["state"] for one in await fetched(running_stage)] == ["stored"] * 4
    assert len(await consents(running_stage, "picture")) == 1


async def test_a_refusal_holds_for_all_pictures_that_await_it(running_stage: Stage, reporter: Person) -> None:
    await tells(reporter)
    await reporter.sends_album([Item(), Item()])
    await quiet(running_stage)
    await reporter.presses(NO, NOTICE)
    await reporter.sees("không được giữ lại")
    assert await pieces(running_stage) == []


async def test_a_consent_once_given_covers_later_pictures_of_the_same_story(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await tells(reporter)
    shows(running_stage, reporter)
    await reporter.presses(YES, NOTICE)
    shows(running_stage, reporter)
    await quiet(running_stage)
    await reporter.presses("Gửi ngay", WHEN)
    code = code_in(await reporter.sees("Mã sự cố"))
    shows(running_stage, reporter)
    await reporter.sees(f"{code}: đã nhận 1 ảnh")
    assert [one["state"] for one in await fetched(running_stage)] == ["stored"] * 3
    assert len([message for message in reporter.messages if "Đã nhận 1 ảnh để kèm" in message.text]) == 1
    assert len(await consents(running_stage, "picture")) == 1


async def test_pictures_and_files_reach_the_details_as_numbers_and_never_the_card(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    await tells(reporter)
    shows(running_stage, reporter)
    await reporter.presses(YES, NOTICE)
    await reporter.sees("Đã nhận 1 ảnh")
    running_stage.telegram.sends_document(reporter.user, reporter.chat, "bien-lai.pdf", b"%PDF-1.4 x")
    running_stage.telegram.sends_voice(reporter.user, reporter.chat)
    await quiet(running_stage)
    await reporter.presses("Gửi ngay", WHEN)
    code = code_in(await reporter.sees("Mã sự cố"))
    card = await team.sees(code)
    assert card.kind == "text"
    await team.presses(responder, "Chi tiết (riêng)", code)
    details = await responder.sees("Gửi kèm")
    for words in ("1 ảnh", "1 tệp", "1 tin thoại"):
        assert words in details.text


async def test_a_picture_alone_is_a_report(running_stage: Stage, reporter: Person, team: Team) -> None:
    shows(running_stage, reporter)
    await reporter.presses(YES, NOTICE)
    await reporter.presses("Gửi ngay", "Đã ghi lại lời kể")
    card = await team.sees(code_in(await reporter.sees("Mã sự cố")))
    assert "chỉ có ảnh hoặc tệp" in card.text


async def test_a_picture_answered_after_filing_joins_the_report(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    await tells(reporter)
    shows(running_stage, reporter)
    await reporter.sees(NOTICE)
    await reporter.presses("Gửi ngay", WHEN)
    code = code_in(await reporter.sees("Mã sự cố"))
    await reporter.presses(YES, NOTICE)
    await reporter.sees("Đã nhận 1 ảnh")
    await team.presses(responder, "Chi tiết (riêng)", code)
    assert "1 ảnh" in (await responder.sees("Gửi kèm")).text


async def test_an_unanswered_picture_is_shown_to_nobody(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    await tells(reporter)
    shows(running_stage, reporter)
    await reporter.sees(NOTICE)
    await reporter.presses("Gửi ngay", WHEN)
    code = code_in(await reporter.sees("Mã sự cố"))
    await team.presses(responder, "Chi tiết (riêng)", code)
    assert "Gửi kèm" not in (await responder.sees("Người báo")).text


async def test_a_picture_whose_notice_nobody_answers_is_forgotten(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    """Silence is no consent."""
    await tells(reporter)
    shows(running_stage, reporter)
    await reporter.sees(NOTICE)
    await reporter.presses("Gửi ngay", WHEN)
    await reporter.sees("Mã sự cố")
    await quiet(running_stage)
    assert await pieces(running_stage) != []
    running_stage.clock.move(days=8)
    await running_stage.bot.ticker.tick_all()
    assert await pieces(running_stage) == []


async def test_cancelling_drops_what_came_with_the_story(running_stage: Stage, reporter: Person) -> None:
    await tells(reporter)
    shows(running_stage, reporter)
    await reporter.presses(YES, NOTICE)
    running_stage.telegram.sends_document(reporter.user, reporter.chat, "bien-lai.pdf", b"%PDF-1.4 x")
    await quiet(running_stage)
    await reporter.presses("Huỷ", WHEN)
    await reporter.sees("không có gì được gửi đi")
    assert await pieces(running_stage) == []


async def test_a_picture_under_any_question_is_kept_and_the_form_goes_on(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await tells(reporter)
    shows(running_stage, reporter)
    await reporter.presses(YES, NOTICE)
    await reporter.presses("Không rõ", "Chuyện xảy ra khi nào")
    await reporter.sees("tên người nào")
    shows(running_stage, reporter, "Ảnh tài khoản 0123456789 của kẻ gian")
    await reporter.presses("Không, tôi báo ẩn danh", "để lại số điện thoại")
    code = await sends(reporter)
    await team.sees(code)
    assert [one["state"] for one in await fetched(running_stage)] == ["stored", "stored"]
