"""What people may ask about their own data: see, withdraw consent, correct, erase (law 91/2025, article 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from bot.domain import reports, vietnamese
from bot.domain.incidents import EventKind
from bot.domain.papers import PREFIX
from bot.domain.people import Permission, Person
from bot.domain.presses import Privacy
from bot.domain.sending import Lane, Op
from bot.services.desk import KEYS_ONLY, Desk, key
from bot.services.register import enrolling
from locales import At, Lines, Word
from storage import drafts, enclosures, events, outbox, papers, privacy

# Where the policy names no times, ours are those of decree 356/2025, article 5; no text cites it without the policy.
REPLY_WORKING_DAYS = 2
# Messages that show what was given by consent: contact data, pictures and the names of files.
CONTACT = "details.head"
REVIEW = "form.review"  # of a paper that is being written
WORDS = (CONTACT, REVIEW, "exhibit.list", "exhibit.rest", "exhibit.unsent", "file.owner")
PAPER = "paper.made"
BY_CONSENT = (*WORDS, "exhibit.file", "relay.picture", PAPER)
DELETABLE = timedelta(hours=47)  # Telegram lets a bot delete its message for 48 hours, and change its words for ever
DONE_DAYS = {"correct": 10, "erase": 20}


def working_days_after(start: datetime, days: int) -> datetime:
    """The end of the `days`-th working day after `start` in Ha Noi. Public holidays come with the policy's calendar."""
    day = start.astimezone(vietnamese.HANOI).date()
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return datetime.combine(day, time(23, 59), vietnamese.HANOI)


async def menu(desk: Desk, person: Person, edits: int | None = None) -> None:
    await desk.say(
        person,
        "privacy.menu",
        buttons=[
            [key("button.privacy_see", Privacy("see"))],
            [key("button.privacy_withdraw", Privacy("withdraw"))],
            [key("button.privacy_request", Privacy("request"))],
        ],
        edits=edits,
    )


async def see(desk: Desk, person: Person) -> None:
    """What is stored about the person, in numbers and words."""
    counted: dict[str, Any] = await privacy.stored_about(desk.tx, person.id)
    work = {name: counted.pop(name) for name in ("duty", "asked")}
    counted["handed"] = counted["handed"] or None  # only who speaks or works for an agency has any
    agreed = [
        Word(
            "privacy.consent_line",
            covers=Word(f"covers.{one.covers}"),
            version=one.version,
            at=At(one.given_at),
            state=Word("consent_state.withdrawn" if one.withdrawn_at else "consent_state.holds"),
        )
        for one in await privacy.consents(desk.tx, person.id)
    ]
    await desk.say(
        person,
        "privacy.stored",
        **counted,
        staff=Word("privacy.staff", name=person.name, phone=person.phone, **work) if person.name else None,
        consents=Lines(agreed) if agreed else Word("privacy.no_consents"),
    )


async def withdraw(desk: Desk, person: Person) -> None:
    """End every consent: contact data and pictures it covered are erased in this very transaction."""
    for incident in await privacy.withdraw_consents(desk.tx, person.id, desk.now):
        await events.append(desk.tx, incident, EventKind.ERASED, desk.now, person.id, {"what": "contact"})
        await forget_in_papers(desk, incident)
        for text in BY_CONSENT:
            await take_back(desk, incident, text)
        await enclosures.purge(desk.tx, desk.now, timedelta())  # files that were to bring it
        await outbox.forget_about(desk.tx, incident)
        await desk.redraw(incident)
    await _strip_draft(desk, person)
    await enrolling.drop(desk, person)
    await outbox.forget_recipient(desk.tx, person.id)
    await desk.say(person, "privacy.withdrawn")


async def forget_in_papers(desk: Desk, incident: str) -> None:
    """Contact data stood in official papers too: in what they said, and in those that are being written just now."""
    await papers.erase_answers(desk.tx, incident)
    for one in await drafts.of_forms(desk.tx, PREFIX):
        if one.about == incident:
            await drafts.erase(desk.tx, one.person)


async def take_back(desk: Desk, incident: str, text: str = CONTACT) -> None:
    """Nobody reads it any more: what waits is not sent, what stands in a chat goes; old words are written over."""
    await outbox.call_back(desk.tx, incident, text, desk.now)
    for one in await privacy.take_back(desk.tx, incident, text):
        old = one.since is not None and desk.now - one.since >= DELETABLE and text in WORDS
        said = outbox.Message("privacy.taken_back", about=incident) if old else outbox.Message(KEYS_ONLY)
        await outbox.address(
            desk.tx,
            await outbox.write(desk.tx, said, desk.now),
            one.recipient,
            desk.now,
            stream=one.stream,
            lane=Lane.NOTICE,
            op=Op.EDIT if old else Op.DELETE,
            target=one.telegram_id,
            after=one.delivery if one.telegram_id is None else None,
        )


async def _strip_draft(desk: Desk, person: Person) -> None:
    """An open form holds no contact data any longer; its story stays."""
    one = await drafts.find(desk.tx, person.id)
    if one is None or one.draft.form not in reports.REPORTS:
        return
    apart = {*reports.CONTACT, *reports.WISHES}
    kept = {name: answer for name, answer in one.draft.answers.items() if name not in apart}
    at = "contact" if one.draft.at in apart else one.draft.at
    await drafts.keep(desk.tx, replace(one, draft=replace(one.draft, answers=kept, at=at)))


async def make(desk: Desk, person: Person, facts: Mapping[str, Any], message: int | None) -> None:
    """Register a request with its number and its times; the administrators answer it."""
    want = str(facts["want"])
    times = desk.policy.privacy.times
    days = {"correct": times.correct_days, "erase": times.erase_days} if times else DONE_DAYS
    reply_by = working_days_after(desk.now, times.first_reply_working_days if times else REPLY_WORKING_DAYS)
    done_by = desk.now + timedelta(days=days[want])
    code = await privacy.request(
        desk.tx,
        person=person.id,
        want=want,
        details=facts.get("details"),
        year=desk.now.astimezone(vietnamese.HANOI).year,
        now=desk.now,
        reply_by=reply_by,
        done_by=done_by,
    )
    said: dict[str, Any] = {
        "code": code,
        "want": Word(f"privacy_want.{want}"),
        "reply_by": At(reply_by),
        "done_by": At(done_by, "date"),
    }
    await desk.say(person, "privacy.requested", edits=message, **said)
    await desk.tell_those_who_may(
        Permission.SERVE_PRIVACY_REQUESTS, "admin.privacy_request", **said, details=facts.get("details")
    )
