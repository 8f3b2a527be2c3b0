"""An agency is asked for help: who hears of it, what they read, how they answer, and what happens when nobody does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.domain.agencies import Kind, Post
from bot.domain.people import Role
from bot.domain.tlp import Tlp
from storage import agencies, incidents, people, posts
from storage.agencies import Agency, Published
from tests.conftest import Stage
from tests.journeys.steps import asks, files_with_contact, incident_of, new
from tests.journeys.walks import happened, quiet, rows, toast
from tests.people import Person, Team, visible

CARRIER = "Nhà mạng Ví Dụ"
PHONE, NAME = "0912 345 678", "chị Mận ở tổ ba"
WORDS = "Đề nghị chặn tên miền lua-dao.example và cho biết thời điểm đăng ký"
PUBLISHED = Published(phones=("18001234",), source="trang thông tin của nhà mạng", published_on=date(2026, 10, 1))


async def enter(stage: Stage, **speakers: Person) -> str:
    """A provider of the register and who speaks for it, by post."""
    async with stage.bot.store.transaction() as tx:
        identifier, now = tx.new_id(), stage.clock.now()
        await agencies.add(tx, Agency(identifier, "NM-VD", CARRIER, Kind.PROVIDER, published=PUBLISHED), now)
        for post, person in speakers.items():
            known = await people.find(tx, person.user.id)
            assert known is not None
            await posts.confirm(tx, identifier, known.id, Post(post), None, None, now)
    return identifier


async def fills(asker: Person, words: str, term: str = "24 giờ nữa") -> None:
    """From the first question of a request to its review."""
    await asker.sees("doanh nghiệp nào phối hợp")
    await asker.says("mang vi du")
    await asker.presses(CARRIER)
    await asker.sees("đề nghị việc gì")
    await asker.says(words)
    await asker.presses(term, "Cần trả lời trước lúc nào")
    await asker.sees("xem lại đề nghị phối hợp")


async def ticks(stage: Stage, **later: Any) -> None:
    stage.clock.move(**later)
    await stage.bot.ticker.tick_all()
    await quiet(stage)


@pytest.fixture
async def officer(running_stage: Stage) -> Person:
    return await running_stage.staff("Lê Thị Trực (ví dụ)", Role.ISP_CONTACT)


@pytest.fixture
async def lead(running_stage: Stage) -> Person:
    return await running_stage.staff("Đỗ Minh Khôi", Role.TEAM_LEAD)


async def test_a_provider_answers_for_an_incident_and_never_learns_whose_it_is(
    running_stage: Stage, officer: Person, lead: Person, reporter: Person
) -> None:
    stage = running_stage
    deputy = await stage.staff("Cấp phó (ví dụ)", Role.ISP_CONTACT)
    stranger = await stage.staff("Người của nhà mạng khác", Role.ISP_CONTACT)
    await enter(stage, officer=officer, deputy=deputy)
    team: Team = await stage.team(lead)
    code = await files_with_contact(reporter, PHONE, NAME)
    await team.sees(code)
    incident = await incident_of(stage, code)

    await lead.starts(f"w-request-{incident.id}")
    await fills(lead, f"Xin liên hệ {NAME}, số {PHONE}, để khóa sim")
    refused = await lead.presses("Gửi", "xem lại đề nghị phối hợp")
    assert "nơi nhận không được biết ai báo" in toast(refused)
    assert await rows(stage, "SELECT * FROM coordinations") == []
    await lead.presses("Sửa", "xem lại đề nghị phối hợp")
    await lead.presses("Nội dung")
    await lead.sees("đề nghị việc gì")
    await lead.says(WORDS)
    since = len(lead.messages)
    await new(lead, "lua-dao", since - 1)
    await lead.presses("Gửi", "xem lại đề nghị phối hợp")
    receipt = await lead.sees("Đã ghi đề nghị DP-2026-0001")
    assert "Đã gửi tới đầu mối (1 người)" in receipt.text
    await team.sees("đề nghị Nhà mạng Ví Dụ phối hợp (DP-2026-0001)")

    letter = await officer.sees("Đề nghị phối hợp DP-2026-0001")
    assert "lua-dao[.]example" in letter.text
    said = " ".join(one.text for one in officer.messages)
    for secret in (code, PHONE, NAME, "Đỗ Minh Khôi"):
        assert secret not in said, secret
    assert deputy.showing("DP-2026-0001") is None, "the officer hears first"

    # A key in another hand reads like one that does not exist.
    mine = next(key for row in letter.keys for key in row if key["text"] == "Đã nhận")["callback_data"]
    await asks(stranger, "/trogiup", "làm được những việc sau")
    assert "không còn dùng được" in toast(await stranger.forges(str(mine)))

    await officer.presses("Đã nhận")
    await officer.sees("đã nhận lúc")
    await lead.sees("đã nhận đề nghị DP-2026-0001")
    await officer.replies(letter, "Đã chặn từ 9 giờ, tên miền đăng ký hôm qua")
    await officer.sees("Đã chuyển lời")
    assert "tên miền đăng ký hôm qua" in (await lead.sees("trả lời đề nghị DP-2026-0001")).text
    await officer.presses("Đã làm xong")
    await lead.sees("đã làm xong đề nghị DP-2026-0001")
    await team.sees("đã làm xong (DP-2026-0001)")
    assert [kind for kind in await happened(stage, code) if kind.startswith("request")] == [
        "requested",
        *["request_answered"] * 3,
    ]
    await ticks(stage, days=8)
    assert len([one for one in officer.messages if "quá hạn" in one.text]) == 0, "nobody is reminded of what is done"
    await asks(lead, "/dieuphoi", "Không có đề nghị nào đang chờ")
    await asks(lead, "/tracuu lua-dao.example", code)

    # Of a red incident the group reads only that there is something, and no colleague opens what was asked.
    async with stage.bot.store.transaction() as tx:
        await incidents.mark(tx, incident.id, Tlp.RED, incident.tlp, stage.clock.now())
    since = len(team.messages)
    await lead.starts(f"w-request-{incident.id}")
    await fills(lead, "Đề nghị giữ nguyên nhật ký máy chủ kín")
    await lead.presses("Gửi", "xem lại đề nghị phối hợp")
    await lead.sees("Đã ghi đề nghị DP-2026-0002")
    await officer.sees("nhật ký máy chủ kín")
    assert officer.last.protected
    await quiet(stage)
    assert not any("máy chủ kín" in visible(one) for one in team.messages[since:])
    member = await stage.staff("Trần Văn Trực", Role.RESPONDER)
    listed = await asks(member, "/dieuphoi", "DP-2026-0002")
    assert "[Xem DP-2026-0002]" not in visible(listed)
    request = (await rows(stage, "SELECT id FROM coordinations ORDER BY id DESC"))[0]["id"]
    assert "không còn dùng được" in toast(await member.forges(f"cr:{request}:see"))


async def test_what_nobody_answers_climbs_and_is_told_with_the_number_to_call(
    running_stage: Stage, officer: Person, lead: Person
) -> None:
    stage = running_stage
    deputy = await stage.staff("Cấp phó (ví dụ)", Role.ISP_CONTACT)
    head = await stage.staff("Giám đốc (ví dụ)", Role.ISP_CONTACT)
    unit = await stage.staff("Chuyên viên thường trực", Role.STANDING_UNIT)
    await enter(stage, officer=officer, deputy=deputy, head=head)
    await stage.team(lead)
    await asks(lead, "/dieuphoi", "đang chờ trả lời: 0")
    await lead.presses("Đề nghị mới")
    await fills(lead, WORDS, "4 giờ nữa")
    await lead.presses("Gửi", "xem lại đề nghị phối hợp")
    await lead.sees("Đã ghi đề nghị")
    await officer.sees("DP-2026-0001")

    def heard(person: Person) -> int:
        return len([one for one in person.messages if "Đề nghị phối hợp DP-2026-0001" in one.text])

    counted = []
    for hours in (0.0, 1.4, 1.4, 1.4, 24.0, 48.0, 96.0, 24.0 * 30):
        await ticks(stage, hours=hours)
        await ticks(stage)  # a second look tells nothing twice
        counted.append((heard(officer), heard(deputy), heard(head)))
    assert counted == [(1, 0, 0), (2, 1, 0), (3, 2, 1), (4, 3, 2), (5, 4, 3), (6, 5, 4), (7, 6, 5), (7, 6, 5)]
    overdue = [one.text for one in lead.messages if "quá hạn" in one.text and "1800 1234" in one.text]
    assert len(overdue) == 4
    assert "Bot thôi nhắc" in overdue[-1]
    told = [one.text for one in unit.messages if "DP-2026-0001" in one.text]
    assert len(told) == 3
    assert not any("lua-dao" in text for text in told), "what was asked is between the two"

    await head.presses("Từ chối, nêu lý do")
    await head.sees("Vì sao chưa thực hiện được")
    await head.says("Tên miền này do nhà đăng ký khác quản lý")
    await head.presses("Gửi", "lý do từ chối")
    assert "nhà đăng ký khác" in (await lead.sees("từ chối đề nghị DP-2026-0001")).text
    await officer.presses("Đã làm xong", "Đề nghị phối hợp DP-2026-0001")
    await officer.sees("đã từ chối lúc")
    assert (await rows(stage, "SELECT state FROM coordinations"))[0]["state"] == "refused"


async def test_whoever_cannot_be_reached_is_passed_over_at_once_and_the_asker_is_told(
    running_stage: Stage, officer: Person, lead: Person
) -> None:
    stage = running_stage
    head = await stage.staff("Giám đốc (ví dụ)", Role.ISP_CONTACT)
    agency = await enter(stage, officer=officer, head=head)
    await stage.team(lead)
    officer.user.blocked = True  # and nothing has told the bot so
    await asks(lead, "/dieuphoi", "đang chờ")
    await lead.presses("Đề nghị mới")
    await fills(lead, WORDS)
    await lead.presses("Gửi", "xem lại đề nghị phối hợp")
    passed_up = await lead.sees("không tới được người nhận")
    assert "người đứng đầu" in passed_up.text
    assert "1800 1234" in passed_up.text
    await head.sees("DP-2026-0001")

    # Somebody who has not been seen for long may not read it.
    async with stage.bot.store.transaction() as tx:
        await tx.run("UPDATE posts SET red_since = confirmed_at WHERE agency = :agency", {"agency": agency})
    await asks(lead, "/dieuphoi", "đang chờ")
    await lead.presses("Đề nghị mới")
    await fills(lead, WORDS)
    await lead.presses("Gửi", "xem lại đề nghị phối hợp")
    assert "1800 1234" in (await lead.sees("Lâu nay người nhận không dùng bot")).text

    # The agency was called instead: it reads that nothing more is to be done, and no colleague's name.
    await asks(lead, "/dieuphoi", "đang chờ trả lời: 2")
    await lead.presses("Xem DP-2026-0001")
    await lead.presses("Đã làm xong", "Người đề nghị")
    await head.sees("Nơi đề nghị đã ghi nhận đề nghị DP-2026-0001 là xong")
    await head.presses("Đã nhận", "Đề nghị phối hợp DP-2026-0001")
    assert "Đỗ Minh Khôi" not in (await head.sees("ghi đã làm xong lúc")).text

    async with stage.bot.store.transaction() as tx:
        await tx.run("UPDATE posts SET ended_at = confirmed_at WHERE agency = :agency", {"agency": agency})
    await lead.presses("Xem đề nghị", "Đã ghi đề nghị DP-2026-0002")
    await lead.presses("Rút đề nghị", "Đề nghị phối hợp DP-2026-0002")
    await lead.sees("đã rút")
    await asks(lead, "/dieuphoi", "đang chờ trả lời: 0")
    await lead.presses("Đề nghị mới")
    await fills(lead, WORDS)
    await lead.presses("Gửi", "xem lại đề nghị phối hợp")
    nobody = await lead.sees("Chưa ai ở đó nhận được tin qua bot")
    assert "1800 1234" in nobody.text
    assert "DP-2026-0003" in nobody.text
    assert "ngày công bố" in nobody.text.lower()
