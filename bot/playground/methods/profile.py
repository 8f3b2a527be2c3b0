"""Methods about the bot itself: who it is, its names and its menu of commands."""

from __future__ import annotations

import re
from typing import Any

from bot.playground.errors import bad_request
from bot.playground.menus import scope_key
from bot.playground.methods import reading
from bot.playground.params import Params
from bot.playground.telegram import Telegram

Json = dict[str, Any]
_COMMAND = re.compile(r"[a-z0-9_]{1,32}$")
_LANGUAGE = re.compile(r"([a-z]{2})?$")


def get_me(telegram: Telegram, _params: Params) -> Json:
    return telegram.me.wire_me()


def set_my_commands(telegram: Telegram, params: Params) -> bool:
    commands = params.array("commands")
    if commands is None:
        raise bad_request('parameter "commands" is required')
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    telegram.commands[_menu(telegram, params)] = [_checked(command) for command in commands]
    telegram.emit("bot")
    telegram.changed()
    return True


def get_my_commands(telegram: Telegram, params: Params) -> list[Json]:
    return telegram.commands.get(_menu(telegram, params), [])


def delete_my_commands(telegram: Telegram, params: Params) -> bool:
    telegram.commands.pop(_menu(telegram, params), None)
    telegram.emit("bot")
    telegram.changed()
    return True


def set_my_name(telegram: Telegram, params: Params) -> bool:
    return _set(telegram, telegram.me.names, params, "name", 64)


def set_my_description(telegram: Telegram, params: Params) -> bool:
    return _set(telegram, telegram.me.descriptions, params, "description", 512)


def set_my_short_description(telegram: Telegram, params: Params) -> bool:
    return _set(telegram, telegram.me.short_descriptions, params, "short_description", 120)


def _set(telegram: Telegram, words: dict[str, str], params: Params, field: str, longest: int) -> bool:
    text = params.text(field)
    if len(text) > longest:
        raise bad_request(f"{field} is too long")
    words[_language(params)] = text
    if field == "name" and text and not _language(params):
        telegram.me.name = text
    telegram.emit("bot")
    telegram.changed()
    return True


def _menu(telegram: Telegram, params: Params) -> tuple[str, str]:
    """Which list of commands is meant: for whom, in which language."""
    scope = params.object("scope") or {"type": "default"}
    if "chat_id" in scope:
        chat = telegram.found_chat(reading.chat_id_of(Params(scope)))
        scope = {**scope, "chat_id": chat.id}
    return scope_key(scope), _language(params)


def _language(params: Params) -> str:
    language = params.text("language_code")
    if not _LANGUAGE.match(language):
        raise bad_request("invalid language code specified")
    return language


def _checked(command: Any) -> Json:
    if not isinstance(command, dict) or not _COMMAND.match(str(command.get("command", "")).lstrip("/")):
        raise bad_request("BOT_COMMAND_INVALID")
    description = str(command.get("description", ""))
    if not 1 <= len(description) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command["command"].lstrip("/"), "description": description}


METHODS = {
    "getMe": get_me,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": set_my_name,
    "setMyDescription": set_my_description,
    "setMyShortDescription": set_my_short_description,
}
