"""Who comes, goes, is thrown out or silenced, and what of it the bot hears and may ask."""

from __future__ import annotations

from typing import Any

import aiogram.types
import pytest
import telegram as ptb

from bot.playground.chats import Chat, User
from bot.playground.telegram import Telegram
from tests.playground.conftest import Api

Json = dict[str, Any]
ALL = ["message", "chat_member", "my_chat_member"]


async def _told(api: Api, **more: Any) -> list[tuple[str, Any]]:
    """Each update as its kind and what it says of somebody's standing, or of who came or left."""
    told: list[tuple[str, Any]] = []
    for update in await api.updates(**more):
        aiogram.types.Update.model_validate(update)
        ptb.Update.de_json(update, None)
        for kind in update.keys() & set(ALL):
            body = update[kind]
            status = body.get("new_chat_member", {}).get("status")
            told.append((kind, status or next(one for one in body if one.endswith(("members", "member")))))
    return told


def _comes_and_goes(telegram: Telegram, team: Chat, anna: User, binh: User) -> None:
    telegram.adds(anna, team, by=binh)
    telegram.restricts(anna, team, by=binh)
    telegram.restricts(anna, team, by=binh, restricted=False)
    telegram.kicks(anna, team, by=binh)
    telegram.unbans(anna, team, by=binh)
    telegram.joins(anna, team)
    telegram.leaves(anna, team)


SERVICE = [("message", "new_chat_members"), ("message", "left_chat_member")] * 2


async def test_an_administrator_that_asks_hears_of_all(
    api: Api, telegram: Telegram, team: Chat, anna: User, binh: User
) -> None:
    await api.updates(allowed_updates=ALL)
    telegram.adds_bot(team, by=binh, admin=True)
    _comes_and_goes(telegram, team, anna, binh)
    told = await _told(api)
    changes = [what for kind, what in told if kind == "chat_member"]
    assert changes == ["member", "restricted", "member", "kicked", "left", "member", "left"]
    assert [one for one in told if one[0] == "message"] == SERVICE
    assert told[0] == ("my_chat_member", "administrator")


async def test_one_that_did_not_ask_or_is_no_administrator_hears_of_services_only(
    api: Api, telegram: Telegram, team: Chat, anna: User, binh: User
) -> None:
    await api.updates(allowed_updates=ALL)
    _comes_and_goes(telegram, team, anna, binh)
    assert await _told(api) == SERVICE
    telegram.updates.clear()
    await api.updates(allowed_updates=[])
    telegram.adds_bot(team, by=binh, admin=True)
    _comes_and_goes(telegram, team, anna, binh)
    assert (await _told(api))[1:] == SERVICE


async def test_who_is_silenced_or_out_does_not_write(telegram: Telegram, team: Chat, anna: User, binh: User) -> None:
    telegram.joins(anna, team)
    telegram.restricts(anna, team, by=binh)
    with pytest.raises(ValueError, match="may not write"):
        telegram.says(anna, team, "x")
    telegram.kicks(anna, team, by=binh)
    with pytest.raises(ValueError, match="not in"):
        telegram.says(anna, team, "x")
    for deed in (telegram.kicks, telegram.restricts, telegram.unbans):
        with pytest.raises(ValueError, match="no administrator"):
            deed(binh, team, by=anna)


async def test_each_standing_is_told_when_asked(
    api: Api, telegram: Telegram, team: Chat, anna: User, binh: User
) -> None:
    async def standing() -> Any:
        member = await api.ok("getChatMember", chat_id=team.id, user_id=anna.id)
        ptb.ChatMember.de_json(member, None)
        return member["status"]

    seen = [await standing()]
    telegram.adds(anna, team, by=binh)
    seen.append(await standing())
    telegram.restricts(anna, team, by=binh)
    seen.append(await standing())
    telegram.kicks(anna, team, by=binh)
    seen.append(await standing())
    assert seen == ["left", "member", "restricted", "kicked"]


async def test_hidden_members_are_shown_to_administrators(
    api: Api, telegram: Telegram, team: Chat, anna: User, binh: User
) -> None:
    team.hides_members = True
    no = await api.no("getChatMember", chat_id=team.id, user_id=anna.id)
    assert no == "Bad Request: CHAT_ADMIN_REQUIRED"
    assert (await api.ok("getChatMember", chat_id=team.id, user_id=telegram.me.id))["status"] == "member"
    telegram.adds_bot(team, by=binh, admin=True)
    assert (await api.ok("getChatMember", chat_id=team.id, user_id=anna.id))["status"] == "left"
    for number, said in ((1, "member not found"), (0, "invalid user_id specified")):
        assert await api.no("getChatMember", chat_id=team.id, user_id=number) == f"Bad Request: {said}"
