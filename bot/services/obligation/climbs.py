"""Reminders climb: for each obligation whose time has come, the ledger says who is to hear of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from bot.domain import reminding
from bot.domain.agencies import Post
from bot.domain.obligations import Rule, State
from bot.domain.reminding import Audience, Place, Rung
from bot.services.desk import Desk
from bot.services.obligation import laying
from bot.services.register.gate import today
from storage import obligations, posts, reminders
from storage.obligations import Obligation
from storage.reminders import DEPARTMENT, Note
from storage.store import StoreUnavailable

log = logging.getLogger(__name__)

TOGETHER = 25  # agencies in one transaction: the writer is free again after some hundredths of a second
REST = timedelta(hours=1)  # until an agency is looked at again of which something could not be worked


async def climb(desk: Desk) -> int:
    """Look at what is due; of how many agencies that was. One that fails is put off and stops no other."""
    agencies = await obligations.agencies_due(desk.tx, desk.now, TOGETHER)
    if not agencies:
        return 0
    try:
        async with desk.tx.savepoint():
            await _climb(desk, agencies)
    except StoreUnavailable:
        raise
    except Exception as error:
        log.error("reminders failed; which of %d agencies it was is found one by one", len(agencies), exc_info=error)
        for agency in agencies:
            await _alone(desk, agency)
    return len(agencies)


async def _alone(desk: Desk, agency: str) -> None:
    try:
        async with desk.tx.savepoint():
            await _climb(desk, [agency])
    except StoreUnavailable:
        raise
    except Exception as error:
        log.error("reminders of one agency failed; tried again in an hour", exc_info=error)
        await obligations.put_off(desk.tx, agency, desk.now, desk.now + REST)


async def _climb(desk: Desk, agencies: Sequence[str]) -> None:
    ladder = Ladder(desk)
    staffed = await posts.reachable(desk.tx, agencies)
    steps = [ladder.step(one) for one in await obligations.due(desk.tx, agencies, desk.now)]
    await obligations.climb(desk.tx, [step.one for step in steps])
    notes = [note for step in steps for note in _notes(step, staffed.get(step.one.agency, {}))]
    await reminders.note(desk.tx, notes, desk.now)


@dataclass(frozen=True)
class Step:
    """An obligation as it stands after a look at it, and who hears of it."""

    one: Obligation
    to: tuple[Audience, ...] = ()


@dataclass
class Ladder:
    """What one look at many obligations needs; equal places are worked out once."""

    desk: Desk
    today: date = field(init=False)
    rules: Mapping[str, Rule] = field(init=False)
    known: dict[tuple[str, Place], tuple[Rung | None, datetime]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.today = today(self.desk)
        self.rules = {rule.key: rule for rule in laying.rules(self.desk)}

    def step(self, one: Obligation) -> Step:
        """1. The latest rung that was reached is told; what somebody has seen of the one before counts no more.
        2. While an officer has put it off the officer is spared; whoever is above hears all the same.
        3. When that time is over the officer hears again, on whatever rung it stands.
        """
        rule = self.rules.get(one.rule)
        if rule is None or one.state is not State.OPEN or one.due_on is None:
            return Step(replace(one, look_at=None))
        rung, look_at = self._reached(rule, laying.place(one))
        told, received_at, to = (one.told, one.received_at, ()) if rung is None else (rung.offset, None, rung.to)
        if one.quiet_until is None:
            return Step(replace(one, told=told, received_at=received_at, look_at=look_at), to)
        moved = replace(one, told=told, received_at=received_at)
        if self.today < one.quiet_until:
            return Step(
                replace(moved, look_at=laying.looks(self.desk, rule, moved)),
                tuple(who for who in to if who is not Audience.OFFICER),
            )
        again = replace(moved, quiet_until=None, received_at=None, look_at=look_at)
        return Step(again, tuple(who for who in Audience if who is Audience.OFFICER or who in to))

    def _reached(self, rule: Rule, place: Place) -> tuple[Rung | None, datetime]:
        """The rung that is told now, and when to look after it."""
        known = self.known.get((rule.key, place))
        if known is None:
            policy = self.desk.policy
            rung = reminding.reached(policy.reminders, rule, place, self.desk.now, policy.holidays)
            after = place if rung is None else replace(place, told=rung.offset)
            known = rung, reminding.look_at(policy.reminders, rule, after, policy.holidays)
            self.known[rule.key, place] = known
        return known


def _notes(step: Step, staffed: Mapping[Post, Sequence[str]]) -> list[Note]:
    one = step.one
    if not step.to or one.told is None:
        return []
    held = {Audience(post): people for post, people in staffed.items()}
    heard = reminding.heard_by(step.to, held, DEPARTMENT)
    return [Note(one.id, one.round, one.told, one.snoozes, person) for person in heard]
