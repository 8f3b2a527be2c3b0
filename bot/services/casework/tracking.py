"""Where reports stand: one's own for reporters, the queue and one's own work for the team."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.domain import vietnamese
from bot.domain.errors import Refusal
from bot.domain.incidents import OPEN, EventKind, Source, Status, read_code
from bot.domain.incidents import code as incident_code
from bot.domain.people import Permission, Person
from bot.domain.presses import Claim, Details, Own, Page, Paper
from bot.services import confines
from bot.services.casework import cards as faces
from bot.services.casework import incidents as desk_incidents
from bot.services.casework import lives, referrals, searching, work
from bot.services.desk import Desk, Key, Keys, check, key
from bot.services.reporting import exhibits
from locales import At, Lines, Word
from storage import groups, incidents, marks

PAGE = 6  # incidents on one page: as many as a phone shows at once


async def by_code(desk: Desk, person: Person, text: str, group: groups.Group | None) -> None:
    """One incident by its number. Unknown and not yours read the same; so many misses an hour and no more.

    Raises:
        Refusal: nothing to show, or too many tries.
    """
    code = read_code(text) or _of_this_year(desk, person, text)
    found = await incidents.find_by_code(desk.tx, code) if code else None
    if found is None and person.may(Permission.SEARCH):
        await searching.find(desk, person, text, group)
        return
    if found is not None and person.may(Permission.SEE_QUEUE) and group is not None:
        facts = await faces.facts(desk.tx, found)
        await desk.tell_group(group, "card.incident", buttons=faces.buttons(found), about=found.id, **facts)
        return
    if found is not None and person.may(Permission.SEE_QUEUE):
        await work.show(desk, person, found)
        return
    referral = await referrals.of_liaison(desk, person, found) if found is not None and group is None else None
    if referral is not None:
        await referrals.show(desk, person, referral)
        return
    if group is not None:
        raise Refusal("track.in_private")
    if found is not None and found.reporter == person.id:
        await show_own(desk, person, found)
        return
    hour = timedelta(hours=1)
    if not await marks.attempt(desk.tx, person.id, "lookup", desk.now, most=desk.policy.lookups_per_hour, within=hour):
        raise Refusal("track.too_often")
    # No Refusal here: undoing to the savepoint would forget the attempt.
    await desk.say(person, "track.not_found")


def _of_this_year(desk: Desk, person: Person, text: str) -> str | None:
    """The team says "123" and means SC-2026-000123."""
    number = text.strip()
    if not (person.may(Permission.SEARCH) and number.isascii() and number.isdecimal() and len(number) <= 6):
        return None
    return incident_code(desk.now.astimezone(vietnamese.HANOI).year, int(number))


async def show_own(desk: Desk, person: Person, incident: incidents.Incident, edits: int | None = None) -> None:
    """Where an own report stands, how it ended, and until when one may say that all is not well."""
    ends = lives.objection_ends(desk, incident)
    await desk.say(
        person,
        "track.own",
        buttons=[*desk_incidents.own_keys(desk, incident), *_paper_keys(incident)],
        edits=edits,
        code=incident.code,
        kind=Word(f"kind.{incident.kind}.label"),
        status=Word(f"status_told.{incident.status}"),
        filed=At(incident.filed_at),
        claimed=At(incident.claimed_at) if incident.claimed_at else None,
        files=await exhibits.received(desk, person, incident),
        outcome=await _outcome(desk, incident),
        mark=Word("track.incomplete") if incident.incomplete else None,
        objection=Word("track.objection", until=At(ends)) if ends is not None and desk.now < ends else None,
    )


def _paper_keys(incident: incidents.Incident) -> Keys:
    """Whoever reported for an agency may have the drafts of the papers that its owner signs."""
    official = incident.source is Source.AGENCY
    return [[key("button.papers", Paper(incident.id))]] if official else []


# How it ended, or where it waits, in the words that its reporter was told then.
OUTCOMES: Mapping[Status, tuple[EventKind, str]] = {
    Status.CLOSED: (EventKind.CLOSED, "track.result"),
    Status.NOT_INCIDENT: (EventKind.REJECTED, "track.reason"),
    Status.REFERRING: (EventKind.REFERRED, "track.referring"),
    Status.REFERRED: (EventKind.REFERRED, "track.referred"),
}


async def _outcome(desk: Desk, incident: incidents.Incident) -> Any:
    if incident.status not in OUTCOMES:
        return None
    kind, text = OUTCOMES[incident.status]
    said = await faces.said_of(desk.tx, incident.id, kind)
    return Word(text, **said) if said else None


async def own(desk: Desk, person: Person, page: int = 0, edits: int | None = None) -> None:
    """The person's own reports, newest first."""
    found = await incidents.reported_by(desk.tx, person.id, PAGE + 1, page * PAGE)
    if not found and page == 0:
        hint = Word("search.hint") if person.may(Permission.SEARCH) else None
        await desk.say(person, "track.none", edits=edits, hint=hint)
        return
    lines = [
        Word("track.line", code=one.code, kind=Word(f"kind.{one.kind}.label"), status=Word(f"status_told.{one.status}"))
        for one in found[:PAGE]
    ]
    picks = [[key({"text": "track.pick", "values": {"code": one.code}}, Own(one.id, "see"))] for one in found[:PAGE]]
    await desk.say(
        person,
        "track.list",
        buttons=[*picks, *_turning("own", page, more=len(found) > PAGE)],
        edits=edits,
        lines=Lines(lines),
    )


async def queue(
    desk: Desk, person: Person, page: int = 0, edits: int | None = None, group: groups.Group | None = None
) -> None:
    """Incidents that nobody has claimed, the longest waiting first.

    Raises:
        Refusal: not of the team.
    """
    _check(person)
    found = await incidents.queue(desk.tx, PAGE + 1, page * PAGE)
    count = await incidents.waiting_count(desk.tx)
    await _list(desk, person, "queue", found, page, edits, group, count)


async def mine(
    desk: Desk, person: Person, page: int = 0, edits: int | None = None, group: groups.Group | None = None
) -> None:
    """Incidents that the asker has claimed."""
    _check(person)
    found = await incidents.owned_by(desk.tx, person.id, PAGE + 1, page * PAGE)
    await _list(desk, person, "mine", found, page, edits, group, None)


def _check(person: Person) -> None:
    check(person, Permission.SEE_QUEUE, "text")


async def _list(
    desk: Desk,
    person: Person,
    name: str,
    found: list[incidents.Incident],
    page: int,
    edits: int | None,
    group: groups.Group | None,
    count: int | None,
) -> None:
    shown, reader = found[:PAGE], person if group is None else None
    lines = Lines([Word(f"{name}.line", **await faces.facts(desk.tx, one, reader)) for one in shown])
    picks = [_picks(one) for one in shown]
    facts: dict[str, Any] = {"lines": lines if shown else Word(f"{name}.none"), "n": count, "more": None}
    if group is not None:
        # Paging edits a message of one person; in a group the list is short and leads to the private chat.
        facts["more"] = Word(f"{name}.more") if len(found) > PAGE else None
        await desk.tell_group(group, f"{name}.list", buttons=picks, extras=confines.extras(shown), **facts)
        return
    buttons = [*picks, *_turning(name, page, more=len(found) > PAGE)]
    await desk.say(person, f"{name}.list", buttons=buttons, edits=edits, extras=confines.extras(shown), **facts)


def _picks(incident: incidents.Incident) -> list[Key]:
    keys = [key({"text": "queue.pick", "values": {"code": incident.code}}, Details(incident.id))]
    if incident.owner is None and incident.status in OPEN:
        keys.insert(0, key({"text": "queue.claim", "values": {"code": incident.code}}, Claim(incident.id), "primary"))
    return keys


def _turning(name: str, page: int, *, more: bool) -> Keys:
    turns = []
    if page > 0:
        turns.append(key("button.newer", Page(name, str(page - 1))))
    if more:
        turns.append(key("button.older", Page(name, str(page + 1))))
    return [turns] if turns else []
