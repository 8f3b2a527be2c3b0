"""Forms of the team that move nothing, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.domain.clocks import PauseReason
from bot.domain.forms import Form
from bot.domain.incidents import Severity
from bot.domain.questions import Choice, Known, Option, Text
from bot.domain.work import Code


@dataclass(frozen=True, kw_only=True)
class Reason(Text):
    """Why, in one press or in words of one's own; a quick one is stored as its code."""

    quick: Sequence[str] = ()
    label: str = ""

    def options(self, known: Known) -> Sequence[Option]:
        return [Option(value, f"{self.label}.{value}") for value in self.quick]


# How long a pause may last, as it is asked; the policy may allow less.
PAUSES: Final[Mapping[str, timedelta]] = {
    "hours_4": timedelta(hours=4),
    "day_1": timedelta(days=1),
    "days_3": timedelta(days=3),
    "days_7": timedelta(days=7),
}

ANSWERING = Form("answering_1", (Text(name="words", shortest=2, longest=3000),))
TYING = Form("tying_1", (Code(name="outbreak"),))
NOTING = Form("noting_1", (Text(name="note", shortest=2, longest=2000),))

RATING_REASONS = ("wider", "narrower", "news", "misjudged")
RATING = Form(
    "rating_1",
    (
        Choice(name="severity", of=tuple(Severity), label="severity"),
        Reason(
            name="reason",
            quick=RATING_REASONS,
            label="rating_reason",
            shortest=5,
            longest=300,
        ),
    ),
)
PAUSING = Form(
    "pausing_1",
    (
        Choice(name="reason", of=tuple(PauseReason), label="pause_reason"),
        Choice(name="long", of=tuple(PAUSES), label="pause_long"),
        Text(name="what", optional=True, longest=300),
    ),
)

FORMS: Mapping[str, Form] = {form.name: form for form in (ANSWERING, NOTING, TYING, RATING, PAUSING)}
