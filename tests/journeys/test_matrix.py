"""Every role against every command and every kind of key, over HTTP: allowed or refused as the permission table says.

The expectations come from the table of the domain. What is tried comes from `PRESSES`, `COMMANDS` and the deep links of
cards; a kind of key without a row here fails.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from telegram.ext import CommandHandler

from bot.domain import presses
from bot.domain.agencies import Kind as AgencyKind
from bot.domain.agencies import Post
from bot.domain.evidence import Piece, State
from bot.domain.forms import Draft
from bot.domain.ids import short
from bot.domain.incidents import EventKind, Source, Status
from bot.domain.indicators import Indicator, Kind
from bot.domain.moves import MOVES
from bot.domain.obligations import Evidence
from bot.domain.obligations import State as Stands
from bot.domain.people import RESPONDERS, Permission, Role
from bot.domain.people import Person as Account
from bot.domain.presses import Press
from bot.domain.replies import Act
from bot.domain.rota import LONGEST, Slot, of_pattern
from bot.domain.submissions import State as Judged
from bot.playground.chats import Chat, Message
from bot.playground.chats import Press as Pressed
from bot.services.casework.cards import BY_FORM
from bot.services.desk import Desk
from bot.services.duty.rota_plans import start_code
from bot.services.reporting.menu import COMMANDS
from handlers import IN_GROUPS, handlers
from storage import (
    agencies,
    coordinations,
    digests,
    drafts,
    enrolments,
    events,
    evidence,
    exemptions,
    groups,
    handovers,
    incidents,
    obligations,
    offers,
    papers,
    people,
    posts,
    referrals,
    roles,
    rota,
    search,
    seats,
    strays,
    submissions,
    systems,
)
from storage.store import Transaction
from tests.conftest import Stage, set_stage
from tests.journeys.walks import quiet
from tests.people import Person, Team

DONE, DENIED, NO_SEAT, STALE = "done", "denied", "no seat", "stale"
SAID = {
    "Việc này chỉ người được giao": DENIED,
    "Việc này chỉ làm được khi Anh/Chị đang ở trong nhóm": NO_SEAT,
    "Nút này không còn dùng được": STALE,
}
NOBODY = "0" * 20
TOGETHER = 40  # presses at once


def heard(text: str) -> str:
    return next((what for words, what in SAID.items() if text.startswith(words)), DONE)


# Who tries: each role in its place, and each role of a responder that has left the team's group ----------------------


@dataclass(frozen=True)
class Column:
    role: Role
    gone: bool = False

    def __str__(self) -> str:
        return f"{self.role}_gone" if self.gone else str(self.role)

    @property
    def account(self) -> Account:
        held = frozenset({Role.CITIZEN, self.role})
        return Account(id="1", telegram_id=1, language="vi", roles=held, seated=not self.gone)

    def expected(self, permission: Permission) -> str:
        """What the table says."""
        if self.account.lacks_seat_for(permission):
            return NO_SEAT
        return DONE if self.account.may(permission) else DENIED


COLUMNS = (*map(Column, Role), *(Column(role, gone=True) for role in sorted(RESPONDERS)))


@dataclass
class Scene:
    """One who tries, and all that keys could be aimed at."""

    stage: Stage
    tx: Transaction
    subject: str
    other: str  # a reporter
    admin: str
    auditor: str

    async def incident(self, reporter: str | None = None, status: Status = Status.NEW) -> str:
        """A fresh one for each key, so that no key spoils another."""
        now, identifier = self.stage.clock.now(), self.tx.new_id()
        made = incidents.Incident(
            id=identifier,
            code=await incidents.next_code(self.tx, 2026),
            form="citizen_report_1",
            source=Source.CITIZEN,
            kind="sim",
            status=status,
            reporter=reporter or self.other,
            anonymous=True,
            incomplete=False,
            facts={"story": "Một câu chuyện"},
            summary="Một câu chuyện",
            owner=None,
            filed_at=now,
            claimed_at=None,
        )
        await incidents.add(self.tx, made)
        return identifier

    async def draft(self) -> str:
        """The one open form of the subject."""
        one = await drafts.find(self.tx, self.subject)
        if one is None:
            now = self.stage.clock.now()
            empty = Draft("citizen_report_1", "kind")
            one = drafts.Open(self.tx.new_id(), self.subject, empty, None, now, now + timedelta(days=1))
            await drafts.keep(self.tx, one)
        return short(one.id)


Made = Callable[[Scene], Awaitable[Press]]


async def an_agency(scene: Scene) -> str:
    """A new one in the register."""
    identifier = scene.tx.new_id()
    made = agencies.Agency(identifier, identifier.upper(), "Một cơ quan", AgencyKind.COMMUNE)
    await agencies.add(scene.tx, made, scene.stage.clock.now())
    return identifier


async def a_post(scene: Scene, person: str, agency: str | None = None) -> str:
    """Somebody speaks for an agency: one that is named, or a new one."""
    agency, now = agency or await an_agency(scene), scene.stage.clock.now()
    await posts.confirm(scene.tx, agency, person, Post.OFFICER, None, None, now)
    return next(one.id for one in await posts.of_person(scene.tx, person) if one.agency == agency)


async def own_post(scene: Scene) -> Press:
    return presses.OwnPost(await a_post(scene, scene.subject), "affirm")


async def a_post_of_another(scene: Scene) -> Press:
    return presses.Relieve(await a_post(scene, scene.other))


async def an_enrolment(scene: Scene) -> Press:
    now, identifier = scene.stage.clock.now(), scene.tx.new_id()
    agency = await an_agency(scene)
    asked = enrolments.Enrolment(identifier, scene.other, agency, Post.OFFICER, "Ví Dụ", None, None, now)
    await enrolments.ask(scene.tx, asked)
    return presses.Enrolment(identifier, "no")


async def own_picture(scene: Scene) -> Press:
    piece = Piece("photo", "file", 1, None, None, None)
    now = scene.stage.clock.now()
    waiting = await evidence.add(scene.tx, scene.subject, evidence.Place(), piece, State.ASKED, now)
    return presses.PictureConsent(waiting, "no")


async def own_search(scene: Scene) -> Press:
    kept = await search.remember(scene.tx, scene.subject, '"cong" "an"', "công an", scene.stage.clock.now())
    return presses.Found(kept.id, "0")


async def own_stray(scene: Scene) -> Press:
    incident = await scene.incident(scene.subject)
    await strays.keep(scene.tx, scene.subject, 1, "Một câu nữa", None, scene.stage.clock.now())
    return presses.Which(incident)


async def own_duty(scene: Scene) -> Press:
    incident = await scene.incident(scene.subject)
    agency = "UPDATE incidents SET source = 'agency', severity = 'serious' WHERE id = :id"
    await scene.tx.run(agency, {"id": incident})
    return presses.Declare(incident, "first_24h")


async def a_guest(scene: Scene) -> Press:
    """Somebody who has used a link of the other administrator and waits for the word."""
    now = scene.stage.clock.now()
    until = now + timedelta(days=1)
    await people.invite(scene.tx, token_hash="hash", role=Role.AUDITOR, by=scene.admin, now=now, expires_at=until)
    await people.use(scene.tx, "hash", scene.other, now)
    pending = await people.pending_invitation(scene.tx, scene.other)
    assert pending is not None
    await people.ask_admission(scene.tx, pending.id, "Ví Dụ", "0900000009")
    return presses.Admit(pending.id, "no")


async def a_proposal(scene: Scene) -> Press:
    now = scene.stage.clock.now()
    until = now + timedelta(days=1)
    asked = await roles.propose(scene.tx, scene.other, Role.APPROVER, None, scene.admin, now, until)
    assert asked is not None
    return presses.Second(asked, "no")


async def a_binding(scene: Scene) -> Press:
    group = await groups.meet(scene.tx, -5_000)
    return presses.Bind(await groups.ask_binding(scene.tx, group.id, "x", scene.subject, scene.stage.clock.now()), "no")


async def a_shift(scene: Scene, person: str, starts: timedelta) -> str:
    """A shift of twelve hours, that many hours from now."""
    begin = scene.stage.clock.now() + starts
    slot = Slot(begin, begin + timedelta(hours=12))
    return (await rota.plan(scene.tx, slot, person, None, scene.stage.clock.now(), look=None)).id


async def own_shift(scene: Scene) -> Press:
    return presses.GiveShift(await a_shift(scene, scene.subject, timedelta(days=2)))


async def own_shift_now(scene: Scene) -> Press:
    return presses.OnDuty(await a_shift(scene, scene.subject, timedelta(hours=-1)))


async def a_swap(scene: Scene) -> Press:
    shift = await a_shift(scene, scene.admin, timedelta(days=3))
    swap = await rota.ask(scene.tx, shift, scene.admin, scene.subject, None, scene.stage.clock.now())
    assert swap is not None
    return presses.TakeShift(swap.id, "yes")


async def a_slot(scene: Scene) -> Press:
    since = scene.stage.clock.now() + timedelta(days=5)
    slot = of_pattern(scene.stage.bot.house.policy.rota, since, since + LONGEST)[0]
    return presses.FillShift(start_code(slot))


async def a_paper(scene: Scene) -> Press:
    """Of a layout that has gone: the key is answered, and no other program is started for it."""
    now, incident = scene.stage.clock.now(), await scene.incident()
    return presses.Pdf((await papers.add(scene.tx, incident, "gone/gone", {}, "", scene.admin, now)).id)


async def a_referral(scene: Scene) -> Press:
    now = scene.stage.clock.now()
    made = referrals.Referral(
        id=scene.tx.new_id(),
        incident=await scene.incident(status=Status.REFERRING),
        body="police",
        reason=None,
        made_by=scene.admin,
        made_at=now,
        answer_by=now + timedelta(days=1),
        state="offered",
    )
    await referrals.add(scene.tx, made)
    return presses.Respond(made.id, "accept")


async def an_offer(scene: Scene) -> Press:
    """Work that a colleague offers to the subject."""
    now, identifier = scene.stage.clock.now(), scene.tx.new_id()
    made = handovers.Handover(identifier, identifier, scene.other, scene.subject, scene.other, None, True, now, None)
    await handovers.add(scene.tx, made, [await scene.incident()])
    return presses.Handing(made.id, "accept")


async def a_list(scene: Scene) -> Press:
    now, group = scene.stage.clock.now(), await groups.team(scene.tx)
    assert group is not None
    known = await digests.current(scene.tx, group.id, digests.Kind.STORM)
    digest = known or await digests.open_one(scene.tx, group.id, digests.Kind.STORM, now, now)
    await digests.add(scene.tx, digest.id, await scene.incident())
    return presses.Listing(digest.id, "0")


async def a_suggestion(scene: Scene) -> Press:
    """Two reports share a domain."""
    later, earlier = await scene.incident(), await scene.incident()
    why = Indicator(Kind.DOMAIN, "lua-dao.example")
    made = await offers.make(scene.tx, offers.MERGE, later, earlier, why, scene.stage.clock.now())
    return presses.Weigh(made, "no")


async def own_agency(scene: Scene) -> str:
    """An agency for which the subject speaks."""
    agency = await an_agency(scene)
    await a_post(scene, scene.subject, agency)
    return agency


async def own_system(scene: Scene) -> str:
    """A system of such an agency."""
    identifier = scene.tx.new_id()
    made = systems.System(identifier, identifier, "Cổng ví dụ", await own_agency(scene))
    await systems.add(scene.tx, made, scene.stage.clock.now())
    return identifier


async def a_merger(scene: Scene) -> Press:
    return presses.Merge(await an_agency(scene), await an_agency(scene), "20261101")


async def handed_in(scene: Scene, agency: str, person: str) -> str:
    """Something that an agency has handed in."""
    one = submissions.Submission(
        id=scene.tx.new_id(),
        kind=Evidence.SCAN,
        agency=agency,
        person=person,
        done_on=date(2026, 1, 1),
        facts={"systems": [], "done_on": "2026-01-01"},
        state=Judged.SUBMITTED,
        submitted_at=scene.stage.clock.now(),
    )
    await submissions.add(scene.tx, one, [])
    return one.id


async def own_evidence(scene: Scene) -> Press:
    return presses.OwnEvidence(await handed_in(scene, await own_agency(scene), scene.subject), "withdraw")


async def evidence_of_others(scene: Scene) -> Press:
    return presses.Judge(await handed_in(scene, await an_agency(scene), scene.other), "see")


async def an_exemption(scene: Scene) -> Press:
    agency, identifier = await an_agency(scene), scene.tx.new_id()
    day = scene.stage.clock.now().date()
    one = obligations.Obligation(identifier, "x", agency, agency, None, 1, Stands.SUBMITTED, day, day)
    await obligations.put(scene.tx, one)
    asked = await exemptions.ask(scene.tx, identifier, "Máy đã ngừng", scene.other, scene.stage.clock.now())
    return presses.Exempt(str(asked), "see")


def of_own(thing: Callable[[Scene], Awaitable[str]], make: Callable[[str], Press]) -> Made:
    async def made(scene: Scene) -> Press:
        return make(await thing(scene))

    return made


async def a_request(scene: Scene, agency: str) -> str:
    """Something that an agency is asked to do."""
    now, identifier = scene.stage.clock.now(), scene.tx.new_id()
    code = await coordinations.next_code(scene.tx, 2026)
    until = now + timedelta(days=1)
    await coordinations.add(
        scene.tx, coordinations.Request(identifier, code, agency, None, "Xin hỗ trợ", until, scene.admin, now)
    )
    return identifier


async def a_request_to_see(scene: Scene) -> Press:
    return presses.RequestFile(await a_request(scene, await an_agency(scene)), "see")


async def a_request_to_answer(scene: Scene) -> Press:
    agency = await an_agency(scene)
    await a_post(scene, scene.subject, agency)
    return presses.RequestAnswer(await a_request(scene, agency), "received")


def of_incident(make: Callable[[str], Press]) -> Made:
    async def made(scene: Scene) -> Press:
        return make(await scene.incident())

    return made


def bare(press: Press) -> Made:
    async def made(scene: Scene) -> Press:
        return press

    return made


@dataclass(frozen=True)
class Row:
    """A kind of key: what it takes, one that is sound, and some that a modified client might send."""

    permission: Permission
    sound: Made
    forged: tuple[Press, ...]


async def _own(scene: Scene) -> Press:
    return presses.Own(await scene.incident(scene.subject), "see")


async def _fork(scene: Scene) -> Press:
    return presses.Fork(await scene.draft(), "on")


async def _answer(scene: Scene) -> Press:
    return presses.Answer(await scene.draft(), "kind", Act.CANCEL)


async def _holder(scene: Scene) -> Press:
    return presses.Holder(scene.auditor)


async def _grant(scene: Scene) -> Press:
    return presses.Grant(scene.auditor)


async def _revoke(scene: Scene) -> Press:
    return presses.Revoke(scene.auditor, Role.AUDITOR)


# In the order in which they are pressed: a form is looked at before it is dropped.
ROWS: dict[type[Press], Row] = {
    presses.Open: Row(Permission.SEE_CONTACT_POINT, bare(presses.Open("contact")), (presses.Open("else"),)),
    presses.Fork: Row(Permission.REPORT, _fork, (presses.Fork("0" * 8, "on"),)),
    presses.Answer: Row(Permission.REPORT, _answer, (presses.Answer("0" * 8, "kind", Act.CANCEL),)),
    presses.Own: Row(Permission.TRACK_OWN, _own, (presses.Own(NOBODY, "withdraw"),)),
    presses.Which: Row(Permission.REPORT, own_stray, (presses.Which(NOBODY),)),
    presses.Privacy: Row(Permission.KEEP_OWN_PRIVACY, bare(presses.Privacy("see")), (presses.Privacy("else"),)),
    presses.Language: Row(Permission.KEEP_OWN_PRIVACY, bare(presses.Language("vi")), (presses.Language("xx"),)),
    presses.PictureConsent: Row(Permission.REPORT, own_picture, (presses.PictureConsent(NOBODY, "yes"),)),
    presses.Page: Row(
        Permission.SEE_QUEUE, bare(presses.Page("queue", "0")), (presses.Page("queue", "x"), presses.Page("else", "0"))
    ),
    presses.Found: Row(Permission.SEARCH, own_search, (presses.Found(NOBODY, "0"), presses.Found(NOBODY, "x"))),
    presses.Listing: Row(Permission.SEE_QUEUE, a_list, (presses.Listing(NOBODY, "0"), presses.Listing(NOBODY, "x"))),
    presses.Claim: Row(Permission.CLAIM, of_incident(presses.Claim), (presses.Claim(NOBODY),)),
    presses.Details: Row(Permission.SEE_DETAILS, of_incident(presses.Details), (presses.Details(NOBODY),)),
    presses.See: Row(Permission.SEE_EVIDENCE, of_incident(presses.See), (presses.See(NOBODY),)),
    presses.Act: Row(
        Permission.WORK,
        of_incident(lambda incident: presses.Act(incident, "start")),
        (presses.Act(NOBODY, "start"), presses.Act(NOBODY, "close"), presses.Act(NOBODY, "accept")),
    ),
    presses.Rate: Row(
        Permission.RATE,
        of_incident(lambda incident: presses.Rate(incident, "serious")),
        (presses.Rate(NOBODY, "serious"), presses.Rate(NOBODY, "else")),
    ),
    presses.Unfold: Row(
        Permission.WORK,
        of_incident(lambda incident: presses.Unfold(incident, "more")),
        (presses.Unfold(NOBODY, "more"), presses.Unfold(NOBODY, "else")),
    ),
    presses.Dossier: Row(Permission.SEE_DETAILS, of_incident(presses.Dossier), (presses.Dossier(NOBODY),)),
    presses.Leaf: Row(
        Permission.SEE_DETAILS,
        of_incident(lambda incident: presses.Leaf(incident, "clocks")),
        (presses.Leaf(NOBODY, "clocks"), presses.Leaf(NOBODY, "attic")),
    ),
    presses.Declare: Row(
        Permission.TRACK_OWN, own_duty, (presses.Declare(NOBODY, "first_24h"), presses.Declare(NOBODY, "claim"))
    ),
    presses.Paper: Row(
        Permission.MAKE_PAPERS,
        of_incident(presses.Paper),
        (presses.Paper(NOBODY), presses.Paper(NOBODY, "mau_03/ban_dau")),
    ),
    presses.Pdf: Row(Permission.MAKE_PAPERS, a_paper, (presses.Pdf(NOBODY),)),
    presses.Mark: Row(
        Permission.MARK_TLP, of_incident(presses.Mark), (presses.Mark(NOBODY), presses.Mark(NOBODY, "MAT"))
    ),
    presses.Hand: Row(
        Permission.HAND_OVER, bare(presses.Hand("all", "")), (presses.Hand("offer", NOBODY), presses.Hand("else", ""))
    ),
    presses.Handing: Row(
        Permission.HAND_OVER, an_offer, (presses.Handing(NOBODY, "accept"), presses.Handing(NOBODY, "else"))
    ),
    presses.Chapter: Row(
        Permission.SEE_DETAILS,
        of_incident(lambda incident: presses.Chapter(incident, "timeline", "9")),
        (presses.Chapter(NOBODY, "timeline", "9"), presses.Chapter(NOBODY, "notes", "x")),
    ),
    presses.Tick: Row(
        Permission.WORK,
        of_incident(lambda incident: presses.Tick(incident, "confirm_level", "on")),
        (presses.Tick(NOBODY, "confirm_level", "on"),),
    ),
    presses.Ready: Row(
        Permission.RELAY,
        of_incident(lambda incident: presses.Ready(incident, "need_details", "show")),
        (presses.Ready(NOBODY, "need_details", "send"),),
    ),
    presses.Weigh: Row(Permission.MERGE, a_suggestion, (presses.Weigh(NOBODY, "take"), presses.Weigh(NOBODY, "else"))),
    presses.Related: Row(Permission.SEE_DETAILS, of_incident(presses.Related), (presses.Related(NOBODY, "x"),)),
    presses.Tie: Row(
        Permission.TIE,
        of_incident(lambda incident: presses.Tie("lay", incident)),
        (presses.Tie("untie", NOBODY, NOBODY), presses.Tie("else", NOBODY)),
    ),
    presses.Respond: Row(Permission.ANSWER_REFERRAL, a_referral, (presses.Respond(NOBODY, "accept"),)),
    presses.Invite: Row(
        Permission.INVITE, bare(presses.Invite("auditor")), (presses.Invite("root"), presses.Invite("expert", "999"))
    ),
    presses.Admit: Row(Permission.INVITE, a_guest, (presses.Admit(NOBODY, "yes"),)),
    presses.Roster: Row(Permission.SEE_ROLES, bare(presses.Roster("0")), (presses.Roster("x"),)),
    presses.Holder: Row(Permission.SEE_ROLES, _holder, (presses.Holder(NOBODY),)),
    presses.Grant: Row(
        Permission.GRANT_ROLES, _grant, (presses.Grant(NOBODY), presses.Grant(NOBODY, "admin", "", "yes"))
    ),
    presses.Revoke: Row(Permission.GRANT_ROLES, _revoke, (presses.Revoke(NOBODY, "admin", "yes"),)),
    presses.Second: Row(Permission.GRANT_ROLES, a_proposal, (presses.Second(NOBODY, "yes"),)),
    presses.Duty: Row(
        Permission.SEE_ROTA,
        bare(presses.Duty("week")),
        (presses.Duty("week", "20261124"), presses.Duty("week", "x"), presses.Duty("else")),
    ),
    presses.PlanWeek: Row(
        Permission.PLAN_ROTA, bare(presses.PlanWeek("")), (presses.PlanWeek("19000101"), presses.PlanWeek("", "else"))
    ),
    presses.FillShift: Row(
        Permission.PLAN_ROTA, a_slot, (presses.FillShift("x"), presses.FillShift("000101010000", "none"))
    ),
    presses.GiveShift: Row(
        Permission.STAND_DUTY, own_shift, (presses.GiveShift(NOBODY), presses.GiveShift(NOBODY, NOBODY, "none"))
    ),
    presses.TakeShift: Row(Permission.STAND_DUTY, a_swap, (presses.TakeShift(NOBODY, "yes"),)),
    presses.OnDuty: Row(Permission.STAND_DUTY, own_shift_now, (presses.OnDuty(NOBODY),)),
    presses.Providers: Row(Permission.SEE_CONTACT_POINT, bare(presses.Providers()), (presses.Providers("x"),)),
    presses.OwnPost: Row(
        Permission.SEE_OWN_AGENCY, own_post, (presses.OwnPost(NOBODY, "affirm"), presses.OwnPost(NOBODY, "else"))
    ),
    presses.Enrolment: Row(
        Permission.CONFIRM_CONTACTS, an_enrolment, (presses.Enrolment(NOBODY, "yes"), presses.Enrolment(NOBODY, "else"))
    ),
    presses.Relieve: Row(
        Permission.CONFIRM_CONTACTS, a_post_of_another, (presses.Relieve(NOBODY), presses.Relieve(NOBODY, "yes"))
    ),
    presses.Browse: Row(
        Permission.SEE_REGISTER, bare(presses.Browse()), (presses.Browse("else"), presses.Browse("commune", "x"))
    ),
    presses.AgencyFile: Row(
        Permission.SEE_REGISTER, of_own(an_agency, presses.AgencyFile), (presses.AgencyFile(NOBODY),)
    ),
    presses.KeepAgency: Row(
        Permission.KEEP_REGISTER,
        of_own(an_agency, lambda agency: presses.KeepAgency(agency, "edit")),
        (presses.KeepAgency(NOBODY, "edit"), presses.KeepAgency("", "end"), presses.KeepAgency(NOBODY, "else")),
    ),
    presses.Merge: Row(
        Permission.KEEP_REGISTER,
        a_merger,
        (presses.Merge(NOBODY, NOBODY, "20261101", "yes"), presses.Merge(NOBODY, NOBODY, "x")),
    ),
    presses.SystemFile: Row(
        Permission.SEE_REGISTER, of_own(own_system, presses.SystemFile), (presses.SystemFile(NOBODY),)
    ),
    presses.KeepSystem: Row(
        Permission.KEEP_REGISTER,
        of_own(own_system, lambda system: presses.KeepSystem(system, "level")),
        (presses.KeepSystem(NOBODY, "level"), presses.KeepSystem(NOBODY, "resume")),
    ),
    presses.OwnSystems: Row(
        Permission.SEE_OWN_AGENCY, of_own(own_agency, presses.OwnSystems), (presses.OwnSystems(NOBODY),)
    ),
    presses.OwnSystem: Row(
        Permission.SEE_OWN_AGENCY,
        of_own(own_system, presses.OwnSystem),
        (presses.OwnSystem(NOBODY), presses.OwnSystem(NOBODY, "stop"), presses.OwnSystem(NOBODY, "add")),
    ),
    presses.RequestList: Row(
        Permission.COORDINATE,
        bare(presses.RequestList("0")),
        (presses.RequestList("x"), presses.RequestList("9" * 30)),
    ),
    presses.RequestFile: Row(
        Permission.COORDINATE,
        a_request_to_see,
        (presses.RequestFile(NOBODY, "see"), presses.RequestFile(NOBODY, "withdraw")),
    ),
    presses.RequestAnswer: Row(
        Permission.ANSWER_COORDINATION,
        a_request_to_answer,
        tuple(presses.RequestAnswer(NOBODY, act) for act in ("received", "done", "refuse", "else")),
    ),
    presses.Do: Row(
        Permission.DO_OBLIGATIONS,
        of_own(own_agency, lambda agency: presses.Do("report", agency)),
        (presses.Do("else"), presses.Do("scan", "x"), presses.Do("scan", NOBODY)),
    ),
    presses.OwnEvidence: Row(
        Permission.DO_OBLIGATIONS,
        own_evidence,
        (presses.OwnEvidence(NOBODY, "withdraw"), presses.OwnEvidence(NOBODY, "else")),
    ),
    presses.Judging: Row(
        Permission.JUDGE_EVIDENCE,
        bare(presses.Judging()),
        (presses.Judging("else"), presses.Judging("waiting", "x"), presses.Judging("waiting", "9" * 9)),
    ),
    presses.Judge: Row(
        Permission.JUDGE_EVIDENCE, evidence_of_others, (presses.Judge(NOBODY, "accept"), presses.Judge(NOBODY, "else"))
    ),
    presses.Exempt: Row(
        Permission.JUDGE_EVIDENCE, an_exemption, (presses.Exempt(NOBODY, "agree"), presses.Exempt(NOBODY, "else"))
    ),
    presses.Owed: Row(
        Permission.DO_OBLIGATIONS,
        of_own(own_agency, lambda agency: presses.Owed("see", agency)),
        (presses.Owed("see", NOBODY), presses.Owed("received", NOBODY, "x"), presses.Owed("else", NOBODY)),
    ),
    presses.Tables: Row(
        Permission.KEEP_REGISTER,
        bare(presses.Tables("in", "systems")),
        (*(presses.Tables(act, NOBODY) for act in ("write", "drop", "report", "in", "blank", "out", "else")),),
    ),
    presses.Compliance: Row(
        Permission.SEE_COMPLIANCE,
        bare(presses.Compliance()),
        (
            *(presses.Compliance(of, NOBODY) for of in ("kind", "agency", "system", "else")),
            presses.Compliance("kind", "commune", "-1"),
        ),
    ),
    presses.ComplianceFile: Row(
        Permission.SEE_COMPLIANCE,
        bare(presses.ComplianceFile("map")),
        (
            presses.ComplianceFile("else"),
            presses.ComplianceFile("book", "else"),
            presses.ComplianceFile("map", "", "99"),
        ),
    ),
    presses.Bind: Row(Permission.BIND_GROUP, a_binding, (presses.Bind(NOBODY, "no"),)),
}


def test_every_kind_of_key_has_its_row() -> None:
    assert ROWS.keys() == set(presses.PRESSES.values())


def test_every_command_that_is_served_is_in_the_menu_or_known_to_be_no_part_of_it() -> None:
    served = {name for one in handlers() if isinstance(one, CommandHandler) for name in one.commands}
    assert served == {name for name, _ in COMMANDS} | {"start", "help", "language"}


# The stage of one column ---------------------------------------------------------------------------------------------


@dataclass
class Trial:
    """One who tries, with a message of the bot in each place under which a client can forge keys."""

    column: Column
    stage: Stage
    subject: Person
    team: Team
    elsewhere: Chat

    async def scene(self, tx: Transaction) -> Scene:
        known = {}
        for name in ("Người báo", "Quản trị khác", "Người kiểm tra"):
            user = next(user for user in self.stage.telegram.users.values() if user.name == name)
            found = await people.find(tx, user.id) or await people.add(tx, user.id, "vi", self.stage.clock.now())
            known[name] = found.id
        subject = await people.find(tx, self.subject.user.id)
        assert subject is not None
        return Scene(self.stage, tx, subject.id, known["Người báo"], known["Quản trị khác"], known["Người kiểm tra"])

    async def made(self, kinds: Iterator[type[Press]]) -> dict[type[Press], Press]:
        async with self.stage.bot.store.transaction() as tx:
            scene = await self.scene(tx)
            return {kind: await ROWS[kind].sound(scene) for kind in kinds}

    async def under(self, chat: Chat) -> Message:
        """The newest message of the bot in a chat."""
        telegram = self.stage.telegram

        def look() -> Message | None:
            return next((one for one in reversed(telegram.messages(chat)) if one.sender is telegram.me), None)

        found = await telegram.until(look)
        assert found is not None
        return found

    async def pressed(self, chat: Chat, keys: list[Press]) -> list[str]:
        """Press as fast as a client can, as many at once as the bot takes in; what each was answered."""
        message = await self.under(chat)
        telegram = self.stage.telegram
        answers: list[str] = []
        for start in range(0, len(keys), TOGETHER):
            some = keys[start : start + TOGETHER]
            sent: list[Pressed] = [telegram.presses(self.subject.user, message, data=key.data()) for key in some]
            await telegram.until(lambda sent=sent: all(one.answers for one in sent), 20.0)  # type: ignore[misc]
            answers += [heard(one.answers[0][0] or "") for one in sent]
        return answers

    async def answer(self, chat: Chat, text: str) -> str:
        """Say something; what the bot answers first."""
        telegram = self.stage.telegram

        def answers() -> list[Message]:
            return [one for one in telegram.messages(chat) if one.sender is telegram.me]

        since = len(answers())
        telegram.says(self.subject.user, chat, text)
        await telegram.until(lambda: len(answers()) > since, about=chat)
        await quiet(self.stage)  # one command may be answered by several messages
        return heard(answers()[since].text)


@pytest.fixture(params=COLUMNS, ids=str)
async def trial(request: pytest.FixtureRequest, tmp_path: Path) -> object:
    """A running bot with the team's group, another group, and one who tries."""
    column: Column = request.param
    async with set_stage(tmp_path) as stage:
        await stage.start()
        admin = await stage.staff("Quản trị khác", Role.ADMIN)
        await stage.staff("Người kiểm tra", Role.AUDITOR)
        stage.person("Người báo").user.started = True
        subject = await stage.staff("Người thử", *{column.role} - {Role.CITIZEN})
        if column.role is Role.LIAISON:
            async with stage.bot.store.transaction() as tx:
                await tx.run("UPDATE roles SET scope = 'police' WHERE role = 'liaison'")
        team = await stage.team(admin, subject)
        if column.gone:
            async with stage.bot.store.transaction() as tx:
                group, person = await groups.team(tx), await people.find(tx, subject.user.id)
                assert group is not None
                assert person is not None
                await seats.put(tx, group.id, person.id, False, stage.clock.now())
            team.chat.members[subject.user.id] = "left"
        elsewhere = stage.telegram.group("Nhóm khác", members=[admin.user, subject.user])
        await team.says(admin, "/trogiup")
        stage.telegram.says(admin.user, elsewhere, "/daumoi")
        await subject.says("/trogiup")
        trial = Trial(column, stage, subject, team, elsewhere)
        for chat in (team.chat, elsewhere, subject.chat):
            await trial.under(chat)
        yield trial
        stage.judge.accepts_all()


async def test_keys_commands_and_links_do_what_the_table_says(trial: Trial) -> None:
    """All of one column on one stage; what differs from the table is told together."""
    found = [
        *await in_private(trial),
        *await forged(trial),
        *await in_the_team_s_group(trial),
        *await in_another_group(trial),
        *await commands(trial),
        *await links(trial),
        *await replies(trial),
    ]
    assert len(found) > 90, "something was tried"
    assert [(what, was, due) for what, was, due in found if was not in due.split("|")] == []


Found = list[tuple[str, str, str]]  # what was tried, what came of it, what may come of it


async def in_private(trial: Trial) -> Found:
    made = await trial.made(iter(ROWS))
    answers = await trial.pressed(trial.subject.chat, list(made.values()))
    due = [trial.column.expected(ROWS[kind].permission) for kind in made]
    return [(f"{press} in private", was, right) for press, was, right in zip(made.values(), answers, due, strict=True)]


async def forged(trial: Trial) -> Found:
    """Data that no key has: refused for everybody, and nobody learns more from it than from a sound one."""
    keys = [press for row in ROWS.values() for press in row.forged]
    answers = await trial.pressed(trial.subject.chat, keys)
    return [
        (f"{press} forged", was, f"{STALE}|{refusal(trial, press)}") for press, was in zip(keys, answers, strict=True)
    ]


def refusal(trial: Trial, press: Press) -> str:
    right = trial.column.expected(ROWS[type(press)].permission)
    return STALE if right == DONE else right


async def in_the_team_s_group(trial: Trial) -> Found:
    """Keys of cards work there; all others are out of their place."""
    made = await trial.made(iter(kind for kind in ROWS if kind in IN_GROUPS))
    away = [row.forged[0] for kind, row in ROWS.items() if kind not in IN_GROUPS]
    answers = await trial.pressed(trial.team.chat, [*made.values(), *away])
    due = [trial.column.expected(ROWS[kind].permission) for kind in made] + [STALE] * len(away)
    tried = [f"{press} in the team's group" for press in (*made.values(), *away)]
    return list(zip(tried, answers, due, strict=True))


async def in_another_group(trial: Trial) -> Found:
    made = await trial.made(iter(kind for kind in ROWS if kind in IN_GROUPS))
    keys = [*made.values(), *(row.forged[0] for row in ROWS.values())]
    answers = await trial.pressed(trial.elsewhere, keys)
    return [(f"{press} in another group", was, STALE) for press, was in zip(keys, answers, strict=True)]


async def commands(trial: Trial) -> Found:
    """In private; the one that binds a group is said in a group."""
    found = []
    for name, permission in COMMANDS:
        chat = trial.elsewhere if name == "gannhom" else trial.subject.chat
        if chat is trial.elsewhere:
            trial.stage.clock.move(minutes=2)  # another group is answered once a minute
        found.append((f"/{name}", await trial.answer(chat, f"/{name}"), trial.column.expected(permission)))
    await trial.answer(trial.subject.chat, "/huy")
    if trial.column.gone:
        return found
    for name in ("hangdoi", "cuatoi"):
        right = trial.column.expected(Permission.SEE_QUEUE)
        found.append((f"/{name} in the group", await trial.answer(trial.team.chat, f"/{name}"), right))
    return found


async def replies(trial: Trial) -> Found:
    """A reply in the team's group goes to the reporter, by whoever may. Who writes there is there: nobody is gone."""
    if trial.column.gone:
        return []
    telegram = trial.stage.telegram
    async with trial.stage.bot.store.transaction() as tx:
        incident = await (await trial.scene(tx)).incident()
        group = await groups.team(tx)
        assert group is not None
        desk = Desk(tx, trial.stage.clock.now(), trial.stage.bot.house)
        await desk.tell_group(group, "bind.more_waiting", about=incident)
    trial.stage.bot.dispatcher.bell.ring()
    about = await trial.team.sees("Còn sự cố khác đang chờ")
    await quiet(trial.stage)  # nobody answers faster than the bot notes what it has sent
    since = len(trial.team.messages)
    telegram.says(trial.subject.user, trial.team.chat, "Anh/Chị cho biết thêm", reply_to=about)
    await quiet(trial.stage)
    said = [heard(one.text) for one in trial.team.messages[since:]] or [DONE]
    async with trial.stage.bot.store.reading() as tx:
        went_on = any(one.kind is EventKind.RELAYED for one in await events.of(tx, incident))
    right = trial.column.expected(Permission.RELAY)
    return [("reply in the group", said[0], right), ("relayed", DONE if went_on else DENIED, right)]


async def links(trial: Trial) -> Found:
    """The forms of the team, opened by a deep link as cards have it."""
    found = []
    for move in BY_FORM:
        async with trial.stage.bot.store.transaction() as tx:
            status = Status.RESOLVED if move == "reopen" else Status.NEW
            incident = await (await trial.scene(tx)).incident(status=status)
            await drafts.erase(tx, (await trial.scene(tx)).subject)
        permission = MOVES[move].permission
        assert permission is not None
        for target, right in ((incident, trial.column.expected(permission)), (NOBODY, None)):
            was = await trial.answer(trial.subject.chat, f"/start w-{move}-{target}")
            due = right or (STALE if trial.column.expected(permission) == DONE else trial.column.expected(permission))
            found.append((f"link {move} {'forged' if right is None else ''}", was, due))
    return found


def test_the_columns_are_every_role_and_those_who_left() -> None:
    assert {column.role for column in COLUMNS} == set(Role)
    assert {column.role for column in COLUMNS if column.gone} == RESPONDERS
    lost = replace(Column(Role.RESPONDER).account, seated=False)
    assert lost == Column(Role.RESPONDER, gone=True).account


def test_the_answers_are_told_apart_by_their_own_words() -> None:
    assert len({heard(words + " nữa") for words in SAID}) == len(SAID)
    assert heard("Đã nhận") == DONE
    assert not any(re.match(one, other) for one in SAID for other in SAID if one != other)
