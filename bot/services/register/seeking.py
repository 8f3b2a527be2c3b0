"""Typed words find what a question may be answered with: agencies, by any part of their names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.domain.agencies import Kind
from bot.domain.enrolment import AGENCIES
from bot.domain.forms import REVIEW, Draft, Form
from bot.domain.listed import LISTS, Sought
from bot.domain.questions import Reply, Said
from bot.services.desk import Desk
from bot.services.register.gate import today
from storage import agencies

MOST = 8  # on keys; more are found by more words
LONGEST_NAME = 60  # letters on a key

Rows = Sequence[Sequence[str]]


def brief(name: str) -> str:
    """A name as a key shows it."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


async def _agencies(desk: Desk, words: str) -> Rows:
    kinds = [kind for kind in Kind if kind is not Kind.TEAM]
    found = await agencies.search(desk.tx, words, MOST, on=today(desk), kinds=kinds)
    return [[one.id, brief(one.name)] for one in found]


_SEEKERS: Mapping[str, Callable[[Desk, str], Awaitable[Rows]]] = {AGENCIES: _agencies}


async def found(desk: Desk, form: Form, draft: Draft, reply: Reply) -> Rows | None:
    """What the words of a reply find; None where the question that stands is not answered so."""
    question = form.question(draft.at) if draft.at != REVIEW else None
    if not isinstance(question, Sought) or not isinstance(reply, Said):
        return None
    return await _SEEKERS[question.among](desk, reply.text)


def listing(draft: Draft, rows: Rows) -> Mapping[str, object]:
    """The answers of a draft whose question offers these rows from now on."""
    lists = {**(draft.answers.get(LISTS) or {}), draft.at: [list(row) for row in rows]}
    return {**draft.answers, LISTS: lists}
