"""A shift is offered to a colleague, perhaps for one of theirs: accepted, declined, or lapsed when it begins."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from bot.domain import rota as domain
from bot.domain.errors import Refusal
from bot.domain.people import Permission, Person
from bot.domain.presses import Duty, GiveShift, TakeShift
from bot.domain.sending import Lane
from bot.services.desk import Desk, Keys, check, holders, key, named, rows
from bot.services.duty import rota as boards
from locales import Word
from storage import rota
from storage.rota import Shift, Swap

AHEAD = 8 * domain.WEEK  # shifts that keys offer
SHOWN = 12  # of them
COLLEAGUES = 20  # on one page
ALONE = "none"  # instead of a shift in return
TOGETHER = 50


async def offer(desk: Desk, giver: Person, press: GiveShift, message: int | None) -> None:
    """One step: which shift, to whom, for which one of theirs or none, asked.

    Raises:
        Refusal: may stand no duty, or what was pressed leads nowhere.
    """
    check(giver, Permission.STAND_DUTY)
    if press.shift == "":
        await _ask_which(desk, giver, message)
        return
    shift = await _own(desk, giver.id, press.shift)
    if press.taker == "" or press.taker.startswith("+"):
        await _ask_whom(desk, giver, shift, press.taker, message)
        return
    taker = await boards.known(desk, press.taker)
    if taker is None or taker.id == giver.id or not boards.can_come(taker):
        raise Refusal("rota.cannot_take.toast")
    if press.for_shift == "":
        await _ask_return(desk, giver, shift, taker, message)
        return
    back = None if press.for_shift == ALONE else await _own(desk, taker.id, press.for_shift)
    await _ask(desk, giver, taker, shift, back, message)


async def _own(desk: Desk, person: str, shift: str) -> Shift:
    """A shift that somebody has and that has not begun.

    Raises:
        Refusal: it is not so (any more).
    """
    found = await rota.find(desk.tx, shift)
    if found is None or found.person != person or found.slot.starts <= desk.now:
        raise Refusal("press.stale.toast")
    return found


async def _ahead(desk: Desk, person: Person) -> list[Shift]:
    """What somebody can still give away, the nearest first."""
    found = await rota.of_person(desk.tx, person.id, desk.now, desk.now + AHEAD, SHOWN + 1)
    return [shift for shift in found if shift.slot.starts > desk.now][:SHOWN]


def _label(shift: Shift) -> Any:
    return boards.span(shift.slot)


async def _ask_which(desk: Desk, giver: Person, message: int | None) -> None:
    mine = await _ahead(desk, giver)
    if not mine:
        raise Refusal("rota.none_to_give.toast")
    keys = [key(_label(shift), GiveShift(shift.id)) for shift in mine]
    await desk.say(giver, "rota.give_which", buttons=[*rows(keys), _back()], edits=message)


def _back() -> Any:
    return [key("button.rota_open", Duty("week"))]


async def _ask_whom(desk: Desk, giver: Person, shift: Shift, page: str, message: int | None) -> None:
    start = int(page[1:]) * COLLEAGUES if page[1:].isascii() and page[1:].isdecimal() and len(page) < 5 else 0
    others = [one for one in await holders(desk.tx, Permission.STAND_DUTY) if one.id != giver.id]
    others.sort(key=lambda one: ((one.name or "").split()[-1:], one.name or "", one.id))
    if not others:
        raise Refusal("rota.no_colleague.toast")
    keys = [
        key(Word("rota.person", name=boards.brief_name(one)), GiveShift(shift.id, one.id))
        for one in others[start : start + COLLEAGUES]
    ]
    following = f"+{start // COLLEAGUES + 1}"
    more = [key("button.rota_more", GiveShift(shift.id, following))] if others[start + COLLEAGUES :] else []
    below = [row for row in (more, [key("button.rota_give_other", GiveShift())]) if row]
    await desk.say(
        giver, "rota.give_whom", buttons=[*rows(keys, 2), *below], edits=message, span=boards.span(shift.slot)
    )


async def _ask_return(desk: Desk, giver: Person, shift: Shift, taker: Person, message: int | None) -> None:
    theirs = await _ahead(desk, taker)
    keys = [key(_label(one), GiveShift(shift.id, taker.id, one.id)) for one in theirs]
    alone = [[key("button.rota_favour", GiveShift(shift.id, taker.id, ALONE), "primary")]]
    buttons: Keys = [*alone, *rows(keys), [key("button.rota_give_other", GiveShift(shift.id))]]
    await desk.say(
        giver,
        "rota.give_for" if theirs else "rota.give_alone",
        buttons=buttons,
        edits=message,
        span=boards.span(shift.slot),
        name=named(taker),
    )


async def _ask(desk: Desk, giver: Person, taker: Person, shift: Shift, back: Shift | None, message: int | None) -> None:
    swap = await rota.ask(desk.tx, shift.id, giver.id, taker.id, back.id if back else None, desk.now)
    if swap is None:
        raise Refusal("rota.asked_already.toast")
    facts = {"span": boards.span(shift.slot), "back": boards.span(back.slot) if back else None}
    await desk.say(
        taker,
        "rota.asked",
        buttons=[
            [
                key("button.rota_take", TakeShift(swap.id, "yes"), "success"),
                key("button.rota_leave", TakeShift(swap.id, "no")),
            ]
        ],
        lane=Lane.NOTICE,
        not_after=shift.slot.starts,
        name=named(giver),
        **facts,
    )
    await desk.say(giver, "rota.asked_by_you", edits=message, name=named(taker), **facts)


# The answer ----------------------------------------------------------------------------------------------------------


async def answer(desk: Desk, taker: Person, press: TakeShift, message: int | None) -> None:
    """*Nhận ca* or *Không nhận được*; of all that happens to a shift at once, what is written first counts.

    Raises:
        Refusal: not asked, may stand no duty, or settled already.
    """
    check(taker, Permission.STAND_DUTY)
    swap = await rota.find_swap(desk.tx, press.swap)
    if swap is None or swap.taker != taker.id or press.answer not in ("yes", "no"):
        raise Refusal("press.stale.toast")
    state = "accepted" if press.answer == "yes" else "declined"
    if not await rota.answer(desk.tx, swap.id, state, desk.now):
        raise Refusal("rota.settled.toast")
    shift, back = await _both(desk, swap)
    if press.answer == "yes":
        await _exchange(desk, swap, shift, back)
    giver = await boards.known(desk, swap.giver)
    facts = {"span": boards.span(shift.slot), "back": boards.span(back.slot) if back else None}
    await desk.say(taker, f"rota.{state}_by_you", edits=message, **facts)
    if giver is not None:
        await desk.say(giver, f"rota.{state}", lane=Lane.NOTICE, name=named(taker), **facts)
    if press.answer == "yes":
        await _tell_leads(desk, giver, taker, facts)


async def _both(desk: Desk, swap: Swap) -> tuple[Shift, Shift | None]:
    shift = await rota.find(desk.tx, swap.shift)
    assert shift is not None
    return shift, await rota.find(desk.tx, swap.for_shift) if swap.for_shift else None


async def _exchange(desk: Desk, swap: Swap, shift: Shift, back: Shift | None) -> None:
    """Both shifts change hands, or none.

    Raises:
        Refusal: one of them has begun, or is somebody else's by now.
    """
    done = await rota.hand(desk.tx, shift.id, swap.giver, swap.taker, desk.now, look=shift.slot.starts)
    if done and back is not None:
        giver = await boards.known(desk, swap.giver)
        done = giver is not None and giver.may(Permission.STAND_DUTY)
        done = done and await rota.hand(desk.tx, back.id, swap.taker, swap.giver, desk.now, look=back.slot.starts)
    if not done:
        raise Refusal("rota.settled.toast")
    for one in (shift, back):
        if one is not None:
            await drop(desk, one.id)


async def _tell_leads(desk: Desk, giver: Person | None, taker: Person, facts: Any) -> None:
    for lead in await holders(desk.tx, Permission.PLAN_ROTA):
        if lead.id not in (taker.id, giver.id if giver else None):
            await desk.say(
                lead,
                "rota.swapped",
                lane=Lane.NOTICE,
                giver=named(giver) if giver else Word("staff.unnamed"),
                taker=named(taker),
                **facts,
            )


async def drop(desk: Desk, shift: str) -> None:
    """A shift has changed hands otherwise: what was still asked about it is void, and both are told."""
    await _lapse(desk, await rota.offers_of(desk.tx, shift))


async def lapse(desk: Desk) -> int:
    """Offers whose shift begins without an answer; how many those were."""
    late = await rota.overdue(desk.tx, desk.now, TOGETHER)
    await _lapse(desk, late)
    return len(late)


async def _lapse(desk: Desk, swaps: Collection[Swap]) -> None:
    for swap in swaps:
        if not await rota.answer(desk.tx, swap.id, "lapsed", desk.now):
            continue
        shift, _ = await _both(desk, swap)
        giver, taker = await boards.known(desk, swap.giver), await boards.known(desk, swap.taker)
        for person, other in ((giver, taker), (taker, giver)):
            if person is not None and person.may(Permission.SEE_ROTA):
                await desk.say(
                    person,
                    "rota.lapsed_to_giver" if person is giver else "rota.lapsed_to_taker",
                    lane=Lane.NOTICE,
                    name=named(other) if other else Word("staff.unnamed"),
                    span=boards.span(shift.slot),
                )
