"""An officer's obligations as a calendar file, for a phone, Outlook or Google."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from bot.domain.errors import Refusal
from bot.domain.obligations import DAY, Rule, Standing, State
from bot.domain.obligations import standing as stands
from bot.domain.people import Permission
from bot.domain.sending import Enclosure
from bot.services.compliance import sums
from bot.services.desk import Desk
from bot.services.obligation import laying
from bot.services.register import gate
from bot.services.workshop import Caption, Maker
from locales import DEFAULT, Listed
from storage import agencies, obligations, people, systems
from storage.obligations import Obligation
from storage.orders import Order

WHAT = "calendar"
MIME: Final = "text/calendar; charset=utf-8"
# Eight in the morning, so many days before: an all-day event begins at midnight.
ALARMS: Final = (timedelta(hours=8) - 7 * DAY, timedelta(hours=8) - DAY)
CODES: Final = 60  # systems that one event names


@dataclass(frozen=True)
class Event:
    """What of one kind is due on one day at one agency. `uid` stays the same in every file that is made of it."""

    uid: str
    day: date
    title: str
    about: str
    alarm: str


@dataclass(frozen=True)
class Agenda:
    """All that the file says."""

    name: str
    made: datetime
    events: tuple[Event, ...]


async def gather(desk: Desk, order: Order) -> Agenda:
    """All that is due of the agencies for which somebody speaks, or of the one that the order names.

    Raises:
        Refusal: nobody has confirmed them (any more), or nothing is due.
    """
    person = await people.get(desk.tx, order.person)
    held = await gate.posts_of(desk, person, Permission.DO_OBLIGATIONS)
    wanted = order.details.get("agency")
    events: list[Event] = []
    for agency in dict.fromkeys(one.agency for one in held if wanted in (None, one.agency)):
        events += await _of_agency(desk, agency)
    if not events:
        raise Refusal("compliance.no_calendar")
    name = _said(desk, "calendar.name")
    return Agenda(name, desk.now, tuple(sorted(events, key=lambda one: (one.day, one.title))))


async def _of_agency(desk: Desk, identifier: str) -> list[Event]:
    """Several of one kind that are due on one day are one event."""
    owner = await agencies.get(desk.tx, identifier)
    rules = {rule.key: rule for rule in laying.rules(desk)}
    bundles: dict[tuple[str, date], list[Obligation]] = {}
    for one in await obligations.of_agency(desk.tx, identifier):
        if one.state is State.OPEN and one.due_on is not None and one.rule in rules:
            bundles.setdefault((one.rule, one.due_on), []).append(one)
    codes = {system.id: system.code for system in await systems.of_agency(desk.tx, identifier)}
    return [
        _event(desk, owner, rules[rule], day, sorted(codes[one.system] for one in bundle if one.system))
        for (rule, day), bundle in bundles.items()
    ]


def _event(desk: Desk, owner: agencies.Agency, rule: Rule, day: date, codes: Sequence[str]) -> Event:
    title = _title(desk, rule, codes)
    if stands(State.OPEN, day, gate.today(desk)) is Standing.OVERDUE:
        title = _said(desk, "calendar.overdue", title=title)
    # Codes and no names: a calendar on a phone is copied to other people's servers.
    about = _said(
        desk,
        "calendar.about",
        agency=owner.name,
        basis=sums.basis(desk, rule),
        codes=Listed(codes[:CODES]) if codes else None,
    )
    # The day belongs to it: what is due again later is another event, and the old one stays where it was.
    uid = hashlib.sha256(f"{owner.id}:{rule.key}:{day}".encode()).hexdigest()[:32]
    return Event(f"{uid}@ungcuu", day, title, about, _said(desk, "calendar.alarm", title=title))


def _title(desk: Desk, rule: Rule, codes: Sequence[str]) -> str:
    words: Mapping[str, Any] = {"rule": sums.rule_name(rule)}
    match len(codes):
        case 0:
            return _said(desk, "calendar.agency", **words)
        case 1:
            return _said(desk, "calendar.one", code=codes[0], **words)
        case many:
            return _said(desk, "calendar.many", n=many, **words)


def _said(desk: Desk, text: str, **values: Any) -> str:
    return desk.house.texts.plain(DEFAULT, text, values)


def make(agenda: Agenda) -> Enclosure:
    """RFC 5545. Days are days wherever the phone is; stamps are in UTC, so no time zone has to be told."""
    from icalendar import Calendar  # noqa: PLC0415  loaded with the first calendar

    calendar = Calendar()
    calendar.add("prodid", "-//ungcuu//obligations//VI")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", agenda.name)
    for event in agenda.events:
        calendar.add_component(_component(event, agenda.made.replace(microsecond=0)))
    return Enclosure("viec-phai-lam.ics", MIME, calendar.to_ical())


def _component(event: Event, made: datetime) -> Any:
    from icalendar import Event as Component  # noqa: PLC0415

    one = Component()
    one.add("uid", event.uid)
    one.add("dtstamp", made)
    one.add("last-modified", made)
    # Outlook takes an event anew only with a higher number: minutes since 1970 always are.
    one.add("sequence", int(made.timestamp()) // 60)
    one.add("dtstart", event.day)
    one.add("dtend", event.day + DAY)
    one.add("summary", event.title)
    one.add("description", event.about)
    one.add("class", "PRIVATE")
    one.add("transp", "TRANSPARENT")
    for alarm in _alarms(event):
        one.add_component(alarm)
    return one


def _alarms(event: Event) -> Iterator[Any]:
    from icalendar import Alarm  # noqa: PLC0415

    for before in ALARMS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", event.alarm)
        alarm.add("trigger", before)
        yield alarm


async def _caption(desk: Desk, order: Order, agenda: Agenda, file: Enclosure) -> Caption:
    return Caption({"n": len(agenda.events)})


CALENDAR = Maker(text="compliance.calendar_caption", gather=gather, make=make, hand_over=_caption)
