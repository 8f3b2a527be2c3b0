"""Where reports stand: one's own for reporters, the queue and one's own work for the team, nothing for anybody else."""

from __future__ import annotations

import pytest

from bot.domain.people import PERMISSIONS, Permission, Role
from bot.domain.presses import Page
from tests.conftest import Stage
from tests.journeys.steps import STORY, asks, files, heard_out, new
from tests.people import Person, Team, visible

NOT_FOUND = "Không tìm thấy mã này, hoặc mã không thuộc tài khoản"


async def told(person: Person, text: str) -> tuple[str, str, list[list[str]]]:
    """Everything of the one answer to a command."""
    since = len(person.messages)
    await person.says(text)
    await person.telegram.until(lambda: len(person.messages) > since)
    answer = person.messages[since]
    return answer.html, answer.text, answer.buttons


async def test_one_s_own_reports_are_listed_and_opened(reporter: Person) -> None:
    codes = [await files(reporter), await files(reporter, f"{STORY} lần nữa", "Website, ứng dụng giả mạo")]
    listed = await asks(reporter, "/tracuu", "Tin báo của Anh/Chị")
    assert [row[0] for row in listed.buttons] == codes[::-1], "the newest first"
    await reporter.presses(codes[0])
    shown = await reporter.sees("Tình trạng: đã tiếp nhận, chờ cán bộ nhận xử lý")
    assert f"Mã sự cố: {codes[0]}" in shown.text
    assert shown.buttons == [["Bổ sung", "Rút lại tin báo"]]


async def test_whoever_reported_nothing_is_told_how(stranger: Person) -> None:
    await asks(stranger, "/tracuu", "chưa gửi tin báo nào")


async def test_many_reports_come_in_pages(reporter: Person) -> None:
    codes = [await files(reporter, f"{STORY}, lần thứ {number}") for number in range(8)][::-1]
    listed = await asks(reporter, "/tracuu", "Tin báo của Anh/Chị")
    assert [row[0] for row in listed.buttons] == [*codes[:6], "Trang sau ›"]
    await reporter.presses("Trang sau ›")
    await reporter.telegram.until(lambda: [row[0] for row in listed.buttons] == [*codes[6:], "‹ Trang trước"])
    await reporter.presses("‹ Trang trước")
    await reporter.telegram.until(lambda: [row[0] for row in listed.buttons] == [*codes[:6], "Trang sau ›"])


@pytest.mark.parametrize(
    "spelling",
    [
        "SC-2026-000001",
        "sc-2026-000001",
        "SC 2026 000001",
        "sc 2026 1",
        "2026-1",
        "2026 000001",
        "sc2026-1",
        "  sc-2026-1 ",
    ],
)
async def test_a_code_is_read_as_people_type_it(stage: Stage, spelling: str) -> None:
    await stage.start()
    reporter = stage.person("Nguyễn Thị Mận")
    code = await files(reporter)
    await asks(reporter, f"/tracuu {spelling.replace('2026', code[3:7])}", f"Mã sự cố: {code}")


async def test_the_state_follows_the_team(reporter: Person, team: Team, responder: Person) -> None:
    code = await files(reporter)
    await team.presses(responder, "Nhận xử lý", code)
    await reporter.sees("đã có cán bộ nhận xử lý lúc")
    shown = await asks(reporter, f"/tracuu {code}", "Tình trạng")
    assert "Tình trạng: đang xử lý" in shown.text
    assert "Có người nhận xử lý:" in shown.text
    assert "Khôi" not in shown.text


async def test_an_unknown_code_and_somebody_else_s_read_the_same(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    code = await files(reporter)
    await team.sees(code)
    asker = running_stage.person("Người tò mò")
    foreign = await told(asker, f"/tracuu {code}")
    unknown = await told(asker, "/tracuu SC-2026-999999")
    garbage = await told(asker, "/tracuu mã của tôi đâu")
    assert foreign == unknown == garbage
    assert NOT_FOUND in foreign[1]
    assert code not in foreign[0]


async def test_ten_tries_an_hour_and_no_more(running_stage: Stage, reporter: Person, team: Team) -> None:
    foreign = await files(reporter)
    asker = running_stage.person("Người dò mã")
    own = await files(asker)
    for number in range(10):
        code = foreign if number % 2 else f"SC-2026-{900_000 + number}"
        await asks(asker, f"/tracuu {code}", NOT_FOUND)
        await asks(asker, f"/tracuu {own}", f"Mã sự cố: {own}")
    refused = await told(asker, f"/tracuu {foreign}")
    assert "đợi một giờ" in refused[1]
    assert await told(asker, "/tracuu SC-2026-999999") == refused
    await asks(asker, f"/tracuu {own}", f"Mã sự cố: {own}")
    await asks(asker, "/tracuu", own)

    running_stage.clock.move(minutes=59)
    assert await told(asker, f"/tracuu {foreign}") == refused
    running_stage.clock.move(minutes=2)
    await asks(asker, f"/tracuu {foreign}", NOT_FOUND)


async def test_looking_up_in_the_team_s_group_shows_nothing_to_a_guest(
    running_stage: Stage, reporter: Person, responder: Person
) -> None:
    guest = running_stage.person("Khách trong nhóm")
    team = await running_stage.team(responder, guest, reporter)
    code = await files(reporter)
    await team.sees(code)
    for person in (guest, reporter):
        since = len(team.messages)
        await team.says(person, f"/tracuu {code}")
        answer = await new(team, "Tra cứu tin báo xin làm trong tin nhắn riêng", since)
        assert code not in answer.text
    since = len(team.messages)
    await team.says(responder, f"/tracuu {code}")
    card = await new(team, code, since)
    assert "Mận" not in card.text
    assert card.buttons == [["Nhận xử lý", "Chi tiết (riêng)"]]


async def test_the_team_looks_any_code_up_in_private(reporter: Person, team: Team, responder: Person) -> None:
    code = await files(reporter)
    card = await asks(responder, f"/tracuu {code}", code)
    assert "Mận" not in card.text
    await responder.presses("Nhận xử lý", under=code)
    await reporter.sees("đã có cán bộ nhận xử lý")


async def test_a_card_in_private_offers_what_its_reader_may_do(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    code = await files(reporter)
    await team.sees(code)
    auditor = await running_stage.staff("Cao Thị Mai Lan", Role.AUDITOR)
    assert (await asks(auditor, f"/tracuu {code}", "Tình trạng")).buttons == [["Chi tiết (riêng)"]]
    card = await asks(responder, f"/tracuu {code}", "Tình trạng")
    assert card.buttons == [["Nhận xử lý", "Chi tiết (riêng)"], ["Việc khác…"]]
    await responder.presses("Việc khác…")
    await responder.sees("Đổi mức độ")
    labels = [label for row in card.buttons for label in row]
    assert "Đóng" in labels
    assert "Chuyển cơ quan…" not in labels, "a lead decides that"


async def test_the_queue_pages_and_claims_in_private(running_stage: Stage, team: Team, responder: Person) -> None:
    codes = [await files(running_stage.person(f"Người báo {number}")) for number in range(8)]
    listed = await asks(responder, "/hangdoi", "Đang chờ người nhận: 8")
    assert [row[0] for row in listed.buttons] == [*(f"Nhận {code}" for code in codes[:6]), "Trang sau ›"], (
        "oldest first"
    )
    await responder.presses("Trang sau ›")
    await running_stage.telegram.until(lambda: codes[7] in listed.text)
    assert [row[0] for row in listed.buttons] == [*(f"Nhận {code}" for code in codes[6:]), "‹ Trang trước"]
    assert (await responder.presses(f"Nhận {codes[7]}")).answers[0][0] == f"Anh/Chị đã nhận xử lý {codes[7]}."
    await asks(responder, "/hangdoi", "Đang chờ người nhận: 7")
    mine = await asks(responder, "/cuatoi", "Đang xử lý")
    assert mine.buttons == [[f"Xem {codes[7]}"]]
    await responder.presses(f"Xem {codes[7]}", under="Đang xử lý")
    await responder.sees(STORY)


async def test_one_s_own_work_pages_too(running_stage: Stage, team: Team, responder: Person) -> None:
    codes = [await files(running_stage.person(f"Người báo {number}")) for number in range(7)]
    for code in codes:
        await team.presses(responder, "Nhận xử lý", code)
    mine = await asks(responder, "/cuatoi", "Đang xử lý")
    assert [row[0] for row in mine.buttons] == [*(f"Xem {code}" for code in codes[:6]), "Trang sau ›"]
    await responder.presses("Trang sau ›")
    await running_stage.telegram.until(lambda: [row[0] for row in mine.buttons] == [f"Xem {codes[6]}", "‹ Trang trước"])
    await asks(responder, "/hangdoi", "Không còn sự cố nào chờ")


async def test_the_lists_in_the_group_are_for_the_team_and_short(
    running_stage: Stage, reporter: Person, responder: Person
) -> None:
    guest = running_stage.person("Khách trong nhóm")
    team = await running_stage.team(responder, guest)
    codes = [await files(running_stage.person(f"Người báo {number}")) for number in range(7)]
    await team.sees(codes[-1])
    for command in ("/hangdoi", "/cuatoi"):
        since = len(team.messages)
        await team.says(guest, command)
        assert "SC-" not in (await new(team, "chỉ người được giao", since)).text
    await team.says(responder, "/hangdoi")
    listed = await team.sees("Đang chờ người nhận: 7")
    assert len(listed.buttons) == 6
    assert "nhắn riêng" in listed.text, "the rest is in the private chat"
    await team.presses(responder, f"Nhận {codes[0]}", "Đang chờ người nhận: 7")
    await team.says(responder, "/cuatoi")
    mine = await team.sees("Đang xử lý")
    assert mine.buttons == [[f"Xem {codes[0]}"]]
    assert "nhắn riêng" not in mine.text
    await team.presses(responder, f"Xem {codes[0]}", "Đang xử lý")
    await responder.sees(STORY)


@pytest.mark.parametrize("role", [role for role in Role if role not in PERMISSIONS[Permission.SEE_QUEUE]])
async def test_the_lists_are_for_the_team_alone(running_stage: Stage, reporter: Person, role: Role) -> None:
    code = await files(reporter)
    member = await running_stage.staff("Không thuộc đội", role)
    for command in ("/hangdoi", "/cuatoi"):
        assert code not in visible(await asks(member, command, "chỉ người được giao"))
    for of in ("queue", "mine"):
        press = await member.forges(Page(of, "0").data())
        assert "chỉ người được giao" in press.answers[0][0]
    await asks(member, f"/tracuu {code}", NOT_FOUND)


@pytest.mark.parametrize("number", ["-1", "x", "", "999999999999999999999999", "1e3", "٣"])
@pytest.mark.parametrize("of", ["own", "queue", "events"])
async def test_a_forged_page_shows_nothing_that_is_not_there(
    running_stage: Stage, responder: Person, of: str, number: str
) -> None:
    await asks(responder, "/trogiup", "làm được những việc sau")
    await responder.forges(Page(of, number).data())
    await asks(responder, "/hangdoi", "Không còn sự cố nào chờ")


async def test_pages_are_not_turned_in_the_group(running_stage: Stage, reporter: Person, responder: Person) -> None:
    team = await running_stage.team(responder)
    card = await team.sees(await files(reporter))
    press = running_stage.telegram.presses(responder.user, card, data=Page("queue", "0").data())
    await running_stage.telegram.until(lambda: press.answers)
    await heard_out(team, responder)
    assert press.answers[0][0].startswith("Nút này không còn dùng được")
    assert "Đang chờ" not in card.text
