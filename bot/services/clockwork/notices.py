"""What the clock has to say to people in private: each for itself, and many at once in one list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.domain.presses import Claim
from bot.domain.sending import Lane
from bot.services.casework import cards as faces
from bot.services.desk import Desk, Keys, door, key
from locales import Lines, Word
from storage import groups, marks, outbox

APART = 3  # so many at once are read one by one; more come as a list
LISTED = 15  # lines of one list; of more it says how many
REST = timedelta(minutes=1)  # between two lists for the same reader


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


@dataclass(frozen=True)
class Line:
    """One thing to tell the team's group, under the card of an incident. `brief`: the same in a line of a list."""

    incident: str
    text: str
    facts: Mapping[str, Any]
    brief: Mapping[str, Any]


Said = Notice | Line


async def post(desk: Desk, said: Iterable[Said]) -> None:
    """Say it all. Who would be rung many times in one breath gets a list instead."""
    found: dict[str, list[Notice]] = {}
    lines: list[Line] = []
    for one in said:
        if isinstance(one, Line):
            lines.append(one)
        else:
            found.setdefault(one.person, []).append(one)
    for mine in found.values():
        await _post_to(desk, mine)
    await _post_lines(desk, lines)


async def _post_to(desk: Desk, mine: Sequence[Notice]) -> None:
    listed = [one for one in mine if one.brief is not None]
    crowded = len(listed) > APART or any([await _waits(desk, one.person, one.lane) for one in listed])
    if crowded:
        await _post_list(desk, listed)
    for one in mine:
        if one.brief is None or not crowded:
            await _post_one(desk, one)


async def _post_lines(desk: Desk, lines: Sequence[Line]) -> None:
    team = await groups.team(desk.tx)
    if team is None or not lines:
        return
    if len(lines) > APART or await _waits(desk, team.id, Lane.NOTICE):
        await _gather(desk, team.id, "ladder.many_lines", Lane.NOTICE, [one.brief for one in lines])
        return
    for one in lines:
        await faces.line(desk, one.incident, one.text, **one.facts)


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
    """What rings and what does not each have a list; a list makes a sound where one of its lines does."""
    for lane in sorted({one.lane for one in many}):
        mine = sorted((one for one in many if one.lane is lane), key=lambda one: one.silent)
        silent = all(one.silent for one in mine)
        await _gather(desk, mine[0].person, "ladder.many", lane, [one.brief for one in mine], silent=silent)


# What comes while a list waits is put on it, and the next one leaves a minute later: however much has piled up while
# the process was away, nobody is sent a hundred of them.


def _stream(reader: str, lane: Lane) -> str:
    return f"{reader}@many{int(lane)}"


async def _waiting(desk: Desk, reader: str, lane: Lane) -> outbox.Queued | None:
    found = [await outbox.queued(desk.tx, _stream(reader, lane), text) for text in ("ladder.many", "ladder.many_lines")]
    return next((one for one in found if one is not None), None)


async def _waits(desk: Desk, reader: str, lane: Lane) -> bool:
    return await _waiting(desk, reader, lane) is not None


async def _gather(
    desk: Desk, reader: str, text: str, lane: Lane, lines: Sequence[Any], *, silent: bool = False
) -> None:
    """Put lines on the list that waits for a reader (a person, or the group), or begin one."""
    stream = _stream(reader, lane)
    waiting = await _waiting(desk, reader, lane)
    if waiting is not None:
        known = waiting.facts
        told = [*known["lines"]["lines"], *lines] if len(known["lines"]["lines"]) < LISTED else known["lines"]["lines"]
        await outbox.rewrite(desk.tx, waiting.message, _listed(known["n"] + len(lines), told))
        return
    last = await marks.written_at(desk.tx, stream)
    due = desk.now if last is None else min(max(desk.now, last + REST), desk.now + REST)
    await marks.put(desk.tx, stream, text, due)
    extras = {"silent": True} if silent else {}
    message = await outbox.write(desk.tx, outbox.Message(text, _listed(len(lines), lines), extras=extras), desk.now)
    await outbox.address(desk.tx, message, reader, desk.now, stream=stream, lane=lane, due=due)


def _listed(n: int, lines: Sequence[Any]) -> dict[str, Any]:
    more = Word("ladder.many_more", n=n - LISTED) if n > LISTED else None
    return {"n": n, "lines": Lines(lines[:LISTED]), "more": more}
