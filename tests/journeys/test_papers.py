"""Official papers from a case: chosen, asked for what is missing, sent as a file, told in the log, kept from others."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from docx import Document

from bot import office
from bot.domain import vietnamese
from bot.domain.incidents import EventKind, Source, Status
from bot.domain.people import Role
from bot.domain.presses import Paper, Pdf
from bot.playground.chats import Message
from storage import chain, closings, events, incidents, papers, people, privacy
from tests.conftest import Stage
from tests.jobs.records import becomes, number, rests
from tests.journeys.steps import asks, incident_of, log_of, new
from tests.journeys.working import labels, sends
from tests.people import Person

STORY = "Máy chủ tệp bị mã hóa lúc 7 giờ 50 phút; người dân không tra cứu được hồ sơ <đất đai> & quy hoạch."
FACTS: dict[str, Any] = {
    "kind": "ransomware",
    "summary": STORY,
    "system": "Hệ thống hồ sơ đất đai",
    "level": "3",
    "detected_at": "2026-11-22T08:30",
    "state": "handling",
    "found_by": ["monitoring", "users"],
    "told": ["police", "owner"],
    "flags": ["outage"],
}
# What form 03 wants and the report does not hold, in the order in which it is asked.
MISSING = {
    "Tên tổ chức/cá nhân": "Sở Nông nghiệp và Môi trường",
    "Địa chỉ": "Số 12 đường Lê Hồng Phong, phường Hoa Lư",
    "Điện thoại (*)": "0229 3871 234",
    "Email (*)": "vanphong@sonnmt.gov.vn",
    "Tên đơn vị vận hành": "Trung tâm Công nghệ thông tin",
}
OPEN = "SELECT count(*) FROM orders WHERE state = 'waiting'"


async def agency_case(stage: Stage, reporter: Person, **facts: Any) -> str:
    """A report of an officer with his contact data, filed long ago; its code."""
    now = stage.clock.now()
    async with stage.bot.store.transaction() as tx:
        known = await people.find(tx, reporter.user.id)
        assert known is not None
        made = incidents.Incident(
            id=tx.new_id(),
            code=await incidents.next_code(tx, 2026),
            form="agency_report_1",
            source=Source.AGENCY,
            kind="ransomware",
            status=Status.CLAIMED,
            reporter=known.id,
            anonymous=False,
            incomplete=False,
            facts={**FACTS, "detected_at": _detected(stage), **facts},
            summary=STORY,
            owner=None,
            filed_at=now,
            claimed_at=now,
        )
        await incidents.add(tx, made)
        await events.append(tx, made.id, EventKind.FILED, now, known.id, {})
        await privacy.keep_text(tx, "hash", "x")
        consent = await privacy.consent(tx, known.id, "contact", "1", "hash", "vi", now)
        contact = {"name": "Vũ Thị Hạnh", "phone": "0912345678", "email": "hanh@sonnmt.gov.vn"}
        await privacy.keep_contact(tx, made.id, consent, contact)
    return made.code


def _detected(stage: Stage) -> str:
    """Yesterday at half past eight, as the report keeps it."""
    moment = vietnamese.parse_moment("8h30 hôm qua", stage.clock.now())
    assert moment is not None
    return moment.to_text()


async def cast(stage: Stage) -> tuple[Person, Person, str]:
    """One of the team, an officer of an agency, and the code of the officer's report."""
    member = await stage.staff("Đỗ Minh Khôi", Role.RESPONDER)
    await stage.team(member)
    officer = await stage.staff("Vũ Thị Hạnh", Role.AGENCY_CONTACT)
    return member, officer, await agency_case(stage, officer)


def files(person: Person, ending: str = ".docx") -> list[Message]:
    return [one for one in person.messages if one.file is not None and one.file.name.endswith(ending)]


def words(message: Message) -> str:
    """All text of a DOCX, tables and foot included."""
    assert message.file is not None
    document = Document(io.BytesIO(message.file.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    foot = [one.text for one in document.sections[0].first_page_footer.paragraphs]
    return "\n".join([*(one.text for one in document.paragraphs), *cells, *foot]).replace("\u00a0", " ")


async def answers(person: Person, said: dict[str, str], since: int) -> int:
    """Answer each question as it comes; how many messages there were before the last answer."""
    for label, answer in said.items():
        await new(person, label, since)
        since = len(person.messages)
        await person.says(answer)
    return since


async def test_a_paper_asks_only_for_what_is_missing_and_says_everything_that_is_known(running_stage: Stage) -> None:
    """The bot is stopped in the middle of the questions. The second paper knows what the first was told."""
    stage = running_stage
    member, _, code = await cast(stage)
    async with stage.bot.store.transaction() as tx:
        await tx.run("UPDATE incidents SET tlp = 'RED', owner = (SELECT person FROM roles WHERE role = 'responder')")
    await asks(member, "/baocao", "gõ kèm mã")
    await asks(member, f"/baocao {code}", "Mẫu 03")
    since = len(member.messages)
    await member.presses("Mẫu 03 – Báo cáo ban đầu")
    asked = await member.sees("Còn 5 mục bắt buộc")
    assert "Tên tổ chức/cá nhân báo cáo sự cố (*)" in asked.text
    half = dict(list(MISSING.items())[:2])
    await answers(member, half, 0)
    await new(member, "Điện thoại (*)", since)
    await stage.stop()
    await stage.start()
    since = await answers(member, {name: said for name, said in MISSING.items() if name not in half}, since)
    review = await new(member, "đúng rồi thì gửi", since)
    assert "mục không bắt buộc đang để trống" in review.text
    assert "Người liên hệ: Vũ Thị Hạnh" in review.text
    await sends(member, since)
    await becomes(stage, 0, OPEN)
    await rests(stage)

    (paper,) = files(member)
    assert not paper.protected, "it is to be saved, opened in Word and signed, whatever its incident is marked"
    text = words(paper)
    known = ("Vũ Thị Hạnh", "0912 345 678", "hanh@sonnmt.gov.vn", STORY, "Cấp độ 3", "08 giờ 30 phút", code)
    assert [one for one in (*known, *MISSING.values()) if one not in text] == []
    assert "☒ Qua hệ thống phát hiện xâm nhập" in text
    assert "☐ Kiểm tra dữ liệu lưu lại" in text
    assert "DỰ THẢO" in text
    assert "đã báo cáo thay" not in text
    assert ("Bản PDF" in labels(paper)) == (office.find() is not None)
    assert await number(stage, "SELECT count(*) FROM enclosures") == 0
    await _is_in_the_log(stage, code, paper, text)

    await asks(member, f"/baocao {code}", "NĐ 331")
    await member.presses("NĐ 331 – Thông báo ban đầu (24 giờ)")
    assert "Còn 1 mục bắt buộc" in (await new(member, "Chủ quản hệ thống thông tin (*)", 0)).text


async def _is_in_the_log(stage: Stage, code: str, paper: Message, text: str) -> None:
    """The event names the file by its hash; the head that the paper prints is in the chain."""
    incident = await incident_of(stage, code)
    assert paper.file is not None
    async with stage.bot.store.reading() as tx:
        event = await events.last_of(tx, incident.id, EventKind.PRINTED)
        assert event is not None
        assert event.payload is not None
        heads = {
            row["hash"] for row in await tx.rows("SELECT hash FROM events WHERE incident = :i", {"i": incident.id})
        }
    said = event.payload
    assert (said["form"], said["number"]) == ("mau_03/ban_dau", 1)
    assert said["sha256"] == hashlib.sha256(paper.file.content).hexdigest()
    assert said["head"] in text
    assert said["head"] in heads
    assert (await log_of(stage, code))[-1] is EventKind.PRINTED


async def test_who_reported_for_an_agency_gets_the_draft_of_the_own_report_and_nobody_else_does(
    running_stage: Stage,
) -> None:
    stage = running_stage
    _, officer, code = await cast(stage)
    other = await stage.staff("Người của sở khác", Role.AGENCY_CONTACT)
    incident = await incident_of(stage, code)
    for stranger in (other, stage.person("Người lạ")):
        await stranger.says("/start")
        await rests(stage)
        press = await stranger.forges(Paper(incident.id).data())
        assert "chỉ người được giao" in (press.answers[0][0] or "")
    await asks(officer, f"/tracuu {code}", "Báo cáo chính thức")
    await officer.presses("Báo cáo chính thức")
    await officer.presses("Mẫu 04 – Báo cáo kết thúc")
    said = {**MISSING, "Kết quả xử lý": "Đã khôi phục dữ liệu từ bản sao lưu, dịch vụ hoạt động lại"}
    since = await answers(officer, said, 0)
    await sends(officer, since)
    await becomes(stage, 0, OPEN)
    await rests(stage)
    (paper,) = files(officer)
    assert "Đã khôi phục dữ liệu" in words(paper)
    assert not files(other)


async def test_a_withdrawn_consent_erases_what_papers_say(running_stage: Stage) -> None:
    """What was said of the officer goes from the rows, from a paper that is being written, and from the chats."""
    stage = running_stage
    member, officer, code = await cast(stage)
    await asks(member, f"/baocao {code}", "Mẫu 03")
    await member.presses("Mẫu 03 – Báo cáo ban đầu")
    since = await answers(member, MISSING, 0)
    await sends(member, since)
    await becomes(stage, 0, OPEN)
    await rests(stage)
    assert files(member)
    await asks(member, f"/baocao {code}", "Mẫu 03")
    await member.presses("Mẫu 04 – Báo cáo kết thúc")
    await member.sees("Còn 1 mục")
    await asks(officer, "/riengtu", "Rút lại đồng ý")
    await officer.presses("Rút lại đồng ý")
    await rests(stage)
    assert not files(member)
    assert await number(stage, "SELECT count(*) FROM papers WHERE answers <> '{}'") == 0
    assert await number(stage, "SELECT count(*) FROM drafts WHERE form LIKE 'paper/%'") == 0


async def test_an_update_bears_its_number_and_a_right_that_ends_stops_the_file(running_stage: Stage) -> None:
    """What the team wrote at the end fills the final report."""
    stage = running_stage
    member, _, code = await cast(stage)
    incident = await incident_of(stage, code)
    earlier = {"to_chuc_ten": "Sở X", "to_chuc_dia_chi": "Phường Y", "to_chuc_dien_thoai": "02293871234"}
    earlier |= {"to_chuc_email": "a@b.vn", "co_quan_chu_quan": "UBND tỉnh", "don_vi_van_hanh": "Trung tâm Z"}
    async with stage.bot.store.transaction() as tx:
        who = await people.find(tx, member.user.id)
        assert who is not None
        head = await chain.head(tx, incident.id)
        await papers.add(tx, incident.id, "nd_331/cap_nhat", earlier, head, who.id, stage.clock.now())
        said = {
            "cause": "Lộ mật khẩu",
            "consequence": "Ngừng 32 giờ",
            "measures": "Khôi phục",
            "result": "Xong việc này",
        }
        await closings.keep(tx, incident.id, said, 45_000_000, who.id, stage.clock.now())
    await asks(member, f"/baocao {code}", "NĐ 331 – Báo cáo kết thúc")
    since = len(member.messages)
    await member.presses("NĐ 331 – Báo cáo kết thúc")
    assert "45.000.000 đồng" in (await new(member, "đúng rồi thì gửi", 0)).text
    await member.says("/huy")
    await rests(stage)
    await asks(member, f"/baocao {code}", "NĐ 331 – Báo cáo cập nhật")
    since = len(member.messages)
    await member.presses("NĐ 331 – Báo cáo cập nhật")
    await answers(member, {"Diễn biến từ báo cáo trước": "Đã khôi phục 80 phần trăm dữ liệu"}, 0)
    await sends(member, since)
    await becomes(stage, 0, OPEN)
    await rests(stage)
    (paper,) = files(member)
    assert "Cập nhật số 2 về sự cố an ninh mạng" in words(paper)
    async with stage.bot.store.transaction() as tx:
        await tx.run("UPDATE roles SET ended_at = granted_at WHERE person = :p", {"p": who.id})
    await asks(member, f"/baocao {code}", "chỉ người được giao")


@pytest.mark.skipif(office.find() is None, reason="LibreOffice is not installed, so no key offers a PDF")
async def test_the_same_paper_comes_as_a_pdf(running_stage: Stage) -> None:
    stage = running_stage
    member, _, code = await cast(stage)
    incident = await incident_of(stage, code)
    async with stage.bot.store.transaction() as tx:
        who = await people.find(tx, member.user.id)
        assert who is not None
        head = await chain.head(tx, incident.id)
        made = await papers.add(tx, incident.id, "mau_04/ket_thuc", {}, head, who.id, stage.clock.now())
    await asks(member, "/trogiup", "/baocao")
    await member.forges(Pdf(made.id).data())
    await member.sees("Đây là bản dự thảo")
    (paper,) = files(member, ".pdf")
    assert paper.file is not None
    assert paper.file.content.startswith(b"%PDF")
    assert (await log_of(stage, code))[-1] is EventKind.PRINTED
