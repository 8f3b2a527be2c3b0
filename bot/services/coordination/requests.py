"""A request to an agency or a provider: asked, sent to whoever can be reached there, taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain import coordination as domain
from bot.domain import vietnamese
from bot.domain.agencies import Kind, Post
from bot.domain.coordination import State
from bot.domain.errors import Refusal
from bot.domain.incidents import EventKind
from bot.domain.letters import fold
from bot.domain.people import Permission, Person
from bot.domain.phones import locate_phones
from bot.domain.presses import Dossier, RequestFile
from bot.domain.sending import Lane
from bot.services.casework import cards
from bot.services.coordination import contacts, faces
from bot.services.desk import Desk, Keys, check, key, named
from bot.services.register.gate import today
from locales import At, Word
from storage import agencies, coordinations, incidents, privacy
from storage.agencies import Agency
from storage.coordinations import Request
from storage.incidents import Incident

Facts = Mapping[str, Any]


async def ask(desk: Desk, person: Person, incident: Incident | None, facts: Facts, message: int | None) -> None:
    """*Gửi* under a request: it goes to the agency at once, and whoever asks reads who has got it, or whom to call.

    Raises:
        Refusal: no right, no such agency today, the time has passed meanwhile, or the words name the reporter.
    """
    check(person, Permission.COORDINATE, "text")
    agency = await agencies.find(desk.tx, facts["agency"])
    if agency is None or agency.kind is Kind.TEAM or not agency.exists(today(desk)):
        raise Refusal("request.no_agency.toast")
    if incident is not None and await _names_reporter(desk, incident, str(facts["words"])):
        raise Refusal("request.names_reporter.toast")
    request = await _kept(desk, person, agency, incident, facts)
    if incident is not None:
        await _log(desk, person, incident, agency, request)
    reached = await send(desk, request, agency)
    await desk.say(
        person,
        "request.sent",
        buttons=_next_keys(request),
        edits=message,
        code=request.code,
        agency=agency.name,
        due=At(request.due_at),
        reached=await reached_words(desk, reached, agency),
    )


def _next_keys(request: Request) -> Keys:
    see = [key("button.request_see", RequestFile(request.id, "see"))]
    return [see, [key("button.dossier_back", Dossier(request.incident))]] if request.incident else [see]


async def reached_words(desk: Desk, reached: tuple[Post, Sequence[str]] | None, agency: Agency) -> Any:
    """Who has got it; with the number to call unless an officer did who is there as a rule."""
    if reached is None:
        return Word("request.nobody", phone=contacts.phone(agency))
    post, readers = reached
    silent = await contacts.are_silent(desk, agency.id, readers)
    call = contacts.phone(agency) if silent or post is not Post.OFFICER else None
    return Word(
        f"request.reached.{post}", n=len(readers), silent=Word("request.silent") if silent else None, phone=call
    )


async def _names_reporter(desk: Desk, incident: Incident, words: str) -> bool:
    """Whether words that leave the team say who reported: a name, a number or an address that was left for the team."""
    left = await privacy.contact(desk.tx, incident.id) or {}
    told = fold(words)
    numbers = {found.phone.digits for found in locate_phones(words)}
    names = [left.get("name"), left.get("email")]
    return left.get("phone") in numbers or any(name and fold(name) in told for name in names)


async def _kept(desk: Desk, person: Person, agency: Agency, incident: Incident | None, facts: Facts) -> Request:
    due_at = vietnamese.Moment.from_text(str(facts["due"])).at
    if due_at <= desk.now:
        raise Refusal("request.too_late.toast")
    request = Request(
        id=desk.tx.new_id(),
        code=await coordinations.next_code(desk.tx, today(desk).year),
        agency=agency.id,
        incident=incident.id if incident else None,
        words=str(facts["words"]),
        due_at=due_at,
        asked_by=person.id,
        asked_at=desk.now,
        look_at=domain.look_at("", desk.now, due_at),
    )
    await coordinations.add(desk.tx, request)
    return request


async def _log(desk: Desk, person: Person, incident: Incident, agency: Agency, request: Request) -> None:
    """The incident knows of it: an event, and a line under its card."""
    said = {"request": request.code, "agency": agency.name}
    await desk.log(incident.id, EventKind.REQUESTED, person, text=request.words, **said)
    shown = {**said, **cards.masked({"words": request.words}, cards.LONGEST_LINE)}
    await cards.line(desk, incident.id, "under_card.requested", code=incident.code, officer=named(person), **shown)


async def send(
    desk: Desk, request: Request, agency: Agency, but: Sequence[str] = (), mark: str | None = None
) -> tuple[Post, Sequence[str]] | None:
    """Tell whoever hears first; at which post and who, None where nobody can be reached."""
    found = await contacts.first(desk, agency.id, but)
    if found is not None:
        await tell(desk, request, agency, found[1], mark)
    return found


async def tell(desk: Desk, request: Request, agency: Agency, people: Sequence[str], mark: str | None = None) -> None:
    """The request with its keys, to people of the agency."""
    shown, extras = await faces.asked(desk, request, agency.name, mark), await faces.extras(desk, request)
    for person in people:
        await desk.say(
            person,
            faces.ASKED,
            buttons=faces.answer_keys(request),
            about=request.id,
            lane=Lane.NOTICE,
            extras=extras,
            **shown,
        )


# Taken back, or settled by whoever asked ----------------------------------------------------------------------------


async def seen_by(desk: Desk, person: Person, identifier: str, way: str = "toast") -> Request:
    """A request for those who ask.

    Raises:
        Refusal: no right, no such request, or it is of an incident that they may not read.
    """
    check(person, Permission.COORDINATE, way)
    request = await coordinations.find(desk.tx, identifier)
    if request is None or not await faces.may_read(desk, person, request):
        raise Refusal("press.stale.toast")
    return request


async def settle(desk: Desk, person: Person, request: Request, state: State) -> Request:
    """Whoever asked takes it back, or writes down that it is done (the agency was called); the agency hears of it.

    Raises:
        Refusal: it is settled already.
    """
    if not await coordinations.settle(desk.tx, request.id, state, person.id, desk.now):
        raise Refusal("request.settled.toast", code=request.code)
    agency = await contacts.home(desk, request.agency)
    await log_answer(desk, person, request, agency.name, state)
    for reader in await contacts.heard(desk, agency.id, request):
        await desk.say(reader, f"request.closed.{state}", about=request.id, lane=Lane.NOTICE, code=request.code)
    now = await coordinations.find(desk.tx, request.id)
    assert now is not None
    return now


async def log_answer(
    desk: Desk, person: Person, request: Request, agency: str, what: str, words: str | None = None
) -> None:
    """What became of a request (a state, or "wrote") stands in the log of its incident; the group reads a line of all
    but *received*.
    """
    if request.incident is None:
        return
    said: dict[str, Any] = {"request": request.code, "agency": agency}
    await desk.log(request.incident, EventKind.REQUEST_ANSWERED, person, what=what, text=words, **said)
    if what == State.RECEIVED:
        return
    incident = await incidents.get(desk.tx, request.incident)
    shown = {**said, **cards.masked({"words": words}, cards.LONGEST_LINE)}
    did = Word(f"request.did.{what}")
    await cards.line(desk, incident.id, "under_card.request_answered", code=incident.code, did=did, **shown)
