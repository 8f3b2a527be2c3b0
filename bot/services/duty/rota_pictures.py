"""A week of the rota as a picture: seven days, their shifts and names, to be kept on a phone or hung on a wall."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw

from bot.services.reporting.posters import ACCENT, FADED, INK, PAPER, Block, Box, Colour, Weight, lay_out

WIDTH: Final = 1080
MARGIN: Final = 36
HEAD: Final = 196
FOOT: Final = 64
LABEL: Final = 250  # the column of the days
LINE: Final = 152  # one line of shifts
GAP: Final = 10
ABREAST: Final = 2  # shifts side by side; more stand below each other

# Each state is told by words and by tone: the picture is printed in black and white, too.
CELL: Final[Colour] = (236, 242, 249)
EMPTY: Final[Colour] = (253, 236, 234)
ALARM: Final[Colour] = (176, 32, 32)
DAY: Final[Colour] = (246, 248, 251)
OFF: Final[Colour] = (255, 241, 204)
OFF_INK: Final[Colour] = (140, 74, 0)


@dataclass(frozen=True)
class Cell:
    """One shift: its hours, and who has it (or the word for nobody)."""

    hours: str
    name: str
    is_empty: bool = False
    mark: str = ""  # a word for the shift that runs now


@dataclass(frozen=True)
class Day:
    """One day: its name, its date, the name of a day off, and its shifts in order."""

    name: str
    date: str
    off: str
    cells: tuple[Cell, ...]

    @property
    def lines(self) -> int:
        return max(1, -(-len(self.cells) // ABREAST))


@dataclass(frozen=True)
class Sheet:
    """The words of the picture, ready for people."""

    title: str
    subtitle: str
    days: tuple[Day, ...]
    footnote: str


def week_picture(sheet: Sheet) -> bytes:
    """A PNG as wide as a phone shows it, as high as its shifts need; equal words give equal bytes."""
    height = HEAD + sum(day.lines * LINE + GAP for day in sheet.days) + FOOT
    image = Image.new("RGB", (WIDTH, height), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH - 1, HEAD - 25), fill=ACCENT)
    _write(pen, sheet.title, Box(MARGIN, 18, WIDTH - MARGIN, 100), 56, "Bold", PAPER)
    _write(pen, sheet.subtitle, Box(MARGIN, 100, WIDTH - MARGIN, HEAD - 36), 34, "Regular", PAPER)
    top = HEAD
    for day in sheet.days:
        _draw_day(pen, day, top)
        top += day.lines * LINE + GAP
    _write(pen, sheet.footnote, Box(MARGIN, top, WIDTH - MARGIN, height - 12), 26, "Regular", FADED)
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def boxes(day: Day, top: int) -> Iterator[tuple[Cell, Box]]:
    """Where the shifts of a day stand: two abreast, a single one over the whole width."""
    left = MARGIN + LABEL + GAP
    for line in range(day.lines):
        row: Sequence[Cell] = day.cells[line * ABREAST : (line + 1) * ABREAST]
        width = (WIDTH - MARGIN - left - GAP * (len(row) - 1)) // max(1, len(row))
        for place, cell in enumerate(row):
            x = left + place * (width + GAP)
            y = top + line * LINE
            yield cell, Box(x, y, x + width, y + LINE - GAP)


def _draw_day(pen: ImageDraw.ImageDraw, day: Day, top: int) -> None:
    label = Box(MARGIN, top, MARGIN + LABEL, top + day.lines * LINE - GAP)
    _panel(pen, label, OFF if day.off else DAY)
    middle = (label.top + label.bottom) // 2
    upper, lower = (label.top + 8, label.top + 88) if day.off else (middle - 42, middle + 38)
    head = Box(label.left + 14, upper, label.right - 10, lower)
    half = head.top + head.height // 2
    _write(pen, day.name, Box(head.left, head.top, head.right, half), 32, "Bold", OFF_INK if day.off else INK)
    _write(pen, day.date, Box(head.left, half, head.right, head.bottom), 30, "Regular", OFF_INK if day.off else FADED)
    if day.off:
        _write(pen, day.off, Box(head.left, lower, head.right, label.bottom - 6), 24, "Regular", OFF_INK)
    for cell, box in boxes(day, top):
        _draw_cell(pen, cell, box)


def _draw_cell(pen: ImageDraw.ImageDraw, cell: Cell, box: Box) -> None:
    _panel(pen, box, EMPTY if cell.is_empty else CELL)
    if cell.mark:
        pen.rounded_rectangle((box.left, box.top, box.right - 1, box.bottom - 1), 14, outline=ACCENT, width=5)
    inner = Box(box.left + 18, box.top + 8, box.right - 14, box.bottom - 8)
    hours = f"{cell.hours}  •  {cell.mark}" if cell.mark else cell.hours
    _write(pen, hours, Box(inner.left, inner.top, inner.right, inner.top + 38), 27, "Regular", FADED)
    below = Box(inner.left, inner.top + 38, inner.right, inner.bottom)
    _write(pen, cell.name, below, 36, "Bold", ALARM if cell.is_empty else INK)


def _panel(pen: ImageDraw.ImageDraw, box: Box, colour: Colour) -> None:
    pen.rounded_rectangle((box.left, box.top, box.right - 1, box.bottom - 1), 14, fill=colour)


def _write(pen: ImageDraw.ImageDraw, text: str, box: Box, size: int, weight: Weight, colour: Colour) -> None:
    """From the left, in the middle of the height of its box; long words wrap and shrink rather than overflow."""
    block: Block = lay_out(text, box.width, box.height, size, weight)
    top = box.top + (box.height - block.height) // 2
    for place, line in enumerate(block.lines):
        pen.text((box.left, top + place * block.leading), line, colour, block.font)
