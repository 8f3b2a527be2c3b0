"""A deadline that nobody meets: who is warned, who is told next, what the reporter reads, what becomes of a claim."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot.domain import reports
from bot.domain.incidents import EventKind, Move, Severity, Status
from bot.domain.people import Role
from bot.domain.presses import Rate
from bot.domain.vietnamese import Moment
from bot.playground.chats import Message
from bot.services.casework import incidents as desk_incidents
from bot.services.casework import lives
from bot.services.desk import Desk, House
from jobs.clocks import TOGETHER
from locales import Texts
from storage import contact, incidents, people, rungs
from tests.conftest import Stage
from tests.journeys.steps import incident_of, log_of, new
from tests.journeys.working import labels
from tests.people import Person, Team, visible

STORY = "Trang giả mạo cổng dịch vụ công, người dân đang nhập mật khẩu vào đó"
Crew = Mapping[Role, Person]


async def crew_of(stage: Stage) -> tuple[Crew, Team]:
    """One of each, from the responder to the leader."""
    crew = {
        role: await stage.staff(name, role)
        for role, name in (
            (Role.RESPONDER, "Đỗ Minh Khôi"),
            (Role.DUTY_OFFICER, "Trực Ban"),
            (Role.DEPUTY_LEAD, "Đội Phó"),
            (Role.TEAM_LEAD, "Đội Trưởng"),
        )
    }
    return crew, await stage.team(*crew.values())


async def reported(
    stage: Stage, by: Person, kind: str = "fake_site", *, severity: Severity | None = None, **facts: Any
) -> str:
    """A report that has just come in, as grave as its answers say, or as the bot would have said; its code."""
    by.user.started = True
    async with stage.bot.store.transaction() as tx:
        desk = Desk(tx, stage.clock.now(), House(stage.policy, Texts.load()))
        person = await people.find(tx, by.user.id) or await people.add(tx, by.user.id, "vi", desk.now)
        form = reports.AGENCY_REPORT if Role.AGENCY_CONTACT in person.roles else reports.CITIZEN_REPORT
        told = {"kind": kind, form.story or "story": STORY, **facts}
        one = await desk_incidents.file(desk, person, form, told, incomplete=False)
        if severity is not None:
            await incidents.propose(tx, one.id, severity, None)
            await incidents.look_at(tx, one.id, desk.now)
    stage.bot.dispatcher.bell.ring()
    return one.code


async def published(stage: Stage, phone: str) -> None:
    """The number that people may call."""
    now = stage.clock.now()
    async with stage.bot.store.transaction() as tx:
        who = await people.add(tx, 2, "vi", now)
        day = now.date()
        await contact.publish(
            tx,
            phones=[phone.replace(" ", "")],
            email=None,
            hours="always",
            portal=None,
            published_on=day,
            by=who.id,
            now=now,
        )


async def passes(stage: Stage, **time: int) -> None:
    """So much time, and every tick after it."""
    stage.clock.move(**time)
    await stage.bot.ticker.tick_all()


def count(who: Person | Team, words: str) -> int:
    return sum(words in visible(message) for message in who.messages)


async def settled(stage: Stage) -> None:
    """Until everything that was said has arrived."""

    async def waits() -> bool:
        async with stage.bot.store.reading() as tx:
            row = await tx.row("SELECT count(*) AS n FROM deliveries WHERE state IN ('waiting', 'sending')")
        return bool(row and row["n"])

    while await waits():
        await stage.telegram.until(lambda: True)


async def heard(crew: Crew, words: str) -> list[Role]:
    """Who of the crew has read these words, each as often as they did."""
    return [role for role, who in crew.items() for _ in range(count(who, words))]


async def test_a_frozen_team_is_warned_and_then_told_up_to_the_top_once_a_rung(running_stage: Stage) -> None:
    crew, team = await crew_of(running_stage)
    reporter = running_stage.person("Nguyễn Thị Mận")
    code = await reported(running_stage, reporter, severity=Severity.ORDINARY)
    await team.sees(code)
    await passes(running_stage, hours=2, minutes=1)
    await team.sees("đã qua nửa thời gian mà chưa có ai nhận")
    assert await heard(crew, code) == []
    await passes(running_stage, hours=1, minutes=15)
    warned = await crew[Role.DUTY_OFFICER].sees("Sắp tới hạn nhận xử lý")
    assert labels(warned) == ["Nhận xử lý", "Hồ sơ (riêng)"]
    line = await team.sees("sắp tới hạn nhận xử lý")
    assert line.reply_to is not None
    told = []
    for role, rung in ((Role.DUTY_OFFICER, "trực ban"), (Role.DEPUTY_LEAD, "đội phó"), (Role.TEAM_LEAD, "đội trưởng")):
        await passes(running_stage, hours=1)
        told.append(await crew[role].sees("Đã quá hạn nhận xử lý"))
        await team.sees(f"Đã báo {rung}")
        await running_stage.bot.ticker.tick_all()
    await settled(running_stage)
    assert await heard(crew, "Đã quá hạn nhận xử lý") == [Role.DUTY_OFFICER, Role.DEPUTY_LEAD, Role.TEAM_LEAD]
    assert "Trước đó đã báo: trực ban, đội phó" in told[-1].text
    assert [kind for kind in await log_of(running_stage, code) if kind is EventKind.CLIMBED] == [EventKind.CLIMBED] * 3
    # The leader takes it from the very message; the clock of claims is met.
    await crew[Role.TEAM_LEAD].presses("Nhận xử lý", "Đã quá hạn nhận xử lý")
    await team.sees("đã nhận xử lý")
    assert (await incident_of(running_stage, code)).status is Status.CLAIMED


async def test_the_reporter_is_told_before_the_promise_is_missed_once_with_a_new_time_and_a_number_to_call(
    running_stage: Stage,
) -> None:
    crew, team = await crew_of(running_stage)
    reporter = running_stage.person("Nguyễn Thị Mận")
    await published(running_stage, "0229 3852 111")
    code = await reported(running_stage, reporter, severity=Severity.SERIOUS)
    card = await team.sees(code)
    press = running_stage.telegram.presses(crew[Role.RESPONDER].user, card, "Nhận xử lý")
    await running_stage.telegram.until(lambda: press.answers)
    await passes(running_stage, hours=1, minutes=30)
    assert count(reporter, "có thể chậm hơn") == 0
    await passes(running_stage, minutes=7)
    told = await reporter.sees("có thể chậm hơn")
    assert "chúng tôi trả lời Anh/Chị trước" in told.text
    assert "0229 3852 111" in told.text
    assert labels(told) == []
    await passes(running_stage, minutes=10)
    await passes(running_stage, hours=3)
    await settled(running_stage)
    assert count(reporter, "có thể chậm hơn") == 1


async def test_a_claim_without_work_lapses_and_the_reporter_is_not_told_twice(running_stage: Stage) -> None:
    crew, team = await crew_of(running_stage)
    reporter = running_stage.person("Nguyễn Thị Mận")
    code = await reported(running_stage, reporter, severity=Severity.SERIOUS)
    card = await team.sees(code)
    officer = crew[Role.RESPONDER]
    running_stage.telegram.presses(officer.user, card, "Nhận xử lý")
    await reporter.sees("đã có cán bộ nhận xử lý")
    await passes(running_stage, hours=1, minutes=59)
    assert (await incident_of(running_stage, code)).status is Status.CLAIMED
    assert "Sắp tới hạn trả lời người báo" in (await officer.sees("Sắp tới")).text
    await passes(running_stage, minutes=2)
    told = await officer.sees("trở lại hàng chờ")
    assert labels(told) == ["Nhận xử lý", "Hồ sơ (riêng)"]
    assert (await team.sees("chưa làm gì trong thời hạn")).reply_to is card
    stands = await incident_of(running_stage, code)
    assert (stands.status, stands.owner, stands.claimed_at) == (Status.NEW, None, None)
    assert EventKind.RELEASED in await log_of(running_stage, code)
    await officer.presses("Nhận xử lý", "trở lại hàng chờ")
    await settled(running_stage)
    assert (await incident_of(running_stage, code)).status is Status.CLAIMED
    assert count(reporter, "đã có cán bộ nhận xử lý") == 1


async def test_a_claim_on_which_something_was_done_stays(running_stage: Stage) -> None:
    crew, team = await crew_of(running_stage)
    reporter = running_stage.person("Nguyễn Thị Mận")
    code = await reported(running_stage, reporter, severity=Severity.SERIOUS)
    card = await team.sees(code)
    officer = crew[Role.RESPONDER]
    running_stage.telegram.presses(officer.user, card, "Nhận xử lý")
    await reporter.sees("đã có cán bộ nhận xử lý")
    await officer.replies(card, "Anh/Chị chụp giúp màn hình")
    await reporter.sees("chụp giúp màn hình")
    await passes(running_stage, hours=2, minutes=30)
    assert (await incident_of(running_stage, code)).owner is not None
    assert count(officer, "trở lại hàng chờ") == 0


# Emergencies --------------------------------------------------------------------------------------------------------


async def test_an_emergency_of_an_unknown_person_rings_the_duty_officer_once_and_the_others_when_nobody_takes_it(
    running_stage: Stage,
) -> None:
    crew, team = await crew_of(running_stage)
    reporter = running_stage.person("Nguyễn Thị Mận")
    just_now = Moment(running_stage.clock.now(), precise=True).to_text()
    code = await reported(running_stage, reporter, "scam_loss", happened_at=just_now)
    assert (await incident_of(running_stage, code)).proposed is Severity.EMERGENCY
    await running_stage.bot.ticker.tick_all()
    rung = await crew[Role.DUTY_OFFICER].sees("KHẨN CẤP, chưa có ai nhận")
    assert "chưa được xác nhận là cán bộ" in rung.text
    assert not rung.silent
    await passes(running_stage, minutes=14)
    assert await heard(crew, "KHẨN CẤP") == [Role.DUTY_OFFICER]
    await passes(running_stage, minutes=2)
    await crew[Role.DEPUTY_LEAD].sees("KHẨN CẤP")
    await passes(running_stage, minutes=4)
    assert await heard(crew, "KHẨN CẤP") == [Role.DUTY_OFFICER, Role.DEPUTY_LEAD]
    await crew[Role.DEPUTY_LEAD].presses("Nhận xử lý", "KHẨN CẤP")
    await passes(running_stage, minutes=4)
    await settled(running_stage)
    assert await heard(crew, "KHẨN CẤP") == [Role.DUTY_OFFICER, Role.DEPUTY_LEAD]
    assert count(team, "mức khẩn cấp, chưa có ai nhận") == 2


async def test_after_two_refused_emergencies_in_thirty_days_only_the_duty_officer_is_rung(running_stage: Stage) -> None:
    crew, _ = await crew_of(running_stage)
    lead = crew[Role.TEAM_LEAD]
    crier = running_stage.person("Người hay báo khẩn")
    for _ in range(2):
        code = await reported(running_stage, crier, severity=Severity.EMERGENCY)
        await rejected(running_stage, lead, code)
    code = await reported(running_stage, crier, severity=Severity.EMERGENCY)
    await passes(running_stage, seconds=1)
    await crew[Role.DUTY_OFFICER].sees(code)
    for _ in range(3):
        await passes(running_stage, minutes=9)
    assert await heard(crew, f"chưa có ai nhận\n{code}") == [Role.DUTY_OFFICER]
    await rejected(running_stage, lead, code)
    await passes(running_stage, days=31)
    again = await reported(running_stage, crier, severity=Severity.EMERGENCY)
    await passes(running_stage, seconds=1)
    await passes(running_stage, minutes=16)
    await passes(running_stage, minutes=6)
    await lead.sees(again)


async def rejected(stage: Stage, lead: Person, code: str) -> None:
    async with stage.bot.store.transaction() as tx:
        desk = Desk(tx, stage.clock.now(), House(stage.policy, Texts.load()))
        person, incident = await people.find(tx, lead.user.id), await incidents.find_by_code(tx, code)
        assert person is not None
        assert incident is not None
        await lives.move(desk, person, incident, Move.REJECT, reason="Không phải sự cố an ninh mạng")


@pytest.mark.parametrize("vouched", ["officer", "responder"])
async def test_a_confirmed_emergency_climbs_at_once(running_stage: Stage, vouched: str) -> None:
    crew, team = await crew_of(running_stage)
    role = Role.AGENCY_CONTACT if vouched == "officer" else Role.CITIZEN
    reporter = await running_stage.staff("Vũ Thị Hạnh", role)
    code = await reported(running_stage, reporter, severity=Severity.EMERGENCY)
    await team.sees(code)
    if vouched == "responder":
        card = next(message for message in team.messages if code in message.text)
        telegram = running_stage.telegram
        incident = await incident_of(running_stage, code)
        press = telegram.presses(crew[Role.RESPONDER].user, card, data=Rate(incident.id, "emergency").data())
        await telegram.until(lambda: press.answers)
        assert (await incident_of(running_stage, code)).severity is Severity.EMERGENCY
    await passes(running_stage, seconds=1)
    for role in (Role.DUTY_OFFICER, Role.DEPUTY_LEAD, Role.TEAM_LEAD):
        await crew[role].sees("KHẨN CẤP")
        await passes(running_stage, minutes=5)
    assert await heard(crew, "KHẨN CẤP") == [Role.DUTY_OFFICER, Role.DEPUTY_LEAD, Role.TEAM_LEAD]


# Many, nobody, the law ----------------------------------------------------------------------------------------------


async def test_who_would_be_rung_many_times_in_one_breath_reads_a_list(running_stage: Stage) -> None:
    crew, _ = await crew_of(running_stage)
    codes = [
        await reported(running_stage, running_stage.person(f"Người {one}"), severity=Severity.EMERGENCY)
        for one in range(TOGETHER)  # what one look takes; what the next one finds may follow the list
    ]
    await settled(running_stage)
    await passes(running_stage, seconds=1)
    listed = await crew[Role.DUTY_OFFICER].sees("việc cần xem ngay")
    assert [code for code in codes if code in listed.text] == codes
    await settled(running_stage)
    assert await heard(crew, codes[0]) == [Role.DUTY_OFFICER]


async def test_where_nobody_stands_on_any_rung_the_group_reads_so(running_stage: Stage) -> None:
    responder = await running_stage.staff("Đỗ Minh Khôi", Role.RESPONDER)
    team = await running_stage.team(responder)
    code = await reported(running_stage, running_stage.person("Mận"), severity=Severity.ORDINARY)
    await team.sees(code)
    await passes(running_stage, hours=4, minutes=1)
    assert "gọi điện cho lãnh đạo đội" in (await team.sees("không nhắn được cho trực ban")).text
    incident = await incident_of(running_stage, code)
    async with running_stage.bot.store.reading() as tx:
        found = await rungs.of(tx, incident.id)
    assert all(not one.people for one in found["claim", 1].values())
    assert count(responder, code) == 0


async def test_what_the_law_asks_is_reminded_of_at_its_marks_and_told_to_the_leads_once_when_it_is_over(
    running_stage: Stage,
) -> None:
    crew, team = await crew_of(running_stage)
    agency = await running_stage.staff("Vũ Thị Hạnh", Role.AGENCY_CONTACT)
    now = Moment(running_stage.clock.now(), precise=True).to_text()
    code = await reported(running_stage, agency, "ransomware", detected_at=now, flags=["none"])
    await team.sees(code)
    await passes(running_stage, hours=12, minutes=1)
    half = await agency.sees("đã qua nửa thời gian, hạn “Thông báo ban đầu 24 giờ”")
    assert "không thay báo cáo" in half.text
    assert labels(half) == ["Đã báo cáo: Thông báo ban đầu 24 giờ"]
    await passes(running_stage, hours=12)
    await agency.sees("đã quá hạn “Thông báo ban đầu 24 giờ”")
    for role in (Role.DEPUTY_LEAD, Role.TEAM_LEAD):
        await new_words(crew[role], "Đã quá hạn “Thông báo ban đầu 24 giờ”")
    await agency.presses("Đã báo cáo: Thông báo ban đầu 24 giờ", "đã quá hạn")
    await passes(running_stage, hours=12, minutes=1)
    await settled(running_stage)
    assert count(agency, "Thông báo ban đầu 24 giờ”") == 1, "the other reminder has become the letter again"
    assert "báo cáo thay" not in " ".join(message.text for message in agency.messages).replace("không báo cáo thay", "")


async def new_words(who: Person, words: str) -> Message:
    return await new(who, words, 0)
