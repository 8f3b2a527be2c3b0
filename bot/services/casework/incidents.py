"""What becomes of an incident: filed, supplemented, claimed, looked into, withdrawn. Every move is an event."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.domain import incidents as domain
from bot.domain import redact, reports, severity, vietnamese
from bot.domain.errors import Refusal
from bot.domain.forms import Form
from bot.domain.incidents import AgencyKind, CitizenKind, EventKind, Move, Source, Status
from bot.domain.own_systems import OWN_SYSTEM
from bot.domain.people import Permission, Person
from bot.domain.presses import Own
from bot.domain.questions import UNKNOWN
from bot.domain.tlp import Tlp
from bot.domain.work import FORMS_OF
from bot.services import answers, confines
from bot.services.casework import cards as faces
from bot.services.casework import lives, sites
from bot.services.clockwork import duties, ratings
from bot.services.desk import READ_ONCE, Desk, Keys, check, key
from bot.services.outbreak import digests, matches
from bot.services.reporting import exhibits, sayings
from locales import At, Lines, Word
from storage import closings, drafts, events, evidence, groups, incidents, privacy

LONGEST_SUMMARY = 200
ANYBODYS = (Permission.CLAIM, Permission.VERIFY)  # what one of the team may do with an incident without reading it
_UNENDED = re.compile(r"(?<=[^\s.!?:;,…])[^\S\n]*\n\s*(?=\S)")  # a line that ends without a stop, before another
TOLD_SINCE = {EventKind.TOLD: "details.said", EventKind.EDITED: "details.corrected"}
LONGEST_TOLD, TOLD_TOGETHER = 500, 6  # characters of a line, and lines of a page: together one message
LONGEST_PIECE = 3000  # of one message: a story may be longer than Telegram's 4,096 characters


def _source(form: Form) -> Source:
    return Source.AGENCY if form.name == reports.AGENCY_REPORT.name else Source.CITIZEN


def _kind(form: Form, facts: Mapping[str, Any]) -> str:
    fallback = AgencyKind.UNKNOWN if _source(form) is Source.AGENCY else CitizenKind.OTHER
    return str(facts.get("kind") or fallback)


def public_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of the incident: nothing about the reporter."""
    apart = {*reports.CONTACT, *reports.WISHES}
    return {name: answer for name, answer in facts.items() if name not in apart}


def _summary(facts: Mapping[str, Any]) -> str:
    told = _UNENDED.sub(
        ". ", reports.story_of(facts)
    )  # a summary is one line: what was said apart must not run together
    return redact.for_group(told, LONGEST_SUMMARY)


async def file(
    desk: Desk, reporter: Person, form: Form, facts: Mapping[str, Any], *, incomplete: bool
) -> incidents.Incident:
    """Register a report: number, first event, card to the team. The receipt is the caller's."""
    year = desk.now.astimezone(vietnamese.HANOI).year
    site, facts = await sites.settle(desk, reporter, form, facts)
    incident = incidents.Incident(
        id=desk.tx.new_id(),
        code=await incidents.next_code(desk.tx, year),
        form=form.name,
        source=_source(form),
        kind=_kind(form, facts),
        status=Status.NEW,
        reporter=reporter.id,
        anonymous=reports.is_anonymous(facts),
        incomplete=incomplete,
        facts=public_facts(facts),
        summary=_summary(facts),
        owner=None,
        filed_at=desk.now,
        claimed_at=None,
        proposed=severity.propose(_source(form), _kind(form, facts), facts, desk.now).severity,
        detected_at=severity.detected_at(facts),
        agency=site.agency if site else None,
        system=site.system if site else None,
    )
    await incidents.add(desk.tx, incident)
    await desk.log(incident.id, EventKind.FILED, reporter, facts=incident.facts, incomplete=incomplete)
    await ratings.propose(desk, incident)
    await show_to_team(desk, incident)
    await matches.note(desk, incident.id, incident.facts.values(), reporter.phone, facts.get("phone"))
    return incident


async def fold(
    desk: Desk, reporter: Person, first: incidents.Incident, form: Form, facts: Mapping[str, Any], *, complete: bool
) -> None:
    """The same was said again: no second card. What the second time says more is not lost."""
    more = {name: answer for name, answer in facts.items() if answer not in (None, "", UNKNOWN)}
    await desk.log(first.id, EventKind.FOLDED, reporter)
    if first.status in domain.WORKABLE:
        await supplement(desk, reporter, first, form, {**first.facts, **more}, complete=complete)


async def supplement(
    desk: Desk, reporter: Person, incident: incidents.Incident, form: Form, facts: Mapping[str, Any], *, complete: bool
) -> None:
    """Later answers are events of the incident; the card follows, and *Gửi* takes the mark away."""
    site, settled = await sites.settle(desk, reporter, form, facts)
    said = public_facts(settled)
    if site is not None and (OWN_SYSTEM in facts or incident.agency is None):
        await incidents.place(desk.tx, incident.id, site.agency, site.system)
    changed = {name: answer for name, answer in said.items() if incident.facts.get(name) != answer}
    if changed:
        await desk.log(incident.id, EventKind.SUPPLEMENTED, reporter, facts=changed)
    if complete and incident.incomplete:
        await desk.log(incident.id, EventKind.COMPLETED, reporter)
    await incidents.rewrite(
        desk.tx,
        incident.id,
        kind=_kind(form, said),
        facts=said,
        summary=_summary(said),
        anonymous=reports.is_anonymous(facts) if "contact" in facts else incident.anonymous,
        incomplete=incident.incomplete and not complete,
        now=desk.now,
    )
    await ratings.propose_again(desk, incident)
    await digests.risen(desk, await incidents.get(desk.tx, incident.id))
    await desk.redraw(incident.id)
    await matches.note(desk, incident.id, changed.values(), facts.get("phone"))


async def show_to_team(desk: Desk, incident: incidents.Incident) -> None:
    """The team's group sees the incident; without a group the administrators hear of it."""
    team = await groups.team(desk.tx)
    if team is None:
        await desk.tell_those_who_may(Permission.BIND_GROUP, "admin.no_group", code=incident.code)
        return
    await digests.show(desk, team, incident)


async def claim(desk: Desk, responder: Person, incident_id: str) -> incidents.Incident:
    """Take an incident: exactly one of all who press wins.

    Raises:
        Refusal: no right, or somebody has it; the sentence says who.
    """
    incident = await seen_by(desk, responder, Permission.CLAIM, incident_id)
    if incident.tlp is Tlp.RED and not responder.may(Permission.SEE_CONTACT):
        raise Refusal("tlp.withheld.toast", code=incident.code)  # whoever has it reads it: no hired expert
    if incident.owner is not None and incident.status in domain.OPEN:
        raise Refusal("claim.taken.toast", code=incident.code, owner=await _owner(desk, incident, responder))
    if domain.after(incident.status, Move.CLAIM) is None:
        raise Refusal("incident.cannot.claim", code=incident.code)
    return await lives.move(desk, responder, incident, Move.CLAIM)


async def _owner(desk: Desk, incident: incidents.Incident, asker: Person) -> Any:
    return Word("claim.you") if incident.owner == asker.id else await faces.owner_name(desk.tx, incident)


async def open_details(desk: Desk, reader: Person, incident_id: str) -> incidents.Incident:
    """Show everything to one person in private; each opening is an event.

    Who may not see contact data (a hired expert, an auditor) reads the story with phones and numbers masked.

    Raises:
        Refusal: no right.
    """
    incident = await seen_by(desk, reader, Permission.SEE_DETAILS, incident_id)
    await desk.log(incident.id, EventKind.OPENED, reader)
    protected = {"protected": True, **READ_ONCE}  # contact data stands in `contacts` alone
    personal = reader.may(Permission.SEE_CONTACT)
    counts = await evidence.counts(desk.tx, incident.id) if personal else {}
    answered = {"lines": lines(incident)}
    await desk.say(
        reader,
        "details.head",
        about=incident.id,
        extras=protected,
        **await faces.facts(desk.tx, incident, reader),
        lines=readable(answered, personal=personal),
        contact=await _contact(desk, incident) if personal else Word("details.withheld"),
        evidence=exhibits.counted(counts),
        origins=await sayings.origins(desk, incident.id) if personal else None,
    )
    story = reports.story_of(incident.facts)
    for piece in pieces(readable(story, personal=personal)):
        await desk.say(reader, "details.story", about=incident.id, extras=protected, code=incident.code, story=piece)
    for page in await _told_since(desk, incident, personal=personal):
        await desk.say(reader, "details.told", about=incident.id, extras=protected, code=incident.code, lines=page)
    for page in await _ending(desk, incident, personal=personal):
        await desk.say(reader, "details.ending", about=incident.id, extras=protected, code=incident.code, lines=page)
    await exhibits.show_list(desk, reader, incident)
    return incident


async def _ending(desk: Desk, incident: incidents.Incident, *, personal: bool) -> list[Any]:
    """What was written when it was closed, in the order of the form; in two pages where one could be too long."""
    closing = await closings.find(desk.tx, incident.id) if incident.status is Status.CLOSED else None
    if closing is None:
        return []
    form = FORMS_OF[Move.CLOSE][incident.source]
    said = {**closing.facts, "damage": closing.damage}
    shown = [
        _line(form, question.name, said[question.name])
        for question in form.questions
        if said.get(question.name) is not None
    ]
    first = len(shown) if sum(len(str(one)) for one in shown) <= LONGEST_PIECE else 2  # at most 3,000 characters each
    return [readable(Lines(page), personal=personal) for page in (shown[:first], shown[first:]) if page]


async def _told_since(desk: Desk, incident: incidents.Incident, *, personal: bool) -> list[Any]:
    """What the reporter has said after the story, in pages: the group reads it masked, and work needs the numbers."""
    lines = [
        # Cut after masking: two halves of a number would both stay.
        Word(TOLD_SINCE[event.kind], at=At(event.at), words=piece)
        for event in await events.of(desk.tx, incident.id)
        if event.kind in TOLD_SINCE and event.actor == incident.reporter and event.payload
        for piece in pieces(readable(str(event.payload.get("text") or ""), personal=personal), LONGEST_TOLD)
    ]
    return [Lines(lines[start : start + TOLD_TOGETHER]) for start in range(0, len(lines), TOLD_TOGETHER)]


def readable(value: Any, *, personal: bool = True) -> Any:
    """A value of a text with its links made harmless; not `personal`: also without what leads to a person."""
    if isinstance(value, str):
        return redact.defang(value if personal else redact.mask_personal(value))
    if isinstance(value, list):
        return [readable(one, personal=personal) for one in value]
    if isinstance(value, Mapping):
        listed = {name: readable(value[name], personal=personal) for name in ("list", "lines") if name in value}
        given = {name: readable(one, personal=personal) for name, one in value.get("values", {}).items()}
        return {**value, **listed, **({"values": given} if given else {})}
    return value


def lines(incident: incidents.Incident) -> list[dict[str, Any]]:
    """What was answered besides the story; how to reach the reporter is no part of it."""
    form = reports.FORMS[incident.form]
    return [
        _line(form, name, answer)
        for name, answer in _as_asked(form, incident.facts)
        if name not in (form.story, "kind", "secrecy") and answer is not None
    ]


def _line(form: Form, name: str, answer: Any) -> dict[str, Any]:
    return Word("details.line", label=Word(f"{form.name}.{name}.label"), answer=answers.shown(form, name, answer))


def _as_asked(form: Form, facts: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Answers in the order of the form; those to questions of an older version follow."""
    order = [question.name for question in form.questions]
    return sorted(facts.items(), key=lambda fact: order.index(fact[0]) if fact[0] in order else len(order))


async def _contact(desk: Desk, incident: incidents.Incident) -> Any:
    """The reporter as the reporter wished to be known."""
    if incident.anonymous:
        return Word("details.anonymous")
    contact = await privacy.contact(desk.tx, incident.id)
    if contact is None:
        return Word("details.no_contact")
    phone = vietnamese.show_phone(contact["phone"]) if contact["phone"] else None
    return {"list": [contact["name"], contact["title"], phone, contact["email"]]}


def pieces(text: str, longest: int = LONGEST_PIECE) -> list[str]:
    """A long text in parts that each fit into one message, cut at spaces where there are any."""
    parts = []
    while len(text) > longest:
        cut = max(text.rfind(" ", 0, longest), text.rfind("\n", 0, longest))
        cut = cut if cut > longest // 2 else longest
        parts.append(text[:cut])
        text = text[cut:].lstrip()
    return [*parts, text] if text else parts


async def withdraw(desk: Desk, reporter: Person, incident_id: str) -> incidents.Incident:
    """The reporter takes the report back: kept, marked, and the team's card says so."""
    incident = await own(desk, reporter, incident_id)
    if domain.after(incident.status, Move.WITHDRAW) is None:
        raise Refusal("incident.cannot.withdraw", code=incident.code)
    withdrawn = await lives.move(desk, reporter, incident, Move.WITHDRAW)
    one = await drafts.find(desk.tx, reporter.id)
    if one is not None and one.incident == incident.id:
        await drafts.erase(desk.tx, reporter.id)
    return withdrawn


async def own(desk: Desk, reporter: Person, incident_id: str) -> incidents.Incident:
    """An incident of one's own; anybody else's does not exist for the asker."""
    incident = await incidents.find(desk.tx, incident_id)
    if incident is None or incident.reporter != reporter.id:
        raise Refusal("press.stale.toast")
    return incident


def own_keys(desk: Desk, incident: incidents.Incident) -> Keys:
    """What a reporter can do with an own incident: add and withdraw while it is worked on, object once it is done."""
    if incident.status in domain.WORKABLE:
        first = [key("button.add", Own(incident.id, "add")), key("button.withdraw", Own(incident.id, "ask"))]
        return [first, [key("button.legal", Own(incident.id, "legal"))]] if duties.owes(desk, incident) else [first]
    return lives.objection_keys(desk, incident)


async def seen_by(
    desk: Desk, person: Person, permission: Permission, incident_id: str, way: str = "toast"
) -> incidents.Incident:
    """An incident for somebody of the team.

    Raises:
        Refusal: no right, or there is no such incident.
    """
    check(person, permission, way)
    incident = await incidents.find(desk.tx, incident_id)
    if incident is None:
        raise Refusal("press.stale.toast")
    if permission not in ANYBODYS and not confines.may_read(person, incident):
        raise Refusal(f"tlp.withheld.{way}", code=incident.code)
    return incident
