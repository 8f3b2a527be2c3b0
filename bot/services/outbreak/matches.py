"""What reports have in common: noted as it is told, and proposed to the team; people decide.

At most one line a time about an incident. Where an outbreak is proposed, or laid already, nothing else is proposed for
the same indicator: three hundred reports of one link are one line, not three hundred.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.domain import indicators as domain
from bot.domain import reports, vietnamese
from bot.domain.incidents import OPEN, WORKABLE, EventKind, Status
from bot.domain.indicators import Indicator, Kind, Known
from bot.domain.people import Person
from bot.domain.presses import Weigh
from bot.domain.reports import OUTBREAK
from bot.domain.tlp import shown_in_group
from bot.services.casework import cards as faces
from bot.services.desk import Desk, Key, key
from locales import Listed, Word
from storage import contact, incidents, indicators, offers, people, privacy, ties
from storage.indicators import Sharer

NAMED = 5  # incidents that a line names
RECENT = 5  # own reports with which a new one is compared

# Said again ---------------------------------------------------------------------------------------------------------


async def same(desk: Desk, person: Person, form: str, facts: Mapping[str, Any]) -> incidents.Incident | None:
    """The report that this person has just sent with the very same words, marks and case aside."""
    told = vietnamese.fold(reports.story_of(facts))
    if not told:
        return None
    for one in await incidents.reported_by(desk.tx, person.id, RECENT, 0):
        lately = one.filed_at > desk.now - desk.policy.outbreaks.fold
        lives = one.status in (*OPEN, Status.DUPLICATE)
        if lately and lives and one.form == form and vietnamese.fold(reports.story_of(one.facts)) == told:
            return one
    return None


# What was told ------------------------------------------------------------------------------------------------------


async def note(desk: Desk, incident_id: str, words: Iterable[Any], *own: str | None) -> None:
    """Keep what words about an incident hold, and propose what follows. `own`: numbers of whoever reports."""
    found = domain.find("\n".join(one for one in words if isinstance(one, str)))
    if found:
        incident = await incidents.get(desk.tx, incident_id)
        known = await _known(desk, incident, own)
        await _keep(desk, incident, [one for one in found if not known.covers(one)])


async def note_file(desk: Desk, incident_id: str, sha256: str) -> None:
    """The same for a file that has been stored."""
    one = Indicator(Kind.SHA256, sha256)
    if not Known().covers(one):
        await _keep(desk, await incidents.get(desk.tx, incident_id), [one])


async def _keep(desk: Desk, incident: incidents.Incident, found: Sequence[Indicator]) -> None:
    fresh = await indicators.note(desk.tx, incident.id, found, desk.now)
    await consider(desk, incident, fresh)


async def _known(desk: Desk, incident: incidents.Incident, own: Iterable[str | None]) -> Known:
    """What leads nowhere: published addresses and numbers, those of the policy, and those of whoever reports."""
    rules, day = desk.policy.outbreaks, desk.now.astimezone(vietnamese.HANOI).date()
    point = await contact.newest(desk.tx)
    channels = desk.policy.channels_on(day)
    published = [point.portal or "", *point.phones] if point else []
    published += [one for channel in channels for one in (channel.link, channel.phone) if one]
    theirs = await privacy.contact(desk.tx, incident.id)
    numbers = [*own, await _phone(desk, incident.reporter), theirs["phone"] if theirs else None]
    hosts = {one.value for text in published for one in domain.find(text) if one.kind is Kind.DOMAIN}
    written = [*published, *rules.never_numbers, *filter(None, numbers)]
    return Known(
        domains=frozenset({*rules.never_domains, *hosts}),
        hosts=frozenset(rules.shared_hosts),
        numbers=frozenset(digits for text in written for digits in domain.numbers(text)),
    )


async def _phone(desk: Desk, reporter: str | None) -> str | None:
    try:
        return (await people.get(desk.tx, reporter)).phone if reporter else None
    except LookupError:
        return None


# What is proposed ---------------------------------------------------------------------------------------------------


async def consider(desk: Desk, incident: incidents.Incident, found: Sequence[Indicator]) -> None:
    """Propose what the weightiest of them gives reason for; one line at most."""
    if incident.status not in OPEN or incident.form == OUTBREAK.name:
        return
    refused: set[str] = set()
    for one in found:
        if one.kind is Kind.DOMAIN and one.host in refused:
            continue  # of the very address somebody has said that it is not the same
        if await _is_refused(desk, one):
            refused.add(one.host)
        elif await _propose(desk, incident, one):
            return


async def _is_refused(desk: Desk, why: Indicator) -> bool:
    """Whether the team has said lately that what shares this indicator does not belong together."""
    one = await offers.newest_of_parent(desk.tx, why, "dismissed")
    return one is not None and one.made_at > desk.now - desk.policy.outbreaks.merge


async def _propose(desk: Desk, incident: incidents.Incident, why: Indicator) -> bool:
    """True where something is proposed for this indicator, now or before."""
    rules, tx = desk.policy.outbreaks, desk.tx
    since = desk.now - rules.merge
    if not rules.tie_by_itself and await _is_open(desk, why):
        return True  # in a storm everything ends here: the team is asked already
    sharers = await indicators.sharing(tx, why, since, rules.too_common, apart=incident.id)
    if not sharers:
        return False
    outbreak = await outbreak_of(desk, why)
    if outbreak is not None:
        return await _propose_tie(desk, incident, outbreak, why)
    recent = await indicators.sharing(tx, why, desk.now - rules.parent, rules.parent_size)
    if len(recent) >= rules.parent_size:
        return await _propose_outbreak(desk, incident, recent, why)
    return len(sharers) < rules.too_common and await _propose_merge(desk, incident, sharers, why)


async def outbreak_of(desk: Desk, why: Indicator) -> incidents.Incident | None:
    """The outbreak that is being worked on because of this indicator."""
    taken = await offers.newest_of_parent(desk.tx, why, "taken")
    if taken is not None and taken.other is not None:
        laid = await incidents.find(desk.tx, taken.other)
        if laid is not None and laid.status in OPEN:
            return laid
    parent = await ties.open_parent_by(desk.tx, why, desk.now - desk.policy.outbreaks.merge)
    return await incidents.get(desk.tx, parent) if parent else None


async def _is_open(desk: Desk, why: Indicator) -> bool:
    """Whether the team already reads about this indicator and has not answered. An old question is asked again."""
    one = await offers.newest_of_parent(desk.tx, why, "open")
    return one is not None and one.made_at > desk.now - desk.policy.outbreaks.merge


async def _propose_tie(desk: Desk, incident: incidents.Incident, outbreak: incidents.Incident, why: Indicator) -> bool:
    if not _may_be_named(incident, outbreak):
        return False
    if await ties.known(desk.tx, incident.id, outbreak.id):
        return False  # tied, or untied by somebody on purpose
    if desk.policy.outbreaks.tie_by_itself:
        await tie(desk, None, incident.id, outbreak)
        await desk.redraw(outbreak.id)
        return True
    made = await offers.make(desk.tx, offers.PARENT, incident.id, outbreak.id, why, desk.now)
    take = Word("offer.tie_key", code=outbreak.code)
    await _line(desk, incident.id, "offer.tie", made, take, why, code=incident.code, other=outbreak.code)
    return True


async def _propose_outbreak(desk: Desk, incident: incidents.Incident, recent: Sequence[Sharer], why: Indicator) -> bool:
    if not await _is_open(desk, why):
        made = await offers.make(desk.tx, offers.PARENT, incident.id, None, why, desk.now)
        codes = Listed(one.code for one in recent[:NAMED])
        hours = desk.policy.outbreaks.parent_hours
        await _line(
            desk, incident.id, "offer.outbreak", made, "button.lay", why, n=len(recent), codes=codes, hours=hours
        )
    return True


async def _propose_merge(desk: Desk, incident: incidents.Incident, sharers: Sequence[Sharer], why: Indicator) -> bool:
    """The later of two goes into the earlier; what somebody has decided about is not asked again."""
    for sharer in sharers:
        other = await _goes_on_in(desk, sharer)
        if other is None or other.id == incident.id:
            continue
        later, earlier = sorted((incident, other), key=lambda one: one.id, reverse=True)
        if (
            later.status not in WORKABLE
            or not _may_be_named(later, earlier)
            or await offers.was_made(desk.tx, later.id, earlier.id)
        ):
            continue
        if not await _is_asked(desk, later):
            made = await offers.make(desk.tx, offers.MERGE, later.id, earlier.id, why, desk.now)
            take = Word("offer.merge_key", code=earlier.code)
            await _line(desk, later.id, "offer.merge", made, take, why, code=later.code, other=earlier.code)
        return True
    return False


def _may_be_named(about: incidents.Incident, other: incidents.Incident) -> bool:
    """Whether the group may read under the card of one that the other shares something with it: of an incident that
    is TLP:RED that would say what it is about.
    """
    return shown_in_group(other.tlp) or not shown_in_group(about.tlp)


async def _goes_on_in(desk: Desk, sharer: Sharer) -> incidents.Incident | None:
    """Where an incident is worked on now; None where nobody works on it."""
    where = sharer.duplicate_of if sharer.status is Status.DUPLICATE else sharer.id
    one = await incidents.find(desk.tx, where) if where else None
    return one if one is not None and one.status in OPEN else None


async def _is_asked(desk: Desk, incident: incidents.Incident) -> bool:
    waiting = await offers.of(desk.tx, incident.id, "open", 10)
    since = desk.now - desk.policy.outbreaks.merge
    return any(one.kind == offers.MERGE and one.made_at > since for one in waiting)


async def _line(desk: Desk, about: str, text: str, offer: str, take: Any, why: Indicator, **said: Any) -> None:
    keys: Sequence[Key] = [key(take, Weigh(offer, "take"), "primary"), key("button.not_same", Weigh(offer, "no"))]
    await faces.line(desk, about, text, buttons=[keys], indicator=named(why, domain.masked(why)), **said)


def named(one: Indicator, value: str) -> Any:
    """An indicator in words: what it is, and its value as this reader may see it."""
    return Word(f"indicator.{one.kind}", value=value)


# Ties ---------------------------------------------------------------------------------------------------------------


async def tie(
    desk: Desk, person: Person | None, child: str, outbreak: incidents.Incident, *, anew: bool = False
) -> bool:
    """Let an incident belong to an outbreak; its reporter hears nothing of it. `anew`: also where somebody had untied
    it. `person` None: the policy ties by itself.
    """
    known = await ties.known(desk.tx, child, outbreak.id)
    if (known and not anew) or not await ties.tie(desk.tx, child, outbreak.id, person.id if person else None, desk.now):
        return False
    await desk.log(child, EventKind.TIED, person, parent=outbreak.id, into=outbreak.code)
    await desk.redraw(child)
    return True
