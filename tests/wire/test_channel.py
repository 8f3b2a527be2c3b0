"""What Telegram is asked for a parcel, and what becomes of whatever comes back."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

import pytest

from bot.domain.sending import Button, Gone, Later, Moved, Op, Outcome, Parcel, Picture, Refused, Sent, Unsure
from handlers.channel import TelegramChannel
from tests.wire.door import (
    DELETE,
    EDIT,
    MESSAGE,
    REACT,
    SEND,
    Door,
    no,
    ok,
)

# What Telegram is asked -----------------------------------------------------------------------------------------------


async def test_a_message_leaves_as_html_without_a_preview(door: Door, channel: TelegramChannel) -> None:
    parcel = Parcel(Op.SEND, 5, "<b>Chào Anh/Chị</b>", silent=True, protected=True, replies_to=3)
    assert await channel.deliver(parcel) == Sent(77)
    (asked,) = door.asked
    assert asked.method == "sendMessage"
    assert asked.fields["chat_id"] == "5"
    assert asked.fields["text"] == "<b>Chào Anh/Chị</b>"
    assert asked.fields["parse_mode"] == "HTML"
    assert json.loads(asked.fields["link_preview_options"]) == {"is_disabled": True}
    assert json.loads(asked.fields["reply_parameters"]) == {"message_id": 3, "allow_sending_without_reply": True}
    assert asked.fields["disable_notification"] == asked.fields["protect_content"] == "true"


async def test_a_plain_message_asks_for_nothing_more_than_it_needs(door: Door, channel: TelegramChannel) -> None:
    await channel.deliver(SEND)
    assert door.asked[0].fields.keys() == {"chat_id", "text", "parse_mode", "link_preview_options"}


async def test_buttons_press_open_copy_and_have_their_colour(door: Door, channel: TelegramChannel) -> None:
    rows = (
        (Button("Nhận", press="c:1", style="primary"), Button("Xem", url="https://a.vn/")),
        (Button("Chép", copies="SC-1"),),
    )
    await channel.deliver(Parcel(Op.SEND, 5, "a", buttons=rows))
    assert json.loads(door.asked[0].fields["reply_markup"]) == {
        "inline_keyboard": [
            [
                {"text": "Nhận", "callback_data": "c:1", "style": "primary"},
                {"text": "Xem", "url": "https://a.vn/"},
            ],
            [{"text": "Chép", "copy_text": {"text": "SC-1"}}],
        ]
    }


async def test_the_contact_key_is_shown_once_and_taken_away(door: Door, channel: TelegramChannel) -> None:
    await channel.deliver(Parcel(Op.SEND, 5, "a", asks_contact="Gửi số điện thoại"))
    await channel.deliver(Parcel(Op.SEND, 5, "a", removes_keyboard=True))
    asking, removing = (json.loads(asked.fields["reply_markup"]) for asked in door.asked)
    assert asking["keyboard"] == [[{"text": "Gửi số điện thoại", "request_contact": True}]]
    assert asking["one_time_keyboard"] is asking["resize_keyboard"] is True
    assert removing == {"remove_keyboard": True}


async def test_a_big_picture_arrives_whole_with_its_caption(door: Door, channel: TelegramChannel) -> None:
    content = bytes(range(256)) * 8192  # 2 MiB
    await channel.deliver(Parcel(Op.SEND, 5, "<i>Thẻ</i>", picture=Picture(content, "the-su-co.png")))
    (asked,) = door.asked
    assert asked.method == "sendPhoto"
    assert asked.files == {"photo": ("the-su-co.png", content)}
    assert asked.fields["caption"] == "<i>Thẻ</i>"
    assert asked.fields["parse_mode"] == "HTML"


@pytest.mark.parametrize(
    ("parcel", "method", "fields"),
    [
        (EDIT, "editMessageText", {"text": "a", "message_id": "77"}),
        (Parcel(Op.EDIT, 5, "a", target=77, picture=Picture(b"", "a.png")), "editMessageCaption", {"caption": "a"}),
        (Parcel(Op.EDIT, 5, target=77), "editMessageReplyMarkup", {"message_id": "77"}),
        (DELETE, "deleteMessage", {"chat_id": "5", "message_id": "77"}),
        (REACT, "setMessageReaction", {"reaction": '[{"emoji": "\\ud83d\\udc4d", "type": "emoji"}]'}),
        (Parcel(Op.REACT, 5, target=77), "setMessageReaction", {"message_id": "77"}),
    ],
)
async def test_every_operation_asks_the_method_made_for_it(
    door: Door, channel: TelegramChannel, parcel: Parcel, method: str, fields: dict[str, str]
) -> None:
    await channel.deliver(parcel)
    (asked,) = door.asked
    assert asked.method == method
    assert fields.items() <= asked.fields.items()
    assert "reply_markup" not in asked.fields, "an edit without buttons takes the keyboard away"


# What comes back ------------------------------------------------------------------------------------------------------

TURNED = "Bad Request: group chat was upgraded to a supergroup chat"
SAME = "Bad Request: message is not modified: specified new message content and reply markup are exactly the same"


@pytest.mark.parametrize(
    ("parcel", "answer", "expected"),
    [
        (SEND, no(429, "Too Many Requests: retry after 7", retry_after=7), Later(7, "429", flood=True)),
        (SEND, no(429, "Too Many Requests"), Later(5, "429", flood=True)),
        (SEND, no(400, TURNED, migrate_to_chat_id=-100123), Moved(-100123)),
        (EDIT, no(400, SAME), Sent()),
        (EDIT, ok(True), Sent()),
        (EDIT, ok(MESSAGE), Sent(77)),
        (DELETE, ok(True), Sent()),
        (DELETE, no(400, "Bad Request: message to delete not found"), Sent()),
    ],
)
async def test_an_answer_that_is_no_failure_says_what_is_to_be_done(
    door: Door, channel: TelegramChannel, parcel: Parcel, answer: tuple[int, bytes], expected: Outcome
) -> None:
    door.answers = [answer]
    assert await channel.deliver(parcel) == expected


@pytest.mark.parametrize(
    ("parcel", "status", "sentence", "reason"),
    [
        (SEND, 403, "Forbidden: bot was blocked by the user", Refused.BLOCKED),
        (SEND, 403, "Forbidden: user is deactivated", Refused.BLOCKED),
        (SEND, 403, "Forbidden: bot can't initiate conversation with a user", Refused.BLOCKED),
        (SEND, 403, "Forbidden: something new about a person", Refused.BLOCKED),
        (Parcel(Op.SEND, -5, "a"), 403, "Forbidden: something new about a group", Refused.NO_RIGHTS),
        (Parcel(Op.SEND, -5, "a"), 403, "Forbidden: bot was kicked from the supergroup chat", Refused.NO_CHAT),
        (Parcel(Op.SEND, -5, "a"), 403, "Forbidden: the group chat was deleted", Refused.NO_CHAT),
        (Parcel(Op.SEND, -5, "a"), 403, "Forbidden: bot is not a member of the channel chat", Refused.NO_CHAT),
        (SEND, 400, "Bad Request: chat not found", Refused.NO_CHAT),
        (SEND, 400, "Bad Request: group chat was upgraded to a supergroup chat", Refused.NO_CHAT),
        (SEND, 400, "Bad Request: not enough rights to send text messages to the chat", Refused.NO_RIGHTS),
        (SEND, 400, "Bad Request: CHAT_WRITE_FORBIDDEN", Refused.NO_RIGHTS),
        (DELETE, 400, "Bad Request: message can't be deleted", Refused.NO_RIGHTS),
        (EDIT, 400, "Bad Request: message to edit not found", Refused.NO_MESSAGE),
        (EDIT, 400, "Bad Request: message can't be edited", Refused.NO_MESSAGE),
        (REACT, 400, "Bad Request: message to react not found", Refused.NO_MESSAGE),
        (SEND, 400, "Bad Request: can't parse entities: Unsupported start tag", Refused.MALFORMED),
        (SEND, 400, "Bad Request: message is too long", Refused.MALFORMED),
        (SEND, 413, "Request Entity Too Large", Refused.MALFORMED),
        (SEND, 401, "Unauthorized", Refused.TOKEN),
        (SEND, 404, "Not Found", Refused.TOKEN),
    ],
)
async def test_a_refusal_of_telegram_is_final_and_says_why(
    door: Door, channel: TelegramChannel, parcel: Parcel, status: int, sentence: str, reason: Refused
) -> None:
    door.answers = [no(status, sentence)]
    outcome = await channel.deliver(parcel)
    assert isinstance(outcome, Gone)
    assert outcome.reason == reason
    assert outcome.detail.lower() in sentence.lower()
    assert outcome.detail


@pytest.mark.parametrize("status", [302, 307, 401, 403, 404, 429, 451])
@pytest.mark.parametrize("parcel", [SEND, EDIT])
async def test_a_block_page_is_neither_a_wrong_token_nor_a_refusal(
    door: Door, channel: TelegramChannel, parcel: Parcel, status: int
) -> None:
    door.answers = [(status, b"<html>Trang nay bi chan</html>")]
    outcome = await channel.deliver(parcel)
    assert isinstance(outcome, Later)
    assert outcome.seconds == 30
    assert len(door.asked) == 1, "no redirect is followed"


@pytest.mark.parametrize(
    "answer",
    [
        (200, b"<html>welcome</html>"),
        (200, b""),
        (200, b"[]"),
        (200, b"[" * 100_000),
        (200, b'{"ok": true}'),
        (200, b'{"ok": true, "result": "what?"}'),
        (200, b'{"ok": true, "result": {"message_id": 1}}'),
        (500, b'{"ok": false, "error_code": 500, "description": "Internal Server Error"}'),
        (502, b"<html>Bad Gateway</html>"),
        (500, b'{"ok": false, "parameters": ["?"]}'),
        (400, b'{"ok": false, "description": 5}'),
    ],
)
async def test_an_answer_without_sense_leaves_a_message_in_doubt_and_an_edit_for_later(
    door: Door, channel: TelegramChannel, answer: tuple[int, bytes]
) -> None:
    door.answers = [answer]
    assert isinstance(await channel.deliver(SEND), Unsure)
    assert isinstance(await channel.deliver(REACT if b"result" in answer[1] else EDIT), Later | Sent)


# Little calls

Little = Callable[[TelegramChannel], Awaitable[bool]]
LITTLE: list[Little] = [
    lambda channel: channel.answer_press("9", "Xong", alert=True),
    lambda channel: channel.typing(5),
    lambda channel: channel.delete(5, 77),
]


@pytest.mark.parametrize("call", LITTLE)
async def test_a_little_call_is_tried_twice_and_then_left(door: Door, channel: TelegramChannel, call: Little) -> None:
    door.answers = [(502, b"<html></html>"), ok(True)]
    assert await call(channel)
    assert len(door.asked) == 2
    door.answers = [(502, b"<html></html>")]
    assert not await call(channel)
    assert len(door.asked) == 4


@pytest.mark.parametrize("call", LITTLE)
@pytest.mark.parametrize(
    "answer",
    [
        no(400, "Bad Request: query is too old and response timeout expired or query ID is invalid"),
        no(429, "Too Many Requests: retry after 9", retry_after=9),
        no(403, "Forbidden: bot was blocked by the user"),
    ],
)
async def test_a_little_call_that_is_refused_is_not_repeated(
    door: Door, channel: TelegramChannel, call: Little, answer: tuple[int, bytes]
) -> None:
    door.answers = [answer]
    assert not await call(channel)
    assert len(door.asked) == 1


async def test_deleting_what_is_gone_already_is_a_success(door: Door, channel: TelegramChannel) -> None:
    door.answers = [no(400, "Bad Request: message to delete not found")]
    assert await channel.delete(5, 77)
