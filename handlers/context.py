"""What a handler is given: the update's transaction, who acts where, and what to do after the commit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from telegram.ext import Application, CallbackContext, ExtBot

from bot.domain.people import Person
from bot.services.desk import Desk
from handlers.channel import TelegramChannel
from handlers.incoming import Incoming
from storage.groups import Group
from storage.store import Store

Bag = dict[Any, Any]
App = Application[Any, Any, Any, Any, Any, Any]
After = Callable[[], Awaitable[object]]


class Context(CallbackContext[ExtBot[None], Bag, Bag, Bag]):
    """PTB's context, which routes, with what our handlers need. Nothing of PTB's own memory is used."""

    desk: Desk
    person: Person
    group: Group | None  # the group that the update came from; None in private
    incoming: Incoming
    masked: tuple[str, ...]  # kinds of secrets that were left out of the update
    link: str | None  # https address of this bot
    channel: TelegramChannel
    store: Store
    ring: Callable[[], None]  # wakes the dispatcher

    def __init__(self, application: App) -> None:
        super().__init__(application)
        self.after: list[After] = []
        self._toast: str | None = None

    def toast(self, key: str | None, **values: Any) -> None:
        """What the popup of the pressed button says; without a key the button only stops spinning."""
        if key is not None:
            self._toast = self.desk.house.texts.plain(self.person.language, key, values)[:200]

    def answer_press(self) -> None:
        """Every press is answered exactly once, after the commit."""
        query = self.incoming.query
        if query is not None:
            text = self._toast
            self.after.append(lambda: self.channel.answer_press(query, text))
