"""Tables in XLSX files: read with suspicion, written so that nothing in them is taken for a formula."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from xml.sax.handler import ContentHandler

from defusedxml import sax

from bot.domain import tables
from bot.domain.grids import HEAD_WITHIN, MOST_CELLS, MOST_ROWS, Grid, Line
from bot.domain.lettering import Unreadable
from bot.domain.letters import nfc

# The engine takes 0.15 s to load: it comes with the first workbook, so that no start of the bot waits for it.
if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

MAGIC: Final = b"PK\x03\x04"
MOST_UNPACKED: Final = 48 * 1024 * 1024  # bytes that a file may grow to: letters of a real table grow tenfold
MOST_PARTS: Final = 500
MOST_ELEMENTS: Final = 1_500_000  # of one part: 20,000 rows of 13 columns are 800,000
MOST_MERGED: Final = 2000  # ranges that are named one by one
_TROUBLES: Final[Mapping[str, str]] = {"f": "formula", "e": "error_cell"}
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # letters that no XML may hold


def read(content: bytes) -> Grid:
    """The rows of the first sheet that has heads of ours; of the first sheet where none has.

    1. Look at the list of parts: how many, and how big they say to be (no part gives more than it says).
    2. Walk through every XML part once: a document type, by which entities explode, is refused; merged cells are noted.
    3. Stream rows out of the sheet, no further than the limits.

    Raises:
        Unreadable: no workbook, a bomb, a broken file, too many rows.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            _weigh(parts)
            merged = {name: _walk(parts, name) for name in parts.namelist() if name.endswith((".xml", ".rels"))}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what a sheet has besides its cells, nothing is read
            return _read(content, merged)
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001  a file of others can be broken in every way that there is
        raise Unreadable("broken") from None


def _weigh(parts: zipfile.ZipFile) -> None:
    listed = parts.infolist()
    if len(listed) > MOST_PARTS or sum(part.file_size for part in listed) > MOST_UNPACKED:
        raise Unreadable("bomb")
    if "xl/workbook.xml" not in parts.namelist():
        raise Unreadable("binary")


class _Walk(ContentHandler):
    """Counts the elements of a part while they pass by, and notes merged ranges; it holds nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.merged: list[str] = []
        self._count = 0

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802  the name is the library's
        self._count += 1
        if self._count > MOST_ELEMENTS:
            raise Unreadable("bomb")
        if name.rpartition(":")[2] == "mergeCell" and len(self.merged) < MOST_MERGED:
            self.merged.append(str(attrs.get("ref")))


def _walk(parts: zipfile.ZipFile, name: str) -> list[str]:
    """The merged ranges of a sheet; of every part, that it is sound and of bearable length."""
    handler = _Walk()
    with parts.open(name) as part:
        sax.parse(part, handler, forbid_dtd=True)
    return handler.merged


def _read(content: bytes, merged: Mapping[str, Sequence[str]]) -> Grid:
    from openpyxl import load_workbook  # noqa: PLC0415

    with closing(load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)) as book:
        grids = (_lines(sheet, merged) for sheet in book.worksheets)
        first: Grid | None = None
        for grid in grids:
            if any(_has_heads(line.cells) for line in grid[:HEAD_WITHIN]):
                return grid
            first = grid if first is None else first
    if first is None:
        raise Unreadable("broken")
    return first


def _has_heads(cells: Sequence[str]) -> bool:
    return any(tables.heads(table, cells) > 1 for table in tables.TABLES.values())


def _lines(sheet: Any, merged: Mapping[str, Sequence[str]]) -> Grid:
    """`sheet` as openpyxl streams it. What it says of its own size is not believed."""
    covered = _covered(merged.get(getattr(sheet, "_worksheet_path", ""), ()))
    sheet.reset_dimensions()
    grid: list[Line] = []
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_CELLS), 1):
        cells = [_text(cell.value) for cell in row]
        if number > MOST_ROWS and any(cells):
            raise Unreadable("too_many", most=MOST_ROWS)
        if number > 2 * MOST_ROWS:
            break
        troubles = {place: why for place, cell in enumerate(row) if (why := _TROUBLES.get(cell.data_type or ""))}
        merges = dict.fromkeys(covered.get(number, ()), "merged")
        grid.append(Line(number, cells, {**troubles, **merges} if troubles or merges else {}))
    return grid


def _covered(ranges: Iterable[str]) -> Mapping[int, set[int]]:
    """The places that merged ranges cover, row by row."""
    from openpyxl.utils import range_boundaries  # noqa: PLC0415

    covered: dict[int, set[int]] = {}
    for one in ranges:
        left, top, right, bottom = (bound or 1 for bound in range_boundaries(one))
        for row in range(top, min(bottom, MOST_ROWS) + 1):
            covered.setdefault(row, set()).update(range(left - 1, min(right, MOST_CELLS)))
    return covered


def _text(value: object) -> str:
    """A cell as people read it: days by our order, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return nfc(str(value)).strip()


# Writing ------------------------------------------------------------------------------------------------------------

_HEAD_COLOUR = "DCE6F1"
_TEXT_FORMAT = "@"  # what is typed into such a cell stays what was typed: days, codes and numbers with a zero in front


@dataclass(frozen=True)
class Sheet:
    """One sheet: its title, its heads with their widths in letters, its rows."""

    title: str
    heads: Sequence[tuple[str, int]]
    rows: Iterable[Sequence[str]]


def write(sheets: Iterable[Sheet]) -> bytes:
    """A workbook whose cells are all text."""
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook(write_only=True)
    for one in sheets:
        sheet = book.create_sheet(one.title)
        sheet.freeze_panes = "A2"
        for number, (_, width) in enumerate(one.heads, 1):
            sheet.column_dimensions[get_column_letter(number)].width = width
            sheet.column_dimensions[get_column_letter(number)].number_format = _TEXT_FORMAT
        sheet.append([_head(sheet, head) for head, _ in one.heads])
        for row in one.rows:
            sheet.append(list(_cells(sheet, row)))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _head(sheet: Worksheet, words: str) -> Cell:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415

    cell = WriteOnlyCell(sheet, words)
    cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    cell.fill = PatternFill("solid", fgColor=_HEAD_COLOUR)
    return cell


def _cells(sheet: Worksheet, row: Sequence[str]) -> Iterator[Cell]:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    for value in row:
        cell = WriteOnlyCell(sheet, _ILLEGAL.sub("", value))
        cell.data_type = "s"  # openpyxl takes what begins with "=" for a formula
        cell.number_format = _TEXT_FORMAT
        yield cell
