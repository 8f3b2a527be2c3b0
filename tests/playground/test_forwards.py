"""What is passed on and what is answered: where it came from, and how much of it the bot is shown."""

from __future__ import annotations

from typing import Any

import aiogram.types
import pytest
import telegram as ptb

from bot.playground import origins
from bot.playground.chats import Chat, User
from bot.playground.telegram import Telegram
from tests.playground.conftest import Api

Json = dict[str, Any]


async def _last(api: Api) -> Json:
    """The newest message, read by two strangers on the way."""
    update = (await api.updates())[-1]
    aiogram.types.Update.model_validate(update)
    ptb.Update.de_json(update, None)
    message: Json = update["message"]
    return message


async def test_a_message_comes_from_each_of_the_four_origins(
    api: Api, telegram: Telegram, team: Chat, anna: User, binh: User
) -> None:
    said = telegram.says(binh, team, "nộp tiền đi")
    as_group = telegram.says(binh, team, "thông báo", anonymous_admin=True)
    telegram.joins(anna, team)
    telegram.forwards(anna, anna, said)
    assert (await _last(api))["forward_origin"]["sender_user"]["id"] == binh.id
    telegram.forwards(anna, anna, said, hidden=True)
    assert (await _last(api))["forward_origin"]["sender_user_name"] == binh.name
    telegram.forwards(anna, anna, as_group)
    assert (await _last(api))["forward_origin"]["sender_chat"]["id"] == team.id
    telegram.forwards(anna, anna, said, origin=origins.from_channel("Tin nhanh", "tinnhanh", 9, "Ban tin"))
    channel = (await _last(api))["forward_origin"]
    assert (channel["type"], channel["chat"]["username"], channel["message_id"]) == ("channel", "tinnhanh", 9)
    assert channel["author_signature"] == "Ban tin"


async def test_the_first_origin_stays_however_often_it_is_passed_on(
    api: Api, telegram: Telegram, anna: User, binh: User
) -> None:
    telegram.starts(binh)
    first = telegram.says(binh, binh, "x")
    telegram.clock.move(hours=1)
    again = telegram.forwards(anna, anna, telegram.forwards(anna, anna, first))
    origin = (await _last(api))["forward_origin"]
    assert (origin["sender_user"]["id"], origin["date"]) == (binh.id, int(first.at.timestamp()))
    assert again.origin == origin


async def test_a_forwarded_album_stays_one_under_a_new_number(api: Api, telegram: Telegram, anna: User) -> None:
    album = telegram.sends_album(anna, anna, [b"1", b"2", b"3"], "ba ảnh")
    alone = telegram.says(anna, anna, "kèm lời")
    passed_on = telegram.forwards_album(anna, anna, [*album, alone], hidden=True)
    messages = [update["message"] for update in (await api.updates())[-4:]]
    (number,) = {message["media_group_id"] for message in messages[:3]}
    assert number != album[0].album
    assert "media_group_id" not in messages[3]
    assert {message["forward_origin"]["type"] for message in messages} == {"hidden_user"}
    assert passed_on[0].file is album[0].file


def test_what_cannot_be_passed_on_is_not(telegram: Telegram, team: Chat, anna: User) -> None:
    joined, gone = telegram.joins(anna, team), telegram.says(anna, anna, "x")
    telegram.deletes(anna, gone)
    for message in (joined, gone):
        with pytest.raises(ValueError, match="nothing to forward"):
            telegram.forwards(anna, anna, message)


async def test_every_kind_answers_a_message_one_level_deep(api: Api, telegram: Telegram, anna: User) -> None:
    sent = await api.ok("sendMessage", chat_id=anna.id, text="Hỏi")
    asked = telegram.private(anna).messages[sent["message_id"]]
    first = telegram.says(anna, anna, "thế này", reply_to=asked)
    telegram.sends_photo(anna, anna, reply_to=first)
    telegram.sends_album(anna, anna, [b"1", b"2"], reply_to=first)
    telegram.sends_location(anna, anna, reply_to=first)
    telegram.sends(anna, anna, "dice", reply_to=first)
    telegram.shares_contact(anna, anna, reply_to=first)
    answers = [update["message"] for update in await api.updates()]
    assert answers[0]["reply_to_message"]["message_id"] == sent["message_id"]
    assert answers[0]["reply_to_message"]["from"]["is_bot"] is True
    assert [one["reply_to_message"]["message_id"] for one in answers[1:]] == [first.id] * 6
    assert not [one for one in answers if "reply_to_message" in one["reply_to_message"]]


async def test_words_may_be_quoted_and_counted_as_telegram_counts(api: Api, telegram: Telegram, anna: User) -> None:
    asked = telegram.says(anna, anna, "🙂 chuyển tiền lúc nào?")
    telegram.says(anna, anna, "sáng nay", asked, quote="chuyển tiền")
    assert (await _last(api))["quote"] == {"text": "chuyển tiền", "position": 3, "is_manual": True}
    with pytest.raises(ValueError, match="no 'tuần sau'"):
        telegram.says(anna, anna, "x", asked, quote="tuần sau")


async def test_an_answer_to_another_chat_brings_what_it_answers(
    api: Api, telegram: Telegram, team: Chat, anna: User, binh: User
) -> None:
    telegram.joins(anna, team)
    shown = telegram.sends_photo(binh, team, caption="lừa đảo")
    telegram.says(anna, anna, "tôi cũng bị", shown, quote="lừa")
    message = await _last(api)
    assert "reply_to_message" not in message
    assert message["external_reply"]["photo"] == shown.content["photo"]
    assert message["external_reply"]["chat"]["id"] == team.id
    assert message["external_reply"]["origin"]["sender_user"]["id"] == binh.id
    telegram.starts(binh)
    telegram.says(binh, binh, "x", telegram.says(anna, anna, "riêng"))
    assert "chat" not in (await _last(api))["external_reply"]
