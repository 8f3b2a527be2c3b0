"""A board as a picture: systems down, obligations across, each cell told by its shape and its words, not by colour."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw

from bot.domain.obligations import Standing
from bot.services.reporting.posters import ACCENT, FADED, INK, PAPER, Box, Colour, Weight, lay_out

MARGIN: Final = 36
LABEL: Final = 420  # the column of the systems
COLUMN: Final = 220  # at least
LEAST: Final = 1280  # wide
HEAD: Final = 190
TITLES: Final = 108  # the names of the columns
LINE: Final = 84
GAP: Final = 6
FOOT: Final = 64
MARK: Final = 34  # the shape in a cell

GROUND: Final[Mapping[Standing, Colour]] = {
    Standing.OVERDUE: (250, 214, 210),
    Standing.SOON: (255, 239, 196),
    Standing.DONE: (224, 241, 226),
    Standing.WAITING: (221, 232, 246),
    Standing.WAIVED: (236, 238, 241),
    Standing.UNKNOWN: (238, 228, 246),
    Standing.NONE: PAPER,
}
STROKE: Final[Mapping[Standing, Colour]] = {
    Standing.OVERDUE: (176, 32, 32),
    Standing.SOON: (140, 74, 0),
    Standing.DONE: (24, 100, 52),
    Standing.WAITING: ACCENT,
    Standing.WAIVED: FADED,
    Standing.UNKNOWN: (96, 48, 140),
    Standing.NONE: FADED,
}


@dataclass(frozen=True)
class Square:
    """One cell: how it stands, and in words."""

    standing: Standing
    words: str = ""


@dataclass(frozen=True)
class Line:
    """A system with its level, or an obligation of the agency itself (then there is one cell)."""

    name: str
    note: str
    squares: tuple[Square, ...]


@dataclass(frozen=True)
class Chart:
    """The words of the picture, ready for people."""

    title: str
    subtitle: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    own: tuple[Line, ...]
    footnote: str


def board_picture(chart: Chart) -> bytes:
    """A PNG as high as its lines need; equal words give equal bytes."""
    width = max(LEAST, 2 * MARGIN + LABEL + COLUMN * len(chart.columns))
    titles = TITLES if chart.lines else 0
    height = HEAD + titles + (len(chart.lines) + len(chart.own)) * LINE + 2 * GAP + FOOT
    image = Image.new("RGB", (width, height), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, width - 1, HEAD - 25), fill=ACCENT)
    _write(pen, chart.title, Box(MARGIN, 14, width - MARGIN, 96), 50, "Bold", PAPER)
    _write(pen, chart.subtitle, Box(MARGIN, 96, width - MARGIN, HEAD - 32), 30, "Regular", PAPER)
    top = HEAD
    if chart.lines:
        for place, name in enumerate(chart.columns):
            _write(pen, name, _inner(_cell(width, len(chart.columns), place, top, TITLES)), 26, "Bold", INK)
        top += titles
    for line in chart.lines:
        _draw_line(pen, line, width, len(chart.columns), top)
        top += LINE
    top += GAP
    for line in chart.own:
        _draw_line(pen, line, width, 1, top)
        top += LINE
    _write(pen, chart.footnote, Box(MARGIN, top, width - MARGIN, height - 12), 24, "Regular", FADED)
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def _cell(width: int, columns: int, place: int, top: int, height: int = LINE) -> Box:
    left = MARGIN + LABEL
    each = (width - MARGIN - left) / max(1, columns)
    return Box(left + round(each * place) + GAP, top, left + round(each * (place + 1)), top + height - GAP)


def _inner(box: Box) -> Box:
    return Box(box.left + 12, box.top + 4, box.right - 10, box.bottom - 4)


def _draw_line(pen: ImageDraw.ImageDraw, line: Line, width: int, columns: int, top: int) -> None:
    name = Box(MARGIN, top, MARGIN + LABEL, top + LINE - GAP)
    upper = name.bottom - 26 if line.note else name.bottom
    _write(pen, line.name, Box(name.left, name.top, name.right, upper), 28, "Bold", INK)
    if line.note:
        _write(pen, line.note, Box(name.left, upper, name.right, name.bottom), 22, "Regular", FADED)
    for place, square in enumerate(line.squares):
        _draw_square(pen, square, _cell(width, columns, place, top))


def _draw_square(pen: ImageDraw.ImageDraw, square: Square, box: Box) -> None:
    edge = (228, 232, 238) if square.standing is Standing.NONE else GROUND[square.standing]
    area = (box.left, box.top, box.right - 1, box.bottom - 1)
    pen.rounded_rectangle(area, 10, fill=GROUND[square.standing], outline=edge, width=2)
    if square.standing is Standing.NONE:
        return
    middle = (box.top + box.bottom) // 2
    mark = Box(box.left + 10, middle - MARK // 2, box.left + 10 + MARK, middle + MARK // 2)
    SHAPES[square.standing](pen, mark, STROKE[square.standing])
    words = Box(mark.right + 10, box.top + 6, box.right - 8, box.bottom - 6)
    _write(pen, square.words, words, 26, "Bold" if square.standing is Standing.OVERDUE else "Regular", INK)


# Shapes: they differ in black and white, too --------------------------------------------------------------------------


def _overdue(pen: ImageDraw.ImageDraw, box: Box, colour: Colour) -> None:
    pen.rectangle((box.left, box.top, box.right, box.bottom), fill=colour)
    middle = (box.left + box.right) // 2
    pen.rectangle((middle - 2, box.top + 6, middle + 2, box.bottom - 14), fill=PAPER)
    pen.rectangle((middle - 2, box.bottom - 9, middle + 2, box.bottom - 5), fill=PAPER)


def _soon(pen: ImageDraw.ImageDraw, box: Box, colour: Colour) -> None:
    middle = (box.left + box.right) // 2
    pen.polygon([(middle, box.top), (box.right, box.bottom), (box.left, box.bottom)], outline=colour, width=5)


def _done(pen: ImageDraw.ImageDraw, box: Box, colour: Colour) -> None:
    corner = (box.left + box.width // 3, box.bottom - 4)
    pen.line([(box.left, box.top + box.height // 2), corner, (box.right, box.top + 4)], fill=colour, width=6)


def _waiting(pen: ImageDraw.ImageDraw, box: Box, colour: Colour) -> None:
    pen.ellipse((box.left, box.top, box.right, box.bottom), outline=colour, width=4)
    x, y = (box.left + box.right) // 2, (box.top + box.bottom) // 2
    pen.line([(x, box.top + 7), (x, y), (box.right - 8, y)], fill=colour, width=4)


def _waived(pen: ImageDraw.ImageDraw, box: Box, colour: Colour) -> None:
    y = (box.top + box.bottom) // 2
    pen.rectangle((box.left, y - 3, box.right, y + 3), fill=colour)


def _unknown(pen: ImageDraw.ImageDraw, box: Box, colour: Colour) -> None:
    x, y = (box.left + box.right) // 2, (box.top + box.bottom) // 2
    pen.polygon([(x, box.top), (box.right, y), (x, box.bottom), (box.left, y)], outline=colour, width=4)
    _write(pen, "?", Box(x - 6, box.top + 4, box.right, box.bottom - 4), 22, "Bold", colour)


SHAPES: Final[Mapping[Standing, Callable[[ImageDraw.ImageDraw, Box, Colour], None]]] = {
    Standing.OVERDUE: _overdue,
    Standing.SOON: _soon,
    Standing.DONE: _done,
    Standing.WAITING: _waiting,
    Standing.WAIVED: _waived,
    Standing.UNKNOWN: _unknown,
}


def _write(pen: ImageDraw.ImageDraw, text: str, box: Box, size: int, weight: Weight, colour: Colour) -> None:
    """From the left, in the middle of the height of its box; long words wrap and shrink rather than overflow."""
    block = lay_out(text, box.width, box.height, size, weight)
    top = box.top + (box.height - block.height) // 2
    for place, line in enumerate(block.lines):
        pen.text((box.left, top + place * block.leading), line, colour, block.font)
