"""For what evidence of a kind can be handed in: systems of one agency, or the agency itself, the most urgent first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.domain import submissions as domain
from bot.domain.obligations import Evidence, Rule, State
from bot.services.desk import Desk
from bot.services.obligation import laying
from bot.services.register import gate
from bot.services.register.gate import today
from locales import Listed, Word
from storage import agencies, obligations, systems
from storage.obligations import Obligation

NAMED = 8  # in one sentence; of more, how many
LONGEST_NAME = 40  # letters on a key


@dataclass(frozen=True)
class Due:
    """One obligation that is open, and its rule."""

    one: Obligation
    rule: Rule


async def open_to(desk: Desk, kind: Evidence, agency: str) -> list[Due]:
    """What evidence of a kind could answer now; what waits for a reviewer already is not asked for again."""
    rules = {rule.key: rule for rule in laying.rules(desk) if rule.evidence is kind}
    found = await obligations.of_agency(desk.tx, agency)
    return [Due(one, rules[one.rule]) for one in found if one.state is State.OPEN and one.rule in rules]


async def listed(desk: Desk, kind: Evidence, agency: str) -> list[Sequence[str]]:
    """The rows of the question for what it was done: value, words, code. The level may be handed in for any system."""
    by_subject: dict[str, date | None] = {}
    for due in await open_to(desk, kind, agency):
        before = by_subject.get(due.one.subject)
        by_subject[due.one.subject] = min(filter(None, (before, due.one.due_on)), default=None)
    if kind is Evidence.LEVEL:
        owned = await systems.of_agency(desk.tx, agency)
        existing = [one.id for one in owned if one.exists(today(desk))]
        by_subject = {**dict.fromkeys(existing), **by_subject}
    rows = await named(desk, agency, by_subject)
    return domain.in_order((by_subject[row[0]], row) for row in rows)


async def heir(desk: Desk, agency: str) -> str:
    """The agency that has what this one had."""
    return await gate.heir(desk, agency)


async def named(desk: Desk, agency: str, subjects: Collection[str]) -> list[Sequence[str]]:
    """Subjects with their names and codes, as a list of a draft holds them; those of other agencies are left out."""
    rows: list[Sequence[str]] = []
    if agency in subjects:
        owner = await agencies.get(desk.tx, agency)
        rows.append((agency, _short(owner.name, owner.code), owner.code))
    if any(one != agency for one in subjects):
        owned = await systems.of_agency(desk.tx, await heir(desk, agency))
        rows.extend((one.id, _short(one.name, one.code), one.code) for one in owned if one.id in subjects)
    return rows


def _short(name: str, code: str) -> str:
    return f"{name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + '…'} · {code}"


async def names(desk: Desk, agency: str, subjects: Collection[str]) -> Any:
    """Subjects in one line; a system that has gone to another agency since is named too."""
    rows = await named(desk, agency, subjects)
    gone = sorted(set(subjects) - {row[0] for row in rows})
    moved = [one for one in [await systems.find(desk.tx, subject) for subject in gone] if one is not None]
    return in_line([*(row[1] for row in rows), *(_short(one.name, one.code) for one in moved)])


def in_line(words: Sequence[Any]) -> Any:
    """The first ones by name, and how many more there are; None where there are none."""
    rest = len(words) - NAMED
    more = [Word("submission.more", n=rest)] if rest > 0 else []
    return Listed([*words[:NAMED], *more]) if words else None


def chosen(facts: Mapping[str, Any]) -> Sequence[str]:
    """For what it was done, as the form says."""
    return tuple(facts.get(domain.SYSTEMS) or ())
