"""`/coquan`: agencies by kind, in pages from which any of some hundreds is two presses away, or by words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain.agencies import Kind, read_code
from bot.domain.errors import Refusal
from bot.domain.people import Permission, Person
from bot.domain.presses import AgencyFile, Browse, KeepAgency
from bot.services.desk import Desk, Key, Keys, check, key, rows
from bot.services.register import agency_pages
from bot.services.register.gate import today
from bot.services.register.keying import LAST, cut, number
from locales import Word
from storage import agencies
from storage.agencies import Agency

PAGE = 24  # agencies on one page
DOORS = 8  # keys of the front page for one kind: more than eight pages are gathered behind them
LONGEST_END = 20  # of a name on a key that shows two
NARROW = 20  # names up to here stand two in a row
ENDED = "ended"


async def show(desk: Desk, person: Person, edits: int | None = None) -> None:
    """The front page: every kind with its number, big ones by the names at which their pages begin and end.

    Raises:
        Refusal: no right.
    """
    check(person, Permission.SEE_REGISTER, "toast" if edits is not None else "text")
    counts = await agencies.counts(desk.tx, today(desk))
    doors = [door for kind in Kind if kind in counts for door in await _doors(desk, kind, counts[kind])]
    ended = await agencies.count_ended(desk.tx, today(desk))
    if ended:
        doors.append(key(Word("register.door", kind=Word("register.ended"), n=ended), Browse(ENDED)))
    adds = [[key("button.agency_add", KeepAgency("", "add"))]] if person.may(Permission.KEEP_REGISTER) else []
    await desk.say(
        person,
        "register.front",
        buttons=[*rows(doors), *adds],
        edits=edits,
        n=sum(counts.values()),
        empty=None if counts else Word("register.empty"),
    )


async def _doors(desk: Desk, kind: Kind, count: int) -> Sequence[Key]:
    """One key for a kind that fits on a page; else one for each stretch of it."""
    if count <= PAGE:
        return [key(Word("register.door", kind=Word(f"table.kind.{kind}"), n=count), Browse(kind))]
    names = [one.name for one in await agencies.of_kind(desk.tx, kind, today(desk), LAST)]
    stretch = PAGE * -(-len(names) // (PAGE * DOORS))
    return [
        key(
            Word(
                "register.stretch",
                kind=Word(f"table.kind.{kind}"),
                first=cut(names[start], LONGEST_END),
                last=cut(names[min(start + stretch, len(names)) - 1], LONGEST_END),
            ),
            Browse(kind, str(start)),
        )
        for start in range(0, len(names), stretch)
    ]


async def turn(desk: Desk, person: Person, press: Browse, message: int | None) -> None:
    """A page of one kind, or the front page.

    Raises:
        Refusal: no right, no such kind or page.
    """
    check(person, Permission.SEE_REGISTER)
    if press.kind == "":
        await show(desk, person, message)
        return
    start = number(press.start)
    if press.kind == ENDED:
        found = await agencies.ended(desk.tx, today(desk), PAGE + 1, start)
    elif press.kind in set(Kind):
        found = await agencies.of_kind(desk.tx, Kind(press.kind), today(desk), PAGE + 1, start)
    else:
        raise Refusal("press.stale.toast")
    name = Word("register.ended") if press.kind == ENDED else Word(f"table.kind.{press.kind}")
    shown = found[:PAGE]
    await desk.say(
        person,
        "register.page",
        buttons=[*picks(shown), *_turns(press.kind, start, more=len(found) > PAGE), [_front()]],
        edits=message,
        kind=name,
        first=start + 1 if shown else 0,
        last=start + len(shown),
    )


def _turns(kind: str, start: int, *, more: bool) -> Keys:
    turns = [key("button.newer", Browse(kind, str(max(0, start - PAGE))))] if start else []
    turns += [key("button.older", Browse(kind, str(start + PAGE)))] if more else []
    return [turns] if turns else []


def _front() -> Key:
    return key("button.register", Browse())


def picks(found: Sequence[Agency]) -> Keys:
    """Keys that open agencies."""
    keys = [key(Word("register.pick", name=cut(one.name)), AgencyFile(one.id)) for one in found]
    return rows(keys, 2 if all(len(one.name) <= NARROW for one in found) else 1)


async def find(desk: Desk, person: Person, words: str) -> None:
    """`/coquan` with a code or some words: the agency where there is one alone, else those that fit.

    Raises:
        Refusal: no right.
    """
    check(person, Permission.SEE_REGISTER, "text")
    found = await matching(desk, words, PAGE + 1)
    if len(found) == 1:
        await agency_pages.show(desk, person, found[0])
        return
    text = "register.found" if found else "register.not_found"
    facts: dict[str, Any] = {"words": words[:80]}
    if found:
        facts |= {"n": min(len(found), PAGE), "more": Word("register.found_more") if len(found) > PAGE else None}
    await desk.say(person, text, buttons=[*picks(found[:PAGE]), [_front()]], **facts)


async def matching(desk: Desk, words: str, most: int, *, existing: bool = False) -> Sequence[Agency]:
    """Agencies that fit a code or some words; a whole code or a whole name stands for one alone."""
    code = read_code(words)
    named = await agencies.by_code(desk.tx, code) if code else None
    if named is not None and (named.exists(today(desk)) or not existing):
        return [named]
    return await agencies.search(desk.tx, words, most, on=today(desk) if existing else None)
