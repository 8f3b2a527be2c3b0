"""Posts and enrolments as rows: one word counts, one post at a time, and no personal data after the word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.agencies import Kind, Post
from storage import agencies, enrolments, people, posts
from storage.sqlite import SqliteStore
from storage.store import Transaction
from tests.storage.conftest import NOW

DAY = timedelta(days=1)


async def _officer(tx: Transaction) -> str:
    person = (await people.add(tx, 1, "vi", NOW)).id
    await agencies.add(tx, agencies.Agency("a", "XP-1", "Phường Một", Kind.COMMUNE), NOW)
    assert await posts.confirm(tx, "a", person, Post.OFFICER, None, None, NOW)
    return person


async def test_a_press_is_written_down_once_a_day(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        person = await _officer(tx)
        for hours, written in ((1, False), (23, False), (25, True), (26, False), (50, True)):
            now = NOW + timedelta(hours=hours)
            assert await posts.pressed(tx, person, now, now - DAY) is written, hours


async def test_a_press_takes_the_red_mark_away_at_once(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        person = await _officer(tx)
        (one,) = await posts.of_person(tx, person)
        await posts.note(tx, replace(one, red_since=NOW), None)
        assert await posts.due(tx, NOW + DAY, 5) == []
        assert await posts.pressed(tx, person, NOW, NOW - DAY)
        (due,) = await posts.due(tx, NOW, 5)
        assert due.red_since is None


async def test_who_becomes_unreachable_is_looked_after_at_once(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        person = await _officer(tx)
        (one,) = await posts.of_person(tx, person)
        await posts.note(tx, one, None)
        await people.reach(tx, person, NOW + DAY)
        assert [due.id for due in await posts.due(tx, NOW + DAY, 5)] == [one.id]


async def test_a_post_ends_once_and_may_begin_anew(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        person = await _officer(tx)
        assert not await posts.confirm(tx, "a", person, Post.HEAD, None, None, NOW)
        (one,) = await posts.of_person(tx, person)
        assert [await posts.end(tx, one.id, None, NOW) for _ in range(2)] == [True, False]
        assert await posts.find(tx, one.id) is None
        assert await posts.confirm(tx, "a", person, Post.HEAD, None, None, NOW)


async def test_the_first_word_on_an_enrolment_counts_and_takes_the_person_out_of_it(store: SqliteStore) -> None:
    async with store.transaction() as tx:
        person = await _officer(tx)
        asked = enrolments.Enrolment("e", person, "a", Post.HEAD, "Hà", "Chuyên viên", "0912345678", NOW)
        assert [await enrolments.ask(tx, replace(asked, id=name)) for name in ("e", "f")] == [True, False]
        assert [await enrolments.settle(tx, "e", state, person, NOW) for state in ("refused", "confirmed")] == [
            True,
            False,
        ]
        settled = await enrolments.find(tx, "e")
        assert settled is not None
        assert (settled.state, settled.name, settled.title, settled.phone) == ("refused", "", None, None)
        assert await enrolments.waiting(tx, 5) == []
        assert await enrolments.ask(tx, replace(asked, id="g"))
