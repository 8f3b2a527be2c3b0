"""`/dangky`: somebody says for which agency they speak, and the department says whether it is so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain import vietnamese
from bot.domain.agencies import Post
from bot.domain.enrolment import ENROLMENT, MOST_OPEN, OwnPhone, role_of
from bot.domain.errors import Refusal
from bot.domain.forms import REVIEW
from bot.domain.obligations import DAY
from bot.domain.people import OFFICERS, Permission, Person, Role
from bot.domain.presses import Enrolment, Open
from bot.domain.sending import Lane, Op
from bot.services.desk import READ_ONCE, Desk, Keys, check, key
from bot.services.register import contacts, reach
from bot.services.register.gate import today
from bot.services.register.reach import day_of
from bot.services.staffing import roles as desk_roles
from locales import At, Listed, Word
from storage import agencies, drafts, enrolments, marks, outbox, people, posts, privacy
from storage.agencies import Agency

ASKED = "reach.asked"  # the message of the department that holds a name and a number
SHOWN = 5  # of the queue at once
MOST_COUNTED = 100
REMINDED = "reminded_of_enrolments"  # the mark of the last morning on which the department was
MERGERS = 10  # that are followed to a successor


async def check_free(desk: Desk, person: Person, way: str = "text") -> None:
    """Raises Refusal where somebody may not enrol, or waits for answers enough."""
    check(person, Permission.ENROL, way)
    if len(await enrolments.open_of(desk.tx, person.id)) >= MOST_OPEN:
        raise Refusal("enrol.too_many.toast")


async def asks_phone(desk: Desk, person: Person) -> bool:
    """Whether somebody's open form waits for the own number."""
    one = await drafts.find(desk.tx, person.id)
    if one is None or one.draft.form != ENROLMENT.name or one.draft.at == REVIEW:
        return False
    return isinstance(ENROLMENT.question(one.draft.at), OwnPhone)


async def submit(desk: Desk, person: Person, facts: Mapping[str, Any], message: int | None) -> None:
    """*Gửi*: it waits from now on, and the department is asked.

    Raises:
        Refusal: the agency has ended meanwhile, or somebody speaks for it or waits for it already.
    """
    await check_free(desk, person, "toast")
    agency = await agencies.find(desk.tx, str(facts["agency"]))
    if agency is None or not agency.exists(today(desk)):
        raise Refusal("enrol.gone.toast")
    if any(one.agency == agency.id for one in await posts.of_person(desk.tx, person.id)):
        raise Refusal("enrol.held.toast")
    one = enrolments.Enrolment(
        id=desk.tx.new_id(),
        person=person.id,
        agency=agency.id,
        post=Post(facts["post"]),
        name=str(facts["name"]),
        title=facts.get("title"),
        phone=facts.get("phone"),
        asked_at=desk.now,
    )
    if not await enrolments.ask(desk.tx, one):
        raise Refusal("enrol.asked.toast")
    if message is not None:
        await desk.bare(person, message)
    await desk.say(person, "enrol.waits", extras={"removes_keyboard": True}, agency=agency.name)
    department = await contacts.department(desk)
    for officer in department:
        await _ask(desk, officer, one, agency)
    if not department:
        await desk.tell_those_who_may(Permission.INVITE, "admin.no_department")


async def _ask(desk: Desk, officer: Person, one: enrolments.Enrolment, agency: Agency) -> None:
    who = await people.get(desk.tx, one.person)
    held = [Word(f"role.{role}") for role in sorted(who.roles - {Role.CITIZEN})]
    await desk.say(
        officer,
        ASKED,
        buttons=_keys(one),
        about=one.id,  # so that it can be taken back from everyone as soon as one has answered
        lane=Lane.NOTICE,
        extras=READ_ONCE,
        agency=agency.name,
        post=Word(f"post.{one.post}"),
        name=one.name,
        title=one.title,
        phone=vietnamese.show_phone(one.phone) if one.phone else None,
        roles=Listed(held) if held else None,
        contacts=await contacts.of_agency(desk, agency.id),
    )


def _keys(one: enrolments.Enrolment) -> Keys:
    return [
        [
            key("button.admit", Enrolment(one.id, "yes"), "success"),
            key("button.refuse", Enrolment(one.id, "no"), "danger"),
        ]
    ]


async def waiting(desk: Desk, officer: Person) -> None:
    """What the department has not answered yet, the oldest first, each with its keys.

    Raises:
        Refusal: not of the department.
    """
    check(officer, Permission.CONFIRM_CONTACTS, "text")
    found = await enrolments.waiting(desk.tx, SHOWN)
    for one in found:
        await _ask(desk, officer, one, await agencies.get(desk.tx, one.agency))
    if not found:
        await desk.say(officer, "reach.none_waiting", buttons=[[key("button.enrol_more", Open("enrol"))]])


async def remind(desk: Desk) -> int:
    """Once on each working morning the department hears of those who wait for longer than a day; 1 where it did."""
    found = await enrolments.waiting(desk.tx, MOST_COUNTED)
    old = [one for one in found if one.asked_at <= desk.now - DAY]
    told = await marks.written_at(desk.tx, REMINDED)
    if not old or not reach.in_office(desk) or (told is not None and day_of(told) == today(desk)):
        return 0
    await marks.put(desk.tx, REMINDED, "", desk.now)
    for officer in await contacts.department(desk):
        await desk.say(
            officer, "reach.still_waiting", lane=Lane.REMINDER, n=len(old), since=At(old[0].asked_at, "date")
        )
    return 1


async def decide(desk: Desk, officer: Person, press: Enrolment, message: int | None) -> None:
    """The department's word: the first one counts, and nobody confirms himself.

    Raises:
        Refusal: not of the department, one's own enrolment, answered already, or the agency is no more.
    """
    check(officer, Permission.CONFIRM_CONTACTS)
    one = await enrolments.find(desk.tx, press.enrolment)
    if one is None or press.answer not in ("yes", "no"):
        raise Refusal("press.stale.toast")
    if one.person == officer.id:
        raise Refusal("reach.own.toast")
    agency = await _now(desk, await agencies.get(desk.tx, one.agency))
    yes = press.answer == "yes"
    if yes and not agency.exists(today(desk)):
        raise Refusal("reach.agency_gone.toast")
    state = "confirmed" if yes else "refused"
    if not await enrolments.settle(desk.tx, one.id, state, officer.id, desk.now):
        raise Refusal("press.stale.toast")
    facts: dict[str, Any] = {"agency": agency.name, "post": Word(f"post.{one.post}")}
    if yes:
        await _confirm(desk, officer, one, agency)
    await desk.say(one.person, f"enrol.{state}", lane=Lane.NOTICE, **facts)
    await desk.say(officer, f"reach.{state}_by_you", edits=message, extras=READ_ONCE, name=one.name, **facts)
    await take_back(desk, one.id, officer, message)


async def _now(desk: Desk, agency: Agency) -> Agency:
    """The agency itself, or what it was merged into meanwhile."""
    for _ in range(MERGERS):
        successor = await agencies.find(desk.tx, agency.successor)
        if agency.exists(today(desk)) or successor is None:
            break
        agency = successor
    return agency


async def _confirm(desk: Desk, officer: Person, one: enrolments.Enrolment, agency: Agency) -> None:
    person = await people.get(desk.tx, one.person)
    if person.roles <= OFFICERS | {Role.CITIZEN}:  # one of the house keeps the name that colleagues know
        await people.introduce(desk.tx, person.id, one.name, one.phone or person.phone or "")
    await posts.confirm(desk.tx, agency.id, person.id, one.post, one.title, officer.id, desk.now)
    await desk_roles.bestow(desk, officer, person, role_of(agency.kind), "")
    await contacts.verified(desk, agency.id)


async def take_back(desk: Desk, enrolment: str, officer: Person | None, message: int | None) -> None:
    """Name and number stand in no other chat any more; what waits to be sent is not sent."""
    await outbox.call_back(desk.tx, enrolment, ASKED, desk.now)
    for shown in await privacy.take_back(desk.tx, enrolment, ASKED):
        if officer is not None and (shown.recipient, shown.telegram_id) == (officer.id, message):
            continue
        await outbox.address(
            desk.tx,
            await outbox.write(desk.tx, outbox.Message("reach.settled"), desk.now),
            shown.recipient,
            desk.now,
            stream=shown.stream,
            lane=Lane.NOTICE,
            op=Op.EDIT,
            target=shown.telegram_id,
            after=shown.delivery if shown.telegram_id is None else None,
        )


async def drop(desk: Desk, person: Person) -> None:
    """Somebody wants nothing kept: what waits for the department is dropped, with name and number."""
    for one in await enrolments.open_of(desk.tx, person.id):
        await enrolments.settle(desk.tx, one.id, "dropped", person.id, desk.now)
        await take_back(desk, one.id, None, None)
