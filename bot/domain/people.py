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
    TEAM_LEAD = "team_lead"
    STANDING_UNIT = "standing_unit"
    LIAISON = "liaison"
    ADMIN = "admin"


# The roles that a one-time link can carry. A citizen needs none.
INVITED = tuple(role for role in Role if role is not Role.CITIZEN)
TEAM = frozenset({Role.RESPONDER, Role.DUTY_OFFICER, Role.TEAM_LEAD})
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
    PUBLISH_CONTACT_POINT = "publish_contact_point"
    BIND_GROUP = "bind_group"
    INVITE = "invite"
    SERVE_PRIVACY_REQUESTS = "serve_privacy_requests"


_EVERYONE = frozenset(Role)

# domain.md: a responder works incidents and never broadcasts; an administrator keeps roles and reads no reports.
PERMISSIONS: dict[Permission, Set[Role]] = {
    Permission.REPORT: _EVERYONE,
    Permission.REPORT_FOR_AGENCY: OFFICERS,
    Permission.TRACK_OWN: _EVERYONE,
    Permission.SEE_CONTACT_POINT: _EVERYONE,
    Permission.KEEP_OWN_PRIVACY: _EVERYONE,
    Permission.SEE_QUEUE: TEAM,
    Permission.CLAIM: TEAM,
    Permission.SEE_DETAILS: TEAM,
    Permission.PUBLISH_CONTACT_POINT: frozenset({Role.STANDING_UNIT}),
    Permission.BIND_GROUP: frozenset({Role.ADMIN}),
    Permission.INVITE: frozenset({Role.ADMIN}),
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

    def may(self, permission: Permission) -> bool:
        """Ask the permission table."""
        return not PERMISSIONS[permission].isdisjoint(self.roles)
