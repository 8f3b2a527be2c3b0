"""The heat map as pixels: agencies by obligations, told by shape and number as well as by colour."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from PIL import Image, ImageDraw

from bot.domain.obligations import Standing
from bot.services.reporting.posters import ACCENT, FADED, INK, PAPER, Box, Colour, Weight, lay_out

MARGIN: Final = 44
TITLE: Final = 150  # pixels high
LEGEND: Final = 62
HEADS: Final = 310  # the names of the obligations, written upwards
FOOT: Final = 96
LINE: Final = 46
NAME: Final = 480
CELL: Final = 84
GAP: Final = 60  # between two blocks
LEAST: Final = 1500  # broad enough for title and legend
MOST_BLOCKS: Final = 4  # side by side
PAPER_RATIO: Final = 1.414  # of A4 and A3, upright

# Light grounds and one dark one: in black and white the dark cells are those that are overdue.
GROUND: Final[dict[Standing, Colour]] = {
    Standing.DONE: (223, 240, 224),
    Standing.SOON: (255, 221, 128),
    Standing.OVERDUE: (150, 22, 22),
    Standing.WAITING: (205, 226, 248),
    Standing.WAIVED: (232, 234, 238),
    Standing.UNKNOWN: (255, 255, 255),
    Standing.NONE: (255, 255, 255),
}
GRID: Final[Colour] = (206, 212, 220)
BAND: Final[Colour] = (246, 248, 251)
GROUP: Final[Colour] = (222, 231, 241)


@dataclass(frozen=True)
class Square:
    """What one agency shows for one obligation: the most urgent, and of how many."""

    standing: Standing
    n: int = 0


@dataclass(frozen=True)
class Line:
    """One agency, or the name of a kind of agencies where there are no squares."""

    name: str
    squares: tuple[Square, ...] = ()


@dataclass(frozen=True)
class Chart:
    """The words of the picture, ready for people."""

    title: str
    subtitle: str
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    legend: tuple[tuple[Standing, str], ...]
    footnote: str

    @cached_property
    def blocks(self) -> tuple[tuple[Line, ...], ...]:
        """Columns of lines, as many as bring the picture nearest to a sheet of paper."""
        rows = min(map(self._rows, range(1, MOST_BLOCKS + 1)), key=self._crookedness)
        return tuple(self.lines[start : start + rows] for start in range(0, len(self.lines), rows)) or ((),)

    def _rows(self, blocks: int) -> int:
        return max(1, -(-len(self.lines) // blocks))

    def _crookedness(self, rows: int) -> float:
        width, height = self.measures(rows)
        return max(height / width / PAPER_RATIO, PAPER_RATIO * width / height)

    def measures(self, rows: int) -> tuple[int, int]:
        """Width and height in pixels with so many rows to a block."""
        blocks = max(1, -(-len(self.lines) // rows))
        width = 2 * MARGIN + blocks * (NAME + CELL * len(self.heads)) + (blocks - 1) * GAP
        return max(width, LEAST), TITLE + LEGEND + HEADS + LINE * rows + FOOT


def size(chart: Chart) -> tuple[int, int]:
    """Width and height of the picture in pixels."""
    return chart.measures(max(1, len(chart.blocks[0])))


def place(chart: Chart, line: int, column: int) -> Box:
    """Where the square of a line (counted over all blocks) and of a column stands."""
    block, row = divmod(line, max(1, len(chart.blocks[0])))
    left = _left(chart, block) + NAME + column * CELL
    top = TITLE + LEGEND + HEADS + row * LINE
    return Box(left, top, left + CELL, top + LINE)


def _left(chart: Chart, block: int) -> int:
    return MARGIN + block * (NAME + CELL * len(chart.heads) + GAP)


def heat_map(chart: Chart) -> bytes:
    """A PNG, broad enough to be read when it is zoomed on a phone; equal words give equal bytes."""
    image = Image.new("RGB", size(chart), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, image.width - 1, TITLE - 20), fill=ACCENT)
    _write(pen, chart.title, Box(MARGIN, 10, image.width - MARGIN, 76), 46, "Bold", PAPER)
    _write(pen, chart.subtitle, Box(MARGIN, 76, image.width - MARGIN, TITLE - 26), 30, "Regular", PAPER)
    _draw_legend(pen, chart, image.width)
    for block in range(len(chart.blocks)):
        _draw_heads(image, chart, _left(chart, block))
    for number, line in enumerate(chart.lines):
        _draw_line(pen, chart, number, line)
    bottom = Box(MARGIN, image.height - FOOT + 8, image.width - MARGIN, image.height - 8)
    _write(pen, chart.footnote, bottom, 26, "Regular", FADED)
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def _draw_legend(pen: ImageDraw.ImageDraw, chart: Chart, width: int) -> None:
    step = (width - 2 * MARGIN) // len(chart.legend)
    for number, (standing, words) in enumerate(chart.legend):
        left = MARGIN + number * step
        box = Box(left, TITLE - 8, left + CELL, TITLE - 8 + LINE)
        _draw_square(pen, Square(standing), box)
        _write(pen, words, Box(box.right + 12, box.top, left + step - 8, box.bottom), 28, "Regular", INK)


def _draw_heads(image: Image.Image, chart: Chart, left: int) -> None:
    """Names written upwards above their columns."""
    for column, head in enumerate(chart.heads):
        strip = Image.new("RGB", (HEADS - 20, CELL), PAPER)
        _write(ImageDraw.Draw(strip), head, Box(8, 2, HEADS - 24, CELL - 2), 27, "Regular", INK)
        image.paste(strip.transpose(Image.Transpose.ROTATE_90), (left + NAME + column * CELL, TITLE + LEGEND + 16))


def _draw_line(pen: ImageDraw.ImageDraw, chart: Chart, number: int, line: Line) -> None:
    start = place(chart, number, 0)
    name = Box(start.left - NAME, start.top, start.left, start.bottom)
    right = start.left + CELL * len(chart.heads)
    ground = GROUP if not line.squares else BAND if number % 2 else PAPER
    pen.rectangle((name.left, name.top, right - 1, name.bottom - 1), fill=ground)
    weight: Weight = "Regular" if line.squares else "Bold"
    reach = name.right - 8 if line.squares else right
    _write(pen, line.name, Box(name.left + 10, name.top, reach, name.bottom), 28, weight, INK)
    for column, square in enumerate(line.squares):
        _draw_square(pen, square, place(chart, number, column))


def _draw_square(pen: ImageDraw.ImageDraw, square: Square, box: Box) -> None:
    """A ground, a shape, and the number where it is more than one."""
    if square.standing is Standing.NONE:
        pen.rectangle((box.left, box.top, box.right - 1, box.bottom - 1), outline=GRID)
        return
    pen.rectangle((box.left, box.top, box.right - 1, box.bottom - 1), fill=GROUND[square.standing], outline=GRID)
    ink = PAPER if square.standing is Standing.OVERDUE else INK
    is_alone = square.n <= 1
    middle = (box.left + box.right) // 2 if is_alone else box.left + 24
    _draw_mark(pen, square.standing, middle, (box.top + box.bottom) // 2, ink)
    if not is_alone:
        weight: Weight = "Bold" if square.standing is Standing.OVERDUE else "Regular"
        _write(pen, str(square.n), Box(box.left + 48, box.top, box.right - 2, box.bottom), 26, weight, ink)


def _draw_mark(pen: ImageDraw.ImageDraw, standing: Standing, x: int, y: int, ink: Colour) -> None:
    """A tick, a triangle, a cross, three dots, a dash, a question mark: no two alike without their colours."""
    if standing is Standing.UNKNOWN:
        _write(pen, "?", Box(x - 8, y - 22, x + 16, y + 22), 32, "Bold", ink)
    for stroke in _STROKES.get(standing, ()):
        pen.line([(x + dx, y + dy) for dx, dy in stroke], fill=ink, width=5, joint="curve")
    for dx in _DOTS.get(standing, ()):
        pen.ellipse((x + dx - 4, y - 4, x + dx + 4, y + 4), fill=ink)


_Stroke = Sequence[tuple[int, int]]
_STROKES: Final[dict[Standing, Sequence[_Stroke]]] = {
    Standing.DONE: (((-13, 1), (-4, 10), (13, -10)),),
    Standing.SOON: (((-13, 10), (0, -11), (13, 10), (-13, 10), (0, -11)),),
    Standing.OVERDUE: (((-11, -11), (11, 11)), ((-11, 11), (11, -11))),
    Standing.WAIVED: (((-12, 0), (12, 0)),),
}
_DOTS: Final[dict[Standing, Sequence[int]]] = {Standing.WAITING: (-12, 0, 12)}


def _write(pen: ImageDraw.ImageDraw, text: str, box: Box, points: int, weight: Weight, colour: Colour) -> None:
    """From the left, in the middle of the height of its box; long words wrap and shrink rather than overflow."""
    block = lay_out(text, box.width, box.height, points, weight)
    top = box.top + (box.height - block.height) // 2
    for number, line in enumerate(block.lines):
        pen.text((box.left, top + number * block.leading), line, colour, block.font)
