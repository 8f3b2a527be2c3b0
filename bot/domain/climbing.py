"""How a missed deadline climbs: the section of the policy that says after how many minutes, and when to wait."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from bot.domain.incidents import Severity
from bot.domain.policy_rows import Table


class Minutes(Table):
    """So many minutes at each degree of severity."""

    emergency: int = Field(ge=1, le=1_440)
    serious: int = Field(ge=1, le=1_440)
    ordinary: int = Field(ge=1, le=10_080)
    event: int = Field(ge=1, le=10_080)

    def of(self, severity: Severity) -> timedelta:
        minutes: int = getattr(self, severity)
        return timedelta(minutes=minutes)


class Climbing(Table):
    """No law asks for these numbers; a duty round the clock can keep them."""

    step_minutes: Minutes = Minutes(emergency=5, serious=15, ordinary=60, event=240)  # from one rung to the next
    more_minutes: Minutes = Minutes(emergency=30, serious=120, ordinary=480, event=1440)  # the new time of a promise
    unclaimed_minutes: int = Field(default=15, ge=1, le=1_440)  # then an unconfirmed emergency climbs by itself
    refused_emergencies: int = Field(default=2, ge=1, le=100)  # whoever had so many refused rings the duty officer only
    refused_days: int = Field(default=30, ge=1, le=3_650)  # counted over so many days
    quiet_from: int = Field(default=22, ge=0, le=23)  # o'clock: what is not grave makes no sound from here
    quiet_until: int = Field(default=6, ge=0, le=23)  # to here; the same hour twice: never quiet

    def is_quiet(self, hour: int) -> bool:
        """Whether what is not grave makes no sound at this hour of the local day."""
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until
