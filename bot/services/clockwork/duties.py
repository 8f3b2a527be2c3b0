"""What the owner of a system owes by law: told to whoever reported for it, and ended by that person's word alone.

The bot reports to nobody on anybody's behalf; it says which report is due when, and the team sees what was declared.
"""

from __future__ import annotations

from typing import Any

from bot.domain import clocks as domain
from bot.domain.clocks import Clock, Deadline
from bot.domain.errors import Refusal
from bot.domain.incidents import ENDED, EventKind, Source
from bot.domain.people import Person
from bot.domain.presses import Declare
from bot.domain.sending import Lane
from bot.domain.vietnamese import HANOI
from bot.services.casework import cards as faces
from bot.services.clockwork import clocks, deadlines
from bot.services.desk import Desk, Keys, key
from locales import At, Lines, Word
from storage import people
from storage.incidents import Incident


async def owed(desk: Desk, incident: Incident) -> tuple[Deadline, ...]:
    """The legal deadlines of an incident, declared ones too."""
    return tuple(one for one in await clocks.of(desk, incident) if one.legal is not None)


async def tell(desk: Desk, person: Person, incident: Incident, edits: int | None = None) -> bool:
    """Which report is due when and by which law, with a key for each to say that it is made; false where none is."""
    found = await owed(desk, incident)
    if not found:
        return False
    await desk.say(
        person,
        "legal.owed",
        buttons=_keys(incident, person, found),
        edits=edits,
        about=incident.id,
        lane=Lane.NOTICE,
        code=incident.code,
        lines=Lines(_line(desk, person, one) for one in found),
        start=deadlines.start(incident, "legal"),
    )
    return True


def _keys(incident: Incident, person: Person, found: tuple[Deadline, ...]) -> Keys:
    return [
        [key(_label(one, person), Declare(incident.id, one.clock))]
        for one in found
        if one.met_at is None and incident.status not in ENDED
    ]


def _name(one: Deadline, person: Person) -> str:
    assert one.legal is not None
    return one.legal.name.in_language(person.language)


def _label(one: Deadline, person: Person) -> Any:
    return Word("button.declared", name=_name(one, person))


def _line(desk: Desk, person: Person, one: Deadline) -> Any:
    assert one.legal is not None
    to = one.legal.to
    return Word(
        "legal.line",
        name=_name(one, person),
        state=_state(desk, one),
        to=to.in_language(person.language) if to else None,
        basis=deadlines.basis(desk, one, person.language),
    )


def _state(desk: Desk, one: Deadline) -> Any:
    if one.met_at is not None:
        return Word("legal.state.declared", at=At(one.met_at))
    if one.at_once:
        return Word("legal.state.at_once")
    return Word("legal.state.over" if one.is_over(desk.now) else "legal.state.open", due=At(one.due))


async def show(desk: Desk, person: Person, incident: Incident) -> None:
    """The letter once more, asked for from the own report.

    Raises:
        Refusal: nothing is owed by law any more.
    """
    if not await tell(desk, person, incident):
        raise Refusal("press.stale.toast")


async def declare(desk: Desk, person: Person, incident: Incident, clock: str, message: int | None) -> str:
    """*Đã báo cáo …*: the owner's word ends that clock; the name of what was declared.

    Raises:
        Refusal: no such duty, or it has ended.
    """
    one = next((one for one in await owed(desk, incident) if one.clock == clock), None)
    if one is None or one.legal is None or incident.status in ENDED:
        raise Refusal("press.stale.toast")
    if one.met_at is None:
        await desk.log(incident.id, EventKind.DECLARED, person, clock=clock)
        await desk.redraw(incident.id)
        await faces.line(desk, incident.id, "under_card.declared", code=incident.code, name=one.legal.name.vi)
    await tell(desk, person, incident, message)
    return _name(one, person)


async def renew(desk: Desk, before: Incident, now: Incident) -> None:
    """How grave it is, or since when it is known, has changed: the reporter hears where that changes a promise or a
    duty, and of nothing else.
    """
    if now.reporter is None or now.status in ENDED or before.incomplete:
        return  # of a report that is still being written the receipt will tell
    person = await people.get(desk.tx, now.reporter)
    old, new = await clocks.of(desk, before), await clocks.of(desk, now)
    if now.source is Source.AGENCY and not _legal(new) <= _legal(old):
        await tell(desk, person, now)
    promised, due = _answer(old), _answer(new)
    if promised is not None and due is not None and due.due > promised.due:
        await desk.say(
            person, "promise.moved", lane=Lane.NOTICE, about=now.id, code=now.code, at=At(max(due.due, desk.now))
        )


def _legal(deadlines: tuple[Deadline, ...]) -> set[tuple[str, Any]]:
    return {(one.clock, one.due) for one in deadlines if one.legal is not None}


def _answer(found: tuple[Deadline, ...]) -> Deadline | None:
    return next((one for one in found if one.clock == Clock.ANSWER and one.met_at is None), None)


def owes(desk: Desk, incident: Incident) -> bool:
    """Whether the law asks for any report about it, made or not."""
    case = clocks.case_of(incident)
    day = domain.start_of_legal(case).astimezone(HANOI).date()
    return any(row.runs_for(case.source, case.severity, case.flags) for row in desk.policy.legal_clocks_on(day))
