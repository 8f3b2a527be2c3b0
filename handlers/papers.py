"""Official papers: `/baocao`, the list of an incident's papers, one of them begun, one as a PDF."""

from __future__ import annotations

from telegram import Update

from bot.domain.presses import Paper, Pdf
from bot.services.paper import papers
from handlers.context import Context


async def asked(update: Update, context: Context) -> None:
    """`/baocao SC-…`."""
    await papers.asked(context.desk, context.person, " ".join(context.args or ()))


async def chosen(update: Update, context: Context) -> None:
    """The list of papers, or one of them."""
    press = context.incoming.press
    assert isinstance(press, Paper)
    await papers.press(context.desk, context.person, press, context.incoming.message)


async def converted(update: Update, context: Context) -> None:
    """*Bản PDF* under a paper."""
    press = context.incoming.press
    assert isinstance(press, Pdf)
    await papers.press_pdf(context.desk, context.person, press)
