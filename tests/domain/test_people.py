"""Who may do what, as a table that a reader can check against the law and the plan."""

from __future__ import annotations

from bot.domain.people import INVITED, OFFICERS, PERMISSIONS, TEAM, Permission, Person, Role

# One row a permission, one column a role: x may, . may not.
TABLE = """
                        citizen agency_contact isp_contact responder duty_officer team_lead standing_unit liaison admin
report                     x          x             x          x          x           x           x          x      x
report_for_agency          .          x             x          .          .           .           .          .      .
track_own                  x          x             x          x          x           x           x          x      x
see_contact_point          x          x             x          x          x           x           x          x      x
keep_own_privacy           x          x             x          x          x           x           x          x      x
see_queue                  .          .             .          x          x           x           .          .      .
claim                      .          .             .          x          x           x           .          .      .
see_details                .          .             .          x          x           x           .          .      .
publish_contact_point      .          .             .          .          .           .           x          .      .
bind_group                 .          .             .          .          .           .           .          .      x
invite                     .          .             .          .          .           .           .          .      x
serve_privacy_requests     .          .             .          .          .           .           .          .      x
"""


def holding(role: Role) -> Person:
    return Person(id="1", telegram_id=1, language="vi", roles=frozenset({role}))


def test_every_permission_is_decided_for_every_role() -> None:
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    assert head == [str(role) for role in Role]
    assert [row[0] for row in rows] == [str(permission) for permission in Permission]
    decided = {row[0]: row[1:] for row in rows}
    holds = {
        str(permission): ["x" if holding(role).may(permission) else "." for role in Role] for permission in Permission
    }
    assert holds == decided


def test_no_permission_is_missing_in_the_table_of_the_domain() -> None:
    assert set(PERMISSIONS) == set(Permission)


def test_roles_add_up_and_take_nothing_away() -> None:
    both = Person(id="1", telegram_id=1, language="vi", roles=frozenset({Role.RESPONDER, Role.STANDING_UNIT}))
    assert both.may(Permission.CLAIM)
    assert both.may(Permission.PUBLISH_CONTACT_POINT)
    assert not both.may(Permission.INVITE)


def test_who_keeps_the_roles_reads_no_reports() -> None:
    assert not holding(Role.ADMIN).may(Permission.SEE_DETAILS)
    assert not holding(Role.ADMIN).may(Permission.CLAIM)


def test_a_link_can_carry_every_role_but_the_one_that_everybody_has() -> None:
    assert {*INVITED} == set(Role) - {Role.CITIZEN}
    assert not TEAM & OFFICERS
