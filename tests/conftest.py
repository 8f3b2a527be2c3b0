"""The cast and the stage: a real bot on a real database, and a Telegram that runs on this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.app import Parts, running
from bot.config import Settings
from bot.demo import TOKEN, USERNAME, example_policy
from bot.domain.people import RESPONDERS, Role
from bot.domain.policy import Policy
from bot.domain.sending import Limits
from bot.playground.chats import Chat
from bot.playground.clock import Clock
from bot.playground.server import Server, serve
from bot.playground.telegram import Telegram
from bot.services.makers import MAKERS
from bot.services.workshop import Maker
from storage import groups, people, seats
from storage.roles import grant
from storage.store import Transaction
from tests.fresh import lay_database
from tests.people import Person, Team
from tests.requests import Judge

WATCH = 0.2  # seconds: menus and the state of the line are seen ten times as soon as by people
PLENTY = 10**12  # bytes: no test fails because this machine's disk is small


@cache
def hasty_policy() -> Policy:
    """The example's policy; a card shows each change at once, so that nobody waits for one."""
    policy = example_policy()
    return policy.model_copy(update={"pace": policy.pace.model_copy(update={"gather_seconds": 0})})


@dataclass
class Stage:
    """A Telegram, perhaps with a bot behind it. The bot can be stopped and started again on the same database."""

    telegram: Telegram
    server: Server
    folder: Path
    judge: Judge
    policy: Policy = field(default_factory=hasty_policy)
    webhook_url: str | None = None
    admins: tuple[int, ...] = ()
    limits: Limits | None = None
    room: Callable[[], int] = lambda: PLENTY
    makers: Mapping[str, Maker[Any]] = field(default_factory=lambda: MAKERS)
    parts: Parts | None = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def clock(self) -> Clock:
        return self.telegram.clock

    @property
    def bot(self) -> Parts:
        assert self.parts is not None, "the bot does not run"
        return self.parts

    def settings(self) -> Settings:
        return Settings(
            token=TOKEN,
            api_url=self.server.url,
            database=f"sqlite:///{self.folder}/bot.db",
            data=self.folder / "files",
            listen="127.0.0.1:0",
            admins=self.admins,
            webhook_url=self.webhook_url,
        )

    async def start(self) -> Parts:
        """Start the bot on this stage's database."""
        settings = self.settings()
        if not settings.database_path.exists():
            await lay_database(settings.database_path)
        self._stack = AsyncExitStack()
        self.parts = await self._stack.enter_async_context(
            running(
                settings,
                self.clock,
                policy=self.policy,
                paced=self.limits is not None,
                limits=self.limits,
                room=self.room,
                makers=self.makers,
            )
        )
        self.parts.watch = WATCH
        return self.parts

    async def stop(self) -> None:
        """Stop it gracefully; what waits stays stored."""
        self.parts = None
        await self._stack.aclose()

    def person(self, name: str, telegram_id: int | None = None) -> Person:
        """Somebody who has never written to the bot."""
        return Person(self.telegram, self.telegram.person(name, id=telegram_id))

    async def staff(self, name: str, *roles: Role, seated: bool = True) -> Person:
        """A colleague whose roles were granted long ago, with an open chat; responders sit in the team's group."""
        person = self.person(name)
        person.user.started = True
        async with self.bot.store.transaction() as tx:
            known = await people.add(tx, person.user.id, "vi", self.clock.now())
            await people.introduce(tx, known.id, name, "0900000001")
            for role in roles:
                await grant(tx, known.id, role, None, self.clock.now())
            if seated and not RESPONDERS.isdisjoint(roles):
                await self._seat(tx, person)
        return person

    async def _seat(self, tx: Transaction, person: Person) -> None:
        """Bring somebody into the team's group, where there is one."""
        team = await groups.team(tx)
        if team is not None:
            known = await people.find(tx, person.user.id)
            assert known is not None
            self.telegram.chats[team.telegram_id].members[person.user.id] = "member"
            await seats.put(tx, team.id, known.id, True, self.clock.now())

    async def team(self, *members: Person, title: str = "Đội ứng cứu (thử)") -> Team:
        """The response team's group, bound long ago."""
        chat = self.telegram.group(title, members=[member.user for member in members])
        await self.bind(chat)
        return Team(self.telegram, chat)

    async def bind(self, chat: Chat) -> None:
        async with self.bot.store.transaction() as tx:
            group = await groups.meet(tx, chat.id)
            who = await people.find(tx, 1) or await people.add(tx, 1, "vi", self.clock.now())
            await groups.bind(tx, group.id, chat.title or "", who.id, self.clock.now())
            for member in tuple(chat.members):
                known = await people.find(tx, member)
                if known is not None:
                    await seats.put(tx, group.id, known.id, True, self.clock.now())


@asynccontextmanager
async def set_stage(folder: Path, *, limits: Limits | None = None) -> AsyncIterator[Stage]:
    """An empty stage: Telegram is there, the bot is not."""
    telegram = Telegram(Clock(), limits=limits, calls=None)
    telegram.bot(TOKEN, "Ứng cứu (thử)", USERNAME)
    judge = Judge(telegram)
    server = await serve(telegram)
    stage = Stage(telegram, server, folder, judge, limits=limits)
    try:
        yield stage
    finally:
        await stage.stop()
        await server.close()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Telegram alone; the test starts the bot itself. Every request of the bot is judged at the end."""
    async with set_stage(tmp_path) as one:
        yield one
        one.judge.accepts_all()


@pytest.fixture
async def running_stage(stage: Stage) -> Stage:
    """Telegram and the bot, connected."""
    await stage.start()
    return stage


@pytest.fixture
async def responder(running_stage: Stage) -> Person:
    return await running_stage.staff("Đỗ Minh Khôi", Role.RESPONDER)


@pytest.fixture
async def team(running_stage: Stage, responder: Person) -> Team:
    return await running_stage.team(responder)


@pytest.fixture
async def reporter(running_stage: Stage) -> Person:
    return running_stage.person("Nguyễn Thị Mận")


@pytest.fixture
async def stranger(running_stage: Stage) -> Person:
    """Charlie, who must see nothing."""
    return running_stage.person("Người lạ")
