"""Updates of every kind and shape that the Bot API allows, made from a foreign library's models; and odd ones."""

from __future__ import annotations

import copy
import random
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import aiogram.types
from aiogram.client.default import Default
from aiogram.types import Chat, Message, Update, User
from pydantic import BaseModel
from pydantic.fields import FieldInfo

Json = Any
STORY = "Kẻ gian giả làm cán bộ điện lực đòi chuyển ba mươi bảy triệu đồng"
TEXTS = (
    STORY,
    "/start",
    "/start abc",
    "/baosuco",
    "/huy",
    "/tracuu SC-2026-000001",
    "/gannhom@ungcuu_vidu_bot",
    "/",
    "a",
    "",
    "<b>&amp;</i>",
    "\u202eđảo\u200b\u0000chữ",
    "😀" * 300,
    "x" * 4096,
    "mật khẩu: Abc@12345",
    "0912345678",
    "hôm qua 9h tối",
)
DATA: tuple[Json, ...] = (
    *("m:report", "m:?", "f:12345678:kind:a:scam_loss", "c:NOBODY", "d:NOBODY", "o:NOBODY:see", "p:own:9", "l:en"),
    *("v:show", "i:NOBODY:yes", "r:admin", "a:NOBODY:yes", "b:NOBODY:yes", "k:12345678:on", "zz", ":::", "f:::::"),
)
ODD: tuple[Json, ...] = (
    None, True, False, 0, -1, 2**31, 2**63 - 1, 2**63, 2**70, -(2**70), 1.5, 1e308, "", "0", "null", "\ud800", "\x00",
    "y" * 20_000, [], {}, [[]], [None], [{}], {"": ""}, {"id": None}, {"id": "1"}, {"chat": {}}, {"type": []},
)  # fmt: skip
KINDS = tuple(name for name in Update.model_fields if name != "update_id")
USUAL = ("message", "edited_message", "callback_query", "my_chat_member")
DEEPEST = 4
_NUMBERS = (0, 1, 5, 1_800_000_000, 2**31, 2**32)
_PLAIN: dict[Any, tuple[Json, ...]] = {
    bool: (True,),
    int: _NUMBERS,
    datetime: _NUMBERS,
    timedelta: _NUMBERS,
    float: (0.0, 21.0285, 105.8542, -180.0),
}
_FITTING: dict[tuple[str, Any], tuple[Json, ...]] = {("data", str): DATA, ("offset", int): (0,)}


def nested(depth: int) -> Json:
    """A list in a list in a list …"""
    inner: Json = []
    for _ in range(depth):
        inner = [inner]
    return inner


@dataclass
class Shapes:
    """Draws updates. Some come from `people` in private, some from `groups`, some from anywhere."""

    chance: random.Random
    people: Sequence[int]
    groups: Sequence[int]

    def update(self) -> dict[str, Json]:
        """One update of any kind, without its number."""
        kind = self.chance.choice(KINDS if self.chance.random() < 0.5 else USUAL)
        field = Update.model_fields[kind]
        return {field.alias or kind: self._value(field.annotation, kind, 0)}

    def odd(self) -> dict[str, Json]:
        """An update in which something is missing, of the wrong type, too great or too deep."""
        if self.chance.random() < 0.1:
            return {self.chance.choice(KINDS): self.chance.choice(ODD)}
        update = copy.deepcopy(self.update())
        for _ in range(self.chance.randint(1, 3)):
            self._spoil(update)
        return update

    def _spoil(self, update: dict[str, Json]) -> None:
        places = _places(update)
        if not places:
            return
        holder, place = self.chance.choice(places)
        if self.chance.random() < 0.3 and isinstance(holder, dict):
            holder.pop(place, None)
            return
        depth = self.chance.choice((50, 200))
        holder[place] = nested(depth) if self.chance.random() < 0.1 else copy.deepcopy(self.chance.choice(ODD))

    # By type ----------------------------------------------------------------------------------------------------------

    def _model(self, model: type[BaseModel], depth: int) -> Json:
        if model in _KNOWN:
            return _KNOWN[model](self, depth)
        body: dict[str, Json] = {}
        for name, field in model.model_fields.items():
            if isinstance(field.default, (str, int)):
                # What tells one kind from another: a discriminator is never left out on the wire.
                body[field.alias or name] = field.default.value if isinstance(field.default, Enum) else field.default
            elif field.is_required() or self.chance.random() < 0.4 / (depth + 1):
                self._put(body, name, field, depth)
        return body

    def _put(self, body: dict[str, Json], name: str, field: FieldInfo, depth: int) -> None:
        value = self._value(field.annotation, name, depth + 1)
        if value is not None:
            body[field.alias or name] = value

    def _value(self, kind: Any, name: str, depth: int) -> Json:
        origin = get_origin(kind)
        if origin is Annotated:
            return self._value(get_args(kind)[0], name, depth)
        if origin in (Union, types.UnionType):
            return self._value(self.chance.choice(self._possible(kind, depth)), name, depth)
        if origin is Literal:
            return self.chance.choice(get_args(kind))
        if origin is list:
            longest = 3 if depth < DEEPEST else 1
            return [self._value(get_args(kind)[0], name, depth + 1) for _ in range(self.chance.randint(1, longest))]
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return self._model(kind, depth)
        return self._plain(kind, name)

    @staticmethod
    def _possible(kind: Any, depth: int) -> list[Any]:
        some = [one for one in get_args(kind) if one is not type(None) and one is not Default]
        flat = [one for one in some if not (isinstance(one, type) and issubclass(one, BaseModel))]
        return flat if flat and depth >= DEEPEST else some

    def _plain(self, kind: Any, name: str) -> Json:
        if isinstance(kind, type) and issubclass(kind, Enum):
            return self.chance.choice(list(kind)).value
        if (name, kind) in _FITTING:
            return self.chance.choice(_FITTING[name, kind])
        return self.chance.choice(_PLAIN.get(kind, TEXTS))

    # What has to fit together -----------------------------------------------------------------------------------------

    def _user(self, _depth: int = 0) -> Json:
        one = self.chance.choice([*self.people, self.chance.randrange(1, 2**52)])
        return {"id": one, "is_bot": False, "first_name": "Người", "language_code": self.chance.choice(("vi", "en"))}

    def _chat(self, _depth: int = 0) -> Json:
        kind = self.chance.choice(("private", "private", "private", "group", "supergroup", "channel"))
        if kind == "private":
            return {"id": self.chance.choice(self.people), "type": kind, "first_name": "Người"}
        there = self.chance.choice([*self.groups, -1_009_000_000_001, -self.chance.randrange(1, 2**52)])
        return {"id": there, "type": kind, "title": "Nhóm"}

    def _message(self, depth: int) -> Json:
        """Who, where, when; one or two kinds of content; and a few of the fields that any message may have."""
        chat = self._chat()
        body: dict[str, Json] = {"message_id": self.chance.randrange(1, 2**31), "date": 1_800_000_000, "chat": chat}
        sender = self._user()
        if chat["type"] == "private":
            sender["id"] = chat["id"]
        if chat["type"] == "private" or self.chance.random() < 0.9:
            body["from"] = sender
        if depth > 2:
            return body
        # Telegram is believed when it says that a group has moved: the groups of the cast stay where they are.
        fixed = ("migrate_to_chat_id", "migrate_from_chat_id") if chat["id"] in self.groups else ()
        rest = [
            name for name in Message.model_fields if name not in ("message_id", "date", "chat", "from_user", *fixed)
        ]
        if self.chance.random() < 0.5:
            body["text"] = self.chance.choice(TEXTS)
        for name in self.chance.sample(rest, self.chance.randint(0, 3)):
            self._put(body, name, Message.model_fields[name], depth)
        if str(body.get("text", "")).startswith("/"):
            body["entities"] = [{"type": "bot_command", "offset": 0, "length": len(body["text"].split()[0])}]
        return body


_KNOWN: dict[type[BaseModel], Callable[[Shapes, int], Json]] = {
    User: Shapes._user,
    Chat: Shapes._chat,
    Message: Shapes._message,
    aiogram.types.ChatFullInfo: Shapes._chat,
}


def _places(value: Json) -> list[tuple[Any, Any]]:
    """Every place of a JSON value where something stands, as the holder and its key or index."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        inner = holder.items() if isinstance(holder, dict) else enumerate(holder) if isinstance(holder, list) else ()
        for place, one in inner:
            found.append((holder, place))
            waiting.append(one)
    return found
