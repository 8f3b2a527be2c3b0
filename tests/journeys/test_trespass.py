"""Nobody sees what is not theirs, and what was taken back is gone: ways round the rules that somebody might find."""

from __future__ import annotations

import pytest

from bot.domain.people import Role
from bot.domain.presses import Details
from bot.domain.sending import Lane, Op
from bot.playground.media import Item
from bot.services.casework.incidents import LONGEST_TOLD
from bot.services.desk import KEYS_ONLY
from storage import codec, outbox, people
from tests.conftest import Stage
from tests.journeys.pieces import PDF, YES, fetched, states
from tests.journeys.steps import STORY, files, files_with_contact, heard_out, new
from tests.journeys.test_referral import _refers as refers
from tests.journeys.threads import Talk, talk
from tests.journeys.walks import quiet, rows
from tests.journeys.working import case, liaison, taken
from tests.people import Person, Team, visible

SECRET = "đừng cho người báo biết"


@pytest.fixture
async def under_card(running_stage: Stage, reporter: Person, responder: Person, team: Team) -> Talk:
    return await talk(running_stage, reporter, responder, team)


def refused(stage: Stage, method: str) -> bool:
    """Telegram has told the bot to wait with something."""
    return any(call.method == method and call.status == 429 for call in stage.telegram.calls)


async def withdraws_consent(person: Person) -> None:
    since = len(person.messages)
    await person.says("/riengtu")
    await new(person, "rút lại sự đồng ý", since)
    await person.presses("Rút lại đồng ý")
    await new(person, "Đã rút lại mọi sự đồng ý", since)


# What was taken back --------------------------------------------------------------------------------------------------


async def test_what_was_shown_by_a_consent_goes_from_the_chats_of_those_who_saw_it(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    code = await files_with_contact(reporter, "0987 654 321", "chị Mận")
    await reporter.sends_photo()
    await reporter.presses(YES)
    await fetched(running_stage)
    await team.presses(responder, "Chi tiết (riêng)", f"{code} · Tôi")
    await responder.sees("0987 654 321")
    await responder.presses("Xem (riêng)")
    await running_stage.telegram.until(lambda: [one for one in responder.messages if one.kind == "photo"])
    await quiet(running_stage)
    await withdraws_consent(reporter)
    await quiet(running_stage)
    shown = [message for message in responder.messages if not message.deleted]
    assert not [message for message in shown if "0987" in message.text or message.kind == "photo"]
    assert not [message for message in shown if "sha256" in message.text.lower()]
    assert STORY in " ".join(message.text for message in shown), "the story needed no consent"


async def test_pictures_in_the_group_go_with_the_consent_also_those_that_still_wait(stage: Stage) -> None:
    stage.policy = stage.policy.model_copy(update={"pictures_in_group": True})
    await stage.start()
    responder = await stage.staff("Đỗ Minh Khôi", Role.RESPONDER)
    under_card = await talk(stage, stage.person("Nguyễn Thị Mận"), responder, await stage.team(responder))
    reporter, team = under_card.reporter, under_card.team
    await reporter.sends_photo()
    await reporter.presses(YES)
    (shown,) = await stage.telegram.until(lambda: [one for one in team.messages if one.kind == "photo"])
    await quiet(stage)
    stage.telegram.fails("429", chat=team.chat, retry_after=2)
    await reporter.sends_photo()
    await stage.telegram.until(lambda: refused(stage, "sendPhoto"))
    await withdraws_consent(reporter)
    await stage.telegram.until(lambda: shown.deleted)
    await quiet(stage)
    assert [one for one in team.messages if one.kind == "photo" and not one.deleted] == []


async def test_what_is_too_old_to_be_deleted_is_written_over(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    code = await files_with_contact(reporter, "0987 654 321", "chị Mận")
    await team.presses(responder, "Chi tiết (riêng)", code)
    head = await responder.sees("0987 654 321")
    await quiet(running_stage)
    running_stage.clock.move(days=3)
    await withdraws_consent(reporter)
    await running_stage.telegram.until(lambda: "0987" not in head.text)
    assert not head.deleted
    assert "đã rút lại sự đồng ý" in head.text


async def test_people_see_how_many_of_their_messages_are_linked_to_reports(under_card: Talk) -> None:
    reporter = under_card.reporter
    await reporter.says("Họ vừa gọi lại cho tôi")
    await under_card.team.sees("Họ vừa gọi lại")
    await reporter.says("/riengtu")
    await reporter.presses("Xem dữ liệu của tôi")
    # One told the story, one came later.
    assert "Tin nhắn đã ghi lại: 2" in (await reporter.sees("Những gì đang được lưu")).text


async def test_a_changed_mind_about_contact_takes_back_what_was_shown_of_it(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    code = await files_with_contact(reporter, "0987 654 321", "chị Mận")
    await team.presses(responder, "Chi tiết (riêng)", f"{code} · Tôi")
    head = await responder.sees("0987 654 321")
    await quiet(running_stage)
    await reporter.presses("Bổ sung")
    await reporter.presses("Không, tôi báo ẩn danh")
    await reporter.presses("Gửi bổ sung", under="đúng rồi thì gửi")
    await running_stage.telegram.until(lambda: head.deleted)


async def test_what_was_never_sent_is_not_asked_to_be_deleted(running_stage: Stage, responder: Person) -> None:
    """Its number is not known: Telegram would hear of no message at all."""
    now = running_stage.clock.now()
    async with running_stage.bot.store.transaction() as tx:
        known = await people.find(tx, responder.user.id)
        assert known is not None
        empty = await outbox.write(tx, outbox.Message(KEYS_ONLY), now)
        await outbox.address(tx, empty, known.id, now, stream=known.id, lane=Lane.NOTICE, op=Op.DELETE)
    running_stage.bot.dispatcher.bell.ring()
    await quiet(running_stage)
    ended = await rows(running_stage, "SELECT state FROM deliveries WHERE op = 'delete'")
    assert ended == [{"state": "expired"}]
    assert not [call for call in running_stage.telegram.calls if call.method == "deleteMessage"]


# What stays in the team -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("noted", [0, 1])
async def test_no_file_of_an_album_that_is_a_note_of_the_team_goes_to_the_reporter(
    under_card: Talk, noted: int
) -> None:
    """Telegram writes the caption of an album under one of its files alone."""
    responder, team = under_card.responder, under_card.team
    before = len(under_card.reporter.messages)
    pieces = [Item("photo", caption=f"// {SECRET}" if number == noted else "") for number in range(3)]
    await responder.sends_album(pieces, chat=team.chat, reply_to=under_card.card)
    await heard_out(team, responder)
    await quiet(under_card.stage)
    assert under_card.reporter.messages[before:] == []


async def test_an_expert_who_has_a_case_does_not_read_the_names_of_its_files(running_stage: Stage) -> None:
    one = await case(running_stage, Role.EXPERT)
    await one.presses("Nhận xử lý")
    await one.shows("đã nhận xử lý")
    running_stage.telegram.fails("file_path", "getFile", path="/etc/passwd")
    await one.reporter.sends_document("cccd-Nguyen-Thi-Man.pdf", PDF, "application/pdf")
    await one.officer.sees("chưa lưu được 1 tệp")
    assert not [message for message in one.officer.messages if "Nguyen-Thi-Man" in message.text]


async def test_names_and_places_that_were_sent_as_cards_are_masked_in_the_group(under_card: Talk) -> None:
    reporter, team = under_card.reporter, under_card.team
    await reporter.sends("contact", {"phone_number": "+84912345678", "first_name": "Trần Thị", "last_name": "Hoa"})
    await team.sees("Danh bạ")
    spot = {"latitude": 20.25, "longitude": 105.97}
    await reporter.sends("venue", {"title": "Nhà riêng bà Hoa", "address": "12 Lê Lợi", "location": spot})
    await team.sees("Địa điểm")
    read = " ".join(visible(message) for message in team.messages)
    for words in ("Trần Thị", "Hoa", "Nhà riêng", "Lê Lợi", "912345"):
        assert words not in read, words


async def test_a_role_has_no_moment_more_than_it_was_given_for(running_stage: Stage) -> None:
    one = await case(running_stage, Role.TEAM_LEAD)
    expert = await running_stage.staff("Chuyên gia thuê (thử)", Role.EXPERT)
    async with running_stage.bot.store.transaction() as tx:
        over = codec.at(running_stage.clock.now())
        await tx.run("UPDATE roles SET expires_at = :over WHERE role = 'expert'", {"over": over})
    await expert.starts()
    await expert.sees("Xin chào")
    incident = await one.stands()
    press = await expert.forges(Details(incident.id).data())
    assert (press.answers[0][0] or "").startswith("Việc này chỉ người được giao")
    assert not expert.showing(STORY)


async def test_no_number_escapes_the_mask_where_a_long_message_is_cut(running_stage: Stage) -> None:
    one = await case(running_stage, Role.EXPERT)
    for shift in range(0, 12, 3):
        words = "a" * (LONGEST_TOLD - 16 + shift) + " 0912 345 678 là số của tôi"
        await one.reporter.says(words)
        await one.team.sees("là số của tôi")
    await one.presses("Chi tiết (riêng)")
    await one.officer.sees("nhắn thêm")
    await quiet(running_stage)
    assert not [message for message in one.officer.messages if "345" in message.text]


# What is kept ---------------------------------------------------------------------------------------------------------


async def test_a_picture_by_its_name_needs_the_notice_whatever_type_it_declares(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await files(reporter)
    for name, mime in (("IMG_0001.JPG", "application/octet-stream"), ("cccd.heic", "")):
        await reporter.sends_document(name, PDF, mime)
    await reporter.sees("dữ liệu cá nhân nhạy cảm")
    await quiet(running_stage)
    assert await states(running_stage) == ["asked", "asked"]
    assert not team.showing("Người báo gửi")


async def test_what_the_bot_had_said_is_not_stored_again_with_an_answer_or_a_press(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    code = await files_with_contact(reporter, "0987 654 321", "chị Mận")
    await team.presses(responder, "Chi tiết (riêng)", f"{code} · Tôi")
    head = await responder.sees("0987 654 321")
    await quiet(running_stage)
    async with running_stage.bot.store.transaction() as tx:
        # Nothing of an update is erased once it was worked, so that all that was stored can be read.
        await tx.run(
            "CREATE TRIGGER keep AFTER UPDATE ON inbox WHEN old.body IS NOT NULL"
            " BEGIN UPDATE inbox SET reference = old.body WHERE id = old.id; END"
        )
    since = len(responder.messages)
    await responder.replies(head, "Tôi đã gọi")
    await new(responder, "trong nhóm", since)
    await responder.forges("none of ours")
    await quiet(running_stage)
    stored = [row["reference"] for row in await rows(running_stage, "SELECT reference FROM inbox") if row["reference"]]
    assert any("reply_to_message" in body for body in stored)
    assert not [body for body in stored if "0987" in body]


async def test_a_liaison_who_comes_too_late_is_not_told_who_of_the_team_has_it(running_stage: Stage) -> None:
    police = await liaison(running_stage, "Lê Văn Công", "police")
    one = await taken(running_stage)
    await refers(one)
    await police.sees("đề nghị")
    running_stage.clock.move(hours=24)
    await one.team.sees("quá hạn")
    await one.presses("Khắc phục xong")
    await one.shows("đã khắc phục")
    late = await police.presses("Tiếp nhận")
    assert "Chưa làm được" in (late.answers[0][0] or "")
    assert one.officer.user.name not in (late.answers[0][0] or "")
