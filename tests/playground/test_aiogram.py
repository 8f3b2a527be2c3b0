"""A library that knows nothing of us, and reads strictly, finds a Telegram here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot, types
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import BufferedInputFile

from bot.playground.chats import Chat, User
from bot.playground.server import Server
from bot.playground.telegram import Telegram
from tests.playground.conftest import TOKEN

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x02\x00\x00\x00\x01\x00\x08\x06\x00\x00\x00"


@pytest.fixture
async def bot(server: Server) -> AsyncIterator[Bot]:
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(server.url)))
    yield bot
    await bot.session.close()


def _keys() -> types.InlineKeyboardMarkup:
    claim = types.InlineKeyboardButton(text="Nhận xử lý", callback_data="claim")
    return types.InlineKeyboardMarkup(inline_keyboard=[[claim]])


async def test_it_polls_answers_and_edits(bot: Bot, telegram: Telegram, anna: User) -> None:
    assert (await bot.get_me()).username == "ungcuu_demo_bot"
    await bot.delete_webhook()
    poll = asyncio.create_task(bot.get_updates(timeout=50))
    await telegram.until(lambda: telegram.updates.polling)
    telegram.says(anna, anna, "/start abc")
    (update,) = await poll
    assert update.message is not None
    assert update.message.from_user is not None
    sent = await bot.send_message(anna.id, "<b>Thẻ</b>", parse_mode="HTML", reply_markup=_keys())
    press = telegram.presses(anna, telegram.messages(anna)[-1], "Nhận xử lý")
    (pressed,) = await bot.get_updates(offset=update.update_id + 1)
    assert pressed.callback_query is not None
    await bot.answer_callback_query(pressed.callback_query.id, text="Đã nhận")
    assert press.answers == [("Đã nhận", False)]
    edited = await bot.edit_message_text("Đã có người nhận", chat_id=anna.id, message_id=sent.message_id)
    assert isinstance(edited, types.Message)
    assert await bot.delete_message(anna.id, sent.message_id)


async def test_it_reads_every_kind_of_update(bot: Bot, telegram: Telegram, anna: User, binh: User) -> None:
    await bot.get_updates(
        allowed_updates=["message", "edited_message", "my_chat_member", "chat_member", "message_reaction"]
    )
    group = telegram.group("Đội", admins=[binh], type="group", bot_admin=True)
    telegram.joins(anna, group)
    said = telegram.says(binh, group, "/gannhom", anonymous_admin=True)
    telegram.reacts(anna, said, "👍")
    telegram.promotes(anna, group, by=binh)
    telegram.leaves(anna, group)
    telegram.migrates(group)
    telegram.edits(anna, telegram.says(anna, anna, "củ"), "cũ")
    telegram.sends_photo(anna, anna, PNG, "ảnh")
    telegram.sends_document(anna, anna, "a.txt", b"x")
    telegram.sends_voice(anna, anna)
    telegram.sends_video(anna, anna)
    telegram.sends_sticker(anna, anna)
    telegram.sends_location(anna, anna)
    telegram.sends_poll(anna, anna, "Hỏi?", "có", "không")
    telegram.shares_contact(anna, anna)
    telegram.forwards(anna, anna, said)
    telegram.forwards(anna, anna, telegram.says(anna, anna, "x"), hidden=True)
    telegram.blocks(anna)
    updates = await bot.get_updates()
    assert len(updates) == telegram.updates.pending == 23
    assert {update.event_type for update in updates} == {
        "message",
        "edited_message",
        "my_chat_member",
        "chat_member",
        "message_reaction",
    }


async def test_it_sends_and_fetches_files(bot: Bot, telegram: Telegram, anna: User) -> None:
    photo = await bot.send_photo(anna.id, BufferedInputFile(PNG, "qr.png"), caption="Mã")
    assert photo.photo is not None
    assert await bot.edit_message_caption(chat_id=anna.id, message_id=photo.message_id, caption="Mã mới")
    document = await bot.send_document(anna.id, BufferedInputFile(b"%PDF", "a.pdf"))
    assert document.document is not None
    content = await bot.download(document.document.file_id)
    assert content is not None
    assert content.read() == b"%PDF"
    await bot.send_chat_action(anna.id, "typing")
    await bot.set_message_reaction(anna.id, photo.message_id, [types.ReactionTypeEmoji(emoji="👍")])


async def test_it_asks_about_chats_and_itself(bot: Bot, telegram: Telegram, team: Chat, anna: User, binh: User) -> None:
    telegram.adds_bot(team, by=binh, admin=True)
    assert (await bot.get_chat(anna.id)).first_name == "Nguyễn Thị An"
    assert (await bot.get_chat(team.id)).title == "Đội ứng cứu"
    assert isinstance(await bot.get_chat_member(team.id, binh.id), types.ChatMemberOwner)
    assert isinstance(await bot.get_chat_member(team.id, anna.id), types.ChatMemberLeft)
    owner, me = await bot.get_chat_administrators(team.id)
    assert isinstance(me, types.ChatMemberAdministrator)
    assert await bot.get_chat_member_count(team.id) == 2
    commands = [types.BotCommand(command="baosuco", description="Báo sự cố")]
    await bot.set_my_commands(commands, scope=types.BotCommandScopeChat(chat_id=team.id), language_code="vi")
    (known,) = await bot.get_my_commands(scope=types.BotCommandScopeChat(chat_id=team.id), language_code="vi")
    assert (known.command, known.description) == ("baosuco", "Báo sự cố")
    await bot.delete_my_commands()
    await bot.set_my_name("Ứng cứu")
    await bot.set_my_description("Báo sự cố")
    await bot.set_my_short_description("Báo sự cố")
    assert (await bot.get_webhook_info()).pending_update_count == telegram.updates.pending
    assert await bot.set_webhook("http://127.0.0.1:9/")
    assert await bot.leave_chat(team.id)
    assert isinstance(owner, types.ChatMemberOwner)


async def test_it_knows_every_refusal(bot: Bot, telegram: Telegram, anna: User, binh: User) -> None:
    with pytest.raises(TelegramBadRequest, match="can't parse entities"):
        await bot.send_message(anna.id, "<b>x", parse_mode="HTML")
    with pytest.raises(TelegramForbiddenError, match="initiate"):
        await bot.send_message(binh.id, "x")
    group = telegram.group("Đội", admins=[binh], type="group")
    new = telegram.migrates(group)
    with pytest.raises(TelegramMigrateToChat) as moved:
        await bot.send_message(group.id, "x")
    assert moved.value.migrate_to_chat_id == new.id
    for kind, error in (
        ("429", TelegramRetryAfter),
        ("500", TelegramServerError),
        ("401", TelegramUnauthorizedError),
        ("drop_after", TelegramNetworkError),
    ):
        telegram.fails(kind)
        with pytest.raises(error):
            await bot.send_message(anna.id, "x")
    await bot.set_webhook("http://127.0.0.1:9/")
    with pytest.raises(TelegramConflictError):
        await bot.get_updates()


async def test_it_sends_every_kind_of_file_and_again_by_its_id(bot: Bot, telegram: Telegram, anna: User) -> None:
    upload = BufferedInputFile(PNG, "x.png")
    sent = [
        await bot.send_photo(anna.id, upload, caption="<b>Một</b>", parse_mode="HTML", protect_content=True),
        await bot.send_video(anna.id, upload, caption="hai"),
        await bot.send_animation(anna.id, upload),
        await bot.send_audio(anna.id, upload),
        await bot.send_document(anna.id, upload),
        await bot.send_voice(anna.id, upload),
        await bot.send_video_note(anna.id, upload),
        await bot.send_sticker(anna.id, upload),
    ]
    kinds = ("photo", "video", "animation", "audio", "document", "voice", "video_note", "sticker")
    assert [message.content_type for message in sent] == list(kinds)
    assert (sent[0].caption, sent[0].has_protected_content) == ("Một", True)
    answer = types.ReplyParameters(message_id=sent[0].message_id)
    for kind, message in zip(kinds, sent, strict=True):
        known = getattr(message, kind)
        number = known[-1].file_id if kind == "photo" else known.file_id
        again = await getattr(bot, f"send_{kind}")(anna.id, number, reply_parameters=answer)
        assert again.content_type == kind
        assert again.reply_to_message.message_id == sent[0].message_id


async def test_it_answers_what_is_gone_only_where_it_does_not_mind(bot: Bot, telegram: Telegram, anna: User) -> None:
    said = telegram.sends_photo(anna, anna)
    assert said.photo is not None
    telegram.deletes(anna, said)
    photo, gone = said.content["photo"][-1]["file_id"], types.ReplyParameters(message_id=said.id)
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await bot.send_photo(anna.id, photo, reply_parameters=gone)
    calm = types.ReplyParameters(message_id=said.id, allow_sending_without_reply=True)
    assert (await bot.send_photo(anna.id, photo, reply_parameters=calm)).reply_to_message is None


async def test_it_sends_places_and_contacts(bot: Bot, telegram: Telegram, anna: User) -> None:
    assert (await bot.send_location(anna.id, 21.0, 105.5)).location is not None
    assert (await bot.send_venue(anna.id, 21.0, 105.5, "UBND", "Số 1")).venue is not None
    assert (await bot.send_contact(anna.id, "113", "Công an")).contact is not None
    for latitude, longitude in ((91.0, 0.0), (0.0, 181.0)):
        with pytest.raises(TelegramBadRequest, match="wrong location"):
            await bot.send_location(anna.id, latitude, longitude)


async def test_it_neither_copies_nor_forwards(bot: Bot, telegram: Telegram, anna: User) -> None:
    said = telegram.says(anna, anna, "x")
    for copy in (bot.copy_message, bot.forward_message):
        with pytest.raises(TelegramNotFound):
            await copy(anna.id, anna.id, said.id)
