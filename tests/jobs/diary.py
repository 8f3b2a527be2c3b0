"""What appeared in the chats, as it looked when it appeared: later edits change nothing here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from bot.playground.chats import Chat, Message
from bot.playground.telegram import Telegram
from locales import Texts


@dataclass(frozen=True)
class Entry:
    """One message of the bot, new or edited. `words` are without the mark of a message that was sent again."""

    event: str
    chat: int
    message: int
    words: str
    keys: str
    marked: bool


class Diary:
    """Begins to listen when it is made."""

    def __init__(self, telegram: Telegram) -> None:
        self.entries: list[Entry] = []
        self._mark = "\n" + Texts.load().plain("vi", "sending.again", {})
        telegram.on_event.append(self._hear)

    def _hear(self, event: dict[str, Any]) -> None:
        message = event.get("message")
        if isinstance(message, Message) and message.by_bot and event["type"] in ("message", "edited"):
            text = message.text
            words, keys = text.removesuffix(self._mark), str(message.keys)
            self.entries.append(Entry(event["type"], message.chat.id, message.id, words, keys, words != text))

    def new(self, chat: Chat) -> list[Entry]:
        return [entry for entry in self.entries if entry.event == "message" and entry.chat == chat.id]

    def edits(self, chat: Chat) -> list[Entry]:
        return [entry for entry in self.entries if entry.event == "edited" and entry.chat == chat.id]

    def marked(self, chat: Chat) -> int:
        return sum(entry.marked for entry in self.new(chat))

    def doubles(self, chat: Chat) -> int:
        """How many messages appeared that had been there before, word by word and key by key."""
        seen = Counter((entry.words, entry.keys) for entry in self.new(chat))
        return sum(times - 1 for times in seen.values())
