"""What every table of the policy is made of: lines, keys, words in two languages, rows with their time of effect."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def _one_line(text: str) -> str:
    if _CONTROL.search(text):
        raise PydanticCustomError("line_break", "one line only")
    return unicodedata.normalize("NFC", text)


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), AfterValidator(_one_line)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
ShortKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,19}$")]


class Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, populate_by_name=True)


class Words(Table):
    """The same words in the languages of the bot; where English is missing, Vietnamese serves."""

    vi: Line
    en: Line | None = None

    def in_language(self, language: str) -> str:
        return self.en if language == "en" and self.en else self.vi


class Dated(Table):
    """A row with its time: in effect from the day `from`, no longer on the day `until` (as laws say when they end)."""

    since: date | None = Field(default=None, alias="from")
    until: date | None = None

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> Dated:
        if self.since and self.until and self.until <= self.since:
            raise PydanticCustomError("until_before_from", "until must come after from")
        return self

    def holds(self, day: date) -> bool:
        return (self.since or date.min) <= day < (self.until or date.max)

    def overlaps(self, other: Dated) -> bool:
        begins = max(self.since or date.min, other.since or date.min)
        return begins < min(self.until or date.max, other.until or date.max)
