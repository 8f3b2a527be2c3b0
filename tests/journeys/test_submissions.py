"""An officer hands evidence in, a reviewer judges it: forms, the one file, keys of others, what is owed afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from bot.domain.agencies import Kind, Post
from bot.domain.moments import HANOI
from bot.domain.obligations import State, Trigger, add_months
from bot.domain.people import Role
from bot.domain.presses import Do, Exempt, Judge, Judging, OwnEvidence
from bot.playground.chats import Message
from bot.services.desk import Desk
from bot.services.obligation import laying
from storage import agencies, exemptions, obligations, people, posts, submissions, systems
from storage.agencies import Agency
from storage.obligations import Obligation
from storage.systems import System
from tests.conftest import Stage
from tests.journeys import pieces
from tests.journeys.steps import asks, new
from tests.journeys.walks import quiet, rows
from tests.journeys.working import labels, sends
from tests.people import Person, visible

STALE, DENIED = "Nút này không còn dùng được", "Việc này chỉ người được giao mới làm được"
NAMES = {"s1": "Cổng dịch vụ công", "s2": "Thư công vụ", "s3": "Một cửa"}


@dataclass
class Office:
    """Two agencies with their officers, and two who judge; the first agency has three systems of level 3."""

    stage: Stage
    officer: Person
    other: Person
    reviewer: Person
    second: Person  # a reviewer who is an officer of the first agency too
    mine: str
    theirs: str
    system: Mapping[str, str]

    async def owed(self, system: str, rule: str) -> Obligation:
        async with self.stage.bot.store.reading() as tx:
            found = {one.rule: one for one in await obligations.of_subject(tx, self.system[system])}
        return found[rule]

    async def told(self, system: str, rule: str, offset: int) -> None:
        """Reminders have climbed to a rung."""
        one = await self.owed(system, rule)
        async with self.stage.bot.store.transaction() as tx:
            await obligations.put(tx, replace(one, told=offset))

    def day(self, before: int) -> date:
        """The day in Ha Noi, so many days ago."""
        return self.stage.clock.now().astimezone(HANOI).date() - timedelta(days=before)

    async def newest(self) -> submissions.Submission:
        (row,) = await rows(self.stage, "SELECT * FROM submissions ORDER BY submitted_at DESC, id DESC LIMIT 1")
        return submissions.submission(row)

    async def fills(self, command: str, *answers: str) -> Message:
        """Walk a form: a key where there is one with that label, words otherwise; the review stands then."""
        since = len(self.officer.messages)
        await self.officer.says(command)
        await new(self.officer, "Huỷ", since)
        for answer in answers:
            await quiet(self.stage)
            question = self.officer.showing("Câu ")
            if question is not None and answer in labels(question):
                await self.officer.presses(answer)
            else:
                await self.officer.says(answer)
        return await new(self.officer, "đúng rồi thì gửi", since)


def said(day: date) -> str:
    """A day as people write it, and as the bot shows it."""
    return f"{day:%d/%m/%Y}"


async def _known(stage: Stage, person: Person) -> str:
    async with stage.bot.store.reading() as tx:
        found = await people.find(tx, person.user.id)
    assert found is not None
    return found.id


@pytest.fixture
async def office(running_stage: Stage) -> Office:
    stage = running_stage
    officer = await stage.staff("Lê Thu", Role.AGENCY_CONTACT)
    other = await stage.staff("Vũ Hà", Role.AGENCY_CONTACT)
    reviewer = await stage.staff("Trần Bình", Role.STANDING_UNIT)
    second = await stage.staff("Phan Yên", Role.STANDING_UNIT, Role.AGENCY_CONTACT)
    now = stage.clock.now()
    async with stage.bot.store.transaction() as tx:
        mine, theirs, known = tx.new_id(), tx.new_id(), {}
        for identifier, code in ((mine, "XP-1"), (theirs, "XP-2")):
            await agencies.add(tx, Agency(identifier, code, f"Ủy ban {code}", Kind.COMMUNE), now)
        for number, (name, words) in enumerate(NAMES.items(), 1):
            known[name] = tx.new_id()
            await systems.add(tx, System(known[name], f"HT-00{number}", words, mine, level=3), now)
        known["s4"] = tx.new_id()
        await systems.add(tx, System(known["s4"], "HT-004", "Của người khác", theirs), now)
        for person, agency in ((officer, mine), (second, mine), (other, theirs)):
            found = await people.find(tx, person.user.id)
            assert found is not None
            assert await posts.confirm(tx, agency, found.id, Post.OFFICER, None, None, now)
        desk = Desk(tx, now, stage.bot.house)
        while await laying.look(desk):
            pass
    return Office(stage, officer, other, reviewer, second, mine, theirs, known)


async def test_a_scan_of_several_systems_is_handed_in_withdrawn_returned_and_accepted(office: Office) -> None:
    stage, officer, reviewer = office.stage, office.officer, office.reviewer
    await office.told("s1", "scan", -14)
    first, second = (f"{NAMES[name]} · {code}" for name, code in (("s1", "HT-001"), ("s2", "HT-002")))
    since = len(officer.messages)
    await officer.says("/raquet")
    question = await new(officer, "Chọn hệ thống", since)
    assert "Của người khác" not in visible(question)
    await officer.presses(first)
    await officer.presses(second)
    await officer.presses("Xong")
    await asks(officer, "31/12/1999", "trước năm 2000")
    await asks(officer, said(office.day(-1)), "chưa tới")
    scanned = office.day(3)
    await asks(officer, said(scanned), "Ai thực hiện")
    await asks(officer, "Trung tâm Chuyển đổi số", "ký hiệu văn bản")
    await asks(officer, "12/BC-VP", "nghiêm trọng")
    await asks(officer, "CVE-2026-1 ở máy chủ A", "chỉ ghi số lượng")
    await asks(officer, "1", "mức cao")
    await asks(officer, "2", "chưa xử lý")
    await asks(officer, "1", "cho phép xâm nhập")
    await officer.presses("Có")
    await officer.sees("ở hệ thống nào")
    assert NAMES["s3"] not in visible(officer.last), "only what was scanned is asked about"
    await officer.presses(first, under="ở hệ thống nào")
    await officer.presses("Xong", under="ở hệ thống nào")
    await officer.sees("Kèm một tệp")

    # The file: what only experts may see is refused by name, a letter is taken, another one takes its place.
    await officer.sends_document("Sơ đồ mạng.pdf", pieces.paper(50), "application/pdf")
    refused = await officer.sees("sơ đồ mạng hoặc danh sách địa chỉ")
    assert "hệ thống quản lý văn bản" in visible(refused)
    await officer.sends_document("ketqua.nessus", b"x")
    await officer.sees("kết quả rà quét chi tiết")
    await officer.sends_document("CV 11.pdf", pieces.paper(70, 1), "application/pdf")
    await officer.sees("CV 11.pdf")
    await officer.presses("Sửa")
    await officer.presses("Tệp kèm")
    await officer.presses("Bỏ qua", under="Kèm một tệp văn bản")
    await officer.sees("Tệp kèm: (bỏ qua)")
    await officer.sends_document("CV 12 rà quét.pdf", pieces.paper(80, 2), "application/pdf")
    since = len(officer.messages)
    (piece,) = await pieces.fetched(stage)
    assert piece["name"] == "CV 12 rà quét.pdf"
    assert set(pieces.on_disk(stage)) == {piece["sha256"]}

    # Gửi, pressed twice at once.
    review = officer.with_key("Gửi")
    assert review is not None
    twice = [stage.telegram.presses(officer.user, review, "Gửi") for _ in range(2)]
    await stage.telegram.until(lambda: all(press.answers for press in twice))
    assert [STALE in (press.answers[0][0] or "") for press in twice] == [False, True]
    receipt = await officer.sees("Đã nhận kết quả")
    assert f"Khắc phục lỗ hổng: hạn {said(office.day(3 - 7))}" in receipt.text
    assert f"Săn lùng mối nguy hại: hạn {said(office.day(3 - 14))}" in receipt.text
    one = await office.newest()
    assert len(await rows(stage, "SELECT * FROM submissions")) == 1
    for name in ("s1", "s2"):
        waiting = await office.owed(name, "scan")
        assert (waiting.state, waiting.look_at) == (State.SUBMITTED, None)
    assert (await office.owed("s1", "fix")).state is State.OPEN
    assert (await office.owed("s2", "fix")).state is State.MET
    assert (await office.owed("s3", "scan")).state is State.OPEN
    await reviewer.sees("đang chờ xem xét")

    # Somebody else's keys do nothing; where there is one system, nobody asks which.
    assert "Cổng dịch vụ công" not in visible(await asks(office.other, "/raquet", "Rà quét xong ngày nào"))
    for press in (OwnEvidence(one.id, "withdraw"), OwnEvidence(one.id, "again"), Do("scan", office.mine)):
        assert (await office.other.forges(press.data())).answers[0][0].startswith(STALE)
    for press in (Do("scan", office.system["s1"]), Do("scan", (await office.owed("s1", "scan")).id)):
        assert (await office.other.forges(press.data())).answers[0][0].startswith(STALE)
    for act in ("see", "accept", "return", "file"):
        assert (await officer.forges(Judge(one.id, act).data())).answers[0][0].startswith(DENIED)
    assert (await reviewer.forges(Judge(one.id, "else").data())).answers[0][0].startswith(STALE)
    assert (await office.newest()).state == "submitted"

    # Withdrawn before anybody judged it: all as before, and its file is gone.
    await officer.presses("Rút lại")
    await officer.sees("Đã rút lại")
    back = await office.owed("s1", "scan")
    assert (back.state, back.told) == (State.OPEN, -14)
    assert back.look_at is not None
    assert (await office.owed("s1", "fix")).state is State.MET
    await pieces.swept(stage)
    assert pieces.on_disk(stage) == {}
    assert (await officer.forges(OwnEvidence(one.id, "withdraw").data())).answers[0][0].startswith("Kết quả này đã")

    # Handed in anew with its answers, returned, and once more.
    await officer.presses("Ghi lại kết quả")
    await officer.sees("Kèm một tệp")
    await officer.sends_document("CV 13.pdf", pieces.paper(90, 3), "application/pdf")
    await pieces.fetched(stage)
    await officer.presses("Gửi", under="CV 13.pdf")
    one = await office.newest()
    await asks(reviewer, "/duyet", "Kết quả chờ xem xét: 1")
    await reviewer.presses("1")
    shown = await reviewer.sees("SHA-256")
    for words in ("Ủy ban XP-1", "12/BC-VP", "Lê Thu", "Rà quét lỗ hổng", "CV 13.pdf", said(scanned)):
        assert words in shown.text, words
    (piece,) = await pieces.pieces(stage)
    assert piece["sha256"] in shown.text
    assert piece["submission"] == one.id
    await reviewer.presses("Xem tệp")
    file = await reviewer.sees("Kết quả rà quét lỗ hổng · Ủy ban XP-1 · CV 13.pdf")
    assert file.protected
    await reviewer.presses("Trả lại, nêu lý do")
    since = len(reviewer.messages)
    await asks(reviewer, "Thiếu chữ ký của thủ trưởng", "đúng rồi thì gửi")
    await sends(reviewer, since)
    await officer.sees("Thiếu chữ ký của thủ trưởng")
    back = await office.owed("s1", "scan")
    assert (back.state, back.told, back.round) == (State.OPEN, -14, 1)
    assert (await office.owed("s1", "fix")).state is State.OPEN, "the hole is there all the same"
    assert (await reviewer.forges(Judge(one.id, "accept").data())).answers[0][0].startswith("Mục này đã có người")
    since = len(officer.messages)
    await officer.presses("Ghi lại kết quả", under="được trả lại")
    await new(officer, "Kèm một tệp văn bản", since)
    await officer.presses("Bỏ qua", under="Kèm một tệp văn bản")
    await new(officer, "đúng rồi thì gửi", since)
    await officer.presses("Gửi", under="đúng rồi thì gửi")
    one = await office.newest()
    await reviewer.forges(Judge(one.id, "see").data())
    await reviewer.sees("Không kèm tệp")
    await reviewer.presses("Chấp nhận")
    told = await officer.sees("Đã chấp nhận")
    assert said(add_months(scanned, 6)) in told.text
    done = await office.owed("s1", "scan")
    assert (done.state, done.round, done.due_on, done.done_on) == (State.OPEN, 2, add_months(scanned, 6), scanned)
    mine = await _known(stage, officer)
    assert await rows(stage, "SELECT * FROM drafts WHERE person = :mine", mine=mine) == []


async def test_nobody_judges_what_is_one_s_own_and_levels_and_exemptions_are_judged(office: Office) -> None:
    stage, officer, reviewer, second = office.stage, office.officer, office.reviewer, office.second
    await asks(await stage.staff("Chưa xác nhận", Role.AGENCY_CONTACT), "/dientap", "/dangky")
    await office.fills("/dientap", "HT-001, HT-003", "Trên bàn", "Hôm nay", "Công an xã", "Bỏ qua", "Bỏ qua")
    await officer.presses("Gửi")
    assert "diễn tập trên bàn" in (await officer.sees("Đã nhận kết quả")).text
    await second.sees("đang chờ xem xét")
    since = len(second.messages)
    assert (await office.owed("s3", "drill")).state is State.SUBMITTED

    # The level: never by default, by a document, judged by somebody else; what is owed follows.
    async with stage.bot.store.transaction() as tx:
        unknown = System(tx.new_id(), "HT-009", "Hệ thống mới", office.mine)
        await systems.add(tx, unknown, stage.clock.now())
        await laying.lay_system(Desk(tx, stage.clock.now(), stage.bot.house), unknown)
    await second.forges(Do("level", unknown.id).data())
    await second.presses("Cấp độ 4")
    await asks(second, "34/QĐ-VP", "Phê duyệt ngày nào")
    await second.presses("Hôm qua")
    await asks(second, "Công an tỉnh", "Kèm một tệp")
    await second.presses("Bỏ qua", under="Kèm một tệp")
    await second.presses("Gửi")
    await new(second, "Đã nhận kết quả", since)
    own = await office.newest()
    assert own.kind == "level"
    assert sum("đang chờ xem xét" in message.text for message in reviewer.messages) == 1, "one line, not one for each"
    for act in ("see", "accept", "return"):
        assert "người khác xem xét" in (await second.forges(Judge(own.id, act).data())).answers[0][0]
    await reviewer.forges(Judge(own.id, "accept").data())
    await second.sees("Đã chấp nhận")
    async with stage.bot.store.reading() as tx:
        assert (await systems.get(tx, unknown.id)).level == 4
        states = {one.rule: one.state for one in await obligations.of_subject(tx, unknown.id)}
        logged = [row["kind"] for row in await tx.rows("SELECT kind FROM register_events")]
    assert states["level"] is State.ENDED
    assert states["drill"] is State.OPEN
    assert logged == ["level_set"]

    # A request to be left out: agreed, taken back; another one refused with the reason.
    plan, scan = await office.owed("s1", "plan"), await office.owed("s1", "scan")
    asked_by = await _known(stage, officer)
    async with stage.bot.store.transaction() as tx:
        desk = Desk(tx, stage.clock.now(), stage.bot.house)
        requests = [await exemptions.ask(tx, one.id, "Máy đã ngừng", asked_by, desk.now) for one in (plan, scan)]
        for one in (plan, scan):
            await laying.suspend(desk, one)
    first, other = (str(one) for one in requests)
    await reviewer.forges(Judging("asked").data())
    await reviewer.sees("chờ trả lời: 2")
    await reviewer.forges(Exempt(first, "see").data())
    await reviewer.sees("Máy đã ngừng")
    await reviewer.presses("Đồng ý", under="Máy đã ngừng")
    await officer.sees("không đặt ra với")
    assert (await office.owed("s1", "plan")).state is State.WAIVED
    await reviewer.forges(Judging("waived").data())
    await reviewer.sees("Đã đồng ý không thực hiện")
    await reviewer.presses("1", under="Đã đồng ý không thực hiện")
    await reviewer.presses("Thu hồi")
    await officer.sees("đã thu hồi")
    assert (await office.owed("s1", "plan")).state is State.OPEN
    await reviewer.forges(Exempt(other, "refuse").data())
    await reviewer.sees("vẫn phải làm?")
    since = len(reviewer.messages)
    await asks(reviewer, "Hệ thống còn chạy", "đúng rồi thì gửi")
    await sends(reviewer, since)
    await officer.sees("Hệ thống còn chạy")
    assert (await office.owed("s1", "scan")).state is State.OPEN
    assert (await reviewer.forges(Exempt(other, "agree").data())).answers[0][0].startswith("Mục này đã có người")


async def test_a_day_that_answers_nothing_is_told_before_anybody_judges(office: Office) -> None:
    """A fix of before its hole was found, and a form whose systems were handed in by a colleague meanwhile."""
    stage, officer = office.stage, office.officer
    system = office.system["s2"]
    async with stage.bot.store.transaction() as tx:
        desk = Desk(tx, stage.clock.now(), stage.bot.house)
        await laying.trigger(desk, await systems.get(tx, system), Trigger.HOLE_FOUND, office.day(3))
    await asks(officer, "/trogiup", "/dientap")
    await officer.forges(Do("fix", system).data())
    await asks(officer, said(office.day(4)), "Ai thực hiện")
    await asks(officer, "Trung tâm A", "ký hiệu văn bản")
    await officer.presses("Bỏ qua")
    await officer.sees("chưa khắc phục")
    await officer.presses("Không có")
    await officer.sees("Kèm một tệp")
    album = await officer.sends_album([b"\xff\xd8\xff1", b"\xff\xd8\xff2"])  # a letter of two pages
    assert len(album) == 2
    await officer.sees("kèm được một tệp")
    assert len(await pieces.fetched(stage)) == 1
    early = await officer.presses("Gửi")
    assert "phát sinh sau ngày đó" in str(early.answers[0][0])
    assert await rows(stage, "SELECT * FROM submissions") == []
    async with stage.bot.store.transaction() as tx:
        desk = Desk(tx, stage.clock.now(), stage.bot.house)
        await laying.suspend(desk, await office.owed("s2", "fix"))
    late = await officer.presses("Gửi")
    assert "không còn việc nào chờ" in str(late.answers[0][0])
    assert NAMES["s3"] in visible(await asks(officer, "/phuongan", "Chọn hệ thống"))
    assert await pieces.pieces(stage) == [], "the file of a form goes with it"
    await asks(officer, "/huy", "vẫn còn phải làm")
