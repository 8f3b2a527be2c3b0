"""One agency sees nothing of another: every key with the ids of others, and rights that ended midway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bot.domain import coordination, putting_off, registering
from bot.domain import submissions as forms
from bot.domain.agencies import Kind, Post
from bot.domain.forms import REVIEW, Draft
from bot.domain.ids import short
from bot.domain.listed import LISTS
from bot.domain.moments import HANOI
from bot.domain.obligations import Evidence
from bot.domain.people import Role
from bot.domain.presses import (
    AgencyFile,
    Answer,
    Browse,
    Compliance,
    ComplianceFile,
    Do,
    Enrolment,
    Exempt,
    Judge,
    Judging,
    KeepAgency,
    KeepSystem,
    Merge,
    Owed,
    OwnEvidence,
    OwnPost,
    OwnSystem,
    OwnSystems,
    Press,
    Relieve,
    RequestAnswer,
    RequestFile,
    RequestList,
    SystemFile,
    Tables,
)
from bot.domain.replies import Act
from bot.domain.tables import What
from bot.services.compliance import books, calendars, maps, silent
from bot.services.desk import Desk
from bot.services.obligation import board_sheets, laying
from bot.services.register import imports as desk_imports
from bot.services.register import reach, table_files
from storage import (
    agencies,
    carrying,
    coordinations,
    drafts,
    enrolments,
    exemptions,
    imports,
    obligations,
    orders,
    people,
    posts,
    submissions,
    systems,
)
from storage.agencies import Agency
from storage.submissions import Submission
from storage.systems import System
from tests.conftest import Stage
from tests.journeys.steps import asks, new
from tests.journeys.walks import quiet, rows, toast
from tests.journeys.working import leaves
from tests.people import Person, visible

REFUSED = (
    "Nút này không còn dùng được",
    "Việc này chỉ người được giao",
    "Anh/Chị chưa được xác nhận",
    "Không tìm thấy",
)
SECRET = "Kín"  # in every name and every sentence that belongs to the other agency
MINE, THEIRS = "mine", "theirs"


@dataclass
class Town:
    """Two agencies with an officer each; all that the second has is secret to the first."""

    stage: Stage
    officer: Person  # of the first
    other: Person  # of the second
    reviewer: Person
    agency: Mapping[str, str]
    system: Mapping[str, str]
    ids: Mapping[str, str]  # what belongs to the second, by what it is
    me: str
    them: str

    def of_an_officer(self, whose: str = THEIRS) -> list[Press]:
        """Every key that an officer may have, aimed at an agency and what the second one has."""
        agency, system, at = self.agency[whose], self.system[whose], self.ids
        return [
            *(OwnSystems(agency, page) for page in ("0", "1")),
            *(OwnSystem(of, act) for of in (agency, system) for act in ("", "add", "edit", "update", "stop", "level")),
            *(Do(kind, of) for kind in ("scan", "level", "report") for of in (agency, system, at["obligation"])),
            *(Owed(view, agency, "202612312359") for view in ("see", "received", "later", "waive", "picture")),
            Owed("calendar", agency),
            *(OwnEvidence(at["submission"], act) for act in ("withdraw", "again")),
            *(
                OwnPost(of, act)
                for of in (at["post"], agency)
                for act in ("affirm", "right", "leave", "stay", "gone", "take")
            ),
            *(RequestAnswer(at["request"], act) for act in ("received", "done", "refuse", "result")),
        ]

    def of_the_house(self) -> list[Press]:
        """Every key of the department and the team."""
        agency, system, at = self.agency[THEIRS], self.system[THEIRS], self.ids
        return [
            *(Browse(kind) for kind in ("", "commune")),
            *(AgencyFile(agency, view) for view in ("", "systems", "log")),
            *(KeepAgency(agency, act) for act in ("edit", "point", "system", "merge", "end")),
            KeepAgency("", "add"),
            *(Merge(agency, self.agency[MINE], "20261101", sure) for sure in ("", "yes")),
            SystemFile(system),
            *(KeepSystem(system, act) for act in ("edit", "level", "stop", "resume", "update")),
            *(Compliance(of, to) for of, to in (("all", ""), ("kind", "commune"), ("agency", agency))),
            Compliance("system", system),
            *(ComplianceFile(what) for what in ("map", "book", "silent")),
            *(Judging(of) for of in ("waiting", "asked", "waived")),
            *(Judge(at["submission"], act) for act in ("see", "file", "accept", "return")),
            *(Exempt(at["exemption"], act) for act in ("see", "agree", "refuse", "revoke")),
            *(Enrolment(at["enrolment"], answer) for answer in ("yes", "no")),
            *(Relieve(at["post"], sure) for sure in ("", "yes")),
            *(Tables(act, at["import"]) for act in ("write", "drop", "report")),
            *(Tables(act, of) for act in ("in", "out", "blank") for of in ("systems", "systems.csv")),
            *(RequestList(page) for page in ("0", "new")),
            *(RequestFile(at["request"], act) for act in ("see", "withdraw", "done")),
        ]

    async def ends(self, agency: str, person: str) -> None:
        """Somebody speaks for an agency no more; the role stays."""
        async with self.stage.bot.store.transaction() as tx:
            for one in await posts.of_person(tx, person):
                if one.agency == agency:
                    await posts.end(tx, one.id, None, self.stage.clock.now())

    async def opens(self, form: str, answers: Mapping[str, Any], about: str | None = None) -> str:
        """The officer stands at the review of a form; the short id of the draft."""
        async with self.stage.bot.store.transaction() as tx:
            now = self.stage.clock.now()
            one = drafts.Open(
                tx.new_id(), self.me, Draft(form, REVIEW, answers), None, now, now + timedelta(days=1), about
            )
            await drafts.keep(tx, one)
        return short(one.id)

    async def sends(self, draft: str) -> str:
        """*Gửi*; what the popup says."""
        return toast(await self.officer.forges(Answer(draft, REVIEW, Act.SUBMIT).data())) or ""


@pytest.fixture
async def town(running_stage: Stage) -> Town:
    stage = running_stage
    officer = await stage.staff("Lê Thu", Role.AGENCY_CONTACT)
    other = await stage.staff(f"Vũ {SECRET}", Role.AGENCY_CONTACT)
    reviewer = await stage.staff("Trần Bình", Role.STANDING_UNIT)
    now = stage.clock.now()
    async with stage.bot.store.transaction() as tx:
        known = [await people.find(tx, person.user.id) for person in (officer, other, reviewer)]
        me, them, judge = (one.id for one in known if one is not None)
        agency = {MINE: tx.new_id(), THEIRS: tx.new_id()}
        system = {MINE: tx.new_id(), THEIRS: tx.new_id()}
        for number, (name, whose) in enumerate(((MINE, "Ta"), (THEIRS, SECRET)), 1):
            await agencies.add(tx, Agency(agency[name], f"XP-{number}", f"Xã {whose}", Kind.COMMUNE), now)
            await systems.add(tx, System(system[name], f"HT-{number}", f"Cổng {whose}", agency[name], level=3), now)
        for name, person in ((MINE, me), (THEIRS, them)):
            await posts.confirm(tx, agency[name], person, Post.OFFICER, None, None, now)
        desk = Desk(tx, now, stage.bot.house)
        while await laying.look(desk):
            pass
        ids = await _secrets(desk, agency[THEIRS], system[THEIRS], them, judge)
    await asks(officer, "/trogiup", "làm được những việc sau")
    return Town(stage, officer, other, reviewer, agency, system, ids, me, them)


async def _secrets(desk: Desk, agency: str, system: str, officer: str, judge: str) -> dict[str, str]:
    """Something of everything that an agency can have."""
    tx, now = desk.tx, desk.now
    today = now.astimezone(HANOI).date()
    owed = next(one for one in await obligations.of_subject(tx, system) if one.rule == "scan")
    facts = {forms.SYSTEMS: [system], "done_on": today.isoformat(), "by": SECRET}
    one = Submission(tx.new_id(), Evidence.SCAN, agency, officer, today, facts, forms.State.SUBMITTED, now)
    await submissions.add(tx, one, [submissions.Item(owed.id, owed.round)])
    asked = await exemptions.ask(tx, owed.id, SECRET, officer, now)
    request = coordinations.Request(
        tx.new_id(), "DP-2026-0001", agency, None, SECRET, now + timedelta(days=1), judge, now
    )
    await coordinations.add(tx, request)
    waits = enrolments.Enrolment(tx.new_id(), judge, agency, Post.HEAD, SECRET, None, "0912345678", now)
    await enrolments.ask(tx, waits)
    assert asked is not None
    return {
        "obligation": owed.id,
        "submission": one.id,
        "exemption": asked,
        "request": request.id,
        "enrolment": waits.id,
        "import": await imports.begin(tx, judge, What.SYSTEMS, now),
        "post": (await posts.of_person(tx, officer))[0].id,
    }


TABLES = (
    "agencies systems system_tags posts enrolments obligations reminders snoozes submissions submission_items"
    " exemptions coordinations register_events imports orders drafts roles role_events evidence"
)
BY_THE_CLOCK = ("laid", "lay_on", "look_at", "pressed_at", "told")


async def state(stage: Stage) -> dict[str, list[dict[str, Any]]]:
    """All that a key could change, but what the clock moves by itself."""
    async with stage.bot.store.reading() as tx:
        found = {name: [dict(row) for row in await tx.rows(f"SELECT * FROM {name}")] for name in TABLES.split()}
    return {
        name: [{column: value for column, value in row.items() if column not in BY_THE_CLOCK} for row in kept]
        for name, kept in found.items()
    }


def shown_secrets(person: Person) -> list[str]:
    return [visible(message) for message in person.messages if SECRET in visible(message) or message.kind != "text"]


# Ids of others --------------------------------------------------------------------------------------------------------


async def test_an_officer_reaches_nothing_of_another_agency_by_any_key(town: Town) -> None:
    before = await state(town.stage)
    for press in (*town.of_an_officer(), *town.of_the_house()):
        said = toast(await town.officer.forges(press.data())) or ""
        assert said.startswith(REFUSED), (press, said)
    await quiet(town.stage)
    assert await state(town.stage) == before
    assert shown_secrets(town.officer) == []


@pytest.mark.parametrize("lost", ["post", "role"])
async def test_neither_a_role_without_a_post_nor_a_post_without_a_role_opens_anything(town: Town, lost: str) -> None:
    if lost == "post":
        await town.ends(town.agency[MINE], town.me)
    else:
        await leaves(town.stage, town.officer)
    before = await state(town.stage)
    for press in town.of_an_officer(MINE):
        said = toast(await town.officer.forges(press.data()))
        assert said.startswith(REFUSED), (press, said)
    for command in ("/hethong", "/nghiavu", "/raquet", "/phuongan", "/dientap", "/dieuphoi"):
        said = (await asks(town.officer, command, "Anh/Chị")).text
        assert said.startswith((*REFUSED, "Hiện không có đề nghị")), (command, said)
    await quiet(town.stage)
    assert await state(town.stage) == before
    assert shown_secrets(town.officer) == []
    assert not town.officer.showing("Cổng Ta")


async def test_two_requests_to_speak_that_a_merger_makes_one_leave_no_number_behind(town: Town) -> None:
    async with town.stage.bot.store.transaction() as tx:
        now = town.stage.clock.now()
        for agency in (town.agency[MINE], town.agency[THEIRS]):
            one = enrolments.Enrolment(tx.new_id(), town.me, agency, Post.HEAD, "Lê Thu", "Trưởng", "0912345678", now)
            await enrolments.ask(tx, one)
        day = now.astimezone(HANOI).date()
        await carrying.carry(tx, town.agency[MINE], town.agency[THEIRS], day, now)
    dropped = await rows(town.stage, "SELECT name, title, phone FROM enrolments WHERE state = 'dropped'")
    assert dropped == [{"name": "", "title": None, "phone": None}]


@pytest.mark.parametrize("how", ["table", "tick"])
async def test_nobody_speaks_any_more_for_an_agency_whose_last_day_a_table_names(town: Town, how: str) -> None:
    """A day that has come ends it with the writing, one that has yet to come by the clock."""
    stage, agency = town.stage, town.agency[MINE]
    yesterday = stage.clock.now().astimezone(HANOI).date() - timedelta(days=1)
    async with stage.bot.store.transaction() as tx:
        desk = Desk(tx, stage.clock.now(), stage.bot.house)
        await tx.run("UPDATE systems SET agency = :to WHERE agency = :old", {"to": town.agency[THEIRS], "old": agency})
        table = f"Mã cơ quan,Tên cơ quan,Loại,Kết thúc từ ngày\nXP-1,Xã Ta,commune,{yesterday:%d/%m/%Y}\n"
        if how == "table":
            findings = await desk_imports.load(desk, What.AGENCIES, table.encode())
            assert findings.faults == []
        else:
            await tx.run(
                "UPDATE agencies SET until = :day WHERE id = :id", {"day": yesterday.isoformat(), "id": agency}
            )
            await reach.look(desk)
        assert await posts.of_person(tx, town.me) == []
    await town.officer.sees("đầu mối")
    assert toast(await town.officer.forges(OwnSystems(agency).data())).startswith(REFUSED)


# Rights that ended between the opening and *Gửi* ----------------------------------------------------------------------


def prepared(town: Town) -> list[tuple[str, Mapping[str, Any]]]:
    """Forms at their review, as somebody who had the right has opened and filled them."""
    agency, system, at = town.agency[MINE], town.system[MINE], town.ids
    day = town.stage.clock.now().astimezone(HANOI).date().isoformat()
    scan = {"done_on": day, "by": "Tổ CNTT", "serious": 0, "hole": "no"}
    subjects = {forms.SYSTEMS: [system], LISTS: {forms.SYSTEMS: [[system, "Cổng Ta", "HT-1"]]}}
    put = {putting_off.ITEMS: [at["obligation"]], "reason": "Đang nâng cấp máy chủ", putting_off.DAYS: "3"}
    listed = {LISTS: {putting_off.ITEMS: [[at["obligation"], "x"]], putting_off.DAYS: [["3", "3 ngày"]]}}
    made = {"name": "Cổng mới", "exposure": "internet", "level": "3", "basis": "12/QĐ"}
    stop, update = {"until": day, "reason": "Hết dùng"}, {"what": "version", "on": day}
    merge = {"successor": town.agency[THEIRS], "until": day, LISTS: {"successor": [[town.agency[THEIRS], "x"]]}}
    head = {"agency_kind": "commune", "code": "XP-9", "name": "Xã Giả", "head": "Kẻ Giả"}
    other = {"of": town.agency[THEIRS], "before": {}}
    return [
        (forms.FORM_OF[Evidence.SCAN].name, {"agency": agency, **scan, **subjects}),
        (putting_off.PUTTING_OFF.name, {putting_off.AGENCY: agency, **put, **listed}),
        (putting_off.WAIVING.name, {putting_off.AGENCY: agency, **put, **listed}),
        (registering.SYSTEM.name, {"agency": agency, **made}),
        *(
            (form.name, {"of": of, "before": {}, **made, **stop, **update, **kept})
            for of in (system, town.system[THEIRS])
            for form in registering.OF_SYSTEMS.values()
            for kept in ({}, {"kept": "yes"})
        ),
        *(
            (form.name, {**other, **head, **stop, "source": "x", "published_on": day, **merge})
            for form in registering.OF_AGENCIES.values()
        ),
        (registering.AGENCY.name, head),
        (forms.RETURNING.name, {"id": at["submission"], "reason": "không đạt yêu cầu"}),
        (forms.REFUSING.name, {"id": at["exemption"], "reason": "không đúng phạm vi"}),
        (coordination.REFUSING.name, {"id": at["request"], "reason": "không làm được"}),
        (coordination.RESULT.name, {"id": at["request"], "result": "đã chặn"}),
        (
            coordination.COORDINATION.name,
            {
                "agency": agency,
                "words": "Đề nghị chặn tên miền",
                "due": "2027-01-01T00:00:00+07:00",
                LISTS: {"agency": [[agency, "x"]]},
            },
        ),
    ]


async def test_no_form_does_anything_once_the_right_to_it_has_ended(town: Town) -> None:
    await town.ends(town.agency[MINE], town.me)
    before = await state(town.stage)
    before.pop("drafts")
    for form, answers in prepared(town):
        since = len(town.officer.messages)
        said = await town.sends(await town.opens(form, answers)) or (await new(town.officer, "", since)).text
        assert said.startswith(REFUSED), (form, said)
        after = await state(town.stage)
        after.pop("drafts")
        assert after == before, form
    assert shown_secrets(town.officer) == []


async def test_no_file_is_made_for_somebody_whose_right_has_ended(town: Town) -> None:
    """Each was ordered while there was a right to it, or by a forged order of another agency."""
    whats: Mapping[str, Mapping[str, Any]] = {
        board_sheets.WHAT: {"agency": town.agency[THEIRS]},
        calendars.WHAT: {"agency": town.agency[THEIRS]},
        maps.WHAT: {"kind": "", "page": 0},
        books.WHAT: {"kind": "", "page": 0},
        silent.WHAT: {"kind": "", "page": 0},
        table_files.TABLE: {"what": "systems", "form": "csv"},
        table_files.BLANK: {"what": "systems"},
        table_files.REPORT: {"import": town.ids["import"]},
    }
    async with town.stage.bot.store.transaction() as tx:
        for what, details in whats.items():
            order = orders.Order(tx.new_id(), what, town.me, None, details, town.stage.clock.now())
            await orders.add(tx, order)
    town.stage.bot.workshop.bell.ring()
    while await rows(town.stage, "SELECT 1 FROM orders WHERE state = 'waiting'"):
        pass
    await quiet(town.stage)
    assert {row["state"] for row in await rows(town.stage, "SELECT state FROM orders")} == {"failed"}
    assert shown_secrets(town.officer) == []


async def test_what_was_chosen_and_went_to_another_agency_meanwhile_is_neither_answered_nor_touched(town: Town) -> None:
    """A scan that found a way in opens two tasks; of a system that another agency has by now it opens none."""
    scan = next(answers for form, answers in prepared(town) if form == forms.FORM_OF[Evidence.SCAN].name)
    both = [town.system[MINE], town.system[THEIRS]]
    before = await rows(town.stage, "SELECT * FROM obligations ORDER BY id")
    draft = await town.opens(
        forms.FORM_OF[Evidence.SCAN].name,
        {**scan, "hole": "yes", "high": 0, "left": 0, forms.SYSTEMS: both, "holed": both},
    )
    assert "không còn thuộc cơ quan" in await town.sends(draft)
    assert await rows(town.stage, "SELECT * FROM obligations ORDER BY id") == before
    draft = await town.opens(forms.FORM_OF[Evidence.SCAN].name, {**scan, "hole": "yes", "high": 0, "left": 0})
    assert await town.sends(draft) == ""
    await town.officer.sees("Đã nhận kết quả")
    assert await rows(town.stage, "SELECT * FROM obligations ORDER BY id") != before, "what may be done is done"


async def test_a_level_is_not_set_for_a_system_that_went_to_another_agency_meanwhile(town: Town) -> None:
    stage, now = town.stage, town.stage.clock.now()
    facts = {forms.SYSTEMS: [town.system[MINE], town.system[THEIRS]], "level": "1", "number": "12/QĐ", "by": "VP"}
    async with stage.bot.store.transaction() as tx:
        day = now.astimezone(HANOI).date()
        one = Submission(
            tx.new_id(), Evidence.LEVEL, town.agency[MINE], town.me, day, facts, forms.State.SUBMITTED, now
        )
        await submissions.add(tx, one, [])
    await asks(town.reviewer, "/trogiup", "làm được những việc sau")
    await town.reviewer.forges(Judge(one.id, "accept").data())
    kept = {row["id"]: row["level"] for row in await rows(stage, "SELECT id, level FROM systems")}
    assert kept == {town.system[MINE]: 1, town.system[THEIRS]: 3}


# One's own data -------------------------------------------------------------------------------------------------------


async def test_an_officer_sees_how_much_of_what_was_done_for_an_agency_bears_the_own_name(town: Town) -> None:
    """A result, a request to be left out; whoever has neither reads no such line."""
    for person, said in ((town.other, "có tên Anh/Chị: 2"), (town.reviewer, "có tên Anh/Chị: 1")):
        await asks(person, "/riengtu", "Quyền riêng tư")
        await person.presses("Xem dữ liệu của tôi")
        assert said in (await person.sees("Những gì đang được lưu")).text
    await asks(town.officer, "/riengtu", "Quyền riêng tư")
    await town.officer.presses("Xem dữ liệu của tôi")
    assert "đề nghị phối hợp" not in (await town.officer.sees("Những gì đang được lưu")).text
