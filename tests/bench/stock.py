"""The yardstick: the citizen report as python-telegram-bot's own manual would write it, on stock settings.

`ConversationHandler` + `PicklePersistence` + `run_polling`, default httpx requests, updates one after the other. It
leads the same dialogue as our bot (as many messages, presses, questions, edits and sends, texts of about the same
length), keeps what it hears in `user_data`, writes no card to a group and stores nothing before it answers.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.constants import ParseMode
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)

KIND, STORY, MOMENT, CLUES, CONTACT, REVIEW = range(6)
Context = ContextTypes.DEFAULT_TYPE

KINDS = (
    "Tôi bị lừa mất tiền",
    "Cuộc gọi, tin nhắn lừa đảo",
    "Bị mất Facebook, Zalo, email",
    "Website, ứng dụng giả mạo",
    "Video, giọng nói giả (deepfake)",
    "Mất sóng, bị chiếm SIM",
    "Lộ thông tin cá nhân",
    "Máy nhiễm mã độc",
    "Việc khác",
)
YESTERDAY, SKIP, ANONYMOUS, SEND, CANCEL = "Hôm qua", "Bỏ qua", "Không, tôi báo ẩn danh", "Gửi", "Hủy"

ASK_KIND = "Câu 1/5\n\nAnh/Chị gặp chuyện gì? Chọn việc gần đúng nhất, chọn sai cũng không sao."
FIRST_AID = """
<b>Việc cần làm ngay</b>
1. <b>Gọi ngân hàng</b> theo số in sau thẻ hoặc trong ứng dụng ngân hàng: xin khóa giao dịch, khóa tài khoản.
2. Không chuyển thêm đồng nào, kể cả khi họ bảo “nộp thêm mới rút được”.
3. Giữ nguyên tin nhắn, biên lai, số điện thoại. Lỡ đưa mật khẩu cho ai thì đổi ngay.
4. Trình báo Công an xã, phường nơi gần nhất. Báo ở đây không thay cho việc trình báo.
5. <b>Không có dịch vụ lấy lại tiền</b>: ai nhận làm rồi thu phí là lừa thêm lần nữa."""
ASK_STORY = """
Câu 2/5

Anh/Chị kể lại giúp: ai liên hệ, qua đâu, họ yêu cầu gì, Anh/Chị đã chuyển tiền thế nào?
Ví dụ: “Trưa nay có người xưng là công an gọi Zalo, bảo tôi chuyển 20 triệu để kiểm tra tài khoản.”"""
ASK_MOMENT = """
Câu 3/5

Chuyện xảy ra khi nào? Bấm nút, hoặc viết như nói, ví dụ: hôm qua 9h tối, thứ hai tuần trước, 22/11."""
ASK_CLUES = """
Câu 4/5

Có đường link, số điện thoại, số tài khoản, tên người nào của kẻ gian không?
Chỉ chép lại, <b>đừng bấm vào link</b>. Không có thì bỏ qua."""
ASK_CONTACT = """
Câu 5/5

Anh/Chị có muốn để lại số điện thoại để cán bộ gọi lại không? Không để lại thì tin báo vẫn được tiếp nhận."""
RECEIPT = """
<b>Đã tiếp nhận.</b> Mã sự cố: <b>SC-2026-{number:06}</b>.
Khi có cán bộ nhận xử lý, Anh/Chị sẽ được báo tại đây. Anh/Chị báo ẩn danh: không ai hỏi tên, số điện thoại, email."""


def _keys(*rows: list[tuple[str, str]]) -> InlineKeyboardMarkup:
    laid = [[InlineKeyboardButton(label, callback_data=data) for label, data in row] for row in rows]
    return InlineKeyboardMarkup([*laid, [InlineKeyboardButton(CANCEL, callback_data="cancel")]])


def _message(update: Update) -> Message:
    assert update.message is not None
    return update.message


def _facts(context: Context) -> dict[str, Any]:
    assert context.user_data is not None
    return context.user_data


async def _query(update: Update) -> CallbackQuery:
    """The pressed key, after its clock on the person's screen was stopped."""
    query = update.callback_query
    assert query is not None
    await query.answer()
    return query


async def begin(update: Update, context: Context) -> int:
    _facts(context).clear()
    keys = _keys(*([(label, f"kind:{number}")] for number, label in enumerate(KINDS)))
    await _message(update).reply_text(ASK_KIND, reply_markup=keys, parse_mode=ParseMode.HTML)
    return KIND


async def kind_chosen(update: Update, context: Context) -> int:
    query = await _query(update)
    chosen = KINDS[int(str(query.data).partition(":")[2])]
    _facts(context)["kind"] = chosen
    await query.edit_message_text(f"<b>{chosen}</b>\n{FIRST_AID}", parse_mode=ParseMode.HTML)
    assert isinstance(query.message, Message)
    await query.message.reply_text(ASK_STORY, reply_markup=_keys(), parse_mode=ParseMode.HTML)
    return STORY


async def story_told(update: Update, context: Context) -> int:
    _facts(context)["story"] = _message(update).text
    keys = _keys([("Vừa xong", "moment:now"), ("Hôm nay", "moment:today"), (YESTERDAY, "moment:yesterday")])
    await _message(update).reply_text(ASK_MOMENT, reply_markup=keys, parse_mode=ParseMode.HTML)
    return MOMENT


async def moment_chosen(update: Update, context: Context) -> int:
    query = await _query(update)
    _facts(context)["moment"] = query.data
    keys = _keys([(SKIP, "skip")])
    await query.edit_message_text(ASK_CLUES, reply_markup=keys, parse_mode=ParseMode.HTML)
    return CLUES


async def clues_skipped(update: Update, context: Context) -> int:
    query = await _query(update)
    keys = _keys([("Có, xin gọi lại cho tôi", "contact:yes")], [(ANONYMOUS, "contact:no")])
    await query.edit_message_text(ASK_CONTACT, reply_markup=keys, parse_mode=ParseMode.HTML)
    return CONTACT


async def contact_chosen(update: Update, context: Context) -> int:
    query = await _query(update)
    facts = _facts(context)
    facts["contact"] = query.data
    review = f"<b>Anh/Chị xem lại</b>\n• {facts['kind']}\n• {facts['story']}\n• {facts['moment']}"
    await query.edit_message_text(review, reply_markup=_keys([(SEND, "send")]), parse_mode=ParseMode.HTML)
    return REVIEW


async def sent(update: Update, context: Context) -> int:
    query = await _query(update)
    number = context.bot_data["number"] = context.bot_data.get("number", 0) + 1
    assert isinstance(query.message, Message)
    await query.message.reply_text(RECEIPT.format(number=number), parse_mode=ParseMode.HTML)
    return ConversationHandler.END


async def cancelled(update: Update, context: Context) -> int:
    query = await _query(update)
    _facts(context).clear()
    await query.edit_message_text("Đã hủy.")
    return ConversationHandler.END


def conversation() -> ConversationHandler[Context]:
    said = filters.TEXT & ~filters.COMMAND & filters.UpdateType.MESSAGE
    return ConversationHandler(
        entry_points=[CommandHandler("baosuco", begin)],
        states={
            KIND: [CallbackQueryHandler(kind_chosen, pattern="^kind:")],
            STORY: [MessageHandler(said, story_told)],
            MOMENT: [CallbackQueryHandler(moment_chosen, pattern="^moment:")],
            CLUES: [CallbackQueryHandler(clues_skipped, pattern="^skip$")],
            CONTACT: [CallbackQueryHandler(contact_chosen, pattern="^contact:")],
            REVIEW: [CallbackQueryHandler(sent, pattern="^send$")],
        },
        fallbacks=[CallbackQueryHandler(cancelled, pattern="^cancel$")],
        name="report",
        persistent=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.stock", description=__doc__)
    parser.add_argument("--api", required=True)
    parser.add_argument("--folder", required=True, type=Path)
    parser.add_argument("--token", required=True)
    told = parser.parse_args()
    app = (
        Application.builder()
        .token(told.token)
        .base_url(f"{told.api}/bot")
        .base_file_url(f"{told.api}/file/bot")
        .persistence(PicklePersistence(told.folder / "stock.pickle"))
        .build()
    )
    app.add_handler(conversation())
    app.run_polling()


if __name__ == "__main__":
    main()
