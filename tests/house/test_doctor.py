"""The doctor: each fault is told apart and named with what to do, nothing is changed, and the token is never shown."""

from __future__ import annotations

import json
import os
import sqlite3
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.clock import Clock, SystemClock
from bot.config import Settings
from bot.demo import TOKEN, USERNAME, playing
from bot.doctor import CHECKS, examination
from bot.doctor.findings import Finding, Mark
from bot.doctor.machine import open_env_file
from bot.domain.ids import Ids
from bot.domain.people import Role
from bot.playground.chats import Chat, User
from bot.playground.clock import Clock as MovedClock
from bot.playground.server import Server, serve
from bot.playground.telegram import Telegram
from locales import Texts
from storage import contact, groups, marks, people, roles
from storage.migrate import migrate
from storage.sqlite import open_store
from tests.house.command import ungcuu, words
from tests.wire.door import (
    Door,
    closed_port,
    no,
    ok,
    open_door,
    open_socket,
    reads_and_hangs_up,
)
from tests.wire.test_http import is_a_socks_proxy_that_cannot_connect, refuses_the_proxy

TEXTS = Texts.load()
REAL = "123456789:AAsecretSECRETsecretSECRETsecret-_x"
CERTIFICATE = Path(__file__).with_name("known_to_all.pem")  # signed by itself: nobody should trust it


@dataclass
class Office:
    """A playground with a team's group and an administrator, and a database that knows them."""

    telegram: Telegram
    server: Server
    folder: Path
    an: User
    group: Chat

    def settings(self, **changed: object) -> Settings:
        known: dict[str, object] = {
            "token": TOKEN,
            "api_url": self.server.url,
            "database": f"sqlite:///{self.folder}/data/bot.db",
            "listen": "127.0.0.1:1",  # nobody listens there
        }
        return Settings.model_validate(known | changed)

    @property
    def path(self) -> Path:
        return self.settings().database_path

    async def fill(self) -> None:
        now = datetime.now(UTC)
        async with open_store(self.path, Ids(lambda: now)) as store:
            await migrate(store)
            async with store.transaction() as tx:
                admin = await people.add(tx, self.an.id, "vi", now)
                await roles.grant(tx, admin.id, Role.ADMIN, None, now)
                team = await groups.meet(tx, self.group.id)
                await groups.bind(tx, team.id, "Team", admin.id, now)
                await contact.publish(
                    tx,
                    phones=["0226000111"],
                    email=None,
                    hours="always",
                    portal=None,
                    published_on=date(2026, 11, 20),
                    by=admin.id,
                    now=now,
                )

    def write(self, sql: str) -> None:
        connection = sqlite3.connect(self.path)
        with connection:
            connection.execute(sql)
        connection.close()

    async def findings(self, clock: Clock | None = None, **changed: object) -> dict[str, Finding]:
        return await findings(self.settings(**changed), clock)


async def findings(settings: Settings, clock: Clock | None = None) -> dict[str, Finding]:
    """By key. Every line can be said, and a line that is no good one says what to do."""
    found = [finding async for finding in examination(settings, clock or SystemClock())]
    for finding in found:
        told = finding.told(TEXTS)
        assert settings.token.get_secret_value() not in told
        assert finding.mark in (Mark.GOOD, Mark.BUSY) or len(told.split("\n")) > 1 or finding.key.startswith("policy.")
    return {finding.key: finding for finding in found}


def faults(found: dict[str, Finding]) -> list[str]:
    return [key for key, finding in found.items() if finding.mark is Mark.FAULT]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    telegram = Telegram()
    telegram.bot(TOKEN, "Example", USERNAME)
    an = telegram.person("An")
    an.started = True
    office = Office(telegram, await serve(telegram), tmp_path, an, telegram.group("Team", members=[an]))
    await office.fill()
    yield office
    await office.server.close()


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


# All is well ---------------------------------------------------------------------------------------------------------


async def test_a_sound_bot_gets_a_good_line_for_everything(office: Office, tmp_path: Path) -> None:
    office.telegram.adds_bot(office.group, office.an, admin=True)
    (tmp_path / "policy.toml").touch()
    found = await office.findings(policy=tmp_path / "policy.toml")
    of_the_bot = [one for key, one in found.items() if not key.startswith("doctor.papers.")]  # this machine may lack it
    assert {finding.mark for finding in of_the_bot} == {Mark.GOOD}
    for check in ("settings", "policy", "database", "disk", "way", "token", "webhook", "clock", "group"):
        assert any(key.startswith(f"doctor.{check}.") for key in found), check
    assert {"doctor.administrators.good", "doctor.contact_point.good", "doctor.port.free"} <= found.keys()


async def test_looking_changes_nothing_and_leaves_nothing_behind(office: Office) -> None:
    before = (office.path.read_bytes(), os.listdir(office.path.parent))
    await office.findings()
    assert (office.path.read_bytes(), os.listdir(office.path.parent)) == before


async def test_a_running_bot_is_looked_at_while_it_works() -> None:
    async with playing(page=False) as (telegram, _server, parts):
        await telegram.until(lambda: telegram.updates.polling)
        found = await findings(parts.settings.model_copy(update={"listen": f"127.0.0.1:{parts.port}"}))
    assert faults(found) == []
    assert {"doctor.database.good", "doctor.group.hears_commands", "doctor.port.running"} <= found.keys()


# The way there -------------------------------------------------------------------------------------------------------


async def test_what_stops_a_request_on_its_way_is_told_apart(office: Office, stack: AsyncExitStack) -> None:
    closed = await closed_port()
    plain = office.server.url.removeprefix("http://")
    broken = await stack.enter_async_context(open_socket(reads_and_hangs_up))
    asking = await stack.enter_async_context(open_socket(refuses_the_proxy))
    unable = await stack.enter_async_context(open_socket(is_a_socks_proxy_that_cannot_connect))
    for word, url, proxy in (
        ("refused", f"http://{closed}", None),
        ("dns", "https://telegram.invalid", None),
        ("tls", f"https://{plain}", None),
        ("certificate", await untrusted(stack), None),
        ("broken", f"http://{broken}", None),
        ("proxy", office.server.url, f"http://{closed}"),
        ("proxy", office.server.url, f"socks5://{closed}"),
        ("proxy_password", f"https://{plain}", f"http://{asking}"),
        ("proxy_password", office.server.url, f"http://{asking}"),
        ("proxy_refuses", office.server.url, f"socks5h://{unable}"),
    ):
        found = await office.findings(api_url=url, proxy=proxy)
        assert faults(found) == [f"doctor.way.{word}"], (url, proxy)
        assert not any(key.startswith("doctor.token.") for key in found)


async def untrusted(stack: AsyncExitStack) -> str:
    """An https server whose certificate nobody vouches for."""
    runner = web.AppRunner(web.Application())
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    return f"https://localhost:{runner.addresses[0][1]}"


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ("401", "wrong"),
        ("404html", "foreign"),
        ("502", "foreign"),
        ("garbage", "foreign"),
        ("429", "flood"),
        ("drop_before", "network"),
    ],
)
async def test_a_wrong_token_is_no_block_page_and_no_broken_line(office: Office, fault: str, word: str) -> None:
    office.telegram.fails(fault, "getMe")
    assert faults(await office.findings()) == [f"doctor.token.{word}"]


async def test_who_waits_is_told_what_for(office: Office) -> None:
    office.telegram.fails("delay", "getMe", seconds=1.3)
    found = await office.findings()
    assert found["doctor.busy"].told(TEXTS) == f"{Mark.BUSY} " + words("doctor.busy", what=words(BUSY), seconds=1)
    assert faults(found) == []


BUSY = "doctor.what.token"


def test_every_check_has_a_name_to_wait_for() -> None:
    assert all(words(what) for what, _ in CHECKS)


# The webhook ---------------------------------------------------------------------------------------------------------

HOOK = "http://127.0.0.1:9/here"


@pytest.mark.parametrize(
    ("wanted", "there", "key", "mark"),
    [
        (None, "", "doctor.webhook.polling", Mark.GOOD),
        (HOOK, HOOK, "doctor.webhook.good", Mark.GOOD),
        (None, HOOK, "doctor.webhook.left_over", Mark.MIND),
        (HOOK, "", "doctor.webhook.not_set", Mark.MIND),
        (HOOK, "http://127.0.0.1:9/there", "doctor.webhook.elsewhere", Mark.FAULT),
    ],
)
async def test_the_webhook_is_held_against_the_settings(
    stack: AsyncExitStack, tmp_path: Path, wanted: str | None, there: str, key: str, mark: Mark
) -> None:
    found = await at_the_door(stack, tmp_path, {"url": there, "pending_update_count": 0}, webhook_url=wanted)
    assert found[key].mark is mark
    assert [one for one in found if one.startswith("doctor.webhook.")] == [key]


async def test_a_crowd_that_waits_and_a_call_that_failed_are_told(stack: AsyncExitStack, tmp_path: Path) -> None:
    when = int(datetime.now(UTC).timestamp()) - 60
    info = {
        "url": HOOK,
        "pending_update_count": 101,
        "last_error_date": when,
        "last_error_message": f"Wrong response from {REAL}",
    }
    found = await at_the_door(stack, tmp_path, info, webhook_url=HOOK)
    assert found["doctor.webhook.crowd"].mark is Mark.MIND
    told = found["doctor.webhook.error"].told(TEXTS)
    assert "Wrong response" in told
    assert REAL not in told
    old = await at_the_door(stack, tmp_path, {**info, "last_error_date": when - 7200}, webhook_url=HOOK)
    assert "doctor.webhook.error" not in old


ME = {"id": 100000, "is_bot": True, "first_name": "Example", "username": USERNAME}


async def at_the_door(
    stack: AsyncExitStack, folder: Path, webhook: object, *others: object, me: object = ME, **changed: object
) -> dict[str, Finding]:
    """Findings where Telegram answers exactly this, question by question."""
    answers = [ok(True), ok(me), ok(webhook), *(ok(answer) for answer in others)]
    door = await stack.enter_async_context(open_door(Door([*answers, no(400, "Bad Request: chat not found")])))
    known = {
        "token": TOKEN,
        "api_url": door.url,
        "database": f"sqlite:///{folder}/data/bot.db",
        "listen": "127.0.0.1:1",
    }
    return await findings(Settings.model_validate(known | changed))


# Database and clock --------------------------------------------------------------------------------------------------


async def test_a_database_that_is_not_there_yet_is_no_fault_of_it(office: Office) -> None:
    found = await office.findings(database=f"sqlite:///{office.folder}/new/bot.db", admins=(office.an.id,))
    assert found["doctor.database.absent"].mark is Mark.MIND
    assert faults(found) == []
    assert "new" not in os.listdir(office.folder)


async def test_a_damaged_database_is_told(office: Office) -> None:
    whole = office.path.read_bytes()
    for damaged in (b"no database" * 1000, whole[:4096] + os.urandom(len(whole) - 4096)):
        office.path.write_bytes(damaged)
        assert faults(await office.findings()) == ["doctor.database.damaged"]


async def test_a_database_of_another_version_is_told_and_not_read(office: Office) -> None:
    office.write("INSERT INTO migrations VALUES (9999)")
    assert faults(await office.findings()) == ["doctor.database.newer"]
    office.write("DELETE FROM migrations")
    found = await office.findings()
    assert faults(found) == []
    assert found["doctor.database.older"].mark is Mark.MIND
    assert not any(key.startswith(("doctor.group.", "doctor.administrators.", "doctor.contact")) for key in found)


async def test_a_place_where_no_database_can_be_is_told(office: Office) -> None:
    (office.folder / "letter").touch()
    found = await office.findings(database=f"sqlite:///{office.folder}/letter/bot.db", admins=(office.an.id,))
    assert faults(found) == ["doctor.database.folder_closed"]


async def test_rows_from_the_future_are_told(office: Office) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    async with open_store(office.path, Ids(lambda: tomorrow)) as store, store.transaction() as tx:
        await marks.put(tx, "heartbeat", "", tomorrow)
    assert faults(await office.findings()) == ["doctor.database.future"]


@pytest.mark.parametrize(("seconds", "key"), [(20, "doctor.clock.good"), (40, "doctor.clock.off")])
async def test_a_clock_is_held_against_the_servers(office: Office, seconds: int, key: str) -> None:
    clock = MovedClock()
    clock.move(seconds=seconds)
    found = await office.findings(clock)
    assert found[key].mark is (Mark.FAULT if key.endswith("off") else Mark.GOOD)


async def test_a_wrong_policy_is_told_row_by_row(office: Office, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text("draft_days = 99\nsilense_minutes = 3\n", encoding="utf-8")
    found = await office.findings(policy=tmp_path / "policy.toml")
    assert sorted(faults(found)) == ["policy.too_big", "policy.unknown_key"]


# The group and people ------------------------------------------------------------------------------------------------


async def test_without_a_group_nobody_sees_a_report(office: Office) -> None:
    office.write("UPDATE groups SET duty = NULL")
    assert (await office.findings())["doctor.group.none"].mark is Mark.MIND


Change = Callable[[Office], object]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda office: office.telegram.removes_bot(office.group, office.an), "doctor.group.outside"),
        (lambda office: setattr(office.group, "username", "everybody"), "doctor.group.public"),
        (lambda office: office.telegram.chats.pop(office.group.id), "doctor.group.gone"),
    ],
)
async def test_a_group_that_cannot_be_worked_in_is_a_fault(office: Office, change: Change, key: str) -> None:
    change(office)
    assert faults(await office.findings()) == [key]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda office: None, "doctor.group.hears_commands"),
        (lambda office: setattr(office.telegram.me, "privacy", False), "doctor.group.hears_all"),
        (lambda office: office.telegram.adds_bot(office.group, office.an, admin=True), "doctor.group.administrator"),
    ],
)
async def test_what_the_bot_hears_in_the_group_is_told(office: Office, change: Change, key: str) -> None:
    change(office)
    assert (await office.findings())[key].mark is Mark.GOOD


async def test_a_bot_that_does_not_see_who_leaves_the_group_says_so(office: Office) -> None:
    assert (await office.findings())["doctor.group.sees_no_departures"].mark is Mark.MIND
    office.telegram.adds_bot(office.group, office.an, admin=True)
    assert "doctor.group.sees_no_departures" not in await office.findings()


async def test_a_book_of_roles_that_was_changed_from_outside_is_a_fault(office: Office) -> None:
    assert (await office.findings())["doctor.roles.good"].mark is Mark.GOOD
    office.write("UPDATE role_events SET role = 'approver' WHERE number = 1")
    found = await office.findings()
    assert faults(found) == ["doctor.roles.broken"]
    assert found["doctor.roles.broken"].values == {"number": 1}


@pytest.mark.parametrize(
    ("member", "permissions"),
    [
        ({"status": "restricted", "can_send_messages": False}, {"can_send_messages": True}),
        ({"status": "member"}, {"can_send_messages": False}),
    ],
)
async def test_a_bot_that_may_not_write_in_the_group_is_a_fault(
    office: Office, stack: AsyncExitStack, member: dict[str, object], permissions: dict[str, object]
) -> None:
    chat = {"id": office.group.id, "type": "supergroup", "title": "Team", "permissions": permissions}
    found = await at_the_door(stack, office.folder, {"url": ""}, chat, member, {"id": office.an.id})
    assert faults(found) == ["doctor.group.muted"]


async def test_a_group_that_moved_is_followed_and_no_fault(office: Office, stack: AsyncExitStack) -> None:
    basic = office.telegram.group("Basic", members=[office.an], type="group")
    office.write(f"UPDATE groups SET telegram_id = {basic.id} WHERE duty = 'team'")
    office.telegram.migrates(basic)
    found = await office.findings()
    assert found["doctor.group.moved"].mark is Mark.MIND
    assert faults(found) == []


async def test_a_bot_that_may_join_no_group_is_told_so(office: Office, stack: AsyncExitStack) -> None:
    office.write("UPDATE groups SET duty = NULL")
    found = await at_the_door(stack, office.folder, {"url": ""}, {}, me={**ME, "can_join_groups": False})
    assert faults(found) == ["doctor.group.joining_off"]


async def test_administrators_that_are_missing_or_cannot_be_written_to_are_told(office: Office) -> None:
    stranger = office.telegram.person("Stranger")
    found = await office.findings(admins=(stranger.id,))
    told = found["doctor.administrators.strangers"]
    assert (told.mark, told.values["n"], told.values["strangers"]) == (Mark.MIND, 2, 1)
    office.write("UPDATE roles SET ended_at = granted_at")
    assert faults(await office.findings()) == ["doctor.administrators.none"]


async def test_a_contact_point_that_was_never_published_is_told(office: Office) -> None:
    office.write("DELETE FROM contact_points")
    assert (await office.findings())["doctor.contact_point.unpublished"].mark is Mark.MIND


# The port ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ({"status": "ok"}, "doctor.port.running"),
        ({"status": "degraded"}, "doctor.port.degraded"),
        ({"status": "down"}, "doctor.port.down"),
        ({"status": "down", "reason": None, "disk": "low"}, "doctor.port.down"),
        ({"status": "down", "reason": "disk_full", "disk": "low"}, "doctor.port.disk_full"),
        ({"status": "degraded", "disk": "low", "telegram_connected": True}, "doctor.port.disk_low"),
        ({"status": "degraded", "disk": "low", "telegram_connected": False}, "doctor.port.degraded"),
        ({"hello": "there"}, "doctor.port.taken"),
        ([], "doctor.port.taken"),
    ],
)
async def test_the_running_bot_is_asked_how_it_is(
    office: Office, stack: AsyncExitStack, answer: object, key: str
) -> None:
    async def health(_request: web.Request) -> web.Response:
        return web.Response(text=json.dumps(answer), content_type="application/json")

    port = await listening(stack, health)
    found = await office.findings(listen=f"127.0.0.1:{port}")
    assert [one for one in found if one.startswith("doctor.port.")] == [key]


async def test_a_stranger_on_our_port_is_told(office: Office, stack: AsyncExitStack) -> None:
    address = await stack.enter_async_context(open_socket(reads_and_hangs_up))
    assert faults(await office.findings(listen=address)) == ["doctor.port.taken"]


async def listening(stack: AsyncExitStack, answer: Callable[[web.Request], Awaitable[web.Response]]) -> int:
    app = web.Application()
    app.router.add_get("/healthz", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return int(runner.addresses[0][1])


async def test_papers_that_cannot_be_made_are_told_with_their_reason(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert (await office.findings())["doctor.papers.no_office"].mark is Mark.MIND
    assert "doctor.papers.no_folder" in faults(await office.findings(papers=tmp_path / "absent"))
    broken = tmp_path / "papers" / "mau_moi"
    broken.mkdir(parents=True)
    assert "doctor.papers.good" in await office.findings(papers=broken.parent)
    (broken / "form.toml").write_text('name = "x"', "utf-8")
    unusable = (await office.findings(papers=broken.parent))["doctor.papers.unusable"]
    assert unusable.mark is Mark.FAULT
    assert "mau_moi" in unusable.told(TEXTS)


async def test_a_disk_of_its_own_for_files_is_looked_at_too(office: Office) -> None:
    beside = [one for one in await office.findings(data=office.folder / "files") if one.endswith("_for_files")]
    assert beside == []
    # What is free in the kernel's own file system is none of ours: no file can be written there.
    kernel = [one for one in await office.findings(data=Path("/proc/files")) if one.endswith("_for_files")]
    assert kernel == ["doctor.disk.little_for_files"]


# On the screen -------------------------------------------------------------------------------------------------------


def test_a_file_that_shows_the_token_to_others_is_told(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    assert open_env_file(file) == []
    file.touch(mode=0o600)
    assert open_env_file(file) == []
    file.chmod(0o644)
    assert [finding.key for finding in open_env_file(file)] == ["doctor.settings.open_to_others"]


async def test_the_command_ends_with_what_it_found(office: Office) -> None:
    given = {
        "UNGCUU_API_URL": office.server.url,
        "UNGCUU_DATABASE": f"sqlite:///{office.path}",
        "UNGCUU_LISTEN": "127.0.0.1:1",
    }
    sound = await ungcuu(office.folder, "doctor", given={**given, "UNGCUU_TOKEN": TOKEN})
    assert (sound.status, sound.err) == (0, "")
    assert sound.out.endswith(words("doctor.sound", minds=2) + "\n")  # no policy, and it does not see who leaves
    wrong = await ungcuu(office.folder, "doctor", given={**given, "UNGCUU_TOKEN": REAL})
    assert (wrong.status, wrong.err) == (1, "")
    assert f"{Mark.FAULT} " + words("doctor.token.wrong").split("\n")[0] in wrong.out
    assert wrong.out.endswith(words("doctor.faults", faults=1, minds=1) + "\n")
    assert REAL not in wrong.out
