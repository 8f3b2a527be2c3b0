"""Official papers as data: what a layout asks, which words it prints, and the form that asks for what is missing."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from bot.domain.errors import Unclear
from bot.domain.forms import Form, Wording
from bot.domain.policy_rows import Dated, Line, Table, Words
from bot.domain.questions import Choice, Day, Email, Json, Known, Option, Phone, Question, Said, Several, Text

PREFIX = "paper/"  # the name of every form that asks for a paper begins so
ON, OFF = "☒", "☐"

_Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,27}$")]
_Value = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,15}$")]
_Source = Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z0-9_]+$")]
_Hint = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
_NUMBERS = re.compile(r"\d+")


class PaperError(Exception):
    """A layout that cannot be used; what is wrong with it, in a line for its author."""


class Kind(StrEnum):
    """What sort of answer a field holds."""

    TEXT = "text"
    PHONE = "phone"
    EMAIL = "email"
    DATE = "date"  # YYYY-MM-DD
    TIME = "time"  # HH:MM
    CHOICE = "choice"
    SEVERAL = "several"


class Choosable(Table):
    """One box of the paper. `of`: the values of its sources that tick it."""

    value: _Value
    label: Line
    of: tuple[str, ...] = ()


class PaperField(Table):
    """One field of a layout, under the exact label of the ministry's form.

    `sources` are looked at in order (see `bot.services.paper.sources`); what an earlier paper of the incident said
    comes before them, unless the field is `fresh`. A field whose sources are all empty is asked where it is required.
    """

    id: _Id
    label: Line
    called: Line | None = None  # in the chat, where the label alone could be two things
    hint: _Hint | None = None
    kind: Kind = Kind.TEXT
    required: bool | tuple[_Value, ...] = False  # in every variant, or in these
    variants: tuple[_Value, ...] = ()  # stands in these alone; empty: in all
    sources: tuple[_Source, ...] = Field(default=(), alias="from")
    default: str | None = None
    fresh: bool = False
    shortest: int = Field(default=1, ge=1, le=100)
    longest: int = Field(default=255, ge=1, le=3500)
    options: tuple[Choosable, ...] = Field(default=(), alias="option")

    @model_validator(mode="after")
    def _boxes_belong_to_choices(self) -> PaperField:
        if (self.kind in (Kind.CHOICE, Kind.SEVERAL)) != bool(self.options):
            raise PydanticCustomError("options", "options belong to choices, and choices need them")
        return self

    def stands_in(self, variant: str) -> bool:
        return not self.variants or variant in self.variants

    def is_required(self, variant: str) -> bool:
        return self.required if isinstance(self.required, bool) else variant in self.required

    @property
    def short(self) -> str:
        """The label without the marks of the printed form, for a key."""
        bare = " ".join((self.called or self.label).replace("(*)", "").strip(" *:.…").split())
        return bare if len(bare) <= 48 else bare[:47] + "…"


class Variant(Table):
    """One of the papers that a layout can become. `title` may hold "{n}": the how-manieth it is of the incident."""

    key: _Value
    button: Line
    title: Line
    subject: Line | None = None


class Layout(Dated):
    """A form of a ministry, as its `form.toml` describes it; its template stands beside it."""

    name: Line
    order: int = 100
    laws: tuple[str, ...] = ()  # keys of the policy's laws that the paper cites while they may be shown
    variants: tuple[Variant, ...] = Field(alias="variant", min_length=1)
    fields: tuple[PaperField, ...] = Field(alias="field", min_length=1)

    @model_validator(mode="after")
    def _names_are_known(self) -> Layout:
        known = {one.key for one in self.variants}
        named = {name for one in self.fields for name in one.variants}
        named |= {name for one in self.fields if not isinstance(one.required, bool) for name in one.required}
        if named - known:
            raise PydanticCustomError("variant", "a field names a variant that is not there")
        if len({one.id for one in self.fields}) != len(self.fields):
            raise PydanticCustomError("field", "a field stands twice")
        return self

    def variant(self, key: str) -> Variant | None:
        return next((one for one in self.variants if one.key == key), None)


@dataclass(frozen=True)
class Sheet:
    """One paper that can be made: a layout in one variant, with the bytes of its template."""

    key: str
    layout: Layout
    variant: Variant
    template: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """How it is stored with every paper that was made of it."""
        return f"{self.key}/{self.variant.key}"

    @property
    def fields(self) -> tuple[PaperField, ...]:
        return tuple(one for one in self.layout.fields if one.stands_in(self.variant.key))

    def missing(self, answers: Mapping[str, Json]) -> list[PaperField]:
        """The required fields without an answer."""
        return [one for one in self.fields if one.is_required(self.variant.key) and not answers.get(one.id)]

    @cached_property
    def form(self) -> Form:
        """The questions of this paper. Its name tells one version of the fields from another."""
        questions = tuple(question_of(one, required=one.is_required(self.variant.key)) for one in self.fields)
        marks = ",".join(f"{one.id}:{one.kind}:{[box.value for box in one.options]}" for one in self.fields)
        version = hashlib.sha256(marks.encode()).hexdigest()[:8]
        wording = Wording(
            self.variant.button,
            {one.id: one.short for one in self.fields},
            {one.id: one.label for one in self.fields},
            {one.id: one.hint for one in self.fields if one.hint},
        )
        return Form(f"{PREFIX}{self.name}/{version}", questions, wording)


class Stationery:
    """All sheets at hand, found by their name or by the name of their form."""

    def __init__(self, sheets: Iterable[Sheet] = ()) -> None:
        self.sheets = tuple(sorted(sheets, key=lambda sheet: (sheet.layout.order, sheet.key)))
        self._named = {sheet.name: sheet for sheet in self.sheets}
        self._of_form = {sheet.form.name: sheet for sheet in self.sheets}

    def on(self, day: date) -> list[Sheet]:
        """Those that are in effect that day, in the order in which they are offered."""
        return [sheet for sheet in self.sheets if sheet.layout.holds(day)]

    def find(self, name: str) -> Sheet | None:
        return self._named.get(name)

    def of_form(self, form: str) -> Sheet | None:
        return self._of_form.get(form)


def read_layout(text: str) -> Layout:
    """The layout written in `text` (TOML).

    Raises:
        PaperError: with the first fault.
    """
    try:
        return Layout.model_validate(tomllib.loads(text), by_alias=True, by_name=False)
    except tomllib.TOMLDecodeError as fault:
        raise PaperError(str(fault)) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise PaperError(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from None


# Questions ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Boxes(Choice):
    """One box of a paper, under the paper's own words."""

    names: Mapping[str, str]

    def options(self, known: Known) -> list[Option]:
        return [Option(value, "paper.words", values={"words": name}) for value, name in self.names.items()]


@dataclass(frozen=True, kw_only=True)
class ManyBoxes(Several):
    """Any boxes of a paper, under the paper's own words."""

    names: Mapping[str, str]

    def options(self, known: Known) -> list[Option]:
        return [Option(value, "paper.words", values={"words": name}) for value, name in self.names.items()]


@dataclass(frozen=True, kw_only=True)
class Hour(Question):
    """A time of the day: 8h30, 08:30, 20 gio 15; stored as HH:MM."""

    def read(self, said: Said, known: Known) -> Json:
        numbers = [int(one) for one in _NUMBERS.findall(said.text)[:3]]
        if not 1 <= len(numbers) <= 2 or len(said.text) > 30:
            raise Unclear("unclear.hour")
        hour, minute = (*numbers, 0)[:2]
        if hour > 23 or minute > 59:
            raise Unclear("unclear.hour")
        return time(hour, minute).strftime("%H:%M")


_PLAIN: Mapping[Kind, type[Question]] = {Kind.EMAIL: Email, Kind.DATE: Day, Kind.TIME: Hour}


def question_of(one: PaperField, *, required: bool) -> Question:
    """What asks for a field in a chat."""
    common: dict[str, Any] = {"name": one.id, "optional": not required}
    if one.options:
        names = {box.value: box.label for box in one.options}
        boxes = ManyBoxes if one.kind is Kind.SEVERAL else Boxes
        return boxes(of=tuple(names), names=names, **common)
    if one.kind is Kind.PHONE:
        return Phone(shares=False, **common)
    if one.kind is Kind.TEXT:
        return Text(shortest=one.shortest, longest=one.longest, **common)
    return _PLAIN[one.kind](**common)


# Filling ------------------------------------------------------------------------------------------------------------


class Chosen(str):
    """What was ticked, in words; every box by its name as ☒ or ☐ (`{{ hien_trang.da_xu_ly }}` in a template)."""

    boxes: Mapping[str, str]

    def __new__(cls, one: PaperField, answer: Json) -> Chosen:
        picked = [answer] if isinstance(answer, str) else list(answer or ())
        made = super().__new__(cls, "; ".join(box.label for box in one.options if box.value in picked))
        made.boxes = {box.value: ON if box.value in picked else OFF for box in one.options}
        return made

    def __getattr__(self, name: str) -> str:
        try:
            return self.boxes[name]
        except KeyError:
            raise AttributeError(name) from None


def ticked(one: PaperField, values: Iterable[str]) -> Json:
    """The boxes that these values of a source tick: one for a choice, a list for several; None where there is none."""
    wanted = set(values)
    found = [box.value for box in one.options if not wanted.isdisjoint({box.value, *box.of})]
    return (found[0] if one.kind is Kind.CHOICE else found) if found else None


class Addressee(Dated):
    """To whom papers are addressed, by the policy. `forms`: keys of layouts, empty for all; `copy`: gets a copy."""

    name: Words
    forms: tuple[str, ...] = ()
    copied: bool = Field(default=False, alias="copy")
