"""What a request looks like: to the agency that is asked, and to those who ask."""

from __future__ import annotations

from typing import Any

from bot.domain import redact
from bot.domain.coordination import State
from bot.domain.people import Permission, Person
from bot.domain.presses import RequestAnswer
from bot.domain.tlp import PROTECTED
from bot.services import confines
from bot.services.casework import relay
from bot.services.desk import Desk, Keys, key
from bot.services.register.contacts import known
from bot.services.staffing.colleagues import name_of
from locales import At, Word
from storage import incidents
from storage.coordinations import Request

ASKED = "request.asked"  # the text that carries a request to an agency


# To the agency: the words of the asker, never the incident or its reporter ------------------------------------------


async def asked(desk: Desk, request: Request, agency: str, mark: str | None = None) -> dict[str, Any]:
    """The values of `ASKED`. Links are made harmless; secrets were left out when the words came in."""
    return {
        "code": request.code,
        "agency": agency,
        "mark": Word(mark) if mark else None,
        "by": await _asker(desk, request),
        "due": At(request.due_at),
        "words": redact.defang(request.words),
        "state": await _answered(desk, request),
    }


async def _asker(desk: Desk, request: Request) -> Any:
    """The body for which the asker speaks, and the asker as reporters read of them too."""
    asker = await known(desk, request.asked_by)
    if asker is None:
        return Word("request.by.team")
    if asker.may(Permission.RELAY):
        return Word("request.by.officer", officer=relay.signature(desk, asker))
    return Word("request.by.department")


async def _answered(desk: Desk, request: Request) -> Any:
    """What became of it, as the agency reads it; None while nobody has answered."""
    who = request.received_by if request.state is State.RECEIVED else request.answered_by
    when = request.received_at if request.state is State.RECEIVED else request.answered_at
    if request.state is State.SENT or when is None:
        return None
    name = await _answerer(desk, who) if who else None
    return Word(f"request.now.{request.state}", name=name, at=At(when), answer=request.answer)


async def _answerer(desk: Desk, who: str) -> Any:
    """A colleague of the agency by name; whoever asks only as the body that asks."""
    person = await known(desk, who)
    if person is not None and person.may(Permission.COORDINATE):
        return Word("request.by.team" if person.may(Permission.RELAY) else "request.by.department")
    return await name_of(desk.tx, who)


def answer_keys(request: Request) -> Keys:
    """What the agency may answer now; a result may still be written down after it is done."""
    done = key("button.request_done", RequestAnswer(request.id, "done"), "success")
    refuse = key("button.request_refuse", RequestAnswer(request.id, "refuse"))
    if request.state is State.SENT:
        return [[key("button.request_received", RequestAnswer(request.id, "received"), "primary"), done], [refuse]]
    if request.state is State.RECEIVED:
        return [[done, refuse]]
    if request.state is State.DONE:
        return [[key("button.request_result", RequestAnswer(request.id, "result"))]]
    return []


async def extras(desk: Desk, request: Request) -> dict[str, Any]:
    """Words of an incident that must not be passed on are not to be forwarded here either."""
    mark = await incidents.mark_of(desk.tx, request.incident) if request.incident else None
    return {"protected": True} if mark is not None and mark.tlp in PROTECTED else {}


# To those who ask ---------------------------------------------------------------------------------------------------


async def may_read(desk: Desk, person: Person, request: Request) -> bool:
    """Who reads a request: whoever asked; all who may ask, unless it is of an incident that they may not read."""
    if not person.may(Permission.COORDINATE):
        return False
    incident = await incidents.find(desk.tx, request.incident) if request.incident else None
    if incident is None or request.asked_by == person.id:
        return True
    return person.may(Permission.SEE_DETAILS) and confines.may_read(person, incident)
