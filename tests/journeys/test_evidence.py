"""Evidence as people meet it: refused in words, fetched, listed with its hash, seen in private, gone when withdrawn."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp

from bot.domain.evidence import place_of
from bot.domain.people import PERMISSIONS, Permission, Role
from bot.domain.policy import Intake
from bot.domain.presses import See
from bot.playground.chats import Message
from bot.playground.files import Synthetic
from bot.playground.media import Item
from tests.conftest import Stage
from tests.journeys.pieces import (
    NOTICE,
    PDF,
    YES,
    fetched,
    folder,
    on_disk,
    paper,
    pieces,
    states,
    swept,
    taken_in,
    told,
    tried,
)
from tests.journeys.walks import STALE, WHEN, files, happened, incident, quiet, rows, sends, tells, toast
from tests.people import Person, Team, code_in

MB = 1024 * 1024
SEE = "Xem (riêng)"


async def sends_to(stage: Stage, reporter: Person, name: str = "a.pdf", content: Any = PDF, **more: Any) -> Message:
    """A document for the incident that the reporter has filed."""
    message = await reporter.sends_document(name, content, more.pop("mime", "application/pdf"), **more)
    await taken_in(stage)
    return message


def asked_for_files(stage: Stage) -> list[object]:
    return [call for call in stage.telegram.calls if call.method == "getFile"]


async def protected(who: Person) -> list[Message]:
    return [message for message in who.messages if message.protected]


# What is not fetched --------------------------------------------------------------------------------------------------

UNWELCOME = {
    "hoadon.apk": ("application/vnd.android.package-archive", "chương trình"),
    "cai-dat.exe": ("application/octet-stream", "chương trình"),
    "anh.zip": ("application/zip", "tệp nén"),
    "may-chu.evtx": ("application/octet-stream", "nhật ký"),
    "luong.xlsm": ("application/octet-stream", "macro"),
    "anh.exe.jpg": ("image/jpeg", "che giấu"),
    "../../etc/passwd": ("text/plain", "che giấu"),
    "anh\u202egpj.exe": ("image/jpeg", "che giấu"),
}


async def test_what_may_do_harm_is_not_fetched_and_the_other_way_is_told(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    code = await files(reporter)
    for name, (mime, why) in UNWELCOME.items():
        await sends_to(running_stage, reporter, name, mime=mime)
        said = reporter.last.text
        assert "Không nhận ở kênh này" in said
        assert why in said
        assert "Anh/Chị" in said
        kept = (await pieces(running_stage))[-1]
        assert (kept["state"], kept["size"], kept["mime"]) == ("listed", len(PDF), mime)
        assert "/" not in kept["name"]
    assert asked_for_files(running_stage) == []
    assert await happened(running_stage, code) == ["filed", *["received"] * len(UNWELCOME)]


async def test_a_file_over_twenty_megabytes_is_refused_in_words_before_anything_fails(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await files(reporter)
    await sends_to(running_stage, reporter, "camera.mp4", paper(100), mime="video/x", size=20 * MB + 1)
    said = await reporter.sees("Không nhận ở kênh này")
    assert "20 MB" in said.text
    assert "trao trực tiếp" in said.text
    assert asked_for_files(running_stage) == []
    assert await states(running_stage) == ["listed"]


async def test_the_team_hears_of_a_file_that_is_not_taken_in_and_reads_its_name_in_private_alone(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    await tells(reporter)
    await sends_to(running_stage, reporter, "vneid-cua-man.exe", mime="application/octet-stream")
    await reporter.presses("Gửi ngay", WHEN)
    line = await team.sees("không tải về")
    assert "chương trình" in line.text
    await sends_to(running_stage, reporter, "phim.mp4", paper(100), mime="video/x", size=20 * MB + 1)
    await team.sees("Tệp lớn hơn 20 MB")
    assert not any("vneid-cua-man" in message.text for message in team.messages)
    await team.presses(responder, "Xem (riêng)", "không tải về")
    shown = await responder.sees("vneid-cua-man.exe")
    assert "phim.mp4" in shown.text


async def test_an_album_of_programs_is_answered_once(running_stage: Stage, reporter: Person, team: Team) -> None:
    await files(reporter)
    await reporter.sends_album([Item("document", name=f"{number}.exe") for number in range(5)])
    await quiet(running_stage)
    assert await states(running_stage) == ["listed"] * 5
    assert len([message for message in reporter.messages if "Không nhận ở kênh này" in message.text]) == 1


async def test_a_program_that_says_to_be_a_paper_is_noticed_and_not_kept(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await files(reporter)
    await sends_to(running_stage, reporter, "hoa-don.pdf", Synthetic(3 * MB, head=b"MZ\x90"))
    said = await reporter.sees("Không nhận ở kênh này")
    assert "chương trình" in said.text
    assert [one["state"] for one in await fetched(running_stage)] == ["listed"]
    assert on_disk(running_stage) == {}


async def test_a_picture_that_is_none_is_not_kept(running_stage: Stage, reporter: Person, team: Team) -> None:
    await tells(reporter)
    await reporter.sends_photo(b"no picture at all")
    await reporter.presses(YES, NOTICE)
    assert "không đúng loại" in (await reporter.sees("Không nhận ở kênh này")).text
    (kept,) = await fetched(running_stage)
    assert (kept["state"], kept["failure"]) == ("listed", "wrong_type")
    assert on_disk(running_stage) == {}


async def test_a_file_of_nothing_is_refused(running_stage: Stage, reporter: Person, team: Team) -> None:
    await files(reporter)
    await sends_to(running_stage, reporter, "a.pdf", b"")
    assert "trống" in (await reporter.sees("Không nhận ở kênh này")).text
    await sends_to(running_stage, reporter, "b.pdf", b"", size=7)
    await reporter.sees("Chưa lưu được: b.pdf")
    assert [one["state"] for one in await fetched(running_stage)] == ["listed", "failed"]


async def test_the_policy_lets_confirmed_officers_send_programs(stage: Stage) -> None:
    stage.policy = stage.policy.model_copy(update={"intake": Intake(officers_send_programs=True)})
    await stage.start()
    citizen, officer = stage.person("Người dân"), await stage.staff("Cán bộ sở", Role.AGENCY_CONTACT)
    for sender in (citizen, officer):
        await sender.says("/baosuco")
        await sender.sees("Anh/Chị đang gặp chuyện gì" if sender is citizen else "Câu 1/")
        await sends_to(stage, sender, "mau.exe", Synthetic(5000, head=b"MZ"), mime="application/octet-stream")
    assert [one["state"] for one in await fetched(stage)] == ["listed", "stored"]


async def test_an_officer_is_shown_the_official_way(running_stage: Stage) -> None:
    officer = await running_stage.staff("Cán bộ sở", Role.AGENCY_CONTACT)
    await officer.says("/baosuco")
    await officer.sees("Câu 1/")
    await sends_to(running_stage, officer, "nhat-ky.log", mime="text/plain")
    assert "thư công vụ" in (await officer.sees("Không nhận ở kênh này")).text


async def test_names_and_captions_pass_the_guard_before_they_are_stored(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await files(reporter)
    await sends_to(running_stage, reporter, "the 4111 1111 1111 1111.pdf", caption="mật khẩu: Abc@12345")
    (kept,) = await fetched(running_stage)
    assert "4111" not in kept["name"]
    stored = b"".join(path.read_bytes() for path in running_stage.folder.rglob("*") if path.is_file())
    assert b"4111 1111 1111 1111" not in stored
    assert b"Abc@12345" not in stored


# What is fetched ------------------------------------------------------------------------------------------------------


async def test_a_file_lies_under_its_hash_and_the_list_shows_that_hash(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    code = await files(reporter)
    message = await sends_to(running_stage, reporter, "bien-lai.pdf", paper(300_000))
    assert message.file is not None
    (kept,) = await fetched(running_stage)
    digest = message.file.sha256()
    assert on_disk(running_stage) == {digest: digest}
    stored = place_of(folder(running_stage), digest)
    assert stored.stat().st_mode & 0o777 == 0o600
    assert {path.stat().st_mode & 0o777 for path in (stored.parent, folder(running_stage))} == {0o700}
    assert (kept["state"], kept["sha256"], kept["size"]) == ("stored", digest, 300_000)
    assert await happened(running_stage, code) == ["filed", "received", "fetched"]
    await team.presses(responder, "Chi tiết (riêng)", "Tình trạng")
    listed = await responder.sees("tệp gửi kèm")
    assert listed.protected
    for words in ("bien-lai.pdf", "293 KB", "application/pdf", "người báo gửi", "đã lưu", digest):
        assert words in listed.text


async def test_who_may_not_see_evidence_reads_no_list(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    code = await files(reporter)
    await sends_to(running_stage, reporter)
    await fetched(running_stage)
    auditor = await running_stage.staff("Kiểm tra", Role.AUDITOR)
    await auditor.says(f"/tracuu {code}")
    await auditor.presses("Chi tiết (riêng)", code)
    await auditor.sees("lời kể")
    assert auditor.showing("tệp gửi kèm") is None
    assert auditor.showing("SHA-256") is None


async def test_a_reporter_reads_how_many_files_have_come(running_stage: Stage, reporter: Person, team: Team) -> None:
    code = await files(reporter)
    for name in ("a.pdf", "b.pdf", "c.exe"):
        await sends_to(running_stage, reporter, name)
    await reporter.says(f"/tracuu {code}")
    await reporter.sees("đã nhận 2 tệp")


async def test_what_came_with_the_story_is_told_to_the_team_in_one_line(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await tells(reporter)
    for name in ("a.pdf", "b.pdf"):
        await reporter.sends_document(name, PDF, "application/pdf")
    running_stage.telegram.sends_voice(reporter.user, reporter.chat)
    await taken_in(running_stage)
    await reporter.presses("Gửi ngay", WHEN)
    line = await team.sees("Người báo gửi 2 tệp, 1 tin thoại")
    assert [key["text"] for row in line.keys for key in row] == [SEE]


# Seeing it ------------------------------------------------------------------------------------------------------------


async def test_files_are_sent_in_private_protected_and_each_opening_is_an_event(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    code = await files(reporter)
    await reporter.sends_photo()
    await reporter.presses(YES, NOTICE)
    await sends_to(running_stage, reporter, "bien-lai.pdf", paper(5000))
    await sends_to(running_stage, reporter, "hoadon.apk")
    await fetched(running_stage)
    press = await team.presses(responder, SEE, "Người báo gửi")
    assert "tin nhắn riêng" in toast(press)
    await responder.sees("hoadon.apk: không tải về")
    shown = [message for message in await protected(responder) if message.file is not None]
    assert [message.kind for message in shown] == ["photo", "document"]
    assert all(code in message.text for message in shown)
    events = await happened(running_stage, code)
    assert events.count("viewed") == 2
    assert not [message for message in team.messages if message.file is not None]


async def test_a_file_that_telegram_has_lost_is_sent_from_our_own_disk(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    code = await files(reporter)
    message = await sends_to(running_stage, reporter, "bien-lai.pdf", paper(700_000))
    await fetched(running_stage)
    assert message.file is not None
    running_stage.telegram.forgets(message)
    await team.presses(responder, SEE, "Người báo gửi")
    shown = await responder.sees(f"{code} · bien-lai.pdf")
    assert shown.file is not None
    assert shown.file is not message.file
    assert (shown.file.sha256(), shown.file.name) == (message.file.sha256(), "bien-lai.pdf")
    assert shown.protected


async def test_many_files_are_shown_ten_at_a_time(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    await files(reporter)
    for number in range(12):
        await reporter.sends_document(f"{number}.pdf", PDF + bytes([number]), "application/pdf")
    await fetched(running_stage)
    await team.presses(responder, SEE, "Người báo gửi")
    await responder.sees("Còn tệp chưa xem")
    assert len([message for message in responder.messages if message.file]) == 10
    await responder.presses("Xem tiếp")
    await responder.sees("11.pdf")
    assert len([message for message in responder.messages if message.file]) == 12


async def test_nobody_else_sees_a_file_whatever_they_press(running_stage: Stage, reporter: Person, team: Team) -> None:
    code = await files(reporter)
    await sends_to(running_stage, reporter)
    await fetched(running_stage)
    identifier = (await incident(running_stage, code))["id"]
    for role in set(Role) - PERMISSIONS[Permission.SEE_EVIDENCE]:
        other = await running_stage.staff(f"Người khác {role}", role)
        await other.says("/trogiup")
        await quiet(running_stage)
        assert toast(await other.forges(See(identifier).data()))
        await quiet(running_stage)
        assert [message for message in other.messages if message.file] == []
    assert "viewed" not in await happened(running_stage, code)


async def test_a_forged_incident_shows_nothing(running_stage: Stage, team: Team, responder: Person) -> None:
    await responder.says("/trogiup")
    await quiet(running_stage)
    assert STALE in toast(await responder.forges(See("0" * 20).data()))


async def test_a_file_that_is_still_coming_is_told_so(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    await files(reporter)
    running_stage.telegram.fails("drop_before", "getFile")
    await sends_to(running_stage, reporter, "bien-lai.pdf")
    await told(running_stage, "unreachable")
    await team.presses(responder, SEE, "Người báo gửi")
    await responder.sees("bien-lai.pdf: đang tải về")


async def test_the_web_port_serves_no_file(running_stage: Stage, reporter: Person, team: Team) -> None:
    await files(reporter)
    message = await sends_to(running_stage, reporter)
    await fetched(running_stage)
    assert message.file is not None
    digest = message.file.sha256()
    paths = [
        f"evidence/{digest[:2]}/{digest}",
        f"files/evidence/{digest[:2]}/{digest}",
        f"{digest[:2]}/{digest}",
        digest,
        "evidence/",
        "..%2ffiles%2fevidence",
        "healthz/..%2f..%2ffiles",
    ]
    async with aiohttp.ClientSession() as session:
        for path in paths:
            async with session.get(f"http://127.0.0.1:{running_stage.bot.port}/{path}") as answer:
                assert answer.status in (403, 404, 405), path


async def test_links_are_shown_defanged_and_no_message_has_a_preview(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    code = await files(reporter, "Họ bảo tôi vào https://vneid-gov.com/dang-nhap rồi nhập hết thông tin")
    await sends_to(running_stage, reporter, caption="Trang đó đây: https://vneid-gov.com/x")
    line = await team.sees("Trang đó đây")
    assert "hxxps://vneid-gov[.]com/x" in line.text
    assert "https://vneid-gov.com" not in (await team.sees(code)).text
    await team.presses(responder, "Chi tiết (riêng)", "Tình trạng")
    assert "hxxps://vneid-gov[.]com/dang-nhap" in (await responder.sees("lời kể")).text
    assert "hxxps://vneid-gov[.]com/x" in (await responder.sees("nhắn thêm")).text
    assert not any("https://vneid-gov" in message.text for message in responder.messages)
    calls = [call for call in running_stage.telegram.calls if call.method in ("sendMessage", "editMessageText")]
    assert len(calls) > 5
    assert all("is_disabled" in str(call.params.get("link_preview_options")) for call in calls)


# When something is in the way -----------------------------------------------------------------------------------------


async def test_a_file_that_telegram_has_no_more_is_told_to_whoever_sent_it_and_to_the_owner(
    running_stage: Stage, reporter: Person, team: Team, responder: Person
) -> None:
    code = await files(reporter)
    await team.presses(responder, "Nhận xử lý", "Tình trạng")
    running_stage.telegram.fails("unavailable", times=None)
    await sends_to(running_stage, reporter, "bien-lai.pdf")
    await told(running_stage, "gone")
    for times in (2, 3):
        running_stage.clock.move(minutes=10)
        await tried(running_stage, times)
    assert [one["state"] for one in await fetched(running_stage)] == ["failed"]
    assert "không còn giữ" in (await reporter.sees("Chưa lưu được: bien-lai.pdf")).text
    await responder.sees(f"{code}: chưa lưu được bien-lai.pdf")


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """The disk takes no more than that of one file: a real error of the operating system."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_is_told_once_and_the_file_comes_when_there_is_room(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    admin = await running_stage.staff("Quản trị", Role.ADMIN)
    await files(reporter)
    with files_no_longer_than(7 * MB):
        message = await sends_to(running_stage, reporter, "camera.pdf", paper(9 * MB))
        await reporter.sees("máy chủ đang hết chỗ")
        await admin.sees("Không ghi được tệp")
        assert on_disk(running_stage) == {}
        running_stage.clock.move(minutes=6)
        await told(running_stage, "disk")
    running_stage.clock.move(minutes=6)
    (kept,) = await fetched(running_stage)
    assert message.file is not None
    assert (kept["state"], kept["failure"]) == ("stored", None)
    assert on_disk(running_stage) == {message.file.sha256(): message.file.sha256()}
    assert len([said for said in reporter.messages if "hết chỗ" in said.text]) == 1
    assert len([said for said in admin.messages if "Không ghi được tệp" in said.text]) == 1


# What goes ------------------------------------------------------------------------------------------------------------


async def withdraws(person: Person) -> None:
    await person.says("/riengtu")
    await person.presses("Rút lại đồng ý")
    await person.sees("Đã rút lại mọi sự đồng ý")


async def test_withdrawing_the_consent_removes_rows_and_files_and_asks_anew(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    code = await files(reporter)
    await reporter.sends_photo()
    await reporter.presses(YES, NOTICE)
    document = await sends_to(running_stage, reporter)
    await fetched(running_stage)
    assert document.file is not None
    assert len(on_disk(running_stage)) == 2
    await withdraws(reporter)
    await swept(running_stage)
    assert list(on_disk(running_stage)) == [document.file.sha256()]
    assert [one["kind"] for one in await pieces(running_stage)] == ["document"]
    await reporter.sends_photo()
    await quiet(running_stage)
    assert await states(running_stage) == ["stored", "asked"]
    assert (await happened(running_stage, code))[:2] == ["filed", "received"]


async def test_a_file_that_another_row_needs_stays(
    running_stage: Stage, reporter: Person, stranger: Person, team: Team
) -> None:
    picture = Synthetic(4000, head=b"\xff\xd8\xff\xe0")
    for person in (reporter, stranger):
        await files(person)
        await person.sends_photo(picture)
        await person.presses(YES, NOTICE)
    first, second = await fetched(running_stage)
    assert first["sha256"] == second["sha256"]
    await withdraws(reporter)
    await swept(running_stage)
    assert list(on_disk(running_stage)) == [first["sha256"]]
    await withdraws(stranger)
    await swept(running_stage)
    assert on_disk(running_stage) == {}


async def test_a_cancelled_report_takes_its_files_along(running_stage: Stage, reporter: Person) -> None:
    await tells(reporter)
    await sends_to(running_stage, reporter)
    await fetched(running_stage)
    await reporter.presses("Huỷ", WHEN)
    await reporter.sees("không có gì được gửi đi")
    await swept(running_stage)
    assert await pieces(running_stage) == []
    assert on_disk(running_stage) == {}


async def test_a_file_of_a_draft_belongs_to_the_incident_when_it_is_filed(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await tells(reporter)
    await sends_to(running_stage, reporter)
    await fetched(running_stage)
    await reporter.presses("Gửi ngay", WHEN)
    code = code_in(await reporter.sees("Mã sự cố"))
    (kept,) = await rows(running_stage, "SELECT incident FROM evidence")
    assert kept["incident"] == (await incident(running_stage, code))["id"]
    assert "received" in await happened(running_stage, code)


async def test_the_receipt_says_that_pictures_still_wait_for_an_answer(
    running_stage: Stage, reporter: Person, team: Team
) -> None:
    await tells(reporter)
    await reporter.sends_photo(caption="Ảnh chụp màn hình")
    await reporter.sees("Tôi đã che, đồng ý gửi")
    await reporter.presses("Gửi ngay", WHEN)
    assert "chưa được kèm vào tin báo" in (await reporter.sees("Mã sự cố")).text
    await reporter.presses("Tôi đã che, đồng ý gửi")
    assert "1 ảnh" in (await team.sees("Người báo gửi")).text


async def test_the_whole_form_files_its_evidence_too(running_stage: Stage, reporter: Person, team: Team) -> None:
    await tells(reporter)
    await sends_to(running_stage, reporter)
    await reporter.presses("Không rõ", "Chuyện xảy ra khi nào")
    await reporter.presses("Bỏ qua", "Câu 4/")
    await reporter.presses("Không, tôi báo ẩn danh", "để lại số điện thoại")
    code = await sends(reporter)
    assert [one["incident"] for one in await fetched(running_stage)] == [(await incident(running_stage, code))["id"]]
