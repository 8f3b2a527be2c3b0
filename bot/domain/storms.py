"""When many reports at once are a storm: the team then reads one rolling list instead of a card for each."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from bot.domain.policy_rows import Table

MINUTE = timedelta(minutes=1)  # over which new reports are counted


class Storms(Table):
    """From how many new reports a minute on the team's group gets a list, and how often that is brought up to date."""

    reports: int = Field(default=10, ge=1, le=20)  # a minute that still get a card each
    emergencies: int = Field(default=6, ge=1, le=6)  # a minute that still ring alone
    calm_minutes: int = Field(default=3, ge=1, le=60)  # with fewer new reports than one storm's minute has: it is over
    edit_seconds: float = Field(default=5, ge=5, le=60)  # between two editions of the list
    emergency_edit_seconds: float = Field(default=4.5, ge=3, le=30)  # and of that of the emergencies

    @property
    def calm(self) -> timedelta:
        return timedelta(minutes=self.calm_minutes)

    def rest(self, *, urgent: bool) -> timedelta:
        return timedelta(seconds=self.emergency_edit_seconds if urgent else self.edit_seconds)

    def most(self, *, urgent: bool) -> int:
        """How many new ones a minute still get a card each."""
        return self.emergencies if urgent else self.reports
