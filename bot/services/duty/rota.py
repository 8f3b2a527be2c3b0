"""`/trucban`: who has the duty now and next, and a week of shifts as words; and whom to call at any moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.domain import rota as domain
from bot.domain import vietnamese
from bot.domain.errors import Refusal
from bot.domain.people import Permission, Person
from bot.domain.presses import Duty, GiveShift, OnDuty, PlanWeek
from bot.domain.rota import Slot
from bot.services import workshop
from bot.services.desk import READ_ONCE, Desk, Key, Keys, check, door, key, named
from locales import At, Lines, Listed, Word
from storage import groups, people, rota
from storage.rota import Shift

LONGEST_NAME = 40  # letters of a name in a week: the whole of it stands where one person is spoken of
WEEKS_BACK, WEEKS_AHEAD = 26, 53  # that keys lead to
PICTURE = "rota"  # the name of the picture in the workshop
DOOR = "trucban"  # what a key in the group starts the private chat with


async def on_duty(desk: Desk, at: datetime | None = None) -> Person | None:
    """Who can be called now, or at a moment.

    None where the shift is empty or not planned, and where its person was erased, lost the right or cannot be reached.
    """
    shift = await rota.at_moment(desk.tx, at or desk.now)
    if shift is None or shift.person is None:
        return None
    person = await known(desk, shift.person)
    return person if person is not None and can_come(person) else None


def can_come(person: Person) -> bool:
    """Whether somebody may stand duty and reads what the bot writes."""
    return person.may(Permission.STAND_DUTY) and not person.unreachable


async def known(desk: Desk, person: str) -> Person | None:
    """Somebody by our id; None where the account was erased."""
    try:
        return await people.get(desk.tx, person)
    except LookupError:
        return None


# A week -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Turn:
    """One shift of a week as it is shown: planned or not, with its person where there is one."""

    slot: Slot
    shift: Shift | None
    person: Person | None

    @property
    def is_empty(self) -> bool:
        return self.shift is None or self.shift.person is None


async def week(desk: Desk, monday: date) -> tuple[Turn, ...]:
    """Every shift of a week: planned ones as they were planned, the pattern of the policy around them."""
    since, until = domain.midnight(monday), domain.midnight(monday + domain.WEEK)
    planned = {one.slot: one for one in await rota.between(desk.tx, since - domain.LONGEST, until + domain.LONGEST)}
    seen: dict[str, Person | None] = {}
    turns = []
    for slot in domain.week(desk.policy.rota, monday, planned):
        shift = planned.get(slot)
        if shift is not None and shift.person is not None and shift.person not in seen:
            seen[shift.person] = await known(desk, shift.person)
        turns.append(Turn(slot, shift, seen.get(shift.person) if shift and shift.person else None))
    return tuple(turns)


async def turn_at(desk: Desk, moment: datetime) -> Turn:
    """The shift that runs at a moment."""
    monday = domain.monday_of(moment)
    for start in (monday, monday - domain.WEEK):  # Sunday's last shift ends on Monday
        for turn in await week(desk, start):
            if turn.slot.covers(moment):
                return turn
    raise AssertionError("shifts leave no gap")


def monday_named(desk: Desk, text: str) -> date:
    """The week that a key names (its Monday as YYYYMMDD; empty: this week).

    Raises:
        Refusal: no Monday, or too far away for any key of ours.
    """
    this = domain.monday_of(desk.now)
    if text == "":
        return this
    try:
        monday = datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  a day has no zone
    except ValueError:
        raise Refusal("press.stale.toast") from None
    weeks = (monday - this) / domain.WEEK
    if monday.weekday() != 0 or monday.strftime("%Y%m%d") != text or not -WEEKS_BACK <= weeks <= WEEKS_AHEAD:
        raise Refusal("press.stale.toast")
    return monday


def code_of(monday: date) -> str:
    """A week as keys name it."""
    return monday.strftime("%Y%m%d")


# Words --------------------------------------------------------------------------------------------------------------


def brief_name(person: Person) -> Any:
    if person.name and len(person.name) > LONGEST_NAME:
        return person.name[: LONGEST_NAME - 1] + "…"
    return named(person)


def weekday(day: date) -> Any:
    return Word(f"weekday.{day.isoweekday()}")


def span(slot: Slot) -> Any:
    """A shift as one phrase: its hours and the day on which it begins."""
    return Word(
        "rota.span",
        start=At(slot.starts, "time"),
        end=At(slot.ends, "time"),
        weekday=weekday(slot.day),
        day=f"{slot.day:%d/%m}",
    )


def phone_of(person: Person, reader: Person | None) -> str | None:
    """A colleague's number, for those alone who may be called in turn; never where a group reads."""
    if reader is None or not reader.may(Permission.STAND_DUTY) or not person.phone:
        return None
    read = vietnamese.parse_phone(person.phone)
    return vietnamese.show_phone(read.digits) if read else person.phone


def holder(turn: Turn, reader: Person | None) -> Any:
    """Who has a shift, for a colleague or (`reader` None) for the team's group."""
    if turn.is_empty:
        return Word("rota.nobody", span=span(turn.slot))
    if turn.person is None:
        return Word("rota.held", name=Word("staff.unnamed"), span=span(turn.slot))
    phone = phone_of(turn.person, reader)
    name = named(turn.person)
    if phone is not None:
        return Word("rota.held_phone", name=name, phone=phone, span=span(turn.slot))
    return Word("rota.held", name=name, span=span(turn.slot))


def lines(desk: Desk, turns: Sequence[Turn]) -> Any:
    """A week as seven lines; days off are named."""
    days = sorted({turn.slot.day for turn in turns})
    return Lines([_day(desk, day, [turn for turn in turns if turn.slot.day == day]) for day in days])


def _day(desk: Desk, day: date, turns: Sequence[Turn]) -> Any:
    cells = [Word("rota.cell", start=At(turn.slot.starts, "time"), who=who(turn)) for turn in turns]
    facts: Mapping[str, Any] = {"weekday": weekday(day), "day": f"{day:%d/%m}", "cells": Listed(cells)}
    off = domain.holiday(desk.policy.holidays, day)
    if off is not None:
        return Word("rota.day_off", **facts, holiday=off.name.in_language("vi"))
    return Word("rota.day", **facts)


def who(turn: Turn) -> Any:
    if turn.is_empty:
        return Word("rota.empty_cell")
    return brief_name(turn.person) if turn.person is not None else Word("staff.unnamed")


def dates(monday: date) -> Mapping[str, Any]:
    sunday = monday + timedelta(days=6)
    return {"first": f"{monday:%d/%m}", "last": At(domain.midnight(sunday), "date")}


# What is shown ------------------------------------------------------------------------------------------------------


async def show(desk: Desk, person: Person, monday: date | None = None, edits: int | None = None) -> None:
    """Now and next with their numbers, one week, and the keys of this person.

    Raises:
        Refusal: not of the house.
    """
    check(person, Permission.SEE_ROTA, "text" if edits is None else "toast")
    now, after = await _now_and_next(desk)
    first = monday or domain.monday_of(desk.now)
    turns = await week(desk, first)
    await desk.say(
        person,
        "rota.board",
        buttons=[*_come(desk, person, now), *_keys(person, first)],
        edits=edits,
        extras=READ_ONCE,  # numbers of colleagues do not stay in the outbox
        now=holder(now, person),
        state=_state(desk, now),
        next=holder(after, person),
        **dates(first),
        lines=lines(desk, turns),
        unplanned=_unplanned(person, turns),
    )


async def show_to_group(desk: Desk, person: Person, group: groups.Group) -> None:
    """The same for the team's group: names, and no number.

    Raises:
        Refusal: not of the house, or the group is not the team's.
    """
    check(person, Permission.SEE_ROTA, "text")
    if group.duty != groups.TEAM:
        raise Refusal("rota.in_private")
    now, after = await _now_and_next(desk)
    first = domain.monday_of(desk.now)
    await desk.tell_group(
        group,
        "rota.group",
        buttons=[[door("button.rota_open", DOOR)]],
        now=holder(now, None),
        next=holder(after, None),
        **dates(first),
        lines=lines(desk, await week(desk, first)),
    )


async def _now_and_next(desk: Desk) -> tuple[Turn, Turn]:
    now = await turn_at(desk, desk.now)
    return now, await turn_at(desk, now.slot.ends)


def _state(desk: Desk, now: Turn) -> Any:
    """Whether the person of the running shift has said so."""
    if now.is_empty or now.shift is None:
        return None
    if now.shift.acknowledged_at is not None:
        return Word("rota.came_at", at=At(now.shift.acknowledged_at, "time"))
    return Word("rota.not_yet") if now.shift.called_at is not None else None


def _unplanned(person: Person, turns: Sequence[Turn]) -> Any:
    """A week without anybody says what to do about it."""
    if not all(turn.is_empty for turn in turns):
        return None
    return Word("rota.unplanned.lead") if person.may(Permission.PLAN_ROTA) else Word("rota.unplanned.member")


def _come(desk: Desk, person: Person, now: Turn) -> Keys:
    mine = now.shift is not None and now.shift.person == person.id and now.shift.acknowledged_at is None
    return [[come_key(now.shift)]] if mine and now.shift is not None else []


def come_key(shift: Shift) -> Key:
    """*Tôi đã vào ca*."""
    return key("button.rota_come", OnDuty(shift.id), "success")


def _keys(person: Person, monday: date) -> Keys:
    picture = [key("button.rota_picture", Duty("picture", code_of(monday)))]
    swap = [key("button.rota_give", GiveShift())] if person.may(Permission.STAND_DUTY) else []
    plan = [key("button.rota_plan", PlanWeek(code_of(monday)), "primary")] if person.may(Permission.PLAN_ROTA) else []
    return [turning(monday, lambda week: Duty("week", week)), [*picture, *swap], *([plan] if plan else [])]


def turning(monday: date, press: Any) -> list[Key]:
    """The week before and the week after. `press` makes the data of a key from the name of a week."""
    return [
        key("button.rota_before", press(code_of(monday - domain.WEEK))),
        key("button.rota_after", press(code_of(monday + domain.WEEK))),
    ]


async def order_picture(desk: Desk, person: Person, monday: date) -> None:
    """The week as a picture, made by the workshop.

    Raises:
        Refusal: not of the house.
    """
    check(person, Permission.SEE_ROTA)
    await workshop.order(desk, PICTURE, person, week=code_of(monday))
