"""Sets an annex to an official letter in Word: a table whose head comes again on every page, in the usual type."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Row

# The engine is loaded with the first paper, as for every other one.

FONT: Final = "Times New Roman"  # as decree 30/2020, annex I asks of official papers
WIDTHS: Final = (1.2, 5.6, 7.8, 4.6, 7.1)  # centimetres, together what landscape A4 leaves between its margins
HEAD, BODY, CELL = 14, 13, 12  # points


@dataclass(frozen=True)
class Entry:
    """One line of the table. `number` stands beside the first line of an agency."""

    number: str
    agency: str
    what: str
    since: str
    told: tuple[str, ...]


@dataclass(frozen=True)
class Annex:
    """The words of the annex, ready for people."""

    number: str
    title: str
    attached: str
    until: str
    heads: tuple[str, ...]
    entries: tuple[Entry, ...]
    sum: str
    page: str


def annex(words: Annex) -> bytes:
    """The document as bytes."""
    from docx import Document as new  # noqa: N813, PLC0415
    from docx.shared import Cm  # noqa: PLC0415

    document = new()
    _lay_out(document)
    _paragraph(document, words.number, HEAD, bold=True, centred=True)
    _paragraph(document, words.title, HEAD, bold=True, centred=True)
    _paragraph(document, words.attached, BODY, italic=True, centred=True)
    _paragraph(document, words.until, BODY)
    table = document.add_table(rows=0, cols=len(WIDTHS))
    table.style = "Table Grid"
    table.autofit = False
    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.width = Cm(width)
    _head_row(table, words.heads)
    _fill(table, words.entries)
    _paragraph(document, words.sum, BODY, bold=True)
    _number_pages(document, words.page)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _lay_out(document: Document) -> None:
    """Landscape A4 with the margins of official papers."""
    from docx.enum.section import WD_ORIENT  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Cm, Pt  # noqa: PLC0415

    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.top_margin = section.bottom_margin = Cm(2)
    section.left_margin, section.right_margin = Cm(2), Cm(1.4)
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(BODY)
    for script in ("w:eastAsia", "w:cs"):
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn(script), FONT)
    style.paragraph_format.space_after = Pt(4)
    document.core_properties.author = ""


def _paragraph(
    document: Document, text: str, points: int, *, bold: bool = False, italic: bool = False, centred: bool = False
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
    from docx.shared import Pt  # noqa: PLC0415

    paragraph = document.add_paragraph()
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(_clean(text))
    run.bold, run.italic, run.font.size = bold, italic, Pt(points)


def _head_row(table: Any, heads: Sequence[str]) -> None:
    """Repeated on every page."""
    from docx.oxml import OxmlElement  # noqa: PLC0415

    row = table.add_row()
    _write_row(row, heads, bold=True)
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001  python-docx has no name for it


def _fill(table: Any, entries: Sequence[Entry]) -> None:
    for entry in entries:
        row = table.add_row()
        _write_row(row, (entry.number, entry.agency, entry.what, entry.since, ""))
        _write_lines(row, entry.told)


def _write_row(row: _Row, values: Sequence[str], *, bold: bool = False) -> None:
    """One row that no page break cuts."""
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.shared import Cm, Pt  # noqa: PLC0415

    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001
    for cell, value, width in zip(row.cells, values, WIDTHS, strict=True):
        cell.width = Cm(width)
        run = cell.paragraphs[0].add_run(_clean(value))
        run.bold, run.font.size = bold, Pt(CELL)


def _write_lines(row: _Row, lines: Sequence[str]) -> None:
    from docx.shared import Pt  # noqa: PLC0415

    cell = row.cells[-1]
    for place, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        paragraph.add_run(_clean(line)).font.size = Pt(CELL)


def _number_pages(document: Document, word: str) -> None:
    """The number of the page at its foot, counted by Word itself."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415

    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run(f"{word} ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)  # noqa: SLF001


def _clean(text: str) -> str:
    """Nothing that XML cannot hold."""
    return "".join(letter for letter in text if letter.isprintable())
