"""Requests that nobody answers: who is reminded, who higher is told, and when whoever asked should rather call."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bot.domain import coordination as domain
from bot.domain.coordination import LAST, State, Step
from bot.domain.sending import Lane, Op
from bot.services import apart
from bot.services.coordination import contacts, replies, requests
from bot.services.desk import Desk
from bot.services.register.contacts import department
from locales import At, Word
from storage import coordinations
from storage.agencies import Agency
from storage.coordinations import Request
from storage.outbox import Delivery

TOGETHER = 20


async def look(desk: Desk) -> int:
    """Take the next step of every request whose time has come; how many those were. One that fails stops no other."""
    found = await coordinations.due(desk.tx, desk.now, TOGETHER)
    for request in found:
        if not await apart.succeeds(desk, f"the chase of {request.code}", partial(_climb, desk, request)):
            await coordinations.climb(desk.tx, request.id, request.told, desk.now + apart.LATER)
    return len(found)


async def _climb(desk: Desk, request: Request) -> None:
    """One step, the latest that was reached: what was missed while the machine stood still is not made up."""
    step = domain.next_step(request.told, request.asked_at, request.due_at, desk.now)
    told = step.name if step else request.told
    await coordinations.climb(desk.tx, request.id, told, domain.look_at(told, request.asked_at, request.due_at))
    if step is None:
        return
    agency = await contacts.home(desk, request.agency)
    readers = await _readers(desk, request, agency, step)
    await requests.tell(
        desk, request, agency, readers, "request.mark.overdue" if step.is_over else "request.mark.again"
    )
    if step.asker or not readers:
        await _tell_asker(desk, request, agency, step, heard=bool(readers))
    if step.department:
        await _tell_department(desk, request, agency)


async def _readers(desk: Desk, request: Request, agency: Agency, step: Step) -> Sequence[str]:
    """Whoever has received it, alone, while there is time; else everybody of the step."""
    everybody = await contacts.at_posts(desk, agency.id, step.to)
    receiver = request.received_by if request.state is State.RECEIVED and not step.is_over else None
    return [receiver] if receiver is not None and receiver in everybody else everybody


async def _tell_asker(desk: Desk, request: Request, agency: Agency, step: Step, *, heard: bool) -> None:
    """That it is overdue, or that nobody there reads the bot; with the number to call."""
    await replies.tell_asker(
        desk,
        request,
        "request.overdue" if step.is_over else "request.unheard",
        agency=agency.name,
        due=At(request.due_at),
        silent=None if heard or not step.is_over else Word("request.nobody_there"),
        phone=contacts.phone(agency),
        last=Word("request.last") if step.name == LAST else None,
    )


async def _tell_department(desk: Desk, request: Request, agency: Agency) -> None:
    """That an agency does not answer; what it was asked is between it and whoever asked."""
    for officer in await department(desk):
        if officer.id != request.asked_by:
            due = At(request.due_at)
            await desk.say(
                officer,
                "request.department",
                lane=Lane.NOTICE,
                code=request.code,
                agency=agency.name,
                due=due,
                phone=contacts.phone(agency),
            )


async def unsent(desk: Desk, delivery: Delivery, _: str | None) -> None:
    """A request did not reach somebody (the bot is blocked there): the next post hears at once, and whoever asked."""
    request = await coordinations.find(desk.tx, delivery.message.about)
    if request is None or not request.is_open or delivery.op is not Op.SEND:
        return
    agency = await contacts.home(desk, request.agency)
    before = await contacts.first(desk, agency.id)
    after = await contacts.first(desk, agency.id, [delivery.recipient])
    if after is None:
        await replies.tell_asker(
            desk, request, "request.unheard", agency=agency.name, due=At(request.due_at), phone=contacts.phone(agency)
        )
    elif before is None or after[0] is not before[0]:
        await requests.tell(desk, request, agency, after[1])
        reached = await requests.reached_words(desk, after, agency)
        await replies.tell_asker(desk, request, "request.passed_up", agency=agency.name, reached=reached)
