"""An open door to knock at, and a stack that closes what a test opened."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from handlers.channel import TelegramChannel
from tests.wire.door import (
    Door,
    channel_to,
    open_door,
)


@pytest.fixture(autouse=True)
def _seconds_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with open_door(Door()) as opened:
        yield opened


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


@pytest.fixture
async def channel(door: Door, stack: AsyncExitStack) -> TelegramChannel:
    return await channel_to(stack, door.url)
