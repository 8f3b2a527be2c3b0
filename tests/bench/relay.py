"""How long words take from a reporter to the team's group and back: one conversation alone, and a hundred at once."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.demo import Province, example_policy
from bot.domain.people import TEAM, Role
from bot.domain.sending import Limits
from bot.playground.chats import Chat, Message, User
from bot.playground.world import Json
from tests.bench.loads import Progress, percentile, walk
from tests.bench.people import Crowd, our_walk
from tests.bench.stage import Stage, Watch, staged
from tests.bench.table import Row, Table

CODE = re.compile(r"SC-\d{4}-\d{6}")
PATIENCE = 300.0  # seconds


@dataclass(frozen=True)
class Plan:
    at_once: int = 100  # conversations
    rounds: int = 5  # of each: there and back
    alone: int = 60  # rounds of the one that is alone
    limited: int = 3  # conversations with the real limits
    burst: int = 10  # messages of each of them at once


@dataclass
class Times:
    """Seconds that words were on their way."""

    to_team: list[float] = field(default_factory=list)
    to_reporter: list[float] = field(default_factory=list)


class Ears:
    """Hears what the bot writes: the cards by their codes, and words by the first of them."""

    def __init__(self, stage: Stage) -> None:
        self.cards: dict[str, Message] = {}
        self.codes: dict[int, str] = {}
        self._awaited: dict[str, asyncio.Future[Message]] = {}
        self._numbers = itertools.count()
        self._group = next(chat for chat in stage.telegram.chats.values() if not chat.private)
        stage.telegram.on_event.append(self._hear)

    @property
    def group(self) -> Chat:
        return self._group

    def word(self) -> str:
        """A word that nobody has said; of letters, for a long number would be masked."""
        return "w" + "".join(chr(ord("a") + int(digit)) for digit in f"{next(self._numbers):06}")

    def expect(self, word: str) -> asyncio.Future[Message]:
        self._awaited[word] = asyncio.get_running_loop().create_future()
        return self._awaited[word]

    def _hear(self, event: Json) -> None:
        message = event.get("message")
        if event["type"] not in ("message", "edited") or not isinstance(message, Message) or not message.by_bot:
            return
        found = CODE.search(message.text)
        if found and message.chat is self._group:
            self.cards.setdefault(found[0], message)
        elif found:
            self.codes[message.chat.id] = found[0]
        for word in message.text.split():
            awaited = self._awaited.pop(word, None)
            if awaited is not None and not awaited.done():
                awaited.set_result(message)


@dataclass
class Talks:
    """Conversations about incidents that were filed a moment ago."""

    stage: Stage
    ears: Ears
    reporters: Sequence[User]
    officers: Sequence[User]

    async def tell(self, reporter: User, times: Times) -> None:
        await self._passes(times.to_team, reporter, reporter, None)

    async def ask(self, reporter: User, officer: User, times: Times) -> None:
        card = self.ears.cards[self.ears.codes[reporter.id]]
        await self._passes(times.to_reporter, officer, self.ears.group, card)

    async def _passes(self, waits: list[float], who: User, where: User | Chat, card: Message | None) -> None:
        loop = asyncio.get_running_loop()
        word, began = self.ears.word(), loop.time()
        arrives = self.ears.expect(word)
        self.stage.telegram.says(who, where, f"{word} kẻ gọi điện lại đòi chuyển tiền lần nữa", card)
        await asyncio.wait_for(arrives, PATIENCE)
        waits.append(loop.time() - began)

    async def converse(self, number: int, rounds: int, times: Times) -> None:
        reporter, officer = self.reporters[number], self.officers[number % len(self.officers)]
        for _ in range(rounds):
            await self.tell(reporter, times)
            await self.ask(reporter, officer, times)

    async def all_at_once(self, rounds: int) -> Times:
        times = Times()
        async with asyncio.TaskGroup() as group:
            for number in range(len(self.reporters)):
                group.create_task(self.converse(number, rounds, times))
        return times


async def _begun(stage: Stage, conversations: int) -> Talks:
    """So many people file a report each, and their cards are there."""
    ears = Ears(stage)
    crowd = Crowd(stage.telegram, our_walk())
    await walk(crowd, conversations, conversations, Progress(conversations, None))
    reporters = [walker.user for walker in crowd.walkers.values()]
    await stage.telegram.until(lambda: all(ears.codes.get(one.id) in ears.cards for one in reporters), PATIENCE)
    staff = Province.example().staff
    officers = [stage.telegram.users[one["telegram_id"]] for one in staff if Role(one["role"]) in TEAM]
    return Talks(stage, ears, reporters, officers)


def _row(what: str, waits: Iterable[float], note: str) -> Row:
    measured = list(waits)
    value = f"{percentile(measured, 0.5) * 1000:.0f} / {percentile(measured, 0.95) * 1000:.0f}"
    return Row(f"{what}, p50 / p95 in ms", value, "", f"{len(measured)} messages; {note}")


def _rows(how: str, times: Times, note: str) -> list[Row]:
    return [
        _row(f"reporter → group, {how}", times.to_team, note),
        _row(f"group → reporter, {how}", times.to_reporter, note),
    ]


async def unlimited(plan: Plan) -> list[Row]:
    """Without limits: what the bot itself takes."""
    print(f"  relay: one conversation, then {plan.at_once} at once …", flush=True)
    async with staged("ours") as stage:
        talks = await _begun(stage, plan.at_once)
        alone = Times()
        await talks.converse(0, plan.alone, alone)
        with Watch(stage) as watch:
            busy = await talks.all_at_once(plan.rounds)
        rate = (len(busy.to_team) + len(busy.to_reporter)) / watch.seconds
    return [
        *_rows("one conversation", alone, "one after the other"),
        *_rows(f"{plan.at_once} conversations at once", busy, f"{rate:.0f} messages/s; cores {watch.shares}"),
    ]


async def limited(plan: Plan, limits: Limits) -> list[Row]:
    """With the real limits: a card, a line and a mark are each one of the group's twenty a minute."""
    lines = plan.limited * plan.burst
    print(f"  relay: {lines} messages at once with the real limits; that takes minutes …", flush=True)
    async with staged("ours", limits=limits) as stage:
        talks = await _begun(stage, plan.limited)
        calm = await talks.all_at_once(1)
        burst = Times()
        async with asyncio.TaskGroup() as group:
            for reporter in talks.reporters:
                for _ in range(plan.burst):
                    group.create_task(talks.tell(reporter, burst))
        floods = stage.telegram.floods
    sums = f"{limits.group_count} requests in {limits.group_seconds:g} s a group"
    return [
        *_rows(f"{plan.limited} conversations, real limits", calm, sums),
        _row(f"reporter → group, {lines} at once, real limits", burst.to_team, f"{sums}; {floods} answers 429"),
    ]


async def measured(plan: Plan) -> Table:
    rows = await unlimited(plan)
    rows += await limited(plan, example_policy().pace.limits())
    return Table("Relay (from what somebody writes to what the other side sees; 0 ms answer time)", rows)
