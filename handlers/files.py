"""Files of people, fetched from Telegram by our own hands: a relative path, a counted stream, a name that is a hash."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import quote

from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.domain.evidence import LARGEST, TEMPORARY, Fetched, Look, Missed, place_of
from bot.domain.file_types import Reason
from handlers.http import AiohttpRequest, Stream

BLOCK: Final = 256 * 1024  # bytes that are held at once
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
LONGEST_PATH: Final = 512
LONGEST: Final = 600.0  # seconds that one file may take, however slowly it drips
TOKEN_REST = 60.0  # seconds while the token is refused
# What no path of Telegram's files has, and what could lead elsewhere.
_FOREIGN = frozenset("\\:?#%@") | {chr(code) for code in (*range(33), 127)}


class _Ended(Exception):
    """The stream is given up, for a reason that is a value."""

    def __init__(self, missed: Missed) -> None:
        super().__init__(missed.reason)
        self.missed = missed


def is_safe(path: object) -> bool:
    """Whether a path that a server told us names a file of Telegram, and can name nothing else."""
    if not isinstance(path, str) or not 0 < len(path) <= LONGEST_PATH or not _FOREIGN.isdisjoint(path):
        return False
    return all(part not in ("", ".", "..") for part in path.split("/"))


class TelegramFiles:
    """`bot.domain.evidence.Files` on the Bot API. `base_url` and `base_file_url` end with the token."""

    def __init__(self, request: AiohttpRequest, base_url: str, base_file_url: str) -> None:
        self._request = request
        self._base_url = base_url
        self._base_file_url = base_file_url

    async def fetch(self, file_id: str, folder: Path, look: Look, size: int | None) -> Fetched | Missed:
        """Fetch a file into `folder`. `size` is what its message said, in bytes. Never raises for what others do.

        1. Ask where it is. 2. Take no address but a relative one. 3. Stream it into a file that only we may read,
        counting, hashing and looking.
        """
        try:
            told = await self._request.call(f"{self._base_url}/getFile", {"file_id": file_id})
            path, told_size = _place(told)
            return await self._download(path, folder, look, told_size if told_size is not None else size)
        except _Ended as end:
            return end.missed
        except TelegramError as error:
            return _reading(error)
        except OSError:
            return Missed(Reason.DISK, again=True)

    async def _download(self, path: str, folder: Path, look: Look, size: int | None) -> Fetched:
        async with self._request.stream(f"{self._base_file_url}/{quote(path)}", LONGEST) as stream:
            _check_answer(stream, size)
            with _Temporary(folder) as temporary:
                count, sha256 = await _pour(stream, temporary.file, look, size)
                await asyncio.to_thread(temporary.settle)
        return Fetched(count, sha256, temporary.path)

    async def put(self, fetched: Fetched, folder: Path) -> Missed | None:
        """Give a file the name of its hash; the same content twice is one file."""
        try:
            await asyncio.to_thread(_rename, fetched.temporary, place_of(folder, fetched.sha256))
        except OSError:
            return Missed(Reason.DISK, again=True)
        return None


def _place(told: Any) -> tuple[str, int | None]:
    """Path and size as getFile tells them."""
    if not isinstance(told, dict) or not is_safe(told.get("file_path")):
        raise _Ended(Missed(Reason.WRONG_ADDRESS))
    size = told.get("file_size")
    if isinstance(size, int) and size > LARGEST:
        raise _Ended(Missed(Reason.TOO_BIG))
    return str(told["file_path"]), size if isinstance(size, int) and size >= 0 else None


def _check_answer(stream: Stream, size: int | None) -> None:
    """Before a single byte is read."""
    if stream.status != HTTPStatus.OK or stream.packed:
        raise _Ended(Missed(Reason.UNREACHABLE, again=True))
    if stream.length is not None and stream.length > LARGEST:
        raise _Ended(Missed(Reason.TOO_BIG))
    if stream.length is not None and size is not None and stream.length != size:
        raise _Ended(Missed(Reason.WRONG_LENGTH))


async def _pour(stream: Stream, file: BinaryIO, look: Look, size: int | None) -> tuple[int, str]:
    """Every byte is counted, hashed, looked at and written; the first that is too much ends it."""
    digest, count = hashlib.sha256(), 0
    most = LARGEST if size is None else min(size, LARGEST)
    async with contextlib.aclosing(stream.blocks(BLOCK)) as blocks:
        async for block in blocks:
            count += len(block)
            if count > most:
                raise _Ended(Missed(Reason.TOO_BIG if size is None else Reason.WRONG_LENGTH))
            found = await asyncio.to_thread(_take, block, file, digest, look)
            if found is not None:
                raise _Ended(Missed(found))
    if size is not None and count != size:
        raise _Ended(Missed(Reason.WRONG_LENGTH))
    if (found := look.end()) is not None:
        raise _Ended(Missed(found))
    return count, digest.hexdigest()


def _take(block: bytes, file: BinaryIO, digest: Any, look: Look) -> Reason | None:
    """What is found is not written."""
    found = look.feed(block)
    if found is None:
        digest.update(block)
        file.write(block)
    return found


class _Temporary:
    """A new file that only we may read, gone at the end unless it was settled."""

    def __init__(self, folder: Path) -> None:
        for each in (folder, folder / TEMPORARY):
            make_private(each)
        handle, name = tempfile.mkstemp(dir=folder / TEMPORARY)  # 0600 from its first moment
        self.path, self.file = Path(name), os.fdopen(handle, "wb")
        self._settled = False

    def __enter__(self) -> _Temporary:
        return self

    def settle(self) -> None:
        """Every byte is on the disk for good."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self._settled = True

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):  # what could not be written cannot be flushed either
            self.file.close()
        if not self._settled:
            self.path.unlink(missing_ok=True)


def make_private(folder: Path) -> None:
    """A folder that only we may enter."""
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    folder.chmod(PRIVATE_FOLDER)


def _rename(temporary: Path, place: Path) -> None:
    """The new name is on the disk for good before anybody hears of it."""
    make_private(place.parent)
    temporary.replace(place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


# What Telegram says to getFile, read top down -----------------------------------------------------------------------


def _refused(error: TelegramError) -> Missed:
    said = error.message.lower()
    if "too big" in said:
        return Missed(Reason.TOO_BIG)
    # One sentence of Telegram's stands for "no such file" and for "not at the moment".
    return Missed(Reason.GONE, again="temporarily unavailable" in said)


def _flood(error: TelegramError) -> Missed:
    assert isinstance(error, RetryAfter)
    pause = error.retry_after
    seconds = pause.total_seconds() if isinstance(pause, timedelta) else float(pause)
    return Missed(Reason.UNREACHABLE, again=True, seconds=seconds)


def _token(_: TelegramError) -> Missed:
    return Missed(Reason.UNREACHABLE, again=True, seconds=TOKEN_REST)


def _away(_: TelegramError) -> Missed:
    return Missed(Reason.UNREACHABLE, again=True)


_READINGS: tuple[tuple[type[TelegramError], Callable[[TelegramError], Missed]], ...] = (
    (RetryAfter, _flood),
    (InvalidToken, _token),
    (BadRequest, _refused),
    (Forbidden, _refused),
    (TelegramError, _away),
)


def _reading(error: TelegramError) -> Missed:
    return next(reading for kind, reading in _READINGS if isinstance(error, kind))(error)
