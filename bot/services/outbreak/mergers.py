"""One matter, reported twice: the later report goes on in the earlier one, and can be taken apart again."""

from __future__ import annotations

from typing import Any

from bot.domain.errors import Refusal
from bot.domain.incidents import OPEN, Move, Status
from bot.domain.people import Person
from bot.domain.reports import OUTBREAK
from bot.domain.sending import Lane
from bot.services.casework import lives
from bot.services.desk import Desk
from storage import incidents

DEEPEST = 50  # merges that lead from one incident to the next


async def merge(
    desk: Desk, person: Person, incident: incidents.Incident, code: str, *, way: str = "text", **why: Any
) -> incidents.Incident:
    """Its reporter and the one of the other incident hear of it; neither learns the other's number. Both numbers
    stay: who looks up the merged one reads where it goes on, or (its reporter) that it does.

    Raises:
        Refusal: no right, overtaken, or there is nothing to merge it into.
    """
    main = await _main(desk, incident, code)
    if incident.form == OUTBREAK.name:
        raise Refusal("outbreak.not_merged", code=incident.code)
    moved = await lives.move(desk, person, incident, Move.MERGE, way=way, main=main.id, into=main.code, **why)
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


async def split(desk: Desk, person: Person, incident: incidents.Incident) -> incidents.Incident:
    """Take a merge back: it is worked on by itself again.

    Its reporter hears of it only where that changes anything: they had been told that the matter was over.

    Raises:
        Refusal: no right, or it is no duplicate (any more).
    """
    main = await incidents.find(desk.tx, incident.duplicate_of) if incident.duplicate_of else None
    apart = await lives.move(desk, person, incident, Move.SPLIT, apart_from=main.code if main else None)
    if main is not None and main.status not in OPEN and apart.reporter is not None:
        await desk.say(apart.reporter, "life.split", lane=Lane.NOTICE, about=apart.id, code=apart.code)
    return apart
