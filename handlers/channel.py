"""The way out to Telegram: a parcel becomes one Bot API call, whatever comes back becomes an outcome."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from telegram import (
    Bot,
    ChatMember,
    ChatMemberRestricted,
    CopyTextButton,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    KeyboardButton,
    LinkPreviewOptions,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.domain.evidence import place_of
from bot.domain.seats import Standing
from bot.domain.sending import Button, Gone, Later, Moved, Op, Outcome, Parcel, Refused, Sent, Unsure
from handlers.http import Foreign, MaybeSent, NotSent

# Seconds until the next try. Nothing reached Telegram: soon; something else answered in its place: not so soon.
AWAY = 2.0
FOREIGN = 30.0
# An answer that says ok and is no message; PTB's reading of such JSON raises any of these.
UNREADABLE = (TypeError, AttributeError, KeyError, ValueError)
LONGEST_DETAIL = 200

Call = Callable[[Bot, Parcel], Awaitable[object]]
Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply


class TelegramChannel:
    """A `bot.domain.sending.Channel` on a `telegram.Bot`, and the three little calls that leave no message.

    `folder` is that of evidence: a file that Telegram has lost is sent from there.
    """

    def __init__(self, bot: Bot, folder: Path | None = None) -> None:
        self._bot = bot
        self._folder = folder

    async def deliver(self, parcel: Parcel) -> Outcome:
        """Never raises for anything that Telegram or the network does."""
        known = await self._try(CALLS[parcel.op], parcel)
        lost = isinstance(known, Gone) and known.reason == Refused.NO_FILE
        medium = parcel.medium if lost else None
        if medium is None or medium.sha256 is None or self._folder is None:
            return known
        try:
            with place_of(self._folder, medium.sha256).open("rb") as file:
                content = InputFile(file, filename=medium.name or medium.kind, read_file_handle=False)
                return await self._try(partial(_send_medium, content=content), parcel)
        except OSError:
            return known

    async def _try(self, call: Call, parcel: Parcel) -> Outcome:
        try:
            made = await call(self._bot, parcel)
        except TelegramError as error:
            return outcome(error, parcel)
        except UNREADABLE as fault:
            return _doubt(parcel, type(fault).__name__)
        return Sent(made.message_id if isinstance(made, Message) else None)

    async def stands(self) -> bool:
        """Whether Telegram answers now: asked with a question that changes nothing."""
        try:
            await self._bot.get_me()
        except (TelegramError, *UNREADABLE):
            return False
        return True

    async def standing(self, chat: int, user: int | None = None) -> Standing:
        """Where somebody stands in a group, the bot itself without `user`; unknown where Telegram does not say."""
        try:
            member = await self._bot.get_chat_member(chat, self._bot.id if user is None else user)
        except BadRequest as error:
            return Standing.ABSENT if any(word in error.message.lower() for word in STRANGER) else Standing.UNKNOWN
        except (TelegramError, *UNREADABLE):
            return Standing.UNKNOWN
        restricted = isinstance(member, ChatMemberRestricted) and member.is_member
        return Standing.MEMBER if restricted else STANDINGS.get(member.status, Standing.ABSENT)

    async def answer_press(self, query_id: str, text: str | None = None, alert: bool = False) -> bool:
        """Stop the button's spinner, with a popup of at most 200 characters if there is `text`."""
        return await _twice(lambda: self._bot.answer_callback_query(query_id, text, show_alert=alert))

    async def typing(self, chat: int) -> bool:
        return await _twice(lambda: self._bot.send_chat_action(chat, ChatAction.TYPING))

    async def delete(self, chat: int, message_id: int) -> bool:
        """True if the message is gone, by us or before us."""
        return await _twice(lambda: self._bot.delete_message(chat, message_id), done=ALREADY[Op.DELETE])


STANDINGS = {
    ChatMember.OWNER: Standing.ADMINISTRATOR,
    ChatMember.ADMINISTRATOR: Standing.ADMINISTRATOR,
    ChatMember.MEMBER: Standing.MEMBER,
}
# Words of Telegram's sentences about somebody who has never been in the group, in lower case.
STRANGER = ("user not found", "participant_id_invalid", "user_not_participant", "invalid user_id")


async def _twice(ask: Callable[[], Awaitable[object]], done: str = "") -> bool:
    """Ask, and ask once more where the network failed. A refusal and a flood are not asked again."""
    for _ in range(2):
        try:
            await ask()
        except TelegramError as error:
            if done and done in error.message.lower():
                return True
            if isinstance(error, BadRequest) or not isinstance(error, NetworkError):
                return False
        except UNREADABLE:
            return False
        else:
            return True
    return False


# What is asked, by operation ----------------------------------------------------------------------------------------


def _common(parcel: Parcel) -> dict[str, Any]:
    return {
        "parse_mode": ParseMode.HTML,
        "reply_markup": _markup(parcel),
        "reply_parameters": _reply(parcel),
        "disable_notification": parcel.silent or None,
        "protect_content": parcel.protected or None,
    }


async def _send(bot: Bot, parcel: Parcel) -> object:
    if parcel.medium is not None:
        return await _send_medium(bot, parcel, parcel.medium.file_id)
    common = _common(parcel)
    if parcel.enclosure is not None:
        file = parcel.enclosure
        document = InputFile(file.content, filename=file.name)
        return await bot.send_document(parcel.chat, document, parcel.html or None, **common)
    if parcel.picture is None:
        return await bot.send_message(parcel.chat, parcel.html, link_preview_options=NO_PREVIEW, **common)
    picture = parcel.picture
    return await bot.send_photo(parcel.chat, picture.content, parcel.html or None, filename=picture.name, **common)


async def _send_medium(bot: Bot, parcel: Parcel, content: str | InputFile) -> object:
    """A file by its name at Telegram, or with its bytes."""
    assert parcel.medium is not None
    common, kind = _common(parcel), parcel.medium.kind
    if kind in CAPTIONLESS:
        del common["parse_mode"]
    else:
        common["caption"] = parcel.html or None
    return await getattr(bot, f"send_{kind}")(parcel.chat, content, **common)


CAPTIONLESS = frozenset({"video_note"})


async def _edit(bot: Bot, parcel: Parcel) -> object:
    """The whole new picture of a message: Telegram drops a keyboard that an edit does not repeat."""
    where: dict[str, Any] = {
        "chat_id": parcel.chat,
        "message_id": parcel.target,
        "reply_markup": _inline(parcel.buttons),
    }
    if parcel.picture is not None:
        return await bot.edit_message_caption(caption=parcel.html, parse_mode=ParseMode.HTML, **where)
    if not parcel.html:
        return await bot.edit_message_reply_markup(**where)
    return await bot.edit_message_text(parcel.html, parse_mode=ParseMode.HTML, link_preview_options=NO_PREVIEW, **where)


async def _delete(bot: Bot, parcel: Parcel) -> object:
    return await bot.delete_message(parcel.chat, _target(parcel))


async def _react(bot: Bot, parcel: Parcel) -> object:
    """One reaction, or none: that takes ours away again."""
    return await bot.set_message_reaction(parcel.chat, _target(parcel), parcel.reaction)


CALLS: dict[Op, Call] = {
    Op.SEND: _send,
    Op.EDIT: _edit,
    Op.DELETE: _delete,
    Op.REACT: _react,
}

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def _target(parcel: Parcel) -> int:
    # Telegram answers 0 with "message identifier is not specified", which is what the missing number is.
    return parcel.target or 0


def _reply(parcel: Parcel) -> ReplyParameters | None:
    """A person may have deleted what we answer; the answer must reach him all the same."""
    if parcel.replies_to is None:
        return None
    return ReplyParameters(parcel.replies_to, allow_sending_without_reply=True)


def _markup(parcel: Parcel) -> Markup | None:
    if parcel.buttons:
        return _inline(parcel.buttons)
    if parcel.asks_contact is not None:
        key = KeyboardButton(parcel.asks_contact, request_contact=True)
        return ReplyKeyboardMarkup([[key]], resize_keyboard=True, one_time_keyboard=True)
    if parcel.asks_reply:
        return ForceReply()
    return ReplyKeyboardRemove() if parcel.removes_keyboard else None


def _inline(rows: Sequence[Sequence[Button]]) -> InlineKeyboardMarkup | None:
    """None and not an empty keyboard: PTB would send that as `{}`, which Telegram cannot read."""
    keys = [[_key(button) for button in row] for row in rows]
    return InlineKeyboardMarkup(keys) if keys else None


def _key(button: Button) -> InlineKeyboardButton:
    return InlineKeyboardButton(
        button.label,
        url=button.url,
        callback_data=button.press,
        copy_text=CopyTextButton(button.copies) if button.copies is not None else None,
        style=button.style,
    )


# What came back, read top down --------------------------------------------------------------------------------------


def outcome(error: TelegramError, parcel: Parcel) -> Outcome:
    """The first row of READINGS that fits. BadRequest is a NetworkError in PTB, so refusals stand above doubts."""
    return next(reading for kind, reading in READINGS if isinstance(error, kind))(error, parcel)


def _away(error: NotSent, _: Parcel) -> Outcome:
    return Later(AWAY, error.message)


def _foreign(error: Foreign, parcel: Parcel) -> Outcome:
    """A block page or captive portal answers 3xx and 4xx before Telegram hears of us; 2xx and 5xx may be its front."""
    if 300 <= error.status < 500:
        return Later(FOREIGN, error.message)
    return _doubt(parcel, error.message)


def _flood(error: RetryAfter, _: Parcel) -> Outcome:
    # timedelta under PTB_TIMEDELTA=1, which will be PTB's default one day; else seconds.
    pause = error.retry_after
    seconds = pause.total_seconds() if isinstance(pause, timedelta) else float(pause)
    return Later(seconds, "429", flood=True)


def _moved(error: ChatMigrated, _: Parcel) -> Outcome:
    return Moved(error.new_chat_id)


def _token(error: InvalidToken, _: Parcel) -> Outcome:
    """401 or 404 in the Bot API's own words: anybody else's was read as Foreign."""
    return Gone(Refused.TOKEN, _detail(error))


def _refused(error: TelegramError, parcel: Parcel) -> Outcome:
    said = error.message.lower()
    if parcel.op in ALREADY and ALREADY[parcel.op] in said:
        return Sent()
    for refused, words in SENTENCES:
        if any(word in said for word in words):
            return Gone(refused, _detail(error))
    if isinstance(error, BadRequest):
        return Gone(Refused.MALFORMED, _detail(error))
    return Gone(Refused.BLOCKED if parcel.chat > 0 else Refused.NO_RIGHTS, _detail(error))


def _unclear(error: TelegramError, parcel: Parcel) -> Outcome:
    return _doubt(parcel, _detail(error))


def _doubt(parcel: Parcel, reason: str) -> Outcome:
    """A message sent twice is two messages; anything else done twice is done once."""
    return Unsure(reason) if parcel.op is Op.SEND else Later(AWAY, reason)


def _detail(error: TelegramError) -> str:
    return error.message[:LONGEST_DETAIL]


READINGS: tuple[tuple[type[TelegramError], Callable[[Any, Parcel], Outcome]], ...] = (
    (NotSent, _away),
    (Foreign, _foreign),
    (MaybeSent, _unclear),
    (RetryAfter, _flood),
    (ChatMigrated, _moved),
    (InvalidToken, _token),
    (Forbidden, _refused),
    (BadRequest, _refused),
    (TelegramError, _unclear),  # 5xx in the Bot API's own words
)

# What was asked for is so already.
ALREADY = {Op.EDIT: "message is not modified", Op.DELETE: "message to delete not found"}

# Words of Telegram's sentences in lower case, read top down. Where none fits, 400 is a bug of ours; 403 is in a private
# chat a person who does not want us, in a group a right that we lack.
SENTENCES: tuple[tuple[Refused, tuple[str, ...]], ...] = (
    (Refused.BLOCKED, ("bot was blocked", "user_is_blocked", "user is deactivated", "input_user_deactivated")),
    (Refused.BLOCKED, ("can't initiate conversation", "can't send messages to bots")),
    (Refused.NO_CHAT, ("chat not found", "user not found", "peer_id_invalid", "chat_id is empty")),
    (Refused.NO_CHAT, ("bot was kicked", "bot is not a member", "chat was deleted", "chat was deactivated")),
    (Refused.NO_REACTION, ("reaction_", "reactions_")),
    (Refused.NO_CHAT, ("chat was upgraded",)),  # without the new id, which ChatMigrated would tell
    (Refused.NO_RIGHTS, ("not enough rights", "no rights", "need administrator", "chat_admin_required")),
    (Refused.NO_RIGHTS, ("chat_write_forbidden", "chat_send_", "chat_restricted", "message can't be deleted")),
    (Refused.NO_FILE, ("wrong file", "wrong remote file", "file is temporarily unavailable", "file reference")),
    (Refused.NO_MESSAGE, ("message to edit not found", "message to react not found", "message not found")),
    (Refused.NO_MESSAGE, ("message to be replied not found", "message_id_invalid", "message can't be edited")),
    (Refused.NO_MESSAGE, ("no text in the message to edit", "no caption in the message to edit")),
)
