"""How somebody becomes staff: a one-time link, the person's own phone number, an administrator's word."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from bot.domain.errors import Refusal
from bot.domain.people import GRAVE, INVITED, Permission, Person, Role
from bot.domain.presses import Admit, Invite
from bot.domain.sending import Lane
from bot.services.desk import READ_ONCE, Desk, check, key, link, rows
from bot.services.register import contacts
from bot.services.staffing import roles as desk_roles
from bot.services.staffing import roster
from bot.services.staffing.roles import titled
from storage import people, roles

TOKEN_BYTES = 16  # 128 bits


def hashed(token: str) -> str:
    """Only this is stored: who reads the database cannot use the links."""
    return hashlib.sha256(token.encode()).hexdigest()


async def offer(desk: Desk, admin: Person) -> None:
    """Ask the administrator which role the link should carry.

    Raises:
        Refusal: no administrator.
    """
    check(admin, Permission.INVITE, "text")
    keys = [key(f"role.{role}", Invite(role)) for role in INVITED]
    await desk.say(admin, "invite.ask_role", buttons=rows(keys, 2))


async def invite(desk: Desk, admin: Person, press: Invite, bot_link: str | None, message: int | None) -> None:
    """Make a one-time link: the role, 128 random bits kept as a hash, one use, a day.

    A hired expert is invited for so many days, a liaison for a body: that is asked first.

    Raises:
        Refusal: no administrator, no such role, or no body that a liaison could speak for.
    """
    check(admin, Permission.INVITE)
    role = desk_roles.wanted(press.role)
    if press.term == "" and role in (Role.EXPERT, Role.LIAISON):
        await roster.ask_term(desk, admin, role, lambda term: Invite(role, term), message)
        return
    if bot_link is None or not desk_roles.fits(desk, role, press.term):
        raise Refusal("press.stale.toast")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    hours = desk.policy.invitation_hours
    await people.invite(
        desk.tx,
        token_hash=hashed(token),
        role=role,
        by=admin.id,
        now=desk.now,
        expires_at=desk.now + timedelta(hours=hours),
        scope=press.term if role is Role.LIAISON else None,
        days=int(press.term) if role is Role.EXPERT else None,
    )
    # The link itself stands in the outbox until it is sent, and is blanked then.
    await desk.say(
        admin,
        "invite.link",
        buttons=[[link("button.forward_link", f"https://t.me/share/url?url={bot_link}?start={token}")]],
        extras=READ_ONCE,
        role=titled(desk, role, press.term),
        hours=hours,
        url=f"{bot_link}?start={token}",
    )


async def use(desk: Desk, person: Person, token: str) -> bool:
    """Use a link up; false where it is used, expired or none: the caller then answers as to a plain /start."""
    if not await people.use(desk.tx, hashed(token), person.id, desk.now):
        return False
    pending = await people.pending_invitation(desk.tx, person.id)
    assert pending is not None
    await desk.say(
        person,
        "invite.share_contact",
        extras={"asks_contact": "button.share_contact"},
        role=titled(desk, pending.role, term_of(pending)),
    )
    return True


def term_of(invitation: people.Invitation) -> str:
    """Days of an expert or the body of a liaison, as keys carry them."""
    return str(invitation.days) if invitation.days is not None else invitation.scope or ""


async def introduce(desk: Desk, person: Person, name: str, phone: str) -> bool:
    """The invited person shared the own contact: administrators are asked to confirm. False where nothing awaits it."""
    pending = await people.pending_invitation(desk.tx, person.id)
    if pending is None or not await people.ask_admission(desk.tx, pending.id, name, phone):
        return False
    role = titled(desk, pending.role, term_of(pending))
    await desk.say(person, "invite.wait", extras={"removes_keyboard": True}, role=role)
    await desk.tell_those_who_may(
        Permission.INVITE,
        "invite.confirm",
        buttons=[
            [
                key("button.admit", Admit(pending.id, "yes"), "success"),
                key("button.refuse", Admit(pending.id, "no"), "danger"),
            ]
        ],
        name=name,
        phone=phone,
        role=role,
    )
    return True


async def decide(desk: Desk, admin: Person, invitation_id: str, answer: str, message: int | None) -> None:
    """An administrator confirms or refuses; the first word counts, and nobody admits himself.

    A grave role is confirmed by another administrator than the one who made the link, as soon as there are two.

    Raises:
        Refusal: no administrator, one's own link, or decided already.
    """
    check(admin, Permission.INVITE)
    pending = await people.find_invitation(desk.tx, invitation_id)
    if pending is None or pending.used_by is None or answer not in ("yes", "no"):
        raise Refusal("press.stale.toast")
    if pending.used_by == admin.id:
        raise Refusal("invite.own.toast")
    grave = answer == "yes" and pending.role in GRAVE
    if grave and pending.made_by == admin.id and await roles.count(desk.tx, Role.ADMIN) > 1:
        raise Refusal("invite.second.toast")
    state = "confirmed" if answer == "yes" else "refused"
    if not await people.decide(desk.tx, pending.id, state, admin.id, desk.now):
        raise Refusal("invite.decided.toast")
    role = titled(desk, pending.role, term_of(pending))
    if answer == "yes":
        assert pending.name is not None
        await people.introduce(desk.tx, pending.used_by, pending.name, pending.phone or "")
        person = await people.get(desk.tx, pending.used_by)
        await desk_roles.bestow(desk, admin, person, pending.role, term_of(pending))
    await desk.say(pending.used_by, f"invite.{state}", lane=Lane.NOTICE, role=role)
    if answer == "yes":
        await contacts.hint(desk, pending.used_by, pending.role)
    await desk.say(admin, f"invite.{state}_by_you", edits=message, name=pending.name, role=role)
