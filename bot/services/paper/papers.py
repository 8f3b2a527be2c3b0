"""Official papers of an incident: which can be made, what they say already, what is asked, how the file comes to be."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.domain import vietnamese
from bot.domain.errors import Refusal
from bot.domain.incidents import EventKind, Source, read_code
from bot.domain.papers import Chosen, Kind, PaperField, Sheet, ticked
from bot.domain.people import Permission, Person
from bot.domain.policy import Body
from bot.domain.presses import Dossier, Paper, Pdf
from bot.domain.questions import UNKNOWN, Json
from bot.domain.sending import Enclosure
from bot.services import workshop
from bot.services.casework import incidents as desk_incidents
from bot.services.desk import Desk, Key, check, key
from bot.services.paper import docx, sources
from bot.services.reporting import conversations
from bot.services.workshop import Caption, Maker, code_alone
from locales import DEFAULT, Word
from storage import chain, incidents, papers, people
from storage.incidents import Incident
from storage.orders import Order

Values = Mapping[str, Any]


def today(desk: Desk) -> date:
    return desk.now.astimezone(vietnamese.HANOI).date()


def is_own(person: Person, incident: Incident) -> bool:
    """An officer's own report for an agency: its owner must report it, so its reporter may have the draft."""
    reported = incident.source is Source.AGENCY and incident.reporter == person.id
    return reported and person.may(Permission.REPORT_FOR_AGENCY)


async def _incident(desk: Desk, person: Person, incident_id: str, way: str) -> Incident:
    """The incident of a paper, for the team and for the officer who reported it.

    Raises:
        Refusal: no right, or there is no such incident.
    """
    incident = await incidents.find(desk.tx, incident_id)
    if incident is not None and is_own(person, incident):
        return incident
    return await desk_incidents.seen_by(desk, person, Permission.MAKE_PAPERS, incident_id, way)


# Choosing -----------------------------------------------------------------------------------------------------------


async def asked(desk: Desk, person: Person, text: str) -> None:
    """`/baocao SC-…`.

    Raises:
        Refusal: not of the team, or no such number.
    """
    check(person, Permission.MAKE_PAPERS, "text")
    code = read_code(text)
    incident = await incidents.find_by_code(desk.tx, code) if code else None
    if incident is None:
        await desk.say(person, "paper.which" if not text else "paper.no_such_code")
        return
    await show(desk, person, incident.id)


async def show(desk: Desk, person: Person, incident_id: str, edits: int | None = None, way: str = "text") -> None:
    """The papers that can be made of an incident that day.

    Raises:
        Refusal: no right.
    """
    incident = await _incident(desk, person, incident_id, way)
    sheets = desk.house.stationery.on(today(desk))
    keys = [[key(Word("paper.words", words=one.variant.button), Paper(incident.id, one.name))] for one in sheets]
    back = [] if is_own(person, incident) else [[key("button.dossier_back", Dossier(incident.id))]]
    await desk.say(person, "paper.choose", buttons=[*keys, *back], edits=edits, about=incident.id, code=incident.code)


async def press(desk: Desk, person: Person, pressed: Paper, message: int | None) -> None:
    """One of the papers was chosen, or the list of them: what is known is filled in, what is missing is asked.

    Raises:
        Refusal: no right, an old key, or an unsent report of one's own is open.
    """
    if not pressed.sheet:
        await show(desk, person, pressed.incident, message, "toast")
        return
    incident = await _incident(desk, person, pressed.incident, "toast")
    sheet = desk.house.stationery.find(pressed.sheet)
    if sheet is None or not sheet.layout.holds(today(desk)):
        raise Refusal("press.stale.toast")
    await conversations.check_free(desk, person)
    given = await known(desk, person, incident, sheet)
    await conversations.begin(desk, person, sheet.form, given, about=incident.id, edits=message)


# What is known ------------------------------------------------------------------------------------------------------


async def known(desk: Desk, person: Person, incident: Incident, sheet: Sheet) -> dict[str, Json]:
    """The answers at hand; None where an optional field has none. What is required and missing is left out: asked."""
    earlier = await _earlier(desk, person, incident)
    at_hand = await sources.at_hand(desk, incident, whole=person.may(Permission.MAKE_PAPERS))
    given: dict[str, Json] = {}
    for one in sheet.fields:
        last = None if one.fresh else earlier.get(one.id)
        answer = last or _from_sources(one, at_hand) or earlier.get(one.id) or one.default
        if answer or not one.is_required(sheet.variant.key):
            given[one.id] = answer or None
    return given


async def _earlier(desk: Desk, person: Person, incident: Incident) -> dict[str, Json]:
    """What earlier papers of the incident said last; an officer from outside the team reads own ones alone."""
    said: dict[str, Json] = {}
    for paper in reversed(await papers.of(desk.tx, incident.id)):
        if _may_have(person, paper):
            said.update({name: answer for name, answer in paper.answers.items() if answer})
    return said


def _may_have(person: Person, paper: papers.Paper) -> bool:
    """Papers of the team are the team's: an officer from outside it has own ones alone."""
    return person.may(Permission.MAKE_PAPERS) or paper.made_by == person.id


def _from_sources(one: PaperField, at_hand: Values) -> Json:
    for source in one.sources:
        value = at_hand.get(source)
        if value in (None, "", UNKNOWN):
            continue
        if one.options:
            return ticked(one, value if isinstance(value, list) else [str(value)])
        if isinstance(value, str):
            return value
    return None


# Making -------------------------------------------------------------------------------------------------------------


async def submit(desk: Desk, person: Person, form: str, incident_id: str, facts: Values, message: int | None) -> None:
    """*Gửi* under a paper: its answers are kept, and the file is ordered.

    Raises:
        Refusal: the right has ended, or something that the paper must say is missing.
    """
    incident = await _incident(desk, person, incident_id, "text")
    sheet = desk.house.stationery.of_form(form)
    if sheet is None:
        raise Refusal("press.stale.toast")
    if missing := sheet.missing(facts):
        raise Refusal("paper.missing", label=missing[0].short)
    said = {name: answer for name, answer in facts.items() if answer}
    head = await chain.head(desk.tx, incident.id)
    paper = await papers.add(desk.tx, incident.id, sheet.name, said, head, person.id, desk.now)
    if message is not None:
        await desk.say(person, "paper.ordered", edits=message, name=sheet.variant.button, code=incident.code)
    await workshop.order(desk, "paper", person, incident.id, paper=paper.id)


async def press_pdf(desk: Desk, person: Person, pressed: Pdf) -> None:
    """The same paper as a PDF.

    Raises:
        Refusal: no right, or no such paper.
    """
    paper = await papers.find(desk.tx, pressed.paper)
    await _incident(desk, person, paper.incident if paper else "", "toast")
    if paper is None or not _may_have(person, paper):
        raise Refusal("press.stale.toast")
    if desk.house.to_pdf is None:
        raise Refusal("paper.no_pdf")
    await workshop.order(desk, "pdf", person, paper.incident, paper=paper.id)


@dataclass(frozen=True)
class Draft:
    """A paper about to be filled."""

    sheet: Sheet
    paper: papers.Paper
    values: Values
    name: str  # of the file, without its ending
    to_pdf: Callable[[bytes], Awaitable[bytes]] | None


async def _gather(desk: Desk, order: Order) -> Draft:
    """Everything that the paper prints, read once more; whoever has lost the right meanwhile gets nothing.

    Raises:
        Refusal: no right, or the layout has gone.
    """
    paper = await papers.find(desk.tx, str(order.details["paper"]))
    sheet = desk.house.stationery.find(paper.form) if paper else None
    person = await people.get(desk.tx, order.person)
    if paper is None or sheet is None or not _may_have(person, paper):
        raise Refusal("paper.gone")
    incident = await _incident(desk, person, paper.incident, "text")
    name = f"{incident.code}-{sheet.key}-{sheet.variant.key}-{paper.number}".replace("_", "-")
    return Draft(sheet, paper, printed(desk, incident, sheet, paper), name, desk.house.to_pdf)


def printed(desk: Desk, incident: Incident, sheet: Sheet, paper: papers.Paper) -> dict[str, Any]:
    """The names that a template may use: every field by its id, and what every paper has."""
    local = paper.made_at.astimezone(vietnamese.HANOI)
    title = sheet.variant.title.replace("{n}", str(paper.number))
    subject = (sheet.variant.subject or "").replace("{n}", str(paper.number)).replace("{ma}", incident.code)
    return {
        **{one.id: _shown(desk, one, paper.answers.get(one.id)) for one in sheet.layout.fields},
        **_of_policy(desk, sheet, local.date()),
        "loai": sheet.variant.key,
        "tieu_de": title,
        "trich_yeu": subject,
        "ma_ho_so": incident.code,
        "so_lan": str(paper.number),
        "ngay": f"{local:%d}",
        "thang": f"{local:%m}" if local.month < 3 else str(local.month),
        "nam": f"{local:%Y}",
        "gio": f"{local:%H}",
        "phut": f"{local:%M}",
        "ngay_nhan": f"{incident.filed_at.astimezone(vietnamese.HANOI):%d/%m/%Y}",
        "dau_chuoi": paper.head,
    }


def _shown(desk: Desk, one: PaperField, answer: Json) -> Any:
    if one.options:
        return Chosen(one, answer)
    if not answer:
        return ""
    if one.kind is Kind.DATE:
        return f"{date.fromisoformat(str(answer)):%d/%m/%Y}"
    if one.kind is Kind.TIME:
        hour, minute = str(answer).split(":")
        return desk.house.texts.plain(DEFAULT, "paper.clock", {"hour": hour, "minute": minute})
    if one.kind is Kind.PHONE:
        return vietnamese.show_phone(str(answer)).replace(" ", "\u00a0")  # a number is not broken between lines
    return docx.paragraphs(str(answer))


def _of_policy(desk: Desk, sheet: Sheet, day: date) -> dict[str, Any]:
    """Names and laws of that day; what the policy does not name stays empty, for a person to fill in."""
    policy = desk.policy
    words = (policy.name_of(Body.PROVINCE, day) or "").split()
    while words and words[0].islower():  # the place of a letter goes without the word for "province"
        words.pop(0)
    named = [one for one in policy.addressees if one.holds(day) and (not one.forms or sheet.key in one.forms)]
    cited = [law for name in sheet.layout.laws if (law := policy.law(name, day))]
    return {
        "dia_danh": " ".join(words),
        "kinh_gui": [one.name.vi for one in named if not one.copied],
        "noi_nhan": [one.name.vi for one in named if one.copied],
        "can_cu": [vietnamese.cited(law.name.vi, law.number) for law in cited],
    }


def _make(draft: Draft) -> Enclosure:
    return Enclosure(f"{draft.name}.docx", docx.MIME, docx.fill(draft.sheet.template, draft.values))


async def _to_pdf(draft: Draft, file: Enclosure) -> Enclosure:
    if draft.to_pdf is None:
        raise Refusal("paper.no_pdf")
    return Enclosure(f"{draft.name}.pdf", "application/pdf", await draft.to_pdf(file.content))


async def _hand_over(desk: Desk, order: Order, draft: Draft, file: Enclosure) -> Caption:
    """That a paper was made is an event of the incident: which, under which number, of which bytes."""
    paper, person = draft.paper, await people.get(desk.tx, order.person)
    now = await papers.find(desk.tx, paper.id)
    if now is None or now.answers != paper.answers:  # its words were erased while the file was being made
        raise Refusal("paper.gone")
    await desk.log(
        paper.incident,
        EventKind.PRINTED,
        person,
        form=paper.form,
        number=paper.number,
        sha256=hashlib.sha256(file.content).hexdigest(),
        head=paper.head,
    )
    caption = await code_alone(desk, order, draft, file)
    as_pdf = order.what == "pdf" or desk.house.to_pdf is None
    keys: list[Key] = [] if as_pdf else [key("button.pdf", Pdf(paper.id))]
    facts = {**caption.facts, "name": draft.sheet.variant.button, "owner": Word("paper.owner")}
    return Caption(facts, buttons=[keys] if keys else ())


DOCX = Maker("paper.made", _gather, _make, hand_over=_hand_over)
PDF = Maker("paper.made", _gather, _make, hand_over=_hand_over, finish=_to_pdf)
