"""A seat in the team's group counts for responders: who leaves can press nothing, wherever and with whatever data."""

from __future__ import annotations

import asyncio
import json

import pytest

from bot.domain.people import Role
from bot.domain.presses import Claim, Details
from handlers import seats as edge
from storage import groups, seats
from tests.conftest import Stage
from tests.journeys.steps import asks, files, files_with_contact, incident_of, new
from tests.people import Person, Team

NO_SEAT = "đang ở trong nhóm của đội"
TOLD = "không có trong nhóm của đội"


@pytest.fixture
async def admin(running_stage: Stage) -> Person:
    return await running_stage.staff("Tạ Văn Lương", Role.ADMIN)


async def heard_out(team: Team, member: Person) -> None:
    """Wait until the bot has worked everything that happened in the group: its updates are worked in order."""
    since = len(team.messages)
    await team.says(member, "/trogiup")
    await new(team, "Nhóm này nhận thẻ sự cố", since)


async def refused(stage: Stage, person: Person, team: Team, code: str) -> bool:
    """Whether every way of a responder is closed: key, forged key in the group and in private, command."""
    incident = await incident_of(stage, code)
    card = await team.sees(code)
    answers = []
    for data in (Claim(incident.id).data(), Details(incident.id).data()):
        press = stage.telegram.presses(person.user, card, data=data)
        await stage.telegram.until(lambda press=press: press.answers)  # type: ignore[misc]
        answers.append(press.answers[0][0] or "")
        answers.append((await person.forges(data)).answers[0][0] or "")
    await asks(person, "/hangdoi", NO_SEAT)
    return all(NO_SEAT in answer for answer in answers)


@pytest.mark.parametrize("bot_is_admin", [True, False])
async def test_who_leaves_the_group_can_press_nothing_and_the_administrators_are_told_once(
    running_stage: Stage, admin: Person, responder: Person, team: Team, reporter: Person, bot_is_admin: bool
) -> None:
    """An administrator is told by `chat_member`; any bot of a group that is not too large sees the parting message."""
    if bot_is_admin:
        running_stage.telegram.adds_bot(team.chat, admin.user, admin=True)
    code = await files(reporter)
    await team.sees(code)
    await asks(responder, "/hangdoi", code)
    running_stage.telegram.leaves(responder.user, team.chat)
    await admin.sees(TOLD)
    assert await refused(running_stage, responder, team, code)
    assert sum(TOLD in message.text for message in admin.messages) == 1
    assert (await incident_of(running_stage, code)).owner is None
    running_stage.clock.move(days=1, minutes=1)
    await asks(responder, "/hangdoi", NO_SEAT)
    await running_stage.telegram.until(lambda: sum(TOLD in message.text for message in admin.messages) == 2)


async def test_who_comes_back_may_work_again(
    running_stage: Stage, admin: Person, responder: Person, team: Team, reporter: Person
) -> None:
    code = await files(reporter)
    running_stage.telegram.leaves(responder.user, team.chat)
    await admin.sees(TOLD)
    team.chat.members[responder.user.id] = "member"  # nobody tells the bot
    assert NO_SEAT in ((await team.presses(responder, "Nhận xử lý", code)).answers[0][0] or ""), (
        "a press proves nothing"
    )
    await team.says(responder, "/hangdoi")
    await heard_out(team, responder)
    assert (await team.presses(responder, f"Nhận {code}")).answers[0][0] == f"Anh/Chị đã nhận xử lý {code}."


async def test_a_fresh_responder_who_is_not_in_the_group_is_found_out_and_let_in_by_joining(
    running_stage: Stage, admin: Person, team: Team, responder: Person
) -> None:
    running_stage.telegram.adds_bot(team.chat, admin.user, admin=True)
    fresh = await running_stage.staff("Người mới", Role.RESPONDER, seated=False)
    running_stage.clock.move(seconds=30)
    await admin.sees("Người mới (Thành viên đội) không có trong nhóm")
    await asks(fresh, "/hangdoi", NO_SEAT)
    running_stage.telegram.joins(fresh.user, team.chat)
    await heard_out(team, responder)
    await asks(fresh, "/hangdoi", "Đang chờ người nhận")


async def test_once_a_day_telegram_is_asked_who_is_still_there(
    running_stage: Stage, admin: Person, responder: Person, team: Team
) -> None:
    await asks(responder, "/hangdoi", "Đang chờ người nhận")
    team.chat.members[responder.user.id] = "left"  # nobody tells the bot
    await asks(responder, "/hangdoi", "Đang chờ người nhận")
    running_stage.clock.move(days=1, minutes=1)
    await admin.sees(TOLD)
    await asks(responder, "/hangdoi", NO_SEAT)


async def test_an_officer_who_is_no_responder_needs_no_seat(running_stage: Stage, team: Team) -> None:
    auditor = await running_stage.staff("Người kiểm tra", Role.AUDITOR)
    await asks(auditor, "/hangdoi", "Đang chờ người nhận")


async def test_where_the_bot_does_not_see_who_leaves_the_list_of_roles_says_so(
    running_stage: Stage, admin: Person, team: Team
) -> None:
    blind = "chưa thấy được ai rời nhóm"
    await asks(admin, "/quyen", blind)
    running_stage.telegram.adds_bot(team.chat, admin.user, admin=True)
    await heard_out_of_news(running_stage, team, sees=True)
    assert blind not in (await asks(admin, "/quyen", "Ai giữ vai trò gì")).text
    running_stage.telegram.adds_bot(team.chat, admin.user, admin=False)
    await heard_out_of_news(running_stage, team, sees=False)
    await asks(admin, "/quyen", blind)


async def heard_out_of_news(stage: Stage, team: Team, *, sees: bool) -> None:
    """Wait until the bot knows whether it is told of departures."""
    known = not sees
    async with asyncio.timeout(60):
        while known is not sees:
            async with stage.bot.store.reading() as tx:
                group = await groups.find(tx, team.chat.id)
            known = group is not None and group.sees_members


async def test_a_stranger_who_comes_and_goes_leaves_no_trace(
    running_stage: Stage, admin: Person, team: Team, responder: Person, stranger: Person
) -> None:
    running_stage.telegram.adds_bot(team.chat, admin.user, admin=True)
    running_stage.telegram.joins(stranger.user, team.chat)
    running_stage.telegram.leaves(stranger.user, team.chat)
    await heard_out(team, responder)
    async with running_stage.bot.store.reading() as tx:
        assert await tx.rows("SELECT * FROM people WHERE telegram_id = :id", {"id": stranger.user.id}) == []


def member(status: str, **more: object) -> dict[str, object]:
    user = {"id": 7, "is_bot": False, "first_name": "Tên", "last_name": "Họ", "username": "ten_ho"}
    return {"user": user, "status": status, **more}


@pytest.mark.parametrize(
    ("standing", "kept"),
    [
        (member("creator", is_anonymous=False), "member"),
        (member("administrator", custom_title="Trưởng phòng"), "member"),
        (member("member"), "member"),
        (member("restricted", is_member=True), "member"),
        (member("restricted", is_member=False), "left"),
        (member("left"), "left"),
        (member("kicked", until_date=0), "left"),
        (member("of_tomorrow"), "left"),
    ],
)
def test_of_a_change_in_the_group_ids_and_standing_alone_are_kept(standing: dict[str, object], kept: str) -> None:
    change = {
        "chat": {"id": -1, "type": "supergroup", "title": "Tên nhóm"},
        "from": {"id": 8, "is_bot": False, "first_name": "Tên"},
        "date": 1,
        "old_chat_member": member("left"),
        "new_chat_member": standing,
    }
    bare = edge.bare({"update_id": 5, "chat_member": change})
    assert bare is not None
    assert bare["chat_member"]["new_chat_member"]["status"] == kept
    said = json.dumps(bare, ensure_ascii=False)
    assert not any(word in said for word in ("Tên", "Họ", "ten_ho", "Trưởng phòng"))


@pytest.mark.parametrize(
    "raw", [{}, {"message": {"text": "a"}}, {"chat_member": {}}, {"chat_member": {"new_chat_member": 5}}]
)
def test_what_is_no_coming_or_going_is_none(raw: dict[str, object]) -> None:
    assert edge.bare(raw) is None


async def test_seats_are_known_by_rows_of_the_present_group_alone(
    running_stage: Stage, admin: Person, responder: Person, team: Team
) -> None:
    fresh = running_stage.telegram.group("Nhóm mới", members=[admin.user])
    running_stage.telegram.says(admin.user, fresh, "/gannhom")
    await admin.presses("Chuyển sang nhóm mới")
    await admin.sees("Từ bây giờ thẻ sự cố gửi vào nhóm")
    running_stage.clock.move(seconds=30)
    await admin.sees(TOLD)
    await asks(responder, "/hangdoi", NO_SEAT)
    async with running_stage.bot.store.reading() as tx:
        row = await tx.row("SELECT id FROM groups WHERE telegram_id = :chat", {"chat": fresh.id})
        assert row is not None
        assert (await seats.due(tx, row["id"], running_stage.clock.now(), 5))[0].telegram_id == responder.user.id


async def test_a_hired_expert_reads_the_story_without_personal_data(running_stage: Stage, reporter: Person) -> None:
    """No contact, no files, no phone number in the words; a member of the team reads them all."""
    expert, member = [await running_stage.staff(str(role), role) for role in (Role.EXPERT, Role.RESPONDER)]
    team = await running_stage.team(expert, member)
    code = await files_with_contact(reporter, "0912 345 678", "chị Mận ở tổ ba")
    incident = await incident_of(running_stage, code)
    async with running_stage.bot.store.transaction() as tx:
        facts = json.dumps({**incident.facts, "story": "Họ gọi tôi từ số 0987 654 321"})
        await tx.run("UPDATE incidents SET facts = :facts WHERE id = :id", {"facts": facts, "id": incident.id})
    for reader, sees in ((expert, False), (member, True)):
        await team.presses(reader, "Chi tiết (riêng)", code)
        head = await reader.sees("Người báo:")
        story = await reader.sees("Họ gọi tôi từ số")
        assert ("chị Mận" in head.text, "0987" in story.text) == (sees, sees)
        assert ("không hiện với vai trò" in head.text) is not sees
