"""Ready replies: one is picked, looked at exactly as the reporter will read it, and sent as it is or reworded first."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain import clocks as deadlines
from bot.domain import ready_replies as domain
from bot.domain import vietnamese
from bot.domain.clocks import Clock, Happened
from bot.domain.errors import Refusal
from bot.domain.incidents import EventKind
from bot.domain.people import Permission, Person
from bot.domain.policy import Body
from bot.domain.presses import Dossier, Ready
from bot.domain.ready_replies import ReadyReply, Unfilled
from bot.domain.tasks import ANSWERING
from bot.services import names
from bot.services.casework import incidents as desk_incidents
from bot.services.casework import relay
from bot.services.clockwork import clocks
from bot.services.desk import Desk, Key, door, key, rows
from bot.services.reporting import conversations
from locales import At, Word
from storage import contact, events, incidents

NARROW = 18  # letters: titles up to here stand two in a row
LOOKS = timedelta(minutes=30)  # so long what was looked at may be sent as it was
MINUTE = 60


def _suiting(desk: Desk, incident: incidents.Incident) -> list[ReadyReply]:
    day = desk.now.astimezone(vietnamese.HANOI).date()
    return domain.suiting(desk.policy.replies, incident.kind, day)


def _write_key(incident: str) -> Key:
    return door("button.answer", f"w-answer-{incident}")


def _back(incident: str) -> Key:
    return key("button.dossier_back", Dossier(incident))


async def show_page(desk: Desk, person: Person, incident: incidents.Incident, edits: int | None = None) -> None:
    """What may be sent about this kind of incident, and the key to write something else."""
    found = _suiting(desk, incident)
    keys = [
        key({"text": "ready.title", "values": {"title": one.title}}, Ready(incident.id, one.key, "show"))
        for one in found
    ]
    width = 2 if all(len(one.title) <= NARROW for one in found) else 1
    await desk.say(
        person,
        "ready.pick" if found else "ready.none",
        buttons=[*rows(keys, width=width), [_write_key(incident.id), _back(incident.id)]],
        edits=edits,
        about=incident.id,
        code=incident.code,
        kind=Word(f"kind.{incident.kind}.label"),
    )


async def press(desk: Desk, person: Person, press: Ready, message: int | None) -> str | None:
    """A key of a ready reply; the name of a popup where one is due.

    Raises:
        Refusal: no right, nobody to be reached, a place that cannot be filled, or the reply is gone.
    """
    incident = await desk_incidents.seen_by(desk, person, Permission.RELAY, press.incident)
    reply = next((one for one in _suiting(desk, incident) if one.key == press.reply), None)
    if reply is None:
        raise Refusal("press.stale.toast")
    reporter = await relay.reporter_for(desk, person, incident, "toast")
    if press.act == "show":
        await _preview(desk, person, incident, reporter, reply, message)
        return None
    if press.act == "edit":
        await _reword(desk, person, incident, await _words(desk, person, incident, reporter, reply, desk.now))
        return None
    if press.act != "send":
        raise Refusal("press.stale.toast")
    return await _send(desk, person, incident, reporter, reply, press, message)


async def _words(
    desk: Desk, officer: Person, incident: incidents.Incident, reporter: Person, reply: ReadyReply, at: datetime
) -> str:
    """The reply in the reporter's language, as it reads when it is sent at `at`.

    Raises:
        Refusal: a place cannot be filled; the sentence says which, and what to do.
    """
    language = reply.words.language(reporter.language)
    values = await _values(desk, officer, incident, language, at)
    try:
        return domain.filled(reply.words.in_language(language), values)
    except Unfilled as missing:
        why = missing.place if missing.place in ("han", "dau_moi") else "other"
        raise Refusal(f"ready.unfilled.{why}.toast", code=incident.code, place=f"{{{missing.place}}}") from None


async def _values(
    desk: Desk, officer: Person, incident: incidents.Incident, language: str, at: datetime
) -> dict[str, str | None]:
    def said(value: Any) -> str | None:
        if isinstance(value, dict):
            return desk.house.texts.plain(language, value["text"], value.get("values") or {})
        return value if value is None else str(value)

    point = await contact.newest(desk.tx)
    due = await _hears_again(desk, officer, incident, at)
    return {
        "ma": incident.code,
        "loai": said(Word(f"kind.{incident.kind}.label")),
        "can_bo": said(relay.signature(desk, officer)),
        "han": said(Word("ready.time", at=At(due))) if due else None,
        "dau_moi": names.phones(point) if point else None,
        "doi": said(names.bodies(desk.policy, at, language)[Body.RESPONSE_TEAM]),
    }


async def _hears_again(desk: Desk, officer: Person, incident: incidents.Incident, at: datetime) -> datetime | None:
    """When the reporter has to hear from us next, once this reply is sent."""
    told = await events.among(desk.tx, incident.id, deadlines.READ)
    sent = Happened(EventKind.RELAYED, at, officer.id)
    running = deadlines.deadlines(clocks.case_of(incident), [*told, sent], desk.policy, at)
    return min(
        (one.due for one in running if one.clock == Clock.UPDATE and not one.met_at and one.due > at), default=None
    )


def _seen(words: str, at: datetime) -> str:
    """Proof of what was looked at, and in which minute."""
    return f"{int(at.timestamp()) // MINUTE:07x}{hashlib.sha256(words.encode()).hexdigest()[:6]}"


def _looked(seen: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(seen[:7], 16) * MINUTE, UTC)
    except (ValueError, OverflowError):
        return None


async def _preview(
    desk: Desk, person: Person, incident: incidents.Incident, reporter: Person, reply: ReadyReply, edits: int | None
) -> None:
    minute = datetime.fromtimestamp(int(desk.now.timestamp()) // MINUTE * MINUTE, UTC)
    words = await _words(desk, person, incident, reporter, reply, minute)
    signed = {"code": incident.code, "officer": relay.signature(desk, person), "words": words}
    exactly = desk.house.texts.plain(reporter.language, "relay.answer", signed)
    await desk.say(
        person,
        "ready.preview",
        buttons=[
            [key("button.ready_send", Ready(incident.id, reply.key, "send", _seen(words, minute)), "success")],
            [key("button.ready_edit", Ready(incident.id, reply.key, "edit"))],
            [_back(incident.id)],
        ],
        edits=edits,
        about=incident.id,
        code=incident.code,
        words=exactly,
    )


async def _send(
    desk: Desk,
    person: Person,
    incident: incidents.Incident,
    reporter: Person,
    reply: ReadyReply,
    press: Ready,
    message: int | None,
) -> str | None:
    """*Gửi*: what was looked at, as it was; where that cannot be any more, the new words are shown first."""
    looked = _looked(press.seen)
    fresh = looked is not None and looked <= desk.now <= looked + LOOKS
    words = await _words(desk, person, incident, reporter, reply, looked if looked and fresh else desk.now)
    if looked is None or not fresh or _seen(words, looked) != press.seen:
        await _preview(desk, person, incident, reporter, reply, message)
        return "ready.changed.toast"
    last = await events.last_of(desk.tx, incident.id, EventKind.RELAYED)
    if last and last.actor == person.id and (last.payload or {}).get("text") == words and last.at >= looked:
        return "ready.already.toast"  # the key was pressed twice
    await relay.from_case_file(desk, person, incident, words)
    await desk.say(
        person, "ready.sent", buttons=[[_back(incident.id)]], edits=message, about=incident.id, code=incident.code
    )
    return None


async def _reword(desk: Desk, person: Person, incident: incidents.Incident, words: str) -> None:
    """*Sửa trước khi gửi*: the words to be copied, and the form that asks for the new ones."""
    await conversations.check_free(desk, person)
    await desk.say(person, "ready.copy", about=incident.id, words=words)
    await conversations.begin(desk, person, ANSWERING, about=incident.id)
