"""The urgent lane: three taps and one free text, with first aid before any paperwork; and what counts as a story."""

from __future__ import annotations

import json

import pytest

from bot.domain.incidents import CitizenKind
from tests.conftest import Stage
from tests.journeys.walks import KIND, STORY, TELL, WHEN, incident, rows
from tests.people import Person, Team, code_in

KINDS = {
    "Tôi bị lừa mất tiền": "Gọi ngân hàng",
    "Cuộc gọi, tin nhắn lừa đảo": "Tắt máy, không trả lời",
    "Bị mất Facebook, Zalo, email": "Quên mật khẩu",
    "Mất sóng, bị chiếm SIM": "khóa SIM",
    "Điện thoại, máy tính có mã độc": "",
    "Website, ứng dụng giả mạo": "Đóng trang lại",
    "Video, giọng nói giả (deepfake)": "Tắt cuộc gọi",
    "Lộ thông tin cá nhân": "mật khẩu",
    "Đe dọa, bôi nhọ, lộ ảnh riêng tư": "",
    "Website cơ quan nhà nước có vấn đề": "",
    "Chuyện khác / Tôi chưa rõ": "",
}


async def test_from_the_menu_three_taps_and_one_text_reach_the_team(reporter: Person, team: Team) -> None:
    await reporter.starts()
    taps = 0
    for label, under in (("Báo sự cố", "Xin chào"), ("Tôi bị lừa mất tiền", KIND)):
        await reporter.presses(label, under)
        taps += 1
    await reporter.sees(TELL)
    await reporter.says(STORY)
    await reporter.presses("Gửi ngay", WHEN)
    taps += 1
    code = code_in(await reporter.sees("Mã sự cố"))
    assert taps <= 3
    card = await team.sees(code)
    assert "Chưa đủ thông tin" not in card.text
    assert "Tôi bị lừa mất tiền" in card.text


async def test_the_first_message_is_already_the_list_of_what_happened(reporter: Person) -> None:
    await reporter.says("/baosuco")
    first = await reporter.sees("Câu 1/5")
    labels = [key["text"] for row in first.keys for key in row]
    assert set(KINDS) <= set(labels)
    assert len(KINDS) == len(CitizenKind)
    assert labels[0] == "Tôi bị lừa mất tiền", "where minutes count comes first"


@pytest.mark.parametrize("kind", KINDS)
async def test_first_aid_is_there_at_once_and_stays(running_stage: Stage, reporter: Person, kind: str) -> None:
    await reporter.says("/baosuco")
    await reporter.presses(kind, KIND)
    aid = await reporter.sees(f"Anh/Chị chọn: {kind}")
    await reporter.sees("Câu 2/5")
    assert KINDS[kind] in aid.text
    assert "\n1. " in aid.text
    assert "Công an xã, phường nơi gần nhất" in aid.text, "nothing is published yet: another way is named"
    assert not aid.keys
    said = aid.text
    await reporter.says(STORY)
    await reporter.presses("Gửi ngay", WHEN)
    await reporter.sees("Mã sự cố")
    assert aid in running_stage.telegram.messages(reporter.chat)
    assert aid.text == said


@pytest.mark.parametrize("words", ["alo", "chào", "tôi bị lừa", "giúp tôi với ạ", "1234", "👍👍👍", "…"])
async def test_less_than_a_story_files_nothing_and_gets_the_menu_and_whom_to_call(
    running_stage: Stage, reporter: Person, words: str
) -> None:
    await reporter.says(words)
    answer = await reporter.sees("chưa có gì được gửi đi")
    assert "Công an xã, phường nơi gần nhất" in answer.text
    labels = [key["text"] for row in answer.keys for key in row]
    assert labels[0] == "Báo sự cố"
    running_stage.clock.move(minutes=10)
    assert await rows(running_stage, "SELECT * FROM drafts") == []
    assert await rows(running_stage, "SELECT * FROM incidents") == []


@pytest.mark.parametrize(
    "words",
    [
        STORY,
        "bọn lừa đảo gọi cho bố mẹ tôi",
        "0987654321",
        "http://nganhang-gia.top",
        "stk 0123456789",
        "xem vietcombank-vn.top",
    ],
)
async def test_free_words_begin_a_report_with_that_story(running_stage: Stage, reporter: Person, words: str) -> None:
    await reporter.says(words)
    asked = await reporter.sees(KIND)
    assert "Đã ghi lại lời kể" in asked.text
    await reporter.presses("Gửi ngay", KIND)
    code = code_in(await reporter.sees("Mã sự cố"))
    filed = await incident(running_stage, code)
    assert json.loads(filed["facts"])["story"] == words
    assert filed["kind"] == "other"


@pytest.mark.parametrize("kind", ["photo", "video", "voice", "document", "contact", "forward"])
async def test_whatever_is_sent_along_counts_as_a_story(
    running_stage: Stage, reporter: Person, stranger: Person, team: Team, kind: str
) -> None:
    telegram, user, chat = running_stage.telegram, reporter.user, reporter.chat
    acts = {
        "photo": lambda: telegram.sends_photo(user, chat, b"x"),
        "video": lambda: telegram.sends_video(user, chat, b"x"),
        "voice": lambda: telegram.sends_voice(user, chat, b"x"),
        "document": lambda: telegram.sends_document(user, chat, "hoadon.pdf", b"x"),
        "contact": lambda: telegram.shares_contact(user, chat, "+84987654321", of="Kẻ lạ"),
        "forward": lambda: telegram.forwards(user, chat, telegram.says(stranger.user, stranger.chat, "nộp đi")),
    }
    acts[kind]()
    await reporter.sees(KIND)
    running_stage.clock.move(minutes=3, seconds=1)
    code = code_in(await reporter.sees("đã được ghi thành tin báo"))
    card = await team.sees(code)
    assert "Chưa đủ thông tin" in card.text


@pytest.mark.parametrize("kind", ["sticker", "dice"])
async def test_what_tells_nothing_by_itself_is_answered_and_files_nothing(
    running_stage: Stage, reporter: Person, kind: str
) -> None:
    await reporter.sends(kind)
    await reporter.sees("ngắn quá nên chưa thành tin báo")
    assert await rows(running_stage, "SELECT * FROM drafts") == []
