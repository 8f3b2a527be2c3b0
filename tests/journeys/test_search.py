"""The team finds incidents by words, each reader where they may read, and nobody else finds anything."""

from __future__ import annotations

from bot.domain.people import Role
from storage import events
from tests.conftest import Stage
from tests.journeys.steps import asks, files, incident_of, new
from tests.people import Person

FRAUD = "Có người gọi từ số 0912 345 678 xưng công an, bắt tôi chuyển tiền vào stk 1903 5678 9012 ngân hàng Thử"
SITE = "Trang https://nhan-qua.vidu.example giả mạo cổng dịch vụ công của xã"


async def indexed(stage: Stage) -> None:
    stage.clock.move(seconds=6)

    async def waiting() -> int:
        async with stage.bot.store.reading() as tx:
            row = await tx.row("SELECT count(*) AS n FROM search_stale")
            return int(row["n"]) if row else 0

    while await waiting():
        await stage.bot.ticker.tick_all()


async def test_the_team_finds_by_words_numbers_and_links(running_stage: Stage) -> None:
    officer = await running_stage.staff("Cán bộ tìm", Role.RESPONDER)
    expert = await running_stage.staff("Chuyên gia", Role.EXPERT)
    team = await running_stage.team(officer, expert)
    reporter, other = running_stage.person("Người thứ nhất"), running_stage.person("Người thứ hai")
    fraud, site = await files(reporter, FRAUD), await files(other, SITE)
    await indexed(running_stage)

    assert fraud in (await asks(officer, "/tracuu cong an chuyen tien", "Kết quả tìm")).text
    assert site in (await asks(officer, "/tracuu nhan-qua.vidu.example", "Kết quả tìm")).text
    assert fraud in (await asks(officer, "/tracuu 0912345678", "Kết quả tìm")).text
    assert fraud in (await asks(officer, "/tracuu 190356789012", "Kết quả tìm")).text
    both = await asks(officer, "/tracuu tôi bị lừa mất tiền", "Kết quả tìm")
    assert both.text.index(site) < both.text.index(fraud), "the newest first"
    assert "Không tìm thấy" in (await asks(officer, "/tracuu mã độc tống tiền", "Kết quả tìm")).text
    await asks(officer, "/tracuu …", "gõ thêm chữ")

    # One without personal data finds the story and not the number; a group is answered from what it may read.
    assert fraud in (await asks(expert, "/tracuu cong an", "Kết quả tìm")).text
    assert "Không tìm thấy" in (await asks(expert, "/tracuu 0912345678", "Kết quả tìm")).text
    since = len(team.messages)
    await team.says(officer, "/tracuu 190356789012")
    assert "Không tìm thấy" in (await new(team, "Kết quả tìm", since)).text

    # The short way to a number, and somebody who may not search.
    assert fraud in (await asks(officer, f"/tracuu {int(fraud[-6:])}", "Tình trạng")).text
    await asks(other, "/tracuu cong an", "Không tìm thấy")


async def test_what_is_said_later_is_found_and_what_is_erased_is_not(running_stage: Stage, reporter: Person) -> None:
    officer = await running_stage.staff("Cán bộ tìm", Role.RESPONDER)
    await running_stage.team(officer)
    code = await files(reporter)
    await reporter.says("Kẻ đó vừa nhắn thêm tài khoản tên Hoàng Văn Thử")
    await reporter.sees("chuyển")
    await indexed(running_stage)
    assert code in (await asks(officer, "/tracuu hoang van thu", "Kết quả tìm")).text

    incident = await incident_of(running_stage, code)
    async with running_stage.bot.store.transaction() as tx:
        await events.erase(tx, incident.id)
    await indexed(running_stage)
    assert "Không tìm thấy" in (await asks(officer, "/tracuu hoang van thu", "Kết quả tìm")).text


async def test_pages_of_a_search_belong_to_whoever_searched(running_stage: Stage) -> None:
    officer, colleague = [await running_stage.staff(name, Role.RESPONDER) for name in ("Cán bộ A", "Cán bộ B")]
    await running_stage.team(officer, colleague)
    reporter = running_stage.person("Người báo nhiều")
    codes = [await files(reporter, f"{FRAUD}, lần thứ {number}") for number in range(8)]
    await indexed(running_stage)
    first = await asks(officer, "/tracuu xung cong an", "Kết quả tìm")
    shown = [code for code in codes if code in first.text]
    assert shown == codes[2:]
    press = await officer.presses("Trang sau ›", under="Kết quả tìm")
    assert press.answers
    await running_stage.telegram.until(lambda: all(code in first.text for code in codes[:2]))
    await asks(colleague, "/trogiup", "/hangdoi")
    data = next(key["callback_data"] for row in first.keys for key in row if key["text"] == "‹ Trang trước")
    assert "không còn dùng được" in ((await colleague.forges(data)).answers[0][0] or "")
