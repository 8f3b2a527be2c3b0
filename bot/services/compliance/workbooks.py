"""Writes an Excel workbook: words of people stay words, formulas carry their values, so that a phone shows them too."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

# The engine takes 20 MiB of memory: it is loaded with the first workbook.

MIME: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL: Final = 2000  # letters; Excel itself holds 32,767
DAY: Final = "dd/mm/yyyy"
PERCENT: Final = "0%"
TYPE: Final = "Calibri"
HEIGHT: Final = 15  # points of one line
_FORMULA: Final = re.compile(r"^[=+\-@\t\r]")  # what Excel, or who saves the sheet as CSV, takes for a formula
_WITHOUT_VALUE: Final = re.compile(rb'(<c r="([A-Z]+[0-9]+)"[^>]*>)(<f>[^<]*</f>)<v ?/?>(?:</v>)?')


@dataclass(frozen=True)
class Formula:
    """A formula, and what it comes to: who opens the file without a calculating program reads the same."""

    text: str
    value: int | float | None
    is_share: bool = False


Cell = str | int | date | Formula | None
Style = Literal["plain", "head", "title", "total"]
_Look = tuple[str, Style, str]  # what it holds, how its row looks, the letter of its column


@dataclass(frozen=True)
class Line:
    """One row of a sheet."""

    cells: Sequence[Cell]
    style: Style = "plain"


@dataclass(frozen=True)
class Sheet:
    """One sheet. `head`: the row of heads that stays in sight and by which rows are filtered; 0 where there is none."""

    name: str
    lines: Iterable[Line]
    widths: Sequence[int]
    head: int = 0
    wraps: bool = False


def as_text(words: str) -> str:
    """Words of people for a cell: one that XML can hold, never longer than anybody reads."""
    return "".join(letter for letter in words if letter.isprintable() or letter == "\n")[:LONGEST_CELL]


def write(sheets: Sequence[Sheet]) -> bytes:
    """The workbook. Excel counts it anew when it is opened."""
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook(write_only=True)
    values = [_Pen(book.create_sheet(sheet.name)).write(sheet) for sheet in sheets]
    assert book.calculation is not None
    book.calculation.fullCalcOnLoad = True
    target = io.BytesIO()
    book.save(target)
    return _with_values(target.getvalue(), values)


class _Pen:
    """Writes one sheet, row by row. A cell of each look is made once a column: rows leave memory as they come."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._cells: dict[_Look, Any] = {}
        self._values: dict[str, int | float | None] = {}

    def write(self, sheet: Sheet) -> dict[str, int | float | None]:
        """All rows; what each formula comes to, by its cell."""
        letters = self._lay_out(sheet)
        number = 0
        for number, line in enumerate(sheet.lines, 1):
            places = zip(line.cells, letters, strict=False)
            if sheet.wraps or line.style == "head":
                self._sheet.row_dimensions[number].height = HEIGHT * _lines(line.cells, sheet.widths)
            self._sheet.append(
                [self._cell(cell, (letter, number), line.style, wraps=sheet.wraps) for cell, letter in places]
            )
        if sheet.head:
            self._sheet.auto_filter.ref = f"A{sheet.head}:{letters[-1]}{max(number, sheet.head + 1)}"
        return self._values

    def _lay_out(self, sheet: Sheet) -> list[str]:
        """Widths, what stays in sight, and paper; the letters of the columns."""
        from openpyxl.utils import get_column_letter  # noqa: PLC0415
        from openpyxl.worksheet.properties import PageSetupProperties  # noqa: PLC0415

        letters = [get_column_letter(column) for column in range(1, len(sheet.widths) + 1)]
        for letter, width in zip(letters, sheet.widths, strict=True):
            self._sheet.column_dimensions[letter].width = width
        self._sheet.page_setup.orientation = "landscape"
        self._sheet.page_setup.paperSize = 9  # A4
        self._sheet.page_setup.fitToHeight = 0  # as many pages as it takes
        self._sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        if sheet.head:
            self._sheet.freeze_panes = f"A{sheet.head + 1}"
            self._sheet.print_title_rows = f"{sheet.head}:{sheet.head}"
        return letters

    def _cell(self, cell: Cell, place: tuple[str, int], style: Style, *, wraps: bool) -> Any:
        """A value as the engine takes it. `place`: its column and row."""
        match cell:
            case None:
                return None
            case Formula():
                self._values[f"{place[0]}{place[1]}"] = cell.value
                return self._filled(("share" if cell.is_share else "formula", style, place[0]), f"={cell.text}", "f")
            case date():
                return self._filled(("day", style, place[0]), cell, "d")
            case int():
                return cell if style == "plain" else self._filled(("number", style, place[0]), cell, "n")
            case str():
                return self._words(as_text(cell), place[0], style, wraps=wraps)

    def _words(self, words: str, column: str, style: Style, *, wraps: bool) -> Any:
        if _FORMULA.match(words):
            return self._filled(("words", style, column), words, "s")
        if style != "plain":
            return self._filled(("label", style, column), words, "s")
        return self._filled(("long", style, column), words, "s") if wraps else words

    def _filled(self, look: _Look, value: Any, kind: str) -> Any:
        """The cell of this look with a value. Set in this order, a word that begins with "=" stays a word."""
        cell = self._cells.get(look)
        if cell is None:
            cell = self._cells[look] = self._styled(*look[:2])
        cell.value = value
        cell.data_type = kind
        return cell

    def _styled(self, what: str, style: Style) -> Any:
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
        from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415

        cell = WriteOnlyCell(self._sheet)
        if what in _FORMATS:
            cell.number_format = _FORMATS[what]
        if what == "words":
            cell.quotePrefix = True
        if what == "long":
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        if style == "head":
            cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
        if style != "plain":
            cell.font = Font(name=TYPE, bold=True, size=14 if style == "title" else 11)
        if style == "head":
            cell.fill = PatternFill("solid", fgColor="DEE7F1")
        return cell


_FORMATS: Final = {"day": DAY, "share": PERCENT}


def _lines(cells: Sequence[Cell], widths: Sequence[int]) -> int:
    """How many lines the longest words of a row take in their columns: not every program finds that out by itself."""
    words = [(cell.split("\n"), width) for cell, width in zip(cells, widths, strict=False) if isinstance(cell, str)]
    return max((sum(1 + len(part) // width for part in parts) for parts, width in words), default=1)


def _with_values(content: bytes, values: Sequence[dict[str, int | float | None]]) -> bytes:
    """The same file, each formula with its value beside it: openpyxl writes formulas alone."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        for item in source.infolist():
            part = source.read(item)
            known = _sheet_values(item.filename, values)
            written.writestr(item.filename, _beside(part, known) if known else part)
    return target.getvalue()


def _sheet_values(name: str, values: Sequence[dict[str, int | float | None]]) -> dict[str, int | float | None]:
    found = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name)
    return values[int(found[1]) - 1] if found else {}


def _beside(part: bytes, known: dict[str, int | float | None]) -> bytes:
    def valued(match: re.Match[bytes]) -> bytes:
        value = known.get(match[2].decode())
        return match[1] + match[3] + (b"" if value is None else b"<v>%s</v>" % str(value).encode())

    return _WITHOUT_VALUE.sub(valued, part)
