"""The front door: /start and its links, help, the doors of the menu, language."""

from __future__ import annotations

from telegram import Update

from bot.domain.presses import Language, Open
from bot.services.casework import tracking
from bot.services.reporting import menu, publishing, requests, share
from bot.services.staffing import staff
from handlers import enrolment, rota, work
from handlers.context import Context


async def started(update: Update, context: Context) -> None:
    """`/start`, perhaps with a one-time link; a used, expired or foreign one reads like a plain start."""
    token = context.args[0] if context.args else ""
    if await work.opened(context, token) or await rota.opened(context, token):
        return
    if token and await staff.use(context.desk, context.person, token):
        return
    await menu.welcome(context.desk, context.person)


async def helped(update: Update, context: Context) -> None:
    """`/trogiup`."""
    if context.group is None:
        await menu.help_(context.desk, context.person)
        return
    bound = "bound" if context.group.duty else "unbound"
    await context.desk.tell_group(context.group, f"group.help.{bound}")


async def reported(update: Update, context: Context) -> None:
    """`/baosuco`; in a group it leads to the private chat."""
    if context.group is not None:
        await context.desk.tell_group(context.group, "group.report_in_private")
        return
    await menu.report(context.desk, context.person)


async def shared(update: Update, context: Context) -> None:
    """`/chiase`."""
    await share.share(context.desk, context.person)


async def language_asked(update: Update, context: Context) -> None:
    """`/ngonngu`."""
    await menu.choose_language(context.desk, context.person)


async def language_chosen(update: Update, context: Context) -> None:
    press = context.incoming.press
    assert isinstance(press, Language)
    context.toast(await menu.speak(context.desk, context.person, press.language, context.incoming.message))


async def opened(update: Update, context: Context) -> None:
    """A door of the menu."""
    press = context.incoming.press
    assert isinstance(press, Open)
    desk, person = context.desk, context.person
    if press.door == "citizen":
        context.toast(await menu.report_as_citizen(desk, person, context.incoming.message))
        return
    doors = {
        "report": lambda: menu.report(desk, person),
        "track": lambda: tracking.own(desk, person),
        "contact": lambda: publishing.hand_out(desk, person),
        "privacy": lambda: requests.menu(desk, person),
        "language": lambda: menu.choose_language(desk, person),
        "enrol": lambda: enrolment.open_form(context, way="toast"),
    }
    if press.door not in doors:
        context.toast("press.stale.toast")
        return
    await doors[press.door]()
