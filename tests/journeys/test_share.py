"""`/chiase`: a text that can be forwarded, and a picture whose code leads to the bot."""

from __future__ import annotations

import io

import pytest
import segno
from PIL import Image

from bot.demo import USERNAME
from bot.domain.people import Role
from bot.services.reporting.posters import INK, code_grid
from tests.conftest import Stage
from tests.journeys.steps import asks, new
from tests.people import Person

LINK = f"https://t.me/{USERNAME}"


def matrix_in(picture: bytes, link: str) -> list[list[int]]:
    """The modules of the code in the picture, read at the middle of each."""
    sheet = Image.open(io.BytesIO(picture)).convert("RGB")
    left, top, module, side = code_grid(link)
    middle = module // 2
    return [
        [
            int(sheet.getpixel((left + column * module + middle, top + row * module + middle)) == INK)
            for column in range(side)
        ]
        for row in range(side)
    ]


async def poster_for(person: Person) -> bytes:
    since = len(person.messages)
    await person.says("/chiase")
    await new(person, "Bị lừa qua mạng", since)
    picture = await new(person, "chuyển tin và ảnh này", since)
    assert picture.photo is not None
    return picture.photo


async def test_the_picture_s_code_is_the_code_of_the_bot_s_link(stranger: Person) -> None:
    picture = await poster_for(stranger)
    assert Image.open(io.BytesIO(picture)).format == "PNG"
    assert matrix_in(picture, LINK) == [list(row) for row in segno.make_qr(LINK, error="m").matrix]


async def test_the_text_names_the_bot_and_can_be_forwarded(running_stage: Stage, stranger: Person) -> None:
    text = await asks(stranger, "/chiase", "Bị lừa qua mạng")
    assert LINK in text.text
    assert not text.protected
    friend = running_stage.telegram.group("Gia đình", members=[stranger.user], with_bot=False)
    running_stage.telegram.forwards(stranger.user, friend, text)


async def test_the_text_promises_no_phone_before_one_is_published(running_stage: Stage, stranger: Person) -> None:
    assert "chưa được công bố" in (await asks(stranger, "/chiase", "Bị lừa qua mạng")).text


async def test_a_published_contact_point_changes_text_and_picture(running_stage: Stage, stranger: Person) -> None:
    before = await poster_for(stranger)
    department = await running_stage.staff("Đinh Thị Kim Oanh", Role.STANDING_UNIT)
    await asks(department, "/capnhatdaumoi", "Số điện thoại nào")
    await asks(department, "0912 345 678", "email của đầu mối")
    await department.presses("Bỏ qua", under="email của đầu mối")
    await department.presses("Cả ngày lẫn đêm")
    await department.presses("Bỏ qua", under="đăng ở trang nào")
    await department.presses("Hôm nay", under="Công bố ngày nào")
    await department.presses("Gửi", under="kiểm tra kỹ")
    await department.sees("Đã công bố")
    after = await poster_for(stranger)
    assert after != before
    assert matrix_in(after, LINK) == matrix_in(before, LINK)
    assert "0912 345 678" in (await asks(stranger, "/chiase", "Bị lừa qua mạng")).text


@pytest.mark.parametrize("faults", [1, 2])
async def test_a_picture_that_failed_comes_all_the_same(running_stage: Stage, stranger: Person, faults: int) -> None:
    running_stage.telegram.fails("429", "sendPhoto", stranger.chat, times=faults, retry_after=1)
    assert matrix_in(await poster_for(stranger), LINK)


async def test_in_english_the_words_are_english(stranger: Person) -> None:
    await asks(stranger, "/ngonngu", "English")
    await stranger.presses("English")
    await stranger.sees("English")
    since = len(stranger.messages)
    await stranger.says("/chiase")
    text = await new(stranger, LINK, since)
    assert "Bị lừa" not in text.text
