"""What the answers of a report propose: the first named rule that fits, and one for every report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from bot.domain.incidents import AgencyKind, CitizenKind, Flag, Severity, Source
from bot.domain.severity import RULES, detected_at, flags_of, propose

FILED = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)  # 20:00 in Ha Noi

TABLE: tuple[tuple[Source, str, Mapping[str, Any], Severity, str], ...] = (
    (Source.AGENCY, "phishing_agency", {"flags": ["security"]}, Severity.EMERGENCY, "security"),
    (Source.AGENCY, "dos", {"flags": ["outage"], "level": "4"}, Severity.EMERGENCY, "high_system_down"),
    (Source.AGENCY, "dos", {"flags": ["outage"], "level": "3"}, Severity.SERIOUS, "outage"),
    (Source.AGENCY, "ransomware", {"level": "5"}, Severity.EMERGENCY, "high_system_hit"),
    (Source.AGENCY, "ransomware", {"level": "unknown"}, Severity.SERIOUS, "data_destroyed"),
    (Source.AGENCY, "intrusion", {"flags": ["none"]}, Severity.SERIOUS, "control_lost"),
    (Source.AGENCY, "malware", {"flags": ["beyond_us", "personal_data"]}, Severity.SERIOUS, "beyond_us"),
    (Source.AGENCY, "malware", {"flags": ["personal_data"]}, Severity.SERIOUS, "personal_data"),
    (Source.AGENCY, "data_leak", {}, Severity.SERIOUS, "data_leaked"),
    (Source.AGENCY, "scan_bruteforce", {"flags": ["none"]}, Severity.EVENT, "no_effect_yet"),
    (Source.AGENCY, "scan_bruteforce", {"flags": ["outage"]}, Severity.SERIOUS, "outage"),
    (Source.AGENCY, "unknown", {}, Severity.ORDINARY, "usual"),
    (Source.CITIZEN, "scam_loss", {"happened_at": "2026-11-22T12:30Z"}, Severity.EMERGENCY, "money_just_lost"),
    (Source.CITIZEN, "scam_loss", {"happened_at": "2026-11-22T09:30Z"}, Severity.SERIOUS, "money_lost"),
    (Source.CITIZEN, "scam_loss", {"happened_at": "2026-11-22~"}, Severity.SERIOUS, "money_lost"),
    (Source.CITIZEN, "scam_loss", {"happened_at": "unknown"}, Severity.SERIOUS, "money_lost"),
    (Source.CITIZEN, "scam_loss", {"happened_at": "2026-11-19~"}, Severity.ORDINARY, "money_long_lost"),
    (Source.CITIZEN, "gov_site", {}, Severity.SERIOUS, "state_site"),
    (Source.CITIZEN, "sim", {}, Severity.ORDINARY, "can_still_grow"),
    (Source.CITIZEN, "other", {}, Severity.ORDINARY, "not_yet_known"),
    (Source.CITIZEN, "scam_contact", {"happened_at": "2026-11-22T12:59Z"}, Severity.EVENT, "told_by_citizen"),
)


@pytest.mark.parametrize(("source", "kind", "facts", "severity", "rule"), TABLE)
def test_the_answers_propose(
    source: Source, kind: str, facts: Mapping[str, Any], severity: Severity, rule: str
) -> None:
    said = propose(source, kind, facts, FILED)
    assert (said.severity, said.rule) == (severity, rule)


def test_every_rule_proposes_something_for_somebody() -> None:
    """No row stands behind one that takes everything first."""
    assert {rule for *_, rule in TABLE} == {rule.key for rule in RULES}


def test_whatever_is_answered_something_is_proposed_and_more_signs_never_make_it_milder() -> None:
    order = list(Severity)
    for kind, level, flag in product(AgencyKind, ("1", "5", "unknown"), Flag):
        plain = propose(Source.AGENCY, kind, {"level": level}, FILED).severity
        flagged = propose(Source.AGENCY, kind, {"level": level, "flags": [str(flag)]}, FILED).severity
        assert order.index(flagged) <= order.index(plain), (kind, level, flag)
    assert all(propose(Source.CITIZEN, kind, {}, FILED) for kind in CitizenKind)


@pytest.mark.parametrize(
    ("facts", "moment"),
    [
        ({"detected_at": "2026-11-22T12:30Z"}, datetime(2026, 11, 22, 12, 30, tzinfo=UTC)),
        ({"happened_at": "2026-11-22~"}, datetime(2026, 11, 21, 17, 0, tzinfo=UTC)),  # midnight in Ha Noi
        ({"detected_at": "unknown"}, None),
        ({}, None),
    ],
)
def test_of_a_day_without_an_hour_detection_is_its_beginning(facts: Mapping[str, Any], moment: datetime | None) -> None:
    assert detected_at(facts) == moment


def test_none_of_these_is_no_sign() -> None:
    assert flags_of({"flags": ["none"]}) == flags_of({}) == ()
