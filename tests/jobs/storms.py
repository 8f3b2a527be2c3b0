"""A storm on its own clock: the way out, the playground's limiter before it, and what the team's group shows when."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bot.demo import example_policy
from bot.domain import reports
from bot.domain.ids import Ids
from bot.domain.incidents import CitizenKind
from bot.domain.people import Person, Role
from bot.domain.sending import Later, Op, Outcome, Parcel, Sent
from bot.domain.vietnamese import Moment
from bot.playground.clock import Clock
from bot.playground.errors import Refused
from bot.playground.limits import Limiter
from bot.services.casework import incidents
from bot.services.desk import Desk, House
from bot.services.outbreak import digests
from jobs.dispatcher import Dispatcher
from jobs.pace import Pace
from locales import Texts
from storage import groups, people, roles
from storage.migrate import migrate
from storage.sqlite import SqliteStore, open_store
from storage.store import Transaction
from tests.people import CODE

GROUP = -1001
METHODS = {Op.SEND: "sendMessage", Op.EDIT: "editMessageText"}


class Hours(Clock):
    """Time that passes only when the test says so, for civil time and ticks alike."""

    def __init__(self) -> None:
        super().__init__()
        self._begun, self.passed = super().now(), 0.0

    def now(self) -> datetime:
        return self._begun + timedelta(seconds=self.passed)

    def ticks(self) -> float:
        return self.passed


@dataclass
class Wall:
    """What the group shows, behind Telegram's own limits: an answer 429 is a fault of ours."""

    clock: Hours
    limiter: Limiter
    sent: list[tuple[float, Op]] = field(default_factory=list)
    texts: dict[int, str] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)  # code → when the group showed it first

    async def deliver(self, parcel: Parcel) -> Outcome:
        if parcel.chat != GROUP:
            return Sent(1)
        try:
            self.limiter.admit(METHODS[parcel.op], parcel.chat)
        except Refused as no:
            return Later(no.parameters["retry_after"], "flood", flood=True)
        number = parcel.target if parcel.op is Op.EDIT and parcel.target else len(self.texts) + 1
        self.sent.append((self.clock.passed, parcel.op))
        self.texts[number] = parcel.html
        for code in CODE.findall(parcel.html):
            self.seen.setdefault(code, self.clock.passed)
        return Sent(number)

    async def stands(self) -> bool:
        return True

    def busiest(self, seconds: float = 60.0) -> int:
        """The most requests in any stretch of so many seconds."""
        moments = [at for at, _ in self.sent]
        return max(sum(first <= at < first + seconds for at in moments) for first in moments)


@dataclass
class Storm:
    """Reports that come in, and the dispatcher at work, turn by turn."""

    store: SqliteStore
    clock: Hours
    house: House
    wall: Wall
    reporter: Person
    filed: dict[str, float] = field(default_factory=dict)
    urgent: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        pace = Pace(self.house.policy.pace.limits(), self.clock.ticks)
        self.dispatcher = Dispatcher(self.store, self.clock, self.house, self.wall, pace)

    async def dies(self) -> None:
        """SIGKILL: what has just left arrives, and nobody writes that down; the next process begins at once."""
        await self.dispatcher.turn()
        async with self.store.reading() as tx:
            await tx.rows("SELECT 1")  # and meanwhile it arrives
        self.__post_init__()
        await self.dispatcher.recover()

    def desk(self, tx: Transaction) -> Desk:
        return Desk(tx, self.clock.now(), self.house)

    async def comes(self, *urgent: bool) -> None:
        """So many reports in one moment; True is one whose answers say that minutes count."""
        async with self.store.transaction() as tx:
            for grave in urgent:
                story = {
                    "story": "Họ bảo tôi chuyển tiền",
                    "kind": CitizenKind.SCAM_LOSS if grave else CitizenKind.OTHER,
                }
                moment = Moment(self.clock.now() - timedelta(minutes=5), precise=True).to_text()
                facts = {**story, "happened_at": moment}
                one = await incidents.file(
                    self.desk(tx), self.reporter, reports.CITIZEN_REPORT, facts, incomplete=False
                )
                self.filed[one.code] = self.clock.passed
                if grave:
                    self.urgent.add(one.code)

    async def passes(self, seconds: float) -> None:
        """Time goes by; what may leave then leaves."""
        self.clock.passed += seconds
        while await self.dispatcher.turn():
            await self.dispatcher.land()
        await self.dispatcher.land()

    async def looks(self) -> None:
        """The tick of the lists."""
        async with self.store.transaction() as tx:
            await digests.look(self.desk(tx))

    async def unreachable(self) -> list[str]:
        """Incidents that stand neither on a card nor on a list in the group."""
        async with self.store.reading() as tx:
            rows = await tx.rows(
                "SELECT i.code FROM incidents i WHERE NOT EXISTS ("
                " SELECT 1 FROM cards c WHERE c.incident = i.id AND c.telegram_id IS NOT NULL) AND NOT EXISTS ("
                " SELECT 1 FROM digest_items d JOIN digests g ON g.id = d.digest"
                " WHERE d.incident = i.id AND g.telegram_id IS NOT NULL)"
            )
        return [row["code"] for row in rows]

    def waits(self, codes: Sequence[str]) -> list[float]:
        """Seconds until the group showed each of these; what it never showed is infinitely late."""
        return sorted(self.wall.seen.get(code, float("inf")) - self.filed[code] for code in codes)


@asynccontextmanager
async def brewing(folder: Path) -> AsyncIterator[Storm]:
    """A team with its group, and a reporter."""
    clock, policy = Hours(), example_policy()
    wall = Wall(clock, Limiter(clock, policy.pace.limits()))
    async with open_store(folder / "bot.db", Ids(clock.now)) as store:
        await migrate(store)
        async with store.transaction() as tx:
            admin = await people.add(tx, 1, "vi", clock.now())
            await roles.grant(tx, admin.id, Role.ADMIN, None, clock.now())
            await groups.bind(tx, (await groups.meet(tx, GROUP)).id, "Đội", admin.id, clock.now())
            reporter = await people.add(tx, 2, "vi", clock.now())
        yield Storm(store, clock, House(policy, Texts.load()), wall, reporter)
