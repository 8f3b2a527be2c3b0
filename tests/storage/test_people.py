"""People, roles and one-time links; drafts, contact points and attempts: what is kept once is kept once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.forms import Draft
from bot.domain.people import OFFICERS, TEAM, Role
from storage import contact, drafts, marks, people, roles
from storage.sqlite import SqliteStore
from storage.store import Transaction
from tests.storage.conftest import NOW, an_incident, someone

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def test_a_person_is_known_by_account_or_by_id(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        added = await people.add(tx, 7, "en", NOW)
        assert await people.find(tx, 7) == added == await people.get(tx, added.id)
        assert await people.find(tx, 8) is None
        with pytest.raises(LookupError):
            await people.get(tx, "nobody")
    assert added.roles == {Role.CITIZEN}


async def test_language_name_and_reach_are_remembered(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        person = await someone(tx)
        await people.speak(tx, person, "en")
        await people.introduce(tx, person, "Nguyễn Thị Ví Dụ", "0912345678")
        await people.reach(tx, person, NOW)
        found = await people.get(tx, person)
        assert (found.language, found.name, found.phone, found.unreachable) == (
            "en",
            "Nguyễn Thị Ví Dụ",
            "0912345678",
            True,
        )
        await people.reach(tx, person, None)
        assert not (await people.get(tx, person)).unreachable


async def test_a_role_is_granted_once_and_found_by_those_who_ask(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        admin, responder, both = [await someone(tx, number) for number in (1, 2, 3)]
        for person, role in ((admin, Role.ADMIN), (responder, Role.RESPONDER), (both, Role.RESPONDER)):
            await roles.grant(tx, person, role, None, NOW)
            await roles.grant(tx, person, role, admin, NOW + HOUR)
        await roles.grant(tx, both, Role.TEAM_LEAD, admin, NOW)
        assert (await people.get(tx, both)).roles == {Role.CITIZEN, Role.RESPONDER, Role.TEAM_LEAD}
        assert [one.id for one in await people.with_roles(tx, TEAM)] == [responder, both]
        assert await people.with_roles(tx, OFFICERS) == []
        rows = await tx.rows("SELECT * FROM roles")
        await people.reach(tx, both, NOW)
        assert [one.id for one in await people.with_roles(tx, TEAM)] == [responder]
    assert len(rows) == 4


async def invited(tx: Transaction, by: str, token_hash: str = "hash") -> None:
    await people.invite(tx, token_hash=token_hash, role=Role.RESPONDER, by=by, now=NOW, expires_at=NOW + DAY)


async def test_a_link_that_two_use_at_once_is_used_once(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        admin = await someone(tx)
        await invited(tx, admin)
        guests = [await someone(tx, number) for number in (2, 3)]

    async def use(person: str) -> bool:
        async with store.transaction() as tx:
            return await people.use(tx, "hash", person, NOW)

    assert sorted(await asyncio.gather(*map(use, guests))) == [False, True]


async def test_a_link_ends_after_a_day_and_a_foreign_one_never_begins(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        admin = await someone(tx)
        await invited(tx, admin)
        assert not await people.use(tx, "hash", admin, NOW + DAY)
        assert not await people.use(tx, "another hash", admin, NOW)
        assert await people.use(tx, "hash", admin, NOW + DAY - timedelta(microseconds=1))


async def test_an_invitation_walks_from_link_to_decision_and_forgets_the_contact(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        admin, guest = await someone(tx, 1), await someone(tx, 2)
        await invited(tx, admin)
        assert await people.pending_invitation(tx, guest) is None
        await people.use(tx, "hash", guest, NOW)
        pending = await people.pending_invitation(tx, guest)
        assert pending is not None
        assert (pending.role, pending.state, pending.used_by, pending.made_by) == (
            Role.RESPONDER,
            "used",
            guest,
            admin,
        )
        assert not await people.decide(tx, pending.id, "confirmed", admin, NOW)
        assert await people.ask_admission(tx, pending.id, "Ví Dụ", "0912345678")
        assert not await people.ask_admission(tx, pending.id, "Khác", "0987654321")
        assert await people.pending_invitation(tx, guest) is None
        assert await people.decide(tx, pending.id, "confirmed", admin, NOW)
        assert not await people.decide(tx, pending.id, "refused", admin, NOW)
        found = await people.find_invitation(tx, pending.id)
        assert found is not None
        assert (found.state, found.name, found.phone) == ("confirmed", None, None)


def draft_of(tx: Transaction, person: str) -> drafts.Open:
    return drafts.Open(tx.new_id(), person, Draft("citizen_report_1", "story", {"kind": "sim"}), None, NOW, NOW + DAY)


async def test_a_person_has_one_draft_and_it_comes_back_as_it_was_kept(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        person = await someone(tx)
        await drafts.keep(tx, draft_of(tx, person))
        answers = {"kind": "sim", "story": "Chuyện", "clues": None, "flags": ["a", "b"]}
        newer = replace(
            draft_of(tx, person),
            draft=Draft("citizen_report_1", "review", answers, editing=True),
            incident=await an_incident(tx),
        )
        await drafts.keep(tx, newer)
        assert await drafts.find(tx, person) == newer
        assert len(await tx.rows("SELECT * FROM drafts")) == 1
        await drafts.erase(tx, person)
        assert await drafts.find(tx, person) is None


async def test_drafts_are_looked_at_when_their_time_has_come_the_oldest_first(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        owners = [await someone(tx, number) for number in range(3)]
        for number, person in enumerate(owners):
            await drafts.keep(tx, replace(draft_of(tx, person), look_at=NOW - number * HOUR))
        assert [one.person for one in await drafts.due(tx, NOW, 5)] == owners[::-1]
        assert [one.person for one in await drafts.due(tx, NOW, 1)] == owners[2:]
        assert await drafts.due(tx, NOW - DAY, 5) == []


async def test_every_version_of_the_contact_point_is_kept_and_the_newest_is_given(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        assert await contact.newest(tx) is None
        for phones in (["0912345678"], ["02363123456", "0987654321"]):
            await contact.publish(
                tx,
                phones=phones,
                email=None,
                hours="always",
                portal="https://vi-du.example",
                published_on=date(2026, 11, 22),
                by=await someone(tx, int(phones[0])),
                now=NOW,
            )
        newest = await contact.newest(tx)
        rows = await tx.rows("SELECT version FROM contact_points ORDER BY version")
    assert newest == contact.ContactPoint(
        2, ("02363123456", "0987654321"), None, "always", "https://vi-du.example", date(2026, 11, 22)
    )
    assert [row["version"] for row in rows] == [1, 2]


async def test_ten_tries_an_hour_are_allowed_each_for_itself(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        one, other = await someone(tx, 1), await someone(tx, 2)

        async def tries(person: str, what: str, after: timedelta) -> bool:
            return await marks.attempt(tx, person, what, NOW + after, most=10, within=HOUR)

        asked = [await tries(one, "code", timedelta(minutes=minute)) for minute in range(12)]
        assert asked == [True] * 10 + [False] * 2
        assert await tries(other, "code", timedelta())
        assert await tries(one, "something else", timedelta())
        assert await tries(one, "code", HOUR)  # the first of the ten is an hour old
        assert not await tries(one, "code", HOUR)
        await marks.purge_attempts(tx, NOW + 3 * DAY, DAY)
        assert await tx.rows("SELECT * FROM attempts") == []


async def test_marks_are_read_as_they_were_put_with_their_time(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        assert await marks.get(tx, "name") is None
        assert await marks.newest_row_at(tx) is None
        await marks.put(tx, "name", "one", NOW)
        await marks.put(tx, "name", "two", NOW + HOUR)
        assert (await marks.get(tx, "name"), await marks.written_at(tx, "name")) == ("two", NOW + HOUR)
        assert await marks.newest_row_at(tx) == NOW + HOUR
