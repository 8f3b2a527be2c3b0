"""What people do in a playground; each act makes the updates that Telegram would make of it."""

from __future__ import annotations

from typing import Any

from bot.playground.chats import Chat, Message, Press, User
from bot.playground.kinds import CAPTIONED
from bot.playground.origins import answering
from bot.playground.standings import standing
from bot.playground.texts import plain
from bot.playground.world import Json, Where, World


class Acts(World):
    """Writing, pressing, changing and taking back. An act that no client offers raises ValueError."""

    def says(
        self,
        user: User,
        chat: Where,
        text: str,
        reply_to: Message | None = None,
        anonymous_admin: bool = False,
        topic: int | None = None,
        **more: Any,
    ) -> Message:
        """Write a text. As `anonymous_admin` it comes in the group's own name; `more` is of `puts`."""
        read = plain(text)
        if not read.plain:
            raise ValueError("there is nothing to say")
        return self.puts(
            user,
            chat,
            text=read.plain,
            entities=read.entities,
            reply_to=reply_to,
            anonymous_admin=anonymous_admin,
            topic=topic,
            **more,
        )

    def starts(self, user: User, payload: str = "") -> Message:
        """Press Start, or open a link `?start=payload`."""
        return self.says(user, user, f"/start {payload}".strip())

    def puts(
        self,
        user: User,
        chat: Where,
        *,
        anonymous_admin: bool = False,
        topic: int | None = None,
        reply_to: Message | None = None,
        quote: str = "",
        beside: Json | None = None,
        **fields: Any,
    ) -> Message:
        """Put any message of a person into a chat and tell the bot.

        It may answer another, of this chat or of another one, and `quote` words of it; `beside` are more fields
        of the API's message.
        """
        there = self.chat(chat)
        self._allow_writing(user, there)
        fields |= {"reply_to": reply_to if reply_to is not None and reply_to.chat is there else None}
        fields["beside"] = {**(beside or {}), **answering(there, reply_to, quote)}
        if anonymous_admin:
            if user.id not in there.admins():
                raise ValueError(f"{user.name} is no administrator there")
            fields["sender_chat"] = there
        if topic is not None:
            there.topics.add(topic)
            fields["thread"] = topic
        if there.private:
            user.started = True
        message = self.post(there, user, **fields)
        self.tell_message(message)
        return message

    def edits(self, user: User, message: Message, text: str) -> Message:
        """Change the text of one's own message, or the caption, which may become empty."""
        read = plain(text)
        if message.kind != "text" and message.kind not in CAPTIONED:
            raise ValueError(f"there are no words in a {message.kind} to change")
        if message.kind == "text" and not read.plain:
            raise ValueError("a text cannot become empty: deletes() it")
        self._allow_editing(user, message)
        message.text, message.entities = read.plain, read.entities
        return self._edited(message)

    def moves(self, user: User, message: Message, latitude: float, longitude: float) -> Message:
        """Go elsewhere with a live location; the bot is told by an edited message."""
        if "live_period" not in message.content.get("location", {}):
            raise ValueError("only a live location moves")
        self._allow_editing(user, message)
        place = {**message.content["location"], "latitude": latitude, "longitude": longitude}
        message.content = {**message.content, "location": place}
        return self._edited(message)

    def deletes(self, user: User, message: Message) -> None:
        """Take a message away; Telegram never tells a bot of it."""
        own = message.sender is user or message.chat.private
        if not own and user.id not in message.chat.admins():
            raise ValueError("only an administrator deletes what others wrote")
        message.deleted = True
        self.shown("deleted", message)

    def presses(self, user: User, message: Message, label: str | None = None, *, data: str | None = None) -> Press:
        """Press the inline button with this label, or send any `data` as a modified client could."""
        if data is None:
            data = self._data_of(message, label)
        press = Press(self.next_id(), user, message, data, self.clock.now())
        self.remember(press)
        shown = {"message_id": message.id, "chat": message.chat.wire(), "date": 0}
        body: Json = {
            "id": press.id,
            "from": user.wire(),
            "chat_instance": str(message.chat.id),
            "message": shown if message.deleted else message.wire(),
            "data": data,
        }
        self.tell("callback_query", body)
        return press

    def reacts(self, user: User, message: Message, *emoji: str) -> None:
        """Put these reactions under a message (none: take them away); only an admin bot that asked is told."""
        allowed = message.chat.reactions
        if allowed is not None and not allowed.issuperset(emoji):
            raise ValueError("that reaction is not allowed there")
        before = [r["type"] for r in message.reactions if r["user"] == user.id]
        after: list[Json] = [{"type": "emoji", "emoji": one} for one in emoji]
        message.reactions = [r for r in message.reactions if r["user"] != user.id]
        message.reactions += [{"user": user.id, "type": one} for one in after]
        self.shown("edited", message)
        if message.chat.private or self.me.id in message.chat.admins():
            body = {
                "chat": message.chat.wire(),
                "message_id": message.id,
                "user": user.wire(),
                "date": int(self.clock.now().timestamp()),
                "old_reaction": before,
                "new_reaction": after,
            }
            self.tell("message_reaction", body)

    def blocks(self, user: User) -> None:
        """Stop the bot: it is told, and may write no more."""
        self._turn(user, blocked=True)

    def unblocks(self, user: User) -> None:
        self._turn(user, blocked=False)

    def _allow_editing(self, user: User, message: Message) -> None:
        if message.sender is not user or message.origin is not None:
            raise ValueError("that is not one's own message")
        if message.deleted:
            raise ValueError("that message is gone")

    def _edited(self, message: Message) -> Message:
        message.edited += 1
        message.edited_at = self.clock.now()
        self.shown("edited", message)
        self.tell_message(message, "edited_message")
        return message

    def _turn(self, user: User, *, blocked: bool) -> None:
        if user.blocked == blocked:
            return
        user.blocked = blocked
        old, new = ("member", "kicked") if blocked else ("kicked", "member")
        self.tell("my_chat_member", self._standing_change(self.private(user), user, self.me, old, new))
        self.emit("person", user=user.id)
        self.changed(user.id)

    def _standing_change(self, chat: Chat, by: User, whom: User, old: str, new: str) -> Json:
        return {
            "chat": chat.wire(),
            "from": by.wire(),
            "date": int(self.clock.now().timestamp()),
            "old_chat_member": standing(whom, old),
            "new_chat_member": standing(whom, new),
        }

    def _allow_writing(self, user: User, chat: Chat) -> None:
        if chat.migrated_to is not None:
            raise ValueError("that group has become a supergroup")
        if chat.private and chat.person is not user:
            raise ValueError(f"that is not the private chat of {user.name}")
        if chat.private and user.blocked:
            raise ValueError(f"{user.name} has blocked the bot: unblocks() first")
        if not chat.private and user.id not in chat.present():
            raise ValueError(f"{user.name} is not in {chat.title}")
        if chat.standing(user.id) == "restricted":
            raise ValueError(f"{user.name} may not write in {chat.title}")

    @staticmethod
    def _data_of(message: Message, label: str | None) -> str:
        keys = [key for row in message.keys for key in row]
        for key in keys:
            if key["text"] == label and "callback_data" in key:
                return str(key["callback_data"])
        raise LookupError(f"no button {label!r} to press; there are {[key['text'] for key in keys]}")
