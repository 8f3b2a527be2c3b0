"""The life of an incident on its card: keys that fit, one winner of two, a truth that is edited in place."""

from __future__ import annotations

import pytest

from bot.demo import example_policy
from bot.domain.incidents import EventKind, Severity, Status
from bot.domain.people import Role
from bot.domain.presses import Act, Rate, Unfold
from bot.playground.chats import Message
from bot.services.clockwork import ratings
from bot.services.desk import Desk
from storage import incidents, people
from tests.conftest import Stage
from tests.jobs.records import becomes
from tests.journeys.steps import incident_of, log_of, new
from tests.journeys.working import Case, case, labels, leaves, payload, taken
from tests.people import Person, Team, found

STALE = "Nút này không còn dùng được"
REFUSED = "Việc này chỉ người được giao"


async def _pressed(one: Case, data: str, member: Person | None = None, message: Message | None = None) -> str:
    press = one.team.telegram.presses((member or one.officer).user, message or one.card, data=data)
    await one.team.telegram.until(lambda: press.answers)
    return press.answers[0][0] or ""


async def test_the_card_offers_what_is_possible_and_no_more(running_stage: Stage) -> None:
    one = await case(running_stage)
    assert one.card.buttons == [["Nhận xử lý", "Chi tiết (riêng)"], ["Việc khác…"]]
    await one.presses("Việc khác…")
    unfolded = await one.shows("Thu gọn")
    assert {"Hỏi người báo", "Khắc phục xong", "Đóng", "Trùng với…", "Chuyển cơ quan…", "Đổi mức độ"} <= set(
        labels(unfolded)
    )
    await one.presses("Nhận xử lý")
    await one.shows("đã nhận xử lý")
    assert one.card.buttons == [["Hỏi người báo", "Khắc phục xong"], ["Chi tiết (riêng)", "Việc khác…"]]
    await one.presses("Khắc phục xong")
    await one.shows("đã khắc phục")
    assert one.card.buttons == [["Đóng", "Mở lại"], ["Chi tiết (riêng)", "Việc khác…"]]
    assert one.team.messages == [one.card], "the card alone tells it"


async def test_each_move_is_an_event_and_the_reporter_hears_of_it_in_plain_words(running_stage: Stage) -> None:
    one = await taken(running_stage)
    await one.presses("Việc khác…")
    await one.presses("Đang xử lý")
    await one.reporter.sees("cán bộ đang xử lý")
    await one.presses("Khắc phục xong")
    await one.reporter.sees("bấm “Chưa ổn” trong 7 ngày")
    assert await log_of(running_stage, one.code) == [
        EventKind.FILED,
        EventKind.CLAIMED,
        EventKind.STARTED,
        EventKind.RESOLVED,
    ]
    stands = await one.stands()
    assert stands.moved_by == stands.owner
    assert stands.ended_at is not None
    assert one.officer.user.name not in " ".join(message.text for message in one.reporter.messages)


async def test_whoever_acts_on_a_new_incident_has_it_by_that(running_stage: Stage) -> None:
    one = await case(running_stage)
    await one.presses("Việc khác…")
    await one.presses("Đang xử lý")
    assert one.officer.user.name in (await one.shows("đang xử lý")).text


async def test_of_two_who_act_at_once_one_wins_and_the_other_reads_what_happened(running_stage: Stage) -> None:
    one = await taken(running_stage)
    other = await running_stage.staff("Vũ Thị Hà", Role.RESPONDER)
    telegram = running_stage.telegram
    telegram.joins(other.user, one.team.chat)
    presses = [telegram.presses(member.user, one.card, "Khắc phục xong") for member in (one.officer, other)]
    await telegram.until(lambda: all(press.answers for press in presses))
    told = sorted(press.answers[0][0] or "" for press in presses)
    assert told[0].startswith(f"Chưa làm được: {one.code} lúc này đã khắc phục (")
    assert told[1] == f"{one.code}: đã khắc phục."
    assert (await log_of(running_stage, one.code)).count(EventKind.RESOLVED) == 1
    await new(one.reporter, "đã khắc phục", 0)
    assert sum("đã khắc phục" in message.text for message in one.reporter.messages) == 1


async def test_ten_changes_in_a_second_are_one_edit(stage: Stage) -> None:
    policy = example_policy()  # the other journeys do not wait for what may follow
    slow = policy.pace.model_copy(update={"gather_seconds": 10})  # a busy machine takes seconds for ten changes
    stage.policy = policy.model_copy(update={"pace": slow})
    await stage.start()
    one = await taken(stage)
    stage.clock.move(seconds=10)
    await becomes(stage, 0, "SELECT count(*) FROM cards WHERE wanted > shown")
    before = _edits(stage)
    for number in range(10):
        await _rated(stage, one, list(Severity)[number % 4])
        stage.clock.move(seconds=0.05)
    assert _edits(stage) == before
    stage.clock.move(seconds=10)
    await becomes(stage, 0, "SELECT count(*) FROM cards WHERE wanted > shown")
    assert _edits(stage) == before + 1
    assert "Mức độ: P2 Nghiêm trọng\n" in one.card.text
    assert (await log_of(stage, one.code)).count(EventKind.RATED) == 10


async def _rated(stage: Stage, one: Case, degree: Severity) -> None:
    async with stage.bot.store.transaction() as tx:
        desk = Desk(tx, stage.clock.now(), stage.bot.house)
        officer, incident = await people.find(tx, one.officer.user.id), await incidents.find_by_code(tx, one.code)
        assert officer is not None
        assert incident is not None
        await ratings.rate(desk, officer, incident, degree)


def _edits(stage: Stage) -> int:
    return sum(call.method == "editMessageText" for call in stage.telegram.calls)


async def test_the_severity_stands_on_the_card_and_the_reporter_hears_nothing_of_it(running_stage: Stage) -> None:
    one = await taken(running_stage)
    heard = len(one.reporter.messages)
    await one.shows("Mức độ: P2 Nghiêm trọng (đề xuất)")
    await one.presses("Việc khác…")
    await one.presses("Đổi mức độ")
    assert "P2 Nghiêm trọng" in await one.presses("Xác nhận P2 Nghiêm trọng")
    card = await found(
        running_stage.telegram, lambda: one.card if "(đề xuất)" not in one.card.text else None, one.team.chat
    )
    assert "Mức độ: P2 Nghiêm trọng" in card.text
    assert "Thu gọn" not in labels(card)
    assert len(one.reporter.messages) == heard


async def test_forged_and_stale_keys_change_nothing(running_stage: Stage, stranger: Person) -> None:
    one = await case(running_stage)
    incident = await one.stands()
    for data in (
        Act(incident.id, "close").data(),
        Act(incident.id, "withdraw").data(),
        Act(incident.id, "nonsense").data(),
        Act("0" * 20, "resolve").data(),
        Rate(incident.id, "huge").data(),
        Unfold(incident.id, "everything").data(),
    ):
        assert (await _pressed(one, data)).startswith(STALE), data
    await stranger.starts()
    await stranger.sees("Xin chào")
    for data in (Act(incident.id, "resolve").data(), Rate(incident.id, "event").data(), Unfold(incident.id, "").data()):
        forged = await stranger.forges(data)
        assert (forged.answers[0][0] or "").startswith(REFUSED), data
    assert await log_of(running_stage, one.code) == [EventKind.FILED]


async def test_keys_of_another_group_are_dead(running_stage: Stage) -> None:
    one = await case(running_stage)
    incident = await one.stands()
    elsewhere = Team(running_stage.telegram, running_stage.telegram.group("Nhóm khác", members=[one.officer.user]))
    await elsewhere.says(one.officer, "/daumoi")
    foreign = await elsewhere.sees("liên hệ")
    assert (await _pressed(one, Act(incident.id, "resolve").data(), message=foreign)).startswith(STALE)
    assert (await one.stands()).status is Status.NEW


async def test_who_has_left_the_team_can_do_nothing_more(running_stage: Stage) -> None:
    one = await taken(running_stage)
    await leaves(running_stage, one.officer)
    assert (await one.presses("Khắc phục xong")).startswith(REFUSED)
    link = payload(one.card, "Hỏi người báo")
    await one.officer.starts(link)
    await one.officer.sees(REFUSED)
    assert (await one.stands()).status is Status.CLAIMED


@pytest.mark.parametrize("role", [Role.ADMIN, Role.STANDING_UNIT, Role.LIAISON, Role.AUDITOR, Role.AGENCY_CONTACT])
async def test_other_roles_do_not_work_on_incidents(running_stage: Stage, role: Role) -> None:
    one = await case(running_stage)
    member = await running_stage.staff("Người khác", role)
    running_stage.telegram.joins(member.user, one.team.chat)
    incident = await one.stands()
    assert (await _pressed(one, Act(incident.id, "resolve").data(), member)).startswith(REFUSED)
    await member.starts(f"w-close-{incident.id}")
    await member.sees(REFUSED)


async def test_a_copy_of_the_card_in_private_works_and_shows_what_became_of_it(running_stage: Stage) -> None:
    one = await taken(running_stage)
    since = len(one.officer.messages)
    await one.officer.says(f"/tracuu {one.code}")
    copy = await new(one.officer, "Việc khác…", since)
    await one.officer.presses("Việc khác…", under=one.code)
    await running_stage.telegram.until(lambda: "Thu gọn" in labels(copy))
    await one.officer.presses("Khắc phục xong", under=one.code)
    await running_stage.telegram.until(lambda: "đã khắc phục" in copy.text)
    assert (await incident_of(running_stage, one.code)).status is Status.RESOLVED
