"""What Telegram allows: the time to a reply with the real limits kept by the bot and enforced by the playground."""

from __future__ import annotations

from dataclasses import dataclass

from bot.demo import example_policy
from tests.bench.loads import OpenLoop, Progress, percentile, walk
from tests.bench.people import Crowd, our_walk
from tests.bench.stage import Stage, Watch, staged
from tests.bench.table import Row, Table

COUNTED = ("send", "edit")  # requests that use up the limits; an answer to a press does not
LEAD_IN = 12.0  # updates a second at most while people come in, so that the burst is left for the measurement


@dataclass(frozen=True)
class Plan:
    rates: tuple[float, ...] = (5, 15, 25)  # updates a second
    seconds: float = 15.0
    answer_time: float = 0.05  # seconds
    seconds_between: float = 3.0  # of one person: a private chat may be written to once a second


async def _at(stage: Stage, load: OpenLoop, rate: float, plan: Plan) -> Row:
    print(f"  real limits, {rate:g} updates/s: people come in …", flush=True)
    await load.lead_in(int(rate * plan.seconds_between), min(rate, LEAD_IN))
    stage.calls.clear()
    with Watch(stage) as watch:
        waits = await load.measure(rate, plan.seconds, f"real limits, {rate:g} updates/s for {plan.seconds:g} s")
    sent = sum(n for method, n in stage.calls.items() if method.startswith(COUNTED)) / watch.seconds
    note = f"{len(waits)} updates; {sent:.1f} counted requests/s; slowest {max(waits):.1f} s; cores {watch.shares}"
    value = f"{percentile(waits, 0.5) * 1000:.0f} / {percentile(waits, 0.95) * 1000:.0f}"
    return Row(f"reply p50 / p95 in ms, {rate:g} updates/s", value, "", note)


async def measured(plan: Plan) -> Table:
    limits = example_policy().pace.limits()
    async with staged("ours", answer_time=plan.answer_time, limits=limits) as stage:
        crowd = Crowd(stage.telegram, our_walk())
        await walk(crowd, 1, 1, Progress(1, None))
        load = OpenLoop(crowd)
        rows = [await _at(stage, load, rate, plan) for rate in plan.rates]
        floods = stage.telegram.floods
    rows.append(Row("answers 429 that we provoked", str(floods), "0", missed=floods > 0))
    title = (
        f"Telegram (real limits: {limits.overall.per_second:g}/s overall, {limits.private.per_second:g}/s in private, "
        f"{limits.group_count} in {limits.group_seconds:g} s a group; {plan.answer_time * 1000:.0f} ms answer time)"
    )
    return Table(title, rows)
