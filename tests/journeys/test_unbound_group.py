"""A group that is nobody's: the bot answers two commands, seldom, and keeps nothing of what is said there."""

from __future__ import annotations

import pytest

from bot.domain.people import Role
from bot.playground.telegram import Telegram
from tests.conftest import Stage
from tests.journeys.steps import asks, files, heard_out, new, on_disk
from tests.people import Person, Team

SAID = "chuyện riêng của nhà tôi"


def elsewhere(stage: Stage, *members: Person, bot_admin: bool = False) -> Team:
    """A group of people that has the bot in it, for whatever reason."""
    title = "Tổ dân phố số 3"
    return Team(stage.telegram, stage.telegram.group(title, members=[one.user for one in members], bot_admin=bot_admin))


@pytest.fixture
async def group(running_stage: Stage, stranger: Person) -> Team:
    return elsewhere(running_stage, stranger)


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("/daumoi", "Đầu mối liên hệ chưa được công bố"),
        ("/trogiup", "chỉ trả lời /daumoi và /trogiup"),
        ("/help", "chỉ trả lời /daumoi và /trogiup"),
        ("/daumoi@ungcuu_vidu_bot", "Đầu mối liên hệ chưa được công bố"),
    ],
)
async def test_two_commands_are_answered(group: Team, stranger: Person, command: str, answer: str) -> None:
    await group.says(stranger, command)
    await group.sees(answer)


OTHERS = (
    *("/baosuco", "/tracuu", "/hangdoi", "/cuatoi", "/moi", "/start", "/huy", "/riengtu", "/ngonngu", "/chiase"),
    *("/capnhatdaumoi", "/khac", "/daumoi@another_bot", "/hangdoi@ungcuu_vidu_bot", "/daumoix"),
)


@pytest.mark.parametrize("command", OTHERS)
async def test_no_other_command_is(running_stage: Stage, stranger: Person, command: str) -> None:
    group = elsewhere(running_stage, stranger, bot_admin=True)
    await group.says(stranger, command)
    await group.says(stranger, "/trogiup")
    await group.sees("chỉ trả lời")
    assert len(group.messages) == 1


async def test_it_answers_once_a_minute(running_stage: Stage, group: Team, stranger: Person) -> None:
    await group.says(stranger, "/daumoi")
    await group.sees("Đầu mối")
    for command in ("/daumoi", "/trogiup", "/daumoi"):
        await group.says(stranger, command)
    await heard_out(group, stranger)
    running_stage.clock.move(seconds=59)
    await group.says(stranger, "/trogiup")
    await heard_out(group, stranger)
    assert len(group.messages) == 1
    running_stage.clock.move(seconds=2)
    await group.says(stranger, "/trogiup")
    await group.sees("chỉ trả lời")
    assert len(group.messages) == 2


async def test_each_group_has_its_own_minute(running_stage: Stage, group: Team, stranger: Person) -> None:
    other = elsewhere(running_stage, stranger)
    for one in (group, other):
        await one.says(stranger, "/trogiup")
        await one.sees("chỉ trả lời")


async def says_everything(telegram: Telegram, group: Team, person: Person) -> None:
    """All ways in which words can reach a bot in a group."""
    user, chat = person.user, group.chat
    telegram.says(user, chat, SAID)
    first = telegram.says(user, chat, f"{SAID} @ungcuu_vidu_bot")
    telegram.says(user, chat, f"/daumoi {SAID}", reply_to=first)
    telegram.says(user, chat, f"/trogiup@ungcuu_vidu_bot {SAID}")
    telegram.says(user, chat, f"/daumoi@another_bot {SAID}")
    telegram.says(user, chat, f"/tracuu {SAID}")
    telegram.says(user, chat, f"/gannhom {SAID}")
    telegram.sends_photo(user, chat, b"", f"/daumoi {SAID}")
    telegram.sends_document(user, chat, f"{SAID}.pdf", b"x", caption=f"@ungcuu_vidu_bot {SAID}")
    telegram.sends_poll(user, chat, f"{SAID}?", "có", "không")
    telegram.edits(user, first, f"/daumoi {SAID} sửa lại")
    answer = await group.sees("Đầu mối")
    telegram.says(user, chat, SAID, reply_to=answer)
    telegram.says(user, chat, f"/trogiup {SAID}", reply_to=answer)
    await heard_out(group, person)


@pytest.mark.parametrize("sees_all", [False, True])
async def test_nothing_said_there_is_kept(running_stage: Stage, stranger: Person, sees_all: bool) -> None:
    group = elsewhere(running_stage, stranger, bot_admin=sees_all)
    await says_everything(running_stage.telegram, group, stranger)
    assert on_disk(running_stage.folder, "contact.show"), "the files are there and can be read"
    assert on_disk(running_stage.folder, SAID) == [], "neither in the database nor in its log of changes"
    await running_stage.stop()
    assert on_disk(running_stage.folder, SAID) == []


async def test_in_the_team_s_group_talk_is_not_kept_either(running_stage: Stage, responder: Person) -> None:
    chat = running_stage.telegram.group("Đội ứng cứu", members=[responder.user], bot_admin=True)
    await running_stage.bind(chat)
    team = Team(running_stage.telegram, chat)
    first = await team.says(responder, SAID)
    running_stage.telegram.says(responder.user, chat, "/hangdoi", reply_to=first)
    await team.sees("Đang chờ người nhận")
    await heard_out(team, responder)
    assert on_disk(running_stage.folder, SAID) == []


async def test_a_stranger_in_a_group_gets_no_row_of_his_own(
    running_stage: Stage, group: Team, stranger: Person
) -> None:
    await group.says(stranger, "/trogiup")
    await group.sees("chỉ trả lời")
    async with running_stage.bot.store.reading() as tx:
        assert await tx.rows("SELECT * FROM people WHERE telegram_id = :id", {"id": stranger.user.id}) == []
        (row,) = await tx.rows("SELECT * FROM groups")
    assert row["title"] is None


async def test_the_bot_comes_and_goes_in_silence(running_stage: Stage, group: Team, stranger: Person) -> None:
    telegram = running_stage.telegram
    telegram.removes_bot(group.chat, stranger.user)
    telegram.adds_bot(group.chat, stranger.user)
    telegram.adds_bot(group.chat, stranger.user, admin=True)
    telegram.leaves(stranger.user, group.chat)
    telegram.joins(stranger.user, group.chat)
    await group.says(stranger, "/trogiup")
    await group.sees("chỉ trả lời")
    assert len(group.messages) == 1


async def test_a_member_of_the_team_gets_no_more_there(
    running_stage: Stage, reporter: Person, responder: Person
) -> None:
    code = await files(reporter)
    group = elsewhere(running_stage, responder)
    await group.says(responder, f"/tracuu {code}")
    await group.says(responder, "/hangdoi")
    await group.says(responder, "/trogiup")
    await group.sees("chỉ trả lời")
    await heard_out(group, responder)
    assert len(group.messages) == 1
    assert code not in group.messages[0].text


async def test_privacy_requests_know_nothing_of_groups(group: Team, stranger: Person) -> None:
    await group.says(stranger, f"/trogiup {SAID}")
    await group.sees("chỉ trả lời")
    await asks(stranger, "/riengtu", "Quyền riêng tư")
    since = len(stranger.messages)
    await stranger.presses("Xem dữ liệu của tôi")
    assert SAID not in (await new(stranger, "đang được lưu", since)).text


async def test_an_administrator_may_speak_without_a_face_in_vain(running_stage: Stage, stranger: Person) -> None:
    admin = await running_stage.staff("Tạ Văn Lương", Role.ADMIN)
    chat = running_stage.telegram.group("Nhóm lạ", admins=[admin.user], members=[stranger.user])
    group = Team(running_stage.telegram, chat)
    for _ in range(3):
        running_stage.telegram.says(admin.user, chat, "/gannhom", anonymous_admin=True)
    await group.sees("tắt chế độ ẩn danh")
    await heard_out(group, stranger)
    assert len(group.messages) == 1, "once a minute, like everything there"
