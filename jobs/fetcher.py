"""Fetches evidence from Telegram, and removes from the disk what no row needs: two at a time, woken by a bell."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from bot.clock import Clock
from bot.domain.evidence import TEMPORARY, UNFIT, Fetched, Files, Look, Missed, State, may_send_programs, place_of
from bot.domain.file_types import Reason
from bot.domain.incidents import EventKind
from bot.services.desk import Desk, House
from bot.services.outbreak import matches
from bot.services.reporting import exhibits
from jobs.hands import HANDS, IDLE, Hands
from storage import codec, evidence, people
from storage.evidence import Evidence
from storage.store import Store, Transaction

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)  # longer than a file may take
SWEEP_EVERY = timedelta(hours=1)
TOGETHER = 100  # files looked at in one transaction of a sweep

# Until the next try. After the last one it is given up: by then almost two days have passed.
RESTS = tuple(
    timedelta(seconds=each) for each in (5, 30, 120, 600, 1800, 3600, 3600 * 3, 3600 * 6, 3600 * 12, 3600 * 24)
)
DISK_REST = timedelta(minutes=5)
# How often something is tried at most. "Not at the moment" is what Telegram says of what it will never have again.
MOST: dict[Reason, int] = {Reason.GONE: 3, Reason.DISK: 12 * 24}


class Fetcher(Hands):
    """Owns the folder of evidence. `ring` wakes the dispatcher, for something may have been said."""

    def __init__(
        self, store: Store, clock: Clock, house: House, files: Files, folder: Path, ring: Callable[[], None]
    ) -> None:
        super().__init__("fetcher")
        self._store = store
        self._clock = clock
        self._house = house
        self._files = files
        self._folder = folder
        self._ring = ring
        # Between the name of a file and its row nobody may take the file for an orphan, and nobody may remove it.
        self._naming = asyncio.Lock()
        self._swept_at: datetime | None = None
        self._full = False  # administrators have heard that there is no room

    async def recover(self) -> None:
        """Only one process works on a database (its lock proves it): every lease, and every half file, is of one that
        is gone."""
        async with self._store.transaction() as tx:
            await evidence.release(tx)
        await asyncio.to_thread(_clear, self._folder / TEMPORARY)

    async def turn(self) -> float:
        """Remove what is to go, start as many fetches as there are free hands; seconds until time alone changes that.

        New pieces, and files that have landed, ring the bell before.
        """
        now = self._clock.now()
        if self._swept_at is None or now - self._swept_at >= SWEEP_EVERY:
            self._swept_at = now
            await self.sweep()
        async with self._store.reading() as tx:
            discards = await evidence.discards(tx, TOGETHER)
            waiting = await evidence.due(tx, now, HANDS + len(self._flying))
            due = await evidence.next_due(tx, now)
        if discards:
            await self._remove_discarded(discards)
        ready = [one for one in waiting if one.id not in self._flying][: self.free()]
        if ready:
            async with self._store.transaction() as tx:
                for one in ready:
                    await evidence.lease(tx, one.id, now + LEASE)
        for one in ready:
            self.launch(one.id, self._fetch(one))
        if len(discards) == TOGETHER:
            return 0
        return IDLE if due is None else min(IDLE, (codec.moment(due) - now).total_seconds())

    # One file -----------------------------------------------------------------------------------------------------

    async def _fetch(self, one: Evidence) -> None:
        look = Look(one.piece, programs=await self._may_send_programs(one))
        result = await self._files.fetch(one.file_id or "", self._folder, look, one.size)
        try:
            async with self._naming:
                if isinstance(result, Fetched):
                    result = await self._files.put(result, self._folder) or result
                async with self._store.transaction() as tx:
                    await self._settle(Desk(tx, self._clock.now(), self._house), one, result)
        finally:
            if isinstance(result, Fetched):
                result.temporary.unlink(missing_ok=True)
        self._ring()

    async def _settle(self, desk: Desk, one: Evidence, result: Fetched | Missed) -> None:
        if isinstance(result, Fetched):
            await self._keep(desk, one, result)
        else:
            await self._miss(desk, one, result)

    async def _may_send_programs(self, one: Evidence) -> bool:
        if one.person is None:
            return False
        async with self._store.reading() as tx:
            return may_send_programs(await people.get(tx, one.person), self._house.policy)

    async def _keep(self, desk: Desk, one: Evidence, fetched: Fetched) -> None:
        self._full = False
        if not await evidence.store(desk.tx, one.id, fetched.size, fetched.sha256, desk.now):
            # Given up or withdrawn while it came: nobody wants it any more, unless another row has the same.
            await evidence.discard(desk.tx, fetched.sha256)
            return
        known = await evidence.find(desk.tx, one.id)
        if known is not None and known.incident is not None:
            await desk.log(known.incident, EventKind.FETCHED, None, evidence=one.id, sha256=fetched.sha256)
            await matches.note_file(desk, known.incident, fetched.sha256)

    async def _miss(self, desk: Desk, one: Evidence, missed: Missed) -> None:
        tries = _tries(one, missed)
        if missed.again and tries < MOST.get(missed.reason, len(RESTS) + 1):
            await self._again(desk, one, missed, tries)
            return
        state = State.LISTED if missed.reason in UNFIT else State.FAILED
        if await evidence.give_up(desk.tx, one.id, state, missed.reason):
            await exhibits.tell_missed(desk, one.id)

    async def _again(self, desk: Desk, one: Evidence, missed: Missed, tries: int) -> None:
        # Telegram may name a pause; a flood or a refused token that lasts is waited out all the same, like an outage.
        rest = max(timedelta(seconds=missed.seconds or 0), RESTS[min(tries, len(RESTS)) - 1])
        if missed.reason is Reason.DISK:
            rest = DISK_REST
            await exhibits.tell_no_room(desk, one, admins=not self._full)
            self._full = True
        await evidence.postpone(desk.tx, one.id, desk.now + rest, missed.reason, tries)

    # What is to go ------------------------------------------------------------------------------------------------

    async def _remove_discarded(self, gone: list[str]) -> None:
        """Files of erased rows, as soon as their erasing is committed; a crash between finds them noted."""
        async with self._naming, self._store.transaction() as tx:
            await self._remove(tx, [place_of(self._folder, one) for one in gone])
            for one in gone:
                await evidence.discarded(tx, one)

    async def sweep(self) -> None:
        """Whatever lies in the folder without a row is a leftover of a crash."""
        paths = await asyncio.to_thread(lambda: list(_files_of(self._folder)))
        for start in range(0, len(paths), TOGETHER):
            async with self._naming, self._store.reading() as tx:
                await self._remove(tx, paths[start : start + TOGETHER])

    async def _remove(self, tx: Transaction, paths: list[Path]) -> None:
        needed = await evidence.known(tx, {path.name for path in paths})
        for path in paths:
            if path.name not in needed:
                path.unlink(missing_ok=True)


def _tries(one: Evidence, missed: Missed) -> int:
    """How often it was tried. The time in which our own disk was full is no fault of Telegram's, and does not count."""
    was_full = one.failure is Reason.DISK and missed.reason is not Reason.DISK
    return 1 if was_full else one.tries + 1


def _files_of(folder: Path) -> Iterator[Path]:
    return (path for path in folder.glob("??/*") if path.is_file())


def _clear(folder: Path) -> None:
    """Half files: nobody writes them any more."""
    for path in folder.glob("*"):
        path.unlink(missing_ok=True)
