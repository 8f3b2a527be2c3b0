"""What the consent text promises: see what is stored, take consent back, ask for correction or erasure."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.domain import vietnamese
from bot.domain.people import Role
from bot.domain.policy import Policy
from storage import chain
from tests.conftest import Stage
from tests.journeys.walks import (
    CLUES,
    CONTACT,
    NAME,
    PHONE,
    STORY,
    WHEN,
    agrees,
    begins,
    comes_to_contact,
    consents,
    contacts,
    files,
    happened,
    incident,
    is_on_disk,
    mentions,
    quiet,
    rows,
    sends,
    tells,
    toast,
)
from tests.people import Person, Team

MENU = "rút lại sự đồng ý, yêu cầu sửa hoặc xóa"
NUMBER = re.compile(r"YC-\d{4}-\d{6}")


async def reports_with_contact(person: Person) -> str:
    await comes_to_contact(person)
    await agrees(person)
    return await sends(person)


async def withdraws_consent(person: Person) -> None:
    await person.says("/riengtu")
    await person.presses("Rút lại đồng ý", MENU)
    await person.sees("Đã rút lại mọi sự đồng ý")


async def test_people_see_what_is_stored_about_them(running_stage: Stage, reporter: Person) -> None:
    await reports_with_contact(reporter)
    await begins(reporter)
    await reporter.says("/riengtu")
    await reporter.presses("Xem dữ liệu của tôi", MENU)
    stored = (await reporter.sees("Những gì đang được lưu")).text
    for line in ("Tin báo đã gửi: 1", "số điện thoại: 1", "Ảnh, tệp gửi kèm: 0", "viết dở: 1", "Yêu cầu về dữ liệu: 0"):
        assert line in stored
    assert "Để lại liên hệ, bản số 1" in stored
    assert "đang có hiệu lực" in stored


async def test_a_stranger_sees_that_nothing_is_stored(stranger: Person) -> None:
    await stranger.says("/riengtu")
    await stranger.presses("Xem dữ liệu của tôi", MENU)
    stored = (await stranger.sees("Những gì đang được lưu")).text
    assert "Tin báo đã gửi: 0" in stored
    assert "Chưa có." in stored


async def test_consent_taken_back_erases_contact_at_once_and_everywhere(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    code = await reports_with_contact(reporter)
    await team.presses(responder, "Chi tiết (riêng)", code)
    await responder.sees("0912 345 678")
    await quiet(running_stage)
    await withdraws_consent(reporter)
    assert await contacts(running_stage) == []
    await quiet(running_stage)
    await running_stage.bot.store.checkpoint()
    for words in ("0912345678", "0912 345 678", "chị Mận"):
        assert await mentions(running_stage, words) == []
        assert not await is_on_disk(running_stage, words)
    assert (await happened(running_stage, code))[-1] == "erased"
    (given,) = await consents(running_stage, "contact")
    assert given["withdrawn_at"] is not None
    identifier = str((await incident(running_stage, code))["id"])
    async with running_stage.bot.store.reading() as tx:
        assert (await chain.verify(tx, identifier)).fits
    await team.presses(responder, "Chi tiết (riêng)", code)
    await responder.sees("Người báo: không để lại liên hệ")
    await reporter.says("/riengtu")
    await reporter.presses("Xem dữ liệu của tôi", MENU)
    assert "đã rút lại" in (await reporter.sees("Những gì đang được lưu")).text


async def test_consent_taken_back_empties_an_open_form_of_contact_and_leaves_its_story(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await comes_to_contact(reporter)
    await agrees(reporter)
    await withdraws_consent(reporter)
    await quiet(running_stage)
    assert await mentions(running_stage, "0912345678") == []
    code = await sends(reporter)
    await team.sees(code)
    assert await contacts(running_stage) == []
    assert STORY in str(await incident(running_stage, code))


async def test_details_that_still_wait_to_be_sent_are_called_back(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    code = await reports_with_contact(reporter)
    running_stage.telegram.fails("429", chat=responder.user, times=None, retry_after=30)
    await team.presses(responder, "Chi tiết (riêng)", code)
    await withdraws_consent(reporter)
    assert await mentions(running_stage, "0912 345 678") == []
    states = await rows(
        running_stage,
        "SELECT d.state FROM deliveries d JOIN messages m ON m.id = d.message WHERE m.key = 'details.head'",
    )
    assert states == [{"state": "expired"}]
    assert not responder.showing("0912")


async def test_a_consent_half_used_can_be_taken_back(running_stage: Stage, reporter: Person) -> None:
    await comes_to_contact(reporter)
    await reporter.presses("Có, xin gọi lại cho tôi", CONTACT)
    await reporter.presses("Tôi đồng ý", "đồng ý như trên")
    await reporter.sees(PHONE)
    await reporter.says("0912 345 678")
    await reporter.sees(NAME)
    await withdraws_consent(reporter)
    assert toast(await reporter.presses("Bỏ qua", NAME))
    await quiet(running_stage)
    assert await mentions(running_stage, "0912345678") == []


async def test_withdrawn_consent_takes_pictures_along(running_stage: Stage, reporter: Person, team: Team) -> None:
    await tells(reporter)
    running_stage.telegram.sends_photo(reporter.user, reporter.chat)
    await reporter.presses("Tôi đã che, đồng ý gửi")
    await reporter.sees("Đã nhận 1 ảnh")
    await reporter.presses("Gửi ngay", WHEN)
    await reporter.sees("Mã sự cố")
    await withdraws_consent(reporter)
    assert await rows(running_stage, "SELECT * FROM evidence") == []


async def test_one_persons_withdrawal_leaves_others_alone(
    running_stage: Stage, reporter: Person, stranger: Person
) -> None:
    await reports_with_contact(reporter)
    await withdraws_consent(stranger)
    assert len(await contacts(running_stage)) == 1


async def _asks(stage: Stage, person: Person, want: str) -> None:
    await person.says("/riengtu")
    await quiet(stage)
    await person.presses("Yêu cầu sửa hoặc xóa", MENU)
    await person.presses(want, "yêu cầu điều gì")


async def test_a_request_gets_a_number_and_the_legal_times_and_reaches_the_administrators(
    running_stage: Stage, reporter: Person
) -> None:
    admin = await running_stage.staff("Quản trị (ví dụ)", Role.ADMIN)
    for want, details, days in (("Sửa thông tin của tôi", "Tên tôi là Mẫn", 10), ("Xóa dữ liệu của tôi", None, 20)):
        await _asks(running_stage, reporter, want)
        await quiet(running_stage)
        await (reporter.says(details) if details else reporter.presses("Bỏ qua", "nói rõ giúp"))
        await reporter.presses("Gửi", "xem lại yêu cầu")
        told = (await reporter.sees(f": {want}.\nHạn trả lời")).text
        code = NUMBER.search(told)
        assert code
        done = running_stage.clock.now().astimezone(vietnamese.HANOI) + timedelta(days=days)
        assert f"Hạn thực hiện: {done:%d/%m/%Y}" in told
        heard = await admin.sees(code[0])
        assert want in heard.text
        if details:
            assert details in heard.text
        assert str(reporter.user.id) not in heard.text
    made = await rows(running_stage, "SELECT want, details FROM requests ORDER BY id")
    assert [one["want"] for one in made] == ["correct", "erase"]


async def test_a_request_never_costs_an_unfinished_report(running_stage: Stage, reporter: Person, team: Team) -> None:
    await tells(reporter)
    await reporter.says("/riengtu")
    assert "viết dở" in toast(await reporter.presses("Yêu cầu sửa hoặc xóa", MENU))
    running_stage.clock.move(minutes=3, seconds=1)
    await reporter.sees("đã được ghi thành tin báo")
    (filed,) = await rows(running_stage, "SELECT facts FROM incidents")
    assert STORY in filed["facts"]


async def test_a_request_can_be_cancelled(running_stage: Stage, reporter: Person) -> None:
    await _asks(running_stage, reporter, "Xóa dữ liệu của tôi")
    await reporter.presses("Huỷ", "nói rõ giúp")
    await reporter.sees("Đã huỷ")
    assert await rows(running_stage, "SELECT * FROM requests") == []


async def test_a_neutral_policy_names_no_body_no_law_and_no_number(stage: Stage) -> None:
    example = stage.policy
    stage.policy = Policy.neutral()
    await stage.start()
    reporter = stage.person("Nguyễn Thị Mận")
    responder = await stage.staff("Đỗ Minh Khôi", Role.RESPONDER)
    officer = await stage.staff("Vũ Thị Hạnh (ví dụ)", Role.AGENCY_CONTACT)
    team = await stage.team(responder)
    await reporter.starts()
    code = await reports_with_contact(reporter)
    await team.presses(responder, "Chi tiết (riêng)", code)
    await responder.sees("Người báo")
    for command in ("/daumoi", "/trogiup", "/riengtu", "/tracuu", "/chiase", "/ngonngu", f"/tracuu {code}"):
        await reporter.says(command)
    await _asks(stage, reporter, "Xóa dữ liệu của tôi")
    await officer.says("/baosuco")
    await officer.presses("Dữ liệu bị mã hóa, đòi tiền chuộc")
    await officer.sees("Không nhập, không gửi")
    for kind in ("Cuộc gọi, tin nhắn lừa đảo", "Đe dọa, bôi nhọ, lộ ảnh riêng tư", "Website, ứng dụng giả mạo"):
        await reporter.says("/huy")
        await begins(reporter, kind)
    await quiet(stage)
    said = [message.text for one in (reporter, responder, officer, team) for message in one.messages]
    named = [words.vi for row in example.bodies for words in (row.name, row.short) if words]
    named += [law.number for law in example.laws] + [law.name.vi for law in example.laws]
    named += [channel.name.vi for channel in example.channels]
    for text in said:
        assert not [words for words in named if words in text], text
        bare = re.sub(r"SC-\d{4}-\d+|\d\d/\d\d/\d{4}|\d\d:\d\d|0912 ?345 ?678", "", text)
        assert not re.search(r"\d{3,}", bare), text
        for words in ("24/7", "Nghị định", "Luật ", "None", "{"):
            assert words not in text


async def test_nothing_published_is_said_in_words_that_help(running_stage: Stage, reporter: Person) -> None:
    await reporter.says("/daumoi")
    answer = await reporter.sees("chưa được công bố")
    assert "Công an xã, phường nơi gần nhất" in answer.text


async def test_the_receipt_promises_no_time(running_stage: Stage, reporter: Person) -> None:
    await tells(reporter)
    await reporter.presses("Không rõ", WHEN)
    await reporter.presses("Bỏ qua", CLUES)
    await reporter.presses("Không, tôi báo ẩn danh", CONTACT)
    await sends(reporter)
    receipt = (await reporter.sees("Mã sự cố")).text
    assert not re.search(r"trong (?:vòng )?\d+|sau \d+|\d+ (?:phút|giờ|ngày làm việc)", receipt)


async def test_files_of_others_are_not_counted(running_stage: Stage, reporter: Person, stranger: Person) -> None:
    await files(reporter)
    await stranger.says("/riengtu")
    await stranger.presses("Xem dữ liệu của tôi", MENU)
    assert "Tin báo đã gửi: 0" in (await stranger.sees("Những gì đang được lưu")).text
