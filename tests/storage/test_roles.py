"""Roles, their chain of events, proposals, badges and seats: nothing is granted twice, and nothing vanishes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.people import Role
from storage import groups, people, roles, seats
from storage.sqlite import SqliteStore
from storage.store import Transaction
from tests.storage.conftest import NOW, a_group, someone

DAY = timedelta(days=1)


async def test_every_grant_and_every_end_is_a_link_of_the_chain(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        admin, person = await someone(tx, 1), await someone(tx, 2)
        assert await roles.grant(tx, person, Role.APPROVER, admin, NOW)
        assert not await roles.grant(tx, person, Role.APPROVER, admin, NOW + DAY)
        assert await roles.end(tx, person, Role.APPROVER, admin, NOW + DAY)
        assert not await roles.end(tx, person, Role.APPROVER, admin, NOW + DAY)
        assert await roles.grant(tx, person, Role.APPROVER, None, NOW + 2 * DAY)
        told = await roles.events_of(tx, person)
        assert [(one.number, one.kind, one.actor, one.role) for one in told] == [
            (1, "granted", admin, Role.APPROVER),
            (2, "ended", admin, Role.APPROVER),
            (3, "granted", None, Role.APPROVER),
        ]
        assert await roles.broken_at(tx) is None


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE role_events SET actor = NULL WHERE number = 2", 2),
        ("UPDATE role_events SET role = 'responder' WHERE number = 1", 1),
        ("UPDATE role_events SET expires_at = '2099' WHERE number = 3", 3),
        ("DELETE FROM role_events WHERE number = 2", 2),
    ],
)
async def test_who_changes_the_chain_from_outside_breaks_it_there(
    store: SqliteStore, tampering: str, broken: int
) -> None:
    async with store.transaction() as tx:
        admin = await someone(tx)
        for role in (Role.ADMIN, Role.APPROVER, Role.EXPERT):
            await roles.grant(tx, admin, role, admin, NOW)
        await tx.run(tampering)
        assert await roles.broken_at(tx) == broken


async def test_an_empty_chain_is_whole(store: SqliteStore) -> None:
    async with store.reading() as tx:
        assert await roles.broken_at(tx) is None


async def test_a_badge_comes_with_the_first_role_of_a_responder_and_stays(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        first, second, third = [await someone(tx, number) for number in (1, 2, 3)]
        await roles.grant(tx, third, Role.AUDITOR, None, NOW)
        await roles.grant(tx, first, Role.EXPERT, None, NOW)
        await roles.grant(tx, second, Role.RESPONDER, None, NOW)
        await roles.grant(tx, first, Role.TEAM_LEAD, None, NOW)
        await roles.end(tx, first, Role.EXPERT, None, NOW)
        assert [(await people.get(tx, one)).badge for one in (first, second, third)] == [1, 2, None]


async def test_a_role_with_an_end_is_found_when_its_time_is_over(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        person = await someone(tx)
        await roles.grant(tx, person, Role.EXPERT, None, NOW, expires_at=NOW + DAY)
        await roles.grant(tx, person, Role.AUDITOR, None, NOW)
        assert await roles.expired(tx, NOW + DAY - timedelta(microseconds=1), 5) == []
        assert [(one.person, one.role) for one in await roles.expired(tx, NOW + DAY, 5)] == [(person, Role.EXPERT)]
        await roles.end(tx, person, Role.EXPERT, None, NOW + DAY, "expired")
        assert await roles.expired(tx, NOW + DAY, 5) == []


async def test_a_liaison_speaks_for_one_body_and_is_found_by_it(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        police, military, silent = [await someone(tx, number) for number in (1, 2, 3)]
        for person, body in ((police, "police"), (military, "military"), (silent, "police")):
            await roles.grant(tx, person, Role.LIAISON, None, NOW, scope=body)
        await people.reach(tx, silent, NOW)
        assert [one.id for one in await roles.liaisons_of(tx, "police")] == [police]
        assert await roles.scope_of(tx, military, Role.LIAISON) == "military"
        assert await roles.scope_of(tx, military, Role.ADMIN) is None


async def test_who_holds_what_is_listed_page_by_page(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        persons = [await someone(tx, number) for number in range(1, 6)]
        for person in persons:
            await roles.grant(tx, person, Role.AUDITOR, persons[0], NOW)
            await roles.grant(tx, person, Role.APPROVER, None, NOW)
        await roles.end(tx, persons[4], Role.AUDITOR, None, NOW)
        await roles.end(tx, persons[4], Role.APPROVER, None, NOW)
        await people.introduce(tx, persons[0], "Tạ Văn Ví Dụ", "0900000001")
        assert await roles.holders(tx, 3, 0) == persons[:3]
        assert await roles.holders(tx, 3, 3) == persons[3:4]
        held = await roles.held_by(tx, persons[1])
        assert [(one.role, one.by, one.by_name) for one in held] == [
            (Role.APPROVER, None, None),
            (Role.AUDITOR, persons[0], "Tạ Văn Ví Dụ"),
        ]
        assert await roles.count(tx, Role.AUDITOR) == 4


async def proposed(tx: Transaction, person: str, admin: str, **moments: timedelta) -> str | None:
    at = NOW + moments.get("after", timedelta())
    return await roles.propose(tx, person, Role.ADMIN, None, admin, at, at + DAY)


async def test_a_proposal_is_settled_once_and_lapses_after_a_day(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        admin, other, person = [await someone(tx, number) for number in (1, 2, 3)]
        first = await proposed(tx, person, admin)
        assert first is not None
        assert await proposed(tx, person, other) is None, "the same is asked for already"
        assert not await roles.settle(tx, first, "agreed", other, NOW + DAY)
        second = await proposed(tx, person, other, after=DAY)
        assert second is not None
        assert await roles.settle(tx, second, "agreed", admin, NOW + DAY)
        assert not await roles.settle(tx, second, "refused", admin, NOW + DAY)
        found = await roles.find_proposal(tx, second)
        assert found is not None
        assert (found.person, found.role, found.asked_by) == (person, Role.ADMIN, other)
        assert await roles.find_proposal(tx, "none") is None


async def bound(tx: Transaction, admin: str) -> str:
    group = await a_group(tx)
    await groups.bind(tx, group, "Đội", admin, NOW)
    return group


async def test_only_responders_need_a_seat_and_only_once_there_is_a_group(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        responder, auditor = await someone(tx, 1), await someone(tx, 2)
        await roles.grant(tx, responder, Role.RESPONDER, None, NOW)
        await roles.grant(tx, auditor, Role.AUDITOR, None, NOW)
        assert (await people.get(tx, responder)).seated, "there is no group in which to sit"
        group = await bound(tx, auditor)
        assert not (await people.get(tx, responder)).seated
        assert (await people.get(tx, auditor)).seated
        await seats.put(tx, group, responder, True, NOW)
        assert (await people.get(tx, responder)).seated
        other = await a_group(tx, -200)
        await groups.bind(tx, other, "Đội mới", auditor, NOW)
        assert not (await people.get(tx, responder)).seated, "a seat in another group is none"


async def test_a_message_proves_a_seat_and_a_press_only_of_who_is_not_known_to_have_left(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        person = await someone(tx)
        group = await bound(tx, person)
        assert await seats.prove(tx, group, person, NOW, by_message=False)
        await seats.put(tx, group, person, False, NOW)
        assert not await seats.prove(tx, group, person, NOW, by_message=False)
        assert await seats.is_present(tx, group, person) is False
        assert await seats.prove(tx, group, person, NOW, by_message=True)
        assert await seats.is_present(tx, group, person) is True


async def test_older_knowledge_of_a_seat_does_not_take_the_place_of_newer(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        person = await someone(tx)
        group = await bound(tx, person)
        await seats.put(tx, group, person, False, NOW)
        await seats.put(tx, group, person, True, NOW - DAY)
        assert await seats.is_present(tx, group, person) is False


async def test_seats_of_responders_are_asked_after_daily_and_when_in_doubt(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        responder, auditor = await someone(tx, 1), await someone(tx, 2)
        await roles.grant(tx, responder, Role.RESPONDER, None, NOW)
        await roles.grant(tx, auditor, Role.AUDITOR, None, NOW)
        group = await bound(tx, auditor)

        async def asked_after() -> list[int]:
            return [one.telegram_id for one in await seats.due(tx, group, NOW - DAY, 5)]

        assert await asked_after() == [1]
        await seats.put(tx, group, responder, True, NOW)
        assert await asked_after() == []
        for doubting in (seats.doubt(tx, responder), seats.doubt_all(tx, group)):
            await doubting
            assert await asked_after() == [1]
            assert (await people.get(tx, responder)).seated, "what was known stands until there is an answer"
            await seats.put(tx, group, responder, True, NOW)
            assert await asked_after() == []


async def test_seats_follow_a_group_that_moves(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        person, other = await someone(tx, 1), await someone(tx, 2)
        group = await bound(tx, person)
        stranger = await a_group(tx, -200)
        await seats.put(tx, group, person, True, NOW)
        for one in (person, other):
            await seats.put(tx, stranger, one, False, NOW)
        kept = await groups.move(tx, -100, -200)
        assert kept is not None
        assert [await seats.is_present(tx, kept, one) for one in (person, other)] == [True, False]
