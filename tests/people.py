"""People in tests: they say, press, send and see, as people do; every wait has a limit and tells what was there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.playground.chats import Chat, Message, Press, User
from bot.playground.files import Content
from bot.playground.media import Item
from bot.playground.telegram import Telegram

CODE = re.compile(r"SC-\d{4}-\d{6}")


def visible(message: Message) -> str:
    """Everything that a person reads of a message: words and keys."""
    keys = " ".join(f"[{key['text']}]" for row in message.keys for key in row)
    return f"{message.text} {keys}"


async def found(telegram: Telegram, find: Callable[[], Message | None], chat: Chat, within: float = 60.0) -> Message:
    """Wait until there is such a message in the chat."""
    message = await telegram.until(find, within, about=chat)
    assert message is not None
    return message


@dataclass
class Person:
    """Somebody with a phone and a private chat with the bot."""

    telegram: Telegram
    user: User

    @property
    def chat(self) -> Chat:
        return self.telegram.private(self.user)

    @property
    def messages(self) -> list[Message]:
        """What the bot has written here, oldest first."""
        return [message for message in self.telegram.messages(self.chat) if message.sender is self.telegram.me]

    @property
    def last(self) -> Message:
        return self.messages[-1]

    async def says(self, text: str) -> Message:
        return self.telegram.says(self.user, self.chat, text)

    async def replies(self, to: Message, text: str, **more: Any) -> Message:
        """Answer a message in the chat where it stands, the bot's own too."""
        return self.telegram.says(self.user, to.chat, text, to, **more)

    async def sends(self, kind: str, content: Any = None, caption: str = "", **more: Any) -> Message:
        """Anything that the Bot API has a field for, to the bot; in a group with `chat=`, as an answer `reply_to=`."""
        return self.telegram.sends(self.user, more.pop("chat", self.chat), kind, content, caption, **more)

    async def sends_photo(self, content: Content | None = None, caption: str = "", **more: Any) -> Message:
        return self.telegram.sends_photo(self.user, more.pop("chat", self.chat), content, caption, **more)

    async def sends_document(
        self, name: str, content: Content | None = None, mime: str = "application/octet-stream", **more: Any
    ) -> Message:
        return self.telegram.sends_document(self.user, more.pop("chat", self.chat), name, content, mime, **more)

    async def sends_album(self, items: Sequence[Item | Content], caption: str = "", **more: Any) -> list[Message]:
        return self.telegram.sends_album(self.user, more.pop("chat", self.chat), items, caption, **more)

    async def forwards(self, message: Message, **more: Any) -> Message:
        """Pass a message on to the bot; `hidden=True`, or `origin=` one of `bot.playground.origins`."""
        return self.telegram.forwards(self.user, more.pop("chat", self.chat), message, **more)

    async def edits(self, message: Message, text: str) -> Message:
        """Change the words, or the caption, of one's own message."""
        return self.telegram.edits(self.user, message, text)

    async def sees_reaction(self, message: Message, emoji: str, within: float = 60.0) -> None:
        """Wait until the bot shows this emoji under the message."""
        await self.telegram.until(lambda: self.telegram.reaction(message) == emoji, within, about=message.chat)

    async def sees(self, words: str, within: float = 60.0) -> Message:
        """Wait for a message of the bot that shows `words`; the newest such message."""
        return await found(self.telegram, lambda: self.showing(words), self.chat, within)

    def showing(self, words: str) -> Message | None:
        return next((message for message in reversed(self.messages) if words in visible(message)), None)

    async def presses(self, label: str, under: str | None = None) -> Press:
        """Press the newest key with that label (under a message that shows `under`) and wait for the answer to it."""
        message = await found(self.telegram, lambda: self.with_key(label, under), self.chat)
        press = self.telegram.presses(self.user, message, label)
        await self.telegram.until(lambda: press.answers)
        return press

    def with_key(self, label: str, under: str | None = None) -> Message | None:
        for message in reversed(self.messages):
            labels = [key["text"] for row in message.keys for key in row]
            if label in labels and (under is None or under in visible(message)):
                return message
        return None

    async def forges(self, data: str) -> Press:
        """Send callback data that no button has, as a modified client can, under the newest message."""
        press = self.telegram.presses(self.user, self.last, data=data)
        await self.telegram.until(lambda: press.answers)
        return press

    async def starts(self, payload: str = "") -> None:
        self.telegram.starts(self.user, payload)


@dataclass
class Team:
    """The team's group, as its members see it."""

    telegram: Telegram
    chat: Chat

    @property
    def messages(self) -> list[Message]:
        return [message for message in self.telegram.messages(self.chat) if message.sender is self.telegram.me]

    def showing(self, words: str) -> Message | None:
        return next((message for message in reversed(self.messages) if words in visible(message)), None)

    async def sees(self, words: str, within: float = 60.0) -> Message:
        return await found(self.telegram, lambda: self.showing(words), self.chat, within)

    async def presses(self, member: Person, label: str, under: str = "") -> Press:
        """A member presses a key under the newest message that shows `under`."""
        message = await self.sees(under or label)
        press = self.telegram.presses(member.user, message, label)
        await self.telegram.until(lambda: press.answers)
        return press

    async def says(self, member: Person, text: str) -> Message:
        return self.telegram.says(member.user, self.chat, text)


def code_in(message: Message) -> str:
    found = CODE.search(message.text)
    assert found, message.text
    return found[0]
