"""The entry point of the playground's bot: the very same bot, on a Telegram that runs on this machine.

It reads neither `.env` nor `UNGCUU_*`, lives in a fresh temporary folder, and knows no token but the playground's own.
Run as a process of its own (`python -m bot.demo`) it takes the clock from the playground over loopback.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
import tempfile
import time
import tomllib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import aiohttp

from bot.app import Parts, running
from bot.clock import Clock
from bot.config import Settings
from bot.domain import reports, vietnamese
from bot.domain.agencies import Post
from bot.domain.incidents import CitizenKind
from bot.domain.obligations import add_months
from bot.domain.people import RESPONDERS, Person, Role
from bot.domain.policy import Policy
from bot.domain.rota import WEEK, monday_of
from bot.domain.tables import What
from bot.playground.chats import Chat, User
from bot.playground.server import Server, serve
from bot.playground.telegram import Telegram
from bot.services.casework import incidents
from bot.services.desk import Desk, House
from bot.services.duty import rota, rota_plans
from bot.services.obligation import laying
from bot.services.register import gate, imports
from locales import Texts
from storage import agencies, contact, groups, obligations, people, posts, roles, seats, systems
from storage import rota as shifts
from storage.store import Store

TOKEN = "100000:playground"  # noqa: S105  known to everybody, opens nothing
USERNAME = "ungcuu_vidu_bot"
FOLLOW_SECONDS = 25.0


@dataclass(frozen=True)
class Province:
    """The seeded province: invented people, a group, a contact point, all marked as examples."""

    raw: dict[str, Any]

    @classmethod
    def example(cls) -> Province:
        return cls(tomllib.loads((resources.files("bot") / "examples" / "province.toml").read_text("utf-8")))

    @property
    def people(self) -> list[dict[str, Any]]:
        return list(self.raw["person"])

    @property
    def staff(self) -> list[dict[str, Any]]:
        return [one for one in self.people if one["role"] != Role.CITIZEN]


@cache
def example_policy() -> Policy:
    """It comes with the program and nothing can change it, so that it is read once."""
    return Policy.parse((resources.files("bot") / "examples" / "policy.toml").read_text("utf-8"))


def unstormed(policy: Policy) -> Policy:
    """The same policy, by which no crowd of reports is a storm."""
    never = policy.storms.model_copy(update={"reports": 10**9, "emergencies": 10**9})
    return policy.model_copy(update={"storms": never})


def settings(api_url: str, folder: Path, listen: str = "127.0.0.1:0", webhook_url: str | None = None) -> Settings:
    """Settings of a playground bot; the environment has no say in them."""
    return Settings(
        token=TOKEN,
        api_url=api_url,
        database=f"sqlite:///{folder}/demo.db",
        data=folder / "files",
        listen=listen,
        webhook_url=webhook_url,
    )


def people_telegram(telegram: Telegram, province: Province) -> Chat:
    """Bring the people of the province and the team's group to the playground's Telegram; the group."""
    telegram.bot(TOKEN, province.raw.get("bot_name", "Ứng cứu sự cố (ví dụ)"), USERNAME)
    known: dict[str, User] = {}
    for one in province.people:
        known[one["key"]] = telegram.person(
            one["name"], id=one["telegram_id"], username=one.get("username"), note=_note(one)
        )
    team = [known[one["key"]] for one in province.people if one["role"] in _IN_GROUP]
    admins = [known[one["key"]] for one in province.people if one["role"] == Role.ADMIN]
    return telegram.group(province.raw["team_group"]["title"], members=team, admins=admins)


_IN_GROUP = (*RESPONDERS, Role.STANDING_UNIT)


def _note(one: dict[str, Any]) -> str:
    return ", ".join(part for part in (one.get("note"), one.get("title"), one["about"]) if part)


async def settle_province(store: Store, clock: Clock, province: Province, group: Chat, policy: Policy) -> None:
    """Put the province into the bot's own storage: staff with roles, group, contact point, sample reports."""
    house = House(policy, Texts.load())
    async with store.transaction() as tx:
        desk = Desk(tx, clock.now(), house)
        known = {one["key"]: await _person(desk, one) for one in province.people}
        admin = next(known[one["key"]] for one in province.people if one["role"] == Role.ADMIN)
        team = await groups.meet(tx, group.id)
        await groups.bind(tx, team.id, group.title or "", admin.id, desk.now)
        for one in province.people:
            if one["role"] in _IN_GROUP:
                await seats.put(tx, team.id, known[one["key"]].id, True, desk.now)
        point = province.raw["contact_point"]
        await contact.publish(
            tx,
            phones=[phone.replace(" ", "") for phone in point["phones"]],
            email=point["email"],
            hours=point["hours"],
            portal=point["portal"],
            published_on=point["published"],
            by=admin.id,
            now=desk.now,
        )
        await _register(desk, known, province)
        await _diligence(desk, province)
        await _duty(desk, known, province)
        await _sample_reports(desk, known, province)


async def _register(desk: Desk, known: dict[str, Person], province: Province) -> None:
    """Agencies and systems by the very same import as an officer's file, and who speaks for which agency."""
    for what in What:
        findings = await imports.load(desk, what, (resources.files("bot") / "examples" / f"{what}.csv").read_bytes())
        assert not findings.faults, findings.faults[0]
    for one in province.people:
        agency = await agencies.by_code(desk.tx, one.get("speaks_for", ""))
        if agency is not None:
            await posts.confirm(
                desk.tx, agency.id, known[one["key"]].id, Post(one["post"]), one.get("title"), None, desk.now
            )


async def _diligence(desk: Desk, province: Province) -> None:
    """What was done how many months ago, system by system, so that a board shows more than one colour."""
    while await laying.look(desk):
        pass
    today = gate.today(desk)
    for agency in {one["speaks_for"] for one in province.people if "speaks_for" in one}:
        owner = await agencies.by_code(desk.tx, agency)
        for place, system in enumerate(await systems.of_agency(desk.tx, owner.id) if owner else ()):
            for one in await obligations.of_subject(desk.tx, system.id):
                ago = province.raw["diligence"].get(one.rule, [0])
                months = ago[place % len(ago)]
                if months:
                    await laying.fulfil(desk, one, add_months(today, -months))


async def _duty(desk: Desk, known: dict[str, Person], province: Province) -> None:
    """A rota for this week and the next: whoever has the running shift is there, and one later shift is still empty."""
    duty = province.raw.get("duty")
    if duty is None:
        return
    order, by = [known[name] for name in duty["order"]], known[duty["planned_by"]]
    monday, ahead = monday_of(desk.now), 0
    running = await rota.turn_at(desk, desk.now)  # early on a Monday it began on Sunday
    weeks = [*await rota.week(desk, monday), *await rota.week(desk, monday + WEEK)]
    for number, turn in enumerate(weeks if running in weeks else [running, *weeks]):
        ahead += turn.slot.starts > desk.now
        if turn.slot.starts > desk.now and ahead == duty["empty"]:
            continue
        person = order[number % len(order)]
        shift = await rota_plans.put(desk, turn.slot, person, by)
        if turn.slot.covers(desk.now):
            await shifts.acknowledge(desk.tx, shift.id, person.id, desk.now)


async def _person(desk: Desk, one: dict[str, Any]) -> Person:
    person = await people.find(desk.tx, one["telegram_id"]) or await people.add(
        desk.tx, one["telegram_id"], "vi", desk.now
    )
    if one["role"] != Role.CITIZEN:
        await people.introduce(desk.tx, person.id, one["name"], one.get("phone", ""))
        until = desk.now + timedelta(days=one["days"]) if "days" in one else None
        role = Role(one["role"])
        await roles.grant(desk.tx, person.id, role, None, desk.now, expires_at=until, scope=one.get("body"))
    return person


async def _sample_reports(desk: Desk, known: dict[str, Person], province: Province) -> None:
    for sample in province.raw.get("report", ()):
        reporter = known[sample["by"]]
        form = reports.AGENCY_REPORT if sample.get("form") == "agency" else reports.CITIZEN_REPORT
        moment = vietnamese.Moment(desk.now - timedelta(hours=sample.get("hours_ago", 1)), precise=True)
        facts = {
            "kind": sample.get("kind", CitizenKind.OTHER),
            form.story or "story": sample["story"],
            ("detected_at" if form is reports.AGENCY_REPORT else "happened_at"): moment.to_text(),
            **sample.get("facts", {}),
        }
        await incidents.file(desk, reporter, form, facts, incomplete=False)


@asynccontextmanager
async def playing(
    port: int = 0, *, page: bool = True, on_ready: Callable[[str], None] | None = None
) -> AsyncIterator[tuple[Telegram, Server, Parts]]:
    """The whole playground in one process: Telegram, its page, the seeded province, the bot."""
    policy = example_policy()
    province = Province.example()
    telegram = Telegram(limits=policy.pace.limits(), keep=2000)
    group = people_telegram(telegram, province)
    server = await serve(telegram, port=port, page=page)
    with tempfile.TemporaryDirectory(prefix="ungcuu-") as folder:
        try:
            async with running(settings(server.url, Path(folder)), telegram.clock, policy=policy) as parts:
                open_chats(telegram, province)
                await settle_province(parts.store, telegram.clock, province, group, policy)
                parts.dispatcher.bell.ring()
                if on_ready is not None:
                    on_ready(server.url)
                yield telegram, server, parts
        finally:
            await server.close()


def open_chats(telegram: Telegram, province: Province) -> None:
    """Staff have opened the bot before, so that it may write to them; citizens begin for the first time."""
    for one in province.staff:
        telegram.users[one["telegram_id"]].started = True


class FollowedClock:
    """The playground's civil time, followed over loopback; ticks are this machine's own."""

    def __init__(self) -> None:
        self.on_move: list[Callable[[], None]] = []
        self._offset = timedelta()
        self._speed = 1.0
        self._version = -1

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def ticks(self) -> float:
        return time.monotonic() * self._speed

    async def look(self, session: aiohttp.ClientSession, api_url: str) -> None:
        """Ask where the clock stands; after the first time, wait until it has moved."""
        params = {"after": str(self._version)} if self._version >= 0 else {}
        timeout = aiohttp.ClientTimeout(total=FOLLOW_SECONDS)
        async with session.get(f"{api_url}/_clock", params=params, timeout=timeout) as answer:
            told = json.loads(await answer.text())
        moved = self._version not in (-1, told["version"])
        self._version, self._speed = told["version"], told["speed"]
        self._offset = timedelta(seconds=told["offset"])
        if moved:
            for listener in tuple(self.on_move):
                listener()

    async def follow(self, session: aiohttp.ClientSession, api_url: str) -> None:
        while True:
            try:
                await self.look(session, api_url)
            except (aiohttp.ClientError, TimeoutError, ValueError):
                await asyncio.sleep(1)


async def _serve_alone(told: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    clock = FollowedClock()
    policy = unstormed(example_policy()) if told.calm else example_policy()
    chosen = settings(told.api, Path(told.folder), told.listen, told.webhook)
    async with aiohttp.ClientSession() as session:
        await clock.look(session, told.api)
        following = asyncio.create_task(clock.follow(session, told.api))
        async with running(chosen, clock, policy=policy, paced=not told.unpaced) as parts:
            print(f"ready {parts.port}", flush=True)  # noqa: T201  whoever started us waits for this line
            await stop.wait()
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the playground's bot alone, against a playground that is there already."""
    parser = argparse.ArgumentParser(prog="python -m bot.demo", description=main.__doc__)
    parser.add_argument("--api", required=True, help="address of the playground, on this machine")
    parser.add_argument("--folder", required=True, help="where database and files live")
    parser.add_argument("--listen", default="127.0.0.1:0")
    parser.add_argument("--webhook", default=None, help="address for a webhook; polling without it")
    parser.add_argument("--unpaced", action="store_true", help="no pace: for benches alone")
    parser.add_argument("--calm", action="store_true", help="a card for each report, however many: for benches alone")
    asyncio.run(_serve_alone(parser.parse_args(arguments)))


if __name__ == "__main__":
    main()
