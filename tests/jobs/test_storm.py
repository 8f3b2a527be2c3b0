"""Three hundred reports in five minutes at Telegram's real limits: no 429, nothing out of sight, emergencies first."""

from __future__ import annotations

import random
from pathlib import Path

from bot.domain.sending import Op
from tests.jobs.storms import Storm, brewing

REPORTS, SECONDS = 300, 300
SOON = 5.0  # seconds until the team sees an emergency


async def rages(storm: Storm, share: float, seed: int) -> None:
    """So many reports at random moments of five minutes, a share of them emergencies; then a minute of calm."""
    chance = random.Random(seed)
    coming = sorted((chance.randrange(SECONDS), chance.random() < share) for _ in range(REPORTS))
    for second in range(SECONDS + 60):
        now = [urgent for at, urgent in coming if at == second]
        if now:
            await storm.comes(*now)
        await storm.passes(0)
        storm.clock.passed += 1


async def test_no_429_every_report_within_reach_and_every_emergency_seen_within_five_seconds(tmp_path: Path) -> None:
    async with brewing(tmp_path) as storm:
        await rages(storm, share=0.15, seed=4)
        assert storm.wall.limiter.floods == 0
        assert storm.wall.busiest() <= 20
        assert await storm.unreachable() == []
        waits = storm.waits(sorted(storm.urgent))
        assert len(waits) > 30
        assert waits[-1] <= SOON
        edits = [at for at, op in storm.wall.sent if op is Op.EDIT]
        assert len(edits) > 30, "the list rolls"
        storm.clock.passed += 240
        await storm.looks()
        await storm.passes(5)
        closed = [text for text in storm.wall.texts.values() if "đã qua" in text]
        assert len(closed) == 2
        assert f"{REPORTS - len(storm.urgent) - 10} tin" in closed[0] + closed[1]


async def test_a_process_that_dies_in_the_storm_loses_no_report_from_sight(tmp_path: Path) -> None:
    async with brewing(tmp_path) as storm:
        await storm.comes(*[False] * 9)
        await storm.passes(1)
        await storm.comes(*[False] * 6, *[True] * 8)  # both lists are opened, and their first showings fly
        await storm.dies()
        for _ in range(100):
            await storm.passes(1.5)
        assert storm.wall.limiter.floods == 0
        assert await storm.unreachable() == []
        assert set(storm.filed) == set(storm.wall.seen)
