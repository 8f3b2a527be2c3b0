"""What comes with words: refused at once, or asked about where it shows people, or to be fetched."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.evidence import Piece, State, may_send_programs, shown_name, unwelcome
from bot.domain.file_types import Reason
from bot.domain.incidents import EventKind
from bot.domain.people import RESPONDERS, Person
from bot.domain.presses import PictureConsent
from bot.domain.sending import Lane
from bot.services.casework import relay
from bot.services.desk import Desk, key
from bot.services.outbreak import matches
from bot.services.reporting import consents, exhibits, quotas
from locales import Word
from storage import evidence, incidents, outbox
from storage.evidence import Evidence, Place

GATHERED = timedelta(seconds=2)  # files that come together are confirmed in one line


async def receive(
    desk: Desk,
    person: Person,
    piece: Piece,
    *,
    draft: str | None = None,
    incident: str | None = None,
    stray: str | None = None,
) -> State:
    """Note one medium where its message has gone; how it stands then.

    1. It counts for the day. 2. What never comes in is listed, and the person told the other way. 3. A picture waits
    for the answer to the notice (law 91/2025: pictures of transactions and papers are sensitive data); one answer
    holds for all of the same story. 4. All else is fetched.

    Raises:
        Refusal: the measure of the day is used up, or there is no room.
    """
    place = Place(draft, incident, stray)
    reason = unwelcome(piece, programs=may_send_programs(person, desk.policy))
    piece = replace(piece, name=shown_name(piece.name))
    await quotas.take(desk, person, piece.size if reason is None else 0)
    if reason is not None:
        await _list(desk, person, place, piece, reason)
        return State.LISTED
    consent = await evidence.consented(desk.tx, person.id, place) if piece.shows_people else None
    if piece.shows_people and consent is None and not await _on_duty(desk, person, incident):
        await _ask(desk, person, place, piece)
        return State.ASKED
    identifier = await evidence.add(desk.tx, person.id, place, piece, State.WAITING, desk.now, consent=consent)
    if incident is not None:
        await _belongs(desk, person, incident, identifier, piece)
        await _confirm(desk, person, incident, piece)
    return State.WAITING


async def _on_duty(desk: Desk, person: Person, incident: str | None) -> bool:
    """Whoever works on somebody else's incident sends what the work needs, and not the own private data."""
    if incident is None or RESPONDERS.isdisjoint(person.roles):
        return False
    return (await incidents.get(desk.tx, incident)).reporter != person.id


async def _list(desk: Desk, person: Person, place: Place, piece: Piece, reason: Reason) -> None:
    """Name, size and type are kept; an album with ten of them is answered once."""
    told = piece.album is not None and await evidence.told(desk.tx, person.id, place, piece.album, reason)
    identifier = await evidence.add(desk.tx, person.id, place, piece, State.LISTED, desk.now, failure=reason)
    if place.incident is not None:
        await _log(desk, person, place.incident, identifier, piece, State.LISTED)
        await _tell_refused(desk, person.id, place.incident, reason)
    if not told:
        await desk.say(
            person,
            "file.listed",
            about=place.incident,
            file=piece.name or Word(f"evidence.{piece.kind}", n=1),
            reason=Word(f"file.reason.{reason}"),
            way=exhibits.way(person, reason),
        )


async def _tell_refused(desk: Desk, person: str | None, incident: str, reason: str | None) -> None:
    """The team hears of what its reporter wanted to send."""
    if reason is not None and (await incidents.get(desk.tx, incident)).reporter == person:
        await relay.refused_from_reporter(desk, incident, reason)


async def _ask(desk: Desk, person: Person, place: Place, piece: Piece) -> None:
    """One notice for all pictures of the same story that await its answer."""
    waiting = await evidence.asked(desk.tx, person.id, place)
    noted = await evidence.add(desk.tx, person.id, place, piece, State.ASKED, desk.now)
    if waiting:
        return
    await desk.say(
        person,
        "picture.notice",
        buttons=[
            [key("button.picture_yes", PictureConsent(noted, "yes"), "primary")],
            [key("button.picture_no", PictureConsent(noted, "no"))],
        ],
    )


async def answer(desk: Desk, person: Person, identifier: str, said: str, message: int | None) -> str | None:
    """Keep the pictures with their consent, or drop them; the name of a toast where the button is old or not theirs."""
    found = await evidence.find(desk.tx, identifier)
    if found is None or found.person != person.id or found.state is not State.ASKED or said not in ("yes", "no"):
        return "press.stale.toast"
    asked = await evidence.asked(desk.tx, person.id, Place(found.draft, found.incident, found.stray))
    if said == "no":
        for one in asked:
            await evidence.drop(desk.tx, one)
        await desk.say(person, "picture.dropped", edits=message)
        return None
    consent = await consents.record(desk, person, "picture", Word("picture.notice"))
    counts: dict[str, int] = {}
    for one in asked:
        kept = await _keep(desk, person, one, consent)
        counts[kept.kind] = counts.get(kept.kind, 0) + 1
    await desk.say(person, "picture.kept", edits=message, files=exhibits.counted(counts))
    return None


async def _keep(desk: Desk, person: Person, identifier: str, consent: str) -> Evidence:
    await evidence.keep(desk.tx, identifier, consent, desk.now)
    kept = await evidence.find(desk.tx, identifier)
    assert kept is not None
    if kept.incident is not None:
        await _belongs(desk, person, kept.incident, kept.id, kept.piece)
    return kept


async def attach(desk: Desk, incident: str, *, draft: str | None = None, stray: str | None = None) -> None:
    """What came with a draft or with a stray message belongs to an incident now."""
    reporter = (await incidents.get(desk.tx, incident)).reporter
    for identifier in await evidence.attach(desk.tx, incident, draft=draft, stray=stray):
        one = await evidence.find(desk.tx, identifier)
        assert one is not None
        if one.state is State.LISTED:
            await _log(desk, None, incident, one.id, one.piece, one.state)
            await _tell_refused(desk, one.person, incident, one.failure)
        elif one.state is not State.ASKED:
            await _log(desk, None, incident, one.id, one.piece, State.WAITING)
            if one.state is State.STORED:  # it was fetched before there was a log to say so
                await desk.log(incident, EventKind.FETCHED, None, evidence=one.id, sha256=one.sha256)
                await matches.note_file(desk, incident, str(one.sha256))
            if one.person == reporter:
                await relay.media_from_reporter(desk, incident, kind=one.kind, file_id=one.file_id or "")


async def _belongs(desk: Desk, person: Person, incident: str, identifier: str, piece: Piece) -> None:
    """A piece that is kept belongs to an incident: an event, and a line to the team."""
    await _log(desk, person, incident, identifier, piece, State.WAITING)
    if (await incidents.get(desk.tx, incident)).reporter == person.id:
        await relay.media_from_reporter(desk, incident, kind=piece.kind, file_id=piece.file_id)


async def _log(desk: Desk, person: Person | None, incident: str, identifier: str, piece: Piece, state: State) -> None:
    facts = {"evidence": identifier, "kind": piece.kind, "size": piece.size, "state": str(state)}
    await desk.log(incident, EventKind.RECEIVED, person, **facts)


async def _confirm(desk: Desk, person: Person, incident: str, piece: Piece) -> None:
    """Whoever sends a file to an own incident hears that it has come: one line for all that come together."""
    known = await incidents.get(desk.tx, incident)
    if known.reporter != person.id:
        return
    stream = f"{person.id}/files"  # its own: what else is said to this person must not wait for it
    waiting = await outbox.queued(desk.tx, stream, "file.kept")
    same = waiting is not None and waiting.facts.get("code") == known.code
    counts = dict(waiting.facts["counts"]) if waiting and same else {}
    counts[piece.kind] = counts.get(piece.kind, 0) + 1
    facts = {"code": known.code, "counts": counts, "files": exhibits.counted(counts)}
    if waiting is not None and same:
        await outbox.rewrite(desk.tx, waiting.message, facts)
        return
    message = await outbox.write(desk.tx, outbox.Message("file.kept", facts, about=incident), desk.now)
    await outbox.address(
        desk.tx, message, person.id, desk.now, stream=stream, lane=Lane.ANSWER, due=desk.now + GATHERED
    )
