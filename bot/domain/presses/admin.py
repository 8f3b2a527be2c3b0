"""Keys of administrators: who holds which role, and where the team's group is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.domain.presses.press import Press


@dataclass(frozen=True)
class Invite(Press):
    """An administrator picks the role of a one-time link, and its term: days of an expert, the body of a liaison."""

    verb: ClassVar[str] = "r"
    role: str
    term: str = ""


@dataclass(frozen=True)
class Admit(Press):
    """An administrator confirms or refuses a person who used a link."""

    verb: ClassVar[str] = "a"
    invitation: str
    answer: str


@dataclass(frozen=True)
class Roster(Press):
    """Another page of who holds which role."""

    verb: ClassVar[str] = "ro"
    page: str


@dataclass(frozen=True)
class Holder(Press):
    """The roles of one person."""

    verb: ClassVar[str] = "rh"
    person: str


@dataclass(frozen=True)
class Grant(Press):
    """An administrator gives a role, step by step: which, for how long or for whom, and surely."""

    verb: ClassVar[str] = "rg"
    person: str
    role: str = ""
    term: str = ""
    sure: str = ""


@dataclass(frozen=True)
class Revoke(Press):
    """An administrator takes a role back: asks, and does it at the second press."""

    verb: ClassVar[str] = "rx"
    person: str
    role: str
    sure: str = ""


@dataclass(frozen=True)
class Second(Press):
    """The second administrator's word on a grave role."""

    verb: ClassVar[str] = "rs"
    proposal: str
    answer: str


@dataclass(frozen=True)
class Bind(Press):
    """An administrator confirms in private that another group replaces the team's."""

    verb: ClassVar[str] = "b"
    binding: str
    answer: str


KINDS: tuple[type[Press], ...] = (Invite, Admit, Roster, Holder, Grant, Revoke, Second, Bind)
