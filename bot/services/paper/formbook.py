"""Which form an open draft is of: one that this bot was built with, or one that is a file."""

from __future__ import annotations

import logging

from bot.domain import reports
from bot.domain.forms import Form
from bot.domain.papers import PREFIX
from bot.services.desk import Desk
from storage import drafts

log = logging.getLogger(__name__)


def form_of(desk: Desk, one: drafts.Open) -> Form:
    """The form of a draft. Drafts of files that have changed or gone were dropped at the start (`drop_orphans`)."""
    sheet = desk.house.stationery.of_form(one.draft.form)
    return sheet.form if sheet is not None else reports.FORMS[one.draft.form]


async def drop_orphans(desk: Desk) -> int:
    """Once, at the start: drafts of papers whose layout is another now, or gone, and of forms that this program does
    not have. Nothing of them was filed; whoever wrote one could do nothing else as long as it was there.
    """
    kept = desk.house.stationery
    gone = [
        one
        for one in await drafts.of_forms(desk.tx, "")
        if kept.of_form(one.draft.form) is None and one.draft.form not in reports.FORMS
    ]
    for one in gone:
        if not one.draft.form.startswith(PREFIX):
            log.error("a draft of the form %s, which nobody knows, is dropped", one.draft.form)
        await drafts.erase(desk.tx, one.person)
    return len(gone)
