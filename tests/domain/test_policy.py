"""Policy: who is named on which day, which laws may be shown, and what is said about a file that is wrong."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.incidents import AgencyKind, CitizenKind
from bot.domain.people import LEADS, TEAM, Role
from bot.domain.policy import Body, Intake, Pace, Policy, Privacy, Term
from bot.domain.policy_faults import PolicyError, PolicyFault
from bot.domain.sending import Limits

EXAMPLES = Path(__file__).parents[2] / "bot" / "examples"
TODAY = date(2026, 11, 22)
FIELD = '[[term]]\nterm = "field"'


def example() -> Policy:
    return Policy.parse((EXAMPLES / "policy.toml").read_text(encoding="utf-8"))


def province() -> dict[str, Any]:
    return tomllib.loads((EXAMPLES / "province.toml").read_text(encoding="utf-8"))


def faults(text: str) -> list[PolicyFault]:
    with pytest.raises(PolicyError) as caught:
        Policy.parse(text)
    return list(caught.value.faults)


def test_the_neutral_policy_names_no_body_no_law_and_no_number() -> None:
    policy = Policy.neutral()
    assert [policy.name_of(body, TODAY) for body in Body] == [None] * len(Body)
    assert [policy.term(term, TODAY) for term in Term] == [None] * len(Term)
    assert policy.laws + policy.privacy_laws(TODAY) == ()
    assert policy.channels + policy.channels_on(TODAY) == ()
    assert policy.privacy.times is None
    assert policy.privacy.retention_months is None


def test_the_neutral_policy_waits_and_sends_as_designed() -> None:
    policy = Policy.neutral()
    assert (policy.silence_minutes, policy.draft_days, policy.invitation_hours, policy.lookups_per_hour) == (
        3,
        7,
        24,
        10,
    )
    assert policy.pace.limits() == Limits()


def test_the_neutral_policy_takes_of_one_person_what_the_design_says() -> None:
    intake = Policy.neutral().intake
    assert (intake.waiting_messages, intake.files_a_day, intake.megabytes_a_day) == (60, 50, 200)
    assert not intake.officers_send_programs


def test_the_measures_of_one_person_are_read_from_the_file() -> None:
    intake = Policy.parse("[intake]\nwaiting_messages = 5\nfiles_a_day = 6\nmegabytes_a_day = 7\n").intake
    assert (intake.waiting_messages, intake.files_a_day, intake.megabytes_a_day) == (5, 6, 7)


def test_an_empty_file_is_the_neutral_policy() -> None:
    assert Policy.parse("") == Policy.neutral()


def test_a_name_changes_on_the_day_that_the_policy_says() -> None:
    policy = example()
    assert policy.name_of(Body.PROVINCE, date(2025, 6, 30)) == "tỉnh Hà Nam"
    assert policy.name_of(Body.PROVINCE, date(2025, 7, 1)) == "tỉnh Ninh Bình"
    assert policy.name_of(Body.PROVINCE, TODAY, "en") == "Ninh Bình province"
    assert policy.term(Term.FIELD, date(2026, 6, 30)) == "an toàn thông tin mạng"
    assert policy.term(Term.FIELD, date(2026, 7, 1)) == "an ninh mạng"


def test_a_name_without_english_is_given_in_vietnamese() -> None:
    policy = Policy.parse('[[body]]\nbody = "ministry"\nname = { vi = "Bộ Công an" }')
    assert policy.name_of(Body.MINISTRY, TODAY, "en") == "Bộ Công an"


def test_words_are_kept_in_one_composed_form() -> None:
    policy = Policy.parse('[[body]]\nbody = "ministry"\nname = { vi = " Bo\u0323\u0302 " }')
    assert policy.name_of(Body.MINISTRY, TODAY) == "Bộ"


def test_a_law_is_shown_only_in_its_time_and_when_somebody_has_checked_it() -> None:
    policy = example()
    assert policy.law("decree_331_2026", date(2026, 8, 18)) is None
    assert policy.law("decree_331_2026", date(2026, 8, 19)) is not None
    assert policy.law("directive_18_2022", TODAY) is None
    assert [law.number for law in policy.privacy_laws(TODAY)] == ["91/2025/QH15", "356/2025/NĐ-CP"]
    assert policy.privacy_laws(date(2025, 12, 31)) == ()


def test_first_aid_names_the_channels_of_its_kind_in_order() -> None:
    policy = example()
    assert [channel.key for channel in policy.first_aid("scam_loss", TODAY)] == ["police_113", "vneid"]
    assert policy.first_aid("dos", TODAY) == ()
    assert "spam_156" not in [channel.key for channel in policy.first_aid("scam_contact", date(2020, 12, 31))]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("draft_days ==", PolicyFault("policy.not_toml", "1")),
        ("draft_days = 7\ndraft_days = 8\n", PolicyFault("policy.not_toml", "2")),
        ("silence_minute = 3", PolicyFault("policy.unknown_key", "silence_minute", "silence_minutes")),
        ("[pace]\ngroup_per_min = 3", PolicyFault("policy.unknown_key", "pace.group_per_min", "group_per_minute")),
        ("xyzzy = 3", PolicyFault("policy.unknown_key", "xyzzy")),
        ("silence_minutes = 0", PolicyFault("policy.too_small", "silence_minutes", "1")),
        ("draft_days = 31", PolicyFault("policy.too_big", "draft_days", "30")),
        ('draft_days = "x"', PolicyFault("policy.not_number", "draft_days")),
        ("[pace]\nprivate_per_second = 30", PolicyFault("policy.too_big", "pace.private_per_second", "1")),
        ("[pace]\noverall_per_second = inf", PolicyFault("policy.too_big", "pace.overall_per_second", "30")),
        ("[pace]\noverall_per_second = 4", PolicyFault("policy.kept_for_people", "pace")),
        ("pace = 3", PolicyFault("policy.not_table", "pace")),
        ("[intake]\nwaiting_messages = 0", PolicyFault("policy.too_small", "intake.waiting_messages", "1")),
        ("[intake]\nfiles_a_day = 1001", PolicyFault("policy.too_big", "intake.files_a_day", "1000")),
        ("[intake]\nmegabytes_a_day = 10001", PolicyFault("policy.too_big", "intake.megabytes_a_day", "10000")),
        ('[intake]\nofficers_send_programs = "yes please"',
         PolicyFault("policy.not_yes_no", "intake.officers_send_programs")),
        ("[intake]\nfiles_per_day = 5", PolicyFault("policy.unknown_key", "intake.files_per_day", "files_a_day")),
        ("[body]\nx = 1", PolicyFault("policy.not_list", "body")),
        ('[privacy]\nversion = ""', PolicyFault("policy.empty", "privacy.version")),
        ('[privacy]\nversion = "1"\nissued = "soon"', PolicyFault("policy.not_date", "privacy.issued")),
        ('[privacy]\nlaws = ["x"]', PolicyFault("policy.unknown_law", "privacy.laws[1]")),
        ("[privacy.times]\nerase_days = 20\naccess_days = 10\ncorrect_days = 10\nwithdraw_days = 15",
         PolicyFault("policy.missing", "privacy.times.first_reply_working_days")),
        ('[[law]]\nkey = "a"\nnumber = "1"\nname = { vi = "b" }\nshow = "maybe"',
         PolicyFault("policy.not_yes_no", "law[1].show")),
        (FIELD + '\nwords = { vi = "a\\nb" }', PolicyFault("policy.line_break", "term[1].words.vi")),
        (FIELD + '\nwords = { vi = 3 }', PolicyFault("policy.not_text", "term[1].words.vi")),
        ('[[term]]\nterm = "trade"\nwords = { vi = "a" }',
         PolicyFault("policy.unknown_value", "term[1].term", "field, respond")),
        (FIELD + '\nwords = { vi = "a" }\nfrom = 2026-01-02\nuntil = 2026-01-02',
         PolicyFault("policy.until_before_from", "term[1]")),
        (f'{FIELD}\nwords = {{ vi = "a" }}\n{FIELD}\nwords = {{ vi = "b" }}\nfrom = 2026-01-01',
         PolicyFault("policy.overlap", "term[2]", "term[1]")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(text: str, fault: PolicyFault) -> None:
    assert faults(text) == [fault]


def test_a_text_that_is_too_long_and_a_key_of_the_wrong_shape_are_told() -> None:
    long = "a" * 301
    found = faults(f'[[law]]\nkey = "Not A Key"\nnumber = "{long}"\nname = {{ vi = "b" }}')
    assert [(fault.key, fault.path) for fault in found] == [
        ("policy.pattern", "law[1].key"),
        ("policy.too_long", "law[1].number"),
    ]


def test_all_faults_are_told_at_once() -> None:
    found = faults('draft_days = 0\nsilence = 3\n[[body]]\nbody = "emperor"')
    assert {fault.path for fault in found} == {"draft_days", "silence", "body[1].body", "body[1].name"}


def test_no_fault_repeats_what_was_written() -> None:
    with pytest.raises(PolicyError) as caught:
        Policy.parse('draft_days = "a password by mistake"')
    assert "password" not in str(caught.value) + repr(caught.value.faults)
    assert caught.value.__suppress_context__


MOMENTS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(st.lists(MOMENTS, min_size=1, max_size=5, unique=True).map(sorted), MOMENTS)
def test_of_bodies_that_follow_each_other_exactly_one_is_named_each_day(changes: list[date], day: date) -> None:
    ends = [None, *changes, None]
    rows = [
        f'[[body]]\nbody = "province"\nname = {{ vi = "{place}" }}\n'
        + (f"from = {since}\n" if since else "")
        + (f"until = {until}\n" if until else "")
        for place, (since, until) in enumerate(pairwise(ends))
    ]
    policy = Policy.parse("\n".join(rows))
    assert policy.name_of(Body.PROVINCE, day) == str(sum(change <= day for change in changes))


def test_the_example_names_every_body_today() -> None:
    policy = example()
    assert [body for body in Body if not policy.name_of(body, TODAY)] == []
    assert [term for term in Term if not policy.term(term, TODAY)] == []
    row = policy.body(Body.PROVINCE, TODAY)
    assert row is not None
    assert row.code == "37"


def test_the_example_has_the_legal_times_of_requests_about_personal_data() -> None:
    times = example().privacy.times
    assert times is not None
    assert times.model_dump() == {
        "first_reply_working_days": 2,
        "access_days": 10,
        "correct_days": 10,
        "erase_days": 20,
        "withdraw_days": 15,
    }


def test_the_first_aid_of_the_example_speaks_of_kinds_that_exist() -> None:
    kinds = {*CitizenKind, *AgencyKind}
    assert {kind for channel in example().channels for kind in channel.first_aid} - {
        str(kind) for kind in kinds
    } == set()


def test_the_example_shows_every_switch_and_every_measure() -> None:
    shown = tomllib.loads((EXAMPLES / "policy.toml").read_text(encoding="utf-8"))
    tables = ((Policy, shown), (Intake, shown["intake"]), (Pace, shown["pace"]), (Privacy, shown["privacy"]))
    wanted = {field.alias or name for table, _ in tables for name, field in table.model_fields.items()}
    assert wanted - {name for _, rows in tables for name in rows} == set()


def test_the_example_says_that_it_is_one() -> None:
    for name in ("policy.toml", "province.toml"):
        assert (EXAMPLES / name).read_text(encoding="utf-8").startswith("# VÍ DỤ.")


def test_the_example_gives_no_number_but_the_short_public_ones() -> None:
    phones = [channel.phone for channel in example().channels if channel.phone]
    assert sorted(phones) == ["111", "113", "156"]


def test_the_seeded_province_has_its_whole_cast() -> None:
    roles = sorted(person["role"] for person in province()["person"])
    assert roles == sorted(
        [Role.CITIZEN] * 3  # the stranger is one
        + [Role.AGENCY_CONTACT] * 3  # officer, deputy and head of one agency
        + [Role.ISP_CONTACT]
        + [Role.RESPONDER] * 3
        + [Role.DUTY_OFFICER, Role.DEPUTY_LEAD, Role.TEAM_LEAD, Role.STANDING_UNIT, Role.ADMIN]
        + [Role.EXPERT, Role.APPROVER, Role.LIAISON, Role.AUDITOR]
    )


def test_the_seeded_rota_is_stood_by_the_team_and_laid_by_a_lead() -> None:
    data = province()
    roles = {person["key"]: person["role"] for person in data["person"]}
    assert {roles[name] for name in data["duty"]["order"]} <= TEAM
    assert roles[data["duty"]["planned_by"]] in LEADS


def test_nobody_and_nothing_in_the_seeded_province_can_be_real() -> None:
    data = province()
    for person in data["person"]:
        assert person["name"].endswith("(ví dụ)")
        assert re.fullmatch(r"0900 000 0\d\d", person.get("phone", "0900 000 000"))
    assert all(re.fullmatch(r"0229 0\d\d \d{4}", phone) for phone in data["contact_point"]["phones"])
    assert data["contact_point"]["email"].endswith(".example")
    assert re.match(r"https://[a-z.]+\.example/", data["contact_point"]["portal"])
    assert "ví dụ" in data["contact_point"]["hours"]
    assert data["team_group"]["title"].endswith("(ví dụ)")


def test_the_people_of_the_seeded_province_are_told_apart() -> None:
    people = province()["person"]
    for field in ("key", "name", "telegram_id"):
        assert len({person[field] for person in people}) == len(people)
