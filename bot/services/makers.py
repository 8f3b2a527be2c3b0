"""`MAKERS`: every kind of file that can be ordered (`workshop.order`), one row each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.services.casework import timeline_files
from bot.services.duty import rota, rota_sheets
from bot.services.paper import papers
from bot.services.workshop import Maker

MAKERS: Mapping[str, Maker[Any]] = {
    "paper": papers.DOCX,
    "pdf": papers.PDF,
    rota.PICTURE: rota_sheets.ROTA,
    timeline_files.WHAT: timeline_files.TIMELINE,
}
