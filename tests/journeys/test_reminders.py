"""Two years of an officer with twelve systems on Telegram: each message counted, and the keys under it pressed."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from bot.domain.people import Role
from bot.domain.presses import Owed
from bot.playground.chats import Message
from bot.services.desk import Desk
from jobs.schedule import SCHEDULE
from storage import people
from tests.conftest import Stage
from tests.jobs.records import rests, rows
from tests.journeys import two_years
from tests.journeys.steps import asks, new
from tests.journeys.two_years import Agency
from tests.journeys.working import labels, sends
from tests.people import Person

HEADING = "Nhắc việc an ninh mạng"
TICKS = [tick for tick in SCHEDULE if tick.name in ("obligations", "reminders")]
LISTED = "mới vào danh sách của đơn vị thường trực"


def to(stage: Stage, day: str) -> None:
    stage.clock.move(seconds=(two_years.morning(day) - stage.clock.now()).total_seconds())


def reminders(person: Person) -> list[Message]:
    return [message for message in person.messages if HEADING in message.text]


async def settles(stage: Stage) -> None:
    for tick in TICKS:
        await stage.bot.ticker.tick(tick)
    await rests(stage)


async def story(stage: Stage) -> tuple[Agency, list[Person]]:
    """The bot runs at seven on the first Monday; officer, deputy, head, and a reviewer of the department."""
    stage.policy = two_years.policy(stage.policy)
    stage.clock.move(seconds=(two_years.BEGIN - stage.clock.now()).total_seconds())
    await stage.start()
    four = [await stage.staff(name) for name in ("Lê Văn Công", "Trần Thị Hòa", "Phạm Văn Bình")]
    four.append(await stage.staff("Đỗ Minh Khôi", Role.STANDING_UNIT))
    async with stage.bot.store.transaction() as tx:
        known = [await people.find(tx, one.user.id) for one in four]
        officer, deputy, head, _ = known
        assert officer is not None
        assert deputy is not None
        assert head is not None
        agency = await two_years.settle(tx, stage.clock.now(), officer, deputy, head)
    await settles(stage)
    return agency, four


async def test_every_message_of_two_years_comes_on_its_morning_and_says_what_was_counted_by_hand(stage: Stage) -> None:
    agency, (officer, deputy, head, reviewer) = await story(stage)
    days = sorted({*two_years.OFFICER, *two_years.DEPUTY, *two_years.HEAD, *two_years.DEPARTMENT, *two_years.DONE})
    for day in days:
        heard = [len(reminders(one)) for one in (officer, deputy, head)]
        to(stage, day)
        await settles(stage)
        for person, before, table in zip(
            (officer, deputy, head), heard, (two_years.OFFICER, two_years.DEPUTY, two_years.HEAD), strict=True
        ):
            told = [two_years.told(message.text) for message in reminders(person)[before:]]
            assert told == ([table[day]] if day in table else []), (day, person.user.name)
        await acts(stage, agency, officer, day)
    listed = [message.text for message in reviewer.messages if LISTED in message.text]
    assert [text.split()[0] for text in listed] == ["12"]
    assert [len(reminders(one)) for one in (officer, deputy, head)] == [
        len(table) for table in (two_years.OFFICER, two_years.DEPUTY, two_years.HEAD)
    ]
    assert await rows(stage, "SELECT 1 FROM reminders WHERE sent IS NULL") == []


async def acts(stage: Stage, agency: Agency, officer: Person, day: str) -> None:
    """What is done after the message of that morning."""
    if day in two_years.DONE:
        async with stage.bot.store.transaction() as tx:
            await agency.does(Desk(tx, stage.clock.now(), stage.bot.house), two_years.DONE[day])
    if day == two_years.SEEN:
        assert "12 việc" in said(await officer.presses("Đã nhận", under=HEADING))
        assert "đã được ghi nhận" in said(await officer.presses("Đã nhận", under=HEADING))
    if day == two_years.PUT_OFF:
        await puts_off(officer)


def said(press: Any) -> str:
    return str(press.answers[0][0])


async def puts_off(officer: Person) -> None:
    """All twelve scans by seven days, in the form."""
    since = len(officer.messages)
    await officer.presses("Nhắc lại sau", under=HEADING)
    form = await new(officer, "Nhắc lại sau những việc nào", since)
    scans = [label for label in labels(form) if label.endswith(": Rà quét lỗ hổng")]
    assert len(scans) == two_years.SYSTEMS
    for label in scans:
        await officer.presses(label)
    await officer.presses("Xong")
    await officer.presses("7 ngày")
    await new(officer, "Vì sao phải lùi", since)
    since = len(officer.messages)
    await officer.says("Đơn vị rà quét làm trong tuần sau")
    await sends(officer, since)
    until = await officer.sees("Bot sẽ nhắc lại 12 việc")
    assert "03/12/2032" in until.text


async def test_an_officer_sees_the_board_and_nobody_else_does(stage: Stage) -> None:
    agency, (officer, _, _, reviewer) = await story(stage)
    to(stage, "2031-11-24")
    await settles(stage)
    digest = await officer.sees(HEADING)
    assert {"Đã nhận", "Nhắc lại sau", "Không thuộc phạm vi", "Xem bảng (ảnh)", "Lịch (ICS)"} <= set(labels(digest))
    assert {"Ghi kết quả: phương án", "Ghi kết quả: rà quét", "Ghi kết quả: báo cáo năm"} <= set(labels(digest))
    assert "🟡🟥⬜ Hệ thống 07, cấp độ 2" in digest.text
    assert "từ 01/12/2031 bot báo người thay" in digest.text
    board = await asks(officer, "/nghiavu", "Việc phải làm về an ninh mạng")
    assert two_years.told(board.text) == "p12 r1 s12"
    await officer.presses("Xem bảng (ảnh)", under="Việc phải làm")
    picture = await officer.sees("Việc phải làm: UBND phường Hoa Lư")
    assert picture.photo is not None
    assert Image.open(io.BytesIO(picture.photo)).size[0] >= 1280
    await officer.presses("Lịch (ICS)", under="Việc phải làm về")
    await settles(stage)
    await officer.presses("Ghi kết quả: rà quét", under=HEADING)
    await officer.sees("Hệ thống 12")
    await asks(officer, "/huy", "Đã bỏ")
    stranger = await stage.staff("Cán bộ nơi khác", Role.AGENCY_CONTACT)
    await asks(stranger, "/nghiavu", "chưa được xác nhận là đầu mối")
    for one in (stranger, reviewer):
        await asks(one, "/trogiup", "làm được những việc sau")
        for view in ("see", "received", "later", "waive", "picture", "calendar", "else"):
            press = await one.forges(Owed(view, agency.id).data())
            assert "Nút này không còn dùng được" in said(press) or "Việc này chỉ" in said(press), view
    await settles(stage)
    assert not any("Hoa Lư" in message.text for one in (stranger, reviewer) for message in one.messages)


async def test_what_does_not_apply_is_asked_of_a_reviewer_and_nobody_is_reminded_meanwhile(stage: Stage) -> None:
    _, (officer, _, _, reviewer) = await story(stage)
    to(stage, "2031-11-24")
    await settles(stage)
    since = len(officer.messages)
    await officer.presses("Không thuộc phạm vi", under=HEADING)
    form = await new(officer, "Việc nào không thuộc phạm vi", since)
    assert any("cả 12 hệ thống" in label for label in labels(form)), "too many to name each"
    await officer.presses(next(label for label in labels(form) if label.startswith("Phương án")))
    await officer.presses("Xong")
    await new(officer, "Vì sao không thuộc phạm vi", since)
    since = len(officer.messages)
    await officer.says("Các hệ thống này do cơ quan khác vận hành")
    await sends(officer, since)
    await officer.sees("Đã gửi đơn vị thường trực xem xét 12 việc")
    await rests(stage)
    assert len([one for one in reviewer.messages if "xem xét" in one.text or "duyệt" in one.text]) == 1
    to(stage, "2031-12-01")
    await settles(stage)
    assert two_years.told(reminders(officer)[-1].text) == "d6 r1 s12"
