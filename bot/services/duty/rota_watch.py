"""What the clock says about shifts: empty ones announced, people called on duty, and whoever must hear of no answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from bot.domain import rota as domain
from bot.domain.errors import Refusal
from bot.domain.people import Permission, Person, Role
from bot.domain.presses import FillShift, OnDuty
from bot.domain.rota import Say
from bot.domain.sending import Lane
from bot.services import apart
from bot.services.desk import READ_ONCE, Desk, Keys, check, holders, key, named
from bot.services.duty import rota as boards
from bot.services.duty import rota_plans
from locales import At, Word
from storage import groups, people, rota, seats
from storage.rota import Shift

TOGETHER = 20
# A rota of which nobody has planned a shift for so long is not in use (any more): its silence worries nobody.
IN_USE = timedelta(days=14)


async def make_rows(desk: Desk) -> int:
    """Shifts that begin soon and that nobody has planned get their rows; how many those were.

    The clock asks after nothing until the first shift has been planned by somebody.
    """
    until = desk.now + timedelta(hours=desk.policy.rota.announce_hours)
    first = await rota.first_planned(desk.tx, desk.now - IN_USE, until)
    if first is None:
        return 0
    planned = [one.slot for one in await rota.between(desk.tx, desk.now - domain.LONGEST, until + domain.LONGEST)]
    slots = domain.laid(desk.policy.rota, max(first, desk.now - domain.LONGEST), until, planned)
    wanted = [slot for slot in slots if slot not in planned and slot.ends > desk.now]
    return sum([await rota.make_empty(desk.tx, slot, desk.now) for slot in wanted])


async def look(desk: Desk) -> int:
    """Say what is due about shifts, once; how many were looked at."""
    found = await rota.due(desk.tx, desk.now, TOGETHER)
    for shift in found:
        if not await apart.succeeds(desk, f"shift {shift.id}", partial(_look_at, desk, shift)):
            await rota.note(desk.tx, shift, look=desk.now + apart.LATER)
    return len(found)


async def _look_at(desk: Desk, shift: Shift) -> None:
    said = domain.due(desk.policy.rota, shift.duty, desk.now)
    after = await _SAYING[said](desk, shift) if said is not None else shift
    await rota.note(desk.tx, after, look=domain.look_at(desk.policy.rota, after.duty, desk.now))


# Nobody has it -------------------------------------------------------------------------------------------------------


async def _announce(desk: Desk, shift: Shift) -> Shift:
    """To all who plan, with the key that fills it."""
    await desk.tell_those_who_may(
        Permission.PLAN_ROTA, "rota.empty", buttons=_fill(shift, "button.rota_fill"), span=boards.span(shift.slot)
    )
    return replace(shift, announced_at=desk.now)


async def _announce_now(desk: Desk, shift: Shift) -> Shift:
    """It begins: deputy and leader at once; where there are none, whoever else plans."""
    told = await _rung(desk, Role.DEPUTY_LEAD, Role.TEAM_LEAD) or await holders(desk.tx, Permission.PLAN_ROTA)
    for person in told:
        await desk.say(
            person,
            "rota.empty_now",
            buttons=_fill(shift, "button.rota_fill"),
            lane=Lane.ANSWER,
            not_after=shift.slot.ends,
            span=boards.span(shift.slot),
        )
    return replace(shift, announced_at=desk.now)


def _fill(shift: Shift, label: str) -> Keys:
    return [[key(label, FillShift(rota_plans.start_code(shift.slot)), "primary")]]


async def _rung(desk: Desk, *roles: Role) -> list[Person]:
    return [one for one in await people.with_roles(desk.tx, roles) if one.may(Permission.PLAN_ROTA)]


# Somebody has it -----------------------------------------------------------------------------------------------------


async def _call(desk: Desk, shift: Shift) -> Shift:
    """The person is asked to come on duty; who cannot be reached is not waited for."""
    called = replace(shift, called_at=desk.now)
    person = await boards.known(desk, shift.person or "")
    if person is None or not boards.can_come(person):
        return await _climb(desk, called)
    before = await _before(desk, shift)
    await desk.say(
        person,
        "rota.call",
        buttons=[[boards.come_key(shift)]],
        lane=Lane.ANSWER,
        extras=READ_ONCE,
        not_after=shift.slot.ends,
        span=boards.span(shift.slot),
        until=At(desk.now + timedelta(minutes=desk.policy.rota.acknowledge_minutes), "time"),
        before=_reached(before, person) if before else None,
    )
    return called


async def _before(desk: Desk, shift: Shift) -> Person | None:
    """Who was on duty before, where that person can still be reached."""
    last = await rota.ended_before(desk.tx, shift)
    person = await boards.known(desk, last.person) if last is not None and last.person is not None else None
    return person if person is not None and boards.can_come(person) else None


def _reached(person: Person, reader: Person) -> Any:
    """A colleague with the number, where there is one."""
    phone = boards.phone_of(person, reader)
    return Word("rota.reached", name=named(person), phone=phone) if phone else named(person)


async def _climb(desk: Desk, shift: Shift) -> Shift:
    """No answer: whoever was on duty before stays, and the deputy hears of it; where there is neither, the leader."""
    before = await _before(desk, shift)
    deputies = [one for one in await _rung(desk, Role.DEPUTY_LEAD) if before is None or one.id != before.id]
    deputies = [one for one in deputies if one.id != shift.person]
    if before is not None:
        await _tell(desk, before, "rota.stay", shift)
    for deputy in deputies:
        await _tell(desk, deputy, "rota.not_come", shift)
    climbed = replace(shift, climbed=1)
    return climbed if before is not None or deputies else await _climb_again(desk, climbed)


async def _climb_again(desk: Desk, shift: Shift) -> Shift:
    for lead in await _leaders(desk, shift):
        await _tell(desk, lead, "rota.not_come", shift)
    return replace(shift, climbed=2)


async def _leaders(desk: Desk, shift: Shift) -> list[Person]:
    """The leader; where there is no other than the person who is awaited, all who plan."""
    leaders = [one for one in await _rung(desk, Role.TEAM_LEAD) if one.id != shift.person]
    return leaders or [one for one in await holders(desk.tx, Permission.PLAN_ROTA) if one.id != shift.person]


async def _tell(desk: Desk, person: Person, text: str, shift: Shift) -> None:
    missing = await boards.known(desk, shift.person or "")
    await desk.say(
        person,
        text,
        buttons=_fill(shift, "button.rota_replace") if person.may(Permission.PLAN_ROTA) else (),
        lane=Lane.ANSWER,
        extras=READ_ONCE,
        not_after=shift.slot.ends,
        who=_reached(missing, person) if missing else Word("staff.unnamed"),
        span=boards.span(shift.slot),
    )


_SAYING: Mapping[Say, Callable[[Desk, Shift], Awaitable[Shift]]] = {
    Say.EMPTY: _announce,
    Say.EMPTY_NOW: _announce_now,
    Say.CALL: _call,
    Say.CLIMB: _climb,
    Say.CLIMB_AGAIN: _climb_again,
}


# Here ----------------------------------------------------------------------------------------------------------------


async def come(desk: Desk, person: Person, press: OnDuty, message: int | None) -> None:
    """*Tôi đã vào ca*: the group reads who has the duty, and whoever was alarmed that it is well.

    Raises:
        Refusal: not one's shift now, or said already.
    """
    check(person, Permission.STAND_DUTY)
    shift = await rota.find(desk.tx, press.shift)
    if shift is None or shift.person != person.id or not shift.slot.covers(desk.now):
        raise Refusal("press.stale.toast")
    if not await rota.acknowledge(desk.tx, shift.id, person.id, desk.now):
        raise Refusal("rota.came_already.toast")
    await desk.say(person, "rota.came_by_you", edits=message, span=boards.span(shift.slot))
    group = await groups.team(desk.tx)
    if group is not None:
        await desk.tell_group(group, "rota.came_line", name=named(person), span=boards.span(shift.slot))
    for other in await _alarmed(desk, shift):
        await desk.say(other, "rota.came", lane=Lane.NOTICE, name=named(person), span=boards.span(shift.slot))


async def _alarmed(desk: Desk, shift: Shift) -> Sequence[Person]:
    """Who was told that nobody had come."""
    told: dict[str, Person] = {}
    if shift.climbed >= 1:
        before = await _before(desk, shift)
        found = [*([before] if before else []), *await _rung(desk, Role.DEPUTY_LEAD)]
        told |= {one.id: one for one in found if one.id != shift.person}
    if shift.climbed >= 2:
        told |= {one.id: one for one in await _leaders(desk, shift)}
    return list(told.values())


# Gone ----------------------------------------------------------------------------------------------------------------


async def release(desk: Desk) -> int:
    """Shifts of whoever may stand duty no more, or has left the team's group, become empty; how many people those were.

    A seat that is merely unknown (a group was bound a moment ago) takes nothing away.
    """
    gone = [
        who
        for who in await rota.people_ahead(desk.tx, desk.now, boards.WEEKS_AHEAD * domain.WEEK)
        if not await _stays(desk, who)
    ]
    for who in gone:
        await rota_plans.take_back(desk, who)
    return len(gone)


async def _stays(desk: Desk, who: str) -> bool:
    person = await boards.known(desk, who)
    if person is None or not (person.may(Permission.STAND_DUTY) or person.lacks_seat_for(Permission.STAND_DUTY)):
        return False
    if person.seated:
        return True
    group = await groups.team(desk.tx)
    return group is None or await seats.is_present(desk.tx, group.id, who) is not False
