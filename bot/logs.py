"""The log: our own sentences, and of everything else only what kind it was and where; no token, no name, no story."""

from __future__ import annotations

import asyncio
import logging
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TextIO

OURS: Final = frozenset({"bot", "handlers", "jobs", "storage", "locales"})
# Libraries that tell of every request; from WARNING on they matter.
TALKATIVE: Final = ("aiohttp", "aiosqlite", "apscheduler", "asyncio", "httpcore", "httpx", "telegram", "tzlocal")
MASK: Final = "•••"
DEEPEST = 8  # causes of causes that are shown
MOST_FRAMES = 30  # of one exception, the innermost
SHOWN_PARTS = 3  # of a file's path

# Wherever they stand: a token (its colon perhaps escaped for a URL), the playground's, an address of the Bot API,
# name and password in an address.
_SECRETS: Final = (
    re.compile(r"\d{5,}(?::|%3[Aa])[A-Za-z0-9_-]{20,}"),
    re.compile(r"\d{5,}(?::|%3[Aa])playground"),
    re.compile(r"(?<=/bot)[^/\s]+(?=/)"),
    re.compile(r"(?<=://)[^/\s@]+(?=@)"),
)
# Line ends and other signs that would let one record look like two.
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def masked(text: str) -> str:
    """`text` without anything that looks like a token, or like the password of a proxy."""
    for secret in _SECRETS:
        text = secret.sub(MASK, text)
    return text


class Formatter(logging.Formatter):
    """One line a record, then the frames of its exception, each indented."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z")

    def format(self, record: logging.LogRecord) -> str:
        """Nothing of a foreign record but its name, level and place: its words may carry an address or an update."""
        told = _CONTROL.sub(" ", _told(record))
        when = self.formatTime(record, self.datefmt)
        lines = [f"{when} {record.levelname} {record.name}: {told}"]
        if record.exc_info and record.exc_info[1] is not None:
            lines += [f"    {line}" for line in described(record.exc_info[1])]
        return masked("\n".join(lines))


def _told(record: logging.LogRecord) -> str:
    place = f"{record.filename}:{record.lineno} {record.funcName}"
    if record.name.partition(".")[0] not in OURS:
        return f"({place})"
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # arguments that do not fit: a bug, but no reason to show them
        return f"(unreadable, {place})"


def described(error: BaseException, depth: int = 0) -> Iterator[str]:
    """Types and frames of an exception, of those in its group and of its causes; never their words."""
    yield _CONTROL.sub(" ", type(error).__qualname__)
    yield from (f"  {frame}" for frame in _frames(error.__traceback__))
    if depth >= DEEPEST:
        return
    if isinstance(error, BaseExceptionGroup):
        for number, member in enumerate(error.exceptions, start=1):
            yield f"  {number} of {len(error.exceptions)} in the group:"
            yield from (f"    {line}" for line in described(member, depth + 1))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield "because of" if error.__cause__ else "while handling"
        yield from described(before, depth + 1)


def _frames(traceback: TracebackType | None) -> list[str]:
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        file = "/".join(Path(code.co_filename).parts[-SHOWN_PARTS:])
        frames.append(f"{file}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return frames[-MOST_FRAMES:]


class Handler(logging.StreamHandler[TextIO]):
    """Writes to a stream; where that fails, no record is quoted in complaint."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  logging's own name
        """Python would print the arguments of the record that could not be written."""


def set_up(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send every record through our formatter, and whatever nobody caught as well.

    Stands in for all handlers that were there. `stream` is standard error unless told otherwise.
    """
    handler = Handler(stream or sys.stderr)
    handler.setFormatter(Formatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    sys.excepthook = _nobody_caught
    sys.unraisablehook = _nobody_could_catch
    threading.excepthook = _thread_died


def watch_loop(loop: asyncio.AbstractEventLoop) -> None:
    """What a loop cannot hand to anybody is logged like the rest; asyncio's own words quote tasks and arguments."""
    loop.set_exception_handler(_loop_complained)


_log = logging.getLogger(__name__)


def _nobody_caught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    _log.critical("stopped by a fault that nobody caught", exc_info=(kind, error, traceback))


def _nobody_could_catch(told: sys.UnraisableHookArgs) -> None:
    if told.exc_value is not None:
        _log.error("a fault while something was put away", exc_info=told.exc_value)


def _thread_died(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None:
        _log.error("a thread died", exc_info=told.exc_value)


def _loop_complained(_loop: asyncio.AbstractEventLoop, told: dict[str, Any]) -> None:
    _log.error("a fault in a task that nobody awaits", exc_info=told.get("exception"))
