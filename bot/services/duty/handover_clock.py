"""What becomes of offered work that nobody takes, and of work whose owner has left: the deputy, then the leader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from itertools import groupby

from bot.domain import handing
from bot.domain.people import Permission, Person
from bot.services import apart
from bot.services.desk import Desk
from bot.services.duty import handover
from storage import groups, handovers, marks, people
from storage.handovers import Handover
from storage.incidents import Incident

TOGETHER = 20
UNHELD = "unheld"  # the mark of which work nobody could be offered, and when that was said


async def _chief(desk: Desk, but: set[str]) -> Person | None:
    """Who is asked next: the first in the order of ranks who could take it and has not been asked."""
    heads = await people.with_roles(desk.tx, sorted(handing.CHIEFS))
    found = [one for one in heads if handing.can_take(one) and one.id not in but]
    return min(found, key=lambda one: (handing.rank(one), one.id), default=None)


async def _has_left(desk: Desk, giver: str) -> bool:
    person = await handover.known(desk, giver)
    return person is None or not person.may(Permission.CLAIM)


async def look(desk: Desk) -> int:
    """Everything whose time is over, and what nobody holds any more; how much that was."""
    late = await handovers.due(desk.tx, desk.now, TOGETHER)
    for one in late:
        if not await apart.succeeds(desk, f"handover {one.id}", partial(_runs_out, desk, one)):
            await handovers.postpone(desk.tx, one.id, desk.now + apart.LATER)
    offered: list[int] = []
    await apart.succeeds(desk, "work that nobody holds", partial(_offer_what_is_left, desk, offered))
    return len(late) + sum(offered)


async def _runs_out(desk: Desk, one: Handover) -> None:
    if await handovers.settle(desk.tx, one.id, "climbed", desk.now):
        await _climb(desk, one)


async def declined(desk: Desk, one: Handover) -> None:
    """A colleague who declines leaves the choice to the giver; where there is no giver, or the chiefs had been asked
    because nobody answered, the next of them is asked.
    """
    if one.id != one.root or await _has_left(desk, one.giver):
        await _climb(desk, one)
    else:
        await handover.tell_declined(desk, one)


async def _climb(desk: Desk, one: Handover) -> None:
    """The next chief is asked to take it or to name somebody; without one it stays with the giver, and all hear so."""
    found = await handover.still(desk, one)
    if not found:
        return
    chief = await _chief(desk, {one.giver, *await handovers.asked_of(desk.tx, one.root)})
    if chief is not None:
        await _offer(desk, one.giver, chief, found, one)
    else:
        await _say_unheld(desk, found if await _has_left(desk, one.giver) else ())
        for item in found:
            await desk.redraw(item.id)
    await handover.tell_climbed(desk, one, chief.id if chief else None, found)


async def _offer(
    desk: Desk, giver: str, chief: Person, found: Sequence[Incident], earlier: Handover | None = None
) -> None:
    new = desk.tx.new_id()
    made = Handover(
        id=new,
        root=earlier.root if earlier else new,
        giver=giver,
        receiver=chief.id,
        asked_by=giver,
        note=earlier.note if earlier else None,
        whole=earlier.whole if earlier else True,
        asked_at=desk.now,
        answer_by=desk.now + timedelta(minutes=desk.policy.handing.accept_minutes),
    )
    why = "left" if await _has_left(desk, giver) else "climbed"
    await handover.offer(desk, made, found, why, earlier.receiver if earlier else None)


async def _offer_what_is_left(desk: Desk, counted: list[int]) -> None:
    """Work whose owner has no role, no seat or no account any more goes to the chiefs; never silently stuck.

    How much of it was offered is put into `counted`.
    """
    since = desk.now - timedelta(minutes=desk.policy.handing.remind_minutes)
    found = await handovers.left(desk.tx, since, TOGETHER)
    unheld: list[Incident] = []
    for giver, items in groupby(found, key=lambda one: str(one.owner)):
        chief, work = await _chief(desk, {giver}), list(items)
        if chief is not None:
            await _offer(desk, giver, chief, work)
            counted.append(len(work))
        else:
            unheld += work
    await _say_unheld(desk, unheld)


async def _say_unheld(desk: Desk, found: Sequence[Incident]) -> None:
    """The group reads of it, of the same work at most once in a while."""
    team, said = await groups.team(desk.tx), ",".join(one.code for one in found)
    when = await marks.written_at(desk.tx, UNHELD)
    rest = timedelta(minutes=desk.policy.handing.remind_minutes)
    again = when is not None and when > desk.now - rest and await marks.get(desk.tx, UNHELD) == said
    if team is None or not found or again:
        return
    await marks.put(desk.tx, UNHELD, said, desk.now)
    await desk.tell_group(team, "handover.unheld", codes=handover.codes(found))
