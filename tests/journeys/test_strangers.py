"""Who may do what: every command and every kind of key, pressed by everybody who must not, and what they then see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.domain.agencies import Kind, Post
from bot.domain.ids import short
from bot.domain.incidents import Move, Severity
from bot.domain.people import PERMISSIONS, Permission, Role
from bot.domain.presses import (
    PRESSES,
    Act,
    Admit,
    AgencyFile,
    Answer,
    Bind,
    Browse,
    Chapter,
    Claim,
    Compliance,
    ComplianceFile,
    Declare,
    Details,
    Do,
    Dossier,
    Duty,
    Enrolment,
    Exempt,
    FillShift,
    Fork,
    Found,
    GiveShift,
    Grant,
    Hand,
    Handing,
    Holder,
    Invite,
    Judge,
    Judging,
    KeepAgency,
    KeepSystem,
    Language,
    Leaf,
    Listing,
    Mark,
    Merge,
    OnDuty,
    Open,
    Owed,
    Own,
    OwnEvidence,
    OwnPost,
    OwnSystem,
    OwnSystems,
    Page,
    Paper,
    Pdf,
    PictureConsent,
    PlanWeek,
    Press,
    Privacy,
    Providers,
    Rate,
    Ready,
    Related,
    Relieve,
    RequestAnswer,
    RequestFile,
    RequestList,
    Respond,
    Revoke,
    Roster,
    Second,
    See,
    SystemFile,
    Tables,
    TakeShift,
    Tick,
    Tie,
    Unfold,
    Weigh,
    Which,
)
from bot.domain.replies import Act as FormAct
from bot.playground.chats import Message
from bot.services.casework.tasks import TASKS
from bot.services.outbreak import digests
from storage import agencies, coordinations, enrolments, people, posts, roles, systems
from storage.store import Transaction
from tests.conftest import Stage
from tests.journeys.steps import STORY, asks, files_with_contact, incident_of, log_of, new
from tests.people import Person, visible

DENIED = "Việc này chỉ người được giao mới làm được"
STALE = "Nút này không còn dùng được"
NO_POST = "Anh/Chị chưa được xác nhận là đầu mối"
NAME, PHONE = "chị Mận ở tổ ba", "0912 345 678"
ASKED = "Xin khóa máy chủ điều khiển ở chỗ kín"
SYSTEM = "Hệ thống cao tường"  # for which nobody who tries speaks

# Every command in private: what it needs, and what whoever has that reads.
COMMANDS: dict[str, tuple[Permission, str]] = {
    "/start": (Permission.REPORT, "Xin chào"),
    "/trogiup": (Permission.SEE_CONTACT_POINT, "làm được những việc sau"),
    "/help": (Permission.SEE_CONTACT_POINT, "làm được những việc sau"),
    "/huy": (Permission.REPORT, "không có gì viết dở"),
    "/tracuu": (Permission.TRACK_OWN, "chưa gửi tin báo nào"),
    "/daumoi": (Permission.SEE_CONTACT_POINT, "Đầu mối liên hệ"),
    "/chiase": (Permission.SEE_CONTACT_POINT, "Bị lừa qua mạng"),
    "/riengtu": (Permission.KEEP_OWN_PRIVACY, "Quyền riêng tư"),
    "/ngonngu": (Permission.KEEP_OWN_PRIVACY, "dùng tiếng nào"),
    "/language": (Permission.KEEP_OWN_PRIVACY, "dùng tiếng nào"),
    "/hangdoi": (Permission.SEE_QUEUE, "Đang chờ người nhận"),
    "/quyen": (Permission.SEE_ROLES, "Ai giữ vai trò gì"),
    "/cuatoi": (Permission.SEE_QUEUE, "Đang xử lý"),
    "/trucban": (Permission.SEE_ROTA, "Trực ban"),
    "/danhba": (Permission.KEEP_REGISTER, "Danh bạ ra và vào bằng tệp"),
    "/coquan": (Permission.SEE_REGISTER, "Danh bạ cơ quan"),
    "/hethong": (Permission.SEE_OWN_AGENCY, "chưa được xác nhận là đầu mối"),
    "/dieuphoi": (Permission.SEE_REQUESTS, "đề nghị phối hợp"),
    "/tuanthu": (Permission.SEE_COMPLIANCE, "Danh bạ chưa có cơ quan nào"),
    "/capnhatdaumoi": (Permission.PUBLISH_CONTACT_POINT, "Số điện thoại nào"),
    "/moi": (Permission.INVITE, "Mời người mới vào vai trò nào"),
    "/gannhom": (Permission.BIND_GROUP, "gõ ngay trong nhóm"),
    "/dangky": (Permission.ENROL, "cơ quan"),
    "/raquet": (Permission.DO_OBLIGATIONS, "chưa được xác nhận là đầu mối"),
    "/phuongan": (Permission.DO_OBLIGATIONS, "chưa được xác nhận là đầu mối"),
    "/dientap": (Permission.DO_OBLIGATIONS, "chưa được xác nhận là đầu mối"),
    "/duyet": (Permission.JUDGE_EVIDENCE, "Kết quả chờ xem xét"),
    "/nghiavu": (Permission.DO_OBLIGATIONS, "chưa được xác nhận là đầu mối"),
    "/baosuco": (Permission.REPORT, "Câu 1/"),  # last: it leaves a form open
}
UNASKED = {"/gannhom"}  # in private it only explains where it is typed


@pytest.mark.parametrize("role", list(Role))
async def test_every_command_serves_those_whom_the_table_names(running_stage: Stage, role: Role) -> None:
    person = await running_stage.staff("Người thử", role)
    for command, (permission, answer) in COMMANDS.items():
        allowed = role in PERMISSIONS[permission] or command in UNASKED
        since = len(person.messages)
        await asks(person, command, answer if allowed else DENIED)
        assert not allowed or not any(DENIED in message.text for message in person.messages[since:]), command
        if command == "/capnhatdaumoi" and allowed:
            await asks(person, "/huy", "Đã huỷ")


@pytest.mark.parametrize(("role", "first"), [(Role.CITIZEN, "Tôi bị lừa"), (Role.RESPONDER, "Tôi bị lừa")])
@pytest.mark.parametrize("officer", [Role.AGENCY_CONTACT, Role.ISP_CONTACT])
async def test_reporting_opens_the_form_of_the_role(
    running_stage: Stage, role: Role, first: str, officer: Role
) -> None:
    person, member = await running_stage.staff("Người dân", role), await running_stage.staff("Cán bộ", officer)
    await asks(person, "/baosuco", first)
    assert "đòi tiền chuộc" in visible(await asks(member, "/baosuco", "Sự cố thuộc loại nào"))


@dataclass
class Scene:
    """Somebody has reported with a name, somebody else has a form open: what an intruder could aim at."""

    stage: Stage
    code: str
    incident: str
    draft: str
    evidence: str
    invitation: str
    binding: str
    admin: str
    proposal: str
    post: str
    enrolment: str
    reporter: Person
    intruder: Person

    def aimed(self) -> list[Press]:
        """At least one press of every kind, each aimed at what belongs to others."""
        return [
            Claim(self.incident),
            Details(self.incident),
            *(Own(self.incident, act) for act in ("see", "add", "ask", "withdraw", "keep", "else")),
            *(Answer(self.draft, "story", act) for act in (*FormAct, "else")),
            *(Fork(self.draft, way) for way in ("on", "anew")),
            *(PictureConsent(self.evidence, answer) for answer in ("yes", "no")),
            *(Admit(self.invitation, answer) for answer in ("yes", "no")),
            *(Bind(self.binding, answer) for answer in ("yes", "no")),
            *(Invite(role) for role in Role),
            *(Page(of, "0") for of in ("queue", "mine", "own")),
            *(Privacy(act) for act in ("see", "else")),
            *(Which(incident) for incident in (self.incident, "new")),
            See(self.incident),
            *(Act(self.incident, move) for move in ("start", "resolve", "close", "else")),
            *(Rate(self.incident, severity) for severity in (*Severity, "else")),
            *(Unfold(self.incident, view) for view in ("more", "severity", "")),
            *(Respond(self.incident, answer) for answer in ("accept", "return")),
            *(Roster(page) for page in ("0", "else")),
            Holder(self.admin),
            *(Grant(self.admin, role, "", "yes") for role in ("", *Role)),
            *(Revoke(self.admin, role, "yes") for role in Role),
            *(Second(self.proposal, answer) for answer in ("yes", "no")),
            *(Duty(view) for view in ("week", "picture", "else")),
            *(PlanWeek("", act) for act in ("", "copy")),
            *(FillShift("202611250030", person) for person in ("", "none", self.admin)),
            *(GiveShift(*step) for step in ((), (self.incident,), (self.incident, self.admin, "none"))),
            *(TakeShift(self.incident, answer) for answer in ("yes", "no")),
            OnDuty(self.incident),
            *(
                Owed(view, self.incident)
                for view in ("see", "received", "later", "waive", "picture", "calendar", "else")
            ),
            *(Compliance(of, self.incident) for of in ("all", "kind", "agency", "system", "else")),
            *(ComplianceFile(what) for what in ("map", "book", "silent", "else")),
            Dossier(self.incident),
            *(Leaf(self.incident, page) for page in ("deadlines", "severity", "else")),
            *(Chapter(self.incident, of) for of in ("steps", "notes", "replies", "timeline", "else")),
            Tick(self.incident, "else", "on"),
            *(Ready(self.incident, "else", act) for act in ("see", "send", "edit")),
            *(Mark(self.incident, tlp) for tlp in ("", "RED", "CLEAR")),
            *(Declare(self.incident, clock) for clock in ("first_notice", "else")),
            *(Paper(self.incident, sheet) for sheet in ("", "else")),
            Pdf(self.incident),
            *(Hand(what, self.incident, to) for what in ("one", "all", "else") for to in ("", self.admin)),
            *(Handing(self.incident, act) for act in ("accept", "decline", "drop")),
            Listing(self.incident, "0"),
            *(Weigh(self.incident, answer) for answer in ("yes", "no")),
            Related(self.incident),
            *(Tie(act, self.incident, self.incident) for act in ("lay", "untie")),
            Found(self.incident, "0"),
            *(Do(kind, of) for kind in ("scan", "else") for of in ("", self.incident)),
            *(OwnEvidence(self.incident, act) for act in ("withdraw", "again", "else")),
            Judging("else"),
            *(Judge(self.incident, act) for act in ("see", "file", "accept", "return", "else")),
            *(Exempt(self.incident, act) for act in ("see", "agree", "refuse", "revoke", "else")),
            *(Browse(kind) for kind in ("", "commune", "ended", "else")),
            *(Tables(act, self.incident) for act in ("write", "drop", "report", "else")),
            *(Tables(act, "agencies.csv") for act in ("in", "out", "blank")),
            *(AgencyFile("agency1", view) for view in ("", "systems", "log")),
            *(KeepAgency("agency1", act) for act in ("edit", "point", "system", "merge", "end")),
            KeepAgency("", "add"),
            *(Merge("agency1", "agency2", "20261101", sure) for sure in ("", "yes")),
            SystemFile("system1"),
            *(KeepSystem("system1", act) for act in ("edit", "level", "stop", "resume")),
            *(OwnSystems(agency) for agency in ("", "agency1")),
            *(OwnSystem("system1", act) for act in ("", "edit", "update", "stop")),
            OwnSystem("agency1", "add"),
            Providers("else"),
            *(OwnPost(self.post, act) for act in ("affirm", "right", "leave", "stay", "gone", "take", "else")),
            *(Relieve(self.post, sure) for sure in ("", "yes")),
            *(Enrolment(self.enrolment, answer) for answer in ("yes", "no", "else")),
            *(RequestList(page) for page in ("0", "new", "else")),
            *(RequestFile("request1", act) for act in ("see", "withdraw", "done", "else")),
            *(RequestAnswer("request1", act) for act in ("received", "done", "refuse", "result", "else")),
            Language("xx"),
            Open("else"),
        ]


@pytest.fixture
async def scene(running_stage: Stage, reporter: Person, responder: Person) -> Scene:
    stage = running_stage
    admin = await stage.staff("Tạ Văn Lương", Role.ADMIN)
    old = await stage.team(responder)
    code = await files_with_contact(reporter, PHONE, NAME)
    await old.sees(code)
    fresh = stage.telegram.group("Nhóm mới", members=[admin.user])
    stage.telegram.says(admin.user, fresh, "/gannhom")
    await admin.sees("Chuyển sang nhóm")
    await asks(admin, "/moi", "Mời người mới")
    await admin.presses("Quản trị bot")
    await admin.sees("Liên kết mời")
    writer = stage.person("Người đang viết")
    await asks(writer, STORY, "Đã ghi lại lời kể")
    stage.telegram.sends_photo(writer.user, writer.chat, b"x", "ảnh chụp màn hình lúc chuyển tiền cho kẻ gian")
    await writer.sees("dữ liệu cá nhân nhạy cảm")
    async with stage.bot.store.reading() as tx:
        found = {
            table: (await tx.rows(f"SELECT id FROM {table}"))[0]["id"]
            for table in ("drafts", "evidence", "invitations", "bindings")
        }
    async with stage.bot.store.transaction() as tx:
        known = await people.find(tx, admin.user.id)
        assert known is not None
        now = stage.clock.now()
        proposal = await roles.propose(tx, known.id, Role.APPROVER, None, known.id, now, now + timedelta(days=1))
        assert proposal is not None
        post, enrolment = await _an_officer_and_one_who_waits(stage, tx, known.id)
    intruder = stage.person("Người lạ")
    await asks(intruder, "/trogiup", "làm được những việc sau")
    incident = (await incident_of(stage, code)).id
    await _a_request(stage, incident, known.id)
    draft = short(found["drafts"])
    return Scene(
        stage=stage,
        code=code,
        incident=incident,
        draft=draft,
        evidence=found["evidence"],
        invitation=found["invitations"],
        binding=found["bindings"],
        admin=known.id,
        proposal=proposal,
        post=post,
        enrolment=enrolment,
        reporter=reporter,
        intruder=intruder,
    )


async def _an_officer_and_one_who_waits(stage: Stage, tx: Transaction, person: str) -> tuple[str, str]:
    """Somebody speaks for an agency, and waits to speak for another: the post, and the enrolment."""
    now = stage.clock.now()
    for number in (1, 2):
        agency = agencies.Agency(f"agency{number}", f"XP-{number}", f"Phường Kín {number}", Kind.COMMUNE)
        await agencies.add(tx, agency, now)
    await systems.add(tx, systems.System("system1", "HT-KIN", SYSTEM, "agency1", level=3), now)
    await posts.confirm(tx, "agency1", person, Post.OFFICER, "Chuyên viên", None, now)
    asked = enrolments.Enrolment(tx.new_id(), person, "agency2", Post.HEAD, NAME, None, PHONE, now)
    await enrolments.ask(tx, asked)
    return (await posts.of_person(tx, person))[0].id, asked.id


async def _a_request(stage: Stage, incident: str, person: str) -> None:
    """The agency is asked to help with the incident, in words that belong to it and to those who may read."""
    async with stage.bot.store.transaction() as tx:
        now = stage.clock.now()
        due = now + timedelta(days=1)
        request = coordinations.Request("request1", "DP-2026-0001", "agency1", incident, ASKED, due, person, now)
        await coordinations.add(tx, request)


async def state(stage: Stage) -> dict[str, list[dict[str, object]]]:
    """Everything that an intruder must not change."""
    tables = (
        "incidents events contacts consents evidence drafts roles proposals role_events invitations groups bindings"
        " contact_points shifts swaps handovers handover_items ties offers papers rungs submissions exemptions"
        " agencies posts enrolments systems system_tags register_events coordinations"
    )
    async with stage.bot.store.reading() as tx:
        found = {table: [dict(row) for row in await tx.rows(f"SELECT * FROM {table}")] for table in tables.split()}
    for row in (row for rows in found.values() for row in rows):
        for written_by_the_clock in ("laid", "lay_on"):
            row.pop(written_by_the_clock, None)
    return found


async def test_every_kind_of_key_is_aimed_at(scene: Scene) -> None:
    assert {type(press) for press in scene.aimed()} == set(PRESSES.values())


# What is the very work of a role, and no trespass.
OFFICE: Mapping[Role, tuple[type[Press], ...]] = {
    Role.STANDING_UNIT: (
        *(Enrolment, Relieve, Tables),
        *(Browse, AgencyFile, KeepAgency, Merge, SystemFile, KeepSystem, RequestList, Tables),
    )
}


@pytest.mark.parametrize(
    "role", [Role.CITIZEN, Role.AGENCY_CONTACT, Role.ISP_CONTACT, Role.STANDING_UNIT, Role.LIAISON]
)
async def test_forged_keys_change_nothing_and_show_nothing(scene: Scene, role: Role) -> None:
    stage = scene.stage
    intruder = await stage.staff("Kẻ giả mạo", role)
    await asks(intruder, "/trogiup", "làm được những việc sau")
    before = await state(stage)
    for press in scene.aimed():
        if isinstance(press, OFFICE.get(role, ())):
            continue
        answered = await intruder.forges(press.data())
        said = answered.answers[0][0]
        harmless = (
            isinstance(press, Privacy | Duty | Compliance | ComplianceFile)
            or press == Page("own", "0")
            or said.startswith(NO_POST)
        )
        assert said.startswith((DENIED, STALE)) or harmless, (press, said)
    assert await state(stage) == before
    await asks(intruder, "/trogiup", "làm được những việc sau")
    nothing_of_others(scene, intruder.messages)


def nothing_of_others(scene: Scene, messages: list[Message]) -> None:
    shown = " ".join(visible(message) for message in messages)
    for secret in (
        SYSTEM,
        ASKED,
        NAME,
        PHONE,
        STORY,
        scene.code,
        scene.incident,
        "Mận",
        "Phường Kín",
        str(scene.reporter.user.id),
    ):
        assert secret not in shown, secret


async def test_whoever_reports_sees_only_what_is_one_s_own(scene: Scene) -> None:
    """The reporter has a role in nothing but the own report."""
    before = await state(scene.stage)
    for press in scene.aimed():
        if isinstance(press, Claim | Details | Admit | Bind | Invite):
            answered = await scene.reporter.forges(press.data())
            assert answered.answers[0][0].startswith((DENIED, STALE)), press
    assert await state(scene.stage) == before


async def test_an_administrator_reads_no_reports(scene: Scene) -> None:
    admin = await scene.stage.staff("Quản trị khác", Role.ADMIN)
    await asks(admin, "/trogiup", "làm được những việc sau")
    for press in (Claim(scene.incident), Details(scene.incident), Page("queue", "0"), Own(scene.incident, "see")):
        answered = await admin.forges(press.data())
        assert answered.answers[0][0].startswith((DENIED, STALE)), press
    await asks(admin, f"/tracuu {scene.code}", "Không tìm thấy")
    nothing_of_others(scene, [message for message in admin.messages if "/tracuu" not in message.text])


async def test_a_stranger_sees_nothing_of_others_by_any_command(scene: Scene) -> None:
    intruder = scene.intruder
    for command in COMMANDS:
        since = len(intruder.messages)
        await intruder.says(command)
        await scene.stage.telegram.until(lambda since=since: len(intruder.messages) > since)  # type: ignore[misc]
    nothing_of_others(scene, intruder.messages)


@pytest.mark.parametrize(
    "payload",
    ["{incident}", "d_{incident}", "{code}", "o_{incident}_see", "{invitation}", "admin", "0", "_" * 64, "ref-{code}"],
)
async def test_forged_deep_links_read_like_a_plain_start(scene: Scene, payload: str) -> None:
    aimed = payload.format(incident=scene.incident, code=scene.code, invitation=scene.invitation)
    first = await asks(scene.intruder, "/start", "Xin chào")
    before = await state(scene.stage)
    again = await asks(scene.intruder, f"/start {aimed}", "Xin chào")
    assert (again.html, again.buttons) == (first.html, first.buttons)
    assert await state(scene.stage) == before


async def test_no_door_of_a_card_opens_for_those_who_do_not_work_the_incident(scene: Scene) -> None:
    """A provider answers requests about incidents, the department makes them: neither reads an incident."""
    doors = ("file", digests.DOOR, *TASKS, *Move)
    for role in (Role.ISP_CONTACT, Role.STANDING_UNIT):
        member = await scene.stage.staff(f"Kẻ giả mạo {role}", role)
        before = await state(scene.stage)
        for door in doors:
            since = len(member.messages)
            await member.starts(f"w-{door}-{scene.incident}")
            said = await new(member, "", since)
            assert said.text.startswith((DENIED, "Không tìm thấy", "Nút này", "Liên kết")), (role, door, said.text)
        assert await state(scene.stage) == before
        nothing_of_others(scene, member.messages)


@pytest.mark.parametrize(
    "data", ["", "c", "c:", "c:1:2", "x:y", "f:::::", "m:report:x", "đ:ư", "c:" + "x" * 60, "p:queue", "\u0000", "null"]
)
async def test_data_that_no_key_of_ours_has_is_answered_and_changes_nothing(scene: Scene, data: str) -> None:
    before = await state(scene.stage)
    answered = await scene.intruder.forges(data)
    assert answered.answers[0][0].startswith((DENIED, STALE)), data
    assert await state(scene.stage) == before


async def test_keys_of_somebody_else_s_form_do_nothing_in_the_own_form(scene: Scene) -> None:
    """An intruder with a form of his own sends the short id of another one."""
    await asks(scene.intruder, "/baosuco", "Tôi bị lừa mất tiền")
    for act in (*FormAct, "else"):
        press = await scene.intruder.forges(Answer(scene.draft, "story", act, "x").data())
        assert press.answers[0][0].startswith(STALE), act


async def test_the_log_of_an_incident_names_nobody_who_only_tried(scene: Scene) -> None:
    before = await log_of(scene.stage, scene.code)
    for _ in range(3):
        await scene.intruder.forges(Details(scene.incident).data())
    assert await log_of(scene.stage, scene.code) == before
