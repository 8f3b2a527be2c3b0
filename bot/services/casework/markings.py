"""How far what is known of an incident may be passed on: said in the case file, shown on the card, kept by the bot."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain import tlp
from bot.domain.errors import Refusal
from bot.domain.incidents import EventKind
from bot.domain.people import Permission, Person
from bot.domain.presses import Dossier, Mark
from bot.domain.sending import Lane, Op
from bot.domain.tlp import Tlp
from bot.services import confines
from bot.services.casework import incidents as desk_incidents
from bot.services.desk import KEYS_ONLY, Desk, key
from locales import Lines, Word
from storage import groups, incidents, outbox, threads

DELETABLE = timedelta(hours=47)  # Telegram lets a bot delete its message for 48 hours, and change its words for ever
PICTURE = "relay.picture"  # has no words that could be changed
# What whoever marks must know of what was said before.
TOLD = {Tlp.RED: "tlp.told.red", Tlp.AMBER_STRICT: "tlp.told.amber_strict"}


async def press(desk: Desk, person: Person, press: Mark, message: int | None) -> None:
    """*TLP* in the case file, and the five labels behind it.

    Raises:
        Refusal: no right, no such incident, or no such label.
    """
    incident = await desk_incidents.seen_by(desk, person, Permission.MARK_TLP, press.incident)
    if press.tlp and press.tlp not in set(Tlp):
        raise Refusal("press.stale.toast")
    if press.tlp:
        await mark(desk, person, incident, Tlp(press.tlp), message)
    else:
        await _ask(desk, person, incident, message)


def _means(one: Tlp) -> str:
    return f"tlp.means.{one.name.lower()}"


async def _ask(desk: Desk, person: Person, incident: incidents.Incident, message: int | None) -> None:
    labels = [
        key(Word("mark.on" if one is incident.tlp else "tlp.pick", label=one.label), Mark(incident.id, one))
        for one in Tlp
    ]
    await desk.say(
        person,
        "tlp.ask",
        buttons=[labels[:2], labels[2:], [key("button.dossier_back", Dossier(incident.id))]],
        edits=message,
        about=incident.id,
        code=incident.code,
        kind=Word(f"kind.{incident.kind}.label"),
        tlp=incident.tlp.label,
        lines=Lines(Word("tlp.line_of", tlp=one.label, means=Word(_means(one))) for one in Tlp),
    )


async def mark(desk: Desk, person: Person, incident: incidents.Incident, now: Tlp, message: int | None) -> None:
    """Mark it: an event, the card at once, and what the group could read before is taken back as far as it goes."""
    before = incident.tlp
    if now is not before and await incidents.mark(desk.tx, incident.id, now, before, desk.now):
        await desk.log(incident.id, EventKind.MARKED, person, before=before, after=now)
        await desk.redraw(incident.id)
    left = await _take_back(desk, replace(incident, tlp=now)) if not tlp.shown_in_group(now) else 0
    await desk.say(
        person,
        "tlp.marked",
        buttons=[[key("button.dossier_back", Dossier(incident.id))]],
        edits=message,
        about=incident.id,
        code=incident.code,
        before=before.label,
        after=now.label,
        told=Word(TOLD[now]) if now in TOLD else None,
        left=left or None,
    )


async def _take_back(desk: Desk, incident: incidents.Incident) -> int:
    """Lines of the bot in the team's group are cut down to the number; how many pictures are too old to be deleted.

    What colleagues wrote there themselves no bot can change.
    """
    team, left = await groups.team(desk.tx), 0
    if team is None:
        return left
    for said in await threads.said_in(desk.tx, team.id, incident.id):
        picture = said.message.key == PICTURE
        if picture and said.since is not None and desk.now - said.since >= DELETABLE:
            left += 1
        elif picture:
            await _instead(desk, team, incident, said, Op.DELETE)
        elif not said.message.facts or not confines.is_bare(said.message.facts):
            await _instead(desk, team, incident, said, Op.EDIT)
    return left


async def _instead(desk: Desk, team: groups.Group, incident: incidents.Incident, said: threads.Said, op: Op) -> None:
    bare = {"code": incident.code} if op is Op.EDIT else {}
    key_ = confines.TAKEN_BACK if op is Op.EDIT else KEYS_ONLY
    await outbox.address(
        desk.tx,
        await outbox.write(desk.tx, outbox.Message(key_, bare, about=incident.id), desk.now),
        team.id,
        desk.now,
        stream=f"{incident.id}@{team.id}",
        lane=Lane.NOTICE,
        op=op,
        target=said.telegram_id,
        after=said.delivery if said.telegram_id is None else None,
    )
