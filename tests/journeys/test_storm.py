"""Many reports at once: the team's group reads one rolling list, takes rows from it, and hears of emergencies alone."""

from __future__ import annotations

from datetime import timedelta

from bot.domain import reports
from bot.domain.incidents import CitizenKind
from bot.domain.people import Role
from bot.domain.vietnamese import Moment
from bot.playground.chats import Message
from bot.services.casework import incidents
from bot.services.desk import Desk, House
from locales import Texts
from storage import people
from storage.people import find
from tests.conftest import Stage
from tests.jobs.records import number, rests
from tests.journeys.steps import incident_of
from tests.journeys.working import labels, payload
from tests.people import CODE, Person, Team, found, visible

LIST, URGENT, OVER = "Nhiều tin báo cùng đến", "KHẨN CẤP", "đã qua"
OPEN = "SELECT count(*) FROM digests WHERE closed_at IS NULL"


async def come(stage: Stage, reporter: Person, count: int, *, urgent: bool = False) -> list[str]:
    """So many reports of one person in a moment; the codes."""
    async with stage.bot.store.transaction() as tx:
        desk = Desk(tx, stage.clock.now(), House(stage.policy, Texts.load()))
        reporter.user.started = True
        known = await find(tx, reporter.user.id) or await people.add(tx, reporter.user.id, "vi", desk.now)
        moment = Moment(desk.now - timedelta(minutes=5), precise=True).to_text()
        kind = CitizenKind.SCAM_LOSS if urgent else CitizenKind.OTHER
        codes = []
        for count_ in range(count):
            facts = {"kind": kind, "story": f"Có người gọi lần thứ {count_}", "happened_at": moment}
            filed = await incidents.file(desk, known, reports.CITIZEN_REPORT, facts, incomplete=False)
            codes.append(filed.code)
    stage.bot.dispatcher.bell.ring()
    return codes


def cards(team: Team) -> list[str]:
    """The codes that have a card."""
    return [found_[0] for message in team.messages if (found_ := CODE.match(message.text))]


async def shows(stage: Stage, team: Team, title: str, words: str) -> Message:
    """Wait until the list shows something; it is brought up to date every five seconds, and the clock helps."""
    listed = await team.sees(title)
    stage.clock.move(seconds=6)
    return await found(team.telegram, lambda: listed if words in visible(listed) else None, team.chat)


async def test_in_a_storm_the_eleventh_report_begins_a_list_and_taking_a_row_lays_its_card(
    running_stage: Stage, reporter: Person, responder: Person, team: Team
) -> None:
    stage, other = running_stage, running_stage.person("Người thứ hai")
    codes = await come(stage, reporter, 10)
    (listed,) = await come(stage, other, 1)
    first = await team.sees(LIST)
    assert "1 tin" in first.text
    assert listed in first.text
    assert sorted(cards(team)) == sorted(codes)

    (alone,) = await come(stage, reporter, 1, urgent=True)
    assert alone in (await team.sees(alone)).text.splitlines()[0]
    later = await come(stage, reporter, 60)
    await shows(stage, team, LIST, "61 tin")
    assert len(cards(team)) == 11, "the ten before, and the emergency"
    assert set(CODE.findall(first.text)) == {listed, *later[:45]}, "six rows, and forty numbers"

    # Words of its reporter are marked on the row; nobody is flooded with lines, and the reporter hears the truth.
    await other.says("Nó vừa gọi lại cho tôi")
    await other.sees("cán bộ sẽ đọc khi xem tới")
    await shows(stage, team, LIST, "Có 1 tin mới")
    assert team.showing("Nó vừa gọi lại") is None

    press = await team.presses(responder, f"Nhận {listed}", LIST)
    assert listed in press.answers[0][0]
    await team.telegram.until(lambda: listed in cards(team))
    card = next(message for message in team.messages if message.text.startswith(listed))
    assert "đã có 1 tin mới" in card.text
    assert (await incident_of(stage, listed)).owner is not None
    await other.says("Bây giờ nó nhắn tin")
    line = await team.sees("Bây giờ nó nhắn tin")
    assert line.reply_to is card
    await shows(stage, team, LIST, f"Nhận {later[5]}")
    assert f"[Nhận {listed}]" not in visible(first)
    await _turns_pages(responder, first, listed, later)


async def _turns_pages(responder: Person, first: Message, listed: str, later: list[str]) -> None:
    """The whole list is read in private, the newest first; the list in the group stays as it is."""
    await responder.starts(payload(first, "Xem cả danh sách (riêng)"))
    page = await responder.sees("trang 1/11")
    assert CODE.findall(page.text)[:2] == [later[-1], later[-2]]
    seen = set(CODE.findall(page.text))
    for number_ in range(2, 12):
        await responder.presses("Trang sau ›", under=f"trang {number_ - 1}/11")
        page = await responder.sees(f"trang {number_}/11")
        seen |= set(CODE.findall(page.text))
    assert seen == {listed, *later}
    assert "Trang sau ›" not in labels(page)
    await responder.presses("‹ Trang trước", under="trang 11/11")
    await responder.sees("trang 10/11")


async def test_a_storm_ends_its_list_stays_and_the_next_one_begins_another(
    running_stage: Stage, reporter: Person, team: Team, stranger: Person
) -> None:
    stage = running_stage
    await come(stage, reporter, 13)
    first = await shows(stage, team, LIST, "3 tin")
    stage.clock.move(minutes=2)
    await rests(stage)
    assert await number(stage, OPEN) == 1, "it may go on"
    stage.clock.move(minutes=2)
    await shows(stage, team, OVER, "3 tin")
    assert first.text.startswith("Đợt tin báo")
    (calm,) = await come(stage, reporter, 1)
    await team.sees(calm)
    assert calm in cards(team)
    await come(stage, reporter, 12)
    await team.sees(LIST)
    assert first.text.startswith("Đợt tin báo")
    assert await number(stage, "SELECT count(*) FROM digests") == 2
    # Whoever is not of the team reads none.
    await stranger.starts(payload(first, "Xem cả danh sách (riêng)"))
    await stranger.sees("chỉ người được giao mới làm được")


async def test_six_emergencies_ring_alone_and_more_share_a_list_that_rings_once_a_minute(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    stage = running_stage
    alone = await come(stage, reporter, 6, urgent=True)
    shared = await come(stage, reporter, 8, urgent=True)
    listed = await shows(stage, team, URGENT, "8 sự cố")
    assert sorted(cards(team)) == alone
    assert CODE.findall(listed.text)[0] == shared[-1], "the newest is seen first"
    assert set(CODE.findall(listed.text)) == set(shared)
    assert team.showing("Thêm") is None, "its first showing has rung"
    stage.clock.move(minutes=1)
    ring = await team.sees("Thêm 7 sự cố khẩn cấp")
    assert ring.reply_to is listed
    await come(stage, reporter, 2, urgent=True)
    await shows(stage, team, URGENT, "10 sự cố")
    assert team.showing("Thêm 2") is None
    stage.clock.move(minutes=1)
    await team.sees("Thêm 2 sự cố khẩn cấp")
    stage.clock.move(minutes=4)
    await shows(stage, team, "Đợt sự cố khẩn cấp", "10 sự cố")


async def test_a_report_that_turns_out_to_be_an_emergency_leaves_the_crowd(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    stage = running_stage
    codes = await come(stage, reporter, 12)
    await team.sees(LIST)
    async with stage.bot.store.transaction() as tx:
        desk = Desk(tx, stage.clock.now(), House(stage.policy, Texts.load()))
        incident = await incident_of(stage, codes[-1])
        known = await find(tx, reporter.user.id)
        assert known is not None
        facts = {**incident.facts, "kind": CitizenKind.SCAM_LOSS}
        await incidents.supplement(desk, known, incident, reports.CITIZEN_REPORT, facts, complete=True)
    stage.bot.dispatcher.bell.ring()
    await team.telegram.until(lambda: codes[-1] in cards(team))


async def test_a_list_that_is_deleted_is_sent_again_and_one_whose_group_is_replaced_goes_along(
    running_stage: Stage, reporter: Person
) -> None:
    stage, telegram = running_stage, running_stage.telegram
    admin = await stage.staff("Tạ Văn Lương", Role.ADMIN)
    team = Team(telegram, telegram.group("Nhóm cũ", members=[admin.user], admins=[admin.user]))
    await stage.bind(team.chat)
    await come(stage, reporter, 14)
    lost = await shows(stage, team, LIST, "4 tin")
    telegram.deletes(admin.user, lost)
    await come(stage, reporter, 1)
    stage.clock.move(seconds=6)
    again = await team.sees("5 tin")
    assert again is not lost
    assert len(cards(team)) == 10, "nobody else is laid again"

    fresh = Team(telegram, telegram.group("Nhóm mới", members=[admin.user]))
    await fresh.says(admin, "/gannhom")
    await admin.presses("Chuyển sang nhóm mới")
    moved = await fresh.sees(LIST)
    (last,) = await come(stage, reporter, 1)
    await shows(stage, fresh, LIST, "6 tin")
    assert last in moved.text
    assert last not in again.text, "what becomes of it is no business of the old group"

    # Once it is closed, whoever deletes it wants it gone.
    stage.clock.move(minutes=4)
    over = await shows(stage, fresh, OVER, "6 tin")
    fresh.chat.members[admin.user.id] = "administrator"
    telegram.deletes(admin.user, over)
    async with stage.bot.store.transaction() as tx:
        incident = await incident_of(stage, last)
        await Desk(tx, stage.clock.now(), House(stage.policy, Texts.load())).redraw(incident.id)
    stage.clock.move(seconds=6)
    refused = ("editMessageText", 400)
    await telegram.until(lambda: [(call.method, call.status) for call in telegram.calls].count(refused) == 2)
    await rests(stage)
    assert fresh.showing(OVER) is None
