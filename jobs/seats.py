"""Looks after the seats: daily, and soon after a role was granted or a group bound, Telegram is asked who is there."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.bell import Bell
from bot.clock import Clock
from bot.domain.seats import Standing, Usher
from bot.services.desk import Desk, House
from bot.services.staffing import seats as desk_seats
from storage import groups, marks, seats
from storage.store import Store, StoreUnavailable

log = logging.getLogger(__name__)

OFTEN = timedelta(days=1)  # how old knowledge may grow
UNANSWERED = timedelta(minutes=10)  # until somebody is asked after again of whom Telegram said nothing
EVERY = 5.0  # seconds between two looks at what is due
TOGETHER = 20
LOOKED = "looked_at_team"  # the mark of the bot's own standing: which group, and when


class Seats:
    """Asks outside of transactions and writes what it heard in short ones."""

    def __init__(self, store: Store, clock: Clock, house: House, usher: Usher, ring: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._house = house
        self._usher = usher
        self._ring = ring
        self._rests: dict[str, datetime] = {}  # whom Telegram said nothing of, and until when that is left alone
        self.bell = Bell()

    async def run(self) -> None:
        while True:
            try:
                await self.look()
            except StoreUnavailable as error:
                log.error("seats: the database cannot be used: %s", error)
            await self.bell.wait(EVERY)

    async def look(self) -> int:
        """Ask about everything that is due now; how many were asked after."""
        now = self._clock.now()
        self._rests = {whom: until for whom, until in self._rests.items() if until > now}
        async with self._store.reading() as tx:
            team = await groups.team(tx)
            if team is None:
                return 0
            looked = await marks.get(tx, LOOKED), await marks.written_at(tx, LOOKED)
            due = await seats.due(tx, team.id, now - OFTEN, TOGETHER + len(self._rests))
        fresh = looked[0] == team.id and looked[1] is not None and looked[1] > now - OFTEN
        asked = [one for one in due if one.person not in self._rests][:TOGETHER]
        if not fresh and team.id not in self._rests:
            await self._ask_after_the_bot(team)
        for one in asked:
            await self._ask(team, one)
        return len(asked)

    async def _ask_after_the_bot(self, team: groups.Group) -> None:
        standing = await self._usher.standing(team.telegram_id)
        if standing is Standing.UNKNOWN:
            self._rests[team.id] = self._clock.now() + UNANSWERED
            return
        async with self._store.transaction() as tx:
            await groups.sees(tx, team.id, standing is Standing.ADMINISTRATOR)
            await marks.put(tx, LOOKED, team.id, self._clock.now())

    async def _ask(self, team: groups.Group, one: seats.Due) -> None:
        asked_at = self._clock.now()
        standing = await self._usher.standing(team.telegram_id, one.telegram_id)
        if standing is Standing.UNKNOWN:
            self._rests[one.person] = asked_at + UNANSWERED
            return
        async with self._store.transaction() as tx:
            # What Telegram told meanwhile is newer than the answer: the desk's time is that of the question.
            desk = Desk(tx, asked_at, self._house)
            await desk_seats.learn(desk, team, one.telegram_id, present=standing.present)
        self._ring()
