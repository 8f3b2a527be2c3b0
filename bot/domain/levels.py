"""What the policy says of each degree of severity and of the deadlines that run with it: rows with their time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Final

from pydantic import Field

from bot.domain.incidents import Flag, Severity, Source
from bot.domain.policy_rows import Dated, Key, ShortKey, Table, Words


class Level(Dated):
    """How soon the team does what at one degree; what a row leaves out stays as it is without it."""

    severity: Severity
    criterion: Words | None = None  # one line: when it is this degree
    claim_minutes: int | None = Field(default=None, ge=1, le=10_080)
    answer_minutes: int | None = Field(default=None, ge=1, le=43_200)
    update_hours: int | None = Field(default=None, ge=1, le=720)
    resolve_hours: int | None = Field(default=None, ge=1, le=8_760)


class LegalClock(Dated):
    """A report that the owner of a system owes an authority: from detection on, nights and holidays included.

    It runs where the report came from one of `sources` and has one of `flags` or one of `severities`; a row that names
    neither flag nor degree runs for all. Hours 0: at once.
    """

    key: ShortKey
    name: Words  # what is owed, as a noun
    hours: int = Field(ge=0, le=8_760)
    sources: tuple[Source, ...] = (Source.AGENCY,)
    flags: tuple[Flag, ...] = ()
    severities: tuple[Severity, ...] = ()
    to: Words | None = None
    law: Key | None = None
    article: Words | None = None

    def runs_for(self, source: Source, severity: Severity, flags: Iterable[str]) -> bool:
        named = bool(self.flags or self.severities)
        hit = severity in self.severities or not set(map(str, self.flags)).isdisjoint(flags)
        return source in self.sources and (hit or not named)


class Pauses(Table):
    """How long the clocks of the team may rest at most; then they go on by themselves."""

    reporter_hours: int = Field(default=72, ge=1, le=720)  # while the reporter is expected to answer
    third_party_hours: int = Field(default=168, ge=1, le=2_160)  # while somebody else has to act first


@dataclass(frozen=True)
class Times:
    """The lengths that hold for one incident."""

    claim: timedelta
    answer: timedelta
    update: timedelta
    resolve: timedelta


TEAM_CLOCKS: Final = tuple(field.name for field in fields(Times))  # no legal clock may be called so
# Where the policy says nothing: claim, answer, update, resolve. No law asks for these; a duty round the clock can.
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
USUAL: Final[Mapping[Severity, Times]] = {
    Severity.EMERGENCY: Times(15 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 24 * _HOUR),
    Severity.SERIOUS: Times(1 * _HOUR, 2 * _HOUR, 8 * _HOUR, 72 * _HOUR),
    Severity.ORDINARY: Times(4 * _HOUR, 8 * _HOUR, 24 * _HOUR, 168 * _HOUR),
    Severity.EVENT: Times(24 * _HOUR, 48 * _HOUR, 72 * _HOUR, 336 * _HOUR),
}


def level_on(levels: Sequence[Level], severity: Severity, day: date) -> Level | None:
    """The row of a degree that holds that day."""
    return next((row for row in levels if row.severity is severity and row.holds(day)), None)


def times_on(levels: Sequence[Level], severity: Severity, day: date) -> Times:
    """The lengths of one degree that day."""
    row, usual = level_on(levels, severity, day), USUAL[severity]
    if row is None:
        return usual
    return Times(
        claim=row.claim_minutes * _MINUTE if row.claim_minutes else usual.claim,
        answer=row.answer_minutes * _MINUTE if row.answer_minutes else usual.answer,
        update=row.update_hours * _HOUR if row.update_hours else usual.update,
        resolve=row.resolve_hours * _HOUR if row.resolve_hours else usual.resolve,
    )
