"""The contact point: handed out to anyone, published by the department."""

from __future__ import annotations

from telegram import Update

from bot.domain import reports
from bot.services.reporting import conversations, publishing
from handlers.context import Context


async def asked(update: Update, context: Context) -> None:
    """`/daumoi`, in private and in groups."""
    await publishing.hand_out(context.desk, context.group or context.person)


async def published(update: Update, context: Context) -> None:
    """`/capnhatdaumoi`: the form for a new version."""
    publishing.check(context.person)
    await conversations.check_free(context.desk, context.person)
    await conversations.begin(context.desk, context.person, reports.CONTACT_POINT)
