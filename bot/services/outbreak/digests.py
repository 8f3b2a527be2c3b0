"""Storms: whether a new incident gets a card of its own or a row of the rolling list, and what such a list shows.

Somebody who takes an incident, or talks about it with its reporter, needs its card: it is laid then. Until then lines
about it are marked on its row, and the words are in its details.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.domain.errors import Refusal
from bot.domain.incidents import OPEN, Severity, Status
from bot.domain.people import Permission, Person
from bot.domain.presses import Claim, Details, Listing
from bot.domain.sending import Lane
from bot.domain.storms import MINUTE
from bot.services.casework import cards as faces
from bot.services.clockwork.clocks import severity_of
from bot.services.desk import Desk, House, Key, Keys, check, door, key
from locales import At, Lines, Word
from storage import cards, digests, groups, incidents, outbox
from storage.digests import Digest, Entry, Kind
from storage.incidents import Incident
from storage.store import Transaction

PAGE = 6  # rows: as many as a phone shows at once
NAMED = 40  # more incidents that the group's list names by their numbers alone
UNDER_DIGEST = "under_digest"  # extras of a message that answers the digest which it is about
RING = "digest.ring"
DOOR = "storm"  # what the deep link to the whole list is called
PROTECTED = {"protected": True}  # what is listed later may not be passed on, and no edit can say that

# ── Which incident gets what ───────────────────────────────────────────────────────────────────────────────────────


async def show(desk: Desk, team: groups.Group, incident: Incident) -> None:
    """A new incident is shown to the team: by a card, or in a storm as one row more.

    What is on a list already stays there.
    """
    if await digests.listed(desk.tx, incident.id, team.id):
        await desk.redraw(incident.id)
        return
    kind = _kind(incident)
    digest = await digests.current(desk.tx, team.id, kind)
    if digest is None and not await _storms(desk, kind):
        await lay(desk, team, incident)
    elif digest is None:
        await _open(desk, team, kind, incident)
    else:
        await _add(desk, team, digest, incident)


def _kind(incident: Incident) -> Kind:
    return Kind.EMERGENCY if severity_of(incident) is Severity.EMERGENCY else Kind.STORM


async def _storms(desk: Desk, kind: Kind) -> bool:
    """Whether more have come within a minute than get a card each."""
    urgent = kind is Kind.EMERGENCY
    came = await incidents.filed_since(desk.tx, desk.now - MINUTE, emergencies=urgent)
    return came > desk.policy.storms.most(urgent=urgent)


async def lay(desk: Desk, team: groups.Group, incident: Incident) -> None:
    """The incident's own card in the group. An emergency that nobody has claimed rings before everything else."""
    rings = _kind(incident) is Kind.EMERGENCY and incident.status is Status.NEW
    await faces.lay(desk, team, incident, Lane.EMERGENCY if rings else Lane.ANSWER)


async def needed(desk: Desk, incident: Incident) -> None:
    """Somebody works on an incident from now on: where it has no card in the group, it gets one."""
    team = await groups.team(desk.tx)
    if team is None or incident.status is Status.NEW or incident.status not in OPEN:
        return
    if await cards.of(desk.tx, incident.id, team.id) is None:
        await lay(desk, team, incident)


async def risen(desk: Desk, incident: Incident) -> None:
    """It has become an emergency after it was shown: a row of the long list rings now like any other emergency."""
    team = await groups.team(desk.tx)
    if team is None or incident.status is not Status.NEW or _kind(incident) is not Kind.EMERGENCY:
        return
    if await cards.of(desk.tx, incident.id, team.id) is not None:
        return
    digest = await digests.current(desk.tx, team.id, Kind.EMERGENCY)
    if digest is None:
        await lay(desk, team, incident)
    elif await digests.add(desk.tx, digest.id, incident.id):
        await digests.touch(desk.tx, digest.id, desk.now)
        await _ring(desk, team, digest)


async def _open(desk: Desk, team: groups.Group, kind: Kind, first: Incident) -> None:
    rest = desk.policy.storms.rest(urgent=kind is Kind.EMERGENCY)
    digest = await digests.open_one(desk.tx, team.id, kind, desk.now, desk.now + rest)
    await digests.add(desk.tx, digest.id, first.id)
    await send_anew(desk, digest)


async def _add(desk: Desk, team: groups.Group, digest: Digest, incident: Incident) -> None:
    await digests.add(desk.tx, digest.id, incident.id)
    if digest.kind is Kind.EMERGENCY:
        await digests.touch(desk.tx, digest.id, desk.now)
        await _ring(desk, team, digest)
    else:
        gathered = timedelta(seconds=desk.policy.pace.gather_seconds)
        await digests.touch(desk.tx, digest.id, desk.now + gathered)


async def _ring(desk: Desk, team: groups.Group, digest: Digest) -> None:
    """An edit makes no sound: a short message does, at most once a minute; the first showing was the first of them."""
    stream = f"{digest.id}@{team.id}"
    waiting = await outbox.queued(desk.tx, stream, RING)
    if waiting is not None:
        await outbox.rewrite(desk.tx, waiting.message, {"n": waiting.facts["n"] + 1})
        return
    last = await digests.last_rung(desk.tx, digest.id, RING) or digest.opened_at
    await desk.tell_group(
        team,
        RING,
        about=digest.id,
        lane=Lane.EMERGENCY,
        extras={UNDER_DIGEST: True},
        stream=stream,
        due=max(desk.now, last + MINUTE),
        n=1,
    )


async def send_anew(desk: Desk, digest: Digest) -> None:
    """Its message is sent: for the first time, or because the one that was there is gone."""
    message = await outbox.write(desk.tx, outbox.Message(_text(digest), extras=PROTECTED, about=digest.id), desk.now)
    lane = Lane.EMERGENCY if digest.kind is Kind.EMERGENCY else Lane.ANSWER
    stream = f"{digest.id}@{digest.group}"
    await outbox.address(desk.tx, message, digest.group, desk.now, stream=stream, lane=lane, digest=digest.id)


# ── The end ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def look(desk: Desk) -> int:
    """Close the lists of storms that are over; send those anew whose message never arrived. How many were closed."""
    closed, team = 0, await groups.team(desk.tx)
    if team is None:
        return closed
    for digest in await digests.still_open(desk.tx, team.id):
        urgent = digest.kind is Kind.EMERGENCY
        came = await incidents.filed_since(desk.tx, desk.now - desk.policy.storms.calm, emergencies=urgent)
        lasted = desk.now - digest.opened_at >= desk.policy.storms.calm
        if lasted and came < desk.policy.storms.most(urgent=urgent):
            await digests.close(desk.tx, digest.id, desk.now)
            closed += 1
    for digest in await digests.homeless(desk.tx, team.id):
        await send_anew(desk, digest)
    return closed


# ── What it shows ──────────────────────────────────────────────────────────────────────────────────────────────────


def _text(digest: Digest) -> str:
    return f"digest.{digest.kind}.{'open' if digest.closed_at is None else 'closed'}"


async def message(tx: Transaction, house: House, digest_id: str) -> outbox.Message:
    """The list as it should look now, for the group: what nobody has claimed, and the door to all of it.

    Turning pages is for the private chat: here it would change the page under the eyes of everybody else. Of reports
    the graver and the longer waiting stand first; of emergencies the newest, for each must be seen as it comes.
    """
    digest = await digests.find(tx, digest_id)
    assert digest is not None
    counts = await digests.tally(tx, digest.id)
    waiting = await digests.waiting(tx, digest.id, PAGE + NAMED, newest=digest.kind is Kind.EMERGENCY)
    shown, named = waiting[:PAGE], [one.incident.code for one in waiting[PAGE:]]
    lines = [await _line(tx, one) for one in shown]
    values: dict[str, Any] = {
        "n": counts.all,
        "waiting": counts.waiting,
        "since": At(digest.opened_at),
        "until": At(counts.last_at or digest.opened_at),
        "lines": Lines(lines) if lines else Word("digest.none_waiting"),
        "more": Word("digest.more", codes=", ".join(named)) if named else None,
        "beyond": Word("digest.beyond", n=counts.waiting - len(waiting)) if counts.waiting > len(waiting) else None,
    }
    keys = [*(_picks(one.incident) for one in shown), [door("button.whole_list", f"w-{DOOR}-{digest.id}")]]
    return outbox.Message(_text(digest), values, keys, PROTECTED, digest.id)


async def _line(tx: Transaction, entry: Entry, reader: Person | None = None, text: str = "digest.line") -> Any:
    facts = await faces.facts(tx, entry.incident, reader)
    return Word(text, **facts, said=Word("digest.said", n=entry.said) if entry.said else None)


def _picks(incident: Incident) -> list[Key]:
    keys = [key({"text": "queue.pick", "values": {"code": incident.code}}, Details(incident.id))]
    if incident.status is Status.NEW:
        keys.insert(0, key({"text": "queue.claim", "values": {"code": incident.code}}, Claim(incident.id), "primary"))
    return keys


async def open_list(desk: Desk, person: Person, digest_id: str, page: int = 0, edits: int | None = None) -> None:
    """All of a list for one of the team, in private and in pages, the newest first.

    Raises:
        Refusal: not of the team, or there is no such list.
    """
    check(person, Permission.SEE_QUEUE, "text" if edits is None else "toast")
    digest = await digests.find(desk.tx, digest_id)
    if digest is None:
        raise Refusal("press.stale.toast")
    found = await digests.entries(desk.tx, digest.id, PAGE + 1, page * PAGE)
    counts = await digests.tally(desk.tx, digest.id)
    lines = [await _line(desk.tx, one, person, "digest.entry") for one in found[:PAGE]]
    await desk.say(
        person,
        "digest.list",
        buttons=[*(_picks(one.incident) for one in found[:PAGE]), *_turning(digest, page, more=len(found) > PAGE)],
        edits=edits,
        extras=PROTECTED,
        n=counts.all,
        waiting=counts.waiting,
        since=At(digest.opened_at),
        page=page + 1,
        pages=max(1, -(-counts.all // PAGE)),
        lines=Lines(lines) if lines else Word("digest.no_page"),
    )


def _turning(digest: Digest, page: int, *, more: bool) -> Keys:
    turns = [key("button.newer", Listing(digest.id, str(page - 1)))] if page > 0 else []
    if more:
        turns.append(key("button.older", Listing(digest.id, str(page + 1))))
    return [turns] if turns else []
