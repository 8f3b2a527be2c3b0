"""An incident and where it happened: chosen from the officer's own list, shown on the card, found by its words."""

from __future__ import annotations

import pytest

from bot.domain.agencies import Kind, Post
from bot.domain.people import Role
from storage import agencies, people, posts, systems
from storage.agencies import Agency
from storage.systems import System
from tests.conftest import Stage
from tests.journeys.steps import asks
from tests.journeys.test_agency_form import ATTACK, CONTACT, HELP, LEVEL, SYSTEM, WHEN, ends, starts
from tests.journeys.test_search import indexed
from tests.journeys.walks import incident, quiet, rows, sends
from tests.people import Person, Team

SCHOOL, HEALTH = "Sở Giáo dục (ví dụ)", "Sở Y tế (ví dụ)"
PORTAL, MAIL, RECORDS = "Cổng thi (ví dụ)", "Thư công vụ (ví dụ)", "Bệnh án (ví dụ)"


async def enter(stage: Stage, officer: Person) -> dict[str, str]:
    """Two agencies of the register with their systems; the officer speaks for the first. Names to ids."""
    async with stage.bot.store.transaction() as tx:
        ids, now = {name: tx.new_id() for name in (SCHOOL, HEALTH, PORTAL, MAIL, RECORDS)}, stage.clock.now()
        for code, name in (("SO-GD", SCHOOL), ("SO-YT", HEALTH)):
            await agencies.add(tx, Agency(ids[name], code, name, Kind.DEPARTMENT), now)
        for code, name, level, owner in (
            ("HT-1", PORTAL, 3, SCHOOL),
            ("HT-2", MAIL, None, SCHOOL),
            ("HT-3", RECORDS, 4, HEALTH),
        ):
            await systems.add(tx, System(ids[name], code, name, ids[owner], level=level), now)
        known = await people.find(tx, officer.user.id)
        assert known is not None
        await posts.confirm(tx, ids[SCHOOL], known.id, Post.OFFICER, None, None, now)
    return ids


@pytest.fixture
async def officer(running_stage: Stage) -> Person:
    return await running_stage.staff("Vũ Thị Hạnh (ví dụ)", Role.AGENCY_CONTACT)


async def test_an_officer_chooses_an_own_system_and_the_incident_is_known_by_it(
    running_stage: Stage, officer: Person, team: Team, responder: Person
) -> None:
    ids = await enter(running_stage, officer)
    await starts(officer, "Quá tải, không truy cập được")
    await officer.says(ATTACK)
    offered = await officer.sees(SYSTEM)
    labels = [key["text"] for row in offered.keys for key in row]
    assert labels[:3] == [f"{PORTAL} (cấp độ 3)", f"{MAIL} (chưa xác định cấp độ)", "Hệ thống khác"]
    assert not any(RECORDS in label for label in labels), "the systems of another agency do not exist here"
    await officer.says("benh an")
    await officer.sees("Chưa tìm thấy đúng một mục")
    await officer.says("cong thi")
    await officer.sees(WHEN)  # neither its name nor its level is asked: the register has both
    await officer.presses("Gửi ngay", WHEN)
    card = await team.sees("Quá tải")
    assert f"Đơn vị: {SCHOOL} · Hệ thống: {PORTAL} (cấp độ 3)" in card.text
    code = card.text.split()[0]
    kept = await incident(running_stage, code)
    assert (kept["agency"], kept["system"]) == (ids[SCHOOL], ids[PORTAL])
    await team.presses(responder, "Chi tiết (riêng)", code)
    details = await responder.sees(f"Đơn vị: {SCHOOL}")
    assert f"Hệ thống: {PORTAL}" in details.text
    assert ids[PORTAL] not in details.text

    await indexed(running_stage)
    for words in ("so giao duc", "HT-1", "cong thi"):
        assert code in (await asks(responder, f"/tracuu {words}", "Kết quả tìm")).text


async def test_a_level_that_nobody_determined_is_asked_and_another_system_is_named_in_words(
    running_stage: Stage, officer: Person, team: Team
) -> None:
    ids = await enter(running_stage, officer)
    await starts(officer, "Website bị đổi nội dung, giao diện")
    await officer.says(ATTACK)
    await officer.presses(f"{MAIL} (chưa xác định cấp độ)", SYSTEM)
    await officer.sees(LEVEL)
    await officer.presses("Quay lại", LEVEL)
    await officer.presses("Hệ thống khác", SYSTEM)
    await officer.sees("Ghi tên hệ thống")
    await officer.says("Máy chủ thử nghiệm")
    await ends(officer)
    await officer.presses("Bỏ qua", HELP)
    await officer.presses("Không để lại liên hệ", CONTACT)
    code = await sends(officer)
    card = await team.sees(f"Đơn vị: {SCHOOL} · Hệ thống: Máy chủ thử nghiệm")
    assert code in card.text
    kept = await incident(running_stage, code)
    assert (kept["agency"], kept["system"]) == (ids[SCHOOL], None)

    # Later it turns out to be one of the register: the report is opened again, and the card follows.
    await officer.presses("Bổ sung", code)
    await officer.presses("Không để lại liên hệ", CONTACT)
    await officer.presses("Sửa", "đúng rồi thì gửi")
    await officer.presses("Hệ thống của đơn vị")
    await officer.presses(f"{PORTAL} (cấp độ 3)", SYSTEM)
    await officer.presses("Gửi bổ sung", "đúng rồi thì gửi")
    await quiet(running_stage)
    kept = await incident(running_stage, code)
    assert (kept["agency"], kept["system"]) == (ids[SCHOOL], ids[PORTAL])
    assert len(await rows(running_stage, "SELECT id FROM incidents")) == 1
