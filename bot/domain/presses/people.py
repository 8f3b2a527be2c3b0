"""Keys for everyone who writes to the bot: doors, forms, own reports, lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.domain.presses.press import Press


@dataclass(frozen=True)
class Open(Press):
    """Opens a door of the menu: report, track, contact point, privacy, language, enrolling."""

    verb: ClassVar[str] = "m"
    door: str


@dataclass(frozen=True)
class Answer(Press):
    """A key under a question of a form. `act` is one of the acts of the engine; `draft` the short id."""

    verb: ClassVar[str] = "f"
    draft: str
    question: str
    act: str
    value: str = ""


@dataclass(frozen=True)
class Fork(Press):
    """Continue an open form, or begin anew."""

    verb: ClassVar[str] = "k"
    draft: str
    way: str


@dataclass(frozen=True)
class Which(Press):
    """To which own incident a message belongs that was sent by itself; "new": to none of them."""

    verb: ClassVar[str] = "w"
    incident: str


@dataclass(frozen=True)
class Own(Press):
    """What a reporter does with an own incident: see, add, withdraw (asks), withdraw for good."""

    verb: ClassVar[str] = "o"
    incident: str
    act: str


@dataclass(frozen=True)
class Page(Press):
    """Another page of a list: queue, mine, own."""

    verb: ClassVar[str] = "p"
    of: str
    number: str


@dataclass(frozen=True)
class Found(Press):
    """Another page of what somebody searched for."""

    verb: ClassVar[str] = "q"
    search: str
    page: str


@dataclass(frozen=True)
class Language(Press):
    verb: ClassVar[str] = "l"
    language: str


@dataclass(frozen=True)
class Privacy(Press):
    verb: ClassVar[str] = "v"
    act: str


@dataclass(frozen=True)
class PictureConsent(Press):
    """The answer to the notice about sensitive pictures; `evidence` is the id of what was sent."""

    verb: ClassVar[str] = "i"
    evidence: str
    answer: str


KINDS: tuple[type[Press], ...] = (Open, Answer, Fork, Which, Own, Page, Found, Language, Privacy, PictureConsent)
