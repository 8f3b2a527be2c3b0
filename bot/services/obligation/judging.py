"""What a reviewer decides about evidence: accept it, or return it with a reason; never about what is one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.domain.errors import Refusal
from bot.domain.obligations import Evidence
from bot.domain.obligations import State as Stands
from bot.domain.people import Permission, Person
from bot.domain.presses import Judging, OwnEvidence
from bot.domain.registering import Event
from bot.domain.sending import Lane
from bot.domain.submissions import State
from bot.services import answers
from bot.services.desk import Desk, Keys, check, key
from bot.services.obligation import laying, owed
from locales import At, Lines, Word
from storage import obligations, people, posts, register, submissions, systems
from storage.obligations import Obligation
from storage.submissions import Submission

NEXT_SHOWN = 4  # lines about what is due next: each names systems


def next_one() -> Keys:
    """After one decision comes the next."""
    return [[key("button.judging_next", Judging())]]


async def judged_by(desk: Desk, reviewer: Person, identifier: str, way: str = "toast") -> Submission:
    """What a reviewer may look at and decide.

    Raises:
        Refusal: no right, no such thing, or one's own.
    """
    check(reviewer, Permission.JUDGE_EVIDENCE, way)
    one = await submissions.find(desk.tx, identifier)
    if one is None:
        raise Refusal("press.stale.toast")
    if one.person == reviewer.id:
        raise Refusal("judging.own.toast")
    return one


async def check_waits(desk: Desk, identifier: str) -> None:
    """Raises Refusal: it was decided already, so nobody is to write a reason for nothing."""
    one = await submissions.find(desk.tx, identifier)
    if one is None or one.state is not State.SUBMITTED:
        raise Refusal("judging.decided.toast")


async def accept(desk: Desk, reviewer: Person, identifier: str, message: int | None) -> None:
    """Each obligation that is still in that round begins its next one.

    Raises:
        Refusal: no right, one's own, or somebody was faster.
    """
    one = await judged_by(desk, reviewer, identifier)
    if not await submissions.settle(desk.tx, one.id, State.ACCEPTED, reviewer.id, None, desk.now):
        raise Refusal("judging.decided.toast")
    fulfilled = []
    for item in await submissions.items(desk.tx, one.id):
        waiting = await obligations.find(desk.tx, item.obligation)
        if waiting is not None and waiting.round == item.round and await laying.fulfil(desk, waiting, one.done_on):
            fulfilled.append(waiting.id)
    if one.kind is Evidence.LEVEL:
        await _determine(desk, reviewer, one)
    await _say_outcome(desk, reviewer, one, "judging.accepted", message)
    for person in await _speakers(desk, one):
        await desk.say(
            person,
            "submission.accepted",
            lane=Lane.NOTICE,
            **await _named(desk, one),
            next=await _next(desk, person, fulfilled),
        )


async def _determine(desk: Desk, reviewer: Person, one: Submission) -> None:
    """The level of the systems is what the decision says from now on; what they owe is laid anew."""
    level, owner = int(one.facts["level"]), await owed.heir(desk, one.agency)
    for identifier in owed.chosen(one.facts):
        system = await systems.find(desk.tx, identifier)
        if system is None or system.agency != owner:
            continue  # it went to another agency meanwhile, which has not said anything
        changed = replace(system, level=level)
        await systems.change(desk.tx, changed, desk.now)
        details = {"level": [system.level, level], "document": [None, one.facts["number"]]}
        await register.note(
            desk.tx, Event.LEVEL_SET, reviewer.id, desk.now, agency=system.agency, system=system.id, details=details
        )
        await laying.lay_system(desk, changed)


async def give_back(desk: Desk, reviewer: Person, identifier: str, reason: str, message: int | None) -> None:
    """Everything it was to answer is open again, on the same rung.

    Raises:
        Refusal: no right, one's own, or somebody was faster.
    """
    one = await judged_by(desk, reviewer, identifier, "text")
    if not await submissions.settle(desk.tx, one.id, State.RETURNED, reviewer.id, reason, desk.now):
        raise Refusal("judging.decided.toast")
    for item in await submissions.items(desk.tx, one.id):
        waiting = await obligations.find(desk.tx, item.obligation)
        if waiting is not None and waiting.round == item.round:
            await laying.resume(desk, waiting, one.submitted_at)
    await _say_outcome(desk, reviewer, one, "judging.returned", message)
    for person in await _speakers(desk, one):
        own = person.id == one.person
        await desk.say(
            person,
            "submission.returned",
            buttons=[[key("button.hand_in_again", OwnEvidence(one.id, "again"), "primary")]] if own else (),
            lane=Lane.NOTICE,
            **await _named(desk, one),
            reason=reason,
        )


async def _say_outcome(desk: Desk, reviewer: Person, one: Submission, text: str, message: int | None) -> None:
    await desk.say(reviewer, text, buttons=next_one(), edits=message, **await _named(desk, one))


async def _named(desk: Desk, one: Submission) -> Mapping[str, Any]:
    """Which submission is spoken of."""
    return {
        "kind": Word(f"submission.kind.{one.kind}"),
        "systems": await owed.names(desk, one.agency, owed.chosen(one.facts)),
        "day": At(answers.midnight(one.done_on.isoformat()), "date"),
    }


async def _speakers(desk: Desk, one: Submission) -> Sequence[Person]:
    """Who hears of a decision: whoever handed it in; where they speak for the agency no more, those who do."""
    return await speakers(desk, one.agency, one.person)


async def speakers(desk: Desk, agency: str, asked: str) -> Sequence[Person]:
    """Whoever asked, as long as they speak for the agency (or for its heir); else everybody who does."""
    held = [one.person for one in await posts.of_agency(desk.tx, await owed.heir(desk, agency))]
    found = []
    for identifier in [asked] if asked in held else held:
        try:
            found.append(await people.get(desk.tx, identifier))
        except LookupError:
            continue  # the account is gone
    return found


async def _next(desk: Desk, reader: Person, fulfilled: Sequence[str]) -> Any:
    """When each of what was answered is due next; None where nothing is owed until something happens."""
    due: dict[tuple[str, date], list[Obligation]] = {}
    for identifier in fulfilled:
        one = await obligations.find(desk.tx, identifier)
        if one is not None and one.state is Stands.OPEN and one.due_on is not None:
            due.setdefault((one.rule, one.due_on), []).append(one)
    lines = [
        Word(
            "submission.next",
            rule=rule.name.in_language(reader.language),
            due=At(answers.midnight(due_on.isoformat()), "date"),
            systems=await owed.names(desk, together[0].agency, {one.subject for one in together}),
        )
        for (_, due_on), together in sorted(due.items(), key=lambda one: one[0][1])
        if (rule := laying.rule_of(desk, together[0])) is not None
    ]
    return Lines(lines[:NEXT_SHOWN]) if lines else None
