"""One message a morning for each person: everything that the ledger has for them, as it stands when it leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from bot.domain import reminding
from bot.domain.agencies import Post
from bot.domain.people import Permission, Person
from bot.domain.presses import Compliance
from bot.domain.reminding import Audience, heard_by
from bot.domain.sending import Lane, State
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


async def send(desk: Desk) -> int:
    """Post what waits, one message to each person; how many people that were.

    Where the line was down and the last message has not left, it speaks of this too; while nobody can say whether it
    was seen, the person waits until that is known.
    """
    waiting = await reminders.waiting(desk.tx, TOGETHER)
    under_way = await reminders.under_way(desk.tx, waiting, DIGEST) if waiting else {}
    told = [person for person in waiting if under_way.get(person, person) is not None]
    for person in told:
        await reminders.sent(desk.tx, person, under_way.get(person) or await _post(desk, person))
    return len(told) or await _tell_department(desk)


async def _post(desk: Desk, person: str) -> str:
    message = await outbox.write(desk.tx, outbox.Message(DIGEST), desk.now)
    return await outbox.address(desk.tx, message, person, desk.now, stream=person, lane=Lane.REMINDER)


async def _tell_department(desk: Desk) -> int:
    """One line to each of the department's staff; while there is nobody, it waits for somebody."""
    if not await reminders.department_waits(desk.tx):
        return 0
    staff = [one for one in await holders(desk.tx, Permission.JUDGE_EVIDENCE) if one.may(Permission.SEE_COMPLIANCE)]
    if not staff:
        return 0
    under_way = await reminders.under_way(desk.tx, [one.id for one in staff], LISTED)
    lines = [under_way.get(one.id) for one in staff]
    for line in lines if all(lines) else ():
        await reminders.release(desk.tx, line or "")  # nobody has seen it: one line says both
    tally = await reminders.reached_department(desk.tx)
    delivery = NOBODY
    for one, line in zip(staff, lines, strict=True) if tally.obligations else ():
        delivery = await _list(desk, one, tally, line if all(lines) else None)
    await reminders.sent(desk.tx, DEPARTMENT, delivery)
    return 1


async def _list(desk: Desk, one: Person, tally: reminders.Tally, line: str | None) -> str:
    """The line for one of the staff; one that has not left yet says the new sum instead."""
    facts: dict[str, Any] = {"n": tally.obligations, "agencies": tally.agencies}
    if line is not None:
        await reminders.reword(desk.tx, line, facts)
        return line
    buttons = [[key("button.owed_list", Compliance())]]
    return await desk.say(one, LISTED, buttons=buttons, lane=Lane.REMINDER, **facts)


# What it says, when it leaves -----------------------------------------------------------------------------------------


async def message(tx: Transaction, house: House, delivery: outbox.Delivery, now: datetime) -> outbox.Message | None:
    """The message of a person as it should be read now; None where all that it is about has been done meanwhile, or
    the person speaks for none of the agencies any more."""
    desk = Desk(tx, now, house)
    if not _is_time(desk):
        return None  # the line was down until the evening: `unsent` keeps it for the next morning
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


def _is_time(desk: Desk) -> bool:
    return reminding.is_time(desk.policy.reminders, desk.now, desk.policy.holidays)


async def unsent(desk: Desk, delivery: outbox.Delivery, state: State) -> None:
    """A message did not reach its person. What the night overtook is told the next morning. What somebody cannot
    read (the bot is blocked, or the post has ended) is told to the next one up; everything as far as it still holds.
    """
    if state is State.EXPIRED and not _is_time(desk):
        await reminders.release(desk.tx, delivery.id)
        return
    if state not in (State.EXPIRED, State.FAILED):
        return
    held = {one.agency: one.post for one in await posts.of_person(desk.tx, delivery.recipient)}
    about = await reminders.told_by(desk.tx, delivery.id)
    missed = [one for one in about if state is State.FAILED or one.agency not in held]
    if missed:
        await reminders.note(desk.tx, await _passed_up(desk, missed, held, delivery.recipient), desk.now)


async def _passed_up(
    desk: Desk, missed: Sequence[Obligation], held: Mapping[str, Post], person: str
) -> list[reminders.Note]:
    """Who hears of it instead: everybody else at that post, or whoever stands above."""
    staffed = await posts.reachable(desk.tx, list({one.agency for one in missed}))
    notes = []
    for one in missed:
        there = {
            Audience(post): [other for other in people if other != person]
            for post, people in staffed.get(one.agency, {}).items()
        }
        heard = heard_by((Audience(held.get(one.agency, Post.OFFICER)),), there, DEPARTMENT)
        notes += [reminders.Note(one.id, one.round, one.told or 0, one.snoozes, other) for other in heard]
    return notes


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
