"""The picture of a board: each standing is told by its shape, and the greatest board is a photo for Telegram."""

from __future__ import annotations

import io

from PIL import Image

from bot.domain.obligations import Standing
from bot.services.obligation.board_pictures import LABEL, LEAST, MARGIN, SHAPES, Chart, Line, Square, board_picture
from bot.services.obligation.board_sheets import MOST

NAME = "Hệ thống quản lý văn bản và điều hành, lưu trữ hồ sơ công việc dùng chung của toàn cơ quan (ví dụ)"
SIDES = 10_000  # Bot API: width and height of a photo together


def drawn(columns: int, lines: int, square: Square) -> Image.Image:
    row = Line(NAME, "cấp độ 3", (square,) * columns)
    own = (Line("Báo cáo năm về an ninh mạng", "việc chung", (square,)),)
    chart = Chart(NAME, "12 quá hạn", ("Rà quét lỗ hổng",) * columns, (row,) * lines, own, "Lập lúc 08:00")
    return Image.open(io.BytesIO(board_picture(chart)))


def test_in_black_and_white_no_two_standings_have_the_same_mark() -> None:
    marks = {}
    for standing in SHAPES:
        first = (MARGIN + LABEL, 200, MARGIN + LABEL + 60, 400)
        picture = drawn(1, 1, Square(standing)).convert("L").point(lambda light: 255 if light > 190 else 0)
        marks[standing] = picture.crop(first).tobytes()
    assert len(set(marks.values())) == len(marks) == len(Standing) - 1, "what is not owed has none"


def test_the_greatest_board_is_a_photo_that_telegram_takes_and_equal_words_give_equal_pictures() -> None:
    square = Square(Standing.OVERDUE, "quá 1424 ngày")
    great = drawn(8, MOST, square)
    assert sum(great.size) < SIDES
    assert great.size[0] > LEAST
    small = drawn(1, 1, square)
    assert small.size[0] == LEAST
    assert small.tobytes() == drawn(1, 1, square).tobytes()
