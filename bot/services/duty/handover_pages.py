"""/bangiao: what one holds, whom to give it to, and the keys of an offer."""

from __future__ import annotations

from typing import Any

from bot.domain import handing
from bot.domain.errors import Refusal
from bot.domain.people import PERMISSIONS, Permission, Person
from bot.domain.presses import Dossier, Hand, Handing
from bot.services.desk import Desk, Keys, check, key, named
from bot.services.duty import handover, held, rota
from bot.services.duty import handover_clock as clock
from bot.services.duty.handover import ALL
from bot.services.reporting import conversations
from locales import Word
from storage import handovers, people
from storage.handovers import Handover

PAGE = 8  # colleagues at once


async def show(desk: Desk, person: Person) -> None:
    """What the asker holds, what of it is offered already, and colleagues to give the rest to.

    Raises:
        Refusal: not of the team.
    """
    check(person, Permission.HAND_OVER, "text")
    for one in await handovers.open_from(desk.tx, person.id):
        await _show_waiting(desk, person, one)
    await _pick(desk, person, Hand(ALL, ""), None)


async def _show_waiting(desk: Desk, person: Person, one: Handover) -> None:
    found = await handover.still(desk, one)
    await desk.say(
        person,
        "handover.waiting",
        buttons=[[key("button.withdraw_work", Handing(one.id, "withdraw"))]],
        receiver=await handover.name_of(desk, one.receiver),
        n=len(found),
        codes=handover.codes(found),
    )


async def picked(desk: Desk, person: Person, press: Hand, message: int | None) -> None:
    """*Bàn giao* of one incident, *Giao người khác*, another page, or a colleague.

    Raises:
        Refusal: no right, nothing to hand over, or nobody of ours wrote such a key.
    """
    check(person, Permission.HAND_OVER)
    if press.to == "":
        await _pick(desk, person, press, message)
        return
    giver, _, _ = await handover.wanted(desk, person, press.what, press.id)
    receiver = await handover.taker(desk, press.to, giver)
    await conversations.check_free(desk, person)
    given = {"what": press.what, "id": press.id, "to": receiver.id}
    about = press.id if press.what == handover.ONE else None
    await conversations.begin(desk, person, handing.HANDING, given, about=about)


async def _pick(desk: Desk, person: Person, press: Hand, message: int | None) -> None:
    giver, found, earlier = await handover.wanted(desk, person, press.what, press.id)
    free, waiting = await handover.apart(desk, found, earlier)
    if not found:
        await desk.say(person, "handover.nothing", edits=message)
        return
    if not free:
        if press.what != ALL:
            raise Refusal("handover.offered_to.toast", receiver=await handover.name_of(desk, waiting[0].receiver))
        return
    others = await _colleagues(desk, giver, person.id if earlier else "")
    if not others:
        raise Refusal("handover.nobody_to_take")
    items = await held.looked_at(desk, free)
    await desk.say(
        person,
        "handover.list",
        buttons=await _keys(desk, press, others),
        edits=message,
        **held.lines(items),
        late=sum(bool(one.late) for one in items),
        promised=sum(bool(one.remarks) for one in items),
    )


async def _colleagues(desk: Desk, *but: str) -> list[tuple[Person, bool]]:
    """Everybody who could take work now, and whether the duty is theirs next: that one first, then by name."""
    everybody = await people.with_roles(desk.tx, sorted(PERMISSIONS[Permission.CLAIM]))
    found = [one for one in everybody if handing.can_take(one) and one.id not in but]
    first = await _on_duty(desk, but)
    ordered = sorted(found, key=lambda one: (one.id != first, one.name or "", one.id))
    return [(one, one.id == first) for one in ordered]


async def _on_duty(desk: Desk, but: tuple[str, ...]) -> str | None:
    """Who has the duty now; where that is the giver, who has it next."""
    now = await rota.on_duty(desk)
    if now is not None and now.id not in but:
        return now.id
    after = await rota.on_duty(desk, (await rota.turn_at(desk, desk.now)).slot.ends)
    return after.id if after is not None else None


async def _keys(desk: Desk, press: Hand, others: list[tuple[Person, bool]]) -> Keys:
    page = int(press.page) if press.page.isascii() and press.page.isdecimal() and len(press.page) < 3 else 0
    shown = others[page * PAGE : (page + 1) * PAGE]
    rows: list[Any] = [
        [
            key(
                Word("handover.on_duty" if duty else "handover.pick", name=named(one)),
                Hand(press.what, press.id, one.id),
            )
        ]
        for one, duty in shown
    ]
    turns = []
    if page > 0:
        turns.append(key("button.newer", Hand(press.what, press.id, "", str(page - 1))))
    if len(others) > (page + 1) * PAGE:
        turns.append(key("button.older", Hand(press.what, press.id, "", str(page + 1))))
    back = [key("button.dossier_back", Dossier(press.id))] if press.what == handover.ONE else []
    return [keys for keys in (*rows, turns, back) if keys]


async def answered(desk: Desk, person: Person, press: Handing, message: int | None) -> None:
    """The keys under an offer.

    Raises:
        Refusal: no right, somebody else's, answered already, or no such key.
    """
    check(person, Permission.HAND_OVER)
    match press.act:
        case "accept":
            await handover.accept(desk, person, press.handover, message)
        case "decline":
            await clock.declined(desk, await handover.decline(desk, person, press.handover, message))
        case "withdraw":
            await handover.withdraw(desk, person, press.handover, message)
        case "why":
            await handover.declined_by(desk, person, press.handover)
            await conversations.check_free(desk, person)
            await conversations.begin(desk, person, handing.DECLINING, {"id": press.handover})
        case _:
            raise Refusal("press.stale.toast")
