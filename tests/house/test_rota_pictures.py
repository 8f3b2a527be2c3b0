"""The week as a picture: long names keep to their cells, equal words give equal bytes, and every day has its place."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from bot.services.duty.rota_pictures import FOOT, HEAD, LINE, WIDTH, Cell, Day, Sheet, boxes, week_picture
from bot.services.reporting.posters import Box

NAMES = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
LONG = "Tôn Nữ Thị Quỳnh Như Ý Huyền Trân Nguyễn Phan Hoàng Thiên Kim"


def sheet(*cells: Cell, off: str = "") -> Sheet:
    days = tuple(Day(name, f"{23 + number}/11", off, cells) for number, name in enumerate(NAMES))
    return Sheet("Lịch trực ban", "Tuần 23/11 – 29/11/2026", days, "Lập lúc 08:00 ngày 23/11/2026")


def drawn(one: Sheet) -> Image.Image:
    return Image.open(io.BytesIO(week_picture(one))).convert("RGB")


def changed(one: Sheet, other: Sheet) -> Box | None:
    """Where two pictures of the same size differ."""
    found = ImageChops.difference(drawn(one), drawn(other)).getbbox()
    return Box(*found) if found else None


def is_inside(inner: Box, outer: Box) -> bool:
    return (
        outer.left <= inner.left
        and outer.top <= inner.top
        and inner.right <= outer.right
        and inner.bottom <= outer.bottom
    )


BLANK = sheet(Cell("07:30 – 19:30", ""), Cell("19:30 – 07:30", ""))


def with_name(name: str) -> Sheet:
    first = BLANK.days[0]
    day = replace(first, cells=(replace(first.cells[0], name=name), first.cells[1]))
    return replace(BLANK, days=(day, *BLANK.days[1:]))


@pytest.mark.parametrize("name", [LONG, "W" * 90, "Ợ Ỹ " * 40])
def test_a_name_never_leaves_its_cell(name: str) -> None:
    found = changed(with_name(name), BLANK)
    assert found is not None
    _, cell = next(boxes(BLANK.days[0], HEAD))
    assert is_inside(found, cell)


@given(st.text("ABCĐĂƯỢỹ gọp", min_size=1, max_size=60))
@settings(max_examples=5, deadline=None)
def test_whatever_somebody_is_called_the_other_shift_is_not_touched(name: str) -> None:
    found = changed(with_name(name), BLANK)
    _, cell = next(boxes(BLANK.days[0], HEAD))
    assert found is None or is_inside(found, cell)


@pytest.mark.parametrize("shifts", [1, 3])
def test_as_many_shifts_as_a_day_has_stand_in_their_own_places(shifts: int) -> None:
    one = sheet(*[Cell("07:30 – 19:30", LONG) for _ in range(shifts)], off="Nghỉ Tết Nguyên đán")
    assert drawn(one).size[0] == WIDTH
    placed = [box for _, box in boxes(one.days[0], HEAD)]
    assert len(placed) == shifts
    for number, box in enumerate(placed):
        assert box.right <= WIDTH
        assert all(other.left >= box.right or other.top >= box.bottom for other in placed[number + 1 :])


def test_an_empty_shift_and_the_one_that_runs_are_seen_at_once_and_equal_words_give_equal_bytes() -> None:
    usual, empty = Cell("07:30 – 19:30", "An"), Cell("07:30 – 19:30", "An", is_empty=True)
    running = Cell("07:30 – 19:30", "An", mark="đang trực")
    assert len({week_picture(sheet(one)) for one in (usual, empty, running, usual)}) == 3
    assert drawn(sheet(usual)).size[1] == HEAD + FOOT + 7 * (LINE + 10)
