"""A duty that does not apply, as an officer says: a reviewer agrees or does not, and may take an agreement back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.errors import Refusal
from bot.domain.obligations import State as Stands
from bot.domain.people import Permission, Person
from bot.domain.sending import Lane
from bot.domain.submissions import State
from bot.services.desk import Desk, check
from bot.services.obligation import judging, laying, owed
from locales import Word
from storage import exemptions, obligations, submissions
from storage.exemptions import Exemption
from storage.obligations import Obligation

ASKED, AGREED, REFUSED, LAPSED = "asked", "agreed", "refused", "lapsed"


async def judged_by(desk: Desk, reviewer: Person, identifier: str, way: str = "toast") -> tuple[Exemption, Obligation]:
    """What a reviewer may look at and decide.

    Raises:
        Refusal: no right, no such request, or one's own.
    """
    check(reviewer, Permission.JUDGE_EVIDENCE, way)
    one = await exemptions.find(desk.tx, identifier)
    owing = await obligations.find(desk.tx, one.obligation) if one else None
    if one is None or owing is None:
        raise Refusal("press.stale.toast")
    if one.asked_by == reviewer.id:
        raise Refusal("judging.own.toast")
    return one, owing


async def check_waits(desk: Desk, identifier: str) -> None:
    """Raises Refusal: it was decided already, so nobody is to write a reason for nothing."""
    one = await exemptions.find(desk.tx, identifier)
    if one is None or one.state != ASKED:
        raise Refusal("judging.decided.toast")


async def agree(desk: Desk, reviewer: Person, identifier: str, message: int | None) -> None:
    """It does not apply: nobody is reminded of it any more.

    Raises:
        Refusal: no right, one's own, or somebody was faster.
    """
    one, owing = await judged_by(desk, reviewer, identifier)
    await _settle(desk, one, ASKED, AGREED, reviewer)
    if owing.state in (Stands.OPEN, Stands.SUBMITTED):
        await laying.waive(desk, owing)
    await _tell(desk, reviewer, one, owing, "agreed", message)


async def refuse(desk: Desk, reviewer: Person, identifier: str, answer: str, message: int | None) -> None:
    """It does apply: it is open again, on the same rung.

    Raises:
        Refusal: as for `agree`.
    """
    one, owing = await judged_by(desk, reviewer, identifier, "text")
    await _settle(desk, one, ASKED, REFUSED, reviewer, answer)
    evidence = await submissions.latest_of(desk.tx, owing.id)
    if evidence is None or evidence.state is not State.SUBMITTED:  # else it waits for another decision
        await laying.resume(desk, owing, one.asked_at)
    await _tell(desk, reviewer, one, owing, "refused", message)


async def revoke(desk: Desk, reviewer: Person, identifier: str, message: int | None) -> None:
    """It applies after all: an agreement is taken back.

    Raises:
        Refusal: as for `agree`.
    """
    one, owing = await judged_by(desk, reviewer, identifier)
    await _settle(desk, one, AGREED, LAPSED, reviewer)
    if owing.state is Stands.WAIVED:
        await laying.resume(desk, owing, one.asked_at)
    await _tell(desk, reviewer, one, owing, "revoked", message)


async def _settle(
    desk: Desk, one: Exemption, before: str, state: str, reviewer: Person, answer: str | None = None
) -> None:
    if not await exemptions.settle(desk.tx, one.id, before, state, reviewer.id, answer, desk.now):
        raise Refusal("judging.decided.toast")


async def _tell(
    desk: Desk, reviewer: Person, one: Exemption, owing: Obligation, outcome: str, message: int | None
) -> None:
    settled = await exemptions.find(desk.tx, one.id)
    answer = settled.answer if settled else None
    named = await described(desk, owing, reviewer)
    await desk.say(reviewer, f"judging.{outcome}", buttons=judging.next_one(), edits=message, **named)
    for person in await judging.speakers(desk, owing.agency, one.asked_by):
        named = await described(desk, owing, person)
        await desk.say(person, f"exemption.{outcome}", lane=Lane.NOTICE, reason=answer, **named)


async def described(desk: Desk, owing: Obligation, reader: Person) -> Mapping[str, Any]:
    """Which obligation is spoken of: what is asked, and of what."""
    rule = laying.rule_of(desk, owing)
    return {
        "rule": rule.name.in_language(reader.language) if rule else Word("exemption.old_rule"),
        "system": await owed.names(desk, owing.agency, {owing.subject}),
    }
