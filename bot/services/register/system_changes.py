"""Officers keep the systems of their agency, the department those of all: what becomes of the forms about systems."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bot.domain.agencies import Exposure
from bot.domain.errors import Refusal
from bot.domain.obligations import Trigger
from bot.domain.people import Permission, Person
from bot.domain.questions import UNKNOWN
from bot.domain.registering import SYSTEM, SYSTEM_LEVEL, SYSTEM_STOP, SYSTEM_UPDATE, Event, difference, read_tags
from bot.domain.sending import Lane
from bot.services.desk import Desk, check, holders, named
from bot.services.obligation import laying
from bot.services.register import chronicle, gate, system_pages
from bot.services.register.agency_changes import OF, Answers, Facts, changed
from bot.services.register.gate import today
from bot.services.register.keying import shown_day
from locales import Word
from storage import agencies, systems
from storage.agencies import Agency
from storage.agencies import text as iso
from storage.systems import System

AGENCY, KEPT = "agency", "kept"  # hidden answers: whose a new system is; set where the department keeps it


async def submit(desk: Desk, person: Person, form: str, answers: Answers, facts: Facts, message: int | None) -> None:
    """*Gửi* under a form about a system; whose it is and the right are checked again.

    Raises:
        Refusal: no right (any more), or what was answered cannot be.
    """
    if OF not in answers:
        await _add(desk, person, await _owner(desk, person, answers), answers, facts, message)
        return
    system = await _system(desk, person, answers)
    await _SUBMITS[form](desk, person, system, answers, facts, message)


async def _owner(desk: Desk, person: Person, answers: Answers) -> Agency:
    if answers.get(KEPT):
        check(person, Permission.KEEP_REGISTER)
        owner = await agencies.find(desk.tx, str(answers[AGENCY]))
    else:
        owner, _ = await gate.own_agency(desk, person, Permission.DO_OBLIGATIONS, str(answers[AGENCY]))
    if owner is None or not owner.exists(today(desk)):
        raise Refusal("agency.gone.toast")  # merged meanwhile: it takes no new systems
    return owner


async def _system(desk: Desk, person: Person, answers: Answers) -> System:
    if not answers.get(KEPT):
        return await gate.own_system(desk, person, Permission.DO_OBLIGATIONS, str(answers[OF]))
    check(person, Permission.KEEP_REGISTER)
    return await system_pages.known(desk, str(answers[OF]))


async def _show(
    desk: Desk, person: Person, system: System, answers: Answers, message: int | None, note: Any = None
) -> None:
    if answers.get(KEPT):
        await system_pages.show_file(desk, person, system, message)
    else:
        await system_pages.show_system(desk, person, system, message, note)


# The form of a system -------------------------------------------------------------------------------------------------


def values(system: System) -> dict[str, Any]:
    """A system as the answers of its form."""
    return {
        "name": system.name,
        "exposure": str(system.exposure),
        "tags": ", ".join(system.tags) or None,
        "provider": system.provider,
        "vendor": system.vendor,
        "operator": system.operator,
        "since": iso(system.since),
    }


def _with(system: System, facts: Facts) -> System:
    """A system with these answers in place of its own."""
    said = {**values(system), **facts}
    return replace(
        system,
        name=said["name"],
        exposure=Exposure(said["exposure"]),
        tags=read_tags(said["tags"] or ""),
        provider=said["provider"],
        vendor=said["vendor"],
        operator=said["operator"] if said["operator"] != system.agency else None,
        since=date.fromisoformat(said["since"]) if said["since"] else None,
    )


async def _add(desk: Desk, person: Person, owner: Agency, answers: Answers, facts: Facts, message: int | None) -> None:
    """Its level is unknown until somebody shows the decision; what is owed of it is laid at once."""
    fresh = System(desk.tx.new_id(), await systems.next_code(desk.tx), "", owner.id)
    system = _with(fresh, facts)
    await systems.add(desk.tx, system, desk.now)
    await laying.lay_system(desk, system)
    await chronicle.note(desk, Event.SYSTEM_ADDED, person, owner.id, system=system.id, code=system.code)
    await _show(desk, person, system, answers, message, Word("system.added", code=system.code))


async def _change(
    desk: Desk, person: Person, system: System, answers: Answers, facts: Facts, message: int | None
) -> None:
    """Another vendor asks for another plan, whichever form says so."""
    after = _with(system, changed(answers, facts))
    if after != system:
        await _write(desk, person, Event.SYSTEM_CHANGED, system, after)
    other = system.vendor and after.vendor and system.vendor != after.vendor
    note = await _plan_again(desk, after, today(desk)) if other else None
    await _show(desk, person, after, answers, message, note)


async def _write(desk: Desk, person: Person, event: Event, before: System, after: System, **details: Any) -> None:
    await systems.change(desk.tx, after, desk.now)
    await laying.lay_system(desk, after)
    fields = difference(await _columns(desk, before), await _columns(desk, after))
    await chronicle.note(desk, event, person, after.agency, system=after.id, fields=fields, **details)


async def _columns(desk: Desk, system: System) -> dict[str, Any]:
    """A system as the log names its fields: other agencies by their codes."""
    said = {**values(system), "level": system.level, "tags": list(system.tags), "until": iso(system.until)}
    for name in ("provider", "operator"):
        other = await agencies.find(desk.tx, said[name])
        said[name] = other.code if other else None
    return said


# Its level ------------------------------------------------------------------------------------------------------------


async def _set_level(
    desk: Desk, person: Person, system: System, answers: Answers, facts: Facts, message: int | None
) -> None:
    """The department writes down what was determined; an officer hands in the decision as evidence instead.

    Raises:
        Refusal: the form was opened by an officer.
    """
    if not answers.get(KEPT):
        raise Refusal("press.stale.toast")
    level = None if facts["level"] == UNKNOWN else int(facts["level"])
    after = replace(system, level=level)
    if after != system:
        await _write(desk, person, Event.LEVEL_SET, system, after, basis=facts.get("basis"))
    await _show(desk, person, after, answers, message)


# What happens to it ---------------------------------------------------------------------------------------------------


async def _update(
    desk: Desk, person: Person, system: System, answers: Answers, facts: Facts, message: int | None
) -> None:
    """A new version or vendor: the plan is to be looked at again, by the rules of the day."""
    day = date.fromisoformat(facts["on"])
    after = replace(system, vendor=facts.get("vendor") or system.vendor)
    await _write(desk, person, Event.SYSTEM_UPDATED, system, after, what=facts["what"], day=day.isoformat())
    await _show(desk, person, after, answers, message, await _plan_again(desk, after, day))


async def _plan_again(desk: Desk, system: System, day: date) -> Any:
    """What the rules of the day ask for after a change; in words."""
    opened = await laying.trigger(desk, system, Trigger.SYSTEM_CHANGED, day)
    due = [(laying.rule_of(desk, one), one.due_on) for one in opened]
    said = [
        Word("system.opened", name=rule.name.in_language("vi"), day=shown_day(due_on)) for rule, due_on in due if rule
    ]
    return Word("system.updated", opened={"list": said}) if said else Word("system.updated_before")


async def _stop(
    desk: Desk, person: Person, system: System, answers: Answers, facts: Facts, message: int | None
) -> None:
    """It is used no more: nothing is owed of it from that moment, and the department hears of it.

    Raises:
        Refusal: stopped already, or a day before it was there.
    """
    until = date.fromisoformat(facts["until"])
    if not system.exists(today(desk)):
        raise Refusal("system.stopped_already.toast")
    if until <= (system.since or date.min):
        raise Refusal("agency.wrong_day.toast")
    after = replace(system, until=until)
    await _write(desk, person, Event.SYSTEM_STOPPED, system, after, reason=facts["reason"])
    await _show(desk, person, after, answers, message)
    agency = await agencies.get(desk.tx, system.agency)
    for officer in await holders(desk.tx, Permission.KEEP_REGISTER):
        if officer.id != person.id:
            await desk.say(
                officer,
                "system.stopped",
                buttons=system_pages.file_key(system),
                lane=Lane.NOTICE,
                name=system.name,
                agency=agency.name,
                by=named(person),
                day=shown_day(until),
                reason=facts["reason"],
            )


async def resume(desk: Desk, person: Person, system: System, message: int | None) -> None:
    """The department takes a system up again: what is owed of it goes on.

    Raises:
        Refusal: no right, it runs, or its agency is no more.
    """
    check(person, Permission.KEEP_REGISTER)
    agency = await agencies.get(desk.tx, system.agency)
    if system.until is None or not agency.exists(today(desk)):
        raise Refusal("press.stale.toast")
    after = replace(system, until=None)
    await _write(desk, person, Event.SYSTEM_RESUMED, system, after)
    await system_pages.show_file(desk, person, after, message)


Step = Callable[[Desk, Person, System, Answers, Facts, int | None], Awaitable[None]]
_SUBMITS: Mapping[str, Step] = {
    SYSTEM.name: _change,
    SYSTEM_LEVEL.name: _set_level,
    SYSTEM_UPDATE.name: _update,
    SYSTEM_STOP.name: _stop,
}
