"""Whether anybody has touched the log of an incident: the proof in plain words, with the head to be written down."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.domain.errors import Refusal
from bot.domain.incidents import EventKind, read_code
from bot.domain.people import Permission, Person
from bot.domain.presses import Dossier
from bot.services.desk import Desk, Keys, check, key
from locales import At, Word
from storage import chain, groups, incidents
from storage.chain import Break, Proof

SHORT = 12  # letters of a head that people compare by eye
STORED = "%Y-%m-%dT%H:%M:%S.%fZ"


async def verify(desk: Desk, person: Person, text: str, group: groups.Group | None) -> None:
    """`/xacminh`, with the number of an incident.

    Raises:
        Refusal: no right, or no such number.
    """
    check(person, Permission.VERIFY, "text")
    if not text.strip():
        raise Refusal("chain.how")
    code = read_code(text)
    incident = await incidents.find_by_code(desk.tx, code) if code else None
    if incident is None:
        raise Refusal("chain.no_such_code")
    proof = await chain.verify(desk.tx, incident.id)
    name, facts = _told(proof)
    if group is None:
        keys: Keys = [[key("button.dossier_back", Dossier(incident.id))]] if person.may(Permission.SEE_DETAILS) else ()
        full = Word("chain.full", head=proof.head) if proof.fits else None
        await desk.say(person, name, buttons=keys, code=incident.code, full=full, **facts)
        return
    # About no incident: an answer to these words is none to the reporter.
    await desk.tell_group(group, name, code=incident.code, full=None, **facts)


async def show_page(desk: Desk, person: Person, incident: incidents.Incident, message: int | None = None) -> None:
    """The same from the case file."""
    await verify(desk, person, incident.code, None)


def _told(proof: Proof) -> tuple[str, dict[str, Any]]:
    if proof.broken is None:
        erased = Word("chain.erased", n=proof.erased) if proof.erased else None
        return "chain.fits", {"n": proof.events, "erased": erased, "head": proof.head[:SHORT]}
    broken = proof.broken
    return "chain.broken", {
        "number": broken.number,
        "fault": Word(f"chain.fault.{broken.fault}"),
        "seen": _seen(broken),
        "before": proof.events,
    }


def _seen(broken: Break) -> Any:
    """Kind and time as the row has them now: either may be the very thing that was changed."""
    if broken.kind is None or broken.at is None:
        return None
    known = broken.kind in set(EventKind)
    what = Word(f"event.{broken.kind}") if known else Word("chain.unreadable")
    return Word("chain.seen", what=what, at=_moment(broken.at))


def _moment(stored: str) -> Any:
    try:
        return At(datetime.strptime(stored, STORED).replace(tzinfo=UTC))
    except ValueError:
        return Word("chain.unreadable")
