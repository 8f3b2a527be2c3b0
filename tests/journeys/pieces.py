"""What a test asks about evidence: the rows, the files on the disk, and when nothing is being fetched any more."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Any

from bot.app import report
from bot.playground.files import Synthetic
from tests.conftest import Stage
from tests.journeys.walks import quiet, rows

NOTICE = "dữ liệu cá nhân nhạy cảm"
YES, NO = "Tôi đã che, đồng ý gửi", "Bỏ qua, không gửi ảnh"
PDF = b"%PDF-1.7\n"


def paper(size: int, seed: int = 0) -> Synthetic:
    """A document of that many bytes."""
    return Synthetic(size, seed, PDF)


async def pieces(stage: Stage) -> list[dict[str, Any]]:
    return await rows(stage, "SELECT * FROM evidence ORDER BY id")


async def states(stage: Stage) -> list[str]:
    return [one["state"] for one in await pieces(stage)]


async def taken_in(stage: Stage, within: float = 60.0) -> None:
    """Wait until every update has had its effect; what gathers for two seconds is told at once."""
    async with asyncio.timeout(within):
        while await _unread(stage):
            pass
    stage.clock.move(seconds=3)
    await quiet(stage, within)


async def _unread(stage: Stage) -> bool:
    pending = stage.telegram.updates.pending  # asked first: what is read by then is already written down
    return bool((await report(stage.bot))["inbox_waiting"] or pending)


async def fetched(stage: Stage, within: float = 60.0) -> list[dict[str, Any]]:
    """Wait until every update has had its effect and nothing waits to be fetched; the rows."""
    await taken_in(stage, within)
    async with asyncio.timeout(within):
        while "waiting" in await states(stage):
            pass
    await quiet(stage, within)
    return await pieces(stage)


async def told(stage: Stage, reason: str, within: float = 60.0) -> None:
    """Wait until the newest piece has been put off for this reason."""
    async with asyncio.timeout(within):
        while [one["failure"] for one in await pieces(stage)][-1:] != [reason]:
            pass


async def tried(stage: Stage, times: int, within: float = 60.0) -> None:
    """Wait until the newest piece has been asked for so often, and that has ended."""
    async with asyncio.timeout(within):
        while (newest := (await pieces(stage))[-1])["tries"] < times or newest["lease_until"] is not None:
            pass


def folder(stage: Stage) -> Path:
    return stage.folder / "files" / "evidence"


def on_disk(stage: Stage) -> dict[str, str]:
    """Every file in the folder of evidence: its name, and the hash of what it holds."""
    files = [path for path in folder(stage).rglob("*") if path.is_file()]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


async def swept(stage: Stage, within: float = 60.0) -> None:
    """Wait until everything that was to be removed is gone."""
    async with asyncio.timeout(within):
        while await rows(stage, "SELECT * FROM discards"):
            pass
