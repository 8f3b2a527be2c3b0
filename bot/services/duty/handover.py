"""Work changes hands: offered to a colleague, and the giver's until it is accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.domain import handing
from bot.domain.errors import Refusal
from bot.domain.incidents import OPEN, EventKind
from bot.domain.people import Permission, Person
from bot.domain.presses import Hand, Handing
from bot.domain.sending import Lane
from bot.services import confines
from bot.services.casework import cards as faces
from bot.services.casework import incidents as files
from bot.services.desk import Desk, Keys, check, key, named
from bot.services.duty import held
from locales import At, Listed, Word
from storage import groups, handovers, incidents, people
from storage.handovers import Handover
from storage.incidents import Incident

NAMED = 10  # codes in one line of the group
ALL, ONE, OFFER = "all", "one", "offer"  # what is handed over: everything, one incident, or an offer that is passed on


async def known(desk: Desk, person: str) -> Person | None:
    """Somebody by our id; None where the account was erased."""
    try:
        return await people.get(desk.tx, person)
    except LookupError:
        return None


async def name_of(desk: Desk, person: str) -> Any:
    found = await known(desk, person)
    return named(found) if found else Word("staff.unnamed")


def codes(found: Sequence[Incident]) -> Any:
    """Numbers in one line; the rest is counted."""
    rest = len(found) - NAMED
    return Listed([*(one.code for one in found[:NAMED]), Word("handover.rest", n=rest) if rest > 0 else None])


# Offered --------------------------------------------------------------------------------------------------------------


async def offer(desk: Desk, made: Handover, found: Sequence[Incident], why: str, missed: str | None = None) -> None:
    """Offer work to somebody: an event each, the cards say so, and the receiver reads what it is. `why`: how it came
    to this receiver; `missed`: who did not take it before.
    """
    await handovers.add(desk.tx, made, [one.id for one in found])
    for one in found:
        await desk.log(one.id, EventKind.OFFERED, await known(desk, made.asked_by), giver=made.giver, to=made.receiver)
        await desk.redraw(one.id)
    giver = await name_of(desk, made.giver)
    said = {"giver": giver, "by": await name_of(desk, made.asked_by), "n": len(found)}
    await desk.say(
        made.receiver,
        "handover.offered",
        buttons=await _keys(desk, made),
        lane=Lane.ANSWER,
        extras=confines.extras(found),
        what=Word(f"handover.what.{why}", **said, missed=await name_of(desk, missed) if missed else None),
        **held.lines(await held.looked_at(desk, found)),
        note=Word("handover.note", note=await _said_to(desk, made.receiver, made.note)) if made.note else None,
        until=Word("handover.until", until=At(made.answer_by), giver=giver) if made.answer_by else None,
    )


async def _said_to(desk: Desk, reader: str, words: str) -> Any:
    """Words of a colleague, as somebody may read them who perhaps works without personal data."""
    person = await known(desk, reader)
    return files.readable(words, personal=person is not None and person.may(Permission.SEE_CONTACT))


async def _keys(desk: Desk, made: Handover) -> Keys:
    accept = key("button.take_over", Handing(made.id, "accept"), "success")
    decline = key("button.decline_work", Handing(made.id, "decline"))
    receiver = await known(desk, made.receiver)
    if receiver is None or not receiver.may(Permission.ASSIGN):
        return [[accept, decline]]
    return [[accept, decline], [key("button.pass_on", Hand(OFFER, made.id))]]


async def ask(desk: Desk, person: Person, given: Mapping[str, Any], note: str | None, message: int | None) -> None:
    """*Gửi* under the form: offer what was chosen to whom was chosen; all of it is checked again.

    Raises:
        Refusal: no right, nothing to hand over, or the receiver cannot take it now.
    """
    what, identifier, to = str(given["what"]), str(given["id"]), str(given["to"])
    giver, found, earlier = await wanted(desk, person, what, identifier)
    receiver = await taker(desk, to, giver)
    free, _ = await apart(desk, found, earlier)
    if not free:
        raise Refusal("handover.all_offered")
    new = desk.tx.new_id()
    if earlier is not None:
        await handovers.settle(desk.tx, earlier.id, "dropped", desk.now)
    made = Handover(
        id=new,
        root=earlier.root if earlier else new,
        giver=giver,
        receiver=receiver.id,
        asked_by=person.id,
        note="\n".join(filter(None, (earlier.note if earlier else None, note))) or None,
        whole=what == ALL or (earlier is not None and earlier.whole),
        asked_at=desk.now,
        answer_by=desk.now + timedelta(minutes=desk.policy.handing.accept_minutes),
    )
    await offer(desk, made, free, "asked" if giver == person.id else "assigned")
    await _tell_sent(desk, person, made, receiver, free, message)


async def _tell_sent(
    desk: Desk, person: Person, made: Handover, receiver: Person, free: Sequence[Incident], message: int | None
) -> None:
    own = made.giver == person.id
    await desk.say(
        person,
        "handover.sent",
        buttons=[[key("button.withdraw_work", Handing(made.id, "withdraw"))]],
        edits=message,
        receiver=named(receiver),
        n=len(free),
        codes=codes(free),
        minutes=desk.policy.handing.accept_minutes,
        still=Word("handover.still_yours") if own else Word("handover.still", giver=await name_of(desk, made.giver)),
    )


async def wanted(desk: Desk, person: Person, what: str, identifier: str) -> tuple[str, list[Incident], Handover | None]:
    """Whose work is to be handed over, which, and the offer that it takes the place of.

    Raises:
        Refusal: no right, no such thing, or nobody holds it.
    """
    check(person, Permission.HAND_OVER, "text")
    if what == ALL:
        return person.id, await held.by(desk, person.id), None
    if what == ONE:
        incident = await incidents.find(desk.tx, identifier)
        if incident is None or incident.owner is None or incident.status not in OPEN:
            raise Refusal("handover.nobody_holds")
        if incident.owner != person.id:
            check(person, Permission.ASSIGN, "text")
        return incident.owner, [incident], None
    one = await handovers.find(desk.tx, identifier) if what == OFFER else None
    if one is None or one.receiver != person.id:
        raise Refusal("press.stale.toast")
    check(person, Permission.ASSIGN, "text")
    if one.state != "asked":
        raise over(one)
    return one.giver, await still(desk, one), one


async def taker(desk: Desk, identifier: str, giver: str) -> Person:
    """Raises Refusal: nobody of the team, without a seat, or the one who gives."""
    receiver = await known(desk, identifier)
    if receiver is None or receiver.id == giver or not handing.can_take(receiver):
        raise Refusal("handover.cannot_take")
    return receiver


async def apart(
    desk: Desk, found: Sequence[Incident], earlier: Handover | None = None
) -> tuple[list[Incident], list[Handover]]:
    """What can be offered, and the offers in which the rest waits already."""
    free, waiting = [], {}
    for one in found:
        other = await handovers.open_for(desk.tx, one.id)
        if other is None or (earlier is not None and other.id == earlier.id):
            free.append(one)
        else:
            waiting[other.id] = other
    return free, list(waiting.values())


async def still(desk: Desk, one: Handover) -> list[Incident]:
    """What of an offer the giver still holds."""
    return [item for item in await handovers.items(desk.tx, one.id) if item.owner == one.giver and item.status in OPEN]


def over(one: Handover) -> Refusal:
    return Refusal("handover.over.toast", now=Word(f"handover.state.{one.state}"))


# Answered -------------------------------------------------------------------------------------------------------------


async def _offered_to(desk: Desk, person: Person, identifier: str) -> Handover:
    one = await handovers.find(desk.tx, identifier)
    if one is None or one.receiver != person.id:
        raise Refusal("press.stale.toast")
    if one.state != "asked":
        raise over(one)
    return one


async def accept(desk: Desk, person: Person, identifier: str, message: int | None) -> None:
    """*Nhận bàn giao*: everything that the giver still holds, in this transaction.

    Raises:
        Refusal: no right or no seat, not offered to this person, or answered already.
    """
    check(person, Permission.CLAIM)
    one = await _offered_to(desk, person, identifier)
    await handovers.settle(desk.tx, one.id, "accepted", desk.now)
    taken, gone = list[Incident](), list[Incident]()
    for item in await handovers.items(desk.tx, one.id):
        (taken if await _hand(desk, person, one, item) else gone).append(item)
    said = {"giver": await name_of(desk, one.giver), "receiver": named(person), "n": len(taken), "codes": codes(taken)}
    left = Word("handover.gone", codes=codes(gone)) if gone else None
    await desk.say(person, "handover.taken" if taken else "handover.none_left", edits=message, **said, left=left)
    await _tell(desk, one, "handover.done" if taken else "handover.none_left", but=person.id, **said, left=left)
    if taken:
        await _announce(desk, one, taken, said)


async def _hand(desk: Desk, person: Person, one: Handover, item: Incident) -> bool:
    """One incident changes its owner; false where it has ended or gone elsewhere meanwhile."""
    await desk.redraw(item.id)
    if item.owner != one.giver or item.status not in OPEN:
        return False
    if not await incidents.hand(desk.tx, item, person.id, desk.now):
        return False
    await desk.log(item.id, EventKind.HANDED, person, before=one.giver, after=person.id)
    return True


async def _announce(desk: Desk, one: Handover, taken: Sequence[Incident], said: Mapping[str, Any]) -> None:
    """One line of the group for each handover, however much it is."""
    shown = {"giver": said["giver"], "receiver": said["receiver"]}
    team = await groups.team(desk.tx)
    if len(taken) == 1:
        await faces.line(desk, taken[0].id, "under_card.handed", code=taken[0].code, **shown)
    elif team is not None:
        await desk.tell_group(team, "handover.in_group", n=len(taken), codes=said["codes"], **shown)


def _concerned(one: Handover) -> tuple[str, ...]:
    return tuple(dict.fromkeys((one.giver, one.asked_by)))


async def _tell(
    desk: Desk,
    one: Handover,
    text: str,
    *,
    to: Sequence[str] = (),
    but: str = "",
    buttons: Keys = (),
    **said: Any,
) -> None:
    """Whoever gives and whoever has asked for it read how it ended, as long as they are of the team."""
    for identifier in to or _concerned(one):
        person = await known(desk, identifier)
        if person is not None and person.id != but and person.may(Permission.HAND_OVER):
            await desk.say(person, text, buttons=buttons, lane=Lane.NOTICE, **said)


async def decline(desk: Desk, person: Person, identifier: str, message: int | None) -> Handover:
    """*Không nhận*: said at once; why can be said after it.

    Raises:
        Refusal: no right, not offered to this person, or answered already.
    """
    check(person, Permission.HAND_OVER)
    one = await _offered_to(desk, person, identifier)
    await handovers.settle(desk.tx, one.id, "declined", desk.now)
    for item in await handovers.items(desk.tx, one.id):
        await desk.log(item.id, EventKind.DECLINED, person, giver=one.giver)
        await desk.redraw(item.id)
    giver = await name_of(desk, one.giver)
    why = [[key("button.say_why", Handing(one.id, "why"))]]
    await desk.say(person, "handover.declined_by_you", buttons=why, edits=message, giver=giver)
    return one


async def tell_declined(desk: Desk, one: Handover) -> None:
    """The giver picks somebody else."""
    found = await still(desk, one)
    if not found:
        return
    again = Hand(ALL, "") if one.whole and one.asked_by == one.giver else Hand(ONE, found[0].id)
    await _tell(
        desk,
        one,
        "handover.declined",
        buttons=[[key("button.pick_other", again)]],
        receiver=await name_of(desk, one.receiver),
        n=len(found),
        codes=codes(found),
    )


async def tell_climbed(desk: Desk, one: Handover, to: str | None, found: Sequence[Incident]) -> None:
    """The giver hears that it went to somebody else, or that nobody is left to be asked."""
    text = "handover.climbed" if to else "handover.nobody_answered"
    facts = {"missed": await name_of(desk, one.receiver), "n": len(found), "codes": codes(found)}
    await _tell(desk, one, text, receiver=await name_of(desk, to) if to else None, **facts)


async def explain(desk: Desk, person: Person, identifier: str, reason: str, message: int | None) -> None:
    """Why it was not taken, for the giver.

    Raises:
        Refusal: it was not this person who declined.
    """
    one = await declined_by(desk, person, identifier)
    for reader in _concerned(one):
        said = await _said_to(desk, reader, reason)
        await _tell(desk, one, "handover.reason", to=(reader,), receiver=named(person), reason=said)
    await desk.say(person, "handover.reason_sent", edits=message)


async def declined_by(desk: Desk, person: Person, identifier: str) -> Handover:
    """Raises Refusal: nothing that this person has declined."""
    check(person, Permission.HAND_OVER)
    one = await handovers.find(desk.tx, identifier)
    if one is None or one.receiver != person.id or one.state != "declined":
        raise Refusal("press.stale.toast")
    return one


async def withdraw(desk: Desk, person: Person, identifier: str, message: int | None) -> None:
    """*Rút lại*: the giver, or whoever assigned it, thinks better of it.

    Raises:
        Refusal: somebody else's, or answered already.
    """
    check(person, Permission.HAND_OVER)
    one = await handovers.find(desk.tx, identifier)
    if one is None or person.id not in (one.giver, one.asked_by):
        raise Refusal("press.stale.toast")
    if not await handovers.settle(desk.tx, one.id, "dropped", desk.now):
        raise over(one)
    for item in await handovers.items(desk.tx, one.id):
        await desk.redraw(item.id)
    await desk.say(one.receiver, "handover.withdrawn", lane=Lane.NOTICE, giver=await name_of(desk, one.giver))
    await desk.say(person, "handover.withdrawn_by_you", edits=message)
