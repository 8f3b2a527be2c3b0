"""What the forms of the team do when they are sent: close, reject, merge, refer, re-open, ask; a liaison returns."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.domain.errors import Refusal
from bot.domain.incidents import Move
from bot.domain.people import Person
from bot.domain.questions import UNKNOWN
from bot.domain.work import MOVE_OF
from bot.services import confines
from bot.services.casework import cards as faces
from bot.services.casework import lives, referrals, relay_marks
from bot.services.desk import Desk, named
from bot.services.outbreak import mergers, outbreaks
from locales import Word
from storage import closings, incidents

Facts = Mapping[str, Any]
# What whoever sent the form reads, where it is not simply how the incident stands now.
TOLD: Mapping[Move, str] = {Move.ASK: "work.asked", Move.RETURN: "work.returned"}


async def submit(desk: Desk, person: Person, form: str, incident_id: str, facts: Facts, message: int | None) -> None:
    """*Gửi* under a form of the team. Whoever comes too late reads what has become of it, and the form is over.

    Raises:
        Refusal: an answer that must be mended, or what may not be read any more; the form stays open.
    """
    move = MOVE_OF[form]
    incident = await incidents.get(desk.tx, incident_id)
    if move is not Move.RETURN and not confines.may_read(person, incident):  # it may have become TLP:RED meanwhile
        raise Refusal("tlp.withheld.text", code=incident.code)
    try:
        async with desk.tx.savepoint():
            moved = await VERDICTS[move](desk, person, incident, facts)
    except lives.Overtaken as late:
        await desk.say(person, late.key, edits=message, **late.values)
        return
    await desk.say(
        person,
        TOLD.get(move, "work.done"),
        edits=message,
        about=incident.id,
        code=incident.code,
        status=Word(f"status.{moved.status}"),
    )


async def _close(desk: Desk, person: Person, incident: incidents.Incident, facts: Facts) -> incidents.Incident:
    said = {name: answer for name, answer in facts.items() if answer not in (None, UNKNOWN)}
    moved = await lives.move(desk, person, incident, Move.CLOSE, way="text", **said)
    told = {name: answer for name, answer in said.items() if name != "damage"}
    await closings.keep(desk.tx, incident.id, told, said.get("damage"), person.id, desk.now)
    await outbreaks.close_children(desk, person, moved, told)
    return moved


async def _reject(desk: Desk, person: Person, incident: incidents.Incident, facts: Facts) -> incidents.Incident:
    return await lives.move(desk, person, incident, Move.REJECT, way="text", reason=facts["reason"])


async def _reopen(desk: Desk, person: Person, incident: incidents.Incident, facts: Facts) -> incidents.Incident:
    moved = await lives.move(desk, person, incident, Move.REOPEN, way="text", reason=facts["reason"])
    await outbreaks.say_reopened(desk, person, moved)
    return moved


async def _merge(desk: Desk, person: Person, incident: incidents.Incident, facts: Facts) -> incidents.Incident:
    return await mergers.merge(desk, person, incident, str(facts["main"]))


async def _refer(desk: Desk, person: Person, incident: incidents.Incident, facts: Facts) -> incidents.Incident:
    return await referrals.refer(desk, person, incident, facts["body"], facts["reason"])


async def _return(desk: Desk, person: Person, incident: incidents.Incident, facts: Facts) -> incidents.Incident:
    return await referrals.give_back(desk, person, incident, facts["reason"])


async def _ask(desk: Desk, person: Person, incident: incidents.Incident, facts: Facts) -> incidents.Incident:
    """The question goes to the reporter, and the team sees what was asked."""
    await lives.possible(desk, person, incident, Move.ASK)
    if await relay_marks.reachable(desk.tx, incident.reporter) is not None:
        raise Refusal("work.no_reporter", code=incident.code)
    question = str(facts["question"])
    moved = await lives.move(desk, person, incident, Move.ASK, way="text", question=question)
    words = faces.masked({"question": question}, faces.LONGEST_LINE)
    await faces.line(desk, incident.id, "under_card.asked", code=incident.code, officer=named(person), **words)
    return moved


Verdict = Callable[[Desk, Person, incidents.Incident, Facts], Awaitable[incidents.Incident]]

VERDICTS: Mapping[Move, Verdict] = {
    Move.CLOSE: _close,
    Move.REJECT: _reject,
    Move.MERGE: _merge,
    Move.REFER: _refer,
    Move.REOPEN: _reopen,
    Move.ASK: _ask,
    Move.RETURN: _return,
}
