"""A storm in real time: three hundred people report within five minutes, and what the team's group sees of it when."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from bot.demo import Province, example_policy
from bot.domain.people import TEAM, Role
from bot.playground.chats import Message, User
from bot.playground.limits import COUNTED
from bot.playground.telegram import Call, Telegram
from bot.playground.world import Json
from locales import Texts
from tests.bench.loads import Progress, percentile
from tests.bench.people import Crowd, Walker, our_walk
from tests.bench.stage import Stage, staged
from tests.bench.table import Row, Table
from tests.people import CODE

PATIENCE = 120.0  # seconds after the last report
SOON = 5.0  # seconds until the group shows an emergency


@dataclass(frozen=True)
class Plan:
    reports: int = 300
    seconds: float = 300.0
    urgent: float = 0.2  # this share loses money just now
    answer_time: float = 0.05  # seconds
    seed: int = 4


@dataclass
class Watcher:
    """When each report was sent off, when the group showed its number first, and each request to the group."""

    stage: Stage
    sent: dict[str, float] = field(default_factory=dict)
    urgent: set[str] = field(default_factory=set)
    seen: dict[str, float] = field(default_factory=dict)
    requests: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        telegram = self.stage.telegram
        self.group = next(chat for chat in telegram.chats.values() if not chat.private)
        telegram.on_event.append(self._shown)
        telegram.on_call.append(self._called)

    def _shown(self, event: Json) -> None:
        message = event.get("message")
        if event["type"] in ("message", "edited") and isinstance(message, Message) and message.chat is self.group:
            for code in CODE.findall(message.text):
                self.seen.setdefault(code, asyncio.get_running_loop().time())

    def _called(self, call: Call) -> None:
        if call.chat == self.group.id and call.method in COUNTED:
            self.requests.append(asyncio.get_running_loop().time())

    def busiest(self) -> int:
        """The most requests to the group in any minute."""
        return max((sum(first <= at < first + 60 for at in self.requests) for first in self.requests), default=0)

    def waits(self) -> list[float]:
        """Seconds from the press of *Gửi* until the group showed an emergency."""
        return [self.seen.get(code, float("inf")) - self.sent[code] for code in sorted(self.urgent)]

    @property
    def lists(self) -> list[Message]:
        """Messages of the group that lead to a whole list."""
        return [one for one in self.stage.telegram.messages(self.group) if _door(one)]


def _door(message: Message) -> str | None:
    label = Texts.load().plain("vi", "button.whole_list")
    links = [key["url"] for row in message.keys for key in row if key["text"] == label]
    return parse_qs(urlsplit(links[0]).query)["start"][0] if links else None


async def _reports(watcher: Watcher, plan: Plan) -> None:
    """People come at random moments; each walks through the form as fast as the bot answers."""
    chance, loop, progress = random.Random(plan.seed), asyncio.get_running_loop(), Progress(plan.reports, "storm")
    done = asyncio.Event()
    telegram = watcher.stage.telegram

    def joined(crowd: Crowd, *, urgent: bool) -> None:
        def go_on(walker: Walker, complete: bool) -> None:
            if not complete:
                loop.call_soon(walker.act_now)
                return
            told = next(one for one in reversed(telegram.messages(walker.user)) if CODE.search(one.text))
            found = CODE.search(told.text)
            assert found is not None
            watcher.sent[found[0]] = walker.acted_for
            if urgent:
                watcher.urgent.add(found[0])
            progress.step()
            if len(watcher.sent) == plan.reports:
                done.set()

        crowd.on_answer = go_on

    calm, urgent = Crowd(telegram, our_walk()), Crowd(telegram, our_walk("10 phút trước"))
    joined(calm, urgent=False)
    joined(urgent, urgent=True)
    for _ in range(plan.reports):
        crowd = urgent if chance.random() < plan.urgent else calm
        loop.call_later(chance.uniform(0, plan.seconds), _joins, crowd)
    await asyncio.wait_for(done.wait(), plan.seconds + PATIENCE)


def _joins(crowd: Crowd) -> None:
    crowd.joins().act_now()


async def _listed(watcher: Watcher) -> set[str]:
    """Read every list to its end in private, as an officer does."""
    staff = next(one for one in Province.example().staff if Role(one["role"]) in TEAM)
    telegram, codes = watcher.stage.telegram, set[str]()
    user, older = telegram.users[staff["telegram_id"]], Texts.load().plain("vi", "button.older")
    for listed in watcher.lists:
        page = await _answer(telegram, user, _door(listed) or "")
        codes |= set(CODE.findall(page.text))
        while any(key["text"] == older for row in page.keys for key in row):
            codes |= set(CODE.findall(await _turned(telegram, user, page, older)))
    return codes


async def _answer(telegram: Telegram, user: User, payload: str) -> Message:
    """Open the private chat by a link; what the bot says then."""
    since = len(telegram.messages(user))
    telegram.starts(user, payload)

    def said() -> Message | None:
        return next((one for one in telegram.messages(user)[since:] if one.by_bot), None)

    message = await telegram.until(said, PATIENCE)
    assert message is not None
    return message


async def _turned(telegram: Telegram, user: User, page: Message, key: str) -> str:
    """Press a key that changes the message; its words then."""
    before = page.text
    telegram.presses(user, page, key)
    await telegram.until(lambda: page.text != before, PATIENCE)
    return page.text


async def measured(plan: Plan) -> Table:
    print(f"  storm: {plan.reports} reports in {plan.seconds:g} s with the real limits …", flush=True)
    limits = example_policy().pace.limits()
    async with staged("ours", answer_time=plan.answer_time, limits=limits) as stage:
        watcher = Watcher(stage)
        await _reports(watcher, plan)
        await stage.telegram.until(lambda: watcher.urgent <= watcher.seen.keys(), PATIENCE)
        reached = (await _listed(watcher) | watcher.seen.keys()) & watcher.sent.keys()
        floods = stage.telegram.floods
    waits = watcher.waits()
    shown = " / ".join(f"{percentile(waits, part):.1f}" for part in (0.5, 0.95, 1.0))
    rows = [
        Row(
            "emergency → group, p50 / p95 / slowest in s",
            shown,
            f"≤ {SOON:g}",
            f"{len(waits)} of {plan.reports} reports in {plan.seconds:g} s",
            missed=max(waits) > SOON,
        ),
        Row("requests to the group, the busiest minute", str(watcher.busiest()), f"≤ {limits.group_count}"),
        Row("answers 429 that we provoked", str(floods), "0", missed=floods > 0),
        Row(
            "reports on a card or a list",
            f"{len(reached)} of {plan.reports}",
            "all",
            f"{len(watcher.lists)} lists, read to their ends in private",
            missed=len(reached) < plan.reports,
        ),
    ]
    return Table(f"Storm (real limits; {plan.answer_time * 1000:.0f} ms answer time)", rows)
