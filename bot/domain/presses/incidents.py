"""Keys of the team's cards and lists, and what stands under them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.domain.presses.press import Press


@dataclass(frozen=True)
class Claim(Press):
    verb: ClassVar[str] = "c"
    incident: str


@dataclass(frozen=True)
class Details(Press):
    verb: ClassVar[str] = "d"
    incident: str


@dataclass(frozen=True)
class See(Press):
    """Sends the evidence of an incident in private, from the piece after that one on."""

    verb: ClassVar[str] = "x"
    incident: str
    after: str = ""


@dataclass(frozen=True)
class Act(Press):
    """A move of the team that needs no words: begin the work, mark as resolved."""

    verb: ClassVar[str] = "t"
    incident: str
    move: str


@dataclass(frozen=True)
class Rate(Press):
    """The team says how grave an incident is."""

    verb: ClassVar[str] = "s"
    incident: str
    severity: str


@dataclass(frozen=True)
class Unfold(Press):
    """Shows other keys on the card itself: what else can be done, the degrees of severity, or the first keys again."""

    verb: ClassVar[str] = "u"
    incident: str
    view: str


@dataclass(frozen=True)
class Respond(Press):
    """A liaison takes or returns what was referred to the own body."""

    verb: ClassVar[str] = "e"
    referral: str
    answer: str


@dataclass(frozen=True)
class Listing(Press):
    """Another page of the list of a storm."""

    verb: ClassVar[str] = "y"
    digest: str
    page: str


@dataclass(frozen=True)
class Weigh(Press):
    """The team's word on what the bot has suggested because two reports share something: take it, or not the same."""

    verb: ClassVar[str] = "we"
    offer: str
    answer: str


@dataclass(frozen=True)
class Related(Press):
    """What an incident belongs to and what belongs to it: a page of the case file."""

    verb: ClassVar[str] = "rl"
    incident: str
    page: str = "0"


@dataclass(frozen=True)
class Tie(Press):
    """Lays an outbreak over an incident, or unties one from the outbreak."""

    verb: ClassVar[str] = "ti"
    act: str
    incident: str
    outbreak: str = ""


KINDS: tuple[type[Press], ...] = (Claim, Details, See, Act, Rate, Unfold, Respond, Listing, Weigh, Related, Tie)
