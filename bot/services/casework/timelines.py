"""What happened to an incident, event by event: in pages for a chat, whole in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.domain import reports
from bot.domain.clocks import Clock
from bot.domain.incidents import EventKind, Severity
from bot.domain.people import Permission, Person
from bot.domain.presses import Chapter, Dossier
from bot.domain.tasks import RATING_REASONS
from bot.services import answers
from bot.services.casework import incidents as desk_incidents
from bot.services.desk import READ_ONCE, Desk, Keys, key
from bot.services.reporting import sayings
from bot.services.staffing.colleagues import name_of
from locales import At, Listed, Rows, Word
from storage import events, incidents
from storage.events import Event
from storage.store import Transaction

PAGE = 10  # events in one message: each is a line, and most have words
LONGEST = 160  # characters of what an event says, in a chat
NEWEST = 2**53  # no event has a higher number

Payload = Mapping[str, Any]


@dataclass(frozen=True)
class Telling:
    """For whom it is told. `personal`: numbers of people stay as they are; `longest` None: words are never cut."""

    form: str
    personal: bool
    longest: int | None = LONGEST
    duties: Mapping[str, str] = field(default_factory=dict)  # names of the legal clocks
    names: dict[str, Any] = field(default_factory=dict)

    def words(self, said: object) -> str | None:
        """Words of people in one line, masked and defanged as their reader needs it."""
        line = " ".join(str(desk_incidents.readable(str(said or ""), personal=self.personal)).split())
        if self.longest is not None and len(line) > self.longest:
            line = line[: self.longest - 1].rstrip() + "…"
        return line or None


Detail = Callable[[Telling, Payload], Any]


def _of(*fields: str) -> Detail:
    """The first of these that says something, as words of people."""
    return lambda telling, payload: telling.words(next((payload[one] for one in fields if payload.get(one)), ""))


def _story(telling: Telling, payload: Payload) -> Any:
    return telling.words(reports.story_of(payload.get("facts") or {}))


def _changes(telling: Telling, payload: Payload) -> Any:
    """The answers that were added, by the labels of their questions."""
    form = reports.FORMS.get(telling.form)
    facts = payload.get("facts") or {}
    if form is None:
        return None
    return Listed(
        Word(
            "details.line",
            label=Word(f"{form.name}.{name}.label"),
            answer=telling.words(shown) if isinstance(shown, str) else shown,
        )
        for name, answer in facts.items()
        if form.has(name) and answer is not None and (shown := answers.shown(form, name, answer)) is not None
    )


def _severity(field_name: str) -> Detail:
    """How grave, and why."""

    def detail(telling: Telling, payload: Payload) -> Any:
        degree, reason = payload.get(field_name), payload.get("reason")
        why = Word(f"rating_reason.{reason}") if reason in RATING_REASONS else telling.words(reason)
        return Listed([Word(f"severity.{degree}") if degree in set(Severity) else None, why])

    return detail


def _clock(telling: Telling, payload: Payload) -> Any:
    """Which deadline, and who was told."""
    clock = payload.get("clock")
    name = Word(f"clock.{clock}") if clock in set(Clock) else telling.duties.get(str(clock))
    return Listed([name, *(telling.names[one] for one in payload.get("people") or () if one in telling.names)])


def _pause(telling: Telling, payload: Payload) -> Any:
    reason = payload.get("reason")
    known = reason in ("reporter", "third_party")
    return Listed([Word(f"pause_reason.{reason}") if known else None, telling.words(payload.get("what"))])


def _origin(telling: Telling, payload: Payload) -> Any:
    origin = payload.get("origin")
    return sayings.shown(origin) if origin and telling.personal else None


def _mark(telling: Telling, payload: Payload) -> Any:
    return telling.words(f"TLP:{payload['after']}") if payload.get("after") else None


def _colleague(way: str, field_name: str) -> Detail:
    """To or from whom something goes."""

    def detail(telling: Telling, payload: Payload) -> Any:
        name = telling.names.get(str(payload.get(field_name)))
        return Word(way, name=name) if name else None

    return detail


def _request(telling: Telling, payload: Payload) -> Any:
    """Who was asked for what, or what became of it."""
    did = payload.get("what")
    what = Word(f"request.did.{did}") if did else None
    return Listed([payload.get("request"), payload.get("agency"), what, telling.words(payload.get("text"))])


_anything = _of("text", "question", "result", "reason", "note", "words", "into", "apart_from")
# What an event says besides its kind; a kind that is not here says what `_anything` finds.
DETAILS: Mapping[EventKind, Detail] = {
    EventKind.FILED: _story,
    EventKind.SUPPLEMENTED: _changes,
    EventKind.RATED: _severity("after"),
    EventKind.PROPOSED: _severity("severity"),
    EventKind.MERGED: _of("into"),
    EventKind.REFERRED: _of("body"),
    EventKind.FORWARDED: _origin,
    EventKind.PAUSED: _pause,
    EventKind.WARNED: _clock,
    EventKind.CLIMBED: _clock,
    EventKind.MARKED: _mark,
    EventKind.DECLARED: _clock,
    EventKind.REQUESTED: _request,
    EventKind.REQUEST_ANSWERED: _request,
    EventKind.OFFERED: _colleague("timeline.to", "to"),
    EventKind.HANDED: _colleague("timeline.from", "before"),
    EventKind.DECLINED: _colleague("timeline.from", "giver"),
}
# Where an event names colleagues.
_PEOPLE: Mapping[EventKind, str] = {
    EventKind.WARNED: "people",
    EventKind.CLIMBED: "people",
    EventKind.OFFERED: "to",
    EventKind.HANDED: "before",
    EventKind.DECLINED: "giver",
}


def _named(event: Event) -> list[str]:
    """Ids of colleagues of whom an event speaks."""
    said = (event.payload or {}).get(_PEOPLE.get(event.kind, ""))
    return [str(one) for one in (said if isinstance(said, list) else [said]) if one]


def line(telling: Telling, event: Event) -> Any:
    """One event: its number, when, who, what, and what was said."""
    about: dict[str, Any] = {
        "number": event.number,
        "at": At(event.at),
        "who": telling.names.get(event.actor or "") or Word("mover.nobody"),
        "what": Word(f"event.{event.kind}"),
    }
    if event.payload is None:
        return Word("timeline.line_said", **about, detail=Word("timeline.erased"))
    detail = DETAILS.get(event.kind, _anything)(telling, event.payload)
    if not detail or (isinstance(detail, dict) and "list" in detail and not any(detail["list"])):
        return Word("timeline.line", **about)
    return Word("timeline.line_said", **about, detail=detail)


def duties(desk: Desk) -> Mapping[str, str]:
    """Names of the legal clocks, old ones too."""
    return {row.key: row.name.vi for row in desk.policy.legal_clocks}


async def learn(tx: Transaction, telling: Telling, incident: incidents.Incident, told: Iterable[Event]) -> None:
    """Names for everybody of whom these events speak, each looked up once."""
    for event in told:
        for one in (event.actor, *_named(event)):
            if one is not None and one not in telling.names:
                is_reporter = one == incident.reporter
                telling.names[one] = Word("mover.reporter") if is_reporter else await name_of(tx, one)


# In a chat -----------------------------------------------------------------------------------------------------------


async def show_page(desk: Desk, person: Person, incident: incidents.Incident, message: int | None = None) -> None:
    """What happened last, in a message of its own: it is protected as the details are, and opening it is an event."""
    await desk.log(incident.id, EventKind.OPENED, person)
    await page(desk, person, incident)


async def page(
    desk: Desk, person: Person, incident: incidents.Incident, below: int = NEWEST, edits: int | None = None
) -> None:
    """Events with a number under `below`, newest first."""
    found = await events.page(desk.tx, incident.id, below, PAGE + 1)
    telling = Telling(incident.form, person.may(Permission.SEE_CONTACT), duties=duties(desk))
    await learn(desk.tx, telling, incident, found)
    await desk.say(
        person,
        "timeline.page",
        buttons=await _keys(desk, incident, found),
        edits=edits,
        about=incident.id,
        extras={"protected": True, **READ_ONCE},
        code=incident.code,
        kind=Word(f"kind.{incident.kind}.label"),
        lines=Rows(line(telling, one) for one in found[:PAGE]),
    )


async def _keys(desk: Desk, incident: incidents.Incident, found: Sequence[Event]) -> Keys:
    turns = []
    newest = await events.last_number(desk.tx, incident.id)
    if found and found[0].number < newest:
        turns.append(key("button.newer", Chapter(incident.id, "timeline", str(found[0].number + PAGE + 1))))
    if len(found) > PAGE:
        turns.append(key("button.older", Chapter(incident.id, "timeline", str(found[PAGE - 1].number))))
    ends = [key("button.timeline_file", Chapter(incident.id, "file")), key("button.dossier_back", Dossier(incident.id))]
    return [turns, ends] if turns else [ends]
