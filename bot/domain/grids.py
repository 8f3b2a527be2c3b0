"""Rows and cells of a table as text, out of a CSV file and into one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.domain.lettering import Unreadable, decode

MOST_ROWS: Final = 20_000
MOST_CELLS: Final = 60  # in one row
LONGEST_CELL: Final = 2000  # letters
SEPARATORS: Final = ",;\t"
FOREIGN_SEPARATORS: Final = "|:~"
HEAD_WITHIN: Final = 20  # rows: a title may stand above the heads

# A sheet program takes a cell that begins so for a formula; an apostrophe before it says that it is text.
_FORMULA = re.compile(r"^'*[=+\-@\t\r]")
_QUOTED = re.compile(r"^'+[=+\-@\t\r]")


@dataclass(frozen=True)
class Line:
    """One row as the sheet program numbers it. `troubles` are places of cells that hold no plain value, and why."""

    number: int
    cells: Sequence[str]
    troubles: Mapping[int, str] = field(default_factory=dict)


Grid = Sequence[Line]


def as_text(value: str) -> str:
    """A cell as a CSV file holds it, so that no sheet program takes it for a formula."""
    return f"'{value}" if _FORMULA.match(value) else value


def from_text(cell: str) -> str:
    """What `as_text` was given."""
    return cell[1:] if _QUOTED.match(cell) else cell


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with the mark by which Excel knows it, and commas."""
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\r\n").writerows([as_text(cell) for cell in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def read_csv(content: bytes, heads: Callable[[Sequence[str]], int]) -> Grid:
    """Rows of a CSV file. `heads` says how many cells of a row are known heads: the separator by which most are, is it.

    Raises:
        Unreadable: no text, too many rows, a quotation mark that never closes, another separator.
    """
    text = decode(content)
    grids = [(known, grid) for known, grid in (_read(text, mark, heads) for mark in SEPARATORS) if known > 1]
    if grids:
        return max(grids, key=lambda one: one[0])[1]
    for mark in FOREIGN_SEPARATORS:
        if _read(text, mark, heads)[0] > 1:
            raise Unreadable("separator", mark=mark)
    return _read(text, ",", heads)[1]


def _read(text: str, separator: str, heads: Callable[[Sequence[str]], int]) -> tuple[int, Grid]:
    """How many heads are known by this separator; the rows, where there are any."""
    grid: list[Line] = []
    known = 0
    try:
        for number, row in enumerate(_rows(text, separator), 1):
            if number > MOST_ROWS or len(row) > 10 * MOST_CELLS:
                raise Unreadable("too_many", most=MOST_ROWS)
            if number <= HEAD_WITHIN:
                known = max(known, heads(row))
            elif known < 2:
                break
            grid.append(Line(number, [from_text(cell.strip()) for cell in row]))
    except csv.Error:
        if known > 1:
            raise Unreadable("quotes", row=len(grid) + 1) from None
    return known, grid


def _rows(text: str, separator: str) -> Iterable[list[str]]:
    if text.lower().startswith("sep="):  # Excel's own first line
        text = "\n" + text.partition("\n")[2]
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
