"""A page of the case file: what an incident shares with others, where it belongs, and what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain import indicators as domain
from bot.domain.errors import Refusal
from bot.domain.incidents import OPEN
from bot.domain.people import Permission, Person
from bot.domain.presses import Dossier, Related, Tie, Weigh
from bot.domain.reports import OUTBREAK
from bot.services.casework import incidents as files
from bot.services.desk import READ_ONCE, Desk, Key, Keys, door, key, rows
from bot.services.outbreak import matches, outbreaks
from locales import Lines, Word
from storage import incidents, indicators, offers, ties
from storage.offers import Offer

Suggested = tuple[Offer, incidents.Incident | None]  # with the incident that it names

PAGE = 6  # children on one page
SHOWN = 8  # indicators that are listed
WAITING = 3  # suggestions that are listed
FARTHEST = 10_000  # page: a key counts no further


async def show(desk: Desk, person: Person, press: Related, edits: int | None = None) -> None:
    """An outbreak shows its children, any other incident its outbreaks, its indicators and what is suggested.

    Who may not see contact data reads the indicators masked, as the group does.

    Raises:
        Refusal: no right, or nobody of ours wrote such a key.
    """
    incident = await files.seen_by(desk, person, Permission.SEE_DETAILS, press.incident)
    if not press.page.isdecimal() or int(press.page) > FARTHEST:
        raise Refusal("press.stale.toast")
    if incident.form == OUTBREAK.name:
        await _show_children(desk, person, incident, int(press.page), edits)
    else:
        await _show_ways(desk, person, incident, edits)


async def _show_children(
    desk: Desk, person: Person, outbreak: incidents.Incident, page: int, edits: int | None
) -> None:
    found = await ties.children(desk.tx, outbreak.id, PAGE + 1, skip=page * PAGE)
    shown = found[:PAGE]
    turns = [key("button.newer", Related(outbreak.id, str(page - 1)))] if page else []
    if len(found) > PAGE:
        turns.append(key("button.older", Related(outbreak.id, str(page + 1))))
    buttons: Keys = [
        *rows((_untie_key(one, one.id, outbreak.id) for one in shown if person.may(Permission.TIE)), width=2),
        *([turns] if turns else []),
        [_back(outbreak)],
    ]
    await desk.say(
        person,
        "related.children",
        buttons=buttons,
        edits=edits,
        about=outbreak.id,
        code=outbreak.code,
        n=await ties.count(desk.tx, outbreak.id),
        lines=Lines(_line(one) for one in shown) if shown else Word("related.none"),
    )


def _line(one: incidents.Incident) -> Any:
    """A number, a kind and how it stands: fit for every label of the incident."""
    kind, status = Word(f"kind.{one.kind}.label"), Word(f"status.{one.status}")
    return Word("related.line", code=one.code, kind=kind, status=status)


def _untie_key(shown: incidents.Incident, child: str, outbreak: str) -> Key:
    return key(Word("related.untie", code=shown.code), Tie("untie", child, outbreak))


def _back(incident: incidents.Incident) -> Key:
    return key("button.dossier_back", Dossier(incident.id))


async def _show_ways(desk: Desk, person: Person, incident: incidents.Incident, edits: int | None) -> None:
    parents = await ties.parents(desk.tx, incident.id)
    found = await indicators.of(desk.tx, incident.id)
    waiting = await _suggested(desk, incident)
    whole = person.may(Permission.SEE_CONTACT)
    await desk.say(
        person,
        "related.ways",
        buttons=[*_ways_on(person, incident, parents, waiting), [_back(incident)]],
        edits=edits,
        about=incident.id,
        extras={"protected": True, **READ_ONCE},
        code=incident.code,
        parents=Word("related.parents", lines=Lines(_line(one) for one in parents))
        if parents
        else Word("related.free"),
        found=_found(found, whole=whole) if found else None,
        offers=_offers(waiting, whole=whole) if waiting else None,
    )


def _found(found: Sequence[domain.Indicator], *, whole: bool) -> Any:
    lines = Lines(_named(one, whole=whole) for one in found[:SHOWN])
    return Word("related.found", lines=lines, more=len(found) - SHOWN if len(found) > SHOWN else None)


def _offers(waiting: Sequence[Suggested], *, whole: bool) -> Any:
    return Word("related.offers", lines=Lines(_offered(offer, other, whole=whole) for offer, other in waiting))


def _named(one: domain.Indicator, *, whole: bool) -> Any:
    return matches.named(one, domain.shown(one) if whole else domain.masked(one))


async def _suggested(desk: Desk, incident: incidents.Incident) -> list[Suggested]:
    waiting = await offers.of(desk.tx, incident.id, "open", WAITING)
    return [(one, await incidents.find(desk.tx, one.other) if one.other else None) for one in waiting]


def _offered(offer: Offer, other: incidents.Incident | None, *, whole: bool) -> Any:
    what = _named(offer.indicator, whole=whole)
    return Word("related.shares", other=other.code, indicator=what) if other else Word("related.many", indicator=what)


def _ways_on(
    person: Person,
    incident: incidents.Incident,
    parents: Sequence[incidents.Incident],
    waiting: Sequence[Suggested],
) -> Keys:
    laid: list[list[Key]] = []
    for offer, other in waiting:
        merges = offer.kind == offers.MERGE
        if person.may(Permission.MERGE if merges else Permission.TIE):
            laid.append(
                [key(_take(offer, other), Weigh(offer.id, "take")), key("button.not_same", Weigh(offer.id, "no"))]
            )
    if person.may(Permission.TIE):
        laid += rows((_untie_key(one, incident.id, one.id) for one in parents), width=2)
        if incident.status in OPEN:
            laid.append([door("button.tie", f"w-tie-{incident.id}"), key("button.lay", Tie("lay", incident.id))])
    return laid


def _take(offer: Offer, other: incidents.Incident | None) -> Any:
    if other is None:
        return "button.lay"
    return Word("offer.merge_key" if offer.kind == offers.MERGE else "offer.tie_key", code=other.code)


async def act(desk: Desk, person: Person, press: Tie, edits: int | None) -> None:
    """*Lập sự cố chung*, *Bỏ gắn*: the page then shows how it stands.

    Raises:
        Refusal: no right, no such tie, or nobody of ours wrote such a key.
    """
    if press.act == "untie":
        outbreak = await outbreaks.untie(desk, person, press)
        await show(desk, person, Related(outbreak.id), edits)
    elif press.act == "lay":
        laid = await outbreaks.lay_over(desk, person, press.incident)
        await show(desk, person, Related(laid.id), edits)
    else:
        await files.seen_by(desk, person, Permission.TIE, press.incident)
        raise Refusal("press.stale.toast")
