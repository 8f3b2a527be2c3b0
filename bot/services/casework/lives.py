"""The one place that changes where an incident stands: the table, the log, the card, and what everybody reads of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.errors import Refusal
from bot.domain.incidents import ENDED, FINISHED, Move, Status, after
from bot.domain.moves import MOVES, Rule
from bot.domain.people import Permission, Person
from bot.domain.presses import Own
from bot.domain.sending import Lane
from bot.services.casework import cards as faces
from bot.services.desk import Desk, Keys, check, key, named
from bot.services.outbreak import digests
from locales import At, Word
from storage import events, incidents, people, sweeps

TOLD = ("question", "result", "reason", "body")  # what of a move its reporter may read
TELL = "tell"  # the work of telling the reporters of duplicates
TOLD_TOGETHER = 25  # of them in one transaction
ENDS_FOR_OTHERS = (Status.CLOSED, Status.NOT_INCIDENT, Status.REFERRED)


class Overtaken(Refusal):
    """Somebody was quicker: the sentence says where the incident stands, since when and by whom."""


async def move(
    desk: Desk,
    actor: Person | None,
    incident: incidents.Incident,
    move: Move,
    *,
    way: str = "toast",
    checked: bool = False,
    **payload: Any,
) -> incidents.Incident:
    """Change where an incident stands; the incident as it is then. `actor` None: the clock. `checked`: the right was
    asked for when that was decided of which this is a part.

    1. The permission, and the table of the life.
    2. A counted change: of two who act at once one wins.
    3. An event, the card, and a sentence for whoever is concerned.

    Raises:
        Refusal: no right; or `Overtaken`, which says what has become of it.
    """
    rule = MOVES[move]
    if not checked:
        _check(actor, incident, rule, way)
    status = await possible(desk, actor, incident, move)
    changed = await _changed(desk, actor, incident, rule, status, payload)
    if not await incidents.move(desk.tx, incident, changed):
        raise await overtaken(desk, actor, await incidents.get(desk.tx, incident.id))
    facts = {name: value for name, value in payload.items() if value is not None}
    await desk.log(incident.id, rule.event, actor, before=incident.status, after=changed.status, **facts)
    await desk.redraw(incident.id)
    await digests.needed(desk, changed)
    await _tell(desk, changed, rule, payload)
    return changed


async def possible(desk: Desk, actor: Person | None, incident: incidents.Incident, move: Move) -> Status:
    """Where the move leads from here.

    Raises:
        Overtaken: nowhere.
    """
    status = after(incident.status, move)
    if status is None:
        raise await overtaken(desk, actor, incident)
    return status


def _check(actor: Person | None, incident: incidents.Incident, rule: Rule, way: str) -> None:
    if rule.permission is not None and actor is not None:
        check(actor, rule.permission, way)
        return
    mine = actor is not None and rule.permission is None and incident.reporter == actor.id
    if rule.by_clock != (actor is None) or not (mine or rule.by_clock):
        raise Refusal("press.stale.toast")


async def _changed(
    desk: Desk,
    actor: Person | None,
    incident: incidents.Incident,
    rule: Rule,
    status: Status,
    payload: Mapping[str, Any],
) -> incidents.Incident:
    owner = await _owner(desk, actor, incident, rule)
    taken_at = incident.claimed_at if owner == incident.owner else desk.now
    return replace(
        incident,
        status=status if owner or not rule.returns else Status.NEW,
        owner=owner,
        claimed_at=taken_at if owner else None,
        moved_at=desk.now,
        moved_by=actor.id if actor else None,
        ended_at=desk.now if status in (*ENDED, Status.RESOLVED) else None,
        duplicate_of=payload["main"] if rule.redirects else None,
    )


async def _owner(desk: Desk, actor: Person | None, incident: incidents.Incident, rule: Rule) -> str | None:
    """Who has it after the move: whoever has it still works, whoever decides about one without owner takes it."""
    keeps = None if rule.frees else incident.owner
    if rule.returns and keeps is not None and not await _still_works(desk, keeps):
        keeps = None
    if keeps is None and rule.takes and actor is not None:
        return actor.id
    return keeps


async def _still_works(desk: Desk, person: str) -> bool:
    try:
        return (await people.get(desk.tx, person)).may(Permission.CLAIM)
    except LookupError:
        return False


async def _tell(desk: Desk, incident: incidents.Incident, rule: Rule, payload: Mapping[str, Any]) -> None:
    said = {name: payload.get(name) for name in TOLD}
    if rule.told is not None and incident.reporter is not None and not await _was_told(desk, incident, rule):
        await desk.say(
            incident.reporter,
            rule.told,
            buttons=objection_keys(desk, incident),
            about=incident.id,
            lane=Lane.NOTICE,
            code=incident.code,
            at=At(desk.now),
            days=desk.policy.objection_days,
            **said,
        )
    if rule.owner_told is not None and incident.owner is not None:
        await desk.say(incident.owner, rule.owner_told, lane=Lane.NOTICE, about=incident.id, code=incident.code)
    elif rule.team_told is not None:
        await faces.line(desk, incident.id, rule.team_told, code=incident.code, **faces.masked(said))
    if incident.status in ENDS_FOR_OTHERS:
        sweep = await sweeps.begin(desk.tx, TELL, incident.id, None, {}, desk.now)
        await tell_duplicates(desk, sweep)


async def tell_duplicates(desk: Desk, sweep: sweeps.Sweep) -> None:
    """Who reported the same hears that it has ended, some at a time, and the clock goes on with it; what was written
    to one reporter is not shown to another.
    """
    main = await incidents.get(desk.tx, sweep.incident)
    still = main.status in ENDS_FOR_OTHERS
    page = await incidents.duplicates_of(desk.tx, main.id, TOLD_TOGETHER, after=sweep.after) if still else []
    for one in page:
        if one.reporter is not None and one.reporter != main.reporter:
            await desk.say(one.reporter, "life.main_ended", lane=Lane.NOTICE, about=one.id, code=one.code)
    if len(page) == TOLD_TOGETHER:
        await sweeps.go_on(desk.tx, sweep.id, page[-1].id, {})
    else:
        await sweeps.end(desk.tx, sweep.id)


async def _was_told(desk: Desk, incident: incidents.Incident, rule: Rule) -> bool:
    """The reporter has read the very same before, and need not learn that it was undone in between."""
    return rule.silent_after is not None and await events.last_of(desk.tx, incident.id, rule.silent_after) is not None


async def overtaken(desk: Desk, asker: Person | None, incident: incidents.Incident) -> Overtaken:
    """What to say to somebody whose move is no longer possible."""
    return Overtaken(
        "incident.now.toast",
        code=incident.code,
        status=Word(f"status.{incident.status}"),
        by=await _mover(desk, asker, incident),
        at=At(incident.moved_at or incident.filed_at),
    )


async def _mover(desk: Desk, asker: Person | None, incident: incidents.Incident) -> Any:
    """Who changed it last, by name for a colleague alone. A reporter is never named."""
    mover = incident.moved_by if incident.moved_at else incident.reporter
    if asker is not None and mover == asker.id:
        return Word("claim.you")
    if mover is None or mover == incident.reporter:
        return Word("mover.reporter" if mover else "mover.nobody")
    if asker is not None and not asker.may(Permission.SEE_QUEUE):
        return Word("staff.unnamed")
    try:
        return named(await people.get(desk.tx, mover))
    except LookupError:
        return Word("staff.unnamed")


def objection_ends(desk: Desk, incident: incidents.Incident) -> datetime | None:
    """Until when the reporter may say that all is not well; None where there is nothing to object to."""
    if incident.status not in FINISHED or incident.ended_at is None:
        return None
    return incident.ended_at + timedelta(days=desk.policy.objection_days)


def may_object(desk: Desk, incident: incidents.Incident) -> bool:
    ends = objection_ends(desk, incident)
    return ends is not None and desk.now < ends


def objection_keys(desk: Desk, incident: incidents.Incident) -> Keys:
    return [[key("button.object", Own(incident.id, "object"))]] if may_object(desk, incident) else []


async def object_(desk: Desk, reporter: Person, incident: incidents.Incident) -> incidents.Incident:
    """*Chưa ổn*: it is open again at once, and whatever the reporter writes next belongs to it.

    Raises:
        Refusal: too late, or there is nothing to object to; the sentence says what else can be done.
    """
    ends = objection_ends(desk, incident)
    if ends is None:
        raise Refusal("incident.cannot.object", code=incident.code)
    if desk.now >= ends:
        raise Refusal("incident.too_late.toast", code=incident.code, days=desk.policy.objection_days)
    return await move(desk, reporter, incident, Move.OBJECT)
