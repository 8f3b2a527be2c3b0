"""Referred to another body: offered to its liaisons, taken, given back, left lying, or sent on paper."""

from __future__ import annotations

from bot.domain.incidents import EventKind, Status
from bot.domain.people import Role
from bot.domain.presses import Respond
from storage import referrals
from tests.conftest import Stage
from tests.journeys.steps import STORY, asks, files_with_contact, log_of, new
from tests.journeys.working import Case, labels, leaves, liaison, sends, taken
from tests.people import Person

POLICE = "Công an tỉnh Ninh Bình"
WHY = "Có dấu hiệu lừa đảo chiếm đoạt tài sản"


async def _refers(one: Case, body: str = POLICE) -> None:
    await one.presses("Việc khác…")
    since = await one.opens("Chuyển cơ quan…")
    await new(one.officer, "Chuyển cho cơ quan nào", since)
    await one.officer.presses(body)
    await one.officer.sees("Lý do chuyển")
    since = len(one.officer.messages)
    await one.officer.says(WHY)
    await sends(one.officer, since)


async def _offered(stage: Stage) -> tuple[Case, Person]:
    police = await liaison(stage, "Lê Văn Công", "police")
    one = await taken(stage)
    await _refers(one)
    await police.sees("đề nghị")
    return one, police


async def _referral(stage: Stage, one: Case) -> referrals.Referral:
    incident = await one.stands()
    async with stage.bot.store.reading() as tx:
        found = await referrals.newest(tx, incident.id)
    assert found is not None
    return found


async def test_a_liaison_reads_facts_and_story_and_nothing_of_how_to_reach_the_reporter(
    running_stage: Stage,
) -> None:
    police = await liaison(running_stage, "Lê Văn Công", "police")
    army = await liaison(running_stage, "Trần Văn Quân", "military")
    await asks(army, "/trogiup", "đề nghị cơ quan Anh/Chị tiếp nhận")
    shown = len(army.messages)
    lead = await running_stage.staff("Đỗ Minh Khôi", Role.TEAM_LEAD)
    team = await running_stage.team(lead)
    reporter = running_stage.person("Nguyễn Thị Mận")
    code = await files_with_contact(reporter, "0987 654 321", "chị Mận")
    await team.sees(code)
    one = Case(running_stage, reporter, lead, team, code)
    await _refers(one)
    head, story = await police.sees(WHY), await police.sees("lời kể")
    assert STORY in story.text
    assert head.protected
    assert story.protected
    read = " ".join(message.text for message in police.messages)
    for secret in ("Mận", "0987", "654 321", str(reporter.user.id)):
        assert secret not in read, secret
    assert len(army.messages) == shown
    assert POLICE in (await reporter.sees("đã đề nghị")).text
    assert f"Đang chờ {POLICE} trả lời" in (await one.shows("Đang chờ")).text
    assert (await one.stands()).status is Status.REFERRING


async def test_what_is_accepted_is_referred_and_everybody_reads_so(running_stage: Stage) -> None:
    one, police = await _offered(running_stage)
    await police.presses("Tiếp nhận")
    await police.sees("tiếp nhận")
    again = await asks(police, f"/tracuu {one.code}", "Lý do chuyển")
    assert "Xin trả lời trước" not in again.text
    await one.reporter.sees(f"đã chuyển {POLICE}")
    assert f"Đã chuyển {POLICE}" in (await one.shows("Đã chuyển")).text
    assert (await one.stands()).status is Status.REFERRED
    assert (await _referral(running_stage, one)).state == "accepted"
    assert (await log_of(running_stage, one.code))[-2:] == [EventKind.REFERRED, EventKind.ACCEPTED]


async def test_of_two_liaisons_who_answer_at_once_one_wins_and_the_other_reads_who(running_stage: Stage) -> None:
    first, second = [await liaison(running_stage, name, "police") for name in ("Lê Văn Công", "Hồ Thị An")]
    one = await taken(running_stage)
    await _refers(one)
    telegram = running_stage.telegram
    offers = [await who.sees(WHY) for who in (first, second)]
    presses = [
        telegram.presses(who.user, offer, "Tiếp nhận") for who, offer in zip((first, second), offers, strict=True)
    ]
    await telegram.until(lambda: all(press.answers for press in presses))
    told = sorted(press.answers[0][0] or "" for press in presses)
    assert told[0] == ""
    assert "đã được trả lời rồi" in told[1]
    assert (await log_of(running_stage, one.code)).count(EventKind.ACCEPTED) == 1


async def test_what_is_returned_comes_back_with_the_reason(running_stage: Stage) -> None:
    one, police = await _offered(running_stage)
    owner = (await one.stands()).owner
    since = len(police.messages)
    await police.presses("Chuyển trả")
    await new(police, "không tiếp nhận", since)
    since = len(police.messages)
    await police.says("Không thuộc địa bàn của chúng tôi")
    await sends(police, since)
    line = await one.team.sees("chuyển trả")
    assert "Không thuộc địa bàn" in line.text
    assert line.reply_to is one.card
    await one.reporter.sees("đội ứng cứu tiếp tục xử lý")
    stands = await one.stands()
    assert (stands.status, stands.owner) == (Status.CLAIMED, owner)
    assert (await _referral(running_stage, one)).state == "returned"


async def test_what_nobody_answers_comes_back_after_a_day_and_a_late_answer_reads_so(running_stage: Stage) -> None:
    one, police = await _offered(running_stage)
    running_stage.clock.move(hours=24)
    line = await one.team.sees("quá hạn")
    assert POLICE in line.text
    await one.reporter.sees("đội ứng cứu tiếp tục xử lý")
    assert (await one.stands()).status is Status.CLAIMED
    assert (await _referral(running_stage, one)).state == "lapsed"
    late = await police.presses("Tiếp nhận")
    assert "Chưa làm được" in (late.answers[0][0] or "")
    assert (await log_of(running_stage, one.code))[-1] is EventKind.LAPSED


async def test_what_comes_back_to_an_owner_who_has_left_is_new_again(running_stage: Stage) -> None:
    one, _ = await _offered(running_stage)
    await leaves(running_stage, one.officer)
    running_stage.clock.move(hours=24)
    await one.team.sees("quá hạn")
    stands = await one.stands()
    assert (stands.status, stands.owner) == (Status.NEW, None)


async def test_a_body_without_anybody_here_is_sent_a_paper_by_the_team(running_stage: Stage) -> None:
    one = await taken(running_stage)
    gone = await liaison(running_stage, "Lê Văn Công", "police")
    await leaves(running_stage, gone)
    await _refers(one)
    assert "gửi văn bản" in (await one.team.sees("gửi văn bản")).text
    await one.reporter.sees(f"đã chuyển {POLICE}")
    assert (await one.stands()).status is Status.REFERRED
    referral = await _referral(running_stage, one)
    assert (referral.state, referral.answer_by) == ("outside", None)
    assert labels(await one.shows("Đã chuyển")) == ["Mở lại", "Chi tiết (riêng)"]
    assert gone.messages == []


async def test_only_a_liaison_of_that_body_may_answer(running_stage: Stage, stranger: Person) -> None:
    one, _ = await _offered(running_stage)
    army = await liaison(running_stage, "Trần Văn Quân", "military")
    referral = await _referral(running_stage, one)
    for who, words in ((army, "Nút này không còn dùng được"), (stranger, "Việc này chỉ người được giao")):
        await who.starts()
        await who.sees("Xin chào")
        for answer in ("accept", "return", "burn"):
            press = await who.forges(Respond(referral.id, answer).data())
            assert (press.answers[0][0] or "").startswith(words), (who.user.name, answer)
    assert (await one.stands()).status is Status.REFERRING


async def test_a_liaison_reads_again_by_its_number_what_was_referred_and_nothing_else(running_stage: Stage) -> None:
    one, police = await _offered(running_stage)
    since = len(police.messages)
    await police.says(f"/tracuu {one.code}")
    await new(police, WHY, since)
    army = await liaison(running_stage, "Trần Văn Quân", "military")
    await army.says(f"/tracuu {one.code}")
    await army.sees("Không tìm thấy mã này")


async def test_the_words_of_a_liaison_stand_under_the_card_masked(running_stage: Stage) -> None:
    one, police = await _offered(running_stage)
    offer = await police.sees(WHY)
    await police.sees("lời kể")  # it follows in the same stream: by now it is written down which message the offer is
    await police.replies(offer, "Gọi lại cho tôi theo số 0912 345 678")
    line = await one.team.sees("trả lời:")
    assert "Gọi lại cho tôi" in line.text
    assert "0912 345 678" not in line.text
    assert line.reply_to is one.card
    await police.sees("Đã chuyển lời")
    assert (await log_of(running_stage, one.code))[-1] is EventKind.ANSWERED
    assert (await one.stands()).status is Status.REFERRING
