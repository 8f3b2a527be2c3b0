"""Who speaks for an agency: what officers see of their own posts, how a post ends, who takes over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain.agencies import Post
from bot.domain.enrolment import role_of
from bot.domain.errors import Refusal
from bot.domain.obligations import Evidence, State
from bot.domain.people import OFFICERS, Permission, Person, Role
from bot.domain.presses import Open, OwnPost, Relieve
from bot.domain.sending import Lane
from bot.services.desk import READ_ONCE, Desk, Key, Keys, check, holders, key
from bot.services.obligation import laying
from bot.services.register.gate import today
from bot.services.register.seeking import brief
from locales import At, Lines, Word
from storage import agencies, enrolments, obligations, people, posts, roles
from storage.agencies import Agency
from storage.posts import Held


async def known(desk: Desk, person: str) -> Person | None:
    """Somebody by our id; None where the account was erased."""
    try:
        return await people.get(desk.tx, person)
    except LookupError:
        return None


def is_there(one: Held, person: Person | None) -> bool:
    """Whether somebody reads what the bot writes."""
    return one.red_since is None and person is not None and not person.unreachable


def _title(one: Held) -> Any:
    return Word(f"post.{one.post}")


async def line(desk: Desk, one: Held) -> Any:
    """One contact for colleagues of the house: name, post, since when, and a red mark where nobody answers."""
    person = await known(desk, one.person)
    there = is_there(one, person)
    since = one.red_since or one.pressed_at
    return Word(
        "post.line",
        mark=Word("post.there" if there else "post.red"),
        post=_title(one),
        name=(person.name if person else None) or Word("post.unnamed"),
        title=Word("post.titled", title=one.title) if one.title else None,
        affirmed=At(one.affirmed_at, "date"),
        silent=None if there else Word("post.silent", since=At(since, "date")),
    )


async def of_agency(desk: Desk, agency: str) -> Any:
    """All contacts of an agency as lines; a sentence where there are none."""
    held = await posts.of_agency(desk.tx, agency)
    return Lines([await line(desk, one) for one in held]) if held else Word("post.nobody")


async def relieving(desk: Desk, agency: str) -> Sequence[Key]:
    """The department's keys that end the posts of an agency, one for each."""
    return [relieve_key(one, await known(desk, one.person)) for one in await posts.of_agency(desk.tx, agency)]


def relieve_key(one: Held, person: Person | None) -> Key:
    name = (person.name if person else None) or Word("post.unnamed")
    return key(Word("post.relieve_key", name=brief(name) if isinstance(name, str) else name), Relieve(one.id), "danger")


# One's own posts ------------------------------------------------------------------------------------------------------


async def own(desk: Desk, person: Person, edits: int | None = None) -> bool:
    """For which agencies somebody speaks or waits; false where there are none (nothing is said then)."""
    held = await posts.of_person(desk.tx, person.id)
    asked = await enrolments.open_of(desk.tx, person.id)
    if not held and not asked:
        return False
    lines = []
    for one in held:
        agency = await agencies.get(desk.tx, one.agency)
        lines.append(Word("enrol.post", agency=agency.name, post=_title(one), since=At(one.confirmed_at, "date")))
    for waiting in asked:
        agency = await agencies.get(desk.tx, waiting.agency)
        lines.append(Word("enrol.waiting", agency=agency.name, post=Word(f"post.{waiting.post}")))
    keys = [*await _own_keys(desk, held), [key("button.enrol_more", Open("enrol"))]]
    await desk.say(person, "enrol.own", buttons=keys, edits=edits, lines=Lines(lines))
    return True


async def _own_keys(desk: Desk, held: Sequence[Held]) -> Keys:
    """Still in charge, or no more; each with its agency where there are several."""
    if len(held) == 1:
        return [answer_keys(held[0])]
    keys = []
    for one in held:
        name = brief((await agencies.get(desk.tx, one.agency)).name)[:50]
        keys.append([key(Word("post.leave_key", agency=name), OwnPost(one.id, "leave"))])
    return keys


def answer_keys(one: Held) -> list[Key]:
    """*Tôi vẫn phụ trách* and *Tôi không còn phụ trách*."""
    return [
        key("button.affirm", OwnPost(one.id, "affirm"), "success"),
        key("button.leave_post", OwnPost(one.id, "leave")),
    ]


async def press(desk: Desk, person: Person, pressed: OwnPost, message: int | None) -> None:
    """A key of one's own post.

    Raises:
        Refusal: no role, somebody else's post or one that has ended, or nothing to take over.
    """
    check(person, Permission.SEE_OWN_AGENCY)
    mine = [one for one in await posts.of_person(desk.tx, person.id) if pressed.post in (one.id, one.agency)]
    act = _ACTS.get(pressed.act)
    if not mine or act is None:
        raise Refusal("press.stale.toast")
    one = mine[0]
    await act(desk, person, one, await agencies.get(desk.tx, one.agency), message)


async def _affirm(desk: Desk, person: Person, one: Held, agency: Agency, message: int | None) -> None:
    await posts.affirm(desk.tx, one.id, desk.now)
    if one.post is Post.OFFICER:
        await verified(desk, agency.id)
    await desk.say(person, "reach.affirmed", edits=message, agency=agency.name, post=_title(one))


async def _all_right(desk: Desk, person: Person, one: Held, agency: Agency, message: int | None) -> None:
    """Pressed under what is owed: all contacts of the agency are right, and what was pressed stays as it is."""
    await posts.affirm(desk.tx, one.id, desk.now)
    await verified(desk, agency.id)
    await desk.say(person, "reach.all_right", agency=agency.name)


async def _ask_leaving(desk: Desk, person: Person, one: Held, agency: Agency, message: int | None) -> None:
    keys = [[key("button.leave_yes", OwnPost(one.id, "gone"), "danger")], [key("button.stay", OwnPost(one.id, "stay"))]]
    await desk.say(person, "reach.leaving", buttons=keys, edits=message, agency=agency.name, post=_title(one))


async def _stay(desk: Desk, person: Person, one: Held, agency: Agency, message: int | None) -> None:
    await own(desk, person, message)


async def _leave(desk: Desk, person: Person, one: Held, agency: Agency, message: int | None) -> None:
    await end(desk, person, one, agency)
    await desk.say(person, "reach.left", edits=message, agency=agency.name)
    await tell_department(desk, "reach.left_by", agency, name=person.name or Word("post.unnamed"), post=_title(one))
    await ask_deputies(desk, agency)


async def _take_over(desk: Desk, person: Person, one: Held, agency: Agency, message: int | None) -> None:
    """A deputy becomes officer, while no officer is there. Whoever was it stays on record for the department."""
    if one.post is not Post.DEPUTY or await _officer_is_there(desk, agency.id):
        raise Refusal("press.stale.toast")
    await posts.change_post(desk.tx, one.id, Post.OFFICER)
    await posts.affirm(desk.tx, one.id, desk.now)
    await verified(desk, agency.id)
    await desk.say(person, "reach.took_over", edits=message, agency=agency.name)
    away = [other for other in await posts.of_agency(desk.tx, agency.id) if other.post is Post.OFFICER]
    keys = [[relieve_key(other, await known(desk, other.person))] for other in away if other.id != one.id]
    await tell_department(desk, "reach.taken_over", agency, keys, name=person.name or Word("post.unnamed"))


_ACTS = {
    "affirm": _affirm,
    "right": _all_right,
    "leave": _ask_leaving,
    "stay": _stay,
    "gone": _leave,
    "take": _take_over,
}


# What follows ---------------------------------------------------------------------------------------------------------


async def end(desk: Desk, actor: Person | None, one: Held, agency: Agency) -> None:
    """Somebody speaks for an agency no more; the role goes with the last post of its sort.

    Raises:
        Refusal: it has ended already.
    """
    by = actor.id if actor else None
    if not await posts.end(desk.tx, one.id, by, desk.now):
        raise Refusal("press.stale.toast")
    role = role_of(agency.kind)
    for other in await posts.of_person(desk.tx, one.person):
        if role_of((await agencies.get(desk.tx, other.agency)).kind) is role:
            return
    await roles.end(desk.tx, one.person, role, by, desk.now)


async def end_of_agency(desk: Desk, actor: Person | None, agency: Agency) -> None:
    """An agency is no more, and nobody took its place: whoever spoke for it hears that this has ended."""
    for one in await posts.of_agency(desk.tx, agency.id):
        await end(desk, actor, one, agency)
        person = await known(desk, one.person)
        if person is not None:
            await desk.say(person, "enrol.ended", lane=Lane.NOTICE, agency=agency.name)


async def end_all(desk: Desk, actor: Person | None, person: str, role: Role) -> None:
    """The role of an officer was taken back: so are the posts that came with it."""
    for one in await posts.of_person(desk.tx, person):
        agency = await agencies.get(desk.tx, one.agency)
        if role_of(agency.kind) is role:
            await posts.end(desk.tx, one.id, actor.id if actor else None, desk.now)
            await ask_deputies(desk, agency)


async def hint(desk: Desk, person: str, role: Role) -> None:
    """Who was given the role of an officer speaks for no agency yet, and hears how to say for which."""
    if role in OFFICERS and not await posts.of_person(desk.tx, person):
        await desk.say(person, "enrol.after_invitation", lane=Lane.NOTICE)


async def verified(desk: Desk, agency: str) -> None:
    """The contacts of an agency are right as of today: what is owed about them is done by it."""
    evident = {rule.key for rule in laying.rules(desk) if rule.evidence is Evidence.CONTACTS}
    for one in await obligations.of_subject(desk.tx, agency):
        if one.rule in evident and one.state is State.OPEN:
            await laying.fulfil(desk, one, today(desk))


async def _officer_is_there(desk: Desk, agency: str) -> bool:
    officers = [one for one in await posts.of_agency(desk.tx, agency) if one.post is Post.OFFICER]
    return any([is_there(one, await known(desk, one.person)) for one in officers])


async def ask_deputies(desk: Desk, agency: Agency) -> None:
    """No officer is there: the deputies are asked to take over; without any the department hears of it."""
    if await _officer_is_there(desk, agency.id):
        return
    asked = 0
    for one in await posts.of_agency(desk.tx, agency.id):
        person = await known(desk, one.person)
        if one.post is Post.DEPUTY and person is not None and is_there(one, person):
            take = [[key("button.take_over_post", OwnPost(one.id, "take"), "success")]]
            await desk.say(person, "reach.take_over", buttons=take, lane=Lane.NOTICE, agency=agency.name)
            asked += 1
    if not asked:
        keys = [[one] for one in await relieving(desk, agency.id)]
        await tell_department(desk, "reach.nobody_left", agency, keys, contacts=await of_agency(desk, agency.id))


async def department(desk: Desk) -> Sequence[Person]:
    """Everyone who confirms contacts and can be written to."""
    return await holders(desk.tx, Permission.CONFIRM_CONTACTS)


async def tell_department(desk: Desk, text: str, agency: Agency, keys: Keys = (), **facts: Any) -> int:
    """Everyone who confirms contacts hears of it, in private; how many that are."""
    told = await department(desk)
    for officer in told:
        await desk.say(officer, text, buttons=keys, lane=Lane.NOTICE, extras=READ_ONCE, agency=agency.name, **facts)
    return len(told)


async def relieve(desk: Desk, officer: Person, press: Relieve, message: int | None) -> None:
    """The department ends a post: asked first, then done; the person hears of it.

    Raises:
        Refusal: not of the department, or the post has ended.
    """
    check(officer, Permission.CONFIRM_CONTACTS)
    one = await posts.find(desk.tx, press.post)
    if one is None or press.sure not in ("", "yes"):
        raise Refusal("press.stale.toast")
    agency, person = await agencies.get(desk.tx, one.agency), await known(desk, one.person)
    facts: dict[str, Any] = {
        "agency": agency.name,
        "post": _title(one),
        "name": (person and person.name) or Word("post.unnamed"),
    }
    if press.sure == "":
        sure = [[key("button.relieve_yes", Relieve(one.id, "yes"), "danger")]]
        await desk.say(officer, "reach.sure_relieve", buttons=sure, extras=READ_ONCE, **facts)
        return
    await end(desk, officer, one, agency)
    await desk.say(officer, "reach.relieved", edits=message, extras=READ_ONCE, **facts)
    if person is not None:
        await desk.say(person, "enrol.ended", lane=Lane.NOTICE, agency=agency.name)
    await ask_deputies(desk, agency)
