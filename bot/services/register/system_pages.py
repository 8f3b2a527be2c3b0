"""`/hethong`: systems with what is owed of each, the worst first; one system, for its officers or the department."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bot.domain.errors import Refusal
from bot.domain.obligations import SELF_EVIDENT, Standing
from bot.domain.people import Permission, Person
from bot.domain.presses import AgencyFile, Do, KeepSystem, OwnSystem, OwnSystems, Press, SystemFile
from bot.services.desk import Desk, Key, Keys, check, key, rows
from bot.services.register import gate, squares
from bot.services.register.gate import today
from bot.services.register.keying import cut, number, shown_day
from bot.services.register.squares import Board, Cell
from locales import Lines, Listed, Rows, Word
from storage import agencies, systems
from storage.agencies import Agency
from storage.systems import System

PAGE = 10  # systems on one page
FOUND = 20  # of a search
NEEDED = frozenset({Standing.OVERDUE, Standing.SOON})
LATEST = 999  # page


# Officers -------------------------------------------------------------------------------------------------------------


async def asked(desk: Desk, person: Person, words: str) -> None:
    """`/hethong`, with words to find one, or without.

    Raises:
        Refusal: no right, or nobody has confirmed them for any agency.
    """
    held = await gate.posts_of(desk, person, Permission.SEE_OWN_AGENCY)
    own = [await agencies.get(desk.tx, one.agency) for one in held]
    if words:
        await _find(desk, person, own, words)
    elif len(own) > 1:
        await _show_agencies(desk, person, own)
    else:
        await show_own(desk, person, own[0])


async def _find(desk: Desk, person: Person, own: Sequence[Agency], words: str) -> None:
    found = await systems.search(desk.tx, words, FOUND + 1, agencies=[one.id for one in own])
    if len(found) == 1:
        await show_system(desk, person, found[0])
        return
    keys = [key(Word("register.pick", name=cut(one.name)), OwnSystem(one.id)) for one in found[:FOUND]]
    await desk.say(
        person,
        "system.found" if found else "system.not_found",
        buttons=[*rows(keys), [key("button.systems", OwnSystems())]],
        words=words[:80],
    )


async def _show_agencies(desk: Desk, person: Person, own: Sequence[Agency], edits: int | None = None) -> None:
    keys = [
        key(
            Word("register.door", kind=cut(one.name), n=await systems.count(desk.tx, one.id, today(desk))),
            OwnSystems(one.id),
        )
        for one in own
    ]
    await desk.say(person, "system.which_agency", buttons=rows(keys), edits=edits)


async def turn(desk: Desk, person: Person, press: OwnSystems, message: int | None) -> None:
    """A page of the systems of an own agency; of the only one where none is named.

    Raises:
        Refusal: no right, no such page, or somebody else's.
    """
    held = await gate.posts_of(desk, person, Permission.SEE_OWN_AGENCY, "toast")
    if press.agency == "" and len(held) > 1:
        await _show_agencies(desk, person, [await agencies.get(desk.tx, one.agency) for one in held], message)
        return
    named = press.agency or held[0].agency
    agency, _ = await gate.own_agency(desk, person, Permission.SEE_OWN_AGENCY, named)
    await show_own(desk, person, agency, number(press.page, LATEST), message)


async def show_own(desk: Desk, person: Person, agency: Agency, page: int = 0, edits: int | None = None) -> None:
    """The systems of an own agency; where there is one alone, that one. The caller has checked whose it is."""
    in_use = await systems.running(desk.tx, agency.id, today(desk))
    if len(in_use) == 1:
        await show_system(desk, person, in_use[0], edits)
        return
    adds = [[key("button.system_add", OwnSystem(agency.id, "add"))]]
    if not in_use:
        await desk.say(person, "system.none", buttons=adds, edits=edits, agency=agency.name)
        return
    board = await squares.board(desk, agency, in_use)

    def turned(number: int) -> Press:
        return OwnSystems(agency.id, str(number))

    await _list(desk, person, agency, board, page, edits, lambda one: OwnSystem(one.id), turned, adds)


async def own_page(desk: Desk, person: Person, identifier: str, message: int | None) -> None:
    """One of the own systems.

    Raises:
        Refusal: no right, or somebody else's.
    """
    system = await gate.own_system(desk, person, Permission.SEE_OWN_AGENCY, identifier)
    await show_system(desk, person, system, message)


async def show_system(desk: Desk, person: Person, system: System, edits: int | None = None, note: Any = None) -> None:
    """One system, for its officer. The caller has checked whose it is."""
    agency = await agencies.get(desk.tx, system.agency)
    board = await squares.board(desk, agency, [system])
    keys: list[Sequence[Key]] = []
    if system.exists(today(desk)):
        keys += rows(_doing(desk, board, system), 2)
        keys += rows([key(f"button.system_{act}", OwnSystem(system.id, act)) for act in ("edit", "update", "stop")], 2)
        keys.append([key("button.system_add", OwnSystem(agency.id, "add"))])
    keys.append([key("button.systems", OwnSystems(agency.id))])
    await _say(desk, person, agency, board, keys, edits, note)


def _doing(desk: Desk, board: Board, system: System) -> Sequence[Key]:
    """Keys to hand in what is due, each kind of evidence once."""
    due = [
        cell.rule.evidence
        for cell in board.cells[system.id]
        if cell.standing in NEEDED and cell.rule.evidence not in SELF_EVIDENT
    ]
    return [key(Word("system.do", what=Word(f"square_of.{kind}")), Do(kind, system.id)) for kind in dict.fromkeys(due)]


# The department -------------------------------------------------------------------------------------------------------


async def show_to_staff(desk: Desk, person: Person, agency: Agency, page: str, edits: int | None) -> None:
    """The systems of an agency for those who see the register. The caller has checked that.

    Raises:
        Refusal: no such page.
    """
    in_use = await systems.running(desk.tx, agency.id, today(desk))
    board = await squares.board(desk, agency, in_use)
    back = [[key("button.agency_back", AgencyFile(agency.id))]]

    def turned(number: int) -> Press:
        return AgencyFile(agency.id, "systems", str(number))

    await _list(desk, person, agency, board, number(page, LATEST), edits, lambda one: SystemFile(one.id), turned, back)


async def file(desk: Desk, person: Person, press: SystemFile, message: int | None) -> None:
    """One system for those who see the register.

    Raises:
        Refusal: no right, or none.
    """
    check(person, Permission.SEE_REGISTER)
    await show_file(desk, person, await known(desk, press.system), message)


async def known(desk: Desk, identifier: str) -> System:
    """A system that a key names. Raises Refusal: there is none."""
    found = await systems.find(desk.tx, identifier)
    if found is None:
        raise Refusal("press.stale.toast")
    return found


def file_key(system: System) -> Keys:
    """The key that opens a system for those who see the register."""
    return [[key("button.system_see", SystemFile(system.id))]]


async def show_file(desk: Desk, person: Person, system: System, edits: int | None = None) -> None:
    """One system, for those who see the register. The caller has checked that."""
    agency = await agencies.get(desk.tx, system.agency)
    board = await squares.board(desk, agency, [system])
    keys: list[Sequence[Key]] = []
    if person.may(Permission.KEEP_REGISTER) and agency.exists(today(desk)):
        acts = ("edit", "level", "stop") if system.exists(today(desk)) else ("resume",)
        keys += rows([key(f"button.system_{act}", KeepSystem(system.id, act)) for act in acts], 2)
    keys.append([key("button.agency_back", AgencyFile(agency.id))])
    await _say(desk, person, agency, board, keys, edits)


# Words ----------------------------------------------------------------------------------------------------------------


async def _list(
    desk: Desk,
    person: Person,
    agency: Agency,
    board: Board,
    page: int,
    edits: int | None,
    opens: Callable[[System], Press],
    turned: Callable[[int], Press],
    below: Keys,
) -> None:
    """A page of systems: a line and a key for each, the worst first."""
    last = max(0, -(-len(board.systems) // PAGE) - 1)
    page = min(page, last)
    shown = board.systems[page * PAGE : (page + 1) * PAGE]
    turns = [key("button.newer", turned(page - 1))] if page else []
    turns += [key("button.older", turned(page + 1))] if page < last else []
    await desk.say(
        person,
        "system.list",
        buttons=[*rows(_picks(desk, board, shown, opens)), *([turns] if turns else []), *below],
        edits=edits,
        agency=agency.name,
        n=len(board.systems),
        page=Word("system.page_of", page=page + 1, pages=last + 1) if last else None,
        tally=squares.tally(desk, board),
        order=squares.heading(board),
        lines=Rows([_line(desk, board, one) for one in shown]),
        legend=Word("square.legend"),
    )


def _picks(desk: Desk, board: Board, shown: Sequence[System], opens: Callable[[System], Press]) -> Sequence[Key]:
    """A key for each system, with the worst of its squares."""
    return [
        key(Word("system.pick", square=squares.glyph(desk, board.whole(one)), name=cut(one.name)), opens(one))
        for one in shown
    ]


def _line(desk: Desk, board: Board, one: System) -> Any:
    return Word("system.line", squares=squares.row(desk, board, one), name=cut(one.name, 60), level=leveled(one))


def leveled(system: System) -> Any:
    return Word(f"level.{system.level}") if system.level else Word("system.level_unknown")


async def _say(
    desk: Desk, person: Person, agency: Agency, board: Board, keys: Keys, edits: int | None, note: Any = None
) -> None:
    (system,) = board.systems
    operator = await agencies.find(desk.tx, system.operator)
    provider = await agencies.find(desk.tx, system.provider)
    owed = [_owed(desk, cell) for cell in board.cells[system.id] if cell.standing is not Standing.NONE]
    await desk.say(
        person,
        "system.page",
        buttons=keys,
        edits=edits,
        note=note,
        name=system.name,
        code=system.code,
        agency=agency.name,
        operator=operator.name if operator else None,
        level=leveled(system),
        exposure=Word(f"table.exposure.{system.exposure}"),
        tags=Listed(system.tags) if system.tags else None,
        provider=provider.name if provider else None,
        vendor=system.vendor,
        since=shown_day(system.since),
        until=shown_day(system.until),
        owed=Lines(owed) if owed and system.exists(today(desk)) else None,
    )


def _owed(desk: Desk, cell: Cell) -> Any:
    """One thing that is owed of a system: how it stands, what it is, until when, when it was done last."""
    square, name = squares.glyph(desk, cell.standing), cell.rule.name.in_language("vi")
    if cell.owed is None:
        return Word("system.unclear", square=square, name=name)
    day = shown_day(cell.owed.due_on) if cell.standing in (*NEEDED, Standing.DONE) else None
    return Word(
        "system.owed",
        square=square,
        name=name,
        stands=Word(f"system_stands.{cell.standing}", day=day) if day else Word(f"standing.{cell.standing}"),
        done=Word("system.done", day=shown_day(cell.owed.done_on)) if cell.owed.done_on else None,
    )
