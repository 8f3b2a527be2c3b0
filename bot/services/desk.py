"""What every use case stands on: an open transaction, the time, the house rules, and the one way to say something."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.domain.errors import Refusal
from bot.domain.incidents import WORDED, EventKind
from bot.domain.papers import Stationery
from bot.domain.people import LEADS, PERMISSIONS, RESPONDERS, Permission, Person
from bot.domain.policy import Policy
from bot.domain.presses import Press
from bot.domain.sending import Lane, Op
from bot.services import confines
from bot.services.clockwork import clocks
from locales import Texts, Word
from storage import cards, digests, events, groups, outbox, people, search
from storage.store import Transaction

KEYS_ONLY = ""  # instead of a text's name: the words of the message stay as they are
READ_ONCE: Mapping[str, Any] = {"once": True}  # extras of a message whose values are blanked as soon as it has left

Key = Mapping[str, Any]
Keys = Sequence[Sequence[Key]]


def unmeasured() -> int:
    """For a house whose disk nobody looks at: always room."""
    return sys.maxsize


@dataclass(frozen=True)
class House:
    """What holds for the whole installation while the program runs."""

    policy: Policy
    texts: Texts
    admins: tuple[int, ...] = ()  # Telegram ids that are administrators from the start
    room: Callable[[], int] = unmeasured  # free bytes where files are kept
    stationery: Stationery = field(default_factory=Stationery)  # official papers that can be made
    to_pdf: Callable[[bytes], Awaitable[bytes]] | None = None  # from the bytes of a DOCX; None: not on this machine


def key(label: str | Mapping[str, Any], press: Press, style: str | None = None) -> Key:
    """A button: its label by name (or a `Word`, or words of a person), and what it says back."""
    text = {"text": label} if isinstance(label, str) else label
    return {"label": text, "press": press.data(), **({"style": style} if style else {})}


def link(label: str, url: str) -> Key:
    """A button that opens an address."""
    return {"label": {"text": label}, "url": url}


def door(label: str | Mapping[str, Any], payload: str, style: str | None = None) -> Key:
    """A button that opens the private chat and starts something there; left out while the bot has no address."""
    return {"label": {"text": label} if isinstance(label, str) else label, "start": payload, "style": style}


@dataclass(frozen=True)
class Desk:
    """One update or one tick at work: everything said here is stored in `tx` and leaves after its commit."""

    tx: Transaction
    now: datetime
    house: House

    @property
    def policy(self) -> Policy:
        return self.house.policy

    async def say(
        self,
        to: Person | str,
        text: str,
        *,
        buttons: Keys = (),
        edits: int | None = None,
        about: str | None = None,
        lane: Lane = Lane.ANSWER,
        extras: Mapping[str, Any] | None = None,
        not_after: datetime | None = None,
        **facts: Any,
    ) -> str:
        """Post a text to one person; with `edits`, in place of the message of that Telegram id."""
        recipient = to if isinstance(to, str) else to.id
        message = outbox.Message(text, facts, buttons, extras or {}, about, not_after)
        identifier = await outbox.write(self.tx, message, self.now)
        return await outbox.address(
            self.tx,
            identifier,
            recipient,
            self.now,
            stream=recipient,
            lane=lane,
            op=Op.EDIT if edits is not None else Op.SEND,
            target=edits,
        )

    async def bare(self, to: Person, message: int) -> None:
        """Take the keys away from a message that has served its purpose; its words stay."""
        identifier = await outbox.write(self.tx, outbox.Message(KEYS_ONLY), self.now)
        await outbox.address(
            self.tx, identifier, to.id, self.now, stream=to.id, lane=Lane.NOTICE, op=Op.EDIT, target=message
        )

    async def tell_group(
        self,
        group: groups.Group,
        text: str,
        *,
        buttons: Keys = (),
        about: str | None = None,
        lane: Lane = Lane.NOTICE,
        extras: Mapping[str, Any] | None = None,
        stream: str | None = None,
        due: datetime | None = None,
        **facts: Any,
    ) -> str:
        """Post a text to a group. `facts` must be fit for every member; of an incident that is TLP:RED the group reads
        only that there is something, and those who may read it get the words in private: then the first of their
        deliveries is named.
        """
        message = outbox.Message(text, facts, buttons, extras or {}, about)
        confined = await confines.of(self.tx, message)
        told = await self._tell_apart(confined, message, lane) if confined else None
        said = confined.line(message) if confined else message
        where = stream or group.id
        waiting = await outbox.queued(self.tx, where, said.key) if confined else None
        if waiting is not None and waiting.last:
            return told or waiting.delivery  # several things that the group must not read are one line
        identifier = await outbox.write(self.tx, said, self.now)
        line = await outbox.address(self.tx, identifier, group.id, self.now, stream=where, lane=lane, due=due)
        return told or line

    async def _tell_apart(self, confined: confines.Confined, message: outbox.Message, lane: Lane) -> str | None:
        """The words for those alone who may read them; the first delivery, None where nobody can be told."""
        first = None
        for person in await confines.readers(self.tx, confined.mark):
            delivery = await self.say(
                person,
                message.key,
                buttons=message.buttons,
                about=message.about,
                lane=lane,
                extras={"protected": True, **READ_ONCE},
                **message.facts,
            )
            first = first or delivery
        return first

    async def log(self, incident: str, kind: EventKind, actor: Person | None, /, **payload: Any) -> int:
        """Add an event to the log of an incident; its number. `actor` None: the clock acted."""
        if kind in WORDED:
            await search.stale(self.tx, incident)
        number = await events.append(self.tx, incident, kind, self.now, actor.id if actor else None, payload)
        await clocks.touched(self, incident, kind)
        return number

    async def redraw(self, incident: str) -> None:
        """What a card of an incident shows has changed; changes that follow soon are shown with it, by one edit."""
        soon = self.now + timedelta(seconds=self.policy.pace.gather_seconds)
        await cards.touch(self.tx, incident, soon)
        await digests.touch_with(self.tx, incident, soon)

    async def tell_those_who_may(self, permission: Permission, text: str, *, buttons: Keys = (), **facts: Any) -> int:
        """Post a text to everyone whose roles permit something; how many that are."""
        told = await holders(self.tx, permission)
        for person in told:
            await self.say(person, text, buttons=buttons, lane=Lane.NOTICE, **facts)
        return len(told)


def check(person: Person, permission: Permission, way: str = "toast") -> None:
    """Every command, key and reply asks here first. `way`: "toast" for a key, "text" for a message.

    Raises:
        Refusal: no role allows it, or only the seat in the team's group is missing.
    """
    if person.lacks_seat_for(permission):
        raise Refusal(f"permission.no_seat.{way}")
    if not person.may(permission):
        led = not RESPONDERS.isdisjoint(person.roles) and PERMISSIONS[permission] >= LEADS
        raise Refusal(f"permission.{'led' if led else 'denied'}.{way}")


async def holders(tx: Transaction, permission: Permission) -> list[Person]:
    """Everyone who may do something by a granted role and can be written to; a seat that is missing counts here too."""
    return [one for one in await people.with_roles(tx, sorted(PERMISSIONS[permission])) if one.may(permission)]


def rows(keys: Iterable[Key], width: int = 1) -> list[list[Key]]:
    """Buttons laid out `width` to a row."""
    listed = list(keys)
    return [listed[start : start + width] for start in range(0, len(listed), width)]


def named(person: Person) -> Any:
    """A colleague's name for colleagues; one without a name is told by role."""
    return person.name or Word("staff.unnamed")
