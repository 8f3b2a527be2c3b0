"""A table of agencies or systems comes into the register: looked at first, then written as a whole or not at all."""

from __future__ import annotations

from bot.domain import imports as domain
from bot.domain.imports import Findings
from bot.domain.tables import What
from bot.services.desk import Desk
from bot.services.register import writing
from bot.services.register.gate import today
from bot.services.register.reading import grid_of
from bot.services.register.writing import Plan


async def load(desk: Desk, what: What, content: bytes) -> Findings:
    """Read, look at and write a file in one go, where nobody needs to look: the examples, a bench. Where anything is
    wrong, nothing is written.

    Raises:
        Unreadable: no table.
    """
    kept = await writing.shelf(desk.tx)
    findings = domain.weigh(grid_of(content), what, kept.register(), today(desk))
    await writing.write(desk, Plan.of(what, findings, kept), None, None)
    return findings
