"""The composition root: everything is built, started and stopped here, and nowhere else."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

os.environ.setdefault("PTB_TIMEDELTA", "1")  # read by telegram at import

from aiohttp import web
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.ext import Application, ExtBot

from bot import office, stationery
from bot.bell import Bell, chime
from bot.clock import Clock
from bot.config import Settings, read_policy
from bot.disk import Room, is_low
from bot.domain.ids import Ids
from bot.domain.policy import Policy
from bot.domain.sending import Limits
from bot.health import Health, counted, reason
from bot.lock import only_one
from bot.services.desk import Desk, House
from bot.services.makers import MAKERS
from bot.services.paper.formbook import drop_orphans
from bot.services.staffing import roles
from bot.services.workshop import Maker
from bot.web import Port, webhook_secret
from handlers import handlers
from handlers.channel import UNREADABLE, TelegramChannel
from handlers.files import TelegramFiles
from handlers.http import AiohttpRequest, Foreign, NotSent
from handlers.ingest import ALLOWED, Inlet, Polling
from handlers.profile import Profile
from handlers.worker import Worker, appoint
from jobs.dispatcher import HANDS, Dispatcher
from jobs.fetcher import Fetcher
from jobs.imports import Importer
from jobs.pace import Pace
from jobs.schedule import Ticker
from jobs.seats import Seats
from jobs.workshop import Workshop
from locales import Texts
from storage import marks
from storage.migrate import migrate
from storage.sqlite import SqliteStore, open_store
from storage.store import StoreUnavailable

_App = Application[Any, Any, Any, Any, Any, Any]

log = logging.getLogger(__name__)

AHEAD = timedelta(minutes=10)  # rows from the future mean that the clock was set back
RESTS = (1.0, 2.0, 5.0, 10.0, 30.0)  # seconds between tries to reach Telegram
REFUSED_REST = 60.0  # after a refused token
EVIDENCE, TABLES = "evidence", "tables"  # folders below UNGCUU_DATA
WATCH = 2.0  # seconds between looks at the line


class ClockWentBack(Exception):
    """The newest row lies in the future: law and deadlines could not be trusted."""


@dataclass
class Parts:
    """The running bot, for health and for whoever stops it."""

    settings: Settings
    clock: Clock
    store: SqliteStore
    house: House
    bot: ExtBot[None]
    inlet: Inlet
    worker: Worker
    dispatcher: Dispatcher
    fetcher: Fetcher
    workshop: Workshop
    importer: Importer
    ticker: Ticker
    seats: Seats
    health: Health
    line: asyncio.Task[None] = field(init=False)  # never ends while the bot is sound
    polling: Polling | None = None
    port: int = 0
    watch: float = WATCH  # a test, in which time is dear, looks sooner
    patience: Bell = field(default_factory=Bell)  # ends the rest between two tries to reach Telegram


@asynccontextmanager
async def running(
    settings: Settings,
    clock: Clock,
    *,
    policy: Policy | None = None,
    paced: bool = True,
    limits: Limits | None = None,
    room: Callable[[], int] | None = None,
    makers: Mapping[str, Maker[Any]] = MAKERS,
) -> AsyncIterator[Parts]:
    """The whole bot. Up as soon as the database and the web port are; Telegram may come later.

    1. Lock and open the database, migrate it, look at the clock.
    2. Web port and ticks. 3. The line to Telegram, tried for ever. 4. Inbox and outbox.
    At the end: no more updates in, what flies lands, what waits stays stored.
    `room` says how many bytes are free for files; without it the disk under `UNGCUU_DATA` is looked at. `makers` are
    the kinds of file that may be ordered.

    Raises:
        ClockWentBack: rows from the future. PolicyError, NewerDatabase, AlreadyRunning: as they say.
    """
    policy = policy or read_policy(settings.policy)
    room = room or Room(settings.data, clock.ticks)
    sheets, to_pdf = stationery.load(settings.papers), office.converter(office.find())
    house = House(policy, Texts.load(), settings.admins, room, sheets, to_pdf)
    async with AsyncExitStack() as stack:
        stack.enter_context(only_one(settings.database_path))
        store = await stack.enter_async_context(open_store(settings.database_path, Ids(clock.now)))
        await migrate(store)
        await _check_clock(store, clock)
        async with store.transaction() as tx:
            await appoint(tx, settings.admins, clock)
            await roles.expire(Desk(tx, clock.now(), house))
            await drop_orphans(Desk(tx, clock.now(), house))
        pace = Pace((limits or policy.pace.limits()) if paced else None, clock.ticks)
        parts = await _build(settings, clock, store, house, pace, makers, stack)
        await _listen(parts, stack)
        await _start(parts, house, stack)
        yield parts


async def _check_clock(store: SqliteStore, clock: Clock) -> None:
    async with store.reading() as tx:
        newest = await marks.newest_row_at(tx)
    if newest is not None and newest > clock.now() + AHEAD:
        raise ClockWentBack


async def _build(
    settings: Settings,
    clock: Clock,
    store: SqliteStore,
    house: House,
    pace: Pace,
    makers: Mapping[str, Maker[Any]],
    stack: AsyncExitStack,
) -> Parts:
    request = AiohttpRequest(proxy=settings.proxy_url, connection_pool_size=HANDS * 2)
    polls = AiohttpRequest(proxy=settings.proxy_url, connection_pool_size=2)
    for one in (request, polls):
        await one.initialize()
        stack.push_async_callback(one.shutdown)
    token = settings.token.get_secret_value()
    bot: ExtBot[None] = ExtBot(
        token,
        base_url=settings.base_url,
        base_file_url=settings.base_file_url,
        request=request,
        get_updates_request=polls,
    )
    app: _App = Application.builder().bot(bot).updater(None).job_queue(None).build()
    folder = settings.data / EVIDENCE
    channel = TelegramChannel(bot, folder)
    dispatcher = Dispatcher(store, clock, house, channel, pace)
    files = TelegramFiles(request, bot.base_url, bot.base_file_url)
    fetcher = Fetcher(store, clock, house, files, folder, dispatcher.bell.ring)
    workshop = Workshop(store, clock, house, makers, channel.typing, dispatcher.bell.ring)
    importer = Importer(store, clock, house, files, settings.data / TABLES, dispatcher.bell.ring)
    ring = chime(dispatcher.bell, fetcher.bell, workshop.bell, importer.bell)
    worker = Worker(store, clock, house, app, channel, handlers(), ring)
    inlet = Inlet(store, clock, house, settings.bot_id, worker.bell.ring, dispatcher.bell.ring)
    ticker = Ticker(store, clock, house, ring)
    polling = None if settings.webhook_url else Polling(polls, bot.base_url, inlet)
    seats = Seats(store, clock, house, channel, dispatcher.bell.ring)
    health = Health(clock.now())
    jobs = (dispatcher, fetcher, workshop, importer, ticker, seats)
    return Parts(settings, clock, store, house, bot, inlet, worker, *jobs, health, polling)


async def _listen(parts: Parts, stack: AsyncExitStack) -> None:
    port = Port(parts.settings, parts.inlet, lambda: report(parts))
    runner = web.AppRunner(port.application(), access_log=None, shutdown_timeout=5)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, parts.settings.listen_host, parts.settings.listen_port).start()
    parts.port = runner.addresses[0][1]


async def _start(parts: Parts, house: House, stack: AsyncExitStack) -> None:
    """Start the loops; leaving the stack stops them in the reverse order, so that intake ends first."""
    parts.ticker.start()
    stack.push_async_callback(parts.ticker.stop)
    _follow_moves(parts, stack)
    stack.push_async_callback(_wind_down, parts)
    parts.line = asyncio.create_task(_keep_line(parts, house), name="line")
    stack.push_async_callback(_cancel, parts.line)


async def _wind_down(parts: Parts) -> None:
    """After intake has ended: let what flies land, and write down how it ended."""
    await parts.worker.settle()
    with contextlib.suppress(StoreUnavailable):
        await parts.dispatcher.land()


def _follow_moves(parts: Parts, stack: AsyncExitStack) -> None:
    """A movable clock (demo and tests alone) says when it was moved: everything looks at the time again."""
    moves: list[Callable[[], None]] | None = getattr(parts.clock, "on_move", None)
    if moves is None:
        return
    tasks: set[asyncio.Task[None]] = set()

    def moved() -> None:
        for one in (parts.worker, parts.dispatcher, parts.fetcher, parts.workshop, parts.importer, parts.seats):
            one.bell.ring()
        parts.patience.ring()
        task = asyncio.create_task(parts.ticker.tick_all())
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    moves.append(moved)
    stack.callback(moves.remove, moved)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    # A line that broke by itself has told its fault to whoever watches it; leaving must go on in good order.
    await asyncio.wait({task})


async def _keep_line(parts: Parts, house: House) -> None:
    """Reach Telegram, however long it takes; then work until cancelled. The first loop that fails ends them all."""
    await _connect(parts)
    profile = Profile(parts.bot, parts.store, house.texts, parts.clock)
    async with asyncio.TaskGroup() as group:
        for one in (parts.worker, parts.dispatcher, parts.fetcher, parts.workshop, parts.importer, parts.seats):
            group.create_task(one.run(), name=type(one).__name__.lower())
        group.create_task(_watch(parts, profile), name="watch")
        if parts.polling is not None:
            group.create_task(parts.polling.run(), name="polling")


async def _connect(parts: Parts) -> None:
    failures = 0
    while True:
        try:
            await parts.bot.get_me()
            await _choose_intake(parts)
        except (TelegramError, *UNREADABLE) as error:
            trouble, rest = _trouble(error, failures)
            if parts.health.line(parts.clock.now(), trouble):
                log.warning("Telegram cannot be reached yet: %s", trouble)
            await parts.patience.wait(rest)
            failures += 1
            continue
        parts.health.line(parts.clock.now(), None)
        parts.dispatcher.link = parts.bot.link
        log.info("connected to Telegram as @%s", parts.bot.username)
        return


async def _choose_intake(parts: Parts) -> None:
    """Webhook or polling; nothing that waits at Telegram is dropped in either."""
    settings = parts.settings
    if settings.webhook_url is None:
        try:
            await parts.bot.delete_webhook(drop_pending_updates=False)
        except InvalidToken:
            # getMe has just proved the token: this server knows no webhooks, and so none stands in the way.
            log.warning("the server knows no deleteWebhook")
        return
    await parts.bot.set_webhook(
        settings.webhook_url,
        secret_token=webhook_secret(settings),
        allowed_updates=list(ALLOWED),
        drop_pending_updates=False,
    )


# The first row that fits: what to call the trouble, and how long to rest (None: longer each time).
_TROUBLES: tuple[tuple[type[Exception], str, float | None], ...] = (
    (InvalidToken, "token", REFUSED_REST),
    (Conflict, "second_bot", None),
    (Foreign, "foreign", None),
    (NotSent, "network", None),
    (TelegramError, "telegram", None),
    (Exception, "foreign", None),  # it says ok in the Bot API's own words, and what follows makes no sense
)


def _trouble(error: Exception, failures: int) -> tuple[str, float]:
    growing = RESTS[min(failures, len(RESTS) - 1)]
    if isinstance(error, RetryAfter):
        pause = error.retry_after
        return "flood", float(pause if isinstance(pause, int) else pause.total_seconds())
    return next((word, rest or growing) for kind, word, rest in _TROUBLES if isinstance(error, kind))


async def _watch(parts: Parts, profile: Profile) -> None:
    """Keep health true while the line comes and goes, and the menus as they should be."""
    publish_at = parts.clock.ticks()
    while True:
        trouble = parts.polling.trouble if parts.polling is not None else None
        trouble = trouble or parts.dispatcher.trouble
        if parts.health.line(parts.clock.now(), trouble):
            log.warning("the line to Telegram: %s", trouble or "restored")
        if parts.clock.ticks() >= publish_at:
            try:
                await profile.publish()
            except (TelegramError, StoreUnavailable) as error:
                # Menus are a comfort: a server that refuses them is asked again later, and nothing waits for it.
                log.warning("the menus could not be set: %s", type(error).__name__)
                publish_at = parts.clock.ticks() + REFUSED_REST
        await asyncio.sleep(parts.watch)


async def report(parts: Parts) -> dict[str, object]:
    """What /healthz shows: numbers and words, no names and no token."""
    health = parts.health
    facts: dict[str, object] = {
        "telegram": "connected" if health.connected else f"away: {health.trouble}",
        "telegram_since": health.telegram_since.isoformat() if health.telegram_since else None,
        "telegram_connected": health.connected,
        "malformed_updates": parts.inlet.malformed,
    }
    try:
        facts |= await counted(parts.store, parts.clock.now())
    except StoreUnavailable:
        return {**facts, "status": "down", "database": "unreadable"}
    stalled = parts.worker.stalled or parts.dispatcher.stalled or parts.inlet.trouble is not None
    late = bool(facts.pop("late"))
    free = parts.house.room()
    facts["database"] = "cannot be written" if stalled else "ok"
    facts["reason"] = reason(parts.inlet.trouble) if parts.inlet.trouble else None
    facts["ticks"] = "late" if late else "ok"
    facts["files"] = "not fetched" if parts.fetcher.stalled else "ok"
    facts["papers"] = "not made" if parts.workshop.stalled else "ok"
    facts |= {"disk": "low" if is_low(free) else "ok", "free_bytes": free}
    idle = parts.fetcher.stalled or parts.workshop.stalled
    sound = health.connected and not stalled and not late and not idle and not is_low(free)
    return {**facts, "status": "down" if stalled or late else "ok" if sound else "degraded"}
