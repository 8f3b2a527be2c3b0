"""The card of an incident in the team's group: nothing of the reporter, and of the story what a group may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain import redact, vietnamese
from bot.domain.incidents import ENDED, IN_HAND, OPEN, TRANSITIONS, EventKind, Move, Status
from bot.domain.people import Person
from bot.domain.policy import Policy
from bot.domain.presses import Act, Claim, Details, Unfold
from bot.domain.reports import OUTBREAK
from bot.domain.sending import Lane
from bot.services import answers, confines
from bot.services.casework import relay_marks, sites, ticks
from bot.services.clockwork import deadlines, degrees
from bot.services.desk import Desk, House, Key, Keys, door, key, named, rows
from locales import At, Listed, Word
from storage import cards, digests, events, groups, handovers, incidents, outbox, people, ties
from storage.store import Transaction

LONGEST_OUTCOME = 160
LONGEST_LINE = 1000
UNDER_CARD = "under_card"  # extras of a message that answers the card of the incident which it is about

# ── Keys ───────────────────────────────────────────────────────────────────────────────────────────────────────────

FOLDED, MORE, SEVERITY = "", "more", "severity"
VIEWS = (FOLDED, MORE, SEVERITY)

# Moves that need no words act at once; the others open a form in private.
AT_ONCE = (Move.START, Move.RESOLVE, Move.SPLIT)
BY_FORM = (Move.ASK, Move.CLOSE, Move.REJECT, Move.MERGE, Move.REFER, Move.REOPEN)
STYLES: Mapping[Move, str] = {Move.CLAIM: "primary", Move.RESOLVE: "success", Move.CLOSE: "success"}

# What a card shows first. *Chi tiết* follows in every open state, and *Việc khác…* unfolds whatever else is possible.
FIRST: Mapping[Status, Sequence[Move]] = {
    Status.NEW: (Move.CLAIM,),
    **dict.fromkeys(IN_HAND, (Move.ASK, Move.RESOLVE)),
    Status.RESOLVED: (Move.CLOSE, Move.REOPEN),
    Status.DUPLICATE: (Move.SPLIT,),
    **dict.fromkeys((Status.CLOSED, Status.NOT_INCIDENT, Status.REFERRED), (Move.REOPEN,)),
}
# The rest, in the order in which it is unfolded; what the table of the life does not allow is left out.
REST = (Move.START, Move.ASK, Move.RESOLVE, Move.CLOSE, Move.REJECT, Move.MERGE, Move.REFER)


def buttons(
    incident: incidents.Incident, view: str | None = None, *, refers: bool = True, barred: Collection[Move] = ()
) -> Keys:
    """The keys of a card. `view` None: a copy that does not live, with nothing to unfold. `barred`: what the only
    reader of a copy may not do.
    """
    if incident.form == OUTBREAK.name:  # nobody reported it, nobody can be asked
        barred = {*barred, Move.ASK}
    if view == SEVERITY and incident.status in OPEN:
        return [*degrees.keys(incident), [_fold_key(incident)]]
    first = [_move_key(incident, move) for move in FIRST.get(incident.status, ()) if move not in barred]
    if incident.status in OPEN or (incident.status in ENDED and first):
        first.append(key("button.details", Details(incident.id)))
    if view is None:
        return [keys for keys in ([one for one in first if "start" not in one],) if keys]
    if incident.status not in OPEN or incident.status is Status.REFERRING:
        return rows(first, width=2)
    if view == MORE:
        rest = _rest(incident, refers=refers, barred=barred)
        return [*rows(first, width=2), *rows(rest, width=2), [_fold_key(incident)]]
    return rows([*first, key("button.more", Unfold(incident.id, MORE))], width=2)


def _rest(incident: incidents.Incident, *, refers: bool, barred: Collection[Move]) -> Iterable[Key]:
    first = FIRST.get(incident.status, ())
    for move in REST:
        possible = (incident.status, move) in TRANSITIONS and (move is not Move.REFER or refers)
        if possible and move not in (*first, *barred):
            yield _move_key(incident, move)
    yield key("button.rate", Unfold(incident.id, SEVERITY))
    yield door("button.dossier", f"w-file-{incident.id}")


def _move_key(incident: incidents.Incident, move: Move) -> Key:
    if move in BY_FORM:
        return door(f"button.{move}", f"w-{move}-{incident.id}", STYLES.get(move))
    press = Claim(incident.id) if move is Move.CLAIM else Act(incident.id, move)
    return key(f"button.{move}", press, STYLES.get(move))


def _fold_key(incident: incidents.Incident) -> Key:
    return key("button.fold", Unfold(incident.id, FOLDED))


def refers(policy: Policy, now: datetime) -> bool:
    """Whether there is any body to refer an incident to today."""
    return bool(policy.referrals_on(now.astimezone(vietnamese.HANOI).date()))


# ── What it shows ──────────────────────────────────────────────────────────────────────────────────────────────────

# How it ended, or where it waits: the event that says so and the line that shows it.
OUTCOMES: Mapping[Status, tuple[EventKind, str]] = {
    Status.CLOSED: (EventKind.CLOSED, "card.result"),
    Status.NOT_INCIDENT: (EventKind.REJECTED, "card.reason"),
    Status.DUPLICATE: (EventKind.MERGED, "card.duplicate"),
    Status.REFERRING: (EventKind.REFERRED, "card.referring"),
    Status.REFERRED: (EventKind.REFERRED, "card.referred"),
}


async def owner_name(tx: Transaction, incident: incidents.Incident) -> Any:
    if incident.owner is None:
        return Word("card.nobody")
    try:
        return named(await people.get(tx, incident.owner))
    except LookupError:
        return Word("staff.unnamed")


async def _tied(tx: Transaction, incident: incidents.Incident) -> Any:
    """How many reports belong to an outbreak; to which outbreaks a report belongs."""
    if incident.form == OUTBREAK.name:
        return Word("card.children", n=await ties.count(tx, incident.id))
    parents = await ties.parents(tx, incident.id)
    return Word("card.parents", codes=Listed(one.code for one in parents)) if parents else None


async def _holder(tx: Transaction, incident: incidents.Incident) -> Any:
    """The owner; until somebody has accepted the work, the old one, and to whom it is offered."""
    owner = await owner_name(tx, incident)
    offered = await handovers.open_for(tx, incident.id) if incident.owner is not None else None
    if offered is None or offered.giver != incident.owner:
        return owner
    try:
        receiver = named(await people.get(tx, offered.receiver))
    except LookupError:
        receiver = Word("staff.unnamed")
    return Word("card.handing", owner=owner, receiver=receiver)


def masked(said: Mapping[str, Any], longest: int = LONGEST_OUTCOME) -> dict[str, Any]:
    """Words of people as a group may see them; what is missing stays missing."""
    return {name: redact.for_group(str(words), longest) if words else None for name, words in said.items()}


async def _outcome(tx: Transaction, incident: incidents.Incident) -> Any:
    if incident.status not in OUTCOMES:
        return None
    kind, text = OUTCOMES[incident.status]
    said = await said_of(tx, incident.id, kind)
    return Word(text, **masked(said)) if said else None


async def said_of(tx: Transaction, incident: str, kind: EventKind) -> dict[str, Any]:
    """What was said when it last ended so, as it was written; nothing where that is erased."""
    event = await events.last_of(tx, incident, kind)
    if event is None or event.payload is None:
        return {}
    return {name: event.payload.get(name) for name in ("result", "reason", "into", "body")}


async def facts(tx: Transaction, incident: incidents.Incident, reader: Person | None = None) -> dict[str, Any]:
    """What a card may show to a reader; without one: to everybody in the team's group.

    Free words pass `for_group`: phones and numbers masked, links made harmless. Of what the reader must not read
    (TLP:RED) only the number, the kind and how it stands are left.
    """
    return confines.for_reader(await _facts(tx, incident), reader, incident)


async def _facts(tx: Transaction, incident: incidents.Incident) -> dict[str, Any]:
    return {
        "code": incident.code,
        "severity": degrees.label(incident),
        "source": Word(f"source.{incident.source}"),
        "kind": Word(f"kind.{incident.kind}.label"),
        "mark": Word("card.incomplete") if incident.incomplete else None,
        "agency": await sites.agency_of(tx, incident),
        "site": await sites.shown(tx, incident),
        "detected": answers.moment(incident.facts.get("detected_at") or incident.facts.get("happened_at")),
        "summary": incident.summary or Word("card.no_words"),
        "filed": At(incident.filed_at),
        "status": Word(f"status.{incident.status}"),
        "owner": await _holder(tx, incident),
        "outcome": await _outcome(tx, incident),
        "tied": await _tied(tx, incident),
        "tlp": incident.tlp.label,
        **dict.fromkeys(("earlier", "relay", "steps")),  # the living card alone may say how far messages have got
        **dict.fromkeys(("deadline", "legal", "criteria")),  # see `by_the_clock`
    }


async def by_the_clock(desk: Desk, incident: incidents.Incident, view: str) -> dict[str, Any]:
    """What a card says of deadlines, and of the degrees while one is being chosen."""
    choosing = view == SEVERITY and incident.status in OPEN
    return {
        **await deadlines.on_card(desk, incident),
        "criteria": degrees.criteria(desk) if choosing else None,
    }


async def message(tx: Transaction, house: House, card: str, now: datetime) -> outbox.Message:
    """The card as it should look now."""
    laid = await cards.find(tx, card)
    assert laid is not None
    incident = await incidents.get(tx, laid.incident)
    keys = buttons(incident, laid.view, refers=refers(house.policy, now))
    shown = await facts(tx, incident)
    shown |= await by_the_clock(Desk(tx, now, house), incident, laid.view)
    before = await digests.said(tx, incident.id)
    shown["earlier"] = Word("card.earlier", n=before) if before else None
    if confines.may_read(None, incident):
        shown["steps"] = await ticks.begun(tx, house.policy, now, incident)
    shown["relay"] = await relay_marks.tally(tx, await groups.get(tx, laid.group), incident.id)
    return outbox.Message("card.incident", confines.for_reader(shown, None, incident), keys, {}, incident.id)


async def lay(desk: Desk, team: groups.Group, incident: incidents.Incident, lane: Lane) -> None:
    """Lay the incident's card in the team's group."""
    card = await cards.lay(desk.tx, incident.id, team.id, desk.now)
    message = await outbox.write(desk.tx, outbox.Message("card.incident", about=incident.id), desk.now)
    stream = f"{incident.id}@{team.id}"
    await outbox.address(desk.tx, message, team.id, desk.now, stream=stream, lane=lane, card=card)


async def place_of(desk: Desk, incident: str) -> groups.Group | None:
    """The team's group, where a line about an incident may be said. Where the incident is only a row of a list, the
    row is marked instead and there is no place: a storm of lines would hide what it is about.
    """
    team = await groups.team(desk.tx)
    if team is None or await cards.of(desk.tx, incident, team.id) is not None:
        return team
    if not await digests.mark(desk.tx, incident, team.id):
        return team
    await desk.redraw(incident)
    return None


async def send_anew(tx: Transaction, card: cards.Card, now: datetime) -> None:
    """The message of a card is gone (deleted, or left behind by a group that moved): its newest state is sent."""
    again = await outbox.write(tx, outbox.Message("card.incident", about=card.incident), now)
    stream = f"{card.incident}@{card.group}"
    await outbox.address(tx, again, card.group, now, stream=stream, lane=Lane.NOTICE, card=card.id)


async def line(desk: Desk, incident: str, text: str, /, **said: Any) -> str | None:
    """A line of the team's group that answers the card; its delivery. `said` must be fit for every member."""
    team = await place_of(desk, incident)
    if team is None:
        return None
    stream = f"{incident}@{team.id}"  # after the card itself
    return await desk.tell_group(team, text, about=incident, extras={UNDER_CARD: True}, stream=stream, **said)
