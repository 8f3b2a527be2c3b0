"""An independent judge of every request that the bot makes: aiogram's models of the Bot API's methods."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from typing import Any

import aiogram.methods
from pydantic import BaseModel, ValidationError

from bot.playground.telegram import Call, Telegram

METHODS: dict[str, type[Any]] = {
    method.__api_method__.lower(): method
    for _, method in inspect.getmembers(aiogram.methods, inspect.isclass)
    if issubclass(method, aiogram.methods.TelegramMethod) and isinstance(vars(method).get("__api_method__"), str)
}


def _read(value: Any) -> Any:
    """A value of a form as JSON, where it is JSON; Telegram reads it the same way."""
    if not isinstance(value, str) or value[:1] not in "{[":
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _is_text(method: type[BaseModel], name: str) -> bool:
    """Words are no JSON, whatever they look like: somebody may write "[]", and Telegram takes it as it is."""
    field = method.model_fields.get(name)
    return field is not None and field.annotation in (str, str | None)


def _unknown(value: Any) -> Iterator[str]:
    """Names within keyboards, reactions, reply parameters … that the Bot API does not know."""
    if isinstance(value, list | tuple):
        for one in value:
            yield from _unknown(one)
    elif isinstance(value, BaseModel):
        yield from (f"{type(value).__name__}.{name}" for name in value.model_extra or ())
        for field in type(value).model_fields:
            yield from _unknown(getattr(value, field))


class Judge:
    """Listens to all calls. Unknown methods, unknown, missing or ill-typed parameters are remembered as faults."""

    def __init__(self, telegram: Telegram) -> None:
        self.faults: list[str] = []
        self.judged = 0
        telegram.on_call.append(self.hear)

    def hear(self, call: Call) -> None:
        self.judged += 1
        method = METHODS.get(call.method.lower())
        if method is None:
            self.faults.append(f"{call.method}: no such method")
            return
        given = {name: value if _is_text(method, name) else _read(value) for name, value in call.params.items()}
        unknown = set(given) - set(method.model_fields)
        if unknown:
            self.faults.append(f"{call.method}: unknown {sorted(unknown)}")
        files = {name: "attach" for name in call.files if name in method.model_fields}
        try:
            read = method.model_validate({**given, **files})
        except ValidationError as error:
            where = [(one["loc"], one["type"]) for one in error.errors(include_input=False)]
            self.faults.append(f"{call.method}: {where}")
            return
        within = sorted({name for field in method.model_fields for name in _unknown(getattr(read, field))})
        if within:
            self.faults.append(f"{call.method}: unknown {within}")

    def accepts_all(self) -> None:
        assert not self.faults, self.faults[:5]
