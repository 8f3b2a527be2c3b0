"""What is referred to another body: offered to its liaisons, accepted, returned, answered in words, or left lying."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.domain import reports, vietnamese
from bot.domain.errors import Refusal
from bot.domain.incidents import EventKind, Move, Status
from bot.domain.people import Permission, Person, Role
from bot.domain.presses import Respond
from bot.domain.sending import Lane
from bot.services.casework import cards as faces
from bot.services.casework import incidents as desk_incidents
from bot.services.casework import lives, sites
from bot.services.desk import READ_ONCE, Desk, Keys, check, key, named
from locales import At, Word
from storage import incidents, people, referrals, roles, threads
from storage.referrals import Referral

TOGETHER = 50
ANSWERED = ("accepted", "returned")
HELD = ("offered", "accepted")  # the body may still answer


async def refer(
    desk: Desk, lead: Person, incident: incidents.Incident, body: Mapping[str, str], reason: str
) -> incidents.Incident:
    """Offer an incident to a body; where nobody there can be reached here, the team sends a paper instead.

    Raises:
        Refusal: no right, overtaken, or the policy of the day knows no such body.
    """
    day = desk.now.astimezone(vietnamese.HANOI).date()
    if body["key"] not in {row.key for row in desk.policy.referrals_on(day)}:
        raise Refusal("work.no_body")
    told = await roles.liaisons_of(desk.tx, body["key"])
    move = Move.REFER if told else Move.POST
    name = name_of(desk, body["key"])
    moved = await lives.move(desk, lead, incident, move, body=name, body_key=body["key"], reason=reason)
    referral = Referral(
        id=desk.tx.new_id(),
        incident=incident.id,
        body=body["key"],
        reason=reason,
        made_by=lead.id,
        made_at=desk.now,
        answer_by=desk.now + timedelta(hours=desk.policy.referral_hours) if told else None,
        state="offered" if told else "outside",
    )
    await referrals.add(desk.tx, referral)
    if not told:
        await faces.line(desk, incident.id, "under_card.posted", code=incident.code, body=name)
    for liaison in told:
        await show(desk, liaison, referral)
    return moved


def name_of(desk: Desk, body: str, language: str = "vi") -> str:
    """The name of a body, also of one that the policy refers to no more."""
    return next((row.name.in_language(language) for row in desk.policy.referrals if row.key == body), body)


async def show(desk: Desk, liaison: Person, referral: Referral) -> None:
    """What a liaison reads: facts and story, protected, and nothing of how to reach the reporter."""
    incident = await incidents.get(desk.tx, referral.incident)
    protected = {"protected": True, **READ_ONCE}
    seen = await faces.facts(desk.tx, incident)
    await desk.say(
        liaison,
        "referral.offer.head",
        buttons=_keys(referral),
        about=incident.id,
        lane=Lane.NOTICE,
        extras=protected,
        **{name: seen[name] for name in ("code", "kind", "source", "filed")},
        site=await sites.shown(desk.tx, incident),
        body=name_of(desk, referral.body, liaison.language),
        reason=referral.reason,
        lines=desk_incidents.readable({"lines": desk_incidents.lines(incident)}),
        answer_by=At(referral.answer_by) if referral.answer_by and referral.state == "offered" else None,
    )
    for piece in desk_incidents.pieces(desk_incidents.readable(reports.story_of(incident.facts))):
        await desk.say(
            liaison,
            "referral.offer.story",
            about=incident.id,
            lane=Lane.NOTICE,
            extras=protected,
            code=incident.code,
            story=piece,
        )


def _keys(referral: Referral) -> Keys:
    back = key("button.return", Respond(referral.id, "return"))
    if referral.state == "offered":
        return [[key("button.accept", Respond(referral.id, "accept"), "success"), back]]
    return [[back]] if referral.state == "accepted" else []


async def held(desk: Desk, liaison: Person, referral_id: str) -> tuple[Referral, incidents.Incident]:
    """What a liaison may answer, for the own body alone.

    Raises:
        Refusal: no right; or it was answered, came back or went elsewhere.
    """
    check(liaison, Permission.ANSWER_REFERRAL)
    referral = await referrals.find(desk.tx, referral_id)
    if referral is None or not await _speaks_for(desk, liaison, referral.body):
        raise Refusal("press.stale.toast")
    incident = await incidents.get(desk.tx, referral.incident)
    newest = await referrals.newest(desk.tx, incident.id)
    if referral.state in ANSWERED and referral.answered_by is not None and referral.answered_by != liaison.id:
        raise await _answered(desk, referral, incident)
    if referral.state not in HELD or newest is None or newest.id != referral.id:
        raise await lives.overtaken(desk, liaison, incident)
    return referral, incident


async def _speaks_for(desk: Desk, person: Person, body: str) -> bool:
    return await roles.scope_of(desk.tx, person.id, Role.LIAISON) == body


async def _answered(desk: Desk, referral: Referral, incident: incidents.Incident) -> Refusal:
    assert referral.answered_by is not None
    try:
        by = named(await people.get(desk.tx, referral.answered_by))
    except LookupError:
        by = Word("staff.unnamed")
    return Refusal(
        "referral.accepted.toast", code=incident.code, by=by, at=At(referral.answered_at or referral.made_at)
    )


async def accept(desk: Desk, liaison: Person, referral_id: str, message: int | None) -> None:
    """*Tiếp nhận*: the body takes it; of several liaisons one answers.

    Raises:
        Refusal: as `held`.
    """
    referral, incident = await held(desk, liaison, referral_id)
    body = name_of(desk, referral.body)
    await lives.move(desk, liaison, incident, Move.ACCEPT, body=body)
    await referrals.answer(desk.tx, referral, "accepted", liaison.id, desk.now)
    if message is not None:
        await desk.bare(liaison, message)
    taken = await referrals.find(desk.tx, referral.id)
    assert taken is not None
    await desk.say(
        liaison,
        "referral.accepted.yours",
        buttons=_keys(taken),
        about=incident.id,
        code=incident.code,
        body=name_of(desk, referral.body, liaison.language),
    )


async def give_back(desk: Desk, liaison: Person, incident: incidents.Incident, reason: str) -> incidents.Incident:
    """*Chuyển trả*: it comes back to the team, with the reason.

    Raises:
        Refusal: as `held`.
    """
    newest = await referrals.newest(desk.tx, incident.id)
    if newest is None:
        raise Refusal("press.stale.toast")
    referral, incident = await held(desk, liaison, newest.id)
    moved = await lives.move(desk, liaison, incident, Move.RETURN, body=name_of(desk, referral.body), reason=reason)
    await referrals.answer(desk.tx, referral, "returned", liaison.id, desk.now)
    return moved


async def lapse(desk: Desk) -> int:
    """What nobody answered in time comes back to the team; how many those were."""
    late = await referrals.due(desk.tx, desk.now, TOGETHER)
    for referral in late:
        incident = await incidents.get(desk.tx, referral.incident)
        await referrals.answer(desk.tx, referral, "lapsed", None, desk.now)
        if incident.status is Status.REFERRING:
            await lives.move(desk, None, incident, Move.LAPSE, body=name_of(desk, referral.body))
    return len(late)


async def spoke(desk: Desk, person: Person, incident: incidents.Incident, text: str, message: int | None) -> None:
    """A liaison answers in words: an event, and a line under the card.

    Raises:
        Refusal: not a liaison of the body that has it now.
    """
    check(person, Permission.ANSWER_REFERRAL, "text")
    referral = await referrals.newest(desk.tx, incident.id)
    concerned = incident.status in (Status.REFERRING, Status.REFERRED) and referral is not None
    if not concerned or referral is None or referral.state not in HELD:
        raise Refusal("referral.spoken.closed", code=incident.code)
    if not await _speaks_for(desk, person, referral.body):
        raise Refusal("referral.spoken.closed", code=incident.code)
    body = name_of(desk, referral.body)
    number = await desk.log(incident.id, EventKind.ANSWERED, person, text=text, body=body)
    words = faces.masked({"words": text}, faces.LONGEST_LINE)
    delivery = await faces.line(desk, incident.id, "under_card.answered", code=incident.code, body=body, **words)
    if message is not None:
        await threads.note(desk.tx, person.id, message, incident.id, desk.now, number=number, delivery=delivery)
    await desk.say(person, "referral.spoken.passed_on", about=incident.id, code=incident.code)


async def of_liaison(desk: Desk, person: Person, incident: incidents.Incident) -> Referral | None:
    """The referral by which somebody may read an incident: the newest one, to the own body, and still there."""
    if not person.may(Permission.ANSWER_REFERRAL):
        return None
    newest = await referrals.newest(desk.tx, incident.id)
    if newest is None or newest.state not in HELD:
        return None
    mine = await _speaks_for(desk, person, newest.body)
    return newest if mine and incident.status in (Status.REFERRING, Status.REFERRED) else None
