"""What the clock has to say to people in private: each for itself, and many at once in one list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.presses import Claim
from bot.domain.sending import Lane
from bot.services.desk import Desk, Keys, door, key
from locales import Lines

APART = 3  # so many at once are read one by one; more come as a list
LISTED = 15  # lines of one list


@dataclass(frozen=True)
class Notice:
    """One thing to tell one person. `brief`: the same in a line of a list; None: it always stands alone.

    `keys` None: the case file, and *Nhận xử lý* where `claims`.
    """

    person: str
    text: str
    facts: Mapping[str, Any]
    incident: str
    lane: Lane = Lane.NOTICE
    brief: Mapping[str, Any] | None = None
    keys: Keys | None = None
    claims: bool = False
    silent: bool = False


async def post(desk: Desk, notices: Iterable[Notice]) -> None:
    """Say it all. Who would be rung many times in one breath gets a list instead."""
    found: dict[str, list[Notice]] = {}
    for one in notices:
        found.setdefault(one.person, []).append(one)
    for mine in found.values():
        listed = [one for one in mine if one.brief is not None]
        crowded = len(listed) > APART
        if crowded:
            await _post_list(desk, listed)
        for one in mine:
            if one.brief is None or not crowded:
                await _post_one(desk, one)


async def _post_one(desk: Desk, one: Notice) -> None:
    await desk.say(
        one.person,
        one.text,
        buttons=_keys(one) if one.keys is None else one.keys,
        about=one.incident,
        lane=one.lane,
        extras={"silent": True} if one.silent else None,
        **one.facts,
    )


def _keys(one: Notice) -> Keys:
    file = door("button.dossier", f"w-file-{one.incident}")
    return [[key("button.claim", Claim(one.incident), "primary"), file]] if one.claims else [[file]]


async def _post_list(desk: Desk, many: Sequence[Notice]) -> None:
    """The gravest first; it rings where one of them does."""
    ordered = sorted(many, key=lambda one: (one.lane, one.silent))
    for start in range(0, len(ordered), LISTED):
        page = ordered[start : start + LISTED]
        await desk.say(
            page[0].person,
            "ladder.many",
            lane=page[0].lane,
            extras={"silent": True} if all(one.silent for one in page) else None,
            n=len(page),
            lines=Lines([one.brief for one in page]),
        )
