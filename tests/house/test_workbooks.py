"""Workbooks of tables: whatever people or attackers put into an XLSX file is read as text, or refused in words."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from bot.domain import imports
from bot.domain.grids import MOST_CELLS, MOST_ROWS
from bot.domain.imports import Fate, Register
from bot.domain.lettering import Unreadable
from bot.domain.tables import AGENCIES, What
from bot.services.register import reading, workbooks
from bot.services.register.workbooks import Sheet
from locales import Texts

TODAY = date(2026, 11, 23)
_DAY = datetime.fromisoformat("2025-07-01")
HEADS = ["Mã cơ quan", "Tên cơ quan", "Loại", "Thành lập từ ngày"]


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def book_of(*rows: list[Any]) -> Workbook:
    book = Workbook()
    assert book.active is not None
    for row in (HEADS, *rows):
        book.active.append(row)
    return book


def altered(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The same file with other parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *parts}:
            new.writestr(name, parts.get(name) or old.read(name))
    return file.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(Unreadable) as no:
        reading.grid_of(content)
    return no.value.reason


def test_numbers_days_and_empty_cells_are_read_as_people_see_them() -> None:
    book = book_of(
        [101, "Sở Y tế", "Sở", datetime.fromisoformat("2025-07-01")], [7.0, "Sở B", "Sở", None], [True, None, 1.5, ""]
    )
    cells = [list(line.cells[:4]) for line in reading.grid_of(saved(book))[1:]]
    assert cells == [["101", "Sở Y tế", "Sở", "01/07/2025"], ["7", "Sở B", "Sở", ""], ["True", "", "1.5", ""]]


def test_formulas_faults_of_formulas_and_merged_cells_are_named_where_they_stand() -> None:
    book = book_of(["S1", "=UPPER(A2)", "Sở", None], ["S2", "#REF!", "Sở", None], ["S3", "Sở C", "Sở", None])
    assert book.active is not None
    book.active.merge_cells("B4:B5")
    found = imports.weigh(reading.grid_of(saved(book)), What.AGENCIES, Register(), TODAY)
    assert [(one.row, one.column, one.reason) for one in found.faults] == [
        (2, "name", "formula"),
        (3, "name", "error_cell"),
        (4, "name", "merged"),
        (5, "name", "merged"),
    ]


def test_the_sheet_with_the_heads_is_found_and_a_title_above_them_may_be_merged() -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["Ghi chú"])
    sheet = book.create_sheet("Danh sách")
    sheet.append(["DANH SÁCH CƠ QUAN"])
    sheet.merge_cells("A1:D1")
    sheet.append(HEADS)
    sheet.append(["S1", "Sở Y tế", "Sở", "01/07/2025"])
    (told,) = imports.weigh(reading.grid_of(saved(book)), What.AGENCIES, Register(), TODAY).told
    assert (told.row, told.code, told.fate) == (3, "S1", Fate.NEW)


def test_what_is_written_is_text_and_comes_back_letter_by_letter() -> None:
    odd = ["=cmd|' /C calc'!A0", "+84 912", "-5", "@SUM(1)", "'=x", "0012", "3", "01/07/2025", "a\x0bb", ""]
    content = workbooks.write([Sheet("Trang", [("Mã cơ quan", 10), ("Tên cơ quan", 20)], [[one, "x"] for one in odd])])
    read = [line.cells[0] for line in reading.grid_of(content)[1:]]
    assert read == [one.replace("\x0b", "") for one in odd]
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row if cell.value} == {"s"}


def test_every_column_that_is_written_has_its_rule_in_words() -> None:
    texts = Texts.load()
    for column in AGENCIES.columns:
        assert texts.plain("vi", f"import.rule.agencies.{column.name}")


BOOK = saved(book_of(["S1", "Sở Y tế", "Sở", None]))
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sst>&b;</sst>'


def _zip(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (_zip(thư=b"xin chao"), "binary"),
        (BOOK[: len(BOOK) // 2], "broken"),
        (altered(BOOK, {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row>"}), "broken"),
        (altered(BOOK, {"xl/workbook.xml": b"<x/>"}), "broken"),
        (altered(BOOK, {"xl/sharedStrings.xml": ENTITIES}), "broken"),
        (altered(BOOK, {"xl/sharedStrings.xml": ENTITIES.decode().encode("utf-16")}), "broken"),
        (altered(BOOK, {"xl/media/big.bin": bytes(workbooks.MOST_UNPACKED)}), "bomb"),
        (altered(BOOK, {"xl/sharedStrings.xml": b"<sst>" + b"<si/>" * workbooks.MOST_ELEMENTS + b"</sst>"}), "bomb"),
        (altered(BOOK, {f"xl/media/{n}": b"x" for n in range(workbooks.MOST_PARTS)}), "bomb"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "old_excel"),
        (b"%PDF-1.7 ...", "binary"),
        (b"x" * (reading.LARGEST + 1), "too_big"),
    ],
    ids=[
        *("another zip", "cut off", "broken sheet", "broken book", "entities", "hidden entities", "zip bomb"),
        *("many elements", "many parts", "old excel", "pdf", "too big"),
    ],
)
def test_a_file_that_is_no_sound_workbook_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    assert refusal(content) == reason


def test_a_part_that_says_to_be_small_gives_no_more_than_it_says() -> None:
    """The list of parts is a claim: the size in it is cut down by hand."""
    content = bytearray(altered(BOOK, {"xl/worksheets/sheet1.xml": b"<worksheet>" + bytes(10**6) + b"</worksheet>"}))
    honest = (10**6 + 23).to_bytes(4, "little")
    assert content.count(honest) == 2
    assert refusal(bytes(content.replace(honest, (100).to_bytes(4, "little")))) == "broken"


def test_a_sheet_that_lies_about_its_size_or_is_all_empty_rows_takes_no_time() -> None:
    sheet = (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Mã cơ quan</t></is></c>'
        '<c r="XFD1" t="inlineStr"><is><t>xa</t></is></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'
        "</sheetData></worksheet>"
    )
    grid = reading.grid_of(altered(BOOK, {"xl/worksheets/sheet1.xml": sheet.encode()}))
    assert len(grid) <= 2 * MOST_ROWS
    assert max(len(line.cells) for line in grid) <= MOST_CELLS
