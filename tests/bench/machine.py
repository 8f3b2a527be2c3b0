"""What the machine gives: reports a second beside the stock bot, the time to a reply, memory. No limits anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from tests.bench.loads import OpenLoop, Progress, percentile, walk
from tests.bench.people import Crowd, our_walk, stock_walk
from tests.bench.stage import Stage, Watch, Which, staged
from tests.bench.table import Row, Table

WALKS = {"ours": our_walk, "stock": stock_walk}
ANSWER_TIMES = (0.0, 0.05)  # seconds that Telegram takes over every answer
WANTED_RATIO = {0.0: 1.0, 0.05: 10.0}
LEAST_RATIO = {0.0: 0.4, 0.05: 10.0}
WANTED_P95 = 0.1  # seconds
WANTED_MEMORY = 120.0  # MiB


@dataclass(frozen=True)
class Plan:
    """How much to measure. Pairs go by answer time, 0 and 50 ms; our bot and the stock bot take turns."""

    people: int = 100
    our_reports: tuple[int, int] = (200, 200)
    stock_reports: tuple[int, int] = (200, 100)
    our_rounds: tuple[int, int] = (3, 2)
    stock_rounds: tuple[int, int] = (3, 1)  # at 50 ms it sleeps through more than a minute, every time the same
    rate: float = 50.0  # updates a second
    seconds: float = 12.0
    memory: tuple[int, ...] = (500, 1000)  # reports after which it is read


@dataclass(frozen=True)
class Round:
    """One measured run of one bot."""

    reports_per_second: float
    shares: str
    calls: float  # of the Bot API, for one report
    cpu: float  # seconds of the bot's process, for one report


def _word(answer_time: float) -> str:
    return f"{answer_time * 1000:.0f} ms"


async def _warm(crowd: Crowd) -> None:
    await walk(crowd, 1, 1, Progress(1, None))


async def throughput(which: Which, answer_time: float, people: int, reports: int, note: str) -> Round:
    """Let so many people at once file so many reports, start to end."""
    async with staged(which, answer_time=answer_time) as stage:
        crowd = Crowd(stage.telegram, WALKS[which]())
        await _warm(crowd)
        stage.calls.clear()
        with Watch(stage) as watch:
            await walk(crowd, people, reports, Progress(reports, f"{_word(answer_time)}, {which}: {note}"))
        return Round(reports / watch.seconds, watch.shares, _calls(stage) / reports, watch.bot_cpu / reports)


def _calls(stage: Stage) -> int:
    """Requests for people; polls and what a bot sets up at its start are not among them."""
    return sum(n for method, n in stage.calls.items() if method.startswith(("send", "edit", "answer", "delete")))


async def _beside_stock(plan: Plan) -> list[Row]:
    rows = []
    for at, answer_time in enumerate(ANSWER_TIMES):
        reports: dict[Which, int] = {"ours": plan.our_reports[at], "stock": plan.stock_reports[at]}
        rounds: dict[Which, list[Round]] = {"ours": [], "stock": []}
        turns: list[tuple[int, Which]] = [(number, "ours") for number in range(plan.our_rounds[at])]
        turns += [(number, "stock") for number in range(plan.stock_rounds[at])]
        for number, which in sorted(turns):
            note = f"{plan.people} people at once, round {number + 1}"
            rounds[which].append(await throughput(which, answer_time, plan.people, reports[which], note))
        rows += _compared(answer_time, rounds)
    return rows


def _compared(answer_time: float, rounds: dict[Which, list[Round]]) -> list[Row]:
    rows, rates = [], {}
    for which, measured in rounds.items():
        rates[which] = median(one.reports_per_second for one in measured)
        spread = ", ".join(f"{one.reports_per_second:.1f}" for one in measured)
        last = measured[-1]
        cpu = median(one.cpu for one in measured) * 1000
        note = f"rounds {spread}; a report: {last.calls:.0f} requests, {cpu:.0f} ms of processor; cores {last.shares}"
        rows.append(Row(f"reports/s, {_word(answer_time)}, {which}", f"{rates[which]:.1f}", "", note))
    ratio = rates["ours"] / rates["stock"]
    wanted, least = WANTED_RATIO[answer_time], LEAST_RATIO[answer_time]
    goal = f"≥ {wanted:g}" if wanted == least else f"aim {wanted:g}, least {least:g}"
    rows.append(Row(f"ours / stock, {_word(answer_time)}", f"{ratio:.2f}", goal, "", missed=ratio < least))
    return rows


async def _latency(plan: Plan, answer_time: float) -> Row:
    """From update put to reply seen, at a fixed rate."""
    async with staged("ours", answer_time=answer_time) as stage:
        crowd = Crowd(stage.telegram, our_walk())
        await _warm(crowd)
        load = OpenLoop(crowd)
        print(f"  {_word(answer_time)}, {plan.rate:g} updates/s: people come in …", flush=True)
        await load.lead_in(int(plan.rate * 3), plan.rate)
        with Watch(stage) as watch:
            waits = await load.measure(
                plan.rate, plan.seconds, f"{_word(answer_time)}, {plan.rate:g} updates/s for {plan.seconds:g} s"
            )
    p95 = percentile(waits, 0.95)
    note = f"{len(waits)} updates; driver late by {load.most_late * 1000:.0f} ms at most; cores {watch.shares}"
    value = f"{percentile(waits, 0.5) * 1000:.0f} / {p95 * 1000:.0f} / {max(waits) * 1000:.0f}"
    judged = answer_time == 0
    goal = f"p95 ≤ {WANTED_P95 * 1000:.0f}" if judged else ""
    name = f"reply p50 / p95 / max in ms, {_word(answer_time)}, {plan.rate:g} updates/s"
    return Row(name, value, goal, note, missed=judged and p95 > WANTED_P95)


async def memory(plan: Plan) -> list[Row]:
    """Resident memory of the bot's process, each report by somebody new."""
    rows: list[Row] = []
    async with staged("ours") as stage:
        crowd = Crowd(stage.telegram, our_walk())
        await _warm(crowd)
        progress = Progress(plan.memory[-1], f"0 ms, ours: memory over {plan.memory[-1]} reports of as many people")
        rows.append(Row("memory at start", f"{stage.resident():.0f} MiB"))
        for reports in plan.memory:
            todo = reports - progress.done
            with Watch(stage) as watch:
                await walk(crowd, min(plan.people, todo), todo, progress, fresh=True)
            held = stage.resident()
            print(f"    {progress.done} reports: {held:.0f} MiB", flush=True)
            note = f"{todo / watch.seconds:.1f} reports/s on the way; cores {watch.shares}"
            goal = f"≤ {WANTED_MEMORY:.0f} MiB"
            rows.append(Row(f"memory after {reports:,} reports", f"{held:.0f} MiB", goal, note, held > WANTED_MEMORY))
    return rows


async def measured(plan: Plan) -> Table:
    rows = await _beside_stock(plan)
    rows += [await _latency(plan, answer_time) for answer_time in ANSWER_TIMES]
    rows += await memory(plan)
    title = (
        f"Machine (no limits; {plan.people} people at once; cores: share of one used by the bot / by the playground)"
    )
    return Table(title, rows)
