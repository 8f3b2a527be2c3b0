"""Rules, levels and requests that come and go; rows that cannot be read: what was owed is owed, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from bot.domain.agencies import Kind
from bot.domain.moments import HANOI
from bot.domain.obligations import Evidence, State, Trigger
from bot.domain.people import Person, Role
from bot.domain.policy_rows import Words
from bot.domain.reminding import Audience, Rung, reached
from bot.domain.rota import Holiday
from bot.domain.submissions import State as Judged
from bot.services.obligation import exempting, judging, laying, owed, reviewers
from storage import agencies, exemptions, obligations, people, roles, submissions, systems
from storage.agencies import Agency
from storage.submissions import Item, Submission
from storage.systems import System
from tests.jobs.test_laying import BEGIN, TODAY, Office, office

__all__ = ["office"]


async def level(office: Office, *levels: int | None) -> None:
    for one in levels:
        await office.change(level=one)
        await office.lay()


async def two(office: Office) -> tuple[Person, Person]:
    """An officer and a reviewer."""
    async with office.store.transaction() as tx:
        officer, reviewer = [await people.add(tx, number, "vi", office.now) for number in (1, 2)]
        await roles.grant(tx, reviewer.id, Role.STANDING_UNIT, None, office.now)
        return officer, await people.get(tx, reviewer.id)


async def test_a_level_that_changes_to_and_fro_in_one_day_moves_no_due_day_and_asks_once(office: Office) -> None:
    before = (await office.owed())["drill"]
    office.now += timedelta(days=60)  # overdue for three weeks
    await level(office, 2, None, 4, None, 3)
    after = (await office.owed())["drill"]
    assert before.due_on == after.due_on == date(2026, 12, 31)
    assert after.state is State.OPEN
    assert after.look_at is not None
    assert after.look_at > office.now, "told once, the next morning"


async def test_what_fell_due_while_nobody_owed_it_begins_anew(office: Office) -> None:
    await level(office, 2)
    office.now += timedelta(days=60)
    await level(office, 3)
    assert (await office.owed())["drill"].due_on == date(2027, 12, 31)


async def test_a_hole_stays_to_be_mended_though_its_rule_went_and_came_back(office: Office) -> None:
    await office.trigger(Trigger.HOLE_FOUND, TODAY)
    whole = office.policy
    office.policy = whole.model_copy(update={"obligations": ()})
    await office.lay()
    assert (await office.owed())["fix"].state is State.ENDED
    office.policy = whole
    await office.lay()
    fix = (await office.owed())["fix"]
    assert (fix.state, fix.due_on) == (State.OPEN, TODAY + timedelta(days=7))


async def test_evidence_and_requests_that_wait_outlive_a_level_that_came_and_went(office: Office) -> None:
    officer, reviewer = await two(office)
    known = await office.owed()
    async with office.store.transaction() as tx:
        desk = office.desk(tx)
        for rule in ("drill", "plan_review"):
            await laying.suspend(desk, known[rule])
        one = Submission("e", Evidence.DRILL, "a", officer.id, TODAY, {}, Judged.SUBMITTED, office.now)
        await submissions.add(tx, one, [Item(known["drill"].id, 1)])
        request = str(await exemptions.ask(tx, known["plan_review"].id, "x", officer.id, office.now))
        whole = office.policy
    office.policy = whole.model_copy(update={"obligations": ()})
    await office.lay()
    office.policy = whole
    await office.lay()
    assert {(await office.owed())[rule].state for rule in ("drill", "plan_review")} == {State.SUBMITTED}
    async with office.store.transaction() as tx:
        await judging.accept(office.desk(tx), reviewer, "e", None)
        await exempting.agree(office.desk(tx), reviewer, request, None)
    drill, review = (await office.owed())["drill"], (await office.owed())["plan_review"]
    assert (drill.done_on, drill.due_on) == (TODAY, date(2027, 11, 23))
    assert review.state is State.WAIVED
    await level(office, None, 3)
    office.policy = whole.model_copy(update={"obligations": ()})
    await office.lay()
    office.policy = whole
    await office.lay()
    assert (await office.owed())["plan_review"].state is State.WAIVED, "nobody has taken that back"


async def test_a_decision_about_a_request_leaves_evidence_that_waits_and_what_was_agreed_alone(office: Office) -> None:
    officer, reviewer = await two(office)
    plan, scan = (await office.owed())["plan"], (await office.owed())["scan"]
    async with office.store.transaction() as tx:
        desk = office.desk(tx)
        for number, due in enumerate((plan, scan)):
            await laying.suspend(desk, due)
            kind = (Evidence.PLAN, Evidence.SCAN)[number]
            one = Submission(f"e{number}", kind, "a", officer.id, TODAY, {}, Judged.SUBMITTED, office.now)
            await submissions.add(tx, one, [Item(due.id, 1)])
        asked = [str(await exemptions.ask(tx, due.id, "x", officer.id, office.now)) for due in (plan, scan)]
        await exempting.refuse(desk, reviewer, asked[0], "Vẫn phải làm", None)
        await exempting.agree(desk, reviewer, asked[1], None)
    assert (await office.owed())["plan"].state is State.SUBMITTED
    async with office.store.transaction() as tx:
        await judging.accept(office.desk(tx), reviewer, "e1", None)
    assert (await office.owed())["scan"].state is State.WAIVED


async def test_another_day_of_the_year_and_days_off_that_come_late_move_what_is_told_when(office: Office) -> None:
    report = (await office.owed("a"))["report"]
    rules = [
        rule.model_copy(update={"day": "12-15"}) if rule.key == "report" else rule for rule in office.policy.obligations
    ]
    office.policy = office.policy.model_copy(update={"obligations": tuple(rules)})
    await office.lay()
    assert ((await office.owed("a"))["report"].due_on, report.due_on) == (date(2026, 12, 15), date(2026, 12, 19))
    assert await office.fulfil("scan", date(2026, 11, 20))
    scan = (await office.owed())["scan"]
    assert scan.look_at == datetime.combine(date(2027, 4, 20), time(8), HANOI)
    off = Holiday(since=date(2027, 4, 19), until=date(2027, 4, 21), name=Words(vi="x"))
    office.policy = office.policy.model_copy(update={"holidays": (*office.policy.holidays, off)})
    await office.lay()
    moved = (await office.owed())["scan"]
    assert moved.look_at == datetime.combine(date(2027, 4, 15), time(8), HANOI), (
        "earlier; the 16th is a day off already"
    )
    assert replace(moved, look_at=None) == replace(scan, look_at=None)


# What cannot be read --------------------------------------------------------------------------------------------------


async def test_a_row_that_cannot_be_laid_holds_up_no_other_and_is_tried_again_the_next_day(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    async with office.store.transaction() as tx:
        await agencies.add(tx, Agency("b", "SO-2", "Sở Bên Cạnh", Kind.DEPARTMENT), BEGIN)
        await agencies.add(tx, Agency("c", "SO-3", "Sở Thứ Ba", Kind.DEPARTMENT), BEGIN)
        await systems.add(tx, System("t", "HT-2", "Một cửa", "b", level=3), BEGIN)
        await tx.run("UPDATE agencies SET phones = '{' WHERE id = 'b'")
    assert await office.lay() == 3
    assert await office.owed("c") != {}
    assert "laying of agency b failed" in caplog.text
    assert await office.lay() == 0
    async with office.store.transaction() as tx:
        await tx.run("UPDATE agencies SET phones = '[]' WHERE id = 'b'")
    office.now += timedelta(days=1)
    await office.lay()
    assert await office.owed("b") != {}
    assert await office.owed("t") != {}


async def test_evidence_whose_answers_cannot_be_read_can_be_returned_and_holds_up_nobody(office: Office) -> None:
    officer, reviewer = await two(office)
    scan = (await office.owed())["scan"]
    async with office.store.transaction() as tx:
        desk = office.desk(tx)
        await laying.suspend(desk, scan)
        one = Submission("e", Evidence.SCAN, "a", officer.id, TODAY, {}, Judged.SUBMITTED, office.now)
        await submissions.add(tx, one, [Item(scan.id, 1)])
        await tx.run("UPDATE submissions SET facts = '{' WHERE id = 'e'")
        assert not await reviewers.none_waits(desk)
        assert [one.id for one in await submissions.waiting(tx, 9)] == ["e"]
        await judging.give_back(desk, reviewer, "e", "Xin gửi lại", None)
    assert (await office.owed())["scan"].state is State.OPEN


async def test_a_rule_that_nobody_knows_is_ended_and_asked_of_nobody(office: Office) -> None:
    async with office.store.transaction() as tx:
        one = (await obligations.of_subject(tx, "s"))[0]
        await tx.run("UPDATE obligations SET rule = 'unheard_of' WHERE id = :id", {"id": one.id})
        await tx.run("UPDATE systems SET laid = 0")
    await office.lay()
    assert (await office.owed())["unheard_of"].state is State.ENDED


async def test_weeks_that_a_reviewer_took_are_told_to_no_head(office: Office) -> None:
    """Handed in five days before its day and returned weeks after: a reminder of the officer, then a week. Handed
    in three days after its day: the deputy hears four days after it came back.
    """
    known = await office.owed()
    scan, drill = replace(known["scan"], told=-7), replace(known["drill"], told=0)
    waits = {"scan": datetime(2026, 12, 18, 9, tzinfo=HANOI), "drill": datetime(2027, 1, 3, 9, tzinfo=HANOI)}
    async with office.store.transaction() as tx:
        for one in (scan, drill):
            await laying.suspend(office.desk(tx), one)
        office.now = datetime(2027, 3, 2, 9, tzinfo=HANOI)
        for one in (scan, drill):
            kept = await obligations.find(tx, one.id)
            assert kept is not None
            await laying.resume(office.desk(tx), kept, waits[one.rule])
    back, rules = await office.owed(), {rule.key: rule for rule in office.policy.obligations}

    def heard(rule: str, day: date) -> Rung | None:
        now = datetime.combine(day, time(9), HANOI)
        place = laying.place(back[rule])
        return reached(office.policy.reminders, rules[rule], place, now, office.policy.holidays)

    assert heard("scan", date(2027, 3, 3)) == Rung(0, (Audience.OFFICER,))
    assert heard("drill", date(2027, 3, 5)) is None
    assert heard("drill", date(2027, 3, 8)) == Rung(7, (Audience.OFFICER, Audience.DEPUTY)), "the 6th is a Saturday"
    assert (back["scan"].due_on, back["drill"].due_on) == (scan.due_on, drill.due_on)


async def test_evidence_that_is_accepted_after_its_rule_ended_counts_when_the_rule_comes_back(office: Office) -> None:
    whole = office.policy
    office.policy = whole.model_copy(update={"obligations": ()})
    await office.lay()
    for rule in ("scan", "plan"):
        assert not await office.fulfil(rule, date(2026, 11, 20))
    office.policy = whole
    await office.lay()
    known = await office.owed()
    assert known["scan"].due_on == date(2027, 5, 20)
    assert known["plan"].state is State.MET


async def test_evidence_about_a_system_that_has_moved_still_names_it(office: Office) -> None:
    async with office.store.transaction() as tx:
        await agencies.add(tx, Agency("b", "SO-2", "Sở Bên Cạnh", Kind.DEPARTMENT), BEGIN)
    await office.change(agency="b")
    async with office.store.transaction() as tx:
        assert "Cổng dịch vụ công · HT-1" in str(await owed.names(office.desk(tx), "a", ["s"]))
