"""Keys of the duty rota and of handing work over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.domain.presses.press import Press


@dataclass(frozen=True)
class Duty(Press):
    """The rota: a week of it (its Monday as YYYYMMDD, this week where empty), as words or as a picture."""

    verb: ClassVar[str] = "dv"
    view: str
    week: str = ""


@dataclass(frozen=True)
class PlanWeek(Press):
    """A lead plans a week of the rota, or copies the week before into it."""

    verb: ClassVar[str] = "dw"
    week: str
    act: str = ""


@dataclass(frozen=True)
class FillShift(Press):
    """A lead says who has a shift, which is named by its first minute in UTC: asks whom, then settles it."""

    verb: ClassVar[str] = "df"
    start: str
    person: str = ""
    page: str = "0"


@dataclass(frozen=True)
class GiveShift(Press):
    """Somebody offers a shift, step by step: which, to whom, and for which one of theirs."""

    verb: ClassVar[str] = "g"
    shift: str = ""
    taker: str = ""
    for_shift: str = ""


@dataclass(frozen=True)
class TakeShift(Press):
    """The colleague's word on a shift that was offered."""

    verb: ClassVar[str] = "ds"
    swap: str
    answer: str


@dataclass(frozen=True)
class OnDuty(Press):
    """Somebody says that the own shift has begun with them."""

    verb: ClassVar[str] = "da"
    shift: str


@dataclass(frozen=True)
class Hand(Press):
    """To whom work is handed over: `what` is all that one holds, one incident, or an offer that is passed on."""

    verb: ClassVar[str] = "ho"
    what: str
    id: str
    to: str = ""
    page: str = "0"


@dataclass(frozen=True)
class Handing(Press):
    """What becomes of an offered handover: accept, decline, why, withdraw."""

    verb: ClassVar[str] = "hb"
    handover: str
    act: str


KINDS: tuple[type[Press], ...] = (Duty, PlanWeek, FillShift, GiveShift, TakeShift, OnDuty, Hand, Handing)
