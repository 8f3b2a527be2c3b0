"""The log, health and metrics of a bot to which everything happens: no token, no name and no story in any of them."""

from __future__ import annotations

import asyncio
import io
import logging
import re
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given as supposing
from hypothesis import strategies as st
from telegram import Update
from telegram.ext import Application, ExtBot, TypeHandler

from bot.demo import TOKEN, USERNAME
from bot.domain.ids import Ids
from bot.domain.policy import Policy
from bot.logs import MASK, Formatter, Handler, described, masked
from bot.playground.clock import Clock
from bot.playground.server import Server, serve
from bot.playground.telegram import Telegram
from bot.services.desk import House
from handlers.channel import TelegramChannel
from handlers.context import Context
from handlers.http import AiohttpRequest
from handlers.worker import Worker
from locales import Texts
from storage import inbox
from storage.migrate import migrate
from storage.sqlite import open_store
from tests.house.command import started

REAL = "123456789:AAsecretSECRETsecretSECRETsecret-_x"
NAME = "Phaolo Hiemthay"
STORY = "toi bi lua mat tien o cho Dong Van"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What our formatter makes of every record, whoever wrote it."""
    stream = io.StringIO()
    handler = Handler(stream)
    handler.setFormatter(Formatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


# What a line holds ---------------------------------------------------------------------------------------------------


def test_our_own_sentences_are_written(written: io.StringIO) -> None:
    logging.getLogger("bot.app").info("connected to Telegram as @%s", USERNAME)
    assert written.getvalue().endswith(f" INFO bot.app: connected to Telegram as @{USERNAME}\n")


def test_of_foreign_records_only_name_level_and_place_are_written(written: io.StringIO) -> None:
    logging.getLogger("httpx").warning("HTTP Request: POST https://x/bot%s/getMe %s", REAL, {"text": STORY})
    told = written.getvalue()
    assert re.search(r" WARNING httpx: \(test_logs\.py:\d+ test_of_foreign_records\w*\)\n$", told)
    assert STORY not in told


def test_a_logger_that_only_begins_like_ours_is_foreign(written: io.StringIO) -> None:
    logging.getLogger("botocore").warning(STORY)
    assert STORY not in written.getvalue()


def test_an_exception_is_its_types_and_frames_alone(written: io.StringIO) -> None:
    try:
        try:
            raise ValueError(STORY)
        except ValueError as first:
            raise LookupError(REAL) from first
    except LookupError:
        logging.getLogger("bot.app").exception("update failed, reference %s", "3f9a1c")
    told = written.getvalue()
    for part in ("reference 3f9a1c", "LookupError", "because of", "ValueError", "house/test_logs.py:"):
        assert part in told
    for hidden in (STORY, REAL, "raise "):
        assert hidden not in told


def test_exceptions_of_a_group_and_what_they_interrupted_are_shown() -> None:
    try:
        try:
            raise KeyError(STORY)
        except KeyError:
            raise ExceptionGroup(STORY, [ValueError(STORY), TypeError(STORY)])  # noqa: B904
    except ExceptionGroup as group:
        told = "\n".join(described(group))
    for part in ("ExceptionGroup", "1 of 2", "ValueError", "2 of 2", "TypeError", "while handling", "KeyError"):
        assert part in told
    assert STORY not in told


def test_an_exception_that_causes_itself_comes_to_an_end() -> None:
    one, other = ValueError(), TypeError()
    one.__context__, other.__context__ = other, one
    assert len(list(described(one))) < 50


def test_arguments_that_do_not_fit_are_not_shown() -> None:
    record = logging.LogRecord("bot.app", logging.INFO, "app.py", 7, "two of %s %s", (STORY,), None, "start")
    assert Formatter().format(record).endswith("INFO bot.app: (unreadable, app.py:7 start)")


def test_a_stream_that_is_gone_is_no_reason_to_quote_the_record(capfd: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    handler = Handler(stream)
    stream.close()
    handler.handle(logging.LogRecord("bot.app", logging.INFO, "app.py", 7, STORY, (), None))
    assert "".join(capfd.readouterr()) == ""


def test_one_record_cannot_look_like_two(written: io.StringIO) -> None:
    logging.getLogger("bot.app").info("a name: %s", "x\n2026-01-01T00:00:00+0000 INFO bot.app: forged\r\x1b[2J")
    assert len(written.getvalue().splitlines()) == 1
    assert "\x1b" not in written.getvalue()


# Masks ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"a {REAL} b", f"a {MASK} b"),
        (REAL.replace(":", "%3A"), MASK),
        (f"https://x/bot{REAL}/getMe", f"https://x/bot{MASK}/getMe"),
        ("https://x/file/bot1:short/photos/1.jpg", f"https://x/file/bot{MASK}/photos/1.jpg"),
        (f"http://127.0.0.1/bot{TOKEN}/getMe", f"http://127.0.0.1/bot{MASK}/getMe"),
        (f"token={TOKEN}", f"token={MASK}"),
        ("socks5://an:secret@proxy:1080", f"socks5://{MASK}@proxy:1080"),
        ("bot/app.py:12345 running", "bot/app.py:12345 running"),
        ("at 2026-11-22T08:30:00.000000Z", "at 2026-11-22T08:30:00.000000Z"),
    ],
)
def test_what_looks_like_a_token_or_password_is_masked(text: str, left: str) -> None:
    assert masked(text) == left


@supposing(
    st.text(),
    st.integers(10**7, 10**11),
    st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", min_size=35, max_size=35),
)
def test_no_token_survives_between_any_words(around: str, number: int, secret: str) -> None:
    assert f"{number}:{secret}" not in masked(f"{around}{number}:{secret}{around}")


# A bot to which everything happens -----------------------------------------------------------------------------------


@pytest.fixture
async def telegram() -> AsyncIterator[tuple[Telegram, Server]]:
    telegram = Telegram()
    telegram.bot(TOKEN, "Example", USERNAME)
    server = await serve(telegram)
    yield telegram, server
    await server.close()


async def fetched(address: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        return await answer.text()


async def test_whatever_goes_wrong_nothing_private_is_told(tmp_path: Path, telegram: tuple[Telegram, Server]) -> None:
    world, server = telegram
    person = world.person(NAME)
    given = {"UNGCUU_TOKEN": TOKEN, "UNGCUU_API_URL": server.url, "UNGCUU_LISTEN": "127.0.0.1:0"}
    for fault in ("garbage", "drop_before", "401"):
        world.fails(fault, "getMe")
    async with started(tmp_path, "run", given=given) as command:
        for trouble in ("foreign", "telegram", "token"):
            await command.says(f"cannot be reached yet: {trouble}")
        port = next(word for word in command.out.split() if word.endswith("/healthz")).removesuffix("/healthz")
        shown = await fetched(f"{port}/healthz") + await fetched(f"{port}/metrics")
        command.told(signal.SIGTERM)
        ended = await command.ends()
    world.heals()
    async with started(tmp_path, "run", given=given) as command:
        await command.says("connected to Telegram")
        port = next(word for word in command.out.split() if word.endswith("/healthz")).removesuffix("/healthz")
        for fault in ("404html", "garbage", "drop_after", "502", "401"):
            world.fails(fault, "sendMessage")
        for fault in ("404html", "drop_before"):
            world.fails(fault, "getUpdates")
        world.says(person, person, STORY)
        world.injects(poison(person.id))
        world.injects("{" + STORY)
        await command.says("update buried, reference")
        await command.says("polling rests")
        shown += await fetched(f"{port}/healthz") + await fetched(f"{port}/metrics")
        command.told(signal.SIGTERM)
        second = await command.ends()
    assert (ended.status, second.status) == (0, 0)
    everything = shown + ended.all + second.all
    for hidden in (TOKEN, TOKEN.partition(":")[2], *NAME.split(), STORY, STORY[:12], str(person.id)):
        assert hidden not in everything, hidden
    assert "inbox_waiting" in shown


def poison(person: int) -> dict[str, Any]:
    """An update that no program can read, with everything in it that must not be told."""
    return {
        "message": {
            "message_id": [STORY],
            "date": STORY,
            "chat": {"id": person, "type": "private", "first_name": NAME},
            "from": {"id": person, "is_bot": False, "first_name": NAME},
            "text": STORY,
        },
    }


async def breaks(update: Update, context: Context) -> None:
    assert update.message is not None
    raise RuntimeError(f"{NAME}: {update.message.text} {REAL}")


async def test_a_bug_whose_words_hold_the_story_is_told_without_them(
    tmp_path: Path, telegram: tuple[Telegram, Server], written: io.StringIO
) -> None:
    clock = Clock()
    house = House(Policy.neutral(), Texts.load())
    async with AsyncExitStack() as stack:
        request = await stack.enter_async_context(AiohttpRequest())
        bot: ExtBot[None] = ExtBot(
            TOKEN, base_url=f"{telegram[1].url}/bot", request=request, get_updates_request=request
        )
        await bot.get_me()
        app: Application[Any, Any, Any, Any, Any, Any] = (
            Application.builder().bot(bot).updater(None).job_queue(None).build()
        )
        store = await stack.enter_async_context(open_store(tmp_path / "x.db", Ids(clock.now)))
        await migrate(store)
        worker = Worker(store, clock, house, app, TelegramChannel(bot), (TypeHandler(Update, breaks),), lambda: None)
        update = (
            f'{{"update_id": 1, "message": {{"message_id": 1, "date": 1, "text": "{STORY}",'
            f' "chat": {{"id": 7, "type": "private"}}, "from": {{"id": 7, "is_bot": false, "first_name": "{NAME}"}}}}}}'
        )
        async with store.transaction() as tx:
            await inbox.store(tx, 1, [inbox.Arrival(1, 7, update, ())], datetime.now(UTC))
        assert await worker.work() == 1
    told = written.getvalue()
    assert re.search(r"ERROR handlers\.worker: update failed, try 1\n    RuntimeError\n", told)
    assert re.search(r"house/test_logs\.py:\d+ breaks", told)
    for hidden in (STORY, NAME, REAL):
        assert hidden not in told


async def test_what_nobody_caught_is_told_in_the_same_way(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(tmp_path / "program.py"), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    _, err = await process.communicate()
    told = err.decode()
    for part in ("a thread died", "a task that nobody awaits", "stopped by a fault that nobody caught", "py.warnings"):
        assert part in told
    assert STORY not in told
    assert "Traceback" not in told


PROGRAM = f"""
import asyncio, gc, sys, threading, warnings
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from bot import logs

def fails():
    raise ValueError({STORY!r})

async def fails_alone():
    fails()

async def main():
    logs.watch_loop(asyncio.get_running_loop())
    task = asyncio.create_task(fails_alone())
    await asyncio.wait([task])
    del task
    gc.collect()

logs.set_up()
warnings.warn({STORY!r})
thread = threading.Thread(target=fails)
thread.start()
thread.join()
asyncio.run(main())
fails()
"""
