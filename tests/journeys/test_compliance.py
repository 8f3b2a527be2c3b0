"""`/tuanthu`: the department looks from the province down to one system, and takes everything along as files."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import pytest
from docx import Document
from icalendar import Calendar
from openpyxl import load_workbook
from PIL import Image

from bot.domain.agencies import Kind, Post
from bot.domain.people import Role
from bot.domain.presses import Compliance, ComplianceFile
from bot.playground.chats import Message
from bot.services import workshop
from bot.services.compliance import calendars
from bot.services.desk import Desk
from bot.services.obligation import laying
from storage import agencies, people, posts, roles, systems
from storage.agencies import Agency
from storage.store import Transaction
from storage.systems import System
from tests.conftest import Stage
from tests.jobs.records import rests
from tests.journeys.steps import asks, new
from tests.journeys.working import labels
from tests.people import Person, visible

COMMUNE, OFFICE = "Xã Ví Dụ", "=Sở Ví Dụ"  # a name that a sheet program would take for a formula
PHONE = "0900000001"  # of every colleague on the stage


@dataclass
class Province:
    """A commune with an officer and two systems, one of unknown level; a department that nobody speaks for."""

    stage: Stage
    unit: Person
    officer: Person
    ids: dict[str, str]

    async def presses(self, label: str, words: str) -> Message:
        since = len(self.unit.messages)
        await self.unit.presses(label)
        if label.startswith(("Bảng", "Danh sách")):
            await rests(self.stage)
            return await new(self.unit, words, since)
        return await self.unit.sees(words)


async def lay(tx: Transaction, stage: Stage) -> dict[str, str]:
    now = stage.clock.now()
    desk = Desk(tx, now, stage.bot.house)
    commune = Agency(tx.new_id(), "XP-001", COMMUNE, Kind.COMMUNE)
    office = Agency(tx.new_id(), "SN-001", OFFICE, Kind.DEPARTMENT)
    owned = [
        System(tx.new_id(), "HT-001", "Cổng thông tin", commune.id, level=3),
        System(tx.new_id(), "HT-002", "Phần mềm một cửa", commune.id),
        System(tx.new_id(), "HT-003", "Thư điện tử", office.id, level=2),
    ]
    for agency in (commune, office):
        await agencies.add(tx, agency, now)
    for system in owned:
        await systems.add(tx, system, now)
    while await laying.look(desk):
        pass
    kept: list[Agency | System] = [commune, office, *owned]
    return {one.code: one.id for one in kept}


@pytest.fixture
async def province(running_stage: Stage) -> Province:
    stage = running_stage
    unit = await stage.staff("Nguyễn Thị Thường Trực", Role.STANDING_UNIT)
    officer = await stage.staff("Lê Văn Đầu Mối", Role.AGENCY_CONTACT)
    async with stage.bot.store.transaction() as tx:
        ids = await lay(tx, stage)
        known = await people.find(tx, officer.user.id)
        assert known is not None
        await posts.confirm(tx, ids["XP-001"], known.id, Post.OFFICER, None, None, stage.clock.now())
    return Province(stage, unit, officer, ids)


async def tell(province: Province) -> None:
    """The ladder has told the officer of the plan of one system, and the department of what two systems lack."""
    told = "INSERT INTO reminders (obligation, round, rung, again, person, at, sent) SELECT id, round, 30, 0, :person,"
    stage = province.stage
    async with stage.bot.store.transaction() as tx:
        known = await people.find(tx, province.officer.user.id)
        assert known is not None
        for person, codes in ((known.id, ["HT-001"]), ("department", ["HT-001", "HT-003"])):
            for code in codes:
                await tx.run(
                    f"{told} '2026-11-20T01:00:00.000000Z', 'x' FROM obligations WHERE rule = 'plan' AND system = :id"
                    " ON CONFLICT (obligation, round, rung, again, person) DO UPDATE SET sent = 'x'",
                    {"person": person, "id": province.ids[code]},
                )


def numbers(message: Message, name: str) -> list[int]:
    """The numbers of a line."""
    line = next(line for line in visible(message).splitlines() if name in line)
    return [int(one) for one in re.findall(r"\d+", line.split(":", 1)[1])]


async def test_the_department_looks_from_the_province_down_to_a_system(province: Province) -> None:
    unit, stage = province.unit, province.stage
    page = await asks(unit, "/tuanthu", "Toàn tỉnh")
    assert "2 cơ quan, 3 hệ thống thông tin" in page.text
    assert "Chưa có đầu mối: 1 cơ quan" in page.text
    assert numbers(page, "Phương án, kịch bản") == [0, 0, 3]  # none on time: overdue from the first day
    assert "chưa rõ cấp độ 1" in page.text
    assert page.text.index("Cấp độ 3") < page.text.index("Cấp độ 2") < page.text.index("Chưa xác định")
    kinds = [one for one in labels(page) if "cơ quan" in one]
    assert [one.split(":")[0] for one in kinds] == ["Sở, ban, ngành", "Xã, phường"]
    await unit.presses(kinds[1])
    of_kind = await unit.sees("Cơ quan 1 – 1")
    assert COMMUNE in of_kind.text
    assert OFFICE not in of_kind.text
    await unit.presses(COMMUNE)
    agency = await unit.sees("Đầu mối: 1 người")
    assert "HT-002 Phần mềm một cửa (Chưa xác định)" in visible(agency)
    await unit.presses("HT-001 Cổng thông tin")
    system = await unit.sees("Quá hạn, hạn 30/12/2022")
    assert f"{COMMUNE}. Cấp độ 3" in system.text
    assert "Diễn tập thực chiến" in system.text
    for back, words in (
        ("Về cơ quan", "Đầu mối: 1 người"),
        ("Về nhóm cơ quan", "Cơ quan 1 – 1"),
        ("Về toàn tỉnh", "nhóm cơ"),
    ):
        await unit.presses(back)
        await unit.sees(words)
    async with stage.bot.store.transaction() as tx:
        await tx.run("UPDATE posts SET red_since = :at", {"at": "2026-11-20T01:00:00.000000Z"})
        await tx.run("UPDATE systems SET until = '2026-01-01' WHERE code = 'HT-003'")
    page = await asks(unit, "/tuanthu", "Toàn tỉnh")
    assert "Đầu mối mất liên lạc: 1 cơ quan" in page.text
    assert "2 cơ quan, 2 hệ thống" in page.text
    gone = await unit.forges(Compliance("system", province.ids["HT-003"]).data())
    assert gone.answers[0][0].startswith("Nút này không còn dùng được")
    await rests(stage)


async def test_every_file_says_the_numbers_of_the_page(province: Province) -> None:
    unit, stage = province.unit, province.stage
    await tell(province)
    page = await asks(unit, "/tuanthu", "cần nhắc bằng văn bản: 2 cơ quan")
    head = page.text.splitlines()[2].removeprefix("Tất cả: ")
    total = sum(int(one) for one in re.findall(r"(\d+)(?!\d*%)", re.sub(r"\(\d+%\)", "", head)))
    picture = await province.presses("Bảng màu (hình)", head)
    assert picture.file is not None
    assert Image.open(io.BytesIO(picture.file.content)).format == "PNG"
    workbook = await province.presses("Bảng Excel", head)
    assert workbook.file is not None
    book = load_workbook(io.BytesIO(workbook.file.content), data_only=True)
    summary = list(book["Tổng hợp"].values)
    assert [row[8] for row in summary if row[1] == "Cộng"] == [total] * 3
    assert book["Dữ liệu"].max_row == total + 1
    named = next(cell for cell in book["Theo cơ quan"]["B"] if cell.value == OFFICE)
    assert (named.data_type, named.quotePrefix) == ("s", True)
    listed = await province.presses("Danh sách cần nhắc (Word)", "2 cơ quan, 2 việc")
    assert listed.file is not None
    rows = [[cell.text for cell in row.cells] for row in Document(io.BytesIO(listed.file.content)).tables[0].rows[1:]]
    assert [row[:2] for row in rows] == [["1", OFFICE], ["2", COMMUNE]]
    assert rows[0][4] == "Chưa nhắc được: cơ quan chưa có đầu mối"
    assert rows[1][2] == "Phương án, kịch bản ứng cứu: 1 hệ thống (HT-001)"
    assert rows[1][3].startswith("30/12/2022 (quá ")
    assert rows[1][4] == "Lê Văn Đầu Mối (đầu mối): 20/11/2026"
    silent = list(book["Cần nhắc bằng văn bản"].values)
    assert [row[2] for row in silent[1:]] == [OFFICE, COMMUNE]
    assert PHONE.encode() not in listed.file.content + workbook.file.content
    async with stage.bot.store.transaction() as tx:
        known = await people.find(tx, unit.user.id)
        assert known is not None
        desk = Desk(tx, stage.clock.now(), stage.bot.house)
        await workshop.order(desk, "compliance_book", known, kind="", page=0)
        await roles.end(tx, known.id, Role.STANDING_UNIT, None, stage.clock.now())
    stage.bot.workshop.bell.ring()
    await unit.sees("Việc này chỉ người được giao")
    assert (await unit.forges(ComplianceFile("silent").data())).answers[0][0].startswith("Việc này chỉ")
    await rests(stage)


async def test_an_officer_takes_the_own_days_along_and_nobody_else_s(province: Province) -> None:
    stage, officer = province.stage, province.officer
    async with stage.bot.store.transaction() as tx:
        known = await people.find(tx, officer.user.id)
        stranger = await people.find(tx, province.unit.user.id)
        assert known is not None
        assert stranger is not None
        desk = Desk(tx, stage.clock.now(), stage.bot.house)
        await workshop.order(desk, calendars.WHAT, known, agency=province.ids["XP-001"])
        await workshop.order(desk, calendars.WHAT, known, agency=province.ids["SN-001"])
        await workshop.order(desk, calendars.WHAT, stranger)
    stage.bot.workshop.bell.ring()
    sent = await officer.sees("Lịch việc phải làm")
    assert sent.file is not None
    calendar = Calendar.from_ical(sent.file.content)
    titles = [str(event["summary"]) for event in calendar.walk("VEVENT")]
    assert "Quá hạn: Phương án, kịch bản ứng cứu: 2 hệ thống" in titles
    assert "Báo cáo năm về an ninh mạng" in titles
    assert "Diễn tập thực chiến: HT-001" in titles
    assert len({str(event["uid"]) for event in calendar.walk("VEVENT")}) == len(titles)
    assert b"HT-003" not in sent.file.content
    await officer.sees("chưa có việc nào đến hạn để đưa vào lịch")
    await province.unit.sees("Việc này chỉ người được giao")
    await rests(stage)
