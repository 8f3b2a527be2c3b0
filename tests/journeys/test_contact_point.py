"""The contact point: published by the department alone, handed out to anyone, and never promised before it is there."""

from __future__ import annotations

import pytest

from bot.domain.people import Role
from tests.conftest import Stage
from tests.journeys.steps import asks, files, new
from tests.people import Person, Team

UNPUBLISHED = "Đầu mối liên hệ chưa được công bố"


@pytest.fixture
async def department(running_stage: Stage) -> Person:
    return await running_stage.staff("Đinh Thị Kim Oanh", Role.STANDING_UNIT)


@pytest.fixture
async def admin(running_stage: Stage) -> Person:
    return await running_stage.staff("Tạ Văn Lương", Role.ADMIN)


async def publishes(
    department: Person,
    phones: str = "0229 3871 001, 0912 345 678",
    hours: str = "Trong giờ hành chính",
    email: str | None = "ungcuusuco@ninhbinh.example",
    portal: str | None = "https://ninhbinh.example/dau-moi",
) -> None:
    """Walk the whole form and send it."""
    since = len(department.messages)
    await asks(department, "/capnhatdaumoi", "Số điện thoại nào")
    await asks(department, phones, "email của đầu mối")
    await answers_or_skips(department, email, "email của đầu mối")
    await new(department, "Có người nghe máy vào lúc nào", since)
    await chooses_hours(department, hours)
    await new(department, "đăng ở trang nào", since)
    await answers_or_skips(department, portal, "đăng ở trang nào")
    await new(department, "Công bố ngày nào", since)
    await department.presses("Hôm nay", under="Công bố ngày nào")
    await department.presses("Gửi", under="kiểm tra kỹ")
    await new(department, "Đã công bố", since)


async def answers_or_skips(department: Person, answer: str | None, question: str) -> None:
    if answer is None:
        await department.presses("Bỏ qua", under=question)
    else:
        await department.says(answer)


async def chooses_hours(department: Person, hours: str) -> None:
    if hours in ("Cả ngày lẫn đêm", "Trong giờ hành chính"):
        await department.presses(hours)
        return
    await department.presses("Giờ khác")
    await department.sees("Giờ trực thế nào")
    await department.says(hours)


async def test_nothing_published_is_said_and_administrators_hear_of_it_once_a_day(
    running_stage: Stage, admin: Person, stranger: Person, reporter: Person
) -> None:
    def told() -> int:
        return sum("chưa có gì được công bố" in message.text for message in admin.messages)

    await asks(stranger, "/daumoi", UNPUBLISHED)
    await admin.sees("chưa có gì được công bố")
    await asks(reporter, "/daumoi", UNPUBLISHED)
    running_stage.clock.move(hours=23)
    await asks(stranger, "/daumoi", UNPUBLISHED)
    await asks(admin, "/trogiup", "/moi")
    assert told() == 1
    running_stage.clock.move(hours=2)
    await asks(stranger, "/daumoi", UNPUBLISHED)
    await running_stage.telegram.until(lambda: told() == 2)


async def test_what_is_published_is_handed_out_everywhere(
    running_stage: Stage, department: Person, stranger: Person, team: Team, responder: Person
) -> None:
    await publishes(department)
    lines = (
        "Điện thoại: 0229 387 1001, 0912 345 678",
        "Giờ trực: Trong giờ hành chính",
        "Email: ungcuusuco@ninhbinh.example",
        "Đã công bố tại: https://ninhbinh.example/dau-moi",
        "Cập nhật: ",
    )
    elsewhere = Team(running_stage.telegram, running_stage.telegram.group("Tổ dân phố", members=[stranger.user]))
    await team.says(responder, "/daumoi")
    await elsewhere.says(stranger, "/daumoi")
    shown = [
        await asks(stranger, "/daumoi", "Đầu mối tiếp nhận"),
        await team.sees("Đầu mối tiếp nhận"),
        await elsewhere.sees("Đầu mối tiếp nhận"),
    ]
    for message in shown:
        digits = message.text.replace(" ", "")
        assert "02293871001" in digits
        assert "0912345678" in digits
        for line in lines[1:]:
            assert line in message.text, line


async def test_the_menu_s_button_hands_it_out_too(department: Person, stranger: Person) -> None:
    await publishes(department)
    await stranger.starts()
    await stranger.presses("Đầu mối liên hệ")
    assert "ungcuusuco@ninhbinh.example" in (await stranger.sees("Đầu mối tiếp nhận")).text


async def test_what_was_left_out_is_not_shown(department: Person, stranger: Person) -> None:
    await publishes(department, email=None, portal=None)
    shown = await asks(stranger, "/daumoi", "Đầu mối tiếp nhận")
    assert "Email" not in shown.text
    assert "công bố tại" not in shown.text


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.STANDING_UNIT])
async def test_nobody_else_publishes(running_stage: Stage, role: Role) -> None:
    member = await running_stage.staff("Không được giao", role)
    await asks(member, "/capnhatdaumoi", "chỉ người được giao mới làm được")
    async with running_stage.bot.store.reading() as tx:
        assert await tx.rows("SELECT * FROM drafts") == []


async def test_a_right_that_ended_while_the_form_was_open_publishes_nothing(
    running_stage: Stage, department: Person
) -> None:
    await asks(department, "/capnhatdaumoi", "Số điện thoại nào")
    await asks(department, "0912 345 678", "email của đầu mối")
    await department.presses("Bỏ qua", under="email của đầu mối")
    await department.presses("Cả ngày lẫn đêm")
    await department.presses("Bỏ qua", under="đăng ở trang nào")
    await department.presses("Hôm nay", under="Công bố ngày nào")
    await department.sees("kiểm tra kỹ")
    async with running_stage.bot.store.transaction() as tx:
        await tx.run("UPDATE roles SET ended_at = granted_at")
    press = await department.presses("Gửi", under="kiểm tra kỹ")
    assert "chỉ người được giao" in press.answers[0][0]
    assert await versions(running_stage) == []


async def versions(stage: Stage) -> list[tuple[int, str]]:
    async with stage.bot.store.reading() as tx:
        rows = await tx.rows("SELECT version, hours FROM contact_points ORDER BY version")
    return [(row["version"], row["hours"]) for row in rows]


async def test_every_version_is_kept_and_the_newest_counts(
    running_stage: Stage, department: Person, stranger: Person
) -> None:
    await publishes(department)
    await publishes(department, phones="0229 3871 999", hours="7h đến 21h, cả thứ bảy và chủ nhật")
    shown = await asks(stranger, "/daumoi", "7h đến 21h, cả thứ bảy và chủ nhật")
    assert "0912" not in shown.text
    assert await versions(running_stage) == [(1, "office"), (2, "7h đến 21h, cả thứ bảy và chủ nhật")]


async def test_a_form_that_is_cancelled_publishes_nothing(running_stage: Stage, department: Person) -> None:
    await asks(department, "/capnhatdaumoi", "Số điện thoại nào")
    await asks(department, "0912 345 678", "email của đầu mối")
    await asks(department, "/huy", "Đã huỷ")
    assert await versions(running_stage) == []


async def test_answers_that_cannot_be_published_are_asked_again(department: Person) -> None:
    await asks(department, "/capnhatdaumoi", "Số điện thoại nào")
    await asks(department, "gọi chú Tư", "Có số chưa đúng")
    await asks(department, "0912 345 678", "email của đầu mối")
    await asks(department, "không có a còng", "Địa chỉ email chưa đúng")
    await department.presses("Bỏ qua", under="email của đầu mối")
    await department.presses("Trong giờ hành chính")
    await department.sees("đăng ở trang nào")
    await asks(department, "ninhbinh.example", "Địa chỉ trang chưa đúng")
    await department.presses("Bỏ qua", under="đăng ở trang nào")
    await department.sees("Công bố ngày nào")
    await asks(department, "ngày 31/2", "Chưa hiểu được thời điểm")


async def test_other_texts_name_the_published_phone(
    running_stage: Stage, department: Person, reporter: Person, team: Team, responder: Person
) -> None:
    await asks(reporter, "hi", "chưa được công bố")
    await publishes(department)
    since = len(reporter.messages)
    await asks(reporter, "hi", "xin gọi")
    code = await files(reporter)
    await new(reporter, f"Mã sự cố: {code}", since)
    await team.presses(responder, "Nhận xử lý", code)
    await new(reporter, "đã có cán bộ nhận xử lý", since)
    await asks(reporter, "/tracuu SC-2026-999999", "Không tìm thấy")
    for words in ("Chào Anh/Chị", f"Mã sự cố: {code}", "đã có cán bộ nhận xử lý", "Không tìm thấy"):
        shown = await new(reporter, words, since)
        assert "Việc gấp, xin gọi" in shown.text, words
        assert "0912 345 678" in shown.text, words
        assert "chưa được công bố" not in shown.text, words


@pytest.mark.parametrize("hours", ["Trong giờ hành chính", "7h đến 21h"])
async def test_day_and_night_is_promised_only_where_it_is_published(
    department: Person, reporter: Person, stranger: Person, hours: str
) -> None:
    async def everything(person: Person) -> str:
        await person.starts()
        await person.sees("Xin chào")
        await asks(person, "/trogiup", "làm được những việc sau")
        await asks(person, "/daumoi", "Đầu mối")
        await asks(person, "/chiase", "Bị lừa qua mạng")
        await files(person)
        return " ".join(message.text for message in person.messages).lower()

    def promises(text: str) -> bool:
        return any(words in text for words in ("cả ngày lẫn đêm", "24/7", "24/24"))

    assert not promises(await everything(reporter)), "nothing is published yet"
    await publishes(department, hours=hours)
    assert not promises(await everything(stranger))
    await publishes(department, hours="Cả ngày lẫn đêm")
    assert promises((await asks(stranger, "/daumoi", "Đầu mối")).text.lower())
    assert "Giờ trực: Cả ngày lẫn đêm" in (await asks(stranger, "hi", "xin gọi")).text
