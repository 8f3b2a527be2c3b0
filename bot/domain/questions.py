"""The kinds of question that a form can ask, each reading one reply into what JSON can hold.

A question knows no words: its sentences are found by name in the catalogue.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import ClassVar, Protocol

from bot.domain import letters, vietnamese
from bot.domain.errors import Unclear
from bot.domain.replies import Act, Answers, Json, Known, Pressed, Reply, Said

__all__ = [
    "NONE",
    "UNKNOWN",
    "Act",
    "Address",
    "All",
    "Answers",
    "Choice",
    "Condition",
    "ContactWish",
    "Day",
    "Email",
    "HasRole",
    "Includes",
    "Is",
    "Json",
    "Known",
    "Line",
    "Moment",
    "Notice",
    "Option",
    "Phone",
    "Phones",
    "Pressed",
    "Question",
    "Reply",
    "Said",
    "Several",
    "Story",
    "Text",
]

UNKNOWN = "unknown"  # the answer "không rõ"
NONE = "none"  # the option "nothing of these" of a list where several may be chosen


class Condition(Protocol):
    def holds(self, answers: Answers, known: Known) -> bool: ...


@dataclass(frozen=True)
class Is:
    """Holds where the answer to `question` is one of `values`."""

    question: str
    values: tuple[str, ...]

    def __init__(self, question: str, *values: str) -> None:
        object.__setattr__(self, "question", question)
        object.__setattr__(self, "values", values)

    def holds(self, answers: Answers, known: Known) -> bool:
        return answers.get(self.question) in self.values


@dataclass(frozen=True)
class All:
    """Holds where every one of `conditions` holds."""

    conditions: tuple[Condition, ...]

    def holds(self, answers: Answers, known: Known) -> bool:
        return all(condition.holds(answers, known) for condition in self.conditions)


@dataclass(frozen=True)
class Includes:
    """Holds where `value` is among the chosen answers to `question`."""

    question: str
    value: str

    def holds(self, answers: Answers, known: Known) -> bool:
        return self.value in (answers.get(self.question) or ())


@dataclass(frozen=True)
class HasRole:
    """Holds where the person has one of `roles`."""

    roles: Set[str]

    def holds(self, answers: Answers, known: Known) -> bool:
        return not self.roles.isdisjoint(known.roles)


@dataclass(frozen=True)
class Option:
    """One key: its value, the name of its label with what that shows, and how the key should look."""

    value: str
    label: str
    style: str | None = None
    values: Answers = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What every question has. `part_of` names the question whose number it shares ("Câu 5/5")."""

    private: ClassVar[bool] = False  # asks how to reach the reporter: what is said here is erased with the consent

    name: str
    optional: bool = False
    unknown: bool = False
    when: Condition | None = None
    part_of: str | None = None

    def asked(self, answers: Answers, known: Known) -> bool:
        return self.when is None or self.when.holds(answers, known)

    def options(self, known: Known) -> Sequence[Option]:
        return ()

    def read(self, said: Said, known: Known) -> Json:
        """Read a message.

        Raises:
            Unclear: it is no answer to this question.
        """
        raise Unclear("unclear.choose")

    def read_press(self, value: str, known: Known) -> Json:
        """Read the value of a key; forged values are refused like unreadable ones."""
        if value not in {option.value for option in self.options(known)}:
            raise Unclear("unclear.choose")
        return value


@dataclass(frozen=True, kw_only=True)
class Choice(Question):
    """Exactly one of a closed list. `label` is the prefix of the labels' names, `suffix` what follows the value."""

    of: Sequence[str]
    label: str = ""
    suffix: str = ""
    danger: Set[str] = frozenset()

    def options(self, known: Known) -> Sequence[Option]:
        return [
            Option(str(value), f"{self.label}.{value}{self.suffix}", "danger" if value in self.danger else None)
            for value in self.of
        ]


@dataclass(frozen=True, kw_only=True)
class ContactWish(Choice):
    """Whether and how the reporter may be called; "known" is offered where name and phone are on record."""

    def options(self, known: Known) -> Sequence[Option]:
        on_record = bool(known.name and known.phone)
        return [option for option in super().options(known) if on_record or option.value != "known"]


@dataclass(frozen=True, kw_only=True)
class Notice(Choice):
    """Something to be read before one goes on. Whoever just writes on has answered the next question."""

    of: Sequence[str] = ("read",)


@dataclass(frozen=True, kw_only=True)
class Several(Choice):
    """Any of a closed list; `NONE`, where offered, stands alone."""

    def read_press(self, value: str, known: Known) -> Json:
        return [super().read_press(value, known)]

    def toggled(self, chosen: Json, value: str, known: Known) -> list[str]:
        """Put `value` in or take it out; "nothing of these" empties the rest, and gives way to any other."""
        (value,) = self.read_press(value, known)
        before = [] if chosen in (None, UNKNOWN) else list(chosen)
        if value in before:
            return [one for one in before if one != value]
        if value == NONE:
            return [NONE]
        kept = {*before, value} - {NONE}
        return [str(one) for one in self.of if one in kept]


@dataclass(frozen=True, kw_only=True)
class Text(Question):
    """Free words, `shortest` to `longest` characters."""

    shortest: int = 1
    longest: int = 1000

    def read(self, said: Said, known: Known) -> Json:
        text = vietnamese.nfc(said.text).strip()
        # A picture alone may skip a question, but it is no answer to one that must have words.
        if len(text) < self.shortest and not (said.media and not text and self.optional):
            raise Unclear("unclear.too_short")
        if len(text) > self.longest:
            raise Unclear("unclear.too_long")
        return text


@dataclass(frozen=True, kw_only=True)
class Line(Text):
    """Words that stand in the lists, keys and pictures of other people: they cannot look like lines of ours there."""

    def read(self, said: Said, known: Known) -> Json:
        return super().read(replace(said, text=letters.one_line(said.text)), known)


@dataclass(frozen=True, kw_only=True)
class Story(Text):
    """The heart of a report: enough words, or anything that can be looked into. Whatever one message holds is taken."""

    longest: int = 4096

    def read(self, said: Said, known: Known) -> Json:
        if not said.is_story:
            raise Unclear("unclear.story")
        return "" if said.media and not said.text.strip() else super().read(said, known)


@dataclass(frozen=True, kw_only=True)
class Moment(Question):
    """A point in time as Vietnamese people say it; stored as `vietnamese.Moment.to_text()`."""

    quick: Sequence[str] = ("today", "yesterday")
    past: bool = True
    label: str = "moment"

    def options(self, known: Known) -> Sequence[Option]:
        return [Option(value, f"{self.label}.{value}") for value in self.quick]

    def read(self, said: Said, known: Known) -> Json:
        moment = vietnamese.parse_moment(said.text, known.now)
        if moment is None:
            raise Unclear("unclear.moment")
        if self.past and moment.at > known.now + timedelta(minutes=1):
            raise Unclear("unclear.future")
        return moment.to_text()

    def read_press(self, value: str, known: Known) -> Json:
        super().read_press(value, known)
        phrase = {"now": "bay gio", "today": "hom nay", "yesterday": "hom qua"}[value]
        moment = vietnamese.parse_moment(phrase, known.now)
        assert moment is not None
        return moment.to_text()


@dataclass(frozen=True, kw_only=True)
class Phone(Question):
    """A Vietnamese phone number, typed or shared; stored as plain digits."""

    private: ClassVar[bool] = True

    shares: bool = True  # offer the key that shares the person's own number

    def read(self, said: Said, known: Known) -> Json:
        phone = vietnamese.parse_phone(said.contact_phone or said.text)
        if phone is None:
            raise Unclear("unclear.phone")
        return phone.digits


@dataclass(frozen=True, kw_only=True)
class Phones(Question):
    """One or more phone numbers, separated by commas or line breaks; stored as a list of digits."""

    most: int = 5

    def read(self, said: Said, known: Known) -> Json:
        pieces = [piece for piece in said.text.replace("\n", ",").replace(";", ",").split(",") if piece.strip()]
        phones = [vietnamese.parse_phone(piece) for piece in pieces]
        found = [phone.digits for phone in phones if phone is not None]
        if not found or len(found) != len(pieces) or len(found) > self.most:
            raise Unclear("unclear.phones")
        return found


@dataclass(frozen=True, kw_only=True)
class Email(Question):
    """One email address."""

    private: ClassVar[bool] = True

    def read(self, said: Said, known: Known) -> Json:
        email = vietnamese.parse_email(said.text)
        if email is None:
            raise Unclear("unclear.email")
        return email


@dataclass(frozen=True, kw_only=True)
class Address(Question):
    """The https address of a page."""

    def read(self, said: Said, known: Known) -> Json:
        text = said.text.strip()
        host = text.removeprefix("https://").split("/")[0]
        if not text.startswith("https://") or "." not in host or any(letter.isspace() for letter in text):
            raise Unclear("unclear.address")
        return text


@dataclass(frozen=True, kw_only=True)
class Day(Question):
    """A day that is not in the future; stored as YYYY-MM-DD in the civil time of Ha Noi."""

    quick: Sequence[str] = field(default=("today",))
    label: str = "moment"

    def options(self, known: Known) -> Sequence[Option]:
        return [Option(value, f"{self.label}.{value}") for value in self.quick]

    def read(self, said: Said, known: Known) -> Json:
        moment = vietnamese.parse_moment(said.text, known.now)
        if moment is None:
            raise Unclear("unclear.moment")
        return self._day(moment.at, known)

    def read_press(self, value: str, known: Known) -> Json:
        super().read_press(value, known)
        return self._day(known.now, known)

    @staticmethod
    def _day(at: datetime, known: Known) -> str:
        day: date = at.astimezone(vietnamese.HANOI).date()
        if day > known.now.astimezone(vietnamese.HANOI).date():
            raise Unclear("unclear.future")
        return day.isoformat()
