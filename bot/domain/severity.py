"""How grave the answers say an incident is: a table of named rules, the first that fits proposes; a person decides.

No law gives such a scale for every incident (decree 331/2026 speaks of serious ones without saying which), so the rules
follow what it counts and, in doubt, take the higher degree.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain.incidents import AgencyKind, CitizenKind, Flag, Severity, Source
from bot.domain.questions import NONE, UNKNOWN
from bot.domain.vietnamese import Moment

# The degrees as people say them over the phone.
CODES: Final[Mapping[Severity, str]] = {severity: f"P{place}" for place, severity in enumerate(Severity, start=1)}


@dataclass(frozen=True)
class Rule:
    """One row. What is left empty fits everything; `within` and `beyond` count from the event to the report."""

    key: str
    severity: Severity
    source: Source
    kinds: Set[str] = frozenset()
    flags: Set[str] = frozenset()  # one of them
    levels: Set[str] = frozenset()  # of the system
    unflagged: bool = False  # and no flag at all
    within: timedelta | None = None
    beyond: timedelta | None = None

    def fits(self, source: Source, kind: str, facts: Mapping[str, Any], filed_at: datetime) -> bool:
        flags = flags_of(facts)
        age = _age(facts, filed_at)
        return (
            source is self.source
            and (not self.kinds or kind in self.kinds)
            and (not self.flags or not self.flags.isdisjoint(flags))
            and (not self.levels or facts.get("level") in self.levels)
            and not (self.unflagged and flags)
            and (self.within is None or (age is not None and age <= self.within))
            and (self.beyond is None or (age is not None and age > self.beyond))
        )


@dataclass(frozen=True)
class Proposal:
    severity: Severity
    rule: str


_HIGH: Final = frozenset({"4", "5"})
_CONTROL: Final = frozenset({AgencyKind.INTRUSION, AgencyKind.SUPPLY_CHAIN})
_DATA: Final = frozenset({AgencyKind.RANSOMWARE, AgencyKind.SABOTAGE_DATA})
_NOTHING_YET: Final = frozenset({AgencyKind.VULNERABILITY, AgencyKind.SCAN_BRUTEFORCE})
_CAN_STILL_GROW: Final = frozenset(
    {
        CitizenKind.ACCOUNT_TAKEOVER,
        CitizenKind.SIM,
        CitizenKind.DEVICE_MALWARE,
        CitizenKind.PERSONAL_LEAK,
        CitizenKind.HARMFUL,
    }
)
_STOPPABLE: Final = timedelta(hours=2)  # money that left so lately may still be held by a bank
_COLD: Final = timedelta(days=2)


def _agency(key: str, severity: Severity, **conditions: Any) -> Rule:
    return Rule(key, severity, Source.AGENCY, **conditions)


def _citizen(key: str, severity: Severity, **conditions: Any) -> Rule:
    return Rule(key, severity, Source.CITIZEN, **conditions)


RULES: Final = (
    _agency("security", Severity.EMERGENCY, flags={Flag.SECURITY}),
    _agency("high_system_down", Severity.EMERGENCY, flags={Flag.OUTAGE}, levels=_HIGH),
    _agency("high_system_hit", Severity.EMERGENCY, kinds=_CONTROL | _DATA, levels=_HIGH),
    _agency("beyond_us", Severity.SERIOUS, flags={Flag.BEYOND_US}),
    _agency("outage", Severity.SERIOUS, flags={Flag.OUTAGE}),
    _agency("personal_data", Severity.SERIOUS, flags={Flag.PERSONAL_DATA}),
    _agency("control_lost", Severity.SERIOUS, kinds=_CONTROL),
    _agency("data_destroyed", Severity.SERIOUS, kinds=_DATA),
    _agency("data_leaked", Severity.SERIOUS, kinds={AgencyKind.DATA_LEAK}),
    _agency("no_effect_yet", Severity.EVENT, kinds=_NOTHING_YET, unflagged=True),
    _agency("usual", Severity.ORDINARY),
    _citizen("money_just_lost", Severity.EMERGENCY, kinds={CitizenKind.SCAM_LOSS}, within=_STOPPABLE),
    _citizen("money_long_lost", Severity.ORDINARY, kinds={CitizenKind.SCAM_LOSS}, beyond=_COLD),
    _citizen("money_lost", Severity.SERIOUS, kinds={CitizenKind.SCAM_LOSS}),
    _citizen("state_site", Severity.SERIOUS, kinds={CitizenKind.GOV_SITE}),
    _citizen("can_still_grow", Severity.ORDINARY, kinds=_CAN_STILL_GROW),
    _citizen("not_yet_known", Severity.ORDINARY, kinds={CitizenKind.OTHER}),  # words alone: nobody has weighed them yet
    _citizen("told_by_citizen", Severity.EVENT),
)


def propose(source: Source, kind: str, facts: Mapping[str, Any], filed_at: datetime) -> Proposal:
    """What the answers say; every report gets a proposal, the last rule of each source fits all."""
    rule = next(rule for rule in RULES if rule.fits(source, kind, facts, filed_at))
    return Proposal(rule.severity, rule.key)


def flags_of(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The signs that were ticked; "none of these" is no sign."""
    said = facts.get("flags")
    return tuple(str(flag) for flag in said if flag != NONE) if isinstance(said, list) else ()


def detected_at(facts: Mapping[str, Any]) -> datetime | None:
    """T0 as it was told: of a day or a part of one its beginning, which is the earliest; None where nobody knows."""
    moment = _moment(facts)
    return moment.at if moment else None


def _moment(facts: Mapping[str, Any]) -> Moment | None:
    said = facts.get("detected_at") or facts.get("happened_at")
    return Moment.from_text(str(said)) if said and said != UNKNOWN else None


def _age(facts: Mapping[str, Any], filed_at: datetime) -> timedelta | None:
    moment = _moment(facts)
    return filed_at - moment.at if moment else None
