"""`/dieuphoi`: what waits for an answer of an agency, a request as those who ask see it, the forms of both sides."""

from __future__ import annotations

from typing import Any

from bot.domain import coordination as domain
from bot.domain.coordination import State
from bot.domain.errors import Refusal
from bot.domain.people import Permission, Person
from bot.domain.presses import RequestAnswer, RequestFile, RequestList
from bot.services.casework.incidents import readable
from bot.services.coordination import contacts, faces, replies, requests
from bot.services.desk import Desk, Keys, check, key
from bot.services.reporting import conversations
from bot.services.staffing.colleagues import name_of
from locales import At, Lines, Word
from storage import coordinations, incidents
from storage.coordinations import Request

PAGE = 8
LAST_PAGE = 100
NEW = "new"


async def show(desk: Desk, person: Person) -> None:
    """`/dieuphoi`: for those who ask the open requests; for contacts of an agency what they were asked.

    Raises:
        Refusal: neither.
    """
    check(person, Permission.SEE_REQUESTS, "text")
    if person.may(Permission.COORDINATE):
        await _list(desk, person, 0, None)
    else:
        await replies.show_own(desk, person)


async def listed(desk: Desk, person: Person, press: RequestList, message: int | None) -> None:
    """Another page of the list, or *Đề nghị mới*.

    Raises:
        Refusal: no right, no such page, or an unsent report of one's own is open.
    """
    check(person, Permission.COORDINATE)
    if press.what == NEW:
        await conversations.check_free(desk, person)
        await conversations.begin(desk, person, domain.COORDINATION)
        return
    if not press.what.isascii() or not press.what.isdecimal() or int(press.what) > LAST_PAGE:
        raise Refusal("press.stale.toast")
    await _list(desk, person, int(press.what), message)


async def _list(desk: Desk, person: Person, page: int, edits: int | None) -> None:
    found = await coordinations.open_ones(desk.tx, PAGE + 1, page * PAGE)
    lines = [await _line(desk, person, one) for one in found[:PAGE]]
    picks = [
        [key({"text": "queue.pick", "values": {"code": one.code}}, RequestFile(one.id, "see"))]
        for one in found[:PAGE]
        if await faces.may_read(desk, person, one)
    ]
    turns = [key("button.newer", RequestList(str(page - 1)))] if page else []
    if len(found) > PAGE and page < LAST_PAGE:
        turns.append(key("button.older", RequestList(str(page + 1))))
    new = [key("button.request_new", RequestList(NEW), "primary")]
    await desk.say(
        person,
        "request.list",
        buttons=[row for row in (new, *picks, turns) if row],
        edits=edits,
        n=await coordinations.count_open(desk.tx),
        lines=Lines(lines) if lines else Word("request.none"),
    )


async def _line(desk: Desk, person: Person, request: Request) -> Any:
    """One of the list: who was asked, until when, how it stands; the words stand on its page alone."""
    return Word(
        "request.line",
        code=request.code,
        agency=(await contacts.home(desk, request.agency)).name,
        due=At(request.due_at),
        state=Word("request.overdue_mark") if request.due_at <= desk.now else Word(f"request.state.{request.state}"),
    )


async def pressed(desk: Desk, person: Person, press: RequestFile, message: int | None) -> None:
    """See a request, take it back, or write down that it is done.

    Raises:
        Refusal: no right, no such request, not to be read, or settled already.
    """
    request = await requests.seen_by(desk, person, press.request)
    match press.act:
        case "see":
            await _show(desk, person, request, None)
        case "withdraw":
            await _show(desk, person, await requests.settle(desk, person, request, State.WITHDRAWN), message)
        case "done":
            await _show(desk, person, await requests.settle(desk, person, request, State.DONE), message)
        case _:
            raise Refusal("press.stale.toast")


async def _show(desk: Desk, person: Person, request: Request, edits: int | None) -> None:
    agency = await contacts.home(desk, request.agency)
    incident = await incidents.find(desk.tx, request.incident) if request.incident else None
    who = request.answered_by or request.received_by
    when = request.answered_at or request.received_at
    await desk.say(
        person,
        "request.page",
        buttons=_keys(request),
        edits=edits,
        extras=await faces.extras(desk, request),
        code=request.code,
        incident=incident.code if incident else None,
        agency=agency.name,
        by=await name_of(desk.tx, request.asked_by),
        asked=At(request.asked_at),
        due=At(request.due_at),
        words=readable(request.words),
        state=Word(f"request.state.{request.state}"),
        who=await name_of(desk.tx, who) if who else None,
        when=At(when) if when else None,
        answer=readable(request.answer) if request.answer else None,
        phone=contacts.phone(agency),
    )


def _keys(request: Request) -> Keys:
    back = [key("button.request_list", RequestList("0"))]
    if not request.is_open:
        return [back]
    done = key("button.request_done", RequestFile(request.id, "done"))
    withdraw = key("button.request_withdraw", RequestFile(request.id, "withdraw"), "danger")
    return [[done, withdraw], back]


async def answered(desk: Desk, person: Person, press: RequestAnswer, message: int | None) -> None:
    """The keys under a request, pressed by somebody of the agency.

    Raises:
        Refusal: no right, none of theirs, settled already, or an unsent report of one's own is open.
    """
    match press.act:
        case "received":
            await replies.receive(desk, person, press.request, message)
        case "done":
            await replies.finish(desk, person, press.request, message)
        case "refuse" | "result":
            request, _ = await replies.held(desk, person, press.request)
            fits = request.is_open if press.act == "refuse" else request.state is State.DONE
            if not fits:
                raise Refusal("request.settled.toast", code=request.code)
            await conversations.check_free(desk, person)
            form = domain.REFUSING if press.act == "refuse" else domain.RESULT
            await conversations.begin(desk, person, form, {"id": request.id})
        case _:
            check(person, Permission.ANSWER_COORDINATION)
            raise Refusal("press.stale.toast")
