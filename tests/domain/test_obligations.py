"""What is owed and when it falls due: ten years of every rule of the example, and the dates that people get wrong."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.demo import example_policy
from bot.domain.agencies import Kind
from bot.domain.obligations import (
    Anchor,
    Evidence,
    Rule,
    Scope,
    Standing,
    State,
    Subject,
    add_months,
    applies,
    first_due,
    next_due,
    rules_on,
    standing,
    triggered_due,
    unclear,
)
from bot.domain.policy import Policy
from bot.domain.policy_faults import PolicyError

RULES = {rule.key: rule for rule in example_policy().obligations}
DAYS = st.dates(date(2024, 1, 1), date(2034, 12, 31))
TODAY = date(2026, 11, 23)


def system(level: int | None, since: date | None = None) -> Subject:
    return Subject(True, Kind.DEPARTMENT, level, since)


AGENCY = Subject(False, Kind.COMMUNE)


# Calendar months ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
        (date(2026, 1, 15), 12, date(2027, 1, 15)),
        (date(2026, 12, 1), 120, date(2036, 12, 1)),
    ],
)
def test_months_are_months_of_the_calendar(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


@given(DAYS, st.integers(1, 120))
def test_so_many_months_later_is_that_month_and_no_later_day_of_it(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


# Who owes what --------------------------------------------------------------------------------------------------------


def test_drills_are_owed_from_level_three_and_nobody_guesses_a_level() -> None:
    drill, level = RULES["drill"], RULES["level"]
    assert [applies(drill, system(number)) for number in (1, 2, 3, 4, 5)] == [False, False, True, True, True]
    assert not applies(drill, system(None))
    assert unclear(drill, system(None))
    assert not unclear(drill, system(2))
    assert applies(level, system(None))
    assert not applies(level, system(1))


def test_every_system_is_scanned_and_planned_for_whatever_its_level() -> None:
    for key in ("scan", "plan", "plan_review"):
        assert all(applies(RULES[key], system(level)) for level in (None, 1, 2, 3, 4, 5))


def test_the_team_and_providers_owe_what_names_them() -> None:
    provider, team = Subject(False, Kind.PROVIDER), Subject(False, Kind.TEAM)
    owed = {
        str(one.kind): {key for key, rule in RULES.items() if applies(rule, one)} for one in (provider, team, AGENCY)
    }
    assert owed == {"provider": {"contacts"}, "team": {"training"}, "commune": {"contacts", "report"}}


def test_of_two_sources_the_stricter_counts_and_is_named() -> None:
    scan = RULES["scan"]
    assert [scan.shortest(level) for level in (None, 1, 3, 5)] == [6, 6, 6, 3]
    assert scan.source(3)[0] == "letter_3446_2022"
    assert scan.source(5)[0] is None  # the standard is not checked yet, so no text names it
    assert next_due(scan, system(5), None, date(2026, 11, 30)) == date(2027, 2, 28)


def test_a_rule_counts_while_it_is_in_effect() -> None:
    assert "report" not in {rule.key for rule in rules_on(RULES.values(), date(2026, 8, 18))}
    assert "report" in {rule.key for rule in rules_on(RULES.values(), date(2026, 8, 19))}


# When it falls due ----------------------------------------------------------------------------------------------------


def test_a_system_without_a_plan_is_overdue_from_the_first_day() -> None:
    due = first_due(RULES["plan"], system(2), TODAY)
    assert due == date(2022, 12, 30)
    assert standing(State.OPEN, due, TODAY) is Standing.OVERDUE
    built_later = first_due(RULES["plan"], system(2, since=date(2026, 11, 1)), TODAY)
    assert built_later == date(2026, 11, 1)


def test_before_20_december_means_19_december() -> None:
    report = RULES["report"]
    assert first_due(report, AGENCY, date(2026, 12, 19)) == date(2026, 12, 19)
    assert first_due(report, AGENCY, date(2026, 12, 20)) == date(2027, 12, 19)
    # Done early or late, next year's is due next year.
    assert next_due(report, AGENCY, date(2026, 12, 19), date(2026, 11, 2)) == date(2027, 12, 19)
    assert next_due(report, AGENCY, date(2026, 12, 19), date(2027, 3, 2)) == date(2027, 12, 19)


def test_a_drill_is_owed_by_the_end_of_the_year_and_then_every_twelve_months() -> None:
    drill = RULES["drill"]
    assert first_due(drill, system(3), TODAY) == date(2026, 12, 31)
    assert next_due(drill, system(3), date(2026, 12, 31), date(2026, 12, 1)) == date(2027, 12, 1)


def test_what_an_event_sets_off_has_its_own_time() -> None:
    found = date(2027, 2, 25)
    assert first_due(RULES["fix"], system(3), TODAY) is None
    assert triggered_due(RULES["fix"], found) == date(2027, 3, 4)
    assert triggered_due(RULES["hunt"], found) == date(2027, 3, 11)
    assert next_due(RULES["fix"], system(3), date(2027, 3, 4), date(2027, 3, 1)) is None


@pytest.mark.parametrize("key", sorted(RULES))
@settings(max_examples=50)
@given(
    begins=DAYS,
    delays=st.lists(st.integers(0, 400), min_size=1, max_size=12),
    level=st.sampled_from((None, 1, 2, 3, 4, 5)),
)
def test_ten_years_of_every_rule(key: str, begins: date, delays: list[int], level: int | None) -> None:
    """However late or early it is done: the next day is later than the one before, no period longer than asked."""
    rule = RULES[key]
    subject = system(level) if rule.scope is Scope.SYSTEMS else AGENCY
    due = first_due(rule, subject, begins)
    assert rule.anchor is Anchor.EVENT or due is not None
    done = begins
    for delay in delays:
        done += timedelta(days=delay)
        following = next_due(rule, subject, due, done)
        match rule.anchor:
            case Anchor.LAST:
                assert following == add_months(done, rule.shortest(level))
                assert following > done
                # "At least once a year" is true of the calendar year too: it never skips one.
                assert rule.months != 12 or following.year == done.year + 1
            case Anchor.YEARLY:
                assert following is not None
                assert due is not None
                assert (following.year, following.month, following.day) == (due.year + 1, due.month, due.day)
            case _:
                assert following is None
        due = following or due


def test_a_standing_says_what_a_person_needs_to_know() -> None:
    cases = {
        (State.OPEN, TODAY - timedelta(days=1)): Standing.OVERDUE,
        (State.OPEN, TODAY): Standing.SOON,
        (State.OPEN, TODAY + timedelta(days=30)): Standing.SOON,
        (State.OPEN, TODAY + timedelta(days=31)): Standing.DONE,
        (State.SUBMITTED, TODAY - timedelta(days=400)): Standing.WAITING,
        (State.WAIVED, TODAY): Standing.WAIVED,
        (State.MET, None): Standing.DONE,
        (State.ENDED, None): Standing.NONE,
    }
    assert {case: standing(*case, TODAY) for case in cases} == cases


# Rules as data --------------------------------------------------------------------------------------------------------

_SCAN = '[[obligation]]\nkey = "scan"\nevidence = "scan"\nname = { vi = "x" }\n'


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (_SCAN, "policy.anchor"),
        (_SCAN + "months = 6\nday = '12-19'", "policy.anchor"),
        (_SCAN + "anchor = 'yearly'\nday = '02-29'", "policy.month_day"),
        (_SCAN + "anchor = 'yearly'\nday = '13-01'", "policy.month_day"),
        (_SCAN + "months = 6\nscope = 'agencies'\nmin_level = 3", "policy.scope"),
        (_SCAN + "months = 6\nmin_level = 6", "policy.too_big"),
        (_SCAN + "months = 6\nlaw = 'nowhere'", "policy.unknown_law"),
        (_SCAN + "months = 6\n" + _SCAN + "months = 12", "policy.overlap"),
        ("[reminders]\nweekdays = []", "policy.weekdays"),
        ("[reminders]\nat = '08:00:30'", "policy.changeovers"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused_with_its_place(text: str, fault: str) -> None:
    with pytest.raises(PolicyError) as caught:
        Policy.parse(text)
    assert [one.key for one in caught.value.faults] == [fault]


def test_without_rules_nothing_is_owed() -> None:
    assert Policy.neutral().obligations == ()


def test_every_rule_of_the_example_names_its_evidence_and_what_it_asks() -> None:
    assert {rule.evidence for rule in RULES.values()} == set(Evidence)
    assert all(rule.why for rule in RULES.values())


def test_a_rule_is_data_that_survives_being_written_down() -> None:
    for rule in RULES.values():
        assert Rule.model_validate_json(rule.model_dump_json(by_alias=True), by_alias=True, by_name=False) == rule
