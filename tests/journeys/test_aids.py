"""What helps the team at work: steps that are ticked, replies that are ready, notes, what happened, and its proof."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.incidents import EventKind
from bot.domain.people import Role
from storage import chain, events, people
from tests.conftest import Stage
from tests.jobs.records import rests
from tests.journeys.steps import log_of, new
from tests.journeys.working import Case, labels, taken
from tests.people import Person, visible

STEP = "Hỏi đã gọi ngân hàng khóa giao dịch chưa"


async def _file(one: Case, who: Person) -> None:
    """Open the case file in private."""
    since = len(who.messages)
    await who.starts(f"w-file-{(await one.stands()).id}")
    await new(who, "Hồ sơ SC-", since)


async def _leaf(one: Case, who: Person, label: str, words: str) -> None:
    await _file(one, who)
    await who.presses(label, under="Hồ sơ SC-")
    await who.sees(words)


async def test_steps_are_ticked_by_whoever_did_them_and_counted_on_the_card(running_stage: Stage) -> None:
    one = await taken(running_stage)
    other = await running_stage.staff("Vũ Thị Hà", Role.RESPONDER)
    running_stage.telegram.joins(other.user, one.team.chat)
    for member in (one.officer, other):
        await _leaf(one, member, "Việc cần làm", "Đã xong 0/9 việc")
    page = one.officer.messages[-1]
    for words in ("Phát hiện, xác định sự cố", "Xác minh nguyên nhân", f"☐ 3. {STEP}"):
        assert words in page.text
    # Both press the same number at once: one tick, not one and its opposite.
    presses = [running_stage.telegram.presses(member.user, member.messages[-1], "3") for member in (one.officer, other)]
    await running_stage.telegram.until(lambda: all(press.answers for press in presses))
    assert all(STEP in (press.answers[0][0] or "") for press in presses)
    await other.presses("1", under="Việc cần làm")
    done = await other.sees("Đã xong 2/9 việc")
    assert f"☑ 3. {STEP}" in done.text
    assert "(Vũ Thị Hà, " in done.text
    await one.shows("Việc cần làm: 2/9 việc")
    await other.presses("✓ 3", under="Việc cần làm")
    await other.sees("Đã xong 1/9 việc")
    await one.shows("Việc cần làm: 1/9 việc")
    await _file(one, one.officer)
    assert "Việc cần làm: 1/9 việc" in one.officer.messages[-1].text
    kinds = await log_of(running_stage, one.code)
    assert (kinds.count(EventKind.TICKED), kinds.count(EventKind.UNTICKED)) == (2, 1)
    assert all("việc" not in visible(message) for message in one.reporter.messages[-1:])
    # A step of a list that is no more stays readable, in the words that were ticked.
    async with running_stage.bot.store.transaction() as tx:
        said = {"step": "no_more", "words": "Việc của danh sách năm ngoái"}
        incident = await one.stands()
        await events.append(tx, incident.id, EventKind.TICKED, running_stage.clock.now(), None, said)
    auditor = await running_stage.staff("Người kiểm tra", Role.AUDITOR)
    await _leaf(one, auditor, "Việc cần làm", "Đã xong 1/9 việc")
    assert labels(auditor.messages[-1]) == ["Về hồ sơ"]
    assert "danh sách cũ\nViệc của danh sách năm ngoái (hệ thống, " in auditor.messages[-1].text


async def test_a_ready_reply_is_looked_at_exactly_as_it_is_read_and_goes_out_once(running_stage: Stage) -> None:
    one = await taken(running_stage)
    await _leaf(one, one.officer, "Nhắn người báo", "Chọn câu soạn sẵn")
    assert labels(one.officer.messages[-1])[0] == "Gọi ngân hàng ngay"
    await one.officer.presses("Đang xử lý, hẹn báo lại", under="Chọn câu soạn sẵn")
    preview = await one.officer.sees("Người báo sẽ đọc đúng như sau")
    shown = preview.text  # the message changes as soon as the reply is sent
    assert "{" not in shown
    before = len(one.reporter.messages)
    sent = [running_stage.telegram.presses(one.officer.user, preview, "Gửi cho người báo") for _ in range(2)]
    await running_stage.telegram.until(lambda: all(press.answers for press in sent))
    told = await one.reporter.sees("đang xử lý tin báo")
    assert told.text in shown
    assert told.text.startswith(f"{one.code} · Cán bộ trực 01 nhắn:")
    await one.officer.sees("Đã chuyển lời nhắn")
    await rests(running_stage)
    assert len(one.reporter.messages) == before + 1
    line = await one.team.sees("nhắn người báo:")
    assert one.officer.user.name in line.text
    assert (await log_of(running_stage, one.code)).count(EventKind.RELAYED) == 1


async def test_what_was_looked_at_too_long_ago_is_shown_anew_and_may_be_reworded(running_stage: Stage) -> None:
    one = await taken(running_stage)
    await _leaf(one, one.officer, "Nhắn người báo", "Chọn câu soạn sẵn")
    press = await one.officer.presses("Mời gọi điện", under="Chọn câu soạn sẵn")
    assert "chưa công bố số điện thoại đầu mối" in (press.answers[0][0] or "")
    await one.officer.presses("Đang xử lý, hẹn báo lại", under="Chọn câu soạn sẵn")
    await one.officer.sees("Người báo sẽ đọc đúng như sau")
    before = len(one.reporter.messages)
    running_stage.clock.move(minutes=31)
    press = await one.officer.presses("Gửi cho người báo", under="Xem trước")
    assert "vừa đổi" in (press.answers[0][0] or "")
    since = len(one.officer.messages)
    await one.officer.presses("Sửa trước khi gửi", under="Xem trước")
    assert "Chậm nhất" in (await new(one.officer, "Bấm vào khung", since)).text
    await new(one.officer, "Anh/Chị nhắn gì cho người báo", since)
    since = len(one.officer.messages)
    await one.officer.says("Sáng mai chúng tôi gọi lại, Anh/Chị giữ máy giúp")
    await new(one.officer, "đúng rồi thì gửi", since)
    assert all("Sáng mai" not in message.text for message in one.reporter.messages[before:])
    await one.officer.presses("Gửi", under="đúng rồi thì gửi")
    assert "nhắn:\nSáng mai chúng tôi gọi lại" in (await one.reporter.sees("Sáng mai chúng tôi gọi lại")).text


async def test_notes_and_what_happened_are_read_in_pages_and_taken_out_as_a_file(running_stage: Stage) -> None:
    one = await taken(running_stage)
    incident = await one.stands()
    officer = await _id_of(running_stage, one.officer)
    async with running_stage.bot.store.transaction() as tx:
        for number in range(1, 13):
            now = running_stage.clock.now() + timedelta(seconds=number)
            said = {"text": f"Ghi chú số {number}: đã gọi 0912 345 678, xem https://vidu.example/a"}
            await events.append(tx, incident.id, EventKind.NOTED, now, officer, said)
    await _leaf(one, one.officer, "Xem ghi chú", "Ghi chú số 12")
    notes = await one.officer.sees("Ghi chú nội bộ")
    assert notes.protected
    assert notes.text.index("Ghi chú số 12") < notes.text.index("Ghi chú số 3:")
    assert "0912 345 678, xem hxxps" in notes.text
    await one.officer.presses("Trang sau ›", under="Ghi chú nội bộ")
    await one.officer.sees("Ghi chú số 1:")

    await _leaf(one, one.officer, "Diễn biến", "Mới nhất ở trên")
    page = await one.officer.sees("Diễn biến · ")
    assert page.protected
    assert f"{one.officer.user.name} ghi chú nội bộ: Ghi chú số 12: đã gọi 0912 345 678" in page.text
    await one.officer.presses("Trang sau ›", under="Diễn biến")
    first = await one.officer.sees("người báo gửi tin báo: Có người xưng công an")
    assert f"{one.officer.user.name} nhận xử lý" in first.text

    expert = await running_stage.staff("Phan Nhật Quang", Role.EXPERT)
    running_stage.telegram.joins(expert.user, one.team.chat)
    await _leaf(one, expert, "Diễn biến", "Mới nhất ở trên")
    assert "0912" not in visible(expert.messages[-1])
    since = len(expert.messages)
    await expert.presses("Tải tệp diễn biến", under="Diễn biến")
    message = await new(expert, "Diễn biến SC-", since)
    assert message.file is not None
    assert isinstance(message.file.source, bytes)
    text = message.file.source.decode("utf-8-sig")
    async with running_stage.bot.store.reading() as tx:
        total = await events.last_number(tx, incident.id)
    for words in (f"DIỄN BIẾN SỰ CỐ {one.code}\r\n", "Ghi chú số 7", "đã được che", "khớp từ đầu đến cuối"):
        assert words in text
    assert "0912" not in text
    assert f"\r\n{total - 1}. " in text
    assert text.count(" ghi chú nội bộ: ") == 12


async def test_a_log_is_proved_and_a_changed_event_is_named(running_stage: Stage) -> None:
    one = await taken(running_stage)
    incident = await one.stands()
    async with running_stage.bot.store.reading() as tx:
        head = await chain.head(tx, incident.id)
    since = len(one.officer.messages)
    await one.officer.says(f"/xacminh {one.code}")
    proof = await new(one.officer, "nguyên vẹn", since)
    assert f"Mốc đầy đủ: {head}" in proof.text
    await one.team.says(one.officer, "/xacminh")
    assert "Gõ kèm mã sự cố" in (await one.team.sees("Gõ kèm mã")).text
    await one.team.says(one.officer, f"/xacminh {one.code}")
    in_group = await one.team.sees("nguyên vẹn")
    assert head[:12] in in_group.text
    assert head not in in_group.text
    # An answer to the proof is talk among colleagues.
    before = len(one.reporter.messages)
    await one.officer.replies(in_group, "May quá, cảm ơn cả đội")
    await rests(running_stage)
    assert len(one.reporter.messages) == before
    async with running_stage.bot.store.transaction() as tx:
        await tx.run("UPDATE events SET actor = 'ai khác' WHERE incident = :i AND number = 2", {"i": incident.id})
    await one.team.says(one.officer, f"/xacminh {one.code}")
    broken = await one.team.sees("không khớp")
    assert "tại sự kiện số 2" in broken.text
    assert "Dòng này đã bị sửa" in broken.text
    assert "1 sự kiện trước đó đều khớp" in broken.text
    since = len(one.officer.messages)
    await one.officer.says("/xacminh SC-2026-999999")
    await new(one.officer, "Không có sự cố nào mang mã này", since)
    since = len(one.reporter.messages)
    await one.reporter.says(f"/xacminh {one.code}")
    await new(one.reporter, "Việc này chỉ người được giao", since)


async def _id_of(stage: Stage, person: Person) -> str:
    async with stage.bot.store.reading() as tx:
        known = await people.find(tx, person.user.id)
    assert known is not None
    return known.id
