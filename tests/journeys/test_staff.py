"""How somebody becomes staff: a one-time link, the own contact, the word of an administrator; and not otherwise."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from bot.domain.people import INVITED, Role
from bot.domain.presses import Admit, Invite
from bot.playground.chats import Message
from tests.conftest import Stage
from tests.journeys.steps import asks, files, new, on_disk
from tests.people import Person, Team, visible

LINK = re.compile(r"https://t\.me/\w+\?start=([\w-]+)")
LABELS = {
    Role.AGENCY_CONTACT: "Đầu mối cơ quan",
    Role.ISP_CONTACT: "Đầu mối nhà mạng",
    Role.RESPONDER: "Thành viên đội",
    Role.DUTY_OFFICER: "Trực ban",
    Role.DEPUTY_LEAD: "Đội phó",
    Role.TEAM_LEAD: "Đội trưởng",
    Role.EXPERT: "Chuyên gia thuê ngoài",
    Role.STANDING_UNIT: "Đơn vị thường trực",
    Role.APPROVER: "Người duyệt tin",
    Role.LIAISON: "Cán bộ phối hợp",
    Role.AUDITOR: "Người kiểm tra",
    Role.ADMIN: "Quản trị bot",
}
# What is asked besides before a link is made.
TERMS = {Role.EXPERT: "90 ngày", Role.LIAISON: "Công an tỉnh Ninh Bình"}


@pytest.fixture
async def admin(running_stage: Stage) -> Person:
    return await running_stage.staff("Tạ Văn Lương", Role.ADMIN)


@pytest.fixture
async def newcomer(running_stage: Stage) -> Person:
    return running_stage.person("Vũ Thị Ngọc Ánh")


async def link_for(admin: Person, role: Role) -> str:
    """Ask for a one-time link; what stands behind `?start=`."""
    since = len(admin.messages)
    await asks(admin, "/moi", "Mời người mới vào vai trò nào")
    await admin.presses(LABELS[role])
    if role in TERMS:
        await admin.presses(TERMS[role])
    found = LINK.search((await new(admin, "Liên kết mời", since)).text)
    assert found is not None
    return found[1]


async def shares_contact(person: Person, phone: str = "+84912345678", of: str | None = None) -> None:
    person.telegram.shares_contact(person.user, person.chat, phone, of=of)


async def admitted(admin: Person, person: Person, role: Role) -> None:
    token = await link_for(admin, role)
    await person.starts(token)
    await person.sees("Xin bấm nút bên dưới")
    await shares_contact(person)
    await person.sees("Người quản trị sẽ xác nhận")
    await admin.presses("Xác nhận")
    await person.sees("đã có hiệu lực")


async def plain_start(stage: Stage) -> Message:
    """What a plain /start is answered with."""
    somebody = stage.person("Người mở bot bình thường")
    await somebody.starts()
    return await somebody.sees("Xin chào")


async def reads_like_a_plain_start(stage: Stage, person: Person, token: str) -> None:
    since = len(person.messages)
    await person.starts(token)
    answer = await new(person, "Xin chào", since)
    plain = await plain_start(stage)
    assert (answer.text, answer.html, answer.buttons) == (plain.text, plain.html, plain.buttons)
    assert len(person.messages) == since + 1


@pytest.mark.parametrize("role", INVITED)
async def test_each_role_can_be_invited_and_begins_with_the_word_of_an_administrator(
    running_stage: Stage, admin: Person, newcomer: Person, role: Role
) -> None:
    token = await link_for(admin, role)
    await newcomer.starts(token)
    ask = await newcomer.sees(LABELS[role])
    assert ask.reply_keyboard == [["Gửi số điện thoại của tôi"]]
    await shares_contact(newcomer)
    await newcomer.sees("Người quản trị sẽ xác nhận")
    question = await admin.sees("chờ xác nhận")
    assert newcomer.user.name in question.text
    assert "912 345 678" in question.text or "+84912345678" in question.text
    assert await roles_of(running_stage, newcomer) == {Role.CITIZEN}, "not before somebody confirms"
    await admin.presses("Xác nhận")
    await newcomer.sees("đã có hiệu lực")
    assert await roles_of(running_stage, newcomer) == {Role.CITIZEN, role}


async def roles_of(stage: Stage, person: Person) -> set[Role]:
    async with stage.bot.store.reading() as tx:
        rows = await tx.rows(
            "SELECT role FROM roles JOIN people ON people.id = roles.person"
            " WHERE telegram_id = :id AND ended_at IS NULL",
            {"id": person.user.id},
        )
    return {Role(row["role"]) for row in rows} | {Role.CITIZEN}


async def test_the_role_works_only_after_the_confirmation(
    running_stage: Stage, admin: Person, newcomer: Person, reporter: Person
) -> None:
    team = await running_stage.team(newcomer)
    code = await files(reporter)
    token = await link_for(admin, Role.RESPONDER)

    async def claims() -> str:
        return (await team.presses(newcomer, "Nhận xử lý", code)).answers[0][0]

    assert "chỉ người được giao" in await claims()
    await newcomer.starts(token)
    await newcomer.sees("Xin bấm nút")
    assert "chỉ người được giao" in await claims()
    await shares_contact(newcomer)
    await newcomer.sees("Người quản trị sẽ xác nhận")
    assert "chỉ người được giao" in await claims()
    await admin.presses("Xác nhận")
    await newcomer.sees("đã có hiệu lực")
    assert await claims() == f"Anh/Chị đã nhận xử lý {code}."


async def test_a_link_is_made_in_private_only(running_stage: Stage, admin: Person) -> None:
    team = await running_stage.team(admin)
    await team.says(admin, "/moi")
    answer = await team.sees("tin nhắn riêng với bot")
    assert answer.keys == []
    assert not any(LINK.search(message.html) for message in team.messages)


async def test_a_role_chosen_by_a_forged_press_in_the_group_makes_no_link(running_stage: Stage, admin: Person) -> None:
    team = await running_stage.team(admin)
    await team.says(admin, "/trogiup")
    message = await team.sees("/hangdoi")
    press = running_stage.telegram.presses(admin.user, message, data=Invite("responder").data())
    await running_stage.telegram.until(lambda: press.answers)
    assert press.answers[0][0].startswith("Nút này không còn dùng được")
    assert await count(running_stage, "invitations") == 0


async def count(stage: Stage, table: str) -> int:
    async with stage.bot.store.reading() as tx:
        row = await tx.row(f"SELECT count(*) AS n FROM {table}")
    assert row is not None
    return int(row["n"])


@pytest.mark.parametrize("role", ["citizen", "root", "", "ADMIN"])
async def test_no_link_carries_a_role_that_is_none(running_stage: Stage, admin: Person, role: str) -> None:
    await asks(admin, "/trogiup", "/moi")
    press = await admin.forges(Invite(role).data())
    assert press.answers[0][0].startswith("Nút này không còn dùng được")
    assert await count(running_stage, "invitations") == 0


async def test_the_link_has_128_random_bits_and_only_its_hash_is_stored(running_stage: Stage, admin: Person) -> None:
    tokens = [await link_for(admin, Role.RESPONDER) for _ in range(3)]
    for token in tokens:
        assert len(base64.urlsafe_b64decode(token + "==")) * 8 == 128
    assert len(set(tokens)) == 3
    async with running_stage.bot.store.reading() as tx:
        rows = await tx.rows("SELECT token_hash FROM invitations")
    assert {row["token_hash"] for row in rows} == {hashlib.sha256(token.encode()).hexdigest() for token in tokens}


async def test_a_link_that_was_sent_stands_nowhere_on_the_disk(
    running_stage: Stage, admin: Person, newcomer: Person
) -> None:
    token = await link_for(admin, Role.RESPONDER)
    await newcomer.starts(token)
    await newcomer.sees("Xin bấm nút")
    await running_stage.stop()
    assert on_disk(running_stage.folder, "invite.share_contact"), "the database is there and can be read"
    assert on_disk(running_stage.folder, token) == []


async def test_a_link_ends_after_a_day(running_stage: Stage, admin: Person, newcomer: Person) -> None:
    fresh, old = await link_for(admin, Role.RESPONDER), await link_for(admin, Role.TEAM_LEAD)
    running_stage.clock.move(hours=23, minutes=59)
    await newcomer.starts(fresh)
    await newcomer.sees("Xin bấm nút")
    running_stage.clock.move(minutes=2)
    late = running_stage.person("Người đến muộn")
    await reads_like_a_plain_start(running_stage, late, old)


async def test_of_two_who_open_a_link_at_once_one_is_invited(running_stage: Stage, admin: Person) -> None:
    token = await link_for(admin, Role.RESPONDER)
    rivals = [running_stage.person(f"Người thứ {number}") for number in range(2)]
    for rival in rivals:
        await rival.starts(token)
    await running_stage.telegram.until(lambda: all(rival.messages for rival in rivals))
    answers = sorted("Xin bấm nút" in rival.last.text for rival in rivals)
    assert answers == [False, True]
    (loser,) = [rival for rival in rivals if "Xin bấm nút" not in rival.last.text]
    assert loser.last.text == (await plain_start(running_stage)).text


async def test_a_used_link_reads_like_a_plain_start_for_whoever_used_it_too(
    running_stage: Stage, admin: Person, newcomer: Person, stranger: Person
) -> None:
    token = await link_for(admin, Role.RESPONDER)
    await newcomer.starts(token)
    await newcomer.sees("Xin bấm nút")
    await reads_like_a_plain_start(running_stage, newcomer, token)
    await reads_like_a_plain_start(running_stage, stranger, token)


@pytest.mark.parametrize(
    "token", ["A" * 22, "0", "../../etc", "SC-2026-000001", "admin", "r_responder", "<b>", "'; DROP TABLE people; --"]
)
async def test_a_foreign_link_reads_like_a_plain_start(
    running_stage: Stage, admin: Person, stranger: Person, token: str
) -> None:
    await link_for(admin, Role.ADMIN)
    await reads_like_a_plain_start(running_stage, stranger, token)


async def test_only_the_own_contact_counts(running_stage: Stage, admin: Person, newcomer: Person) -> None:
    await newcomer.starts(await link_for(admin, Role.RESPONDER))
    await newcomer.sees("Xin bấm nút")
    since = len(newcomer.messages)
    await shares_contact(newcomer, "+84911111111", of="Người khác trong danh bạ")
    newcomer.telegram.shares_contact(newcomer.user, newcomer.chat, "+84922222222", of=admin.user)
    await newcomer.says("0912 345 678")
    await running_stage.telegram.until(lambda: len(newcomer.messages) >= since + 3)
    assert admin.showing("chờ xác nhận") is None
    await shares_contact(newcomer)
    await admin.sees("chờ xác nhận")


async def test_the_first_word_of_an_administrator_counts(running_stage: Stage, admin: Person, newcomer: Person) -> None:
    other = await running_stage.staff("Quản trị khác", Role.ADMIN)
    await newcomer.starts(await link_for(admin, Role.RESPONDER))
    await newcomer.sees("Xin bấm nút")
    await shares_contact(newcomer)
    question = await other.sees("chờ xác nhận")
    await admin.sees("chờ xác nhận")
    await admin.presses("Xác nhận")
    await newcomer.sees("đã có hiệu lực")
    second = running_stage.telegram.presses(other.user, question, "Từ chối")
    await running_stage.telegram.until(lambda: second.answers)
    assert second.answers[0][0] == "Lời mời này đã có người quản trị khác quyết định."
    assert await roles_of(running_stage, newcomer) == {Role.CITIZEN, Role.RESPONDER}
    assert newcomer.showing("không được xác nhận") is None


async def test_a_refused_person_hears_it_and_has_no_role(running_stage: Stage, admin: Person, newcomer: Person) -> None:
    token = await link_for(admin, Role.RESPONDER)
    await newcomer.starts(token)
    await newcomer.sees("Xin bấm nút")
    await shares_contact(newcomer, "+84912999888")
    await admin.sees("chờ xác nhận")
    await admin.presses("Từ chối")
    await newcomer.sees("không được xác nhận")
    assert await roles_of(running_stage, newcomer) == {Role.CITIZEN}
    async with running_stage.bot.store.reading() as tx:
        rows = await tx.rows("SELECT name, phone FROM invitations")
    assert [tuple(row[name] for name in ("name", "phone")) for row in rows] == [(None, None)], "nothing is kept of them"
    await reads_like_a_plain_start(running_stage, newcomer, token)


async def test_nobody_else_confirms_not_even_the_invited_person(
    running_stage: Stage, admin: Person, newcomer: Person
) -> None:
    members = [await running_stage.staff(f"Người {role}", role) for role in Role if role is not Role.ADMIN]
    await newcomer.starts(await link_for(admin, Role.ADMIN))
    await newcomer.sees("Xin bấm nút")
    await shares_contact(newcomer)
    question = await admin.sees("chờ xác nhận")
    yes = question.keys[0][0]["callback_data"]
    for intruder in (*members, newcomer):
        await asks(intruder, "/trogiup", "làm được những việc sau")
        assert "chỉ người được giao" in (await intruder.forges(yes)).answers[0][0], intruder.user.name
    assert await roles_of(running_stage, newcomer) == {Role.CITIZEN}


async def test_an_administrator_does_not_admit_oneself(running_stage: Stage, admin: Person) -> None:
    """An administrator reads no reports: whoever wants to needs a second administrator."""
    other = await running_stage.staff("Quản trị khác", Role.ADMIN)
    await admin.starts(await link_for(admin, Role.TEAM_LEAD))
    await admin.sees("Xin bấm nút")
    await shares_contact(admin)
    assert "người quản trị khác xác nhận" in (await admin.presses("Xác nhận")).answers[0][0]
    assert await roles_of(running_stage, admin) == {Role.CITIZEN, Role.ADMIN}
    await other.presses("Xác nhận")
    await admin.sees("đã có hiệu lực")
    assert Role.TEAM_LEAD in await roles_of(running_stage, admin)


async def test_a_confirmation_before_the_contact_was_shared_leads_nowhere(
    running_stage: Stage, admin: Person, newcomer: Person
) -> None:
    await newcomer.starts(await link_for(admin, Role.RESPONDER))
    await newcomer.sees("Xin bấm nút")
    async with running_stage.bot.store.reading() as tx:
        (invitation,) = await tx.rows("SELECT id FROM invitations")
    press = await admin.forges(Admit(invitation["id"], "yes").data())
    assert press.answers[0][0] != ""
    assert await roles_of(running_stage, newcomer) == {Role.CITIZEN}


async def test_an_own_contact_that_nobody_asked_for_makes_nobody_staff(
    running_stage: Stage, admin: Person, stranger: Person
) -> None:
    await shares_contact(stranger)
    await running_stage.telegram.until(lambda: stranger.messages)
    assert await roles_of(running_stage, stranger) == {Role.CITIZEN}
    assert admin.messages == []


async def test_menus_follow_roles_and_the_team_s_group(running_stage: Stage, admin: Person, newcomer: Person) -> None:
    telegram = running_stage.telegram

    def names(scope: str) -> list[str]:
        return [command["command"] for command in telegram.commands.get((scope, ""), [])]

    await telegram.until(lambda: names("all_private_chats") and names("all_group_chats"))
    for scope in ("all_private_chats", "all_group_chats"):
        assert not {"hangdoi", "moi", "gannhom", "capnhatdaumoi"} & set(names(scope)), scope
    assert set(names("all_group_chats")) == {"daumoi", "trogiup"}
    own = f"chat:{newcomer.user.id}"
    assert names(own) == []
    await admitted(admin, newcomer, Role.RESPONDER)
    await telegram.until(lambda: "hangdoi" in names(own))
    assert "moi" not in names(own)
    assert {"moi", "gannhom"} <= set(names(f"chat:{admin.user.id}"))
    assert "hangdoi" not in names(f"chat:{admin.user.id}")

    chat = telegram.group("Phòng trực", members=[admin.user, newcomer.user])
    team = Team(telegram, chat)
    await team.says(admin, "/gannhom")
    await telegram.until(lambda: "hangdoi" in names(f"chat:{chat.id}"))
    assert "baosuco" not in names(f"chat:{chat.id}")


async def test_a_group_that_is_released_loses_its_menu(running_stage: Stage, admin: Person) -> None:
    telegram = running_stage.telegram
    old, fresh = (telegram.group(title, members=[admin.user]) for title in ("Nhóm cũ", "Nhóm mới"))
    telegram.says(admin.user, old, "/gannhom")
    await telegram.until(lambda: (f"chat:{old.id}", "") in telegram.commands)
    telegram.says(admin.user, fresh, "/gannhom")
    await admin.presses("Chuyển sang nhóm mới")
    await telegram.until(lambda: (f"chat:{fresh.id}", "") in telegram.commands)
    await telegram.until(lambda: (f"chat:{old.id}", "") not in telegram.commands)


async def test_an_administrator_who_is_not_there_yet_keeps_no_menu_from_the_others(stage: Stage) -> None:
    """Telegram refuses a menu for somebody it does not know: that is asked again each minute, and no oftener."""
    telegram, absent = stage.telegram, 7_000_000_099
    stage.admins = (absent,)
    await stage.start()
    member = await stage.staff("Cán bộ", Role.RESPONDER)
    await telegram.until(lambda: (f"chat:{member.user.id}", "") in telegram.commands)

    def asked() -> int:
        return sum(
            call.method.lower() == "setmycommands" and str(absent) in str(call.params) for call in telegram.calls
        )

    for number in range(3):
        colleague = await stage.staff(f"Cán bộ thứ {number}", Role.RESPONDER)
        await telegram.until(lambda chat=colleague.user.id: (f"chat:{chat}", "") in telegram.commands)  # type: ignore[misc]
    assert asked() == 1
    stage.person("Tạ Văn Lương", telegram_id=absent).user.started = True
    stage.clock.move(minutes=2)
    await telegram.until(lambda: (f"chat:{absent}", "") in telegram.commands)
    assert asked() == 2


async def test_help_lists_what_the_role_may_do(running_stage: Stage, stranger: Person) -> None:
    expected = {
        Role.RESPONDER: {"/hangdoi", "/cuatoi"},
        Role.STANDING_UNIT: {"/capnhatdaumoi"},
        Role.EXPERT: {"/hangdoi", "/cuatoi"},
        Role.AUDITOR: {"/hangdoi", "/cuatoi", "/quyen"},
        Role.ADMIN: {"/moi", "/gannhom", "/quyen"},
        Role.LIAISON: set(),
        Role.APPROVER: set(),
    }
    special = set().union(*expected.values())
    for role, commands in expected.items():
        member = await running_stage.staff(f"Người {role}", role)
        shown = visible(await asks(member, "/trogiup", "làm được những việc sau"))
        assert {command for command in special if command in shown} == commands, role
    shown = visible(await asks(stranger, "/trogiup", "làm được những việc sau"))
    assert not any(command in shown for command in special)
