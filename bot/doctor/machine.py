"""What the doctor looks at on this machine: settings, policy, clock, database, disk, and the port of the bot."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from bot.app import AHEAD
from bot.config import SettingsError, read_policy
from bot.disk import free_bytes, is_low, standing
from bot.doctor.findings import Finding, Mark, Patient, fault, good, mind
from bot.domain.policy_faults import PolicyError
from bot.domain.quotas import LEAST_ROOM, MEGABYTE
from locales import At
from storage.doctor import Damaged, Found, Unreadable, examine

SKEW: Final = timedelta(seconds=30)
LEAST_FREE: Final = 200  # megabytes; below it the bot may stop within days
LITTLE_FREE: Final = LEAST_ROOM // MEGABYTE
OPEN_TO_OTHERS: Final = 0o044


def refused_settings(error: SettingsError) -> list[Finding]:
    """Settings that cannot be used: nothing else can be looked at."""
    return [Finding(Mark.FAULT, one.key, {"name": one.name, "meant": one.meant}) for one in error.faults]


def open_env_file(path: Path) -> list[Finding]:
    """The file that holds the token is its owner's alone."""
    with suppress(OSError):
        if path.stat().st_mode & OPEN_TO_OTHERS:
            return mind("doctor.settings.open_to_others", path=str(path))
    return []


async def settings(patient: Patient) -> list[Finding]:
    api = urlsplit(patient.settings.api_url).netloc
    return good("doctor.settings.good", api=api, database=str(patient.settings.database_path))


async def policy(patient: Patient) -> list[Finding]:
    path = patient.settings.policy
    try:
        read_policy(path)
    except PolicyError as error:
        return policy_faults(error)
    return mind("doctor.policy.neutral") if path is None else good("doctor.policy.good", path=str(path))


def policy_faults(error: PolicyError) -> list[Finding]:
    return [Finding(Mark.FAULT, one.key, {"path": one.path, "meant": one.meant}) for one in error.faults]


async def clock(patient: Patient) -> list[Finding]:
    """Against the server's clock: one that is wrong by a minute makes every stated time doubtful."""
    date = patient.way.date if patient.way else None
    if date is None:
        return []
    off = patient.clock.now() - date
    if abs(off) > SKEW:
        return fault("doctor.clock.off", seconds=round(abs(off).total_seconds()), here=At(patient.clock.now()))
    return good("doctor.clock.good")


# Database ------------------------------------------------------------------------------------------------------------


async def database(patient: Patient) -> list[Finding]:
    path = patient.settings.database_path
    place = _place(path)
    room = _space(path) + _space_for_files(patient.settings.data, path)
    if place or not path.exists():
        return place or mind("doctor.database.absent", path=str(path)) + room
    try:
        found = await examine(path)
    except Damaged:
        return fault("doctor.database.damaged", path=str(path))
    except Unreadable:
        return fault("doctor.database.unreadable", path=str(path))
    patient.found = found if found.readable else None
    return _content(found, path) + room + _future(found, patient.clock.now())


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
    free = free_bytes(path) // MEGABYTE
    if free < LEAST_FREE:
        return fault("doctor.disk.full", free=free)
    return mind("doctor.disk.little", free=free) if free < LITTLE_FREE else good("doctor.disk.good", free=free)


def _space_for_files(folder: Path, database: Path) -> list[Finding]:
    """Where files have a disk of their own, that one is looked at too."""
    if standing(folder).stat().st_dev == standing(database).stat().st_dev:
        return []
    free = free_bytes(folder)
    key = "doctor.disk.little_for_files" if is_low(free) else "doctor.disk.good_for_files"
    return [Finding(Mark.MIND if is_low(free) else Mark.GOOD, key, {"free": free // MEGABYTE})]


def _future(found: Found, now: datetime) -> list[Finding]:
    newest = found.newest_row_at
    if newest is None or newest <= now + AHEAD:
        return []
    return fault("doctor.database.future", newest=At(newest), here=At(now))


# The running bot -----------------------------------------------------------------------------------------------------

HEALTH: Final = {
    "ok": (Mark.GOOD, "doctor.port.running"),
    "degraded": (Mark.MIND, "doctor.port.degraded"),
    "down": (Mark.FAULT, "doctor.port.down"),
}
# What health says besides, where the disk is the cause.
DISK: Final[tuple[tuple[dict[str, object], tuple[Mark, str]], ...]] = (
    ({"status": "down", "reason": "disk_full"}, (Mark.FAULT, "doctor.port.disk_full")),
    ({"status": "degraded", "disk": "low", "telegram_connected": True}, (Mark.MIND, "doctor.port.disk_low")),
)
EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  asked, not listened to


async def port(patient: Patient) -> list[Finding]:
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
    mark, key = next((found for said, found in DISK if said.items() <= told.items()), HEALTH[status])
    return [Finding(mark, key, {"listen": settings.listen})]
