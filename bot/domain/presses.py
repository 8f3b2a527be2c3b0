"""What a button says back: callback data of at most 64 bytes, written and read here and nowhere else.

Data that comes back is never trusted: a modified client can send anything, so every press is checked again for the
actor, the chat and the state of the object.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar, TypeVar

LONGEST = 64  # bytes, Bot API: InlineKeyboardButton.callback_data


@dataclass(frozen=True)
class Press:
    """A kind of button. Its fields travel in order, joined by ':'."""

    verb: ClassVar[str]

    def data(self) -> str:
        text = ":".join([self.verb, *(str(getattr(self, field.name)) for field in fields(self))])
        assert len(text.encode()) <= LONGEST, text
        return text


@dataclass(frozen=True)
class Open(Press):
    """Opens a door of the menu: report, track, contact point, privacy, language."""

    verb: ClassVar[str] = "m"
    door: str


@dataclass(frozen=True)
class Answer(Press):
    """A key under a question of a form. `act` is one of the acts of the engine; `draft` the short id."""

    verb: ClassVar[str] = "f"
    draft: str
    question: str
    act: str
    value: str = ""


@dataclass(frozen=True)
class Fork(Press):
    """Continue an open form, or begin anew."""

    verb: ClassVar[str] = "k"
    draft: str
    way: str


@dataclass(frozen=True)
class Claim(Press):
    verb: ClassVar[str] = "c"
    incident: str


@dataclass(frozen=True)
class Details(Press):
    verb: ClassVar[str] = "d"
    incident: str


@dataclass(frozen=True)
class See(Press):
    """Sends the evidence of an incident in private, from the piece after that one on."""

    verb: ClassVar[str] = "x"
    incident: str
    after: str = ""


@dataclass(frozen=True)
class Own(Press):
    """What a reporter does with an own incident: see, add, withdraw (asks), withdraw for good."""

    verb: ClassVar[str] = "o"
    incident: str
    act: str


@dataclass(frozen=True)
class Page(Press):
    """Another page of a list: queue, mine, own."""

    verb: ClassVar[str] = "p"
    of: str
    number: str


@dataclass(frozen=True)
class Found(Press):
    """Another page of what somebody searched for."""

    verb: ClassVar[str] = "q"
    search: str
    page: str


@dataclass(frozen=True)
class Language(Press):
    verb: ClassVar[str] = "l"
    language: str


@dataclass(frozen=True)
class Privacy(Press):
    verb: ClassVar[str] = "v"
    act: str


@dataclass(frozen=True)
class PictureConsent(Press):
    """The answer to the notice about sensitive pictures; `evidence` is the id of what was sent."""

    verb: ClassVar[str] = "i"
    evidence: str
    answer: str


@dataclass(frozen=True)
class Invite(Press):
    """An administrator picks the role of a one-time link, and its term: days of an expert, the body of a liaison."""

    verb: ClassVar[str] = "r"
    role: str
    term: str = ""


@dataclass(frozen=True)
class Admit(Press):
    """An administrator confirms or refuses a person who used a link."""

    verb: ClassVar[str] = "a"
    invitation: str
    answer: str


@dataclass(frozen=True)
class Roster(Press):
    """Another page of who holds which role."""

    verb: ClassVar[str] = "ro"
    page: str


@dataclass(frozen=True)
class Holder(Press):
    """The roles of one person."""

    verb: ClassVar[str] = "rh"
    person: str


@dataclass(frozen=True)
class Grant(Press):
    """An administrator gives a role, step by step: which, for how long or for whom, and surely."""

    verb: ClassVar[str] = "rg"
    person: str
    role: str = ""
    term: str = ""
    sure: str = ""


@dataclass(frozen=True)
class Revoke(Press):
    """An administrator takes a role back: asks, and does it at the second press."""

    verb: ClassVar[str] = "rx"
    person: str
    role: str
    sure: str = ""


@dataclass(frozen=True)
class Second(Press):
    """The second administrator's word on a grave role."""

    verb: ClassVar[str] = "rs"
    proposal: str
    answer: str


@dataclass(frozen=True)
class Bind(Press):
    """An administrator confirms in private that another group replaces the team's."""

    verb: ClassVar[str] = "b"
    binding: str
    answer: str


@dataclass(frozen=True)
class Act(Press):
    """A move of the team that needs no words: begin the work, mark as resolved."""

    verb: ClassVar[str] = "t"
    incident: str
    move: str


@dataclass(frozen=True)
class Rate(Press):
    """The team says how grave an incident is."""

    verb: ClassVar[str] = "s"
    incident: str
    severity: str


@dataclass(frozen=True)
class Unfold(Press):
    """Shows other keys on the card itself: what else can be done, the degrees of severity, or the first keys again."""

    verb: ClassVar[str] = "u"
    incident: str
    view: str


@dataclass(frozen=True)
class Respond(Press):
    """A liaison takes or returns what was referred to the own body."""

    verb: ClassVar[str] = "e"
    referral: str
    answer: str


@dataclass(frozen=True)
class Dossier(Press):
    """The case file of an incident, from one of its pages."""

    verb: ClassVar[str] = "h"
    incident: str


@dataclass(frozen=True)
class Paper(Press):
    """The papers that can be made of an incident; with `sheet`, one of them is begun."""

    verb: ClassVar[str] = "j"
    incident: str
    sheet: str = ""


@dataclass(frozen=True)
class Pdf(Press):
    """A paper that was made, as a PDF."""

    verb: ClassVar[str] = "jp"
    paper: str


@dataclass(frozen=True)
class Mark(Press):
    """How far what is known of an incident may be passed on (TLP); empty: what there is to choose from."""

    verb: ClassVar[str] = "tl"
    incident: str
    tlp: str = ""


@dataclass(frozen=True)
class Hand(Press):
    """To whom work is handed over: `what` is all that one holds, one incident, or an offer that is passed on."""

    verb: ClassVar[str] = "ho"
    what: str
    id: str
    to: str = ""
    page: str = "0"


@dataclass(frozen=True)
class Handing(Press):
    """What becomes of an offered handover: accept, decline, why, withdraw."""

    verb: ClassVar[str] = "hb"
    handover: str
    act: str


@dataclass(frozen=True)
class Duty(Press):
    """The rota: a week of it (its Monday as YYYYMMDD, this week where empty), as words or as a picture."""

    verb: ClassVar[str] = "dv"
    view: str
    week: str = ""


@dataclass(frozen=True)
class PlanWeek(Press):
    """A lead plans a week of the rota, or copies the week before into it."""

    verb: ClassVar[str] = "dw"
    week: str
    act: str = ""


@dataclass(frozen=True)
class FillShift(Press):
    """A lead says who has a shift, which is named by its first minute in UTC: asks whom, then settles it."""

    verb: ClassVar[str] = "df"
    start: str
    person: str = ""
    page: str = "0"


@dataclass(frozen=True)
class GiveShift(Press):
    """Somebody offers a shift, step by step: which, to whom, and for which one of theirs."""

    verb: ClassVar[str] = "g"
    shift: str = ""
    taker: str = ""
    for_shift: str = ""


@dataclass(frozen=True)
class TakeShift(Press):
    """The colleague's word on a shift that was offered."""

    verb: ClassVar[str] = "ds"
    swap: str
    answer: str


@dataclass(frozen=True)
class OnDuty(Press):
    """Somebody says that the own shift has begun with them."""

    verb: ClassVar[str] = "da"
    shift: str


@dataclass(frozen=True)
class Leaf(Press):
    """A page of the case file, or what is done from one: deadlines, severity, an end of a pause."""

    verb: ClassVar[str] = "hl"
    incident: str
    page: str


@dataclass(frozen=True)
class Declare(Press):
    """Whoever reported for an agency says that a report which the law asks for is made."""

    verb: ClassVar[str] = "dc"
    incident: str
    clock: str


@dataclass(frozen=True)
class Chapter(Press):
    """A list of the case file: steps, notes, ready replies, what happened; `below` is where older ones begin."""

    verb: ClassVar[str] = "hc"
    incident: str
    of: str
    below: str = ""


@dataclass(frozen=True)
class Tick(Press):
    """A step of the checklist is done, or is not; says which of both, so that two who press at once mean the same."""

    verb: ClassVar[str] = "hk"
    incident: str
    step: str
    to: str


@dataclass(frozen=True)
class Ready(Press):
    """A ready reply: see it as the reporter will, send it, reword it. `seen` proves which words were looked at."""

    verb: ClassVar[str] = "hr"
    incident: str
    reply: str
    act: str
    seen: str = ""


@dataclass(frozen=True)
class Listing(Press):
    """Another page of the list of a storm."""

    verb: ClassVar[str] = "y"
    digest: str
    page: str


@dataclass(frozen=True)
class Weigh(Press):
    """The team's word on what the bot has suggested because two reports share something: take it, or not the same."""

    verb: ClassVar[str] = "we"
    offer: str
    answer: str


@dataclass(frozen=True)
class Related(Press):
    """What an incident belongs to and what belongs to it: a page of the case file."""

    verb: ClassVar[str] = "rl"
    incident: str
    page: str = "0"


@dataclass(frozen=True)
class Tie(Press):
    """Lays an outbreak over an incident, or unties one from the outbreak."""

    verb: ClassVar[str] = "ti"
    act: str
    incident: str
    outbreak: str = ""


@dataclass(frozen=True)
class Which(Press):
    """To which own incident a message belongs that was sent by itself; "new": to none of them."""

    verb: ClassVar[str] = "w"
    incident: str


PRESSES: dict[str, type[Press]] = {
    kind.verb: kind
    for kind in (
        Open,
        Answer,
        Fork,
        Claim,
        Details,
        See,
        Own,
        Page,
        Found,
        Language,
        Privacy,
        PictureConsent,
        Invite,
        Admit,
        Roster,
        Holder,
        Grant,
        Revoke,
        Second,
        Bind,
        Act,
        Rate,
        Unfold,
        Respond,
        Dossier,
        Paper,
        Pdf,
        Chapter,
        Tick,
        Ready,
        Leaf,
        Declare,
        Mark,
        Hand,
        Handing,
        Duty,
        PlanWeek,
        FillShift,
        GiveShift,
        TakeShift,
        OnDuty,
        Listing,
        Weigh,
        Related,
        Tie,
        Which,
    )
}

P = TypeVar("P", bound=Press)


def read(data: str) -> Press | None:
    """Read callback data; None where nobody of ours can have written it."""
    verb, *values = data.split(":")
    kind = PRESSES.get(verb)
    if kind is None or len(values) != len(fields(kind)):
        return None
    return kind(*values)
