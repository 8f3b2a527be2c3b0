"""Whether those who speak for agencies are still there: who is silent turns red, and once a quarter all are asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from bot.domain import reminding
from bot.domain.agencies import Post
from bot.domain.enrolment import PRESSED_EVERY
from bot.domain.moments import HANOI
from bot.domain.obligations import DAY, add_months
from bot.domain.people import OFFICERS, Person
from bot.domain.sending import Lane
from bot.services import apart
from bot.services.desk import Desk
from bot.services.register import contacts
from bot.services.register.gate import today
from locales import Word
from storage import agencies, posts
from storage.posts import Held

TOGETHER = 20  # posts in one transaction
WORKDAY: Final = timedelta(hours=9)  # from the morning of the reminders on: nobody is asked at night


async def pressed(desk: Desk, person: Person) -> None:
    """Somebody did something. Of those who speak for agencies it is written down, at most once a day."""
    if not OFFICERS.isdisjoint(person.roles):
        await posts.pressed(desk.tx, person.id, desk.now, desk.now - PRESSED_EVERY)


async def look(desk: Desk) -> int:
    """Look after the posts that are due, as many as fit into one transaction; how many those were."""
    due = await posts.due(desk.tx, desk.now, TOGETHER)
    for one in due:
        if not await apart.succeeds(desk, f"post {one.id}", partial(_look_after, desk, one)):
            await posts.note(desk.tx, one, desk.now + apart.LATER)
    return len(due)


async def _look_after(desk: Desk, one: Held) -> None:
    """One post: red where its person is away or silent for long, asked where the last word is a quarter old."""
    agency = await agencies.get(desk.tx, one.agency)
    if not agency.exists(today(desk)):  # its last day was named before it came
        await contacts.end_of_agency(desk, None, agency)
        return
    person = await contacts.known(desk, one.person)
    away = person is None or person.unreachable
    reddens = one.red_since is None and (away or _silent_on(desk, one) <= today(desk))
    asks = person is not None and not away and (_ask_on(desk, one) <= today(desk) or reddens)
    if (reddens or asks) and (opens := _office(desk)) > desk.now:
        await posts.note(desk.tx, one, opens)
        return
    after = replace(
        one,
        red_since=desk.now if reddens else one.red_since,
        asked_at=desk.now if asks else one.asked_at,
    )
    await posts.note(desk.tx, after, None if away else _next(desk, after))
    if asks and person is not None:
        await _ask(desk, person, one, silent=reddens)
    if reddens and one.post is Post.OFFICER:
        await contacts.ask_deputies(desk, agency)


def _silent_on(desk: Desk, one: Held) -> date:
    """The day on which somebody has been silent for too long."""
    return day_of(one.pressed_at) + desk.policy.reminders.silent_days * DAY


def _ask_on(desk: Desk, one: Held) -> date:
    """The day on which somebody is asked again to be still in charge."""
    last = max(one.affirmed_at, one.asked_at or one.affirmed_at)
    return add_months(day_of(last), desk.policy.reminders.affirm_months)


def _next(desk: Desk, one: Held) -> datetime:
    days = [_ask_on(desk, one), *([_silent_on(desk, one)] if one.red_since is None else [])]
    return reminding.morning(desk.policy.reminders, min(days), desk.policy.holidays)


def day_of(moment: datetime) -> date:
    """The day in Ha Noi."""
    return moment.astimezone(HANOI).date()


def in_office(desk: Desk) -> bool:
    """Whether it is office hours of a working day."""
    return _office(desk) == desk.now


def _office(desk: Desk) -> datetime:
    """Now, in office hours of a working day; else the morning when they begin next."""
    terms, holidays = desk.policy.reminders, desk.policy.holidays
    begins = reminding.morning(terms, today(desk), holidays)
    if desk.now < begins:
        return begins
    return desk.now if desk.now < begins + WORKDAY else reminding.morning(terms, today(desk) + DAY, holidays)


async def _ask(desk: Desk, person: Person, one: Held, *, silent: bool) -> None:
    agency = await agencies.get(desk.tx, one.agency)
    await desk.say(
        person,
        "reach.ask_silent" if silent else "reach.ask",
        buttons=[contacts.answer_keys(one)],
        lane=Lane.REMINDER,
        agency=agency.name,
        post=Word(f"post.{one.post}"),
    )
