"""Evidence is handed in: what it answers is reminded of no more from that moment on, and a reviewer gets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.domain import submissions as domain
from bot.domain.attaching import FILE
from bot.domain.errors import Refusal
from bot.domain.obligations import Evidence, Trigger
from bot.domain.obligations import State as Stands
from bot.domain.people import Permission, Person
from bot.domain.presses import OwnEvidence
from bot.domain.submissions import State
from bot.services import answers
from bot.services.desk import Desk, key
from bot.services.obligation import laying, owed, reviewers
from bot.services.obligation.owed import Due
from bot.services.register import gate
from locales import At, Lines, Listed, Word
from storage import attached, drafts, obligations, submissions, systems
from storage.obligations import Obligation
from storage.submissions import Item, Submission

OPENED = "opened"  # fact: what a found hole has opened, and which round of it


async def from_form(
    desk: Desk, person: Person, one: drafts.Open, facts: Mapping[str, Any], message: int | None
) -> None:
    """*Gửi* under a form of evidence; its file goes along."""
    kind, agency = domain.KIND_OF[one.draft.form], str(one.draft.answers["agency"])
    await submit(desk, person, kind, agency, facts, draft=one.id, message=message)


async def submit(
    desk: Desk,
    person: Person,
    kind: Evidence,
    agency: str,
    facts: Mapping[str, Any],
    *,
    draft: str | None = None,
    message: int | None = None,
) -> Submission:
    """Hand evidence in.

    1. The right to speak for the agency, and what is open of it now, are looked at again. 2. Reminders of what it
    answers stop. 3. A hole through which one can get in opens its tasks at once: to fix it and to hunt, each with its
    own clock. 4. The officer gets a receipt, and a reviewer one line where none waited before.

    Raises:
        Refusal: no right, a system of another agency, a day in the future, or nothing that this could answer.
    """
    agency = (await gate.own_agency(desk, person, Permission.DO_OBLIGATIONS, agency))[0].id
    await _check_owned(desk, agency, owed.chosen(facts))
    done_on = _day(desk, facts)
    answered, left = await _answered(desk, kind, agency, facts, done_on)
    first = await reviewers.none_waits(desk)
    for due in answered:
        await laying.suspend(desk, due.one)
    opened = await _open_tasks(desk, kind, facts, done_on)
    kept = {**facts, OPENED: [[task.id, task.round] for task in opened]}
    one = Submission(desk.tx.new_id(), kind, agency, person.id, done_on, kept, State.SUBMITTED, desk.now)
    await submissions.add(desk.tx, one, [Item(due.one.id, due.one.round) for due in answered])
    if draft is not None:
        await attached.hand_in(desk.tx, (facts.get(FILE) or {}).get("id", ""), draft, one.id)
    alone = not await reviewers.tell(desk, person.id, first=first)
    await _receipt(desk, person, one, left, opened, alone=alone, message=message)
    return one


async def _check_owned(desk: Desk, agency: str, chosen: Sequence[str]) -> None:
    """Raises Refusal: something that was chosen when the form was opened belongs to another agency by now."""
    for identifier in chosen:
        found = await systems.find(desk.tx, identifier)
        if found is not None and found.agency != agency:
            raise Refusal("submission.moved.toast", name=found.code)


def _day(desk: Desk, facts: Mapping[str, Any]) -> date:
    """Raises Refusal: a day in the future, or from before there was anything to do."""
    done_on = date.fromisoformat(str(facts["done_on"]))
    if not domain.EARLIEST <= done_on <= gate.today(desk):
        raise Refusal("submission.day.toast")
    return done_on


async def _answered(
    desk: Desk, kind: Evidence, agency: str, facts: Mapping[str, Any], done_on: date
) -> tuple[Sequence[Due], Sequence[Due]]:
    """What is open of the chosen subjects: what that day answers, and what it does not.

    Raises:
        Refusal: there is nothing; the level of a system of the agency can always be handed in.
    """
    chosen = owed.chosen(facts)
    found = [due for due in await owed.open_to(desk, kind, agency) if due.one.subject in chosen]
    answered = [due for due in found if laying.answers(due.rule, due.one, done_on)]
    if not answered and kind is Evidence.LEVEL and await _all_owned(desk, agency, chosen):
        return [], []
    if not answered:
        raise Refusal("submission.too_early.toast" if found else "submission.not_open.toast")
    return answered, [due for due in found if due not in answered]


async def _all_owned(desk: Desk, agency: str, chosen: Sequence[str]) -> bool:
    """Whether all that was chosen are systems that the agency has today."""
    owned = {one.id for one in await systems.of_agency(desk.tx, agency) if one.exists(gate.today(desk))}
    return bool(chosen) and owned.issuperset(chosen)


async def _open_tasks(desk: Desk, kind: Evidence, facts: Mapping[str, Any], found_on: date) -> list[Obligation]:
    """What must follow from a hole, for each system in which there is one."""
    opened: list[Obligation] = []
    for identifier in domain.holed(facts) if kind is Evidence.SCAN else ():
        system = await systems.find(desk.tx, identifier)
        if system is not None:
            opened.extend(await laying.trigger(desk, system, Trigger.HOLE_FOUND, found_on))
    return opened


# What the officer is told -------------------------------------------------------------------------------------------


async def _receipt(
    desk: Desk,
    person: Person,
    one: Submission,
    left: Sequence[Due],
    opened: Sequence[Obligation],
    *,
    alone: bool,
    message: int | None,
) -> None:
    await desk.say(
        person,
        "submission.received",
        buttons=[[key("button.withdraw_evidence", OwnEvidence(one.id, "withdraw"))]],
        edits=message,
        kind=Word(f"submission.kind.{one.kind}"),
        systems=await owed.names(desk, one.agency, owed.chosen(one.facts)),
        day=At(answers.midnight(one.done_on.isoformat()), "date"),
        file=Word("submission.with_file") if one.facts.get(FILE) else None,
        alone=Word("submission.alone") if alone else None,
        left=await _left(desk, person, one, left),
        tasks=await _tasks(desk, person, one, opened),
        note=_note(one),
    )


async def _left(desk: Desk, person: Person, one: Submission, left: Sequence[Due]) -> Any:
    """What stays open, for it asks for something later than that day."""
    if not left:
        return None
    rules = dict.fromkeys(due.rule.name.in_language(person.language) for due in left)
    systems_left = await owed.names(desk, one.agency, {due.one.subject for due in left})
    return Word("submission.left", rules=Listed(rules), systems=systems_left)


async def _tasks(desk: Desk, person: Person, one: Submission, opened: Sequence[Obligation]) -> Any:
    """Both clocks of a hole; the systems of one rule share a line."""
    if domain.holed(one.facts) and one.kind is Evidence.SCAN:
        by_line: dict[tuple[str, date | None], list[str]] = {}
        for task in opened:
            by_line.setdefault((task.rule, task.due_on), []).append(task.subject)
        lines = [
            Word(
                "submission.task",
                rule=await _rule_name(desk, person, rule),
                due=At(answers.midnight(due_on.isoformat()), "date"),
                systems=await owed.names(desk, one.agency, subjects),
            )
            for (rule, due_on), subjects in by_line.items()
            if due_on is not None
        ]
        return Word("submission.hole", lines=Lines(lines)) if lines else Word("submission.hole_known")
    return None


async def _rule_name(desk: Desk, person: Person, key_of_rule: str) -> str:
    rule = next(one for one in laying.rules(desk) if one.key == key_of_rule)
    return rule.name.in_language(person.language)


def _note(one: Submission) -> Any:
    """What follows from an answer besides."""
    if one.facts.get("form") == "tabletop":
        return Word("submission.tabletop")
    return Word("submission.signs_found") if one.facts.get("found") == "yes" else None


# Taking it back -----------------------------------------------------------------------------------------------------


async def own(desk: Desk, person: Person, identifier: str) -> Submission:
    """What one has handed in oneself for an agency for which one still speaks.

    Raises:
        Refusal: somebody else's, or none: in the same words.
    """
    one = await submissions.find(desk.tx, identifier)
    agency = await owed.heir(desk, one.agency) if one else ""
    await gate.own_agency(desk, person, Permission.DO_OBLIGATIONS, agency)
    if one is None or one.person != person.id:
        raise Refusal("press.stale.toast")
    return one


async def withdraw(desk: Desk, person: Person, identifier: str, message: int | None) -> None:
    """A wrong submission is taken back before anybody has judged it: all stands as before, its file goes.

    Raises:
        Refusal: not one's own, or judged already.
    """
    one = await own(desk, person, identifier)
    if not await submissions.settle(desk.tx, one.id, State.WITHDRAWN, person.id, None, desk.now):
        raise Refusal("submission.decided.toast")
    for item in await submissions.items(desk.tx, one.id):
        waiting = await obligations.find(desk.tx, item.obligation)
        if waiting is not None and waiting.round == item.round:
            await laying.resume(desk, waiting)
    await _close_tasks(desk, one)
    await attached.withdraw(desk.tx, one.id)
    await desk.say(
        person,
        "submission.withdrawn",
        buttons=[[key("button.hand_in_again", OwnEvidence(one.id, "again"))]],
        edits=message,
        kind=Word(f"submission.kind.{one.kind}"),
        systems=await owed.names(desk, one.agency, owed.chosen(one.facts)),
    )


async def _close_tasks(desk: Desk, one: Submission) -> None:
    """There was no hole: what it had opened, and nobody has done yet, is owed no more."""
    for identifier, number in one.facts.get(OPENED, ()):
        task = await obligations.find(desk.tx, identifier)
        if task is not None and task.state is Stands.OPEN and task.round == number:
            await obligations.put(desk.tx, replace(task, state=Stands.MET, due_on=None, look_at=None))
