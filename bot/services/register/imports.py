"""A table of agencies or systems comes into the register: looked at first, then written as a whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from functools import partial
from typing import Any

from bot.domain import imports as domain
from bot.domain.errors import Refusal
from bot.domain.evidence import Piece, shown_name
from bot.domain.imports import Fate, Findings
from bot.domain.lettering import Unreadable
from bot.domain.obligations import Trigger
from bot.domain.people import Permission, Person
from bot.domain.presses import Tables
from bot.domain.sending import Lane
from bot.domain.tables import Fault, What, letter
from bot.services import apart
from bot.services.desk import Desk, Keys, check, key
from bot.services.obligation import laying
from bot.services.register import contacts, writing
from bot.services.register.gate import today
from bot.services.register.reading import LARGEST, grid_of
from bot.services.register.writing import Batch, Plan, Shelf
from locales import Rows, Word
from storage import agencies, imports, people, systems
from storage.imports import Import

WAITS = timedelta(hours=1)  # for a file, once somebody has said that one will come
SHOWN = 10  # faults in the chat; all of them stand in the file
TOGETHER = 20  # systems that are followed up in one transaction
KEPT = timedelta(days=30)


async def load(desk: Desk, what: What, content: bytes) -> Findings:
    """Read, look at and write a file in one go, where nobody needs to look: the examples, a bench. Where anything is
    wrong, nothing is written.

    Raises:
        Unreadable: no table.
    """
    kept = await writing.shelf(desk.tx)
    findings = domain.weigh(grid_of(content), what, kept.register(), today(desk))
    plan = Plan.of(what, findings, kept)
    await _write(desk, None, writing.prepare(plan, [desk.tx.new_id() for _ in range(plan.new)], desk.now))
    return findings


# Asking for a file ----------------------------------------------------------------------------------------------------


async def show(desk: Desk, person: Person, edits: int | None = None) -> None:
    """What can be done with tables.

    Raises:
        Refusal: not one who keeps the register.
    """
    check(person, Permission.KEEP_REGISTER, "text" if edits is None else "toast")
    buttons = [
        [key(f"button.table_in_{what}", Tables("in", what)) for what in What],
        *([key(f"button.table_out_{what}_{form}", Tables("out", f"{what}.{form}")) for form in FORMS] for what in What),
    ]
    await desk.say(person, "import.page", buttons=buttons, edits=edits)


FORMS = ("xlsx", "csv")


def table_named(said: str) -> What:
    """The table that a key names.

    Raises:
        Refusal: none.
    """
    if said not in tuple(What):
        raise Refusal("press.stale.toast")
    return What(said)


async def ask_file(desk: Desk, person: Person, named: str, edits: int | None) -> None:
    """The next document of this person is a table.

    Raises:
        Refusal: not one who keeps the register, or no such table.
    """
    check(person, Permission.KEEP_REGISTER)
    what = table_named(named)
    identifier = await imports.begin(desk.tx, person.id, what, desk.now)
    buttons = [
        [key("button.table_blank", Tables("blank", what))],
        [key("button.table_drop", Tables("drop", identifier))],
    ]
    await desk.say(person, f"import.send_{what}", buttons=buttons, edits=edits)


async def receive(desk: Desk, person: Person, pieces: Sequence[Piece]) -> bool:
    """Take a document as the table that was asked for; false where none was, or this is none."""
    if not pieces or pieces[0].kind != "document" or not person.may(Permission.KEEP_REGISTER):
        return False
    one = await imports.awaiting(desk.tx, person.id, desk.now - WAITS)
    if one is None:
        return False
    piece = pieces[0]
    if piece.size is not None and piece.size > LARGEST:
        await desk.say(person, "import.unreadable.too_big")
        return True
    await imports.take(desk.tx, one.id, shown_name(piece.name) or "", piece.file_id, desk.now)
    await desk.say(person, "import.looking")
    return True


# Looking at it --------------------------------------------------------------------------------------------------------


def look(content: bytes, what: What, kept: Shelf, on: date) -> tuple[Findings, Plan | None]:
    """A dry run. Pure and slow (a second for 5,000 rows): for a thread."""
    try:
        findings = domain.weigh(grid_of(content), what, kept.register(), on)
    except Unreadable as no:
        return Findings(faults=[Fault(0, no.reason, values=no.values)]), None
    return findings, Plan.of(what, findings, kept) if findings.entries else None


def to_json(findings: Findings, plan: Plan | None, version: str) -> dict[str, Any]:
    """What is kept of a dry run, with the version of the register that it saw."""
    return {
        "version": version,
        "counts": findings.counts,
        "told": [[one.row, one.code, one.name, one.fate, one.changes] for one in findings.told],
        "faults": [asdict(fault) for fault in findings.faults],
        "plan": plan.to_json() if plan else None,
    }


async def tell(desk: Desk, one: Import, findings: Findings) -> None:
    """What a dry run found: the sums, the first faults, and what can be done now."""
    person = await people.get(desk.tx, one.person)
    broken = next((fault for fault in findings.faults if fault.row == 0), None)
    if broken is not None:
        reason: Any = Word(f"import.unreadable.{broken.reason}", **broken.values)
        await desk.say(person, "import.unreadable_file", buttons=_send_again(one.what), name=one.name, reason=reason)
        return
    counts = findings.counts
    await desk.say(
        person,
        _outcome(findings),
        buttons=_below(one, findings),
        what=Word(f"import.what.{one.what}"),
        name=one.name,
        faults=Rows([fault_line(one.what, fault) for fault in findings.faults[:SHOWN]]),
        n=len(findings.faults),
        new=counts[Fate.NEW],
        changed=counts[Fate.CHANGED],
        same=counts[Fate.SAME],
        faulty=counts[Fate.FAULTY],
    )


def _outcome(findings: Findings) -> str:
    if findings.faults:
        return "import.faulty"
    return "import.ready" if findings.entries else "import.nothing_new"


def _send_again(what: What) -> Keys:
    return [[key("button.table_again", Tables("in", what))]]


def _below(one: Import, findings: Findings) -> Keys:
    report = [key("button.table_report", Tables("report", one.id))]
    if findings.faults:
        return [report, *_send_again(one.what)]
    if not findings.entries:
        return [report]
    write = key("button.table_write", Tables("write", one.id), "primary")
    return [[write], report, [key("button.table_drop", Tables("drop", one.id))]]


def fault_line(what: What, fault: Fault) -> Any:
    """One fault in words: where, and what is to be done."""
    words = Word(f"import.fault.{fault.reason}", **fault.values)
    if fault.place < 0:
        return Word("import.at_row", row=fault.row, words=words)
    column = Word(f"table.{what}.{fault.column}") if fault.column else None
    return Word("import.at_cell", row=fault.row, column=column, letter=letter(fault.place), words=words)


# Deciding -------------------------------------------------------------------------------------------------------------


async def _own(desk: Desk, person: Person, identifier: str) -> Import:
    """An import of this person.

    Raises:
        Refusal: not one who keeps the register; none, or somebody else's.
    """
    check(person, Permission.KEEP_REGISTER)
    one = await imports.find(desk.tx, identifier)
    if one is None or one.person != person.id:
        raise Refusal("press.stale.toast")
    return one


async def apply(desk: Desk, person: Person, identifier: str, edits: int | None) -> None:
    """Everything is to be written: the rows are made ready outside of any transaction, then written in one.

    Raises:
        Refusal: not theirs, or not ready.
    """
    one = await _own(desk, person, identifier)
    if not await imports.confirm(desk.tx, one.id, desk.now):
        raise Refusal("press.stale.toast")
    await desk.say(person, "import.writing", edits=edits, name=one.name)


async def finish(desk: Desk, one: Import, batch: Batch, found: Mapping[str, Any]) -> None:
    """Write what was confirmed, all or nothing. Where the register has changed since the dry run, it is looked at anew
    and nothing is written; nor is it where the right to keep the register has ended since.
    """
    person = await people.get(desk.tx, one.person)
    if not person.may(Permission.KEEP_REGISTER):
        await fail(desk, one, "import.no_right")
    elif await writing.version(desk.tx) != found["version"]:
        await imports.again(desk.tx, one.id, desk.now)
        await desk.say(person, "import.changed_since", name=one.name)
    elif await imports.settle(desk.tx, one.id, "done", desk.now, batch.updated):
        await _write(desk, person, batch)
        await _tell_done(desk, person, one, found["counts"], len(batch.updated))


async def _write(desk: Desk, person: Person | None, batch: Batch) -> None:
    """Write everything; nobody speaks any more for an agency that the table says is no more."""
    await writing.write(desk.tx, batch)
    if batch.what is What.AGENCIES:
        for row in batch.changed:
            if row["until"] and row["until"] <= today(desk).isoformat():
                await contacts.end_of_agency(desk, person, await agencies.get(desk.tx, str(row["id"])))


async def _tell_done(desk: Desk, person: Person, one: Import, counts: Mapping[str, int], updated: int) -> None:
    await desk.say(
        person,
        "import.done",
        what=Word(f"import.what.{one.what}"),
        name=one.name,
        new=counts[Fate.NEW],
        changed=counts[Fate.CHANGED],
        same=counts[Fate.SAME],
        updated=Word("import.updated", n=updated) if updated else None,
    )


async def drop(desk: Desk, person: Person, identifier: str, edits: int | None) -> None:
    """Nothing is to be written.

    Raises:
        Refusal: not theirs, or settled.
    """
    one = await _own(desk, person, identifier)
    if not await imports.settle(desk.tx, one.id, "dropped", desk.now):
        raise Refusal("press.stale.toast")
    await desk.say(person, "import.dropped", edits=edits)


async def reported(desk: Desk, person: Person, identifier: str) -> Import:
    """An import whose findings can be had as a file.

    Raises:
        Refusal: not theirs, or nothing is kept of it.
    """
    one = await _own(desk, person, identifier)
    if one.state not in ("ready", "faulty"):
        raise Refusal("press.stale.toast")
    return one


async def fail(desk: Desk, one: Import, text: str) -> None:
    """It could not be looked at: whoever waits is told why and what to do."""
    if await imports.settle(desk.tx, one.id, "dropped", desk.now):
        person = await people.get(desk.tx, one.person)
        await desk.say(person, text, buttons=_send_again(one.what), lane=Lane.NOTICE, name=one.name)


# Afterwards -----------------------------------------------------------------------------------------------------------


async def follow(desk: Desk) -> int:
    """Tick: systems that came to another vendor have their plans looked at again, few at a time; old files are
    forgotten. How many systems that were.
    """
    await imports.purge(desk.tx, desk.now - KEPT)
    found = await imports.unfollowed(desk.tx)
    if found is None:
        return 0
    identifier, left = found
    for system in left[:TOGETHER]:
        await apart.succeeds(desk, f"following up system {system}", partial(_follow, desk, system))
    await imports.followed(desk.tx, identifier, left[TOGETHER:])
    return len(left[:TOGETHER])


async def _follow(desk: Desk, system: str) -> None:
    await laying.trigger(desk, await systems.get(desk.tx, system), Trigger.SYSTEM_CHANGED, today(desk))
