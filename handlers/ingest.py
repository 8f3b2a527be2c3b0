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
from handlers.hearing import heard
from handlers.http import AiohttpRequest
from handlers.incoming import GROUPS
from storage import groups, inbox, people
from storage.store import Store, StoreUnavailable, Transaction

log = logging.getLogger(__name__)

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
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


def _sender(raw: Raw) -> int | None:
    for part in raw.values():
        sender = part.get("from") if isinstance(part, Mapping) else None
        if isinstance(sender, Mapping) and isinstance(sender.get("id"), int):
            return int(sender["id"])
    return None


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


class Inlet:
    """The one way in. `take` is called by polling and by the webhook alike."""

    def __init__(self, store: Store, clock: Clock, bot: int, ring: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._bot = bot
        self._ring = ring
        self.malformed = 0  # things that were no updates at all

    async def take(self, updates: Sequence[Raw]) -> None:
        """Store updates, masked, in one transaction; returns after the commit.

        Raises:
            StoreUnavailable: nothing was stored; Telegram must keep them.
        """
        async with self._store.transaction() as tx:
            arrivals = [arrival for raw in updates if (arrival := await self._sound(tx, raw))]
            await inbox.store(tx, self._bot, arrivals, self._clock.now())
        self._ring()

    async def _sound(self, tx: Transaction, raw: Raw) -> inbox.Arrival | None:
        """One update as it may be stored. One that cannot be masked is counted and left: it must not stop others."""
        try:
            return await self._arrival(tx, raw)
        except StoreUnavailable:
            raise
        except Exception as error:
            self.malformed += 1
            log.error("an update could not be masked and is left out", exc_info=error)
            return None

    async def _arrival(self, tx: Transaction, raw: Raw) -> inbox.Arrival | None:
        chat = chat_of(raw)
        if chat.get("type") in GROUPS:
            kept = await self._heard(tx, raw, chat)
            if kept is None:
                return None
            raw = kept
        sender = _sender(raw)
        person = await people.find(tx, sender) if sender is not None and abs(sender) < 2**63 else None
        masked, kinds = guard_update(raw, agency=person is not None and not OFFICERS.isdisjoint(person.roles))
        return inbox.Arrival(
            update_id=raw["update_id"],
            chat=_number(chat.get("id")),
            body=json.dumps(masked, ensure_ascii=True, separators=(",", ":")),
            masked=tuple(kinds),
        )

    async def _heard(self, tx: Transaction, raw: Raw, chat: Raw) -> Raw | None:
        """What of a group's update may be stored; nothing where it does not concern the bot."""
        known = await groups.find(tx, _number(chat.get("id")) or 0)
        return heard(raw, bound=known is not None and known.duty is not None)


def is_update(raw: object) -> bool:
    """Whether something can be stored at all: an object with a whole number for `update_id`."""
    return isinstance(raw, Mapping) and _number(raw.get("update_id")) is not None


class Polling:
    """Asks for updates for ever. `trouble` says what is wrong now, in a word for health and doctor."""

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
                updates = await self._ask(offset)
                sound = [raw for raw in updates if is_update(raw)]
                self._inlet.malformed += len(updates) - len(sound)
                if sound:
                    await self._inlet.take(sound)
                offset = sound[-1]["update_id"] + 1 if sound else None
                self.trouble, failures = None, 0
                if updates and not sound:
                    await asyncio.sleep(REST[0])  # this cannot be confirmed: it may come again at once
            except Exception as error:  # noqa: BLE001  whatever it is, asking for updates goes on
                self.trouble = _trouble(error)
                log.warning("polling rests: %s", self.trouble)
                await asyncio.sleep(_rest(error, failures))
                failures += 1

    async def _ask(self, offset: int | None) -> list[Any]:
        # After a trouble, ask for a quick answer first: health should not wait half a minute to hear that all is well.
        patience = 0 if self.trouble else int(LONG_POLL)
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
