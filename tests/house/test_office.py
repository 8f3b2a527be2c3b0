"""A converter that hangs is ended after its time with everything that it started, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from pathlib import Path

import pytest

from bot import office

HANGS = """#!/bin/sh
sleep 600 &
echo $$ $! > {told}
wait
"""


def _works(process: int) -> bool:
    """Whether a process still does anything: one that has ended may wait for whoever asks after it."""
    try:
        told = Path(f"/proc/{process}/stat").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return told.rpartition(")")[2].split()[0] not in ("Z", "X")


async def _begun(told: Path) -> list[int]:
    async with asyncio.timeout(10):
        while not told.exists() or len(told.read_text("utf-8").split()) != 2:
            await asyncio.to_thread(os.sched_yield)
    return [int(one) for one in told.read_text("utf-8").split()]


def _hanging(folder: Path) -> tuple[Path, Path]:
    program, told = folder / "hangs", folder / "told"
    program.write_text(HANGS.format(told=told), encoding="utf-8")
    program.chmod(0o700)
    return program, told


@pytest.mark.parametrize("stopped", [False, True])
async def test_a_converter_that_hangs_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stopped: bool
) -> None:
    """After its time, and also when the bot stops before."""
    program, told = _hanging(tmp_path)
    desks = tmp_path / "desks"
    desks.mkdir()
    monkeypatch.setenv("TMPDIR", str(desks))
    tempfile.tempdir = None
    work = asyncio.create_task(office.convert_with(program, b"x", longest=600 if stopped else 1.0))
    try:
        processes = await _begun(told)
        if stopped:
            work.cancel()
        with pytest.raises(asyncio.CancelledError if stopped else office.NotConverted):
            await work
    finally:
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError, office.NotConverted):
            await work
        tempfile.tempdir = None
    async with asyncio.timeout(10):
        while any(_works(one) for one in processes):
            await asyncio.to_thread(os.sched_yield)
    assert list(desks.iterdir()) == []
