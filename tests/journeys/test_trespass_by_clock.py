"""Nobody sees or does what is not theirs: papers, outbreaks, deadlines, handovers, searches, links."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.domain.errors import Refusal
from bot.domain.incidents import EventKind, Severity
from bot.domain.people import PERMISSIONS, Permission, Role
from bot.domain.presses import Chapter, Details, Found, Handing, Leaf, OnDuty, Pdf, Related, TakeShift
from bot.domain.reports import CITIZEN_REPORT
from bot.domain.sending import Enclosure
from bot.services.casework import cards as faces
from bot.services.casework import incidents as files_of
from bot.services.casework import verdicts
from bot.services.casework.tasks import TASKS
from bot.services.desk import Desk
from bot.services.duty import handover
from bot.services.outbreak import outbreaks
from bot.services.paper import papers, sources
from storage import closings, enclosures, events, handovers, incidents, orders, people, rota, search
from storage import papers as kept
from storage.orders import Order
from tests.conftest import Stage
from tests.jobs.records import becomes, number, rests
from tests.journeys.steps import asks, files, incident_of, new
from tests.journeys.test_papers import MISSING, OPEN, answers, cast
from tests.journeys.test_papers import files as papers_of
from tests.journeys.working import case, leaves, taken
from tests.people import Person, visible

NAME, PHONE, ACCOUNT = "Vũ Thị Hạnh", "0912 345 678", "190356789012"
STALE = "Nút này không còn dùng được"


async def _known(stage: Stage, person: Person) -> str:
    async with stage.bot.store.reading() as tx:
        known = await people.find(tx, person.user.id)
    assert known is not None
    return known.id


def _standing(person: Person) -> str:
    """Everything that somebody can still read."""
    return "\n".join(visible(one) for one in person.messages if not one.deleted)


# Papers ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("from_case_file", [True, False])
async def test_a_paper_under_review_goes_from_the_chat_with_the_consent(
    running_stage: Stage, from_case_file: bool
) -> None:
    """Also where the review took the place of another message."""
    stage = running_stage
    member, officer, code = await cast(stage)
    if from_case_file:
        await asks(member, f"/start w-file-{(await incident_of(stage, code)).id}", "Hồ sơ")
        await member.presses("Báo cáo chính thức")
    else:
        await asks(member, f"/baocao {code}", "Mẫu 03")
    await member.presses("Mẫu 03 – Báo cáo ban đầu")
    if not from_case_file:
        await answers(member, MISSING, 0)
        await member.sees(f"Người liên hệ: {NAME}")
    else:
        async with stage.bot.store.transaction() as tx:
            who = await people.find(tx, member.user.id)
            assert who is not None
            said = {"to_chuc_ten": "X", "to_chuc_dia_chi": "Y", "to_chuc_dien_thoai": "02293871234"}
            said |= {"to_chuc_email": "a@b.vn", "don_vi_van_hanh": "Z"}
            incident = await incidents.find_by_code(tx, code)
            assert incident is not None
            await kept.add(tx, incident.id, "mau_03/ban_dau", said, "head", who.id, stage.clock.now())
        await member.says("/huy")
        await rests(stage)
        await asks(member, f"/start w-file-{incident.id}", "Hồ sơ")
        await member.presses("Báo cáo chính thức")
        await member.presses("Mẫu 03 – Báo cáo ban đầu")
        await member.sees(f"Người liên hệ: {NAME}")
    await rests(stage)
    await asks(officer, "/riengtu", "Rút lại đồng ý")
    await officer.presses("Rút lại đồng ý")
    await stage.telegram.until(lambda: NAME not in _standing(member))
    assert PHONE not in _standing(member)
    assert await number(stage, "SELECT count(*) FROM drafts WHERE form LIKE 'paper/%'") == 0


async def test_words_under_a_review_of_a_paper_are_for_the_paper(running_stage: Stage) -> None:
    """An officer who answers the review has not written to the team."""
    stage = running_stage
    _, officer, code = await cast(stage)
    await asks(officer, f"/tracuu {code}", "Báo cáo chính thức")
    await officer.presses("Báo cáo chính thức")
    await officer.presses("Mẫu 03 – Báo cáo ban đầu")
    await answers(officer, MISSING, 0)
    review = await officer.sees(f"Người liên hệ: {NAME}")
    await officer.replies(review, "Ghi chú riêng cho bản báo cáo này của tôi")
    await rests(stage)
    incident = await incident_of(stage, code)
    async with stage.bot.store.reading() as tx:
        assert await events.last_of(tx, incident.id, EventKind.TOLD) is None


async def test_an_officer_gets_no_paper_of_the_team_and_no_words_about_others(running_stage: Stage) -> None:
    stage = running_stage
    member, officer, code = await cast(stage)
    incident = await incident_of(stage, code)
    theirs, now = await _known(stage, member), stage.clock.now()
    async with stage.bot.store.transaction() as tx:
        said = {"to_chuc_ten": "Lời riêng của đội"}
        paper = await kept.add(tx, incident.id, "mau_04/ket_thuc", said, "head", theirs, now)
        lead = await people.get(tx, theirs)
        desk = Desk(tx, now, stage.bot.house)
        outbreak = await outbreaks.lay_over(desk, lead, incident.id)
        shared = {"result": "Đã chặn", "cause": "Máy chủ của Sở X lộ mật khẩu"}
        await closings.keep(tx, incident.id, shared, None, theirs, now)
        whole = await sources.at_hand(desk, incident)
        outside = await sources.at_hand(desk, incident, whole=False)
        order = Order("x" * 20, "paper", await _known_in(desk, officer), incident.id, {"paper": paper.id}, now)
        with pytest.raises(Refusal):
            await papers.DOCX.gather(desk, order)
    assert outbreak.id != incident.id
    assert whole["closing.cause"] == shared["cause"]
    assert (outside["closing.result"], outside.get("closing.cause")) == ("Đã chặn", None)
    await officer.says("/start")
    await rests(stage)
    press = await officer.forges(Pdf(paper.id).data())
    assert (press.answers[0][0] or "").startswith(STALE)
    await asks(officer, f"/baocao {code}", "chỉ người được giao")
    assert await number(stage, OPEN) == 0
    assert not papers_of(officer)


async def _known_in(desk: Desk, person: Person) -> str:
    known = await people.find(desk.tx, person.user.id)
    assert known is not None
    return known.id


async def test_a_file_that_was_made_while_a_consent_was_withdrawn_does_not_leave(running_stage: Stage) -> None:
    stage = running_stage
    member, _, code = await cast(stage)
    incident, who, now = await incident_of(stage, code), await _known(stage, member), stage.clock.now()
    async with stage.bot.store.transaction() as tx:
        paper = await kept.add(tx, incident.id, "mau_03/ban_dau", {"lien_he_ten": NAME}, "head", who, now)
        desk = Desk(tx, now, stage.bot.house)
        order = Order(tx.new_id(), "paper", who, incident.id, {"paper": paper.id}, now)
        await orders.add(tx, order)
        draft = await papers.DOCX.gather(desk, order)
        await kept.erase_answers(tx, incident.id)
        with pytest.raises(Refusal):
            await papers.DOCX.hand_over(desk, order, draft, Enclosure("x", "y", b"z"))


# TLP:RED --------------------------------------------------------------------------------------------------------------


async def test_no_suggestion_names_a_red_incident_under_another_card(running_stage: Stage) -> None:
    """That two share an address says what both are about."""
    stage = running_stage
    one = await case(stage, Role.RESPONDER, Role.TEAM_LEAD)
    await asks(one.reporter, "Trang đó là https://kin-dao.top/thue", "chuyển cho đội")
    await one.team.sees("kin-dao")
    async with stage.bot.store.transaction() as tx:
        await tx.run("UPDATE incidents SET tlp = 'RED'")
    for name in ("Tư", "Sáu", "Tám"):
        person = stage.person(name)
        person.user.started = True
        stage.clock.move(seconds=20)
        async with stage.bot.store.transaction() as tx:
            known = await people.add(tx, person.user.id, "vi", stage.clock.now())
            facts = {"kind": "scam_loss", "story": f"{name}: tôi cũng mất tiền ở https://kin-dao.top/thue rồi"}
            desk = Desk(tx, stage.clock.now(), stage.bot.house)
            await files_of.file(desk, known, CITIZEN_REPORT, facts, incomplete=False)
    stage.bot.dispatcher.bell.ring()
    line = await one.team.sees("tin báo trở lên")
    offered = [message for message in one.team.messages if "cùng có" in message.text or message is line]
    assert offered
    assert not [message for message in offered if one.code in visible(message)]


async def test_whoever_may_not_read_a_red_incident_reads_no_duty_of_it_either(running_stage: Stage) -> None:
    stage = running_stage
    member, _, code = await cast(stage)
    async with stage.bot.store.transaction() as tx:
        await tx.run("UPDATE incidents SET tlp = 'RED'")
        incident = await incidents.find_by_code(tx, code)
        assert incident is not None
        desk = Desk(tx, stage.clock.now(), stage.bot.house)
        clocked = await faces.by_the_clock(desk, incident, faces.SEVERITY)
    assert clocked["criteria"]
    card = await asks(member, f"/tracuu {code}", "TLP:RED")
    assert "Theo luật" not in card.text
    assert "báo cáo" not in card.text.lower()


# Who works without personal data -------------------------------------------------------------------------------------


async def test_an_expert_and_an_auditor_read_no_number_of_a_person_anywhere(running_stage: Stage) -> None:
    """Story, later words, notes, reasons, what is handed over, what is shared, and the file of it all."""
    stage = running_stage
    one = await taken(stage, Role.RESPONDER, Role.TEAM_LEAD)
    expert = await stage.staff("Chuyên gia thuê (thử)", Role.EXPERT)
    auditor = await stage.staff("Người kiểm tra", Role.AUDITOR)
    spoken = f"số {PHONE}, tài khoản {ACCOUNT} của anh ta"
    await asks(one.reporter, f"Kẻ gian gọi từ {spoken}", "chuyển cho đội")
    incident, owner = await one.stands(), await _known(stage, one.officer)
    to = await _known(stage, expert)
    async with stage.bot.store.transaction() as tx:
        desk, lead = Desk(tx, stage.clock.now(), stage.bot.house), await people.get(tx, owner)
        await desk.log(incident.id, EventKind.NOTED, lead, text=f"Gọi lại {spoken}")
        await desk.log(incident.id, EventKind.PAUSED, lead, reason="third_party", what=f"Chờ {spoken}")
        await desk.log(incident.id, EventKind.RATED, lead, after=Severity.SERIOUS, reason=f"Vì {spoken}")
        given = {"what": handover.ONE, "id": incident.id, "to": to}
        await handover.ask(desk, lead, given, f"Anh nhớ gọi {spoken}", None)
    stage.bot.dispatcher.bell.ring()
    await expert.sees("Anh nhớ gọi")
    for reader in (expert, auditor):
        shown = ""
        await reader.says("/start")
        await rests(stage)
        for press in (
            Details(incident.id),
            Related(incident.id),
            *(Leaf(incident.id, page) for page in ("clocks", "severity", "checklist", "notes", "timeline", "chain")),
            Chapter(incident.id, "file"),
        ):
            await reader.forges(press.data())
            await rests(stage)
            shown += _standing(reader)  # a page takes the place of the one before
        await becomes(stage, 0, OPEN)
        await rests(stage)
        told = [one.file.content.decode("utf-8-sig") for one in reader.messages if one.file is not None]
        assert len(told) == 1
        for words in ("Gọi lại số", "Kẻ gian gọi từ", "Vì số"):
            assert words in shown, words
        for digits in ("345 678", "0912345678", ACCOUNT, "0356789"):
            assert digits not in shown, digits
            assert digits not in told[0], digits


# Links and keys that somebody else was given --------------------------------------------------------------------------


def _links(incident: str) -> Mapping[str, Permission]:
    moves = ("ask", "close", "reject", "merge", "refer", "reopen")
    named = {f"w-{name}-{incident}": task.permission for name, task in TASKS.items()}
    named |= {f"w-{name}-{incident}": Permission(name if name != "ask" else "work") for name in moves}
    return named | {f"w-file-{incident}": Permission.SEE_DETAILS, f"w-storm-{incident}": Permission.SEE_QUEUE}


async def test_a_link_into_the_case_file_opens_for_those_alone_whose_work_it_is(running_stage: Stage) -> None:
    """Every link, by every role that has no such work; and by all of them once their roles have ended."""
    stage = running_stage
    one = await case(stage)
    links = _links((await one.stands()).id)
    everybody = [(role, await stage.staff(f"Người thử {role}", role)) for role in Role]
    for role, person in everybody:
        for link, permission in links.items():
            if role not in PERMISSIONS[permission]:
                await person.starts(link)
    await rests(stage)
    for _, person in everybody:
        await leaves(stage, person)
        for link in links:
            await person.starts(link)
    await rests(stage)
    for role, person in everybody:
        said = "\n".join(visible(message) for message in person.messages)
        assert "Việc này chỉ" in said
        assert "20 triệu" not in said, role
        assert one.code not in said, role
    assert await number(stage, "SELECT count(*) FROM drafts WHERE about IS NOT NULL") == 0


async def test_keys_of_a_colleague_do_nothing_for_another_of_the_team(running_stage: Stage) -> None:
    """Offers of work, swaps, shifts and searches belong to those to whom they were given."""
    stage = running_stage
    one = await taken(stage, Role.RESPONDER, Role.TEAM_LEAD)
    receiver, thief = [await stage.staff(name, Role.RESPONDER) for name in ("Phạm Thị Lan", "Kẻ tò mò")]
    giver, to, now = await _known(stage, one.officer), await _known(stage, receiver), stage.clock.now()
    incident = await one.stands()
    async with stage.bot.store.transaction() as tx:
        desk, lead = Desk(tx, now, stage.bot.house), await people.get(tx, giver)
        await handover.ask(desk, lead, {"what": handover.ONE, "id": incident.id, "to": to}, "dặn kín", None)
        offer = await handovers.open_for(tx, incident.id)
        found = await search.remember(tx, giver, '"cong"', "cong", now)
        shift = tx.new_id()
        await tx.run(
            "INSERT INTO shifts (id, starts_at, ends_at, person, planned_at) VALUES (:id, :a, :b, :p, :a)",
            {"id": shift, "a": "2026-12-24T00:00:00.000000Z", "b": "2026-12-24T12:00:00.000000Z", "p": giver},
        )
        swap = await rota.ask(tx, shift, giver, to, None, now)
        assert offer is not None
        assert swap is not None
    await thief.says("/start")
    await rests(stage)
    for press in (
        *(Handing(offer.id, act) for act in ("accept", "decline", "withdraw", "why")),
        *(TakeShift(swap.id, answer) for answer in ("yes", "no")),
        OnDuty(shift),
        Found(found.id, "0"),
    ):
        said = (await thief.forges(press.data())).answers[0][0] or ""
        assert said.startswith(STALE), (press, said)
    assert await number(stage, "SELECT count(*) FROM handovers WHERE state = 'asked'") == 1
    assert await number(stage, "SELECT count(*) FROM swaps WHERE state = 'asked'") == 1
    assert "dặn kín" not in _standing(thief)


async def test_a_colleague_sees_how_much_of_the_own_work_is_kept(running_stage: Stage) -> None:
    stage = running_stage
    member = await stage.staff("Đỗ Minh Khôi", Role.RESPONDER)
    await stage.team(member)
    await files(stage.person("Nguyễn Thị Mận"))
    await asks(member, "/tracuu cong an", "Kết quả tìm")
    since = len(member.messages)
    await member.says("/riengtu")
    await member.presses("Xem dữ liệu của tôi")
    assert "lần tìm kiếm còn lưu: 1" in (await new(member, "Những gì đang được lưu", since)).text


async def test_nobody_becomes_the_reader_of_a_red_incident_by_deciding_about_it(running_stage: Stage) -> None:
    """A form that was opened before it became red, and an outbreak to which it is tied: whoever decides about what
    nobody has would own it.
    """
    stage = running_stage
    one = await case(stage, Role.RESPONDER, name="Đỗ Minh Khôi")
    incident, who = await one.stands(), await _known(stage, one.officer)
    async with stage.bot.store.transaction() as tx:
        desk, member = Desk(tx, stage.clock.now(), stage.bot.house), await people.get(tx, who)
        outbreak = await outbreaks.lay_over(desk, member, incident.id)
        await tx.run("UPDATE incidents SET tlp = 'RED' WHERE id = :id", {"id": incident.id})
        closing = {"result": "Đã chặn trang lừa đảo này rồi", "handled": "self"}
        for form, facts in (("closing_citizen_1", closing), ("rejecting_1", {"reason": "Không phải sự cố"})):
            with pytest.raises(Refusal) as no:
                await verdicts.submit(desk, member, form, incident.id, facts, None)
            assert no.value.key == "tlp.withheld.text"
        await verdicts.submit(desk, member, "closing_citizen_1", outbreak.id, closing, None)
        left = await incidents.get(tx, incident.id)
    stage.bot.dispatcher.bell.ring()
    assert (left.owner, left.status) == (None, incident.status)
    assert f"{one.code}: TLP:RED" in (await one.officer.sees("Còn mở, Anh/Chị")).text


async def test_a_file_that_waits_to_leave_goes_with_the_consent(running_stage: Stage) -> None:
    """Made, and held up on its way: nothing of it stays in the database either."""
    stage = running_stage
    member, officer, code = await cast(stage)
    incident, who, now = await incident_of(stage, code), await _known(stage, member), stage.clock.now()
    async with stage.bot.store.transaction() as tx:
        desk = Desk(tx, now, stage.bot.house)
        delivery = await desk.say(who, "paper.made", about=incident.id, extras={"enclosure": "x"}, name="x", code=code)
        await tx.run("UPDATE deliveries SET due_at = '2030-01-01T00:00:00.000000Z' WHERE id = :d", {"d": delivery})
        await enclosures.keep(tx, "x", delivery, Enclosure("x", "y", NAME.encode()), now)
    stage.clock.move(seconds=1)
    await asks(officer, "/riengtu", "Rút lại đồng ý")
    await officer.presses("Rút lại đồng ý")
    await officer.sees("Đã rút lại mọi sự đồng ý")
    assert await number(stage, "SELECT count(*) FROM enclosures") == 0
    assert not papers_of(member)
