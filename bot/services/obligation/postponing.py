"""What an officer answers to a reminder instead of doing it: later, with a reason; or that it is not theirs to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from bot.domain import putting_off as domain
from bot.domain import reminding
from bot.domain.errors import Refusal
from bot.domain.forms import Form
from bot.domain.listed import LISTS
from bot.domain.obligations import Rule, State
from bot.domain.people import Permission, Person
from bot.services.desk import Desk
from bot.services.obligation import board_pages, boards, laying, reviewers
from bot.services.obligation.boards import Board, Group
from bot.services.register import gate
from bot.services.reporting import conversations
from locales import DEFAULT, At
from storage import agencies, drafts, exemptions, obligations, reminders
from storage.obligations import Obligation

LISTED: Final = 24  # keys of one question; of more, whole rules are offered
QUICK_DAYS: Final = (1, 3, 5, 7, 14)


async def ask_later(desk: Desk, person: Person, agency: str) -> None:
    """*Nhắc lại sau*: which, how long, why.

    Raises:
        Refusal: not theirs, or nothing can be put off (any more).
    """
    most = desk.policy.reminders.snoozes
    agency = await _own(desk, person, agency)
    groups = await _groups(desk, agency, lambda one: one.told is not None and one.snoozes < most)
    if groups is None:
        raise Refusal("owed.none_to_put_off.toast", n=most)
    days = [[str(n), _said(desk, "owed.days.text", n=n)] for n in QUICK_DAYS if n <= desk.policy.reminders.snooze_days]
    await _open(desk, person, domain.PUTTING_OFF, agency, groups, {domain.DAYS: days})


async def ask_waiver(desk: Desk, person: Person, agency: str) -> None:
    """*Không thuộc phạm vi*: which, and why.

    Raises:
        Refusal: not theirs, or nothing is owed.
    """
    agency = await _own(desk, person, agency)
    groups = await _groups(desk, agency, lambda one: True)
    if groups is None:
        raise Refusal("owed.none_to_waive.toast")
    await _open(desk, person, domain.WAIVING, agency, groups, {})


async def _own(desk: Desk, person: Person, agency: str, way: str = "toast") -> str:
    """The agency that a key or a form names, or what it was merged into. Raises Refusal: not theirs."""
    return (await gate.own_agency(desk, person, Permission.DO_OBLIGATIONS, agency, way))[0].id


async def _groups(desk: Desk, agency: str, fits: Callable[[Obligation], bool]) -> tuple[Board, Sequence[Group]] | None:
    board = await boards.board(desk, await agencies.get(desk.tx, agency))
    kept = [Group(group.rule, tuple(one for one in group.owed if fits(one))) for group in board.groups()]
    kept = [group for group in kept if group.owed]
    return (board, kept) if kept else None


async def _open(
    desk: Desk,
    person: Person,
    form: Form,
    agency: str,
    found: tuple[Board, Sequence[Group]],
    lists: Mapping[str, Sequence[Sequence[str]]],
) -> None:
    await conversations.check_free(desk, person)
    given = {domain.AGENCY: agency, LISTS: {**lists, domain.ITEMS: _items(desk, *found)}}
    await conversations.begin(desk, person, form, given)


def _items(desk: Desk, board: Board, groups: Sequence[Group]) -> list[Sequence[str]]:
    """One row for each obligation, or, where those are too many for keys, one for each rule."""
    if sum(len(group.owed) for group in groups) > LISTED:
        return [
            (
                f"{domain.ALL_OF}{group.rule.key}",
                _said(desk, "owed.item.all", name=group.rule.name.vi, n=len(group.owed)),
            )
            for group in groups[:LISTED]
        ]
    return [(one.id, _item(desk, board, group.rule, one)) for group in groups for one in group.owed]


def _item(desk: Desk, board: Board, rule: Rule, one: Obligation) -> str:
    system = board.systems.get(one.system or "")
    subject = board_pages.brief(system.name if system else board.agency.name)
    return _said(desk, "owed.item.text", name=rule.name.vi, subject=subject)


def _said(desk: Desk, text: str, **values: Any) -> str:
    return desk.house.texts.plain(DEFAULT, text, values)


# Sent ----------------------------------------------------------------------------------------------------------------


async def submit(desk: Desk, person: Person, one: drafts.Open, facts: Mapping[str, Any], message: int | None) -> None:
    """What was chosen may have changed since the form was opened: only what can still be answered is.

    Raises:
        Refusal: the person speaks for that agency no more.
    """
    agency = await _own(desk, person, str(one.draft.answers[domain.AGENCY]), "text")
    chosen = await _chosen(desk, agency, facts[domain.ITEMS])
    act = _put_off if one.draft.form == domain.PUTTING_OFF.name else _waive
    if not await act(desk, person, chosen, facts, message):
        await desk.say(person, "owed.changed.text", edits=message)


async def _chosen(desk: Desk, agency: str, values: Sequence[str]) -> Sequence[Obligation]:
    """The obligations of that agency, and of no other, that a form named."""
    open_ones = [one for one in await obligations.of_agency(desk.tx, agency) if one.state is State.OPEN]
    rules = {value.removeprefix(domain.ALL_OF) for value in values if value.startswith(domain.ALL_OF)}
    day = gate.today(desk)
    pressing = [one for one in open_ones if boards.presses(one, day)]
    return [one for one in pressing if one.id in values or one.rule in rules]


async def _put_off(
    desk: Desk, person: Person, chosen: Sequence[Obligation], facts: Mapping[str, Any], message: int | None
) -> int:
    terms, policy = desk.policy.reminders, desk.policy
    until = gate.today(desk) + timedelta(days=min(int(facts[domain.DAYS]), terms.snooze_days))
    put_off = 0
    for one in chosen:
        rule = laying.rule_of(desk, one)
        if rule is None or one.told is None or one.snoozes >= terms.snoozes:
            continue
        later = replace(one, snoozes=one.snoozes + 1, quiet_until=until)
        await obligations.put(desk.tx, replace(later, look_at=laying.looks(desk, rule, later)))
        await reminders.snooze(desk.tx, later, person.id, until, str(facts["reason"]), desk.now)
        put_off += 1
    if put_off:
        day = At(reminding.morning(terms, until, policy.holidays), "date")
        await desk.say(person, "owed.put_off.text", edits=message, n=put_off, day=day)
    return put_off


async def _waive(
    desk: Desk, person: Person, chosen: Sequence[Obligation], facts: Mapping[str, Any], message: int | None
) -> int:
    first, asked = await reviewers.none_waits(desk), 0
    for one in chosen:
        if await exemptions.ask(desk.tx, one.id, str(facts["reason"]), person.id, desk.now) is not None:
            await laying.suspend(desk, one)
            asked += 1
    if asked:
        await desk.say(person, "owed.waive_asked.text", edits=message, n=asked)
        await reviewers.tell(desk, person.id, first=first)
    return asked
