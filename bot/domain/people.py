"""Who may do what: roles, permissions and the one table that joins them."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is to the bot. Everyone is a citizen; every other role is granted by an administrator."""

    CITIZEN = "citizen"
    AGENCY_CONTACT = "agency_contact"
    ISP_CONTACT = "isp_contact"
    RESPONDER = "responder"
    DUTY_OFFICER = "duty_officer"
    DEPUTY_LEAD = "deputy_lead"
    TEAM_LEAD = "team_lead"
    EXPERT = "expert"  # hired from outside: a responder until a day, without personal data
    STANDING_UNIT = "standing_unit"
    APPROVER = "approver"
    LIAISON = "liaison"
    AUDITOR = "auditor"
    ADMIN = "admin"


# The roles that a one-time link can carry. A citizen needs none.
INVITED = tuple(role for role in Role if role is not Role.CITIZEN)
TEAM = frozenset({Role.RESPONDER, Role.DUTY_OFFICER, Role.DEPUTY_LEAD, Role.TEAM_LEAD})
LEADS = frozenset({Role.DUTY_OFFICER, Role.DEPUTY_LEAD, Role.TEAM_LEAD})
RESPONDERS = TEAM | {Role.EXPERT}  # whose roles count only while they sit in the team's group
# Who speaks for the house or decides who may: a second administrator must agree as soon as there are two.
GRAVE = frozenset({Role.STANDING_UNIT, Role.APPROVER, Role.ADMIN})
OFFICERS = frozenset({Role.AGENCY_CONTACT, Role.ISP_CONTACT})


class Permission(StrEnum):
    """One thing that somebody may do; handlers ask for these and never for roles."""

    REPORT = "report"
    REPORT_FOR_AGENCY = "report_for_agency"
    TRACK_OWN = "track_own"
    SEE_CONTACT_POINT = "see_contact_point"
    KEEP_OWN_PRIVACY = "keep_own_privacy"
    SEE_QUEUE = "see_queue"
    CLAIM = "claim"
    SEE_DETAILS = "see_details"
    SEE_CONTACT = "see_contact"
    SEE_EVIDENCE = "see_evidence"
    RELAY = "relay"
    WORK = "work"
    RATE = "rate"
    CLOSE = "close"
    REJECT = "reject"
    MERGE = "merge"
    REFER = "refer"
    REOPEN = "reopen"
    ANSWER_REFERRAL = "answer_referral"
    SEARCH = "search"
    NOTE = "note"
    PAUSE = "pause"
    HAND_OVER = "hand_over"
    ASSIGN = "assign"
    STAND_DUTY = "stand_duty"
    SEE_ROTA = "see_rota"
    PLAN_ROTA = "plan_rota"
    TIE = "tie"
    MARK_TLP = "mark_tlp"
    VERIFY = "verify"
    MAKE_PAPERS = "make_papers"
    ENROL = "enrol"
    SEE_OWN_AGENCY = "see_own_agency"
    DO_OBLIGATIONS = "do_obligations"
    ANSWER_COORDINATION = "answer_coordination"
    SEE_REGISTER = "see_register"
    KEEP_REGISTER = "keep_register"
    CONFIRM_CONTACTS = "confirm_contacts"
    JUDGE_EVIDENCE = "judge_evidence"
    SEE_COMPLIANCE = "see_compliance"
    COORDINATE = "coordinate"
    SEE_REQUESTS = "see_requests"
    PUBLISH_CONTACT_POINT = "publish_contact_point"
    BIND_GROUP = "bind_group"
    INVITE = "invite"
    SEE_ROLES = "see_roles"
    GRANT_ROLES = "grant_roles"
    SERVE_PRIVACY_REQUESTS = "serve_privacy_requests"


_EVERYONE = frozenset(Role)

# An officer's role says that somebody speaks for an agency; for which one, and hence what of it may be seen, stands in
# `posts` and is asked at the register's gate. A responder works incidents and never broadcasts; an administrator keeps
# roles and reads no reports; an auditor reads and changes nothing; a hired expert works without personal data, hence
# without pictures.
PERMISSIONS: dict[Permission, Set[Role]] = {
    Permission.REPORT: _EVERYONE,
    Permission.REPORT_FOR_AGENCY: OFFICERS,
    Permission.TRACK_OWN: _EVERYONE,
    Permission.SEE_CONTACT_POINT: _EVERYONE,
    Permission.KEEP_OWN_PRIVACY: _EVERYONE,
    Permission.SEE_QUEUE: RESPONDERS | {Role.AUDITOR},
    Permission.CLAIM: RESPONDERS,
    Permission.SEE_DETAILS: RESPONDERS | {Role.AUDITOR},
    Permission.SEE_CONTACT: TEAM,
    Permission.SEE_EVIDENCE: TEAM,
    Permission.RELAY: RESPONDERS,
    Permission.WORK: RESPONDERS,
    Permission.RATE: TEAM,
    Permission.CLOSE: TEAM,
    Permission.REJECT: TEAM,
    Permission.MERGE: TEAM,
    Permission.REFER: LEADS,
    Permission.REOPEN: LEADS,
    Permission.ANSWER_REFERRAL: frozenset({Role.LIAISON}),
    Permission.SEARCH: RESPONDERS | {Role.AUDITOR},
    Permission.NOTE: RESPONDERS,
    Permission.PAUSE: RESPONDERS,
    Permission.HAND_OVER: RESPONDERS,
    Permission.ASSIGN: LEADS,
    Permission.STAND_DUTY: TEAM,
    Permission.SEE_ROTA: RESPONDERS | {Role.STANDING_UNIT, Role.AUDITOR},
    Permission.PLAN_ROTA: LEADS,
    Permission.TIE: TEAM,
    Permission.MARK_TLP: TEAM,
    Permission.VERIFY: RESPONDERS | {Role.AUDITOR},
    Permission.MAKE_PAPERS: TEAM,
    Permission.ENROL: _EVERYONE,
    Permission.SEE_OWN_AGENCY: OFFICERS,
    Permission.DO_OBLIGATIONS: OFFICERS,
    Permission.ANSWER_COORDINATION: OFFICERS,
    Permission.SEE_REGISTER: TEAM | {Role.STANDING_UNIT, Role.AUDITOR},
    Permission.KEEP_REGISTER: frozenset({Role.STANDING_UNIT}),
    Permission.CONFIRM_CONTACTS: frozenset({Role.STANDING_UNIT}),
    Permission.JUDGE_EVIDENCE: frozenset({Role.STANDING_UNIT}),
    Permission.SEE_COMPLIANCE: frozenset({Role.STANDING_UNIT, Role.DEPUTY_LEAD, Role.TEAM_LEAD, Role.AUDITOR}),
    Permission.COORDINATE: TEAM | {Role.STANDING_UNIT},
    Permission.SEE_REQUESTS: TEAM | OFFICERS | {Role.STANDING_UNIT},  # for officers: those to their own agencies
    Permission.PUBLISH_CONTACT_POINT: frozenset({Role.STANDING_UNIT}),
    Permission.BIND_GROUP: frozenset({Role.ADMIN}),
    Permission.INVITE: frozenset({Role.ADMIN}),
    Permission.SEE_ROLES: frozenset({Role.ADMIN, Role.AUDITOR}),
    Permission.GRANT_ROLES: frozenset({Role.ADMIN}),
    Permission.SERVE_PRIVACY_REQUESTS: frozenset({Role.ADMIN}),
}


@dataclass(frozen=True)
class Person:
    """One human as the bot knows them. `id` is ours and random; the Telegram account stands in `people` alone."""

    id: str
    telegram_id: int
    language: str
    name: str | None = None
    phone: str | None = None
    roles: Set[Role] = frozenset({Role.CITIZEN})
    unreachable: bool = False  # blocked the bot, or never opened it
    seated: bool = True  # in the team's group, as far as the bot knows
    badge: int | None = None  # the number that reporters read instead of a name

    def may(self, permission: Permission) -> bool:
        """Ask the permission table. The roles of responders count only with a seat in the team's group."""
        counted = self.roles if self.seated else self.roles - RESPONDERS
        return not PERMISSIONS[permission].isdisjoint(counted)

    def lacks_seat_for(self, permission: Permission) -> bool:
        """It is only the seat that is missing."""
        return not self.may(permission) and not PERMISSIONS[permission].isdisjoint(self.roles)
