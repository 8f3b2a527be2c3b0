"""The forms of evidence are opened: for one agency, with the systems that owe something, or with what was handed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain import submissions as domain
from bot.domain.attaching import FILE
from bot.domain.errors import Refusal
from bot.domain.ids import LENGTH
from bot.domain.listed import LISTS
from bot.domain.obligations import Evidence
from bot.domain.people import Permission, Person
from bot.domain.presses import Do, OwnEvidence
from bot.domain.submissions import SYSTEMS, State
from bot.services.desk import Desk, key, rows
from bot.services.obligation import owed, submitting
from bot.services.obligation.submitting import submit
from bot.services.register import gate
from bot.services.reporting import conversations
from locales import Word
from storage import agencies, obligations, systems

__all__ = ["again", "open_form", "open_words", "press", "submit"]


async def press(desk: Desk, person: Person, wanted: Do) -> None:
    """A key that opens a form: for an agency, or with one system or obligation that is chosen already.

    Raises:
        Refusal: no right, no such kind, or what belongs to another agency.
    """
    kind = domain.kind_named(wanted.kind)
    if kind is None or len(wanted.of) not in (0, LENGTH):
        raise Refusal("press.stale.toast")
    if wanted.of and await agencies.find(desk.tx, wanted.of):
        await open_form(desk, person, kind, agency=await owed.heir(desk, wanted.of), way="toast")
        return
    await open_form(desk, person, kind, (wanted.of,) if wanted.of else (), way="toast")


async def open_form(
    desk: Desk,
    person: Person,
    kind: Evidence,
    chosen: Sequence[str] = (),
    edits: int | None = None,
    *,
    agency: str | None = None,
    way: str = "text",
) -> None:
    """Open the form of a kind. `chosen`: obligations or systems that are chosen already, all of one agency.

    Raises:
        Refusal: no right, nobody has confirmed the person for any agency, or it belongs to another one.
    """
    own = [held.agency for held in await gate.posts_of(desk, person, Permission.DO_OBLIGATIONS, way)]
    await conversations.check_free(desk, person)
    subjects: list[str] = []
    for identifier in chosen:
        agency, subject = await _subject(desk, identifier, own, agency)
        subjects.append(subject)
    if agency is not None and agency not in own:
        raise Refusal("press.stale.toast")
    lists = {one: await owed.listed(desk, kind, one) for one in own if agency in (None, one)}
    owing = [one for one, rows_of in lists.items() if rows_of]
    if agency is None and len(owing) > 1:
        await _ask_agency(desk, person, kind, owing)
        return
    listed = lists[owing[0]] if owing else []
    picked = [row[0] for row in listed if row[0] in subjects]
    if not owing or (subjects and not picked):
        await desk.say(person, "submission.nothing", kind=Word(f"submission.kind.{kind}"))
        return
    given: dict[str, Any] = {"agency": owing[0], LISTS: {SYSTEMS: listed}}
    if picked or len(listed) == 1:
        given[SYSTEMS] = picked or [listed[0][0]]
    await conversations.begin(desk, person, domain.FORM_OF[kind], given, edits=edits)


async def _subject(desk: Desk, identifier: str, own: Sequence[str], agency: str | None) -> tuple[str, str]:
    """The agency and the subject of an obligation or a system.

    Raises:
        Refusal: it belongs to another agency than the own ones, or than the first that was chosen.
    """
    one = await obligations.find(desk.tx, identifier)
    system = await systems.find(desk.tx, identifier) if one is None else None
    found = (one.agency, one.subject) if one else (system.agency, system.id) if system else None
    if found is None or found[0] not in own or agency not in (None, found[0]):
        raise Refusal("press.stale.toast")
    return found


async def _ask_agency(desk: Desk, person: Person, kind: Evidence, own: Sequence[str]) -> None:
    """Whoever speaks for several agencies says for which."""
    found = [await agencies.get(desk.tx, one) for one in own]
    keys = [key(Word("submission.pick", name=one.name[:60]), Do(str(kind), one.id)) for one in found]
    await desk.say(person, "submission.which", buttons=rows(keys), kind=Word(f"submission.kind.{kind}"))


async def again(desk: Desk, person: Person, wanted: OwnEvidence) -> None:
    """What was returned or withdrawn, to be mended: its answers stand in the form already, its file does not.

    Raises:
        Refusal: not one's own, or it is not to be mended.
    """
    one = await submitting.own(desk, person, wanted.submission)
    if one.state not in (State.RETURNED, State.WITHDRAWN):
        raise Refusal("submission.decided.toast")
    await conversations.check_free(desk, person)
    agency = await owed.heir(desk, one.agency)
    listed = await owed.listed(desk, one.kind, agency)
    still = {row[0] for row in listed}
    chosen = [subject for subject in owed.chosen(one.facts) if subject in still]
    if not chosen:
        await desk.say(person, "submission.nothing", kind=Word(f"submission.kind.{one.kind}"))
        return
    facts = {name: answer for name, answer in one.facts.items() if name not in (FILE, submitting.OPENED)}
    given = {**facts, SYSTEMS: chosen, "agency": agency, LISTS: {SYSTEMS: listed}}
    await conversations.begin(desk, person, domain.FORM_OF[one.kind], given)


async def open_words(desk: Desk, person: Person, form: str, identifier: str) -> None:
    """A reviewer is asked for the reason: why evidence is returned, why a request to be left out is refused."""
    await conversations.check_free(desk, person)
    await conversations.begin(desk, person, domain.FORMS[form], {"id": identifier})
