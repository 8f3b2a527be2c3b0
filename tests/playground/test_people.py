"""What people do, and which updates the bot gets of it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.chats import Chat, User
from bot.playground.clock import Clock
from bot.playground.telegram import Telegram
from tests.playground.conftest import Api

Json = dict[str, Any]
KEYS = {"inline_keyboard": [[{"text": "Nhận xử lý", "callback_data": "claim"}, {"text": "Mở", "url": "https://a.vn"}]]}


async def _news(api: Api) -> list[Json]:
    """New updates, confirmed at once."""
    updates = await api.updates()
    if updates:
        await api.updates(offset=updates[-1]["update_id"] + 1)
    return updates


async def test_a_deep_link_starts_the_bot_with_its_payload(api: Api, telegram: Telegram, binh: User) -> None:
    telegram.starts(binh, "moi_abc")
    message = (await _news(api))[0]["message"]
    assert (message["text"], message["from"]["language_code"]) == ("/start moi_abc", "vi")
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert message["chat"] == {"id": binh.id, "type": "private", "first_name": "Trần Văn Bình"}


async def test_who_never_started_cannot_be_written_to(api: Api, binh: User) -> None:
    no = await api.no("sendMessage", chat_id=binh.id, text="Chào")
    assert no == "Forbidden: bot can't initiate conversation with a user"
    assert await api.no("sendMessage", chat_id=12345, text="Chào") == "Bad Request: chat not found"
    assert await api.no("getChat", chat_id=binh.id) == "Bad Request: chat not found"


async def test_who_blocks_the_bot_is_out_of_reach_until_unblocking(api: Api, telegram: Telegram, anna: User) -> None:
    telegram.blocks(anna)
    telegram.blocks(anna)
    assert await api.no("sendMessage", chat_id=anna.id, text="x") == "Forbidden: bot was blocked by the user"
    with pytest.raises(ValueError, match="blocked"):
        telegram.says(anna, anna, "Chào")
    telegram.unblocks(anna)
    await api.ok("sendMessage", chat_id=anna.id, text="Chào lại")
    changes = [update["my_chat_member"] for update in await _news(api)]
    assert [change["new_chat_member"]["status"] for change in changes] == ["kicked", "member"]


async def test_a_press_is_answered_once_and_shown_to_its_person(api: Api, telegram: Telegram, anna: User) -> None:
    await api.ok("sendMessage", chat_id=anna.id, text="Thẻ", reply_markup=KEYS)
    shown: list[Json] = []
    telegram.on_event.append(shown.append)
    press = telegram.presses(anna, telegram.messages(anna)[-1], "Nhận xử lý")
    query = (await _news(api))[0]["callback_query"]
    assert (query["data"], query["from"]["id"], query["message"]["text"]) == ("claim", anna.id, "Thẻ")
    too_long = await api.no("answerCallbackQuery", callback_query_id=query["id"], text="x" * 201)
    assert too_long == "Bad Request: MESSAGE_TOO_LONG"
    await api.ok("answerCallbackQuery", callback_query_id=query["id"], text="Đã nhận", show_alert=True)
    assert press.answers == [("Đã nhận", True)]
    assert shown[-1] == {"type": "toast", "user": anna.id, "chat": anna.id, "text": "Đã nhận", "alert": True}
    again = await api.no("answerCallbackQuery", callback_query_id=query["id"])
    assert again == "Bad Request: query is too old and response timeout expired or query ID is invalid"


async def test_a_press_waits_a_quarter_of_an_hour_for_its_answer(
    api: Api, telegram: Telegram, clock: Clock, anna: User
) -> None:
    press = telegram.presses(anna, telegram.says(anna, anna, "x"), data="forged")
    clock.move(minutes=16)
    assert "query is too old" in await api.no("answerCallbackQuery", callback_query_id=press.id)


async def test_only_buttons_that_are_there_are_pressed_by_label(api: Api, telegram: Telegram, anna: User) -> None:
    await api.ok("sendMessage", chat_id=anna.id, text="Thẻ", reply_markup=KEYS)
    message = telegram.messages(anna)[-1]
    for label in ("Đóng", "Mở"):
        with pytest.raises(LookupError, match="Nhận xử lý"):
            telegram.presses(anna, message, label)


async def test_a_button_of_a_deleted_message_comes_without_the_message(
    api: Api, telegram: Telegram, anna: User
) -> None:
    message = telegram.says(anna, anna, "x")
    telegram.deletes(anna, message)
    telegram.presses(anna, message, data="forged")
    query = (await _news(api))[-1]["callback_query"]
    assert query["message"] == {"message_id": message.id, "chat": message.chat.wire(), "date": 0}


async def test_an_edited_message_comes_as_such(api: Api, telegram: Telegram, anna: User, binh: User) -> None:
    message = telegram.says(anna, anna, "củ")
    telegram.edits(anna, message, "cũ")
    first, second = await _news(api)
    assert first["message"]["text"] == "củ"
    assert (second["edited_message"]["text"], second["edited_message"]["message_id"]) == ("cũ", message.id)
    assert second["edited_message"]["edit_date"] >= message.at.timestamp() - 1
    with pytest.raises(ValueError, match="own"):
        telegram.edits(binh, message, "x")


async def test_media_come_in_their_own_fields(api: Api, telegram: Telegram, anna: User) -> None:
    telegram.sends_photo(anna, anna, b"x", "chụp màn hình")
    telegram.sends_document(anna, anna, "log.txt", b"x", "text/plain")
    telegram.sends_voice(anna, anna)
    telegram.sends_video(anna, anna)
    telegram.sends_sticker(anna, anna)
    telegram.sends_location(anna, anna)
    telegram.sends_poll(anna, anna, "Hỏi?", "có", "không")
    messages = [update["message"] for update in await _news(api)]
    fields = ("photo", "document", "voice", "video", "sticker", "location", "poll")
    assert [field in message for field, message in zip(fields, messages, strict=True)] == [True] * 7
    assert messages[0]["caption"] == "chụp màn hình"


async def test_a_contact_says_whose_it_is(api: Api, telegram: Telegram, anna: User, binh: User) -> None:
    telegram.shares_contact(anna, anna, "+84912345678")
    telegram.shares_contact(anna, anna, "+84987654321", of=binh)
    telegram.shares_contact(anna, anna, "+84111111111", of="Chị Hoa")
    contacts = [update["message"]["contact"] for update in await _news(api)]
    assert [contact.get("user_id") for contact in contacts] == [anna.id, binh.id, None]


async def test_a_forward_tells_its_origin_unless_hidden_or_protected(api: Api, telegram: Telegram, anna: User) -> None:
    message = telegram.says(anna, anna, "nguyên văn")
    telegram.forwards(anna, anna, message)
    telegram.forwards(anna, anna, message, hidden=True)
    _, shown, hidden = (update["message"] for update in await _news(api))
    assert shown["forward_origin"]["sender_user"]["id"] == anna.id
    assert hidden["forward_origin"]["type"] == "hidden_user"
    await api.ok("sendMessage", chat_id=anna.id, text="mật", protect_content=True)
    with pytest.raises(ValueError, match="protected"):
        telegram.forwards(anna, anna, telegram.messages(anna)[-1])


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Chào cả nhà", False),
        ("/trogiup", True),
        ("/trogiup@ungcuu_demo_bot", True),
        ("/trogiup@khac_bot", False),
        ("nhờ @UngCuu_demo_bot xem", True),
        ("nhờ @khac_bot xem", False),
    ],
)
async def test_in_groups_the_bot_sees_what_is_meant_for_it(
    api: Api, telegram: Telegram, team: Chat, binh: User, text: str, seen: bool
) -> None:
    telegram.says(binh, team, text)
    assert (len(await _news(api)) == 1) is seen


async def test_replies_to_the_bot_are_seen_and_to_others_not(
    api: Api, telegram: Telegram, team: Chat, binh: User
) -> None:
    await api.ok("sendMessage", chat_id=team.id, text="Thẻ")
    card = telegram.messages(team)[-1]
    telegram.says(binh, team, "đã rõ", reply_to=card)
    telegram.says(binh, team, "khoan", reply_to=telegram.says(binh, team, "gì"))
    updates = await _news(api)
    assert [update["message"]["text"] for update in updates] == ["đã rõ"]
    assert updates[0]["message"]["reply_to_message"]["message_id"] == card.id


async def test_an_admin_bot_sees_everything(api: Api, telegram: Telegram, team: Chat, binh: User) -> None:
    assert telegram.adds_bot(team, by=binh, admin=True) is None
    telegram.says(binh, team, "Chào cả nhà")
    assert [set(update) - {"update_id"} for update in await _news(api)] == [{"my_chat_member"}, {"message"}]


async def test_a_bot_without_privacy_sees_everything(api: Api, telegram: Telegram, team: Chat, binh: User) -> None:
    telegram.me.privacy = False
    telegram.says(binh, team, "Chào cả nhà")
    assert len(await _news(api)) == 1
    assert (await api.ok("getMe"))["can_read_all_group_messages"] is True


async def test_an_anonymous_admin_writes_as_the_group(
    api: Api, telegram: Telegram, team: Chat, binh: User, anna: User
) -> None:
    telegram.says(binh, team, "/gannhom", anonymous_admin=True)
    message = (await _news(api))[0]["message"]
    assert (message["from"]["id"], message["sender_chat"]["id"]) == (1087968824, team.id)
    telegram.joins(anna, team)
    with pytest.raises(ValueError, match="administrator"):
        telegram.says(anna, team, "/gannhom", anonymous_admin=True)


async def test_the_bot_comes_and_goes(api: Api, telegram: Telegram, binh: User) -> None:
    group = telegram.group("Nhóm mới", admins=[binh], with_bot=False)
    assert await api.no("sendMessage", chat_id=group.id, text="x") == "Bad Request: chat not found"
    telegram.adds_bot(group, by=binh)
    await api.ok("sendMessage", chat_id=group.id, text="Chào")
    telegram.removes_bot(group, by=binh)
    no = await api.no("sendMessage", chat_id=group.id, text="x")
    assert no == "Forbidden: bot was kicked from the supergroup chat"
    assert await api.no("getChatMemberCount", chat_id=group.id) == no
    joined, welcomed, removed = await _news(api)
    assert joined["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert welcomed["message"]["new_chat_members"][0]["username"] == "ungcuu_demo_bot"
    assert removed["my_chat_member"]["new_chat_member"]["status"] == "kicked"


async def test_the_bot_may_leave(api: Api, telegram: Telegram, team: Chat, anna: User) -> None:
    await api.ok("leaveChat", chat_id=team.id)
    no = await api.no("sendMessage", chat_id=team.id, text="x")
    assert no == "Forbidden: bot is not a member of the supergroup chat"
    assert "private chat" in await api.no("leaveChat", chat_id=anna.id)


async def test_who_is_in_a_group_is_told(api: Api, telegram: Telegram, team: Chat, binh: User, anna: User) -> None:
    assert (await api.ok("getChatMember", chat_id=team.id, user_id=binh.id))["status"] == "creator"
    assert (await api.ok("getChatMember", chat_id=team.id, user_id=anna.id))["status"] == "left"
    telegram.joins(anna, team)
    assert (await api.ok("getChatMember", chat_id=team.id, user_id=anna.id))["status"] == "member"
    assert await api.ok("getChatMemberCount", chat_id=team.id) == 3
    admins = await api.ok("getChatAdministrators", chat_id=team.id)
    assert [admin["user"]["id"] for admin in admins] == [binh.id]
    telegram.promotes(anna, team, by=binh)
    assert len(await api.ok("getChatAdministrators", chat_id=team.id)) == 2
    assert await api.no("getChatMember", chat_id=team.id, user_id=1) == "Bad Request: member not found"
    assert (await api.ok("getChat", chat_id=team.id))["title"] == "Đội ứng cứu"


async def test_a_public_group_is_found_by_its_name(api: Api, telegram: Telegram, binh: User) -> None:
    group = telegram.group("Công khai", admins=[binh], username="congkhai")
    assert (await api.ok("getChat", chat_id="@CongKhai"))["id"] == group.id
    assert (await api.ok("sendMessage", chat_id="@congkhai", text="x"))["chat"]["username"] == "congkhai"


async def test_a_migrated_group_tells_by_messages_and_by_error(api: Api, telegram: Telegram, binh: User) -> None:
    old = telegram.group("Đội", admins=[binh], type="group")
    sent = await api.ok("sendMessage", chat_id=old.id, text="Thẻ")
    new = telegram.migrates(old)
    leave, enter = (update["message"] for update in await _news(api))
    assert (leave["chat"]["id"], leave["migrate_to_chat_id"]) == (old.id, new.id)
    assert (enter["chat"]["id"], enter["migrate_from_chat_id"]) == (new.id, old.id)
    status, body = await api.asked("sendMessage", chat_id=old.id, text="x")
    assert (status, body["parameters"]) == (400, {"migrate_to_chat_id": new.id})
    assert body["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    await api.ok("sendMessage", chat_id=new.id, text="x")
    no = await api.no("editMessageText", chat_id=new.id, message_id=sent["message_id"] + 50, text="y")
    assert no == "Bad Request: message to edit not found"
    with pytest.raises(ValueError, match="supergroup"):
        telegram.says(binh, old, "x")


async def test_the_error_of_a_migrated_group_may_come_before_the_messages(
    api: Api, telegram: Telegram, binh: User
) -> None:
    old = telegram.group("Đội", admins=[binh], type="group")
    telegram.migrates(old, told_first="error")
    assert await _news(api) == []
    await api.no("sendMessage", chat_id=old.id, text="x")
    assert len(await _news(api)) == 2
    with pytest.raises(ValueError, match="once"):
        telegram.migrates(old)


async def test_who_is_not_in_a_group_cannot_write_there(telegram: Telegram, team: Chat, anna: User, binh: User) -> None:
    with pytest.raises(ValueError, match="not in"):
        telegram.says(anna, team, "Chào")
    with pytest.raises(ValueError, match="not the private chat"):
        telegram.says(binh, anna, "Chào")
    with pytest.raises(ValueError, match="nothing to say"):
        telegram.says(anna, anna, " ")


async def test_until_tells_what_was_last_seen_when_it_gives_up(telegram: Telegram, anna: User) -> None:
    telegram.says(anna, anna, "chuyện cuối cùng")
    with pytest.raises(TimeoutError, match="chuyện cuối cùng"):
        await telegram.until(lambda: False, within=0.01)


async def test_until_about_a_chat_wakes_for_that_chat(api: Api, telegram: Telegram, anna: User) -> None:
    await api.ok("sendMessage", chat_id=anna.id, text="Chào")
    found = await telegram.until(lambda: telegram.messages(anna)[-1], about=anna)
    assert found.text == "Chào"
