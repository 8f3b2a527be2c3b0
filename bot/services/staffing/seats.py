"""Seats in the team's group: what is learned of them, and who hears of a responder without one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.people import RESPONDERS, Permission, Person
from bot.services.desk import Desk, named
from locales import Listed, Word
from storage import groups, marks, people, seats

TOLD_EVERY = timedelta(days=1)  # about one person


async def prove(desk: Desk, group: groups.Group, person: Person, *, by_message: bool) -> Person:
    """Somebody acts inside a group: where it is the team's, that may prove a seat. The person as known from now on."""
    if person.seated or group.duty != groups.TEAM:
        return person
    proved = await seats.prove(desk.tx, group.id, person.id, desk.now, by_message=by_message)
    return replace(person, seated=proved)


async def learn(desk: Desk, group: groups.Group, telegram_id: int, *, present: bool) -> None:
    """Telegram says who came or went. Of somebody whom the bot does not know nothing is kept."""
    person = await people.find(desk.tx, telegram_id)
    if person is None or group.duty != groups.TEAM:
        return
    await seats.put(desk.tx, group.id, person.id, present, desk.now)
    if not present and not RESPONDERS.isdisjoint(person.roles):
        await tell(desk, person)


async def tell(desk: Desk, person: Person) -> None:
    """The administrators hear of a responder without a seat, at most once a day about one person."""
    if not await marks.attempt(desk.tx, person.id, "no_seat", desk.now, most=1, within=TOLD_EVERY):
        return
    held = Listed([Word(f"role.{role}") for role in sorted(person.roles & RESPONDERS)])
    await desk.tell_those_who_may(Permission.GRANT_ROLES, "admin.no_seat", name=named(person), roles=held)
