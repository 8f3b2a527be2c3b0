"""The guard from the first byte on: secrets never reach disk or log; forged, old and foreign keys change nothing."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from dataclasses import fields
from io import StringIO

import pytest

from bot.domain.people import Role
from bot.domain.presses import PRESSES, Providers
from bot.domain.questions import Act
from bot.logs import Formatter
from tests.conftest import Stage
from tests.journeys.walks import (
    CLUES,
    CONTACT,
    KIND,
    STALE,
    STORY,
    WHEN,
    begins,
    data_of,
    files,
    incident,
    is_on_disk,
    quiet,
    rows,
    standing_of,
    tells,
    toast,
)
from tests.people import Person, Team, code_in

PRIVATE_KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAr7Zkq1Vd\nX9cQw8\n-----END RSA PRIVATE KEY-----"
# What is said, the part that must never be stored, and the kind that the person is told.
SECRETS = {
    "password": ("Tôi lỡ đưa cho họ mật khẩu là Hoasua@1987 rồi", "Hoasua@1987", "mật khẩu"),
    "otp": ("Họ bảo tôi đọc mã OTP 482915 rồi trừ hết tiền của tôi", "482915", "mã OTP"),
    "card": ("Tôi nhập số thẻ 4111 1111 1111 1111 vào trang đó", "1111 1111 1111", "số thẻ ngân hàng"),
    "cccd": ("Tôi gửi cho họ số CCCD 036185001234 của tôi rồi", "036185001234", "số căn cước công dân"),
    "key": (f"Kẻ gian gửi cho tôi tệp này, nhờ xem giúp\n{PRIVATE_KEY}", "MIIEowIBAAKCAQEAr7Zkq1Vd", "khóa bí mật"),
    "stamp": ("TỐI MẬT\nKế hoạch bảo vệ hệ thống của tỉnh năm nay như sau", "TỐI MẬT", "dòng ghi độ mật"),
}


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Everything that is logged, ours down to the smallest, as the program writes it and as it was meant."""
    stream = StringIO()
    handlers = [logging.StreamHandler(stream), logging.StreamHandler(stream)]
    handlers[0].setFormatter(Formatter())
    root = logging.getLogger()
    loggers = [root, *map(logging.getLogger, ("bot", "handlers", "jobs", "storage", "locales"))]
    levels = [one.level for one in loggers]
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(logging.INFO)
    for ours in loggers[1:]:
        ours.setLevel(logging.DEBUG)
    yield stream
    for handler in handlers:
        root.removeHandler(handler)
    for one, level in zip(loggers, levels, strict=True):
        one.setLevel(level)


@pytest.mark.parametrize("secret", SECRETS)
async def test_a_secret_in_a_story_is_never_written_and_the_form_goes_on(
    running_stage: Stage, reporter: Person, team: Team, log: StringIO, secret: str
) -> None:
    said, hidden, kind = SECRETS[secret]
    await begins(reporter)
    written = await reporter.says(said)
    told = await reporter.sees("không được lưu")
    assert kind in told.text
    assert hidden not in told.text
    await reporter.sees(WHEN)
    assert not await is_on_disk(running_stage, hidden)
    await reporter.presses("Gửi ngay", WHEN)
    await team.sees(code_in(await reporter.sees("Mã sự cố")))
    assert not await is_on_disk(running_stage, hidden)
    assert hidden not in log.getvalue()
    await running_stage.telegram.until(lambda: written.deleted)
    filed = await rows(running_stage, "SELECT facts FROM incidents")
    assert "•" in json.loads(filed[0]["facts"])["story"], "the rest is kept"


@pytest.mark.parametrize("secret", SECRETS)
async def test_a_secret_before_any_form_is_never_written(
    running_stage: Stage, reporter: Person, log: StringIO, secret: str
) -> None:
    said, hidden, kind = SECRETS[secret]
    await reporter.says(said)
    assert kind in (await reporter.sees("không được lưu")).text
    await reporter.sees(KIND)
    assert not await is_on_disk(running_stage, hidden)
    assert hidden not in log.getvalue()


async def test_several_kinds_are_named_together(reporter: Person) -> None:
    await reporter.says("Họ lấy mật khẩu là Hoasua@1987 và mã OTP 482915 của tôi")
    told = await reporter.sees("không được lưu")
    assert "mật khẩu" in told.text
    assert "mã OTP" in told.text


async def test_captions_and_file_names_are_guarded_too(running_stage: Stage, reporter: Person, log: StringIO) -> None:
    await begins(reporter)
    telegram, user, chat = running_stage.telegram, reporter.user, reporter.chat
    pictured = telegram.sends_photo(user, chat, b"x", caption="Ảnh chụp, mật khẩu là Hoasua@1987 họ bắt tôi nhập")
    await reporter.sees("không được lưu")
    telegram.sends_document(user, chat, "số thẻ 4111 1111 1111 1111.pdf", b"x")
    await quiet(running_stage)
    for hidden in ("Hoasua@1987", "1111 1111 1111"):
        assert not await is_on_disk(running_stage, hidden)
        assert hidden not in log.getvalue()
    assert pictured.deleted


async def test_an_edited_message_is_guarded_too(running_stage: Stage, reporter: Person) -> None:
    await begins(reporter)
    written = await reporter.says(STORY)
    await reporter.sees(WHEN)
    running_stage.telegram.edits(reporter.user, written, "Mật khẩu của tôi là Hoasua@1987")
    await reporter.sees("không được lưu")
    assert not await is_on_disk(running_stage, "Hoasua@1987")


async def test_a_quoted_secret_is_guarded_where_it_is_quoted(running_stage: Stage, reporter: Person) -> None:
    await running_stage.stop()
    written = running_stage.telegram.says(reporter.user, reporter.chat, "mật khẩu là Hoasua@1987")
    running_stage.telegram.updates.clear()
    await running_stage.start()
    running_stage.telegram.says(reporter.user, reporter.chat, "Tin này tôi lỡ gửi cho kẻ gian", reply_to=written)
    await reporter.sees(KIND)
    assert not await is_on_disk(running_stage, "Hoasua@1987")


async def _until(stage: Stage, sql: str) -> None:
    """Wait until a query finds something."""
    async with asyncio.timeout(10):
        while not await rows(stage, sql):
            pass


async def test_a_dead_letter_holds_no_secret(running_stage: Stage, reporter: Person, log: StringIO) -> None:
    await reporter.starts()
    await reporter.sees("Xin chào")
    admin = await running_stage.staff("Quản trị (ví dụ)", Role.ADMIN)
    poison = {
        "message": {
            "message_id": "no number",
            "date": "never",
            "chat": {"id": reporter.user.id, "type": "private", "first_name": "Mận"},
            "from": {"id": reporter.user.id, "is_bot": False, "first_name": "Mận"},
            "text": "Mật khẩu của tôi là Hoasua@1987, họ còn lấy mã OTP 482915",
        }
    }
    running_stage.telegram.injects(poison)
    for tries in (1, 2):
        await _until(running_stage, f"SELECT id FROM inbox WHERE tries = {tries} OR state = 'dead'")
        running_stage.clock.move(seconds=6)
    await _until(running_stage, "SELECT id FROM inbox WHERE state = 'dead'")
    told = await reporter.sees("Số tham chiếu")
    reference = (await rows(running_stage, "SELECT reference FROM inbox WHERE state = 'dead'"))[0]["reference"]
    assert reference in told.text
    await admin.sees(reference)
    for hidden in ("Hoasua@1987", "482915"):
        assert not await is_on_disk(running_stage, hidden)
        assert hidden not in log.getvalue()
    await reporter.says(STORY)
    await reporter.sees(KIND)
    running_stage.clock.move(days=8)
    await _until(running_stage, "SELECT id FROM inbox WHERE state = 'dead' AND body IS NULL")


# --- keys ---------------------------------------------------------------------------------------------------------


async def _cast(stage: Stage, reporter: Person, stranger: Person) -> dict[str, str]:
    """Everything that a press could name: own and other people's drafts, reports, pictures, invitations."""
    code = await files(reporter)
    await tells(reporter, "Chuyện thứ hai: có người giả làm nhân viên điện lực đòi tiền")
    stage.telegram.sends_photo(reporter.user, reporter.chat, b"x")
    await reporter.sees("dữ liệu cá nhân nhạy cảm")
    await begins(stranger)
    await quiet(stage)
    (picture,) = await rows(stage, "SELECT id FROM evidence")
    return {
        "incident": str((await incident(stage, code))["id"]),
        "draft": data_of(await reporter.sees(WHEN), "Huỷ").split(":")[1],
        "evidence": str(picture["id"]),
    }


NONSENSE = ("", "0", "-1", "yes", "anew", "99999999999999999999", "'; DROP TABLE people;--", "Đội", "%00", "../..")


PUBLISHED = {(Providers.verb, ("0",))}  # the first page of contact points that everybody may read


async def test_no_forged_press_of_any_kind_changes_anything(
    running_stage: Stage, reporter: Person, stranger: Person, team: Team
) -> None:
    known = await _cast(running_stage, reporter, stranger)
    before = await standing_of(running_stage)
    for verb, kind in PRESSES.items():
        width = len(fields(kind))
        tries = {tuple(nonsense for _ in range(width)) for nonsense in NONSENSE}
        tries |= {(name, *(nonsense for _ in range(width - 1))) for name in known.values() for nonsense in NONSENSE}
        tries |= {(name, "review", *("x",) * (width - 2)) for name in known.values() if width > 1}
        for values in sorted(tries):
            press = await stranger.forges(":".join((verb, *values))[:64])
            assert toast(press) or (verb, values) in PUBLISHED, (verb, values)
    for data in ("", ":", "f", "f:", "zz:1", "\x00", "c:" + "1" * 60, "m:report:1", "{}", "a" * 64):
        assert toast(await stranger.forges(data)) or not data
    assert await standing_of(running_stage) == before


async def test_keys_of_another_persons_form_change_nothing_in_either(
    running_stage: Stage, reporter: Person, stranger: Person
) -> None:
    known = await _cast(running_stage, reporter, stranger)
    before = await standing_of(running_stage)
    for question in ("kind", "story", "happened_at", "clues", "contact", "consent", "review"):
        for act in (*map(str, Act), "z"):
            for value in ("", "yes"):
                press = await stranger.forges(f"f:{known['draft']}:{question}:{act}:{value}")
                assert STALE in toast(press)
    for way in ("on", "anew"):
        assert STALE in toast(await stranger.forges(f"k:{known['draft']}:{way}"))
    for answer in ("yes", "no"):
        assert STALE in toast(await stranger.forges(f"i:{known['evidence']}:{answer}"))
    assert await standing_of(running_stage) == before


async def test_forged_answers_to_ones_own_form_change_nothing(running_stage: Stage, reporter: Person) -> None:
    await tells(reporter)
    message = await reporter.sees(WHEN)
    draft = data_of(message, "Huỷ").split(":")[1]
    running_stage.telegram.sends_photo(reporter.user, reporter.chat, b"x")
    await reporter.sees("dữ liệu cá nhân nhạy cảm")
    await quiet(running_stage)
    (picture,) = await rows(running_stage, "SELECT id FROM evidence")
    before = await standing_of(running_stage)
    for data in (
        f"f:{draft}:happened_at:a:tomorrow",
        f"f:{draft}:happened_at:a:",
        f"f:{draft}:happened_at:s:",
        f"f:{draft}:happened_at:d:",
        f"f:{draft}:happened_at:t:today",
        f"f:{draft}:happened_at:e:story",
        f"f:{draft}:kind:a:scam_loss",
        f"f:{draft}:review:g:",
        f"f:{draft}:review:e:phone",
        f"f:{draft}:review:t:",
        f"f:{draft}:phone:s:",
        f"f:{draft}:nothing:a:x",
        f"k:{draft}:sideways",
        f"i:{picture['id']}:maybe",
        "l:fr",
        "m:backdoor",
        "v:everything",
    ):
        assert toast(await reporter.forges(data)), data
    assert await standing_of(running_stage) == before


async def test_keys_of_a_filed_report_are_old(running_stage: Stage, reporter: Person, team: Team) -> None:
    await tells(reporter)
    asked = await reporter.sees(WHEN)
    keys = [str(key["callback_data"]) for row in asked.keys for key in row]
    await reporter.presses("Gửi ngay", WHEN)
    await reporter.sees("Mã sự cố")
    await quiet(running_stage)
    before = await standing_of(running_stage)
    for data in keys:
        assert STALE in toast(await reporter.forges(data))
    assert await standing_of(running_stage) == before
    assert not asked.keys, "the keys are taken away"


async def test_sending_twice_files_once(running_stage: Stage, reporter: Person, team: Team) -> None:
    await tells(reporter)
    await reporter.presses("Không rõ", WHEN)
    await reporter.presses("Bỏ qua", CLUES)
    await reporter.presses("Không, tôi báo ẩn danh", CONTACT)
    review = await reporter.sees("Anh/Chị xem lại")
    presses = [running_stage.telegram.presses(reporter.user, review, "Gửi") for _ in range(4)]
    await running_stage.telegram.until(lambda: all(press.answers for press in presses))
    assert sum(STALE in toast(press) for press in presses) == 3
    await reporter.sees("Mã sự cố")
    assert len(await rows(running_stage, "SELECT * FROM incidents")) == 1


async def test_nobody_outside_the_team_claims_or_reads(
    running_stage: Stage, reporter: Person, stranger: Person, team: Team
) -> None:
    code = await files(reporter)
    identifier = (await incident(running_stage, code))["id"]
    officer = await running_stage.staff("Vũ Thị Hạnh (ví dụ)", Role.AGENCY_CONTACT)
    before = await rows(running_stage, "SELECT * FROM events")
    for person in (stranger, officer, reporter):
        await person.starts()
        await person.sees("Xin chào")
        for verb in ("c", "d"):
            assert toast(await person.forges(f"{verb}:{identifier}"))
        await quiet(running_stage)
        assert STORY not in " ".join(message.text for message in person.messages if "lời kể" in message.text)
    assert await rows(running_stage, "SELECT * FROM events") == before
    running_stage.telegram.joins(stranger.user, team.chat)
    assert toast(await team.presses(stranger, "Nhận xử lý", code))
    assert (await incident(running_stage, code))["owner"] is None
