"""Deliveries to the bot's webhook: one at a time, in order, again and again until it takes them."""

from __future__ import annotations

import aiohttp

from bot.playground.clock import Clock
from bot.playground.updates import Entry, Updates, Webhook

LOOPBACK = ("127.0.0.1", "localhost", "::1")  # the only hosts that are ever called, or served
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  a header's name
FIRST_PAUSE = 1.0  # ticks; doubled after each failure
LONGEST_PAUSE = 60.0
PATIENCE = 60.0  # real seconds for one answer


class Deliveries:
    def __init__(self, updates: Updates, clock: Clock) -> None:
        self._updates = updates
        self._clock = clock

    async def run(self) -> None:
        """1. Wait for a webhook and an update. 2. Post it. 3. Forget it, or note the error and pause ever longer."""
        pause = FIRST_PAUSE
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session:
            while True:
                hook, entry = await self._updates.next_delivery()
                error = await _post(session, hook, entry)
                if error is None:
                    self._updates.delivered(entry)
                    pause = FIRST_PAUSE
                    continue
                self._updates.failed(hook, entry, error)
                if entry.once:
                    pause = FIRST_PAUSE
                else:
                    await self._rest(hook, pause)
                    pause = min(pause * 2, LONGEST_PAUSE)

    async def _rest(self, hook: Webhook, ticks: float) -> None:
        """Pause, unless the bot sets its webhook anew meanwhile: then it is asked at once."""
        end = self._clock.ticks() + ticks
        while self._updates.webhook is hook and (left := end - self._clock.ticks()) > 0:
            await self._updates.stirred(left / self._clock.speed)


async def _post(session: aiohttp.ClientSession, hook: Webhook, entry: Entry) -> str | None:
    """None when it was taken, else what went wrong, in the API's words."""
    headers = {"Content-Type": "application/json"}
    if hook.secret is not None:
        headers[SECRET_HEADER] = hook.secret
    try:
        async with session.post(hook.url, data=entry.body.encode(), headers=headers, allow_redirects=False) as answer:
            await answer.read()
            if 200 <= answer.status < 300:
                return None
            return f"Wrong response from the webhook: {answer.status} {answer.reason}"
    except aiohttp.ClientConnectorError:
        return "Connection refused"
    except TimeoutError:
        return "Read timeout expired"
    except aiohttp.ClientError:
        return "Connection reset by peer"
