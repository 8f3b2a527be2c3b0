"""The contact point: published by the department with a form, handed out to anyone, every version kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from bot.domain.people import Permission, Person
from bot.domain.presses import Providers
from bot.services import answers
from bot.services.desk import Desk, key
from bot.services.desk import check as check_permission
from bot.services.names import hours, phones
from locales import At, Word
from storage import contact, groups, marks

TELL_ADMINS_EVERY = timedelta(hours=24)


def described(point: contact.ContactPoint | None) -> dict[str, Any]:
    """The contact point in words, or that nothing is published yet."""
    if point is None:
        return Word("contact.point.unpublished")
    return Word(
        "contact.point.published",
        phones=phones(point),
        hours=hours(point),
        email=point.email,
        portal=point.portal,
        day=At(answers.midnight(point.published_on.isoformat()), "date"),
    )


async def hand_out(desk: Desk, to: Person | groups.Group) -> None:
    """Give the published contact point to a person or a group; where there is none, the administrators hear of it."""
    point = await contact.newest(desk.tx)
    if isinstance(to, Person):
        keys = [[key("button.providers", Providers())]]
        await desk.say(to, "contact.show", buttons=keys, point=described(point))
    else:
        await desk.tell_group(to, "contact.show", point=described(point))
    if point is None:
        await _tell_admins_once_a_day(desk)


async def _tell_admins_once_a_day(desk: Desk) -> None:
    told = await marks.written_at(desk.tx, "told_unpublished")
    if told is None or told <= desk.now - TELL_ADMINS_EVERY:
        await marks.put(desk.tx, "told_unpublished", "", desk.now)
        await desk.tell_those_who_may(Permission.INVITE, "admin.unpublished")


async def publish(desk: Desk, person: Person, facts: Mapping[str, Any], message: int | None) -> None:
    """Publish a new version at once; the right is checked again, for it may have ended since the form was opened."""
    check(person)
    chosen = facts["hours"]
    await contact.publish(
        desk.tx,
        phones=list(facts["phones"]),
        email=facts.get("email"),
        hours=facts["hours_other"] if chosen == "other" else chosen,
        portal=facts.get("portal"),
        published_on=date.fromisoformat(facts["published_on"]),
        by=person.id,
        now=desk.now,
    )
    await desk.say(person, "contact.published_now", edits=message, point=described(await contact.newest(desk.tx)))


def check(person: Person) -> None:
    """Raises Refusal where the right to publish is missing."""
    check_permission(person, Permission.PUBLISH_CONTACT_POINT, "text")
