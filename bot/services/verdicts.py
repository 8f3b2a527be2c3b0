"""What the forms of the team do when they are sent: close, reject, merge, refer, re-open, ask; a liaison returns."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.domain.errors import Refusal
from bot.domain.incidents import OPEN, Move, Status
from bot.domain.people import Person
from bot.domain.questions import UNKNOWN
from bot.domain.sending import Lane
from bot.domain.work import MOVE_OF
from bot.services import cards as faces
from bot.services import lives, referrals, relay_marks
from bot.services.desk import Desk, named
from locales import Word
from storage import closings, incidents

Facts = Mapping[str, Any]
# What whoever sent the form reads, where it is not simply how the incident stands now.
TOLD: Mapping[Move, str] = {Move.ASK: "work.asked", Move.RETURN: "work.returned"}
DEEPEST = 50  # merges that lead from one incident to the next


async def submit(desk: Desk, person: Person, form: str, incident_id: str, facts: Facts, message: int | None) -> None:
    """*Gửi* under a form of the team. Whoever comes too late reads what has become of it, and the form is over.

    Raises:
        Refusal: an answer that must be mended; the form stays open.
    """
    move = MOVE_OF[form]
    incident = await incidents.get(desk.tx, incident_id)
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
    return moved


async def _reject(desk: Desk, person: Person, incident: incidents.Incident, facts: Facts) -> incidents.Incident:
    return await lives.move(desk, person, incident, Move.REJECT, way="text", reason=facts["reason"])


async def _reopen(desk: Desk, person: Person, incident: incidents.Incident, facts: Facts) -> incidents.Incident:
    return await lives.move(desk, person, incident, Move.REOPEN, way="text", reason=facts["reason"])


async def _merge(desk: Desk, person: Person, incident: incidents.Incident, facts: Facts) -> incidents.Incident:
    """Its reporter and the one of the other incident hear of it; neither learns the other's number."""
    main = await _main(desk, incident, str(facts["main"]))
    moved = await lives.move(desk, person, incident, Move.MERGE, way="text", main=main.id, into=main.code)
    if main.reporter is not None and main.reporter != incident.reporter and main.status in OPEN:
        await desk.say(main.reporter, "life.merged_into", lane=Lane.NOTICE, about=main.id, code=main.code)
    return moved


async def _main(desk: Desk, incident: incidents.Incident, code: str) -> incidents.Incident:
    """The incident with which a duplicate goes on: where the named one is itself a duplicate, what that leads to.

    Raises:
        Refusal: there is none, it is this one, it leads back here, or it was withdrawn.
    """
    main = await incidents.find_by_code(desk.tx, code)
    if main is None:
        raise Refusal("work.no_such_code", main=code)
    if main.id == incident.id:
        raise Refusal("work.same_code", main=code)
    for _ in range(DEEPEST):
        if main.duplicate_of is None:
            break
        main = await incidents.get(desk.tx, main.duplicate_of)
    if main.id == incident.id or main.duplicate_of is not None:
        raise Refusal("work.loop_code", main=code)
    if main.status is Status.WITHDRAWN:
        raise Refusal("work.withdrawn_code", main=main.code)
    return main


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
