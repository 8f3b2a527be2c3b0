"""`MAKERS`: every kind of file that can be ordered (`workshop.order`), one row each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.services.casework import timeline_files
from bot.services.compliance import books, calendars, maps, silent
from bot.services.duty import rota, rota_sheets
from bot.services.obligation import board_sheets
from bot.services.paper import papers
from bot.services.register import table_files
from bot.services.workshop import Maker

MAKERS: Mapping[str, Maker[Any]] = {
    "paper": papers.DOCX,
    "pdf": papers.PDF,
    rota.PICTURE: rota_sheets.ROTA,
    timeline_files.WHAT: timeline_files.TIMELINE,
    board_sheets.WHAT: board_sheets.BOARD,
    table_files.TABLE: table_files.TABLE_FILE,
    table_files.BLANK: table_files.BLANK_FILE,
    table_files.REPORT: table_files.REPORT_FILE,
    maps.WHAT: maps.MAP,
    books.WHAT: books.BOOK,
    silent.WHAT: silent.SILENT,
    calendars.WHAT: calendars.CALENDAR,
}
