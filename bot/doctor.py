"""`ungcuu doctor`: looks at all that a running bot needs, changes nothing, and says what to do about each fault."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from bot.app import AHEAD
from bot.clock import Clock
from bot.config import Settings, SettingsError, read_policy
from bot.domain.policy import PolicyError
from bot.logs import masked
from handlers.doctor import Answer, Way, ask, walk
from handlers.http import AiohttpRequest
from locales import At, Texts, Value, Word
from storage.doctor import Damaged, Found, Unreadable, examine

NOTICE: Final = 1.0  # seconds after which somebody who waits is told what for, and again every so often
SKEW: Final = timedelta(seconds=30)
MEGABYTE: Final = 1_000_000
LEAST_FREE: Final = 200  # megabytes; below it the bot may stop within days
LITTLE_FREE: Final = 1000
MANY_WAITING: Final = 100  # updates
RECENT: Final = timedelta(hours=1)
MOST_ADMINISTRATORS: Final = 20  # that are asked after
OPEN_TO_OTHERS: Final = 0o044


class Mark(StrEnum):
    """How a line of the report begins."""

    GOOD = "✓"
    MIND = "!"
    FAULT = "✗"
    BUSY = "…"


@dataclass(frozen=True)
class Finding:
    """One line: a text of the catalogue. What to do about it stands in the same text, from its second line on."""

    mark: Mark
    key: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def told(self, texts: Texts) -> str:
        first, *rest = texts.plain("vi", self.key, self.values).split("\n")
        return "\n".join([f"{self.mark} {first}", *(f"    {line}" for line in rest)])


@dataclass
class Patient:
    """What is looked at. Later checks use what earlier ones found, and pass in silence where that is missing."""

    settings: Settings
    clock: Clock
    request: AiohttpRequest
    way: Way | None = None
    me: Mapping[str, Any] | None = None
    found: Found | None = None

    async def ask(self, method: str, **values: object) -> Answer:
        token = self.settings.token.get_secret_value()
        return await ask(self.request, f"{self.settings.base_url}{token}/{method}", **values)


def good(key: str, **values: Value) -> list[Finding]:
    return [Finding(Mark.GOOD, key, values)]


def mind(key: str, **values: Value) -> list[Finding]:
    return [Finding(Mark.MIND, key, values)]


def fault(key: str, **values: Value) -> list[Finding]:
    return [Finding(Mark.FAULT, key, values)]


async def examination(settings: Settings, clock: Clock) -> AsyncGenerator[Finding, None]:
    """Every check in order; while one takes longer than a second, lines that say which."""
    async with AiohttpRequest(proxy=settings.proxy_url) as request:
        patient = Patient(settings, clock, request)
        for what, check in CHECKS:
            task = asyncio.ensure_future(check(patient))
            try:
                async for finding in _watched(task, what):
                    yield finding
            finally:
                task.cancel()


async def _watched(task: asyncio.Future[list[Finding]], what: str) -> AsyncIterator[Finding]:
    waited = 0
    while not (await asyncio.wait({task}, timeout=NOTICE * (1 if not waited else 5)))[0]:
        waited += 5 if waited else 1
        yield Finding(Mark.BUSY, "doctor.busy", {"what": Word(what), "seconds": waited})
    for finding in task.result():
        yield finding


def refused_settings(error: SettingsError) -> list[Finding]:
    """Settings that cannot be used: nothing else can be looked at."""
    return [Finding(Mark.FAULT, one.key, {"name": one.name, "meant": one.meant}) for one in error.faults]


def open_env_file(path: Path) -> list[Finding]:
    """The file that holds the token is its owner's alone."""
    with suppress(OSError):
        if path.stat().st_mode & OPEN_TO_OTHERS:
            return mind("doctor.settings.open_to_others", path=str(path))
    return []


# Policy and clock ----------------------------------------------------------------------------------------------------


async def _settings(patient: Patient) -> list[Finding]:
    api = urlsplit(patient.settings.api_url).netloc
    return good("doctor.settings.good", api=api, database=str(patient.settings.database_path))


async def _policy(patient: Patient) -> list[Finding]:
    path = patient.settings.policy
    try:
        read_policy(path)
    except PolicyError as error:
        return policy_faults(error)
    return mind("doctor.policy.neutral") if path is None else good("doctor.policy.good", path=str(path))


def policy_faults(error: PolicyError) -> list[Finding]:
    return [Finding(Mark.FAULT, one.key, {"path": one.path, "meant": one.meant}) for one in error.faults]


async def _clock(patient: Patient) -> list[Finding]:
    """Against the server's clock: one that is wrong by a minute makes every stated time doubtful."""
    date = patient.way.date if patient.way else None
    if date is None:
        return []
    off = patient.clock.now() - date
    if abs(off) > SKEW:
        return fault("doctor.clock.off", seconds=round(abs(off).total_seconds()), here=At(patient.clock.now()))
    return good("doctor.clock.good")


# Database ------------------------------------------------------------------------------------------------------------


async def _database(patient: Patient) -> list[Finding]:
    path = patient.settings.database_path
    place = _place(path)
    if place or not path.exists():
        return place or mind("doctor.database.absent", path=str(path)) + _space(path)
    try:
        found = await examine(path)
    except Damaged:
        return fault("doctor.database.damaged", path=str(path))
    except Unreadable:
        return fault("doctor.database.unreadable", path=str(path))
    patient.found = found if found.readable else None
    return _content(found, path) + _space(path) + _future(found, patient.clock.now())


def _place(path: Path) -> list[Finding]:
    """Whether we could write there, as the user who runs this command."""
    folder = next(one for one in path.absolute().parents if one.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return fault("doctor.database.folder_closed", folder=str(folder))
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        return fault("doctor.database.file_closed", path=str(path))
    return []


def _content(found: Found, path: Path) -> list[Finding]:
    if not found.sound:
        return fault("doctor.database.damaged", path=str(path))
    if found.schema > found.known:
        return fault("doctor.database.newer", schema=found.schema, known=found.known)
    if found.schema < found.known:
        return mind("doctor.database.older", schema=found.schema, known=found.known)
    return good("doctor.database.good", path=str(path), schema=found.schema)


def _space(path: Path) -> list[Finding]:
    folder = next(one for one in path.absolute().parents if one.exists())
    free = shutil.disk_usage(folder).free // MEGABYTE
    if free < LEAST_FREE:
        return fault("doctor.disk.full", free=free)
    return mind("doctor.disk.little", free=free) if free < LITTLE_FREE else good("doctor.disk.good", free=free)


def _future(found: Found, now: datetime) -> list[Finding]:
    newest = found.newest_row_at
    if newest is None or newest <= now + AHEAD:
        return []
    return fault("doctor.database.future", newest=At(newest), here=At(now))


# Telegram ------------------------------------------------------------------------------------------------------------

# What stopped a bare request on its way.
WAYS: Final = {
    "dns": "doctor.way.dns",
    "unreachable": "doctor.way.unreachable",
    "refused": "doctor.way.refused",
    "silent": "doctor.way.silent",
    "certificate": "doctor.way.certificate",
    "tls": "doctor.way.tls",
    "proxy": "doctor.way.proxy",
    "proxy_password": "doctor.way.proxy_password",
    "proxy_refuses": "doctor.way.proxy_refuses",
    "broken": "doctor.way.broken",
}
# What the Bot API, or something in its place, said to getMe.
TOKENS: Final = {
    "token": "doctor.token.wrong",
    "foreign": "doctor.token.foreign",
    "flood": "doctor.token.flood",
    "network": "doctor.token.network",
}


async def _way(patient: Patient) -> list[Finding]:
    url = patient.settings.api_url
    patient.way = await walk(f"{url}/", patient.settings.proxy_url)
    server = urlsplit(url).hostname or ""
    proxy = urlsplit(patient.settings.proxy_url or "").hostname
    if patient.way.trouble:
        return fault(WAYS[patient.way.trouble], server=server, proxy=proxy)
    return good("doctor.way.good", server=server, proxy=proxy)


async def _token(patient: Patient) -> list[Finding]:
    if patient.way is None or patient.way.trouble:
        return []
    answer = await patient.ask("getMe")
    if answer.trouble or not isinstance(answer.result, Mapping):
        return fault(TOKENS.get(answer.trouble or "foreign", "doctor.token.foreign"))
    patient.me = answer.result
    return good("doctor.token.good", username=str(answer.result.get("username")))


async def _webhook(patient: Patient) -> list[Finding]:
    if patient.me is None:
        return []
    answer = await patient.ask("getWebhookInfo")
    if not isinstance(answer.result, Mapping):
        return mind("doctor.webhook.unasked")
    info = answer.result
    waiting = int(info.get("pending_update_count") or 0)
    findings = _intake(patient.settings.webhook_url or "", str(info.get("url") or ""), waiting)
    return findings + _crowd(waiting) + _last_error(info, patient.clock.now())


def _intake(wanted: str, there: str, waiting: int) -> list[Finding]:
    """Whether Telegram brings updates where the settings want them. Of an address only its server is shown."""
    if wanted == there:
        server = urlsplit(wanted).hostname
        return (
            good("doctor.webhook.good", server=server, waiting=waiting)
            if wanted
            else good("doctor.webhook.polling", waiting=waiting)
        )
    if not wanted:
        return mind("doctor.webhook.left_over", there=urlsplit(there).hostname)
    return (
        mind("doctor.webhook.not_set")
        if not there
        else fault("doctor.webhook.elsewhere", there=urlsplit(there).hostname, server=urlsplit(wanted).hostname)
    )


def _crowd(waiting: int) -> list[Finding]:
    return mind("doctor.webhook.crowd", waiting=waiting) if waiting > MANY_WAITING else []


def _last_error(info: Mapping[str, Any], now: datetime) -> list[Finding]:
    when = info.get("last_error_date")
    if not isinstance(when, int) or now - datetime.fromtimestamp(when, UTC) > RECENT:
        return []
    said = masked(str(info.get("last_error_message") or ""))[:200]
    return mind("doctor.webhook.error", at=At(datetime.fromtimestamp(when, UTC)), said=said)


# People --------------------------------------------------------------------------------------------------------------

GROUPS: Final = {
    "forbidden": "doctor.group.outside",
    "refused": "doctor.group.gone",
    "moved": "doctor.group.moved",
}


async def _group(patient: Patient) -> list[Finding]:
    if patient.me is None or patient.found is None:
        return []
    team = patient.found.team
    if team is None:
        closed = patient.me.get("can_join_groups") is False
        return mind("doctor.group.none") + (fault("doctor.group.joining_off") if closed else [])
    chat = await patient.ask("getChat", chat_id=team.telegram_id)
    member = await patient.ask("getChatMember", chat_id=team.telegram_id, user_id=patient.me.get("id"))
    trouble = chat.trouble or member.trouble
    if trouble or not isinstance(chat.result, Mapping) or not isinstance(member.result, Mapping):
        key = GROUPS.get(trouble or "", "doctor.group.unasked")
        return mind(key) if trouble in (None, "moved", "network", "flood") else fault(key, title=team.title)
    return _public(chat.result) + _standing(chat.result, member.result, patient.me)


def _public(chat: Mapping[str, Any]) -> list[Finding]:
    name = chat.get("username")
    return fault("doctor.group.public", username=str(name)) if name else []


def _standing(chat: Mapping[str, Any], member: Mapping[str, Any], me: Mapping[str, Any]) -> list[Finding]:
    """Whether the bot is inside, may write, and hears what it needs: commands, which privacy mode lets through."""
    title, status = str(chat.get("title") or ""), member.get("status")
    allowed: Mapping[str, Any] = chat.get("permissions") or {}
    if status in ("left", "kicked"):
        return fault("doctor.group.outside", title=title)
    everybody_muted = status == "member" and allowed.get("can_send_messages") is False
    if everybody_muted or (status == "restricted" and not member.get("can_send_messages")):
        return fault("doctor.group.muted", title=title)
    if status == "administrator":
        return good("doctor.group.administrator", title=title)
    hears_all = me.get("can_read_all_group_messages") is True
    key = "doctor.group.hears_all" if hears_all else "doctor.group.hears_commands"
    return good(key, title=title, username=str(me.get("username")))


async def _administrators(patient: Patient) -> list[Finding]:
    found = patient.found.administrators if patient.found else ()
    ids = sorted({one.telegram_id for one in found} | set(patient.settings.admins))
    if not ids:
        unread = patient.found is None and patient.settings.database_path.exists()
        return [] if unread else fault("doctor.administrators.none")
    if patient.me is None:
        return good("doctor.administrators.good", n=len(ids))
    answers = [await patient.ask("getChat", chat_id=one) for one in ids[:MOST_ADMINISTRATORS]]
    strangers = sum(answer.trouble in ("refused", "forbidden") for answer in answers)
    if not strangers:
        return good("doctor.administrators.good", n=len(ids))
    username = str(patient.me.get("username"))
    return mind("doctor.administrators.strangers", n=len(ids), strangers=strangers, username=username)


async def _contact_point(patient: Patient) -> list[Finding]:
    if patient.found is None:
        return []
    point = patient.found.contact_point
    if point is None:
        return mind("doctor.contact_point.unpublished")
    return good("doctor.contact_point.good", date=point.published_on.strftime("%d/%m/%Y"))


# The running bot -----------------------------------------------------------------------------------------------------

HEALTH: Final = {
    "ok": (Mark.GOOD, "doctor.port.running"),
    "degraded": (Mark.MIND, "doctor.port.degraded"),
    "down": (Mark.FAULT, "doctor.port.down"),
}
EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  asked, not listened to


async def _port(patient: Patient) -> list[Finding]:
    """Whether the bot is running, and how it says that it is."""
    settings = patient.settings
    host = EVERYWHERE.get(settings.listen_host, settings.listen_host)
    url = f"http://{f'[{host}]' if ':' in host else host}:{settings.listen_port}/healthz"
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5), trust_env=False) as session,
            session.get(url) as answer,
        ):
            told = await answer.json()
    except aiohttp.ClientConnectorError:
        return good("doctor.port.free", listen=settings.listen)
    except (aiohttp.ClientError, TimeoutError, ValueError):
        told = None
    status = told.get("status") if isinstance(told, dict) else None
    if status not in HEALTH:
        return fault("doctor.port.taken", listen=settings.listen)
    mark, key = HEALTH[status]
    return [Finding(mark, key, {"listen": settings.listen})]


CHECKS: Final[tuple[tuple[str, Callable[[Patient], Awaitable[list[Finding]]]], ...]] = (
    ("doctor.what.settings", _settings),
    ("doctor.what.policy", _policy),
    ("doctor.what.database", _database),
    ("doctor.what.way", _way),
    ("doctor.what.token", _token),
    ("doctor.what.webhook", _webhook),
    ("doctor.what.clock", _clock),
    ("doctor.what.group", _group),
    ("doctor.what.administrators", _administrators),
    ("doctor.what.contact_point", _contact_point),
    ("doctor.what.port", _port),
)
