"""An agency is merged on the morning of a message: the keys under it mean the successor, for its own people alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.agencies import Kind
from bot.domain.errors import Refusal
from bot.domain.obligations import Evidence, State
from bot.domain.people import Role
from bot.domain.presses import Do, Merge
from bot.services.desk import Desk
from bot.services.obligation import evidence, postponing, views
from bot.services.register import merging
from storage import agencies, drafts, obligations, people, roles
from tests.jobs.test_reminders import World, opened
from tests.journeys import two_years


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with opened(tmp_path) as one:
        yield one


async def test_keys_and_forms_of_before_a_merger_are_those_of_the_successor(world: World) -> None:
    old = world.agency.id
    await world.ticks(two_years.BEGIN)
    await world.ticks(two_years.morning("2031-11-24"))
    async with world.store.transaction() as tx:
        desk = Desk(tx, world.now, world.house)
        new = agencies.Agency(tx.new_id(), "XP-2", "UBND xã Bên Cạnh (ví dụ)", Kind.COMMUNE)
        await agencies.add(tx, new, world.now)
        officer = await people.get(tx, world.agency.officer)
        keeper = await people.add(tx, 20, "vi", world.now)
        await roles.grant(tx, keeper.id, Role.STANDING_UNIT, None, world.now)
        await merging.press(desk, await people.get(tx, keeper.id), Merge(old, new.id, "20311124", "yes"), None)
    told = dict(await world.delivers())
    assert "UBND xã Bên Cạnh" in told[world.agency.officer], "what leaves later speaks of the successor"
    async with world.store.transaction() as tx:
        desk = Desk(tx, world.now, world.house)
        await views.show(desk, officer, old, "0", 5)
        assert await views.receive(desk, officer, old, "203112010000") == 24
        await postponing.ask_later(desk, officer, old)
        await drafts.erase(tx, officer.id)
        await evidence.press(desk, officer, Do("scan", old))
        one = await drafts.find(tx, officer.id)
        assert one is not None
        assert one.draft.answers["agency"] == new.id
        first = (await obligations.of_agency(tx, new.id))[0]
        facts = {"systems": [first.subject], "done_on": "2031-11-23", "agency": old}
        handed = await evidence.submit(desk, officer, Evidence.PLAN, old, facts)
        assert handed.agency == new.id
        kept = await obligations.find(tx, first.id)
        assert kept is not None
        assert kept.state is State.SUBMITTED
        stranger = await people.add(tx, 21, "vi", world.now)
        await roles.grant(tx, stranger.id, Role.AGENCY_CONTACT, None, world.now)
        with pytest.raises(Refusal, match="stale"):
            await views.show(desk, await people.get(tx, stranger.id), old, "0", 5)
