"""Requests to agencies and providers: how they are numbered and asked, and who is reminded of them when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from bot.domain.agencies import Post
from bot.domain.enrolment import AGENCIES
from bot.domain.errors import Unclear
from bot.domain.forms import Form
from bot.domain.listed import Sought
from bot.domain.moments import HANOI, Moment, parse_moment
from bot.domain.questions import Json, Known, Option, Question, Said, Text


class State(StrEnum):
    """Where a request stands."""

    SENT = "sent"
    RECEIVED = "received"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


OPEN: Final = (State.SENT, State.RECEIVED)


def code(year: int, number: int) -> str:
    """The number under which both sides speak of a request: DP-2026-0001."""
    return f"DP-{year:04d}-{number:04d}"


# Asking -------------------------------------------------------------------------------------------------------------

# Times to choose from; any other moment is written in words.
TERMS: Final[Mapping[str, timedelta]] = {
    "hours_4": timedelta(hours=4),
    "day_1": timedelta(days=1),
    "days_3": timedelta(days=3),
    "days_7": timedelta(days=7),
}
LONGEST_TERM: Final = timedelta(days=90)
END_OF_DAY: Final = time(17)  # what is meant where only a day is named


@dataclass(frozen=True, kw_only=True)
class Deadline(Question):
    """Until when: a key or a moment ahead, in words; stored as `Moment.to_text()`."""

    label: str = "request_term"

    def options(self, known: Known) -> Sequence[Option]:
        return [Option(value, f"{self.label}.{value}") for value in TERMS]

    def read(self, said: Said, known: Known) -> Json:
        moment = parse_moment(said.text, known.now)
        if moment is None:
            raise Unclear("unclear.deadline")
        at = moment.at if moment.precise else _evening(moment.at)
        if at <= known.now:  # a day without a year is read as the latest one gone by
            at = _next_year(at)
        if not known.now < at <= known.now + LONGEST_TERM:
            raise Unclear("unclear.deadline")
        return Moment(at, precise=True).to_text()

    def read_press(self, value: str, known: Known) -> Json:
        super().read_press(value, known)
        return Moment(known.now + TERMS[value], precise=True).to_text()


def _evening(at: datetime) -> datetime:
    return datetime.combine(at.astimezone(HANOI).date(), END_OF_DAY, HANOI)


def _next_year(at: datetime) -> datetime:
    try:
        return at.replace(year=at.year + 1)
    except ValueError:  # 29 February
        return at


COORDINATION = Form(
    "coordination_1",
    (
        Sought(name="agency", among=AGENCIES),
        Text(name="words", shortest=10, longest=2000),
        Deadline(name="due"),
    ),
)
REFUSING = Form("coordination_refusal_1", (Text(name="reason", shortest=5, longest=1000),))
RESULT = Form("coordination_result_1", (Text(name="result", shortest=2, longest=1000),))
FORMS: Final[Mapping[str, Form]] = {form.name: form for form in (COORDINATION, REFUSING, RESULT)}


# Reminding ----------------------------------------------------------------------------------------------------------

_ALL: Final = tuple(Post)


@dataclass(frozen=True)
class Step:
    """One step of the ladder: `share` of the term, or `after` its end. `to`: who hears of what nobody has received;
    of what somebody has, that person alone hears until it is overdue.
    """

    name: str
    to: Sequence[Post]
    share: float = 1.0
    after: timedelta = timedelta()
    asker: bool = False
    department: bool = False

    @property
    def is_over(self) -> bool:
        """The term has run out by then."""
        return self.share >= 1


LADDER: Final = (
    Step("third", (Post.OFFICER, Post.DEPUTY), share=1 / 3),
    Step("two_thirds", _ALL, share=2 / 3),
    Step("due", _ALL, asker=True),
    Step("day_1", _ALL, after=timedelta(days=1), asker=True, department=True),
    Step("day_3", _ALL, after=timedelta(days=3), asker=True, department=True),
    Step("day_7", _ALL, after=timedelta(days=7), asker=True, department=True),
)
LAST: Final = LADDER[-1].name  # after that the bot asks no more, and says so
URGENT: Final = timedelta(days=1)  # shorter terms are reminded of by night too
_WAKING: Final = (time(7), time(21))  # on the clock of Ha Noi
_MORNING: Final = time(8)


def moment_of(step: Step, asked_at: datetime, due_at: datetime) -> datetime:
    """When a step is taken. Where there is a day or more to answer, nobody is woken for it."""
    moment = asked_at + (due_at - asked_at) * step.share + step.after
    local = moment.astimezone(HANOI)
    if due_at - asked_at < URGENT or step.name == "due" or _WAKING[0] <= local.time() < _WAKING[1]:
        return moment
    day = local.date() + (timedelta(days=1) if local.time() >= _WAKING[1] else timedelta())
    return datetime.combine(day, _MORNING, HANOI).astimezone(moment.tzinfo)


def next_step(told: str, asked_at: datetime, due_at: datetime, now: datetime | None = None) -> Step | None:
    """The step after the one that was `told` last (empty: none); with `now`, the latest whose time has come: what was
    missed while the machine stood still is not made up. None: there is none.
    """
    names = [step.name for step in LADDER]
    ahead = LADDER[names.index(told) + 1 :] if told in names else LADDER
    if now is None:
        return next(iter(ahead), None)
    return next((step for step in reversed(ahead) if moment_of(step, asked_at, due_at) <= now), None)


def look_at(told: str, asked_at: datetime, due_at: datetime) -> datetime | None:
    """When the next step is taken; None after the last."""
    step = next_step(told, asked_at, due_at)
    return moment_of(step, asked_at, due_at) if step else None
