"""What shows that a duty was done: the commands and keys of officers who hand it in, and of those who judge it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from telegram import Update

from bot.domain.errors import Refusal
from bot.domain.obligations import Evidence
from bot.domain.presses import Do, Exempt, Judge, Judging, OwnEvidence
from bot.domain.submissions import REFUSING, RETURNING
from bot.services.obligation import evidence, exempting, judging, queues, submitting
from handlers.context import Context

Act = Callable[[Context, str], Awaitable[None]]


async def scanned(update: Update, context: Context) -> None:
    """`/raquet`."""
    await evidence.open_form(context.desk, context.person, Evidence.SCAN)


async def planned(update: Update, context: Context) -> None:
    """`/phuongan`."""
    await evidence.open_form(context.desk, context.person, Evidence.PLAN)


async def drilled(update: Update, context: Context) -> None:
    """`/dientap`."""
    await evidence.open_form(context.desk, context.person, Evidence.DRILL)


async def asked(update: Update, context: Context) -> None:
    """`/duyet`."""
    await queues.show(context.desk, context.person, Judging(), way="text")


async def done(update: Update, context: Context) -> None:
    """*Ghi kết quả*: the form of a kind of evidence."""
    press = context.incoming.press
    assert isinstance(press, Do)
    await evidence.press(context.desk, context.person, press)


async def turned(update: Update, context: Context) -> None:
    """A page of what waits for a reviewer."""
    press = context.incoming.press
    assert isinstance(press, Judging)
    await queues.show(context.desk, context.person, press, context.incoming.message)


async def own(update: Update, context: Context) -> None:
    """*Rút lại*, *Ghi lại kết quả*."""
    press = context.incoming.press
    assert isinstance(press, OwnEvidence)
    if press.act == "withdraw":
        await submitting.withdraw(context.desk, context.person, press.submission, context.incoming.message)
    else:
        await submitting.own(context.desk, context.person, press.submission)
        if press.act != "again":
            raise Refusal("press.stale.toast")
        await evidence.again(context.desk, context.person, press)


async def judged(update: Update, context: Context) -> None:
    """A reviewer looks at one submission, or decides about it."""
    press = context.incoming.press
    assert isinstance(press, Judge)
    await judging.judged_by(context.desk, context.person, press.submission)
    await _chosen(_VERDICTS, press.act)(context, press.submission)


async def exempted(update: Update, context: Context) -> None:
    """A reviewer looks at a request to be left out, or decides about it."""
    press = context.incoming.press
    assert isinstance(press, Exempt)
    await exempting.judged_by(context.desk, context.person, press.exemption)
    await _chosen(_EXEMPTIONS, press.act)(context, press.exemption)


def _chosen(acts: Mapping[str, Act], act: str) -> Act:
    """Raises Refusal: a key of ours says nothing of the kind."""
    if act not in acts:
        raise Refusal("press.stale.toast")
    return acts[act]


async def _see(context: Context, identifier: str) -> None:
    await queues.show_one(context.desk, context.person, identifier, context.incoming.message)


async def _file(context: Context, identifier: str) -> None:
    await queues.show_file(context.desk, context.person, identifier)


async def _accept(context: Context, identifier: str) -> None:
    await judging.accept(context.desk, context.person, identifier, context.incoming.message)


async def _return(context: Context, identifier: str) -> None:
    await judging.check_waits(context.desk, identifier)
    await evidence.open_words(context.desk, context.person, RETURNING.name, identifier)


async def _see_request(context: Context, identifier: str) -> None:
    await queues.show_request(context.desk, context.person, identifier, context.incoming.message)


async def _agree(context: Context, identifier: str) -> None:
    await exempting.agree(context.desk, context.person, identifier, context.incoming.message)


async def _refuse(context: Context, identifier: str) -> None:
    await exempting.check_waits(context.desk, identifier)
    await evidence.open_words(context.desk, context.person, REFUSING.name, identifier)


async def _revoke(context: Context, identifier: str) -> None:
    await exempting.revoke(context.desk, context.person, identifier, context.incoming.message)


_VERDICTS: Mapping[str, Act] = {"see": _see, "file": _file, "accept": _accept, "return": _return}
_EXEMPTIONS: Mapping[str, Act] = {"see": _see_request, "agree": _agree, "refuse": _refuse, "revoke": _revoke}
