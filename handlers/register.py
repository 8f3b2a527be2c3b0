"""The register over Telegram: `/coquan` for the department and the team, `/hethong` for officers, and their keys."""

from __future__ import annotations

from telegram import Update

from bot.domain.presses import (
    AgencyFile,
    Browse,
    KeepAgency,
    KeepSystem,
    Merge,
    OwnSystem,
    OwnSystems,
    SystemFile,
)
from bot.services.register import agency_pages, browsing, merging, opening, system_pages
from handlers.context import Context


async def agencies_asked(update: Update, context: Context) -> None:
    """`/coquan`, with a code or words of a name, or without."""
    words = " ".join(context.args or ())
    if words:
        await browsing.find(context.desk, context.person, words)
        return
    await browsing.show(context.desk, context.person)


async def systems_asked(update: Update, context: Context) -> None:
    """`/hethong`, with words of a name, or without."""
    await system_pages.asked(context.desk, context.person, " ".join(context.args or ()))


async def browsed(update: Update, context: Context) -> None:
    """A page of the register of agencies."""
    press = context.incoming.press
    assert isinstance(press, Browse)
    await browsing.turn(context.desk, context.person, press, context.incoming.message)


async def agency_seen(update: Update, context: Context) -> None:
    """An agency, its systems, what happened to it."""
    press = context.incoming.press
    assert isinstance(press, AgencyFile)
    await agency_pages.press(context.desk, context.person, press, context.incoming.message)


async def agency_kept(update: Update, context: Context) -> None:
    """The department's forms about agencies."""
    press = context.incoming.press
    assert isinstance(press, KeepAgency)
    await opening.keep_agency(context.desk, context.person, press)


async def merged(update: Update, context: Context) -> None:
    """*Sáp nhập*, asked and done."""
    press = context.incoming.press
    assert isinstance(press, Merge)
    await merging.press(context.desk, context.person, press, context.incoming.message)


async def system_seen(update: Update, context: Context) -> None:
    """A system, for those who see the register."""
    press = context.incoming.press
    assert isinstance(press, SystemFile)
    await system_pages.file(context.desk, context.person, press, context.incoming.message)


async def system_kept(update: Update, context: Context) -> None:
    """The department's forms about systems."""
    press = context.incoming.press
    assert isinstance(press, KeepSystem)
    await opening.keep_system(context.desk, context.person, press, context.incoming.message)


async def own_listed(update: Update, context: Context) -> None:
    """A page of the own systems."""
    press = context.incoming.press
    assert isinstance(press, OwnSystems)
    await system_pages.turn(context.desk, context.person, press, context.incoming.message)


async def own_seen(update: Update, context: Context) -> None:
    """One of the own systems, or a form about it."""
    press = context.incoming.press
    assert isinstance(press, OwnSystem)
    await opening.own_system(context.desk, context.person, press, context.incoming.message)
