"""Roles are given and taken back: by an administrator, a grave one by two; every change is told to all of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from bot.domain import vietnamese
from bot.domain.errors import Refusal
from bot.domain.people import GRAVE, INVITED, RESPONDERS, Permission, Person, Role
from bot.domain.policy import Referral
from bot.domain.presses import Second
from bot.domain.sending import Lane
from bot.services.desk import Desk, check, holders, key
from bot.services.register import contacts
from locales import At, Word
from storage import people, roles, seats

TERMS = (30, 90, 180)  # days of a hired expert that keys offer
LONGEST_TERM = 365
PROPOSAL_HOURS = 24
TOGETHER = 50


def unnamed(person: Person) -> Any:
    """A name for those who keep the roles: who has none yet is told by the number of the account."""
    return person.name or Word("roles.unnamed", id=str(person.telegram_id))


def by_settings(desk: Desk, person: Person, role: Role) -> bool:
    """Administrators whom the settings name cannot be removed by a key."""
    return role is Role.ADMIN and person.telegram_id in desk.house.admins


def bodies(desk: Desk) -> tuple[Referral, ...]:
    """For whom a liaison may speak today."""
    return desk.policy.referrals_on(desk.now.astimezone(vietnamese.HANOI).date())


def fits(desk: Desk, role: Role, term: str) -> bool:
    """Whether a role may be given with this term: days for an expert, a body for a liaison, nothing for others."""
    if role is Role.EXPERT:
        return term.isascii() and term.isdecimal() and len(term) <= 3 and 1 <= int(term) <= LONGEST_TERM
    if role is Role.LIAISON:
        return term in {body.key for body in bodies(desk)}
    return term == ""


def wanted(role: str) -> Role:
    """The role that a key names.

    Raises:
        Refusal: nobody can be given such a role.
    """
    if role not in set(INVITED):
        raise Refusal("press.stale.toast")
    return Role(role)


async def bestow(desk: Desk, actor: Person, person: Person, role: Role, term: str) -> bool:
    """Give a role and tell the other administrators; false where it is held already. The person is told by the caller.

    A role with a term is renewed: the old one ends, the new term counts from now.
    """
    days = int(term) if role is Role.EXPERT else None
    if role in (Role.EXPERT, Role.LIAISON):
        await roles.end(desk.tx, person.id, role, actor.id, desk.now)
    granted = await roles.grant(
        desk.tx,
        person.id,
        role,
        actor.id,
        desk.now,
        expires_at=desk.now + timedelta(days=days) if days else None,
        scope=term if role is Role.LIAISON else None,
    )
    if not granted:
        return False
    if role in RESPONDERS:
        await seats.doubt(desk.tx, person.id)
    facts = {"name": unnamed(person), "role": titled(desk, role, term), "by": unnamed(actor)}
    await tell_admins(desk, "admin.role_granted", but=(actor.id, person.id), **facts)
    return True


def titled(desk: Desk, role: Role, term: str | None) -> Any:
    """A role with its term, as one phrase."""
    name = Word(f"role.{role}")
    if role is Role.EXPERT and term:
        return Word("roles.for_days", role=name, days=int(term))
    if role is Role.LIAISON and term:
        return Word("roles.for_body", role=name, body=body_name(desk, term))
    return name


def body_name(desk: Desk, scope: str) -> str:
    """The name of a body; its key where the policy does not name it any more."""
    return next((body.name.in_language("vi") for body in bodies(desk) if body.key == scope), scope)


async def tell_admins(desk: Desk, text: str, *, but: Collection[str] = (), **facts: Any) -> None:
    for admin in await holders(desk.tx, Permission.GRANT_ROLES):
        if admin.id not in but:
            await desk.say(admin, text, lane=Lane.NOTICE, **facts)


async def give(desk: Desk, admin: Person, person: Person, role: Role, term: str) -> str:
    """Give a role by a key, or ask the other administrators to agree; the text that says which.

    Raises:
        Refusal: one's own role without a second administrator, held already, or asked for already.
    """
    own = person.id == admin.id
    alone = await roles.count(desk.tx, Role.ADMIN) < 2
    if own and alone:
        raise Refusal("roles.own.toast")
    if own or (role in GRAVE and not alone):
        await _propose(desk, admin, person, role, term)
        return "roles.proposed"
    if not await bestow(desk, admin, person, role, term):
        raise Refusal("roles.held.toast")
    await desk.say(person, "invite.confirmed", lane=Lane.NOTICE, role=titled(desk, role, term))
    await contacts.hint(desk, person.id, role)
    return "roles.granted"


async def _propose(desk: Desk, admin: Person, person: Person, role: Role, term: str) -> None:
    if role in person.roles and role not in (Role.EXPERT, Role.LIAISON):
        raise Refusal("roles.held.toast")
    until = desk.now + timedelta(hours=PROPOSAL_HOURS)
    proposal = await roles.propose(desk.tx, person.id, role, term or None, admin.id, desk.now, until)
    if proposal is None:
        raise Refusal("roles.asked.toast")
    for other in await holders(desk.tx, Permission.GRANT_ROLES):
        if other.id != admin.id:
            await desk.say(
                other,
                "roles.second_asked",
                buttons=[
                    [
                        key("button.agree", Second(proposal, "yes"), "success"),
                        key("button.disagree", Second(proposal, "no"), "danger"),
                    ]
                ],
                lane=Lane.NOTICE,
                name=unnamed(person),
                role=titled(desk, role, term),
                by=unnamed(admin),
                until=At(until),
            )


async def second(desk: Desk, admin: Person, proposal_id: str, answer: str, message: int | None) -> None:
    """The second administrator agrees or does not; the first word counts, and never that of whoever asked.

    Raises:
        Refusal: no administrator, one's own proposal, lapsed, or decided already.
    """
    check(admin, Permission.GRANT_ROLES)
    proposal = await roles.find_proposal(desk.tx, proposal_id)
    if proposal is None or answer not in ("yes", "no"):
        raise Refusal("press.stale.toast")
    if proposal.asked_by == admin.id:
        raise Refusal("roles.second.toast")
    asker = await people.get(desk.tx, proposal.asked_by)
    state = "agreed" if answer == "yes" else "refused"
    # Who is no administrator any more cannot have a role given.
    if Role.ADMIN not in asker.roles or not await roles.settle(desk.tx, proposal.id, state, admin.id, desk.now):
        raise Refusal("roles.lapsed.toast")
    person = await people.get(desk.tx, proposal.person)
    term = proposal.scope or ""
    facts = {"name": unnamed(person), "role": titled(desk, proposal.role, term)}
    if answer == "yes":
        if not await bestow(desk, admin, person, proposal.role, term):
            raise Refusal("roles.held.toast")
        await desk.say(person, "invite.confirmed", lane=Lane.NOTICE, role=facts["role"])
    elif asker.id != admin.id:
        await desk.say(asker, "roles.refused", lane=Lane.NOTICE, by=unnamed(admin), **facts)
    await desk.say(admin, f"roles.{state}_by_you", edits=message, **facts)


async def revoke(desk: Desk, admin: Person, person: Person, role: Role) -> None:
    """Take a role back; the person and all administrators hear of it.

    Raises:
        Refusal: it must not be taken, or is held no more.
    """
    await check_revocable(desk, admin, person, role)
    if not await roles.end(desk.tx, person.id, role, admin.id, desk.now):
        raise Refusal("press.stale.toast")
    await contacts.end_all(desk, admin, person.id, role)
    name = Word(f"role.{role}")
    if person.id != admin.id:
        await desk.say(person, "roles.ended", lane=Lane.NOTICE, role=name)
    facts = {"name": unnamed(person), "role": name, "by": unnamed(admin)}
    await tell_admins(desk, "admin.role_ended", but=(admin.id, person.id), **facts)


async def check_revocable(desk: Desk, admin: Person, person: Person, role: Role) -> None:
    """Raises Refusal: named by the settings, the last administrator, or one's own grave role."""
    if by_settings(desk, person, role):
        raise Refusal("roles.settings.toast")
    if role is Role.ADMIN and await roles.count(desk.tx, Role.ADMIN) < 2:
        raise Refusal("roles.last_admin.toast")
    if person.id == admin.id and role in GRAVE:
        raise Refusal("roles.own.toast")


async def expire(desk: Desk) -> int:
    """End the roles whose last day is over; how many those were."""
    over = await roles.expired(desk.tx, desk.now, TOGETHER)
    for one in over:
        await roles.end(desk.tx, one.person, one.role, None, desk.now, "expired")
        person = await people.get(desk.tx, one.person)
        name = Word(f"role.{one.role}")
        await desk.say(person, "roles.expired", lane=Lane.NOTICE, role=name)
        await tell_admins(desk, "admin.role_expired", but=(person.id,), name=unnamed(person), role=name)
    return len(over)
