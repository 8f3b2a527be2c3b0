"""What the doctor looks at for official papers: the operator's layouts, LibreOffice, a font that looks like Times."""

from __future__ import annotations

import asyncio
import shutil
from typing import Final

from bot import office, stationery
from bot.doctor.findings import Finding, Mark, Patient, fault, good, mind
from bot.domain.papers import PaperError

# Fonts with the widths of Times New Roman, as fontconfig names them.
ALIKE: Final = ("Times New Roman", "Liberation Serif", "Tinos")
# One letter of the block that only Vietnamese needs: a font that lacks it borrows a third of all letters elsewhere.
LETTER: Final = "1ec7"


async def papers(patient: Patient) -> list[Finding]:
    """Layouts that cannot be used; whether a PDF can be made, and with which letters."""
    return [*_layouts(patient), *await _pdf()]


def _layouts(patient: Patient) -> list[Finding]:
    place = patient.settings.papers
    if place is None:
        return []
    if not place.is_dir():
        return fault("doctor.papers.no_folder", path=str(place))
    found: list[Finding] = []
    for folder in stationery.folders(place):
        try:
            stationery.read(folder)
        except PaperError as wrong:
            found.append(Finding(Mark.FAULT, "doctor.papers.unusable", {"name": folder.name, "why": str(wrong)}))
    return found or good("doctor.papers.good", path=str(place))


async def _pdf() -> list[Finding]:
    program = office.find()
    if program is None:
        return mind("doctor.papers.no_office")
    if not await times_is_whole():
        return mind("doctor.papers.no_times")
    return good("doctor.papers.office", path=str(program))


async def times_is_whole() -> bool:
    """Whether what stands in for Times New Roman here has every Vietnamese letter; true where nobody can say."""
    asked = shutil.which("fc-match")
    if asked is None:
        return True
    plain = await _told(asked, "-f", "%{family[0]}", "Times New Roman")
    file = await _told(asked, "-f", "%{file}", "Times New Roman")
    return plain in ALIKE and file in await _told("fc-list", f":charset={LETTER}", "file")


async def _told(*command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    told, _ = await process.communicate()
    return told.decode("utf-8", "replace").strip()
