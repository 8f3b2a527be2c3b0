"""Deadlines over ten years of any history: who meets them, what rests them, what moves them, and what never does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import clocks, levels
from bot.domain.clocks import Case, Clock, Deadline, Happened, PauseReason
from bot.domain.incidents import EventKind, Severity, Source, Status
from bot.domain.levels import Level, Times
from bot.domain.policy import Policy
from bot.domain.vietnamese import HANOI

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
TEN_YEARS = timedelta(days=3653)
REPORTER, OFFICER = "reporter", "officer"
POLICY = Policy.parse(
    """
[pauses]
reporter_hours = 72
third_party_hours = 168

[[legal_clock]]
key = "at_once"
name = { vi = "ngay" }
hours = 0
flags = ["security", "outage"]

[[legal_clock]]
key = "day"
name = { vi = "24 giờ" }
hours = 24
severities = ["emergency", "serious"]

[[legal_clock]]
key = "three_days"
name = { vi = "72 giờ" }
hours = 72
severities = ["emergency", "serious", "ordinary"]
until = 2031-01-01

[[legal_clock]]
key = "personal"
name = { vi = "dữ liệu cá nhân" }
hours = 72
flags = ["personal_data"]

[[level]]
severity = "serious"
answer_minutes = 45
from = 2030-01-01
"""
)

# What the log says of each kind, besides the kind: where it came from and led to, and who did it.
PAYLOADS: dict[EventKind, tuple[str | None, dict[str, str]]] = {
    EventKind.CLAIMED: (OFFICER, {"before": "new", "after": "claimed"}),
    EventKind.ASKED: (OFFICER, {"before": "working", "after": "waiting"}),
    EventKind.STARTED: (OFFICER, {"before": "claimed", "after": "working"}),
    EventKind.RELAYED: (OFFICER, {}),
    EventKind.TOLD: (REPORTER, {}),
    EventKind.OPENED: (OFFICER, {}),
    EventKind.NOTED: (OFFICER, {}),
    EventKind.RATED: (OFFICER, {"after": "serious"}),
    EventKind.RESOLVED: (OFFICER, {"before": "working", "after": "resolved"}),
    EventKind.CLOSED: (OFFICER, {"before": "resolved", "after": "closed"}),
    EventKind.REJECTED: (OFFICER, {"before": "new", "after": "not_incident"}),
    EventKind.REFERRED: (OFFICER, {"before": "working", "after": "referring"}),
    EventKind.RETURNED: ("liaison", {"before": "referring", "after": "claimed"}),
    EventKind.LAPSED: (None, {"before": "referring", "after": "new"}),
    EventKind.RELEASED: (None, {"before": "claimed", "after": "new"}),
    EventKind.OBJECTED: (REPORTER, {"before": "resolved", "after": "working"}),
    EventKind.REOPENED: (OFFICER, {"before": "closed", "after": "working"}),
    EventKind.WITHDRAWN: (REPORTER, {"before": "new", "after": "withdrawn"}),
    EventKind.PAUSED: (OFFICER, {"reason": "third_party"}),
    EventKind.RESUMED: (OFFICER, {}),
    EventKind.DECLARED: (REPORTER, {"clock": "day"}),
}


def happened(kind: EventKind, at: datetime, **more: str) -> Happened:
    actor, payload = PAYLOADS[kind]
    return Happened(kind, at, actor, {**payload, **more})


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


moments = st.timedeltas(timedelta(), TEN_YEARS).map(lambda gone: BEGIN + gone)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Case, list[Happened], datetime]:
    """An incident, its log, and a moment at which somebody looks; gaps of minutes are as likely as gaps of months."""
    filed = draw(moments)
    gaps = st.one_of(
        st.integers(0, 300).map(lambda n: timedelta(minutes=n)), st.integers(1, 9000).map(lambda n: timedelta(hours=n))
    )
    log, at = [Happened(EventKind.FILED, filed, REPORTER, {})], filed
    for kind in draw(st.lists(st.sampled_from(list(PAYLOADS)), max_size=12)):
        at += draw(gaps)
        event = happened(kind, at)
        log.append(replace(event, payload=None) if draw(st.integers(0, 9)) == 0 else event)
    known = draw(st.one_of(st.none(), st.integers(-48, 400).map(lambda n: filed - hours(n))))
    case = Case(
        source=draw(st.sampled_from(Source)),
        severity=draw(st.sampled_from(Severity)),
        filed_at=filed,
        detected_at=known,
        flags=tuple(draw(st.sets(st.sampled_from(["security", "outage", "personal_data", "beyond_us"])))),
        reporter=REPORTER,
    )
    return case, log, at + draw(gaps)


def found(case: Case, log: Sequence[Happened], now: datetime) -> dict[str, Deadline]:
    return {one.clock: one for one in clocks.deadlines(case, log, POLICY, now)}


def team(deadlines: dict[str, Deadline]) -> dict[str, Deadline]:
    return {name: one for name, one in deadlines.items() if one.legal is None}


# ── Of any history ─────────────────────────────────────────────────────────────────────────────────────────────────


@given(histories())
def test_a_deadline_never_comes_before_its_time_nor_later_than_all_pauses_explain(
    history: tuple[Case, list[Happened], datetime],
) -> None:
    case, log, now = history
    for name, one in team(found(case, log, now)).items():
        length = getattr(levels.times_on(POLICY.levels, case.severity, case.filed_at.astimezone(HANOI).date()), name)
        rested = sum((span.ends - max(span.starts, one.starts) for span in one.pauses), timedelta())
        assert one.starts + length <= one.due <= one.starts + length + rested
        assert not (one.paused and one.is_over(now))
        assert 0 <= one.fraction(one.starts) < 1


@given(histories())
def test_half_four_fifths_and_all_of_the_time_are_gone_exactly_when_it_says_so(
    history: tuple[Case, list[Happened], datetime],
) -> None:
    case, log, now = history
    for one in found(case, log, now).values():
        if one.met_at is not None or one.at_once:
            continue
        for share in clocks.SHARES:
            assert one.fraction(one.at(share)) == pytest.approx(share, abs=1e-6)
        assert one.at(1.0) == one.due
        assert one.is_over(one.due)
        assert not one.is_over(one.due - timedelta(microseconds=1))


@given(histories())
def test_between_now_and_the_next_change_nothing_changes_by_itself(
    history: tuple[Case, list[Happened], datetime],
) -> None:
    case, log, now = history
    before = found(case, log, now)
    following = clocks.next_change(before.values(), now)
    assert following is None or following > now
    last = (following or now + hours(10_000)) - timedelta(microseconds=1)
    assert _stands(found(case, log, last), last) == _stands(before, now)


def _stands(deadlines: dict[str, Deadline], now: datetime) -> list[tuple[object, ...]]:
    return [
        (one.clock, one.due, one.met_at, one.paused, one.round, sum(now >= one.at(share) for share in clocks.SHARES))
        for one in deadlines.values()
        if one.met_at is None
    ]


@given(histories())
def test_whoever_follows_next_change_sees_every_deadline_pass_and_comes_to_an_end(
    history: tuple[Case, list[Happened], datetime],
) -> None:
    case, log, now = history
    for _ in range(60):
        deadlines = found(case, log, now)
        following = clocks.next_change(deadlines.values(), now)
        if following is None:
            break
        now = following
    assert following is None
    assert all(one.met_at is not None or one.is_over(now) for one in deadlines.values())


@given(histories(), st.sampled_from(Severity))
def test_rating_anew_never_starts_a_clock_again_and_the_way_there_does_not_matter(
    history: tuple[Case, list[Happened], datetime], other: Severity
) -> None:
    case, log, now = history
    first = found(case, log, now)
    there = found(replace(case, severity=other), log, now)
    rated = [*log, happened(EventKind.RATED, now), happened(EventKind.RATED, now)]
    assert found(case, rated, now) == first
    for name, one in team(first).items():
        assert (there[name].starts, there[name].round, there[name].met_at) == (one.starts, one.round, one.met_at)


@given(histories())
def test_graver_is_never_later(history: tuple[Case, list[Happened], datetime]) -> None:
    case, log, now = history
    ladder = [found(replace(case, severity=severity), log, now) for severity in Severity]
    for graver, milder in pairwise(ladder):
        assert all(one.due <= milder[name].due for name, one in team(graver).items())


@given(histories())
def test_what_has_happened_is_never_taken_back_by_looking_later(
    history: tuple[Case, list[Happened], datetime],
) -> None:
    case, log, now = history
    for name, one in found(case, log, now).items():
        later = found(case, log, now + hours(1000))[name]
        assert (later.starts, later.round, later.met_at, later.due) == (one.starts, one.round, one.met_at, one.due)


@given(histories())
def test_the_law_counts_from_detection_through_everything_and_only_the_owner_ends_it(
    history: tuple[Case, list[Happened], datetime],
) -> None:
    case, log, now = history
    legal = {name: one for name, one in found(case, log, now).items() if one.legal is not None}
    start = min(case.detected_at or case.filed_at, case.filed_at)
    assert {(one.starts, one.assumed, one.paused, one.pauses) for one in legal.values()} <= {
        (start, case.detected_at is None, False, ())
    }
    assert all(one.due - start == timedelta(hours=one.legal.hours) for one in legal.values() if one.legal)
    declared = [event.at for event in log if event.kind is EventKind.DECLARED and event.payload]
    assert all(one.met_at == (declared[0] if declared and name == "day" else None) for name, one in legal.items())
    assert case.source is Source.AGENCY or not legal
    if case.source is Source.AGENCY:
        assert ("day" in legal) == (case.severity in (Severity.EMERGENCY, Severity.SERIOUS))
        assert ("personal" in legal) == ("personal_data" in case.flags)


@given(histories())
def test_pauses_never_overlap_and_none_is_longer_than_the_policy_allows(
    history: tuple[Case, list[Happened], datetime],
) -> None:
    _, log, _ = history
    spans = list(clocks.pauses(log, POLICY))
    longest = {PauseReason.REPORTER: hours(72), PauseReason.THIRD_PARTY: hours(168)}
    assert all(timedelta() < span.ends - span.starts <= longest[span.reason] for span in spans)
    assert all(one.ends <= other.starts for one, other in pairwise(spans))


# ── One by one ─────────────────────────────────────────────────────────────────────────────────────────────────────

CASE = Case(Source.CITIZEN, Severity.SERIOUS, BEGIN, reporter=REPORTER)
USUAL: Times = levels.USUAL[Severity.SERIOUS]

# After these events, one hour apart and the first an hour after filing: which clocks run, and which of them rests.
TABLE: tuple[tuple[tuple[EventKind, ...], set[Clock], set[Clock]], ...] = (
    ((), {Clock.CLAIM, Clock.ANSWER, Clock.RESOLVE}, set()),
    ((EventKind.CLAIMED,), {Clock.ANSWER, Clock.RESOLVE}, set()),
    ((EventKind.CLAIMED, EventKind.NOTED, EventKind.OPENED, EventKind.TOLD), {Clock.ANSWER, Clock.RESOLVE}, set()),
    ((EventKind.CLAIMED, EventKind.RELAYED), {Clock.UPDATE, Clock.RESOLVE}, set()),
    ((EventKind.ASKED,), {Clock.UPDATE, Clock.RESOLVE}, {Clock.UPDATE, Clock.RESOLVE}),
    ((EventKind.ASKED, EventKind.STARTED), {Clock.UPDATE, Clock.RESOLVE}, set()),
    ((EventKind.CLAIMED, EventKind.PAUSED), {Clock.ANSWER, Clock.RESOLVE}, {Clock.RESOLVE}),
    ((EventKind.CLAIMED, EventKind.PAUSED, EventKind.RESUMED), {Clock.ANSWER, Clock.RESOLVE}, set()),
    ((EventKind.CLAIMED, EventKind.RELEASED), {Clock.CLAIM, Clock.ANSWER, Clock.RESOLVE}, set()),
    ((EventKind.REFERRED,), {Clock.UPDATE, Clock.RESOLVE}, {Clock.UPDATE, Clock.RESOLVE}),
    ((EventKind.REFERRED, EventKind.LAPSED), {Clock.CLAIM, Clock.UPDATE, Clock.RESOLVE}, set()),
    ((EventKind.RESOLVED,), set(), set()),
    ((EventKind.RESOLVED, EventKind.CLOSED), set(), set()),
    ((EventKind.RESOLVED, EventKind.OBJECTED), {Clock.ANSWER, Clock.RESOLVE}, set()),
    ((EventKind.CLOSED, EventKind.REOPENED), {Clock.UPDATE, Clock.RESOLVE}, set()),
    ((EventKind.REJECTED,), set(), set()),
    ((EventKind.WITHDRAWN,), set(), set()),
)


@pytest.mark.parametrize(("kinds", "running", "resting"), TABLE)
def test_after_each_event_the_clocks_run_that_should(
    kinds: tuple[EventKind, ...], running: set[Clock], resting: set[Clock]
) -> None:
    log = [happened(kind, BEGIN + hours(place)) for place, kind in enumerate(kinds, start=1)]
    now = BEGIN + hours(len(kinds) + 0.5)
    deadlines = clocks.deadlines(CASE, log, Policy.neutral(), now)
    assert {one.clock for one in deadlines if one.met_at is None} == running
    assert {one.clock for one in deadlines if one.paused} == resting


def test_the_answer_of_a_reporter_is_no_word_of_the_team() -> None:
    log = [
        happened(EventKind.ASKED, BEGIN + hours(1)),
        Happened(EventKind.STARTED, BEGIN + hours(2), REPORTER, {"before": "waiting", "after": "working"}),
    ]
    update = found(CASE, log, BEGIN + hours(3))[Clock.UPDATE]
    assert (update.round, update.starts, update.due) == (1, BEGIN + hours(1), BEGIN + hours(2) + USUAL.update)


def test_each_word_to_the_reporter_begins_the_next_round_of_updates() -> None:
    log = [happened(EventKind.RELAYED, BEGIN + hours(n)) for n in (1, 2, 3)]
    update = found(CASE, log, BEGIN + hours(3))[Clock.UPDATE]
    assert (update.round, update.starts) == (3, BEGIN + hours(3))


def test_a_pause_ends_by_itself_and_moves_the_deadline_by_its_length() -> None:
    until = BEGIN + hours(11)
    log = [happened(EventKind.CLAIMED, BEGIN), happened(EventKind.PAUSED, BEGIN + hours(1), until=until.isoformat())]
    resting = found(CASE, log, BEGIN + hours(5))
    assert resting[Clock.RESOLVE].paused
    assert clocks.next_change([resting[Clock.RESOLVE]], BEGIN + hours(5)) == until
    assert not found(CASE, log, until)[Clock.RESOLVE].paused
    assert resting[Clock.RESOLVE].due == BEGIN + USUAL.resolve + hours(10)


def test_a_pause_saves_no_deadline_that_is_already_over() -> None:
    late = BEGIN + USUAL.resolve + hours(1)
    log = [happened(EventKind.CLAIMED, BEGIN), happened(EventKind.PAUSED, late)]
    one = found(CASE, log, late + hours(1))[Clock.RESOLVE]
    assert (one.due, one.paused, one.is_over(late + hours(1))) == (BEGIN + USUAL.resolve, False, True)


@pytest.mark.parametrize(("day", "answer"), [("2029-12-31", USUAL.answer), ("2030-01-01", timedelta(minutes=45))])
def test_the_row_that_holds_on_the_day_of_filing_says_how_long(day: str, answer: timedelta) -> None:
    filed = datetime.fromisoformat(f"{day}T12:00:00+07:00")
    one = found(replace(CASE, filed_at=filed), [], filed)[Clock.ANSWER]
    assert one.due - one.starts == answer


def test_a_duty_that_begins_at_once_is_over_from_the_first_moment_until_it_is_declared() -> None:
    case = replace(CASE, source=Source.AGENCY, flags=("outage",), detected_at=BEGIN - hours(2))
    one = found(case, [], BEGIN)["at_once"]
    assert (one.at_once, one.due, one.is_over(BEGIN), one.fraction(BEGIN)) == (True, BEGIN - hours(2), True, 1.0)
    said = found(case, [happened(EventKind.DECLARED, BEGIN + hours(1), clock="at_once")], BEGIN + hours(2))["at_once"]
    assert (said.met_at, said.is_over(BEGIN + hours(2))) == (BEGIN + hours(1), False)


def test_a_degree_that_the_policy_leaves_open_keeps_what_is_usual() -> None:
    row = Level(severity=Severity.ORDINARY, claim_minutes=5)
    times = levels.times_on([row], Severity.ORDINARY, BEGIN.date())
    assert times == replace(levels.USUAL[Severity.ORDINARY], claim=timedelta(minutes=5))


def test_every_status_that_the_table_names_exists() -> None:
    said = {value for _, payload in PAYLOADS.values() for name, value in payload.items() if name in ("before", "after")}
    assert said - {"serious"} <= {str(status) for status in Status}
