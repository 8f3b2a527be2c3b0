"""The whole of what happened to an incident as a file of text, which every phone opens and every printer prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.domain.incidents import EventKind
from bot.domain.people import Permission, Person
from bot.domain.sending import Enclosure
from bot.services.casework import incidents as desk_incidents
from bot.services.casework import timelines
from bot.services.casework.cards import owner_name
from bot.services.casework.timelines import Telling
from bot.services.desk import Desk, named
from bot.services.workshop import Caption, Maker
from bot.services.workshop import order as ordered
from locales import At, Texts, Word
from storage import chain, events, incidents, people
from storage.chain import Proof
from storage.events import Event
from storage.orders import Order

WHAT = "timeline"
CHUNK = 500  # events that are read at once
MIME = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Chronicle:
    """All that the file says."""

    texts: Texts
    code: str
    head: dict[str, Any]
    telling: Telling
    told: tuple[Event, ...]


async def order(desk: Desk, person: Person, incident: incidents.Incident) -> None:
    """Ask for the file; it comes in a moment."""
    await ordered(desk, WHAT, person, incident.id)


async def gather(desk: Desk, order: Order) -> Chronicle:
    """Everything, masked for whoever asked.

    Raises:
        Refusal: the right has ended since.
    """
    assert order.incident is not None
    person = await people.get(desk.tx, order.person)
    incident = await desk_incidents.seen_by(desk, person, Permission.SEE_DETAILS, order.incident, "text")
    telling = Telling(incident.form, person.may(Permission.SEE_CONTACT), longest=None, duties=timelines.duties(desk))
    told: list[Event] = []
    while part := await events.after(desk.tx, incident.id, told[-1].number if told else 0, CHUNK):
        told += part
    await timelines.learn(desk.tx, telling, incident, told)
    proof = await chain.verify(desk.tx, incident.id)
    head = {
        "code": incident.code,
        "kind": Word(f"kind.{incident.kind}.label"),
        "status": Word(f"status.{incident.status}"),
        "owner": await owner_name(desk.tx, incident),
        "tlp": incident.tlp.label,
        "at": At(desk.now),
        "by": named(person),
        "masked": None if telling.personal else Word("timeline.masked"),
        "proof": _proof(proof),
    }
    return Chronicle(desk.house.texts, incident.code, head, telling, tuple(told))


def _proof(proof: Proof) -> Any:
    if proof.broken is None:
        return Word("timeline.fits", n=proof.events, head=proof.head)
    return Word("timeline.broken", number=proof.broken.number)


def make(chronicle: Chronicle) -> Enclosure:
    """UTF-8 with its mark and the line ends of Windows: no program has to guess."""
    head = Word("timeline.file_head", **chronicle.head)
    told = (timelines.line(chronicle.telling, event) for event in chronicle.told)
    lines = [chronicle.texts.plain("vi", one["text"], one["values"]) for one in (head, *told)]
    lines.insert(1, "")
    text = "\n".join([*lines, ""]).replace("\n", "\r\n")
    return Enclosure(f"dien-bien-{chronicle.code}.txt", MIME, text.encode("utf-8-sig"))


async def hand_over(desk: Desk, order: Order, chronicle: Chronicle, file: Enclosure) -> Caption:
    """Who has taken it out is an event of the incident."""
    assert order.incident is not None
    await desk.log(order.incident, EventKind.OPENED, await people.get(desk.tx, order.person))
    return Caption({"code": chronicle.code, "n": len(chronicle.told)})


TIMELINE = Maker("timeline.file", gather, make, hand_over=hand_over)
