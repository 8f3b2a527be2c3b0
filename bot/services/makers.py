"""`MAKERS`: every kind of file that can be ordered (`workshop.order`), one row each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.services import papers, rota, rota_sheets, timeline_files
from bot.services.workshop import Maker

MAKERS: Mapping[str, Maker[Any]] = {
    "paper": papers.DOCX,
    "pdf": papers.PDF,
    rota.PICTURE: rota_sheets.ROTA,
    timeline_files.WHAT: timeline_files.TIMELINE,
}
