"""Rules become obligations: each system and each agency gets its rows, and each row its next round, for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from bot.domain import obligations as domain
from bot.domain import reminding
from bot.domain.moments import HANOI
from bot.domain.obligations import Anchor, Rule, State, Subject, Trigger
from bot.domain.reminding import Place
from bot.services import apart
from bot.services.desk import Desk
from bot.services.register.gate import today
from storage import agencies, exemptions, marks, obligations, submissions, systems
from storage.agencies import Agency
from storage.obligations import Obligation
from storage.systems import System

TOGETHER = 25  # subjects in one transaction: the writer is free again after some milliseconds
RULES, VERSION = "obligation_rules", "obligation_version"  # marks


def rules(desk: Desk) -> Sequence[Rule]:
    """What is owed today."""
    return domain.rules_on(desk.policy.obligations, today(desk))


def rule_of(desk: Desk, one: Obligation) -> Rule | None:
    """The rule of an obligation; None where it is in effect no more."""
    return next((rule for rule in rules(desk) if rule.key == one.rule), None)


def subject_of(agency: Agency, system: System | None = None) -> Subject:
    """What the rules ask of a system or an agency."""
    if system is None:
        return Subject(False, agency.kind, None, agency.since)
    return Subject(True, agency.kind, system.level, system.since)


# Laying ---------------------------------------------------------------------------------------------------------------


async def look(desk: Desk) -> int:
    """Lay what rules or register have changed; how many subjects that were. Cheap where nothing has changed.

    Agencies come first: what they are decides what is owed for their systems.
    """
    version, tomorrow = await _version(desk), today(desk) + domain.DAY
    changed = await agencies.unlaid(desk.tx, version, today(desk), TOGETHER)
    for agency in changed:
        if not await apart.succeeds(desk, f"laying of agency {agency}", partial(_agency, desk, agency, version)):
            await agencies.laid(desk.tx, agency, version, tomorrow)
    if changed:
        return len(changed)
    others = await systems.unlaid(desk.tx, version, today(desk), TOGETHER)
    for system in others:
        if not await apart.succeeds(desk, f"laying of system {system}", partial(_system, desk, system, version)):
            await systems.laid(desk.tx, system, version, tomorrow)
    return len(others)


async def _agency(desk: Desk, identifier: str, version: int) -> None:
    await lay_agency(desk, await agencies.get(desk.tx, identifier), version)
    await systems.unlay(desk.tx, identifier)


async def _system(desk: Desk, identifier: str, version: int) -> None:
    await lay_system(desk, await systems.get(desk.tx, identifier), version)


async def _version(desk: Desk) -> int:
    """The number of the rules in effect; another set of rules (a new policy, a day on which one begins) counts up, and
    so do other mornings or days off: what is looked at when follows from them.
    """
    policy = desk.policy
    said = "\n".join(row.model_dump_json() for row in (*rules(desk), policy.reminders, *policy.holidays))
    fingerprint = hashlib.sha256(said.encode()).hexdigest()
    number = int(await marks.get(desk.tx, VERSION) or 0)
    if await marks.get(desk.tx, RULES) != fingerprint or number == 0:
        number += 1
        await marks.put(desk.tx, RULES, fingerprint, desk.now)
        await marks.put(desk.tx, VERSION, str(number), desk.now)
    return number


async def lay_system(desk: Desk, system: System, version: int | None = None) -> None:
    """Bring the rows of one system in step with the rules, its level and its owner."""
    owner = await agencies.get(desk.tx, system.agency)
    exists = system.exists(today(desk)) and owner.exists(today(desk))
    await _lay(desk, subject_of(owner, system), owner.id, system, exists=exists)
    number = await _version(desk) if version is None else version
    await systems.laid(desk.tx, system.id, number, _changes_on(desk, system))


async def lay_agency(desk: Desk, agency: Agency, version: int | None = None) -> None:
    """Bring the rows of one agency itself in step with the rules."""
    await _lay(desk, subject_of(agency), agency.id, None, exists=agency.exists(today(desk)))
    number = await _version(desk) if version is None else version
    await agencies.laid(desk.tx, agency.id, number, _changes_on(desk, agency))


def _changes_on(desk: Desk, one: Agency | System) -> date | None:
    """The next day on which it begins or ends."""
    return min((day for day in (one.since, one.until) if day and day > today(desk)), default=None)


async def _lay(desk: Desk, subject: Subject, agency: str, system: System | None, *, exists: bool) -> None:
    owed = {rule.key: rule for rule in rules(desk) if exists and domain.applies(rule, subject)}
    laid = {one.rule: one for one in await obligations.of_subject(desk.tx, system.id if system else agency)}
    for key, one in laid.items():
        await _keep(desk, one, owed.get(key), subject, agency)
    for key in owed.keys() - laid.keys():
        await obligations.put(desk.tx, _new(desk, owed[key], subject, agency, system))


def _new(desk: Desk, rule: Rule, subject: Subject, agency: str, system: System | None) -> Obligation:
    due_on = domain.first_due(rule, subject, today(desk))
    one = Obligation(
        id=desk.tx.new_id(),
        rule=rule.key,
        subject=system.id if system else agency,
        agency=agency,
        system=system.id if system else None,
        round=1,
        state=State.OPEN if due_on else State.MET,
        opened_on=today(desk),
        due_on=due_on,
    )
    return replace(one, look_at=first_look(desk, rule, one))


async def _keep(desk: Desk, one: Obligation, rule: Rule | None, subject: Subject, agency: str) -> None:
    """A row that is there already: ended with its rule, taken up again with it, due by the rule of now."""
    if rule is None:
        since = one.opened_on if one.state is State.ENDED else today(desk)
        kept = replace(one, agency=agency, state=State.ENDED, opened_on=since, look_at=None)
    elif one.state is State.ENDED:
        kept = _round(desk, rule, replace(one, agency=agency), _due_again(desk, rule, subject, one))
        kept = await _as_it_waited(desk, kept)
    else:
        kept = replace(one, agency=agency)
        due_on = _recounted(rule, subject, one)
        if due_on != one.due_on:
            kept = _round(desk, rule, kept, due_on) if one.state is State.OPEN else replace(kept, due_on=due_on)
        kept = replace(kept, look_at=_looks_still(desk, rule, kept))
    if kept != one:
        await obligations.put(desk.tx, kept)


async def _as_it_waited(desk: Desk, one: Obligation) -> Obligation:
    """What is taken up again waits for a reviewer, or was left out by one, as before it ended."""
    asked = await exemptions.newest_of(desk.tx, one.id)
    if asked in _LEFT_OUT:
        return replace(one, state=_LEFT_OUT[asked], look_at=None)
    if await submissions.carry_over(desk.tx, one.id, one.round):
        return replace(one, state=State.SUBMITTED, look_at=None)
    return one


_LEFT_OUT = {"asked": State.SUBMITTED, "agreed": State.WAIVED}


def _looks_still(desk: Desk, rule: Rule, one: Obligation) -> datetime | None:
    """When its reminders are looked at by the rules of now; what waits for a morning already goes on waiting for it."""
    look_at = looks(desk, rule, one)
    return one.look_at if look_at and one.look_at and look_at <= desk.now else look_at


def _recounted(rule: Rule, subject: Subject, one: Obligation) -> date | None:
    """When it falls due by the rule of now: a level that rose shortens its period, and its ladder begins anew."""
    if one.due_on is None or one.state in (State.MET, State.ENDED):
        return one.due_on
    if rule.anchor is Anchor.LAST and one.done_on:
        return domain.next_due(rule, subject, one.due_on, one.done_on)
    if rule.anchor is Anchor.YEARLY:
        return date.fromisoformat(f"{one.due_on.year:04d}-{rule.day}")
    if rule.anchor is Anchor.EVENT and one.happened_on:
        return domain.triggered_due(rule, one.happened_on)
    return one.due_on


def _due_again(desk: Desk, rule: Rule, subject: Subject, one: Obligation) -> date | None:
    """When that falls due which had ended (since `opened_on`): what was overdue by then, or is due yet, is so still;
    what fell due while nobody owed it begins anew.
    """
    if one.due_on is None or (one.done_on and rule.anchor is Anchor.LAST):
        return (
            domain.next_due(rule, subject, one.due_on, one.done_on) if one.done_on else _first_due(desk, rule, subject)
        )
    if rule.anchor is Anchor.EVENT or one.due_on < one.opened_on or one.due_on >= today(desk):
        return _recounted(rule, subject, replace(one, state=State.OPEN))
    return _first_due(desk, rule, subject)


def _first_due(desk: Desk, rule: Rule, subject: Subject) -> date | None:
    return domain.first_due(rule, subject, today(desk))


# What changes one obligation ------------------------------------------------------------------------------------------


def looks(desk: Desk, rule: Rule, one: Obligation) -> datetime | None:
    """When its reminders are looked at next; None while nobody is to be reminded of it."""
    if one.state is not State.OPEN or one.due_on is None:
        return None
    policy = desk.policy
    next_rung = reminding.look_at(policy.reminders, rule, place(one), policy.holidays)
    if one.quiet_until is None:
        return next_rung
    return min(next_rung, reminding.morning(policy.reminders, one.quiet_until, policy.holidays))


def first_look(desk: Desk, rule: Rule, one: Obligation) -> datetime | None:
    """The same for what has just come up, or back: a rung that has passed by then waits for the next morning, so that
    whoever writes down twelve systems one after the other is told of them once.
    """
    look_at = looks(desk, rule, one)
    if look_at is None or look_at > desk.now:
        return look_at
    reminders = desk.policy.reminders
    passed = desk.now.astimezone(HANOI).time() >= reminders.at
    return reminding.morning(reminders, today(desk) + domain.DAY * passed, desk.policy.holidays)


def place(one: Obligation) -> Place:
    """How far its ladder was climbed. Raises AssertionError: nothing is due."""
    assert one.due_on is not None
    return Place(one.due_on, one.opened_on, one.told)


def _round(desk: Desk, rule: Rule, one: Obligation, due_on: date | None) -> Obligation:
    """A new round: nobody has heard of it yet."""
    fresh = replace(
        one,
        round=one.round + 1,
        state=State.OPEN if due_on else State.MET,
        opened_on=today(desk),
        due_on=due_on,
        told=None,
        received_at=None,
        snoozes=0,
        quiet_until=None,
    )
    return replace(fresh, look_at=first_look(desk, rule, fresh))


async def fulfil(desk: Desk, one: Obligation, done_on: date) -> bool:
    """It was done on a day: the next round begins. False where that day does not answer it (done before what asks for
    it happened, or no later than what is on record): it goes on as it was, on the same rung.
    """
    if one.state is State.ENDED and (one.done_on is None or done_on > one.done_on):  # known, should it come back
        await obligations.put(desk.tx, replace(one, done_on=done_on, due_on=None))
    if one.state not in (State.OPEN, State.SUBMITTED):
        return False
    rule = rule_of(desk, one)
    if rule is None or not answers(rule, one, done_on):
        await resume(desk, one)
        return False
    due_on = domain.next_due(rule, await _subject(desk, one), one.due_on, done_on)
    await obligations.put(desk.tx, _round(desk, rule, replace(one, done_on=done_on), due_on))
    return True


def answers(rule: Rule, one: Obligation, done_on: date) -> bool:
    """Whether something that was done on a day answers it: after what asks for it, later than what is on record."""
    if rule.anchor is Anchor.EVENT:
        return done_on >= (one.happened_on or one.opened_on)
    return one.done_on is None or done_on > one.done_on


async def suspend(desk: Desk, one: Obligation) -> None:
    """A reviewer has it now: nobody is reminded, from this moment on."""
    await obligations.put(desk.tx, replace(one, state=State.SUBMITTED, look_at=None))


async def resume(desk: Desk, one: Obligation, since: datetime | None = None) -> None:
    """It comes back from a reviewer, on the same rung: the ladder stood still `since` it was handed in (None: it did
    not), so that nobody's head hears of the weeks that somebody else took to judge it.
    """
    if one.state not in (State.SUBMITTED, State.WAIVED):
        return
    rule = rule_of(desk, one)
    back = replace(one, state=State.OPEN if one.due_on else State.MET, opened_on=_opened(desk, one, since))
    look_at = first_look(desk, rule, back) if rule else None
    await obligations.put(desk.tx, replace(back, look_at=look_at))


def _opened(desk: Desk, one: Obligation, since: datetime | None) -> date:
    """The day from which the ladder counts: as far behind today as it was behind the day on which it stood still."""
    base = max(one.due_on or one.opened_on, one.opened_on)
    if since is None or base >= today(desk):
        return one.opened_on
    return today(desk) - max(since.astimezone(HANOI).date() - base, 0 * domain.DAY)


async def waive(desk: Desk, one: Obligation) -> None:
    """A reviewer agreed that it does not apply."""
    await obligations.put(desk.tx, replace(one, state=State.WAIVED, look_at=None))


async def trigger(desk: Desk, system: System, what: Trigger, happened_on: date) -> Sequence[Obligation]:
    """Something happened to a system: what the rules ask for then is due, each with its own time. What was due of the
    same already stays due as it was. Returns what was opened.
    """
    await lay_system(desk, system)
    opened = []
    by_key = {rule.key: rule for rule in rules(desk) if rule.trigger is what}
    for one in await obligations.of_subject(desk.tx, system.id):
        rule = by_key.get(one.rule)
        if rule is not None and one.state is State.MET:
            due_on = domain.triggered_due(rule, happened_on)
            fresh = _round(desk, rule, replace(one, happened_on=happened_on), due_on)
            await obligations.put(desk.tx, fresh)
            opened.append(fresh)
    return opened


async def _subject(desk: Desk, one: Obligation) -> Subject:
    agency = await agencies.get(desk.tx, one.agency)
    return subject_of(agency, await systems.find(desk.tx, one.system))
