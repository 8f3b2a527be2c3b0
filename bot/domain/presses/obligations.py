"""Keys of the duties that come round and of what shows that they were done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.domain.presses.press import Press


@dataclass(frozen=True)
class Do(Press):
    """An officer writes down that something was done: a kind of evidence. `of` is an agency, or a system or an
    obligation that is chosen already; empty: the own agency."""

    verb: ClassVar[str] = "eo"
    kind: str
    of: str = ""


@dataclass(frozen=True)
class OwnEvidence(Press):
    """What one has handed in oneself: see it, withdraw it before it is judged, hand it in anew."""

    verb: ClassVar[str] = "es"
    submission: str
    act: str


@dataclass(frozen=True)
class Judging(Press):
    """What waits for a reviewer (`of` is "waiting"), or what was agreed not to apply ("waived"), by pages."""

    verb: ClassVar[str] = "eq"
    of: str = "waiting"
    page: str = "0"


@dataclass(frozen=True)
class Judge(Press):
    """A reviewer looks at what was handed in, at its file, accepts it or returns it."""

    verb: ClassVar[str] = "ej"
    submission: str
    act: str


@dataclass(frozen=True)
class Exempt(Press):
    """A reviewer looks at a request to be left out, agrees, refuses, or takes an agreement back."""

    verb: ClassVar[str] = "ee"
    exemption: str
    act: str


@dataclass(frozen=True)
class Owed(Press):
    """What an agency owes: see it, say that it was seen, put it off, say that it does not apply, get it as a file.
    `page` is a page, or for what was seen the minute of the message (YYYYMMDDHHMM in UTC)."""

    verb: ClassVar[str] = "ob"
    view: str
    agency: str = ""
    page: str = "0"


KINDS: tuple[type[Press], ...] = (Do, OwnEvidence, Judging, Judge, Exempt, Owed)
