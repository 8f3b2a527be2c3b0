"""Policy: what the people in charge decide and review: bodies, terms, legal bases, public channels, periods, pace."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from itertools import combinations
from typing import Annotated, TypeVar, get_args

from pydantic import Field, StringConstraints, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from bot.domain import checklists, ready_replies
from bot.domain.checklists import Checklist
from bot.domain.climbing import Climbing
from bot.domain.handing import Handing
from bot.domain.levels import TEAM_CLOCKS, LegalClock, Level, Pauses
from bot.domain.obligations import Rule
from bot.domain.outbreaks import Outbreaks
from bot.domain.papers import Addressee
from bot.domain.policy_faults import PolicyError, PolicyFault, of_pydantic, of_toml
from bot.domain.policy_rows import Dated, Key, Line, ShortKey, Table, Words
from bot.domain.ready_replies import ReadyReply
from bot.domain.reminding import Reminders
from bot.domain.rota import Holiday, Rota
from bot.domain.sending import Limits, Rate
from bot.domain.storms import Storms


class Body(StrEnum):
    """The parts that bodies play; who plays them changes with every reorganisation."""

    PROVINCE = "province"
    STANDING_UNIT = "standing_unit"  # keeps the team going and runs this bot
    RESPONSE_TEAM = "response_team"
    DATA_CONTROLLER = "data_controller"
    ISSUING_UNIT = "issuing_unit"  # signs warnings
    NATIONAL_COORDINATOR = "national_coordinator"
    MINISTRY = "ministry"


class Term(StrEnum):
    """Words that a law changed, and may change again."""

    FIELD = "field"  # what the whole trade is called
    RESPOND = "respond"  # what the team does


class NamedBody(Dated):
    """Who plays a part, and from when till when. `code` is the official number of an administrative unit."""

    body: Body
    name: Words
    short: Words | None = None
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,5}$")] | None = None


class NamedTerm(Dated):
    term: Term
    words: Words


class Law(Dated):
    """A legal basis. It is shown to people only while in effect and when `show` says that somebody has checked it."""

    key: Key
    number: Line
    name: Words
    show: bool = False


class Channel(Dated):
    """A public service that people may turn to. `first_aid` lists the kinds of incident whose first aid names it."""

    key: Key
    name: Words
    purpose: Words
    phone: Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 ]{1,18}$")] | None = None
    link: Annotated[str, StringConstraints(pattern=r"^https://[^\s<>\"]+$", max_length=200)] | None = None
    first_aid: tuple[Key, ...] = ()


class RequestTimes(Table):
    """How soon the law wants requests about personal data answered (first reply) and done."""

    first_reply_working_days: int = Field(ge=1, le=30)
    access_days: int = Field(ge=1, le=90)
    correct_days: int = Field(ge=1, le=90)
    erase_days: int = Field(ge=1, le=90)
    withdraw_days: int = Field(ge=1, le=90)


class Privacy(Table):
    """The notice about personal data: which version people agree to, on which laws, and how long contact data stays."""

    version: Line = "1"
    issued: date | None = None
    laws: tuple[Key, ...] = ()
    retention_months: int | None = Field(default=None, ge=1, le=120)  # after the incident is closed
    times: RequestTimes | None = None


class Pace(Table):
    """How fast we send: slower than Telegram allows if wanted, never faster, so the bounds are the defaults."""

    overall_per_second: float = Field(default=30, ge=1, le=30)
    overall_burst: int = Field(default=30, ge=1, le=30)
    private_per_second: float = Field(default=1, ge=0.1, le=1)
    private_burst: int = Field(default=5, ge=1, le=5)
    group_per_minute: int = Field(default=20, ge=1, le=20)
    kept_for_people: float = Field(default=5, ge=0, le=30)
    gather_seconds: float = Field(default=1, ge=0, le=10)  # changes of a card within this time are one edit

    @model_validator(mode="after")
    def _leaves_something_for_the_rest(self) -> Pace:
        if self.kept_for_people >= self.overall_per_second:
            raise PydanticCustomError("kept_for_people", "less than overall_per_second")
        return self

    def limits(self) -> Limits:
        return Limits(
            overall=Rate(self.overall_per_second, self.overall_burst),
            private=Rate(self.private_per_second, self.private_burst),
            group_count=self.group_per_minute,
            group_seconds=60.0,
            kept_for_people=self.kept_for_people,
        )


class Intake(Table):
    """How much one person may send: beyond it nothing is stored and everybody else is served as before."""

    waiting_messages: int = Field(default=60, ge=1, le=1000)  # sent and not yet handled
    files_a_day: int = Field(default=50, ge=1, le=1000)
    megabytes_a_day: int = Field(default=200, ge=1, le=10_000)
    officers_send_programs: bool = False  # confirmed officers may send programs, archives, logs and macro documents


class Referral(Dated):
    """A body to which incidents are referred: the police, the military command. Its key travels in buttons."""

    key: ShortKey
    name: Words


_D = TypeVar("_D", bound=Dated)


class Policy(Table):
    """Everything that changes without a release. The neutral policy names no body, no law and no number."""

    silence_minutes: int = Field(default=3, ge=1, le=60)  # then a draft with a story is filed as it is
    draft_days: int = Field(default=7, ge=1, le=30)  # then a draft without a story is erased
    invitation_hours: int = Field(default=24, ge=1, le=168)
    lookups_per_hour: int = Field(default=10, ge=1, le=100)  # codes that one person may try
    objection_days: int = Field(default=7, ge=1, le=90)  # how long a reporter may say that all is not well
    referral_hours: int = Field(default=24, ge=1, le=168)  # then an unanswered referral comes back to the team
    staff_names: bool = False  # reporters read the names of officers instead of "duty officer 03"
    pictures_in_group: bool = False  # pictures of reporters are shown in the team's group
    intake: Intake = Intake()
    referrals: tuple[Referral, ...] = Field(default=(), alias="referral")
    bodies: tuple[NamedBody, ...] = Field(default=(), alias="body")
    terms: tuple[NamedTerm, ...] = Field(default=(), alias="term")
    laws: tuple[Law, ...] = Field(default=(), alias="law")
    channels: tuple[Channel, ...] = Field(default=(), alias="channel")
    privacy: Privacy = Privacy()
    levels: tuple[Level, ...] = Field(default=(), alias="level")
    legal_clocks: tuple[LegalClock, ...] = Field(default=(), alias="legal_clock")
    pauses: Pauses = Pauses()
    climbing: Climbing = Climbing()
    rota: Rota = Rota()
    handing: Handing = Handing()
    holidays: tuple[Holiday, ...] = Field(default=(), alias="holiday")
    addressees: tuple[Addressee, ...] = Field(default=(), alias="addressee")
    pace: Pace = Pace()
    storms: Storms = Storms()
    outbreaks: Outbreaks = Outbreaks()
    checklists: tuple[Checklist, ...] = Field(default=(), alias="checklist")
    replies: tuple[ReadyReply, ...] = Field(default=(), alias="reply")
    obligations: tuple[Rule, ...] = Field(default=(), alias="obligation")
    reminders: Reminders = Reminders()

    @classmethod
    def neutral(cls) -> Policy:
        return cls()

    @classmethod
    def parse(cls, text: str) -> Policy:
        """The policy written in `text` (TOML). Raises PolicyError with every fault that one look can find."""
        try:
            policy = cls.model_validate(tomllib.loads(text), by_alias=True, by_name=False)
        except tomllib.TOMLDecodeError as error:
            raise PolicyError((of_toml(error),)) from None
        except ValidationError as error:
            raise PolicyError(tuple(of_pydantic(one, _names()) for one in error.errors(include_url=False))) from None
        if faults := tuple(_contradictions(policy)):
            raise PolicyError(faults)
        return policy

    def body(self, body: Body, day: date) -> NamedBody | None:
        """Who plays the part that day; None where the policy names nobody."""
        return _holding((row for row in self.bodies if row.body is body), day)

    def name_of(self, body: Body, day: date, language: str = "vi") -> str | None:
        row = self.body(body, day)
        return row.name.in_language(language) if row else None

    def term(self, term: Term, day: date, language: str = "vi") -> str | None:
        row = _holding((row for row in self.terms if row.term is term), day)
        return row.words.in_language(language) if row else None

    def law(self, key: str, day: date) -> Law | None:
        """The legal basis, if it may be shown that day."""
        return _holding((row for row in self.laws if row.key == key and row.show), day)

    def privacy_laws(self, day: date) -> tuple[Law, ...]:
        """What the notice about personal data may cite that day, in the order of the policy."""
        return tuple(law for key in self.privacy.laws if (law := self.law(key, day)))

    def channels_on(self, day: date) -> tuple[Channel, ...]:
        return tuple(channel for channel in self.channels if channel.holds(day))

    def referrals_on(self, day: date) -> tuple[Referral, ...]:
        return tuple(row for row in self.referrals if row.holds(day))

    def legal_clocks_on(self, day: date) -> tuple[LegalClock, ...]:
        """What owners of systems owe by law that day, in the order of the policy."""
        return tuple(row for row in self.legal_clocks if row.holds(day))

    def first_aid(self, kind: str, day: date) -> tuple[Channel, ...]:
        """Whom the first aid of this kind of incident names, in the order of the policy."""
        return tuple(channel for channel in self.channels_on(day) if kind in channel.first_aid)


def _holding(rows: Iterable[_D], day: date) -> _D | None:
    return next((row for row in rows if row.holds(day)), None)


def _contradictions(policy: Policy) -> Iterator[PolicyFault]:
    """What no single row can know: two answers for one day, and laws that are named but not listed."""
    yield from _overlaps("body", policy.bodies, [row.body for row in policy.bodies])
    yield from _overlaps("term", policy.terms, [row.term for row in policy.terms])
    yield from _overlaps("law", policy.laws, [row.key for row in policy.laws])
    yield from _overlaps("channel", policy.channels, [row.key for row in policy.channels])
    yield from _overlaps("referral", policy.referrals, [row.key for row in policy.referrals])
    yield from _overlaps("level", policy.levels, [row.severity for row in policy.levels])
    yield from _overlaps("legal_clock", policy.legal_clocks, [row.key for row in policy.legal_clocks])
    yield from _overlaps("obligation", policy.obligations, [row.key for row in policy.obligations])
    yield from _unknown_laws(policy)
    yield from _misnamed_clocks(policy)
    for key, path, meant in (*checklists.faults(policy.checklists), *ready_replies.faults(policy.replies)):
        yield PolicyFault(key, path, meant)


def _misnamed_clocks(policy: Policy) -> Iterator[PolicyFault]:
    """A legal clock that is called like one of the team's could not be told apart from it."""
    for place, row in enumerate(policy.legal_clocks, start=1):
        if row.key in TEAM_CLOCKS:
            yield PolicyFault("policy.clock_name", f"legal_clock[{place}].key", ", ".join(TEAM_CLOCKS))


def _unknown_laws(policy: Policy) -> Iterator[PolicyFault]:
    known = [law.key for law in policy.laws]
    cited = [(f"privacy.laws[{place}]", key) for place, key in enumerate(policy.privacy.laws, start=1)]
    cited += [(f"legal_clock[{place}].law", row.law) for place, row in enumerate(policy.legal_clocks, 1) if row.law]
    for place, rule in enumerate(policy.obligations, start=1):
        named = [("law", rule.law), *((f"stricter[{n}].law", row.law) for n, row in enumerate(rule.stricter, start=1))]
        cited += [(f"obligation[{place}].{path}", law) for path, law in named if law]
    yield from (PolicyFault("policy.unknown_law", path, ", ".join(known)) for path, key in cited if key not in known)


def _overlaps(table: str, rows: Sequence[Dated], same: Sequence[str]) -> Iterator[PolicyFault]:
    for (i, one), (j, other) in combinations(enumerate(rows), 2):
        if same[i] == same[j] and one.overlaps(other):
            yield PolicyFault("policy.overlap", f"{table}[{j + 1}]", f"{table}[{i + 1}]")


def _tables(table: type[Table]) -> Iterator[type[Table]]:
    """This table and every one inside it."""
    yield table
    for field in table.model_fields.values():
        for part in (field.annotation, *get_args(field.annotation)):
            if isinstance(part, type) and issubclass(part, Table):
                yield from _tables(part)


def _names() -> list[str]:
    """Every name that a policy file may use, in whichever table."""
    return sorted({field.alias or name for table in _tables(Policy) for name, field in table.model_fields.items()})
