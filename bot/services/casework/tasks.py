"""Forms of the team that move nothing: a note, a pause, a handover. One row a task; a key opens the form in private."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain import tasks as domain
from bot.domain.coordination import COORDINATION
from bot.domain.forms import Form
from bot.domain.incidents import EventKind, Severity
from bot.domain.people import Permission, Person
from bot.domain.presses import Dossier
from bot.services.casework import incidents as desk_incidents
from bot.services.casework import lives, relay
from bot.services.clockwork import pauses, ratings
from bot.services.coordination import requests
from bot.services.desk import Desk, Keys, check, key
from bot.services.outbreak import outbreaks
from locales import Word
from storage.incidents import Incident

Facts = Mapping[str, Any]
Submit = Callable[[Desk, Person, Incident, Facts, int | None], Awaitable[None]]


@dataclass(frozen=True)
class Task:
    """What *Gửi* does is `submit`: desk, person, incident, facts of the form, the pressed message."""

    form: Form
    permission: Permission
    submit: Submit


def _back(incident: Incident) -> Keys:
    """What comes next is in the case file."""
    return [[key("button.dossier_back", Dossier(incident.id))]]


async def _note(desk: Desk, person: Person, incident: Incident, facts: Facts, message: int | None) -> None:
    """For colleagues alone: the reporter never reads it."""
    await desk.log(incident.id, EventKind.NOTED, person, text=facts["note"])
    await desk.say(person, "task.noted", buttons=_back(incident), edits=message, about=incident.id, code=incident.code)


async def _answer(desk: Desk, person: Person, incident: Incident, facts: Facts, message: int | None) -> None:
    """Words of one's own to the reporter."""
    await relay.from_case_file(desk, person, incident, str(facts["words"]))
    await desk.say(person, "ready.sent", buttons=_back(incident), edits=message, about=incident.id, code=incident.code)


async def _rate(desk: Desk, person: Person, incident: Incident, facts: Facts, message: int | None) -> None:
    """Another degree than the proposed or confirmed one, with the reason."""
    severity = Severity(facts["severity"])
    try:
        async with desk.tx.savepoint():
            await ratings.rate(desk, person, incident, severity, facts["reason"])
    except lives.Overtaken as late:
        await desk.say(person, late.key, edits=message, **late.values)
        return
    words = Word(f"severity.{severity}")
    await desk.say(
        person,
        "degree.written",
        buttons=_back(incident),
        edits=message,
        about=incident.id,
        code=incident.code,
        severity=words,
    )


TASKS: Mapping[str, Task] = {
    "answer": Task(domain.ANSWERING, Permission.RELAY, _answer),
    "tie": Task(domain.TYING, Permission.TIE, outbreaks.tie_by_code),
    "note": Task(domain.NOTING, Permission.NOTE, _note),
    "rerate": Task(domain.RATING, Permission.RATE, _rate),
    "pause": Task(domain.PAUSING, Permission.PAUSE, pauses.pause),
    "request": Task(COORDINATION, Permission.COORDINATE, requests.ask),
}
_OF_FORM: Mapping[str, Task] = {task.form.name: task for task in TASKS.values()}


async def submit(desk: Desk, person: Person, form: str, incident_id: str, facts: Facts, message: int | None) -> None:
    """*Gửi* under the form of a task; the right may have ended since it was opened.

    Raises:
        Refusal: no right, or an answer that must be mended.
    """
    task = _OF_FORM[form]
    check(person, Permission.SEE_DETAILS, "text")  # the department asks for help too, and reads no incidents
    incident = await desk_incidents.seen_by(desk, person, task.permission, incident_id, "text")
    await task.submit(desk, person, incident, facts, message)
