"""A small Telegram in one process: its people, its bot's view of them, its call log and its faults."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.playground.chats import Message, Press
from bot.playground.clock import Clock
from bot.playground.faults import Fault, Faults
from bot.playground.forwards import ForwardActs
from bot.playground.groups import GroupActs
from bot.playground.limits import Limiter, Limits
from bot.playground.media import MediaActs
from bot.playground.world import EVERYWHERE, Json, Where

T = TypeVar("T")


@dataclass(frozen=True)
class Call:
    """One call of the bot. `status` is 0 where the connection broke before an answer."""

    method: str
    params: Json
    files: dict[str, tuple[str, int]] = field(default_factory=dict)  # field: (file name, bytes)
    at_ticks: float = 0.0
    status: int = 200
    chat: int | None = None


@dataclass(frozen=True)
class Download:
    """One file asked for by its path, and how many bytes of it went out."""

    path: str
    sent: int
    status: int


class Telegram(MediaActs, ForwardActs, GroupActs):
    """`calls` and `keep` bound what is remembered: calls in all, messages a chat (None: everything)."""

    def __init__(
        self,
        clock: Clock | None = None,
        limits: Limits | None = None,
        *,
        calls: int | None = 10_000,
        keep: int | None = None,
    ) -> None:
        super().__init__(clock or Clock(), keep=keep)
        self.limiter = Limiter(self.clock, limits)
        self.faults = Faults()
        self.calls: deque[Call] = deque(maxlen=calls)
        self.downloads: deque[Download] = deque(maxlen=calls)
        self.on_call: list[Callable[[Call], None]] = []

    # -- what goes wrong ----------------------------------------------------------------------------------------------

    def fails(
        self,
        kind: str,
        method: str | None = None,
        chat: Where | None = None,
        times: int | None = 1,
        **options: Any,
    ) -> Fault:
        """Let the next `times` matching calls go wrong (see `faults.KINDS`); None: until `heals()`."""
        where = None if chat is None else self.chat(chat).id
        fault = Fault(kind, method, where, times, options)
        self.faults.add(fault)
        self._show_faults()
        return fault

    def heals(self) -> None:
        self.faults.waiting.clear()
        self._show_faults()

    def strike(self, method: str, chat: int | None) -> Fault | None:
        """The fault that this call runs into."""
        if not self.faults.waiting:
            return None
        fault = self.faults.take(method, chat)
        if fault is not None:
            self._show_faults()
        return fault

    def injects(self, update: Json | str) -> None:
        """Put any update, or text that is no JSON, before the bot. What cannot be confirmed comes only once."""
        self.updates.inject(update)

    def _show_faults(self) -> None:
        self.emit("faults", faults=[fault.wire() for fault in self.faults.waiting])
        self.changed()

    # -- what the bot did ---------------------------------------------------------------------------------------------

    def log(self, call: Call) -> None:
        self.calls.append(call)
        for listener in tuple(self.on_call):
            listener(call)
        self.changed(call.chat)

    def reaction(self, message: Message) -> str | None:
        """The emoji that the bot shows under a message."""
        mine = (one["type"]["emoji"] for one in message.reactions if one["user"] == self.me.id)
        return next(mine, None)

    def fetched(self, download: Download) -> None:
        self.downloads.append(download)
        self.changed()

    @property
    def floods(self) -> int:
        """How often the rate limits (not the fault panel) answered 429."""
        return self.limiter.floods

    @property
    def alive(self) -> bool:
        """Whether the bot polled, or took a delivery, within the last 15 s."""
        return self.updates.polling or self.clock.ticks() - self.updates.asked_at < 15 * self.clock.speed

    @property
    def next_update_id(self) -> int:
        return self.updates.next_id

    @next_update_id.setter
    def next_update_id(self, number: int) -> None:
        self.updates.next_id = number

    def press(self, number: str) -> Press | None:
        return self.presses_made.get(number)

    # -- waiting ------------------------------------------------------------------------------------------------------

    async def until(self, condition: Callable[[], T], within: float = 60.0, *, about: Where | None = None) -> T:
        """Wait until `condition` is true and hand back what it said; TimeoutError after `within` real seconds.

        It is asked again after each change; with `about` only after changes of that chat, which costs many
        waiters less.
        """
        chat = EVERYWHERE if about is None else self.chat(about).id
        try:
            async with asyncio.timeout(within):
                while not (said := condition()):
                    await self.change(chat)
        except TimeoutError:
            raise TimeoutError(f"not within {within} s; last messages:\n{self.picture()}") from None
        return said

    def picture(self, last: int = 12) -> str:
        """The newest messages of all chats, for a person to read."""
        messages = [message for chat in self.chats.values() for message in chat.messages.values()]
        messages.sort(key=lambda message: message.at)
        return "\n".join(_line(message) for message in messages[-last:]) or "(none)"


def _line(message: Message) -> str:
    where = "private" if message.chat.private else message.chat.title
    who = message.sender.name if message.sender is not None else "?"
    marks = "".join(f" [{mark}]" for mark in ("edited", "deleted") if getattr(message, mark))
    keys = "".join(f" {row}" for row in message.buttons or message.reply_keyboard or ())
    return f"  {where} #{message.id} {who}: {message.text[:200] or message.kind}{marks}{keys}"
