"""Work changes hands: everything at once, one incident, what nobody answers, and what its owner has left behind."""

from __future__ import annotations

from bot.domain.incidents import EventKind
from bot.domain.people import Role
from bot.domain.presses import Hand, Handing
from storage import groups, handovers, incidents, people, seats
from tests.conftest import Stage
from tests.journeys.steps import asks, files, incident_of, log_of, new
from tests.journeys.working import Case, leaves, sends, taken
from tests.people import Person, Team

KHOI, LAN, HOA, MINH = "Đỗ Minh Khôi", "Phạm Thị Lan", "Lê Thị Hoa", "Trần Văn Minh"
NOTE = "Gọi lại cho ngân hàng trước 8 giờ"


async def _owner(stage: Stage, code: str) -> str | None:
    """The name of whoever has an incident."""
    incident = await incident_of(stage, code)
    async with stage.bot.store.reading() as tx:
        return (await people.get(tx, incident.owner)).name if incident.owner else None


async def _also(one: Case, team: Team) -> str:
    """Another incident, which the same officer claims."""
    other = one.stage.person("Bùi Văn Tám")
    code = await files(other, "Trang giả mạo ngân hàng lấy mật khẩu của tôi")
    await team.presses(one.officer, "Nhận xử lý", under=code)
    return code


async def _gives(giver: Person, receiver: str, note: str | None = None) -> None:
    """Pick somebody under the list, say something, send."""
    since = len(giver.messages)
    await giver.presses(receiver)
    await new(giver, "dặn gì", since)
    if note is None:
        await giver.presses("Bỏ qua", under="dặn gì")
        await giver.sees("Bàn giao: đúng rồi thì gửi")
    else:
        await giver.says(note)
    await sends(giver, since)
    await new(giver, "Đã đề nghị", since)


async def _id_of(stage: Stage, code: str) -> str:
    """The offer that waits for an answer."""
    incident = await incident_of(stage, code)
    async with stage.bot.store.reading() as tx:
        found = await handovers.open_for(tx, incident.id)
    assert found is not None
    return found.id


async def _stands_up(stage: Stage, person: Person) -> None:
    """Somebody is no longer in the team's group."""
    async with stage.bot.store.transaction() as tx:
        known, team = await people.find(tx, person.user.id), await groups.team(tx)
        assert known is not None
        assert team is not None
        await seats.put(tx, team.id, known.id, False, stage.clock.now())


async def test_everything_is_handed_over_once_it_is_accepted_and_what_ended_meanwhile_is_left_out(
    running_stage: Stage,
) -> None:
    stage = running_stage
    one = await taken(stage, Role.RESPONDER)
    giver, receiver = one.officer, await stage.staff(LAN, Role.RESPONDER)
    other = await stage.staff(MINH, Role.RESPONDER)
    codes = [one.code, await _also(one, one.team), await _also(one, one.team)]
    await one.reporter.says("Họ vừa gọi lại cho tôi")
    await one.team.sees("Họ vừa gọi lại")
    in_group = await asks(giver, "/bangiao", "Bàn giao 3 sự cố")
    assert "chưa ai trả lời" in in_group.text
    assert "hạn trả lời người báo" in in_group.text
    await _gives(giver, LAN, NOTE)
    offer = await receiver.sees(f"{KHOI} bàn giao cho Anh/Chị 3 sự cố")
    assert NOTE in offer.text
    assert all(code in offer.text for code in codes)
    assert f"{KHOI}, đang bàn giao cho {LAN}" in (await one.shows("đang bàn giao")).text
    assert await _owner(stage, codes[0]) == KHOI

    again = await asks(giver, "/bangiao", f"Đang chờ {LAN} trả lời")
    assert "Rút lại lời bàn giao" in [key["text"] for row in again.keys for key in row]
    handover = await _id_of(stage, codes[0])
    await other.starts()
    await other.sees("Xin chào")
    for act in ("accept", "decline", "why", "withdraw", "burn"):
        press = await other.forges(Handing(handover, act).data())
        assert "Nút này không còn dùng được" in (press.answers[0][0] or ""), act
    async with stage.bot.store.transaction() as tx:
        gone = await incidents.find_by_code(tx, codes[2])
        assert gone is not None
        await tx.run("UPDATE incidents SET status = 'withdrawn' WHERE id = :id", {"id": gone.id})

    presses = [stage.telegram.presses(receiver.user, offer, "Nhận bàn giao") for _ in range(2)]
    await stage.telegram.until(lambda: all(press.answers for press in presses))
    assert sorted((press.answers[0][0] or "")[:24] for press in presses) == ["", "Lời bàn giao này đã được"]
    mine = await receiver.sees("Anh/Chị đã nhận 2 sự cố")
    assert f"Không chuyển {codes[2]}" in mine.text
    await giver.sees(f"{LAN} đã nhận bàn giao 2 sự cố")
    line = await one.team.sees(f"đã bàn giao cho {LAN}")
    assert codes[2] not in line.text
    assert sum("đã bàn giao cho" in message.text for message in one.team.messages) == 1
    assert [await _owner(stage, code) for code in codes] == [LAN, LAN, KHOI]
    assert (await log_of(stage, codes[0]))[-2:] == [EventKind.OFFERED, EventKind.HANDED]
    assert EventKind.HANDED not in await log_of(stage, codes[2])
    await one.shows(f"Người nhận: {LAN}")


async def test_one_incident_is_declined_with_a_reason_and_a_lead_gives_that_of_somebody_else(
    running_stage: Stage,
) -> None:
    stage = running_stage
    one = await taken(stage, Role.RESPONDER)
    giver, receiver = one.officer, await stage.staff(LAN, Role.RESPONDER)
    lead = await stage.staff(HOA, Role.TEAM_LEAD)
    incident = await one.stands()
    await asks(giver, f"/start w-file-{incident.id}", "Hồ sơ")
    await giver.presses("Bàn giao")
    await giver.sees("Bàn giao 1 sự cố")
    await _gives(giver, LAN)
    await receiver.sees("bàn giao cho Anh/Chị 1 sự cố")
    await receiver.presses("Không nhận")
    await giver.sees(f"{LAN} không nhận")
    await receiver.presses("Nói lý do")
    since = len(receiver.messages)
    await receiver.sees("Vì sao Anh/Chị không nhận")
    await receiver.says("Đang đi công tác xa")
    await sends(receiver, since)
    await giver.sees("Đang đi công tác xa")
    assert await _owner(stage, one.code) == KHOI
    late = await receiver.forges(Handing(incident.id, "accept").data())
    assert "không còn dùng được" in (late.answers[0][0] or "")

    press = await receiver.forges(Hand("one", incident.id).data())
    assert "chỉ người được giao" in (press.answers[0][0] or ""), "somebody else's work is for leads to give"
    await asks(lead, f"/start w-file-{incident.id}", "Hồ sơ")
    await lead.presses("Bàn giao")
    await lead.sees("Bàn giao 1 sự cố")
    await _gives(lead, LAN)
    await receiver.sees(f"{HOA} giao cho Anh/Chị 1 sự cố của {KHOI}")
    await _stands_up(stage, receiver)
    press = await receiver.presses("Nhận bàn giao")
    assert "đang ở trong nhóm" in (press.answers[0][0] or ""), "who has lost the seat takes nothing"
    await lead.presses("Rút lại lời bàn giao")
    await receiver.sees("đã rút lại")
    press = await receiver.forges(Handing(await _newest(stage, incident.id), "decline").data())
    assert press.answers[0][0]
    assert await _owner(stage, one.code) == KHOI
    assert (await log_of(stage, one.code)).count(EventKind.DECLINED) == 1


async def _newest(stage: Stage, incident: str) -> str:
    async with stage.bot.store.reading() as tx:
        row = await tx.row("SELECT max(handover) AS id FROM handover_items WHERE incident = :id", {"id": incident})
    assert row is not None
    return str(row["id"])


async def test_what_nobody_answers_goes_to_the_deputy_who_names_another_and_then_to_the_leader(
    running_stage: Stage,
) -> None:
    stage = running_stage
    one = await taken(stage, Role.RESPONDER)
    receiver, named = await stage.staff(LAN, Role.RESPONDER), await stage.staff(MINH, Role.RESPONDER)
    deputy, leader = await stage.staff("Vũ Thị Phó", Role.DEPUTY_LEAD), await stage.staff(HOA, Role.TEAM_LEAD)
    await asks(one.officer, "/bangiao", "Bàn giao 1 sự cố")
    await _gives(one.officer, LAN)
    await receiver.sees("bàn giao cho Anh/Chị")
    stage.clock.move(minutes=14)
    assert await _owner(stage, one.code) == KHOI
    stage.clock.move(minutes=2)
    await deputy.sees(f"{KHOI} cần bàn giao 1 sự cố")
    await one.officer.sees("Bot đã hỏi Vũ Thị Phó")
    late = await receiver.presses("Nhận bàn giao")
    assert "đã quá giờ" in (late.answers[0][0] or "")
    await deputy.presses("Giao người khác")
    await deputy.sees("Bàn giao 1 sự cố")
    await _gives(deputy, MINH)
    await named.sees(f"Vũ Thị Phó giao cho Anh/Chị 1 sự cố của {KHOI}")
    await named.presses("Không nhận")
    await leader.sees(f"{KHOI} cần bàn giao 1 sự cố")
    await leaves(stage, one.officer)
    await leader.presses("Nhận bàn giao")
    await one.team.sees(f"{KHOI} đã bàn giao cho {HOA}")
    assert await _owner(stage, one.code) == HOA


async def test_work_whose_owner_has_left_is_offered_to_the_leads_until_somebody_takes_it(running_stage: Stage) -> None:
    stage = running_stage
    one = await taken(stage, Role.RESPONDER)
    await leaves(stage, one.officer)
    stage.clock.move(minutes=2)
    line = await one.team.sees("Sự cố chưa có người giữ")
    assert one.code in line.text
    stage.clock.move(minutes=30)
    leader, duty = await stage.staff(HOA, Role.TEAM_LEAD), await stage.staff(LAN, Role.DUTY_OFFICER)
    stage.clock.move(seconds=30)
    offer = await leader.sees("Sự cố chưa có người giữ: 1")
    assert one.code in offer.text
    assert sum("chưa có người giữ" in message.text for message in one.team.messages) == 1
    await leader.presses("Không nhận")
    await duty.sees("Sự cố chưa có người giữ: 1")
    await duty.presses("Nhận bàn giao")
    await duty.sees("Anh/Chị đã nhận 1 sự cố")
    assert await _owner(stage, one.code) == LAN
    assert (await log_of(stage, one.code)).count(EventKind.HANDED) == 1
