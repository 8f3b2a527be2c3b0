"""How each form ends: what *Gửi* and *Huỷ* do, what silence does, and what later answers do to a filed report."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain import coordination, putting_off, registering, reports, submissions, vietnamese
from bot.domain.enrolment import ENROLMENT
from bot.domain.evidence import State
from bot.domain.handing import DECLINING, HANDING
from bot.domain.handing import FORMS as HANDINGS
from bot.domain.listed import LISTS
from bot.domain.people import Person
from bot.domain.presses import Open, Own
from bot.domain.questions import Answers, Known
from bot.domain.sending import Lane
from bot.domain.tasks import FORMS as TASKS
from bot.domain.work import FORMS as WORK
from bot.services import answers
from bot.services.casework import incidents as desk_incidents
from bot.services.casework import tasks, verdicts
from bot.services.clockwork import deadlines, duties
from bot.services.coordination import replies
from bot.services.coordination import requests as asking
from bot.services.desk import Desk, key
from bot.services.duty import handover
from bot.services.names import channel_lines
from bot.services.obligation import exempting, judging, postponing, submitting
from bot.services.outbreak import matches
from bot.services.paper import papers
from bot.services.paper.formbook import form_of
from bot.services.register import agency_changes, enrolling, system_changes
from bot.services.reporting import evidence, publishing, requests, sayings
from locales import At, Word
from storage import drafts, incidents, people, privacy
from storage import evidence as kept


def known(desk: Desk, person: Person, given: Answers) -> Known:
    """What a question may know: the time, who answers, what the policy of the day says, what this draft may list."""
    day = desk.now.astimezone(vietnamese.HANOI).date()
    bodies = tuple((row.key, row.name.in_language(person.language)) for row in desk.policy.referrals_on(day))
    lists = given.get(LISTS) or {}
    return Known(desk.now, frozenset(map(str, person.roles)), person.name, person.phone, bodies, lists, given)


def _facts(desk: Desk, person: Person, one: drafts.Open) -> dict[str, Any]:
    return form_of(desk, one).facts(one.draft.answers, known(desk, person, one.draft.answers))


def channels(desk: Desk, person: Person, kind: str) -> Any:
    """Public services for the first aid of a kind, as lines; None where the policy names none."""
    day = desk.now.astimezone(vietnamese.HANOI).date()
    return channel_lines(desk.policy.first_aid(kind, day), person.language)


def notice(desk: Desk, person: Person) -> Any:
    """The notice about personal data (law 91/2025, article 9.2): what, why, who, how long, which rights."""
    day = desk.now.astimezone(vietnamese.HANOI).date()
    terms = desk.policy.privacy
    laws = [
        Word("law.line", number=law.number, name=law.name.in_language(person.language))
        for law in desk.policy.privacy_laws(day)
    ]
    return Word(
        "notice.personal_data",
        laws={"list": laws} if laws else None,
        retention=Word("notice.months", n=terms.retention_months) if terms.retention_months else None,
        version=terms.version,
        issued=At(answers.midnight(terms.issued.isoformat()), "date") if terms.issued else None,
    )


async def submit(desk: Desk, person: Person, one: drafts.Open, message: int | None) -> None:
    """*Gửi*: what follows depends on the form."""
    await SUBMITS.get(one.draft.form, _submit_paper)(desk, person, one, message)
    await drafts.erase(desk.tx, person.id)


async def _submit_report(desk: Desk, person: Person, one: drafts.Open, message: int | None) -> None:
    facts, receipt = _facts(desk, person, one), "report.completed"
    if one.incident is None:
        incident, receipt = await _file(desk, person, one, facts, incomplete=False)
    else:
        incident = await incidents.get(desk.tx, one.incident)
        await desk_incidents.supplement(desk, person, incident, form_of(desk, one), facts, complete=True)
    await _keep_contact(desk, person, incident.id, facts)
    if message is not None:
        await desk.bare(person, message)
    await _receipt(desk, person, incident.id, receipt)
    if receipt != FOLDED and (one.incident is None or incident.incomplete):
        await duties.tell(desk, person, await incidents.get(desk.tx, incident.id))


async def _file(
    desk: Desk, person: Person, one: drafts.Open, facts: Mapping[str, Any], *, incomplete: bool
) -> tuple[incidents.Incident, str]:
    """Register a report with the messages and files that told it; the incident, and the name of its receipt.

    The very same words of the same person within minutes are the same report: it keeps its number.
    """
    form = form_of(desk, one)
    first = await matches.same(desk, person, form.name, facts)
    if first is None:
        incident = await desk_incidents.file(desk, person, form, facts, incomplete=incomplete)
    else:
        incident = first
        await desk_incidents.fold(desk, person, first, form, facts, complete=not incomplete)
    await sayings.file(desk, person, incident)
    await evidence.attach(desk, incident.id, draft=one.id)
    return incident, _RECEIPTS[first is not None, incomplete]


FOLDED = "report.folded"
# Whether it was said before, and whether it was filed by silence.
_RECEIPTS: Mapping[tuple[bool, bool], str] = {
    (False, False): "report.received",
    (False, True): "report.filed_in_silence",
    (True, False): FOLDED,
    (True, True): FOLDED,
}


async def _receipt(desk: Desk, person: Person, incident_id: str, text: str) -> None:
    """Stored first, acknowledged now; the person always learns the number, and until when to expect an answer."""
    incident = await incidents.get(desk.tx, incident_id)
    await desk.say(
        person,
        text,
        buttons=desk_incidents.own_keys(desk, incident),
        about=incident.id,
        code=incident.code,
        at=At(incident.filed_at),
        pictures=Word("report.pictures") if await _unanswered_pictures(desk, person, incident.id) else None,
        promise=await deadlines.promise(desk, incident),
        official=Word("report.not_official") if incident.source == "agency" else None,
        anonymous=Word("report.anonymous") if incident.anonymous else None,
    )


async def _unanswered_pictures(desk: Desk, person: Person, incident: str) -> bool:
    """Whether pictures were sent and the notice about them was not answered: nobody sees them so."""
    return State.ASKED in await kept.counted_by_state(desk.tx, incident, person.id)


async def _keep_contact(desk: Desk, person: Person, incident: str, facts: Mapping[str, Any]) -> None:
    """Contact data only with consent; who wants none of it now has what was given before erased."""
    if "contact" not in facts:
        return  # not asked yet, or not asked again: what was said before holds
    if facts.get("consent") != "agree":
        if await privacy.drop_contact(desk.tx, incident):
            for text in (requests.CONTACT, requests.REVIEW, requests.PAPER):
                await requests.take_back(desk, incident, text)
            await requests.forget_in_papers(desk, incident)
        return
    contact = {name: facts.get(name) for name in reports.CONTACT}
    if facts.get("contact") == "known":
        contact = {"name": person.name, "phone": person.phone}
    consent = await privacy.valid_consent(desk.tx, person.id, "contact")
    if consent is not None and any(contact.values()):
        await privacy.keep_contact(desk.tx, incident, consent, contact)


async def file_silent(desk: Desk, one: drafts.Open) -> None:
    """Three minutes of silence after a story: it is filed as it is, marked, without contact data; the form goes on."""
    person = await people.get(desk.tx, one.person)
    incident, receipt = await _file(desk, person, one, _facts(desk, person, one), incomplete=True)
    waits = timedelta(days=desk.policy.draft_days)
    await drafts.keep(desk.tx, replace(one, incident=incident.id, look_at=desk.now + waits))
    await desk.say(
        person,
        receipt,
        lane=Lane.NOTICE,
        about=incident.id,
        code=incident.code,
        at=At(incident.filed_at),
        promise=await deadlines.promise(desk, incident),
    )
    if receipt != FOLDED:
        await duties.tell(desk, person, incident)


async def add(desk: Desk, person: Person, one: drafts.Open) -> None:
    """A later answer to a report that is already filed: an event of that incident."""
    assert one.incident is not None
    incident = await incidents.get(desk.tx, one.incident)
    facts = _facts(desk, person, one)
    await desk_incidents.supplement(desk, person, incident, form_of(desk, one), facts, complete=False)
    await evidence.attach(desk, incident.id, draft=one.id)


async def cancel(desk: Desk, person: Person, one: drafts.Open, message: int | None) -> None:
    """*Huỷ* before filing erases draft and answers; after it, whether to withdraw is asked."""
    if one.incident is not None:
        incident = await incidents.get(desk.tx, one.incident)
        await drafts.erase(desk.tx, person.id)
        await ask_withdrawal(desk, person, incident, message)
        return
    await kept.erase_of_draft(desk.tx, one.id)
    await drafts.erase(desk.tx, person.id)
    if one.draft.form == ENROLMENT.name:  # the key that shares a number goes only with a new message
        await desk.say(person, "enrol.cancelled", extras={"removes_keyboard": True})
        return
    if one.draft.form in submissions.FORMS:
        await desk.say(person, "submission.cancelled", edits=message)
        return
    if one.draft.form in putting_off.FORMS:
        await desk.say(person, "owed.cancelled", edits=message)
        return
    if one.about is not None or one.draft.form in (*HANDINGS, *registering.FORMS, *coordination.FORMS):
        await desk.say(person, "work.cancelled", edits=message)
        return
    await desk.say(person, "form.cancelled", buttons=[[key("button.report", Open("report"))]], edits=message)


async def ask_withdrawal(desk: Desk, person: Person, incident: incidents.Incident, message: int | None = None) -> None:
    await desk.say(
        person,
        "withdraw.ask",
        buttons=[
            [key("button.withdraw_yes", Own(incident.id, "withdraw"), "danger")],
            [key("button.withdraw_no", Own(incident.id, "keep"))],
        ],
        edits=message,
        code=incident.code,
    )


Submit = Callable[[Desk, Person, drafts.Open, int | None], Awaitable[None]]


async def _submit_contact_point(desk: Desk, person: Person, one: drafts.Open, message: int | None) -> None:
    await publishing.publish(desk, person, _facts(desk, person, one), message)


async def _submit_request(desk: Desk, person: Person, one: drafts.Open, message: int | None) -> None:
    await requests.make(desk, person, _facts(desk, person, one), message)


async def _submit_work(desk: Desk, person: Person, one: drafts.Open, message: int | None) -> None:
    assert one.about is not None
    await verdicts.submit(desk, person, one.draft.form, one.about, _facts(desk, person, one), message)


async def _submit_task(desk: Desk, person: Person, one: drafts.Open, message: int | None) -> None:
    assert one.about is not None
    await tasks.submit(desk, person, one.draft.form, one.about, _facts(desk, person, one), message)


async def _submit_paper(desk: Desk, person: Person, one: drafts.Open, message: int | None) -> None:
    assert one.about is not None
    await papers.submit(desk, person, one.draft.form, one.about, _facts(desk, person, one), message)


async def _submit_handing(desk: Desk, person: Person, one: drafts.Open, message: int | None) -> None:
    note = _facts(desk, person, one).get("note")
    await handover.ask(desk, person, one.draft.answers, note, message)


async def _submit_declining(desk: Desk, person: Person, one: drafts.Open, message: int | None) -> None:
    reason = _facts(desk, person, one)["reason"]
    await handover.explain(desk, person, str(one.draft.answers["id"]), reason, message)


async def _submit_enrolment(desk: Desk, person: Person, one: drafts.Open, message: int | None) -> None:
    await enrolling.submit(desk, person, _facts(desk, person, one), message)


async def _submit_evidence(desk: Desk, person: Person, one: drafts.Open, message: int | None) -> None:
    await submitting.from_form(desk, person, one, _facts(desk, person, one), message)


async def _submit_postponing(desk: Desk, person: Person, one: drafts.Open, message: int | None) -> None:
    await postponing.submit(desk, person, one, _facts(desk, person, one), message)


async def _submit_agency(desk: Desk, person: Person, one: drafts.Open, message: int | None) -> None:
    facts = _facts(desk, person, one)
    await agency_changes.submit(desk, person, one.draft.form, one.draft.answers, facts, message)


async def _submit_system(desk: Desk, person: Person, one: drafts.Open, message: int | None) -> None:
    facts = _facts(desk, person, one)
    await system_changes.submit(desk, person, one.draft.form, one.draft.answers, facts, message)


async def _submit_coordination(desk: Desk, person: Person, one: drafts.Open, message: int | None) -> None:
    facts = _facts(desk, person, one)
    if one.about is not None:
        await tasks.submit(desk, person, one.draft.form, one.about, facts, message)
    else:
        await asking.ask(desk, person, None, facts, message)


async def _submit_answer(desk: Desk, person: Person, one: drafts.Open, message: int | None) -> None:
    facts, request = _facts(desk, person, one), str(one.draft.answers["id"])
    if one.draft.form == coordination.REFUSING.name:
        await replies.refuse(desk, person, request, facts["reason"], message)
    else:
        await replies.add_words(desk, person, request, facts["result"], message)


async def _submit_return(desk: Desk, person: Person, one: drafts.Open, message: int | None) -> None:
    reason = _facts(desk, person, one)["reason"]
    await judging.give_back(desk, person, str(one.draft.answers["id"]), reason, message)


async def _submit_refusal(desk: Desk, person: Person, one: drafts.Open, message: int | None) -> None:
    reason = _facts(desk, person, one)["reason"]
    await exempting.refuse(desk, person, str(one.draft.answers["id"]), reason, message)


SUBMITS: Mapping[str, Submit] = {
    ENROLMENT.name: _submit_enrolment,
    reports.CITIZEN_REPORT.name: _submit_report,
    reports.AGENCY_REPORT.name: _submit_report,
    reports.CONTACT_POINT.name: _submit_contact_point,
    reports.PRIVACY_REQUEST.name: _submit_request,
    **dict.fromkeys(WORK, _submit_work),
    **dict.fromkeys(TASKS, _submit_task),
    HANDING.name: _submit_handing,
    DECLINING.name: _submit_declining,
    **dict.fromkeys(submissions.KIND_OF, _submit_evidence),
    **dict.fromkeys(putting_off.FORMS, _submit_postponing),
    **dict.fromkeys(registering.OF_AGENCIES, _submit_agency),
    **dict.fromkeys(registering.OF_SYSTEMS, _submit_system),
    submissions.RETURNING.name: _submit_return,
    coordination.COORDINATION.name: _submit_coordination,
    coordination.REFUSING.name: _submit_answer,
    coordination.RESULT.name: _submit_answer,
    submissions.REFUSING.name: _submit_refusal,
}
