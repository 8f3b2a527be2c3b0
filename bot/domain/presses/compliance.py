"""Keys of the view over all agencies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.domain.presses.press import Press


@dataclass(frozen=True)
class Compliance(Press):
    """A page of the view: `of` is "all", "kind", "agency" or "system", `id` says which one."""

    verb: ClassVar[str] = "ct"
    of: str = "all"
    id: str = ""
    page: str = "0"


@dataclass(frozen=True)
class ComplianceFile(Press):
    """The view as a file: "map", "book" or "silent"; of one kind of agency, or of all where `kind` is empty."""

    verb: ClassVar[str] = "cf"
    what: str
    kind: str = ""
    page: str = "0"


KINDS: tuple[type[Press], ...] = (Compliance, ComplianceFile)
