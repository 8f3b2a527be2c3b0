"""What happens in and to groups: who comes and goes, and the day a group becomes a supergroup."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from bot.playground.acts import Acts
from bot.playground.chats import ADMINS, PRESENT, Chat, Message, User
from bot.playground.world import Json


class GroupActs(Acts):
    def group(
        self,
        title: str,
        members: Sequence[User] = (),
        username: str | None = None,
        admins: Sequence[User] = (),
        bot_admin: bool = False,
        type: Literal["supergroup", "group"] = "supergroup",  # noqa: A002  the Bot API's own word
        *,
        with_bot: bool = True,
    ) -> Chat:
        """A group that has long been there: nobody is told of its making. The first of `admins` is its creator."""
        chat = Chat(self.new_chat_id(type), type, title, username)
        chat.members |= {user.id: "member" for user in members}
        chat.members |= {user.id: "administrator" for user in admins}
        if admins:
            chat.members[admins[0].id] = "creator"
        if with_bot:
            chat.members[self.me.id] = "administrator" if bot_admin else "member"
        self.chats[chat.id] = chat
        self.emit("chat", chat=chat.id)
        return chat

    def adds_bot(self, group: Chat, by: User, admin: bool = False) -> Message | None:
        """Bring the bot in, or change whether it is an administrator; a message is made only by the first."""
        was = group.standing(self.me.id) or "left"
        self._stand(group, by, self.me, "administrator" if admin else "member")
        if was in PRESENT:
            return None
        return self._service(group, by, {"new_chat_members": [self.me.wire()]})

    def removes_bot(self, group: Chat, by: User) -> Message:
        """Throw the bot out. It is told by `my_chat_member` alone: it sees no message any more."""
        self._stand(group, by, self.me, "kicked")
        return self._service(group, by, {"left_chat_member": self.me.wire()})

    def joins(self, user: User, group: Chat) -> Message:
        self._stand(group, user, user, "member")
        return self._service(group, user, {"new_chat_members": [user.wire()]})

    def leaves(self, user: User, group: Chat) -> Message:
        self._stand(group, user, user, "left")
        return self._service(group, user, {"left_chat_member": user.wire()})

    def adds(self, user: User, group: Chat, by: User) -> Message:
        """A member brings somebody in."""
        self._stand(group, by, user, "member")
        return self._service(group, by, {"new_chat_members": [user.wire()]})

    def kicks(self, user: User, group: Chat, by: User) -> Message:
        """An administrator throws somebody out for good (until `unbans`)."""
        self._need_admin(group, by)
        self._stand(group, by, user, "kicked")
        return self._service(group, by, {"left_chat_member": user.wire()})

    def unbans(self, user: User, group: Chat, by: User) -> None:
        self._need_admin(group, by)
        self._stand(group, by, user, "left")

    def restricts(self, user: User, group: Chat, by: User, restricted: bool = True) -> None:
        """An administrator takes a member's right to write, or gives it back; no message is made of it."""
        self._need_admin(group, by)
        if user.id not in group.present():
            raise ValueError(f"{user.name} is not in {group.title}")
        self._stand(group, by, user, "restricted" if restricted else "member")

    def forbids_reactions(self, group: Chat, allowed: Collection[str] = ()) -> None:
        """From now on only these emoji may be put under messages of the group; the bot is not told."""
        group.reactions = frozenset(allowed)
        self.emit("chat", chat=group.id)

    def promotes(self, user: User, group: Chat, by: User, admin: bool = True) -> None:
        """Make a member an administrator, or a plain member again."""
        self._stand(group, by, user, "administrator" if admin else "member")

    def migrates(self, group: Chat, told_first: Literal["update", "error"] = "update") -> Chat:
        """The group becomes a supergroup with a new id, which is returned.

        The bot learns it in two ways: by two service messages and by the error of the old id. With "error" the
        messages are kept back until the bot has run into the error.
        """
        if group.type != "group" or group.migrated_to is not None:
            raise ValueError("only a basic group becomes a supergroup, and only once")
        new = Chat(self.new_chat_id("supergroup"), "supergroup", group.title)
        new.members = dict(group.members)
        self.chats[new.id] = new
        by = self.users.get(next(iter(group.admins()), 0))
        leave = self.post(group, by, kind="service", content={"migrate_to_chat_id": new.id})
        enter = self.post(new, by, kind="service", content={"migrate_from_chat_id": group.id}, sender_chat=new)
        group.migrated_to = new.id
        deliver = self.tell if told_first == "update" else self.hold
        for message in (leave, enter):
            deliver("message", message.wire())
        self.emit("chat", chat=new.id)
        return new

    def bot_leaves(self, group: Chat) -> None:
        """The bot itself goes (`leaveChat`)."""
        self._stand(group, self.me, self.me, "left")

    @staticmethod
    def _need_admin(group: Chat, by: User) -> None:
        if by.id not in group.admins():
            raise ValueError(f"{by.name} is no administrator there")

    def _stand(self, group: Chat, by: User, whom: User, new: str) -> None:
        """Change somebody's standing. Of others the bot hears only as an administrator that asked for it."""
        old = group.members.get(whom.id, "left")
        hears = group.standing(self.me.id) in ADMINS
        group.members[whom.id] = new
        if old != new:
            change: Json = self._standing_change(group, by, whom, old, new)
            if whom is self.me:
                self.tell("my_chat_member", change)
            elif hears:
                self.tell("chat_member", change)
        self.emit("chat", chat=group.id)
        self.changed(group.id)

    def _service(self, group: Chat, by: User, content: Json) -> Message:
        message = self.post(group, by, kind="service", content=content)
        self.tell_message(message)
        return message
