"""From Telegram into the inbox: masked, stored and committed before Telegram may forget.

Only plain dicts are read here; whatever does not parse as an update is the worker's dead letter, never ours.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.clock import Clock
from bot.domain.people import OFFICERS
from bot.domain.secrets import guard_update
from bot.services.desk import Desk, House
from handlers.crowd import Crowd, may_be_refused, number, sender_of
from handlers.hearing import Ear, Notes, wait_for_numbers
from handlers.http import AiohttpRequest
from handlers.incoming import GROUPS
from storage import inbox
from storage.store import Store, StoreUnavailable

log = logging.getLogger(__name__)

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member", "chat_member")
# Where updates bring a copy of an earlier message.
ECHOES = {"message": "reply_to_message", "edited_message": "reply_to_message", "callback_query": "message"}
LONG_POLL = 25.0  # seconds; Telegram answers earlier when there is something
REST = (0.5, 1.0, 2.0, 5.0, 10.0)  # seconds between tries while something is wrong, the last one again and again

Raw = Mapping[str, Any]


def chat_of(raw: Raw) -> Mapping[str, Any]:
    """The chat of an update of any kind; empty where it has none or is no update."""
    for part in raw.values():
        if isinstance(part, Mapping):
            holder = part.get("message") if isinstance(part.get("message"), Mapping) else part
            chat = holder.get("chat") if isinstance(holder, Mapping) else None
            if isinstance(chat, Mapping):
                return chat
    return {}


def without_echo(raw: Raw) -> Raw:
    """An update without the words that it answers: an answer and a press bring a copy of what the bot had said, and
    that may be contact data, which stands in one table alone."""
    kept = dict(raw)
    for kind, copied in ECHOES.items():
        part = raw.get(kind)
        copy = part.get(copied) if isinstance(part, Mapping) else None
        if isinstance(part, Mapping) and isinstance(copy, Mapping):
            place = {name: copy[name] for name in ("message_id", "date", "chat") if name in copy}
            kept[kind] = {**part, copied: place}
    return kept


class Inlet:
    """The one way in. `take` is called by polling and by the webhook alike.

    `trouble` names the fault of the database while nothing can be stored, for health.
    """

    def __init__(
        self, store: Store, clock: Clock, house: House, bot: int, ring: Callable[[], None], ring_out: Callable[[], None]
    ) -> None:
        """`ring` wakes who works the inbox, `ring_out` who sends."""
        self._store = store
        self._clock = clock
        self._house = house
        self._bot = bot
        self._ring = ring
        self._ring_out = ring_out
        self._notes = Notes()
        self.malformed = 0  # things that were no updates at all
        self.trouble: str | None = None

    async def take(self, updates: Sequence[Raw]) -> None:
        """Store updates, masked, in one transaction; returns after the commit.

        Beyond what one person may have waiting an update is not stored, only counted, and the person is told.

        Raises:
            StoreUnavailable: nothing was stored; Telegram must keep them.
        """
        if not updates:
            self.trouble = None  # nothing waits outside
            return
        try:
            await wait_for_numbers(self._store, self._bot, updates)
            async with self._store.transaction() as tx:
                posted = await self._let_in(Desk(tx, self._clock.now(), self._house), updates)
        except StoreUnavailable as error:
            self.trouble = str(error)
            raise
        self.trouble = None
        self._ring()
        if posted:
            self._ring_out()

    async def _let_in(self, desk: Desk, updates: Sequence[Raw]) -> bool:
        """Store what is new and what there is room for; true where somebody was told that there is none."""
        # What is told again was taken before: it counts neither as waiting nor as refused.
        known = await inbox.known(desk.tx, self._bot, [raw["update_id"] for raw in updates])
        self._notes.learn(updates)
        crowd, ear = Crowd(desk), Ear(desk.tx, self._bot, self._notes)
        arrivals = []
        for raw in updates:
            if raw["update_id"] not in known:
                known.add(raw["update_id"])
                arrivals.append(await self._sound(ear, crowd, raw))
        await inbox.store(desk.tx, self._bot, [one for one in arrivals if one is not None], desk.now)
        return await crowd.tell()

    async def _sound(self, ear: Ear, crowd: Crowd, raw: Raw) -> inbox.Arrival | None:
        """One update as it may be stored. One that cannot be masked is counted and left: it must not stop others."""
        try:
            return await self._arrival(ear, crowd, raw)
        except StoreUnavailable:
            raise
        except Exception as error:
            self.malformed += 1
            log.error("an update could not be masked and is left out", exc_info=error)
            return None

    async def _arrival(self, ear: Ear, crowd: Crowd, raw: Raw) -> inbox.Arrival | None:
        chat = chat_of(raw)
        if chat.get("type") in GROUPS:
            kept = await ear.hears(raw, number(chat.get("id")) or 0)
            if kept is None:
                return None
            raw = kept
        raw = without_echo(raw)
        sender, room = sender_of(raw), number(chat.get("id"))
        if sender is not None and may_be_refused(raw) and not await crowd.has_room(sender):
            crowd.turn_away(sender, room)
            return None
        person = await crowd.person(sender) if sender is not None else None
        masked, kinds = guard_update(raw, agency=person is not None and not OFFICERS.isdisjoint(person.roles))
        body = json.dumps(masked, ensure_ascii=True, separators=(",", ":"))
        if sender is not None:
            crowd.let_in(sender)
        return inbox.Arrival(raw["update_id"], room, body, tuple(kinds), sender)


def is_update(raw: object) -> bool:
    """Whether something can be stored at all: an object with a whole number for `update_id`."""
    return isinstance(raw, Mapping) and number(raw.get("update_id")) is not None


class Polling:
    """Asks for updates for ever. `trouble` says what is wrong with the line now, in a word for health and doctor."""

    def __init__(self, request: AiohttpRequest, base_url: str, inlet: Inlet) -> None:
        self._request = request
        self._url = f"{base_url}/getUpdates"
        self._inlet = inlet
        self.trouble: str | None = None

    async def run(self) -> None:
        """1. Ask. 2. Store and commit. 3. Only then move the offset, which lets Telegram forget.

        An empty answer confirms that nothing is left, so the offset is dropped: after a quiet week Telegram goes on
        with random ids, which may be lower.
        """
        offset: int | None = None
        failures = 0
        while True:
            try:
                updates = await self._ask(offset, hurried=failures > 0)
                sound = [raw for raw in updates if is_update(raw)]
                self._inlet.malformed += len(updates) - len(sound)
                await self._inlet.take(sound)
                offset = sound[-1]["update_id"] + 1 if sound else None
                self.trouble, failures = None, 0
                if updates and not sound:
                    await asyncio.sleep(REST[0])  # this cannot be confirmed: it may come again at once
            except Exception as error:  # noqa: BLE001  whatever it is, asking for updates goes on
                word = _trouble(error)
                # The line is sound while the database is not; of that health hears from the inlet.
                self.trouble = None if isinstance(error, StoreUnavailable) else word
                log.warning("polling rests: %s", word)
                await asyncio.sleep(_rest(error, failures))
                failures += 1

    async def _ask(self, offset: int | None, *, hurried: bool) -> list[Any]:
        # After a trouble, ask for a quick answer first: health should not wait half a minute to hear that all is well.
        patience = 0 if hurried else int(LONG_POLL)
        values: dict[str, object] = {"timeout": patience, "allowed_updates": json.dumps(ALLOWED)}
        if offset is not None:
            values["offset"] = offset
        answer = await self._request.call(self._url, values, read_timeout=LONG_POLL + 10)
        return answer if isinstance(answer, list) else []


def _rest(error: Exception, failures: int) -> float:
    if isinstance(error, RetryAfter):
        pause = error.retry_after
        return float(pause if isinstance(pause, int) else pause.total_seconds())
    return REST[min(failures, len(REST) - 1)]


# The first row that fits; NetworkError stands last, for others are kinds of it.
_TROUBLES: tuple[tuple[type[Exception], str], ...] = (
    (StoreUnavailable, "database"),
    (Conflict, "second_bot"),
    (InvalidToken, "token"),
    (NetworkError, "network"),
    (TelegramError, "telegram"),
    (Exception, "foreign"),
)


def _trouble(error: Exception) -> str:
    return next(word for kind, word in _TROUBLES if isinstance(error, kind))
