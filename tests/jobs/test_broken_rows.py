"""One row that always fails holds up no other of its tick, and is tried again later."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.demo import example_policy
from bot.domain import reports
from bot.domain.forms import Draft
from bot.domain.ids import Ids
from bot.domain.searching import query
from bot.services import apart
from bot.services.casework import incidents as files
from bot.services.casework import searching
from bot.services.desk import Desk, House
from bot.services.outbreak import outbreaks
from bot.services.paper.formbook import drop_orphans
from jobs import drafts as draft_jobs
from jobs import rota as rota_jobs
from locales import Texts
from storage import drafts, people, search, sweeps
from storage.codec import at
from storage.migrate import migrate
from storage.sqlite import open_store
from storage.store import Transaction
from tests.storage.conftest import NOW

HOUSE = House(example_policy(), Texts.load())


async def reported(tx: Transaction, story: str) -> str:
    who = await people.find(tx, 7) or await people.add(tx, 7, "vi", NOW)
    facts = {"kind": "fake_site", "story": story}
    return (await files.file(Desk(tx, NOW, HOUSE), who, reports.CITIZEN_REPORT, facts, incomplete=False)).id


async def test_a_sweep_that_always_fails_lets_the_next_one_pass_and_is_tried_again(tmp_path: Path) -> None:
    async with open_store(tmp_path / "bot.db", Ids(lambda: NOW)) as store:
        await migrate(store)
        async with store.transaction() as tx:
            incident = await reported(tx, "Trang giả mạo ngân hàng")
            broken = await sweeps.begin(tx, outbreaks.CLOSE, incident, None, {}, NOW)  # nobody closes
            await sweeps.begin(tx, "tell", incident, None, {}, NOW)
        for _ in range(3):
            async with store.transaction() as tx:
                await outbreaks.sweep_on(Desk(tx, NOW, HOUSE))
        async with store.reading() as tx:
            assert await sweeps.next_one(tx, NOW) is None
            again = await sweeps.next_one(tx, NOW + apart.LATER)
            assert again is not None
            assert again.id == broken.id


async def test_an_incident_that_cannot_be_indexed_leaves_all_others_to_be_found(tmp_path: Path) -> None:
    async with open_store(tmp_path / "bot.db", Ids(lambda: NOW)) as store:
        await migrate(store)
        async with store.transaction() as tx:
            broken = await reported(tx, "Cuộc gọi đòi tiền thuế")
            await tx.run("UPDATE incidents SET facts = '{' WHERE id = :id", {"id": broken})
            whole = [await reported(tx, f"Cuộc gọi đòi tiền điện {number}") for number in range(3)]
        async with store.transaction() as tx:
            assert await searching.index(Desk(tx, NOW, HOUSE)) == 4
        async with store.reading() as tx:
            found = await search.find(tx, query("tien dien") or "", personal=True, most=9, skip=0)
            assert {one.id for one in found} == set(whole)
            assert await search.waiting(tx, NOW, 9) == []
            assert await search.waiting(tx, NOW + apart.LATER, 9) == [broken]


async def test_a_step_of_the_rota_that_fails_leaves_the_others_to_do_their_work(tmp_path: Path) -> None:
    async with open_store(tmp_path / "bot.db", Ids(lambda: NOW)) as store:
        await migrate(store)
        async with store.transaction() as tx:
            await tx.run(
                "INSERT INTO shifts (id, starts_at, ends_at, planned_at, look_at) VALUES ('x', 'x', 'x', 'x', :past)",
                {"past": at(NOW - timedelta(days=1))},
            )
            giver, taker = await people.add(tx, 1, "vi", NOW), await people.add(tx, 2, "vi", NOW)
            await tx.run(
                "INSERT INTO shifts (id, starts_at, ends_at, person, planned_at) VALUES ('s', :from, :to, :who, :from)",
                {"from": at(NOW - timedelta(hours=1)), "to": at(NOW), "who": giver.id},
            )
            await tx.run(
                "INSERT INTO swaps (id, shift, giver, taker, asked_at, state)"
                " VALUES ('w', 's', :giver, :taker, :now, 'asked')",
                {"giver": giver.id, "taker": taker.id, "now": at(NOW)},
            )
        async with store.transaction() as tx:
            await rota_jobs.look(Desk(tx, NOW, HOUSE))
        async with store.reading() as tx:
            assert [row["state"] for row in await tx.rows("SELECT state FROM swaps")] == ["lapsed"]


async def test_a_draft_of_a_form_that_nobody_knows_holds_up_no_other_and_is_dropped_at_the_next_start(
    tmp_path: Path,
) -> None:
    async with open_store(tmp_path / "bot.db", Ids(lambda: NOW)) as store:
        await migrate(store)
        async with store.transaction() as tx:
            story = reports.CITIZEN_REPORT.story
            assert story is not None
            for number, form in enumerate(("evidence_scan_0", reports.CITIZEN_REPORT.name)):
                who = await people.add(tx, number + 1, "vi", NOW)
                draft = Draft(form, "when", {"kind": "fake_site", story: "Trang giả mạo"}, editing=False)
                await drafts.keep(tx, drafts.Open(tx.new_id(), who.id, draft, None, NOW, NOW, None))
        async with store.transaction() as tx:
            assert await draft_jobs.look(Desk(tx, NOW, HOUSE)) == 2
        async with store.transaction() as tx:
            assert await draft_jobs.look(Desk(tx, NOW, HOUSE)) == 0
            assert len(await tx.rows("SELECT id FROM incidents")) == 1
            assert len(await drafts.due(tx, NOW + apart.LATER, 9)) == 1
            assert await drop_orphans(Desk(tx, NOW, HOUSE)) == 1
            assert await drafts.of_forms(tx, "evidence_scan_0") == []
