"""What a message is on its way out: lanes, states, outcomes of a channel and the pace it must keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Protocol


class Lane(IntEnum):
    """Who goes first when everything wants out at once; a smaller number is earlier. The numbers are stored."""

    EMERGENCY = -1  # to the team's group: in each chat some places are kept for it
    ANSWER = 0  # answers to a person who waits
    NOTICE = 1  # notices to reporters and staff
    REMINDER = 2
    ADVISORY = 3


class Op(StrEnum):
    SEND = "send"
    EDIT = "edit"
    DELETE = "delete"
    REACT = "react"


class State(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNSURE = "unsure"
    EXPIRED = "expired"


SETTLED = (State.SENT, State.FAILED, State.UNSURE, State.EXPIRED)


@dataclass(frozen=True)
class Button:
    """One key under a message: it presses (callback data, 1-64 bytes), opens an address or copies a text."""

    label: str
    press: str | None = None
    url: str | None = None
    copies: str | None = None
    style: str | None = None  # Bot API 9.4: "primary", "danger", "success"


@dataclass(frozen=True)
class Picture:
    """A PNG that goes with the text as its caption (1024 characters at most)."""

    content: bytes = field(repr=False)
    name: str


@dataclass(frozen=True)
class Enclosure:
    """A file that we made, sent as a document under its name with the text as its caption."""

    name: str
    mime: str
    content: bytes = field(repr=False)  # never in a log


@dataclass(frozen=True)
class Medium:
    """A file by its name at Telegram; where Telegram has it no more, our copy is found by `sha256`."""

    kind: str
    file_id: str
    sha256: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Parcel:
    """One rendered request of the dispatcher to a channel. `html` is ready for Telegram, values escaped."""

    op: Op
    chat: int
    html: str = ""
    buttons: Sequence[Sequence[Button]] = ()
    # The label of the key under the input field that shares the person's own number; private chats only.
    asks_contact: str | None = None
    removes_keyboard: bool = False
    asks_reply: bool = False  # the client opens its input field as a reply to this message
    picture: Picture | None = None
    enclosure: Enclosure | None = None
    medium: Medium | None = None  # `html` is then its caption
    target: int | None = None  # message id that is edited, deleted or reacted to
    replies_to: int | None = None
    silent: bool = False
    protected: bool = False  # the client offers no forwarding and no saving
    reaction: str | None = None


@dataclass(frozen=True)
class Sent:
    """Telegram has it. `message_id` is None where the request makes no message."""

    message_id: int | None = None


@dataclass(frozen=True)
class Later:
    """Not now: nothing was delivered; try again after `seconds`. `flood` is true for a 429."""

    seconds: float
    reason: str
    flood: bool = False


@dataclass(frozen=True)
class Gone:
    """Never: Telegram refused for good. `reason` is one of the words in `Refused`, `detail` Telegram's own sentence."""

    reason: str
    detail: str = ""


@dataclass(frozen=True)
class Moved:
    """The group became a supergroup; send again to `chat`."""

    chat: int


@dataclass(frozen=True)
class Unsure:
    """The line broke or the answer made no sense: Telegram may or may not have acted."""

    reason: str


Outcome = Sent | Later | Gone | Moved | Unsure


class Refused(StrEnum):
    """Why a delivery can never succeed."""

    BLOCKED = "blocked"  # the person blocked the bot, never started it, or is deleted
    NO_CHAT = "no_chat"  # chat not found, bot was removed from the group
    NO_RIGHTS = "no_rights"  # the bot may not write there
    NO_MESSAGE = "no_message"  # the message to edit, delete or reply to does not exist
    NO_FILE = "no_file"  # Telegram has it no more, and we have no copy
    NO_REACTION = "no_reaction"  # the group forbids reactions, or this one
    MALFORMED = "malformed"  # Telegram cannot read our request: a bug of ours
    OVERTAKEN = "overtaken"  # what it was to say holds no more: nothing was asked of Telegram
    TOKEN = "token"  # noqa: S105  the token was refused (401)


class Channel(Protocol):
    """The way out. It never raises for anything that Telegram or the network does."""

    async def deliver(self, parcel: Parcel) -> Outcome: ...

    async def stands(self) -> bool:
        """Whether the other end answers now."""
        ...


@dataclass(frozen=True)
class Rate:
    """A bucket: `burst` at once, refilled at `per_second`."""

    per_second: float
    burst: int


@dataclass(frozen=True)
class Kept:
    """Places of a group that nothing else takes: so many emergencies may follow at once, and one more `every` seconds.

    With the 20 a minute of Telegram that leaves four lines at once and one in 4.5 s after them: 17 in a minute.
    """

    at_once: int = 2
    every: float = 4.5


@dataclass(frozen=True)
class Limits:
    """What Telegram allows a bot, by its FAQ: one value feeds our pace and the playground's limiter."""

    overall: Rate = field(default_factory=lambda: Rate(30, 30))
    private: Rate = field(default_factory=lambda: Rate(1, 5))
    group_count: int = 20
    group_seconds: float = 60.0
    kept_for_people: float = 5.0  # a second of the overall rate that reminders and advisories never take
    kept_for_emergencies: Kept = field(default_factory=Kept)
