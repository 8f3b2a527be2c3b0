"""The methods of the Bot API that the bot calls, by name. What is not in this table answers 404."""

from __future__ import annotations

from collections.abc import Callable

from bot.playground.methods import editing, groups, intake, profile, reacting, sending
from bot.playground.params import Params
from bot.playground.telegram import Telegram

Method = Callable[[Telegram, Params], object]

METHODS: dict[str, Method] = {
    **intake.METHODS,
    **sending.METHODS,
    **editing.METHODS,
    **reacting.METHODS,
    **groups.METHODS,
    **profile.METHODS,
}
# Telegram reads method names without regard to case.
NAMES = {name.lower(): name for name in METHODS}
