"""What may be kept of what people send: told by its name, by its declared type, and by its bytes as they pass by."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from bot.domain import file_types
from bot.domain.file_types import Reason
from bot.domain.people import OFFICERS, TEAM, Person
from bot.domain.policy import Policy

LARGEST: Final = 20 * 1024 * 1024  # bytes: Telegram hands a bot nothing bigger
LONGEST_NAME: Final = 120
TEMPORARY: Final = "tmp"  # folder beside those of the stored files


class State(StrEnum):
    """Where a piece of evidence stands."""

    ASKED = "asked"  # the notice about sensitive pictures awaits its answer
    WAITING = "waiting"  # to be fetched
    STORED = "stored"
    LISTED = "listed"  # never kept: only name, size and type are
    FAILED = "failed"  # was to be kept and could not be fetched


# What is looked at and then listed; the others are failures of the way.
UNFIT = frozenset(
    {Reason.PROGRAM, Reason.ARCHIVE, Reason.LOG, Reason.MACROS}
    | {Reason.DISGUISED, Reason.TOO_BIG, Reason.EMPTY, Reason.WRONG_TYPE}
)
# What belongs on the official way; a policy may let confirmed officers send it here.
DANGEROUS = frozenset({Reason.PROGRAM, Reason.ARCHIVE, Reason.LOG, Reason.MACROS})


@dataclass(frozen=True)
class Piece:
    """One medium of a message, as Telegram tells of it. `shows_people`: it may show what is sensitive."""

    kind: str
    file_id: str
    size: int | None = None
    name: str | None = None
    mime: str | None = None
    album: str | None = None
    shows_people: bool = False
    message: int | None = None


@dataclass(frozen=True)
class Fetched:
    """It lies on our disk, under a name that is not its own yet."""

    size: int
    sha256: str
    temporary: Path


@dataclass(frozen=True)
class Missed:
    """It does not. `again`: a later try may succeed, after `seconds` if the server named a time."""

    reason: Reason
    again: bool = False
    seconds: float | None = None


class Files(Protocol):
    """Where the bytes come from. It never raises for anything that Telegram, the network or the disk does."""

    async def fetch(self, file_id: str, folder: Path, look: Look, size: int | None) -> Fetched | Missed:
        """Bring a file into `folder`, under a temporary name."""
        ...

    async def put(self, fetched: Fetched, folder: Path) -> Missed | None:
        """Give it its own name, for good; why it could not be done."""
        ...


def place_of(folder: Path, sha256: str) -> Path:
    """Where the file with this content lies."""
    return folder / sha256[:2] / sha256


_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


def may_send_programs(person: Person, policy: Policy) -> bool:
    """Whether the policy lets this person send what nobody else may: confirmed officers and the team."""
    return policy.intake.officers_send_programs and not (OFFICERS | TEAM).isdisjoint(person.roles)


def shown_name(name: str | None) -> str | None:
    """A name that is safe to show: one line, no path, nothing that turns the reading direction."""
    if name is None:
        return None
    bare = _CONTROL.sub("", _BIDI.sub("", unicodedata.normalize("NFC", name)))
    return bare.replace("\\", "/").rpartition("/")[2].strip()[:LONGEST_NAME] or None


def may_show_people(name: str | None, mime: str | None) -> bool:
    """Whether a file is a picture or a film, by its declared type or by its name."""
    return _bare(mime).startswith(("image/", "video/")) or (_parts(name) or [""])[-1] in file_types.SIGHTS


def unwelcome(piece: Piece, *, programs: bool) -> Reason | None:
    """Why a piece is not even fetched: what its size, name and declared type say."""
    if piece.size is not None and piece.size > LARGEST:
        return Reason.TOO_BIG
    if piece.size == 0:
        return Reason.EMPTY
    if piece.name and _hides(piece.name):
        return Reason.DISGUISED
    last = (_parts(piece.name) or [""])[-1]
    mime = _bare(piece.mime)
    by_mime = None if (last, mime) in file_types.EXCUSED else file_types.MIMES.get(mime)
    return _unless_allowed(file_types.EXTENSIONS.get(last) or by_mime, programs=programs)


def _unless_allowed(reason: Reason | None, *, programs: bool) -> Reason | None:
    return None if programs and reason in DANGEROUS else reason


def _hides(name: str) -> bool:
    """A path in a name, letters that turn the reading direction, or a program's ending before a harmless one."""
    if _BIDI.search(name) or _CONTROL.search(name) or "/" in name or "\\" in name:
        return True
    *middle, last = _parts(name) or [""]
    return last not in file_types.EXTENSIONS and not file_types.HIDDEN.isdisjoint(middle)


def _parts(name: str | None) -> list[str]:
    """What follows the dots of a name, as Windows would read it: no dots and spaces at the end, wide letters narrow."""
    narrow = unicodedata.normalize("NFKC", name or "").split(":")[0].rstrip(". ").lower()
    return [part.strip() for part in narrow.split(".")[1:]]


def extension(name: str | None) -> str:
    """The last ending of a name, in small letters; empty where it has none."""
    return (_parts(name) or [""])[-1]


def _bare(mime: str | None) -> str:
    return (mime or "").partition(";")[0].strip().lower()


class Look:
    """Looks at one file while its bytes pass by; it holds the first `HEAD` of them and no more."""

    def __init__(self, piece: Piece, *, programs: bool) -> None:
        self._kind = piece.kind
        self._mime = _bare(piece.mime)
        self._extension = (_parts(piece.name) or [""])[-1]
        self._programs = programs
        self._head = b""
        self._judged = False
        self._tail = b""
        self._marks: set[bytes] = set()
        self._zipped = False

    def feed(self, block: bytes) -> Reason | None:
        """The next bytes; why the rest need not come."""
        if not self._judged:
            self._head += block[: file_types.HEAD - len(self._head)]
        self._search(block)
        if self._judged or len(self._head) < file_types.HEAD:
            return None
        return self._judge()

    def end(self) -> Reason | None:
        """All bytes have passed: why it is not kept."""
        if not self._head:
            return Reason.EMPTY
        found = None if self._judged else self._judge()
        return found or self._judge_zip()

    def _search(self, block: bytes) -> None:
        """A name may lie across two blocks."""
        seen = (self._tail + block).lower()
        self._marks |= {mark for mark in (*file_types.PAPERS, *file_types.MACROS) if mark in seen}
        self._tail = seen[-file_types.LONGEST_MARK :]

    def _judge(self) -> Reason | None:
        self._judged = True
        head, self._head = self._head, self._head[:1]
        self._zipped = head.startswith(file_types.ZIP)
        found = next((reason for place, magic, reason in file_types.MAGIC if head.startswith(magic, place)), None)
        if found is None and _runs(head):
            found = Reason.PROGRAM
        if found is None and self._zipped and not self._is_office():
            found = Reason.ARCHIVE
        claim = self._claims()
        if claim is not None and not claim.match(head):
            return _unless_allowed(found, programs=self._programs) or Reason.WRONG_TYPE
        return _unless_allowed(found, programs=self._programs)

    def _claims(self) -> re.Pattern[bytes] | None:
        """How the file must begin, by what it says to be."""
        if self._kind in file_types.KINDS:
            return file_types.KINDS[self._kind]
        return next((form for begins, form in file_types.TYPES if self._mime.startswith(begins)), None)

    def _is_office(self) -> bool:
        return self._extension in file_types.OFFICE or self._mime.startswith(file_types.OFFICE_MIMES)

    def _judge_zip(self) -> Reason | None:
        """A modern office document is a zip that lists its parts; one with macros, or of anything else, is refused."""
        if not self._zipped or self._programs:
            return None
        if not self._marks.isdisjoint(file_types.MACROS):
            return Reason.MACROS
        return Reason.ARCHIVE if self._marks.isdisjoint(file_types.PAPERS) else None


def _runs(head: bytes) -> bool:
    """A script, or a page or drawing that can hold one."""
    text = head[:4096].lstrip(b"\xef\xbb\xbf \t\r\n\f").lower()
    if text.startswith(file_types.SOUND_SCRIPT):
        return False
    if text.startswith(file_types.BEFORE_PAGES):
        return any(page in text for page in file_types.PAGES[1:])
    return text.startswith(file_types.PAGES)
