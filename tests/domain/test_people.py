"""Who may do what, as a table that a reader can check against the law and the plan."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.people import INVITED, OFFICERS, PERMISSIONS, RESPONDERS, TEAM, Permission, Person, Role

# The heads of the columns, short enough for one line.
COLUMNS = {
    "person": Role.CITIZEN,
    "agency": Role.AGENCY_CONTACT,
    "isp": Role.ISP_CONTACT,
    "member": Role.RESPONDER,
    "duty": Role.DUTY_OFFICER,
    "deputy": Role.DEPUTY_LEAD,
    "lead": Role.TEAM_LEAD,
    "expert": Role.EXPERT,
    "unit": Role.STANDING_UNIT,
    "approver": Role.APPROVER,
    "liaison": Role.LIAISON,
    "auditor": Role.AUDITOR,
    "admin": Role.ADMIN,
}
# One row a permission, one column a role: x may, . may not.
TABLE = """
                        person agency isp member duty deputy lead expert unit approver liaison auditor admin
report                    x      x     x    x     x     x     x     x     x      x        x       x      x
report_for_agency         .      x     x    .     .     .     .     .     .      .        .       .      .
track_own                 x      x     x    x     x     x     x     x     x      x        x       x      x
see_contact_point         x      x     x    x     x     x     x     x     x      x        x       x      x
keep_own_privacy          x      x     x    x     x     x     x     x     x      x        x       x      x
see_queue                 .      .     .    x     x     x     x     x     .      .        .       x      .
claim                     .      .     .    x     x     x     x     x     .      .        .       .      .
see_details               .      .     .    x     x     x     x     x     .      .        .       x      .
see_contact               .      .     .    x     x     x     x     .     .      .        .       .      .
see_evidence              .      .     .    x     x     x     x     .     .      .        .       .      .
relay                     .      .     .    x     x     x     x     x     .      .        .       .      .
work                      .      .     .    x     x     x     x     x     .      .        .       .      .
rate                      .      .     .    x     x     x     x     .     .      .        .       .      .
close                     .      .     .    x     x     x     x     .     .      .        .       .      .
reject                    .      .     .    x     x     x     x     .     .      .        .       .      .
merge                     .      .     .    x     x     x     x     .     .      .        .       .      .
refer                     .      .     .    .     x     x     x     .     .      .        .       .      .
reopen                    .      .     .    .     x     x     x     .     .      .        .       .      .
answer_referral           .      .     .    .     .     .     .     .     .      .        x       .      .
search                    .      .     .    x     x     x     x     x     .      .        .       x      .
note                      .      .     .    x     x     x     x     x     .      .        .       .      .
pause                     .      .     .    x     x     x     x     x     .      .        .       .      .
hand_over                 .      .     .    x     x     x     x     x     .      .        .       .      .
assign                    .      .     .    .     x     x     x     .     .      .        .       .      .
stand_duty                .      .     .    x     x     x     x     .     .      .        .       .      .
see_rota                  .      .     .    x     x     x     x     x     x      .        .       x      .
plan_rota                 .      .     .    .     x     x     x     .     .      .        .       .      .
tie                       .      .     .    x     x     x     x     .     .      .        .       .      .
mark_tlp                  .      .     .    x     x     x     x     .     .      .        .       .      .
verify                    .      .     .    x     x     x     x     x     .      .        .       x      .
make_papers               .      .     .    x     x     x     x     .     .      .        .       .      .
enrol                     x      x     x    x     x     x     x     x     x      x        x       x      x
see_own_agency            .      x     x    .     .     .     .     .     .      .        .       .      .
do_obligations            .      x     x    .     .     .     .     .     .      .        .       .      .
answer_coordination       .      x     x    .     .     .     .     .     .      .        .       .      .
see_register              .      .     .    x     x     x     x     .     x      .        .       x      .
keep_register             .      .     .    .     .     .     .     .     x      .        .       .      .
confirm_contacts          .      .     .    .     .     .     .     .     x      .        .       .      .
judge_evidence            .      .     .    .     .     .     .     .     x      .        .       .      .
see_compliance            .      .     .    .     .     x     x     .     x      .        .       x      .
coordinate                .      .     .    x     x     x     x     .     x      .        .       .      .
see_requests              .      x     x    x     x     x     x     .     x      .        .       .      .
publish_contact_point     .      .     .    .     .     .     .     .     x      .        .       .      .
bind_group                .      .     .    .     .     .     .     .     .      .        .       .      x
invite                    .      .     .    .     .     .     .     .     .      .        .       .      x
see_roles                 .      .     .    .     .     .     .     .     .      .        .       x      x
grant_roles               .      .     .    .     .     .     .     .     .      .        .       .      x
serve_privacy_requests    .      .     .    .     .     .     .     .     .      .        .       .      x
"""


def holding(role: Role) -> Person:
    return Person(id="1", telegram_id=1, language="vi", roles=frozenset({role}))


def test_every_permission_is_decided_for_every_role() -> None:
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    assert [COLUMNS[name] for name in head] == list(Role)
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


def test_only_a_seat_in_the_group_makes_the_roles_of_responders_count() -> None:
    absent = replace(holding(Role.EXPERT), roles=frozenset({Role.EXPERT, Role.ADMIN, Role.CITIZEN}), seated=False)
    assert not absent.may(Permission.CLAIM)
    assert absent.lacks_seat_for(Permission.CLAIM)
    assert not absent.lacks_seat_for(Permission.CLOSE), "an expert may not close with a seat either"
    assert absent.may(Permission.INVITE)
    assert absent.may(Permission.REPORT)


def test_nobody_outside_of_the_team_needs_a_seat() -> None:
    for role in set(Role) - RESPONDERS:
        assert replace(holding(role), seated=False).may(Permission.REPORT)
        for permission in Permission:
            assert not replace(holding(role), seated=False).lacks_seat_for(permission)


def test_an_auditor_changes_nothing_and_a_hired_expert_sees_no_personal_data() -> None:
    reading = {
        Permission.SEE_QUEUE,
        Permission.SEE_DETAILS,
        Permission.SEE_ROLES,
        Permission.SEARCH,
        Permission.SEE_ROTA,
        Permission.VERIFY,
        Permission.SEE_REGISTER,
        Permission.SEE_COMPLIANCE,
    }
    everybody = {permission for permission in Permission if holding(Role.CITIZEN).may(permission)}
    assert {one for one in Permission if holding(Role.AUDITOR).may(one)} == reading | everybody
    personal = {Permission.SEE_CONTACT, Permission.SEE_EVIDENCE}
    assert not personal & {one for one in Permission if holding(Role.EXPERT).may(one)}


def test_who_keeps_the_roles_reads_no_reports() -> None:
    assert not holding(Role.ADMIN).may(Permission.SEE_DETAILS)
    assert not holding(Role.ADMIN).may(Permission.CLAIM)


def test_a_link_can_carry_every_role_but_the_one_that_everybody_has() -> None:
    assert {*INVITED} == set(Role) - {Role.CITIZEN}
    assert not TEAM & OFFICERS
