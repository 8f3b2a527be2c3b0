"""A report reaches the response team, is claimed, and the reporter hears of it."""

from __future__ import annotations

import asyncio

from bot.domain.people import Role
from tests.conftest import Stage
from tests.people import Person, Team, code_in


async def tells(reporter: Person, story: str = "Có người xưng công an bảo tôi chuyển 20 triệu đồng") -> None:
    """Walk the citizen form up to the question after the story."""
    await reporter.says("/baosuco")
    await reporter.presses("Tôi bị lừa mất tiền")
    await reporter.sees("Gọi ngân hàng")
    await reporter.says(story)
    await reporter.sees("khi nào")


async def files(reporter: Person, story: str = "Có người xưng công an bảo tôi chuyển 20 triệu đồng") -> str:
    """Tell a story and send it at once; the code."""
    await tells(reporter, story)
    await reporter.presses("Gửi ngay")
    return code_in(await reporter.sees("Mã sự cố"))


async def test_a_report_reaches_the_response_team(reporter: Person, team: Team, responder: Person) -> None:
    await tells(reporter, "Nhân viên ngân hàng giả bắt tôi bấm vào <link> lạ, mất 5 triệu")
    await reporter.presses("Hôm qua")
    await reporter.sees("link")
    await reporter.presses("Bỏ qua")
    await reporter.presses("Không, tôi báo ẩn danh")
    review = await reporter.sees("<link>")
    assert "&lt;link&gt;" in (review.html or "")
    await reporter.presses("Gửi")
    code = code_in(await reporter.sees("Mã sự cố"))
    card = await team.sees(code)
    assert "Tôi bị lừa mất tiền" in card.text
    assert "Mận" not in card.text
    await team.presses(responder, "Nhận xử lý", code)
    await reporter.sees("đã có cán bộ nhận xử lý")
    await team.sees("Đỗ Minh Khôi")


async def test_of_twenty_who_press_at_once_one_wins(running_stage: Stage, reporter: Person) -> None:
    members = [await running_stage.staff(f"Cán bộ {number}", Role.RESPONDER) for number in range(20)]
    team = await running_stage.team(*members)
    code = await files(reporter)
    card = await team.sees(code)
    presses = [running_stage.telegram.presses(member.user, card, "Nhận xử lý") for member in members]
    await running_stage.telegram.until(lambda: all(press.answers for press in presses))
    told = [press.answers[0][0] or "" for press in presses]
    assert sum("đã nhận" in one and "Anh/Chị" in one for one in told) == 1
    await asyncio.gather(*(member.says("/cuatoi") for member in members))
