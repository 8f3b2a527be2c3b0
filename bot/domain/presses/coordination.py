"""Keys of requests to agencies and providers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.domain.presses.press import Press


@dataclass(frozen=True)
class RequestList(Press):
    """The list of open requests, by pages, or a new one."""

    verb: ClassVar[str] = "cl"
    what: str


@dataclass(frozen=True)
class RequestFile(Press):
    """A request, for those who ask: see it, take it back, write down that it is done."""

    verb: ClassVar[str] = "cr"
    request: str
    act: str


@dataclass(frozen=True)
class RequestAnswer(Press):
    """What the agency answers to a request: received, done, refused, a word more."""

    verb: ClassVar[str] = "ca"
    request: str
    act: str


KINDS: tuple[type[Press], ...] = (RequestList, RequestFile, RequestAnswer)
