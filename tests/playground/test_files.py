"""Files: grown from a seed, fetched in constant memory, refused as Telegram refuses, and broken on purpose."""

from __future__ import annotations

import hashlib
import tracemalloc
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.chats import User
from bot.playground.clock import Clock
from bot.playground.files import BLOCK, File, Synthetic
from bot.playground.telegram import Download, Telegram
from tests.playground.conftest import Api

MIB = 1024 * 1024
BODY = bytes(range(256)) * 40


def _sends(telegram: Telegram, user: User, content: bytes | Synthetic = BODY, **more: Any) -> File:
    file = telegram.sends_document(user, user, "log.txt", content, **more).file
    assert file is not None
    return file


async def _address(api: Api, file: File) -> str:
    known = await api.ok("getFile", file_id=file.id)
    return f"{api.url}/file/{api.bot.rpartition('/')[2]}/{known['file_path']}"


async def _fetched(api: Api, address: str) -> tuple[int, bytes, bool]:
    """HTTP status, the bytes that came, and whether the body was whole."""
    body = b""
    async with api.session.get(address) as answer:
        try:
            async for piece in answer.content.iter_any():
                body += piece
        except aiohttp.ClientPayloadError:
            return answer.status, body, False
    return answer.status, body, True


@given(st.integers(0, 3 * BLOCK), st.integers(0, 9), st.binary(max_size=40))
def test_grown_bytes_are_always_the_same_and_as_many_as_promised(size: int, seed: int, head: bytes) -> None:
    grown = Synthetic(size, seed, head)
    blocks = list(grown.blocks())
    whole = b"".join(blocks)
    assert (len(whole), b"".join(Synthetic(size, seed, head).blocks())) == (size, whole)
    assert whole.startswith(head[:size])
    assert all(0 < len(block) <= BLOCK for block in blocks)


def test_another_seed_is_another_file_and_no_block_repeats() -> None:
    one, other = (list(Synthetic(2 * BLOCK, seed).blocks()) for seed in (1, 2))
    assert len({*one, *other}) == 4


async def test_twenty_megabytes_are_served_in_constant_memory(api: Api, telegram: Telegram, anna: User) -> None:
    file = _sends(telegram, anna, Synthetic(20 * MIB, 5))
    address, digest = await _address(api, file), hashlib.sha256()
    tracemalloc.start()
    async with api.session.get(address) as answer:
        assert answer.content_length == 20 * MIB
        async for piece in answer.content.iter_any():
            digest.update(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert digest.hexdigest() == file.sha256()
    assert peak < 2 * MIB
    done = await telegram.until(lambda: list(telegram.downloads))
    assert done == [Download(file.path, 20 * MIB, 200)]


async def test_more_than_twenty_megabytes_are_too_big(api: Api, telegram: Telegram, anna: User) -> None:
    for file in (_sends(telegram, anna, Synthetic(20 * MIB + 1)), _sends(telegram, anna, size=21 * MIB)):
        assert await api.no("getFile", file_id=file.id) == "Bad Request: file is too big"
    assert await api.no("getFile", file_id="x") == "Bad Request: invalid file_id"


async def test_a_file_that_is_gone_is_neither_told_nor_served(api: Api, telegram: Telegram, anna: User) -> None:
    message = telegram.sends_document(anna, anna, "log.txt", BODY)
    assert message.file is not None
    address = await _address(api, message.file)
    telegram.forgets(message)
    no = await api.no("getFile", file_id=message.file.id)
    assert no == "Bad Request: wrong file_id or the file is temporarily unavailable"
    assert await api.no("sendDocument", chat_id=anna.id, document=message.file.id) == no
    assert (await _fetched(api, address))[0] == 404
    with pytest.raises(ValueError, match="no file"):
        telegram.forgets(telegram.says(anna, anna, "x"))


async def test_a_path_is_served_for_an_hour_after_it_was_told(
    api: Api, telegram: Telegram, clock: Clock, anna: User
) -> None:
    file = _sends(telegram, anna)
    untold = f"{api.url}/file/{api.bot.rpartition('/')[2]}/{file.path}"
    assert (await _fetched(api, untold))[0] == 404
    assert await _fetched(api, await _address(api, file)) == (200, BODY, True)
    clock.move(hours=1, seconds=1)
    assert (await _fetched(api, untold))[0] == 404
    assert (await _fetched(api, await _address(api, file)))[0] == 200


async def test_nothing_but_the_path_and_the_token_matters(api: Api, telegram: Telegram, anna: User) -> None:
    address = await _address(api, _sends(telegram, anna))
    assert (await _fetched(api, address.replace("100000", "100001")))[0] == 404
    for wrong in ("/../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/documents/file_99.txt"):
        assert (await _fetched(api, address.rpartition("/documents")[0] + wrong))[0] == 404
    async with api.session.get(address, headers={"Range": "bytes=5-9"}) as answer:
        assert (answer.status, await answer.read()) == (200, BODY)
    async with api.session.head(address) as answer:
        assert answer.status == 405


@pytest.mark.parametrize("name", ["../../etc/passwd", "a.b/c", "báo cáo.đốc", "x.", ""])
async def test_a_name_never_shapes_the_path(api: Api, telegram: Telegram, anna: User, name: str) -> None:
    message = telegram.sends_document(anna, anna, name, BODY)
    assert message.file is not None
    known = await api.ok("getFile", file_id=message.file.id)
    folder, stem = known["file_path"].split("/")
    assert (folder, stem.rpartition(".")[2].isalnum(), stem.isascii()) == ("documents", True, True)


@pytest.mark.parametrize("path", ["/etc/passwd", "documents/../../../etc/passwd", "http://127.0.0.1:9/x"])
async def test_a_path_may_lead_astray(api: Api, telegram: Telegram, anna: User, path: str) -> None:
    file = _sends(telegram, anna)
    telegram.fails("file_path", path=path)
    assert (await api.ok("getFile", file_id=file.id))["file_path"] == path
    assert (await api.ok("getFile", file_id=file.id))["file_path"] == file.path
    telegram.fails("file_path")
    assert "invalid file_id" in await api.no("getFile", file_id="x")


async def test_getting_a_file_fails_for_a_while(api: Api, telegram: Telegram, anna: User) -> None:
    file = _sends(telegram, anna)
    telegram.fails("unavailable", times=2)
    telegram.fails("429", "getFile", retry_after=3)
    telegram.fails("500", "getFile")
    answers = [await api.asked("getFile", file_id=file.id) for _ in range(5)]
    assert [status for status, _ in answers] == [400, 400, 429, 500, 200]
    assert answers[0][1]["description"] == "Bad Request: wrong file_id or the file is temporarily unavailable"


@pytest.mark.parametrize(
    ("kind", "options", "status", "length", "whole"),
    [
        ("too_long", {}, 200, len(BODY), False),
        ("too_short", {}, 200, len(BODY) - 1024, True),
        ("other_size", {"bytes": 3 * MIB}, 200, 3 * MIB, True),
        ("other_size", {"bytes": 0}, 200, 0, True),
        ("halved", {}, 200, len(BODY) // 2, False),
        ("halved", {"after": 100}, 200, 100, False),
        ("slow", {"seconds": 0.01}, 200, len(BODY), True),
        ("404", {"method": "file"}, 404, None, True),
        ("500", {"method": "file"}, 500, None, True),
        ("429", {"method": "file"}, 429, None, True),
    ],
)
async def test_each_download_breaks_once_as_it_says(
    api: Api,
    telegram: Telegram,
    anna: User,
    kind: str,
    options: dict[str, Any],
    status: int,
    length: int | None,
    whole: bool,
) -> None:
    address = await _address(api, _sends(telegram, anna))
    telegram.fails(kind, **options)
    got, body, complete = await _fetched(api, address)
    assert (got, complete) == (status, whole)
    assert length is None or len(body) == length
    assert await _fetched(api, address) == (200, BODY, True)


async def test_an_endless_body_ends_when_the_client_goes(api: Api, telegram: Telegram, anna: User) -> None:
    address = await _address(api, _sends(telegram, anna))
    telegram.fails("endless")
    async with api.session.get(address) as answer:
        assert answer.content_length is None
        assert len(await answer.content.readexactly(3 * MIB)) == 3 * MIB
    done = await telegram.until(lambda: telegram.downloads)
    assert done[-1].sent >= 3 * MIB


def test_a_fault_of_downloads_befalls_nothing_else(telegram: Telegram) -> None:
    with pytest.raises(ValueError, match="endless befalls file alone"):
        telegram.fails("endless", "sendMessage")
    assert telegram.fails("file_path").method == "getfile"
