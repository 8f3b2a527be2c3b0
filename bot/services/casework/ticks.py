"""Which steps of its checklist are done for an incident, and how many: for the card, the case file and the list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.domain import checklists, vietnamese
from bot.domain.checklists import Step
from bot.domain.incidents import EventKind
from bot.domain.policy import Policy
from locales import Word
from storage import events
from storage.events import Event
from storage.incidents import Incident
from storage.store import Transaction


def steps_of(policy: Policy, now: datetime, incident: Incident) -> tuple[Step, ...]:
    """The steps of the day for an incident."""
    return checklists.steps(incident.kind, policy.checklists, now.astimezone(vietnamese.HANOI).date())


async def done(tx: Transaction, incident: str) -> dict[str, Event]:
    """The steps that are ticked now, each with the event of its tick, in the order in which they were ticked."""
    ticked: dict[str, Event] = {}
    for event in await events.ticks(tx, incident):
        step = str((event.payload or {}).get("step"))
        ticked.pop(step, None)
        if event.kind is EventKind.TICKED and event.payload:
            ticked[step] = event
    return ticked


def counted(steps: Sequence[Step], ticked: Iterable[str]) -> Any:
    """*4/9 việc*."""
    known = set(ticked)
    return Word("checklist.count", done=sum(step.key in known for step in steps), all=len(steps))


async def count(tx: Transaction, policy: Policy, now: datetime, incident: Incident) -> Any:
    """How much is done, for the case file."""
    return counted(steps_of(policy, now, incident), await done(tx, incident.id))


async def begun(tx: Transaction, policy: Policy, now: datetime, incident: Incident) -> Any:
    """The same for a card, from the first step that is done on."""
    ticked = await done(tx, incident.id)
    return counted(steps_of(policy, now, incident), ticked) if ticked else None
