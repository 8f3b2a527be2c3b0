"""The picture that `/chiase` hands out: a QR code to the bot and the published contact point, for a wall or a chat."""

from __future__ import annotations

import io
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final, Literal

import segno
from PIL import Image, ImageDraw, ImageFont

WIDTH: Final = 1080
HEIGHT: Final = 1350

Colour = tuple[int, int, int]
Weight = Literal["Regular", "Bold"]

# Ink that survives a black-and-white printer, one accent, a quiet ground under what to call.
PAPER: Final[Colour] = (255, 255, 255)
INK: Final[Colour] = (17, 32, 56)
FADED: Final[Colour] = (84, 97, 117)
ACCENT: Final[Colour] = (0, 82, 155)
PANEL: Final[Colour] = (236, 242, 249)

QUIET_MODULES: Final = 4  # ISO/IEC 18004 wants four around a QR code
LEAST: Final = 11  # points below which nobody reads a wall
LEAN: Final = 2  # pixels by which a letter may lean out of its own measure, on either side


@dataclass(frozen=True)
class Box:
    """A part of the sheet, in pixels; `right` and `bottom` are the first pixels outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top


BAND: Final = Box(0, 0, WIDTH, 262)
TITLE: Final = Box(64, 28, WIDTH - 64, 140)
BODY: Final = Box(64, 146, WIDTH - 64, 240)
CODE: Final = Box(270, 268, 810, 808)  # quiet zone included
USERNAME: Final = Box(64, 808, WIDTH - 64, 878)
INVITATION: Final = Box(64, 880, WIDTH - 64, 962)
PANEL_BOX: Final = Box(40, 978, WIDTH - 40, 1272)
HEADING: Final = Box(72, 994, WIDTH - 72, 1046)
CONTACT: Final = Box(72, 1050, WIDTH - 72, 1260)
FOOTNOTE: Final = Box(64, 1282, WIDTH - 64, 1336)


@dataclass(frozen=True)
class Poster:
    """The words of a poster, ready for people; a line break in them is kept.

    `contact` is label and value of each line. Without any label it is a sentence: nothing is published yet.
    """

    title: str
    body: str  # who runs the bot; empty where the policy names nobody
    invitation: str  # what to do with the code
    username: str  # with its "@"
    contact_heading: str
    contact: tuple[tuple[str, str], ...]  # at most eight
    footnote: str = ""

    def __post_init__(self) -> None:
        if len(self.contact) > 8:
            raise ValueError("a poster holds eight lines of contact at most")


@dataclass(frozen=True)
class Block:
    """A text laid out in lines of one size."""

    lines: tuple[str, ...]
    font: ImageFont.FreeTypeFont
    leading: int  # pixels from one line to the next

    @property
    def height(self) -> int:
        return len(self.lines) * self.leading


@dataclass(frozen=True)
class Row:
    """One way to reach the team: its label, and the value that begins `indent` pixels to the right."""

    label: Block
    value: Block
    indent: int

    @property
    def height(self) -> int:
        return max(self.label.height, self.value.height) + 4

    def within(self, height: int) -> Row:
        label = _cut(self.label, CONTACT.width // 3, height - 4)
        return Row(label, _cut(self.value, CONTACT.width - self.indent, height - 4), self.indent)


def share_poster(link: str, poster: Poster) -> bytes:
    """A PNG of 1080 × 1350 pixels; equal words give equal bytes. Long words wrap and shrink rather than overflow.

    Takes about a tenth of a second of processor time: call it off the event loop.
    """
    sheet = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((BAND.left, BAND.top, BAND.right - 1, BAND.bottom - 1), fill=ACCENT)
    pen.rounded_rectangle((PANEL_BOX.left, PANEL_BOX.top, PANEL_BOX.right - 1, PANEL_BOX.bottom - 1), 20, fill=PANEL)
    _write(pen, poster.title, TITLE if poster.body else BAND, 72, "Bold", PAPER)
    _write(pen, poster.body, BODY, 36, "Regular", PAPER)
    _draw_code(pen, link)
    _write(pen, poster.username, USERNAME, 54, "Bold", ACCENT)
    _write(pen, poster.invitation, INVITATION, 32, "Regular", INK)
    _write(pen, poster.contact_heading, HEADING, 34, "Bold", ACCENT)
    _draw_contact(pen, poster.contact)
    _write(pen, poster.footnote, FOOTNOTE, 26, "Regular", FADED)
    target = io.BytesIO()
    sheet.save(target, "PNG")
    return target.getvalue()


def code_grid(link: str) -> tuple[int, int, int, int]:
    """Where the code stands: left and top of its first module, pixels a module, modules a side.

    A module is a whole number of pixels: edges stay sharp, and a phone reads them from across the room.
    """
    side = len(_matrix(link))
    module = CODE.width // (side + 2 * QUIET_MODULES)
    margin = (CODE.width - module * side) // 2
    return CODE.left + margin, CODE.top + margin, module, side


def lay_out(text: str, width: int, height: int, size: int, weight: Weight) -> Block:
    """`text` in the greatest size, from `size` down, at which it fits; in the least size its end gives way to "…"."""
    points = _greatest(size, lambda points: _block(text, width, points, weight).height <= height)
    return _cut(_block(text, width, points, weight), width, height)


def _greatest(size: int, fits: Callable[[int], bool]) -> int:
    """The greatest size up to `size` at which all fits, found by halving; the least where nothing does."""
    fitting = bisect_left(range(LEAST, size + 1), True, key=lambda points: not fits(points))
    return LEAST + max(0, fitting - 1)


def _write(pen: ImageDraw.ImageDraw, text: str, box: Box, size: int, weight: Weight, colour: Colour) -> None:
    """Centred in its box, in lines of about the same length."""
    block = _balanced(lay_out(text, box.width, box.height, size, weight), text, box.width)
    top = box.top + (box.height - block.height) // 2
    for place, line in enumerate(block.lines):
        left = box.left + LEAN + (box.width - _width(line, block.font)) // 2
        pen.text((left, top + place * block.leading), line, colour, block.font)


def _draw_code(pen: ImageDraw.ImageDraw, link: str) -> None:
    left, top, module, _ = code_grid(link)
    for row, cells in enumerate(_matrix(link)):
        for column in (place for place, dark in enumerate(cells) if dark):
            x, y = left + column * module, top + row * module
            pen.rectangle((x, y, x + module - 1, y + module - 1), fill=INK)


def _draw_contact(pen: ImageDraw.ImageDraw, contact: Sequence[tuple[str, str]]) -> None:
    """Labels on the left, values in one column beside them; sentences without any label stand in the middle."""
    if not any(label for label, _ in contact):
        _write(pen, " ".join(value for _, value in contact), CONTACT, 32, "Regular", INK)
        return
    rows = _rows(contact)
    y = CONTACT.top + (CONTACT.height - _total(rows)) // 2
    for row in rows:
        for block, left, colour in ((row.label, CONTACT.left, FADED), (row.value, CONTACT.left + row.indent, INK)):
            for place, line in enumerate(block.lines):
                pen.text((left + LEAN, y + place * block.leading), line, colour, block.font)
        y += row.height


def _rows(contact: Sequence[tuple[str, str]]) -> list[Row]:
    """The rows in the greatest size, common to all, in which they fit; in the least size each keeps to its share."""
    points = _greatest(32, lambda points: _total(_rows_in(points, contact)) <= CONTACT.height)
    rows = _rows_in(points, contact)
    if _total(rows) > CONTACT.height:
        return [row.within(CONTACT.height // len(rows)) for row in rows]
    return rows


def _rows_in(points: int, contact: Sequence[tuple[str, str]]) -> list[Row]:
    labels = [_block(label, CONTACT.width // 3, points, "Regular") for label, _ in contact]
    indent = points + max(_width(line, block.font) for block in labels for line in block.lines)
    values = [_block(value, CONTACT.width - indent, points, "Bold") for _, value in contact]
    return [Row(label, value, indent) for label, value in zip(labels, values, strict=True)]


def _total(rows: Iterable[Row]) -> int:
    return sum(row.height for row in rows)


def _block(text: str, width: int, points: int, weight: Weight) -> Block:
    font = _font(weight, points)
    return Block(tuple(_wrapped(text, font, width)), font, round(points * 1.34))


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> Iterator[str]:
    """Lines no wider than `width`; a word that is wider by itself (an address) is broken between letters."""
    for sentence in unicodedata.normalize("NFC", text).splitlines():
        line = ""
        for word in _pieces(sentence.split(), font, width):
            longer = f"{line} {word}" if line else word
            if line and _width(longer, font) > width:
                yield line
                longer = word
            line = longer
        if line:
            yield line


def _pieces(words: Iterable[str], font: ImageFont.FreeTypeFont, width: int) -> Iterator[str]:
    for word in words:
        rest = word
        while _width(rest, font) > width and len(rest) > 1:
            end = _fitting(rest, font, width)
            yield rest[:end]
            rest = rest[end:]
        yield rest


def _fitting(word: str, font: ImageFont.FreeTypeFont, width: int) -> int:
    """How many letters of a word too wide for a line stand in one, at least one."""
    return max(1, bisect_right(range(1, len(word)), width, key=lambda letters: _width(word[:letters], font)))


def _balanced(block: Block, text: str, width: int) -> Block:
    """The same number of lines in the narrowest measure: no word is left on a line of its own."""
    for narrower in range(width - 12, width // 2, -12):
        lines = tuple(_wrapped(text, block.font, narrower))
        if len(lines) != len(block.lines):
            break
        block = Block(lines, block.font, block.leading)
    return block


def _cut(block: Block, width: int, height: int) -> Block:
    """As many lines as there is room for, at least one; the last says by "…" that there was more."""
    room = max(1, height // block.leading)
    if len(block.lines) <= room:
        return block
    last = block.lines[room - 1]
    while _width(last + "…", block.font) > width:
        last = last[:-1]
    return Block((*block.lines[: room - 1], last + "…"), block.font, block.leading)


def _width(line: str, font: ImageFont.FreeTypeFont) -> int:
    """Pixels from edge to edge of the ink at most."""
    return round(font.getlength(line)) + 2 * LEAN


@lru_cache(maxsize=64)
def _font(weight: Weight, points: int) -> ImageFont.FreeTypeFont:
    """Basic layout, whatever the machine's libraries: pictures must not differ between two installations."""
    file = io.BytesIO(resources.files("bot").joinpath(f"papers/fonts/NotoSans-{weight}.ttf").read_bytes())
    return ImageFont.truetype(file, points, layout_engine=ImageFont.Layout.BASIC)


def _matrix(link: str) -> tuple[bytearray, ...]:
    """Error level M or better (a seventh of the code may be dirty), without the quiet zone."""
    return segno.make_qr(link, error="m").matrix
