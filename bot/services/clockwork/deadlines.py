"""Deadlines as people read them: a line of the card, a page of the case file, the promise in a receipt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain import clocks as domain
from bot.domain.clocks import Clock, Deadline
from bot.domain.incidents import ENDED, IN_HAND, Severity, Source, Status
from bot.domain.people import Permission, Person
from bot.domain.presses import Dossier, Leaf
from bot.domain.vietnamese import HANOI
from bot.services.clockwork import clocks, degrees
from bot.services.desk import Desk, Key, door, key, rows
from locales import At, Lines, Listed, Word
from storage.incidents import Incident


def _of_team(deadlines: Sequence[Deadline]) -> list[Deadline]:
    return [one for one in deadlines if one.legal is None]


def _legal(deadlines: Sequence[Deadline]) -> list[Deadline]:
    return [one for one in deadlines if one.legal is not None]


# ── The card ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def on_card(desk: Desk, incident: Incident) -> dict[str, Any]:
    """The nearest deadline of the team, and what the owner of the system still owes: as clock times, for nobody
    draws a card anew every minute.
    """
    if incident.status in ENDED:
        return {"deadline": None, "legal": None}
    found = await clocks.of(desk, incident)
    owed = [_owed(one) for one in _legal(found) if one.met_at is None]
    return {
        "deadline": _nearest(desk, incident, found),
        "legal": Word("card.legal", owed=Listed(owed)) if owed else None,
    }


def _nearest(desk: Desk, incident: Incident, deadlines: Sequence[Deadline]) -> Any:
    one = domain.nearest(_of_team(deadlines))
    if one is None:
        return None
    if one.paused:
        return None if incident.status is Status.WAITING else _pause(incident)
    return Word(f"card.{'over' if one.is_over(desk.now) else 'due'}.{one.clock}", at=At(one.due))


def _pause(incident: Incident) -> Any:
    return Word("card.paused", until=At(incident.paused_until)) if incident.paused_until else None


def _owed(one: Deadline) -> Any:
    assert one.legal is not None
    name = one.legal.name.vi
    return Word("card.owed_at_once", name=name) if one.at_once else Word("card.owed", name=name, at=At(one.due))


# ── The page of the case file ──────────────────────────────────────────────────────────────────────────────────────


async def show_page(desk: Desk, person: Person, incident: Incident, edits: int | None = None) -> None:
    """Every deadline with its state, on which law it stands, and whose duty it is."""
    found = await clocks.of(desk, incident)
    legal = [_legal_line(desk, incident, one) for one in _legal(found)]
    await desk.say(
        person,
        "clocks.page",
        buttons=[*rows(_keys(person, incident)), [key("button.dossier_back", Dossier(incident.id))]],
        edits=edits,
        about=incident.id,
        code=incident.code,
        severity=degrees.label(incident),
        filed=At(incident.filed_at),
        paused=Word("clocks.paused", until=At(incident.paused_until)) if incident.paused_until else None,
        team=Lines(_team_line(desk, incident, one) for one in _of_team(found)),
        legal=Word("clocks.legal", start=start(incident), lines=Lines(legal)) if legal else None,
    )


def _keys(person: Person, incident: Incident) -> list[Key]:
    if not person.may(Permission.PAUSE):
        return []
    if incident.paused_until is not None:
        return [key("button.resume", Leaf(incident.id, "resume"))]
    return [door("button.pause", f"w-pause-{incident.id}")] if may_pause(incident) else []


def may_pause(incident: Incident) -> bool:
    """Somebody has it, and it does not already wait for its reporter, which pauses by itself."""
    return incident.status in IN_HAND and incident.status is not Status.WAITING and incident.paused_until is None


def start(incident: Incident, prefix: str = "clocks") -> Any:
    """From when the law counts, in the words of the page or of the reporter's letter."""
    known = incident.detected_at is not None
    at = domain.start_of_legal(clocks.case_of(incident))
    return Word(f"{prefix}.start.{'known' if known else 'assumed'}", at=At(at))


def _team_line(desk: Desk, incident: Incident, one: Deadline) -> Any:
    return Word("clocks.line", name=Word(f"clock.{Clock(one.clock)}"), state=_state(desk, incident, one))


def _legal_line(desk: Desk, incident: Incident, one: Deadline) -> Any:
    assert one.legal is not None
    return Word("clocks.legal_line", name=one.legal.name.vi, state=_state(desk, incident, one), basis=basis(desk, one))


def _state(desk: Desk, incident: Incident, one: Deadline) -> Any:
    """How one deadline stands, in words."""
    due = At(one.due)
    if one.met_at is not None:
        late = one.met_at > one.due and not one.at_once
        return Word(f"clocks.state.{'late' if late else 'met'}", at=At(one.met_at), due=due)
    if incident.status in ENDED:
        return Word("clocks.state.unwatched")
    if one.at_once:
        return Word("clocks.state.at_once")
    name = "over" if one.is_over(desk.now) else "paused" if one.paused else "open"
    return Word(f"clocks.state.{name}", due=due)


def basis(desk: Desk, one: Deadline, language: str = "vi") -> Any:
    """The article and the law on which a duty stands; None where the law may not be shown."""
    row = one.legal
    law = desk.policy.law(row.law, one.starts.astimezone(HANOI).date()) if row and row.law else None
    if row is None or law is None:
        return None
    cited = Word("law.line", number=law.number, name=law.name.in_language(language))
    return Word("legal.basis", article=row.article.in_language(language), law=cited) if row.article else cited


# ── The receipt ────────────────────────────────────────────────────────────────────────────────────────────────────


async def promise(desk: Desk, incident: Incident) -> Any:
    """Until when the reporter is answered; None where that has happened."""
    found = await clocks.of(desk, incident)
    one = next((one for one in found if one.clock == Clock.ANSWER and one.met_at is None), None)
    if one is None or incident.status in ENDED:
        return None
    urgent = Severity.EMERGENCY is clocks.severity_of(incident) and incident.source is Source.AGENCY
    return Word("promise.urgent" if urgent else "promise.first", at=At(one.due))
