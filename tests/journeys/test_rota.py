"""`/trucban`: leads plan, colleagues swap, the clock calls people on duty and tells who has not come."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from PIL import Image

from bot.domain import rota as domain
from bot.domain.people import Role
from bot.domain.presses import FillShift, GiveShift, OnDuty, TakeShift
from bot.services.desk import Desk
from bot.services.duty import rota as boards
from bot.services.duty import rota_plans
from storage import groups, people, roles, rota, seats
from tests.conftest import Stage
from tests.jobs.records import rests
from tests.journeys.steps import asks, new
from tests.journeys.working import labels
from tests.people import Person, Team

STALE = "Nút này không còn dùng được"
EMPTY, EMPTY_NOW = "Ca trực còn trống", "Ca trực đang trống"
CALL, STAY, NOT_COME = "Đến ca trực của Anh/Chị", "Xin Anh/Chị trực thêm", "Chưa có xác nhận vào ca"
EIGHT = timedelta(hours=8)


@dataclass
class House:
    """A team at eight on a Monday morning: a leader, a deputy, a duty officer, a responder."""

    stage: Stage
    leader: Person
    deputy: Person
    cong: Person
    anh: Person
    team: Team

    @property
    def monday(self) -> datetime:
        return domain.midnight(domain.monday_of(self.stage.clock.now()))

    def to(self, moment: datetime) -> None:
        self.stage.clock.move(seconds=(moment - self.stage.clock.now()).total_seconds() + 1)

    async def settles(self) -> None:
        """All that the clock has to do, done and delivered."""
        await self.stage.bot.ticker.tick_all()
        await rests(self.stage)

    async def id_of(self, person: Person) -> str:
        async with self.stage.bot.store.reading() as tx:
            found = await people.find(tx, person.user.id)
        assert found is not None
        return found.id

    async def plans(self, day: int, shift: int, who: Person | None) -> str:
        """The leader gives a shift of this week to somebody; its id."""
        async with self.stage.bot.store.transaction() as tx:
            desk = Desk(tx, self.stage.clock.now(), self.stage.bot.house)
            lead = await people.find(tx, self.leader.user.id)
            person = await people.find(tx, who.user.id) if who else None
            assert lead is not None
            turn = (await boards.week(desk, domain.monday_of(desk.now)))[2 * day + shift]
            await rota_plans.give(desk, lead, turn, person)
            await rota_plans.tell_soon(desk, turn)
            planned = await rota.at_moment(tx, turn.slot.starts)
        assert planned is not None
        return planned.id

    async def on_duty(self) -> str | None:
        async with self.stage.bot.store.reading() as tx:
            found = await boards.on_duty(Desk(tx, self.stage.clock.now(), self.stage.bot.house))
        return found.name if found else None

    async def holder_of(self, shift: str) -> str | None:
        async with self.stage.bot.store.reading() as tx:
            found = await rota.find(tx, shift)
            assert found is not None
            return (await people.get(tx, found.person)).name if found.person else None


@pytest.fixture
async def house(running_stage: Stage) -> House:
    leader = await running_stage.staff("Đỗ Minh Khôi (ví dụ)", Role.TEAM_LEAD)
    deputy = await running_stage.staff("Trần Thị Hòa", Role.DEPUTY_LEAD)
    cong = await running_stage.staff("Lê Văn Công", Role.DUTY_OFFICER)
    anh = await running_stage.staff("Vũ Thị Ngọc Ánh", Role.RESPONDER)
    team = await running_stage.team(leader, deputy, cong, anh)
    one = House(running_stage, leader, deputy, cong, anh, team)
    one.to(one.monday + domain.WEEK + EIGHT)
    return one


def count(who: Person | Team, words: str) -> int:
    return sum(words in message.text for message in who.messages)


async def test_a_lead_plans_with_thumbs_and_everybody_hears_once_of_their_own_shifts(house: House) -> None:
    lead, anh, cong = house.leader, house.anh, house.cong
    assert "Xin hỏi Đội trưởng" in (await asks(anh, "/trucban", "chưa có ai")).text
    board = await asks(lead, "/trucban", "Bấm “Xếp lịch trực”")
    await lead.presses("Xếp lịch trực")
    await lead.sees("Bấm một ca để chọn người")
    assert "T2 07:30 · trống" in labels(board)
    for shift, who, short in (
        ("T2 19:30", "Vũ Thị Ngọc Ánh", "Ánh"),
        ("T3 07:30", "Lê Văn Công", "Công"),
        ("T3 19:30", "Đỗ Minh Khôi (ví dụ)", "Khôi"),
    ):
        await lead.presses(f"{shift} · trống")
        await lead.sees("Ai trực ca")
        assert "Đã xếp" in ((await lead.presses(who)).answers[0][0] or "")
        await lead.sees(f"{shift} · {short}")
    await lead.presses("T2 19:30 · Ánh")
    await lead.sees("Đang xếp: Vũ Thị Ngọc Ánh")
    await lead.presses("Để trống")
    await lead.sees("T2 19:30 · trống")
    await lead.presses("T2 19:30 · trống")
    await lead.presses("Vũ Thị Ngọc Ánh")
    await lead.sees("T2 19:30 · Ánh")
    assert count(anh, "Ca mới của Anh/Chị") == 0
    house.stage.clock.move(minutes=3)
    told = await anh.sees("Ca mới của Anh/Chị")
    assert "19:30 – 07:30, Thứ Hai" in told.text
    assert "Thứ Ba" not in told.text
    assert "07:30 – 19:30, Thứ Ba" in (await cong.sees("Ca mới của Anh/Chị")).text
    await lead.presses("Tuần sau", under="Bấm một ca")
    await lead.sees(f"tuần {house.monday + domain.WEEK + EIGHT:%d/%m}")
    copied = await lead.presses("Chép tuần trước")
    assert "Đã chép 3 ca" in (copied.answers[0][0] or "")
    assert "không có ca nào để chép" in ((await lead.presses("Chép tuần trước")).answers[0][0] or "")
    await lead.presses("Xong, về lịch trực")
    await lead.sees("19:30 Đỗ Minh Khôi")
    await house.settles()
    assert (count(anh, "Ca mới của Anh/Chị"), count(lead, "Ca mới của Anh/Chị")) == (1, 0)
    house.stage.clock.move(minutes=3)
    await new(anh, "Ca mới của Anh/Chị", anh.messages.index(told) + 1)


async def test_the_rota_shows_names_to_the_group_numbers_to_colleagues_alone_and_days_off_to_all(house: House) -> None:
    policy = house.stage.bot.house.policy
    assert policy.holidays, "the example has days off"
    expert = await house.stage.staff("Chuyên gia Phan", Role.EXPERT)
    auditor = await house.stage.staff("Người kiểm tra", Role.AUDITOR)
    await house.plans(0, 0, house.cong)
    await house.plans(0, 1, house.anh)
    board = await asks(house.anh, "/trucban", "Đang trực: Lê Văn Công")
    assert "0900 000 001" in board.text
    assert "Ca sau: Vũ Thị Ngọc Ánh, 0900 000 001 (19:30 – 07:30" in board.text
    for other in (expert, auditor):
        seen = await asks(other, "/trucban", "Đang trực: Lê Văn Công")
        assert "0900" not in seen.text
        assert "Xếp lịch trực" not in labels(seen)
    await house.team.says(house.anh, "/trucban")
    shared = await house.team.sees("Đang trực: Lê Văn Công")
    assert "0900" not in shared.text
    assert "07:30 Lê Văn Công, 19:30 Vũ Thị Ngọc Ánh" in shared.text
    await house.anh.starts("trucban")
    await new(house.anh, "Đang trực: Lê Văn Công", house.anh.messages.index(board) + 1)
    await house.anh.presses("Hình lịch tuần")
    sent = await house.anh.sees("Lịch trực tuần")
    assert sent.photo is not None
    assert Image.open(io.BytesIO(sent.photo)).size[0] == 1080
    since = len(house.anh.messages)
    house.to(domain.midnight(policy.holidays[0].since.replace(year=2027)))
    off = await asks(house.anh, "/trucban", "Tết Dương lịch")
    assert len(house.anh.messages) > since
    assert "01/01, Tết Dương lịch" in off.text


async def test_who_comes_says_so_and_who_does_not_is_passed_over_rung_by_rung_also_across_restarts(
    house: House,
) -> None:
    stage, anh = house.stage, house.anh
    await house.plans(0, 0, house.cong)
    shift = await house.plans(0, 1, anh)
    await house.settles()
    assert "Tôi đã vào ca" in labels(await house.cong.sees(CALL))
    await house.cong.presses("Tôi đã vào ca")
    await house.team.sees("Lê Văn Công trực từ bây giờ")
    assert "đã xác nhận vào ca rồi" in (
        (await house.cong.forges(OnDuty((await current(house)).id).data())).answers[0][0] or ""
    )
    house.to(house.monday + timedelta(hours=19, minutes=30))
    assert "Ca trước: Lê Văn Công, 0900 000 001" in (await anh.sees(CALL)).text
    assert await house.on_duty() == "Vũ Thị Ngọc Ánh"
    for minutes, told in ((14, (0, 0, 0)), (1, (1, 1, 0)), (14, (1, 1, 0)), (2, (1, 1, 1)), (60, (1, 1, 1))):
        await house.settles()
        await stage.stop()
        stage.clock.move(minutes=minutes)
        await stage.start()
        await house.settles()
        heard = (count(house.cong, STAY), count(house.deputy, NOT_COME), count(house.leader, NOT_COME))
        assert heard == told, minutes
    assert count(anh, CALL) == 1
    assert "Đổi người trực" in labels(await house.deputy.sees(NOT_COME))
    await anh.presses("Tôi đã vào ca")
    for other in (house.cong, house.deputy, house.leader):
        await other.sees("Vũ Thị Ngọc Ánh đã vào ca")
    await house.team.sees("Vũ Thị Ngọc Ánh trực từ bây giờ")
    assert STALE in ((await house.cong.forges(OnDuty(shift).data())).answers[0][0] or "")
    assert "Đã vào ca lúc" in (await asks(house.cong, "/trucban", "Đang trực: Vũ Thị Ngọc Ánh")).text


async def current(house: House) -> rota.Shift:
    async with house.stage.bot.store.reading() as tx:
        found = await rota.at_moment(tx, house.stage.clock.now())
    assert found is not None
    return found


async def test_an_empty_shift_is_announced_three_times_and_can_be_filled_when_it_runs(house: House) -> None:
    await house.settles()
    assert count(house.leader, EMPTY) == 0, "nobody has planned anything yet"
    await house.plans(0, 1, house.anh)
    for hour, minute, heard in (
        (8, 5, (1, 1, 1, 0)),
        (29, 0, (1, 1, 1, 0)),
        (29, 30, (2, 2, 2, 0)),
        (31, 29, (2, 2, 2, 0)),
    ):
        house.to(house.monday + timedelta(hours=hour, minutes=minute))
        await house.settles()
        told = f"{EMPTY}: {button(house, 1, '07:30 – 19:30', 'Thứ Ba')}"
        assert tuple(count(who, told) for who in (house.leader, house.deputy, house.cong, house.anh)) == heard
    house.to(house.monday + timedelta(hours=31, minutes=30))
    await house.settles()
    assert [count(who, EMPTY_NOW) for who in (house.leader, house.deputy, house.cong)] == [1, 1, 0]
    assert await house.on_duty() is None
    await house.deputy.presses("Xếp người trực", under=EMPTY_NOW)
    await house.deputy.presses("Lê Văn Công", under="Ai trực ca")
    await house.deputy.sees("Bấm một ca để chọn người")
    await house.settles()
    await house.cong.sees(CALL)
    assert await house.on_duty() == "Lê Văn Công"
    house.stage.clock.move(minutes=3)
    await house.settles()
    assert count(house.cong, "Ca mới của Anh/Chị") == 0, "the call has said it"


async def swaps(house: House, giver: Person, whom: str, shift: str, back: str) -> None:
    """Offer a shift by the keys."""
    await asks(giver, "/trucban", "Trực ban")
    await giver.presses("Đổi ca")
    await giver.sees("muốn đổi ca nào")
    await giver.presses(shift)
    await giver.sees("Nhờ ai trực")
    await giver.presses(whom)
    await giver.sees("Nhờ " + whom)
    await giver.presses(back)
    await giver.sees("Đã hỏi " + whom)


def button(house: House, day: int, hours: str, name: str) -> str:
    return f"{hours}, {name} {house.monday + timedelta(days=day, hours=12):%d/%m}"


async def test_a_swap_needs_the_other_s_word_and_only_the_first_word_counts(house: House) -> None:
    anh, cong, stage = house.anh, house.cong, house.stage
    mine = await house.plans(1, 0, anh)
    theirs = await house.plans(2, 1, cong)
    third = await house.plans(3, 0, anh)
    tuesday, wednesday = button(house, 1, "07:30 – 19:30", "Thứ Ba"), button(house, 2, "19:30 – 07:30", "Thứ Tư")
    await swaps(house, anh, "Lê Văn Công", tuesday, wednesday)
    await swaps(house, anh, "Trần Thị Hòa", tuesday, "Chỉ nhờ trực giúp")
    assert f"trực ca {wednesday} của Anh/Chị" in (await cong.sees("nhờ Anh/Chị trực ca")).text
    assert await house.holder_of(mine) == "Vũ Thị Ngọc Ánh"
    await house.deputy.sees("nhờ Anh/Chị trực ca")
    both = [
        stage.telegram.presses(who.user, who.with_key("Nhận ca") or who.last, "Nhận ca") for who in (cong, house.deputy)
    ]
    await stage.telegram.until(lambda: all(press.answers for press in both))
    refused = [press.answers[0][0] or "" for press in both]
    assert sorted("đã được trả lời" in words for words in refused) == [False, True]
    won = cong if not refused[0] else house.deputy
    assert await house.holder_of(mine) == won.user.name
    assert await house.holder_of(theirs) == ("Vũ Thị Ngọc Ánh" if won is cong else "Lê Văn Công")
    await anh.sees("đã nhận ca")
    await house.leader.sees("Đổi ca trực")
    await (house.deputy if won is cong else cong).sees("Anh/Chị không cần trả lời nữa")
    thursday = button(house, 3, "07:30 – 19:30", "Thứ Năm")
    await swaps(house, anh, "Lê Văn Công", thursday, "Chỉ nhờ trực giúp")
    await cong.presses("Không nhận được")
    await anh.sees("không nhận được ca")
    await swaps(house, anh, "Lê Văn Công", thursday, "Chỉ nhờ trực giúp")
    await rests(stage)
    house.to(house.monday + timedelta(days=3, hours=7, minutes=30))
    await house.settles()
    assert await house.holder_of(third) == "Vũ Thị Ngọc Ánh"
    await anh.sees("không còn hiệu lực")
    assert "đã được trả lời" in ((await cong.presses("Nhận ca")).answers[0][0] or "")


async def test_forged_keys_of_the_rota_lead_nowhere(house: House) -> None:
    anh, cong = house.anh, house.cong
    shift = await house.plans(1, 0, anh)
    over = await house.plans(0, 0, anh)
    swap = ""
    async with house.stage.bot.store.transaction() as tx:
        made = await rota.ask(tx, shift, await house.id_of(anh), await house.id_of(cong), None, house.stage.clock.now())
        assert made is not None
        swap = made.id
    await asks(anh, "/trogiup", "làm được")
    await asks(cong, "/trogiup", "làm được")
    nobody = "0" * 20
    start = f"{house.monday - timedelta(days=2):%Y%m%d%H%M}"
    for who, forged in (
        (anh, TakeShift(swap, "yes")),  # not asked
        (cong, TakeShift(swap, "perhaps")),
        (cong, GiveShift(shift)),  # not the own one
        (anh, GiveShift(over)),  # has begun
        (cong, OnDuty(over)),
        (cong, FillShift(start, await house.id_of(cong))),  # over
        (cong, FillShift("20261123", nobody)),
        (cong, FillShift("x" * 12, nobody)),
    ):
        assert STALE in ((await who.forges(forged.data())).answers[0][0] or ""), forged
    assert "không nhận trực được" in ((await anh.forges(GiveShift(shift, nobody, "none").data())).answers[0][0] or "")
    own = await anh.forges(FillShift(start, await house.id_of(anh)).data())
    assert "người được giao mới làm được" in (own.answers[0][0] or "")
    assert await house.holder_of(shift) == "Vũ Thị Ngọc Ánh"


async def test_shifts_of_whoever_has_left_become_empty_and_a_seat_that_is_merely_unknown_takes_nothing(
    house: House,
) -> None:
    anh, cong, stage = house.anh, house.cong, house.stage
    first, second, third = [await house.plans(day, 0, who) for day, who in ((2, anh), (3, cong), (4, house.deputy))]
    async with stage.bot.store.transaction() as tx:
        group = await groups.team(tx)
        assert group is not None
        await tx.run("DELETE FROM seats WHERE person = :person", {"person": await house.id_of(anh)})
        await seats.put(tx, group.id, await house.id_of(cong), False, stage.clock.now())
        deputy = await house.id_of(house.deputy)
        await tx.run("UPDATE people SET unreachable_since = '2026-01-01' WHERE id = :id", {"id": deputy})
    await house.settles()
    assert [await house.holder_of(one) for one in (first, second, third)] == ["Vũ Thị Ngọc Ánh", None, "Trần Thị Hòa"]
    assert "Lê Văn Công không còn trực được nữa" in (await house.leader.sees("không còn trực được")).text
    house.to(house.monday + timedelta(days=4, hours=7, minutes=30))
    await house.settles()
    assert await house.on_duty() is None
    assert NOT_COME in (await house.leader.sees(NOT_COME)).text, "who cannot be reached is not waited for"
    ended, erased = await house.plans(5, 0, anh), await house.plans(5, 1, house.deputy)
    async with stage.bot.store.transaction() as tx:
        await roles.end(tx, await house.id_of(anh), Role.RESPONDER, None, stage.clock.now())
        await tx.run("UPDATE people SET telegram_id = NULL WHERE id = :id", {"id": deputy})
    await house.settles()
    assert [await house.holder_of(one) for one in (ended, erased)] == [None, None]
    assert "Vũ Thị Ngọc Ánh không còn trực được nữa" in (await house.leader.sees("Vũ Thị Ngọc Ánh không còn trực")).text
    board = await asks(house.leader, "/trucban", "Trực ban")
    assert "Trần Thị Hòa" not in board.text
