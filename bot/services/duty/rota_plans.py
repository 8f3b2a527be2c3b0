"""Planning the rota, for leads: a week of shifts as keys, a person for each, last week copied, changes told at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain import rota as domain
from bot.domain.errors import Refusal
from bot.domain.people import Permission, Person
from bot.domain.presses import Duty, FillShift, PlanWeek
from bot.domain.rota import Slot
from bot.domain.sending import Lane
from bot.services.desk import Desk, Key, Keys, check, holders, key, named, rows
from bot.services.duty import rota as boards
from bot.services.duty import rota_swaps
from bot.services.duty.rota import Turn
from locales import At, Lines, Word
from storage import rota
from storage.rota import Shift

COLLEAGUES = 20  # on one page
NOBODY = "none"
CALM = timedelta(minutes=2)  # without another change, then people are told of theirs
LONGEST_WAIT = timedelta(minutes=10)  # for that calm
TOGETHER = 200


async def show(desk: Desk, lead: Person, monday: date, edits: int | None = None) -> None:
    """A week of shifts as keys: press one to choose who has it.

    Raises:
        Refusal: not one who plans.
    """
    check(lead, Permission.PLAN_ROTA)
    turns = await boards.week(desk, monday)
    open_ = [turn for turn in turns if turn.slot.ends > desk.now]
    await desk.say(
        lead,
        "rota.plan" if open_ else "rota.plan_over",
        buttons=[*_grid(open_), *_below(monday, copies=any(turn.is_empty for turn in open_))],
        edits=edits,
        **boards.dates(monday),
        lines=boards.lines(desk, turns),
    )


def _grid(turns: Sequence[Turn]) -> Keys:
    """One row of keys for each day, more where a day has more than two shifts."""
    days: dict[date, list[Key]] = defaultdict(list)
    for turn in turns:
        days[turn.slot.day].append(key(_pick(turn), FillShift(start_code(turn.slot))))
    return [row for keys in days.values() for row in rows(keys, 2)]


def _pick(turn: Turn) -> Any:
    day = Word(f"weekday_short.{turn.slot.day.isoweekday()}")
    shift = Word("rota.short", weekday=day, start=At(turn.slot.starts, "time"))
    return Word("rota.pick_empty", shift=shift) if turn.is_empty else Word("rota.pick", shift=shift, name=_called(turn))


_REMARK = re.compile(r"(?<=\S)\s*\(.*")  # what stands in brackets after a name


def _called(turn: Turn) -> Any:
    """The name by which colleagues call somebody, the last word of it: there is no room for more on a key."""
    if turn.person is None or not turn.person.name:
        return Word("staff.unnamed")
    return _REMARK.sub("", turn.person.name).split()[-1][:12]


def _below(monday: date, *, copies: bool) -> Keys:
    copy = [[key("button.rota_copy", PlanWeek(boards.code_of(monday), "copy"))]] if copies else []
    done = [key("button.rota_done", Duty("week", boards.code_of(monday)))]
    return [*copy, boards.turning(monday, PlanWeek), done]


def start_code(slot: Slot) -> str:
    """A shift as keys name it: its first minute in UTC."""
    return slot.starts.astimezone(UTC).strftime("%Y%m%d%H%M")


async def _turn(desk: Desk, code: str) -> tuple[date, Turn]:
    """The shift that a key names, and the week in which it stands.

    Raises:
        Refusal: there is no such shift, or it is over.
    """
    try:
        starts = datetime.strptime(code, "%Y%m%d%H%M").replace(tzinfo=UTC)
        monday = boards.monday_named(desk, boards.code_of(domain.monday_of(starts)))
    except (ValueError, OverflowError):
        raise Refusal("press.stale.toast") from None
    found = [turn for turn in await boards.week(desk, monday) if turn.slot.starts == starts]
    if not found or found[0].slot.ends <= desk.now:
        raise Refusal("press.stale.toast")
    return monday, found[0]


async def fill(desk: Desk, lead: Person, press: FillShift, message: int | None) -> str | None:
    """Choose who has a shift, or that nobody has; the name of a popup once it is settled.

    Raises:
        Refusal: not one who plans, no such shift, or nobody who may stand duty.
    """
    check(lead, Permission.PLAN_ROTA)
    monday, turn = await _turn(desk, press.start)
    if press.person == "":
        await _ask_who(desk, lead, turn, monday, page_named(press.page), message)
        return None
    person = None if press.person == NOBODY else await colleague(desk, press.person)
    if await give(desk, lead, turn, person):
        await tell_soon(desk, turn)
    await show(desk, lead, monday, message)
    return "rota.filled.toast" if person is not None else "rota.emptied.toast"


def page_named(page: str) -> int:
    """The page that a key names.

    Raises:
        Refusal: no number.
    """
    if not (page.isascii() and page.isdecimal() and len(page) <= 4):
        raise Refusal("press.stale.toast")
    return int(page)


async def colleague(desk: Desk, who: str) -> Person:
    """Somebody who may stand duty now.

    Raises:
        Refusal: nobody, or not any more.
    """
    person = await boards.known(desk, who)
    if person is None or not person.may(Permission.STAND_DUTY):
        raise Refusal("press.stale.toast")
    return person


async def colleagues(desk: Desk, now: datetime) -> list[Person]:
    """Whoever may stand duty: those first who have had shifts lately, then by name."""
    found = await holders(desk.tx, Permission.STAND_DUTY)
    lately = await rota.busy(desk.tx, now - 4 * domain.WEEK, now + 4 * domain.WEEK)
    return sorted(found, key=lambda one: (one.id not in lately, (one.name or "").split()[-1:], one.name or "", one.id))


async def _ask_who(desk: Desk, lead: Person, turn: Turn, monday: date, page: int, message: int | None) -> None:
    everybody = await colleagues(desk, turn.slot.starts)
    shown = everybody[page * COLLEAGUES : (page + 1) * COLLEAGUES]
    since = domain.midnight(monday)
    counted = await rota.busy(desk.tx, since, since + domain.WEEK)
    start = start_code(turn.slot)
    keys = [key(_person_label(one, counted.get(one.id, 0)), FillShift(start, one.id)) for one in shown]
    more = (
        [key("button.rota_more", FillShift(start, "", str(page + 1)))]
        if everybody[len(shown) + page * COLLEAGUES :]
        else []
    )
    below = [] if turn.is_empty else [key("button.rota_nobody", FillShift(start, NOBODY), "danger")]
    back = [key("button.rota_week", PlanWeek(boards.code_of(monday)))]
    off = domain.holiday(desk.policy.holidays, turn.slot.day)
    await desk.say(
        lead,
        "rota.who",
        buttons=[*rows(keys, 2), *[row for row in (more, below, back) if row]],
        edits=message,
        span=boards.span(turn.slot),
        now=None if turn.is_empty else boards.who(turn),
        holiday=off.name.in_language("vi") if off else None,
    )


def _person_label(person: Person, shifts: int) -> Any:
    if shifts == 0:
        return Word("rota.person", name=boards.brief_name(person))
    return Word("rota.person_busy", name=boards.brief_name(person), n=shifts)


async def give(desk: Desk, by: Person, turn: Turn, person: Person | None) -> bool:
    """A shift is somebody's from now on, or nobody's; false where it was so already."""
    if turn.shift is not None and turn.shift.person == (person.id if person else None) and turn.shift.planned_by:
        return False
    if turn.shift is not None:
        await rota_swaps.drop(desk, turn.shift.id)
    await put(desk, turn.slot, person, by)
    return True


async def put(desk: Desk, slot: Slot, person: Person | None, by: Person | None) -> Shift:
    """Write it down, with the moment at which the clock asks after it."""
    look = domain.look_at(desk.policy.rota, domain.Duty(slot, is_empty=person is None), desk.now)
    who = person.id if person else None
    return await rota.plan(desk.tx, slot, who, by.id if by else None, desk.now, look=look)


async def tell_soon(desk: Desk, turn: Turn) -> None:
    """Whom this change concerns is told as soon as the planning rests."""
    found = await rota.at_moment(desk.tx, turn.slot.starts)
    if found is not None:
        await rota.tell_later(desk.tx, [found.id], desk.now + CALM)


async def copy(desk: Desk, lead: Person, monday: date, message: int | None) -> int:
    """Give each empty shift of a week to whoever had it a week before; how many those were. Nothing is overwritten.

    Raises:
        Refusal: not one who plans, or last week has nothing to be copied.
    """
    check(lead, Permission.PLAN_ROTA)
    before = {turn.slot.starts + domain.WEEK: turn.person for turn in await boards.week(desk, monday - domain.WEEK)}
    copied = 0
    for turn in await boards.week(desk, monday):
        person = before.get(turn.slot.starts)
        if turn.is_empty and turn.slot.ends > desk.now and person is not None and person.may(Permission.STAND_DUTY):
            await give(desk, lead, turn, person)
            await tell_soon(desk, turn)
            copied += 1
    if copied == 0:
        raise Refusal("rota.nothing_to_copy.toast")
    await show(desk, lead, monday, message)
    return copied


# Telling people of their shifts --------------------------------------------------------------------------------------


async def tell(desk: Desk) -> int:
    """Tell everybody of the shifts that were given to them or taken from them, once the planning rests."""
    waiting = await rota.untold(desk.tx, TOGETHER)
    rests = all(when <= desk.now for _, when in waiting)
    if not waiting or not (rests or waiting[0][1] <= desk.now - (LONGEST_WAIT - CALM)):
        return 0
    shifts = [shift for shift, _ in waiting if shift.slot.ends > desk.now]
    gained, lost = _by_person(desk.now, shifts)
    for who in sorted({*gained, *lost}):
        person = await boards.known(desk, who)
        if person is not None and person.may(Permission.SEE_ROTA):
            await _tell(desk, person, gained.get(who, []), lost.get(who, []))
    await rota.told(desk.tx, [shift for shift, _ in waiting])
    return len(waiting)


def _by_person(now: datetime, shifts: Iterable[Shift]) -> tuple[dict[str, list[Shift]], dict[str, list[Shift]]]:
    """Who has got which shifts and who has lost which, by the clock; what somebody gave himself needs no telling.

    Who has got a shift that runs already is called at once, which tells more.
    """
    gained: dict[str, list[Shift]] = defaultdict(list)
    lost: dict[str, list[Shift]] = defaultdict(list)
    for shift in sorted(shifts, key=lambda one: one.slot):
        if shift.told == shift.person:
            continue
        if shift.person is not None and shift.person != shift.planned_by and shift.slot.starts > now:
            gained[shift.person].append(shift)
        if shift.told is not None and shift.told != shift.planned_by:
            lost[shift.told].append(shift)
    return gained, lost


async def _tell(desk: Desk, person: Person, gained: Sequence[Shift], lost: Sequence[Shift]) -> None:
    await desk.say(
        person,
        "rota.yours",
        lane=Lane.NOTICE,
        gained=Word("rota.gained", lines=spans(gained)) if gained else None,
        lost=Word("rota.lost", lines=spans(lost)) if lost else None,
    )


def spans(shifts: Iterable[Shift]) -> Any:
    return Lines([boards.span(shift.slot) for shift in shifts])


# Somebody is no longer there -----------------------------------------------------------------------------------------


async def take_back(desk: Desk, who: str) -> None:
    """All shifts that somebody still has become empty, and those who plan are told; their keys lead to each."""
    person = await boards.known(desk, who)
    shifts = await rota.of_person(desk.tx, who, desk.now, desk.now + boards.WEEKS_AHEAD * domain.WEEK, TOGETHER)
    for shift in shifts:
        await rota_swaps.drop(desk, shift.id)
        await put(desk, shift.slot, None, None)
        await rota.told(desk.tx, [Shift(shift.id, shift.slot, None, None)])
    weeks = sorted({domain.monday_of(shift.slot.starts) for shift in shifts})
    await desk.tell_those_who_may(
        Permission.PLAN_ROTA,
        "rota.left",
        buttons=[[key(Word("rota.plan_of", **boards.dates(one)), PlanWeek(boards.code_of(one)))] for one in weeks[:8]],
        name=named(person) if person else Word("staff.unnamed"),
        lines=spans(shifts),
    )
