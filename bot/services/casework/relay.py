"""What reporter and team say to each other through the bot: rendered by us, never copied or forwarded.

Which message belongs to which incident is a row of `threads`; a message of the team goes to the reporter of that
incident and to nobody else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.domain import redact
from bot.domain.errors import Refusal
from bot.domain.evidence import Piece, unwelcome
from bot.domain.incidents import EventKind, Move, Status
from bot.domain.people import Permission, Person
from bot.domain.presses import Own, See
from bot.domain.sending import Lane
from bot.domain.tlp import shown_in_group
from bot.services.casework import cards as faces
from bot.services.casework import incidents as files
from bot.services.casework import lives, relay_marks
from bot.services.clockwork import clocks
from bot.services.desk import Desk, Keys, check, key, named
from bot.services.outbreak import matches
from locales import Listed, Word
from storage import cards, events, groups, incidents, outbox, people, threads

LONGEST_CAPTION = 700  # characters of words that still fit under a file, with everything around them
LASTS = timedelta(hours=48)  # words that could not be delivered for so long would only confuse
GATHERED = timedelta(seconds=2)  # files that come together are told in one line
ASIDE = "//"  # what begins so is a note of the team
# What goes on by its file_id, with its words as the caption.
SENT_ON = frozenset({"photo", "video", "animation", "voice", "audio", "document"})


def signature(desk: Desk, person: Person) -> Any:
    """What a reporter reads instead of an officer's name, unless the policy shows names."""
    if desk.policy.staff_names and person.name:
        return person.name
    if person.badge is None:
        return Word("relay.officer.unnumbered")
    return Word("relay.officer.numbered", badge=f"{person.badge:02}")


# From the reporter to the team -------------------------------------------------------------------------------------


async def from_reporter(
    desk: Desk,
    person: Person,
    incident: incidents.Incident,
    *,
    text: str,
    message: int,
    origin: Mapping[str, Any] | None = None,
) -> None:
    """Words of the reporter: an event, and a line under the card. Who was forwarded is kept and not shown."""
    about = {"origin": dict(origin)} if origin else {}
    number = await desk.log(incident.id, EventKind.TOLD, person, text=text, **about)
    line = await _to_team(desk, person, incident, "relay.forwarded" if origin else "relay.told", text)
    await threads.note(desk.tx, person.id, message, incident.id, desk.now, number=number, delivery=line)
    await matches.note(desk, incident.id, [text], person.phone)
    await _answered(desk, person, incident)


async def _answered(desk: Desk, reporter: Person, incident: incidents.Incident) -> None:
    """What waited for the reporter goes on."""
    if incident.status is Status.WAITING:
        await lives.move(desk, reporter, incident, Move.REPLY)
    else:
        await clocks.answered(desk, incident)


async def _to_team(desk: Desk, reporter: Person, incident: incidents.Incident, text: str, words: str) -> str | None:
    """A line under the card for each piece of what was said; the last one's delivery.

    While a line still waits for its turn (a group takes twenty requests a minute), what follows is added to it.
    """
    team = await _team(desk, incident)
    if team is None:
        listed = await groups.team(desk.tx) is not None
        told = "relay.listed" if listed else "relay.not_passed_on"
        await relay_marks.receipt(desk, reporter.id, incident.id, told)
        return None
    last = None
    for piece in files.pieces(redact.defang(redact.mask_personal(words))):
        last = await _added(desk, team, incident, text, piece) or await _line(desk, team, incident, text, words=piece)
    return last


async def _added(desk: Desk, team: groups.Group, incident: incidents.Incident, text: str, words: str) -> str | None:
    """Put more words into the line that waits at the end of the thread; None where there is none or no room."""
    waiting = await _waiting(desk, team, incident, text)
    together = f"{waiting.facts['words']}\n{words}" if waiting is not None and waiting.last else ""
    if waiting is None or not together or len(together) > files.LONGEST_PIECE:
        return None
    await outbox.rewrite(desk.tx, waiting.message, {**waiting.facts, "words": together})
    return waiting.delivery


async def _waiting(desk: Desk, team: groups.Group, incident: incidents.Incident, text: str) -> outbox.Queued | None:
    """The line that waits and may still be added to. What was written before the incident became TLP:RED is not:
    the group will read only that there is something.
    """
    if not shown_in_group(incident.tlp):
        return None
    return await outbox.queued(desk.tx, f"{incident.id}@{team.id}", text)


async def _team(desk: Desk, incident: incidents.Incident) -> groups.Group | None:
    """The team's group; an incident that it has not seen yet (it is old, the group is new) is shown there first.
    None also where a row of a list, marked now, stands for the line.
    """
    team = await groups.team(desk.tx)
    if team is not None and await cards.of(desk.tx, incident.id, team.id) is None:
        await files.show_to_team(desk, incident)
    return await faces.place_of(desk, incident.id)


async def _line(
    desk: Desk,
    team: groups.Group,
    incident: incidents.Incident,
    text: str,
    *,
    gathered: bool = False,
    protected: bool = False,
    **more: Any,
) -> str:
    """One line of the thread. It shares the card's stream, so it never comes before the card."""
    buttons: Keys = more.pop("buttons", ())
    return await desk.tell_group(
        team,
        text,
        buttons=buttons,
        about=incident.id,
        lane=Lane.ANSWER,
        extras={"under_card": True, "protected": protected},
        stream=f"{incident.id}@{team.id}",
        due=desk.now + GATHERED if gathered else None,
        code=incident.code,
        **more,
    )


async def media_from_reporter(desk: Desk, incident_id: str, *, kind: str = "document", file_id: str = "") -> None:
    """A file of the reporter is kept: one line for all that come together, and the key to see them in private.

    Where the policy shows pictures in the group, a picture is shown there instead.
    """
    incident = await incidents.get(desk.tx, incident_id)
    if incident.reporter is not None:
        # A picture may be the very answer that was asked for.
        await _answered(desk, await people.get(desk.tx, incident.reporter), incident)
    team = await _team(desk, incident)
    if team is None:
        return
    if desk.policy.pictures_in_group and kind == "photo" and file_id:
        picture = {"kind": kind, "file_id": file_id}
        await _line(desk, team, incident, "relay.picture", protected=True, medium=picture)
        return
    await _count(desk, team, incident, kind)


async def picture_unshown(desk: Desk, delivery: outbox.Delivery, _: str | None) -> None:
    """The group could not be shown a picture: it reads of it, as of any other file."""
    incident = await incidents.get(desk.tx, str(delivery.message.about))
    team = await _team(desk, incident)
    if team is not None:
        await _count(desk, team, incident, "photo")


async def _count(desk: Desk, team: groups.Group, incident: incidents.Incident, kind: str) -> None:
    """One more file in the line that gathers them, with the key to see them in private."""
    waiting = await _waiting(desk, team, incident, "relay.media")
    counts = dict(waiting.facts["counts"]) if waiting else {}
    counts[kind] = counts.get(kind, 0) + 1
    values: dict[str, Any] = {
        "counts": counts,
        "files": Listed(Word(f"evidence.{name}", n=n) for name, n in counts.items()),
    }
    if waiting is not None:
        await outbox.rewrite(desk.tx, waiting.message, {**waiting.facts, **values})
        return
    keys = [[key("button.see_files", See(incident.id))]]
    await _line(desk, team, incident, "relay.media", gathered=True, buttons=keys, **values)


async def refused_from_reporter(desk: Desk, incident_id: str, reason: str) -> None:
    """A file of the reporter was not taken in: the team reads why, and where its name stands. One line for all that
    come together: the list behind the key names each.
    """
    incident = await incidents.get(desk.tx, incident_id)
    team = await _team(desk, incident)
    if team is None or await _waiting(desk, team, incident, "relay.refused") is not None:
        return
    keys = [[key("button.see_files", See(incident.id))]]
    why = Word(f"file.reason.{reason}")
    await _line(desk, team, incident, "relay.refused", gathered=True, buttons=keys, reason=why)


# From the team to the reporter -------------------------------------------------------------------------------------


async def from_team(
    desk: Desk,
    person: Person,
    group: groups.Group,
    incident: incidents.Incident,
    *,
    text: str,
    message: int,
    media: Sequence[Piece] = (),
) -> None:
    """Words of the team: an event, a message to the reporter of this incident, and a mark that shows how far it got.

    Raises:
        Refusal: no right or no seat, nobody to be reached, or a file that must not go on; nothing is stored then.
    """
    reporter = await reporter_for(desk, person, incident)
    _check_media(media, incident)
    said = {"files": [piece.kind for piece in media]} if media else {}
    number = await desk.log(incident.id, EventKind.RELAYED, person, text=text, **said)
    sent = await _to_reporter(desk, person, reporter, incident, "relay.answer", text, media)
    await threads.note(desk.tx, group.id, message, incident.id, desk.now, number=number, delivery=sent)
    await relay_marks.show(desk, group, incident.id, message)


async def from_case_file(desk: Desk, person: Person, incident: incidents.Incident, words: str) -> None:
    """Words that one of the team sends from the private chat: the same, and a line under the card tells the others.

    Raises:
        Refusal: as in `from_team`.
    """
    reporter = await reporter_for(desk, person, incident)
    await desk.log(incident.id, EventKind.RELAYED, person, text=words)
    await _to_reporter(desk, person, reporter, incident, "relay.answer", words)
    shown = faces.masked({"words": words}, faces.LONGEST_LINE)
    await faces.line(desk, incident.id, "under_card.told", code=incident.code, officer=named(person), **shown)


async def reporter_for(desk: Desk, person: Person, incident: incidents.Incident, way: str = "text") -> Person:
    """Whom words about an incident go to.

    Raises:
        Refusal: no right or no seat, or nobody to be reached.
    """
    check(person, Permission.RELAY, way)
    why = await relay_marks.reachable(desk.tx, incident.reporter)
    if why is not None or incident.reporter is None:
        raise Refusal(why or "relay.failed.erased", code=incident.code)
    return await people.get(desk.tx, incident.reporter)


def _check_media(media: Collection[Piece], incident: incidents.Incident) -> None:
    for piece in media:
        if piece.kind not in SENT_ON:
            raise Refusal("relay.kind", code=incident.code)
        if unwelcome(piece, programs=False) is not None:
            raise Refusal("relay.unfit", code=incident.code)


async def _to_reporter(
    desk: Desk,
    officer: Person,
    reporter: Person,
    incident: incidents.Incident,
    text: str,
    words: str,
    media: Sequence[Piece] = (),
) -> str | None:
    """The words in pieces that fit, the files after them; short words go under the only file. The last delivery."""
    signed = {"code": incident.code, "officer": signature(desk, officer)}
    caption = words if len(media) == 1 and len(words) <= LONGEST_CAPTION else ""
    parts: list[tuple[str, dict[str, Any]]] = [
        (text, {"words": piece}) for piece in ([] if caption else files.pieces(words))
    ]
    for piece in media:
        medium = {"medium": {"kind": piece.kind, "file_id": piece.file_id}}
        parts.append((text, {"words": caption, **medium}) if caption else ("relay.enclosed", medium))
    last = None
    for name, values in parts:
        last = await desk.say(
            reporter,
            name,
            buttons=_keys(incident) if (name, values) == parts[-1] else (),
            about=incident.id,
            not_after=desk.now + LASTS,
            **signed,
            **values,
        )
    return last


def _keys(incident: incidents.Incident) -> Keys:
    return [[key("button.reply", Own(incident.id, "reply")), key("button.see_report", Own(incident.id, "show"))]]


async def ask_reply(desk: Desk, reporter: Person, incident: incidents.Incident) -> None:
    """*Answer* was pressed: the input field opens as a reply, so that the answer finds its incident."""
    await desk.say(reporter, "relay.write_here", about=incident.id, extras={"asks_reply": True}, code=incident.code)


# Changed words ------------------------------------------------------------------------------------------------------


async def edited(desk: Desk, person: Person, message: int, *, text: str, group: groups.Group | None = None) -> bool:
    """Somebody changed a message that had gone on: the old words stay, the other side reads the new ones as a
    correction. False where no such message is known.

    Raises:
        Refusal: as for a new message of the team.
    """
    where = group.id if group else person.id
    thread = await threads.find(desk.tx, where, message)
    if thread is None:
        return False
    if await _words_of(desk, thread) == text:
        return True  # Telegram also tells of changes that nobody can read
    incident = await incidents.get(desk.tx, thread.incident)
    reporter = await reporter_for(desk, person, incident) if group else None
    number = await desk.log(incident.id, EventKind.EDITED, person, of=thread.number, text=text)
    if group is None:
        await matches.note(desk, incident.id, [text], person.phone)
    if group is not None and reporter is not None:
        sent = await _to_reporter(desk, person, reporter, incident, "relay.corrected", text)
    else:
        sent = await _to_team(desk, person, incident, "relay.amended", text)
    way = sent or thread.delivery
    await threads.note(desk.tx, where, message, incident.id, desk.now, number=number, delivery=way)
    if group is not None:
        await relay_marks.show(desk, group, incident.id, message)
    return True


async def _words_of(desk: Desk, thread: threads.Thread) -> str:
    said = await events.said(desk.tx, thread.incident, thread.number) if thread.number is not None else {}
    return str(said.get("text") or "")
