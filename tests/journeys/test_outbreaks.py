"""Reports of one matter: said twice, merged and taken apart, gathered under one number and closed with one text."""

from __future__ import annotations

import re

import pytest

from bot.domain.errors import Refusal
from bot.domain.incidents import EventKind, Move, Status
from bot.domain.people import Role
from bot.domain.presses import Related, Tie, Weigh
from bot.domain.reports import CITIZEN_REPORT
from bot.playground.chats import Message
from bot.services.casework import incidents as files_of
from bot.services.casework import lives, verdicts
from bot.services.desk import Desk
from bot.services.outbreak import mergers, outbreaks
from storage import closings, events, evidence, incidents, indicators, offers, people, sweeps, ties
from storage.incidents import Incident
from tests.conftest import Stage
from tests.journeys.steps import STORY, files, incident_of, log_of, new
from tests.journeys.working import Case, case, key_of, labels, sends
from tests.people import CODE, Person, Team

LINK = "Tôi bấm vào https://lua-dao.top/thue rồi mất tiền"
NUMBER = "Số 0912.345.678 gọi bảo tôi nộp phạt"
RESULT = "Đã phối hợp chặn trang lừa đảo; Anh/Chị đừng chuyển thêm tiền và trình báo công an xã"


async def _pressed(team: Team, member: Person, message: Message, label: str) -> str:
    press = team.telegram.presses(member.user, message, label)
    await team.telegram.until(lambda: press.answers)
    return press.answers[0][0] or ""


async def _gone(team: Team, message: Message) -> None:
    """Wait until a line has lost its keys."""
    await team.telegram.until(lambda: not labels(message))


async def _officer(stage: Stage) -> tuple[Person, Team]:
    officer = await stage.staff("Đỗ Minh Khôi", Role.RESPONDER, Role.TEAM_LEAD)
    return officer, await stage.team(officer)


async def _filed(stage: Stage, story: str, *reporters: Person) -> list[str]:
    """Reports of people, one every seven seconds, as their forms file them; the codes."""
    codes = []
    for reporter in reporters:
        reporter.user.started = True
        stage.clock.move(seconds=7)
        async with stage.bot.store.transaction() as tx:
            known = await people.find(tx, reporter.user.id) or await people.add(
                tx, reporter.user.id, "vi", stage.clock.now()
            )
            desk = Desk(tx, stage.clock.now(), stage.bot.house)
            facts = {"kind": "scam_loss", "story": f"{reporter.user.name}: {story}"}
            codes.append((await files_of.file(desk, known, CITIZEN_REPORT, facts, incomplete=False)).code)
    stage.bot.dispatcher.bell.ring()
    return codes


async def test_the_same_words_of_the_same_person_are_the_same_report(running_stage: Stage) -> None:
    one = await case(running_stage)
    since = len(one.reporter.messages)
    await one.reporter.says("/baosuco")
    await one.reporter.presses("Tôi bị lừa mất tiền")
    await new(one.reporter, "Câu 2/", since)
    await one.reporter.sends_document("bien-lai.pdf", caption=STORY.upper())
    await new(one.reporter, "Gửi ngay", since)
    await one.reporter.presses("Gửi ngay")
    told = await new(one.reporter, "mã sự cố vẫn là", since)
    assert one.code in told.text
    assert EventKind.FOLDED in await log_of(running_stage, one.code)
    first = await one.stands()
    async with running_stage.bot.store.reading() as tx:
        assert await evidence.counts(tx, first.id) == {"document": 1}
    assert sum("Người nhận" in message.text for message in one.team.messages) == 1, "there is one card"
    running_stage.clock.move(minutes=11)
    assert await files(one.reporter) != one.code


async def test_what_shares_a_number_is_offered_merged_and_taken_apart(running_stage: Stage) -> None:
    officer, team = await _officer(running_stage)
    first, second, third = (running_stage.person(name) for name in ("Mận", "Tư", "Sáu"))
    main, double = await files(first, NUMBER), await files(second, "Bị 84912345678 lừa, họ bảo tôi chuyển khoản")
    line = await team.sees("cùng có số điện thoại")
    assert "09•• ••• 678" in line.text
    assert "0912" not in line.text
    assert line.buttons == [[f"Gộp vào {main}", "Không phải"]]
    one = Case(running_stage, second, officer, team, double)

    await officer.starts(f"w-file-{(await one.stands()).id}")
    await officer.presses("Tin liên quan")
    page = await officer.sees("Bot thấy giống")
    assert "0912 345 678" in page.text, "whoever works with it reads it whole, in private"

    assert f"đã gộp vào {main}" in await _pressed(team, officer, line, f"Gộp vào {main}")
    await _gone(team, line)
    assert "đã gộp vào" in line.text
    await second.sees("đã có tin báo khác")
    stands = await one.stands()
    assert (stands.status, stands.duplicate_of) == (Status.DUPLICATE, (await incident_of(running_stage, main)).id)
    # A third report meets both, and is offered the one that is worked on; not the same, says the team.
    lone = await files(third, "Số 0912345678 nhắn tin cho tôi")
    again = await team.sees("tin báo trở lên")
    assert await _pressed(team, officer, again, "Không phải")
    await _gone(team, again)
    since = len(team.messages)
    await third.says("Vẫn số 0912 345 678 gọi, tên miền lua-dao2.top")
    await new(team, "lua-dao2", since)
    assert not any(labels(message) for message in team.messages[since:]), "what was dismissed is remembered"
    assert lone != main

    heard = len(second.messages)
    await one.shows("[Tách ra]")
    await one.presses("Tách ra")
    await one.shows("đang xử lý")
    stands = await one.stands()
    assert (stands.duplicate_of, (await log_of(running_stage, double))[-1]) == (None, EventKind.SPLIT)
    assert len(second.messages) == heard, "nothing has changed for them: the other one was still worked on"
    for reporter, code in ((first, main), (second, double)):
        await reporter.says(f"/tracuu {code}")
        assert code in (await reporter.sees("Tình trạng")).text
    settled = await _pressed_data(team, officer, Weigh(await _an_offer(running_stage, double), "take").data())
    assert settled.startswith("Đề nghị về")


async def _an_offer(stage: Stage, code: str) -> str:
    incident = await incident_of(stage, code)
    async with stage.bot.store.reading() as tx:
        return (await offers.of(tx, incident.id, "taken", 1))[0].id


async def _pressed_data(team: Team, member: Person, data: str) -> str:
    press = team.telegram.presses(member.user, team.messages[0], data=data)
    await team.telegram.until(lambda: press.answers)
    return press.answers[0][0] or ""


async def test_forty_reports_of_one_link_are_one_case_and_one_closing_text(running_stage: Stage) -> None:
    stage = running_stage
    officer, team = await _officer(stage)
    town = [stage.person(f"Người {number}") for number in range(41)]
    codes = await _filed(stage, LINK, *town)
    line = await team.sees("tin báo trở lên trong 24 giờ")
    assert "lua-dao[.]top" in line.text
    asked = [message for message in team.messages if "Không phải" in labels(message)]
    assert [len(labels(message)) for message in asked] == [2, 2], "one merge of the second, one outbreak of the third"

    assert "đã lập sự cố chung" in await _pressed(team, officer, line, "Lập sự cố chung")
    await _gone(team, line)
    found = CODE.findall(line.text)
    parent = await incident_of(stage, found[-1])
    assert (parent.form, parent.reporter, parent.kind, parent.status) == (
        "outbreak_1",
        None,
        "scam_loss",
        Status.CLAIMED,
    )
    await stage.bot.ticker.tick_all()
    async with stage.bot.store.reading() as tx:
        assert await ties.count(tx, parent.id) == 41
    (card,) = [message for message in team.messages if message.text.startswith(parent.code)]
    assert "P2 Nghiêm trọng (đề xuất)" in card.text
    assert "người báo trước" not in card.text, "nobody waits for a word about an outbreak itself"
    assert "Hỏi người báo" not in labels(card)
    (late,) = await _filed(stage, LINK, stage.person("Người đến sau"))
    await _pressed(team, officer, await team.sees(f"giống sự cố chung {parent.code}"), f"Gắn vào {parent.code}")
    assert (await log_of(stage, late))[-1] is EventKind.TIED

    kept = await incident_of(stage, codes[7])
    other = await _second_parent(stage, officer, kept)
    await _untied_by_key(stage, officer, parent, late)
    await _closes(stage, officer, team, parent.code)
    told = await officer.sees("đã đóng thêm 40 tin báo")
    assert re.search(rf"{kept.code}.*{other.code}", told.text)
    for number, reporter in enumerate(town):
        news = [message for message in reporter.messages if "đã xử lý xong" in message.text]
        assert len(news) == (number != 7), codes[number]
        assert all(RESULT in message.text and codes[number] in message.text for message in news)
        assert all(key_of(message, "Chưa ổn") for message in news)
    assert (await incident_of(stage, kept.code)).status is Status.NEW
    assert (await incident_of(stage, late)).status is Status.NEW


async def _second_parent(stage: Stage, officer: Person, child: Incident) -> Incident:
    """One child belongs to another outbreak too, laid from its case file."""
    await officer.starts(f"w-file-{child.id}")
    await officer.presses("Tin liên quan", under=child.code)
    await officer.presses("Lập sự cố chung", under=child.code)
    page = await officer.sees("sự cố chung của 1 tin báo")
    return await incident_of(stage, CODE.findall(page.text)[0])


async def _untied_by_key(stage: Stage, officer: Person, parent: Incident, code: str) -> None:
    """The last of forty-two stands on the last page."""
    await officer.starts(f"w-file-{parent.id}")
    await officer.presses("Tin liên quan", under=parent.code)
    assert "Trang sau ›" in labels(await officer.sees("sự cố chung của 42 tin báo"))
    await officer.forges(Related(parent.id, "6").data())
    await officer.presses(f"Bỏ gắn {code}")
    await officer.sees("sự cố chung của 41 tin báo")


async def _closes(stage: Stage, officer: Person, team: Team, code: str) -> None:
    """The form of closing says that many read it; the process ends in the middle and the next one goes on."""
    incident = await incident_of(stage, code)
    since = len(officer.messages)
    await officer.starts(f"w-close-{incident.id}")
    assert "sự cố chung của 41 tin báo" in (await new(officer, "Kết quả xử lý", since)).text
    since = len(officer.messages)
    await officer.says(RESULT)
    await new(officer, "Xử lý bằng cách nào", since)
    await officer.presses("Đội tự xử lý")
    await officer.presses("Bỏ qua", under="bao nhiêu tiền")
    await sends(officer, since)
    await officer.sees(f"{code} lúc này: đã đóng")
    await stage.stop()
    await stage.start()
    for _ in range(3):
        await stage.bot.ticker.tick_all()
    async with stage.bot.store.reading() as tx:
        assert await sweeps.next_one(tx, stage.clock.now()) is None


async def test_a_policy_ties_by_itself_and_an_outbreak_opened_again_leaves_its_children_closed(stage: Stage) -> None:
    rules = stage.policy.outbreaks.model_copy(update={"tie_by_itself": True})
    stage.policy = stage.policy.model_copy(update={"outbreaks": rules})
    await stage.start()
    officer, team = await _officer(stage)
    (code,) = await _filed(stage, LINK, stage.person("Mận"))
    first = await incident_of(stage, code)
    async with stage.bot.store.transaction() as tx:
        desk, known = Desk(tx, stage.clock.now(), stage.bot.house), await people.find(tx, officer.user.id)
        assert known is not None
        parent = await outbreaks.lay_over(desk, known, first.id)
    town = [stage.person(name) for name in ("Tư", "Sáu")]
    codes = [code, *await _filed(stage, LINK, *town)]
    assert [(await log_of(stage, one))[-1] for one in codes[1:]] == [EventKind.TIED] * 2
    async with stage.bot.store.transaction() as tx:
        desk = Desk(tx, stage.clock.now(), stage.bot.house)
        seed = await outbreaks.advisory_seed(desk, parent)
        facts = {"result": RESULT, "handled": "self", "damage": 5}
        await verdicts.submit(desk, known, "closing_citizen_1", parent.id, facts, None)
        await verdicts.submit(desk, known, "reopening_1", parent.id, {"reason": "Còn người bị lừa"}, None)
        endings = [await closings.find(tx, (await incidents.find_by_code(tx, one) or parent).id) for one in codes]
        await events.erase(tx, first.id)
        assert await indicators.of(tx, first.id) == [], "erased with the words"
    stage.bot.dispatcher.bell.ring()
    assert (seed["code"], seed["kind"], seed["reports"]) == (parent.code, "scam_loss", 3)
    assert {"kind": "domain", "value": "lua-dao.top", "reports": 3} in seed["indicators"]
    assert [one is not None and one.damage is None and one.facts["result"] == RESULT for one in endings] == [True] * 3
    assert "3 tin báo đã gắn thì vẫn như cũ" in (await officer.sees("đã mở lại")).text
    assert {(await incident_of(stage, one)).status for one in codes} == {Status.CLOSED}
    assert not any("Không phải" in labels(message) for message in team.messages), "nobody was asked"
    forged = (
        *(Tie("untie", first.id, first.id), Tie("lay", parent.id), Tie("else", first.id)),
        *(Related(parent.id, "-1"), Weigh("0" * 20, "take")),
    )
    for press in forged:
        said = (await officer.forges(press.data())).answers[0][0] or ""
        assert said.startswith(("Nút này không còn", f"{parent.code} chính là")), press


async def test_a_merge_keeps_to_what_is_possible(running_stage: Stage) -> None:
    """An outbreak is no report: it is merged into nothing, and nothing but an outbreak is tied to."""
    stage = running_stage
    officer, _ = await _officer(stage)
    codes = await _filed(stage, NUMBER, stage.person("Mận"), stage.person("Tư"))
    first, second = [await incident_of(stage, one) for one in codes]
    async with stage.bot.store.transaction() as tx:
        desk, known = Desk(tx, stage.clock.now(), stage.bot.house), await people.find(tx, officer.user.id)
        assert known is not None
        parent = await outbreaks.lay_over(desk, known, first.id)
        for key, done in (
            ("outbreak.not_merged", mergers.merge(desk, known, parent, second.code)),
            ("outbreak.is_none", outbreaks.tie_by_code(desk, known, second, {"outbreak": first.code}, None)),
            ("outbreak.is_one.text", outbreaks.tie_by_code(desk, known, parent, {"outbreak": parent.code}, None)),
            ("work.no_such_code", outbreaks.tie_by_code(desk, known, second, {"outbreak": "SC-2026-999999"}, None)),
        ):
            with pytest.raises(Refusal) as no:
                await done
            assert no.value.key == key
        await outbreaks.tie_by_code(desk, known, second, {"outbreak": parent.code}, None)
        merged = await mergers.merge(desk, known, await incidents.get(tx, second.id), first.code)
        await lives.move(desk, known, await incidents.get(tx, first.id), Move.REJECT, reason="Không phải sự cố")
        await mergers.split(desk, known, merged)
    stage.bot.dispatcher.bell.ring()
    reporter = next(user for user in stage.telegram.users.values() if user.name == "Tư")
    heard = Person(stage.telegram, reporter)
    await heard.sees("xem lại và xử lý riêng tin này")
