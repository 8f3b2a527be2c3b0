"""How grave an incident is, as people read it: the label, the keys to choose from, and when it is which degree."""

from __future__ import annotations

from typing import Any

from bot.domain.incidents import Severity
from bot.domain.levels import level_on
from bot.domain.presses import Rate
from bot.domain.vietnamese import HANOI
from bot.services.desk import Desk, Key, Keys, key, rows
from locales import Lines, Word
from storage.incidents import Incident


def label(incident: Incident) -> Any:
    """The degree, and whether it is only proposed; None where nothing was said yet."""
    if incident.severity is not None:
        return Word(f"severity.{incident.severity}")
    if incident.proposed is not None:
        return Word("degree.proposed", severity=Word(f"severity.{incident.proposed}"))
    return None


def wants_reason(incident: Incident, severity: Severity) -> bool:
    """Confirming what is proposed, or pressing what holds, needs none."""
    return severity is not (incident.severity or incident.proposed)


def keys(incident: Incident) -> Keys:
    """One for each degree, two to a row: the proposed one is confirmed with one press."""
    return rows((_key(incident, one) for one in Severity), width=2)


def _key(incident: Incident, severity: Severity) -> Key:
    words = Word(f"severity.{severity}")
    press = Rate(incident.id, severity)
    if severity is incident.severity:
        return key(Word("mark.on", label=words), press)
    if incident.severity is None and severity is incident.proposed:
        return key(Word("degree.confirm", severity=words), press, "primary")
    return key(words, press)


def criterion(desk: Desk, severity: Severity) -> Any:
    """When it is this degree, in one line: of the policy of the day, else of the house."""
    row = level_on(desk.policy.levels, severity, desk.now.astimezone(HANOI).date())
    return row.criterion.vi if row and row.criterion else Word(f"criterion.{severity}")


def criteria(desk: Desk) -> Any:
    return Lines(
        Word("degree.line", severity=Word(f"severity.{one}"), criterion=criterion(desk, one)) for one in Severity
    )
