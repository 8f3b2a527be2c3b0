"""By the clock: what is proposed and who decides, what is promised and kept, what the law asks, what may wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain import clocks as domain
from bot.domain.clocks import Clock
from bot.domain.incidents import EventKind, Severity
from bot.domain.people import Role
from bot.domain.policy import Policy
from bot.services.clockwork import clocks
from bot.services.desk import Desk
from storage import events
from tests.conftest import Stage
from tests.journeys.steps import incident_of, log_of, new
from tests.journeys.test_agency_form import ATTACK, KINDS
from tests.journeys.working import Case, payload, taken
from tests.people import Person, code_in, found, visible

HANOI = timedelta(hours=7)


def spoken(moment: datetime) -> str:
    """A moment as texts show it."""
    return f"{moment + HANOI:%H:%M} ngày {moment + HANOI:%d/%m/%Y}"


async def deadlines_of(stage: Stage, code: str) -> dict[str, domain.Deadline]:
    """Every deadline as it stands, after holding that the stored look is right."""
    incident = await incident_of(stage, code)
    async with stage.bot.store.reading() as tx:
        desk = Desk(tx, stage.clock.now(), stage.bot.house)
        shown = await clocks.of(desk, incident)
    following = domain.next_change(shown, desk.now)
    if following is not None:  # whoever climbs a ladder may look earlier
        assert incident.look_at is not None
        assert incident.look_at <= following
    return {one.clock: one for one in shown}


async def agency_reports(stage: Stage) -> tuple[Case, Person]:
    """An officer reports ransomware and sends at once, without saying when it was found."""
    lead = await stage.staff("Đỗ Minh Khôi", Role.RESPONDER, Role.TEAM_LEAD)
    team = await stage.team(lead)
    officer = await stage.staff("Vũ Thị Hạnh (ví dụ)", Role.AGENCY_CONTACT)
    await officer.says("/baosuco")
    await officer.presses("Dữ liệu bị mã hóa, đòi tiền chuộc", KINDS)
    await officer.presses("Tôi đã rõ", "Không nhập, không gửi")
    await officer.says(ATTACK)
    await officer.presses("Gửi ngay")
    code = code_in(await officer.sees("Mã sự cố"))
    await team.sees(code)
    return Case(stage, officer, lead, team, code), officer


async def reason(person: Person, since: int, label: str) -> None:
    """A quick reason in the form of another degree, and *Gửi*."""
    await new(person, "Vì sao là mức này", since)
    await person.presses(label)
    await person.presses("Gửi", "đúng rồi thì gửi")
    await new(person, "Thời hạn được tính lại", since)


async def test_an_agency_reads_what_the_law_asks_and_ends_each_duty_by_its_own_word(running_stage: Stage) -> None:
    stage = running_stage
    one, officer = await agency_reports(stage)
    filed = (await one.stands()).filed_at
    receipt = await officer.sees("Mã sự cố")
    assert f"Đội ứng cứu trả lời Anh/Chị trước {spoken(filed + timedelta(hours=2))}" in receipt.text
    letter = await officer.sees("Báo cáo chính thức về sự cố")
    assert f"Thông báo ban đầu 24 giờ: trước {spoken(filed + timedelta(hours=24))}" in letter.text
    assert "điểm d khoản 2 Điều 31" in letter.text
    assert "331/2026/NĐ-CP" in letter.text
    assert "Chưa rõ lúc phát hiện" in letter.text
    assert "không thay báo cáo chính thức" in letter.text
    assert "lộ dữ liệu cá nhân" not in letter.text
    card = await one.shows("P2 Nghiêm trọng (đề xuất)")
    assert f"Cần có người nhận trước {spoken(filed + timedelta(hours=1))}" in card.text
    assert "Chủ quản hệ thống phải báo cáo: Thông báo ban đầu 24 giờ (trước" in card.text

    await officer.presses("Đã báo cáo: Thông báo ban đầu 24 giờ")
    await found(stage.telegram, lambda: letter if "đã báo cáo, ghi lúc" in letter.text else None, officer.chat)
    await one.team.sees("chủ quản hệ thống cho biết đã báo cáo")
    await found(stage.telegram, lambda: one.card if "24 giờ trước" not in one.card.text else None, one.team.chat)
    assert (await deadlines_of(stage, one.code))["first_24h"].met_at is not None
    assert (await log_of(stage, one.code)).count(EventKind.DECLARED) == 1

    since = len(one.officer.messages)
    await one.presses("Việc khác…")
    await one.presses("Đổi mức độ")
    assert "P3 Thông thường: Đã là sự cố" in (await one.shows("Xác nhận P2")).text
    assert "lý do ngắn" in await one.presses("P1 Khẩn cấp")
    await reason(one.officer, since, "Ảnh hưởng rộng hơn lúc đầu")
    await one.shows("Mức độ: P1 Khẩn cấp")
    assert (await one.stands()).severity is Severity.EMERGENCY
    await _reads_the_case_file(one)
    incident = await one.stands()
    async with stage.bot.store.reading() as tx:
        rated = await events.last_of(tx, incident.id, EventKind.RATED)
    assert rated is not None
    assert rated.payload == {"after": "emergency", "proposed": "serious", "reason": "wider"}


async def _reads_the_case_file(one: Case) -> None:
    await one.presses("Việc khác…")
    await one.opens("Hồ sơ (riêng)")
    await one.officer.presses("Mức độ", "Hồ sơ")
    page = await one.officer.sees("bot đề xuất")
    assert "P2 Nghiêm trọng: dữ liệu bị mã hóa hoặc phá hoại" in page.text
    assert "Người xác nhận: Đỗ Minh Khôi" in page.text
    assert "Lý do: Ảnh hưởng rộng hơn lúc đầu" in page.text
    await one.officer.presses("Về hồ sơ", "bot đề xuất")
    await one.officer.presses("Thời hạn", "Hồ sơ")
    page = await one.officer.sees("Việc của chủ quản hệ thống theo luật")
    assert "Thông báo ban đầu 24 giờ: xong lúc" in page.text
    assert "Căn cứ: điểm d khoản 2 Điều 31" in page.text
    assert "Báo cáo 72 giờ" in page.text
    assert "Có người nhận xử lý: trước" in page.text


async def test_more_answers_propose_anew_until_somebody_has_confirmed(running_stage: Stage) -> None:
    stage = running_stage
    one, officer = await agency_reports(stage)
    since = len(officer.messages)
    await officer.presses("Bổ sung", "Mã sự cố")
    await officer.presses("Bỏ qua", "đòi tiền chuộc viết gì")
    await officer.sees("hệ thống nào?")
    await officer.says("Hệ thống một cửa điện tử")
    await officer.presses("Cấp độ 5", "cấp độ mấy")
    await one.shows("P1 Khẩn cấp (đề xuất)")
    await officer.sees("Phát hiện lúc nào")
    await officer.says("hôm qua 9h tối")
    letter = await new(officer, "Tính từ lúc phát hiện", since)
    incident = await one.stands()
    assert incident.detected_at is not None
    assert f"Thông báo ban đầu 24 giờ: trước {spoken(incident.detected_at + timedelta(hours=24))}" in letter.text
    assert (await deadlines_of(stage, one.code))["first_24h"].starts == incident.detected_at
    async with stage.bot.store.reading() as tx:
        proposed = await events.among(tx, incident.id, {EventKind.PROPOSED})
    assert [event.payload for event in proposed] == [
        {"severity": "serious", "rule": "data_destroyed"},
        {"severity": "emergency", "rule": "high_system_hit"},
    ]


async def pauses(one: Case, why: str, long: str) -> None:
    """The form of a pause, opened from the case file."""
    since = await one.opens("Hồ sơ (riêng)")
    head = await new(one.officer, "Tạm dừng thời hạn", since)
    await one.officer.starts(payload(head, "Tạm dừng thời hạn"))
    await one.officer.presses(why, "Đội đang chờ ai")
    await one.officer.presses(long, "trong bao lâu")
    await one.officer.presses("Bỏ qua", "Chờ việc gì")
    since = len(one.officer.messages)
    await one.officer.presses("Gửi", "đúng rồi thì gửi")
    await one.officer.sees(f"tạm dừng tới {spoken((await one.stands()).paused_until or stage_now(one))}")


def stage_now(one: Case) -> datetime:
    return one.stage.clock.now()


async def test_the_clocks_rest_for_a_reason_and_go_on_by_themselves(running_stage: Stage) -> None:
    stage = running_stage
    one = await taken(stage)
    await one.presses("Việc khác…")
    before = await deadlines_of(stage, one.code)
    await pauses(one, "chờ bên thứ ba", "4 giờ")
    resting = await deadlines_of(stage, one.code)
    assert resting[Clock.RESOLVE].paused
    assert resting[Clock.RESOLVE].due - before[Clock.RESOLVE].due == timedelta(hours=4)
    assert resting[Clock.ANSWER].due == before[Clock.ANSWER].due
    await one.reporter.says("Tôi còn nhớ thêm: họ gọi lại lúc 9 giờ tối, bằng số khác")
    await one.team.sees("họ gọi lại")
    assert (await deadlines_of(stage, one.code))[Clock.RESOLVE].paused

    stage.clock.move(seconds=4 * 3600 + 1)
    await stage.bot.ticker.tick_all()
    assert (await log_of(stage, one.code)).count(EventKind.RESUMED) == 1
    assert (await one.stands()).paused_until is None
    assert not (await deadlines_of(stage, one.code))[Clock.RESOLVE].paused
    await one.shows("Quá hạn trả lời người báo")

    await one.presses("Việc khác…")
    await pauses(one, "chờ người báo", "7 ngày")
    paused = (await one.stands()).paused_until
    assert paused is not None
    assert timedelta(hours=71) < paused - stage.clock.now() <= timedelta(hours=72)
    await one.reporter.says("Tôi gửi thêm: số tài khoản họ đưa là của một công ty")
    await one.team.sees("của một công ty")
    assert (await log_of(stage, one.code)).count(EventKind.RESUMED) == 2


async def test_a_promise_that_moves_is_told_and_ended_incidents_are_left_alone(running_stage: Stage) -> None:
    stage = running_stage
    one = await taken(stage)
    filed = (await one.stands()).filed_at
    since = len(one.officer.messages)
    await one.presses("Việc khác…")
    await one.presses("Đổi mức độ")
    await one.presses("P4 Phản ánh")
    await reason(one.officer, since, "Đề xuất chưa sát vụ việc")
    moved = await one.reporter.sees("thay cho giờ đã hẹn")
    assert f"trước {spoken(filed + timedelta(hours=48))}" in moved.text
    assert "P4" not in visible(moved)
    answer = (await deadlines_of(stage, one.code))[Clock.ANSWER]
    assert (answer.starts, answer.due) == (filed, filed + timedelta(hours=48))

    await one.presses("Khắc phục xong")
    card = await one.shows("đã khắc phục")
    assert "Cần" not in card.text
    assert all(deadline.met_at for deadline in (await deadlines_of(stage, one.code)).values())
    assert (await one.stands()).look_at is None


async def test_without_a_policy_nothing_is_named_and_the_promise_stands(stage: Stage) -> None:
    stage.policy = Policy.neutral()
    await stage.start()
    one, officer = await agency_reports(stage)
    filed = (await one.stands()).filed_at
    receipt = await officer.sees("Mã sự cố")
    assert f"trước {spoken(filed + timedelta(hours=2))}" in receipt.text
    assert "Hạn báo cáo chính thức" not in visible(receipt)
    assert officer.showing("Báo cáo chính thức về sự cố") is None
    assert set(await deadlines_of(stage, one.code)) == {Clock.CLAIM, Clock.ANSWER, Clock.RESOLVE}
