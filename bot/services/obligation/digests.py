"""One message a morning for each person: everything that the ledger has for them, as it stands when it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.domain.agencies import Post
from bot.domain.people import Permission
from bot.domain.presses import Compliance
from bot.domain.sending import Lane
from bot.services.desk import Desk, House, holders, key
from bot.services.obligation import board_pages, boards
from bot.services.obligation.board_pages import Other, View
from storage import agencies, outbox, posts, reminders
from storage.obligations import Obligation
from storage.posts import Held
from storage.reminders import DEPARTMENT
from storage.store import Transaction

TOGETHER: Final = 50  # people in one transaction
DIGEST: Final = "owed.digest"  # rendered late: between the tick and its leaving much can be done
LISTED: Final = "owed.department"
NOBODY: Final = "nobody"  # instead of a delivery: there was nothing left to tell
FRESH: Final = timedelta(hours=20)  # the department's line is not sent any more when the next may come


async def send(desk: Desk) -> int:
    """Post what waits, one message to each person; how many people that were."""
    waiting = await reminders.waiting(desk.tx, TOGETHER)
    for person in waiting:
        message = await outbox.write(desk.tx, outbox.Message(DIGEST), desk.now)
        delivery = await outbox.address(desk.tx, message, person, desk.now, stream=person, lane=Lane.REMINDER)
        await reminders.sent(desk.tx, person, delivery)
    return len(waiting) or await _tell_department(desk)


async def _tell_department(desk: Desk) -> int:
    """One line to each of the department's staff; while there is nobody, it waits for somebody."""
    if not await reminders.department_waits(desk.tx):
        return 0
    staff = [one for one in await holders(desk.tx, Permission.JUDGE_EVIDENCE) if one.may(Permission.SEE_COMPLIANCE)]
    if not staff:
        return 0
    tally = await reminders.reached_department(desk.tx)
    delivery = NOBODY
    for one in staff if tally.obligations else ():
        delivery = await desk.say(
            one,
            LISTED,
            buttons=[[key("button.owed_list", Compliance())]],
            lane=Lane.REMINDER,
            not_after=desk.now + FRESH,
            n=tally.obligations,
            agencies=tally.agencies,
        )
    await reminders.sent(desk.tx, DEPARTMENT, delivery)
    return 1


# What it says, when it leaves -----------------------------------------------------------------------------------------


async def message(tx: Transaction, house: House, delivery: outbox.Delivery, now: datetime) -> outbox.Message | None:
    """The message of a person as it should be read now; None where all that it is about has been done meanwhile, or
    the person speaks for none of the agencies any more."""
    desk = Desk(tx, now, house)
    held = {one.agency: one for one in await posts.of_person(tx, delivery.recipient)}
    about: dict[str, list[Obligation]] = {}
    for one in await reminders.told_by(tx, delivery.id):
        if one.agency in held:
            about.setdefault(one.agency, []).append(one)
    if not about:
        return None
    views = [await _view(desk, held[agency], fresh) for agency, fresh in about.items()]
    views.sort(key=lambda view: (-sum(group.overdue(view.board.day) for group in view.groups), view.board.agency.name))
    first = View(views[0].board, views[0].post, 0, views[0].spoken_of, [other(view) for view in views[1:]])
    return outbox.Message(DIGEST, board_pages.facts(desk, first), board_pages.keys(desk, first))


async def _view(desk: Desk, held: Held, fresh: Sequence[Obligation]) -> View:
    """What is new; for the officer also what was told before and nobody has answered yet."""
    board = await boards.board(desk, await agencies.get(desk.tx, held.agency))
    new = {one.id for one in fresh}
    if held.post is not Post.OFFICER:
        return View(board, held.post, spoken_of=new)
    waits = {cell.one.id for cell in board.cells if cell.one is not None and boards.waits(cell.one, board.day)}
    return View(board, held.post, spoken_of=new | waits)


def other(view: View) -> Other:
    """An agency in one line, beside the one that is shown whole."""
    overdue = sum(group.overdue(view.board.day) for group in view.groups)
    return Other(view.board.agency, overdue, sum(len(group.owed) for group in view.groups) - overdue)
