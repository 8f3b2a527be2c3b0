"""Everything there is in a playground: people, chats, messages, files, and who is told when something changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count
from typing import Any

from bot.playground.chats import ADMINS, PRESENT, Bot, Chat, Message, Press, User
from bot.playground.clock import Clock
from bot.playground.errors import Refused, bad_request, forbidden
from bot.playground.files import Content, File
from bot.playground.texts import Text, pieces_of
from bot.playground.updates import Updates

Json = dict[str, Any]
Where = Chat | User | int
MOST_PRESSES = 10_000
EVERYWHERE = None  # waiting for changes of any chat


class World:
    """State and its invariants; what people do is in `acts`, what the bot may do in `methods`."""

    def __init__(self, clock: Clock, *, keep: int | None = None) -> None:
        self.clock = clock
        self.version = 0
        self.updates = Updates(clock, self.changed)
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, File] = {}
        self.paths: dict[str, File] = {}
        self.presses_made: dict[str, Press] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.on_event: list[Callable[[Json], None]] = []
        self._bot: Bot | None = None
        self._keep = keep
        self._waiting: dict[int | None, asyncio.Future[None]] = {}
        self._held: list[tuple[str, Json]] = []
        self._ids = count(1)
        self._user_ids = count(700_000_001)
        self._group_ids = count(4_000_001)
        self._supergroup_ids = count(1_002_000_000_001)
        # Private chats and basic groups share one numbering of messages; each supergroup has its own.
        self._shared_messages = count(1)
        self._own_messages: dict[int, count[int]] = {}
        clock.on_move.append(self._clock_moved)

    # -- who and where ------------------------------------------------------------------------------------------------

    def bot(
        self,
        token: str = "100000:playground",  # noqa: S107  known to everybody, opens nothing
        name: str = "Playground bot",
        username: str = "playground_bot",
        *,
        privacy: bool = True,
    ) -> Bot:
        """Name the one bot of this playground. Only `<digits>:playground` is taken: no real token may enter."""
        number = token.removesuffix(":playground")
        if number == token or not (number.isascii() and number.isdigit()):
            raise ValueError("a playground token has the shape <digits>:playground")
        if self._bot is not None and self._bot.token != token:
            raise ValueError("a playground has one bot")
        self._bot = Bot(int(number), name, username, None, is_bot=True, token=token, privacy=privacy)
        self.users[self._bot.id] = self._bot
        return self._bot

    @property
    def me(self) -> Bot:
        """The bot; one with a default name appears when none was named."""
        return self._bot or self.bot()

    def person(
        self,
        name: str,
        id: int | None = None,  # noqa: A002  the Bot API's own word
        username: str | None = None,
        language: str | None = "vi",
        note: str = "",
    ) -> User:
        user = User(next(self._user_ids) if id is None else id, name, username, language, note)
        if user.id in self.users:
            raise ValueError(f"there is a person {user.id} already")
        self.users[user.id] = user
        self.private(user)
        self.emit("person", user=user.id)
        return user

    def private(self, user: User) -> Chat:
        """The chat of this person with the bot; it bears the person's id."""
        if user.id not in self.chats:
            self.chats[user.id] = Chat(user.id, "private", person=user)
        return self.chats[user.id]

    def chat(self, where: Where) -> Chat:
        """The chat meant by a chat, a person (the private one) or an id; LookupError where there is none."""
        if isinstance(where, Chat):
            return where
        return self.chats[where.id if isinstance(where, User) else where]

    def new_chat_id(self, kind: str) -> int:
        return -next(self._supergroup_ids if kind == "supergroup" else self._group_ids)

    # -- messages -----------------------------------------------------------------------------------------------------

    def post(self, chat: Chat, sender: User | None, **fields: Any) -> Message:
        """Put a new message into a chat and show it; it tells the bot nothing yet."""
        message = Message(self._next_message(chat), chat, sender, self.clock.now(), **fields)
        chat.messages[message.id] = message
        if self._keep is not None and len(chat.messages) > self._keep:
            del chat.messages[next(iter(chat.messages))]
        self.shown("message", message)
        return message

    def messages(self, where: Where) -> list[Message]:
        """What is still to be seen in a chat, oldest first."""
        return [message for message in self.chat(where).messages.values() if not message.deleted]

    def shown(self, event: str, message: Message) -> None:
        self.emit(event, chat=message.chat.id, message=message)
        self.changed(message.chat.id)

    def store(self, content: Content, name: str, mime: str, folder: str, size: int | None = None) -> File:
        """Keep a file, held in memory or synthetic; `size` lets it claim another size than it has."""
        number = next(self._ids)
        path = f"{folder}/file_{number}.{_extension(name)}"
        file = File(f"PLAYGROUND-{number}", f"U{number}", path, content, name, mime, 0)
        file.size = file.length if size is None else size
        self.files[file.id] = self.paths[path] = file
        return file

    def remember(self, press: Press) -> None:
        """Keep a press, so that it can be answered; the oldest goes where messages are not kept for ever either."""
        self.presses_made[press.id] = press
        if self._keep is not None and len(self.presses_made) > MOST_PRESSES:
            del self.presses_made[next(iter(self.presses_made))]

    def next_id(self) -> str:
        """A fresh number for whatever needs one (presses, files)."""
        return str(next(self._ids))

    def _next_message(self, chat: Chat) -> int:
        if chat.type != "supergroup":
            return next(self._shared_messages)
        return next(self._own_messages.setdefault(chat.id, count(1)))

    # -- what the bot is told -----------------------------------------------------------------------------------------

    def tell(self, kind: str, body: Json) -> None:
        self.updates.push(kind, body)

    def tell_message(self, message: Message, kind: str = "message") -> None:
        """Tell the bot of a message, unless its privacy in groups hides it."""
        if self._reaches_bot(message):
            self.tell(kind, message.wire())

    def hold(self, kind: str, body: Json) -> None:
        """Keep an update back until the bot has run into what it is about."""
        self._held.append((kind, body))

    def _reaches_bot(self, message: Message) -> bool:
        chat, me = message.chat, self.me
        if chat.private:
            return True
        standing = chat.standing(me.id)
        if standing not in PRESENT:
            return False
        return not me.privacy or standing in ADMINS or message.kind == "service" or self._is_meant_for_bot(message)

    def _is_meant_for_bot(self, message: Message) -> bool:
        """Telegram's privacy mode: commands (bare or for this bot), replies to the bot, mentions of it."""
        if message.reply_to is not None and message.reply_to.by_bot:
            return True
        text, name = Text(message.text, message.entities), f"@{self.me.username}".lower()
        if name in (mention.lower() for mention in pieces_of(text, "mention")):
            return True
        return any("@" not in word or word.lower().endswith(name) for word in pieces_of(text, "bot_command"))

    # -- where the bot may write --------------------------------------------------------------------------------------

    def found_chat(self, chat_id: int | str) -> Chat:
        """The chat a call means, by id or @name; Refused where the bot does not know it or it has moved."""
        chat = self.chats.get(chat_id) if isinstance(chat_id, int) else self.chat_named(chat_id)
        if chat is None or (not chat.private and chat.standing(self.me.id) is None):
            raise bad_request("chat not found")
        if chat.migrated_to is not None:
            self._release()
            raise Refused(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=chat.migrated_to,
            )
        return chat

    def open_chat(self, chat_id: int | str) -> Chat:
        """The same, for a call that needs the bot to be welcome there."""
        chat = self.found_chat(chat_id)
        kind = f"{chat.type} chat"
        if chat.person is not None and chat.person.blocked:
            raise forbidden("bot was blocked by the user")
        if chat.person is not None and not chat.person.started:
            raise forbidden("bot can't initiate conversation with a user")
        if not chat.private and chat.standing(self.me.id) == "kicked":
            raise forbidden(f"bot was kicked from the {kind}")
        if not chat.private and chat.standing(self.me.id) not in PRESENT:
            raise forbidden(f"bot is not a member of the {kind}")
        return chat

    def chat_named(self, name: str) -> Chat | None:
        wanted = name.lstrip("@").lower()
        return next((chat for chat in self.chats.values() if (chat.username or "").lower() == wanted), None)

    def _release(self) -> None:
        held, self._held = self._held, []
        for kind, body in held:
            self.tell(kind, body)

    # -- who is told of changes ---------------------------------------------------------------------------------------

    def changed(self, chat: int | None = EVERYWHERE) -> None:
        """Wake whoever waits for this chat or for anything."""
        self.version += 1
        for key in {chat, EVERYWHERE}:
            waiting = self._waiting.pop(key, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(None)

    async def change(self, chat: int | None = EVERYWHERE) -> None:
        """Wait for the next change."""
        waiting = self._waiting.get(chat)
        if waiting is None:
            waiting = self._waiting[chat] = asyncio.get_running_loop().create_future()
        await asyncio.shield(waiting)

    def emit(self, kind: str, **body: Any) -> None:
        """Show an event to whoever looks on (the page)."""
        for listener in tuple(self.on_event):
            listener({"type": kind, **body})

    def _clock_moved(self) -> None:
        self.emit("clock", now=self.clock.now().isoformat(), offset=self.clock.offset)
        self.changed()


def _extension(name: str) -> str:
    """What Telegram keeps of a name in a path: letters and digits after the last dot."""
    extension = name.rpartition(".")[2] if "." in name else ""
    return extension if extension.isascii() and extension.isalnum() else "bin"
