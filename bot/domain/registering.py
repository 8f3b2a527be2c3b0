"""How the register is kept: what may happen to it, and the forms by which people change it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.agencies import LEVELS, Exposure, Kind, read_code
from bot.domain.enrolment import AGENCIES
from bot.domain.errors import Unclear
from bot.domain.forms import Form
from bot.domain.letters import fold, nfc, one_line
from bot.domain.listed import OneListed, Sought
from bot.domain.questions import (
    UNKNOWN,
    Address,
    Answers,
    Choice,
    Day,
    Email,
    Is,
    Json,
    Known,
    Line,
    Phones,
    Question,
    Said,
    Text,
)

MOST_WORDS = 6  # of what somebody types to find an agency
MOST_TAGS, LONGEST_TAG = 12, 40
_WORD = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_BETWEEN_TAGS = re.compile(r"[,;\n]")


class Event(StrEnum):
    """One kind of change of the register."""

    AGENCY_ADDED = "agency_added"
    AGENCY_CHANGED = "agency_changed"
    AGENCY_ENDED = "agency_ended"
    AGENCY_MERGED = "agency_merged"  # into a successor: the row of the predecessor
    AGENCY_JOINED = "agency_joined"  # by a predecessor: the row of the successor
    SYSTEM_ADDED = "system_added"
    SYSTEM_CHANGED = "system_changed"
    SYSTEM_UPDATED = "system_updated"  # a new version, a new vendor: plans are to be looked at again
    SYSTEM_STOPPED = "system_stopped"
    SYSTEM_RESUMED = "system_resumed"
    LEVEL_SET = "level_set"


PERSONAL: Final = frozenset({"head", "head_title", "phones", "email"})
"""Fields whose change is logged by name alone."""


def words_of(text: str) -> tuple[str, ...]:
    """What somebody types to find an agency or a system, as it is compared: without marks and case."""
    return tuple(_WORD.findall(fold(text))[:MOST_WORDS])


def difference(before: Mapping[str, Json], after: Mapping[str, Json]) -> dict[str, Json]:
    """What changed, for the log: both values by field; of a field that is personal, only that it changed."""
    return {
        name: None if name in PERSONAL else [before.get(name), value]
        for name, value in after.items()
        if before.get(name) != value
    }


# Forms ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Code(Question):
    """A code of the register; whether it is free is for the register to find out."""

    def read(self, said: Said, known: Known) -> Json:
        code = read_code(said.text)
        if code is None:
            raise Unclear("unclear.register_code")
        return code


@dataclass(frozen=True, kw_only=True)
class Tags(Question):
    """Technologies, separated by commas; stored in one line, each of them once."""

    def read(self, said: Said, known: Known) -> Json:
        tags = read_tags(said.text)
        if not tags:
            raise Unclear("unclear.tags")
        return ", ".join(tags)


def read_tags(text: str) -> tuple[str, ...]:
    """The technologies that a line names; none where one is too long or there are too many."""
    said = [one_line(nfc(piece)) for piece in _BETWEEN_TAGS.split(text)]
    tags = tuple({fold(tag): tag for tag in said if tag}.values())
    return tags if len(tags) <= MOST_TAGS and all(len(tag) <= LONGEST_TAG for tag in tags) else ()


@dataclass(frozen=True)
class Offered:
    """Holds where this draft lists something to choose from."""

    question: str

    def holds(self, answers: Answers, known: Known) -> bool:
        return bool(known.lists.get(self.question))


AGENCY = Form(
    "agency_1",
    (
        Choice(name="agency_kind", of=tuple(Kind), label="table.kind"),
        Code(name="code"),
        Line(name="name", shortest=3, longest=150),
        Day(name="since", optional=True),
        Line(name="head", optional=True, longest=100),
        Line(name="head_title", optional=True, longest=100),
    ),
)
AGENCY_POINT = Form(
    "agency_point_1",
    (
        Phones(name="phones", optional=True),
        Email(name="email", optional=True),
        Address(name="page", optional=True),
        Line(name="source", longest=200),
        Day(name="published_on"),
    ),
)
AGENCY_END = Form("agency_end_1", (Day(name="until"),))
AGENCY_MERGE = Form("agency_merge_1", (Sought(name="successor", among=AGENCIES), Day(name="until")))
SYSTEM = Form(
    "system_1",
    (
        Line(name="name", shortest=3, longest=150),
        Choice(name="exposure", of=tuple(Exposure), label="table.exposure"),
        Tags(name="tags", optional=True),
        OneListed(name="provider", optional=True, when=Offered("provider"), part_of="tags"),
        Line(name="vendor", optional=True, longest=100),
        Sought(name="operator", among=AGENCIES, optional=True),
        Day(name="since", optional=True),
    ),
)
SYSTEM_LEVEL = Form(
    "system_level_1",
    (
        Choice(name="level", of=(*map(str, LEVELS), UNKNOWN), label="level"),
        Line(name="basis", shortest=3, longest=150, when=Is("level", *map(str, LEVELS)), part_of="level"),
    ),
)
SYSTEM_UPDATE = Form(
    "system_update_1",
    (
        Choice(name="what", of=("version", "vendor", "other"), label="system_update"),
        Line(name="vendor", optional=True, longest=100, when=Is("what", "vendor"), part_of="what"),
        Day(name="on"),
    ),
)
SYSTEM_STOP = Form("system_stop_1", (Day(name="until"), Text(name="reason", shortest=3, longest=300)))
OF_AGENCIES: Final = {form.name: form for form in (AGENCY, AGENCY_POINT, AGENCY_END, AGENCY_MERGE)}
OF_SYSTEMS: Final = {form.name: form for form in (SYSTEM, SYSTEM_LEVEL, SYSTEM_UPDATE, SYSTEM_STOP)}
FORMS: Final[Mapping[str, Form]] = {**OF_AGENCIES, **OF_SYSTEMS}
