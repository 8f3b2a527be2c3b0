"""What the bot has not confirmed yet, and the one who may ask for it."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from bot.playground.clock import Clock
from bot.playground.errors import Refused

KEPT = timedelta(hours=24)
# Sent only to a bot that asked for them by name.
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
# An offset further ahead than this cannot come from this queue (ids restart at random after a quiet week).
AHEAD = 10
_TWO_POLLERS = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
_HOOK_IS_SET = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
_HOOK_WAS_SET = "Conflict: terminated by setWebhook request"


@dataclass(frozen=True, eq=False)
class Entry:
    """One update as JSON text. `once`: nobody could confirm it (no readable id), so it is handed out one time."""

    id: int
    body: str
    at: datetime
    once: bool = False


@dataclass
class Webhook:
    url: str
    secret: str | None = None
    max_connections: int = 40
    last_error: str | None = None
    last_error_at: datetime | None = None


class Updates:
    """A queue that forgets only what was confirmed, or is older than a day."""

    def __init__(self, clock: Clock, changed: Callable[[], None]) -> None:
        self._clock = clock
        self._changed = changed
        self.next_id = 100_001
        self.allowed: frozenset[str] = frozenset()
        self.webhook: Webhook | None = None
        self.asked_at = float("-inf")  # ticks of the newest sign of life: a poll, or an accepted delivery
        self._entries: deque[Entry] = deque()
        self._poll: asyncio.Future[str] | None = None  # its result: why it was ended, "" when there is news
        self._wakes: set[asyncio.Future[str]] = set()

    @property
    def pending(self) -> int:
        """How many updates wait for confirmation."""
        self._expire()
        return len(self._entries)

    @property
    def polling(self) -> bool:
        """Whether somebody waits in a long poll right now."""
        return self._poll is not None

    def wants(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in ON_REQUEST

    def allow(self, kinds: list[Any] | None) -> None:
        """Remembered until told otherwise; an empty list means all but those on request."""
        if kinds is not None:
            self.allowed = frozenset(str(kind) for kind in kinds)

    def push(self, kind: str, body: dict[str, Any]) -> None:
        """One thing that happened; dropped where the bot does not want its kind."""
        if self.wants(kind):
            number = self._number()
            self._add(Entry(number, _json({"update_id": number, kind: body}), self._clock.now()))

    def inject(self, update: dict[str, Any] | str) -> None:
        """Anything at all, allowed or not, well-formed or not."""
        number = self._number()
        if isinstance(update, str):
            self._add(Entry(number, update, self._clock.now(), once=True))
            return
        body = {"update_id": number, **update}
        its_own = body["update_id"]
        readable = isinstance(its_own, int) and not isinstance(its_own, bool)
        text = json.dumps(body)  # in ASCII: what is injected may hold halves of surrogate pairs
        self._add(Entry(its_own if readable else number, text, self._clock.now(), once=not readable))

    def clear(self) -> None:
        self._entries.clear()
        self._changed()

    async def get(self, offset: int, limit: int, patience: float) -> list[str]:
        """Confirm what lies before `offset`, then up to `limit` updates as JSON, waiting `patience` ticks for one.

        Refused 409 while a webhook is set, and for a poll that a newer one replaced.
        """
        if self.webhook is not None:
            raise Refused(409, _HOOK_IS_SET)
        self.asked_at = self._clock.ticks()
        self._end_poll(_TWO_POLLERS)
        self._confirm(offset)
        if patience > 0 and not self._entries:
            await self._wait(patience)
        self._expire()
        return self._handed_out(limit)

    def set_webhook(self, webhook: Webhook | None) -> None:
        self.webhook = webhook
        if webhook is not None:
            self._end_poll(_HOOK_WAS_SET)
        self._wake()

    def end_polls(self) -> None:
        """Answer the waiting poll at once, with nothing."""
        self._wake()

    async def next_delivery(self) -> tuple[Webhook, Entry]:
        """Wait until a webhook is set and something waits for it."""
        while True:
            self._expire()
            if self.webhook is not None and self._entries:
                return self.webhook, self._entries[0]
            await self.stirred(None)

    def delivered(self, entry: Entry) -> None:
        """The webhook took it."""
        self.asked_at = self._clock.ticks()
        self._forget(entry)

    def failed(self, hook: Webhook, entry: Entry, error: str) -> None:
        """The webhook did not take it; what nobody could ever confirm is not tried again."""
        hook.last_error, hook.last_error_at = error, self._clock.now()
        if entry.once:
            self._forget(entry)
        self._changed()

    async def stirred(self, seconds: float | None) -> None:
        """Wait for anything new in queue or webhook, at most so many real seconds."""
        wake = asyncio.get_running_loop().create_future()
        self._wakes.add(wake)
        await asyncio.wait([wake], timeout=seconds)
        self._wakes.discard(wake)

    def _forget(self, entry: Entry) -> None:
        if self._entries and self._entries[0] is entry:
            self._entries.popleft()
        self._changed()

    def _number(self) -> int:
        self.next_id += 1
        return self.next_id - 1

    def _add(self, entry: Entry) -> None:
        self._entries.append(entry)
        self._wake()
        self._changed()

    def _wake(self) -> None:
        wakes, self._wakes = self._wakes, set()
        for wake in wakes | ({self._poll} if self._poll else set()):
            if not wake.done():
                wake.set_result("")

    def _end_poll(self, why: str) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(why)
        self._poll = None

    async def _wait(self, patience: float) -> None:
        poll = self._poll = asyncio.get_running_loop().create_future()
        self._changed()
        try:
            await asyncio.wait([poll], timeout=patience / self._clock.speed)
            if poll.done() and (why := poll.result()):
                raise Refused(409, why)
        finally:
            if self._poll is poll:
                self._poll = None
            self.asked_at = self._clock.ticks()

    def _confirm(self, offset: int) -> None:
        """A negative offset keeps that many of the newest; one from another numbering confirms nothing."""
        self._expire()
        before = len(self._entries)
        if offset < 0:
            self._entries = deque(list(self._entries)[offset:])
        elif 0 < offset <= max([self.next_id, *(entry.id + 1 for entry in self._entries)]) + AHEAD:
            self._entries = deque(entry for entry in self._entries if entry.id >= offset)
        if len(self._entries) != before:
            self._changed()

    def _handed_out(self, limit: int) -> list[str]:
        batch = list(islice(self._entries, limit))
        if any(entry.once for entry in batch):
            self._entries = deque(entry for entry in self._entries if not (entry.once and entry in batch))
        return [entry.body for entry in batch]

    def _expire(self) -> None:
        if not self._entries:
            return
        oldest = self._clock.now() - KEPT
        while self._entries and self._entries[0].at < oldest:
            self._entries.popleft()


def _json(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
