"""A table for the terminal: what was measured, what is wanted, and what stands behind the number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    what: str
    measured: str
    wanted: str = ""
    note: str = ""
    missed: bool = False


@dataclass(frozen=True)
class Table:
    title: str
    rows: Sequence[Row]

    def text(self) -> str:
        """Aligned columns; a goal that was missed is marked."""
        cells = [("", "measured", "wanted", "")]
        cells += [
            (row.what, row.measured, row.wanted + ("  MISSED" if row.missed else ""), row.note) for row in self.rows
        ]
        widths = [max(len(line[column]) for line in cells) for column in range(3)]
        lines = [
            f"  {what:<{widths[0]}}  {measured:>{widths[1]}}  {wanted:<{widths[2]}}  {note}".rstrip()
            for what, measured, wanted, note in cells
        ]
        return "\n".join([self.title, *lines])
