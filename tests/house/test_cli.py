"""The command line: what each command says and with which status it ends; no fault of the start shows a traceback."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import entry_points
from pathlib import Path

import aiohttp
import pytest

from bot.cli import main
from bot.demo import TOKEN, USERNAME
from bot.domain.ids import Ids
from bot.lock import only_one
from bot.playground.server import Server, serve
from bot.playground.telegram import Telegram
from storage import marks
from storage.migrate import migrate, migrations
from storage.sqlite import open_store
from tests.house.command import Ended, started, ungcuu, words
from tests.wire.door import closed_port

REAL = "123456789:AAsecretSECRETsecretSECRETsecret-_x"


@pytest.fixture
def telegram() -> Telegram:
    telegram = Telegram()
    telegram.bot(TOKEN, "Example", USERNAME)
    return telegram


@pytest.fixture
async def server(telegram: Telegram) -> AsyncIterator[Server]:
    server = await serve(telegram)
    yield server
    await server.close()


@pytest.fixture
def given(server: Server) -> dict[str, str]:
    """What a bot needs to run against the playground."""
    return {"UNGCUU_TOKEN": TOKEN, "UNGCUU_API_URL": server.url, "UNGCUU_LISTEN": "127.0.0.1:0"}


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in, with no setting of this machine in the environment."""
    for name in [name for name in os.environ if name.upper().startswith("UNG")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def database(folder: Path) -> Path:
    path = folder / "data" / "ungcuu.db"
    async with open_store(path, Ids(lambda: datetime.now(UTC))) as store:
        await migrate(store)
    return path


def calm(ended: Ended) -> bool:
    """Sentences only: nothing that a person who installs a program should not have to read."""
    return not any(word in ended.all for word in ("Traceback", "Error", "Exception", "CRITICAL", "usage:"))


# Settings that are refused -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({}, words("settings.token_missing", name="UNGCUU_TOKEN", meant="")),
        ({"UNGCUU_TOKN": REAL}, words("settings.unknown", name="UNGCUU_TOKN", meant="UNGCUU_TOKEN")),
        (
            {"UNGCUU_TOKEN": REAL, "UNGCUU_WEBHOOK": "https://example.com"},
            words("settings.unknown", name="UNGCUU_WEBHOOK", meant="UNGCUU_WEBHOOK_URL"),
        ),
        (
            {"UNGCUU_TOKEN": REAL, "UNGCUU_API_URL": "http://example.com"},
            words("settings.api_not_https", name="UNGCUU_API_URL", meant=""),
        ),
        ({"UNGCUU_TOKEN": TOKEN}, words("settings.token_playground", name="UNGCUU_TOKEN", meant="")),
        (
            {"UNGCUU_TOKEN": TOKEN, "UNGCUU_API_URL": "https://example.com"},
            words("settings.token_playground", name="UNGCUU_TOKEN", meant=""),
        ),
    ],
)
def test_run_refuses_these_settings_in_a_sentence(
    here: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    environment: dict[str, str],
    sentence: str,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    ended = Ended(main(["run"]), *capfd.readouterr())
    assert ended.status == 1
    assert words("cli.settings_refused") in ended.err
    assert sentence in ended.err
    assert calm(ended)
    assert REAL not in ended.all
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("command", ["run", "migrate"])
def test_a_mistyped_name_in_the_env_file_is_refused_too(
    here: Path, capfd: pytest.CaptureFixture[str], command: str
) -> None:
    (here / ".env").write_text(f"UNGCUU_TOKEN={REAL}\nUNGCUU_DATABSE=x\n", encoding="utf-8")
    ended = Ended(main([command]), *capfd.readouterr())
    assert ended.status == 1
    assert words("settings.unknown", name="UNGCUU_DATABSE", meant="UNGCUU_DATABASE") in ended.err
    assert calm(ended)
    assert REAL not in ended.all


async def test_a_process_of_its_own_ends_with_the_same_status(tmp_path: Path) -> None:
    for command in ("run", "doctor"):
        ended = await ungcuu(tmp_path, command, given={"UNGCUU_TOKN": REAL})
        assert ended.status == 1, command
        assert words("settings.unknown", name="UNGCUU_TOKN", meant="UNGCUU_TOKEN") in ended.all
        assert calm(ended)
        assert REAL not in ended.all


# Other things in the way ---------------------------------------------------------------------------------------------


async def test_a_second_bot_on_the_same_database_is_refused(tmp_path: Path, given: dict[str, str]) -> None:
    path = await database(tmp_path)
    with only_one(path):
        for command in ("run", "migrate"):
            ended = await ungcuu(tmp_path, command, given=given)
            assert (ended.status, ended.err.strip()) == (2, words("cli.already_running")), command


async def test_a_clock_that_went_back_is_refused(tmp_path: Path, given: dict[str, str]) -> None:
    path = await database(tmp_path)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    async with open_store(path, Ids(lambda: tomorrow)) as store, store.transaction() as tx:
        await marks.put(tx, "heartbeat", "", tomorrow)
    ended = await ungcuu(tmp_path, "run", given=given)
    assert (ended.status, ended.err.strip()) == (2, words("cli.clock_went_back"))


async def test_a_database_of_a_newer_version_is_refused(tmp_path: Path, given: dict[str, str]) -> None:
    with sqlite3.connect(await database(tmp_path)) as connection:
        connection.execute("INSERT INTO migrations VALUES (9999)")
    connection.close()
    for command in ("run", "migrate"):
        ended = await ungcuu(tmp_path, command, given=given)
        assert (ended.status, ended.err.strip()) == (2, words("cli.newer_database")), command


async def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path, given: dict[str, str]) -> None:
    junk = tmp_path / "junk.db"
    junk.write_text("this is a letter, not a database. " * 200, encoding="utf-8")
    before = junk.read_bytes()
    ended = await ungcuu(tmp_path, "run", given={**given, "UNGCUU_DATABASE": f"sqlite:///{junk}"})
    assert (ended.status, ended.err.strip()) == (2, words("cli.database_damaged"))
    assert junk.read_bytes() == before


async def test_a_place_that_cannot_hold_a_database_is_named(tmp_path: Path, given: dict[str, str]) -> None:
    (tmp_path / "letter").touch()
    for place in (f"{tmp_path}/letter/x.db", "/proc/x/x.db"):
        ended = await ungcuu(tmp_path, "run", given={**given, "UNGCUU_DATABASE": f"sqlite:///{place}"})
        assert ended.status == 2
        assert str(Path(place).parent) in ended.err
        assert calm(ended)


async def test_a_database_that_is_a_folder_is_refused(tmp_path: Path, given: dict[str, str]) -> None:
    (tmp_path / "folder.db").mkdir()
    ended = await ungcuu(tmp_path, "run", given={**given, "UNGCUU_DATABASE": f"sqlite:///{tmp_path}/folder.db"})
    assert (ended.status, ended.err.strip()) == (2, words("cli.database_unavailable"))


async def test_a_port_in_use_is_refused_with_the_setting_to_change(
    tmp_path: Path, given: dict[str, str], taken_port: int
) -> None:
    ended = await ungcuu(tmp_path, "run", given={**given, "UNGCUU_LISTEN": f"127.0.0.1:{taken_port}"})
    assert (ended.status, ended.err.strip()) == (2, words("cli.listen.in_use"))
    assert "UNGCUU_LISTEN" in ended.err


async def test_an_address_of_another_machine_is_refused(tmp_path: Path, given: dict[str, str]) -> None:
    ended = await ungcuu(tmp_path, "run", given={**given, "UNGCUU_LISTEN": "192.0.2.1:8081"})
    assert (ended.status, ended.err.strip()) == (2, words("cli.listen.not_here"))


async def test_a_wrong_policy_is_refused_with_the_place_of_each_fault(tmp_path: Path, given: dict[str, str]) -> None:
    (tmp_path / "policy.toml").write_text('draft_days = "seven"\nsilense_minutes = 3\n', encoding="utf-8")
    ended = await ungcuu(tmp_path, "run", given={**given, "UNGCUU_POLICY": "policy.toml"})
    assert ended.status == 2
    assert words("cli.policy_refused") in ended.err
    assert words("policy.not_number", path="draft_days", meant="") in ended.err
    assert "silence_minutes" in ended.err
    assert calm(ended)


# Run -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_run_answers_people_until_it_is_told_to_stop(
    tmp_path: Path, telegram: Telegram, given: dict[str, str], number: signal.Signals
) -> None:
    person = telegram.person("Example Person")
    async with started(tmp_path, "run", given=given) as command:
        await command.says("/healthz")
        telegram.starts(person)
        await telegram.until(lambda: any(one.by_bot for one in telegram.messages(person)), within=30)
        command.told(number)
        ended = await command.ends()
    assert ended.status == 0
    assert ended.out.endswith(words("cli.stopping") + "\n" + words("cli.stopped") + "\n")
    assert "Traceback" not in ended.err


async def test_run_stays_up_while_telegram_is_away_and_says_so(tmp_path: Path, given: dict[str, str]) -> None:
    away = {**given, "UNGCUU_API_URL": f"http://{await closed_port()}"}
    async with started(tmp_path, "run", given=away) as command:
        await command.says("Telegram cannot be reached yet: network")
        address = next(word for word in command.out.split() if word.endswith("/healthz"))
        async with aiohttp.ClientSession() as session, session.get(address) as answer:
            assert (answer.status, json.loads(await answer.text())["status"]) == (200, "degraded")
        command.told(signal.SIGTERM)
        assert (await command.ends()).status == 0


# Playground ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    file = tmp_path / ".env"
    file.write_text(f"UNGCUU_TOKEN={REAL}\n", encoding="utf-8")
    return file


async def test_the_playground_says_where_it_is_and_that_all_stays_on_this_machine(env_file: Path) -> None:
    # Neither the environment nor `.env` has a say in it.
    async with started(env_file.parent, "playground", "--port", "0", given={"UNGCUU_NONSENSE": "1"}) as command:
        await command.says(words("cli.playground.up", address="").splitlines()[-1])
        assert "Mọi thứ chỉ chạy trên máy này" in command.out
        address = next(word for word in command.out.split() if word.startswith("http://127.0.0.1:"))
        async with aiohttp.ClientSession() as session, session.get(address) as answer:
            assert answer.status == 200
        command.told(signal.SIGINT)
        ended = await command.ends()
    assert ended.status == 0
    assert ended.err == ""
    assert os.listdir(env_file.parent) == [".env"]


async def test_a_port_in_use_names_the_option_to_change(tmp_path: Path, taken_port: int) -> None:
    ended = await ungcuu(tmp_path, "playground", "--port", str(taken_port))
    assert (ended.status, ended.err.strip()) == (2, words("cli.playground.port_in_use", port=str(taken_port)))
    assert "--port" in ended.err


@pytest.mark.parametrize("port", ["eight", "-1", "65536", ""])
def test_a_port_that_is_none_is_refused(capfd: pytest.CaptureFixture[str], port: str) -> None:
    assert main(["playground", f"--port={port}"]) == 2
    assert capfd.readouterr().err.strip() == words("cli.playground.port_malformed")


# The rest ------------------------------------------------------------------------------------------------------------


async def test_migrate_brings_a_database_up_to_date_and_then_has_nothing_to_do(
    tmp_path: Path, given: dict[str, str]
) -> None:
    for steps in (len(migrations()), 0):
        ended = await ungcuu(tmp_path, "migrate", given=given)
        assert ended.status == 0
        assert words("cli.migrate.done", n=steps) in ended.out


@pytest.mark.parametrize("arguments", [(), ("fly",), ("run", "--fast"), ("playground", "--prot", "1")])
def test_who_mistypes_a_command_is_shown_all_of_them(
    capfd: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert (ended.value.code, capfd.readouterr().err.strip()) == (2, words("cli.misused") + "\n" + words("cli.help"))


@pytest.mark.parametrize("arguments", [("--help",), ("run", "--help"), ("-h",)])
def test_help_is_given_to_who_asks(capfd: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert (ended.value.code, capfd.readouterr().out.strip()) == (0, words("cli.help"))


def test_help_names_every_command() -> None:
    for command in ("run", "playground", "migrate", "doctor"):
        assert f"ungcuu {command}" in words("cli.help")


def test_the_installed_program_is_the_same_as_the_module() -> None:
    (entry,) = entry_points(group="console_scripts", name="ungcuu")
    assert entry.value == "bot.cli:main"
