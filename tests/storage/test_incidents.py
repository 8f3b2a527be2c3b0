"""Incidents and their cards: one winner of a claim, numbers without gaps, the newest state and no other."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.domain.forms import Draft
from bot.domain.incidents import Severity, Status
from bot.domain.sending import Lane
from storage import cards, closings, drafts, incidents, outbox, pictures, referrals
from storage.pictures import Wall
from storage.sqlite import SqliteStore
from storage.store import Transaction
from tests.storage.conftest import NOW, a_group, an_incident, someone, the_team


async def _moves(
    tx: Transaction, incident: str, status: Status, owner: str | None = None, *, seen: incidents.Incident | None = None
) -> bool:
    """Move an incident from what was seen, or from where it stands."""
    before = seen or await incidents.get(tx, incident)
    now = replace(before, status=status, owner=owner or before.owner, claimed_at=NOW, moved_at=NOW, moved_by=owner)
    return await incidents.move(tx, before, now)


async def test_of_twenty_who_claim_at_once_one_wins(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        seen = await incidents.get(tx, await an_incident(tx))
        responders = [await someone(tx, number) for number in range(20)]

    async def claim(owner: str) -> bool:
        async with store.transaction() as tx:
            return await _moves(tx, seen.id, Status.CLAIMED, owner, seen=seen)

    won = await asyncio.gather(*map(claim, responders))
    assert sorted(won) == [False] * 19 + [True]
    async with store.reading() as tx:
        found = await incidents.get(tx, seen.id)
    assert (found.status, found.owner, found.claimed_at) == (Status.CLAIMED, responders[won.index(True)], NOW)


async def test_the_slower_of_two_moves_loses(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        seen = await incidents.get(tx, await an_incident(tx))
        assert await _moves(tx, seen.id, Status.WITHDRAWN, seen=seen)
        assert not await _moves(tx, seen.id, Status.WITHDRAWN, seen=seen)
        assert not await _moves(tx, seen.id, Status.CLAIMED, await someone(tx), seen=seen)


async def test_a_move_that_saw_another_owner_loses_though_the_status_is_the_same(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        first, second = await someone(tx, 1), await someone(tx, 2)
        incident = await an_incident(tx)
        assert await _moves(tx, incident, Status.CLAIMED, first)
        seen = await incidents.get(tx, incident)
        assert await _moves(tx, incident, Status.CLAIMED, second)
        assert not await _moves(tx, incident, Status.RESOLVED, seen=seen)


async def test_all_that_a_move_says_is_kept(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        owner = await someone(tx)
        main, double = await an_incident(tx), await an_incident(tx)
        before = await incidents.get(tx, double)
        moved = replace(
            before,
            status=Status.DUPLICATE,
            owner=owner,
            claimed_at=NOW,
            moved_at=NOW,
            moved_by=owner,
            ended_at=NOW,
            duplicate_of=main,
        )
        assert await incidents.move(tx, before, moved)
        await incidents.rate(tx, double, Severity.SERIOUS, NOW)
        expected = replace(moved, severity=Severity.SERIOUS)
        assert await incidents.get(tx, double) == expected
        assert await incidents.duplicates_of(tx, main, 5) == [expected]
        assert await incidents.duplicates_of(tx, double, 5) == []


async def test_a_closing_is_written_anew_after_a_second_end(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        incident, officer = await an_incident(tx), await someone(tx)
        assert await closings.find(tx, incident) is None
        await closings.keep(tx, incident, {"result": "một"}, 5, officer, NOW)
        await closings.keep(tx, incident, {"result": "hai"}, None, officer, NOW)
        found = await closings.find(tx, incident)
    assert found == closings.Closing(incident, {"result": "hai"}, None, NOW, officer)


async def test_one_answer_settles_a_referral_and_what_nobody_answers_falls_due(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        incident, lead = await an_incident(tx), await someone(tx)
        late = NOW + timedelta(hours=24)
        offered = referrals.Referral("a", incident, "police", "Vì sao", lead, NOW, late, "offered")
        outside = referrals.Referral("b", incident, "military", None, lead, NOW, None, "outside")
        for one in (offered, outside):
            await referrals.add(tx, one)
        assert await referrals.find(tx, "a") == offered
        assert await referrals.newest(tx, incident) == outside
        assert await referrals.due(tx, NOW, 5) == []
        assert await referrals.due(tx, late, 5) == [offered]
        assert await referrals.answer(tx, offered, "accepted", lead, NOW)
        assert not await referrals.answer(tx, offered, "returned", lead, NOW)
        assert await referrals.due(tx, late, 5) == []
        taken = await referrals.find(tx, "a")
    assert taken == replace(offered, state="accepted", answered_by=lead, answered_at=NOW)


async def test_a_form_of_the_team_remembers_its_incident(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        incident, officer = await an_incident(tx), await someone(tx)
        one = drafts.Open("d", officer, Draft("asking_1", "question"), None, NOW, NOW, incident)
        await drafts.keep(tx, one)
        assert await drafts.find(tx, officer) == one


async def test_unfolded_keys_fold_with_the_next_change(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        incident, group = await an_incident(tx), await a_group(tx)
        card = await cards.lay(tx, incident, group, NOW)
        await cards.unfold(tx, incident, "more", NOW)
        await cards.unfold(tx, incident, "more", NOW)
        unfolded = await cards.find(tx, card)
        assert unfolded is not None
        assert (unfolded.view, unfolded.wanted) == ("more", 2)
        await cards.touch(tx, incident, NOW)
        folded = await cards.of(tx, incident, group)
        assert folded is not None
        assert (folded.view, folded.wanted) == ("", 3)


async def test_numbers_of_a_year_leave_no_gap_though_transactions_fail(store: SqliteStore) -> None:
    async def file(number: int) -> None:
        async with store.transaction() as tx:
            await an_incident(tx)
            if number % 3 == 0:
                raise LookupError

    await asyncio.gather(*map(file, range(30)), return_exceptions=True)
    async with store.reading() as tx:
        codes = [row["code"] for row in await tx.rows("SELECT code FROM incidents ORDER BY code")]
    assert codes == [f"SC-2026-{number:06d}" for number in range(1, 21)]


async def test_each_year_counts_anew(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        assert await incidents.next_code(tx, 2026) == "SC-2026-000001"
        assert await incidents.next_code(tx, 2027) == "SC-2027-000001"
        assert await incidents.next_code(tx, 2026) == "SC-2026-000002"


async def test_an_incident_comes_back_as_it_was_filed(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        reporter = await someone(tx)
        found = await incidents.get(tx, await an_incident(tx, reporter))
        assert await incidents.find_by_code(tx, "SC-2026-000001") == found
        assert await incidents.find_by_code(tx, "SC-2026-000002") is None
        assert await incidents.find(tx, "nothing") is None
    assert (found.reporter, found.facts, found.filed_at) == (reporter, {"story": "Một câu chuyện"}, NOW)


async def test_what_is_known_can_be_written_anew(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        incident = await an_incident(tx)
        await incidents.rewrite(
            tx,
            incident,
            kind="other",
            facts={"story": "Chuyện mới"},
            summary="Mới",
            anonymous=True,
            incomplete=True,
            now=NOW,
        )
        found = await incidents.get(tx, incident)
    assert (found.kind, found.facts, found.anonymous, found.incomplete) == (
        "other",
        {"story": "Chuyện mới"},
        True,
        True,
    )


async def test_lists_hold_what_belongs_there_page_by_page(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        reporter, owner = await someone(tx, 1), await someone(tx, 2)
        made = [await an_incident(tx, reporter) for _ in range(4)]
        await _moves(tx, made[0], Status.CLAIMED, owner)
        await _moves(tx, made[1], Status.WITHDRAWN)
        assert [one.id for one in await incidents.queue(tx, 5, 0)] == made[2:]
        assert [one.id for one in await incidents.queue(tx, 1, 1)] == made[3:]
        assert [one.id for one in await incidents.owned_by(tx, owner, 5, 0)] == made[:1]
        assert {one.id for one in await incidents.reported_by(tx, reporter, 5, 0)} == set(made)
        assert await incidents.reported_by(tx, owner, 5, 0) == []
        assert await incidents.waiting_count(tx) == 2


async def test_ten_changes_of_a_card_are_one_edit(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        incident, group = await an_incident(tx), await the_team(tx, -100)
        card = await cards.lay(tx, incident, group, NOW)
        assert await pictures.stale(tx, NOW, 5) == []  # its first showing is a delivery
        await pictures.first_shown(tx, Wall.CARDS, card, 77, 1)
        assert await pictures.stale(tx, NOW, 5) == []
        for _ in range(10):
            await cards.touch(tx, incident, NOW)
        (stale,) = await pictures.stale(tx, NOW, 5)
        assert (stale.wanted, stale.shown, stale.telegram_id, stale.chat) == (11, 1, 77, -100)
        await pictures.shown(tx, Wall.CARDS, card, stale.wanted)
        assert await pictures.stale(tx, NOW, 5) == []


async def test_a_change_while_an_edit_is_under_way_is_shown_after_it(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        incident = await an_incident(tx)
        card = await cards.lay(tx, incident, await the_team(tx), NOW)
        await pictures.first_shown(tx, Wall.CARDS, card, 77, 1)
        await cards.touch(tx, incident, NOW)
        await cards.touch(tx, incident, NOW)
        await pictures.shown(tx, Wall.CARDS, card, 2)
        assert [one.wanted for one in await pictures.stale(tx, NOW, 5)] == [3]
        await pictures.shown(tx, Wall.CARDS, card, 1)  # an older answer that came late takes nothing back
        found = await cards.find(tx, card)
        assert found is not None
        assert found.shown == 2


async def test_a_card_rests_between_two_edits(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        incident = await an_incident(tx)
        card = await cards.lay(tx, incident, await the_team(tx), NOW)
        await pictures.first_shown(tx, Wall.CARDS, card, 77, 1)
        await cards.touch(tx, incident, NOW)
        await pictures.later(tx, Wall.CARDS, card, NOW + timedelta(seconds=3))
        assert await pictures.stale(tx, NOW, 5) == []
        assert len(await pictures.stale(tx, NOW + timedelta(seconds=3), 5)) == 1


async def test_keys_unfold_without_the_rest_between_two_edits(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        incident = await an_incident(tx)
        card = await cards.lay(tx, incident, await the_team(tx), NOW)
        await pictures.first_shown(tx, Wall.CARDS, card, 77, 1)
        await pictures.later(tx, Wall.CARDS, card, NOW + timedelta(seconds=3))
        await cards.unfold(tx, incident, "more", NOW)
        assert len(await pictures.stale(tx, NOW, 5)) == 1


async def test_a_card_whose_message_is_gone_is_not_edited_any_more(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        incident = await an_incident(tx)
        card = await cards.lay(tx, incident, await the_team(tx), NOW)
        await pictures.first_shown(tx, Wall.CARDS, card, 77, 1)
        await cards.touch(tx, incident, NOW)
        await pictures.lost(tx, Wall.CARDS, card)
        assert await pictures.stale(tx, NOW, 5) == []


async def test_one_incident_has_one_card_in_each_group(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        incident, group = await an_incident(tx), await a_group(tx, -100)
        first = await cards.lay(tx, incident, group, NOW)
        await pictures.first_shown(tx, Wall.CARDS, first, 77, 1)
        assert await cards.lay(tx, incident, group, NOW) == first  # laid anew: the old message is left to itself
        assert await cards.lay(tx, incident, await a_group(tx, -200), NOW) != first
        found = await cards.find(tx, first)
        assert found is not None
        assert found.telegram_id is None


async def test_cards_without_a_message_are_found_unless_one_is_on_its_way(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        group = await a_group(tx)
        waiting = await cards.lay(tx, await an_incident(tx), group, NOW)
        homeless = await cards.lay(tx, await an_incident(tx), group, NOW)
        message = await outbox.write(tx, outbox.Message("card.incident"), NOW)
        await outbox.address(tx, message, group, NOW, stream=group, lane=Lane.ANSWER, card=waiting)
        assert [one.id for one in await cards.homeless(tx, group)] == [homeless]
