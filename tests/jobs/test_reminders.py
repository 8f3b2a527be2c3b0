"""Reminders day by day: two years of every morning and noon; what waits says only what still holds."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.demo import example_policy
from bot.domain.agencies import Kind, Post
from bot.domain.errors import Refusal
from bot.domain.ids import Ids
from bot.domain.moments import HANOI
from bot.domain.people import Role
from bot.domain.presses import Owed
from bot.domain.sending import Gone, Lane, Parcel, State
from bot.services import rendering
from bot.services.desk import Desk, House
from bot.services.obligation import board_pages, boards, climbs, laying, postponing
from jobs import reminders as tick
from locales import Texts
from storage import agencies, obligations, outbox, people, posts, roles, systems
from storage.outbox import Settled
from storage.sqlite import SqliteStore, open_store
from storage.store import Row
from tests.fresh import lay_database
from tests.journeys import two_years
from tests.journeys.two_years import Agency

NOON = time(12)


@dataclass
class World:
    """A database with one agency, and a clock that is set."""

    store: SqliteStore
    house: House
    now: datetime
    agency: Agency
    read: dict[str, dict[str, str]] = field(default_factory=dict)  # by person and day

    async def ticks(self, now: datetime) -> int:
        """The register is laid, and reminders are looked at until there is nothing more; how often it was asked."""
        self.now, asked = now, 0
        for work in (laying.look, tick.look):
            did = 1
            while did:
                asked += 1
                assert asked < 100
                async with self.store.transaction() as tx:
                    did = await work(Desk(tx, now, self.house))
        return asked - 2

    async def delivers(self) -> list[tuple[str, str]]:
        """Everything that waits leaves; who read what."""
        left = []
        async with self.store.transaction() as tx:
            view = await rendering.look(tx, self.house, self.now, None)
            while heads := await outbox.heads(tx, self.now, most=50, lowest=Lane.ADVISORY):
                for delivery in heads:
                    said = await rendering.parcel(view, delivery)
                    state = State.EXPIRED if isinstance(said, Gone) else State.SENT
                    await outbox.settle(tx, [Settled(delivery.id, state, telegram_id=None)], self.now)
                    if isinstance(said, Parcel):
                        left.append((delivery.recipient, re.sub("<[^>]*>", "", said.html)))
        return left

    async def does(self, rule: str) -> None:
        async with self.store.transaction() as tx:
            await self.agency.does(Desk(tx, self.now, self.house), rule)

    async def rows(self, sql: str) -> list[Row]:
        async with self.store.reading() as tx:
            return await tx.rows(sql)


@asynccontextmanager
async def opened(folder: Path, begin: datetime = two_years.BEGIN) -> AsyncIterator[World]:
    await lay_database(folder / "bot.db")
    async with open_store(folder / "bot.db", Ids(lambda: begin)) as store:
        async with store.transaction() as tx:
            three = [await people.add(tx, number, "vi", begin) for number in (11, 12, 13)]
            reviewer = await people.add(tx, 14, "vi", begin)
            await roles.grant(tx, reviewer.id, Role.STANDING_UNIT, None, begin)
            agency = await two_years.settle(tx, begin, *three)
            agency.names[reviewer.id] = "department"
        yield World(store, House(two_years.policy(), Texts.load()), begin, agency)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with opened(tmp_path) as one:
        yield one


async def test_two_years_of_every_morning_and_noon_give_the_messages_that_were_counted_by_hand(
    world: World,
) -> None:
    read: dict[str, dict[str, str]] = {}
    assert await world.ticks(two_years.BEGIN) > 0, "written down at seven: nobody is told before eight"
    assert await world.delivers() == []
    day = two_years.BEGIN.date()
    while day < two_years.END:
        await world.ticks(two_years.morning(day.isoformat()))
        for person, text in await world.delivers():
            assert day.isoformat() not in read.setdefault(person, {}), "one message a morning"
            read[person][day.isoformat()] = two_years.told(text) or text
        await acts(world, day.isoformat())
        await world.ticks(datetime.combine(day, NOON, HANOI))
        assert await world.rows("SELECT id FROM deliveries WHERE state = 'waiting'") == []
        day += timedelta(days=1)
    agency = world.agency
    department = next(iter(agency.names))
    assert read[agency.officer] == two_years.OFFICER
    assert read[agency.deputy] == two_years.DEPUTY
    assert read[agency.head] == two_years.HEAD
    assert {day: int(text.split()[0]) for day, text in read[department].items()} == two_years.DEPARTMENT
    assert len(read) == 4


async def acts(world: World, day: str) -> None:
    """What the officer does after that morning's message."""
    if day in two_years.DONE:
        await world.does(two_years.DONE[day])
    async with world.store.transaction() as tx:
        if day == two_years.SEEN:
            assert await obligations.receive(tx, world.agency.id, world.agency.officer, world.now, world.now) == 12
        if day == two_years.PUT_OFF:
            for one in await obligations.of_agency(tx, world.agency.id):
                if one.rule == "scan":
                    until = date.fromisoformat(day) + timedelta(days=7)
                    later = replace(one, snoozes=1, quiet_until=until)
                    rule = laying.rule_of(Desk(tx, world.now, world.house), one)
                    assert rule is not None
                    look_at = laying.looks(Desk(tx, world.now, world.house), rule, later)
                    await obligations.put(tx, replace(later, look_at=look_at))


# One morning ----------------------------------------------------------------------------------------------------------


async def test_days_that_were_missed_give_one_message_and_a_second_tick_none(world: World) -> None:
    await world.ticks(two_years.BEGIN)
    await world.ticks(two_years.morning("2032-01-09"))  # asleep since November: twelve rungs have passed
    told = await world.delivers()
    assert sorted(person for person, _ in told) == sorted(
        [world.agency.officer, world.agency.deputy, world.agency.head, next(iter(world.agency.names))]
    )
    assert {two_years.told(text) for person, text in told if person == world.agency.officer} == {"d6 p12 r1 s12"}
    assert await world.ticks(two_years.morning("2032-01-09") + timedelta(minutes=1)) == 0
    assert await world.delivers() == []


async def test_nobody_is_written_to_at_night_on_sunday_or_on_a_day_off_that_was_declared_late(world: World) -> None:
    await world.ticks(two_years.BEGIN)
    for silent in ("2031-11-24T07:59", "2031-11-24T17:00", "2031-11-29T09:00", "2031-11-30T09:00", "2032-01-01T09:00"):
        await world.ticks(datetime.fromisoformat(silent).replace(tzinfo=HANOI))
        assert await world.delivers() == [], silent
    await world.ticks(datetime.fromisoformat("2032-01-02T16:59").replace(tzinfo=HANOI))
    assert world.agency.officer in dict(await world.delivers())


async def test_what_was_done_while_a_message_waited_is_not_spoken_of_and_an_empty_message_never_leaves(
    world: World,
) -> None:
    await world.ticks(two_years.BEGIN)
    await world.ticks(two_years.morning("2031-11-24"))
    await world.does("plan")
    assert [two_years.told(text) for _, text in await world.delivers()] == ["r1 s12"]
    await world.ticks(two_years.morning("2031-12-05"))
    await world.does("report")
    await world.does("scan")
    await world.does("drill")
    assert await world.delivers() == []
    assert {row["state"] for row in await world.rows("SELECT state FROM deliveries")} == {"sent", "expired"}


async def test_whoever_speaks_for_the_agency_no_more_reads_nothing_of_what_still_waits(world: World) -> None:
    await world.ticks(two_years.BEGIN)
    await world.ticks(two_years.morning("2031-11-24"))
    async with world.store.transaction() as tx:
        await tx.run("UPDATE posts SET ended_at = :now WHERE post = 'officer'", {"now": "2031-11-24"})
    assert await world.delivers() == []


async def test_an_empty_post_is_passed_over_upwards_at_once(world: World) -> None:
    agency = world.agency
    await world.ticks(two_years.BEGIN)
    async with world.store.transaction() as tx:
        await people.reach(tx, agency.officer, world.now)
    await world.ticks(two_years.morning("2031-11-24"))
    ((person, text),) = await world.delivers()
    assert (person, two_years.told(text)) == (agency.deputy, "p12 r1 s12")
    assert "người thay" in text
    async with world.store.transaction() as tx:
        await tx.run("UPDATE posts SET ended_at = :now WHERE post <> 'officer'", {"now": "2031-11-25"})
    await world.ticks(two_years.morning("2031-12-01"))
    told = await world.delivers()
    assert [person for person, _ in told] == [next(iter(agency.names))]
    assert "18 việc của 1 cơ quan" in told[0][1]  # drills on their first rung, the plan a week overdue; not the scans


async def test_an_agency_that_cannot_be_worked_is_put_off_and_holds_up_nobody(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.ticks(two_years.BEGIN)
    async with world.store.transaction() as tx:
        other = agencies.Agency(tx.new_id(), "XP-2", "UBND xã Bên Cạnh (ví dụ)", Kind.COMMUNE)
        await agencies.add(tx, other, world.now)
        await posts.confirm(tx, other.id, world.agency.deputy, Post.OFFICER, None, None, world.now)
    await world.ticks(two_years.BEGIN)
    async with world.store.transaction() as tx:
        await tx.run("UPDATE obligations SET opened_on = 'broken' WHERE agency = :id", {"id": other.id})
    await world.ticks(two_years.morning("2031-11-24"))
    assert [person for person, _ in await world.delivers()] == [world.agency.officer]
    assert "reminders of one agency failed" in caplog.text
    async with world.store.transaction() as tx:
        assert await obligations.agencies_due(tx, world.now + climbs.REST - timedelta(minutes=1), 5) == []
        await tx.run("UPDATE obligations SET opened_on = '2031-11-24' WHERE agency = :id", {"id": other.id})
    await world.ticks(world.now + climbs.REST)
    assert [person for person, _ in await world.delivers()] == [world.agency.deputy]


async def test_who_is_above_hears_also_of_what_an_officer_has_put_off(world: World) -> None:
    await world.ticks(two_years.BEGIN)
    await world.ticks(two_years.morning("2031-11-28"))
    await world.delivers()
    async with world.store.transaction() as tx:
        desk = Desk(tx, world.now, world.house)
        for one in await obligations.of_agency(tx, world.agency.id):
            if one.rule == "plan":
                later = replace(one, snoozes=1, quiet_until=date(2031, 12, 4))
                rule = laying.rule_of(desk, one)
                assert rule is not None
                await obligations.put(tx, replace(later, look_at=laying.looks(desk, rule, later)))
    await world.ticks(two_years.morning("2031-12-01"))  # the plan a week overdue, and the first rung of the drills
    told = dict(await world.delivers())
    assert two_years.told(told[world.agency.deputy]) == "p12"
    assert two_years.told(told[world.agency.officer]) == "d6 r1 s12"
    await world.ticks(two_years.morning("2031-12-04"))
    assert "p12" in two_years.told(dict(await world.delivers())[world.agency.officer])
    ledger = await world.rows(
        "SELECT person, rung, again, count(*) AS n FROM reminders r JOIN obligations o ON o.id = r.obligation"
        " WHERE o.rule = 'plan' GROUP BY 1, 2, 3 ORDER BY 2, 3, 1"
    )
    officer, deputy = world.agency.officer, world.agency.deputy
    assert [(row["person"], row["rung"], row["again"], row["n"]) for row in ledger] == [
        (officer, 0, 0, 12),
        (officer, 7, 1, 12),
        (deputy, 7, 1, 12),
    ]


async def test_sixty_systems_with_long_names_fit_into_pages_the_worst_first(world: World) -> None:
    long = "Hệ thống quản lý văn bản và điều hành, lưu trữ hồ sơ công việc dùng chung của toàn cơ quan số"
    async with world.store.transaction() as tx:
        for number in range(60):
            one = systems.System(tx.new_id(), f"DAI-{number}", f"{long} {number}", world.agency.id, level=4)
            await systems.add(tx, one, world.now)
    world.house = House(example_policy(), world.house.texts)  # all rules of the example
    await world.ticks(two_years.BEGIN)
    await world.ticks(two_years.morning("2031-11-24"))
    async with world.store.transaction() as tx:
        desk = Desk(tx, world.now, world.house)
        board = await boards.board(desk, await agencies.get(tx, world.agency.id))
        pages = board_pages.View(board, Post.OFFICER).pages
        texts = []
        for page in range(pages):
            facts = board_pages.facts(desk, board_pages.View(board, Post.OFFICER, page))
            words = world.house.texts.plain("vi", "owed.board", {**facts, "hotline": "x" * 200})
            assert len(words) <= 3500, f"{len(words)}: room for other agencies"
            texts.append(words)
    rows = [line for words in texts for line in words.splitlines() if re.match("[🟥🟡✅⬜➖⏳❓]{2}", line)]
    assert len(rows) == 72
    assert rows == sorted(rows, key=lambda line: "🟥" not in line)
    await world.delivers()


async def test_an_officer_of_two_agencies_gets_one_message_with_a_key_to_the_other_one(world: World) -> None:
    async with world.store.transaction() as tx:
        other = agencies.Agency(tx.new_id(), "XP-2", "UBND xã Bên Cạnh (ví dụ)", Kind.COMMUNE)
        await agencies.add(tx, other, world.now)
        await posts.confirm(tx, other.id, world.agency.officer, Post.OFFICER, None, None, world.now)
    await world.ticks(two_years.BEGIN)
    await world.ticks(two_years.morning("2031-11-24"))
    async with world.store.transaction() as tx:
        (delivery,) = await outbox.heads(tx, world.now, most=50, lowest=Lane.ADVISORY)
        view = await rendering.look(tx, world.house, world.now, None)
        parcel = await rendering.parcel(view, delivery)
    assert isinstance(parcel, Parcel)
    assert two_years.told(parcel.html.replace("<b>", "").replace("</b>", "")) == "p12 r1 s12"
    assert "<b>UBND xã Bên Cạnh (ví dụ)</b>: 0 quá hạn, 1 sắp đến hạn" in parcel.html
    assert Owed("see", other.id).data() in [button.press for row in parcel.buttons for button in row]


async def test_nothing_is_put_off_a_third_time_and_nothing_of_another_agency(world: World) -> None:
    await world.ticks(two_years.BEGIN)
    await world.ticks(two_years.morning("2031-11-24"))
    async with world.store.transaction() as tx:
        desk, officer = Desk(tx, world.now, world.house), await people.get(tx, world.agency.officer)
        await tx.run("UPDATE obligations SET snoozes = 2")
        with pytest.raises(Refusal) as refused:
            await postponing.ask_later(desk, officer, world.agency.id)
        assert (refused.value.key, refused.value.values) == ("owed.none_to_put_off.toast", {"n": 2})
        for ask in (postponing.ask_later, postponing.ask_waiver):
            with pytest.raises(Refusal, match="stale"):
                await ask(desk, officer, "0" * 20)
