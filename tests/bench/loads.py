"""Two ways to load a bot: people who go on as soon as they are answered, and updates at a fixed rate come what may."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque

from tests.bench.people import Crowd, Walker

STUCK = 60.0  # seconds without a single answer: then something is broken
SHOWN_EVERY = 5.0  # seconds between two lines of progress


class Progress:
    """Says how far a measurement is, every few seconds; without `what` it only counts."""

    def __init__(self, goal: int, what: str | None) -> None:
        self.done = 0
        self.goal = goal
        self._what = what
        self._began = self._shown = time.monotonic()
        if what:
            print(f"  {what} …", flush=True)

    def step(self) -> None:
        self.done += 1
        now = time.monotonic()
        if self._what and now - self._shown > SHOWN_EVERY:
            self._shown = now
            print(f"    {now - self._began:4.0f} s: {self.done} of {self.goal}", flush=True)


class Pulse:
    """Ends a wait when the goal is reached, and when nothing has happened for `STUCK` seconds."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.beats = 0

    async def wait(self) -> None:
        while not self.reached.is_set():
            before = self.beats
            try:
                async with asyncio.timeout(STUCK):
                    await self.reached.wait()
            except TimeoutError:
                if self.beats == before:
                    raise TimeoutError(f"nobody was answered for {STUCK:.0f} s") from None


async def walk(crowd: Crowd, at_once: int, reports: int, progress: Progress, *, fresh: bool = False) -> None:
    """Let `at_once` people file `reports` reports in all (no fewer); with `fresh` each is somebody else's first."""
    loop = asyncio.get_running_loop()
    pulse = Pulse()
    last = progress.done + reports
    begun = at_once

    def go_on(walker: Walker, complete: bool) -> None:
        nonlocal begun
        pulse.beats += 1
        if complete:
            progress.step()
            if progress.done == last:
                pulse.reached.set()
            if fresh:
                crowd.leaves(walker)
            if begun >= reports:
                return
            begun += 1
            walker = crowd.joins() if fresh else walker
        loop.call_soon(walker.act_now)

    crowd.on_answer = go_on
    for walker in [crowd.joins() for _ in range(at_once)]:
        walker.act_now()
    await pulse.wait()


class OpenLoop:
    """Updates at a fixed rate. Latencies count from the moment at which an update was due."""

    def __init__(self, crowd: Crowd, seed: int = 1) -> None:
        self.latencies: list[float] = []
        self.most_late = 0.0  # seconds by which the driver itself was late
        self._progress = Progress(0, None)
        self._crowd = crowd
        self._random = random.Random(seed)
        self._idle: deque[Walker] = deque()
        self._leads: dict[int, int] = {}
        self._due = 0
        self._pulse = Pulse()
        crowd.on_answer = self._answered

    async def lead_in(self, people: int, rate: float) -> None:
        """Bring in people until there are so many, each to another place in the form, so that all steps are mixed."""
        new = [self._crowd.joins() for _ in range(people - len(self._crowd.walkers))]
        self._leads = {walker.user.id: number % len(self._crowd.walk) for number, walker in enumerate(new)}
        waiting, self._idle = list(self._idle), deque(walker for walker in new if self._leads[walker.user.id])
        await self._send(rate, sum(self._leads.values()))
        waiting += new
        self._random.shuffle(waiting)
        self._idle, self._leads = deque(waiting), {}

    async def measure(self, rate: float, seconds: float, what: str | None = None) -> list[float]:
        """Seconds from due to answered, of every update."""
        self.latencies, self.most_late = [], 0.0
        self._progress = Progress(int(rate * seconds), what)
        await self._send(rate, int(rate * seconds))
        self._progress = Progress(0, None)
        return self.latencies

    async def _send(self, rate: float, updates: int) -> None:
        loop = asyncio.get_running_loop()
        self._pulse, self._due = Pulse(), updates
        began = loop.time()
        if not updates:
            return

        def act(number: int) -> None:
            meant_at = began + number / rate
            self.most_late = max(self.most_late, loop.time() - meant_at)
            walker = self._idle.popleft() if self._idle else self._crowd.joins()
            if self._leads.get(walker.user.id):
                self._leads[walker.user.id] -= 1
            walker.act(meant_at)
            if number + 1 < updates:
                loop.call_at(began + (number + 1) / rate, act, number + 1)

        act(0)
        await self._pulse.wait()

    def _answered(self, walker: Walker, _complete: bool) -> None:
        self.latencies.append(asyncio.get_running_loop().time() - walker.acted_for)
        if not self._leads or self._leads.get(walker.user.id):
            self._idle.append(walker)
        self._progress.step()
        self._pulse.beats += 1
        self._due -= 1
        if self._due == 0:
            self._pulse.reached.set()


def percentile(values: list[float], part: float) -> float:
    """The smallest value that at least this part of all does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, -int(-len(ordered) * part // 1) - 1))]
