"""Outbreaks: many reports of one matter under one parent incident, tied, untied, and closed with one text."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from bot.domain import indicators as domain
from bot.domain import redact, severity, vietnamese
from bot.domain.errors import Refusal
from bot.domain.incidents import OPEN, EventKind, Move, Source, Status, after
from bot.domain.indicators import Indicator, Kind
from bot.domain.outbreaks import majority
from bot.domain.people import Permission, Person
from bot.domain.presses import Tie
from bot.domain.reports import OUTBREAK
from bot.domain.sending import Lane
from bot.services import apart, confines
from bot.services.casework import incidents as files
from bot.services.casework import lives
from bot.services.clockwork import ratings
from bot.services.desk import Desk
from bot.services.outbreak import matches
from locales import DEFAULT, At, Lines, Word
from storage import closings, incidents, indicators, people, sweeps, ties
from storage.sweeps import Sweep

TIE, CLOSE = "tie", "close"
TOGETHER = 12  # incidents that one transaction ties or closes: the writer is held for a twentieth of a second
COUNTED = 500  # reports by which the kind of an outbreak is decided
KEPT_NAMED = 10  # children left open that the closer reads by number
SEED_INDICATORS, SEED_CHILDREN = 20, 2000
# What of a closing is true of every child: how it went and who handled it. The loss is each reporter's own.
SHARED = ("result", "handled", "helped_by", "cause", "consequence", "measures")


# Laying -------------------------------------------------------------------------------------------------------------


async def lay_for(desk: Desk, person: Person, why: Indicator) -> incidents.Incident:
    """An outbreak of all that share an indicator; `tie_all` ties them to it.

    Raises:
        Refusal: no right, or nobody shares it any more.
    """
    since = desk.now - desk.policy.outbreaks.merge
    sharers = await indicators.sharing(desk.tx, why, since, COUNTED)
    if not sharers:
        raise Refusal("press.stale.toast")  # all of them have ended meanwhile
    what = matches.named(why, domain.shown(why))
    story = desk.house.texts.plain(DEFAULT, "outbreak.story", {"indicator": what, "n": len(sharers)})
    source = majority(one.source for one in sharers)
    kind = majority(one.kind for one in sharers if one.source is source)
    outbreak = await _lay(desk, person, source, kind, story)
    await indicators.note(desk.tx, outbreak.id, [why], desk.now)
    return outbreak


async def _lay(desk: Desk, person: Person, source: Source, kind: str, story: str) -> incidents.Incident:
    """An incident of its own with its own number. Nobody reported it; whoever lays it has it."""
    new = incidents.Incident(
        id=desk.tx.new_id(),
        code=await incidents.next_code(desk.tx, desk.now.astimezone(vietnamese.HANOI).year),
        form=OUTBREAK.name,
        source=source,
        kind=kind,
        status=Status.NEW,
        reporter=None,
        anonymous=False,
        incomplete=False,
        facts={"kind": kind, "story": story},
        summary=redact.for_group(story, files.LONGEST_SUMMARY),
        owner=None,
        filed_at=desk.now,
        claimed_at=None,
        proposed=severity.propose(source, kind, {"kind": kind}, desk.now).severity,
    )
    await incidents.add(desk.tx, new)
    await desk.log(new.id, EventKind.FILED, person, facts=new.facts, incomplete=False)
    await ratings.propose(desk, new)
    return await lives.move(desk, person, new, Move.CLAIM)  # which lays its card


async def lay_over(desk: Desk, person: Person, incident_id: str) -> incidents.Incident:
    """*Lập sự cố chung* from the case file of one incident, which is its first child.

    Raises:
        Refusal: no right, it has ended, or it is an outbreak itself.
    """
    child = await _tieable(desk, person, incident_id, "toast")
    story = desk.house.texts.plain(DEFAULT, "outbreak.begun", {"code": child.code})
    outbreak = await _lay(desk, person, child.source, child.kind, story)
    await matches.tie(desk, person, child.id, outbreak)
    return outbreak


# Tying --------------------------------------------------------------------------------------------------------------


async def _tieable(desk: Desk, person: Person, incident_id: str, way: str) -> incidents.Incident:
    incident = await files.seen_by(desk, person, Permission.TIE, incident_id, way)
    if incident.form == OUTBREAK.name:
        raise Refusal(f"outbreak.is_one.{way}", code=incident.code)
    if incident.status not in OPEN:
        raise await lives.overtaken(desk, person, incident)
    return incident


async def tie_by_code(
    desk: Desk, person: Person, incident: incidents.Incident, facts: Mapping[str, Any], message: int | None
) -> None:
    """*Gửi* under *Gắn vào sự cố chung*.

    Raises:
        Refusal: no right, or the number that was written is to be mended.
    """
    child = await _tieable(desk, person, incident.id, "text")
    code = str(facts["outbreak"])
    outbreak = await incidents.find_by_code(desk.tx, code)
    if outbreak is None:
        raise Refusal("work.no_such_code", main=code)
    if outbreak.form != OUTBREAK.name:
        raise Refusal("outbreak.is_none", code=code)
    if outbreak.status not in OPEN:
        raise Refusal("outbreak.has_ended", code=code)
    await matches.tie(desk, person, child.id, outbreak, anew=True)
    await desk.redraw(outbreak.id)
    await desk.say(person, "outbreak.tied", edits=message, about=child.id, code=child.code, other=outbreak.code)


async def untie(desk: Desk, person: Person, press: Tie) -> incidents.Incident:
    """*Bỏ gắn*; the outbreak.

    Raises:
        Refusal: no right, or it is not tied to it (any more).
    """
    child = await files.seen_by(desk, person, Permission.TIE, press.incident)
    outbreak = await incidents.find(desk.tx, press.outbreak)
    if outbreak is None or not await ties.untie(desk.tx, child.id, outbreak.id, desk.now):
        raise Refusal("press.stale.toast")
    await desk.log(child.id, EventKind.UNTIED, person, parent=outbreak.id, apart_from=outbreak.code)
    await desk.redraw(child.id)
    await desk.redraw(outbreak.id)
    return outbreak


async def tie_all(desk: Desk, person: Person, outbreak: incidents.Incident, why: Indicator) -> None:
    """Tie whatever shares an indicator: some now, the rest by the clock."""
    since = desk.now - desk.policy.outbreaks.merge
    state = {"kind": why.kind, "value": why.value, "since": since.isoformat()}
    await _sweep(desk, await sweeps.begin(desk.tx, TIE, outbreak.id, person.id, state, desk.now))


async def _tie_some(desk: Desk, sweep: Sweep) -> None:
    """All that share the indicator, some at a time. One that goes on in another incident brings that one."""
    outbreak, why = await incidents.get(desk.tx, sweep.incident), _indicator(sweep.state)
    person = await _person(desk, sweep)
    since = datetime.fromisoformat(sweep.state["since"])
    page = await indicators.sharing(desk.tx, why, since, TOGETHER, after=sweep.after, apart=outbreak.id)
    for one in page if outbreak.status in OPEN else ():
        where = one.duplicate_of if one.status is Status.DUPLICATE else one.id
        child = await incidents.get(desk.tx, str(where))
        if child.status in OPEN and child.form != OUTBREAK.name:
            await matches.tie(desk, person, child.id, outbreak)
    await desk.redraw(outbreak.id)
    await _turn(desk, sweep, [one.id for one in page], sweep.state)


def _indicator(state: Mapping[str, Any]) -> Indicator:
    return Indicator(Kind(state["kind"]), state["value"])


async def _person(desk: Desk, sweep: Sweep) -> Person:
    assert sweep.person is not None
    return await people.get(desk.tx, sweep.person)


# Closing ------------------------------------------------------------------------------------------------------------


async def close_children(desk: Desk, person: Person, outbreak: incidents.Incident, said: Mapping[str, Any]) -> None:
    """An outbreak was closed: its children follow, with the same words to every reporter."""
    if outbreak.form == OUTBREAK.name:
        told = {name: said[name] for name in SHARED if name in said}
        state = {"said": told, "closed": 0, "kept": [], "more": 0}
        await _sweep(desk, await sweeps.begin(desk.tx, CLOSE, outbreak.id, person.id, state, desk.now))


async def _close_some(desk: Desk, sweep: Sweep) -> None:
    """Some children a time, each exactly once: what is done is committed with how far it has come."""
    outbreak, person = await incidents.get(desk.tx, sweep.incident), await _person(desk, sweep)
    still = outbreak.status is Status.CLOSED  # opened again in the middle: the rest stays open
    page = await ties.children(desk.tx, outbreak.id, TOGETHER, after=sweep.after) if still else []
    state = dict(sweep.state)
    for child in page:
        kept = await _close_child(desk, person, outbreak, child, state["said"])
        if kept is None:
            state["closed"] += child.status in OPEN
        elif len(state["kept"]) < KEPT_NAMED:
            state["kept"] = [*state["kept"], kept]
        else:
            state["more"] += 1
    if await _turn(desk, sweep, [one.id for one in page], state):
        await _tell_closer(desk, person, outbreak, state)


async def _close_child(
    desk: Desk,
    person: Person,
    outbreak: incidents.Incident,
    child: incidents.Incident,
    said: Mapping[str, Any],
) -> Any:
    """Close one child; why it was kept open, in words, where it was."""
    if child.status not in OPEN:
        return None
    other = await ties.open_parent(desk.tx, child.id, apart=outbreak.id)
    if other is not None:
        return Word("outbreak.kept_by", code=child.code, other=other.code)
    if not confines.may_read(person, child):
        return Word("outbreak.kept_red", code=child.code)  # closing it would make its reader of whoever closes
    if after(child.status, Move.CLOSE) is None:
        return Word("outbreak.kept_so", code=child.code, status=Word(f"status.{child.status}"))
    await lives.move(desk, person, child, Move.CLOSE, checked=True, **said)
    await closings.keep(desk.tx, child.id, said, None, person.id, desk.now)
    return None


async def _tell_closer(desk: Desk, person: Person, outbreak: incidents.Incident, state: Mapping[str, Any]) -> None:
    if state["closed"] or state["kept"]:
        await desk.say(
            person,
            "outbreak.closed",
            lane=Lane.NOTICE,
            about=outbreak.id,
            code=outbreak.code,
            n=state["closed"],
            kept=_left_open(state) if state["kept"] else None,
        )


def _left_open(state: Mapping[str, Any]) -> Any:
    more = Word("outbreak.kept_more", n=state["more"]) if state["more"] else None
    return Word("outbreak.kept", lines=Lines(state["kept"]), more=more)


async def say_reopened(desk: Desk, person: Person, outbreak: incidents.Incident) -> None:
    """Opening an outbreak again opens none of its children: their reporters were told, each by the own number."""
    n = await ties.count(desk.tx, outbreak.id) if outbreak.form == OUTBREAK.name else 0
    if n:
        await desk.say(person, "outbreak.reopened", about=outbreak.id, code=outbreak.code, n=n)


# Sweeps -------------------------------------------------------------------------------------------------------------

STEPS: Mapping[str, Callable[[Desk, Sweep], Awaitable[None]]] = {
    TIE: _tie_some,
    CLOSE: _close_some,
    lives.TELL: lives.tell_duplicates,
}


async def _sweep(desk: Desk, sweep: Sweep) -> None:
    await STEPS[sweep.what](desk, sweep)


async def _turn(desk: Desk, sweep: Sweep, done: Sequence[str], state: Mapping[str, Any]) -> bool:
    """Remember how far it has come; true where nothing is left."""
    if len(done) < TOGETHER:
        await sweeps.end(desk.tx, sweep.id)
        return True
    await sweeps.go_on(desk.tx, sweep.id, done[-1], state)
    return False


async def sweep_on(desk: Desk) -> int:
    """The clock goes on with what was begun, some incidents in one transaction; how many pieces of work that was."""
    sweep = await sweeps.next_one(desk.tx, desk.now)
    if sweep is None:
        return 0
    if not await apart.succeeds(desk, f"sweep {sweep.what} of {sweep.incident}", partial(_sweep, desk, sweep)):
        await sweeps.postpone(desk.tx, sweep.id, desk.now + apart.LATER)
    return 1


# The seam to advisories ---------------------------------------------------------------------------------------------


async def advisory_seed(desk: Desk, outbreak: incidents.Incident) -> Mapping[str, Any]:
    """What a draft of a warning could begin with: facts about an outbreak, nothing of any reporter, no words of one."""
    first = await ties.children(desk.tx, outbreak.id, 1)
    shared = await indicators.shared_by_children(desk.tx, outbreak.id, SEED_INDICATORS, SEED_CHILDREN)
    own = [(one, 0) for one in await indicators.of(desk.tx, outbreak.id)]
    found = dict([*own, *shared])
    return {
        "incident": outbreak.id,
        "code": outbreak.code,
        "source": outbreak.source,
        "kind": outbreak.kind,
        "severity": outbreak.severity or outbreak.proposed,
        "tlp": outbreak.tlp,
        "reports": await ties.count(desk.tx, outbreak.id),
        "first_report": At(first[0].filed_at) if first else None,
        "laid": At(outbreak.filed_at),
        "indicators": [{"kind": one.kind, "value": one.value, "reports": n} for one, n in found.items()],
    }
