"""The team's card: what it shows and to whom, who takes an incident, who reads its details, and what the log keeps."""

from __future__ import annotations

import re

import pytest

from bot.domain.incidents import EventKind, Status
from bot.domain.people import PERMISSIONS, Permission, Role
from bot.domain.presses import Claim, Details
from tests.conftest import Stage
from tests.journeys.steps import STORY, files, files_with_contact, incident_of, log_of, new
from tests.people import Person, Team

PERSONAL = (
    "Họ gọi từ số 0912 345 678, bắt chuyển vào stk 1903 5678 9012 của Vietcombank, thư gửi từ lua.dao@vidu.example,"
    " rồi bấm https://nhan-qua.vidu.example/abc và 203.0.113.7"
)
SUMMARY = re.compile(r"Nội dung: (.*)")


async def test_of_twenty_who_press_at_once_one_wins_and_nineteen_read_who_has_it(
    running_stage: Stage, reporter: Person
) -> None:
    telegram = running_stage.telegram
    members = [await running_stage.staff(f"Cán bộ số {number:02}", Role.RESPONDER) for number in range(20)]
    team = await running_stage.team(*members)
    code = await files(reporter)
    card = await team.sees(code)

    presses = [telegram.presses(member.user, card, "Nhận xử lý") for member in members]
    await telegram.until(lambda: all(press.answers for press in presses))

    told = [press.answers[0][0] for press in presses]
    (winner,) = [
        member for member, words in zip(members, told, strict=True) if words == f"Anh/Chị đã nhận xử lý {code}."
    ]
    assert told.count(f"{code} đã có người nhận trước: {winner.user.name}.") == 19
    assert winner.user.name in (await team.sees("đã nhận xử lý")).text
    await telegram.until(
        lambda: card.buttons == [["Hỏi người báo", "Khắc phục xong"], ["Chi tiết (riêng)", "Việc khác…"]]
    )
    assert card.edited >= 1, "the card itself is edited, no second one is laid"
    assert sum(code in message.text for message in team.messages) == 1
    await reporter.sees("đã có cán bộ nhận xử lý")
    assert sum("đã có cán bộ nhận xử lý" in message.text for message in reporter.messages) == 1
    assert winner.user.name not in " ".join(message.text for message in reporter.messages)
    assert await log_of(running_stage, code) == [EventKind.FILED, EventKind.CLAIMED]


async def test_the_winner_who_presses_again_reads_that_it_is_already_his(
    reporter: Person, team: Team, responder: Person, running_stage: Stage
) -> None:
    code = await files(reporter)
    card = await team.sees(code)
    data = card.keys[0][0]["callback_data"]
    await team.presses(responder, "Nhận xử lý", code)
    again = running_stage.telegram.presses(responder.user, card, data=data)
    await running_stage.telegram.until(lambda: again.answers)
    assert again.answers[0][0] == f"{code} đã có người nhận trước: chính Anh/Chị."
    assert await log_of(running_stage, code) == [EventKind.FILED, EventKind.CLAIMED]


async def test_being_in_the_group_gives_no_right(running_stage: Stage, reporter: Person) -> None:
    officers = {
        role: await running_stage.staff(f"Người {role}", role)
        for role in Role
        if role not in PERMISSIONS[Permission.SEE_DETAILS] and role is not Role.CITIZEN
    }
    guest = running_stage.person("Khách trong nhóm")
    team = await running_stage.team(*officers.values(), guest)
    code = await files(reporter)
    for member in (*officers.values(), guest):
        for key in ("Nhận xử lý", "Chi tiết (riêng)"):
            press = await team.presses(member, key, code)
            assert press.answers[0][0].startswith("Việc này chỉ người được giao mới làm được."), (member.user.name, key)
    incident = await incident_of(running_stage, code)
    assert (incident.status, incident.owner) == (Status.NEW, None)
    assert await log_of(running_stage, code) == [EventKind.FILED]
    assert guest.messages == []


@pytest.mark.parametrize("role", sorted(PERMISSIONS[Permission.CLAIM]))
async def test_each_role_of_the_team_may_claim(running_stage: Stage, reporter: Person, role: Role) -> None:
    member = await running_stage.staff("Cán bộ", role)
    team = await running_stage.team(member)
    code = await files(reporter)
    await team.presses(member, "Nhận xử lý", code)
    assert (await incident_of(running_stage, code)).status is Status.CLAIMED


async def test_the_card_shows_nothing_of_the_reporter_and_nothing_that_leads_to_a_person(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    code = await files(reporter, PERSONAL)
    card = await team.sees(code)
    shown = f"{card.text} {card.html} {card.keys}"
    for secret in ("0912 345 678", "0912345678", "1903", "5678 9012", "lua.dao@", "https://", "203.0.113.7", "Mận"):
        assert secret not in shown, secret
    for left in ("678", "hxxps://nhan-qua[.]vidu[.]example/abc", "203[.]0[.]113[.]7"):
        assert left in card.text, left
    assert str(reporter.user.id) not in shown
    assert str((await incident_of(running_stage, code)).reporter) not in shown


async def test_what_was_told_in_two_messages_does_not_run_together_on_the_card(reporter: Person, team: Team) -> None:
    code = await files(reporter, "Có người xưng công an gọi Zalo\nHọ bắt tôi chuyển tiền!\nTôi đã chuyển rồi")
    shown = (await team.sees(code)).text
    assert "công an gọi Zalo. Họ bắt tôi chuyển tiền! Tôi đã chuyển rồi" in shown


async def test_a_summary_of_a_long_story_ends_after_two_hundred_characters(reporter: Person, team: Team) -> None:
    code = await files(reporter, "Kẻ gian gọi điện cho mẹ tôi. " * 60)
    card = await team.sees(code)
    found = SUMMARY.search(card.text)
    assert found is not None
    assert 150 < len(found[1]) <= 200
    assert found[1].endswith("…")


async def test_details_go_to_the_private_chat_alone_protected_and_each_opening_is_an_event(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    code = await files_with_contact(reporter, "0912 345 678", "chị Mận")
    await team.sees(code)
    for _ in range(2):
        since = len(responder.messages)
        press = await team.presses(responder, "Chi tiết (riêng)", code)
        assert "tin nhắn riêng" in press.answers[0][0]
        head, story = await new(responder, "Người báo", since), await new(responder, "lời kể", since)
        assert "chị Mận" in head.text
        assert "0912 345 678" in head.text
        assert STORY in story.text
        assert head.protected
        assert story.protected
    assert await log_of(running_stage, code) == [EventKind.FILED, EventKind.OPENED, EventKind.OPENED]
    assert not any("Mận" in message.text or "0912" in message.text for message in team.messages)


async def test_an_anonymous_report_is_shown_as_one(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    await reporter.says("/baosuco")
    await reporter.presses("Tôi bị lừa mất tiền")
    await reporter.sees("Câu 2/")
    await reporter.says(STORY)
    await reporter.presses("Hôm qua")
    await reporter.presses("Bỏ qua", under="Câu 4/")
    await reporter.presses("Không, tôi báo ẩn danh")
    await reporter.presses("Gửi", under="xem lại")
    card = await team.sees("SC-")
    await team.presses(responder, "Chi tiết (riêng)", "SC-")
    head = await responder.sees("Người báo: ẩn danh")
    for message in (card, head):
        assert "Mận" not in message.text
        assert str(reporter.user.id) not in f"{message.text} {message.html} {message.keys}"


async def test_without_consent_no_contact_is_shown_or_kept(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    await reporter.says("/baosuco")
    await reporter.presses("Tôi bị lừa mất tiền")
    await reporter.sees("Câu 2/")
    await reporter.says(STORY)
    await reporter.presses("Hôm qua")
    await reporter.presses("Bỏ qua", under="Câu 4/")
    await reporter.presses("Có, xin gọi lại cho tôi")
    await reporter.presses("Không đồng ý")
    await reporter.presses("Gửi", under="xem lại")
    await team.sees("SC-")
    await team.presses(responder, "Chi tiết (riêng)", "SC-")
    await responder.sees("không để lại liên hệ")
    async with running_stage.bot.store.reading() as tx:
        assert await tx.rows("SELECT * FROM contacts") == []


async def test_a_withdrawn_consent_empties_the_details(reporter: Person, team: Team, responder: Person) -> None:
    code = await files_with_contact(reporter, "0912 345 678", "chị Mận")
    await reporter.says("/riengtu")
    await reporter.presses("Rút lại đồng ý")
    await reporter.sees("đã được xóa")
    await team.presses(responder, "Chi tiết (riêng)", code)
    head = await responder.sees("không để lại liên hệ")
    assert "0912" not in head.text


async def test_somebody_who_never_opened_the_bot_is_told_how(running_stage: Stage, reporter: Person) -> None:
    member = await running_stage.staff("Cán bộ mới", Role.RESPONDER)
    member.user.started = False
    team = await running_stage.team(member)
    code = await files(reporter)
    press = await team.presses(member, "Chi tiết (riêng)", code)
    assert "bấm Bắt đầu" in press.answers[0][0]
    assert member.messages == []


async def test_a_withdrawn_report_cannot_be_claimed_and_its_card_says_so(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    code = await files(reporter)
    card = await team.sees(code)
    data = card.keys[0][0]["callback_data"]
    await reporter.presses("Rút lại tin báo")
    await reporter.presses("Có, rút lại tin báo")
    await team.sees("người báo đã rút")
    await running_stage.telegram.until(lambda: card.buttons == [])
    press = running_stage.telegram.presses(responder.user, card, data=data)
    await running_stage.telegram.until(lambda: press.answers)
    assert "không còn chờ người nhận" in press.answers[0][0]
    assert await log_of(running_stage, code) == [EventKind.FILED, EventKind.WITHDRAWN]


async def test_whoever_works_on_it_hears_that_the_reporter_withdrew(
    reporter: Person, team: Team, responder: Person
) -> None:
    code = await files(reporter)
    await team.presses(responder, "Nhận xử lý", code)
    await reporter.presses("Rút lại tin báo")
    await reporter.presses("Có, rút lại tin báo")
    assert code in (await responder.sees("người báo đã rút lại tin")).text


@pytest.mark.parametrize("press", [Claim("0" * 20), Details("0" * 20), Claim(""), Details("' OR 1=1 --")])
async def test_a_forged_incident_leads_nowhere(team: Team, responder: Person, press: Claim | Details) -> None:
    await responder.says("/trogiup")
    await responder.sees("/hangdoi")
    forged = await responder.forges(press.data())
    assert forged.answers[0][0].startswith("Nút này không còn dùng được")


async def test_details_and_claim_forged_by_a_stranger_are_refused(
    running_stage: Stage, reporter: Person, team: Team, stranger: Person
) -> None:
    code = await files(reporter)
    incident = await incident_of(running_stage, code)
    await stranger.starts()
    await stranger.sees("Xin chào")
    for data in (Claim(incident.id).data(), Details(incident.id).data()):
        press = await stranger.forges(data)
        assert press.answers[0][0].startswith("Việc này chỉ người được giao")
    assert await log_of(running_stage, code) == [EventKind.FILED]
    assert not any(STORY in message.text or code in message.text for message in stranger.messages)


async def test_a_deleted_card_is_laid_again_with_its_newest_state(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    code = await files(reporter)
    card = await team.sees(code)
    running_stage.telegram.promotes(responder.user, team.chat, by=responder.user)
    running_stage.telegram.deletes(responder.user, card)
    press = running_stage.telegram.presses(responder.user, card, "Nhận xử lý")
    await running_stage.telegram.until(lambda: press.answers)
    anew = await team.sees("đã nhận xử lý")
    assert anew.id != card.id
    assert code in anew.text
