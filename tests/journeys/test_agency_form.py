"""The agency form: eleven numbers, its conditional parts, the notice about secrets, and who may open it."""

from __future__ import annotations

import json
import re

import pytest

from bot.domain.people import Role
from tests.conftest import Stage
from tests.journeys.walks import (
    KIND,
    REVIEW,
    STALE,
    STORY,
    begins,
    consents,
    contacts,
    data_of,
    incident,
    is_on_disk,
    quiet,
    rows,
    sends,
    standing_of,
    tells,
    toast,
)
from tests.people import Person, Team, code_in

ATTACK = "Máy chủ tệp của phòng một cửa bị mã hóa từ sáng, người dân không nộp được hồ sơ"
KINDS, SUMMARY, NOTE, SYSTEM = "loại nào?", "Tôi đã rõ", "đòi tiền chuộc viết gì", "hệ thống nào?"
LEVEL, WHEN, STATE, FOUND = "cấp độ mấy", "Phát hiện lúc nào", "Hiện trạng thế nào", "Phát hiện bằng cách nào"
TOLD, FLAGS, HELP, CONTACT = "báo cho nơi nào", "dấu hiệu nào dưới đây", "cần hỗ trợ gì", "gọi cho ai"


@pytest.fixture
async def officer(running_stage: Stage) -> Person:
    return await running_stage.staff("Vũ Thị Hạnh (ví dụ)", Role.AGENCY_CONTACT)


async def starts(officer: Person, kind: str) -> None:
    await officer.says("/baosuco")
    await officer.presses(kind, KINDS)
    await officer.presses("Tôi đã rõ", "Không nhập, không gửi")


async def ends(officer: Person) -> None:
    """From the question for the system's level to the one for contact, by the shortest way."""
    await officer.presses("Chưa xác định", LEVEL)
    await officer.presses("Vừa xong", WHEN)
    await officer.presses("Chưa xử lý", STATE)
    for question, label in ((FOUND, "Người dùng báo"), (TOLD, "Chưa báo ai"), (FLAGS, "Không có dấu hiệu nào")):
        await officer.presses(label, question)
        await officer.presses("Xong", question)


async def test_an_officer_walks_eleven_numbers_with_every_part_that_applies(
    running_stage: Stage, officer: Person, team: Team, responder: Person
) -> None:
    numbers = []

    async def at(words: str) -> None:
        shown = re.search(r"Câu (\d+)/(\d+)", (await officer.sees(words)).text)
        assert shown
        numbers.append(shown[0])

    await officer.says("/baosuco")
    await at(KINDS)
    await officer.presses("Dữ liệu bị mã hóa, đòi tiền chuộc", KINDS)
    await at("Không nhập, không gửi ở đây")
    await officer.presses("Tôi đã rõ", "Không nhập, không gửi")
    await at("Câu 2/11")
    await officer.says(ATTACK)
    await at(NOTE)
    await officer.says("Đòi 2 bitcoin trong 48 giờ, liên lạc qua trang web ẩn")
    await at(SYSTEM)
    await officer.says("Hệ thống một cửa điện tử")
    await at(LEVEL)
    await officer.presses("Cấp độ 3", LEVEL)
    await at(WHEN)
    await officer.says("hôm qua 9h tối")
    await at(STATE)
    await officer.presses("Đang xử lý", STATE)
    await at(FOUND)
    await officer.presses("Hệ thống giám sát", FOUND)
    await officer.presses("Cách khác", "✓ Hệ thống giám sát")
    await officer.presses("Xong", "✓ Cách khác")
    await at("Cách phát hiện khác là gì")
    await officer.says("Nhà thầu bảo trì gọi điện")
    await at(TOLD)
    await officer.presses("Chưa báo ai", TOLD)
    await officer.presses("Nơi khác", "✓ Chưa báo ai")
    await officer.presses("Xong", "✓ Nơi khác")
    await at("Đã báo cho nơi nào khác")
    await officer.says("Đơn vị viết phần mềm")
    await at(FLAGS)
    await officer.presses("Lộ dữ liệu cá nhân", FLAGS)
    await officer.presses("Xong", "✓ Lộ dữ liệu cá nhân")
    await at(HELP)
    await officer.says("Cần người khôi phục sao lưu")
    await at(CONTACT)
    await officer.presses("Để tôi nhập người liên hệ", CONTACT)
    await at("Về thông tin cá nhân")
    await officer.presses("Tôi đồng ý", "Về thông tin cá nhân")
    for question, words in (
        ("Họ tên người liên hệ", "Trần Văn Thử"),
        ("Chức vụ, bộ phận", "Phó phòng"),
        ("Số điện thoại người liên hệ", "0229 3852 111"),
        ("Email công vụ", "thu@vidu.gov.vn"),
    ):
        await at(question)
        await officer.says(words)
    await officer.sees(REVIEW)
    assert {number.split("/")[1] for number in numbers} == {"11"}
    counted = [int(number.split()[1].split("/")[0]) for number in numbers]
    assert counted == sorted(counted)
    assert set(counted) == set(range(1, 12))

    code = await sends(officer)
    assert "không thay báo cáo chính thức" in (await officer.sees("Mã sự cố")).text
    facts = json.loads((await incident(running_stage, code))["facts"])
    assert facts["ransom_note"].startswith("Đòi 2 bitcoin")
    assert facts["level"] == "3"
    assert facts["found_by"] == ["monitoring", "other"]
    assert facts["told"] == ["other"], "“nobody yet” gives way to any other answer"
    assert not {"name", "phone", "email", "title", "contact", "consent"} & facts.keys()
    assert await contacts(running_stage) == [
        {"name": "Trần Văn Thử", "title": "Phó phòng", "phone": "02293852111", "email": "thu@vidu.gov.vn"}
    ]
    card = await team.sees(code)
    assert "cơ quan, đơn vị" in card.text
    assert "Hệ thống một cửa điện tử" in card.text
    assert "Trần Văn Thử" not in card.text
    await team.presses(responder, "Chi tiết (riêng)", code)
    details = (await responder.sees("Người báo: Trần Văn Thử")).text
    for words in ("Phó phòng", "thu@vidu.gov.vn", "Đòi 2 bitcoin", "Cấp độ 3", "Nhà thầu bảo trì", "khôi phục sao lưu"):
        assert words in details


async def test_parts_that_do_not_apply_are_not_asked(running_stage: Stage, officer: Person) -> None:
    await starts(officer, "Website bị đổi nội dung, giao diện")
    await officer.says(ATTACK)
    await officer.presses("Không rõ", SYSTEM)
    await ends(officer)
    await officer.presses("Bỏ qua", HELP)
    await officer.presses("Không để lại liên hệ", CONTACT)
    code = await sends(officer)
    said = " ".join(message.text for message in officer.messages)
    for words in (NOTE, "Cách phát hiện khác", "nơi nào khác", "thuê bao", "Về thông tin cá nhân"):
        assert words not in said
    assert (await incident(running_stage, code))["source"] == "agency"
    assert await contacts(running_stage) == []


async def test_an_isp_is_asked_for_its_subscribers(running_stage: Stage, team: Team, responder: Person) -> None:
    isp = await running_stage.staff("Kỹ thuật viên nhà mạng (ví dụ)", Role.ISP_CONTACT)
    await starts(isp, "Quá tải, không truy cập được")
    await isp.says(ATTACK)
    await isp.presses("Không rõ", SYSTEM)
    await ends(isp)
    assert "Câu 9/11" in (await isp.sees("bao nhiêu thuê bao")).text
    await isp.says("Khoảng 1.200 thuê bao ở hai phường")
    await isp.presses("Bỏ qua", HELP)
    await isp.presses("Không để lại liên hệ", CONTACT)
    code = await sends(isp)
    await team.presses(responder, "Chi tiết (riêng)", code)
    assert "1.200 thuê bao" in (await responder.sees("Thuê bao bị ảnh hưởng")).text


async def test_the_contact_on_record_is_used_with_one_key_and_a_consent(running_stage: Stage, officer: Person) -> None:
    await starts(officer, "Website bị đổi nội dung, giao diện")
    await officer.says(ATTACK)
    await officer.presses("Không rõ", SYSTEM)
    await ends(officer)
    await officer.presses("Bỏ qua", HELP)
    await officer.presses("Gọi tôi theo số đã lưu", CONTACT)
    await officer.presses("Tôi đồng ý", "Về thông tin cá nhân")
    await sends(officer)
    (kept,) = await contacts(running_stage)
    assert (kept["name"], kept["phone"]) == ("Vũ Thị Hạnh (ví dụ)", "0900000001")
    assert len(await consents(running_stage, "contact")) == 1


async def test_an_officer_who_refuses_leaves_no_contact(running_stage: Stage, officer: Person, team: Team) -> None:
    await starts(officer, "Website bị đổi nội dung, giao diện")
    await officer.says(ATTACK)
    await officer.presses("Không rõ", SYSTEM)
    await ends(officer)
    await officer.presses("Bỏ qua", HELP)
    await officer.presses("Gọi tôi theo số đã lưu", CONTACT)
    await officer.presses("Không đồng ý", "Về thông tin cá nhân")
    await team.sees(await sends(officer))
    assert await contacts(running_stage) == []


async def test_whoever_writes_on_has_read_the_notice_about_secrets(running_stage: Stage, officer: Person) -> None:
    await officer.says("/baosuco")
    await officer.presses("Máy tính, máy chủ nhiễm mã độc", KINDS)
    await officer.sees("Không nhập, không gửi")
    await officer.says(ATTACK)
    await officer.sees(SYSTEM)
    (draft,) = await rows(running_stage, "SELECT answers FROM drafts")
    assert json.loads(draft["answers"])["summary"] == ATTACK


async def test_free_words_of_an_officer_begin_the_agency_report(officer: Person, team: Team) -> None:
    await officer.says(ATTACK)
    await officer.sees("loại nào?")
    await officer.presses("Gửi ngay")
    card = await team.sees(code_in(await officer.sees("Mã sự cố")))
    assert "cơ quan, đơn vị" in card.text


async def test_an_officer_may_report_as_a_citizen(officer: Person, team: Team) -> None:
    await officer.says("/baosuco")
    await officer.presses("Báo với tư cách người dân", KINDS)
    await officer.presses("Tôi bị lừa mất tiền", KIND)
    await officer.sees("kể lại giúp")
    await officer.says(STORY)
    await officer.presses("Gửi ngay")
    receipt = await officer.sees("Mã sự cố")
    assert "báo cáo chính thức" not in receipt.text
    assert "người dân" in (await team.sees(code_in(receipt))).text


async def test_an_internal_address_is_left_out_of_an_agencys_words_and_the_form_goes_on(
    running_stage: Stage, officer: Person, team: Team
) -> None:
    await starts(officer, "Bị truy cập trái phép, chiếm quyền")
    written = await officer.says("Máy chủ 192.168.17.23 tự kết nối ra ngoài lúc nửa đêm, đã ngắt mạng")
    await officer.sees("địa chỉ IP nội bộ")
    await officer.sees(SYSTEM)
    await officer.presses("Gửi ngay")
    card = await team.sees(code_in(await officer.sees("Mã sự cố")))
    assert "tự kết nối ra ngoài" in card.text
    assert "17.23" not in card.text
    assert not await is_on_disk(running_stage, "192.168.17.23")
    await running_stage.telegram.until(lambda: written.deleted)


async def test_a_citizen_who_forges_agency_keys_gets_nowhere(running_stage: Stage, reporter: Person) -> None:
    officer = await running_stage.staff("Vũ Thị Hạnh (ví dụ)", Role.AGENCY_CONTACT)
    await officer.says("/baosuco")
    theirs = data_of(await officer.sees(KINDS), "Dữ liệu bị mã hóa, đòi tiền chuộc").split(":")[1]
    await begins(reporter)
    own = data_of(await reporter.sees("Câu 2/5"), "Huỷ").split(":")[1]
    await quiet(running_stage)
    before = await standing_of(running_stage)
    for draft in (own, theirs):
        for question, act, value in (
            ("kind", "a", "ransomware"),
            ("secrecy", "a", "read"),
            ("system", "u", ""),
            ("level", "a", "3"),
            ("found_by", "t", "logs"),
            ("contact", "a", "known"),
            ("story", "a", "known"),
        ):
            press = await reporter.forges(f"f:{draft}:{question}:{act}:{value}")
            assert toast(press)
    assert await standing_of(running_stage) == before


async def test_a_key_of_the_officer_does_nothing_in_another_hand(
    running_stage: Stage, officer: Person, stranger: Person
) -> None:
    await officer.says("/baosuco")
    key = data_of(await officer.sees(KINDS), "Dữ liệu bị mã hóa, đòi tiền chuộc")
    await stranger.starts()
    await stranger.sees("Xin chào")
    assert STALE in toast(await stranger.forges(key))
    assert await rows(running_stage, "SELECT * FROM drafts WHERE at <> 'kind'") == []


async def test_a_citizens_form_never_shows_the_agencys_questions(reporter: Person) -> None:
    await tells(reporter)
    said = " ".join(message.text for message in reporter.messages)
    assert "Không nhập, không gửi" not in said
    assert "tư cách người dân" not in said
