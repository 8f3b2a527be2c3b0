"""What is shown of evidence: the list with its hashes, the files themselves in private, and why one was not kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain.errors import Refusal
from bot.domain.evidence import DANGEROUS, UNFIT, State
from bot.domain.file_types import Reason
from bot.domain.incidents import EventKind
from bot.domain.people import OFFICERS, RESPONDERS, Permission, Person
from bot.domain.presses import See
from bot.domain.sending import Lane, Refused
from bot.services import confines
from bot.services.desk import READ_ONCE, Desk, Keys, check, key
from locales import At, Lines, Listed, Word
from storage import evidence, incidents, people
from storage.evidence import Evidence
from storage.outbox import Delivery

PAGE = 8  # pieces in one message of the list: their hashes are long
SENT_AT_ONCE = 10  # files that one press sends
PRIVATE = {"protected": True, **READ_ONCE}
MEGABYTE, KILOBYTE = 1024 * 1024, 1024


def called(piece: Evidence) -> Any:
    """A piece by the name that its sender gave it, else by what it is."""
    return piece.name or Word(f"evidence.{piece.kind}", n=1)


def size_of(size: int | None) -> Any:
    """A size as people say it."""
    if size is None:
        return Word("file.size.unknown")
    if size >= 10 * MEGABYTE:
        return Word("file.size.mb", n=round(size / MEGABYTE))
    return Word("file.size.kb", n=max(1, round(size / KILOBYTE))) if size else Word("file.size.kb", n=0)


def counted(counts: dict[str, int]) -> Any:
    """How many of each kind, in one line."""
    return Listed(Word(f"evidence.{kind}", n=n) for kind, n in counts.items()) if counts else None


# The list ------------------------------------------------------------------------------------------------------------


async def show_list(desk: Desk, reader: Person, incident: incidents.Incident) -> None:
    """Every piece with size, type, sender, time and hash, for those who may see them; for all others nothing."""
    if not reader.may(Permission.SEE_EVIDENCE):
        return
    start, stored = 1, False
    page = await evidence.of_incident(desk.tx, incident.id, most=PAGE)
    while page:
        after = await evidence.of_incident(desk.tx, incident.id, after=page[-1].id, most=PAGE)
        stored = stored or any(one.state is State.STORED for one in page)
        await desk.say(
            reader,
            "exhibit.list",
            buttons=_see_keys(incident) if stored and not after else (),
            about=incident.id,
            extras=PRIVATE,
            code=incident.code,
            lines=Lines(_line(incident, number, one) for number, one in enumerate(page, start)),
        )
        start, page = start + len(page), after


def _see_keys(incident: incidents.Incident) -> Keys:
    return [[key("button.see_files", See(incident.id))]]


def _line(incident: incidents.Incident, number: int, one: Evidence) -> Any:
    return Word(
        "exhibit.line",
        number=number,
        file=called(one),
        size=size_of(one.size),
        mime=one.mime,
        sender=Word("exhibit.by_reporter" if one.person == incident.reporter else "exhibit.by_officer"),
        at=At(one.sent_at),
        state=_state(one),
        sha256=one.sha256,
    )


def _state(one: Evidence) -> Any:
    reason = Word(f"file.reason.{one.failure}") if one.failure else None
    return Word(f"exhibit.state.{one.state}", reason=reason)


# The files -----------------------------------------------------------------------------------------------------------


async def show(desk: Desk, reader: Person, press: See) -> None:
    """*Xem (riêng)*: the stored files, in private and protected; each opening is an event.

    Raises:
        Refusal: no right, or nothing to be seen.
    """
    check(reader, Permission.SEE_EVIDENCE)
    incident = await incidents.find(desk.tx, press.incident)
    if incident is None:
        raise Refusal("press.stale.toast")
    if not confines.may_read(reader, incident):
        raise Refusal("tlp.withheld.toast", code=incident.code)
    found = await evidence.of_incident(desk.tx, incident.id, after=press.after, most=SENT_AT_ONCE + 1)
    if not found:
        raise Refusal("exhibit.none.toast")
    now, more = found[:SENT_AT_ONCE], found[SENT_AT_ONCE:]
    for one in now:
        if one.state is State.STORED:
            await _send(desk, reader, incident, one)
    await _tell_rest(desk, reader, incident, now, See(incident.id, now[-1].id) if more else None)


async def _send(desk: Desk, reader: Person, incident: incidents.Incident, one: Evidence) -> None:
    await desk.log(incident.id, EventKind.VIEWED, reader, evidence=one.id)
    await desk.say(
        reader,
        "exhibit.file",
        about=incident.id,
        extras=PRIVATE,
        medium={"kind": one.kind, "file_id": one.file_id, "sha256": one.sha256, "name": one.name},
        code=incident.code,
        file=called(one),
        at=At(one.sent_at),
    )


async def tell_unsent(desk: Desk, delivery: Delivery, failure: str | None) -> None:
    """A file that was promised in private cannot be sent: whoever wanted to see it is told."""
    facts = delivery.message.facts
    await desk.say(
        delivery.recipient,
        "exhibit.unsent",
        about=delivery.message.about,
        extras=PRIVATE,
        code=facts.get("code"),
        file=facts.get("file"),
        reason=Word("file.reason.gone") if failure == Refused.NO_FILE else None,
    )


async def _tell_rest(
    desk: Desk, reader: Person, incident: incidents.Incident, now: Sequence[Evidence], more: See | None
) -> None:
    """What could not be sent, and the way to what has not been sent yet."""
    missing = [
        Word("exhibit.missing", file=called(one), state=_state(one)) for one in now if one.state is not State.STORED
    ]
    if not missing and more is None:
        return
    await desk.say(
        reader,
        "exhibit.rest",
        buttons=[[key("button.see_more", more)]] if more else (),
        about=incident.id,
        extras=PRIVATE,
        code=incident.code,
        missing=Lines(missing) if missing else None,
        more=Word("exhibit.more") if more else None,
    )


async def received(desk: Desk, person: Person, incident: incidents.Incident) -> Any:
    """What a reporter is told of the own files: how many were received; None where there are none."""
    states = await evidence.counted_by_state(desk.tx, incident.id, person.id)
    n = sum(states.get(state, 0) for state in (State.WAITING, State.STORED))
    return Word("file.received", n=n) if n else None


# What was not kept ---------------------------------------------------------------------------------------------------

_SMALLER, _RENAMED, _AGAIN = "file.way.smaller", "file.way.renamed", "file.way.again"
_OTHER_WAYS = {Reason.TOO_BIG: _SMALLER, Reason.DISGUISED: _RENAMED}


def way(person: Person, reason: Reason) -> Any:
    """What to do instead."""
    if reason in DANGEROUS:
        officer = not (OFFICERS | RESPONDERS).isdisjoint(person.roles)
        return Word("file.way.official" if officer else "file.way.keep")
    return Word(_OTHER_WAYS.get(reason, _AGAIN))


async def tell_missed(desk: Desk, identifier: str) -> None:
    """It was to be kept and is not: whoever sent it hears why, and whoever works on the incident."""
    one = await evidence.find(desk.tx, identifier)
    if one is None or one.failure is None or one.person is None:
        return
    person = await people.get(desk.tx, one.person)
    incident = await incidents.find(desk.tx, one.incident) if one.incident else None
    code = incident.code if incident else None
    reason = Word(f"file.reason.{one.failure}")
    await desk.say(
        person,
        "file.listed" if one.failure in UNFIT else "file.failed",
        lane=Lane.NOTICE,
        about=one.incident,
        file=called(one),
        reason=reason,
        way=way(person, one.failure),
        code=code,
    )
    if incident is not None and incident.owner is not None and incident.owner != person.id:
        file = called(one) if await _may_see(desk, incident.owner) else Word(f"evidence.{one.kind}", n=1)
        await desk.say(
            incident.owner, "file.owner", lane=Lane.NOTICE, about=incident.id, code=code, file=file, reason=reason
        )


async def _may_see(desk: Desk, person: str) -> bool:
    """Whether somebody may read how people name their files: "CCCD Nguyen Van A.pdf"."""
    try:
        return (await people.get(desk.tx, person)).may(Permission.SEE_EVIDENCE)
    except LookupError:
        return False


async def tell_no_room(desk: Desk, one: Evidence, *, admins: bool) -> None:
    """Our disk has no room: whoever sent it hears once that it waits, administrators that they must act."""
    if admins:
        await desk.tell_those_who_may(Permission.INVITE, "file.disk_full")
    if one.person is not None and one.failure is not Reason.DISK:
        person = await people.get(desk.tx, one.person)
        await desk.say(person, "file.no_room", lane=Lane.NOTICE, about=one.incident, file=called(one))
