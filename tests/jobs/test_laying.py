"""Rules become rows: what each system and agency owes, when the next round begins, and what a change does to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.demo import example_policy
from bot.domain.agencies import Kind
from bot.domain.ids import Ids
from bot.domain.moments import HANOI
from bot.domain.obligations import State, Trigger
from bot.domain.policy import Policy
from bot.domain.reminding import Audience, Rung, reached
from bot.services.desk import Desk, House
from bot.services.obligation import laying
from locales import Texts
from storage import agencies, obligations, systems
from storage.agencies import Agency
from storage.migrate import migrate
from storage.obligations import Obligation
from storage.sqlite import SqliteStore, open_store
from storage.store import Transaction
from storage.systems import System

BEGIN = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 10:00 on a Monday in Ha Noi
TODAY = date(2026, 11, 23)
TEXTS = Texts.load()


@dataclass
class Office:
    """A database with one agency and one system, a policy, and a clock that stands until it is moved."""

    store: SqliteStore
    policy: Policy
    now: datetime = BEGIN

    def desk(self, tx: Transaction) -> Desk:
        return Desk(tx, self.now, House(self.policy, TEXTS))

    async def lay(self) -> int:
        """Tick until nothing is left; how many subjects were laid."""
        laid = 0
        while True:
            async with self.store.transaction() as tx:
                done = await laying.look(self.desk(tx))
            laid += done
            if not done:
                return laid

    async def owed(self, subject: str = "s") -> dict[str, Obligation]:
        async with self.store.transaction() as tx:
            return {one.rule: one for one in await obligations.of_subject(tx, subject)}

    async def change(self, **facts: object) -> None:
        async with self.store.transaction() as tx:
            await systems.change(tx, replace(await systems.get(tx, "s"), **facts), self.now)  # type: ignore[arg-type]

    async def fulfil(self, rule: str, done_on: date) -> bool:
        one = (await self.owed())[rule]
        async with self.store.transaction() as tx:
            return await laying.fulfil(self.desk(tx), one, done_on)

    async def trigger(self, what: Trigger, on: date) -> list[str]:
        async with self.store.transaction() as tx:
            return [one.rule for one in await laying.trigger(self.desk(tx), await systems.get(tx, "s"), what, on)]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_store(tmp_path / "bot.db", Ids(lambda: BEGIN)) as store:
        await migrate(store)
        one = Office(store, example_policy())
        async with store.transaction() as tx:
            await agencies.add(tx, Agency("a", "SO-1", "Sở Ví Dụ", Kind.DEPARTMENT), BEGIN)
            await systems.add(tx, System("s", "HT-1", "Cổng dịch vụ công", "a", level=3), BEGIN)
        assert await one.lay() == 2
        yield one


def states(owed: dict[str, Obligation]) -> dict[str, str]:
    return {key: str(one.state) for key, one in owed.items()}


async def test_each_subject_owes_what_the_rules_say_and_is_laid_once(office: Office) -> None:
    assert states(await office.owed()) == {
        "scan": "open",
        "plan": "open",
        "plan_review": "open",
        "drill": "open",
        "plan_update": "met",
        "fix": "met",
        "hunt": "met",
    }
    assert {key: one.due_on for key, one in (await office.owed()).items() if one.due_on} == {
        "scan": date(2026, 12, 23),
        "plan": date(2022, 12, 30),
        "plan_review": date(2027, 2, 21),
        "drill": date(2026, 12, 31),
    }
    assert set(await office.owed("a")) == {"contacts", "report"}
    assert await office.lay() == 0


async def test_a_level_that_is_found_out_changes_what_is_owed_and_keeps_what_is_known(office: Office) -> None:
    await office.change(level=None)
    await office.lay()
    unknown = await office.owed()
    assert (unknown["drill"].state, unknown["level"].state) == (State.ENDED, State.OPEN)
    assert unknown["drill"].look_at is None
    await office.change(level=4)
    await office.lay()
    known = await office.owed()
    assert (known["drill"].state, known["level"].state) == (State.OPEN, State.ENDED)
    assert known["drill"].round == unknown["drill"].round + 1
    assert known["scan"] == unknown["scan"]


async def test_a_scan_begins_the_next_round_six_months_later(office: Office) -> None:
    assert await office.fulfil("scan", date(2026, 8, 31))
    scan = (await office.owed())["scan"]
    assert (scan.done_on, scan.due_on, scan.round, scan.told) == (date(2026, 8, 31), date(2027, 2, 28), 2, None)
    assert scan.look_at == datetime.combine(date(2027, 1, 29), time(8), HANOI).astimezone(UTC)
    # The same scan handed in again, or an older one, answers nothing.
    assert not await office.fulfil("scan", date(2026, 8, 31))
    assert not await office.fulfil("scan", date(2026, 8, 1))
    assert (await office.owed())["scan"] == scan
    await office.change(level=5)
    await office.lay()
    assert (await office.owed())["scan"].due_on == date(2026, 11, 30)  # level 5: every three months


async def test_a_plan_is_there_once_and_reviewed_every_year(office: Office) -> None:
    for rule in ("plan", "plan_review"):
        assert await office.fulfil(rule, date(2026, 11, 20))
    owed = await office.owed()
    assert (owed["plan"].state, owed["plan"].look_at) == (State.MET, None)
    assert owed["plan_review"].due_on == date(2027, 11, 20)
    assert not await office.fulfil("plan", date(2027, 1, 5))


async def test_what_a_hole_sets_off_has_two_clocks_and_is_not_answered_by_the_past(office: Office) -> None:
    assert set(await office.trigger(Trigger.HOLE_FOUND, TODAY)) == {"fix", "hunt"}
    owed = await office.owed()
    assert (owed["fix"].due_on, owed["hunt"].due_on) == (date(2026, 11, 30), date(2026, 12, 7))
    assert await office.trigger(Trigger.HOLE_FOUND, TODAY + timedelta(days=3)) == []  # it is due already
    assert (await office.owed())["fix"].due_on == date(2026, 11, 30)
    assert not await office.fulfil("fix", date(2026, 11, 22))
    assert await office.fulfil("fix", TODAY)
    assert states(await office.owed())["fix"] == "met"
    assert await office.trigger(Trigger.HOLE_FOUND, TODAY + timedelta(days=9)) == ["fix"]
    assert await office.trigger(Trigger.SYSTEM_CHANGED, TODAY) == ["plan_update"]


async def test_a_hole_that_is_told_late_climbs_from_the_day_on_which_it_was_told(office: Office) -> None:
    found = TODAY - timedelta(days=20)
    await office.trigger(Trigger.HOLE_FOUND, found)
    fix = (await office.owed())["fix"]
    assert (fix.due_on, fix.happened_on, fix.opened_on) == (TODAY - timedelta(days=13), found, TODAY)
    reminders, rule = office.policy.reminders, next(one for one in office.policy.obligations if one.key == "fix")
    tomorrow = office.now + timedelta(days=1)
    rung = reached(reminders, rule, laying.place(fix), tomorrow, office.policy.holidays)
    assert rung == Rung(0, (Audience.OFFICER,))
    assert await office.fulfil("fix", found + timedelta(days=5))  # mended before it was told: that counts


async def test_what_comes_back_from_a_reviewer_stands_on_the_same_rung(office: Office) -> None:
    one = replace((await office.owed())["scan"], told=-14)
    async with office.store.transaction() as tx:
        await obligations.put(tx, one)
        await laying.suspend(office.desk(tx), one)
    waiting = (await office.owed())["scan"]
    assert (waiting.state, waiting.look_at) == (State.SUBMITTED, None)
    async with office.store.transaction() as tx:
        await laying.resume(office.desk(tx), waiting)
    back = (await office.owed())["scan"]
    assert (back.state, back.told, back.round) == (State.OPEN, -14, 1)
    assert back.look_at == datetime.combine(date(2026, 12, 16), time(8), HANOI).astimezone(UTC)


async def test_what_does_not_apply_stays_so_through_changes_until_it_is_taken_back(office: Office) -> None:
    async with office.store.transaction() as tx:
        await laying.waive(office.desk(tx), (await obligations.of_subject(tx, "s"))[0])
    waived = next(one for one in (await office.owed()).values() if one.state is State.WAIVED)
    await office.change(name="Cổng dịch vụ công (mới)")
    await office.lay()
    assert (await office.owed())[waived.rule] == waived
    async with office.store.transaction() as tx:
        await laying.resume(office.desk(tx), waived)
    assert (await office.owed())[waived.rule].state is State.OPEN


async def test_a_system_that_is_used_no_more_owes_nothing_from_its_last_day_on(office: Office) -> None:
    await office.change(until=TODAY + timedelta(days=2))
    await office.lay()
    assert states(await office.owed())["scan"] == "open"
    office.now += timedelta(days=2)
    assert await office.lay() > 0
    assert set(states(await office.owed()).values()) == {"ended"}


async def test_a_rule_of_another_day_or_another_policy_is_laid_over_everything(office: Office) -> None:
    later = [replace_rule(rule, since=date(2026, 12, 1)) for rule in office.policy.obligations if rule.key == "drill"]
    others = [rule for rule in office.policy.obligations if rule.key != "drill"]
    office.policy = office.policy.model_copy(update={"obligations": (*others, *later)})
    assert await office.lay() == 2
    assert states(await office.owed())["drill"] == "ended"
    office.now += timedelta(days=8)
    assert await office.lay() == 2
    assert states(await office.owed())["drill"] == "open"


def replace_rule(rule: object, **facts: object) -> object:
    return rule.model_copy(update=facts)  # type: ignore[attr-defined]
