"""*Chưa ổn*: for seven days the reporter may have it opened again, by the same owner where there still is one."""

from __future__ import annotations

from bot.domain.incidents import EventKind, Status
from bot.domain.presses import Own
from tests.conftest import Stage
from tests.journeys.steps import log_of, new
from tests.journeys.working import Case, labels, leaves, taken
from tests.people import Person


async def _resolved(stage: Stage) -> Case:
    one = await taken(stage)
    await one.presses("Khắc phục xong")
    await one.reporter.sees("đã khắc phục")
    return one


async def test_an_objection_opens_it_again_for_the_same_owner(running_stage: Stage) -> None:
    one = await _resolved(running_stage)
    owner = (await one.stands()).owner
    await one.reporter.presses("Chưa ổn")
    await one.reporter.sees("đã được mở lại")
    assert one.code in (await one.officer.sees("người báo cho biết chưa ổn")).text
    stands = await one.stands()
    assert (stands.status, stands.owner, stands.ended_at) == (Status.WORKING, owner, None)
    assert "Khắc phục xong" in labels(await one.shows("đang xử lý"))
    assert (await log_of(running_stage, one.code))[-1] is EventKind.OBJECTED


async def test_an_owner_who_has_left_leaves_it_to_whoever_takes_it(running_stage: Stage) -> None:
    one = await _resolved(running_stage)
    await leaves(running_stage, one.officer)
    await one.reporter.presses("Chưa ổn")
    line = await one.team.sees("chưa có ai nhận")
    assert line.reply_to is one.card
    stands = await one.stands()
    assert (stands.status, stands.owner, stands.claimed_at) == (Status.NEW, None, None)
    assert "Nhận xử lý" in labels(await one.shows("chưa có ai"))


async def test_two_objections_are_one(running_stage: Stage) -> None:
    one = await _resolved(running_stage)
    told = await one.reporter.sees("đã khắc phục")
    telegram = running_stage.telegram
    presses = [telegram.presses(one.reporter.user, told, "Chưa ổn") for _ in range(2)]
    await telegram.until(lambda: all(press.answers for press in presses))
    assert [bool(press.answers[0][0]) for press in presses] == [False, True]
    assert "đang được xử lý" in (presses[1].answers[0][0] or "")
    assert (await log_of(running_stage, one.code)).count(EventKind.OBJECTED) == 1


async def test_after_the_last_day_a_clear_sentence_says_what_else_can_be_done(running_stage: Stage) -> None:
    one = await _resolved(running_stage)
    running_stage.clock.move(days=7)
    press = await one.reporter.presses("Chưa ổn")
    assert "quá 7 ngày" in (press.answers[0][0] or "")
    assert "/baosuco" in (press.answers[0][0] or "")
    assert (await one.stands()).status is Status.RESOLVED


async def test_tracking_offers_the_objection_as_long_as_it_counts(running_stage: Stage) -> None:
    one = await _resolved(running_stage)
    since = len(one.reporter.messages)
    await one.reporter.says(f"/tracuu {one.code}")
    shown = await new(one.reporter, "đã xong", since)
    assert labels(shown) == ["Chưa ổn"]
    running_stage.clock.move(days=7)
    since = len(one.reporter.messages)
    await one.reporter.says(f"/tracuu {one.code}")
    assert labels(await new(one.reporter, "đã xong", since)) == []


async def test_tracking_says_how_it_ended_and_until_when_one_may_object(running_stage: Stage) -> None:
    one = await taken(running_stage)
    await one.presses("Việc khác…")
    await one.fills("Không phải sự cố", "Đây là cuộc gọi quảng cáo của nhà mạng")
    await one.reporter.sees("không phải là sự cố")
    since = len(one.reporter.messages)
    await one.reporter.says(f"/tracuu {one.code}")
    shown = await new(one.reporter, "Tình trạng", since)
    assert "Lý do: Đây là cuộc gọi quảng cáo của nhà mạng" in shown.text
    assert "bấm “Chưa ổn” trước" in shown.text
    running_stage.clock.move(days=7)
    since = len(one.reporter.messages)
    await one.reporter.says(f"/tracuu {one.code}")
    assert "Chưa ổn" not in (await new(one.reporter, "Tình trạng", since)).text


async def test_only_the_reporter_may_object(running_stage: Stage, stranger: Person) -> None:
    one = await _resolved(running_stage)
    await stranger.starts()
    await stranger.sees("Xin chào")
    incident = await one.stands()
    for who in (stranger, one.officer):
        if not who.messages:
            await who.says("/trogiup")
            await who.sees("Anh/Chị làm được")
        press = await who.forges(Own(incident.id, "object").data())
        assert (press.answers[0][0] or "").startswith("Nút này không còn dùng được")
    assert (await one.stands()).status is Status.RESOLVED


async def test_what_is_done_can_be_neither_withdrawn_nor_added_to(running_stage: Stage) -> None:
    one = await _resolved(running_stage)
    incident = await one.stands()
    press = await one.reporter.forges(Own(incident.id, "withdraw").data())
    assert "đã được rút hoặc đã khép lại" in (press.answers[0][0] or "")
    await one.reporter.forges(Own(incident.id, "add").data())
    await one.reporter.sees("đã khép lại nên không bổ sung được nữa")
