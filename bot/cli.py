"""The command line: `ungcuu run`, `playground`, `migrate` and `doctor`; it wires, and puts faults into words."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import io
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

from bot import demo, doctor, logs
from bot.app import ClockWentBack, Parts, running
from bot.clock import SystemClock
from bot.config import Settings, SettingsError, check_for_run, load
from bot.doctor import machine
from bot.doctor.findings import Finding, Mark
from bot.domain.ids import Ids
from bot.domain.policy_faults import PolicyError
from bot.lock import AlreadyRunning, only_one
from locales import Texts, Value
from storage.doctor import Damaged, Unreadable, driver_fault
from storage.migrate import NewerDatabase, migrate
from storage.sqlite import open_store
from storage.store import StoreUnavailable

log = logging.getLogger(__name__)

GOOD, REFUSED, FAILED, INTERRUPTED = 0, 1, 2, 130
ENV_FILE: Final = Path(".env")
HIGHEST_PORT: Final = 65535
LAST_WORDS: Final = 1.0  # seconds

T = TypeVar("T")


def say(key: str, **values: Value) -> None:
    print(Texts.load().plain("vi", key, values), flush=True)


def complain(key: str, **values: Value) -> None:
    print(Texts.load().plain("vi", key, values), file=sys.stderr, flush=True)


# Commands ------------------------------------------------------------------------------------------------------------


def run(_told: argparse.Namespace) -> int:
    """The bot, until it is told to stop."""
    settings = _settings()
    logs.set_up()
    say("cli.run.starting")

    def up(parts: Parts) -> None:
        say("cli.run.up", address=f"http://{parts.settings.listen_host}:{parts.port}/healthz")

    _serve(_until_told(running(settings, SystemClock()), up, lambda parts: parts.line))
    say("cli.stopped")
    return GOOD


def playground(told: argparse.Namespace) -> int:
    """The playground with the real bot behind it, until it is told to stop."""
    if not (told.port.isdecimal() and int(told.port) <= HIGHEST_PORT):
        complain("cli.playground.port_malformed")
        return FAILED
    logs.set_up(level=logging.WARNING)
    say("cli.playground.starting")
    place = demo.playing(int(told.port), on_ready=lambda address: say("cli.playground.up", address=address))
    try:
        _serve(_until_told(place, lambda _: None, lambda stage: stage[2].line))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        complain("cli.playground.port_in_use", port=told.port)
        return FAILED
    say("cli.stopped")
    return GOOD


def bring_up_to_date(_told: argparse.Namespace) -> int:
    """`migrate`: the database to the newest schema, with the bot stopped."""
    settings = _settings()
    logs.set_up(level=logging.WARNING)
    say("cli.migrate.starting", path=str(settings.database_path))
    say("cli.migrate.done", n=_serve(_migrate(settings)))
    return GOOD


async def _migrate(settings: Settings) -> int:
    with only_one(settings.database_path):
        async with open_store(settings.database_path, Ids(SystemClock().now)) as store:
            return await migrate(store)


def look(_told: argparse.Namespace) -> int:
    """`doctor`: a line for everything that was looked at; 1 where something must be mended."""
    texts = Texts.load()
    logs.set_up(level=logging.CRITICAL)
    say("doctor.title")
    return _serve(_look(texts))


async def _look(texts: Texts) -> int:
    marks: list[Mark] = []

    def show(finding: Finding) -> None:
        marks.append(finding.mark)
        print(finding.told(texts), flush=True)

    try:
        settings = _settings()
    except SettingsError as error:
        for finding in machine.refused_settings(error):
            show(finding)
    else:
        for finding in machine.open_env_file(ENV_FILE):
            show(finding)
        async with contextlib.aclosing(doctor.examination(settings, SystemClock())) as findings:
            async for finding in findings:
                show(finding)
    faults, minds = marks.count(Mark.FAULT), marks.count(Mark.MIND)
    say("doctor.faults" if faults else "doctor.sound", faults=faults, minds=minds)
    return REFUSED if faults else GOOD


COMMANDS: Final[dict[str, Callable[[argparse.Namespace], int]]] = {
    "run": run,
    "playground": playground,
    "migrate": bring_up_to_date,
    "doctor": look,
}


# Wiring --------------------------------------------------------------------------------------------------------------


def _settings() -> Settings:
    settings = load(os.environ, ENV_FILE)
    check_for_run(settings)
    return settings


def _serve(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` in a loop whose complaints go to our log."""
    with asyncio.Runner() as runner:
        logs.watch_loop(runner.get_loop())
        try:
            return runner.run(work)
        except Exception:
            _let_threads_end()
            raise


def _let_threads_end() -> None:
    """A database that could not be opened leaves a thread with last words for the loop, which must still be there."""
    until = time.monotonic() + LAST_WORDS
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(max(0.0, until - time.monotonic()))


async def _until_told(
    place: AbstractAsyncContextManager[T], up: Callable[[T], None], heart: Callable[[T], asyncio.Task[None]]
) -> None:
    """Stay in `place` until SIGTERM or Ctrl+C, then leave in good order; a second Ctrl+C does not wait for that.

    Should its heart stop by itself, which is a bug, the fault is raised here: who restarts us must hear of it.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def told() -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
        say("cli.stopping")
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told)
    async with place as started:
        up(started)
        told_to_stop = asyncio.create_task(stop.wait())
        ended, _ = await asyncio.wait({told_to_stop, heart(started)}, return_when=asyncio.FIRST_COMPLETED)
        told_to_stop.cancel()
        if told_to_stop not in ended:
            heart(started).result()


# Faults --------------------------------------------------------------------------------------------------------------

# What keeps us from starting, and the sentence for it.
_SENTENCES: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (AlreadyRunning, "cli.already_running"),
    (ClockWentBack, "cli.clock_went_back"),
    (NewerDatabase, "cli.newer_database"),
    (Damaged, "cli.database_damaged"),
    (StoreUnavailable, "cli.database_unavailable"),
    (Unreadable, "cli.database_unavailable"),
)
# The system's word about the address of UNGCUU_LISTEN.
_ADDRESS: Final = {
    errno.EADDRINUSE: "cli.listen.in_use",
    errno.EADDRNOTAVAIL: "cli.listen.not_here",
    errno.EACCES: "cli.listen.not_allowed",
}


def _sentence(error: Exception) -> tuple[str, str] | None:
    """The key of the sentence for a fault at the start, and the path that it concerns; None for a bug."""
    kind = driver_fault(error) or type(error)
    for known, key in _SENTENCES:
        if issubclass(kind, known):
            return key, ""
    if not isinstance(error, OSError):
        return None
    if error.filename is not None:
        return "cli.file_closed", str(error.filename)
    return _ADDRESS.get(error.errno or 0, "cli.listen.unusable"), ""


def _explain(error: Exception) -> int:
    """Put what stopped us into words; the exit status."""
    if isinstance(error, SettingsError | PolicyError):
        refused = isinstance(error, SettingsError)
        complain("cli.settings_refused" if refused else "cli.policy_refused")
        findings = machine.refused_settings(error) if isinstance(error, SettingsError) else machine.policy_faults(error)
        for finding in findings:
            print(finding.told(Texts.load()), file=sys.stderr, flush=True)
        return REFUSED if refused else FAILED
    found = _sentence(error)
    if found is None:
        logs.set_up()
        log.critical("stopped by a bug", exc_info=error)
    key, path = found or ("cli.bug", "")
    complain(key, path=path)
    return FAILED


# Entry ---------------------------------------------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    """argparse speaks English; the words are the catalogue's."""

    def format_help(self) -> str:
        return Texts.load().plain("vi", "cli.help") + "\n"

    def error(self, message: str) -> NoReturn:
        complain("cli.misused")
        self.exit(FAILED, self.format_help())


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="ungcuu", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in COMMANDS:
        command = commands.add_parser(name, allow_abbrev=False)
        if name == "playground":
            command.add_argument("--port", default="8080")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status: 0 done, 1 settings refused or faults found, 2 something else in the way."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that has no such letters still shows the rest
    told = _parser().parse_args(arguments)
    try:
        return COMMANDS[told.command](told)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  the outermost edge: a sentence, no traceback
        return _explain(error)
