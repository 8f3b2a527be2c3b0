"""`ungcuu doctor`: looks at all that a running bot needs, changes nothing, and says what to do about each fault."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Final

from bot.clock import Clock
from bot.config import Settings
from bot.doctor import machine, papers, telegram
from bot.doctor.findings import Finding, Mark, Patient
from handlers.http import AiohttpRequest
from locales import Word

NOTICE: Final = 1.0  # seconds after which somebody who waits is told what for
AGAIN: Final = 5.0  # seconds until he is told again

CHECKS: Final[tuple[tuple[str, Callable[[Patient], Awaitable[list[Finding]]]], ...]] = (
    ("doctor.what.settings", machine.settings),
    ("doctor.what.policy", machine.policy),
    ("doctor.what.database", machine.database),
    ("doctor.what.way", telegram.way),
    ("doctor.what.token", telegram.token),
    ("doctor.what.webhook", telegram.webhook),
    ("doctor.what.clock", machine.clock),
    ("doctor.what.group", telegram.group),
    ("doctor.what.administrators", telegram.administrators),
    ("doctor.what.roles", telegram.roles),
    ("doctor.what.contact_point", telegram.contact_point),
    ("doctor.what.papers", papers.papers),
    ("doctor.what.port", machine.port),
)


async def examination(settings: Settings, clock: Clock) -> AsyncGenerator[Finding, None]:
    """Every check in order; while one takes longer than a second, lines that say which."""
    async with AiohttpRequest(proxy=settings.proxy_url) as request:
        patient = Patient(settings, clock, request)
        for what, check in CHECKS:
            task = asyncio.ensure_future(check(patient))
            try:
                async for finding in _watched(task, what):
                    yield finding
            finally:
                task.cancel()


async def _watched(task: asyncio.Future[list[Finding]], what: str) -> AsyncIterator[Finding]:
    waited = 0
    while not (await asyncio.wait({task}, timeout=AGAIN if waited else NOTICE))[0]:
        waited += int(AGAIN if waited else NOTICE)
        yield Finding(Mark.BUSY, "doctor.busy", {"what": Word(what), "seconds": waited})
    for finding in task.result():
        yield finding
