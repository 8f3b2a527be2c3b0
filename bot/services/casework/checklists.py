"""What is still to be done about an incident: the steps of its kind, ticked by whoever did them. Each tick is an event.

A tick keeps the words of its step, so that it can be read when the list has long become another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from bot.domain.checklists import Step
from bot.domain.errors import Refusal
from bot.domain.incidents import OPEN, EventKind
from bot.domain.people import Permission, Person
from bot.domain.presses import Dossier, Tick
from bot.services.casework import incidents as desk_incidents
from bot.services.casework import lives, ticks
from bot.services.desk import Desk, Keys, key, rows
from bot.services.staffing.colleagues import name_of
from locales import At, Rows, Word
from storage import incidents
from storage.events import Event

WIDE = 5  # keys in a row: a number is short
ON, OFF = "on", "off"


def _steps(desk: Desk, incident: incidents.Incident) -> tuple[Step, ...]:
    return ticks.steps_of(desk.policy, desk.now, incident)


async def show_page(desk: Desk, person: Person, incident: incidents.Incident, edits: int | None = None) -> None:
    """The steps by phase, who did which and when, and keys to tick them for those who work."""
    steps, ticked = _steps(desk, incident), await ticks.done(desk.tx, incident.id)
    works = incident.status in OPEN and person.may(Permission.WORK)
    lines = [await _line(desk, number, step, ticked.get(step.key)) for number, step in enumerate(steps, start=1)]
    phases = groupby(zip(steps, lines, strict=True), key=lambda pair: pair[0].phase)
    await desk.say(
        person,
        "checklist.page",
        buttons=[
            *(_keys(incident.id, steps, ticked) if works else ()),
            [key("button.dossier_back", Dossier(incident.id))],
        ],
        edits=edits,
        about=incident.id,
        code=incident.code,
        kind=Word(f"kind.{incident.kind}.label"),
        count=ticks.counted(steps, ticked),
        phases=Rows(
            Word("checklist.phase", name=Word(f"phase.{phase}"), steps=Rows(line for _, line in pairs))
            for phase, pairs in phases
        ),
        older=await _older(desk, steps, ticked),
        how=Word("checklist.how" if works else "checklist.over") if person.may(Permission.WORK) else None,
    )


async def _line(desk: Desk, number: int, step: Step, tick: Event | None) -> Any:
    words = step.words or Word(f"step.{step.key}")
    if tick is None:
        return Word("checklist.open", number=number, words=words)
    return Word("checklist.done", number=number, words=words, by=await name_of(desk.tx, tick.actor), at=At(tick.at))


async def _older(desk: Desk, steps: Sequence[Step], ticked: dict[str, Event]) -> Any:
    """What was ticked while the list was another one."""
    gone = [tick for step, tick in ticked.items() if step not in {one.key for one in steps}]
    if not gone:
        return None
    lines = [
        Word(
            "checklist.older_done",
            words=str((tick.payload or {}).get("words")),
            by=await name_of(desk.tx, tick.actor),
            at=At(tick.at),
        )
        for tick in gone
    ]
    return Word("checklist.older", steps=Rows(lines))


def _keys(incident: str, steps: Sequence[Step], ticked: dict[str, Event]) -> Keys:
    keys = []
    for number, step in enumerate(steps, start=1):
        label = Word("checklist.pick", number=number)
        is_done = step.key in ticked
        press = Tick(incident, step.key, OFF if is_done else ON)
        keys.append(key(Word("mark.on", label=label) if is_done else label, press))
    return rows(keys, width=WIDE)


async def tick(desk: Desk, person: Person, press: Tick, message: int | None) -> tuple[str, str]:
    """A number was pressed; the name of the popup and the words of the step. Pressed by two at once it is one tick.

    Raises:
        Refusal: no right, no such step, or the incident has ended.
    """
    incident = await desk_incidents.seen_by(desk, person, Permission.WORK, press.incident)
    step = next((one for one in _steps(desk, incident) if one.key == press.step), None)
    if step is None or press.to not in (ON, OFF):
        raise Refusal("press.stale.toast")
    if incident.status not in OPEN:
        raise await lives.overtaken(desk, person, incident)
    words = step.words or desk.house.texts.plain("vi", f"step.{step.key}")
    kind = EventKind.TICKED if press.to == ON else EventKind.UNTICKED
    if (step.key in await ticks.done(desk.tx, incident.id)) != (press.to == ON):
        await desk.log(incident.id, kind, person, step=step.key, words=words)
        await desk.redraw(incident.id)
    await show_page(desk, person, incident, message)
    return f"checklist.{kind}.toast", words
