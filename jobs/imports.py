"""Looks at tables that were sent for the register, and writes what was confirmed; what is slow runs in threads."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from bot.clock import Clock
from bot.domain.evidence import TEMPORARY, Fetched, Files, Look, Missed, Piece
from bot.domain.file_types import Reason
from bot.services.desk import Desk, House
from bot.services.register import gate, writing
from bot.services.register import imports as desk_imports
from bot.services.register.reading import LARGEST
from bot.services.register.writing import Plan
from jobs.hands import HANDS, IDLE, Hands
from storage import codec, imports
from storage.imports import Import
from storage.store import Store

log = logging.getLogger(__name__)

# Until the next try. Somebody waits: after the last one they are told to send the file again.
RESTS = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2))
_WORDS = {Reason.GONE: "import.gone", Reason.TOO_BIG: "import.unreadable.too_big", Reason.EMPTY: "import.empty_file"}


class Importer(Hands):
    """Owns a folder in which files lie for a moment. `ring` wakes the dispatcher."""

    def __init__(
        self, store: Store, clock: Clock, house: House, files: Files, folder: Path, ring: Callable[[], None]
    ) -> None:
        super().__init__("importer")
        self._store = store
        self._clock = clock
        self._house = house
        self._files = files
        self._folder = folder
        self._ring = ring

    async def recover(self) -> None:
        """What a dead process had begun still waits; its half files are of no use."""
        await asyncio.to_thread(_clear, self._folder / TEMPORARY)

    async def turn(self) -> float:
        """Begin as many as there are free hands; seconds until time alone changes that."""
        now = self._clock.now()
        async with self._store.reading() as tx:
            waiting = await imports.due(tx, now, HANDS + len(self._flying))
            due = await imports.next_due(tx, now)
        for one in [one for one in waiting if one.id not in self._flying][: self.free()]:
            self.launch(one.id, self._work(one))
        return IDLE if due is None else min(IDLE, (codec.moment(due) - now).total_seconds())

    async def _work(self, one: Import) -> None:
        """One try, from the fetching to the answer; how it ends is always written down."""
        async with self._store.transaction() as tx:
            if not await imports.try_once(tx, one.id, one.state):
                return
        if one.tries > len(RESTS):  # every try before brought the process down
            await self._fail(one, "import.failed")
            return
        try:
            await (self._write(one) if one.state == "writing" else self._read(one))
        except Exception as error:
            log.error("a table could not be looked at", exc_info=error)
            await self._miss(one, Missed(Reason.UNREACHABLE, again=True), "import.failed")
        self._ring()

    async def _read(self, one: Import) -> None:
        async with self._store.reading() as tx:
            kept = await imports.content(tx, one.id)
        content = kept or await self._fetch(one)
        if isinstance(content, Missed):
            await self._miss(one, content)
        else:
            await self._look(one, content, fresh=kept is None)

    async def _fetch(self, one: Import) -> bytes | Missed:
        """The bytes; they stay on the disk no longer than it takes to read them."""
        look = Look(Piece("document", one.file_id or "", name=one.name), programs=True)  # we look ourselves
        found = await self._files.fetch(one.file_id or "", self._folder, look, None)
        if isinstance(found, Missed):
            return found
        try:
            return Missed(Reason.TOO_BIG) if found.size > LARGEST else await asyncio.to_thread(_bytes, found)
        finally:
            found.temporary.unlink(missing_ok=True)

    async def _look(self, one: Import, content: bytes, *, fresh: bool) -> None:
        async with self._store.reading() as tx:
            version = await writing.version(tx)  # before all else: what changes while we look is found when we write
            kept = await writing.shelf(tx)
            on = gate.today(Desk(tx, self._clock.now(), self._house))
        findings, plan = await asyncio.to_thread(desk_imports.look, content, one.what, kept, on)
        told = await asyncio.to_thread(desk_imports.to_json, findings, plan, version)
        async with self._store.transaction() as tx:
            desk = Desk(tx, self._clock.now(), self._house)
            state = "ready" if plan else "faulty"
            if await imports.looked_at(tx, one.id, state, content if fresh else None, told):
                await desk_imports.tell(desk, one, findings)

    async def _write(self, one: Import) -> None:
        """The writer is held for the writing alone: a fifth of a second for 5,000 rows."""
        async with self._store.reading() as tx:
            found = await imports.findings(tx, one.id)
            if found is None:
                return
            plan = Plan.from_json(found["plan"])
            fresh = [tx.new_id() for _ in range(plan.new)]
        batch = await asyncio.to_thread(writing.prepare, plan, fresh, self._clock.now(), one.person, one.id)
        async with self._store.transaction() as tx:
            await desk_imports.finish(Desk(tx, self._clock.now(), self._house), one, batch, found)

    async def _miss(self, one: Import, missed: Missed, text: str = "import.not_fetched") -> None:
        if not missed.again or one.tries >= len(RESTS):
            await self._fail(one, _WORDS.get(missed.reason, text))
            return
        rest = max(RESTS[one.tries], timedelta(seconds=missed.seconds or 0))
        async with self._store.transaction() as tx:
            await imports.postpone(tx, one.id, self._clock.now() + rest)

    async def _fail(self, one: Import, text: str) -> None:
        async with self._store.transaction() as tx:
            await desk_imports.fail(Desk(tx, self._clock.now(), self._house), one, text)
        self._ring()


def _bytes(fetched: Fetched) -> bytes:
    return fetched.temporary.read_bytes()


def _clear(folder: Path) -> None:
    for path in folder.glob("*"):
        path.unlink(missing_ok=True)
