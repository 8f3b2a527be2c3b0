"""Where reports stand: /tracuu, /hangdoi, /cuatoi, and what a reporter does with an own report."""

from __future__ import annotations

from telegram import Update

from bot.domain import reports
from bot.domain.incidents import WORKABLE
from bot.domain.presses import Found, Own, Page
from bot.services.casework import incidents, lives, relay, searching, tracking
from bot.services.clockwork import duties
from bot.services.reporting import conversations, endings
from handlers.context import Context
from storage import drafts


async def tracked(update: Update, context: Context) -> None:
    """`/tracuu`, with a code or without."""
    text = " ".join(context.args or ())
    if text:
        await tracking.by_code(context.desk, context.person, text, context.group)
    elif context.group is None:
        await tracking.own(context.desk, context.person)
    else:
        await context.desk.tell_group(context.group, "track.in_private")


async def queued(update: Update, context: Context) -> None:
    """`/hangdoi`."""
    await tracking.queue(context.desk, context.person, group=context.group)


async def mine(update: Update, context: Context) -> None:
    """`/cuatoi`."""
    await tracking.mine(context.desk, context.person, group=context.group)


async def paged(update: Update, context: Context) -> None:
    """Another page of a list."""
    press = context.incoming.press
    assert isinstance(press, Page)
    pages = {"own": tracking.own, "queue": tracking.queue, "mine": tracking.mine}
    if press.of not in pages or not press.number.isdecimal() or context.group is not None:
        context.toast("press.stale.toast")
        return
    number = min(int(press.number), 1_000_000)
    await pages[press.of](context.desk, context.person, number, context.incoming.message)


async def turned(update: Update, context: Context) -> None:
    """Another page of a search."""
    press = context.incoming.press
    assert isinstance(press, Found)
    await searching.turn(context.desk, context.person, press, context.incoming.message)


async def own_pressed(update: Update, context: Context) -> None:
    """See, add to, or withdraw an own report; each press is checked for whose it is."""
    press = context.incoming.press
    assert isinstance(press, Own)
    incident = await incidents.own(context.desk, context.person, press.incident)
    desk, person, message = context.desk, context.person, context.incoming.message
    match press.act:
        case "see":
            await tracking.show_own(desk, person, incident, message)
        case "add":
            await _add(context, incident.id)
        case "show":  # under words of the team, which must stay
            await tracking.show_own(desk, person, incident, None)
        case "reply":
            await relay.ask_reply(desk, person, incident)
        case "ask":
            await endings.ask_withdrawal(desk, person, incident)
        case "withdraw":
            await incidents.withdraw(desk, person, incident.id)
            await desk.say(person, "withdraw.done", edits=message, code=incident.code)
        case "legal":
            await duties.show(desk, person, incident)
        case "object":
            await lives.object_(desk, person, incident)
        case "keep":
            await desk.say(person, "withdraw.kept", edits=message, code=incident.code)
        case _:
            context.toast("press.stale.toast")


async def _add(context: Context, incident_id: str) -> None:
    """Open the form of a filed report again, with what was answered."""
    incident = await incidents.own(context.desk, context.person, incident_id)
    if incident.status not in WORKABLE:
        await context.desk.say(context.person, "supplement.closed", code=incident.code)
        return
    one = await drafts.find(context.desk.tx, context.person.id)
    if one is not None and one.incident == incident.id:
        await conversations.show(context.desk, context.person, one)
        return
    if one is not None and one.incident is None and one.draft.answers:
        context.toast("fork.finish_first.toast")
        return
    form = reports.FORMS[incident.form]
    await conversations.begin(context.desk, context.person, form, incident.facts, incident=incident.id)
