"""`/quyen`: who holds what, roles given and taken back with a second press, grave ones by two administrators."""

from __future__ import annotations

import pytest

from bot.domain.people import Role
from bot.domain.policy import Policy
from bot.domain.presses import Grant, Revoke, Second
from bot.playground.chats import Message
from storage import people, roles
from tests.conftest import Stage
from tests.journeys.steps import asks
from tests.journeys.test_staff import admitted, link_for, roles_of, shares_contact
from tests.people import Person, visible

NOT_ALLOWED = "Việc này chỉ người được giao mới làm được"


@pytest.fixture
async def admin(running_stage: Stage) -> Person:
    return await running_stage.staff("Tạ Văn Lương", Role.ADMIN)


@pytest.fixture
async def officer(running_stage: Stage) -> Person:
    return await running_stage.staff("Đinh Thị Kim Oanh", Role.AUDITOR)


async def page_of(asker: Person, whose: Person) -> Message:
    """Open somebody's page by `/quyen`."""
    await asks(asker, "/quyen", "Ai giữ vai trò gì")
    await asker.presses(whose.user.name)
    return await asker.sees("Danh sách")


async def gives(admin: Person, whom: Person, role: str) -> str:
    """All steps up to the second press; what its toast says."""
    await page_of(admin, whom)
    await admin.presses("Giao thêm vai trò")
    await admin.sees(f"Giao cho {whom.user.name} vai trò nào")
    await admin.presses(role)
    sure = f"Giao vai trò {role} cho {whom.user.name}?"
    await admin.sees(sure)
    return (await admin.presses("Có, giao vai trò", sure)).answers[0][0] or ""


async def takes(admin: Person, whom: Person, role: str) -> str:
    await page_of(admin, whom)
    first = (await admin.presses(f"Thu hồi: {role}")).answers[0][0] or ""
    if first:
        return first
    sure = f"Thu hồi vai trò {role} của {whom.user.name}?"
    await admin.sees(sure)
    return (await admin.presses("Có, thu hồi", sure)).answers[0][0] or ""


async def identifier(stage: Stage, person: Person) -> str:
    async with stage.bot.store.reading() as tx:
        found = await people.find(tx, person.user.id)
    assert found is not None
    return found.id


async def chained(stage: Stage, person: Person) -> list[str]:
    """What the chain says of somebody's roles; it must verify."""
    who = await identifier(stage, person)
    async with stage.bot.store.reading() as tx:
        assert await roles.broken_at(tx) is None
        return [f"{one.kind} {one.role}" for one in await roles.events_of(tx, who)]


async def test_the_list_says_who_holds_what_since_when_and_by_whom(
    running_stage: Stage, admin: Person, officer: Person
) -> None:
    newcomer = running_stage.person("Vũ Thị Ngọc Ánh")
    await admitted(admin, newcomer, Role.DUTY_OFFICER)
    listed = await asks(admin, "/quyen", "Ai giữ vai trò gì")
    day = running_stage.clock.now().strftime("%m/%Y")
    assert f"• {newcomer.user.name}: Trực ban (từ " in listed.text
    line = next(line for line in listed.text.split("\n") if newcomer.user.name in line)
    assert day in line
    assert line.endswith("Tạ Văn Lương giao)")
    assert "Đinh Thị Kim Oanh: Người kiểm tra" in listed.text


async def test_the_list_has_pages(running_stage: Stage, admin: Person) -> None:
    for number in range(7):
        await running_stage.staff(f"Cán bộ số {number}", Role.APPROVER)
    first = await asks(admin, "/quyen", "Ai giữ vai trò gì")
    assert "Cán bộ số 4" in first.text
    assert "Cán bộ số 6" not in first.text
    await admin.presses("Cũ hơn" if "Cũ hơn" in visible(first) else first.keys[-1][-1]["text"])
    await admin.sees("Cán bộ số 6")


async def test_it_is_shown_in_private_and_to_administrators_and_auditors_only(
    running_stage: Stage, admin: Person, officer: Person, stranger: Person
) -> None:
    team = await running_stage.team(admin)
    await team.says(admin, "/quyen")
    assert "tin nhắn riêng" in (await team.sees("/quyen")).text
    await asks(officer, "/quyen", "Ai giữ vai trò gì")
    await asks(stranger, "/quyen", NOT_ALLOWED)


async def test_a_role_is_given_at_the_second_press_and_told_to_the_person_and_all_administrators(
    running_stage: Stage, admin: Person, officer: Person
) -> None:
    other = await running_stage.staff("Quản trị khác", Role.ADMIN)
    await page_of(admin, officer)
    await admin.presses("Giao thêm vai trò")
    await admin.presses("Đội trưởng")
    await admin.sees("Giao vai trò Đội trưởng cho")
    assert await roles_of(running_stage, officer) == {Role.CITIZEN, Role.AUDITOR}, "not at the first press"
    await admin.presses("Có, giao vai trò")
    await officer.sees("đã có hiệu lực")
    await other.sees("Tạ Văn Lương đã giao vai trò Đội trưởng cho Đinh Thị Kim Oanh")
    assert await roles_of(running_stage, officer) == {Role.CITIZEN, Role.AUDITOR, Role.TEAM_LEAD}
    assert await chained(running_stage, officer) == ["granted auditor", "granted team_lead"]


async def test_second_thoughts_lead_back(running_stage: Stage, admin: Person, officer: Person) -> None:
    await page_of(admin, officer)
    await admin.presses("Thu hồi: Người kiểm tra")
    await admin.presses("Thôi")
    await admin.presses("Giao thêm vai trò")
    await admin.presses("Thôi", "vai trò nào")
    await admin.sees("Giao thêm vai trò")
    assert Role.AUDITOR in await roles_of(running_stage, officer)


async def test_a_role_that_is_taken_back_ends_at_once_and_is_told(
    running_stage: Stage, admin: Person, officer: Person
) -> None:
    other = await running_stage.staff("Quản trị khác", Role.ADMIN)
    assert await takes(admin, officer, "Người kiểm tra") == ""
    await officer.sees("đã được thu hồi")
    await other.sees("Tạ Văn Lương đã thu hồi vai trò Người kiểm tra của Đinh Thị Kim Oanh")
    await asks(officer, "/quyen", NOT_ALLOWED)
    assert await chained(running_stage, officer) == ["granted auditor", "ended auditor"]
    async with running_stage.bot.store.reading() as tx:
        (row,) = await tx.rows("SELECT ended_by FROM roles WHERE ended_at IS NOT NULL")
    assert row["ended_by"] == await identifier(running_stage, admin)


async def test_who_the_settings_name_is_shown_as_such_and_cannot_be_removed(stage: Stage) -> None:
    named = stage.person("Tạ Văn Lương")
    named.user.started = True
    stage.admins = (named.user.id,)
    await stage.start()
    other = await stage.staff("Quản trị khác", Role.ADMIN)
    listed = await asks(other, "/quyen", "do cài đặt")
    assert f"Chưa có tên (mã Telegram {named.user.id}): Quản trị bot" in listed.text
    who = await identifier(stage, named)
    press = await other.forges(Revoke(who, Role.ADMIN, "yes").data())
    assert "UNGCUU_ADMINS" in (press.answers[0][0] or "")
    assert Role.ADMIN in await roles_of(stage, named)


async def test_the_last_administrator_cannot_be_removed(running_stage: Stage, admin: Person) -> None:
    assert "người quản trị cuối cùng" in await takes(admin, admin, "Quản trị bot")
    other = await running_stage.staff("Quản trị khác", Role.ADMIN)
    assert "người quản trị khác quyết định" in await takes(admin, admin, "Quản trị bot"), "nobody alone for oneself"
    assert await takes(other, admin, "Quản trị bot") == ""
    await admin.sees("đã được thu hồi")
    assert "người quản trị cuối cùng" in await takes(other, other, "Quản trị bot")


@pytest.mark.parametrize("role", ["Đơn vị thường trực", "Người duyệt tin", "Quản trị bot"])
async def test_a_grave_role_needs_a_second_administrator(
    running_stage: Stage, admin: Person, officer: Person, role: str
) -> None:
    other = await running_stage.staff("Quản trị khác", Role.ADMIN)
    await gives(admin, officer, role)
    await admin.sees("cần thêm một người quản trị đồng ý")
    asked = await other.sees(f"Tạ Văn Lương đề nghị giao vai trò {role} cho Đinh Thị Kim Oanh")
    assert await roles_of(running_stage, officer) == {Role.CITIZEN, Role.AUDITOR}
    own = await admin.forges(asked.keys[0][0]["callback_data"])
    assert "của Anh/Chị nên phải do người quản trị khác" in (own.answers[0][0] or "")
    assert "đang chờ" in await gives(admin, officer, role), "asked for already"
    await other.presses("Đồng ý")
    await officer.sees("đã có hiệu lực")
    await admin.sees(f"Quản trị khác đã giao vai trò {role} cho Đinh Thị Kim Oanh")
    assert len(await roles_of(running_stage, officer)) == 3


async def test_a_refused_or_lapsed_proposal_gives_nothing(running_stage: Stage, admin: Person, officer: Person) -> None:
    other = await running_stage.staff("Quản trị khác", Role.ADMIN)
    await gives(admin, officer, "Người duyệt tin")
    await other.presses("Không đồng ý")
    await admin.sees("Quản trị khác không đồng ý")
    await gives(admin, officer, "Quản trị bot")
    asked = await other.sees("đề nghị giao vai trò Quản trị bot")
    running_stage.clock.move(hours=24, seconds=1)
    late = await other.presses("Đồng ý", under="Quản trị bot cho")
    assert "đã hết hạn" in (late.answers[0][0] or "")
    assert asked.keys
    assert await roles_of(running_stage, officer) == {Role.CITIZEN, Role.AUDITOR}


async def test_the_word_of_one_who_is_no_administrator_any_more_does_not_count(
    running_stage: Stage, admin: Person, officer: Person
) -> None:
    other = await running_stage.staff("Quản trị khác", Role.ADMIN)
    await gives(admin, officer, "Quản trị bot")
    await other.sees("đề nghị giao vai trò Quản trị bot")
    assert await takes(other, admin, "Quản trị bot") == ""
    assert "đã hết hạn" in ((await other.presses("Đồng ý")).answers[0][0] or "")
    assert Role.ADMIN not in await roles_of(running_stage, officer)


async def test_a_lone_administrator_gives_grave_roles_but_none_to_oneself(
    running_stage: Stage, admin: Person, officer: Person
) -> None:
    assert "người quản trị khác quyết định" in await gives(admin, admin, "Thành viên đội")
    await gives(admin, officer, "Quản trị bot")
    await officer.sees("đã có hiệu lực")
    await gives(admin, admin, "Thành viên đội")
    await officer.presses("Đồng ý")
    await admin.sees("đã có hiệu lực")
    assert Role.RESPONDER in await roles_of(running_stage, admin)


async def test_a_grave_invitation_is_confirmed_by_another_administrator_than_its_maker(
    running_stage: Stage, admin: Person
) -> None:
    other = await running_stage.staff("Quản trị khác", Role.ADMIN)
    newcomer = running_stage.person("Vũ Thị Ngọc Ánh")
    await newcomer.starts(await link_for(admin, Role.STANDING_UNIT))
    await newcomer.sees("Xin bấm nút")
    await shares_contact(newcomer)
    await admin.sees("chờ xác nhận")
    assert "cần hai người quản trị" in ((await admin.presses("Xác nhận")).answers[0][0] or "")
    assert await roles_of(running_stage, newcomer) == {Role.CITIZEN}
    await other.presses("Xác nhận")
    await newcomer.sees("đã có hiệu lực")
    await admin.sees("Quản trị khác đã giao vai trò Đơn vị thường trực cho Vũ Thị Ngọc Ánh")


async def test_an_auditor_sees_the_list_and_changes_nothing(
    running_stage: Stage, admin: Person, officer: Person
) -> None:
    page = await page_of(officer, admin)
    assert [key["text"] for row in page.keys for key in row] == ["Danh sách"]
    who = await identifier(running_stage, admin)
    for forged in (Grant(who), Grant(who, "auditor", "", "yes"), Revoke(who, "admin", "yes"), Second("x", "yes")):
        assert NOT_ALLOWED in ((await officer.forges(forged.data())).answers[0][0] or ""), forged


@pytest.mark.parametrize(
    "data",
    [
        "rg:{who}:citizen::yes",
        "rg:{who}:root::yes",
        "rg:{who}:expert:366:yes",
        "rg:{who}:expert:0:yes",
        "rg:{who}:liaison:nobody:yes",
        "rg:{who}:auditor:9:yes",
        "rg:nobody:::",
        "rx:{who}:responder:yes",
        "rx:{who}:auditor:maybe",
        "rs:nothing:yes",
        "rh:nobody",
        "ro:-1",
    ],
)
async def test_forged_keys_give_and_take_nothing(
    running_stage: Stage, admin: Person, officer: Person, data: str
) -> None:
    await asks(admin, "/quyen", "Ai giữ vai trò gì")
    press = await admin.forges(data.format(who=await identifier(running_stage, officer)))
    assert "không còn dùng được" in (press.answers[0][0] or "")
    assert await roles_of(running_stage, officer) == {Role.CITIZEN, Role.AUDITOR}


async def test_a_hired_expert_works_for_a_term_that_ends_by_itself(
    running_stage: Stage, admin: Person, officer: Person
) -> None:
    await page_of(admin, officer)
    await admin.presses("Giao thêm vai trò")
    await admin.presses("Chuyên gia thuê ngoài")
    await admin.presses("30 ngày")
    await admin.presses("Có, giao vai trò")
    await officer.sees("Chuyên gia thuê ngoài trong 30 ngày")
    running_stage.clock.move(days=29)
    assert Role.EXPERT in await roles_of(running_stage, officer)
    running_stage.clock.move(days=1, minutes=1)
    await officer.sees("đã hết hạn")
    await admin.sees("của Đinh Thị Kim Oanh đã hết hạn")
    assert Role.EXPERT not in await roles_of(running_stage, officer)
    assert (await chained(running_stage, officer))[-1] == "expired expert"


async def test_a_term_that_ends_while_the_bot_is_away_ends_before_it_works_again(running_stage: Stage) -> None:
    expert = await running_stage.staff("Chuyên gia", Role.AUDITOR)
    async with running_stage.bot.store.transaction() as tx:
        now = running_stage.clock.now()
        who = await people.find(tx, expert.user.id)
        assert who is not None
        await roles.end(tx, who.id, Role.AUDITOR, None, now)
        await roles.grant(tx, who.id, Role.AUDITOR, None, running_stage.clock.now(), expires_at=now)
    await running_stage.stop()
    await expert.says("/quyen")
    await running_stage.start()
    await expert.sees(NOT_ALLOWED)
    assert expert.showing("Ai giữ vai trò gì") is None


async def test_a_liaison_speaks_for_a_body_of_the_policy(running_stage: Stage, admin: Person, officer: Person) -> None:
    await page_of(admin, officer)
    await admin.presses("Giao thêm vai trò")
    await admin.presses("Cán bộ phối hợp")
    await admin.presses("Bộ Chỉ huy Quân sự tỉnh Ninh Bình")
    await admin.presses("Có, giao vai trò")
    await officer.sees("Cán bộ phối hợp: Bộ Chỉ huy Quân sự tỉnh Ninh Bình")
    async with running_stage.bot.store.reading() as tx:
        assert [one.telegram_id for one in await roles.liaisons_of(tx, "military")] == [officer.user.id]


async def test_without_bodies_in_the_policy_nobody_becomes_a_liaison(stage: Stage) -> None:
    stage.policy = Policy.neutral()
    await stage.start()
    admin = await stage.staff("Tạ Văn Lương", Role.ADMIN)
    await asks(admin, "/moi", "Mời người mới")
    assert "Chính sách chưa nêu cơ quan nào" in ((await admin.presses("Cán bộ phối hợp")).answers[0][0] or "")
