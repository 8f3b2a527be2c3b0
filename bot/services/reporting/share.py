"""`/chiase`: a text to forward and a poster with a QR code, so that people find the bot before they need it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.domain.people import Person
from bot.services import answers, names
from bot.services.desk import Desk, House
from bot.services.reporting import posters
from locales import At
from storage import contact
from storage.store import Transaction


async def share(desk: Desk, person: Person) -> None:
    await desk.say(person, "share.text")
    await desk.say(person, "share.poster", extras={"picture": "share"})


async def poster(tx: Transaction, house: House, now: datetime, language: str, link: str | None) -> bytes | None:
    """The poster as a PNG; None as long as the bot's own address is unknown."""
    if link is None:
        return None
    point = await contact.newest(tx)
    called = names.bodies(house.policy, now, language)

    def word(key: str, **values: Any) -> str:
        return house.texts.plain(language, key, {**called, **values})

    words = posters.Poster(
        title=word("poster.title"),
        body=word("poster.body"),
        invitation=word("poster.invitation"),
        username="@" + link.rsplit("/", maxsplit=1)[-1],
        contact_heading=word("poster.contact"),
        contact=_contact(word, point),
        footnote=word("poster.footnote"),
    )
    return await asyncio.to_thread(posters.share_poster, link, words)


def _contact(say: Callable[..., str], point: contact.ContactPoint | None) -> tuple[tuple[str, str], ...]:
    if point is None:
        return (("", say("contact.point.unpublished")),)
    day = answers.midnight(point.published_on.isoformat())
    lines = [
        (say("poster.phones"), names.phones(point)),
        (say("poster.hours"), say("poster.value", value=names.hours(point))),
        (say("poster.email"), point.email),
        (say("poster.portal"), point.portal),
        (say("poster.day"), say("poster.value", value=At(day, "date"))),
    ]
    return tuple((label, value) for label, value in lines if value)
