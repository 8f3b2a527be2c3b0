"""What one of the team holds: open incidents, which of them are late, and what their reporters wait for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.clocks import Clock, Deadline
from bot.domain.incidents import EventKind
from bot.services.clockwork import clocks
from bot.services.desk import Desk
from locales import At, Lines, Listed, Word
from storage import events, incidents

MOST = 200  # incidents that one person can hand over at once
SHOWN = 15  # of them in one message
PROMISES = frozenset({Clock.ANSWER, Clock.UPDATE, Clock.RESOLVE})
ANSWERS = (EventKind.RELAYED, EventKind.ASKED)


@dataclass(frozen=True)
class Item:
    """One incident that is held. `late`: deadlines of the team that were missed; `remarks`: what was promised."""

    incident: incidents.Incident
    late: tuple[Deadline, ...]
    remarks: tuple[Any, ...]

    @property
    def line(self) -> Any:
        """Number and kind alone: who is offered work may not be allowed to read it yet."""
        late = [Word("held.late", deadline=_name(one), due=At(one.due)) for one in self.late]
        return Word(
            "held.line",
            code=self.incident.code,
            kind=Word(f"kind.{self.incident.kind}.label"),
            status=Word(f"status.{self.incident.status}"),
            late=Listed(late) if late else None,
            remarks=Listed(self.remarks) if self.remarks else None,
        )


def _name(one: Deadline) -> Any:
    return Word(f"ladder.deadline.{one.clock}")


async def by(desk: Desk, person: str) -> list[incidents.Incident]:
    """What somebody has claimed and not finished, the oldest first."""
    return await incidents.owned_by(desk.tx, person, MOST, 0)


async def looked_at(desk: Desk, found: Sequence[incidents.Incident]) -> list[Item]:
    """The late ones first, then those with promises; within each the oldest first."""
    items = [await _item(desk, one) for one in found]
    return sorted(items, key=lambda one: (not one.late, not one.remarks))


async def _item(desk: Desk, incident: incidents.Incident) -> Item:
    team = [one for one in await clocks.of(desk, incident) if one.legal is None and one.met_at is None]
    late = tuple(one for one in team if one.is_over(desk.now))
    promised = min((one for one in team if one.clock in PROMISES and not one.is_over(desk.now)), key=_due, default=None)
    unanswered = await _unanswered(desk, incident)
    remarks = [
        Word("held.promised", deadline=_name(promised), due=At(promised.due)) if promised else None,
        Word("held.paused", until=At(incident.paused_until)) if incident.paused_until else None,
        Word("held.unanswered", at=At(unanswered.at)) if unanswered else None,
    ]
    return Item(incident, late, tuple(one for one in remarks if one is not None))


def _due(one: Deadline) -> Any:
    return one.due


async def _unanswered(desk: Desk, incident: incidents.Incident) -> events.Event | None:
    """The reporter's last message, where nobody of the team has written since."""
    told = await events.last_of(desk.tx, incident.id, EventKind.TOLD)
    if told is None:
        return None
    said = [await events.last_of(desk.tx, incident.id, kind) for kind in ANSWERS]
    return None if any(one is not None and one.number > told.number for one in said) else told


def lines(items: Sequence[Item]) -> dict[str, Any]:
    """The values of a text that lists them: the first ones, and how many more there are."""
    rest = len(items) - SHOWN
    return {
        "lines": Lines(one.line for one in items[:SHOWN]),
        "n": len(items),
        "more": Word("held.more", rest=rest) if rest > 0 else None,
    }
