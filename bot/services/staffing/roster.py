"""`/quyen` as people see it: who holds which role, one person's page, and the steps to give or take back a role."""

from __future__ import annotations

from typing import Any

from bot.domain.errors import Refusal
from bot.domain.people import INVITED, RESPONDERS, Permission, Person, Role
from bot.domain.presses import Grant, Holder, Revoke, Roster
from bot.services.desk import Desk, Key, Keys, check, key, rows
from bot.services.staffing import roles as desk_roles
from bot.services.staffing.roles import TERMS, bodies, by_settings, titled, unnamed
from locales import At, Lines, Listed, Word
from storage import groups, people, roles

PAGE = 6  # people on one page


async def show(desk: Desk, asker: Person, page: int = 0, edits: int | None = None) -> None:
    """Who holds what, since when and by whom, one page.

    Raises:
        Refusal: no administrator and no auditor.
    """
    check(asker, Permission.SEE_ROLES, "toast" if edits is not None else "text")
    found = await roles.holders(desk.tx, PAGE + 1, page * PAGE)
    shown = [await people.get(desk.tx, one) for one in found[:PAGE]]
    lines = [
        Word("roles.line", name=unnamed(person), roles=Listed([_held(desk, person, one) for one in held]))
        for person in shown
        for held in [await roles.held_by(desk.tx, person.id)]
    ]
    picks = [[key(_said("roles.pick", name=unnamed(person)), Holder(person.id))] for person in shown]
    await desk.say(
        asker,
        "roles.list",
        buttons=[*picks, *_turning(page, more=len(found) > PAGE)],
        edits=edits,
        lines=Lines(lines) if lines else Word("roles.nobody"),
        blind=await _blind(desk),
    )


def _said(label: str, **values: Any) -> Any:
    return {"text": label, "values": values}


def _turning(page: int, *, more: bool) -> list[list[Key]]:
    turns = [key("button.newer", Roster(str(page - 1)))] if page > 0 else []
    turns += [key("button.older", Roster(str(page + 1)))] if more else []
    return [turns] if turns else []


def _held(desk: Desk, person: Person, held: roles.Held) -> Any:
    seat = Word("roles.no_seat") if held.role in RESPONDERS and not person.seated else None
    facts = [
        Word("roles.since", day=At(held.since, "date")),
        Word("roles.until", day=At(held.expires_at, "date")) if held.expires_at else None,
        desk_roles.body_name(desk, held.scope) if held.scope else None,
        _giver(desk, person, held),
        seat,
    ]
    return Word("roles.held_line", role=Word(f"role.{held.role}"), facts=Listed([one for one in facts if one]))


def _giver(desk: Desk, person: Person, held: roles.Held) -> Any:
    if by_settings(desk, person, held.role):
        return Word("roles.by_settings")
    if held.by is None:
        return Word("roles.by_start")
    return Word("roles.by", name=held.by_name or Word("staff.unnamed"))


async def _blind(desk: Desk) -> Any:
    """Where Telegram does not tell the bot who leaves, the list says so."""
    team = await groups.team(desk.tx)
    return Word("roles.blind") if team is not None and not team.sees_members else None


async def person(desk: Desk, asker: Person, who: str, edits: int | None = None) -> None:
    """One person's roles, with keys for administrators.

    Raises:
        Refusal: no right, or nobody.
    """
    check(asker, Permission.SEE_ROLES)
    holder = await _holder(desk, who)
    held = await roles.held_by(desk.tx, holder.id)
    await desk.say(
        asker,
        "roles.person",
        buttons=_keys(desk, asker, holder, held),
        edits=edits,
        name=unnamed(holder),
        badge=str(holder.badge) if holder.badge is not None else None,
        lines=Lines([_held(desk, holder, one) for one in held]) if held else Word("roles.none_held"),
    )


async def _holder(desk: Desk, who: str) -> Person:
    try:
        return await people.get(desk.tx, who)
    except LookupError:
        raise Refusal("press.stale.toast") from None


def _keys(desk: Desk, asker: Person, holder: Person, held: list[roles.Held]) -> Keys:
    listing = [key("button.roster", Roster("0"))]
    if not asker.may(Permission.GRANT_ROLES):
        return [listing]
    ends = [
        key(_said("roles.take", role=Word(f"role.{one.role}")), Revoke(holder.id, one.role), "danger")
        for one in held
        if not by_settings(desk, holder, one.role)
    ]
    return [*rows(ends), [key("button.grant_role", Grant(holder.id))], listing]


async def grant(desk: Desk, admin: Person, press: Grant, message: int | None) -> None:
    """One step: which role, for how long or for whom, surely, done.

    Raises:
        Refusal: no administrator, or what was pressed leads nowhere.
    """
    check(admin, Permission.GRANT_ROLES)
    holder = await _holder(desk, press.person)
    if press.role == "":
        choices = [role for role in INVITED if role not in holder.roles or role in (Role.EXPERT, Role.LIAISON)]
        keys = [key(f"role.{role}", Grant(holder.id, role)) for role in choices]
        await desk.say(
            admin, "roles.which", buttons=[*rows(keys, 2), _leave(holder)], edits=message, name=unnamed(holder)
        )
        return
    role = desk_roles.wanted(press.role)
    if press.term == "" and role in (Role.EXPERT, Role.LIAISON):
        await ask_term(desk, admin, role, lambda term: Grant(holder.id, role, term), message)
        return
    if press.sure not in ("", "yes") or not desk_roles.fits(desk, role, press.term):
        raise Refusal("press.stale.toast")
    facts = {"name": unnamed(holder), "role": titled(desk, role, press.term)}
    if press.sure == "":
        yes = key("button.grant_yes", Grant(holder.id, role, press.term, "yes"), "success")
        await desk.say(admin, "roles.sure_grant", buttons=_sure(yes, holder), edits=message, **facts)
        return
    said = await desk_roles.give(desk, admin, holder, role, press.term)
    await desk.say(admin, said, buttons=_back(holder), edits=message, **facts)


async def ask_term(desk: Desk, admin: Person, role: Role, press: Any, message: int | None) -> None:
    """How long an expert stays, or for whom a liaison speaks. `press` makes the key's data of a term.

    Raises:
        Refusal: the policy names no body.
    """
    if role is Role.EXPERT:
        keys = [key(_said("roles.days", days=days), press(str(days))) for days in TERMS]
        await desk.say(admin, "roles.how_long", buttons=rows(keys, 3), edits=message)
        return
    named = bodies(desk)
    if not named:
        raise Refusal("roles.no_bodies.toast")
    keys = [key(_said("roles.body", name=body.name.in_language("vi")), press(body.key)) for body in named]
    await desk.say(admin, "roles.for_whom", buttons=rows(keys), edits=message)


def _sure(yes: Key, holder: Person) -> Keys:
    return [[yes], _leave(holder)]


def _leave(holder: Person) -> list[Key]:
    return [key("button.leave_role", Holder(holder.id))]


def _back(holder: Person) -> Keys:
    return [[key("button.roles_of", Holder(holder.id)), key("button.roster", Roster("0"))]]


async def revoke(desk: Desk, admin: Person, press: Revoke, message: int | None) -> None:
    """Ask, and at the second press take the role back.

    Raises:
        Refusal: no administrator, not held, or not to be taken.
    """
    check(admin, Permission.GRANT_ROLES)
    holder = await _holder(desk, press.person)
    role = desk_roles.wanted(press.role)
    if role not in holder.roles or press.sure not in ("", "yes"):
        raise Refusal("press.stale.toast")
    facts = {"name": unnamed(holder), "role": Word(f"role.{role}")}
    if press.sure == "":
        await desk_roles.check_revocable(desk, admin, holder, role)
        yes = key("button.revoke_yes", Revoke(holder.id, role, "yes"), "danger")
        await desk.say(admin, "roles.sure_revoke", buttons=_sure(yes, holder), edits=message, **facts)
        return
    await desk_roles.revoke(desk, admin, holder, role)
    await desk.say(admin, "roles.revoked", buttons=_back(holder), edits=message, **facts)
