"""What the doctor looks at for official papers: the operator's layouts, LibreOffice, a font that looks like Times."""

from __future__ import annotations

import asyncio
import shutil
from typing import Final

from bot import office, stationery
from bot.doctor.findings import Finding, Mark, Patient, fault, good, mind
from bot.domain.papers import PaperError

# Fonts with the widths of Times New Roman and every Vietnamese letter, as fontconfig names them.
TIMES: Final = ("Times New Roman", "Liberation Serif", "Tinos", "TeX Gyre Termes", "Nimbus Roman")


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
    family = await _times()
    if family is not None and family not in TIMES:
        return mind("doctor.papers.no_times", family=family)
    return good("doctor.papers.office", path=str(program))


async def _times() -> str | None:
    """Which font stands in for Times New Roman on this machine; None where nobody can say."""
    asked = shutil.which("fc-match")
    if asked is None:
        return None
    process = await asyncio.create_subprocess_exec(
        asked,
        "-f",
        "%{family[0]}",
        "Times New Roman",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    told, _ = await process.communicate()
    return told.decode("utf-8", "replace").strip() or None
