"""Every kind of message of the Bot API can be sent here, and two libraries read it."""

from __future__ import annotations

import json
from typing import Any

import aiogram.types
import pytest
import telegram as ptb

from bot.playground.chats import Chat, Message, User
from bot.playground.examples import CONTENTS, SERVICE
from bot.playground.kinds import CAPTIONED, MEDIA
from bot.playground.media import Item
from bot.playground.telegram import Telegram
from tests.playground.conftest import Api
from tests.playground.fields import ENVELOPE, content_fields, message_fields

Json = dict[str, Any]
KINDS = sorted({"text", "poll", *MEDIA, *CONTENTS, *SERVICE})


async def _told(telegram: Telegram) -> list[Json]:
    """The updates that wait, as a bot would get them."""
    return [json.loads(one) for one in await telegram.updates.get(0, 100, 0)]


def _sent(telegram: Telegram, user: User, chat: User | Chat, kind: str) -> Message:
    if kind == "text":
        return telegram.sends(user, chat, kind, "Chào")
    if kind == "poll":
        return telegram.sends_poll(user, chat, "Hỏi?", "có", "không")
    return telegram.sends(user, chat, kind)


def test_every_field_of_a_message_is_content_that_can_be_sent_or_its_envelope() -> None:
    assert ptb.constants.BOT_API_VERSION == "10.0"
    assert set(KINDS) == content_fields()
    assert message_fields() >= ENVELOPE


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_arrives_in_its_field_and_is_read_by_strangers(
    telegram: Telegram, anna: User, kind: str
) -> None:
    _sent(telegram, anna, anna, kind)
    (update,) = await _told(telegram)
    message = update["message"]
    assert kind in message
    read = aiogram.types.Update.model_validate(update)
    assert read.message is not None
    assert getattr(read.message, kind) is not None
    theirs = ptb.Update.de_json(update, None)
    assert theirs.message is not None
    assert getattr(theirs.message, kind) not in (None, ())
    assert not theirs.message.api_kwargs


async def test_what_was_repeated_for_bots_of_old_still_is(telegram: Telegram, anna: User) -> None:
    for kind in ("animation", "venue", "live_photo"):
        telegram.sends(anna, anna, kind)
    found = [content_fields() & update["message"].keys() for update in await _told(telegram)]
    assert found == [{"animation", "document"}, {"venue", "location"}, {"live_photo", "photo"}]


async def test_service_messages_reach_a_bot_with_privacy_and_others_do_not(
    telegram: Telegram, team: Chat, binh: User
) -> None:
    for kind in KINDS:
        _sent(telegram, binh, team, kind)
    seen = {field for update in await _told(telegram) for field in update["message"].keys() & content_fields()}
    assert seen == set(SERVICE)


async def test_a_kind_that_nobody_knows_yet_can_be_sent(telegram: Telegram, anna: User) -> None:
    telegram.sends(anna, anna, "hologram", {"height": 2}, beside={"is_from_offline": True})
    message = (await _told(telegram))[0]["message"]
    assert (message["hologram"], message["is_from_offline"]) == ({"height": 2}, True)
    with pytest.raises(ValueError, match="no example of hologram"):
        telegram.sends(anna, anna, "hologram")


@pytest.mark.parametrize("kind", MEDIA)
def test_a_made_up_file_is_of_its_sort_and_like_no_other(telegram: Telegram, anna: User, kind: str) -> None:
    first, second = (telegram.sends(anna, anna, kind).file for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.head.startswith(MEDIA[kind].head)
    assert first.size == first.length == len(first.content)
    assert first.sha256() != second.sha256()


@pytest.mark.parametrize("kind", MEDIA)
async def test_captions_are_where_telegram_allows_them(telegram: Telegram, anna: User, kind: str) -> None:
    if kind in CAPTIONED:
        telegram.sends(anna, anna, kind, caption="xem https://a.vn")
        message = (await _told(telegram))[0]["message"]
        assert (message["caption"], message["caption_entities"][0]["type"]) == ("xem https://a.vn", "url")
        return
    with pytest.raises(ValueError, match="no caption"):
        telegram.sends(anna, anna, kind, caption="x")


async def test_an_album_is_one_number_on_separate_updates(telegram: Telegram, anna: User) -> None:
    telegram.sends_album(anna, anna, [b"1", Item("video"), Item(caption="ba")], "biên lai")
    telegram.sends_album(anna, anna, [Item("document", b"x", "a.pdf", "application/pdf")] * 2)
    messages = [update["message"] for update in await _told(telegram)]
    numbers = [message["media_group_id"] for message in messages]
    assert numbers == [numbers[0]] * 3 + [numbers[3]] * 2
    assert numbers[0] != numbers[3]
    assert [message.get("caption") for message in messages] == ["biên lai", None, "ba", None, None]
    assert [message["message_id"] for message in messages] == sorted(message["message_id"] for message in messages)
    assert messages[3]["document"]["file_name"] == "a.pdf"


@pytest.mark.parametrize("kinds", [["photo"], ["photo"] * 11, ["photo", "document"], ["voice", "voice"]])
def test_what_no_album_can_be_is_refused(telegram: Telegram, anna: User, kinds: list[str]) -> None:
    with pytest.raises(ValueError, match="album"):
        telegram.sends_album(anna, anna, [Item(kind) for kind in kinds])


async def test_a_live_location_moves_by_edits(telegram: Telegram, anna: User) -> None:
    still, live = telegram.sends_location(anna, anna), telegram.sends_location(anna, anna, live=900)
    telegram.moves(anna, live, 10.5, 106.5)
    edited = (await _told(telegram))[-1]["edited_message"]
    assert (edited["location"]["latitude"], edited["location"]["live_period"]) == (10.5, 900)
    with pytest.raises(ValueError, match="live"):
        telegram.moves(anna, still, 10.5, 106.5)


async def test_captions_are_edited_and_may_become_empty(telegram: Telegram, anna: User) -> None:
    photo = telegram.sends_photo(anna, anna, caption="cũ")
    telegram.edits(anna, photo, "mới")
    telegram.edits(anna, photo, "")
    first, second = (update["edited_message"] for update in (await _told(telegram))[1:])
    assert (first["caption"], "caption" in second) == ("mới", False)
    assert first["photo"] == second["photo"]


@pytest.mark.parametrize("kind", ["sticker", "dice", "location", "poll", "video_note"])
def test_what_has_no_words_is_not_edited(telegram: Telegram, anna: User, kind: str) -> None:
    with pytest.raises(ValueError, match="no words"):
        telegram.edits(anna, _sent(telegram, anna, anna, kind), "x")


def test_what_is_gone_empty_or_passed_on_is_not_edited(telegram: Telegram, anna: User) -> None:
    said = telegram.says(anna, anna, "x")
    passed_on = telegram.forwards(anna, anna, said)
    with pytest.raises(ValueError, match="empty"):
        telegram.edits(anna, said, " ")
    telegram.deletes(anna, said)
    with pytest.raises(ValueError, match="gone"):
        telegram.edits(anna, said, "y")
    with pytest.raises(ValueError, match="own"):
        telegram.edits(anna, passed_on, "y")


async def test_a_pin_shows_the_message_one_level_deep(api: Api, telegram: Telegram, team: Chat, binh: User) -> None:
    card = await api.ok("sendMessage", chat_id=team.id, text="Thẻ")
    answer = telegram.says(binh, team, "rõ", reply_to=team.messages[card["message_id"]])
    telegram.pins(binh, answer)
    pinned = (await _told(telegram))[-1]["message"]["pinned_message"]
    assert (pinned["text"], "reply_to_message" in pinned) == ("rõ", False)
