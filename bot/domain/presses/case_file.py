"""Keys of the case file of an incident."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.domain.presses.press import Press


@dataclass(frozen=True)
class Dossier(Press):
    """The case file of an incident, from one of its pages."""

    verb: ClassVar[str] = "h"
    incident: str


@dataclass(frozen=True)
class Leaf(Press):
    """A page of the case file, or what is done from one: deadlines, severity, an end of a pause."""

    verb: ClassVar[str] = "hl"
    incident: str
    page: str


@dataclass(frozen=True)
class Chapter(Press):
    """A list of the case file: steps, notes, ready replies, what happened; `below` is where older ones begin."""

    verb: ClassVar[str] = "hc"
    incident: str
    of: str
    below: str = ""


@dataclass(frozen=True)
class Tick(Press):
    """A step of the checklist is done, or is not; says which of both, so that two who press at once mean the same."""

    verb: ClassVar[str] = "hk"
    incident: str
    step: str
    to: str


@dataclass(frozen=True)
class Ready(Press):
    """A ready reply: see it as the reporter will, send it, reword it. `seen` proves which words were looked at."""

    verb: ClassVar[str] = "hr"
    incident: str
    reply: str
    act: str
    seen: str = ""


@dataclass(frozen=True)
class Mark(Press):
    """How far what is known of an incident may be passed on (TLP); empty: what there is to choose from."""

    verb: ClassVar[str] = "tl"
    incident: str
    tlp: str = ""


@dataclass(frozen=True)
class Declare(Press):
    """Whoever reported for an agency says that a report which the law asks for is made."""

    verb: ClassVar[str] = "dc"
    incident: str
    clock: str


@dataclass(frozen=True)
class Paper(Press):
    """The papers that can be made of an incident; with `sheet`, one of them is begun."""

    verb: ClassVar[str] = "j"
    incident: str
    sheet: str = ""


@dataclass(frozen=True)
class Pdf(Press):
    """A paper that was made, as a PDF."""

    verb: ClassVar[str] = "jp"
    paper: str


KINDS: tuple[type[Press], ...] = (Dossier, Leaf, Chapter, Tick, Ready, Mark, Declare, Paper, Pdf)
