"""The team's group: bound by an administrator, looked around in, replaced with a second thought, moved without loss."""

from __future__ import annotations

from typing import Literal

import pytest

from bot.domain.incidents import EventKind, Status
from bot.domain.people import Role
from bot.domain.presses import Bind
from bot.playground.chats import Chat
from bot.playground.telegram import Telegram
from handlers import IN_PRIVATE
from storage import groups
from tests.conftest import Stage
from tests.journeys.steps import files, heard_out, incident_of, log_of, new
from tests.people import Person, Team


@pytest.fixture
async def admin(running_stage: Stage) -> Person:
    return await running_stage.staff("Tạ Văn Lương", Role.ADMIN)


def room(stage: Stage, *members: Person, title: str = "Phòng trực", bot_admin: bool = False) -> Team:
    """A group that the bot is in and that nobody has bound."""
    chat = stage.telegram.group(title, members=[member.user for member in members], bot_admin=bot_admin)
    return Team(stage.telegram, chat)


async def bound_chat(stage: Stage) -> int | None:
    async with stage.bot.store.reading() as tx:
        team = await groups.team(tx)
    return team.telegram_id if team else None


async def test_the_first_binding_acts_at_once_and_the_bot_tells_what_it_sees(
    running_stage: Stage, admin: Person
) -> None:
    team = room(running_stage, admin)
    await team.says(admin, "/gannhom")
    await team.sees("Từ bây giờ thẻ sự cố gửi vào nhóm này")
    sight = await team.sees("Trong nhóm này bot là thành viên")
    assert "chỉ thấy lệnh, nút bấm và tin trả lời vào tin của bot" in sight.text
    assert await bound_chat(running_stage) == team.chat.id


async def test_a_bot_that_sees_every_word_says_so_and_how_to_change_it(running_stage: Stage, admin: Person) -> None:
    team = room(running_stage, admin, bot_admin=True)
    await team.says(admin, "/gannhom")
    sight = await team.sees("bot là quản trị viên")
    assert "mọi tin nhắn" in sight.text
    assert "/setprivacy" in sight.text


async def test_a_bot_without_privacy_mode_says_so_too(stage: Stage) -> None:
    stage.telegram.me.privacy = False
    await stage.start()
    admin = await stage.staff("Tạ Văn Lương", Role.ADMIN)
    team = room(stage, admin)
    await team.says(admin, "/gannhom")
    assert "mọi tin nhắn" in (await team.sees("bot là thành viên")).text


async def test_a_public_group_is_refused(running_stage: Stage, admin: Person) -> None:
    chat = running_stage.telegram.group("Công khai", members=[admin.user], username="doiungcuu_vidu")
    team = Team(running_stage.telegram, chat)
    await team.says(admin, "/gannhom")
    await team.sees("tên công khai")
    assert await bound_chat(running_stage) is None


async def test_nobody_but_an_administrator_binds(running_stage: Stage, stranger: Person) -> None:
    others = [await running_stage.staff(f"Người {role}", role) for role in Role if role is not Role.ADMIN]
    for member in (*others, stranger):
        team = room(running_stage, member)
        await team.says(member, "/gannhom")
        await team.sees("chỉ người được giao mới làm được")
    assert await bound_chat(running_stage) is None


async def test_a_stranger_cannot_make_the_bot_talk_by_asking_to_bind(running_stage: Stage, stranger: Person) -> None:
    """Outside of the team's group the bot answers once a minute, whatever it is asked."""
    team = room(running_stage, stranger)
    await team.says(stranger, "/gannhom")
    await team.sees("chỉ người được giao")
    for _ in range(3):
        await team.says(stranger, "/gannhom")
    await heard_out(team, stranger)
    running_stage.clock.move(seconds=61)
    await team.says(stranger, "/trogiup")
    await team.sees("chỉ trả lời /daumoi và /trogiup")
    assert len(team.messages) == 2


async def test_an_anonymous_administrator_is_asked_to_act_as_oneself(running_stage: Stage, admin: Person) -> None:
    chat = running_stage.telegram.group("Phòng trực", admins=[admin.user])
    team = Team(running_stage.telegram, chat)
    running_stage.telegram.says(admin.user, chat, "/gannhom", anonymous_admin=True)
    await team.sees("tắt chế độ ẩn danh")
    assert await bound_chat(running_stage) is None
    await team.says(admin, "/gannhom")
    await team.sees("Từ bây giờ")


async def test_binding_in_private_explains_where(running_stage: Stage, admin: Person) -> None:
    await admin.says("/gannhom")
    await admin.sees("thêm bot vào nhóm của đội")
    assert await bound_chat(running_stage) is None


async def test_binding_the_same_group_again_changes_nothing(running_stage: Stage, admin: Person) -> None:
    team = room(running_stage, admin)
    await team.says(admin, "/gannhom")
    await team.sees("Từ bây giờ")
    await team.says(admin, "/gannhom")
    await team.sees("đang nhận thẻ sự cố rồi")
    assert await bound_chat(running_stage) == team.chat.id


async def test_binding_again_lays_the_cards_that_could_not_be_sent(
    running_stage: Stage, admin: Person, reporter: Person, responder: Person
) -> None:
    telegram = running_stage.telegram
    team = room(running_stage, admin, responder)
    await team.says(admin, "/gannhom")
    await team.sees("Từ bây giờ")
    telegram.removes_bot(team.chat, admin.user)
    code = await files(reporter)
    await admin.sees("Không gửi được thẻ sự cố")
    telegram.adds_bot(team.chat, admin.user)
    await team.says(admin, "/gannhom")
    await team.sees(code)
    await team.presses(responder, "Nhận xử lý", code)
    await reporter.sees("đã có cán bộ nhận xử lý")


async def test_administrators_of_the_settings_are_there_from_the_start(stage: Stage) -> None:
    stage.admins = (7_000_000_071,)
    await stage.start()
    admin = stage.person("Tạ Văn Lương", telegram_id=7_000_000_071)
    team = room(stage, admin)
    await team.says(admin, "/gannhom")
    await team.sees("Từ bây giờ")
    assert await bound_chat(stage) == team.chat.id


async def test_incidents_that_waited_for_a_group_appear_in_it(
    running_stage: Stage, admin: Person, reporter: Person, stranger: Person
) -> None:
    codes = [await files(one) for one in (reporter, stranger)]
    await admin.sees(codes[0])
    team = room(running_stage, admin)
    await team.says(admin, "/gannhom")
    for code in codes:
        assert (await team.sees(code)).buttons == [["Nhận xử lý", "Chi tiết (riêng)"], ["Việc khác…"]]


async def test_replacing_is_confirmed_in_private_by_whoever_asked_and_told_to_the_old_group(
    running_stage: Stage, admin: Person, reporter: Person, responder: Person
) -> None:
    other_admin = await running_stage.staff("Quản trị khác", Role.ADMIN)
    old, fresh = room(running_stage, admin, responder, title="Nhóm cũ"), room(running_stage, admin, title="Nhóm mới")
    await old.says(admin, "/gannhom")
    await old.sees("Từ bây giờ")
    code = await files(reporter)
    await old.sees(code)

    await fresh.says(admin, "/gannhom")
    await fresh.sees("xin xác nhận trong tin nhắn riêng")
    question = await admin.sees("Nhóm mới")
    assert "Nhóm cũ" in question.text
    assert await bound_chat(running_stage) == old.chat.id, "nothing has happened yet"

    yes = question.keys[0][0]["callback_data"]
    await other_admin.says("/trogiup")
    await other_admin.sees("/moi")
    for intruder in (other_admin, responder, reporter):
        await asks_help(intruder)
        assert (await intruder.forges(yes)).answers[0][0] != ""
        assert await bound_chat(running_stage) == old.chat.id, intruder.user.name

    await admin.presses("Chuyển sang nhóm mới")
    await old.sees("không còn nhận thẻ sự cố")
    await fresh.sees("Từ bây giờ")
    await fresh.sees(code)
    await admin.sees("Nhóm cũ đã được báo")
    assert await bound_chat(running_stage) == fresh.chat.id


async def asks_help(person: Person) -> None:
    since = len(person.messages)
    await person.says("/trogiup")
    await new(person, "làm được những việc sau", since)


async def test_the_old_group_can_be_kept(running_stage: Stage, admin: Person) -> None:
    old, fresh = room(running_stage, admin, title="Nhóm cũ"), room(running_stage, admin, title="Nhóm mới")
    await old.says(admin, "/gannhom")
    await old.sees("Từ bây giờ")
    await fresh.says(admin, "/gannhom")
    question = await admin.sees("Nhóm mới")
    data = question.keys[0][0]["callback_data"]
    await admin.presses("Giữ nhóm cũ")
    await admin.sees("Giữ nguyên nhóm")
    assert await bound_chat(running_stage) == old.chat.id
    late = await admin.forges(data)
    assert late.answers[0][0].startswith("Nút này không còn dùng được")
    assert await bound_chat(running_stage) == old.chat.id


async def test_only_the_newest_question_about_a_group_counts(running_stage: Stage, admin: Person) -> None:
    old, second, third = (room(running_stage, admin, title=title) for title in ("Nhóm một", "Nhóm hai", "Nhóm ba"))
    await old.says(admin, "/gannhom")
    await old.sees("Từ bây giờ")
    await second.says(admin, "/gannhom")
    first_question = await admin.sees("Nhóm hai")
    await third.says(admin, "/gannhom")
    await admin.sees("Nhóm ba")
    press = await admin.forges(first_question.keys[0][0]["callback_data"])
    assert press.answers[0][0].startswith("Nút này không còn dùng được")
    assert await bound_chat(running_stage) == old.chat.id


async def test_a_released_group_has_dead_buttons_and_hears_nothing_more(
    running_stage: Stage, admin: Person, reporter: Person, responder: Person
) -> None:
    telegram = running_stage.telegram
    old = room(running_stage, admin, responder, title="Nhóm cũ")
    fresh = room(running_stage, admin, responder, title="Nhóm mới")
    await old.says(admin, "/gannhom")
    await old.sees("Từ bây giờ")
    code = await files(reporter)
    card = await old.sees(code)
    claim, details = (key["callback_data"] for key in card.keys[0])
    await fresh.says(admin, "/gannhom")
    await admin.presses("Chuyển sang nhóm mới")
    await fresh.sees(code)

    for data in (claim, details):
        press = telegram.presses(responder.user, card, data=data)
        await telegram.until(lambda press=press: press.answers)  # type: ignore[misc]
        assert press.answers[0][0].startswith("Nút này không còn dùng được"), data
    assert await log_of(running_stage, code) == [EventKind.FILED]

    before = card.edited
    await fresh.presses(responder, "Nhận xử lý", code)
    await fresh.sees("đã nhận xử lý")
    await reporter.sees("đã có cán bộ nhận xử lý")
    assert card.edited == before, "who works on what is no business of the old group"
    await old.says(responder, "/hangdoi")
    await heard_out(old, responder)
    await old.says(responder, "/daumoi")
    await old.sees("Đầu mối")
    assert not any("Đang chờ người nhận" in message.text for message in old.messages)


@pytest.mark.parametrize("told_first", ["update", "error"])
async def test_a_group_that_becomes_a_supergroup_keeps_everything(
    running_stage: Stage, reporter: Person, responder: Person, told_first: Literal["update", "error"]
) -> None:
    telegram, chat, claimed, waiting = await _working_group(running_stage, reporter, responder)
    moved = telegram.migrates(chat, told_first)
    team = Team(telegram, moved)
    another = running_stage.person("Người báo khác")
    third = await files(another)
    await team.sees(third)
    await team.says(responder, "/hangdoi")
    listed = await team.sees("Đang chờ người nhận: 2")
    assert waiting in listed.text
    assert claimed not in listed.text

    assert await bound_chat(running_stage) == moved.id
    for code in (third, waiting):
        await team.presses(responder, f"Nhận {code}")
        assert (await incident_of(running_stage, code)).status is Status.CLAIMED
    for code in (claimed, waiting, third):
        assert EventKind.CLAIMED in await log_of(running_stage, code)
    async with running_stage.bot.store.reading() as tx:
        duties = await tx.rows("SELECT telegram_id FROM groups WHERE duty = 'team'")
    assert [row["telegram_id"] for row in duties] == [moved.id]


@pytest.mark.parametrize("told_first", ["update", "error"])
async def test_after_a_move_the_cards_of_open_incidents_live_in_the_new_chat(
    running_stage: Stage, reporter: Person, responder: Person, told_first: Literal["update", "error"]
) -> None:
    telegram, chat, claimed, waiting = await _working_group(running_stage, reporter, responder)
    moved = telegram.migrates(chat, told_first)
    team = Team(telegram, moved)
    await files(running_stage.person("Người báo khác"))
    card = await team.sees(waiting)
    await team.sees(claimed)
    await team.presses(responder, "Nhận xử lý", waiting)
    await telegram.until(lambda: "Đỗ Minh Khôi" in card.text)


async def test_a_move_told_in_the_opposite_order_and_twice_keeps_the_binding(
    running_stage: Stage, reporter: Person, responder: Person
) -> None:
    """Each of the two service messages comes in a chat of its own, so either may be worked first, and again."""
    telegram, chat, _, waiting = await _working_group(running_stage, reporter, responder)
    moved = telegram.migrates(chat, "error")
    leave, enter = next(reversed(chat.messages.values())), next(iter(moved.messages.values()))
    for message in (enter, leave, leave, enter):
        telegram.tell("message", message.wire())
    team = Team(telegram, moved)
    await team.sees(waiting)
    await team.says(responder, "/hangdoi")
    assert waiting in (await team.sees("Đang chờ người nhận: 1")).text
    assert await bound_chat(running_stage) == moved.id


async def test_what_is_said_in_the_new_chat_before_the_move_is_told_does_not_split_the_group(
    running_stage: Stage, reporter: Person, responder: Person
) -> None:
    telegram, chat, _, waiting = await _working_group(running_stage, reporter, responder)
    moved = telegram.migrates(chat, "error")
    team = Team(telegram, moved)
    await team.says(responder, "/trogiup")
    await team.sees("chỉ trả lời /daumoi và /trogiup")
    await files(running_stage.person("Người báo khác"))
    await team.sees(waiting)
    assert await bound_chat(running_stage) == moved.id


async def _working_group(stage: Stage, reporter: Person, responder: Person) -> tuple[Telegram, Chat, str, str]:
    """A basic group with one claimed and one waiting incident."""
    chat = stage.telegram.group("Đội ứng cứu", members=[responder.user], admins=[responder.user], type="group")
    await stage.bind(chat)
    team = Team(stage.telegram, chat)
    claimed, waiting = await files(reporter), await files(stage.person("Người báo thứ hai"))
    await team.presses(responder, "Nhận xử lý", claimed)
    await team.sees("đã nhận xử lý")
    await team.sees(waiting)
    return stage.telegram, chat, claimed, waiting


async def test_a_group_that_throws_the_bot_out_is_told_to_administrators(
    running_stage: Stage, admin: Person, reporter: Person, responder: Person
) -> None:
    team = await running_stage.team(responder)
    running_stage.telegram.removes_bot(team.chat, responder.user)
    await files(reporter)
    await admin.sees("Không gửi được thẻ sự cố")
    await responder.says("/hangdoi")
    await responder.sees("Đang chờ người nhận: 1")


async def test_a_released_group_that_moves_gets_no_cards(
    running_stage: Stage, admin: Person, reporter: Person, responder: Person
) -> None:
    telegram = running_stage.telegram
    chat = telegram.group("Nhóm cũ", members=[responder.user], admins=[admin.user], type="group")
    old, fresh = Team(telegram, chat), room(running_stage, admin, responder, title="Nhóm mới")
    await old.says(admin, "/gannhom")
    await old.sees("Từ bây giờ")
    code = await files(reporter)
    await old.sees(code)
    await fresh.says(admin, "/gannhom")
    await admin.presses("Chuyển sang nhóm mới")
    await fresh.sees(code)
    moved = Team(telegram, telegram.migrates(chat))
    await fresh.presses(responder, "Nhận xử lý", code)
    await fresh.sees("đã nhận xử lý")
    await moved.says(responder, "/trogiup")
    await moved.sees("chỉ trả lời /daumoi và /trogiup")
    assert not any(code in message.text for message in moved.messages)
    assert await bound_chat(running_stage) == fresh.chat.id


async def test_a_binding_press_forged_in_a_group_does_nothing(
    running_stage: Stage, admin: Person, reporter: Person, responder: Person
) -> None:
    team = await running_stage.team(admin, responder)
    code = await files(reporter)
    card = await team.sees(code)
    press = running_stage.telegram.presses(admin.user, card, data=Bind("0" * 20, "yes").data())
    await running_stage.telegram.until(lambda: press.answers)
    assert press.answers[0][0].startswith("Nút này không còn dùng được")


async def test_each_command_of_the_private_chat_says_in_the_group_where_it_works(
    running_stage: Stage, admin: Person
) -> None:
    team = await running_stage.team(admin)
    for name in IN_PRIVATE:
        await team.says(admin, f"/{name}@{running_stage.telegram.me.username}")
        assert "tin nhắn riêng" in (await team.sees(f"Lệnh /{name} ")).text
    elsewhere = room(running_stage, admin)
    await elsewhere.says(admin, "/dieuphoi")
    await elsewhere.says(admin, "/trogiup")
    await elsewhere.sees("Trong nhóm này bot chỉ trả lời")
    assert len(elsewhere.messages) == 1
