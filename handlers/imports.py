"""`/danhba`: tables of agencies and systems, out and in."""

from __future__ import annotations

from telegram import Update

from bot.domain.errors import Refusal
from bot.domain.presses import Tables
from bot.services.register import imports, table_files
from handlers.context import Context


async def asked(update: Update, context: Context) -> None:
    """`/danhba`."""
    await imports.show(context.desk, context.person)


async def pressed(update: Update, context: Context) -> None:
    """A key of the tables: what is to be done, and with what."""
    press = context.incoming.press
    assert isinstance(press, Tables)
    desk, person, message = context.desk, context.person, context.incoming.message
    acts = {"in": imports.ask_file, "write": imports.apply, "drop": imports.drop}
    files = {
        "out": table_files.order_table,
        "blank": table_files.order_blank,
        "report": table_files.order_report,
    }
    if press.act in acts:
        await acts[press.act](desk, person, press.of, message)
    elif press.act in files:
        await files[press.act](desk, person, press.of)
    else:
        raise Refusal("press.stale.toast")
