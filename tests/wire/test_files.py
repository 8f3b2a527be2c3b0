"""Files from a server that lies: an absolute path, a way up, an endless body or a wrong length gets nothing."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from bot.domain.evidence import LARGEST, TEMPORARY, Fetched, Look, Missed, Piece, place_of
from bot.domain.file_types import Reason
from handlers.files import TelegramFiles, is_safe
from handlers.http import AiohttpRequest
from tests.wire.door import QUICK, TOKEN, closed_port, no, ok

PIECE = Piece("document", "F", name="a.txt")
BODY = b"Nguyen van words " * 40_000  # 680 kB: several blocks
PATH = "documents/file_7.txt"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Server:
    """Says to getFile what it is told to, and serves files as it likes."""

    told: tuple[int, bytes] = field(default_factory=lambda: ok({"file_id": "F", "file_path": PATH}))
    serves: Answer | None = None
    asked: list[str] = field(default_factory=list)
    url: str = ""

    async def opens(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.raw_path)
        if request.path.endswith("/getFile"):
            status, body = self.told
            return web.Response(status=status, body=body)
        assert self.serves is not None, "nobody was to ask for a file"
        return await self.serves(request)

    @property
    def files(self) -> TelegramFiles:
        return TelegramFiles(self.request, f"{self.url}/bot{TOKEN}", f"{self.url}/file/bot{TOKEN}")

    request: AiohttpRequest = field(default_factory=lambda: AiohttpRequest(timeouts=QUICK))


@asynccontextmanager
async def open_server(server: Server) -> AsyncIterator[Server]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.opens)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with server.request:
            yield server
    finally:
        await runner.cleanup()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with open_server(Server()) as opened:
        yield opened


def look(piece: Piece = PIECE) -> Look:
    return Look(piece, programs=False)


def on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def sends(body: bytes, **headers: str) -> Answer:
    async def serve(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, headers=headers)

    return serve


def in_pieces(*blocks: bytes) -> Answer:
    """In chunks: nobody says how long it will be."""

    async def serve(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse()
        await stream.prepare(request)
        for block in blocks:
            await stream.write(block)
        return stream

    return serve


async def endless(request: web.Request) -> web.StreamResponse:
    """Nobody can stop it but the reader."""
    stream = web.StreamResponse()
    await stream.prepare(request)
    while True:
        await stream.write(bytes(65536).replace(b"\0", b"x"))


async def test_a_file_is_fetched_under_the_name_of_its_hash(server: Server, tmp_path: Path) -> None:
    server.serves = sends(BODY)
    folder = tmp_path / "evidence"
    fetched = await server.files.fetch("F", folder, look(), len(BODY))
    assert isinstance(fetched, Fetched)
    assert (fetched.size, fetched.sha256) == (len(BODY), hashlib.sha256(BODY).hexdigest())
    assert fetched.temporary.parent == folder / TEMPORARY
    assert await server.files.put(fetched, folder) is None
    stored = place_of(folder, fetched.sha256)
    assert on_disk(folder) == [stored]
    assert stored.read_bytes() == BODY
    assert stored.stat().st_mode & 0o777 == 0o600
    folders = [folder, stored.parent, folder / TEMPORARY]
    assert [path.stat().st_mode & 0o077 for path in folders] == [0, 0, 0]


async def test_a_body_in_chunks_is_counted_too(server: Server, tmp_path: Path) -> None:
    server.serves = in_pieces(b"one ", b"two")
    fetched = await server.files.fetch("F", tmp_path, look(), 7)
    assert isinstance(fetched, Fetched)
    assert fetched.size == 7


PATHS = [
    "/etc/passwd",
    "//evil.example/x",
    "https://evil.example/x",
    "file:///etc/passwd",
    "../secrets",
    "documents/../../secrets",
    "documents/..",
    "documents/./x",
    "documents//x",
    "documents/",
    "documents\\x",
    "..\\x",
    "documents/%2e%2e/x",
    "documents/x?y=1",
    "documents/x#y",
    "documents/\nx",
    "documents/x\x00",
    "user@host/x",
    "C:/x",
    "",
    "x" * 600,
    7,
    None,
    ["documents/x"],
]


@pytest.mark.parametrize("path", PATHS)
async def test_an_address_that_is_no_relative_path_gets_no_request_at_all(
    server: Server, tmp_path: Path, path: object
) -> None:
    server.told = ok({"file_id": "F", "file_path": path})
    assert await server.files.fetch("F", tmp_path, look(), 7) == Missed(Reason.WRONG_ADDRESS)
    assert [asked for asked in server.asked if "getFile" not in asked] == []
    assert on_disk(tmp_path) == []


@pytest.mark.parametrize("told", [ok([]), ok("documents/x"), ok(None), ok({})])
async def test_an_answer_that_names_no_file_gets_none(server: Server, tmp_path: Path, told: tuple[int, bytes]) -> None:
    server.told = told
    assert await server.files.fetch("F", tmp_path, look(), 7) == Missed(Reason.WRONG_ADDRESS)


@pytest.mark.parametrize("path", ["documents/file_1.txt", "photos/file_2", "a/b/c.d", "documents/tệp.pdf"])
def test_a_path_of_telegram_is_taken(path: str) -> None:
    assert is_safe(path)


@pytest.mark.parametrize("size", [7, LARGEST])
async def test_an_endless_body_ends_at_the_size_that_was_told(server: Server, tmp_path: Path, size: int) -> None:
    server.serves = endless
    assert await server.files.fetch("F", tmp_path, look(), size) == Missed(Reason.WRONG_LENGTH)
    assert on_disk(tmp_path) == []


async def test_an_endless_body_of_untold_size_ends_at_twenty_megabytes(server: Server, tmp_path: Path) -> None:
    server.serves = endless
    assert await server.files.fetch("F", tmp_path, look(), None) == Missed(Reason.TOO_BIG)
    assert on_disk(tmp_path) == []


LIES: dict[str, tuple[int, Answer]] = {
    "a length that is not the one told": (len(BODY) + 1, sends(BODY)),
    "fewer bytes than were told": (100, in_pieces(b"x" * 99)),
    "more bytes than were told": (100, in_pieces(b"x" * 99, b"xx")),
    "nothing where something was told": (100, in_pieces()),
}


@pytest.mark.parametrize("lie", LIES)
async def test_a_body_of_another_length_gets_nothing(server: Server, tmp_path: Path, lie: str) -> None:
    size, server.serves = LIES[lie]
    assert await server.files.fetch("F", tmp_path, look(), size) == Missed(Reason.WRONG_LENGTH)
    assert on_disk(tmp_path) == []


async def test_what_getfile_says_of_the_size_counts_more_than_the_message(server: Server, tmp_path: Path) -> None:
    server.told = ok({"file_path": PATH, "file_size": LARGEST + 1})
    assert await server.files.fetch("F", tmp_path, look(), 7) == Missed(Reason.TOO_BIG)
    server.told, server.serves = ok({"file_path": PATH, "file_size": 5}), sends(b"12345")
    assert isinstance(await server.files.fetch("F", tmp_path, look(), 7), Fetched)


async def test_an_empty_file_is_not_kept(server: Server, tmp_path: Path) -> None:
    server.serves = sends(b"")
    assert await server.files.fetch("F", tmp_path, look(), None) == Missed(Reason.EMPTY)
    assert on_disk(tmp_path) == []


async def test_a_packed_body_is_not_unpacked(server: Server, tmp_path: Path) -> None:
    """A small body that swells to gigabytes is an old trick."""
    server.serves = sends(gzip.compress(BODY), **{"Content-Encoding": "gzip"})
    assert await server.files.fetch("F", tmp_path, look(), None) == Missed(Reason.UNREACHABLE, again=True)


async def test_a_program_ends_the_download_before_anything_of_it_is_written(server: Server, tmp_path: Path) -> None:
    seen: list[int] = []

    async def serve(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse()
        await stream.prepare(request)
        while len(seen) < 200:
            await stream.write(b"MZ" * 32768)
            seen.append(sum(path.stat().st_size for path in on_disk(tmp_path)))
        return stream

    server.serves = serve
    assert await server.files.fetch("F", tmp_path, look(), None) == Missed(Reason.PROGRAM)
    assert set(seen) <= {0}
    assert on_disk(tmp_path) == []


@pytest.mark.parametrize("status", [302, 401, 404, 500, 502])
async def test_another_status_is_tried_again_and_followed_nowhere(server: Server, tmp_path: Path, status: int) -> None:
    async def serve(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=b"x", headers={"Location": "/elsewhere"} if status == 302 else {})

    server.serves = serve
    assert await server.files.fetch("F", tmp_path, look(), 1) == Missed(Reason.UNREACHABLE, again=True)
    assert not [asked for asked in server.asked if "elsewhere" in asked]


SAYINGS = {
    "gone": (
        no(400, "Bad Request: wrong file_id or the file is temporarily unavailable"),
        Missed(Reason.GONE, again=True),
    ),
    "nonsense": (no(400, "Bad Request: invalid file_id"), Missed(Reason.GONE)),
    "too big": (no(400, "Bad Request: file is too big"), Missed(Reason.TOO_BIG)),
    "flood": (no(429, "Too Many Requests", retry_after=7), Missed(Reason.UNREACHABLE, again=True, seconds=7.0)),
    "token": (no(401, "Unauthorized"), Missed(Reason.UNREACHABLE, again=True, seconds=60.0)),
    "trouble": (no(500, "Internal Server Error"), Missed(Reason.UNREACHABLE, again=True)),
    "a block page": ((404, b"<html>blocked</html>"), Missed(Reason.UNREACHABLE, again=True)),
}


@pytest.mark.parametrize("what", SAYINGS)
async def test_what_telegram_says_to_getfile_is_read(server: Server, tmp_path: Path, what: str) -> None:
    server.told, missed = SAYINGS[what]
    assert await server.files.fetch("F", tmp_path, look(), 7) == missed


async def broken(request: web.Request) -> web.StreamResponse:
    stream = web.StreamResponse(headers={"Content-Length": "700000"})
    await stream.prepare(request)
    await stream.write(b"x" * 300_000)
    assert request.transport is not None
    request.transport.abort()
    return stream


async def silent(request: web.Request) -> web.StreamResponse:
    stream = web.StreamResponse(headers={"Content-Length": "700000"})
    await stream.prepare(request)
    await stream.write(b"x" * 300_000)
    await asyncio.Event().wait()
    return stream


@pytest.mark.parametrize("serve", [broken, silent])
async def test_a_line_that_breaks_or_falls_silent_is_tried_again(server: Server, tmp_path: Path, serve: Answer) -> None:
    server.serves = serve
    assert await server.files.fetch("F", tmp_path, look(), 700_000) == Missed(Reason.UNREACHABLE, again=True)
    assert on_disk(tmp_path) == []


async def test_a_server_that_is_away_is_tried_again(server: Server, tmp_path: Path) -> None:
    server.url = f"http://{await closed_port()}"
    assert await server.files.fetch("F", tmp_path, look(), 7) == Missed(Reason.UNREACHABLE, again=True)


async def test_a_folder_that_cannot_be_written_is_told_as_such(server: Server, tmp_path: Path) -> None:
    server.serves = sends(BODY)
    (tmp_path / "evidence").write_text("a file where the folder should be")
    found = await server.files.fetch("F", tmp_path / "evidence", look(), len(BODY))
    assert found == Missed(Reason.DISK, again=True)


async def test_a_name_that_cannot_be_given_is_told_as_such(server: Server, tmp_path: Path) -> None:
    server.serves = sends(BODY)
    fetched = await server.files.fetch("F", tmp_path, look(), len(BODY))
    assert isinstance(fetched, Fetched)
    os.unlink(fetched.temporary)
    assert await server.files.put(fetched, tmp_path) == Missed(Reason.DISK, again=True)


async def test_the_token_stands_in_no_log_whatever_happens(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for server.serves in (sends(BODY), broken, in_pieces(b"x")):
        await server.files.fetch("F", tmp_path, look(), len(BODY))
    server.url = f"http://{await closed_port()}"
    await server.files.fetch("F", tmp_path, look(), 7)
    assert any("/file/bot" in asked for asked in server.asked)
    assert TOKEN.split(":")[1] not in caplog.text
