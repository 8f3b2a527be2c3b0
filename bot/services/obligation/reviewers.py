"""Who judges what agencies hand in, and when they are told that something waits: once, when nothing waited before."""

from __future__ import annotations

from bot.domain.people import Permission
from bot.domain.presses import Judging
from bot.domain.sending import Lane
from bot.services.desk import Desk, holders, key
from storage import exemptions, submissions


async def none_waits(desk: Desk) -> bool:
    """Whether the reviewers have nothing to do; asked before something new is written down."""
    return not await submissions.count_waiting(desk.tx) and not await exemptions.count_waiting(desk.tx)


async def tell(desk: Desk, by: str, *, first: bool) -> bool:
    """One line to everybody who may judge what `by` has handed in, if it is the `first` that waits.

    False where there is nobody but that person: nobody judges what is one's own.
    """
    others = [one for one in await holders(desk.tx, Permission.JUDGE_EVIDENCE) if one.id != by]
    for reviewer in others if first else ():
        await desk.say(
            reviewer, "judging.arrived", buttons=[[key("button.judging", Judging(), "primary")]], lane=Lane.NOTICE
        )
    return bool(others)
