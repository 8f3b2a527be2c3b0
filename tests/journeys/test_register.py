"""`/coquan` and `/hethong`: the department finds, keeps and merges agencies; an officer keeps the systems of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from bot.domain.agencies import Exposure, Kind, Post
from bot.domain.moments import HANOI
from bot.domain.people import Role
from bot.domain.presses import KeepAgency, Merge, OwnSystem
from bot.domain.registering import Event
from bot.playground.chats import Message
from bot.services.desk import Desk
from bot.services.obligation import laying
from storage import agencies, obligations, people, posts, register, systems
from storage.agencies import Agency
from storage.systems import System
from tests.conftest import Stage
from tests.journeys.steps import asks
from tests.journeys.working import labels
from tests.people import Person

STALE = "Nút này không còn dùng được"


@dataclass
class Province:
    """A department, 130 communes, an officer of one of them."""

    stage: Stage
    department: Person
    officer: Person

    @property
    def today(self) -> date:
        return self.stage.clock.now().astimezone(HANOI).date()

    async def agency(self, code: str) -> Agency:
        async with self.stage.bot.store.reading() as tx:
            found = await agencies.by_code(tx, code)
        assert found is not None
        return found

    async def systems_of(self, code: str) -> list[System]:
        async with self.stage.bot.store.reading() as tx:
            owner = await agencies.by_code(tx, code)
            assert owner is not None
            return list(await systems.running(tx, owner.id, self.today))

    async def log(self, code: str) -> list[Event]:
        agency = await self.agency(code)
        async with self.stage.bot.store.reading() as tx:
            return [one.kind for one in await register.of_agency(tx, agency.id, 20)]

    async def gives(self, code: str, names: list[str]) -> None:
        """Systems of an agency, as an import would bring them."""
        async with self.stage.bot.store.transaction() as tx:
            desk = Desk(tx, self.stage.clock.now(), self.stage.bot.house)
            owner = await agencies.by_code(tx, code)
            assert owner is not None
            for name in names:
                made = System(tx.new_id(), await systems.next_code(tx), name, owner.id, exposure=Exposure.INTERNET)
                await systems.add(tx, made, desk.now)
                await laying.lay_system(desk, made)

    async def speaks(self, person: Person, code: str, post: Post = Post.OFFICER) -> None:
        async with self.stage.bot.store.transaction() as tx:
            known, owner = await people.find(tx, person.user.id), await agencies.by_code(tx, code)
            assert known is not None
            assert owner is not None
            await posts.confirm(tx, owner.id, known.id, post, None, None, self.stage.clock.now())


@pytest.fixture
async def province(running_stage: Stage) -> Province:
    stage = running_stage
    department = await stage.staff("Lê Thị Danh Bạ", Role.STANDING_UNIT)
    officer = await stage.staff("Phạm Văn Phủ", Role.AGENCY_CONTACT)
    async with stage.bot.store.transaction() as tx:
        for number in range(130):
            made = Agency(tx.new_id(), f"XP-{number:03d}", f"Xã Ví dụ {number:03d}", Kind.COMMUNE)
            await agencies.add(tx, made, stage.clock.now())
        old = Agency(tx.new_id(), "SO-01", "Sở Thông tin (ví dụ)", Kind.DEPARTMENT, since=date(2003, 1, 1))
        await agencies.add(tx, old, stage.clock.now())
        await tx.run("UPDATE agencies SET laid = 1000000")  # what agencies themselves owe is no matter here
    one = Province(stage, department, officer)
    await one.speaks(officer, "SO-01")
    return one


async def presses(who: Person, label: str, words: str) -> Message:
    """Press the newest key with that label; the message that shows `words` afterwards."""
    press = await who.presses(label)
    assert not (press.answers[0][0] or "").startswith(STALE), label
    return await who.sees(words)


async def test_any_of_the_communes_is_two_presses_or_a_few_words_away(province: Province) -> None:
    clerk = province.department
    front = await asks(clerk, "/coquan", "131 cơ quan")
    stretches = [label for label in labels(front) if "–" in label]
    assert len(stretches) == 6
    reached: set[str] = set()
    for stretch in stretches:
        page = await presses(clerk, stretch, f"đến {min(24 * (stretches.index(stretch) + 1), 130)},")
        reached |= {label for label in labels(page) if label.startswith("Xã")}
        await presses(clerk, "Danh bạ", "131 cơ quan")
    assert len(reached) == 130
    await asks(clerk, "/coquan XP-077", "Xã Ví dụ 077")
    await asks(clerk, "/coquan vi du 07", "10 cơ quan")
    await asks(clerk, "/coquan SỞ thong", "Người phụ trách")
    assert "Xin thử ít từ hơn" in (await asks(clerk, "/coquan 100% _ thật", "Chưa thấy cơ quan nào")).text


async def test_an_agency_is_added_changed_and_merged_and_nothing_of_it_is_lost(province: Province) -> None:
    clerk, officer, stage = province.department, province.officer, province.stage
    await asks(clerk, "/coquan", "131 cơ quan")
    await presses(clerk, "Thêm cơ quan", "nhóm nào")
    await presses(clerk, "Sở, ban, ngành", "Mã của cơ quan")
    await asks(clerk, "mã sai!", "Mã chưa đúng")
    await asks(clerk, "so-01", "Tên đầy đủ")
    await asks(clerk, "Sở Khoa học (ví dụ)", "từ ngày nào")
    await presses(clerk, "Bỏ qua", "Họ tên người đứng đầu")
    await asks(clerk, "Bà Kín Tên", "Chức vụ")
    await asks(clerk, "Giám đốc", "đúng rồi thì gửi")
    refused = await clerk.presses("Gửi")
    assert "Mã này đang là mã của một cơ quan khác" in (refused.answers[0][0] or "")
    await clerk.presses("Sửa")
    await clerk.presses("Mã")
    await asks(clerk, "SO-02", "đúng rồi thì gửi")
    await presses(clerk, "Gửi", "Người đứng đầu: Bà Kín Tên, Giám đốc")
    assert "Kín" not in str(await province.log("SO-02"))
    await province.gives("SO-01", ["Cổng một cửa", "Thư công vụ"])
    head = await stage.staff("Trần Cấp Trưởng", Role.AGENCY_CONTACT)
    await province.speaks(head, "SO-01", Post.HEAD)
    await asks(clerk, "/coquan SO-01", "Hệ thống thông tin đang dùng: 2")
    await presses(clerk, "Kết thúc cơ quan…", "không còn từ ngày nào")
    await presses(clerk, "Hôm nay", "Kết thúc cơ quan, không có cơ quan kế thừa")
    refused = await clerk.presses("Gửi")
    assert "Cơ quan còn hệ thống đang dùng" in (refused.answers[0][0] or "")
    await asks(clerk, "/huy", "Đã")
    await presses(clerk, "Đầu mối công bố", "Số điện thoại đã công bố")
    await asks(clerk, "0900 000 009", "Thư điện tử")
    await presses(clerk, "Bỏ qua", "trang có đăng")
    await presses(clerk, "Bỏ qua", "Lấy từ đâu")
    await asks(clerk, "Trang thông tin (ví dụ)", "Công bố ngày nào")
    await presses(clerk, "Hôm nay", "Đầu mối tiếp nhận mà cơ quan đã công bố")
    await presses(clerk, "Gửi", "Nguồn: Trang thông tin (ví dụ)")
    await presses(clerk, "Sáp nhập…", "Sáp nhập vào cơ quan nào")
    await asks(clerk, "khoa hoc", "Sở Khoa học (ví dụ)")
    await presses(clerk, "Sở Khoa học (ví dụ)", "Sáp nhập từ ngày nào")
    await presses(clerk, "Hôm nay", "Sáp nhập cơ quan: Anh/Chị xem lại")
    asked = await presses(clerk, "Gửi", "Chuyển sang cơ quan mới")
    assert "2 hệ thống thông tin đang dùng" in asked.text
    assert "Người phụ trách: Cán bộ đầu mối (1), Người đứng đầu (1)" in asked.text
    before = await province.agency("SO-01")
    assert before.successor is None
    await presses(clerk, "Sáp nhập", "Sáp nhập vào Sở Khoa học")
    told = await officer.sees("đã sáp nhập vào")
    assert "2 hệ thống" in told.text
    await head.sees("đã sáp nhập vào")
    new_one, old_one = await province.agency("SO-02"), await province.agency("SO-01")
    assert (old_one.successor, old_one.until) == (new_one.id, province.today)
    moved = {one.id for one in await province.systems_of("SO-02")}
    assert len(moved) == 2
    assert await province.systems_of("SO-01") == []
    assert await province.log("SO-01") == [Event.AGENCY_MERGED, Event.AGENCY_CHANGED]
    async with stage.bot.store.reading() as tx:
        owed = await obligations.of_agency(tx, new_one.id)
        assert {one.system for one in owed if one.system} == moved
        assert list(await obligations.of_agency(tx, old_one.id)) == []
        assert {one.post for one in await posts.of_agency(tx, new_one.id)} == {Post.OFFICER, Post.HEAD}
        assert await posts.of_agency(tx, old_one.id) == []
    for words in ("SO-01", "SO-02"):  # both codes lead somewhere
        await asks(clerk, f"/coquan {words}", f"mã {words}")
    for press in (
        KeepAgency(old_one.id, "system"),
        KeepAgency(old_one.id, "edit"),
        Merge(old_one.id, new_one.id, "20261101", "yes"),
        Merge(new_one.id, old_one.id, "20261101", "yes"),
        Merge(new_one.id, new_one.id, "20261101", "yes"),
    ):
        refused = await clerk.forges(press.data())
        assert (refused.answers[0][0] or "").startswith((STALE, "Cơ quan")), press
    assert len(await province.systems_of("SO-02")) == 2
    await asks(officer, "/hethong", "2 hệ thống thông tin")


async def test_an_officer_with_sixty_systems_turns_pages_and_adds_changes_and_stops_one(province: Province) -> None:
    officer, clerk = province.officer, province.department
    await asks(officer, "/hethong", "chưa có hệ thống thông tin nào")
    await presses(officer, "Thêm hệ thống", "Tên hệ thống")
    await asks(officer, "Cổng thông tin (ví dụ)", "mở ra Internet")
    await presses(officer, "Internet", "công nghệ gì")
    await asks(officer, "Exchange, WordPress", "cung cấp, bảo trì")
    await asks(officer, "Công ty Một (ví dụ)", "vận hành hệ thống")
    await presses(officer, "Bỏ qua", "Sử dụng từ ngày nào")
    await presses(officer, "Bỏ qua", "đúng rồi thì gửi")
    page = await presses(officer, "Gửi", "Đã ghi hệ thống vào danh bạ")
    assert "Chưa xác định" in page.text
    assert "🟥 Phương án" in page.text
    assert "❓ Diễn tập" in page.text
    (system,) = await province.systems_of("SO-01")
    assert (system.level, system.tags) == (None, ("Exchange", "WordPress"))
    await presses(officer, "Có thay đổi lớn", "thay đổi gì")
    await presses(officer, "Phiên bản mới, nâng cấp lớn", "từ ngày nào")
    await presses(officer, "Hôm nay", "Thay đổi của hệ thống: Anh/Chị xem lại")
    await presses(officer, "Gửi", f"Cập nhật phương án (trước hết ngày {province.today + timedelta(days=30):%d/%m/%Y})")
    await presses(officer, "Sửa thông tin", "Công ty Một (ví dụ)")
    await officer.presses("Sửa")
    await presses(officer, "Nhà cung cấp", "cung cấp, bảo trì phần mềm")
    await asks(officer, "Công ty Hai (ví dụ)", "đúng rồi thì gửi")
    await presses(officer, "Gửi", "việc đó đang đến hạn sẵn")  # another vendor asks for the plan, as a new version does
    await province.gives("SO-01", [f"Hệ thống {number:02d}" for number in range(59)])
    board = await asks(officer, "/hethong", "60 hệ thống thông tin")
    assert "🟥 60" in board.text
    assert board.text.count("Hệ thống ") >= 9
    assert len(board.text) < 4096
    for number in range(2, 7):
        await presses(officer, "Trang sau ›", f"Trang {number} trên 6")
    await asks(officer, "/hethong he thong 07", "Hệ thống 07")
    await presses(officer, "Ngừng dùng", "ngừng dùng từ ngày nào")
    await presses(officer, "Hôm nay", "Vì sao ngừng")
    await asks(officer, "đã chuyển sang hệ thống mới", "Ngừng dùng hệ thống: Anh/Chị xem lại")
    stopped = await presses(officer, "Gửi", f"Đã ngừng từ ngày {province.today:%d/%m/%Y}")
    assert "🟥" not in stopped.text
    assert "đã ngừng dùng hệ thống Hệ thống 07" in (await clerk.sees("báo đã ngừng dùng")).text
    await presses(clerk, "Xem hệ thống", "Đã ngừng từ ngày")
    await presses(clerk, "Dùng lại", "🟥 Phương án")
    assert await province.log("SO-01") == [
        *(Event.SYSTEM_RESUMED, Event.SYSTEM_STOPPED),
        *(Event.SYSTEM_CHANGED, Event.SYSTEM_UPDATED, Event.SYSTEM_ADDED),
    ]
    other = await province.stage.staff("Người xã khác", Role.AGENCY_CONTACT)
    await province.speaks(other, "XP-001")
    await asks(other, "/hethong cong", "chưa có hệ thống nào có")
    for act in ("", "edit", "stop"):
        refused = await other.forges(OwnSystem(system.id, act).data())
        assert (refused.answers[0][0] or "").startswith(STALE), act
