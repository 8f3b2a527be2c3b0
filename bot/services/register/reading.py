"""A file that was sent becomes rows and cells: CSV or XLSX, told by its first bytes and not by its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.domain import grids, tables
from bot.domain.grids import Grid
from bot.domain.lettering import Unreadable
from bot.services.register import workbooks

LARGEST: Final = 5 * 1024 * 1024  # bytes
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF = b"%PDF"


def grid_of(content: bytes) -> Grid:
    """The rows of a file.

    Raises:
        Unreadable: too big, no table, or a table that cannot be read; `reason` says which.
    """
    if len(content) > LARGEST:
        raise Unreadable("too_big")
    if content.startswith(workbooks.MAGIC):
        return workbooks.read(content)
    if content.startswith(_OLD_EXCEL):
        raise Unreadable("old_excel")
    if content.startswith(_PDF):
        raise Unreadable("binary")
    return grids.read_csv(content, _heads)


def _heads(cells: Sequence[str]) -> int:
    """How many heads of either table a row has."""
    return max(tables.heads(table, cells) for table in tables.TABLES.values())
