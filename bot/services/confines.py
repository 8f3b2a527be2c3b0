"""What of an incident marked TLP:RED may stand in a group, and who reads the rest in private."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain import tlp
from bot.domain.people import Permission, Person
from locales import Word
from storage import incidents, outbox, people
from storage.store import Transaction

WITHHELD = "tlp.line"  # what a group reads instead of words
TAKEN_BACK = "tlp.taken_back"  # and where words stood that it must not read any more
# Values that say nothing of the matter: a line that holds no others may stand in a group whatever the mark.
BARE = frozenset(
    {"code", "kind", "status", "owner", "tlp", "relay", "giver", "receiver", "by", "deadline", "at", "rung"}
)
ANSWERS = frozenset({"under_card", "replies_to"})  # extras that make a message an answer to another one of its chat


@dataclass(frozen=True)
class Confined:
    """An incident of which a group reads only that there is something, and the line that says so."""

    mark: incidents.Mark

    def line(self, message: outbox.Message) -> outbox.Message:
        extras = {name: value for name, value in message.extras.items() if name in ANSWERS}
        return outbox.Message(WITHHELD, {"code": self.mark.code}, (), extras, message.about)


async def of(tx: Transaction, message: outbox.Message) -> Confined | None:
    """Asked of every message to a group: None where it may be shown as it is."""
    if message.about is None or is_bare(message.facts):
        return None
    mark = await incidents.mark_of(tx, message.about)
    return Confined(mark) if mark is not None and not tlp.shown_in_group(mark.tlp) else None


def is_bare(facts: Mapping[str, Any]) -> bool:
    return all(value is None or name in BARE for name, value in facts.items())


def bared(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a card, without those that say something of the matter."""
    return {name: value if name in BARE else None for name, value in facts.items()}


def may_read(person: Person | None, incident: incidents.Incident) -> bool:
    """Whether a reader may be shown more than number and kind; None: everybody in the team's group."""
    if person is None:
        return tlp.shown_in_group(incident.tlp)
    return tlp.may_read(person, incident.owner, incident.tlp)


def for_reader(shown: Mapping[str, Any], reader: Person | None, incident: incidents.Incident) -> dict[str, Any]:
    """The values of a card as this reader may see them; None: everybody in the team's group."""
    if may_read(reader, incident):
        return dict(shown)
    return {**bared(shown), "tlp": Word("tlp.withheld_here", tlp=incident.tlp.label)}


async def readers(tx: Transaction, mark: incidents.Mark) -> list[Person]:
    """Who is told in private what the group may not read: the owner and the heads of the team, as far as they can
    be reached and still have their seats.
    """
    found = {one.id: one for one in await people.with_roles(tx, sorted(tlp.CHIEFS)) if one.seated}
    if mark.owner is not None and mark.owner not in found:
        try:
            owner = await people.get(tx, mark.owner)
        except LookupError:
            return list(found.values())
        if owner.may(Permission.CLAIM) and not owner.unreachable:
            return [owner, *found.values()]
    return sorted(found.values(), key=lambda one: one.id != mark.owner)


def extras(shown: Iterable[incidents.Incident]) -> dict[str, Any]:
    """Extras of a message that shows several incidents, or that must not be answered as one about an incident."""
    return {"protected": True} if any(one.tlp in tlp.PROTECTED for one in shown) else {}


TO_BE_SIGNED = frozenset({"paper.made"})  # a protected file can be neither saved nor printed


async def protects(tx: Transaction, message: outbox.Message, recipient: str) -> bool:
    """Whether Telegram is asked to keep a message from being forwarded. A reporter's own news never is, nor a paper
    that somebody must open in Word and have signed."""
    if message.about is None or message.key in TO_BE_SIGNED:
        return False
    mark = await incidents.mark_of(tx, message.about)
    return mark is not None and mark.tlp in tlp.PROTECTED and mark.reporter != recipient
