"""The judge of our bot's requests: it lets through what a good library sends, and nothing that is wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import telegram as ptb

from bot.playground.chats import User
from bot.playground.server import Server
from bot.playground.telegram import Telegram
from tests.playground.conftest import TOKEN, Api
from tests.playground.test_aiogram import PNG
from tests.requests import Judge

Json = dict[str, Any]


@pytest.fixture
async def bot(server: Server) -> AsyncIterator[ptb.Bot]:
    async with ptb.Bot(TOKEN, f"{server.url}/bot", f"{server.url}/file/bot") as bot:
        yield bot


async def test_what_a_library_sends_is_accepted(bot: ptb.Bot, telegram: Telegram, anna: User) -> None:
    judge = Judge(telegram)
    keys = ptb.InlineKeyboardMarkup([[ptb.InlineKeyboardButton("Nhận", callback_data="x")]])
    answer = ptb.ReplyParameters(telegram.says(anna, anna, "x").id, allow_sending_without_reply=True)
    photo = await bot.send_photo(anna.id, PNG, caption="ảnh", protect_content=True, reply_parameters=answer)
    await bot.send_photo(anna.id, photo.photo[-1].file_id, reply_markup=keys)
    for send in (bot.send_video, bot.send_audio, bot.send_animation, bot.send_document, bot.send_voice):
        await send(anna.id, PNG, caption="tệp", reply_parameters=answer)
    await bot.send_video_note(anna.id, PNG)
    await bot.send_sticker(anna.id, PNG)
    await bot.send_location(anna.id, 21.0, 105.5)
    await bot.set_message_reaction(anna.id, photo.message_id, "👀")
    await bot.set_message_reaction(anna.id, photo.message_id, [])
    await bot.get_chat_member(anna.id, anna.id)
    file = await bot.get_file(photo.photo[-1].file_id)
    assert bytes(await file.download_as_bytearray()) == PNG
    judge.accepts_all()
    assert judge.judged >= 14


@pytest.mark.parametrize(
    ("method", "params", "fault"),
    [
        ("setMessageReaction", {"reaction": [{"type": "emoji"}]}, "emoji"),
        ("setMessageReaction", {"reaction": [{"type": "emoji", "emoji": "👍", "size": 2}]}, "ReactionTypeEmoji.size"),
        ("setMessageReaction", {"reactions": []}, "reactions"),
        ("sendPhoto", {}, "photo"),
        ("sendVoice", {"voice": "x", "caption": ["x"]}, "caption"),
        ("sendMessage", {"text": "x", "reply_parameters": {"message": 1}}, "ReplyParameters.message"),
        (
            "sendMessage",
            {"text": "x", "reply_parameters": {"message_id": 1, "calm": True}},
            "ReplyParameters.calm",
        ),
        ("sendHologram", {}, "no such method"),
    ],
)
async def test_what_is_wrong_is_a_fault(
    api: Api, telegram: Telegram, anna: User, method: str, params: Json, fault: str
) -> None:
    judge = Judge(telegram)
    where: Json = {"chat_id": anna.id, "message_id": 1} if method == "setMessageReaction" else {"chat_id": anna.id}
    await api.asked(method, **where, **params)
    (found,) = judge.faults
    assert fault in found
    with pytest.raises(AssertionError):
        judge.accepts_all()


async def test_words_that_look_like_json_are_words(bot: ptb.Bot, telegram: Telegram, anna: User) -> None:
    judge = Judge(telegram)
    telegram.says(anna, anna, "x")
    await bot.send_message(anna.id, "[]")
    await bot.send_photo(anna.id, PNG, caption='{"a": 1}')
    judge.accepts_all()
    assert judge.judged == 2
