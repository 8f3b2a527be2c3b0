"""Passing messages on, one or a whole album, with each of the four origins that the Bot API knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.playground.acts import Acts
from bot.playground.chats import Message, User
from bot.playground.origins import origin_of
from bot.playground.world import Json, Where


class ForwardActs(Acts):
    def forwards(
        self,
        user: User,
        chat: Where,
        message: Message,
        hidden: bool = False,
        *,
        origin: Json | None = None,
        **more: Any,
    ) -> Message:
        """Pass a message on; `hidden`: its writer's account is not shown; `origin`: as if from there (see `origins`).

        ValueError where it is protected, gone, or the app's own.
        """
        if message.protected:
            raise ValueError("a protected message cannot be forwarded")
        if message.deleted or message.service:
            raise ValueError("there is nothing to forward")
        whence = origin_of(message, hidden=hidden) if origin is None else origin
        return self.puts(
            user,
            chat,
            kind=message.kind,
            text=message.text,
            entities=message.entities,
            content=message.content,
            file=message.file,
            origin={"date": int(message.at.timestamp()), **whence},
            **more,
        )

    def forwards_album(
        self, user: User, chat: Where, messages: Sequence[Message], hidden: bool = False, **more: Any
    ) -> list[Message]:
        """Pass several on at once; those of an album stay together, under a media_group_id of their own."""
        albums = {message.album: self.next_id() for message in messages if message.album is not None}
        return [
            self.forwards(user, chat, message, hidden, album=albums.get(message.album or ""), **more)
            for message in messages
        ]
