"""From the inbox to its effects: one update, one transaction, in order within a chat, and no update stops another."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import timedelta

from telegram import Bot, Update

from bot.bell import Bell
from bot.clock import Clock
from bot.domain.errors import Refusal
from bot.domain.people import Permission, Person, Role
from bot.services.desk import Desk, House
from bot.services.register import reach
from bot.services.reporting import quotas
from bot.services.staffing import roles as desk_roles
from bot.services.staffing import seats
from handlers import Handler
from handlers.channel import TelegramChannel
from handlers.context import After, App, Context
from handlers.incoming import GROUPS, Incoming, narrow
from locales import DEFAULT, Listed, Word
from storage import codec, groups, inbox, people, roles
from storage.store import Store, StoreUnavailable, Transaction

log = logging.getLogger(__name__)

TOGETHER = 20  # updates that share one commit
RETRIES = (timedelta(seconds=1), timedelta(seconds=5))  # after the first and second failure; the third buries
UNBOUND_EVERY = timedelta(minutes=1)
IDLE = 30.0  # seconds: the longest sleep, should a bell be lost
REST = 2.0  # seconds while the database cannot be written
SENTENCE = ".text"  # ends the name of a refusal that is written for a message


class Worker:
    """Works the inbox until it is cancelled. `stalled` is true while the database cannot be written."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        house: House,
        app: App,
        channel: TelegramChannel,
        handlers: Sequence[Handler],
        ring_dispatcher: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._house = house
        self._app = app
        self._channel = channel
        self._handlers = handlers
        self._ring_dispatcher = ring_dispatcher
        self._little: set[asyncio.Task[object]] = set()
        self.bell = Bell()
        self.stalled = False

    @property
    def _bot(self) -> Bot:
        return self._app.bot  # type: ignore[no-any-return]

    async def run(self) -> None:
        while True:
            try:
                worked = await self.work()
                wait = None if worked else await self._until_next()
                self.stalled = False
            except Exception as error:
                self.stalled = True
                log.error("the inbox cannot be worked", exc_info=error)
                await asyncio.sleep(REST)
                continue
            if wait is not None:
                await self.bell.wait(wait)

    async def _until_next(self) -> float:
        async with self._store.reading() as tx:
            earliest = await inbox.next_moment(tx)
        if earliest is None:
            return IDLE
        return min(IDLE, (codec.moment(earliest) - self._clock.now()).total_seconds())

    async def work(self) -> int:
        """One round, one commit: an update of each chat that is ready, and the next ones while there is room, so that
        a group in which everybody talks at once is not worked one commit at a time. How many were worked."""
        after: list[After] = []
        worked = 0
        async with self._store.transaction() as tx:
            now = self._clock.now()
            while batch := await inbox.ready(tx, now, TOGETHER - worked):
                await inbox.done(tx, [waiting.id for waiting in batch if await self._serve(tx, waiting, after)])
                worked += len(batch)
        if worked:
            self._ring_dispatcher()
        for little in after:
            self._start(little)
        return worked

    def _start(self, little: After) -> None:
        """The little direct calls leave no message and are lost with a crash; nobody waits for them."""

        async def call() -> object:
            return await little()

        task = asyncio.create_task(call())
        self._little.add(task)
        task.add_done_callback(self._little.discard)

    async def settle(self) -> None:
        """Wait for the little calls that are under way; used by a graceful stop."""
        if self._little:
            await asyncio.wait(self._little, timeout=5)

    async def _serve(self, tx: Transaction, waiting: inbox.Waiting, after: list[After]) -> bool:
        """One update in a savepoint of its own; true where it has had its effect."""
        try:
            update = Update.de_json(json.loads(waiting.body), self._bot)
            incoming = narrow(update)
        except Exception as error:  # noqa: BLE001  what cannot be read now can be read never: no second try
            await self._bury(tx, waiting, error)
            return False
        try:
            async with tx.savepoint():
                after += await self._route(tx, waiting, update, incoming)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  a bug in one update must not stop the others
            await self._failed(tx, waiting, error)
            return False
        return True

    async def _route(self, tx: Transaction, waiting: inbox.Waiting, update: Update, incoming: Incoming) -> list[After]:
        context = Context(self._app)
        context.incoming = incoming
        context.desk = Desk(tx, self._clock.now(), self._house)
        context.channel = self._channel
        context.store, context.ring = self._store, self._ring_dispatcher
        context.masked = waiting.masked
        context.link = self._bot.link or None
        if not await self._introduce(tx, context):
            return []
        try:
            async with tx.savepoint():
                await self._tell_what_was_masked(context)
                await self._dispatch(update, context)
        except Refusal as no:
            await self._refuse(context, no)
        context.answer_press()
        return context.after

    async def _dispatch(self, update: Update, context: Context) -> None:
        for handler in self._handlers:
            check = handler.check_update(update)
            if check is not None and check is not False:
                await handler.handle_update(update, self._app, check, context)
                return

    async def _introduce(self, tx: Transaction, context: Context) -> bool:
        """Who acts, and in which group; false where an unbound group has had its answer a moment ago."""
        incoming = context.incoming
        context.person = await self._person(tx, incoming)
        context.group = None
        if incoming.chat is None or incoming.chat_type not in GROUPS:
            return True
        if self._is_for_another(incoming.text):
            return False
        context.group = await groups.meet(tx, incoming.chat)
        if incoming.message is not None and not incoming.anonymous:
            context.person = await seats.prove(
                context.desk, context.group, context.person, by_message=incoming.query is None
            )
        binds = incoming.text.startswith("/gannhom") and context.person.may(Permission.BIND_GROUP)
        if context.group.duty is not None or not incoming.text or binds:
            return True
        return await groups.may_answer(tx, context.group.id, self._clock.now(), UNBOUND_EVERY)

    def _is_for_another(self, text: str) -> bool:
        """A command that names another bot of the group."""
        called = text.split(maxsplit=1)[0] if text.startswith("/") else ""
        return "@" in called and not called.lower().endswith(f"@{self._bot.username.lower()}")

    async def _person(self, tx: Transaction, incoming: Incoming) -> Person:
        """The row of whoever writes in private; in a group a stranger stays one, without a row."""
        if incoming.user is None:
            return Person(id="", telegram_id=0, language="vi")
        found = await people.find(tx, incoming.user)
        if found is None and not incoming.in_private:
            return Person(id="", telegram_id=incoming.user, language="vi")
        if found is None:
            found = await people.add(tx, incoming.user, "vi", self._clock.now())
        if Role.EXPERT in found.roles and await desk_roles.expire(Desk(tx, self._clock.now(), self._house)):
            # The only role with a last moment ends with it, and not with the next tick.
            found = await people.get(tx, found.id)
        if incoming.in_private and found.unreachable:
            await people.reach(tx, found.id, None)
        if incoming.message is not None or incoming.query is not None:
            await reach.pressed(Desk(tx, self._clock.now(), self._house), found)
        return found

    async def _tell_what_was_masked(self, context: Context) -> None:
        """Say which kinds of secrets were left out, and take the message away where Telegram allows."""
        incoming = context.incoming
        if not context.masked or not incoming.in_private or incoming.query is not None or not context.person.id:
            return
        kinds = Listed([Word(f"secret.{kind}") for kind in context.masked])
        await context.desk.say(context.person, "guard.left_out", kinds=kinds)
        chat, message = incoming.chat, incoming.message
        # An update of a shape that Telegram never sends may hold anything as its number: PTB does not look.
        if chat is not None and isinstance(message, int):
            context.after.append(lambda: self._channel.delete(chat, message))

    async def _refuse(self, context: Context, no: Refusal) -> None:
        """An expected no: a popup for a button, a sentence for a message. What is beyond a measure is said seldom."""
        if not await quotas.is_said(context.desk, context.person, no):
            return
        if no.key.startswith("permission.no_seat."):
            await seats.tell(context.desk, context.person)
        if context.incoming.query is not None:
            await self._refuse_press(context, no)
        elif context.group is not None:
            await context.desk.tell_group(context.group, no.key, **no.values)
        elif context.person.id:
            await context.desk.say(context.person, no.key, **no.values)

    async def _refuse_press(self, context: Context, no: Refusal) -> None:
        """A form ends by a key, yet what it does may be refused in a sentence: as a popup where there is a short one
        of the same name, else as a message, for a popup holds no {hotline} and few letters.
        """
        short = no.key.removesuffix(SENTENCE) + ".toast"
        if not no.key.endswith(SENTENCE):
            context.toast(no.key, **no.values)
        elif short in self._house.texts.keys(DEFAULT):
            context.toast(short, **no.values)
        elif context.person.id:
            await context.desk.say(context.person, no.key, **no.values)

    async def _failed(self, tx: Transaction, waiting: inbox.Waiting, error: Exception) -> None:
        """A bug: again after a rest; after the third failure the update is buried."""
        if waiting.tries >= len(RETRIES):
            await self._bury(tx, waiting, error)
            return
        log.error("update failed, try %d", waiting.tries + 1, exc_info=error)
        await inbox.again(tx, waiting.id, self._clock.now() + RETRIES[waiting.tries])

    async def _bury(self, tx: Transaction, waiting: inbox.Waiting, error: Exception) -> None:
        """A dead letter: its chat goes on, its person and the administrators are told the same number."""
        reference = secrets.token_hex(3)
        log.error("update buried, reference %s", reference, exc_info=error)
        now = self._clock.now()
        await inbox.bury(tx, waiting.id, reference)
        desk = Desk(tx, now, self._house)
        await desk.tell_those_who_may(Permission.INVITE, "bug.admin", reference=reference)
        if waiting.chat is not None and waiting.chat > 0:
            person = await people.find(tx, waiting.chat) or await people.add(tx, waiting.chat, "vi", now)
            await desk.say(person, "bug.told", reference=reference)


async def appoint(tx: Transaction, telegram_ids: Sequence[int], clock: Clock) -> None:
    """Administrators from the start: those whom the settings name."""
    for telegram_id in telegram_ids:
        now = clock.now()
        person = await people.find(tx, telegram_id) or await people.add(tx, telegram_id, "vi", now)
        await roles.grant(tx, person.id, Role.ADMIN, None, now)
