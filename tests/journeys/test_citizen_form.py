"""The citizen form from the first key to the receipt: every question, every way back, and who learns what."""

from __future__ import annotations

import json
import unicodedata
from datetime import timedelta

import pytest

from bot.domain import vietnamese
from tests.conftest import Stage
from tests.journeys.walks import (
    CLUES,
    CONSENT,
    CONTACT,
    KIND,
    NAME,
    PHONE,
    REVIEW,
    STORY,
    TELL,
    WHEN,
    agrees,
    at_noon,
    begins,
    comes_to_contact,
    consents,
    contacts,
    files,
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


async def facts_of(stage: Stage, code: str) -> dict[str, object]:
    facts: dict[str, object] = json.loads((await incident(stage, code))["facts"])
    return facts


async def test_a_whole_report_with_contact_is_five_questions_and_one_receipt(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    await reporter.says("/baosuco")
    assert "Câu 1/5" in (await reporter.sees(KIND)).text
    await reporter.presses("Tôi bị lừa mất tiền", KIND)
    assert "Câu 2/5" in (await reporter.sees(TELL)).text
    await reporter.says(STORY)
    assert "Câu 3/5" in (await reporter.sees(WHEN)).text
    await reporter.presses("Hôm qua", WHEN)
    assert "Câu 4/5" in (await reporter.sees(CLUES)).text
    await reporter.says("Số gọi đến 0987 654 321, link http://congan-giamao.vip/nop")
    assert "Câu 5/5" in (await reporter.sees(CONTACT)).text
    await reporter.presses("Có, xin gọi lại cho tôi", CONTACT)
    assert "Câu 5/5" in (await reporter.sees(CONSENT)).text
    await reporter.presses("Tôi đồng ý", CONSENT)
    await reporter.sees(PHONE)
    await reporter.says("+84 912 345 678")
    await reporter.sees(NAME)
    await reporter.says("chị Mận")
    review = await reporter.sees(REVIEW)
    assert STORY in review.text
    assert "0912 345 678" in review.text
    code = await sends(reporter)
    assert await contacts(running_stage) == [{"name": "chị Mận", "title": None, "phone": "0912345678", "email": None}]
    card = await team.sees(code)
    assert "0912" not in card.text
    assert "Mận" not in card.text
    await team.presses(responder, "Chi tiết (riêng)", code)
    details = await responder.sees("Người báo")
    assert "0912 345 678" in details.text
    assert "chị Mận" in details.text
    assert details.protected


async def test_consent_is_a_row_with_who_when_version_and_the_words_themselves(
    running_stage: Stage, reporter: Person
) -> None:
    before = running_stage.clock.now()
    await comes_to_contact(reporter)
    await reporter.presses("Có, xin gọi lại cho tôi", CONTACT)
    shown = (await reporter.sees("Về thông tin cá nhân")).text
    await reporter.presses("Tôi đồng ý", CONSENT)
    (given,) = await consents(running_stage, "contact")
    (person,) = await rows(running_stage, "SELECT id FROM people WHERE telegram_id = :id", id=reporter.user.id)
    assert given["person"] == person["id"]
    assert before.isoformat()[:16] <= given["given_at"][:16]
    assert given["version"] == running_stage.policy.privacy.version
    assert given["language"] == "vi"
    assert given["withdrawn_at"] is None
    for line in ("Về thông tin cá nhân của Anh/Chị", "91/2025/QH15", "Công an tỉnh Ninh Bình"):
        assert line in given["text"]
        assert line in shown
    trace = await reporter.sees("Anh/Chị chọn: Tôi đồng ý")
    assert "Về thông tin cá nhân" in trace.text, "what was agreed to stays readable"


async def test_whoever_refuses_leaves_no_contact_and_the_report_goes_on(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await comes_to_contact(reporter)
    await reporter.presses("Có, xin gọi lại cho tôi", CONTACT)
    await reporter.presses("Không đồng ý", CONSENT)
    await reporter.sees(REVIEW)
    code = await sends(reporter)
    await team.sees(code)
    assert await contacts(running_stage) == []
    assert await consents(running_stage, "contact") == []
    assert not (await incident(running_stage, code))["anonymous"]


async def test_an_anonymous_report_asks_for_no_contact_and_keeps_the_account_in_one_table(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    code = await files(reporter)
    said = " ".join(message.text for message in reporter.messages)
    assert PHONE not in said
    assert NAME not in said
    receipt = await reporter.sees("Mã sự cố")
    assert "tài khoản chỉ được giữ ở một nơi duy nhất" in receipt.text
    await team.presses(responder, "Nhận xử lý", code)
    await team.presses(responder, "Chi tiết (riêng)", code)
    details = await responder.sees("Người báo: ẩn danh")
    await reporter.sees("đã có cán bộ nhận xử lý")
    await quiet(running_stage)
    assert await mentions(running_stage, str(reporter.user.id)) == ["people"]
    assert await mentions(running_stage, "Mận") == []
    shown = " ".join(message.text for message in [*team.messages, *responder.messages, details])
    assert str(reporter.user.id) not in shown
    assert "Mận" not in shown
    assert await contacts(running_stage) == []


async def test_the_notice_itself_offers_to_stay_anonymous(running_stage: Stage, reporter: Person) -> None:
    await comes_to_contact(reporter)
    await reporter.presses("Có, xin gọi lại cho tôi", CONTACT)
    await reporter.presses("Báo ẩn danh", CONSENT)
    code = await sends(reporter)
    assert (await incident(running_stage, code))["anonymous"]
    assert await consents(running_stage, "contact") == []


async def test_phone_and_name_may_be_skipped_after_the_consent(running_stage: Stage, reporter: Person) -> None:
    await comes_to_contact(reporter)
    await reporter.presses("Có, xin gọi lại cho tôi", CONTACT)
    await reporter.presses("Tôi đồng ý", CONSENT)
    await reporter.presses("Bỏ qua", PHONE)
    await reporter.presses("Bỏ qua", NAME)
    await sends(reporter)
    assert await contacts(running_stage) == []


async def test_the_own_contact_card_answers_the_question_for_the_phone(running_stage: Stage, reporter: Person) -> None:
    await comes_to_contact(reporter)
    await reporter.presses("Có, xin gọi lại cho tôi", CONTACT)
    await reporter.presses("Tôi đồng ý", CONSENT)
    await reporter.sees(PHONE)
    running_stage.telegram.shares_contact(reporter.user, reporter.chat, "+84912345678")
    await reporter.presses("Bỏ qua", NAME)
    await sends(reporter)
    (kept,) = await contacts(running_stage)
    assert kept["phone"] == "0912345678"


async def test_every_question_can_be_left_open_and_gone_back_to(running_stage: Stage, reporter: Person) -> None:
    await tells(reporter)
    await reporter.presses("Quay lại", WHEN)
    await reporter.presses("Quay lại", TELL)
    await reporter.presses("Chuyện khác / Tôi chưa rõ", KIND)
    await reporter.presses("Không rõ", WHEN)
    await reporter.presses("Bỏ qua", CLUES)
    await reporter.presses("Quay lại", CONTACT)
    await reporter.presses("Bỏ qua", CLUES)
    await reporter.presses("Có, xin gọi lại cho tôi", CONTACT)
    await reporter.presses("Quay lại", CONSENT)
    await reporter.presses("Không, tôi báo ẩn danh", CONTACT)
    code = await sends(reporter)
    facts = await facts_of(running_stage, code)
    assert facts["kind"] == "other"
    assert facts["story"] == STORY
    assert facts["happened_at"] == "unknown"
    assert facts["clues"] is None


async def test_the_first_question_has_no_way_back(reporter: Person) -> None:
    await reporter.says("/baosuco")
    first = await reporter.sees(KIND)
    labels = [key["text"] for row in first.keys for key in row]
    assert "Quay lại" not in labels
    assert labels[-1] == "Huỷ"


async def test_any_answer_can_be_changed_from_the_review(running_stage: Stage, reporter: Person) -> None:
    await comes_to_contact(reporter)
    await reporter.presses("Không, tôi báo ẩn danh", CONTACT)
    for label, question, answer in (
        ("Chuyện gặp phải", KIND, "Website, ứng dụng giả mạo"),
        ("Xảy ra lúc", WHEN, "Hôm qua"),
        ("Để lại liên hệ", CONTACT, "Không, tôi báo ẩn danh"),
    ):
        await reporter.presses("Sửa", REVIEW)
        await reporter.presses(label, REVIEW)
        await reporter.presses(answer, question)
        await reporter.sees(REVIEW)
    for label, question, words in (
        ("Lời kể", TELL, "Tôi kể lại từ đầu cho rõ: có trang web giả cổng dịch vụ công"),
        ("Link, số của kẻ gian", CLUES, "http://dichvucong-gia.top"),
    ):
        await reporter.presses("Sửa", REVIEW)
        await reporter.presses(label, REVIEW)
        await reporter.sees(question)
        await reporter.says(words)
        await reporter.sees(words)
    code = await sends(reporter)
    facts = await facts_of(running_stage, code)
    assert facts["kind"] == "fake_site"
    assert facts["story"] == "Tôi kể lại từ đầu cho rõ: có trang web giả cổng dịch vụ công"
    assert facts["clues"] == "http://dichvucong-gia.top"
    assert str(facts["happened_at"]).startswith(
        (running_stage.clock.now() + timedelta(hours=7) - timedelta(days=1)).date().isoformat()
    )


async def test_going_back_from_the_list_of_changes_changes_nothing(reporter: Person) -> None:
    await comes_to_contact(reporter)
    await reporter.presses("Không, tôi báo ẩn danh", CONTACT)
    await reporter.presses("Sửa", REVIEW)
    await reporter.presses("Quay lại", REVIEW)
    await reporter.presses("Sửa", REVIEW)
    await reporter.presses("Lời kể", REVIEW)
    await reporter.presses("Quay lại", TELL)
    assert STORY in (await reporter.sees(REVIEW)).text


async def test_a_changed_mind_about_contact_leaves_no_contact(running_stage: Stage, reporter: Person) -> None:
    await comes_to_contact(reporter)
    await agrees(reporter)
    await reporter.presses("Sửa", REVIEW)
    await reporter.presses("Để lại liên hệ", REVIEW)
    await reporter.presses("Không, tôi báo ẩn danh", CONTACT)
    await reporter.sees(REVIEW)
    await sends(reporter)
    await quiet(running_stage)
    assert await contacts(running_stage) == []
    assert await mentions(running_stage, "0912345678") == []
    assert await mentions(running_stage, "chị Mận") == []


@pytest.mark.parametrize("at", ["kind", "story", "when", "clues", "contact", "review"])
async def test_cancelling_anywhere_erases_every_answer(running_stage: Stage, reporter: Person, at: str) -> None:
    story = "Chuyện riêng của tôi về hộp đựng bánh quy màu tím"
    await reporter.says("/baosuco")
    asks = {"kind": KIND, "story": TELL, "when": WHEN, "clues": CLUES, "contact": CONTACT, "review": REVIEW}
    steps = (("Tôi bị lừa mất tiền", KIND), (None, TELL), ("Không rõ", WHEN), ("Bỏ qua", CLUES))
    for label, question in (*steps, ("Không, tôi báo ẩn danh", CONTACT)):
        if question == asks[at]:
            break
        await reporter.sees(question)
        await (reporter.presses(label, question) if label else reporter.says(story))
    await reporter.presses("Huỷ", asks[at])
    await reporter.sees("không có gì được gửi đi")
    assert await rows(running_stage, "SELECT * FROM drafts") == []
    assert await rows(running_stage, "SELECT * FROM incidents") == []
    await quiet(running_stage)
    await running_stage.bot.store.checkpoint()
    assert not await is_on_disk(running_stage, "hộp đựng bánh quy")


async def test_what_is_no_answer_is_told_why_and_changes_nothing(running_stage: Stage, reporter: Person) -> None:
    async def drafted() -> list[dict[str, object]]:
        return await rows(running_stage, "SELECT at, answers FROM drafts")

    await begins(reporter)
    before = await drafted()
    await reporter.says("ừ")
    await reporter.sees("Anh/Chị kể thêm vài lời giúp")
    assert await drafted() == before
    await reporter.says(STORY)
    await reporter.sees(WHEN)
    before = await drafted()
    for words, why in (("lâu lắm rồi", "Chưa hiểu được thời điểm"), ("ngày mai 9h", "Thời điểm này chưa tới")):
        await reporter.says(words)
        assert WHEN in (await reporter.sees(why)).text
        assert await drafted() == before
    await reporter.presses("Không rõ", WHEN)
    await reporter.sees(CLUES)
    before = await drafted()
    await reporter.says("dài " * 500)
    await reporter.sees("Câu trả lời dài quá")
    assert await drafted() == before
    await reporter.presses("Bỏ qua", CLUES)
    await reporter.sees(CONTACT)
    before = await drafted()
    await reporter.says("có")
    await reporter.sees("bấm một trong các nút bên dưới")
    assert await drafted() == before
    await reporter.presses("Có, xin gọi lại cho tôi", CONTACT)
    await reporter.presses("Tôi đồng ý", CONSENT)
    await reporter.sees(PHONE)
    before = await drafted()
    await reporter.says("số của tôi là 12345")
    await reporter.sees("Số điện thoại chưa đúng")
    assert await drafted() == before


@pytest.mark.parametrize(
    ("said", "hour", "days_ago"),
    [
        ("hôm qua 9h tối", "21:00", 1),
        ("hom qua 9h toi", "21:00", 1),
        (unicodedata.normalize("NFD", "hôm qua 9h tối"), "21:00", 1),
        ("20 giờ 15 hôm qua", "20:15", 1),
        ("sáng nay 8h30", "08:30", 0),
        ("HÔM KIA lúc 7 giờ kém 15 sáng", "06:45", 2),
    ],
)
async def test_moments_are_read_as_people_say_them(
    running_stage: Stage, reporter: Person, said: str, hour: str, days_ago: int
) -> None:
    noon = at_noon(running_stage)
    await tells(reporter)
    await reporter.says(said)
    await reporter.sees(CLUES)
    (draft,) = await rows(running_stage, "SELECT answers FROM drafts")
    happened = vietnamese.Moment.from_text(json.loads(draft["answers"])["happened_at"]).at.astimezone(vietnamese.HANOI)
    assert happened.date() == (noon - timedelta(days=days_ago)).date()
    assert f"{happened:%H:%M}" == hour


async def test_a_day_without_an_hour_is_shown_as_a_day(running_stage: Stage, reporter: Person, team: Team) -> None:
    noon = at_noon(running_stage)
    day = noon - timedelta(days=3)
    await tells(reporter)
    await reporter.says(f"{day.day}/{day.month}")
    await reporter.presses("Bỏ qua", CLUES)
    await reporter.presses("Không, tôi báo ẩn danh", CONTACT)
    code = await sends(reporter)
    assert f"Thời điểm: {day:%d/%m/%Y}\n" in (await team.sees(code)).text


async def test_decomposed_letters_are_stored_composed(running_stage: Stage, reporter: Person) -> None:
    await reporter.says(unicodedata.normalize("NFD", STORY))
    await reporter.presses("Gửi ngay", KIND)
    await reporter.sees("Mã sự cố")
    (row,) = await rows(running_stage, "SELECT facts FROM incidents")
    assert json.loads(row["facts"])["story"] == STORY


async def test_a_story_told_under_keys_is_not_lost(running_stage: Stage, reporter: Person) -> None:
    await reporter.says("/baosuco")
    await reporter.sees(KIND)
    await reporter.says("Tôi thấy một trang web lạ giả cổng dịch vụ công")
    await reporter.sees("Đã ghi thêm vào lời kể")
    await reporter.presses("Website, ứng dụng giả mạo", KIND)
    await reporter.sees(WHEN)
    await reporter.says("Lúc đầu tôi không để ý nhưng sau đó họ xin mã giao dịch của tôi nhiều lần")
    await reporter.presses("Không rõ", WHEN)
    await reporter.presses("Bỏ qua", CLUES)
    await reporter.sees(CONTACT)
    await reporter.says("À còn nữa, họ gửi thêm một tệp tên là hoadon.apk vào máy tôi")
    await reporter.presses("Không, tôi báo ẩn danh", CONTACT)
    await reporter.sees(REVIEW)
    await reporter.says("Tôi đã lỡ cài tệp đó vào điện thoại của con tôi rồi")
    await reporter.sees("Đã ghi thêm vào lời kể")
    story = str((await facts_of(running_stage, await sends(reporter)))["story"])
    for words in ("giả cổng dịch vụ công", "họ xin mã giao dịch", "hoadon.apk", "điện thoại của con tôi"):
        assert words in story


async def test_a_long_story_in_several_messages_reaches_the_details_whole(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    parts = [" ".join(f"đoạn {part} câu {number} kể tiếp" for number in range(150)) for part in range(3)]
    assert all(2000 < len(part) <= 4096 for part in parts)
    await begins(reporter)
    for part in parts:
        await reporter.says(part)
    await reporter.presses("Không rõ", WHEN)
    await reporter.presses("Bỏ qua", CLUES)
    await reporter.presses("Không, tôi báo ẩn danh", CONTACT)
    code = await sends(reporter)
    await team.presses(responder, "Chi tiết (riêng)", code)
    await quiet(running_stage)
    pieces = [message.text for message in responder.messages if "lời kể" in message.text]
    told = " ".join(" ".join(piece.split("\n", 1)[1] for piece in pieces).split())
    assert told == " ".join(" ".join(parts).split())
    assert len(pieces) > 1


async def test_a_story_as_long_as_one_message_can_be_is_taken(running_stage: Stage, reporter: Person) -> None:
    story = ("kể " * 1400)[:4096].strip()
    await begins(reporter)
    await reporter.says(story)
    await reporter.presses("Gửi ngay", WHEN)
    await reporter.sees("Mã sự cố")
    (row,) = await rows(running_stage, "SELECT facts FROM incidents")
    assert json.loads(row["facts"])["story"] == story


async def test_a_number_that_is_the_reporters_own_stays_out_of_the_story(
    running_stage: Stage, reporter: Person
) -> None:
    await comes_to_contact(reporter)
    await agrees(
        reporter, phone="0912 345 678 nhé, gọi giờ hành chính, ngoài giờ tôi phải trông cháu nên không nghe được"
    )
    code = await sends(reporter)
    assert "345 678" not in str((await facts_of(running_stage, code))["story"])
    (kept,) = await contacts(running_stage)
    assert kept["phone"] == "0912345678"


async def test_pressing_a_key_twice_skips_once(reporter: Person, running_stage: Stage) -> None:
    await tells(reporter)
    message = await reporter.sees(WHEN)
    presses = [running_stage.telegram.presses(reporter.user, message, "Không rõ") for _ in range(2)]
    await running_stage.telegram.until(lambda: all(press.answers for press in presses))
    assert sum("không còn dùng được" in toast(press) for press in presses) == 1
    await reporter.sees(CLUES)
