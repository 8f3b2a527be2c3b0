"""What an agency answers to a request: received, done, refused, or in words; whoever asked hears of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain import redact
from bot.domain.coordination import State
from bot.domain.errors import Refusal
from bot.domain.people import Permission, Person
from bot.domain.presses import RequestFile
from bot.domain.sending import Lane
from bot.services import confines
from bot.services.coordination import contacts, faces, requests
from bot.services.desk import Desk, check, key, named
from bot.services.register import gate
from bot.services.register.contacts import department, known
from storage import agencies, coordinations, incidents, posts
from storage.agencies import Agency
from storage.coordinations import Request

LONGEST_ANSWER = 3000  # characters: all that an agency wrote to one request


async def held(desk: Desk, person: Person, identifier: str, way: str = "toast") -> tuple[Request, Agency]:
    """A request to an agency for which somebody speaks.

    Raises:
        Refusal: no right, or it is none of theirs: the same words as for one that does not exist.
    """
    check(person, Permission.ANSWER_COORDINATION, way)
    request = await coordinations.find(desk.tx, identifier)
    if request is None:
        raise Refusal("press.stale.toast" if way == "toast" else "register.not_yours.text")
    agency = await contacts.home(desk, request.agency)
    await gate.own_agency(desk, person, Permission.ANSWER_COORDINATION, agency.id, way)
    return request, agency


async def receive(desk: Desk, person: Person, identifier: str, message: int | None) -> None:
    """*Đã nhận*: only this person is reminded until it is overdue.

    Raises:
        Refusal: as `held`, or somebody was quicker.
    """
    request, agency = await held(desk, person, identifier)
    if not await coordinations.receive(desk.tx, request.id, person.id, desk.now):
        await _late(desk, person, request, agency, message)
        return
    await _settled(desk, person, request, agency, State.RECEIVED, None, message)


async def finish(desk: Desk, person: Person, identifier: str, message: int | None) -> None:
    """*Đã làm*: settled at once; a word about it may follow.

    Raises:
        Refusal: as `held`, or it is settled already.
    """
    request, agency = await held(desk, person, identifier)
    if not await coordinations.settle(desk.tx, request.id, State.DONE, person.id, desk.now):
        await _late(desk, person, request, agency, message)
        return
    await _settled(desk, person, request, agency, State.DONE, None, message)


async def refuse(desk: Desk, person: Person, identifier: str, reason: str, message: int | None) -> None:
    """*Từ chối*, with its reason.

    Raises:
        Refusal: as `held`, or it is settled already.
    """
    request, agency = await held(desk, person, identifier, "text")
    if not await coordinations.settle(desk.tx, request.id, State.REFUSED, person.id, desk.now, reason):
        raise Refusal("request.settled.toast", code=request.code)
    await _settled(desk, person, request, agency, State.REFUSED, reason, message)


async def add_words(desk: Desk, person: Person, identifier: str, words: str, message: int | None = None) -> None:
    """What the agency writes about it, while it is open or after it is done.

    Raises:
        Refusal: as `held`, or it was refused or taken back.
    """
    request, agency = await held(desk, person, identifier, "text")
    if not request.is_open and request.state is not State.DONE:
        raise Refusal("request.settled.toast", code=request.code)
    together = "\n".join(filter(None, (request.answer, words)))
    if len(together) > LONGEST_ANSWER:
        raise Refusal("request.answer_full.toast", code=request.code)
    await coordinations.say(desk.tx, request.id, together)
    if request.state is State.SENT:
        await coordinations.receive(desk.tx, request.id, person.id, desk.now)
    await requests.log_answer(desk, person, request, agency.name, "wrote", words)
    await tell_asker(desk, request, "request.wrote", agency=agency.name, words=redact.defang(words))
    await desk.say(person, "request.passed_on", edits=message, code=request.code)


async def replied(desk: Desk, person: Person, about: str, words: str) -> bool:
    """Words that answer the message of a request; false where the message was of none, or the person answers none.

    Raises:
        Refusal: as `add_words`.
    """
    if not person.may(Permission.ANSWER_COORDINATION) or await coordinations.find(desk.tx, about) is None:
        return False
    await add_words(desk, person, about, words)
    return True


async def _settled(
    desk: Desk, person: Person, request: Request, agency: Agency, state: State, words: str | None, message: int | None
) -> None:
    """The log, whoever asked, and the message that was pressed: all say what became of it."""
    await requests.log_answer(desk, person, request, agency.name, state, words)
    said = {"words": redact.defang(words)} if words else {}
    await tell_asker(desk, request, f"request.told.{state}", agency=agency.name, by=named(person), **said)
    await _show(desk, person, request.id, agency, message)


async def _late(desk: Desk, person: Person, request: Request, agency: Agency, message: int | None) -> None:
    """A colleague was quicker: the old message says so now.

    Raises:
        Refusal: always where it is settled and there is nothing new to show.
    """
    if message is None:
        raise Refusal("request.settled.toast", code=request.code)
    await _show(desk, person, request.id, agency, message)


async def _show(desk: Desk, person: Person, identifier: str, agency: Agency, message: int | None) -> None:
    now = await coordinations.find(desk.tx, identifier)
    assert now is not None
    await desk.say(
        person,
        faces.ASKED,
        buttons=faces.answer_keys(now),
        edits=message,
        about=now.id,
        extras=await faces.extras(desk, now),
        **await faces.asked(desk, now, agency.name),
    )


# Whoever asked ------------------------------------------------------------------------------------------------------


async def tell_asker(desk: Desk, request: Request, text: str, **said: Any) -> None:
    """Whoever asked; where that person is gone, those who have the incident now, or the department."""
    for reader in await _askers(desk, request):
        await desk.say(
            reader,
            text,
            buttons=[[key("button.request_see", RequestFile(request.id, "see"))]],
            lane=Lane.NOTICE,
            extras=await faces.extras(desk, request),
            code=request.code,
            **said,
        )


async def _askers(desk: Desk, request: Request) -> Sequence[Person]:
    asker = await known(desk, request.asked_by)
    if asker is not None and not asker.unreachable and asker.may(Permission.COORDINATE):
        return [asker]
    mark = await incidents.mark_of(desk.tx, request.incident) if request.incident else None
    return await confines.readers(desk.tx, mark) if mark is not None else await department(desk)


# The agency's own list ----------------------------------------------------------------------------------------------

SHOWN = 10  # open requests that a contact is shown at once


async def show_own(desk: Desk, person: Person) -> None:
    """The open requests to the agencies for which somebody speaks, each with its keys.

    Raises:
        Refusal: no right.
    """
    check(person, Permission.ANSWER_COORDINATION, "text")
    found = []
    for one in await posts.of_person(desk.tx, person.id):
        agency = await agencies.get(desk.tx, one.agency)
        for asked in (agency, *await agencies.predecessors(desk.tx, agency.id)):
            newest = await coordinations.of_agency(desk.tx, asked.id, SHOWN * 5)
            found += [(request, agency) for request in newest if request.is_open]
    if not found:
        await desk.say(person, "request.none_for_you")
    for request, agency in found[:SHOWN]:
        await _show(desk, person, request.id, agency, None)
