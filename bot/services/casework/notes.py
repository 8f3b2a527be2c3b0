"""Notes of colleagues on an incident, newest first: the reporter never reads them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.people import Permission, Person
from bot.domain.presses import Chapter, Dossier
from bot.services.casework import incidents as desk_incidents
from bot.services.desk import READ_ONCE, Desk, Keys, door, key
from bot.services.staffing.colleagues import name_of
from locales import At, Rows, Word
from storage import events, incidents
from storage.events import Event

MOST, FITS = 10, 2500  # notes on a page, and characters of all of them together
NEWEST = 2**53  # no event has a higher number


async def show_page(desk: Desk, person: Person, incident: incidents.Incident, message: int | None = None) -> None:
    """The newest notes, in a message of its own: it is protected as the details are."""
    await page(desk, person, incident)


async def page(
    desk: Desk, person: Person, incident: incidents.Incident, below: int = NEWEST, edits: int | None = None
) -> None:
    """Notes with a number under `below`: as many as fit, each of them whole."""
    found = await events.notes(desk.tx, incident.id, below, MOST + 1)
    shown = _fitting(found)
    personal = person.may(Permission.SEE_CONTACT)
    lines = [
        Word(
            "notes.line",
            by=await name_of(desk.tx, one.actor),
            at=At(one.at),
            words=desk_incidents.readable(_words(one), personal=personal) or Word("timeline.erased"),
        )
        for one in shown
    ]
    await desk.say(
        person,
        "notes.page" if shown else "notes.none",
        buttons=_keys(person, incident, found, shown, below),
        edits=edits,
        about=incident.id,
        extras={"protected": True, **READ_ONCE},
        code=incident.code,
        lines=Rows(lines),
    )


def _words(note: Event) -> str:
    return str((note.payload or {}).get("text") or "")


def _fitting(found: Sequence[Event]) -> Sequence[Event]:
    room = FITS
    for number, note in enumerate(found[:MOST]):
        room -= len(_words(note))
        if room < 0 and number:
            return found[:number]
    return found[:MOST]


def _keys(
    person: Person, incident: incidents.Incident, found: Sequence[Event], shown: Sequence[Event], below: int
) -> Keys:
    turns = []
    if below != NEWEST:
        turns.append(key("button.newest", Chapter(incident.id, "notes", str(NEWEST))))
    if len(found) > len(shown):
        turns.append(key("button.older", Chapter(incident.id, "notes", str(shown[-1].number))))
    write = [door("button.note", f"w-note-{incident.id}")] if person.may(Permission.NOTE) else []
    ends = [*write, key("button.dossier_back", Dossier(incident.id))]
    return [turns, ends] if turns else [ends]
