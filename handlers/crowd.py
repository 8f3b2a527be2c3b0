"""Who sends how much: one person's flood is turned away before it is stored, and nobody else's word is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from bot.domain.people import Person
from bot.services.desk import Desk
from bot.services.reporting import quotas
from handlers.hearing import MOVES
from storage import inbox, people

Raw = Mapping[str, Any]

# Telegram's own news about groups: they come once, and what they say is nobody's flood.
NEVER_REFUSED: Final = ("my_chat_member", "chat_member")
# Who acts, by the names that updates give it. A mask comes first: every anonymous administrator of every group has
# the same account behind it, and the flood of one must not silence the others.
_ACTORS: Final = ("sender_chat", "from", "user", "actor_chat")


def number(value: Any) -> int | None:
    """A whole number that a database can hold."""
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


def sender_of(raw: Raw) -> int | None:
    """Who acts in an update of any kind; in a group it is the member, never the group."""
    for part in raw.values():
        if isinstance(part, Mapping):
            for name in _ACTORS:
                actor = part.get(name)
                if isinstance(actor, Mapping) and (found := number(actor.get("id"))) is not None:
                    return found
    return None


def may_be_refused(raw: Raw) -> bool:
    message = raw.get("message")
    moves = isinstance(message, Mapping) and any(name in message for name in MOVES)
    return not moves and not any(kind in raw for kind in NEVER_REFUSED)


class Crowd:
    """The senders of one batch. Each is looked up once, however much of the batch is theirs."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._most = desk.policy.intake.waiting_messages
        self._people: dict[int, Person | None] = {}
        self._stored: dict[int, int] = {}
        self._let_in: Counter[int] = Counter()
        self._turned_away: Counter[int] = Counter()
        self._in_private: set[int] = set()

    async def person(self, sender: int) -> Person | None:
        if sender not in self._people:
            self._people[sender] = await people.find(self._desk.tx, sender)
        return self._people[sender]

    async def has_room(self, sender: int) -> bool:
        """Whether fewer updates of this person wait than one person may have waiting, this batch included."""
        if sender not in self._stored:
            self._stored[sender] = await inbox.waiting_of(self._desk.tx, sender)
        return self._stored[sender] + self._let_in[sender] < self._most

    def let_in(self, sender: int) -> None:
        self._let_in[sender] += 1

    def turn_away(self, sender: int, chat: int | None) -> None:
        self._turned_away[sender] += 1
        if chat == sender and sender > 0:  # below zero it is a group that speaks in its own name
            self._in_private.add(sender)

    async def tell(self) -> bool:
        """Count what was turned away and tell those who are to hear of it; true where a message was posted."""
        posted = [
            await quotas.turn_away(self._desk, sender, times, in_private=sender in self._in_private)
            for sender, times in self._turned_away.items()
        ]
        return any(posted)
