"""What becomes of unfinished forms: a told story is filed after silence, an old empty draft is erased."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bot.services import apart
from bot.services.desk import Desk
from bot.services.paper.formbook import form_of
from bot.services.reporting import conversations, endings, strays
from storage import drafts

TOGETHER = 50


async def place_strays(desk: Desk) -> int:
    """Messages of which nobody has said to which incident they belong; how many people's those were."""
    return await strays.place_silent(desk)


async def look(desk: Desk) -> int:
    """Everything whose time has come, as many as fit into one transaction; how many those were."""
    due = await drafts.due(desk.tx, desk.now, TOGETHER)
    for one in due:
        if not await apart.succeeds(desk, f"the end of draft {one.id}", partial(_end, desk, one)):
            await drafts.keep(desk.tx, replace(one, look_at=desk.now + apart.LATER))
    return len(due)


async def _end(desk: Desk, one: drafts.Open) -> None:
    form = form_of(desk, one)
    told = form.story is not None and one.draft.answers.get(form.story) is not None
    if told and one.incident is None:
        await endings.file_silent(desk, one)
    else:
        await conversations.drop_old(desk, one)
