"""What the bot sends, changes and deletes, and how strictly Telegram looks at it."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from bot.playground.chats import Chat, User
from bot.playground.clock import Clock
from bot.playground.telegram import Telegram
from tests.playground.conftest import Api

Json = dict[str, Any]
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x02\x00\x00\x00\x01\x00\x08\x06\x00\x00\x00"


def keys(**key: Any) -> Json:
    return {"inline_keyboard": [[{"text": "Nút", **key}]]}


async def test_a_message_is_seen_as_it_was_sent(api: Api, telegram: Telegram, anna: User) -> None:
    html = "<b>SC-2026-000001</b> &lt;link&gt;"
    result = await api.ok("sendMessage", chat_id=anna.id, text=html, parse_mode="HTML", protect_content=True)
    message = telegram.messages(anna)[-1]
    assert (message.text, message.html, message.protected) == ("SC-2026-000001 <link>", html, True)
    assert result["text"] == message.text
    assert result["entities"] == [{"type": "bold", "offset": 0, "length": 14}]
    assert (message.sender, message.by_bot, message.id) == (telegram.me, True, result["message_id"])


async def test_lengths_count_after_parsing(api: Api, anna: User) -> None:
    text = "<b>" + "a" * 4096 + "</b>"
    await api.ok("sendMessage", chat_id=anna.id, text=text, parse_mode="HTML")
    assert await api.no("sendMessage", chat_id=anna.id, text="a" * 4097) == "Bad Request: message is too long"
    assert await api.no("sendMessage", chat_id=anna.id, text="😀" * 2049) == "Bad Request: message is too long"


@pytest.mark.parametrize("text", ["", "   ", "<b> </b>"])
async def test_an_empty_text_is_refused(api: Api, anna: User, text: str) -> None:
    no = await api.no("sendMessage", chat_id=anna.id, text=text, parse_mode="HTML")
    assert no == "Bad Request: message text is empty"


async def test_only_html_is_understood(api: Api, anna: User) -> None:
    no = await api.no("sendMessage", chat_id=anna.id, text="*x*", parse_mode="MarkdownV2")
    assert no == "Bad Request: unsupported parse_mode"


@pytest.mark.parametrize(
    "markup",
    [
        keys(callback_data="x" * 64),
        keys(url="https://ais.gov.vn/"),
        keys(url="https://t.me/ungcuu_demo_bot?start=abc", style="primary"),
        keys(copy_text={"text": "0912345678"}, style="success"),
        {"keyboard": [[{"text": "Gửi số", "request_contact": True}, "Thôi"]], "one_time_keyboard": True},
        {"remove_keyboard": True},
        {"force_reply": True},
        {"inline_keyboard": []},
    ],
)
async def test_good_keyboards_are_taken(api: Api, anna: User, markup: Json) -> None:
    await api.ok("sendMessage", chat_id=anna.id, text="Chọn", reply_markup=markup)


@pytest.mark.parametrize(
    ("markup", "why"),
    [
        (keys(callback_data=""), "BUTTON_DATA_INVALID"),
        (keys(callback_data="ố" * 22), "BUTTON_DATA_INVALID"),
        (keys(url="tel:113"), "Unsupported URL protocol"),
        (keys(url="http://localhost/x"), "Wrong HTTP URL"),
        (keys(url=""), "BUTTON_URL_INVALID"),
        (keys(copy_text={"text": "x" * 257}), "BUTTON_COPY_TEXT_INVALID"),
        (keys(), "Text buttons are unallowed"),
        (keys(url="https://a.vn", callback_data="x"), "exactly one"),
        (keys(callback_data="x", style="red"), "invalid button style"),
        ({"inline_keyboard": [[{"text": " ", "callback_data": "x"}]]}, "non-empty text"),
        ({"inline_keyboard": ["x"]}, "can't parse reply keyboard markup JSON object"),
        ({"keyboard": [[{"request_contact": True}]]}, "can't parse keyboard button"),
        ("[1]", "can't parse reply keyboard markup JSON object"),
    ],
)
async def test_bad_keyboards_are_refused(api: Api, anna: User, markup: Any, why: str) -> None:
    assert why in await api.no("sendMessage", chat_id=anna.id, text="Chọn", reply_markup=markup)


async def test_a_contact_is_asked_for_in_private_only(api: Api, team: Chat) -> None:
    markup = {"keyboard": [[{"text": "Gửi số", "request_contact": True}]]}
    no = await api.no("sendMessage", chat_id=team.id, text="Chọn", reply_markup=markup)
    assert no == "Bad Request: phone number can be requested in private chats only"


async def test_ordinary_keyboards_are_seen_but_never_echoed(api: Api, telegram: Telegram, anna: User) -> None:
    markup = {"keyboard": [["Một", "Hai"]]}
    assert "reply_markup" not in await api.ok("sendMessage", chat_id=anna.id, text="Chọn", reply_markup=markup)
    assert telegram.messages(anna)[-1].reply_keyboard == [["Một", "Hai"]]
    inline = await api.ok("sendMessage", chat_id=anna.id, text="Chọn", reply_markup=keys(callback_data="x"))
    assert inline["reply_markup"] == keys(callback_data="x")


async def test_a_message_with_an_ordinary_keyboard_cannot_be_edited(api: Api, anna: User) -> None:
    sent = await api.ok("sendMessage", chat_id=anna.id, text="Chọn", reply_markup={"keyboard": [["Một"]]})
    no = await api.no("editMessageText", chat_id=anna.id, message_id=sent["message_id"], text="Khác")
    assert no == "Bad Request: message can't be edited"


async def test_a_reply_needs_what_it_answers_unless_it_does_not_mind(api: Api, telegram: Telegram, anna: User) -> None:
    asked = telegram.says(anna, anna, "Hỏi")
    sent = await api.ok("sendMessage", chat_id=anna.id, text="Đáp", reply_parameters={"message_id": asked.id})
    assert sent["reply_to_message"]["text"] == "Hỏi"
    telegram.deletes(anna, asked)
    gone: Json = {"chat_id": anna.id, "text": "Đáp"}
    no = await api.no("sendMessage", **gone, reply_parameters={"message_id": asked.id})
    assert no == "Bad Request: message to be replied not found"
    calm = {"message_id": asked.id, "allow_sending_without_reply": True}
    assert "reply_to_message" not in await api.ok("sendMessage", **gone, reply_parameters=calm)


async def test_an_edit_changes_text_and_takes_the_keyboard_away(api: Api, telegram: Telegram, anna: User) -> None:
    sent = await api.ok("sendMessage", chat_id=anna.id, text="Cũ", reply_markup=keys(callback_data="x"))
    where: Json = {"chat_id": anna.id, "message_id": sent["message_id"]}
    edited = await api.ok("editMessageText", **where, text="Mới")
    assert edited["text"] == "Mới"
    assert "reply_markup" not in edited
    message = telegram.messages(anna)[-1]
    assert (message.text, message.buttons, message.edited) == ("Mới", [], 1)
    await api.ok("editMessageReplyMarkup", **where, reply_markup=keys(callback_data="y"))
    assert (message.text, message.buttons, message.edited) == ("Mới", [["Nút"]], 2)


async def test_an_edit_that_changes_nothing_is_refused(api: Api, anna: User) -> None:
    markup = keys(callback_data="x")
    sent = await api.ok("sendMessage", chat_id=anna.id, text="<b>Cũ</b>", parse_mode="HTML", reply_markup=markup)
    where: Json = {"chat_id": anna.id, "message_id": sent["message_id"], "parse_mode": "HTML"}
    no = await api.no("editMessageText", **where, text="<strong>Cũ</strong>", reply_markup=markup)
    assert no.startswith("Bad Request: message is not modified: ")
    assert (await api.no("editMessageReplyMarkup", **where, reply_markup=markup)).startswith(
        "Bad Request: message is not modified"
    )
    await api.ok("editMessageText", **where, text="<i>Cũ</i>", reply_markup=markup)


async def test_only_own_and_present_messages_are_edited(api: Api, telegram: Telegram, anna: User) -> None:
    theirs = telegram.says(anna, anna, "Của An")
    no = await api.no("editMessageText", chat_id=anna.id, message_id=theirs.id, text="x")
    assert no == "Bad Request: message can't be edited"
    no = await api.no("editMessageText", chat_id=anna.id, message_id=999, text="x")
    assert no == "Bad Request: message to edit not found"
    no = await api.no("editMessageText", chat_id=anna.id, text="x")
    assert no == "Bad Request: message identifier is not specified"


async def _picture(api: Api, anna: User, **fields: str) -> Json:
    form = aiohttp.FormData({"chat_id": str(anna.id), **fields})
    form.add_field("photo", PNG, filename="qr.png", content_type="image/png")
    async with api.session.post(f"{api.bot}/sendPhoto", data=form) as answer:
        body: Json = await answer.json()
    return body


async def test_a_picture_has_a_caption_of_1024(api: Api, telegram: Telegram, anna: User) -> None:
    sent = (await _picture(api, anna, caption="a" * 1024))["result"]
    assert (sent["photo"][-1]["width"], sent["photo"][-1]["height"]) == (512, 256)
    assert telegram.messages(anna)[-1].photo == PNG
    assert (await _picture(api, anna, caption="a" * 1025))["description"] == "Bad Request: message caption is too long"
    where: Json = {"chat_id": anna.id, "message_id": sent["message_id"]}
    assert (await api.ok("editMessageCaption", **where, caption="Mới"))["caption"] == "Mới"
    assert await api.no("editMessageText", **where, text="x") == "Bad Request: there is no text in the message to edit"
    again = await api.ok("sendPhoto", chat_id=anna.id, photo=sent["photo"][-1]["file_id"])
    assert again["photo"] == sent["photo"]


async def test_what_is_no_picture_is_no_photo(api: Api, telegram: Telegram, anna: User) -> None:
    paper = telegram.sends_document(anna, anna, "a.txt", b"text").file
    assert paper is not None
    no = await api.no("sendPhoto", chat_id=anna.id, photo=paper.id)
    assert no == "Bad Request: can't use file of type Document as Photo"
    form = aiohttp.FormData({"chat_id": str(anna.id)})
    form.add_field("photo", b"text", filename="a.png")
    async with api.session.post(f"{api.bot}/sendPhoto", data=form) as answer:
        assert (await answer.json())["description"] == "Bad Request: IMAGE_PROCESS_FAILED"
    assert "there is no photo" in await api.no("sendPhoto", chat_id=anna.id)
    assert "wrong file identifier" in await api.no("sendDocument", chat_id=anna.id, document="https://a.vn/x.pdf")


async def test_a_text_has_no_caption(api: Api, anna: User) -> None:
    sent = await api.ok("sendMessage", chat_id=anna.id, text="Chữ")
    no = await api.no("editMessageCaption", chat_id=anna.id, message_id=sent["message_id"], caption="x")
    assert no == "Bad Request: there is no caption in the message to edit"


async def test_in_private_the_bot_deletes_what_anybody_wrote(api: Api, telegram: Telegram, anna: User) -> None:
    secret = telegram.says(anna, anna, "mật khẩu 123")
    await api.ok("deleteMessage", chat_id=anna.id, message_id=secret.id)
    assert secret.deleted
    no = await api.no("deleteMessage", chat_id=anna.id, message_id=secret.id)
    assert no == "Bad Request: message to delete not found"


async def test_in_a_group_others_messages_are_deleted_by_admins_only(
    api: Api, telegram: Telegram, team: Chat, binh: User
) -> None:
    theirs = telegram.says(binh, team, "Chào")
    where: Json = {"chat_id": team.id, "message_id": theirs.id}
    assert await api.no("deleteMessage", **where) == "Bad Request: message can't be deleted"
    telegram.adds_bot(team, by=binh, admin=True)
    await api.ok("deleteMessage", **where)


async def test_after_48_hours_nothing_is_deleted(api: Api, clock: Clock, anna: User) -> None:
    sent = await api.ok("sendMessage", chat_id=anna.id, text="Cũ")
    clock.move(hours=48, seconds=1)
    no = await api.no("deleteMessage", chat_id=anna.id, message_id=sent["message_id"])
    assert no == "Bad Request: message can't be deleted"


async def test_a_reaction_replaces_the_one_before(api: Api, telegram: Telegram, anna: User) -> None:
    message = telegram.says(anna, anna, "Chào")
    where: Json = {"chat_id": anna.id, "message_id": message.id}
    for emoji in ("👍", "❤"):
        await api.ok("setMessageReaction", **where, reaction=[{"type": "emoji", "emoji": emoji}])
    assert [one["type"]["emoji"] for one in message.reactions] == ["❤"]
    assert await api.no("setMessageReaction", **where, reaction=[{"type": "emoji", "emoji": "🚲"}]) == (
        "Bad Request: REACTION_INVALID"
    )
    await api.ok("setMessageReaction", **where, reaction=[])
    assert message.reactions == []


async def test_typing_is_shown_and_odd_actions_refused(api: Api, telegram: Telegram, anna: User) -> None:
    shown: list[Json] = []
    telegram.on_event.append(shown.append)
    await api.ok("sendChatAction", chat_id=anna.id, action="typing")
    assert shown == [{"type": "typing", "chat": anna.id, "action": "typing"}]
    assert "wrong parameter action" in await api.no("sendChatAction", chat_id=anna.id, action="dancing")


async def test_private_chats_and_supergroups_number_their_messages_apart(api: Api, anna: User, team: Chat) -> None:
    first = await api.ok("sendMessage", chat_id=team.id, text="một")
    private = await api.ok("sendMessage", chat_id=anna.id, text="hai")
    second = await api.ok("sendMessage", chat_id=team.id, text="ba")
    assert (first["message_id"], second["message_id"]) == (1, 2)
    assert private["message_id"] == 2  # after /start


async def test_a_thread_must_exist(api: Api, telegram: Telegram, team: Chat, binh: User) -> None:
    no = await api.no("sendMessage", chat_id=team.id, text="x", message_thread_id=7)
    assert no == "Bad Request: message thread not found"
    telegram.says(binh, team, "Chào", topic=7)
    sent = await api.ok("sendMessage", chat_id=team.id, text="x", message_thread_id=7)
    assert sent["message_thread_id"] == 7


async def test_old_messages_may_be_forgotten(clock: Clock) -> None:
    telegram = Telegram(clock, keep=3)
    anna = telegram.person("An")
    for number in range(5):
        telegram.says(anna, anna, f"tin {number}")
    assert [message.text for message in telegram.messages(anna)] == ["tin 2", "tin 3", "tin 4"]
