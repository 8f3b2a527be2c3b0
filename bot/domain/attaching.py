"""The one file that a form of an agency may take along: an official letter, and never what only experts may see."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.errors import Unclear
from bot.domain.evidence import Piece, extension
from bot.domain.letters import fold
from bot.domain.questions import Json, Known, Question, Said

FILE: Final = "file"  # the name of the question in every form that has one


@dataclass(frozen=True, kw_only=True)
class Attached(Question):
    """One file. Its answer says what was kept of it: the id of the evidence, its kind and its name."""

    name: str = FILE
    optional: bool = True

    def read(self, said: Said, known: Known) -> Json:
        if said.kept is None:
            raise Unclear("unclear.file")
        return dict(said.kept)


class Unfit(StrEnum):
    """Why a file is not taken along with evidence."""

    SCAN = "scan"  # detailed results: a map of the holes
    NETWORK = "network"  # plans of networks, lists of addresses
    CONFIG = "config"
    KIND = "kind"  # no letter: neither PDF nor DOCX nor a picture


# Telegram's own photos, and documents whose names say one of these.
LETTERS: Final = frozenset({"pdf", "docx", "jpg", "jpeg", "png", "heic", "heif", "webp"})
_BY_ENDING: Final[Mapping[str, Unfit]] = {
    **dict.fromkeys(("nessus", "nbe", "nmap", "gnmap", "sarif", "burp", "fpr", "zap", "xml", "csv"), Unfit.SCAN),
    **dict.fromkeys(("vsd", "vsdx", "drawio", "dwg", "dxf", "pkt", "gns3", "unl", "pcap", "pcapng"), Unfit.NETWORK),
    **dict.fromkeys(("conf", "cfg", "config", "ini", "yaml", "yml", "env", "rules", "rdp", "ovpn"), Unfit.CONFIG),
}
# Words of names, folded, whole words only. A name that says to be a letter may speak of a scan, but not of its details.
_LETTER = re.compile(r"\b(?:cv|cong van|bc|bao cao|tb|thong bao|qd|quyet dinh|kh|ke hoach|bb|bien ban|tt|to trinh)\b")
_SCANNED = re.compile(r"\b(?:ra quet|quet lo hong|quet|lo hong|diem yeu|vuln\w*|weakness\w*)\b")
_ANYWAY: Final[tuple[tuple[re.Pattern[str], Unfit], ...]] = (
    (
        re.compile(
            r"\b(?:nessus|openvas|greenbone|acunetix|qualys|nexpose|burp(?:suite)?|nmap|nuclei|pentest\w*|cve"
            r"|scan (?:results?|reports?)|kiem thu xam nhap"
            r"|(?:chi tiet|danh sach|phu luc|bang ke)(?: \w+){0,4} (?:lo hong|ra quet|quet|diem yeu)"
            r"|(?:lo hong|ra quet|quet|diem yeu)(?: \w+){0,4} (?:chi tiet|phu luc))\b"
        ),
        Unfit.SCAN,
    ),
    (
        re.compile(
            r"\b(?:so do (?:\w+ ){0,2}(?:mang|ket noi|ha tang|logic|vat ly|he thong)|mo hinh mang|topolog\w*"
            r"|network (?:map|plan|diagram)|(?:danh sach|bang|quy hoach) (?:dia chi )?ip|ip noi bo)\b"
        ),
        Unfit.NETWORK,
    ),
    (
        re.compile(r"\b(?:cau hinh|\w*config\w*|firewall|tuong lua)\b"),
        Unfit.CONFIG,
    ),
)


def unfit(piece: Piece) -> Unfit | None:
    """Why a file is not taken, by what its name and its type say. A picture without a name is taken."""
    words = _words(piece.name)
    for pattern, why in _ANYWAY:
        if pattern.search(words):
            return why
    ending = extension(piece.name)
    if ending in _BY_ENDING:
        return _BY_ENDING[ending]
    if _SCANNED.search(words) and not _LETTER.search(words):
        return Unfit.SCAN
    return None if _is_letter(piece, ending) else Unfit.KIND


def _is_letter(piece: Piece, ending: str) -> bool:
    if piece.kind == "photo":
        return True
    return piece.kind == "document" and ending in LETTERS


def _words(name: str | None) -> str:
    """A name as plain words: "So-do_MangLAN.pdf" is "so do mang lan pdf"."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name or "")
    return re.sub(r"[^a-z0-9]+", " ", fold(apart))
