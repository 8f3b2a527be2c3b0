"""The forms of the team, opened from the card: closing with the core of form 04, reasons, duplicates, questions."""

from __future__ import annotations

import pytest

from bot.domain.incidents import EventKind, Status
from bot.domain.people import Role
from storage import closings, events
from tests.conftest import Stage
from tests.journeys.steps import files, incident_of, log_of, new
from tests.journeys.working import Case, case, key_of, payload, sends, taken
from tests.people import Person

RESULT = "Đã báo ngân hàng khóa tài khoản 1903 5678 9012, gọi lại số 0912 345 678 để hướng dẫn trình báo"
REASON = "Đây là cuộc gọi quảng cáo, không có dấu hiệu lừa đảo"


async def _closing(stage: Stage, one: Case) -> closings.Closing:
    incident = await one.stands()
    async with stage.bot.store.reading() as tx:
        found = await closings.find(tx, incident.id)
    assert found is not None
    return found


async def _closes(one: Case, who: Person | None = None) -> None:
    """Close a citizen's report: result, alone, no damage."""
    member = who or one.officer
    await one.presses("Việc khác…", member)
    since = await one.opens("Đóng", member)
    await new(member, "Kết quả xử lý", since)
    since = len(member.messages)
    await member.says(RESULT)
    await new(member, "Xử lý bằng cách nào", since)
    await member.presses("Đội tự xử lý")
    await member.presses("Bỏ qua", under="bao nhiêu tiền")
    await sends(member, since)


async def test_a_citizens_report_is_closed_with_its_result_and_what_the_statistics_count(
    running_stage: Stage,
) -> None:
    one = await taken(running_stage)
    await one.presses("Việc khác…")
    since = await one.opens("Đóng")
    assert one.code in (await new(one.officer, "Kết quả xử lý", since)).text
    await one.officer.says("xong rồi")
    await new(one.officer, "ngắn quá", since)
    since = len(one.officer.messages)
    await one.officer.says(RESULT)
    await new(one.officer, "Xử lý bằng cách nào", since)
    await one.officer.presses("Có nơi khác hỗ trợ")
    await one.officer.sees("Tổ chức nào")
    await one.officer.says("Ngân hàng nơi mở tài khoản")
    await one.officer.sees("bao nhiêu tiền")
    since = len(one.officer.messages)
    await one.officer.says("1tr5")
    assert "1.500.000 đồng" in (await new(one.officer, "đúng rồi thì gửi", since)).text
    await sends(one.officer, since)

    await one.officer.sees("lúc này: đã đóng")
    closing = await _closing(running_stage, one)
    assert closing.damage == 1_500_000
    assert closing.facts == {"result": RESULT, "handled": "helped", "helped_by": "Ngân hàng nơi mở tài khoản"}
    told = await one.reporter.sees("đã xử lý xong")
    assert RESULT in told.text
    assert key_of(told, "Chưa ổn")
    card = await one.shows("Kết quả: Đã báo ngân hàng")
    assert "0912 345 678" not in card.text
    assert "5678 9012" not in card.text
    assert card.buttons == [["Mở lại", "Chi tiết (riêng)"]]
    assert (await log_of(running_stage, one.code))[-1] is EventKind.CLOSED


async def test_an_incident_of_an_agency_is_closed_with_the_core_of_form_04(running_stage: Stage) -> None:
    officer = await running_stage.staff("Đỗ Minh Khôi", Role.RESPONDER)
    agency = await running_stage.staff("Sở Nội vụ", Role.AGENCY_CONTACT)
    team = await running_stage.team(officer)
    since = len(agency.messages)
    await agency.says("/baosuco")
    await agency.presses("Dữ liệu bị mã hóa, đòi tiền chuộc")
    await agency.presses("Tôi đã rõ")
    await agency.says("Máy chủ văn bản bị mã hóa từ sáng nay, không mở được tệp nào")
    await agency.presses("Gửi ngay")
    await new(agency, "Mã sự cố", since)
    card = await team.sees("SC-")
    one = Case(running_stage, agency, officer, team, card.text.split(" ")[0])
    await one.presses("Việc khác…")
    since = await one.opens("Đóng")
    answers = (
        "Đã khôi phục từ bản sao lưu, đổi toàn bộ mật khẩu",
        "Thư lừa đảo mang mã độc",
        "Mất dữ liệu hai ngày",
        "Vá máy chủ, tách mạng",
    )
    for words, answer in zip(("Kết quả", "Nguyên nhân", "Hậu quả", "biện pháp"), answers, strict=True):
        await new(officer, words, since)
        since = len(officer.messages)
        await officer.says(answer)
    await officer.presses("Đề nghị điều phối quốc gia")
    await officer.presses("Bỏ qua", under="bao nhiêu tiền")
    await officer.sees("tài liệu liên quan")
    since = len(officer.messages)
    await officer.says("Biên bản số 12, báo cáo diễn biến")
    await sends(officer, since)
    await officer.sees("đã đóng")
    closing = await _closing(running_stage, one)
    assert tuple(closing.facts[name] for name in ("result", "cause", "consequence", "measures")) == answers
    assert closing.facts["handled"] == "coordinator"
    assert closing.facts["papers"] == "Biên bản số 12, báo cáo diễn biến"
    assert closing.damage is None
    await team.presses(officer, "Chi tiết (riêng)", "đã đóng")
    ending = (await officer.sees("báo cáo kết thúc")).text
    for words in (*answers, "Đề nghị điều phối quốc gia", "Biên bản số 12"):
        assert words in ending, words
    assert "Thiệt hại" not in ending, "nobody knows it"


async def test_of_two_who_close_at_once_the_second_reads_what_happened_and_is_free_again(
    running_stage: Stage,
) -> None:
    one = await taken(running_stage)
    other = await running_stage.staff("Vũ Thị Hà", Role.RESPONDER)
    running_stage.telegram.joins(other.user, one.team.chat)
    await one.presses("Việc khác…")
    link = payload(await one.shows("Đóng"), "Không phải sự cố")
    await other.starts(link)
    await other.sees("Vì sao đây không phải")
    since = len(other.messages)
    await other.says(REASON)
    await new(other, "đúng rồi thì gửi", since)
    since_first = await one.opens("Không phải sự cố")
    await new(one.officer, "Vì sao", since_first)
    since_first = len(one.officer.messages)
    await one.officer.says(REASON)
    await sends(one.officer, since_first)
    await one.officer.sees("không phải sự cố")
    await other.presses("Gửi")
    late = await other.sees("Chưa làm được")
    assert one.officer.user.name in late.text
    await other.starts(link)
    await new(other, "Chưa làm được", since)
    assert (await log_of(running_stage, one.code)).count(EventKind.REJECTED) == 1


async def test_not_an_incident_wants_a_reason_and_the_reporter_reads_it(running_stage: Stage) -> None:
    one = await taken(running_stage)
    await one.presses("Việc khác…")
    await one.fills("Không phải sự cố", REASON)
    told = await one.reporter.sees("không phải là sự cố an ninh mạng")
    assert REASON in told.text
    assert key_of(told, "Chưa ổn")
    assert REASON in (await one.shows("Lý do")).text


async def test_a_duplicate_names_the_other_on_its_card_and_both_reporters_hear_without_its_number(
    running_stage: Stage,
) -> None:
    one = await taken(running_stage)
    second = running_stage.person("Phạm Văn Tư")
    main = await files(second, "Tôi cũng bị người xưng công an đòi chuyển tiền")
    await one.presses("Việc khác…")
    await one.fills("Trùng với…", main)
    await one.shows(f"Trùng với {main}")
    for reporter, words in ((one.reporter, "đã có tin báo khác"), (second, "Có thêm tin báo về cùng việc")):
        told = await reporter.sees(words)
        assert ({one.code, main} - {one.code if reporter is one.reporter else main}).isdisjoint(
            word.strip(".,:") for word in told.text.split()
        )
    assert (await one.stands()).duplicate_of == (await incident_of(running_stage, main)).id


@pytest.mark.parametrize(
    ("typed", "words"),
    [("SC-2026-000999", "Không có sự cố nào mang mã"), ("{own}", "chính là sự cố này")],
)
async def test_a_duplicate_of_nothing_or_of_itself_is_refused_and_can_be_mended(
    running_stage: Stage, typed: str, words: str
) -> None:
    one = await taken(running_stage)
    await one.presses("Việc khác…")
    since = await one.opens("Trùng với…")
    await new(one.officer, "Trùng với sự cố nào", since)
    since = len(one.officer.messages)
    await one.officer.says(typed.format(own=one.code))
    await new(one.officer, "đúng rồi thì gửi", since)
    press = await one.officer.presses("Gửi")
    assert words in (press.answers[0][0] or "")
    assert (await one.stands()).status is Status.CLAIMED
    await one.officer.presses("Sửa")
    asked = await one.officer.sees("Quay lại")
    assert "Trùng với sự cố nào" in asked.text, "with one question there is nothing to choose from"


async def test_duplicates_never_run_in_a_circle(running_stage: Stage) -> None:
    one = await taken(running_stage)
    second = running_stage.person("Phạm Văn Tư")
    main = await files(second, "Tôi cũng bị người xưng công an đòi chuyển tiền")
    await one.presses("Việc khác…")
    await one.fills("Trùng với…", main)
    other = Case(running_stage, second, one.officer, one.team, main)
    await other.presses("Việc khác…")
    since = await other.opens("Trùng với…")
    await new(one.officer, "Trùng với sự cố nào", since)
    since = len(one.officer.messages)
    await one.officer.says(one.code)
    await new(one.officer, "đúng rồi thì gửi", since)
    press = await one.officer.presses("Gửi")
    assert "trùng với chính sự cố này" in (press.answers[0][0] or "")
    assert (await other.stands()).status is Status.NEW


async def test_whoever_reported_a_duplicate_hears_when_the_main_one_ends_but_nothing_of_its_result(
    running_stage: Stage,
) -> None:
    one = await taken(running_stage)
    second = running_stage.person("Phạm Văn Tư")
    double = await files(second, "Tôi cũng bị người xưng công an đòi chuyển tiền")
    other = Case(running_stage, second, one.officer, one.team, double)
    await other.presses("Việc khác…")
    await other.fills("Trùng với…", one.code)
    await second.sees("đã có tin báo khác")
    await _closes(one)
    told = await second.sees("đã xử lý xong cùng với tin báo khác")
    assert "ngân hàng" not in told.text
    assert RESULT in (await one.reporter.sees("Kết quả:")).text


async def test_a_question_reaches_the_reporter_and_the_team_sees_what_was_asked(running_stage: Stage) -> None:
    one = await taken(running_stage)
    await one.fills("Hỏi người báo", "Anh/Chị còn giữ số 0912 345 678 đó không?")
    asked = await one.reporter.sees("cán bộ cần Anh/Chị cho biết thêm")
    assert "0912 345 678" in asked.text
    assert one.officer.user.name not in asked.text
    line = await one.team.sees("hỏi người báo:")
    assert "0912 345 678" not in line.text
    assert line.reply_to is one.card
    assert (await one.stands()).status is Status.WAITING
    await one.reporter.says("/tracuu")
    assert "cần thêm thông tin" in (await one.reporter.sees("Tin báo của Anh/Chị")).text


async def test_nobody_is_asked_who_cannot_be_reached(running_stage: Stage) -> None:
    one = await taken(running_stage)
    running_stage.telegram.blocks(one.reporter.user)
    await running_stage.telegram.until(lambda: True)
    since = await one.opens("Hỏi người báo")
    await new(one.officer, "hỏi người báo điều gì", since)
    since = len(one.officer.messages)
    await one.officer.says("Anh/Chị còn giữ biên lai không?")
    await new(one.officer, "đúng rồi thì gửi", since)
    press = await one.officer.presses("Gửi")
    assert "Không nhắn được cho người báo" in (press.answers[0][0] or "")
    assert (await one.stands()).status is Status.CLAIMED


async def test_a_lead_opens_again_with_a_reason_and_a_responder_may_not(running_stage: Stage) -> None:
    one = await taken(running_stage)
    await _closes(one)
    await one.officer.sees("đã đóng")
    responder = await running_stage.staff("Vũ Thị Hà", Role.RESPONDER)
    link = payload(await one.shows("Mở lại"), "Mở lại")
    await responder.starts(link)
    assert "nhờ trực ban hoặc Đội trưởng" in (await responder.sees("Việc này chỉ người được giao")).text
    await one.fills("Mở lại", "Có thêm người bị lừa theo cùng cách")
    assert "cùng cách" in (await one.reporter.sees("mở lại để xem tiếp")).text
    stands = await one.stands()
    assert (stands.status, stands.ended_at) == (Status.WORKING, None)
    async with running_stage.bot.store.reading() as tx:
        last = (await events.of(tx, stands.id))[-1]
    assert last.payload is not None
    assert last.payload["reason"] == "Có thêm người bị lừa theo cùng cách"


async def test_an_unsent_report_of_ones_own_comes_first(running_stage: Stage) -> None:
    one = await taken(running_stage)
    await one.officer.says("/baosuco")
    await one.officer.presses("Tôi bị lừa mất tiền")
    await one.officer.sees("Câu 2/")
    since = await one.opens("Hỏi người báo")
    await new(one.officer, "đang viết dở một tin báo khác", since)


async def test_a_cancelled_form_leaves_the_incident_as_it_was(running_stage: Stage) -> None:
    one = await taken(running_stage)
    since = await one.opens("Hỏi người báo")
    await new(one.officer, "hỏi người báo điều gì", since)
    await one.officer.presses("Huỷ")
    await one.officer.sees("sự cố vẫn như cũ")
    assert (await one.stands()).status is Status.CLAIMED


@pytest.mark.parametrize("link", ["w-claim-{id}", "w-return-{id}", "w-withdraw-{id}", "w-close-00000000000000000000"])
async def test_a_forged_link_opens_nothing(running_stage: Stage, link: str) -> None:
    one = await case(running_stage)
    since = len(one.officer.messages)
    await one.officer.starts(link.format(id=(await one.stands()).id))
    await new(one.officer, "Nút này không còn dùng được", since)
