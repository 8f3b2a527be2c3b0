"""Keys of the register: agencies, systems, who speaks for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.domain.presses.press import Press


@dataclass(frozen=True)
class Browse(Press):
    """The register of agencies: its front page, those of a kind ("ended": those that are no more), from one on."""

    verb: ClassVar[str] = "rb"
    kind: str = ""
    start: str = "0"


@dataclass(frozen=True)
class AgencyFile(Press):
    """An agency as the department sees it: its page, its systems, what happened to it."""

    verb: ClassVar[str] = "ra"
    agency: str
    view: str = ""
    page: str = "0"


@dataclass(frozen=True)
class KeepAgency(Press):
    """The department adds an agency (`agency` is empty), changes or ends one, or gives it a system."""

    verb: ClassVar[str] = "rk"
    agency: str
    act: str


@dataclass(frozen=True)
class Merge(Press):
    """An agency goes into a successor on a day (YYYYMMDD): shown with all that follows, then, surely, done."""

    verb: ClassVar[str] = "rm"
    agency: str
    successor: str
    day: str
    sure: str = ""


@dataclass(frozen=True)
class SystemFile(Press):
    """A system as the department sees it."""

    verb: ClassVar[str] = "rf"
    system: str


@dataclass(frozen=True)
class KeepSystem(Press):
    """The department changes a system, its level, stops it or takes it up again."""

    verb: ClassVar[str] = "rt"
    system: str
    act: str


@dataclass(frozen=True)
class OwnSystems(Press):
    """The systems of an agency for which somebody speaks, by pages; all such agencies where none is named."""

    verb: ClassVar[str] = "rw"
    agency: str = ""
    page: str = "0"


@dataclass(frozen=True)
class OwnSystem(Press):
    """One of the own systems: its page, or a form about it; `act` "add": a new one of the agency that is named."""

    verb: ClassVar[str] = "ru"
    of: str
    act: str = ""


@dataclass(frozen=True)
class Providers(Press):
    """The published contact points of telecommunications and Internet enterprises, by pages; for everyone. The page
    "new" is the first one, in a message of its own.
    """

    verb: ClassVar[str] = "np"
    page: str = "new"


@dataclass(frozen=True)
class Enrolment(Press):
    """The department's word on somebody who says to speak for an agency."""

    verb: ClassVar[str] = "nw"
    enrolment: str
    answer: str


@dataclass(frozen=True)
class OwnPost(Press):
    """The own post, or the one at an agency: still in charge, all contacts right, no more (asked, then sure), a
    deputy who takes over.
    """

    verb: ClassVar[str] = "no"
    post: str
    act: str


@dataclass(frozen=True)
class Relieve(Press):
    """The department ends somebody's post: asks, and does it at the second press."""

    verb: ClassVar[str] = "nx"
    post: str
    sure: str = ""


@dataclass(frozen=True)
class Tables(Press):
    """Tables of the register: one is to come in, goes out, is to be written or dropped; `of` says which."""

    verb: ClassVar[str] = "ri"
    act: str
    of: str = ""


KINDS: tuple[type[Press], ...] = (
    *(Browse, AgencyFile, KeepAgency, Merge),
    *(SystemFile, KeepSystem, OwnSystems, OwnSystem),
    *(Providers, Enrolment, OwnPost, Relieve),
    Tables,
)
