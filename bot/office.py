"""LibreOffice, where it is installed: a DOCX becomes a PDF by a process of our own that fetches nothing and ends."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

PROGRAMS = ("soffice", "libreoffice")
LONGEST = 90.0  # seconds for one document: the first start on a slow disk takes a third of that

# No macro runs, and no picture or text that a template only links to is fetched.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


class NotConverted(Exception):
    """LibreOffice made nothing, or took too long."""


def find() -> Path | None:
    """Where LibreOffice is; None where it is not."""
    return next((Path(found) for name in PROGRAMS if (found := shutil.which(name))), None)


def converter(program: Path | None) -> Callable[[bytes], Awaitable[bytes]] | None:
    """What makes a PDF of a DOCX; None without LibreOffice."""
    if program is None:
        return None

    async def convert(content: bytes) -> bytes:
        return await convert_with(program, content)

    return convert


async def convert_with(program: Path, content: bytes, to: str = "pdf", longest: float = LONGEST) -> bytes:
    """The same document in another format. Its folder holds a profile of its own and is gone afterwards.

    Raises:
        NotConverted: nothing came of it within `longest` seconds.
    """
    with tempfile.TemporaryDirectory(prefix="ungcuu-paper-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _furnish(folder, content)
        process = await _begun(program, folder, to)
        await _ended(process, longest)
        made = folder / f"paper.{to}"
        if not made.exists():
            raise NotConverted
        return made.read_bytes()


def _furnish(folder: Path, content: bytes) -> None:
    (folder / "profile" / "user").mkdir(parents=True)
    (folder / "profile" / "user" / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
    (folder / "paper.docx").write_bytes(content)


async def _begun(program: Path, folder: Path, to: str) -> asyncio.subprocess.Process:
    """Start it. Whoever is stopped at that very moment ends it first: until it is known, nobody else could."""
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            str(program),
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", "--norestore", "--nolockcheck", "--convert-to", to, "--outdir", str(folder)),
            str(folder / "paper.docx"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "HOME": str(folder),
                "TMPDIR": str(folder),
                "LANG": "C.UTF-8",
            },
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        await _killed(await starting)
        raise


async def _killed(process: asyncio.subprocess.Process) -> None:
    """With everything that it has started: all of it is in a session of its own."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await asyncio.shield(process.wait())


async def _ended(process: asyncio.subprocess.Process, longest: float) -> None:
    """Wait for it, and let nothing of it live on: the program starts another."""
    try:
        async with asyncio.timeout(longest):
            await process.wait()
    except TimeoutError:
        raise NotConverted from None
    finally:
        await _killed(process)
