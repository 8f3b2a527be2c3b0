"""`/tuanthu`: how all agencies stand, page by page and as files."""

from __future__ import annotations

from telegram import Update

from bot.domain.presses import Compliance, ComplianceFile
from bot.services.compliance import files, pages
from handlers.context import Context


async def asked(update: Update, context: Context) -> None:
    """`/tuanthu`."""
    await pages.asked(context.desk, context.person)


async def turned(update: Update, context: Context) -> None:
    """A kind of agency, an agency, a system, or back."""
    press = context.incoming.press
    assert isinstance(press, Compliance)
    await pages.press(context.desk, context.person, press, context.incoming.message)


async def ordered(update: Update, context: Context) -> None:
    """The picture, the workbook, the list for a letter."""
    press = context.incoming.press
    assert isinstance(press, ComplianceFile)
    await files.press(context.desk, context.person, press)
