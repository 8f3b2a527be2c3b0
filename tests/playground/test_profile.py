"""The bot's names and its menus of commands, by scope and language."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.chats import Chat, User
from bot.playground.menus import menu
from bot.playground.telegram import Telegram
from tests.playground.conftest import Api

Json = dict[str, Any]


def _one(command: str) -> list[Json]:
    return [{"command": command, "description": f"Lệnh {command}"}]


def _sees(telegram: Telegram, chat: Chat, user: User) -> list[str]:
    return [entry["command"] for entry in menu(telegram.commands, chat, user)]


async def test_the_narrowest_scope_wins(api: Api, telegram: Telegram, team: Chat, anna: User, binh: User) -> None:
    telegram.joins(anna, team)
    private = telegram.private(anna)
    await api.ok("setMyCommands", commands=_one("chung"))
    assert (_sees(telegram, private, anna), _sees(telegram, team, binh)) == (["chung"], ["chung"])
    await api.ok("setMyCommands", commands=_one("rieng"), scope={"type": "all_private_chats"})
    await api.ok("setMyCommands", commands=_one("nhom"), scope={"type": "all_group_chats"})
    assert (_sees(telegram, private, anna), _sees(telegram, team, binh)) == (["rieng"], ["nhom"])
    await api.ok("setMyCommands", commands=_one("quantri"), scope={"type": "all_chat_administrators"})
    await api.ok("setMyCommands", commands=_one("doi"), scope={"type": "chat", "chat_id": team.id})
    assert (_sees(telegram, team, anna), _sees(telegram, team, binh)) == (["doi"], ["doi"])
    leads = {"type": "chat_administrators", "chat_id": team.id}
    await api.ok("setMyCommands", commands=_one("truong"), scope=leads)
    member = {"type": "chat_member", "chat_id": team.id, "user_id": anna.id}
    await api.ok("setMyCommands", commands=_one("an"), scope=member)
    assert (_sees(telegram, team, anna), _sees(telegram, team, binh)) == (["an"], ["truong"])
    await api.ok("deleteMyCommands", scope=member)
    assert _sees(telegram, team, anna) == ["doi"]
    assert await api.ok("getMyCommands", scope=leads) == _one("truong")


async def test_the_language_of_a_person_comes_before_the_list_for_all(api: Api, telegram: Telegram, anna: User) -> None:
    guest = telegram.person("Guest", language="en")
    await api.ok("setMyCommands", commands=_one("chung"))
    await api.ok("setMyCommands", commands=_one("english"), language_code="en")
    assert _sees(telegram, telegram.private(anna), anna) == ["chung"]
    assert _sees(telegram, telegram.private(guest), guest) == ["english"]
    assert _sees(Telegram(), telegram.private(anna), anna) == []


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"commands": [{"command": "Báo", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "a" * 33, "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": ["x"]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "a", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": _one("a") * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": _one("a"), "scope": {"type": "everybody"}}, "unsupported type"),
        ({"commands": _one("a"), "scope": {"type": "chat", "chat_id": -5}}, "chat not found"),
        ({"commands": _one("a"), "language_code": "vietnamese"}, "invalid language code"),
        ({}, 'parameter "commands" is required'),
    ],
)
async def test_bad_menus_are_refused(api: Api, params: Json, why: str) -> None:
    assert why in await api.no("setMyCommands", **params)


async def test_a_menu_for_one_member_names_the_member(api: Api, team: Chat) -> None:
    scope = {"type": "chat_member", "chat_id": team.id}
    assert "user_id is missing" in await api.no("setMyCommands", commands=_one("a"), scope=scope)


async def test_the_bot_names_and_describes_itself(api: Api, telegram: Telegram) -> None:
    await api.ok("setMyName", name="Ứng cứu tỉnh")
    await api.ok("setMyName", name="Response", language_code="en")
    await api.ok("setMyDescription", description="Báo sự cố an toàn thông tin")
    await api.ok("setMyShortDescription", short_description="Báo sự cố")
    me = telegram.me
    assert (me.names, me.descriptions[""], me.short_descriptions[""]) == (
        {"": "Ứng cứu tỉnh", "en": "Response"},
        "Báo sự cố an toàn thông tin",
        "Báo sự cố",
    )
    assert (await api.ok("getMe"))["first_name"] == "Ứng cứu tỉnh"
    assert await api.no("setMyName", name="x" * 65) == "Bad Request: name is too long"
